//! The one row with the last revision, and with the totals of the archive. Every write locks it by an update.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "archive_state", model_attrs(derive(Serialize)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    pub revision: i64,
    pub updated_at: DateTimeUtc,
    pub conferences: i64,
    pub editions: i64,
    /// The number of talks, without withdrawn ones.
    pub talks: i64,
    pub speakers: i64,
    pub companies: i64,
    pub recordings: i64,
    pub recorded_seconds: i64,
}

impl ActiveModelBehavior for ActiveModel {}
