//! The slots of an edition.

use std::collections::HashMap;

use super::{
    declared::{Declared, SlugSet},
    notes::{Notes, each_once},
};
use chrono::NaiveDate;

use crate::{
    format::document::{Edition, Slot, Talk},
    resource::day::Day,
    rules::{self, NoSlot, WrongSubject},
    scalars::{LocalTime, Slug, TimeZone},
};

pub(super) fn check(edition: &Edition, declared: &Declared<'_>, notes: &mut Notes<'_>) {
    let places = notes.places;
    let left_out = places.names_left_out("/slots").filter_map(|number| number.parse().ok());
    let taken = edition.slots.iter().map(|slot| slot.number).chain(left_out);
    let next = taken.max().unwrap_or_default().saturating_add(1);
    let numbers = edition.slots.iter().map(|slot| (slot.number, "/number"));
    each_once(notes, "/slots", numbers, |number| format!("duplicate number {number}: the next one free is {next}"));
    let schedule = CheckedSchedule {
        zone: edition.timezone,
        days: edition.days(),
        rooms: SlugSet::of("room in this edition", edition.rooms.iter().map(|room| (&room.slug, None)))
            .and_left_out(places, "/rooms"),
        names: SlugSet::of("talk in this edition", edition.talks.iter().map(|talk| (&talk.slug, Some(&talk.identity))))
            .and_left_out(places, "/talks"),
        talks: edition.talks.iter().map(|talk| (&talk.slug, talk)).collect(),
    };
    for (n, slot) in edition.slots.iter().enumerate() {
        let base = format!("/slots/{n}");
        schedule.times(slot, &base, notes);
        schedule.subject(slot, &base, notes);
        if let Some(room) = &slot.room {
            schedule.rooms.must_have(room, notes, &format!("{base}/room"));
        }
        for (s, company) in slot.sponsors.iter().enumerate() {
            declared.company(company, notes, &format!("{base}/sponsors/{s}"));
        }
        let sponsors = slot.sponsors.iter().map(|slug| (slug, ""));
        each_once(notes, &format!("{base}/sponsors"), sponsors, |slug| format!("\"{slug}\" is a sponsor here already"));
    }
}

struct CheckedSchedule<'f> {
    zone: TimeZone,
    days: Option<(NaiveDate, NaiveDate)>,
    rooms: SlugSet<'f>,
    names: SlugSet<'f>,
    talks: HashMap<&'f Slug, &'f Talk>,
}

impl CheckedSchedule<'_> {
    fn times(&self, slot: &Slot, base: &str, notes: &mut Notes<'_>) {
        let mut instant = |time: LocalTime, key: &str| {
            time.instant(&self.zone).map_err(|wrong| notes.at(&format!("{base}/{key}"), wrong)).ok()
        };
        let start = instant(slot.starts_at, "starts_at");
        let end = slot.ends_at.and_then(|time| instant(time, "ends_at"));
        if let (Some(start), Some((first, last))) = (start, self.days)
            && !rules::is_near_days(Day::date_of(start, &self.zone).0, (first, last))
        {
            let wrong = format!(
                "{} is outside the edition's days, {first} to {last}: correct the time, or starts_on and ends_on",
                slot.starts_at
            );
            notes.at(&format!("{base}/starts_at"), wrong);
        }
        if let (Some(start), Some(end), Some(time)) = (start, end, slot.ends_at)
            && !rules::ends_after_start(start, end)
        {
            let wrong = format!("the slot ends at {time}, not after its start at {}", slot.starts_at);
            notes.at(&format!("{base}/ends_at"), wrong);
        }
    }

    /// A slot of a talk has no kind and no title of its own; any other slot has both.
    fn subject(&self, slot: &Slot, base: &str, notes: &mut Notes<'_>) {
        match rules::slot_subject(slot.talk.is_some(), slot.kind, slot.title.is_some()) {
            Ok(_) => {}
            Err(WrongSubject::MoreThanTalk) => {}
            Err(WrongSubject::KindWithoutTalk) => {
                notes.at(&format!("{base}/kind"), "a slot of kind TALK has the key \"talk\", and no kind");
            }
            Err(WrongSubject::WithoutTitle) => {
                notes.at(base, "the key \"title\" is missing: a slot without a talk has one");
            }
            Err(WrongSubject::WithoutKind) => {
                notes.at(base, "the key \"kind\" is missing: a slot without a talk has one");
            }
            Err(WrongSubject::Nothing) => notes.at(base, "what is here? Give a talk, or a kind and a title"),
        }
        let Some(talk) = &slot.talk else { return };
        for key in [slot.kind.map(|_| "kind"), slot.title.as_ref().map(|_| "title")].into_iter().flatten() {
            notes.at(&format!("{base}/{key}"), format!("leave the key \"{key}\" out: the slot's talk tells it"));
        }
        self.talk(talk, &format!("{base}/talk"), notes);
    }

    fn talk(&self, slug: &Slug, pointer: &str, notes: &mut Notes<'_>) {
        let Some(talk) = self.talks.get(slug) else {
            return self.names.must_have(slug, notes, pointer);
        };
        for why in rules::no_slot(talk.status, talk.block.is_some()) {
            let (no_slot, block) = match why {
                NoSlot::Withdrawn => ("is withdrawn, and so has no slot", None),
                NoSlot::InBlock => ("has no slot of its own, as it is in the block", talk.block.as_ref()),
            };
            let block = block.map(|block| format!(" \"{block}\"")).unwrap_or_default();
            notes.at(pointer, format!("the talk \"{slug}\" {no_slot}{block}"));
        }
    }
}
