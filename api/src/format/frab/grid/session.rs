//! A talk in its slot as schedule XML and schedule JSON tell it, without what one of them can't carry.

use chrono::{DateTime as Instant, Duration, Utc};

use super::{Grid, GridDay, GridRoom};
use crate::{
    format::frab::text::{one_line, uri, xml_text},
    format::schedule::{Event, ScheduledTalk},
    resource::{appearance::Appearance, link::Link},
    scalars::DateTime,
    vocabulary::{LinkKind, TalkKind, TalkStatus},
};

/// The longest that a reader takes: some read a duration as a time of the day.
const LONGEST: Duration = Duration::minutes(24 * 60 - 1);

/// A talk in its slot.
pub struct Session<'a> {
    pub event: &'a Event,
    pub scheduled: &'a ScheduledTalk,
    pub room: &'a GridRoom,
    /// Unique in the schedule, by the slot's number.
    pub slug: String,
    pub title: String,
    pub subtitle: Option<String>,
    /// What it is about, in Markdown.
    pub summary: Option<String>,
    /// Of a lightning round the list of its talks, in Markdown.
    pub description: Option<String>,
    /// When it ends: within its conference day, and within 24 hours.
    pub ends_at: DateTime,
    /// Who is on stage, in billing order. Of a lightning round without anybody, those of its talks.
    pub persons: Vec<Person<'a>>,
    /// Recordings, then links, each address once. Of a lightning round those of its talks, too.
    pub references: Vec<Reference>,
}

/// Somebody on stage.
pub struct Person<'a> {
    pub appearance: &'a Appearance,
    /// As the schedule printed it, with commas for semicolons: readers put those between names.
    pub name: String,
    /// Whom they spoke for.
    pub companies: Option<String>,
}

/// A recording, or a link that has an address.
pub struct Reference {
    /// What it leads to, in schedule JSON v1's words; v2 has them in upper case.
    pub kind: &'static str,
    pub url: String,
    pub title: String,
}

impl<'a> Session<'a> {
    /// An event of a day; none for a break or a social event.
    pub fn of(event: &'a Event, grid: &'a Grid<'_>, day: &GridDay<'_>) -> Option<Self> {
        let (scheduled, room) = (event.talk.as_ref()?, grid.room(event)?);
        let talk = &scheduled.talk;
        let parts: Vec<&ScheduledTalk> =
            scheduled.talks.iter().filter(|part| part.talk.status != TalkStatus::Cancelled).collect();
        let list: Vec<String> = parts.iter().map(|part| format!("- {}", headline(part))).collect();
        Some(Self {
            event,
            scheduled,
            room,
            slug: format!("{}-{:02}-{}", event.edition.acronym, event.slot.number, talk.slug.replace('-', "_")),
            title: title(scheduled),
            subtitle: talk.subtitle.as_deref().and_then(one_line),
            summary: talk.r#abstract.as_deref().map(|text| xml_text(text).into_owned()),
            description: (!list.is_empty()).then(|| list.join("\n")),
            ends_at: DateTime::from(end(event, day.ends_at.utc())).in_zone(&event.edition.timezone),
            persons: persons(scheduled, &parts),
            references: references(scheduled, &parts),
        })
    }

    /// When it begins, as the clocks show it: `HH:MM`.
    pub fn start(&self) -> String {
        self.event.slot.starts_at.utc().with_timezone(&self.event.edition.timezone.0).format("%H:%M").to_string()
    }

    /// How long it is: `HH:MM`, with a minute that was begun as a whole one.
    pub fn duration(&self) -> String {
        let minutes = ((self.ends_at.utc() - self.event.slot.starts_at.utc()).num_seconds() + 59) / 60;
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// The talk's form, in words.
    pub fn kind(&self) -> &'static str {
        match self.scheduled.talk.kind {
            TalkKind::Talk => "talk",
            TalkKind::Keynote => "keynote",
            TalkKind::LightningTalk => "lightning talk",
            TalkKind::LightningBlock => "lightning talks",
            TalkKind::Panel => "panel",
            TalkKind::Workshop => "workshop",
            TalkKind::Opening => "opening",
            TalkKind::Closing => "closing",
            TalkKind::Demo => "demo",
            TalkKind::Other => "other",
        }
    }

