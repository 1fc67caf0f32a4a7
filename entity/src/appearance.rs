//! A speaker in a talk, in billing order.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appearance", model_attrs(derive(Serialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub talk_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub speaker_id: Uuid,
    pub role: String,
    pub credited_as: Option<String>,
    pub represents: Option<String>,
    #[sea_orm(belongs_to, from = "talk_id", to = "id")]
    pub talk: BelongsTo<super::talk::Entity>,
    #[sea_orm(belongs_to, from = "speaker_id", to = "id")]
    pub speaker: BelongsTo<super::speaker::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
