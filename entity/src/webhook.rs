//! Webhooks, with the state of their delivery.

use std::fmt;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub url: String,
    pub secret: Secret,
    /// The editions whose changes are sent; empty for the whole archive.
    pub editions: Ids,
    /// The kinds of things whose changes are sent; empty for all.
    pub kinds: Kinds,
    /// Whether a private address and `http` are allowed.
    pub is_private_allowed: bool,
    pub created_at: DateTimeUtc,
    /// The last delivered revision.
    pub delivered: i64,
    /// The end of the lease of a server.
    pub leased_until: Option<DateTimeUtc>,
    /// The message to deliver: its id, its body, its last revision, and its number of changes.
    pub message_id: Option<String>,
    pub message: Option<String>,
    pub message_to: Option<i64>,
    pub message_changes: Option<i32>,
    /// The number of failed attempts in a row, their start, the time of the next one, and the last error.
    pub failures: i32,
    pub failing_since: Option<DateTimeUtc>,
    pub next_attempt_at: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    /// The time at which it was disabled, and why.
    pub disabled_at: Option<DateTimeUtc>,
    pub disabled_because: Option<String>,
    /// The number of attempts so far.
    pub deliveries: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// The secret that signs messages. It is stored as it is, and never shown.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A list of ids in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Ids(pub Vec<Uuid>);

/// A list of kinds of things in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Kinds(pub Vec<String>);
