//! A schedule as schedule XML and schedule JSON tell it: days, and a room for every event.

pub(super) mod session;

use std::iter::once;

use chrono::{Duration, NaiveDate};
use uuid::Uuid;

use session::Session;

use super::text::one_line;
use crate::{
    format::schedule::{Event, Schedule},
    resource::{day, track::Track},
    scalars::{Date, DateTime},
};

/// A schedule, and the rooms that its events are in.
pub struct Grid<'a> {
    pub schedule: &'a Schedule,
    /// The edition's rooms in their order, then the other places in the order of their first event.
    pub rooms: Vec<GridRoom>,
}

/// A room; or where events without one are, named after their place, else the venue, else the edition.
pub struct GridRoom {
    /// The room's id; of another place one derived from the edition's id and the name.
    pub guid: Uuid,
    /// No two have the same.
    pub name: String,
    /// Two characters at least: the formats take no shorter one.
    pub slug: Option<String>,
    /// Seats.
    pub capacity: Option<i32>,
}

/// A conference day, from 05:00 of its date to 05:00 of the next as the clocks of the edition's zone show it.
pub struct GridDay<'a> {
    /// From 1.
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

    /// The edition's name.
    pub fn title(&self) -> String {
        let edition = &self.schedule.edition;
        one_line(&edition.name).unwrap_or_else(|| edition.slug.clone())
    }

    /// The zone's name. The three that schedule JSON does not take have another.
    pub fn zone(&self) -> String {
        match self.schedule.edition.timezone.to_string().as_str() {
            "Australia/ACT" | "Australia/NSW" => "Australia/Sydney".to_owned(),
            "Australia/LHI" => "Australia/Lord_Howe".to_owned(),
            other => other.to_owned(),
        }
    }

    /// The days. An edition that never told its own gets one without events, the first of its year: the formats ask for
    /// one.
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

    /// The room of an event; a break has one only if it was told where it is.
    pub fn room(&self, event: &Event) -> Option<&GridRoom> {
        let guid = event.room.as_ref().map_or_else(|| elsewhere(event).0, |room| room.id.0);
        let is_placed = event.room.is_some() || event.talk.is_some() || event.slot.place.is_some();
        self.rooms.iter().find(|room| is_placed && room.guid == guid)
    }

    /// The talks of a day by room, each in time order: those that are given, as neither XML nor JSON v1 can say that
    /// one was called off. Apps tell one that is gone as cancelled.
    pub fn given(&self, day: &GridDay<'a>) -> Vec<(&GridRoom, Vec<Session<'_>>)> {
        let given = day.events.iter().filter(|event| !event.is_cancelled());
        let mut rooms: Vec<(&GridRoom, Vec<Session<'_>>)> = self.rooms.iter().map(|room| (room, Vec::new())).collect();
        for session in given.filter_map(|event| Session::of(event, self, day)) {
            if let Some((_, sessions)) = rooms.iter_mut().find(|(room, _)| room.guid == session.room.guid) {
                sessions.push(session);
            }
        }
        rooms.retain(|(_, sessions)| !sessions.is_empty());
        rooms
    }
}

/// A track's slug as all formats take it: a letter, then one or more letters, digits and hyphens. No two tracks get the
/// same, and none that of what has no track.
pub fn track_slug(track: &Track) -> String {
    let slug = &track.slug;
    let is_right = slug.len() > 1
        && slug.starts_with(|c: char| c.is_ascii_lowercase())
        && !slug.starts_with("t-")
        && slug != NO_TRACK;
    if is_right { slug.clone() } else { format!("t-{slug}") }
}

/// The slug of a track for what has none.
pub const NO_TRACK: &str = "no-track";

/// Where an event without a room is: the id and the name of that place.
fn elsewhere(event: &Event) -> (Uuid, String) {
    let edition = &event.edition;
    let place = event.slot.place.as_ref().or(edition.venue.as_ref());
    let names = place.map(|place| place.name.as_str()).into_iter().chain(once(edition.name.as_str()));
    let name = names.into_iter().find_map(one_line).unwrap_or_else(|| edition.slug.clone());
    (Uuid::new_v5(&edition.id.0, format!("place/{name}").as_bytes()), name)
}

/// A name that no room has yet: with the slug behind it, or a number, if it is taken.
fn free_name(rooms: &[GridRoom], name: &str, slug: Option<&str>) -> String {
    let with_slug = slug.map(|slug| format!("{name} ({slug})"));
    let numbered = (2..).map(|number| format!("{name} ({number})"));
    let mut names = once(name.to_owned()).chain(with_slug).chain(numbered);
    names.find(|name| !rooms.iter().any(|room| room.name == *name)).unwrap_or_default()
}
