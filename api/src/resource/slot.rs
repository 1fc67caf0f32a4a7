//! Places in the programme.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{
    DerivePartialModel, EntityTrait, IntoSimpleExpr, JoinType, QuerySelect, RelationTrait, Select,
    sea_query::{Expr, SimpleExpr},
};
use uuid::Uuid;

use super::{company::Company, edition::Edition, room::Room, talk::Talk, venue::Venue};
use crate::{
    database::among,
    error::Result,
    read::{Loading, Reads, Resource, Row, batch::Relation},
    scalars::{DateTime, Id, Revision, TimeZone},
    vocabulary::{SlotKind, TalkStatus},
};

/// A place in the programme: a talk's, or that of a break or a social event (then `talk` is null and `title` names it).
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::slot::Entity")]
#[graphql(complex)]
pub struct Slot {
    /// Its id.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    #[graphql(skip)]
    #[sea_orm(from_expr = "entity::edition::Column::Timezone.into_simple_expr()")]
    pub timezone: TimeZone,
    /// What it is for.
    pub kind: SlotKind,
    /// Its own title, or its talk's.
    #[sea_orm(from_expr = "Expr::cust(\"COALESCE(slot.title, talk.title)\")")]
    pub title: String,
    /// A positive 31-bit integer that never changes: schedule apps key on it.
    pub number: i32,
    /// When it begins.
    pub starts_at: DateTime,
    /// When it ends.
    pub ends_at: DateTime,
    /// The programme gave no end, or only roughly: derived from what follows, else four hours for SOCIAL and 30 minutes
    /// for others.
    pub end_is_estimated: bool,
    /// Announced as open-ended ("until late"): `endsAt` is then an estimate.
    pub is_open_ended: bool,
    #[graphql(skip)]
    pub room_id: Option<Uuid>,
    #[graphql(skip)]
    pub talk_id: Option<Uuid>,
    #[graphql(skip)]
    #[sea_orm(from_expr = "entity::talk::Column::Status.into_simple_expr()")]
    pub talk_status: Option<TalkStatus>,
    #[graphql(skip)]
    #[sea_orm(from_expr = "entity::talk::Column::TrackId.into_simple_expr()")]
    pub track_id: Option<Uuid>,
    /// Where it is, if not at the edition's venue (the party).
    pub place: Option<Venue>,
    /// When its own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of its own fields: what `ifRevision` compares.
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
    /// How long it is, in whole minutes.
    async fn duration_minutes(&self) -> i64 {
        (self.ends_at.utc() - self.starts_at.utc()).num_minutes()
    }

    /// The room that it is in; null where none was told.
    async fn room(&self, ctx: &Context<'_>) -> Result<Option<Arc<Room>>> {
        ctx.maybe(self.room_id).await
    }

    /// What is said in it; null for a break or a social event.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        ctx.maybe(self.talk_id).await
    }

    /// The edition in whose programme it is.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }

    /// Who paid for this break or party.
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
    /// The programme of an edition, in time order.
    SlotsOfEdition => Slot, by |row| row.edition_id, at entity::slot::Column::EditionId, ordered in_time_order();
    /// The slots of a talk, in time order.
    SlotsOfTalk => Slot, by |row| row.talk_id.unwrap_or_default(), at entity::slot::Column::TalkId, ordered in_time_order();
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
}
