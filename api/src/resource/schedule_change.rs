//! The changes of a schedule as an attendee sees them: what was added, moved, retitled, cancelled or removed.
//!
//! The log is replayed from its start, so one statement gives both states, whatever is written meanwhile. A change is
//! the difference between two moments, for one item: a talk, wherever it is given, or a slot without a talk. If two
//! talks swap their slots, both have moved, although the log has other talks of the same slots.

mod played_schedule;

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use chrono::{DateTime as Instant, Utc};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, DerivePartialModel, EntityTrait, FromJsonQueryResult, PartialModelTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use played_schedule::PlayedSchedule;

use super::{edition::Edition, room::Room, slot::Slot, talk::Talk};
use crate::{
    database::among,
    error::Result,
    read::{Loading, Reads, Resource, batch::Relation},
    scalars::{DateTime, Revision, TimeZone},
    vocabulary::ChangeOperation,
};

/// The kind of a schedule change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enum)]
pub enum ScheduleChangeKind {
    /// The talk, break or social event was added to the schedule, or a cancelled talk is given after all.
    Added,
    /// The slot begins or ends at another time, or is in another room.
    Moved,
    /// The talk, break or social event has another title.
    Retitled,
    /// The talk was cancelled; it stays in the schedule as cancelled.
    Cancelled,
    /// The talk, break or social event was removed from the schedule.
    Removed,
}

/// A change of the schedule that matters to an attendee: the net effect, since a revision, on one talk, break or social
/// event.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct ScheduleChange {
    /// The revision of the last change in the log that contributed to this one. Several schedule changes may have the
    /// same revision.
    pub revision: Revision,
    /// The time of that last change in the log, in UTC.
    pub at: DateTime,
    /// The kind of the schedule change.
    pub kind: ScheduleChangeKind,
    /// The present title of the talk, break or social event, or the last one if it was removed.
    pub title: String,
    /// The title before the change. It is null unless the kind is RETITLED.
    pub former_title: Option<String>,
    /// The times and the room before the change. It is null if there was no slot.
    pub before: Option<SlotTimes>,
    /// The times and the room after the change; for a cancelled talk, those it would have had. It is null if there is
    /// no slot.
    pub after: Option<SlotTimes>,
    #[graphql(skip)]
    pub talk_id: Option<Uuid>,
    /// The slot after the change.
    #[graphql(skip)]
    pub slot_id: Option<Uuid>,
    /// The slot before the change.
    #[graphql(skip)]
    pub former_slot_id: Option<Uuid>,
}

/// The times and the room of a slot at one revision.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct SlotTimes {
    /// The start of the slot, with the offset of the edition's time zone: `2016-08-25T09:30:00+02:00`.
    pub starts_at: DateTime,
    /// The end of the slot, with the offset of the edition's time zone.
    pub ends_at: DateTime,
    /// The name of the room at that revision. It is null if the slot had no room.
    pub room: Option<String>,
}

#[ComplexObject]
impl ScheduleChange {
    /// The talk that changed. It is null for a break or a social event, and if the talk was deleted.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        ctx.maybe(self.talk_id).await
    }

    /// The present slot of what changed. It is null if it is not in the schedule or has no slot of its own.
    async fn slot(&self, ctx: &Context<'_>) -> Result<Option<Arc<Slot>>> {
        ctx.maybe(self.slot_id).await
    }
}

/// The key of the log of an edition's schedule from its start. It has no value if nothing changed after the revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScheduleLog {
    /// The edition's id.
    pub edition: Uuid,
    /// The revision.
    pub since: i64,
}

/// A change in the log of a slot, a talk, a room or the edition.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "entity::change::Entity")]
pub struct ScheduleLogEntry {
    revision: i64,
    at: Instant<Utc>,
    operation: ChangeOperation,
    kind: String,
    node_id: Uuid,
    edition_id: Option<Uuid>,
    after: Option<LoggedFields>,
}

/// The fields of a change, as stored in the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
struct LoggedFields(Map<String, Value>);

impl Relation for ScheduleLog {
    type Value = Arc<Vec<ScheduleLogEntry>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use entity::change::{Column, Entity};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.edition).collect();
        let since = keys.iter().map(|key| key.since).min().unwrap_or_default();
        let begins = Condition::all()
            .add(Column::Kind.eq(Edition::KIND))
            .add(Column::Operation.eq(ChangeOperation::Created.to_value()));
        let shown = Condition::any().add(Column::Kind.is_in([Slot::KIND, Talk::KIND])).add(begins);
        let of_editions = || Entity::find().filter(among(reads.backend(), Column::EditionId, &ids));
        let changed = of_editions()
            .select_only()
            .column(Column::EditionId)
            .filter(Column::Revision.gt(since))
            .filter(shown.clone());
        let select = of_editions()
            .filter(Column::EditionId.in_subquery(changed.into_query()))
            .filter(shown.add(Column::Kind.eq(Room::KIND)))
            .order_by_asc(Column::Revision);
        let mut logs: HashMap<Uuid, Vec<ScheduleLogEntry>> = HashMap::new();
        for entry in ScheduleLogEntry::select_cols(select.select_only())
            .into_model::<ScheduleLogEntry>()
            .all(&reads.database)
            .await?
        {
            logs.entry(entry.edition_id.unwrap_or_default()).or_default().push(entry);
        }
        let logs: HashMap<Uuid, Arc<Vec<ScheduleLogEntry>>> =
            logs.into_iter().map(|(id, log)| (id, Arc::new(log))).collect();
        Ok(keys.into_iter().filter_map(|key| Some((key, logs.get(&key.edition)?.clone()))).collect())
    }
}

/// The changes that an attendee who last looked at `since` has to know, in the order of the revisions.
pub fn since(log: &[ScheduleLogEntry], since: i64, zone: &TimeZone) -> Vec<ScheduleChange> {
    let (seen, unseen) = log.split_at(log.partition_point(|entry| entry.revision <= since));
    let mut schedule = PlayedSchedule::default();
    seen.iter().for_each(|entry| schedule.play(entry));
    schedule.net_changes(unseen, zone)
}

/// All changes since the schedule was first published, write by write; and the time at which the edition was created.
pub fn history(log: &[ScheduleLogEntry], zone: &TimeZone) -> (Vec<ScheduleChange>, Option<Instant<Utc>>) {
    let created_at = log.iter().find(|entry| entry.kind == Edition::KIND).map(|entry| entry.at);
    let mut schedule = PlayedSchedule::default();
    let mut changes = Vec::new();
    for write in log.chunk_by(|a, b| a.at == b.at) {
        let is_first = schedule.is_empty() || write.first().map(|entry| entry.at) == created_at;
        let changes_of_write = schedule.net_changes(write, zone);
        if !is_first {
            changes.extend(changes_of_write);
        }
    }
    (changes, created_at)
}
