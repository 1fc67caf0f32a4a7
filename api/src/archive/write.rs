//! Writing the difference between rows: in batches, in an order that violates no constraint.

use std::collections::HashSet;

use entity::{api_token, conference};
use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait, QueryFilter, Statement,
};
use uuid::Uuid;

use super::{
    Report, Write,
    derived::{Changes, created},
    log::{
        comparison::{Revisions, difference},
        difference::Difference,
        follow,
        parts::Parts,
    },
    store::{
        rows::{NodeRow, PartRow, Rows, nodes, parts, reversed},
        statements::{delete, insert, insert_made, replace},
        violation::refusal,
    },
    totals::Totals,
};
use crate::{
    database::{backend, renew_statistics},
    error::Result,
    progress::Progress,
    vocabulary::ChangeOperation,
};

/// How many changes make the database's statistics worthless.
const MANY: usize = 10_000;

impl Write {
    /// Replaces the stored rows by the desired ones, and logs the changes. The future is boxed, because each mutation
    /// has one.
    pub(super) fn change<'a>(&'a mut self, stored: &'a Rows, desired: Rows) -> BoxFuture<'a, Result<Difference>> {
        self.change_rows(stored, desired).boxed()
    }

    async fn change_rows(&mut self, stored: &Rows, mut desired: Rows) -> Result<Difference> {
        let mut revisions = Revisions::After(self.revision);
        let difference = difference(stored, &mut desired, self.merged, &mut revisions, self.now)?;
        if difference.changes.is_empty() {
            return Ok(difference);
        }
        self.stay_within(&difference, stored, &desired).await?;
        self.revision += i64::try_from(difference.changes.len()).unwrap_or_default();
        let derived = created::derive(&difference, &mut desired, self.revision, self.now);
        let step = Step { transaction: &self.transaction, difference: &difference, progress: &self.progress };
        step.write(stored, &desired).await.map_err(|error| refusal(error, self.argument))?;
        if difference.changes.len() > MANY {
            renew_statistics(&self.transaction).await?;
        }
        self.log(&difference, &desired).await?;
        self.totals = self.totals + Totals::among(&desired, &difference) - Totals::among(stored, &difference);
        self.report.count(&difference.changes);
        self.refresh(&Changes { difference: &difference, derived: &derived, stored, desired: &desired }).await?;
        Ok(difference)
    }

    /// Writes the changes in the log.
    async fn log(&self, difference: &Difference, desired: &Rows) -> Result<()> {
        let parts = Parts::of(desired);
        let token = self.grant.as_ref().map(|grant| grant.name.as_str());
        self.progress.begin("changes logged", difference.changes.len());
        let rows = difference.changes.iter().map(|change| change.row(desired, &parts, self.now, token));
        let rows = rows.inspect(|_| self.progress.count());
        insert_made(&self.transaction, rows).await
    }

    /// Commits the write; rolls it back if it is a dry run or changed nothing.
    pub(super) async fn finish(mut self, dry_run: bool) -> Result<Report> {
        self.report.dry_run = dry_run;
        if dry_run || self.report.is_empty() {
            self.transaction.rollback().await?;
            return Ok(self.report);
        }
        self.commit().await
    }

    /// Commits the write, also of nothing that is logged.
    pub(super) async fn commit(mut self) -> Result<Report> {
        if self.report.is_empty() {
            self.transaction.commit().await?;
            return Ok(self.report);
        }
        replace(&self.transaction, [self.totals.state(self.revision, self.now)]).await?;
        notify(&self.transaction, self.revision).await?;
        let argument = self.argument;
        self.transaction.commit().await.map_err(|error| refusal(error, argument))?;
        self.commits.committed(self.revision);
        self.report.revision = Some(self.revision);
        Ok(self.report)
    }
}

/// Notifies the followers of the log on all servers of its last revision. PostgreSQL delivers the notification when the
/// write is committed. On SQLite followers poll.
async fn notify(transaction: &DatabaseTransaction, revision: i64) -> Result<()> {
    if backend(transaction) == DbBackend::Postgres {
        let values = [follow::CHANNEL.into(), revision.to_string().into()];
        let notification = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", values);
        transaction.execute_raw(notification).await?;
    }
    Ok(())
}

/// The statements of one write.
struct Step<'a> {
    transaction: &'a DatabaseTransaction,
    difference: &'a Difference,
    progress: &'a Progress,
}

