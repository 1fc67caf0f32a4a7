//! Opening the database of a server or of a command.

use std::{
    io,
    sync::{Arc, atomic::AtomicU64},
};

use sea_orm::DatabaseConnection;

use crate::{
    archive::{Archive, Clock},
    database::{
        SchemaState, connect,
        found::{Found, file_of, find},
        migrate, schema_state,
    },
    error::Error,
};

/// An error at the start, in one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the database {url} can't be opened: {source}")]
    Database { url: String, source: sea_orm::DbErr },
    #[error("the database {url} was made by a newer lectern (it has {steps}): run that one, or restore a backup")]
    NewerDatabase { url: String, steps: String },
    #[error(
        "{0}; --database or LECTERN_DATABASE names another database, and `lectern serve`, `import` or `restore` makes one"
    )]
    NoArchive(String),
    #[error(
        "{0} has no archive: it was copied without its -wal file, or is another program's database. Restore a backup with \
         `lectern restore`, or copy the file after `lectern backup`; to make an archive in it, give --archive or --no-archive"
    )]
    OtherContent(String),
    #[error("{address} can't be listened on: {source}")]
    Bind { address: String, source: io::Error },
    #[error("{0}")]
    Config(String),
    #[error("the archive can't be loaded: {0}")]
    Load(String),
    #[error(transparent)]
    Internal(#[from] Error),
}

/// Opens the database of an archive, migrates its schema and renews what it derived from older data. A database that is
/// not there, or that has no archive, is refused, and nothing is created.
pub async fn open(url: &str, statements: Arc<AtomicU64>, clock: &Clock) -> Result<DatabaseConnection, StartError> {
    find_archive(url).await?;
    migrated(url, statements, clock).await
}

/// Refuses a database that is not there, or that has no archive.
pub async fn find_archive(url: &str) -> Result<(), StartError> {
    match look_at(url).await? {
        Found::Archive => Ok(()),
        Found::Nothing => Err(StartError::NoArchive(format!("there is no archive at {}", place_of(url)))),
        Found::Other => Err(StartError::NoArchive(format!(
            "{} has no archive: it is the database of another program, or was copied without its -wal file",
            place_of(url)
        ))),
    }
}

/// Opens a database, migrates its schema and renews what it derived from older data. A SQLite file or the tables are
/// created if they are not there.
pub async fn open_or_create(
    url: &str,
    statements: Arc<AtomicU64>,
    clock: &Clock,
) -> Result<DatabaseConnection, StartError> {
    look_at(url).await?;
    migrated(url, statements, clock).await
}

/// Finds out what is at a URL, and changes nothing.
pub async fn look_at(url: &str) -> Result<Found, StartError> {
    if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
        let shown = without_password(url);
        return Err(StartError::Config(format!(
            "{shown} is not a database: give sqlite://FILE or postgres://USER@HOST/NAME"
        )));
    }
    find(url).await.map_err(|source| StartError::Database { url: without_password(url), source })
}

async fn migrated(url: &str, statements: Arc<AtomicU64>, clock: &Clock) -> Result<DatabaseConnection, StartError> {
    let wrong = |source| StartError::Database { url: without_password(url), source };
    let database = connect(url, statements).await.map_err(wrong)?;
    match schema_state(&database).await.map_err(wrong)? {
        SchemaState::Current => {}
        SchemaState::Absent | SchemaState::Behind => migrate(&database).await.map_err(wrong)?,
        SchemaState::Ahead(steps) => {
            return Err(StartError::NewerDatabase { url: without_password(url), steps: steps.join(", ") });
        }
    }
    Archive::new(database.clone(), clock.clone()).renew().await?;
    Ok(database)
}

/// The place of a database, for messages: the path of a file, or a URL without its password.
pub fn place_of(url: &str) -> String {
    file_of(url).map_or_else(|| without_password(url), |file| file.display().to_string())
}

/// A URL without its password, for messages and logs.
fn without_password(url: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(None);
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}
