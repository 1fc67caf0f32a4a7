//! A recording in a playlist.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "playlist_recording", model_attrs(derive(Serialize)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub playlist_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub recording_id: Uuid,
    #[sea_orm(belongs_to, from = "playlist_id", to = "id")]
    pub playlist: BelongsTo<super::playlist::Entity>,
    #[sea_orm(belongs_to, from = "recording_id", to = "id")]
    pub recording: BelongsTo<super::recording::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
