//! JSON-LD (schema.org) of the pages: Event with its sub-events, VideoObject with its clips, Person, Organization. It
//! is made by a serializer, and no text in it can end the element that it stands in.

use serde_json::{Map, Value, json};

use super::{
    address::Site,
    data::{
        Appearance, Link, Named, Part, Venue,
        company::Company,
        conference::Conference,
        edition::Edition,
        schedule::{Programme, Slot},
        speaker::Speaker,
        talk::{EditionOfTalk, Talk},
    },
};

const CONTEXT: &str = "https://schema.org";

/// An object without the members that are null.
fn object(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            Value::Object(Map::from_iter(members.into_iter().filter(|(_, member)| !is_empty(member))))
        }
        other => other,
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value == ""
}

/// The text for the element `script`.
fn text(mut thing: Value) -> String {
    if let Value::Object(members) = &mut thing {
        members.shift_insert(0, "@context".to_owned(), CONTEXT.into());
    }
    thing.to_string().replace('<', "\\u003c")
}

fn person(named: &Named) -> Value {
    json!({ "@type": "Person", "name": named.name, "url": named.url })
}

fn organization(named: &Named) -> Value {
    json!({ "@type": "Organization", "name": named.name, "url": named.url })
}

fn performers(appearances: &[Appearance]) -> Vec<Value> {
    let performer = |appearance: &Appearance| {
        object(json!({
            "@type": "Person",
            "name": appearance.credited_as,
            "url": appearance.speaker.url,
            "affiliation": appearance.companies.iter().map(organization).collect::<Vec<_>>(),
        }))
    };
    appearances.iter().map(performer).collect()
}

/// Where an event is. An online one has an address to follow it at.
fn location(format: &str, venue: Option<&Venue>, city: Option<&str>, country: Option<&str>, url: &str) -> Value {
    let online = || json!({ "@type": "VirtualLocation", "url": url });
    let place = || {
        let address = object(json!({
            "@type": "PostalAddress",
            "streetAddress": venue.and_then(|venue| venue.address.as_deref()),
            "addressLocality": venue.and_then(|venue| venue.city.as_deref()).or(city),
            "addressCountry": venue.and_then(|venue| venue.country.as_deref()).or(country),
        }));
        let name = venue.map(|venue| venue.name.as_str()).or(city).unwrap_or("To be announced");
        object(json!({
            "@type": "Place",
            "name": name,
            "address": address,
            "url": venue.and_then(|venue| venue.website_url.as_deref()),
        }))
    };
    match format {
        "ONLINE" => online(),
        "HYBRID" => json!([place(), online()]),
        _ => place(),
    }
}

fn attendance(format: &str) -> &'static str {
    match format {
        "ONLINE" => "https://schema.org/OnlineEventAttendanceMode",
        "HYBRID" => "https://schema.org/MixedEventAttendanceMode",
        _ => "https://schema.org/OfflineEventAttendanceMode",
    }
}

fn status(is_cancelled: bool) -> &'static str {
    if is_cancelled { "https://schema.org/EventCancelled" } else { "https://schema.org/EventScheduled" }
}

/// The addresses that a thing has elsewhere.
fn same_as<'l>(own: Option<&'l str>, links: &'l [Link]) -> Vec<&'l str> {
    let elsewhere = links.iter().filter(|link| matches!(link.kind.as_str(), "WEBSITE" | "SOCIAL"));
    own.into_iter().chain(elsewhere.filter_map(|link| link.url.as_deref())).collect()
}

