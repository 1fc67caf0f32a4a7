//! Schedule JSON version 2 in c3voc's format (`schedule.v2.schema.json` of <https://github.com/voc/schedule>, alpha-3).
//! It is a preview, as the schema may change.
//!
//! Of these formats only this one has breaks and cancelled talks. The ends of slots are not cut off at the end of the
//! day.

use serde::Serialize;

use super::{GREY, RoomOfEdition, TrackOfEdition, VersionedFile};
use crate::{
    error::Result,
    format::{
        frab::{Grid, GridRoom, NO_TRACK, Person, Reference, Session, track_slug},
        schedule::{Event, Schedule},
        text::{one_line, uri},
    },
    scalars::Language,
    vocabulary::{AppearanceRole, SlotKind, TalkKind},
};

/// The language of a talk whose language is not known or has no code of two letters. The schema requires a code, and
/// ISO 639-1 assigns this one to no language.
const NO_LANGUAGE: &str = "xx";

/// Writes a schedule as version 2.
pub fn write(schedule: &Schedule, base_url: &str) -> Result<Vec<u8>> {
    let (grid, edition) = (Grid::of(schedule), &schedule.edition);
    let days = grid.days();
    let mut tracks: Vec<TrackOfEdition> = schedule.tracks.iter().map(|track| TrackOfEdition::of(track)).collect();
    if schedule.events().any(|event| event.talk.is_some() && event.track().is_none()) {
        tracks.push(TrackOfEdition { name: "No track".to_owned(), slug: NO_TRACK.to_owned(), color: GREY.to_owned() });
    }
    let conference = ConferenceV2 {
        acronym: &edition.acronym,
        title: grid.title(),
        start: days.first().map(|day| day.starts_at.to_string()).unwrap_or_default(),
        end: days.last().map(|day| day.ends_at.to_string()).unwrap_or_default(),
        time_zone_name: grid.zone(),
        url: edition.website_url.as_ref().map(uri),
        tracks,
        rooms: grid.rooms.iter().map(RoomOfEdition::of).collect(),
        days: days
            .iter()
            .map(|day| DayV2 {
                index: day.index,
                date: day.date.to_string(),
                start: day.starts_at.to_string(),
                end: day.ends_at.to_string(),
            })
            .collect(),
    };
    let events = days.iter().flat_map(|day| day.events.iter().map(|event| (event, Session::of(event, &grid))));
    let events = events.map(|(event, session)| match session {
        Some(session) => SlotV2::Event(Box::new(EventV2::of(&session))),
        None => SlotV2::Meta(MetaV2::of(event, &grid)),
    });
    let written = ScheduleV2 {
        version: edition.content_revision.0.to_string(),
        url: format!("{}/schedule.v2.json", uri(&edition.url)),
        base_url: format!("{base_url}/"),
        conference,
        events: events.collect(),
    };
    VersionedFile::write("https://c3voc.de/schema/schedule2", written)
}

#[derive(Serialize)]
struct ScheduleV2<'a> {
    version: String,
    url: String,
    base_url: String,
    conference: ConferenceV2<'a>,
    events: Vec<SlotV2>,
}

#[derive(Serialize)]
struct ConferenceV2<'a> {
    acronym: &'a str,
    title: String,
    start: String,
    end: String,
    time_zone_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    tracks: Vec<TrackOfEdition>,
    rooms: Vec<RoomOfEdition<'a>>,
    days: Vec<DayV2>,
}

