//! An edition of a conference. The door that writes maintains `begins_at`, `finishes_at` and the content columns.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "edition", model_attrs(derive(Serialize, Deserialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub conference_id: Uuid,
    #[sea_orm(unique)]
    pub slug: String,
    #[sea_orm(unique)]
    pub acronym: String,
    pub name: String,
    pub name_key: String,
    pub name_sort: String,
    pub year: i32,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub begins_at: Option<DateTimeUtc>,
    pub finishes_at: Option<DateTimeUtc>,
    pub timezone: String,
    /// The offsets of the time zone by which local times became instants.
    pub zone_offsets: Option<String>,
    pub status: Option<String>,
    pub format: String,
    pub city: Option<String>,
    pub city_key: Option<String>,
    pub country: Option<String>,
    pub venue: Option<Json>,
    pub capacity: Option<i32>,
    pub attendance: Option<i32>,
    pub attendance_is_estimate: bool,
    pub sold_out: Option<bool>,
    pub ordinal: Option<i32>,
    pub hashtags: Json,
    pub website_url: Option<String>,
    pub replaces_id: Option<Uuid>,
    pub call_for_papers: Option<Json>,
    pub tickets: Json,
    pub content_revision: i64,
    pub content_updated_at: DateTimeUtc,
    pub revision: i64,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "conference_id", to = "id")]
    pub conference: BelongsTo<super::conference::Entity>,
    #[sea_orm(self_ref, relation_enum = "Replaces", from = "replaces_id", to = "id")]
    pub replaces: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
