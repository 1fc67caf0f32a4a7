//! The slots of schedules.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{
    EntityTrait, IntoSimpleExpr, JoinType, QuerySelect, RelationTrait, Select,
    sea_query::{Expr, SimpleExpr},
};
use uuid::Uuid;

use super::{company::Company, edition::Edition, room::Room, talk::Talk, venue::Venue};
use crate::{
    database::among,
    error::Result,
    read::{Loading, Reads, Resource, Row, batch::Relation, columns::Columns},
    scalars::{DateTime, Id, Revision, TimeZone},
    vocabulary::{SlotKind, TalkStatus},
};

/// A slot in the schedule of an edition: of a talk, or of a break or a social event, which has a kind and a title
/// instead.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::slot)]
#[graphql(complex)]
pub struct Slot {
    /// The id of the slot: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    #[graphql(skip)]
    #[columns(expr = entity::edition::Column::Timezone.into_simple_expr())]
    pub timezone: TimeZone,
    /// The kind of slot: TALK if it has a talk.
    pub kind: SlotKind,
    /// The title of the slot: that of its talk, or its own.
    #[columns(expr = Expr::cust("COALESCE(slot.title, talk.title)"))]
    pub title: String,
    /// The number of the slot, unique in its edition, from 1 to 2147483647. It never changes, so schedule apps use it
    /// as a key.
    pub number: i32,
    /// The start of the slot, with the offset of the edition's time zone: `2016-08-25T09:30:00+02:00`.
    pub starts_at: DateTime,
    /// The end of the slot, with the offset of the edition's time zone.
    pub ends_at: DateTime,
    /// Whether the end of the slot is an estimate, because the schedule gave none or only a rough one. Where none was
    /// given, it is the start of the next slot on the same conference day in the same room or without a room; if there
    /// is none, the slot lasts 4 hours if its kind is SOCIAL and 30 minutes otherwise.
    pub end_is_estimated: bool,
    /// Whether the slot was announced as open-ended ("until late"). Its end is then only a guide.
    pub is_open_ended: bool,
    #[graphql(skip)]
    pub room_id: Option<Uuid>,
    #[graphql(skip)]
    pub talk_id: Option<Uuid>,
    #[graphql(skip)]
    #[columns(expr = entity::talk::Column::Status.into_simple_expr())]
    pub talk_status: Option<TalkStatus>,
    #[graphql(skip)]
    #[columns(expr = entity::talk::Column::TrackId.into_simple_expr())]
    pub track_id: Option<Uuid>,
    /// The place of the slot if it is not at the edition's venue, such as that of a party. It is null for a slot at the
    /// venue.
    pub place: Option<Venue>,
    /// The time of the last change to the slot, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the slot. A GraphQL mutation compares it with its argument `ifRevision`.
    pub revision: Revision,
}

impl Row for Slot {
    type Entity = entity::slot::Entity;

    fn joined(select: Select<Self::Entity>) -> Select<Self::Entity> {
        use entity::slot::Relation;
        select.join(JoinType::InnerJoin, Relation::Edition.def()).join(JoinType::LeftJoin, Relation::Talk.def())
    }

    fn complete(&mut self, _: &Reads) {
        self.starts_at = self.starts_at.in_zone(&self.timezone);
        self.ends_at = self.ends_at.in_zone(&self.timezone);
    }
}

#[ComplexObject]
impl Slot {
    /// The length of the slot in whole minutes.
    async fn duration_minutes(&self) -> i64 {
        (self.ends_at.utc() - self.starts_at.utc()).num_minutes()
    }

    /// The room of the slot. It is null if none is known.
    async fn room(&self, ctx: &Context<'_>) -> Result<Option<Arc<Room>>> {
        ctx.maybe(self.room_id).await
    }

    /// The talk that is given in the slot. It is null for a break or a social event.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        ctx.maybe(self.talk_id).await
    }

    /// The edition whose schedule has the slot.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }

    /// The companies that paid for the break or the social event.
    #[graphql(directive = crate::directive::list_size::apply(2))]
    async fn sponsors(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Company>>> {
        ctx.many(ctx.load(SponsorsOfSlot(self.id.0)).await?).await
    }
}

fn in_time_order() -> Vec<SimpleExpr> {
    use entity::slot::Column;
    vec![Column::StartsAt.into_simple_expr(), Column::Number.into_simple_expr(), Slot::id_column()]
}

crate::read::children! {
    /// The slots of an edition, in time order.
    SlotsOfEdition => Slot, by |row| row.edition_id, at entity::slot::Column::EditionId, ordered in_time_order();
    /// The slots of a talk, in time order.
    SlotsOfTalk => Slot, by |row| row.talk_id.unwrap_or_default(),
        at entity::slot::Column::TalkId, ordered in_time_order();
}

/// The companies that paid for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct SponsorsOfSlot(Uuid);

impl Relation for SponsorsOfSlot {
    type Value = Vec<Uuid>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Vec<Uuid>>> {
        use entity::slot_sponsor::{Column, Entity};
        use sea_orm::{QueryFilter, QueryOrder};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = Entity::find()
            .filter(among(reads.backend(), Column::SlotId, &ids))
            .order_by_asc(Column::SlotId)
            .order_by_asc(Column::Position)
            .all(&reads.database)
            .await?;
        let mut sponsors: HashMap<Self, Vec<Uuid>> = HashMap::new();
        for row in rows {
            sponsors.entry(Self(row.slot_id)).or_default().push(row.company_id);
        }
        Ok(sponsors)
    }

    crate::read::batch::shared!(relation of key => key.0);
}
