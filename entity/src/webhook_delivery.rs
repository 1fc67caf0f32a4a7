//! What became of the last attempts to deliver to each webhook.

use sea_orm::entity::prelude::*;

/// A row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub webhook_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub message_id: String,
    pub at: DateTimeUtc,
    /// What it told: the changes after a revision, up to another.
    pub since: i64,
    pub next_since: i64,
    pub changes: i32,
    /// The how-manieth attempt to deliver this message it was.
    pub attempt: i32,
    /// The status of the answer, if there was one.
    pub status: Option<i32>,
    /// Why it failed, if it did.
    pub error: Option<String>,
    pub milliseconds: i64,
}

impl ActiveModelBehavior for ActiveModel {}
