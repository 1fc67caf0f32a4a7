//! The programme: slots, and the ends that nobody told.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Bound,
};

use chrono::{DateTime, Duration, Utc};
use entity::{slot, slot_sponsor};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::{
    Desired, UNWRITTEN,
    editions::{EditionNames, json},
};
use crate::{
    archive::import::{identity::Book, things::keyed},
    format::document::{Edition, Slot},
    resource::day::Day,
    scalars::TimeZone,
    vocabulary::SlotKind,
};

/// The end that each slot of an edition has where none is told: the start of what follows on the same conference day,
/// else four hours for SOCIAL and 30 minutes for others. What follows is the next slot in the same room or in none:
/// what has no room, or a place of its own, is for everyone.
pub(crate) fn estimated_ends(slots: &[slot::Model], zone: &TimeZone) -> Vec<DateTime<Utc>> {
    let room = |row: &slot::Model| row.room_id.filter(|_| row.place.is_none());
    let mut days: HashMap<_, BTreeSet<(DateTime<Utc>, Option<Uuid>)>> = HashMap::new();
    for row in slots {
        days.entry(Day::date_of(row.starts_at, zone)).or_default().insert((row.starts_at, room(row)));
    }
    let usual = |row: &slot::Model| match row.kind == SlotKind::Social.to_value() {
        true => Duration::hours(4),
        false => Duration::minutes(30),
    };
    let next = |row: &slot::Model| {
        let day = days.get(&Day::date_of(row.starts_at, zone))?;
        let mut later = day.range((Bound::Excluded((row.starts_at, Some(Uuid::max()))), Bound::Unbounded));
        let mine = room(row);
        later.find(|(_, other)| mine.is_none() || other.is_none() || mine == *other).map(|(start, _)| *start)
    };
    slots.iter().map(|row| next(row).unwrap_or_else(|| row.starts_at + usual(row))).collect()
}

impl Desired<'_> {
    pub(super) fn slots(&mut self, told: &Edition, within: &EditionNames) {
        let claims: Vec<_> = told.slots.iter().map(|slot| keyed(slot.number, slot.id)).collect();
        let stored = self.stored.names.remove(&("slot", within.id)).unwrap_or_default();
        let what = format!("edition {}: slot", within.slug);
        let book = Book::of(&what, &claims, stored, (within.id, "slot"), self.problems);
        let mut rows: Vec<slot::Model> =
            told.slots.iter().zip(book.ids).map(|(slot, id)| self.slot(slot, id, within)).collect();
        let ends = estimated_ends(&rows, &within.zone);
        for ((row, slot), end) in rows.iter_mut().zip(&told.slots).zip(ends) {
            if slot.ends_at.is_none() {
                row.ends_at = end;
            } else if row.ends_at <= row.starts_at {
                self.problems.push(format!("{what} {} ends before it starts", slot.number));
            }
        }
        self.rows.slots.append(&mut rows);
    }

    /// A slot whose end, if nobody told it, is still that of its start.
    fn slot(&mut self, told: &Slot, id: Uuid, within: &EditionNames) -> slot::Model {
        let place = || format!("edition {}: slot {}", within.slug, told.number);
        let mut instant = |time: crate::scalars::LocalTime| {
            time.instant(&within.zone).unwrap_or_else(|wrong| {
                self.problems.push(format!("{}: {wrong}", place()));
                DateTime::UNIX_EPOCH
            })
        };
        let starts_at = instant(told.starts_at);
        let ends_at = told.ends_at.map_or(starts_at, instant);
        let kind = match (&told.talk, told.kind) {
            (Some(_), None | Some(SlotKind::Talk)) if told.title.is_none() => SlotKind::Talk,
            (None, Some(kind)) if kind != SlotKind::Talk && told.title.is_some() => kind,
            _ => {
                self.problems.push(format!("{}: it has either a talk, or a title and a kind other than TALK", place()));
                SlotKind::Other
            }
        };
        let room_id = told.room.as_ref().map(|slug| self.reference(&within.rooms, "room", slug, place));
        let talk_id = told.talk.as_ref().map(|slug| self.reference(&within.talks, "talk", slug, place));
        let things = self.things;
        for (position, slug) in (1..).zip(&told.sponsors) {
            let company_id = self.reference(&things.companies, "company", slug, place);
            self.rows.slot_sponsors.push(slot_sponsor::Model { slot_id: id, position, company_id });
        }
        slot::Model {
            id,
            edition_id: within.id,
            number: told.number,
            kind: kind.to_value(),
            title: told.title.clone(),
            starts_at,
            ends_at,
            end_is_estimated: told.end_is_estimated || told.ends_at.is_none(),
            is_open_ended: told.is_open_ended,
            room_id,
            talk_id,
            place: told.place.as_ref().map(json),
            revision: UNWRITTEN.0,
            updated_at: UNWRITTEN.1,
        }
    }
}
