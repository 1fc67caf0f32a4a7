//! The grid of schedule XML and schedule JSON: days, and a room for every event.

pub(super) mod session;

use std::iter::once;

use chrono::{Duration, NaiveDate};
use uuid::Uuid;

use session::Session;

use crate::{
    format::{
        schedule::{Event, Schedule},
        text::one_line,
    },
    resource::{day, track::Track},
    scalars::{Date, DateTime},
};

/// A schedule, with the rooms of its events.
pub struct Grid<'a> {
    pub schedule: &'a Schedule,
    /// The rooms of the edition in their order, then the other places in the order of their first event.
    pub rooms: Vec<GridRoom>,
}

/// A room, or the place of events without one. Such a place has the name of the slot's place, else of the venue, else
/// of the edition.
pub struct GridRoom {
    /// The id of the room. A place has one that is derived from the edition's id and the name.
    pub guid: Uuid,
    /// The name, unique in the grid.
    pub name: String,
    /// The slug, if it has at least two characters: the formats take no shorter one.
    pub slug: Option<String>,
    /// The number of seats.
    pub capacity: Option<i32>,
}

/// A conference day: from 05:00 on its date to 05:00 on the next, in the edition's zone.
pub struct GridDay<'a> {
    /// The number of the day, from 1.
    pub index: i32,
    pub date: Date,
    pub starts_at: DateTime,
    pub ends_at: DateTime,
    /// In time order.
    pub events: &'a [Event],
}

impl<'a> Grid<'a> {
    /// The grid of a schedule.
    pub fn of(schedule: &'a Schedule) -> Self {
        let mut rooms: Vec<GridRoom> = Vec::new();
        for room in &schedule.rooms {
            let name = one_line(&room.name).unwrap_or_else(|| room.slug.clone());
            let name = free_name(&rooms, &name, Some(&room.slug));
            let slug = Some(room.slug.clone()).filter(|slug| slug.len() > 1);
            rooms.push(GridRoom { guid: room.id.0, name, slug, capacity: room.capacity });
        }
        for event in schedule
            .events()
            .filter(|event| event.room.is_none() && (event.talk.is_some() || event.slot.place.is_some()))
        {
            let (guid, name) = elsewhere(event);
            if !rooms.iter().any(|room| room.guid == guid) {
                let name = free_name(&rooms, &name, None);
                rooms.push(GridRoom { guid, name, slug: None, capacity: None });
            }
        }
        Self { schedule, rooms }
    }

    /// The name of the edition.
    pub fn title(&self) -> String {
        let edition = &self.schedule.edition;
        one_line(&edition.name).unwrap_or_else(|| edition.slug.clone())
    }

    /// The name of the zone. Schedule JSON lacks three names, which get the name of the same zone.
    pub fn zone(&self) -> String {
        match self.schedule.edition.timezone.to_string().as_str() {
            "Australia/ACT" | "Australia/NSW" => "Australia/Sydney".to_owned(),
            "Australia/LHI" => "Australia/Lord_Howe".to_owned(),
            other => other.to_owned(),
        }
    }

    /// The days. The formats require one, so an edition without days gets the first day of its year, without events.
    pub fn days(&self) -> Vec<GridDay<'a>> {
        let edition = &self.schedule.edition;
        let mut days: Vec<(NaiveDate, &[Event])> =
            self.schedule.days.iter().map(|day| (day.date.0, &day.events[..])).collect();
        if days.is_empty() {
            days.push((NaiveDate::from_ymd_opt(edition.year.clamp(1, 9999), 1, 1).unwrap_or_default(), &[]));
        }
        let begins = |date| DateTime::from(day::Day::begins(date, &edition.timezone)).in_zone(&edition.timezone);
        let days = (1..).zip(days).map(|(index, (date, events))| GridDay {
            index,
            date: Date(date),
            starts_at: begins(date),
            ends_at: begins(date + Duration::days(1)),
            events,
        });
        days.collect()
    }

    /// The room of an event. A break without a room and a place has none.
    pub fn room(&self, event: &Event) -> Option<&GridRoom> {
        let guid = event.room.as_ref().map_or_else(|| elsewhere(event).0, |room| room.id.0);
        let is_placed = event.room.is_some() || event.talk.is_some() || event.slot.place.is_some();
        self.rooms.iter().find(|room| is_placed && room.guid == guid)
    }

    /// The talks of a day by room, each in time order. Cancelled talks are left out, as neither XML nor JSON version 1
    /// can mark one. Apps show a talk that is missing as cancelled.
    pub fn given(&self, day: &GridDay<'a>) -> Vec<(&GridRoom, Vec<Session<'_>>)> {
        let given = day.events.iter().filter(|event| !event.is_cancelled());
        let mut rooms: Vec<(&GridRoom, Vec<Session<'_>>)> = self.rooms.iter().map(|room| (room, Vec::new())).collect();
        for session in given.filter_map(|event| Session::of(event, self)) {
            if let Some((_, sessions)) = rooms.iter_mut().find(|(room, _)| room.guid == session.room.guid) {
                sessions.push(session);
            }
        }
        rooms.retain(|(_, sessions)| !sessions.is_empty());
        rooms
    }
}

/// The slug of a track in all formats: a letter, then one or more letters, digits and hyphens. It is unique, and never
/// that of events without a track.
pub fn track_slug(track: &Track) -> String {
    let slug = &track.slug;
    let is_right = slug.len() > 1
        && slug.starts_with(|c: char| c.is_ascii_lowercase())
        && !slug.starts_with("t-")
        && slug != NO_TRACK;
    if is_right { slug.clone() } else { format!("t-{slug}") }
}

/// The slug of the track of events without one.
pub const NO_TRACK: &str = "no-track";

/// The place of an event without a room: its id and its name.
fn elsewhere(event: &Event) -> (Uuid, String) {
    let edition = &event.edition;
    let place = event.slot.place.as_ref().or(edition.venue.as_ref());
    let names = place.map(|place| place.name.as_str()).into_iter().chain(once(edition.name.as_str()));
    let name = names.into_iter().find_map(one_line).unwrap_or_else(|| edition.slug.clone());
    (Uuid::new_v5(&edition.id.0, format!("place/{name}").as_bytes()), name)
}

/// A name that no room in the grid has. A name that is taken gets the slug or a number behind it.
fn free_name(rooms: &[GridRoom], name: &str, slug: Option<&str>) -> String {
    let with_slug = slug.map(|slug| format!("{name} ({slug})"));
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let mut names = once(name.to_owned()).chain(with_slug).chain(numbered);
    names.find(|name| !rooms.iter().any(|room| room.name == *name)).unwrap_or_default()
}