/// An edition: an event, with the shown part of its schedule. None without a date, which an event must have.
pub fn edition(edition: &Edition, programme: &Programme, site: &Site) -> String {
    let Some(starts_on) = edition.starts_on else { return String::new() };
    let place = location(
        &edition.format,
        edition.venue.as_ref(),
        edition.city.as_deref(),
        edition.country.as_deref(),
        edition.website_url.as_deref().unwrap_or(&edition.url),
    );
    let is_cancelled = edition.status == "CANCELLED";
    let slots = programme.days.iter().flat_map(|day| &day.slots);
    let sub_events: Vec<Value> = slots.filter_map(|slot| sub_event(slot, edition, &place, is_cancelled)).collect();
    let organizers = edition.involvements.iter().filter(|it| it.role == "ORGANIZER");
    let mut organizers: Vec<Value> =
        organizers.flat_map(|it| it.person.iter().map(person).chain(it.company.iter().map(organization))).collect();
    if organizers.is_empty() {
        organizers.push(organization(&edition.conference));
    }
    let offers = edition.tickets.iter().filter_map(|ticket| {
        Some(object(json!({
            "@type": "Offer",
            "name": ticket.name,
            "price": ticket.price,
            "priceCurrency": ticket.currency.as_deref()?,
            "url": edition.website_url.as_deref().unwrap_or(&edition.url),
            "validFrom": ticket.on_sale_from,
            "availability": edition.sold_out.map(|it| match it {
                true => "https://schema.org/SoldOut",
                false => "https://schema.org/InStock",
            }),
        })))
    });
    let offers: Vec<Value> = offers.collect();
    let mut performers: Vec<Value> = Vec::new();
    for performer in sub_events.iter().filter_map(|event| event["performer"].as_array()).flatten() {
        if !performers.iter().any(|listed| listed["url"] == performer["url"]) {
            performers.push(json!({ "@type": "Person", "name": performer["name"], "url": performer["url"] }));
        }
    }
    text(object(json!({
        "@type": "Event",
        "name": edition.name,
        "description": edition.sentence(),
        "url": edition.url,
        "image": edition.image().map(str::to_owned).into_iter().collect::<Vec<_>>(),
        "startDate": starts_on,
        "endDate": edition.ends_on,
        "eventStatus": status(is_cancelled),
        "eventAttendanceMode": attendance(&edition.format),
        "location": place,
        "organizer": organizers,
        "performer": performers,
        "offers": offers,
        "sameAs": same_as(edition.website_url.as_deref(), &edition.links),
        "superEvent": {
            "@type": "EventSeries", "name": edition.conference.name, "url": edition.conference.url,
        },
        "subEvent": sub_events,
        "mainEntityOfPage": site.url(&format!("/editions/{}", edition.slug)),
    })))
}

fn sub_event(slot: &Slot, edition: &Edition, place: &Value, is_cancelled: bool) -> Option<Value> {
    let talk = slot.talk.as_ref()?;
    Some(object(json!({
        "@type": "Event",
        "name": talk.title,
        "url": talk.url,
        "startDate": slot.starts_at.iso(),
        "endDate": slot.ends_at.iso(),
        "eventStatus": status(is_cancelled || talk.is_cancelled()),
        "eventAttendanceMode": attendance(&edition.format),
        "location": place,
        "performer": performers(&talk.appearances),
    })))
}

/// A talk: an event with its recording, or the recording alone if its time is lost.
pub fn talk(talk: &Talk, site: &Site) -> String {
    let video = talk.recordings.iter().find_map(|part| video(talk, part));
    let EditionOfTalk { format, venue, city, country, url, .. } = &talk.edition;
    let place = location(format, venue.as_ref(), city.as_deref(), country.as_deref(), url);
    let event = talk.starts_at.map(|starts_at| {
        object(json!({
            "@type": "Event",
            "name": talk.title,
            "description": talk.sentence(),
            "url": talk.url,
            "image": talk.watched().and_then(|part| part.recording.thumbnail_url.as_deref()),
            "startDate": starts_at.iso(),
            "endDate": talk.ends_at.map(|ends_at| ends_at.iso()),
            "eventStatus": status(talk.is_cancelled()),
            "eventAttendanceMode": attendance(format),
            "location": place,
            "organizer": organization(&talk.edition.conference),
            "performer": performers(&talk.appearances),
            "inLanguage": talk.language,
            "keywords": talk.tags,
            "superEvent": {
                "@type": "Event", "name": talk.edition.name, "url": talk.edition.url,
                "startDate": starts_at.0.date_naive(), "location": place,
            },
            "recordedIn": video.as_ref().map(|_| json!({ "@id": format!("{}#recording", talk.url) })),
            "mainEntityOfPage": site.url(&format!("/editions/{}/talks/{}", talk.edition.slug, talk.slug)),
        }))
    });
    match (event, video) {
        (Some(event), Some(video)) => text(json!({ "@graph": [event, video] })),
        (Some(one), None) | (None, Some(one)) => text(one),
        (None, None) => String::new(),
    }
}

