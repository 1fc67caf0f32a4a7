use sea_orm_migration::prelude::*;

use crate::m0001_archive::in_words_of;

/// Adds the name of the token that wrote a change. The command line has none.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = in_words_of(manager.get_database_backend(), "ALTER TABLE change ADD COLUMN token {text}");
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }
}
