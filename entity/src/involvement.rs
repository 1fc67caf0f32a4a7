//! A person or a company that organised, hosted or helped an edition.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "involvement", model_attrs(derive(Serialize, Default)))]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub edition_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub speaker_id: Option<Uuid>,
    pub company_id: Option<Uuid>,
    pub role: String,
    pub note: Option<String>,
    #[sea_orm(belongs_to, from = "edition_id", to = "id")]
    pub edition: BelongsTo<super::edition::Entity>,
    #[sea_orm(belongs_to, from = "speaker_id", to = "id")]
    pub speaker: BelongsTo<Option<super::speaker::Entity>>,
    #[sea_orm(belongs_to, from = "company_id", to = "id")]
    pub company: BelongsTo<Option<super::company::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
