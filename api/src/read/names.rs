//! The other names of speakers and companies.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{
    EntityTrait, ExprTrait, IntoSimpleExpr, QueryFilter, QueryOrder,
    sea_query::{Expr, Query, SimpleExpr},
};
use uuid::Uuid;

use super::{Reads, batch::Relation};
use crate::{
    database::{among, contains, is_alias},
    error::Result,
};

/// The name or another name contains the text.
pub(crate) fn names_like(key: impl IntoSimpleExpr, id: impl IntoSimpleExpr, text: &str) -> SimpleExpr {
    let spelled = Query::select()
        .expr(Expr::cust("alias.owner_id"))
        .from(entity::alias::Entity)
        .and_where(is_alias("NAME"))
        .and_where(contains(Expr::cust("alias.value_key"), text))
        .to_owned();
    contains(key, text).or(id.into_simple_expr().in_subquery(spelled))
}

/// The other names of a speaker or a company, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NamesOf(pub Uuid);

impl Relation for NamesOf {
    type Value = Vec<String>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Vec<String>>> {
        use entity::alias::{Column, Entity};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = Entity::find()
            .filter(is_alias("NAME"))
            .filter(among(reads.backend(), Column::OwnerId, &ids))
            .order_by_asc(Column::OwnerId)
            .order_by_asc(Column::Position)
            .all(&reads.database)
            .await?;
        let mut names: HashMap<Self, Vec<String>> = HashMap::new();
        for row in rows {
            names.entry(Self(row.owner_id)).or_default().push(row.value);
        }
        Ok(names)
    }

    crate::read::batch::shared!(row of key => key.0);
}
