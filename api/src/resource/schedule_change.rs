//! The log's before and after, told as an attendee would: what is new in the programme, moved, renamed, called off.
//!
//! The log is read from its beginning and played forward, so that one statement tells both what was and what is,
//! whatever is written meanwhile. What is told is the difference between two moments, thing by thing: a thing is a
//! talk, wherever it is held, or what stands in a slot without one. A talk that changes places with another has moved,
//! though it is the slots that have other talks now.

mod programme;

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

use programme::Programme;

use super::{change::ChangeOperation, edition::Edition, room::Room, slot::Slot, talk::Talk};
use crate::{
    database::among,
    error::Result,
    read::{Loading, Reads, Resource, batch::Relation},
    scalars::{DateTime, Revision, TimeZone},
};

/// What an attendee is told of a thing in the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Enum)]
pub enum ScheduleChangeKind {
    /// It is new in the programme, or is held after all.
    Added,
    /// It begins or ends at another time, or is in another room.
    Moved,
    /// It has another title.
    Retitled,
    /// The talk is not held; it stays in the programme as cancelled.
    Cancelled,
    /// It is no longer in the programme.
    Removed,
}

/// A change of the programme as an attendee is told it: the net effect of all that was changed since.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct ScheduleChange {
    /// The last revision that contributed to it. Others may have the same.
    pub revision: Revision,
    /// When that was, in UTC.
    pub at: DateTime,
    /// What is to be told.
    pub kind: ScheduleChangeKind,
    /// The title, or the last one of what is gone.
    pub title: String,
    /// The title before; null unless it is RETITLED.
    pub former_title: Option<String>,
    /// When and where it was; null where it was not in the programme, or is a talk without a slot of its own.
    pub before: Option<SlotTimes>,
    /// When and where it is, or would have been if it is CANCELLED; null where it is not in the programme.
    pub after: Option<SlotTimes>,
    #[graphql(skip)]
    pub talk_id: Option<Uuid>,
    /// Where it is.
    #[graphql(skip)]
    pub slot_id: Option<Uuid>,
    /// Where it was.
    #[graphql(skip)]
    pub former_slot_id: Option<Uuid>,
}

/// When and where something is in the programme.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct SlotTimes {
    /// When it begins, in the edition's zone.
    pub starts_at: DateTime,
    /// When it ends, in the edition's zone.
    pub ends_at: DateTime,
    /// The room's name at that time; null where none was told.
    pub room: Option<String>,
}

#[ComplexObject]
impl ScheduleChange {
    /// The talk; null for a break or a social event, or if it is gone.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        ctx.maybe(self.talk_id).await
    }

    /// Where it is in the programme; null if it is not in it, or is a talk without a slot of its own.
    async fn slot(&self, ctx: &Context<'_>) -> Result<Option<Arc<Slot>>> {
        ctx.maybe(self.slot_id).await
    }
}

/// The log of an edition's programme from its beginning, if anything was changed after a revision; else nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProgrammeLog {
    /// The edition's id.
    pub edition: Uuid,
    /// The revision.
    pub since: i64,
}

/// A change of the programme's rows.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "entity::change::Entity")]
pub struct Entry {
    revision: i64,
    at: Instant<Utc>,
    operation: ChangeOperation,
    kind: String,
    node_id: Uuid,
    edition_id: Option<Uuid>,
    after: Option<Fields>,
}

/// Fields as the log has them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
struct Fields(Map<String, Value>);

impl Relation for ProgrammeLog {
    type Value = Arc<Vec<Entry>>;
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
        let mut logs: HashMap<Uuid, Vec<Entry>> = HashMap::new();
        for entry in Entry::select_cols(select.select_only()).into_model::<Entry>().all(&reads.database).await? {
            logs.entry(entry.edition_id.unwrap_or_default()).or_default().push(entry);
        }
        let logs: HashMap<Uuid, Arc<Vec<Entry>>> = logs.into_iter().map(|(id, log)| (id, Arc::new(log))).collect();
        Ok(keys.into_iter().filter_map(|key| Some((key, logs.get(&key.edition)?.clone()))).collect())
    }
}

/// What an attendee who last looked at `since` is to be told, in the order of the revisions.
pub fn since(log: &[Entry], since: i64, zone: &TimeZone) -> Vec<ScheduleChange> {
    let (known, news) = log.split_at(log.partition_point(|entry| entry.revision <= since));
    let mut programme = Programme::default();
    known.iter().for_each(|entry| programme.play(entry));
    programme.tell(news, zone)
}

/// All that there was to be told of the programme since it was first known: each write as it happened, in order; and
/// when the edition itself was first told.
pub fn history(log: &[Entry], zone: &TimeZone) -> (Vec<ScheduleChange>, Option<Instant<Utc>>) {
    let created_at = log.iter().find(|entry| entry.kind == Edition::KIND).map(|entry| entry.at);
    let mut programme = Programme::default();
    let mut told = Vec::new();
    for write in log.chunk_by(|a, b| a.at == b.at) {
        let is_first = programme.is_empty() || write.first().map(|entry| entry.at) == created_at;
        let news = programme.tell(write, zone);
        if !is_first {
            told.extend(news);
        }
    }
    (told, created_at)
}
