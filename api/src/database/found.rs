//! What is at the URL of a database, found out before it is opened for work: nothing is created or changed.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, sqlx::sqlite::SqliteConnectOptions};

use super::{SchemaState, schema_state};

/// What is at the URL of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is no file, or an empty one; or it is a PostgreSQL database without the tables of an archive.
    Nothing,
    /// There is a SQLite file without the tables of an archive.
    Other,
    /// There is an archive.
    Archive,
}

/// The path of a SQLite database's file; none for a database in memory, and for PostgreSQL.
pub fn file_of(url: &str) -> Option<PathBuf> {
    let options: SqliteConnectOptions = url.strip_prefix("sqlite:").and_then(|_| url.parse().ok())?;
    let file = options.get_filename();
    let is_in_memory = file.to_string_lossy().starts_with("file:sqlx-in-memory");
    (!is_in_memory).then(|| std::path::absolute(file).unwrap_or_else(|_| file.to_owned()))
}

/// Finds out what is at a URL. SQLite's journal mode is left as it is.
pub async fn find(url: &str) -> Result<Found, DbErr> {
    let file = file_of(url);
    if file.as_deref().is_some_and(is_empty) || (file.is_none() && url.starts_with("sqlite:")) {
        return Ok(Found::Nothing);
    }
    let database = connect_as_it_is(url).await?;
    let state = schema_state(&database).await;
    database.close().await?;
    Ok(match state? {
        SchemaState::Absent if file.is_some() => Found::Other,
        SchemaState::Absent => Found::Nothing,
        _ => Found::Archive,
    })
}

/// Opens a database on one connection, and changes neither its schema nor its settings.
pub async fn connect_as_it_is(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(1).map_sqlx_sqlite_opts(|sqlite| sqlite.create_if_missing(false));
    Database::connect(options).await
}

fn is_empty(file: &Path) -> bool {
    file.metadata().map_or_else(|error| error.kind() == std::io::ErrorKind::NotFound, |file| file.len() == 0)
}
