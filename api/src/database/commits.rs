//! What a server knows of the commits to its database without a statement.

use std::{
    fs::File,
    mem::ManuallyDrop,
    ops::Range,
    path::Path,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use sea_orm::{DatabaseConnection, DbBackend};

use super::backend;

/// The number of bytes of the header of SQLite's WAL index.
const HEADER: usize = 48;

/// Those bytes of the header that only a commit changes: the number of commits, and the number of the database's pages
/// with the checksum of the last frame. The others tell where the log stands, which a checkpoint changes, too, when it
/// begins the log anew. Whoever finds the index broken makes a new one and counts from 0 again, but two commits never
/// have one checksum: it covers the whole log, which begins with random numbers.
const OF_COMMITS: [Range<usize>; 2] = [8..12, 20..32];

/// A state of the database. Between two moments with equal marks nothing was committed that a server would show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// What commits change in the header of the WAL index.
    Wal([u8; 16]),
    /// The last revision, as far as PostgreSQL has notified of it, and how often the database was replaced by an older
    /// one. A commit of another server is known when its notification arrives.
    Revision { replaced: u64, last: i64 },
}

impl Mark {
    /// Whether a commit of another process changes the mark as soon as a read can see the commit.
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Wal(_))
    }
}

/// The commits to a database.
#[derive(Debug, Default)]
pub struct Commits {
    wal: OnceLock<WalIndex>,
    notified: Mutex<Notified>,
}

/// What is known of the commits to PostgreSQL.
#[derive(Debug, Default)]
struct Notified {
    is_listening: bool,
    replaced: u64,
    last: i64,
}

impl Commits {
    /// Begins to look at the commits to a database. On PostgreSQL it takes notifications, too.
    pub fn begin(&self, database: &DatabaseConnection) {
        if backend(database) == DbBackend::Sqlite {
            let file = database.get_sqlite_connection_pool().connect_options().get_filename().to_owned();
            if let Some(index) = WalIndex::of(&file) {
                self.wal.get_or_init(|| index);
            }
        }
    }

    /// The present mark; none if commits are not known at this moment.
    pub fn mark(&self) -> Option<Mark> {
        if let Some(wal) = self.wal.get() {
            return wal.commits().map(Mark::Wal);
        }
        let Notified { is_listening, replaced, last } = *self.notified();
        is_listening.then_some(Mark::Revision { replaced, last })
    }

    /// Notes a write that was committed, by this server or by another one.
    pub fn committed(&self, revision: i64) {
        let mut notified = self.notified();
        notified.last = notified.last.max(revision);
    }

    /// Notes a revision of the archive that was read. One that is lower than the last one comes from an older database,
    /// or was overtaken by a write.
    pub fn read(&self, revision: i64) {
        let mut notified = self.notified();
        if revision < notified.last {
            notified.replaced += 1;
        }
        notified.last = revision;
    }

    /// How often the database may have been replaced by an older one.
    pub fn replaced(&self) -> u64 {
        self.notified().replaced
    }

    /// Notes whether notifications arrive.
    pub fn listening(&self, is_listening: bool) {
        self.notified().is_listening = is_listening;
    }

    fn notified(&self) -> MutexGuard<'_, Notified> {
        self.notified.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The index of SQLite's write-ahead log. A commit is visible to readers once it is in the first copy of the header,
/// and each commit changes that: <https://www.sqlite.org/walformat.html>.
#[derive(Debug)]
struct WalIndex {
    /// The file stays open until the process ends. POSIX locks belong to the process, and to close the file would take
    /// the locks of SQLite's own connections away.
    file: ManuallyDrop<File>,
}

impl WalIndex {
    /// The index of an open database with a write-ahead log.
    fn of(database: &Path) -> Option<Self> {
        let mut name = std::fs::canonicalize(database).ok()?.into_os_string();
        name.push("-shm");
        let file = ManuallyDrop::new(File::open(name).ok()?);
        Some(Self { file })
    }

    #[cfg(unix)]
    fn commits(&self) -> Option<[u8; 16]> {
        use std::os::unix::fs::FileExt;
        const IS_INITIALIZED: usize = 12;
        let mut header = [0; HEADER];
        self.file.read_exact_at(&mut header, 0).ok()?;
        if header[IS_INITIALIZED] != 1 {
            return None;
        }
        let mut commits = [0; 16];
        let changed = OF_COMMITS.into_iter().filter_map(|bytes| header.get(bytes)).flatten();
        commits.iter_mut().zip(changed).for_each(|(to, from)| *to = *from);
        Some(commits)
    }

    #[cfg(not(unix))]
    fn commits(&self) -> Option<[u8; 16]> {
        None
    }
}
