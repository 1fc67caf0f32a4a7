//! The schedule of an edition while slots are changed: estimated ends move with the slots around them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{edition, slot, talk};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Edit, problems::Path};
use crate::{
    archive::{estimate::estimated_ends, store::load::RowScope},
    error::{Error, Result},
    scalars::TimeZone,
};

/// The slots of an edition: those that are stored, and those that are to replace them.
pub(super) struct EditedSchedule {
    pub zone: TimeZone,
    /// The first and the last day of the edition, if they are known.
    pub days: Option<(NaiveDate, NaiveDate)>,
    stored: Vec<slot::Model>,
    pub slots: Vec<slot::Model>,
    /// The slots whose end is the estimated one, and so moves with the schedule.
    pub estimated: HashSet<Uuid>,
}

impl EditedSchedule {
    /// The slot of an id.
    pub fn slot(&self, id: Uuid) -> Option<&slot::Model> {
        self.slots.iter().find(|row| row.id == id)
    }

    /// Moves the end of a slot as its start has moved. An estimated end follows by itself.
    pub fn keep_length(&self, row: &mut slot::Model, started_at: DateTime<Utc>) {
        if !self.estimated.contains(&row.id) {
            let moved = row.ends_at.checked_add_signed(row.starts_at - started_at);
            row.ends_at = moved.unwrap_or(row.ends_at);
        }
    }

    /// Lets two slots swap whether their ends are estimated.
    pub fn swap_estimates(&mut self, a: Uuid, b: Uuid) {
        if self.estimated.contains(&a) != self.estimated.contains(&b) {
            for id in [a, b] {
                if !self.estimated.remove(&id) {
                    self.estimated.insert(id);
                }
            }
        }
    }

    /// Adds a new slot, or replaces a changed one.
    pub fn put(&mut self, row: slot::Model) {
        match self.slots.iter_mut().find(|other| other.id == row.id) {
            Some(there) => *there = row,
            None => self.slots.push(row),
        }
    }

    /// The numbers that are in use.
    pub fn numbers(&self) -> HashSet<i32> {
        self.stored.iter().map(|row| row.number).collect()
    }
}

impl Edit {
    /// Reads the schedule of an edition, to be changed.
    pub(super) async fn edited_schedule(&mut self, edition_id: Uuid) -> Result<EditedSchedule> {
        let database = &self.write.transaction;
        let edition = edition::Entity::find_by_id(edition_id).one(database).await?;
        let edition =
            edition.ok_or_else(|| Error::Internal(format!("the edition {edition_id} has slots and is not there")))?;
        let zone: TimeZone = edition.timezone.parse().map_err(Error::Internal)?;
        let slots =
            slot::Entity::find().filter(slot::Column::EditionId.eq(edition_id)).order_by_asc(slot::Column::Number);
        let stored = slots.all(database).await?;
        let ends = estimated_ends(&stored, &zone);
        let estimated = stored.iter().zip(ends).filter(|(row, end)| row.end_is_estimated && row.ends_at == *end);
        let estimated = estimated.map(|(row, _)| row.id).collect();
        self.former_slots.entry(edition_id).or_insert_with(|| stored.clone());
        let days = edition.starts_on.zip(edition.ends_on);
        Ok(EditedSchedule { zone, days, slots: stored.clone(), stored, estimated })
    }

    /// Copies the slots that the schedule changes to the desired rows, with their ends estimated anew.
    pub(super) fn apply_schedule(&mut self, schedule: &mut EditedSchedule) {
        let ends = estimated_ends(&schedule.slots, &schedule.zone);
        let stored: HashMap<Uuid, &slot::Model> = schedule.stored.iter().map(|row| (row.id, row)).collect();
        for (row, end) in schedule.slots.iter_mut().zip(ends) {
            if schedule.estimated.contains(&row.id) {
                row.ends_at = end;
            }
            let before = stored.get(&row.id).copied();
            if before == Some(&*row) {
                continue;
            }
            if let Some(before) = before.filter(|before| !self.stored.slots.iter().any(|other| other.id == before.id)) {
                self.stored.slots.push(before.clone());
            }
            self.put(row.clone());
        }
    }

    /// Removes slots, which were loaded, from the schedule of their edition.
    pub(super) async fn take_out(&mut self, edition: Uuid, slots: &[Uuid]) -> Result<()> {
        let mut schedule = self.edited_schedule(edition).await?;
        schedule.slots.retain(|row| !slots.contains(&row.id));
        self.desired.slots.retain(|row| !slots.contains(&row.id));
        self.desired.slot_sponsors.retain(|row| !slots.contains(&row.slot_id));
        self.apply_schedule(&mut schedule);
        Ok(())
    }

    /// Removes all slots of a talk from the schedule.
    pub(super) async fn take_out_of_schedule(&mut self, talk: &talk::Model) -> Result<()> {
        let slots = slot::Entity::find().filter(slot::Column::TalkId.eq(talk.id)).all(&self.write.transaction).await?;
        let slots: Vec<Uuid> = slots.into_iter().map(|row| row.id).collect();
        if slots.is_empty() {
            return Ok(());
        }
        self.load(RowScope { slots: slots.clone(), ..RowScope::default() }).await?;
        self.take_out(talk.edition_id, &slots).await
    }

    /// Refuses a talk that has a slot of its own.
    pub(super) async fn has_no_slot(&mut self, talk: &talk::Model, path: &Path) -> Result<()> {
        let slots = slot::Entity::find().filter(slot::Column::TalkId.eq(talk.id));
        if let Some(slot) = slots.one(&self.write.transaction).await? {
            self.problems.invalid(path, format!("the talk has a slot of its own ({}): delete that first", slot.id));
        }
        Ok(())
    }
}
