//! Restoring a backup of a SQLite database. The backup is copied and checked first, and then takes the place of the
//! present file. Until then the present database stays as it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    DbErr, SqlxSqliteConnector,
    sqlx::{
        self, ConnectOptions, Connection,
        sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions},
    },
};

use super::{
    SchemaState,
    backup::{BackupError, Replacement},
    checkpoint::{beside, is_busy, wal_state},
    schema_state,
};

/// How long is waited for a process that is just ending.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why a backup is not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("{} is no backup: {why}; nothing was changed", .file.display())]
    NoBackup { file: PathBuf, why: String },
    #[error("{} is in use by another process: stop `lectern serve` first; nothing was changed", .0.display())]
    InUse(PathBuf),
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Replace(#[from] BackupError),
}

/// A copy of a backup that was found to be whole.
pub struct CheckedBackup {
    target: PathBuf,
    copy: Replacement,
}

impl CheckedBackup {
    /// Copies a backup beside the database that it is to replace, and checks the copy.
    pub async fn of(file: &Path, target: &Path) -> Result<Self, RestoreError> {
        let wrong = |why: &str| RestoreError::NoBackup { file: file.to_owned(), why: why.to_owned() };
        if wal_state(file).is_some() {
            return Err(wrong(
                "there is a -wal file beside it, so it is a database in use; `lectern backup` copies it",
            ));
        }
        let copy = Replacement::of(target);
        fs::copy(file, copy.path()).map_err(|source| RestoreError::Io { path: file.to_owned(), source })?;
        match flaw(copy.path()).await {
            Ok(None) => Ok(Self { target: target.to_owned(), copy }),
            Ok(Some(why)) => Err(wrong(&why)),
            Err(error) => Err(wrong(&format!("it can't be read as a database ({error})"))),
        }
    }

    /// Puts the backup in the place of the database, which no other process may have open.
    pub async fn replace(self) -> Result<(), RestoreError> {
        let lock = lock(&self.target).await?;
        for end in ["-wal", "-shm", "-journal"] {
            // What is left there belongs to the present database. SQLite would read it into the restored one.
            match fs::remove_file(beside(&self.target, end)) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(RestoreError::Io { path: beside(&self.target, end), source });
                }
                _ => {}
            }
        }
        self.copy.finish()?;
        if let Some(lock) = lock {
            // The connection is to a file that has no name any more.
            let _ = lock.close().await;
        }
        Ok(())
    }
}

/// What is wrong with a file as a backup.
async fn flaw(file: &Path) -> Result<Option<String>, DbErr> {
    let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
    let pool = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
    let check = sqlx::query_scalar::<_, String>("PRAGMA integrity_check(1)").fetch_one(&pool).await;
    let check = check.map_err(|error| DbErr::Custom(error.to_string()))?;
    let database = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    let state = schema_state(&database).await;
    database.close().await?;
    Ok(match state? {
        _ if check != "ok" => Some(format!("it is damaged ({check})")),
        SchemaState::Absent => Some("it has no archive".to_owned()),
        SchemaState::Ahead(steps) => Some(format!("a newer lectern made it (it has {})", steps.join(", "))),
        SchemaState::Current | SchemaState::Behind => None,
    })
}

/// Locks a database against every other process: SQLite leaves the mode of a write-ahead log only for a connection that
/// is alone. None if there is no database, or if it is so damaged that no process can have it open.
async fn lock(file: &Path) -> Result<Option<SqliteConnection>, RestoreError> {
    if file.metadata().map_or(true, |file| file.len() == 0) {
        return Ok(None);
    }
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE).disable_statement_logging();
    let locked = async {
        let mut connection = options.connect().await?;
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut connection).await?;
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut connection).await?;
        Ok::<_, sqlx::Error>((connection, mode))
    };
    match locked.await {
        Ok((connection, mode)) if mode == "delete" => Ok(Some(connection)),
        Ok(_) => Err(RestoreError::InUse(file.to_owned())),
        Err(sqlx::Error::Database(error)) if is_busy(error.as_ref()) => Err(RestoreError::InUse(file.to_owned())),
        Err(_) => Ok(None),
    }
}
