use sea_orm_migration::prelude::*;

/// Adds the scope `write:people` to tokens.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = "ALTER TABLE api_token ADD COLUMN people BOOLEAN NOT NULL DEFAULT FALSE";
        manager.get_connection().execute_unprepared(add).await?;
        Ok(())
    }
}