impl Step<'_> {
    /// Writes the difference in the tables.
    async fn write(&self, stored: &Rows, desired: &Rows) -> Result<(), DbErr> {
        self.remove_parts(stored).await?;
        self.make_room(stored, desired).await?;
        self.put_nodes(desired).await?;
        self.put_parts(desired).await?;
        self.remove_tokens().await?;
        self.remove_nodes(stored).await
    }

    /// Deletes the parts of the things that changed, so that they can't conflict with the new ones.
    async fn remove_parts(&self, stored: &Rows) -> Result<(), DbErr> {
        macro_rules! remove {
            ($($rows:ident: $table:ident $owner:ident,)+) => {
                $(self.remove_parts_of(&stored.$rows).await?;)+
            };
        }
        parts!(reversed remove:);
        Ok(())
    }

    /// Deletes the tokens that are only for conferences that are deleted.
    async fn remove_tokens(&self) -> Result<(), DbErr> {
        let gone = self.difference.ids_that_became(conference::Model::KIND, ChangeOperation::Deleted);
        if !gone.is_empty() {
            let tokens = api_token::Entity::delete_many().filter(api_token::Column::ConferenceId.is_in(gone));
            tokens.exec(self.transaction).await?;
        }
        Ok(())
    }

    async fn put_parts(&self, desired: &Rows) -> Result<(), DbErr> {
        macro_rules! put {
            ($($rows:ident: $table:ident $owner:ident,)+) => {
                self.progress.begin("parts written", 0 $(+ self.parts_of(&desired.$rows).count())+);
                $(self.put_parts_of(&desired.$rows).await?;)+
            };
        }
        parts!(put);
        Ok(())
    }

    /// Gives temporary slugs, numbers and keys to rows whose own ones other rows take over.
    async fn make_room(&self, stored: &Rows, desired: &Rows) -> Result<(), DbErr> {
        macro_rules! make_room {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(self.make_room_among(&stored.$rows, &desired.$rows).await?;)+
            };
        }
        nodes!(make_room);
        Ok(())
    }

    /// Writes new and changed things. Those that others refer to come first.
    async fn put_nodes(&self, desired: &Rows) -> Result<(), DbErr> {
        macro_rules! put {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(self.put(&desired.$rows).await?;)+
            };
        }
        self.progress.begin("things written", self.difference.changes.len());
        nodes!(put);
        Ok(())
    }

    /// Deletes removed things. Those that refer to others come first.
    async fn remove_nodes(&self, stored: &Rows) -> Result<(), DbErr> {
        macro_rules! remove {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(self.remove_gone(&stored.$rows).await?;)+
            };
        }
        nodes!(reversed remove:);
        Ok(())
    }

    async fn remove_parts_of<P: PartRow>(&self, rows: &[P]) -> Result<(), DbErr> {
        let owners: HashSet<Uuid> =
            rows.iter().map(PartRow::owner).filter(|owner| self.difference.rewrites_parts(*owner)).collect();
        delete::<P>(self.transaction, P::OWNER, owners.into_iter().collect()).await
    }

    /// The parts that are written.
    fn parts_of<'r, P: PartRow>(&self, rows: &'r [P]) -> impl Iterator<Item = &'r P> {
        rows.iter().filter(|row| self.difference.rewrites_parts(row.owner()))
    }

    async fn put_parts_of<P: PartRow>(&self, rows: &[P]) -> Result<(), DbErr> {
        let rows: Vec<&P> = self.parts_of(rows).collect();
        let rows = rows.into_iter().cloned().inspect(|_| self.progress.count());
        insert(self.transaction, rows).await
    }

    fn became<N: NodeRow>(&self, row: &N) -> Option<ChangeOperation> {
        self.difference.of(N::KIND, row.id()).map(|change| change.operation)
    }

    async fn make_room_among<N: NodeRow>(&self, stored: &[N], desired: &[N]) -> Result<(), DbErr> {
        if stored.is_empty() {
            return Ok(());
        }
        let by_id: std::collections::HashMap<Uuid, &N> = desired.iter().map(|row| (row.id(), row)).collect();
        let moves = |row: &&N| by_id.get(&row.id()).is_some_and(|desired| desired.unique() != row.unique());
        let comes = |row: &N| self.became(row) == Some(ChangeOperation::Created);
        if !desired.iter().any(comes) && !stored.iter().any(|row| moves(&row)) {
            return Ok(());
        }
        let mut leaving: Vec<N> =
            stored.iter().filter(|row| moves(row) || !by_id.contains_key(&row.id())).cloned().collect();
        let used: HashSet<i32> = stored.iter().chain(desired).filter_map(|row| row.number()).collect();
        let spare = (1..=i32::MAX).rev().filter(|number| !used.contains(number));
        for (row, spare) in leaving.iter_mut().zip(spare) {
            row.step_aside(spare);
        }
        replace(self.transaction, leaving).await
    }

    async fn put<N: NodeRow>(&self, desired: &[N]) -> Result<(), DbErr> {
        let now =
            |operation| -> Vec<&N> { desired.iter().filter(|row| self.became(*row) == Some(operation)).collect() };
        let rows = |operation| now(operation).into_iter().cloned().inspect(|_| self.progress.count());
        replace(self.transaction, rows(ChangeOperation::Updated)).await?;
        insert(self.transaction, rows(ChangeOperation::Created)).await
    }

    async fn remove_gone<N: NodeRow>(&self, stored: &[N]) -> Result<(), DbErr> {
        let gone = stored
            .iter()
            .filter(|row| matches!(self.became(*row), Some(ChangeOperation::Deleted | ChangeOperation::Merged)));
        delete::<N>(self.transaction, "id", gone.map(NodeRow::id).collect()).await
    }
}
