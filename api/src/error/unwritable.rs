//! Why a database takes no writes.

use std::fmt;

use sea_orm::{DbErr, RuntimeErr, SqlxError};

/// The reason why a database takes no writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// Its disk is full.
    Full,
    /// It is read-only.
    ReadOnly,
    /// Its disk reports errors.
    Disk,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the disk of the archive's database is full, so nothing was written: free some space",
            Self::ReadOnly => "the archive's database is read-only, so nothing was written",
            Self::Disk => "the disk of the archive's database reports errors, so nothing was written",
        })
    }
}

impl Unwritable {
    /// The reason in an error of the database, if it is of this kind.
    pub(super) fn of(error: &DbErr) -> Option<Self> {
        let (DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error))
        | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
        else {
            return None;
        };
        let SqlxError::Database(error) = error.as_ref() else { return None };
        let code = error.code()?;
        match (code.as_ref(), code.parse::<u32>().ok()?) {
            // PostgreSQL: disk_full, read_only_sql_transaction, io_error.
            ("53100", _) => Some(Self::Full),
            ("25006", _) => Some(Self::ReadOnly),
            ("58030", _) => Some(Self::Disk),
            (code, _) if code.len() == 5 => None,
            // SQLite: the last byte is the result code (SQLITE_FULL, SQLITE_READONLY), and the rest says more of it:
            // of SQLITE_IOERR those of writing, of flushing, of cutting and of the shared memory's size.
            (_, number) if number & 0xFF == 13 => Some(Self::Full),
            (_, number) if number & 0xFF == 8 => Some(Self::ReadOnly),
            (_, 778 | 1034 | 1290 | 1546 | 4874) => Some(Self::Disk),
            _ => None,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use sea_orm::{ConnectOptions, ConnectionTrait, Database};

    use super::*;
    use crate::error::Error;

    /// The error of a statement in SQLite, after others.
    async fn error(url: &str, before: &[&str], statement: &str) -> Error {
        let database = Database::connect(ConnectOptions::new(url).max_connections(1).to_owned()).await.unwrap();
        for sql in before {
            database.execute_unprepared(sql).await.unwrap();
        }
        database.execute_unprepared(statement).await.unwrap_err().into()
    }

    #[tokio::test]
    async fn a_full_disk_of_sqlite_is_told_as_that() {
        let before = ["CREATE TABLE t (x)", "PRAGMA max_page_count = 3"];
        let full = error("sqlite::memory:", &before, "INSERT INTO t VALUES (zeroblob(100000))").await;
        assert!(matches!(full, Error::Unwritable(Unwritable::Full, _)), "{full:?}");
        assert_eq!(full.status(), 507);
    }

    #[tokio::test]
    async fn a_read_only_sqlite_is_told_as_that() {
        let before = ["CREATE TABLE t (x)", "PRAGMA query_only = true"];
        let read_only = error("sqlite::memory:", &before, "INSERT INTO t VALUES (1)").await;
        assert!(matches!(read_only, Error::Unwritable(Unwritable::ReadOnly, _)), "{read_only:?}");
        assert_eq!(read_only.status(), 503);
    }
}
