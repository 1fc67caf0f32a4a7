//! The last attempts to deliver to each webhook.

use sea_orm::entity::prelude::*;

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
    /// The revision before the changes of the message, its last revision, and its number of changes.
    pub since: i64,
    pub next_since: i64,
    pub changes: i32,
    /// The number of the attempt to deliver the message.
    pub attempt: i32,
    /// The status of the response, if there was one.
    pub status: Option<i32>,
    /// The reason of the failure, if it failed.
    pub error: Option<String>,
    pub milliseconds: i64,
}

impl ActiveModelBehavior for ActiveModel {}
