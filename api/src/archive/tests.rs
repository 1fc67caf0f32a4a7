//! Writes to the archive, on both databases: what is stored, what the log says, and that a write which is repeated
//! changes nothing.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use chrono::{DateTime, Utc};
use entity::{archive_state, change, edition, slot, talk};
use sea_orm::{
    ColumnTrait, ConnectionTrait, Database, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, Statement,
};
use serde_json::{Value, json};

use weekend::weekend;

use super::{Archive, Report, export};
use crate::{
    database::{backend, connect, migrate},
    format::document::Document,
};

mod identity;
mod log;
mod partial;
#[path = "../../../tests/support/postgres.rs"]
pub(crate) mod postgres;
mod promcon;
mod schedule;
mod sequences;
mod weekend;
mod writes;

/// An archive of its own, with a clock that stands still.
struct Case {
    archive: Archive,
    database: DatabaseConnection,
    statements: Arc<AtomicU64>,
    /// Milliseconds since 1970.
    clock: Arc<AtomicI64>,
    _folder: Option<Folder>,
}

/// The databases that every test runs on.
#[derive(Clone, Copy)]
enum Backend {
    Sqlite,
    Postgres,
}

/// A folder that is removed with its case.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl Case {
    /// Makes an empty archive.
    async fn on(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::on_sqlite().await,
            Backend::Postgres => Self::on_postgres().await,
        }
    }

    async fn on_sqlite() -> Self {
        let folder = Folder(std::env::temp_dir().join(format!("lectern-archive-{}", uuid::Uuid::now_v7())));
        std::fs::create_dir_all(&folder.0).unwrap();
        Self::at(&format!("sqlite://{}", folder.0.join("archive.db").display()), Some(folder)).await
    }

    async fn on_postgres() -> Self {
        let url = postgres::url();
        let name = format!("archive_{}", uuid::Uuid::now_v7().simple());
        let server = Database::connect(url).await.unwrap();
        server.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        server.close().await.unwrap();
        let (server, _) = url.rsplit_once('/').unwrap();
        Self::at(&format!("{server}/{name}"), None).await
    }

    async fn at(url: &str, folder: Option<Folder>) -> Self {
        let statements = Arc::new(AtomicU64::new(0));
        let database = connect(url, statements.clone()).await.unwrap();
        migrate(&database).await.unwrap();
        let clock = Arc::new(AtomicI64::new(time("2026-01-01T00:00:00Z").timestamp_millis()));
        let milliseconds = clock.clone();
        let now = Arc::new(move || DateTime::from_timestamp_millis(milliseconds.load(Ordering::SeqCst)).unwrap());
        Self { archive: Archive::new(database.clone(), now), database, statements, clock, _folder: folder }
    }

    fn set_clock(&self, text: &str) {
        self.clock.store(time(text).timestamp_millis(), Ordering::SeqCst);
    }

    /// Applies a document, and checks what must hold after every write.
    async fn apply(&self, document: &Document) -> Report {
        let report = self.archive.apply(document, false).await.unwrap();
        self.check().await;
        report
    }

    /// Applies a document that must change nothing.
    async fn apply_again(&self, document: &Document) {
        let before = self.log(0).await.len();
        let report = self.archive.apply(document, false).await.unwrap();
        assert!(
            report.is_empty() && report.revision.is_none(),
            "{report}\n{:#?}",
            self.archive.apply(document, true).await
        );
        assert_eq!(self.log(0).await.len(), before);
    }

    /// Applies a document that must be refused; answers why.
    async fn refusal(&self, document: &Document) -> String {
        let before = self.log(0).await.len();
        let error = self.archive.apply(document, false).await.unwrap_err();
        assert_eq!(error.code(), "BAD_USER_INPUT", "{error:?}");
        assert_eq!(self.log(0).await.len(), before, "nothing is written");
        error.to_string()
    }

    /// What is exported, without the point in the log.
    async fn export(&self) -> Document {
        Document { exported: None, ..export::document(&self.database, None).await.unwrap() }
    }

    /// The log after a revision.
    async fn log(&self, since: i64) -> Vec<change::Model> {
        let select =
            change::Entity::find().filter(change::Column::Revision.gt(since)).order_by_asc(change::Column::Revision);
        select.all(&self.database).await.unwrap()
    }

    /// The operation, kind and fields of each change after a revision.
    async fn changes(&self, since: i64) -> Vec<String> {
        let log = self.log(since).await;
        log.iter().map(|row| format!("{} {} {}", row.operation, row.kind, row.fields)).collect()
    }

    async fn revision(&self) -> i64 {
        archive_state::Entity::find().one(&self.database).await.unwrap().map_or(0, |state| state.revision)
    }

    async fn count(&self, sql: &str) -> i64 {
        let row =
            self.database.query_one_raw(Statement::from_string(backend(&self.database), sql)).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap()
    }

    async fn talk(&self, slug: &str) -> talk::Model {
        talk::Entity::find().filter(talk::Column::Slug.eq(slug)).one(&self.database).await.unwrap().unwrap()
    }

    async fn slot(&self, number: i32) -> slot::Model {
        slot::Entity::find().filter(slot::Column::Number.eq(number)).one(&self.database).await.unwrap().unwrap()
    }

    async fn edition(&self, slug: &str) -> edition::Model {
        edition::Entity::find().filter(edition::Column::Slug.eq(slug)).one(&self.database).await.unwrap().unwrap()
    }

    /// Checks what must hold after every write.
    async fn check(&self) {
        let revision = self.revision().await;
        let log = self.log(0).await;
        assert!(log.iter().map(|row| row.revision).eq(1..=revision), "no gaps");
        assert!(log.is_sorted_by_key(|row| row.at));
        for (what, sql) in WRONG {
            assert_eq!(self.count(sql).await, 0, "{what}");
        }
    }
}

