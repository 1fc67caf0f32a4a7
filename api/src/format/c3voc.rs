//! Schedule JSON in c3voc's format (<https://github.com/voc/schedule>): version 1 here (`schedule.v1.schema.json`,
//! draft 6), the preview of version 2 in [`v2`].
//!
//! Version 1 has what schedule XML has, with the same guids, ids, slugs and times, and also the companies of speakers.
//! Like the XML it leaves out breaks, social events and cancelled talks.

use serde::{Serialize, Serializer};

use super::{
    frab::{Grid, GridDay, GridRoom, Person, Reference, Session, track_slug},
    schedule::Schedule,
    text::{one_line, uri},
};
use crate::{
    error::{Error, Result},
    resource::track::Track,
};

mod v2;

pub use v2::write as write_v2;

/// The color of a track without one. Apps refuse a file that lacks it.
const GREY: &str = "#808080";

/// A file of version 1 or 2.
#[derive(Serialize)]
struct VersionedFile<S> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    generator: Generator,
    schedule: S,
}

#[derive(Serialize)]
struct Generator {
    name: &'static str,
    version: &'static str,
}

impl<S: Serialize> VersionedFile<S> {
    /// The text of the file, compact.
    fn write(schema: &'static str, schedule: S) -> Result<Vec<u8>> {
        let generator = Generator { name: "Lectern", version: env!("CARGO_PKG_VERSION") };
        let file = Self { schema, generator, schedule };
        serde_json::to_vec(&file).map_err(|error| Error::Internal(format!("writing schedule JSON: {error}")))
    }
}

/// Writes a schedule as version 1. `base_url` is the address of this archive. Times have the offset of the edition's
/// zone.
pub fn write_v1(schedule: &Schedule, base_url: &str) -> Result<Vec<u8>> {
    let (grid, edition) = (Grid::of(schedule), &schedule.edition);
    let days = grid.days();
    let date = |day: Option<&GridDay<'_>>| day.map(|day| day.date.to_string()).unwrap_or_default();
    let conference = ConferenceV1 {
        acronym: &edition.acronym,
        title: grid.title(),
        start: date(days.first()),
        end: date(days.last()),
        days_count: days.len(),
        timeslot_duration: "00:05",
        time_zone_name: grid.zone(),
        url: edition.website_url.as_ref().map(uri),
        tracks: schedule.tracks.iter().map(|track| TrackOfEdition::of(track)).collect(),
        rooms: grid.rooms.iter().map(RoomOfEdition::of).collect(),
        days: days.iter().map(|day| DayV1::of(&grid, day)).collect(),
    };
    let schedule = ScheduleV1 {
        version: edition.content_revision.0.to_string(),
        url: format!("{}/schedule.json", uri(&edition.url)),
        base_url: format!("{base_url}/"),
        conference,
    };
    VersionedFile::write("https://c3voc.de/schedule/schema.json", schedule)
}

#[derive(Serialize)]
struct ScheduleV1<'a> {
    version: String,
    url: String,
    base_url: String,
    conference: ConferenceV1<'a>,
}

#[derive(Serialize)]
struct ConferenceV1<'a> {
    acronym: &'a str,
    title: String,
    start: String,
    end: String,
    #[serde(rename = "daysCount")]
    days_count: usize,
    timeslot_duration: &'static str,
    time_zone_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    tracks: Vec<TrackOfEdition>,
    rooms: Vec<RoomOfEdition<'a>>,
    days: Vec<DayV1<'a>>,
}

/// A track, in both versions.
#[derive(Serialize)]
struct TrackOfEdition {
    name: String,
    slug: String,
    color: String,
}

impl TrackOfEdition {
    fn of(track: &Track) -> Self {
        let color = track.color.clone().unwrap_or_else(|| GREY.to_owned());
        Self { name: one_line(&track.name).unwrap_or_else(|| track.slug.clone()), slug: track_slug(track), color }
    }
}

/// A room, in both versions.
#[derive(Serialize)]
struct RoomOfEdition<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<&'a str>,
    guid: String,
    capacity: Option<i32>,
}

impl<'a> RoomOfEdition<'a> {
    fn of(room: &'a GridRoom) -> Self {
        Self { name: &room.name, slug: room.slug.as_deref(), guid: room.guid.to_string(), capacity: room.capacity }
    }
}

#[derive(Serialize)]
struct DayV1<'a> {
    index: i32,
    date: String,
    day_start: String,
    day_end: String,
    #[serde(serialize_with = "by_name")]
    rooms: Vec<(&'a str, Vec<EventV1>)>,
}

fn by_name<S: Serializer>(rooms: &[(&str, Vec<EventV1>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(rooms.iter().map(|(name, events)| (name, events)))
}

impl<'a> DayV1<'a> {
    fn of<'p>(grid: &'a Grid<'p>, day: &GridDay<'p>) -> Self {
        let rooms = grid.given(day).into_iter();
        Self {
            index: day.index,
            date: day.date.to_string(),
            day_start: day.starts_at.to_string(),
            day_end: day.ends_at.to_string(),
            rooms: rooms
                .map(|(room, sessions)| (room.name.as_str(), sessions.iter().map(EventV1::of).collect()))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct EventV1 {
    guid: String,
    id: i32,
    date: String,
    start: String,
    end: String,
    duration: String,
    room: String,
    slug: String,
    url: String,
    title: String,
    subtitle: Option<String>,
    track: Option<String>,
    r#type: &'static str,
    language: Option<String>,
    r#abstract: Option<String>,
    description: Option<String>,
    do_not_record: bool,
    persons: Vec<PersonV1>,
    links: Vec<LinkV1>,
}

#[derive(Serialize)]
struct PersonV1 {
    guid: String,
    name: String,
    url: String,
    /// The companies. The schema lacks this key and allows other keys.
    company: Option<String>,
}

#[derive(Serialize)]
struct LinkV1 {
    r#type: &'static str,
    url: String,
    title: String,
}

impl EventV1 {
    fn of(session: &Session<'_>) -> Self {
        let (slot, talk) = (&session.event.slot, &session.scheduled.talk);
        Self {
            guid: slot.id.to_string(),
            id: slot.number,
            date: slot.starts_at.to_string(),
            start: session.start(),
            end: slot.ends_at.to_string(),
            duration: session.duration(),
            room: session.room.name.clone(),
            slug: session.slug.clone(),
            url: session.url(),
            title: session.title.clone(),
            subtitle: session.subtitle.clone(),
            track: session.track(),
            r#type: session.kind(),
            language: talk.language.as_ref().map(ToString::to_string),
            r#abstract: session.summary.clone(),
            description: session.description.clone(),
            do_not_record: talk.do_not_record,
            persons: session.persons.iter().map(PersonV1::of).collect(),
            links: session.references.iter().map(LinkV1::of).collect(),
        }
    }
}

impl PersonV1 {
    fn of(person: &Person<'_>) -> Self {
        let speaker = &person.appearance.speaker;
        Self {
            guid: speaker.id.to_string(),
            name: person.name.clone(),
            url: uri(&speaker.url),
            company: person.companies.clone(),
        }
    }
}

impl LinkV1 {
    fn of(link: &Reference) -> Self {
        Self { r#type: link.kind, url: link.url.clone(), title: link.title.clone() }
    }
}
