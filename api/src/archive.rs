//! The only code that writes. Every write goes through [`Archive`], in one transaction, and is logged: one change for
//! each thing. Each change has a revision of its own. Revisions have no gaps and are in the order of the commits.

use std::{fmt, sync::Arc};

use chrono::{DateTime, SubsecRound, Utc};
use entity::archive_state;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, sea_query::OnConflict,
};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use crate::{
    database::{backend, commits::Commits},
    error::{Error, Result},
    progress::Progress,
    token::Grant,
};

mod creation;
mod derived;
mod estimate;
mod links;
mod permission;
mod positions;
mod renewal;
mod report;
mod store;
mod totals;
mod write;

pub mod edit;
pub mod export;
pub mod holdings;
pub mod import;
pub mod log;

#[cfg(test)]
pub(crate) mod tests;

pub use log::audit::{Audit, audit};
pub use report::Report;

use totals::{TOTALS, Totals};

/// The source of the present time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The archive in a database, as it is written to: one write at a time, and each of them is logged.
#[derive(Clone)]
pub struct Archive {
    database: DatabaseConnection,
    /// Either database allows one write at a time. The other writes queue here: SQLite would make them poll, and on
    /// PostgreSQL each would occupy a connection while it waits.
    turn: Arc<Mutex<()>>,
    clock: Clock,
    commits: Arc<Commits>,
    progress: Arc<Progress>,
    /// Whether a write may take much memory.
    has_room: bool,
    /// The token whose writes these are; none for those of the command line.
    grant: Option<Grant>,
}

/// What SQLite takes for a write that may take much memory: a large cache (in KiB, with a minus), and no map of the
/// file. Where the file is mapped, SQLite looks for each page in its log before it looks into its cache, and that takes
/// the longer, the more a write has written.
const ROOM: &str = "PRAGMA cache_size = -262144; PRAGMA mmap_size = 0";

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("database", &self.database).finish_non_exhaustive()
    }
}

impl Archive {
    /// The archive in a database. All code of one process that writes should share one, or its clones.
    pub fn new(database: DatabaseConnection, clock: Clock) -> Self {
        let (turn, commits, progress) = Default::default();
        Self { database, turn, clock, commits, progress, has_room: false, grant: None }
    }

    /// What this process knows of commits to the archive.
    pub(crate) fn commits(&self) -> Arc<Commits> {
        self.commits.clone()
    }

    /// The same archive for the bearer of a token. It refuses what the token does not allow.
    pub fn for_bearer(&self, grant: Grant) -> Self {
        Self { grant: Some(grant), ..self.clone() }
    }

    /// The same archive, whose writes count what they have done.
    pub fn counting(self, progress: Arc<Progress>) -> Self {
        Self { progress, ..self }
    }

    /// The same archive for a process that does nothing but write to it: a write takes a quarter of a gigabyte more.
    pub fn with_room(self) -> Self {
        Self { has_room: true, ..self }
    }

    /// Whether the row that counts revisions is there: a database without it was just made.
    pub async fn is_made(&self) -> Result<bool> {
        Ok(archive_state::Entity::find().one(&self.database).await?.is_some())
    }

    /// Inserts the row that counts revisions, if it is missing.
    pub async fn ensure(&self) -> Result<()> {
        if !self.is_made().await? {
            let _turn = self.turn().await;
            start_counting(&self.database, self.now()).await?;
        }
        Ok(())
    }

    /// The revision of the last change; 0 in an archive that was never written to.
    pub async fn revision(&self) -> Result<i64> {
        let state = archive_state::Entity::find().one(&self.database).await?;
        Ok(state.map(|state| state.revision).unwrap_or_default())
    }

    /// The time, in whole seconds: the databases keep fractions differently.
    fn now(&self) -> DateTime<Utc> {
        (self.clock)().trunc_subsecs(0)
    }

    async fn turn(&self) -> OwnedMutexGuard<()> {
        self.turn.clone().lock_owned().await
    }

    /// Begins a write of the value of an argument. The write is rolled back unless it is finished.
    async fn begin(&self, argument: &'static str) -> Result<Write> {
        let turn = self.turn().await;
        let immediate = SqliteTransactionMode::Immediate;
        let options = TransactionOptions { sqlite_transaction_mode: Some(immediate), ..TransactionOptions::default() };
        let transaction = self.database.begin_with_options(options).await?;
        if self.has_room && backend(&transaction) == DbBackend::Sqlite {
            transaction.execute_unprepared(ROOM).await?;
        }
        let state = match lock(&transaction).await? {
            Some(state) => state,
            None => {
                start_counting(&transaction, self.now()).await?;
                let missing = || Error::Internal("archive_state has no row".to_owned());
                lock(&transaction).await?.ok_or_else(missing)?
            }
        };
        // What this write answers may show it, and nothing older may be sent after that.
        self.commits.read(state.revision);
        Ok(Write {
            transaction,
            revision: state.revision,
            totals: Totals::of(&state),
            now: self.now().max(state.updated_at),
            report: Report::default(),
            argument,
            commits: self.commits.clone(),
            progress: self.progress.clone(),
            grant: self.grant.clone(),
            merged: None,
            _turn: turn,
        })
    }
}

/// A write in progress. It has locked the row that counts revisions, so that there is no other.
#[derive(Debug)]
struct Write {
    transaction: DatabaseTransaction,
    /// The last revision that was assigned.
    revision: i64,
    /// The totals of the archive with its changes.
    totals: Totals,
    /// The time of all its changes, never before those of an earlier write.
    now: DateTime<Utc>,
    report: Report,
    /// The argument that an error names if a constraint is violated.
    argument: &'static str,
    commits: Arc<Commits>,
    progress: Arc<Progress>,
    grant: Option<Grant>,
    /// The id of the thing that is merged, and the id of the one that it becomes.
    merged: Option<(Uuid, Uuid)>,
    // Dropped last, so that the next write begins after the transaction has ended.
    _turn: OwnedMutexGuard<()>,
}

/// Locks the row that counts revisions and reads it. It is the first statement of a write, so that revisions are in the
/// order of the commits.
async fn lock(transaction: &DatabaseTransaction) -> Result<Option<archive_state::Model>> {
    let totals = TOTALS.map(|(total, _)| total).join(", ");
    let sql = format!(
        "UPDATE archive_state SET revision = revision WHERE id = 1 RETURNING id, revision, updated_at, {totals}"
    );
    let row = transaction.query_one_raw(Statement::from_string(backend(transaction), sql)).await?;
    row.map(|row| Ok(archive_state::Model::from_query_result(&row, "")?)).transpose()
}

async fn start_counting(database: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
    let row = Totals::default().state(0, now);
    let on_conflict = OnConflict::column(archive_state::Column::Id).do_nothing().to_owned();
    archive_state::Entity::insert_many([store::statements::active(row)])
        .on_conflict(on_conflict)
        .exec_without_returning(database)
        .await?;
    Ok(())
}
