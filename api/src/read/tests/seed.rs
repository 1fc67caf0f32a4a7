//! An archive of ten thousand talks, made by the database itself, in which each condition has values that few rows have
//! and values that many have.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

use crate::database::backend;

/// Rows, as statements for both databases. A table has the ids `{table number}`, and `{time seconds}` is a time.
const ROWS: &str = "
{insert conference 30} (id, slug, name, revision, updated_at)
{select} {conference i}, 'conf-' || i, 'Conf', 1, {time 0} FROM n;

{insert edition 200} (id, conference_id, slug, acronym, name, name_key, name_sort, year, starts_on, ends_on, begins_at,
    finishes_at, timezone, status, format, city_key, country, attendance_is_estimate, hashtags, tickets,
    content_revision, content_updated_at, revision, updated_at)
{select} {edition i}, {conference CASE WHEN i < 100 THEN 0 ELSE i % 30 END}, 'edition-' || i, 'edition_' || i,
    'Edition', 'edition', 'edition ' || (i * 37) % 200, 2005 + i % 20, {day (i % 20) * 31536000 + i * 86400},
    {day (i % 20) * 31536000 + i * 86400}, {time (i % 20) * 31536000 + i * 86400},
    {time (i % 20) * 31536000 + i * 86400 + 86400}, 'UTC', CASE WHEN i % 50 = 3 THEN 'CANCELLED' END, 'IN_PERSON',
    'city-' || i % 40, CASE WHEN i % 2 = 0 THEN 'DE' ELSE 'FR' END, FALSE, '[]', '[]', 1, {time 0}, 1, {time 0} FROM n;

{insert room 600} (id, edition_id, slug, name, position, revision, updated_at)
{select} {room i}, {edition i / 3}, CASE i % 3 WHEN 0 THEN 'hall' WHEN 1 THEN 'attic' ELSE 'cellar-' || i END, 'Room',
    i % 3, 1, {time 0} FROM n;

{insert track 400} (id, edition_id, slug, name, position, revision, updated_at)
{select} {track i}, {edition i / 2}, CASE i % 2 WHEN 0 THEN 'ops' ELSE 'track-' || i END, 'Track', i % 2, 1, {time 0}
FROM n;

{insert speaker 4000} (id, slug, name, name_key, name_sort, is_group, talk_count, revision, updated_at)
{select} {speaker i}, 'speaker-' || i, 'Speaker', 'speaker', 'speaker ' || (i * 7) % 4000, i % 200 = 0, i % 40, 1, {time 0}
FROM n;

{insert company 3000} (id, slug, name, name_key, name_sort, kind, talk_count, revision, updated_at)
{select} {company i}, 'company-' || i, 'Company', 'company', 'company ' || (i * 7) % 3000, 'COMPANY', i % 40, 1, {time 0}
FROM n;

{insert talk 10000} (id, edition_id, slug, title, title_key, title_sort, aliases, kind, status, language, track_id,
    do_not_record, block_position, year, starts_at, ends_at, room_id, has_recording, has_slides, revision, updated_at)
{select} {talk i}, {edition i % 200}, 'talk-' || i, 'Talk', 'talk', 'talk ' || (i * 37) % 5000, '[]',
    CASE WHEN i % 500 = 7 THEN 'DEMO' WHEN i % 4 = 0 THEN 'KEYNOTE' ELSE 'TALK' END,
    CASE WHEN i % 200 = 5 THEN 'WITHDRAWN' WHEN i % 100 = 6 THEN 'CANCELLED' ELSE 'CONFIRMED' END,
    CASE WHEN i % 250 = 3 THEN 'ja' WHEN i % 3 = 1 THEN 'de' WHEN i % 10 <> 2 THEN 'en' END,
    CASE WHEN i % 5 <> 0 THEN {track i % 200 * 2 + i / 200 % 2} END, FALSE, CASE WHEN i % 50 = 3 THEN i % 7 + 1 END,
    2005 + i % 20, CASE WHEN i % 97 <> 0 THEN {time (i % 20) * 31536000 + i % 200 * 86400 + i / 200 * 1800} END,
    CASE WHEN i % 97 <> 0 THEN {time (i % 20) * 31536000 + i % 200 * 86400 + i / 200 * 1800 + 900} END,
    CASE WHEN i % 97 <> 0 THEN {room i % 200 * 3 + i / 200 % 3} END, i < 7000, i % 4 = 1, 1, {time (i * 31) % 4000}
FROM n;

{insert slot 10000} (id, edition_id, number, kind, starts_at, ends_at, end_is_estimated, is_open_ended, room_id, talk_id,
    revision, updated_at)
{select} {slot i}, {edition i % 200}, i / 200 + 1, 'TALK',
    {time (i % 20) * 31536000 + i % 200 * 86400 + i / 200 * 1800},
    {time (i % 20) * 31536000 + i % 200 * 86400 + i / 200 * 1800 + 900}, FALSE, FALSE,
    {room i % 200 * 3 + i / 200 % 3}, {talk i}, 1, {time 0} FROM n WHERE i % 97 <> 0;