/// What must never be.
const WRONG: [(&str, &str); 9] = [
    (
        "a talk's times are its own first slot's",
        "SELECT COUNT(*) FROM talk WHERE block_id IS NULL \
         AND starts_at IS DISTINCT FROM (SELECT MIN(starts_at) FROM slot WHERE talk_id = talk.id)",
    ),
    (
        "a talk in a block has the block's time and room",
        "SELECT COUNT(*) FROM talk JOIN talk block ON block.id = talk.block_id \
         WHERE talk.starts_at IS DISTINCT FROM block.starts_at \
         OR talk.ends_at IS DISTINCT FROM block.ends_at \
         OR talk.room_id IS DISTINCT FROM block.room_id",
    ),
    (
        "counts of talks",
        "SELECT COUNT(*) FROM speaker WHERE talk_count <> ( \
            SELECT COUNT(*) FROM appearance JOIN talk ON talk.id = talk_id \
            WHERE speaker_id = speaker.id AND status <> 'WITHDRAWN')",
    ),
    (
        "counts of companies' talks",
        "SELECT COUNT(*) FROM company WHERE talk_count <> ( \
            SELECT COUNT(DISTINCT talk_id) FROM appearance_company JOIN talk ON talk.id = talk_id \
            WHERE company_id = company.id AND status <> 'WITHDRAWN')",
    ),
    (
        "an edition's content is as new as its talks, slots and links",
        "SELECT COUNT(*) FROM edition WHERE content_revision < revision \
         OR content_revision < (SELECT COALESCE(MAX(revision), 0) FROM talk WHERE edition_id = edition.id) \
         OR content_revision < (SELECT COALESCE(MAX(revision), 0) FROM slot WHERE edition_id = edition.id) \
         OR content_revision < ( \
            SELECT COALESCE(MAX(link.revision), 0) FROM link JOIN talk ON talk.id = talk_id \
            WHERE talk.edition_id = edition.id) \
         OR content_revision < ( \
            SELECT COALESCE(MAX(speaker.revision), 0) FROM speaker \
            JOIN appearance ON speaker_id = speaker.id JOIN talk ON talk.id = talk_id \
            WHERE talk.edition_id = edition.id)",
    ),
    (
        "what talks and recordings have",
        "SELECT (SELECT COUNT(*) FROM talk WHERE has_recording <> (id IN (SELECT talk_id FROM talk_recording))) \
         + (SELECT COUNT(*) FROM talk \
            WHERE has_slides <> (EXISTS (SELECT 1 FROM link WHERE talk_id = talk.id AND kind = 'SLIDES'))) \
         + (SELECT COUNT(*) FROM recording WHERE has_talk <> (id IN (SELECT recording_id FROM talk_recording)))",
    ),
    (
        "totals",
        "SELECT COUNT(*) FROM archive_state WHERE conferences <> (SELECT COUNT(*) FROM conference) \
         OR editions <> (SELECT COUNT(*) FROM edition) \
         OR talks <> (SELECT COUNT(*) FROM talk WHERE status <> 'WITHDRAWN') \
         OR speakers <> (SELECT COUNT(*) FROM speaker) OR companies <> (SELECT COUNT(*) FROM company) \
         OR recordings <> (SELECT COUNT(*) FROM recording) \
         OR recorded_seconds <> (SELECT COALESCE(SUM(duration_seconds), 0) FROM recording)",
    ),
    ("years", "SELECT COUNT(*) FROM talk JOIN edition ON edition.id = edition_id WHERE talk.year <> edition.year"),
    (
        "provisional values",
        "SELECT (SELECT COUNT(*) FROM talk WHERE slug LIKE '~%') \
         + (SELECT COUNT(*) FROM speaker WHERE slug LIKE '~%') \
         + (SELECT COUNT(*) FROM edition WHERE slug LIKE '~%' OR acronym LIKE '~%') \
         + (SELECT COUNT(*) FROM room WHERE slug LIKE '~%') \
         + (SELECT COUNT(*) FROM recording WHERE external_id LIKE '~%')",
    ),
];

fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value:#}"))
}

/// A document as the JSON of the archive format: its companies, speakers and editions.
fn document(companies: Value, speakers: Value, editions: Value) -> Document {
    let mut document = Document {
        conferences: from(json!([{ "slug": "conf", "name": "Conf" }])),
        companies: from(companies),
        speakers: from(speakers),
        editions: from(editions),
        ..Document::default()
    };
    document.sort();
    document
}

/// An edition in October 2025, with more fields.
fn october(more: Value) -> Value {
    let mut edition = json!({
        "slug": "conf-2025", "conference": "conf", "name": "Conf 2025", "year": 2025, "timezone": "Europe/Berlin",
        "starts_on": "2025-10-25", "ends_on": "2025-10-27",
    });
    edition.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    edition
}

/// A document of one edition.
fn only(edition: Value) -> Document {
    document(json!([]), json!([]), json!([edition]))
}
