//! The ends of slots that are not given.

use std::{
    collections::{BTreeSet, HashMap},
    ops::Bound,
};

use chrono::{DateTime, Duration, Utc};
use entity::slot;
use sea_orm::ActiveEnum;
use uuid::Uuid;

use crate::{resource::day::Day, scalars::TimeZone, vocabulary::SlotKind};

/// The end that each slot of an edition has where none is given: the start of what follows on the same conference day,
/// else four hours for SOCIAL and 30 minutes for others. What follows is the next slot in the same room or in none:
/// what has no room, or a place of its own, is for everyone.
pub(super) fn estimated_ends(slots: &[slot::Model], zone: &TimeZone) -> Vec<DateTime<Utc>> {
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
