use sea_orm_migration::prelude::*;

use crate::m0001_archive::in_words_of;

/// Creates the tables of webhooks and their deliveries. Editions have no foreign key, so that a webhook never prevents
/// a deletion.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: &str = "
CREATE TABLE webhook (
    id {uuid} PRIMARY KEY,
    url {text} {c} NOT NULL UNIQUE,
    secret {text} {c} NOT NULL,
    editions {json} NOT NULL,
    kinds {json} NOT NULL,
    is_private_allowed {bool} NOT NULL,
    created_at {time} NOT NULL,
    delivered {bigint} NOT NULL,
    leased_until {time},
    message_id {text} {c},
    message {text} {c},
    message_to {bigint},
    message_changes {int},
    failures {int} NOT NULL,
    failing_since {time},
    next_attempt_at {time},
    last_error {text} {c},
    disabled_at {time},
    disabled_because {text} {c},
    deliveries {bigint} NOT NULL
);
CREATE TABLE webhook_delivery (
    webhook_id {uuid} NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    number {bigint} NOT NULL,
    message_id {text} {c} NOT NULL,
    at {time} NOT NULL,
    since {bigint} NOT NULL,
    next_since {bigint} NOT NULL,
    changes {int} NOT NULL,
    attempt {int} NOT NULL,
    status {int},
    error {text} {c},
    milliseconds {bigint} NOT NULL,
    PRIMARY KEY (webhook_id, number)
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(&in_words_of(manager.get_database_backend(), TABLES)).await?;
        Ok(())
    }
}
