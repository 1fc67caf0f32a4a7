//! The schedule of an edition while one of its slots is changed: estimated ends move with the slots around them, and
//! overlaps are found.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{appearance, edition, room, slot, speaker, talk};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{Edit, UserErrorCode, problems::Path};
use crate::{
    archive::{estimate::estimated_ends, store::load::RowScope},
    database::{among, backend, name},
    error::{Error, Result},
    scalars::TimeZone,
    vocabulary::TalkStatus,
};

/// The slots of an edition: those that are stored, and those that are to replace them.
pub(super) struct EditedSchedule {
    pub zone: TimeZone,
    /// The beginning and the end of the edition, if its days are known.
    pub edition_period: Option<(DateTime<Utc>, DateTime<Utc>)>,
    stored: Vec<slot::Model>,
    pub slots: Vec<slot::Model>,
    /// The slots whose end is the estimated one, and so moves with the schedule.
    pub estimated: HashSet<Uuid>,
}

/// A speaker on stage in a talk, or in one of the talks of a block.
struct OnStage {
    speaker: Uuid,
    name: String,
    talk: Uuid,
}

impl EditedSchedule {
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
    pub(super) async fn edited_schedule(&self, edition_id: Uuid) -> Result<EditedSchedule> {
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
        let edition_period = edition.begins_at.zip(edition.finishes_at);
        Ok(EditedSchedule { zone, edition_period, slots: stored.clone(), stored, estimated })
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

    /// Reports every slot that a slot overlaps with, in its room or by a speaker. A cancelled talk does not overlap.
    pub(super) async fn overlaps(&mut self, row: &slot::Model, schedule: &EditedSchedule) -> Result<()> {
        let meets =
            |other: &&slot::Model| other.id != row.id && other.starts_at < row.ends_at && row.starts_at < other.ends_at;
        let others: Vec<slot::Model> = schedule.slots.iter().filter(meets).cloned().collect();
        if others.is_empty() {
            return Ok(());
        }
        let database = &self.write.transaction;
        let talks: Vec<Uuid> = others.iter().chain([row]).filter_map(|slot| slot.talk_id).collect();
        let these = among(backend(database), talk::Column::Id, &talks);
        let talks: Vec<talk::Model> = talk::Entity::find().filter(these).all(database).await?;
        let confirmed = |id: Uuid| {
            talks.iter().find(|talk| talk.id == id).filter(|talk| talk.status == TalkStatus::Confirmed.to_value())
        };
        if row.talk_id.is_some_and(|id| confirmed(id).is_none()) {
            return Ok(());
        }
        let overlapping: Vec<(slot::Model, String)> = others
            .into_iter()
            .filter_map(|slot| {
                let title = slot
                    .talk_id
                    .map_or_else(|| slot.title.clone(), |id| confirmed(id).map(|talk| talk.title.clone()))?;
                Some((slot, title))
            })
            .collect();
        self.same_room(row, &overlapping, &schedule.zone);
        self.same_people(row, &overlapping, &schedule.zone).await
    }

    fn same_room(&mut self, row: &slot::Model, others: &[(slot::Model, String)], zone: &TimeZone) {
        let Some(id) = row.room_id else { return self.no_room(row, others, zone) };
        let room = self.desired.rooms.iter().find(|room: &&room::Model| room.id == id);
        let room = room.map_or_else(|| "its room".to_owned(), |room| room.name.clone());
        for (slot, title) in others.iter().filter(|(slot, _)| slot.room_id == Some(id)) {
            let message =
                format!("\"{title}\" is in {room} then ({}): take another time or room, or force it", span(slot, zone));
            self.problems.add(UserErrorCode::Conflict, &Path::input().at("room"), message);
        }
    }

    /// Reports talks at the same time without a room: they are taken to be in the same one.
    fn no_room(&mut self, row: &slot::Model, others: &[(slot::Model, String)], zone: &TimeZone) {
        let are_talks = |slot: &slot::Model| slot.room_id.is_none() && slot.talk_id.and(row.talk_id).is_some();
        for (slot, title) in others.iter().filter(|(slot, _)| are_talks(slot)) {
            let message = format!(
                "\"{title}\" is on then ({}), and neither has a room: take another time, give it a room, or force it",
                span(slot, zone)
            );
            self.problems.add(UserErrorCode::Conflict, &Path::input().at("room"), message);
        }
    }

    async fn same_people(
        &mut self,
        row: &slot::Model,
        others: &[(slot::Model, String)],
        zone: &TimeZone,
    ) -> Result<()> {
        let Some(own) = row.talk_id else { return Ok(()) };
        let talks: Vec<Uuid> = others.iter().filter_map(|(slot, _)| slot.talk_id).chain([own]).collect();
        let busy = self.on_stage(&talks).await?;
        for (slot, title) in others {
            for one in busy.iter().filter(|one| Some(one.talk) == slot.talk_id) {
                if busy.iter().any(|mine| mine.talk == own && mine.speaker == one.speaker) {
                    let message = format!(
                        "{} is in \"{title}\" then ({}): take another time, or force it",
                        one.name,
                        span(slot, zone)
                    );
                    self.problems.add(UserErrorCode::Conflict, &Path::input().at("startsAt"), message);
                }
            }
        }
        Ok(())
    }

    /// The speakers on stage in talks, and in the talks of blocks.
    async fn on_stage(&self, talks: &[Uuid]) -> Result<Vec<OnStage>> {
        let database = &self.write.transaction;
        let of_talk = |column: &str| among(backend(database), Expr::col((name("talk"), name(column))), talks);
        let mut select = Query::select();
        select
            .column((speaker::Entity, speaker::Column::Id))
            .column((speaker::Entity, speaker::Column::Name))
            .expr_as(Expr::cust("COALESCE(talk.block_id, talk.id)"), name("talk"))
            .from(appearance::Entity)
            .inner_join(
                talk::Entity,
                Expr::col((talk::Entity, talk::Column::Id))
                    .eq(Expr::col((appearance::Entity, appearance::Column::TalkId))),
            )
            .inner_join(
                speaker::Entity,
                Expr::col((speaker::Entity, speaker::Column::Id))
                    .eq(Expr::col((appearance::Entity, appearance::Column::SpeakerId))),
            )
            .and_where(talk::Column::Status.eq(TalkStatus::Confirmed.to_value()))
            .cond_where(sea_orm::Condition::any().add(of_talk("id")).add(of_talk("block_id")))
            .order_by((speaker::Entity, speaker::Column::Id), sea_orm::Order::Asc);
        let rows = database.query_all(&select).await?;
        let busy = |row: &sea_orm::QueryResult| {
            Ok(OnStage {
                speaker: row.try_get("", "id")?,
                name: row.try_get("", "name")?,
                talk: row.try_get("", "talk")?,
            })
        };
        rows.iter().map(busy).collect()
    }
}

/// The time of a slot in the time zone of the edition.
fn span(slot: &slot::Model, zone: &TimeZone) -> String {
    let local = |at: DateTime<Utc>| at.with_timezone(&zone.0);
    format!("{}\u{2013}{}", local(slot.starts_at).format("%Y-%m-%d %H:%M"), local(slot.ends_at).format("%H:%M"))
}
