//! A talk in its slot, as schedule XML and schedule JSON show it.

use chrono::Duration;

use super::{Grid, GridRoom};
use crate::{
    format::schedule::{Event, ScheduledTalk},
    format::text::{one_line, uri, xml_text},
    resource::{appearance::Appearance, link::Link},
    vocabulary::{LinkKind, TalkKind, TalkStatus},
};

/// The longest duration in XML. Giggity takes it for a time of the day, and a longer one fails the whole schedule.
const LONGEST: Duration = Duration::minutes(24 * 60 - 1);

/// A talk in its slot.
pub struct Session<'a> {
    pub event: &'a Event,
    pub scheduled: &'a ScheduledTalk,
    pub room: &'a GridRoom,
    /// The slug, unique in the schedule by the slot's number.
    pub slug: String,
    pub title: String,
    pub subtitle: Option<String>,
    /// The abstract, in Markdown.
    pub summary: Option<String>,
    /// The list of the talks of a lightning round, in Markdown.
    pub description: Option<String>,
    /// The speakers, in billing order. A lightning round without speakers of its own has those of its talks.
    pub persons: Vec<Person<'a>>,
    /// The recordings, then the links, each address once. A lightning round has those of its talks too.
    pub references: Vec<Reference>,
}

/// A speaker.
pub struct Person<'a> {
    pub appearance: &'a Appearance,
    /// The name as the schedule credited it. Semicolons are commas, because readers use semicolons between names.
    pub name: String,
    /// The companies of the speaker.
    pub companies: Option<String>,
}

/// A recording, or a link that has an address.
pub struct Reference {
    /// The kind in the words of schedule JSON version 1. Version 2 has them in upper case.
    pub kind: &'static str,
    pub url: String,
    pub title: String,
}

impl<'a> Session<'a> {
    /// The session of an event. A break or a social event has none.
    pub fn of(event: &'a Event, grid: &'a Grid<'_>) -> Option<Self> {
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
            summary: scheduled.r#abstract.as_deref().map(|text| xml_text(text).into_owned()),
            description: (!list.is_empty()).then(|| list.join("\n")),
            persons: persons(scheduled, &parts),
            references: references(scheduled, &parts),
        })
    }

    /// The local time of the start: `HH:MM`.
    pub fn start(&self) -> String {
        self.event.slot.starts_at.utc().with_timezone(&self.event.edition.timezone.0).format("%H:%M").to_string()
    }

    /// The duration: `HH:MM`, rounded up to whole minutes.
    pub fn duration(&self) -> String {
        hours_and_minutes(self.length())
    }

    /// The duration, of less than 24 hours.
    pub fn short_duration(&self) -> String {
        hours_and_minutes(self.length().min(LONGEST))
    }

    fn length(&self) -> Duration {
        let slot = &self.event.slot;
        Duration::max(slot.ends_at.utc() - slot.starts_at.utc(), Duration::zero())
    }

    /// The form of the talk.
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

    /// The address of the talk's page.
    pub fn url(&self) -> String {
        uri(&self.scheduled.talk.url)
    }

    /// The name of the track.
    pub fn track(&self) -> Option<String> {
        let track = self.scheduled.track.as_ref()?;
        Some(one_line(&track.name).unwrap_or_else(|| track.slug.clone()))
    }
}

fn hours_and_minutes(length: Duration) -> String {
    let minutes = (length.num_seconds() + 59) / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn title(scheduled: &ScheduledTalk) -> String {
    one_line(&scheduled.talk.title).unwrap_or_else(|| scheduled.talk.slug.clone())
}

/// The title and the speakers.
fn headline(scheduled: &ScheduledTalk) -> String {
    let names: Vec<String> = persons(scheduled, &[]).into_iter().map(|person| person.name).collect();
    if names.is_empty() { title(scheduled) } else { format!("{} ({})", title(scheduled), names.join(", ")) }
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

/// The kind of a link in schedule JSON, and its title where it has none.
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
