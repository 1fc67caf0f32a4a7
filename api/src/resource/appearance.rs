//! The appearances of speakers in talks.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{
    ConnectionTrait, IntoSimpleExpr, JoinType, Order, QuerySelect, RelationTrait, Select, TryGetError,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{company::Company, speaker::Speaker, talk::Talk};
use crate::{
    database::among,
    error::Result,
    read::{
        Loading, Reads, Row,
        batch::Relation,
        columns::{Cells, Columns, LongTexts},
    },
    vocabulary::AppearanceRole,
    weight::Weigh,
};

/// The appearance of one speaker in one talk: the name and the role in that talk, and the companies at the time.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::appearance)]
#[graphql(complex)]
pub struct Appearance {
    #[graphql(skip)]
    pub talk_id: Uuid,
    #[graphql(skip)]
    pub speaker_id: Uuid,
    #[graphql(skip)]
    #[columns(nested)]
    pub speaker: Arc<Speaker>,
    #[graphql(skip)]
    #[columns(column = credited_as)]
    pub printed_name: Option<String>,
    /// The companies, if they were loaded with the appearance.
    #[graphql(skip)]
    #[columns(skip)]
    pub loaded_companies: Option<Vec<Arc<Company>>>,
    /// The project that the speaker represented in the talk, mostly on a panel. It is null if the speaker represented
    /// none.
    pub represents: Option<String>,
    /// The role of the speaker in the talk.
    pub role: AppearanceRole,
}

impl Row for Appearance {
    type Entity = entity::appearance::Entity;

    fn joined(select: Select<Self::Entity>) -> Select<Self::Entity> {
        select.join(JoinType::InnerJoin, entity::appearance::Relation::Speaker.def())
    }

    fn more_weight(&self) -> usize {
        self.speaker.weight() + self.loaded_companies.weight()
    }
}

impl Appearance {
    /// The appearances in a talk. If the query asks for their companies, the same statement reads them.
    pub(crate) async fn of_talk(ctx: &Context<'_>, talk: Uuid) -> Result<Vec<Arc<Self>>> {
        let selection = ctx.look_ahead();
        match selection.field("company").exists() || selection.field("companies").exists() {
            true => ctx.load(AppearancesWithCompanies(talk)).await,
            false => ctx.load(AppearancesOfTalk(talk)).await,
        }
    }

    async fn represented_companies(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Company>>> {
        match &self.loaded_companies {
            Some(companies) => Ok(companies.clone()),
            None => ctx.load(CompaniesOfAppearance { talk: self.talk_id, speaker: self.speaker_id }).await,
        }
    }

    /// The name as the schedule credited it.
    pub fn name(&self) -> &str {
        self.printed_name.as_deref().unwrap_or(&self.speaker.name)
    }
}

#[ComplexObject]
impl Appearance {
    /// The speaker who appeared in the talk.
    async fn speaker(&self) -> &Speaker {
        &self.speaker
    }

    /// The name of the speaker as the schedule credited it. It is the speaker's name if no other one is recorded.
    async fn credited_as(&self) -> &str {
        self.name()
    }

    /// The first of the companies that the speaker represented in the talk. It is null if there is none.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Arc<Company>>> {
        Ok(self.represented_companies(ctx).await?.first().cloned())
    }

    /// The companies that the speaker represented at the time of the talk, the main one first. The list is empty for an
    /// independent speaker.
    #[graphql(directive = crate::directive::list_size::apply(1))]
    async fn companies(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Company>>> {
        self.represented_companies(ctx).await
    }

    /// The talk in which the speaker appeared.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Arc<Talk>> {
        ctx.one(self.talk_id).await
    }
}

crate::read::children! {
    /// The appearances in a talk, in billing order.
    AppearancesOfTalk => Appearance, by |row| row.talk_id, at entity::appearance::Column::TalkId,
        ordered vec![
            entity::appearance::Column::TalkId.into_simple_expr(),
            entity::appearance::Column::Position.into_simple_expr(),
        ];
}

/// The appearances in a talk, in billing order, each with its companies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AppearancesWithCompanies(pub Uuid);

