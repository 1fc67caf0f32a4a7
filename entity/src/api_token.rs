//! Tokens, each with the hash of its secret.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub name: String,
    /// SHA-256 of the secret, in hexadecimal digits.
    pub hash: String,
    /// The only conference that it can write to; null for all.
    pub conference_id: Option<Uuid>,
    /// Whether it can write to all people and companies; without a conference, to nothing else.
    pub people: bool,
    pub created_at: DateTimeUtc,
    pub expires_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
    /// The time of the last use, to the minute.
    pub used_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "conference_id", to = "id")]
    pub conference: BelongsTo<Option<super::conference::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
