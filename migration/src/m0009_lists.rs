use sea_orm_migration::prelude::*;

use crate::m0001_archive::in_words_of;

/// Adds the totals of the archive, what talks and recordings have, and the indexes that serve each filter of a list in
/// the default order. The columns of an index continue with those of the order, so that a page of one value is read from
/// where it begins.
#[derive(DeriveMigrationName)]
pub struct Migration;

const STEPS: &str = "
ALTER TABLE archive_state ADD COLUMN conferences {bigint} NOT NULL DEFAULT 0;
ALTER TABLE archive_state ADD COLUMN editions {bigint} NOT NULL DEFAULT 0;
ALTER TABLE archive_state ADD COLUMN talks {bigint} NOT NULL DEFAULT 0;
ALTER TABLE archive_state ADD COLUMN speakers {bigint} NOT NULL DEFAULT 0;
ALTER TABLE archive_state ADD COLUMN companies {bigint} NOT NULL DEFAULT 0;
ALTER TABLE archive_state ADD COLUMN recordings {bigint} NOT NULL DEFAULT 0;
ALTER TABLE archive_state ADD COLUMN recorded_seconds {bigint} NOT NULL DEFAULT 0;
UPDATE archive_state SET
    conferences = (SELECT COUNT(*) FROM conference),
    editions = (SELECT COUNT(*) FROM edition),
    talks = (SELECT COUNT(*) FROM talk WHERE status <> 'WITHDRAWN'),
    speakers = (SELECT COUNT(*) FROM speaker),
    companies = (SELECT COUNT(*) FROM company),
    recordings = (SELECT COUNT(*) FROM recording),
    recorded_seconds = (SELECT COALESCE(SUM(duration_seconds), 0) FROM recording);

ALTER TABLE talk ADD COLUMN has_recording {bool} NOT NULL DEFAULT FALSE;
ALTER TABLE talk ADD COLUMN has_slides {bool} NOT NULL DEFAULT FALSE;
ALTER TABLE recording ADD COLUMN has_talk {bool} NOT NULL DEFAULT FALSE;
UPDATE talk SET has_recording = TRUE WHERE id IN (SELECT talk_id FROM talk_recording);
UPDATE talk SET has_slides = TRUE WHERE id IN (SELECT talk_id FROM link WHERE kind = 'SLIDES');
UPDATE recording SET has_talk = TRUE WHERE id IN (SELECT recording_id FROM talk_recording);

DROP INDEX talk_by_kind;
DROP INDEX talk_by_language;
DROP INDEX talk_by_year;
DROP INDEX talk_of_track;
DROP INDEX talk_of_block;
CREATE INDEX talk_by_kind ON talk (kind, {start}, {position}, id, status);
CREATE INDEX talk_by_language ON talk (language, {start}, {position}, id, status) WHERE language IS NOT NULL;
CREATE INDEX talk_by_year ON talk (year, {start}, {position}, id, status);
CREATE INDEX talk_by_recording ON talk (has_recording, {start}, {position}, id, status);
CREATE INDEX talk_by_slides ON talk (has_slides, {start}, {position}, id, status);
CREATE INDEX talk_by_status ON talk (status, {start}, {position}, id) WHERE status <> 'CONFIRMED';
CREATE INDEX talk_of_track ON talk (track_id) WHERE track_id IS NOT NULL;
CREATE INDEX talk_of_room ON talk (room_id) WHERE room_id IS NOT NULL;
CREATE INDEX talk_of_block ON talk (block_id, block_position, id) WHERE block_id IS NOT NULL;
DROP INDEX room_by_slug;
DROP INDEX track_by_slug;
CREATE INDEX room_by_slug ON room (slug, id);
CREATE INDEX track_by_slug ON track (slug, id);

DROP INDEX edition_by_year;
DROP INDEX edition_by_place;
CREATE INDEX edition_by_year ON edition (year, {day}, id);
CREATE INDEX edition_by_country ON edition (country, {day}, id);
CREATE INDEX edition_by_city ON edition (city_key, {day}, id);
CREATE INDEX edition_by_status ON edition (status) WHERE status IS NOT NULL;

DROP INDEX recording_by_kind;
CREATE INDEX recording_by_kind ON recording (kind, {publication}, id);
CREATE INDEX recording_by_provider ON recording (provider, {publication}, id);
CREATE INDEX recording_by_talk ON recording (has_talk, {publication}, id);
CREATE INDEX speaker_by_group ON speaker (is_group, name_sort, id);
";

/// The keys of the orders, as the lists have them.
const KEYS: [(&str, &str); 4] = [
    ("{start}", "COALESCE(starts_at, '9999-12-31T23:59:59+00:00')"),
    ("{position}", "COALESCE(block_position, 2147483647)"),
    ("{day}", "COALESCE(starts_on, '9999-12-31')"),
    ("{publication}", "COALESCE(published_at, talks_end_at, '9999-12-31T23:59:59+00:00')"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let steps = KEYS.iter().fold(STEPS.to_owned(), |sql, (word, key)| sql.replace(word, key));
        manager.get_connection().execute_unprepared(&in_words_of(manager.get_database_backend(), &steps)).await?;
        Ok(())
    }
}
