use sea_orm_migration::prelude::*;

/// Adds the indexes in which rows are counted that several conditions of a list have. They have the columns of these
/// conditions, so no row of a table is read. That of talks is also the one in which titles are looked through.
#[derive(DeriveMigrationName)]
pub struct Migration;

const STEPS: &str = "
DROP INDEX talk_by_title_key;
CREATE INDEX talk_by_conditions
    ON talk (year, kind, language, status, has_recording, has_slides, starts_at, title_key, id);
CREATE INDEX recording_by_conditions ON recording (edition_id, kind, provider, has_talk, published_at);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(STEPS).await?;
        Ok(())
    }
}
