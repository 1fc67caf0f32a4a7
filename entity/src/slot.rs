//! A slot of a schedule.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "slot", model_attrs(derive(Serialize, Deserialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub edition_id: Uuid,
    pub number: i32,
    pub kind: String,
    pub title: Option<String>,
    pub starts_at: DateTimeUtc,
    pub ends_at: DateTimeUtc,
    pub end_is_estimated: bool,
    pub is_open_ended: bool,
    pub room_id: Option<Uuid>,
    pub talk_id: Option<Uuid>,
    pub place: Option<Json>,
    pub revision: i64,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "edition_id", to = "id")]
    pub edition: BelongsTo<super::edition::Entity>,
    #[sea_orm(belongs_to, from = "room_id", to = "id")]
    pub room: BelongsTo<Option<super::room::Entity>>,
    #[sea_orm(belongs_to, from = "talk_id", to = "id")]
    pub talk: BelongsTo<Option<super::talk::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
