//! A recording at a provider.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recording", model_attrs(derive(Serialize, Deserialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub edition_id: Option<Uuid>,
    pub provider: String,
    pub external_id: String,
    pub kind: String,
    pub title: Option<String>,
    pub title_key: Option<String>,
    pub title_sort: Option<String>,
    pub url: String,
    pub thumbnail_url: Option<String>,
    pub duration_seconds: Option<i32>,
    pub published_at: Option<DateTimeUtc>,
    /// The end of the last talk in it.
    pub talks_end_at: Option<DateTimeUtc>,
    pub has_talk: bool,
    pub language: Option<String>,
    pub revision: i64,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "edition_id", to = "id")]
    pub edition: BelongsTo<Option<super::edition::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