/// A recording. Without a picture and a date a video is none to search engines.
fn video(talk: &Talk, part: &Part) -> Option<Value> {
    let recording = &part.recording;
    let (thumbnail, published) = (recording.thumbnail_url.as_deref()?, recording.published_at.as_deref()?);
    let clip = part.start_seconds.filter(|_| part.seconds().is_some()).map(|start| {
        json!({
            "@type": "Clip",
            "name": talk.title,
            "startOffset": start,
            "endOffset": start + part.seconds().unwrap_or_default(),
            "url": format!("{}?t={start}", talk.url),
        })
    });
    Some(object(json!({
        "@type": "VideoObject",
        "@id": format!("{}#recording", talk.url),
        "name": recording.title.as_deref().unwrap_or(&talk.title),
        "description": talk.sentence(),
        "thumbnailUrl": [thumbnail],
        "uploadDate": published,
        "duration": recording.duration_seconds.map(|seconds| format!("PT{seconds}S")),
        "embedUrl": recording.embed_url,
        "url": part.url,
        "inLanguage": talk.language,
        "hasPart": clip.into_iter().collect::<Vec<_>>(),
    })))
}

/// A speaker: a person, or a group of people.
pub fn speaker(speaker: &Speaker) -> String {
    text(object(json!({
        "@type": if speaker.is_group { "PerformingGroup" } else { "Person" },
        "name": speaker.name,
        "url": speaker.url,
        "image": speaker.avatar_url,
        "affiliation": match speaker.is_group {
            true => Vec::new(),
            false => speaker.companies.iter().map(organization).collect::<Vec<_>>(),
        },
        "sameAs": same_as(None, &speaker.links),
    })))
}

pub fn company(company: &Company) -> String {
    text(object(json!({
        "@type": "Organization",
        "name": company.name,
        "url": company.url,
        "logo": company.logo_url,
        "sameAs": same_as(company.website_url.as_deref(), &company.links),
        "alternateName": company.predecessors.iter().map(|former| former.name.as_str()).collect::<Vec<_>>(),
    })))
}

pub fn conference(conference: &Conference) -> String {
    let editions = conference.editions.nodes.iter().filter_map(|edition| {
        let starts_on = edition.starts_on?;
        let place = location(&edition.format, None, edition.city.as_deref(), None, &edition.url);
        Some(object(json!({
            "@type": "Event", "name": edition.name, "url": edition.url, "startDate": starts_on,
            "endDate": edition.ends_on, "location": place,
            "eventStatus": status(edition.status == "CANCELLED"), "eventAttendanceMode": attendance(&edition.format),
        })))
    });
    text(object(json!({
        "@type": "EventSeries",
        "name": conference.name,
        "description": conference.description,
        "url": conference.url,
        "sameAs": same_as(conference.website_url.as_deref(), &conference.links),
        "subEvent": editions.collect::<Vec<_>>(),
    })))
}

pub fn home(title: &str, site: &Site) -> String {
    text(json!({ "@type": "WebSite", "name": title, "url": site.url("/") }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_script() {
        let json = text(json!({ "name": "</script><script>alert(1)</script> & \"so\"" }));
        assert!(!json.contains('<'), "{json}");
        assert!(json.starts_with(r#"{"@context":"https://schema.org","name":"#), "{json}");
    }
}
