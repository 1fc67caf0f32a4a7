use sea_orm_migration::prelude::*;

/// Adds the index by which a server finds the editions whose content changed since it last looked.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let step = "CREATE INDEX edition_by_content ON edition (content_revision)";
        manager.get_connection().execute_unprepared(step).await?;
        Ok(())
    }
}
