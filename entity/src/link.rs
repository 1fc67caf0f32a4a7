//! A link of exactly one thing: slides, code, an article, a post, a photo.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "link", model_attrs(derive(Serialize, Deserialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub conference_id: Option<Uuid>,
    pub edition_id: Option<Uuid>,
    pub talk_id: Option<Uuid>,
    pub speaker_id: Option<Uuid>,
    pub company_id: Option<Uuid>,
    pub position: i32,
    pub url: Option<String>,
    pub title: Option<String>,
    pub author: Option<String>,
    pub note: Option<String>,
    pub published_on: Option<Date>,
    pub published_at: Option<DateTimeUtc>,
    pub language: Option<String>,
    pub revision: i64,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "conference_id", to = "id")]
    pub conference: BelongsTo<Option<super::conference::Entity>>,
    #[sea_orm(belongs_to, from = "edition_id", to = "id")]
    pub edition: BelongsTo<Option<super::edition::Entity>>,
    #[sea_orm(belongs_to, from = "talk_id", to = "id")]
    pub talk: BelongsTo<Option<super::talk::Entity>>,
    #[sea_orm(belongs_to, from = "speaker_id", to = "id")]
    pub speaker: BelongsTo<Option<super::speaker::Entity>>,
    #[sea_orm(belongs_to, from = "company_id", to = "id")]
    pub company: BelongsTo<Option<super::company::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
