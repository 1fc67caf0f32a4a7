use sea_orm_migration::prelude::*;

use crate::m0001_archive::in_words_of;

/// Adds sort keys, the offsets by which an edition's local times became instants, and the versions of the data of
/// Unicode and of the time zones by which rows were derived. The start of a program fills them.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Before this step, keys had no version, and the offsets were those of the time zone database 2025b.
const SQL: &str = "
CREATE TABLE data_version (
    name {text} {c} PRIMARY KEY,
    version {text} NOT NULL
);
INSERT INTO data_version (name, version) VALUES ('keys', '1'), ('time zones', '2025b');
ALTER TABLE edition ADD COLUMN zone_offsets {text};
DROP INDEX edition_by_name;
DROP INDEX speaker_by_name;
DROP INDEX company_by_name;
DROP INDEX talk_by_title;
DROP INDEX recording_by_title;
ALTER TABLE edition ADD COLUMN name_sort {text} {c} NOT NULL DEFAULT '';
ALTER TABLE speaker ADD COLUMN name_sort {text} {c} NOT NULL DEFAULT '';
ALTER TABLE company ADD COLUMN name_sort {text} {c} NOT NULL DEFAULT '';
ALTER TABLE talk ADD COLUMN title_sort {text} {c} NOT NULL DEFAULT '';
ALTER TABLE recording ADD COLUMN title_sort {text} {c};
CREATE INDEX edition_by_name ON edition (name_sort, id);
CREATE INDEX speaker_by_name ON speaker (name_sort, id);
CREATE INDEX company_by_name ON company (name_sort, id);
CREATE INDEX talk_by_title ON talk (title_sort, id);
CREATE INDEX recording_by_title ON recording (COALESCE(title_sort, '~'), id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = in_words_of(manager.get_database_backend(), SQL);
        manager.get_connection().execute_unprepared(&sql).await?;
        Ok(())
    }
}
