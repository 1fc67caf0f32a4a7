//! Checkpoints of SQLite: what stands in the `-wal` file is moved to the database's own, so that a copy of that one
//! file has everything.

use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, ConnectOptions, Connection, sqlite::SqliteConnectOptions},
};

/// How long a checkpoint waits for readers. Writers wait as long, so it is short: a busy checkpoint is tried again.
const PATIENCE: Duration = Duration::from_millis(200);

/// The size of a `-wal` file and the time of its last write.
pub(crate) type WalState = (u64, Option<SystemTime>);

/// The state of the `-wal` file of a database; none if nothing stands in it. No statement is run.
pub(crate) fn wal_state(file: &Path) -> Option<WalState> {
    let wal = beside(file, "-wal").metadata().ok().filter(|wal| wal.len() > 0)?;
    Some((wal.len(), wal.modified().ok()))
}

/// A file beside another one, by the end of its name.
pub(crate) fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Moves everything from the `-wal` file of a database to its own file, and empties the former. Answers whether that is
/// done: it is not while somebody reads an older state or writes.
pub(crate) async fn checkpoint(file: &Path) -> Result<bool, DbErr> {
    if wal_state(file).is_none() {
        return Ok(true);
    }
    let options = SqliteConnectOptions::new().filename(file).busy_timeout(PATIENCE).disable_statement_logging();
    let done = async {
        let mut connection = options.connect().await?;
        let busy = sqlx::query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut connection).await;
        connection.close().await?;
        busy
    };
    match done.await {
        Ok(busy) => Ok(busy == 0),
        Err(sqlx::Error::Database(error)) if is_busy(error.as_ref()) => Ok(false),
        Err(error) => Err(DbErr::Conn(RuntimeErr::SqlxError(error.into()))),
    }
}

/// Whether another connection has a lock that is needed.
pub(crate) fn is_busy(error: &dyn sqlx::error::DatabaseError) -> bool {
    // The primary code is the last byte: SQLITE_BUSY or SQLITE_LOCKED.
    error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| matches!(code & 0xff, 5 | 6))
}
