use sea_orm_migration::prelude::*;

/// Adds the index in which the talks are found whose title contains a text. It is read as a whole, and is a tenth of the
/// table.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let step = "CREATE INDEX talk_by_title_key ON talk (title_key, id)";
        manager.get_connection().execute_unprepared(step).await?;
        Ok(())
    }
}
