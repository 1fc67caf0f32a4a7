//! The place of a talk in a recording.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "talk_recording", model_attrs(derive(Serialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub talk_id: Uuid,
    pub recording_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub start_seconds: Option<i32>,
    pub end_seconds: Option<i32>,
    #[sea_orm(belongs_to, from = "talk_id", to = "id")]
    pub talk: BelongsTo<super::talk::Entity>,
    #[sea_orm(belongs_to, from = "recording_id", to = "id")]
    pub recording: BelongsTo<super::recording::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