{insert slot 200} (id, edition_id, number, kind, starts_at, ends_at, end_is_estimated, is_open_ended, room_id, talk_id,
    revision, updated_at)
{select} {slot i + 10000}, {edition i}, 1000, 'TALK', {time (i % 20) * 31536000 + i * 86400 + 90000},
    {time (i % 20) * 31536000 + i * 86400 + 90900}, FALSE, FALSE, {room i * 3}, {talk i + 200}, 1, {time 0} FROM n;

{insert appearance 10000} (talk_id, position, speaker_id, role)
{select} {talk i}, 0, {speaker 1 + i * 13 % 3999}, 'SPEAKER' FROM n;

{insert appearance 200} (talk_id, position, speaker_id, role) {select} {talk i * 50}, 1, {speaker 0}, 'HOST' FROM n;

{insert appearance_company 10000} (talk_id, speaker_id, position, company_id)
{select} {talk i}, {speaker 1 + i * 13 % 3999}, 0, {company CASE WHEN i % 4 = 0 THEN 0 ELSE 1 + i % 2999 END} FROM n;

{insert talk_tag 10000} (talk_id, position, name, name_key)
{select} {talk i}, 0, 'tag', CASE WHEN i % 500 = 1 THEN 'rare' ELSE 'tag-' || i % 3 END FROM n;

{insert link 10000} (id, kind, talk_id, position, url, revision, updated_at)
{select} {link i}, CASE i % 4 WHEN 1 THEN 'SLIDES' ELSE 'ARTICLE' END, {talk i}, 0, 'https://example.org', 1, {time 0}
FROM n;

{insert recording 8000} (id, edition_id, provider, external_id, kind, title_sort, url, duration_seconds, published_at,
    has_talk, revision, updated_at)
{select} {recording i}, {edition i % 200},
    CASE WHEN i % 800 = 1 THEN 'MEDIA_CCC' WHEN i % 2 = 0 THEN 'VIMEO' ELSE 'YOUTUBE' END, 'key-' || i,
    CASE WHEN i % 400 = 2 THEN 'RECAP' WHEN i < 7000 THEN 'TALK' ELSE 'LIVE_STREAM' END, 'title ' || (i * 7) % 8000,
    'https://example.org', i % 4000, CASE WHEN i % 11 <> 0 THEN {time (i % 20) * 31536000 + i * 600} END, i < 7000, 1,
    {time (i * 31) % 4000} FROM n;

{insert talk_recording 7000} (talk_id, recording_id, position) {select} {talk i}, {recording i}, 0 FROM n;

{insert sponsorship 600} (edition_id, position, company_id)
{select} {edition i / 3}, i % 3, {company i % 3000} FROM n;
";

const TABLES: [&str; 11] =
    ["conference", "edition", "room", "track", "speaker", "company", "talk", "slot", "link", "recording", "alias"];

/// Inserts the rows.
pub(super) async fn insert(database: &DatabaseConnection) {
    for statement in ROWS.split(';').filter(|statement| !statement.trim().is_empty()) {
        let sql = in_words_of(backend(database), statement);
        database.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }
}

/// Replaces what stands in braces.
fn in_words_of(backend: DbBackend, statement: &str) -> String {
    let is_sqlite = backend == DbBackend::Sqlite;
    let mut sql = String::new();
    let mut count = String::new();
    let mut rest = statement;
    while let Some((before, after)) = rest.split_once('{') {
        let (word, after) = after.split_once('}').unwrap();
        let (word, of) = word.split_once(' ').unwrap_or((word, ""));
        sql += before;
        sql += &match word {
            "insert" => {
                let (table, number) = of.split_once(' ').unwrap();
                number.clone_into(&mut count);
                format!("INSERT INTO {table}")
            }
            "select" => {
                format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count} - 1) SELECT")
            }
            "time" if is_sqlite => {
                format!("strftime('%Y-%m-%dT%H:%M:%S+00:00', 1104537600 + {of}, 'unixepoch')")
            }
            "time" => format!("to_timestamp(1104537600 + {of})"),
            "day" if is_sqlite => format!("strftime('%Y-%m-%d', 1104537600 + {of}, 'unixepoch')"),
            "day" => format!("CAST(to_timestamp(1104537600 + {of}) AT TIME ZONE 'UTC' AS date)"),
            table => {
                let table = TABLES.iter().position(|name| *name == table).unwrap();
                match is_sqlite {
                    true => format!("unhex(printf('%02x%030x', {table}, {of}))"),
                    false => format!("CAST('{table:02x}' || lpad(to_hex({of}), 30, '0') AS uuid)"),
                }
            }
        };
        rest = after;
    }
    sql + rest
}