impl Relation for AppearancesWithCompanies {
    type Value = Vec<Arc<Appearance>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use entity::appearance::Column;
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let long = LongTexts::of(&keys);
        let mut select = Appearance::projection(long);
        Company::select(&mut select, long);
        let of_appearance = "appearance_company.talk_id = appearance.talk_id \
            AND appearance_company.speaker_id = appearance.speaker_id";
        let of_company = "company.id = appearance_company.company_id";
        select
            .join(JoinType::LeftJoin, entity::appearance_company::Entity, Expr::cust(of_appearance))
            .join(JoinType::LeftJoin, entity::company::Entity, Expr::cust(of_company))
            .and_where(among(reads.backend(), Column::TalkId, &ids))
            .order_by_expr(Column::TalkId.into_simple_expr(), Order::Asc)
            .order_by_expr(Column::Position.into_simple_expr(), Order::Asc)
            .order_by_expr(entity::appearance_company::Column::Position.into_simple_expr(), Order::Asc);
        // An appearance has as many rows as companies, or one without.
        let mut appearances: Vec<Appearance> = Vec::new();
        for row in reads.database.query_all(&select).await? {
            let mut cells = Cells::of(&row, long, &reads);
            let mut appearance = Appearance::read(&mut cells)?;
            let company = Option::<Arc<Company>>::read(&mut cells)?;
            match appearances.last_mut() {
                Some(last) if (last.talk_id, last.speaker_id) == (appearance.talk_id, appearance.speaker_id) => {
                    last.loaded_companies.get_or_insert_default().extend(company);
                }
                _ => {
                    appearance.loaded_companies = Some(company.into_iter().collect());
                    appearances.push(appearance);
                }
            }
        }
        let mut by_talk: HashMap<Self, Self::Value> = HashMap::new();
        for appearance in appearances {
            by_talk.entry(Self(appearance.talk_id)).or_default().push(Arc::new(appearance));
        }
        Ok(by_talk)
    }

    crate::read::batch::shared!(relation of key => key.0);
}

/// The appearances of a speaker in talks that were not withdrawn, in the talks' time order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AppearancesOfSpeaker(pub Uuid);

impl Relation for AppearancesOfSpeaker {
    type Value = Vec<Arc<Appearance>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use entity::{appearance, talk};
        use sea_orm::ColumnTrait;
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut select = Appearance::projection(LongTexts::Left);
        select
            .join(JoinType::InnerJoin, talk::Entity, Expr::cust("talk.id = appearance.talk_id"))
            .and_where(talk::Column::Status.ne("WITHDRAWN"))
            .and_where(among(reads.backend(), appearance::Column::SpeakerId, &ids))
            .order_by_expr(Expr::cust("COALESCE(\"talk\".\"starts_at\", '9999-12-31T23:59:59+00:00')"), Order::Asc)
            .order_by_expr(Expr::cust("COALESCE(\"talk\".\"block_position\", 2147483647)"), Order::Asc)
            .order_by_expr(talk::Column::Id.into_simple_expr(), Order::Asc);
        let mut appearances: HashMap<Self, Self::Value> = HashMap::new();
        for row in Appearance::fetch(select, LongTexts::Left, &reads).await? {
            appearances.entry(Self(row.speaker_id)).or_default().push(row);
        }
        Ok(appearances)
    }

    crate::read::batch::shared!(relation of key => key.0);
}

/// The companies of an appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct CompaniesOfAppearance {
    talk: Uuid,
    speaker: Uuid,
}

impl Relation for CompaniesOfAppearance {
    type Value = Vec<Arc<Company>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use entity::appearance_company::Column;
        let mut talks: Vec<Uuid> = keys.iter().map(|key| key.talk).collect();
        talks.dedup();
        let mut select = Query::select();
        select
            .exprs([Column::TalkId, Column::SpeakerId].map(IntoSimpleExpr::into_simple_expr))
            .from(entity::appearance_company::Entity)
            .join(
                JoinType::InnerJoin,
                entity::company::Entity,
                Expr::cust("company.id = appearance_company.company_id"),
            )
            .and_where(among(reads.backend(), Column::TalkId, &talks));
        Company::select(&mut select, LongTexts::Left);
        for column in [Column::TalkId, Column::SpeakerId, Column::Position] {
            select.order_by_expr(column.into_simple_expr(), Order::Asc);
        }
        let mut companies: HashMap<Self, Self::Value> = HashMap::new();
        for row in reads.database.query_all(&select).await? {
            let mut cells = Cells::of(&row, LongTexts::Left, &reads);
            let mut next = || -> Result<_, TryGetError> {
                let key = Self { talk: cells.value()?, speaker: cells.value()? };
                Ok((key, Arc::read(&mut cells)?))
            };
            let (key, company) = next()?;
            companies.entry(key).or_default().push(company);
        }
        Ok(companies)
    }

    crate::read::batch::shared!(relation of key => key.talk);
}
