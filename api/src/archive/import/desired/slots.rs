//! The slots of an edition.

use chrono::DateTime;
use entity::{slot, slot_sponsor};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::{Desired, editions::EditionNames};
use crate::{
    archive::{
        estimate::estimated_ends,
        import::{identified::keyed, identity::Identities},
    },
    format::document::{Edition, Slot},
    rules,
    vocabulary::SlotKind,
};

impl Desired<'_> {
    pub(super) fn slots(&mut self, given: &Edition, within: &EditionNames) {
        let claims: Vec<_> = given.slots.iter().map(|slot| keyed(slot.number, slot.id)).collect();
        let stored = self.stored.names.remove(&("slot", within.id)).unwrap_or_default();
        let what = format!("edition {}: slot", within.slug);
        let identities = Identities::of(&what, &claims, stored, (within.id, "slot"), self.problems);
        let mut rows: Vec<slot::Model> =
            given.slots.iter().zip(identities.ids).map(|(slot, id)| self.slot(slot, id, within)).collect();
        let ends = estimated_ends(&rows, &within.zone);
        for ((row, slot), end) in rows.iter_mut().zip(&given.slots).zip(ends) {
            if slot.ends_at.is_none() {
                row.ends_at = end;
            } else if !rules::ends_after_start(row.starts_at, row.ends_at) {
                self.problems.push(format!("{what} {} ends before it starts", slot.number));
            }
        }
        self.rows.slots.append(&mut rows);
    }

    /// The row of a slot. An end that is not given is set to the start until it is estimated.
    fn slot(&mut self, given: &Slot, id: Uuid, within: &EditionNames) -> slot::Model {
        let place = || format!("edition {}: slot {}", within.slug, given.number);
        let mut instant = |time: crate::scalars::LocalTime| {
            time.instant(&within.zone).unwrap_or_else(|wrong| {
                self.problems.push(format!("{}: {wrong}", place()));
                DateTime::UNIX_EPOCH
            })
        };
        let starts_at = instant(given.starts_at);
        let ends_at = given.ends_at.map_or(starts_at, instant);
        let subject = rules::slot_subject(given.talk.is_some(), given.kind, given.title.is_some());
        let kind = subject.unwrap_or_else(|_| {
            self.problems.push(format!("{}: it has either a talk, or a title and a kind other than TALK", place()));
            SlotKind::Other
        });
        let room_id = given.room.as_ref().map(|slug| self.reference(&within.rooms, "room", slug, place));
        let talk_id = given.talk.as_ref().map(|slug| self.reference(&within.talks, "talk", slug, place));
        let identified = self.identified;
        for (position, slug) in (1..).zip(&given.sponsors) {
            let company_id = self.reference(&identified.companies, "company", slug, place);
            self.rows.slot_sponsors.push(slot_sponsor::Model { slot_id: id, position, company_id });
        }
        let mut row = slot::Model {
            id,
            edition_id: within.id,
            kind: kind.to_value(),
            starts_at,
            ends_at,
            end_is_estimated: given.end_is_estimated || given.ends_at.is_none(),
            room_id,
            talk_id,
            ..Default::default()
        };
        given.put_columns(&mut row);
        row
    }
}
