use sea_orm_migration::prelude::*;

use crate::m0001_archive::in_words_of;

/// Adds the end of the last talk in a recording, which orders recordings without a time of publication.
#[derive(DeriveMigrationName)]
pub struct Migration;

const STEPS: &str = "
ALTER TABLE recording ADD COLUMN talks_end_at {time};
UPDATE recording SET talks_end_at = (
    SELECT MAX(talk.ends_at) FROM talk_recording JOIN talk ON talk.id = talk_recording.talk_id
    WHERE talk_recording.recording_id = recording.id
);
DROP INDEX recording_by_publication;
DROP INDEX recording_of_edition;
CREATE INDEX recording_by_publication ON recording (COALESCE(published_at, talks_end_at, '9999-12-31T23:59:59+00:00'), id);
CREATE INDEX recording_of_edition
    ON recording (edition_id, COALESCE(published_at, talks_end_at, '9999-12-31T23:59:59+00:00'), id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(&in_words_of(manager.get_database_backend(), STEPS)).await?;
        Ok(())
    }
}
