//! A company. The door that writes maintains `talk_count`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "company", model_attrs(derive(Serialize, Deserialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub slug: String,
    pub name: String,
    pub name_key: String,
    pub name_sort: String,
    pub kind: String,
    pub website_url: Option<String>,
    pub logo_url: Option<String>,
    pub successor_id: Option<Uuid>,
    pub talk_count: i32,
    pub revision: i64,
    pub updated_at: DateTimeUtc,
    #[sea_orm(self_ref, relation_enum = "Successor", from = "successor_id", to = "id")]
    pub successor: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
