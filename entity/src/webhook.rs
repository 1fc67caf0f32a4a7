//! Webhooks: who is sent the log as it grows, and how far each has come.

use std::fmt;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub url: String,
    pub secret: Secret,
    /// The editions whose changes it is sent; empty for all of the archive.
    pub editions: Ids,
    /// The kinds of things whose changes it is sent; empty for all.
    pub kinds: Kinds,
    /// Whether it may be at a private address, and over `http`.
    pub is_private_allowed: bool,
    pub created_at: DateTimeUtc,
    /// All up to this revision was delivered.
    pub delivered: i64,
    /// Until when a server has it to itself.
    pub leased_until: Option<DateTimeUtc>,
    /// What is on its way: an id, the bytes that are sent under it, the revision that they go up to, and how many
    /// changes they tell.
    pub message_id: Option<String>,
    pub message: Option<String>,
    pub message_to: Option<i64>,
    pub message_changes: Option<i32>,
    /// How many attempts in a row failed, since when, when the next one is due, and why the last one failed.
    pub failures: i32,
    pub failing_since: Option<DateTimeUtc>,
    pub next_attempt_at: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    /// When it was given up, and why.
    pub disabled_at: Option<DateTimeUtc>,
    pub disabled_because: Option<String>,
    /// How many attempts there ever were: the number of the last one.
    pub deliveries: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// What messages are signed with. It has to be kept, and is never shown.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Ids in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Ids(pub Vec<Uuid>);

/// Kinds of things in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Kinds(pub Vec<String>);
