//! Writing the things of an archive that had none. All of them are new, so nothing is compared. The statements run on a
//! thread of their own, one after the other, while the next rows are made.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::{
    runtime::Handle,
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

use super::{
    Report, Write,
    derived::created::derive_within_editions,
    log::{
        comparison::{Revisions, creations},
        parts::Parts,
    },
    store::{
        rows::{Rows, nodes, parts},
        statements::{RowsPerStatement, inserts},
        violation::refusal,
    },
    totals::Totals,
};
use crate::{
    database::backend,
    error::{Error, Result},
    progress::Progress,
};

/// The most statements that wait for the database.
const MOST_WAITING: usize = 64;

/// A write that creates all things of an archive, in progress.
pub(super) struct Creation {
    statements: mpsc::Sender<Statement>,
    /// The write, when the statements have run.
    written: JoinHandle<Result<Write>>,
    backend: DbBackend,
    per_statement: RowsPerStatement,
    revisions: Revisions,
    /// The last revision of the write.
    revision: i64,
    now: DateTime<Utc>,
    /// The name of the token that writes.
    token: Option<String>,
    progress: Arc<Progress>,
    totals: Totals,
    report: Report,
}

impl Creation {
    /// Begins to create so many things of each kind. Their revisions are those of the kinds, one after the other.
    pub(super) fn begin(
        mut write: Write,
        counts: &BTreeMap<&'static str, usize>,
        per_statement: RowsPerStatement,
    ) -> Self {
        let revisions = write.number(counts);
        let backend = backend(&write.transaction);
        let (revision, now, progress) = (write.revision, write.now, write.progress.clone());
        let token = write.grant.as_ref().map(|grant| grant.name.clone());
        let (totals, report) = Default::default();
        let (statements, mut waiting) = mpsc::channel(MOST_WAITING);
        let runtime = Handle::current();
        let run = async move {
            while let Some(statement) = waiting.recv().await {
                let run = write.transaction.execute_raw(statement).await;
                run.map_err(|error| refusal(error, write.argument))?;
            }
            Ok(write)
        };
        let written = spawn_blocking(move || runtime.block_on(run));
        Self { statements, written, backend, per_statement, revisions, revision, now, token, progress, totals, report }
    }

    /// Creates things, and logs them. The columns that are derived from other things than these are known already.
    pub(super) async fn add(&mut self, mut new: Rows) -> Result<()> {
        let changes = creations(&mut new, &mut self.revisions, self.now);
        derive_within_editions(|_, _| true, &mut new, self.revision, self.now);
        self.totals = self.totals + Totals::all(&new);
        self.report.count(&changes);
        let parts = Parts::of(&new);
        let log = changes.iter().map(|change| {
            self.progress.count();
            change.row(&new, &parts, self.now, self.token.as_deref())
        });
        self.send(inserts(self.backend, log, self.per_statement)).await?;
        drop(parts);
        macro_rules! insert {
            ($($rows:ident: $table:ident $word:tt,)+) => {$(
                let rows = new.$rows.into_iter().map(Ok);
                self.send(inserts(self.backend, rows, self.per_statement)).await?;
            )+};
        }
        nodes!(insert);
        parts!(insert);
        Ok(())
    }

    async fn send(&self, statements: impl Iterator<Item = Result<Statement>>) -> Result<()> {
        for statement in statements {
            // Why it ended is what `finish` answers.
            let ended = |_| Error::Internal("an import ended early".to_owned());
            self.statements.send(statement?).await.map_err(ended)?;
        }
        Ok(())
    }

    /// Waits until all things are written.
    pub(super) async fn finish(self) -> Result<Write> {
        drop(self.statements);
        let ended = |error| Error::Internal(format!("an import ended early: {error}"));
        let mut write = self.written.await.map_err(ended)??;
        write.totals = write.totals + self.totals;
        write.report.created = self.report.created;
        Ok(write)
    }
}

impl Write {
    /// Numbers the changes of a write that makes so many things of each kind, in the order of the log.
    fn number(&mut self, counts: &BTreeMap<&'static str, usize>) -> Revisions {
        let mut last = BTreeMap::new();
        macro_rules! number {
            ($($rows:ident: $table:ident $kind:literal,)+) => {$(
                last.insert($kind, self.revision);
                self.revision += counts.get($kind).map_or(0, |count| i64::try_from(*count).unwrap_or_default());
            )+};
        }
        nodes!(number);
        Revisions::OfKinds(last)
    }
}
