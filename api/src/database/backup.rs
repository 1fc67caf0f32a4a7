//! Backups of a SQLite database in one file, and files that replace others as a whole.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use super::checkpoint::beside;

/// Why a file could not be written or replaced.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{}: {source}", .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("the database can't be copied: {0}")]
    Database(#[from] DbErr),
}

/// A file beside another one, which replaces it as a whole or not at all. It is removed if it is dropped before.
pub struct Replacement {
    target: PathBuf,
    temporary: PathBuf,
}

impl Replacement {
    /// A replacement of this file, which need not exist.
    pub fn of(target: &Path) -> Self {
        let temporary = beside(target, &format!(".{}.tmp", std::process::id()));
        Self { target: target.to_owned(), temporary }
    }

    /// Where the new content is to be written.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Puts the new file in the place of the other one, once it is on the disk.
    pub fn finish(self) -> Result<(), BackupError> {
        let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let done = File::open(&self.temporary)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.temporary, &self.target))
            .and_then(|()| File::open(folder)?.sync_all());
        done.map_err(|source| BackupError::Io { path: self.target.clone(), source })
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(beside(&self.temporary, end));
        }
    }
}

/// Copies a SQLite database to a file, as of one moment, while others read and write it.
pub async fn copy(database: &DatabaseConnection, target: &Path) -> Result<(), BackupError> {
    let replacement = Replacement::of(target);
    let path = replacement.path();
    // SQLite reports neither a missing folder nor the reason by its name.
    File::create(path).map_err(|source| BackupError::Io { path: target.to_owned(), source })?;
    let into = [path.to_string_lossy().into_owned().into()];
    database.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", into)).await?;
    replacement.finish()
}

/// Writes bytes to a file, as a whole or not at all.
pub fn write(target: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let replacement = Replacement::of(target);
    let written = fs::write(replacement.path(), bytes);
    written.map_err(|source| BackupError::Io { path: target.to_owned(), source })?;
    replacement.finish()
}
