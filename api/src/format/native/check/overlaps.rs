//! Slots at the same time in one room, or with one speaker: the overlaps that an edit of the schedule reports too. A
//! cancelled talk does not overlap, and an end that is only estimated is not known.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::notes::WarningNotes;
use crate::{
    format::document::{Edition, Slot, Talk},
    rules,
    scalars::Slug,
    vocabulary::TalkStatus,
};

/// What one slot at a time has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Taken<'f> {
    Room(&'f Slug),
    /// Talks without a room are taken to be in the same one.
    NoRoom,
    Speaker(&'f Slug),
}

struct TimedSlot<'f> {
    index: usize,
    slot: &'f Slot,
    title: &'f str,
    starts_at: DateTime<Utc>,
    /// The start if the end is not known.
    ends_at: DateTime<Utc>,
}

pub(super) fn check(edition: &Edition, notes: &mut WarningNotes<'_>) {
    let speakers = speakers(edition);
    let mut last: HashMap<Taken<'_>, &TimedSlot<'_>> = HashMap::new();
    let slots = timed(edition);
    for slot in &slots {
        let stage = slot.slot.talk.iter().filter_map(|talk| speakers.get(talk)).flatten();
        let room = slot.slot.room.as_ref().map(Taken::Room).or(slot.slot.talk.as_ref().map(|_| Taken::NoRoom));
        for taken in room.into_iter().chain(stage.map(|speaker| Taken::Speaker(speaker))) {
            let other = *last.entry(taken).or_insert(slot);
            if other.index != slot.index && (slot.starts_at < other.ends_at || slot.starts_at == other.starts_at) {
                notes.warning(&format!("/slots/{}/starts_at", slot.index), message(taken, other));
            }
            if slot.ends_at >= other.ends_at {
                last.insert(taken, slot);
            }
        }
    }
}

fn message(taken: Taken<'_>, other: &TimedSlot<'_>) -> String {
    let end = other.slot.ends_at.map(|end| format!(" to {end}")).unwrap_or_default();
    let other = format!("\"{}\" (slot {}, {}{end})", other.title, other.slot.number, other.slot.starts_at);
    match taken {
        Taken::Room(room) => format!("{other} is in the room \"{room}\" at that time: give one another time or room"),
        Taken::NoRoom => format!("{other} is at that time, and neither has a room: give them rooms or another time"),
        Taken::Speaker(speaker) => format!("\"{speaker}\" is in {other} at that time: give one another time"),
    }
}

/// The slots that take place, by their starts.
fn timed(edition: &Edition) -> Vec<TimedSlot<'_>> {
    let talks: HashMap<&Slug, &Talk> = edition.talks.iter().map(|talk| (&talk.slug, talk)).collect();
    let timed = |(index, slot): (usize, &'_ Slot)| {
        let title = match &slot.talk {
            Some(talk) => talks.get(talk).filter(|talk| talk.status == TalkStatus::Confirmed)?.title.as_str(),
            None => edition.slots.get(index)?.title.as_deref()?,
        };
        let starts_at = slot.starts_at.instant(&edition.timezone).ok()?;
        let end = slot.ends_at.filter(|_| !slot.end_is_estimated).and_then(|end| end.instant(&edition.timezone).ok());
        let ends_at = end.filter(|end| rules::ends_after_start(starts_at, *end)).unwrap_or(starts_at);
        Some(TimedSlot { index, slot: edition.slots.get(index)?, title, starts_at, ends_at })
    };
    let mut slots: Vec<_> = edition.slots.iter().enumerate().filter_map(timed).collect();
    slots.sort_by_key(|slot| (slot.starts_at, slot.index));
    slots
}

/// The speakers on stage in each talk. Those of the talks of a block are on stage in the block.
fn speakers(edition: &Edition) -> HashMap<&Slug, Vec<&Slug>> {
    let mut speakers: HashMap<&Slug, Vec<&Slug>> = HashMap::new();
    for talk in edition.talks.iter().filter(|talk| talk.status == TalkStatus::Confirmed) {
        let on_stage = speakers.entry(talk.block.as_ref().unwrap_or(&talk.slug)).or_default();
        on_stage.extend(talk.appearances.iter().map(|appearance| &appearance.speaker));
    }
    for on_stage in speakers.values_mut() {
        on_stage.sort_unstable();
        on_stage.dedup();
    }
    speakers
}
