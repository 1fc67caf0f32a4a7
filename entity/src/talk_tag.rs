//! A tag of a talk.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "talk_tag", model_attrs(derive(Serialize)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub talk_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub name: String,
    pub name_key: String,
    #[sea_orm(belongs_to, from = "talk_id", to = "id")]
    pub talk: BelongsTo<super::talk::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
