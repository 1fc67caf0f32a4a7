//! The change log: one row for each change, in the order of the commits.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change", model_attrs(derive(Serialize)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i64,
    pub at: DateTimeUtc,
    pub operation: String,
    pub kind: String,
    pub node_id: Uuid,
    pub merged_into: Option<Uuid>,
    pub edition_id: Option<Uuid>,
    pub fields: Json,
    pub before: Option<Json>,
    pub after: Option<Json>,
    /// The name of the token that wrote; none for the command line.
    pub token: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