    /// The talk's page.
    pub fn url(&self) -> String {
        uri(&self.scheduled.talk.url)
    }

    /// The name of its track.
    pub fn track(&self) -> Option<String> {
        let track = self.scheduled.track.as_ref()?;
        Some(one_line(&track.name).unwrap_or_else(|| track.slug.clone()))
    }
}

fn title(scheduled: &ScheduledTalk) -> String {
    one_line(&scheduled.talk.title).unwrap_or_else(|| scheduled.talk.slug.clone())
}

/// The title, and who is on stage.
fn headline(scheduled: &ScheduledTalk) -> String {
    let names: Vec<String> = persons(scheduled, &[]).into_iter().map(|person| person.name).collect();
    if names.is_empty() { title(scheduled) } else { format!("{} ({})", title(scheduled), names.join(", ")) }
}

/// The end within the day and the longest that readers take. (Where the clocks show 05:00 twice, a day can seem to be
/// over.)
fn end(event: &Event, day_ends_at: Instant<Utc>) -> Instant<Utc> {
    let start = event.slot.starts_at.utc();
    let end = event.slot.ends_at.utc().min(start + LONGEST);
    if day_ends_at > start { end.min(day_ends_at) } else { end }
}

fn persons<'a>(scheduled: &'a ScheduledTalk, parts: &[&'a ScheduledTalk]) -> Vec<Person<'a>> {
    let appearances_of_parts =
        parts.iter().flat_map(|part| &part.appearances).filter(|_| scheduled.appearances.is_empty());
    let mut persons: Vec<Person<'a>> = Vec::new();
    for appearance in scheduled.appearances.iter().chain(appearances_of_parts) {
        if persons.iter().any(|listed| listed.appearance.speaker_id == appearance.speaker_id) {
            continue;
        }
        let name = one_line(appearance.name()).unwrap_or_else(|| appearance.speaker.slug.clone()).replace(';', ",");
        let companies = appearance.loaded_companies.iter().flatten();
        let companies: Vec<String> = companies.filter_map(|company| one_line(&company.name)).collect();
        persons.push(Person { appearance, name, companies: (!companies.is_empty()).then(|| companies.join(", ")) });
    }
    persons
}

fn references(scheduled: &ScheduledTalk, parts: &[&ScheduledTalk]) -> Vec<Reference> {
    let mut references: Vec<Reference> = Vec::new();
    let mut push = |part: Option<&ScheduledTalk>, kind, url, title: String| {
        if !references.iter().any(|listed| listed.url == url) {
            let title = part.map_or_else(|| title.clone(), |part| format!("{}: {title}", self::title(part)));
            references.push(Reference { kind, url, title });
        }
    };
    let all = || std::iter::once((None, scheduled)).chain(parts.iter().map(|part| (Some(*part), *part)));
    for (part, scheduled) in all() {
        for recording in &scheduled.recordings {
            push(part, "media", uri(&recording.opens_at()), "Recording".to_owned());
        }
    }
    for (part, scheduled) in all() {
        for link in &scheduled.links {
            if let Some(url) = &link.url {
                let (kind, word) = words(link);
                push(part, kind, uri(url), link.title.as_deref().and_then(one_line).unwrap_or_else(|| word.to_owned()));
            }
        }
    }
    references
}

/// What a link leads to: in schedule JSON's words, and in ours where it has no title.
fn words(link: &Link) -> (&'static str, &'static str) {
    match link.kind {
        LinkKind::Slides => ("slides", "Slides"),
        LinkKind::Repository => ("related", "Source code"),
        LinkKind::Article => ("article", "Article"),
        LinkKind::Post => ("related", "Post"),
        LinkKind::Photo => ("media", "Photo"),
        LinkKind::Video => ("media", "Video"),
        LinkKind::Document => ("paper", "Document"),
        LinkKind::Event => ("related", "Event"),
        LinkKind::Website => ("web", "Website"),
        LinkKind::Social => ("web", "Account"),
        LinkKind::Other => ("related", "Link"),
    }
}
