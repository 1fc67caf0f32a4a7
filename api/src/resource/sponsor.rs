//! Sponsors of editions.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{IntoSimpleExpr, JoinType, QuerySelect, RelationTrait, Select, sea_query::Expr};
use uuid::Uuid;

use super::{company::Company, edition::Edition};
use crate::{
    database::among,
    error::Result,
    read::{
        Loading, Reads, Row,
        batch::Relation,
        columns::{Columns, LongTexts},
    },
    scalars::Url,
};

/// A tier of an edition's sponsors.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::sponsor_tier)]
#[graphql(complex)]
pub struct SponsorTier {
    #[graphql(skip)]
    pub edition_id: Uuid,
    /// The name of the tier: `Diamond`.
    pub name: String,
    /// The slug of the tier, unique in its edition: `diamond`.
    pub slug: String,
    /// The rank of the tier among the edition's tiers: 1 is the highest.
    pub rank: i32,
}

impl Row for SponsorTier {
    type Entity = entity::sponsor_tier::Entity;
}

/// The sponsorship of an edition by a company, in a tier or without one.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::sponsorship)]
#[graphql(complex)]
pub struct Sponsorship {
    #[graphql(skip)]
    pub edition_id: Uuid,
    #[graphql(skip)]
    pub tier_rank: Option<i32>,
    #[graphql(skip)]
    #[columns(nested)]
    pub company: Company,
    /// The address that the edition's website linked the sponsor to. It is null if it is not known.
    pub url: Option<Url>,
}

impl Row for Sponsorship {
    type Entity = entity::sponsorship::Entity;

    fn joined(select: Select<Self::Entity>) -> Select<Self::Entity> {
        select.join(JoinType::InnerJoin, entity::sponsorship::Relation::Company.def())
    }
}

#[ComplexObject]
impl SponsorTier {
    /// The sponsorships in the tier, in the order in which the edition lists them.
    #[graphql(directive = crate::directive::list_size::apply(5))]
    async fn sponsorships(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Sponsorship>>> {
        let mut sponsorships = ctx.load(SponsorshipsOfEdition(self.edition_id)).await?;
        sponsorships.retain(|sponsorship| sponsorship.tier_rank == Some(self.rank));
        Ok(sponsorships)
    }
}

#[ComplexObject]
impl Sponsorship {
    /// The company that sponsored the edition.
    async fn company(&self) -> &Company {
        &self.company
    }

    /// The edition that was sponsored.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }

    /// The tier of the sponsorship. It is null if the sponsorship has none.
    async fn tier(&self, ctx: &Context<'_>) -> Result<Option<Arc<SponsorTier>>> {
        let tiers = ctx.load(TiersOfEdition(self.edition_id)).await?;
        Ok(tiers.into_iter().find(|tier| Some(tier.rank) == self.tier_rank))
    }
}

crate::read::children! {
    /// The tiers of an edition, the highest first.
    TiersOfEdition => SponsorTier, by |row| row.edition_id, at entity::sponsor_tier::Column::EditionId,
        ordered vec![
            entity::sponsor_tier::Column::EditionId.into_simple_expr(),
            entity::sponsor_tier::Column::Rank.into_simple_expr(),
        ];
    /// The sponsorships of an edition, in its order.
    SponsorshipsOfEdition => Sponsorship, by |row| row.edition_id, at entity::sponsorship::Column::EditionId,
        ordered vec![
            entity::sponsorship::Column::EditionId.into_simple_expr(),
            entity::sponsorship::Column::Position.into_simple_expr(),
        ];
}

/// The sponsorships of a company, the latest edition first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SponsorshipsOfCompany(pub Uuid);

impl Relation for SponsorshipsOfCompany {
    type Value = Vec<Arc<Sponsorship>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use sea_orm::Order;
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut select = Sponsorship::projection(LongTexts::Left);
        select
            .join(JoinType::InnerJoin, entity::edition::Entity, Expr::cust("edition.id = sponsorship.edition_id"))
            .and_where(among(reads.backend(), entity::sponsorship::Column::CompanyId, &ids))
            .order_by_expr(Expr::cust("COALESCE(\"edition\".\"starts_on\", '0001-01-01')"), Order::Desc)
            .order_by_expr(entity::edition::Column::Id.into_simple_expr(), Order::Asc)
            .order_by_expr(entity::sponsorship::Column::Position.into_simple_expr(), Order::Asc);
        let mut sponsorships: HashMap<Self, Self::Value> = HashMap::new();
        for row in Sponsorship::fetch(select, LongTexts::Left, &reads).await? {
            sponsorships.entry(Self(row.company.id.0)).or_default().push(row);
        }
        Ok(sponsorships)
    }

    crate::read::batch::shared!(relation of key => key.0);
}
