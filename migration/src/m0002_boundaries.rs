use sea_orm_migration::prelude::*;

/// Creates indexes for conditional requests, which read the last and the next moment at which something begins or ends,
/// and for the newest recordings.
#[derive(DeriveMigrationName)]
pub struct Migration;

const INDEXES: &str = "
CREATE INDEX slot_by_start ON slot (starts_at);
CREATE INDEX slot_by_end ON slot (ends_at);
CREATE INDEX edition_by_begin ON edition (begins_at);
CREATE INDEX edition_by_finish ON edition (finishes_at);
CREATE INDEX recording_by_change ON recording (updated_at, id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(INDEXES).await?;
        Ok(())
    }
}
