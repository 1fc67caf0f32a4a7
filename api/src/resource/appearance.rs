//! Who is on stage in which talk.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{DerivePartialModel, EntityTrait, IntoSimpleExpr, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select};
use uuid::Uuid;

use super::{Loading, Reads, Row, company::Company, speaker::Speaker, talk::Talk, vocabulary::AppearanceRole};
use crate::{batch::Relation, database::among, error::Result};

/// One person on stage in one talk.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::appearance::Entity")]
#[graphql(complex)]
pub struct Appearance {
    #[graphql(skip)]
    pub talk_id: Uuid,
    #[graphql(skip)]
    pub speaker_id: Uuid,
    #[graphql(skip)]
    #[sea_orm(nested)]
    pub speaker: Speaker,
    #[graphql(skip)]
    #[sea_orm(from_col = "credited_as")]
    pub printed_name: Option<String>,
    /// The project that a panelist sat there for.
    pub represents: Option<String>,
    /// What they did.
    pub role: AppearanceRole,
}

impl Row for Appearance {
    type Entity = entity::appearance::Entity;

    fn joined(select: Select<Self::Entity>) -> Select<Self::Entity> {
        select.join(JoinType::InnerJoin, entity::appearance::Relation::Speaker.def())
    }

    fn complete(&mut self, reads: &Reads) {
        self.speaker.complete(reads);
    }
}

impl Appearance {
    /// The speaker, to be shown elsewhere.
    pub fn shared_speaker(&self) -> Arc<Speaker> {
        Arc::new(self.speaker.clone())
    }
}

#[ComplexObject]
impl Appearance {
    /// Who.
    async fn speaker(&self) -> &Speaker {
        &self.speaker
    }

    /// The name as the programme printed it.
    async fn credited_as(&self) -> &str {
        self.printed_name.as_deref().unwrap_or(&self.speaker.name)
    }

    /// The first of `companies`.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Arc<Company>>> {
        Ok(ctx.load(CompaniesOfAppearance { talk: self.talk_id, speaker: self.speaker_id }).await?.first().cloned())
    }

    /// Whom they spoke for at the time: none for an independent, two for some.
    #[graphql(directive = crate::graphql::list_size::apply(1))]
    async fn companies(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Company>>> {
        ctx.load(CompaniesOfAppearance { talk: self.talk_id, speaker: self.speaker_id }).await
    }

    /// In what.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Arc<Talk>> {
        ctx.one(self.talk_id).await
    }
}

super::children! {
    /// The appearances in a talk, in billing order.
    AppearancesOfTalk => Appearance, by |row| row.talk_id, at entity::appearance::Column::TalkId,
        ordered vec![entity::appearance::Column::TalkId.into_simple_expr(), entity::appearance::Column::Position.into_simple_expr()];
}

/// The appearances of a speaker in talks that were not withdrawn, in the talks' time order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AppearancesOfSpeaker(pub Uuid);

impl Relation for AppearancesOfSpeaker {
    type Value = Vec<Arc<Appearance>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use entity::{appearance, talk};
        use sea_orm::{ColumnTrait, sea_query::Expr};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut select = Appearance::projection();
        select
            .join(JoinType::InnerJoin, talk::Entity, Expr::cust("talk.id = appearance.talk_id"))
            .and_where(talk::Column::Status.ne("WITHDRAWN"))
            .and_where(among(reads.backend(), appearance::Column::SpeakerId, &ids))
            .order_by_expr(Expr::cust("COALESCE(\"talk\".\"starts_at\", '9999-12-31T23:59:59+00:00')"), sea_orm::Order::Asc)
            .order_by_expr(talk::Column::Id.into_simple_expr(), sea_orm::Order::Asc);
        let mut appearances: HashMap<Self, Self::Value> = HashMap::new();
        for row in Appearance::fetch(select, &reads).await? {
            appearances.entry(Self(row.speaker_id)).or_default().push(row);
        }
        Ok(appearances)
    }
}

/// The companies that a speaker spoke for in a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct CompaniesOfAppearance {
    talk: Uuid,
    speaker: Uuid,
}

#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "entity::appearance_company::Entity")]
struct SpokenFor {
    talk_id: Uuid,
    speaker_id: Uuid,
    #[sea_orm(nested)]
    company: Company,
}

impl Relation for CompaniesOfAppearance {
    type Value = Vec<Arc<Company>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use entity::appearance_company::{Column, Entity, Relation as Of};
        let mut talks: Vec<Uuid> = keys.iter().map(|key| key.talk).collect();
        talks.dedup();
        let rows = Entity::find()
            .join(JoinType::InnerJoin, Of::Company.def())
            .filter(among(reads.backend(), Column::TalkId, &talks))
            .order_by_asc(Column::TalkId)
            .order_by_asc(Column::SpeakerId)
            .order_by_asc(Column::Position)
            .into_partial_model::<SpokenFor>()
            .all(&reads.database)
            .await?;
        let mut companies: HashMap<Self, Self::Value> = HashMap::new();
        for mut row in rows {
            row.company.complete(&reads);
            companies.entry(Self { talk: row.talk_id, speaker: row.speaker_id }).or_default().push(Arc::new(row.company));
        }
        Ok(companies)
    }
}