#[derive(Serialize)]
struct DayV2 {
    index: i32,
    date: String,
    start: String,
    end: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum SlotV2 {
    Event(Box<EventV2>),
    Meta(MetaV2),
}

#[derive(Serialize)]
struct EventV2 {
    guid: String,
    start: String,
    end: String,
    room: RoomV2,
    slug: String,
    url: String,
    title: String,
    subtitle: Option<String>,
    track: TrackV2,
    r#type: &'static str,
    state: &'static str,
    language: String,
    r#abstract: Option<String>,
    description: Option<String>,
    participants: Vec<ParticipantV2>,
    links: Vec<LinkV2>,
}

/// A slot without a talk. With one more key it would match the schema of a talk.
#[derive(Serialize)]
struct MetaV2 {
    guid: String,
    r#type: &'static str,
    title: String,
    start: String,
    end: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    room: Option<RoomV2>,
}

#[derive(Serialize)]
struct RoomV2 {
    guid: String,
    name: String,
}

#[derive(Serialize)]
struct TrackV2 {
    slug: String,
}

#[derive(Serialize)]
struct ParticipantV2 {
    guid: String,
    name: String,
    role: &'static str,
    url: String,
    /// The companies. The schema lacks this key and allows other keys.
    company: Option<String>,
}

/// A recording or a link. The key `service` is left out: the schema's list lacks the providers of most videos.
#[derive(Serialize)]
struct LinkV2 {
    r#type: String,
    url: String,
    title: String,
}

impl EventV2 {
    fn of(session: &Session<'_>) -> Self {
        let (slot, talk) = (&session.event.slot, &session.scheduled.talk);
        Self {
            guid: slot.id.to_string(),
            start: slot.starts_at.to_string(),
            end: slot.ends_at.to_string(),
            room: RoomV2::of(session.room),
            slug: session.slug.clone(),
            url: session.url(),
            title: session.title.clone(),
            subtitle: session.subtitle.clone(),
            track: TrackV2 {
                slug: session.event.track().map_or_else(|| NO_TRACK.to_owned(), |track| track_slug(track)),
            },
            r#type: kind(talk.kind),
            state: if session.event.is_cancelled() { "CANCELED" } else { "CONFIRMED" },
            language: talk.language.as_ref().and_then(two_letters).unwrap_or(NO_LANGUAGE).to_owned(),
            r#abstract: session.summary.clone(),
            description: session.description.clone(),
            participants: session.persons.iter().map(ParticipantV2::of).collect(),
            links: session.references.iter().map(LinkV2::of).collect(),
        }
    }
}

impl MetaV2 {
    fn of(event: &Event, grid: &Grid<'_>) -> Self {
        let slot = &event.slot;
        Self {
            guid: slot.id.to_string(),
            r#type: if matches!(slot.kind, SlotKind::Break | SlotKind::Meal) { "BREAK" } else { "META" },
            title: one_line(&slot.title).unwrap_or_default(),
            start: slot.starts_at.to_string(),
            end: slot.ends_at.to_string(),
            room: grid.room(event).map(RoomV2::of),
        }
    }
}

impl RoomV2 {
    fn of(room: &GridRoom) -> Self {
        Self { guid: room.guid.to_string(), name: room.name.clone() }
    }
}

impl ParticipantV2 {
    fn of(person: &Person<'_>) -> Self {
        let speaker = &person.appearance.speaker;
        let role = match person.appearance.role {
            AppearanceRole::Speaker => "SPEAKER",
            AppearanceRole::Host => "HOST",
            AppearanceRole::Moderator => "MODERATOR",
            AppearanceRole::Panelist => "CONTRIBUTOR",
        };
        Self {
            guid: speaker.id.to_string(),
            name: person.name.clone(),
            role,
            url: uri(&speaker.url),
            company: person.companies.clone(),
        }
    }
}

impl LinkV2 {
    fn of(link: &Reference) -> Self {
        Self { r#type: link.kind.to_uppercase(), url: link.url.clone(), title: link.title.clone() }
    }
}

/// The form of a talk in the schema's words, which are fewer.
fn kind(kind: TalkKind) -> &'static str {
    match kind {
        TalkKind::Talk | TalkKind::Keynote | TalkKind::Opening | TalkKind::Closing => "TALK",
        TalkKind::LightningTalk | TalkKind::LightningBlock => "LIGHTNING_TALK",
        TalkKind::Panel => "DISCUSSION",
        TalkKind::Workshop => "WORKSHOP",
        TalkKind::Demo => "PERFORMANCE",
        TalkKind::Other => "OTHER",
    }
}

/// The ISO 639-1 code of a language, if it has one.
fn two_letters(language: &Language) -> Option<&str> {
    language.as_str().split('-').next().filter(|code| code.len() == 2)
}
