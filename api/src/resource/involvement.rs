//! The people and companies that organised, hosted or helped editions.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{IntoSimpleExpr, JoinType, Order, sea_query::Expr};
use uuid::Uuid;

use super::{company::Company, edition::Edition, speaker::Speaker};
use crate::{
    database::among,
    error::Result,
    read::{
        Loading, Reads, Row,
        batch::Relation,
        columns::{Columns, LongTexts},
    },
    vocabulary::InvolvementRole,
    weight::Weigh,
};

/// The involvement of one person or one company in an edition, as an organiser, a host or a helper.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::involvement)]
#[graphql(complex)]
pub struct Involvement {
    #[graphql(skip)]
    pub edition_id: Uuid,
    #[graphql(skip)]
    pub speaker_id: Option<Uuid>,
    #[graphql(skip)]
    pub company_id: Option<Uuid>,
    /// The role of the person or company.
    pub role: InvolvementRole,
    /// A remark about the involvement. It is null if there is none.
    pub note: Option<String>,
}

impl Row for Involvement {
    type Entity = entity::involvement::Entity;

    fn more_weight(&self) -> usize {
        self.note.weight()
    }
}

#[ComplexObject]
impl Involvement {
    /// The person who is involved. It is null if a company is involved.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Arc<Speaker>>> {
        ctx.maybe(self.speaker_id).await
    }

    /// The company that is involved. It is null if a person is involved.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Arc<Company>>> {
        ctx.maybe(self.company_id).await
    }

    /// The edition that the involvement is about.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }
}

crate::read::children! {
    /// The involvements in an edition, in its order.
    InvolvementsOfEdition => Involvement, by |row| row.edition_id, at entity::involvement::Column::EditionId,
        ordered vec![
            entity::involvement::Column::EditionId.into_simple_expr(),
            entity::involvement::Column::Position.into_simple_expr(),
        ];
}

/// The involvements of a person, the latest edition first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct InvolvementsOfSpeaker(pub Uuid);

impl Relation for InvolvementsOfSpeaker {
    type Value = Vec<Arc<Involvement>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut select = Involvement::projection(LongTexts::Left);
        select
            .join(JoinType::InnerJoin, entity::edition::Entity, Expr::cust("edition.id = involvement.edition_id"))
            .and_where(among(reads.backend(), entity::involvement::Column::SpeakerId, &ids))
            .order_by_expr(Expr::cust("COALESCE(\"edition\".\"starts_on\", '0001-01-01')"), Order::Desc)
            .order_by_expr(entity::edition::Column::Id.into_simple_expr(), Order::Asc)
            .order_by_expr(entity::involvement::Column::Position.into_simple_expr(), Order::Asc);
        let mut involvements: HashMap<Self, Self::Value> = HashMap::new();
        for row in Involvement::fetch(select, LongTexts::Left, &reads).await? {
            if let Some(speaker) = row.speaker_id {
                involvements.entry(Self(speaker)).or_default().push(row);
            }
        }
        Ok(involvements)
    }

    crate::read::batch::shared!(relation of key => key.0);
}
