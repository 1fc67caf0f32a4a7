//! A talk. The door that writes maintains its year, times and room, which are those of its edition and its slots, and
//! whether it has recordings and slides.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "talk", model_attrs(derive(Serialize, Deserialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub edition_id: Uuid,
    pub slug: String,
    pub title: String,
    pub title_key: String,
    pub title_sort: String,
    pub subtitle: Option<String>,
    pub aliases: Json,
    pub kind: String,
    pub status: String,
    pub r#abstract: Option<String>,
    pub language: Option<String>,
    pub track_id: Option<Uuid>,
    pub do_not_record: bool,
    pub block_id: Option<Uuid>,
    pub block_position: Option<i32>,
    pub replaces_id: Option<Uuid>,
    pub year: i32,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    pub room_id: Option<Uuid>,
    pub has_recording: bool,
    pub has_slides: bool,
    pub revision: i64,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "edition_id", to = "id")]
    pub edition: BelongsTo<super::edition::Entity>,
    #[sea_orm(belongs_to, from = "track_id", to = "id")]
    pub track: BelongsTo<Option<super::track::Entity>>,
    #[sea_orm(self_ref, relation_enum = "Block", from = "block_id", to = "id")]
    pub block: BelongsTo<Option<Entity>>,
    #[sea_orm(self_ref, relation_enum = "Replaces", from = "replaces_id", to = "id")]
    pub replaces: BelongsTo<Option<Entity>>,
    #[sea_orm(belongs_to, from = "room_id", to = "id")]
    pub room: BelongsTo<Option<super::room::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
