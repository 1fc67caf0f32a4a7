use sea_orm_migration::prelude::*;

use crate::m0001_archive::in_words_of;

/// Creates the table of tokens, each with the hash of its secret.
#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "
CREATE TABLE api_token (
    id {uuid} PRIMARY KEY,
    name {text} {c} NOT NULL UNIQUE,
    hash {text} {c} NOT NULL,
    conference_id {uuid} REFERENCES conference (id),
    created_at {time} NOT NULL,
    expires_at {time},
    revoked_at {time},
    used_at {time}
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(&in_words_of(manager.get_database_backend(), TABLE)).await?;
        Ok(())
    }
}
