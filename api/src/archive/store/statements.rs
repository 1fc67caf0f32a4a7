//! Statements that write many rows at once.

use std::{collections::VecDeque, marker::PhantomData, pin::pin, task::Poll};

use futures_util::poll;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, IdenStatic, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, Statement,
    sea_query::{Expr, Value},
};
use uuid::Uuid;

use super::rows::TableRow;
use crate::{
    database::{among, backend, name},
    error::Error,
};

/// Rows that are sent at once, at most. On SQLite that takes a statement for each row, all of which are prepared.
const BATCH: usize = 200;
const SQLITE_BATCH: usize = 32;

/// Rows that are sent at once to SQLite in one statement, at most.
const SQLITE_BULK: usize = 100;

/// Rows that are sent at once if there are no more of them, at most.
const FEW: usize = 8;

type ColumnOf<R> = <<R as ModelTrait>::Entity as EntityTrait>::Column;

/// A row as sea-orm inserts it.
pub(in crate::archive) fn active<R: TableRow>(row: R) -> <R::Entity as EntityTrait>::ActiveModel {
    row.into_active_model().reset_all()
}

/// How many rows a statement has on SQLite. If one of several rows in a statement could violate a constraint, SQLite
/// keeps each page that the statement changes as it was: a copy for each row and index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::archive) enum RowsPerStatement {
    One,
    /// For tables that lack most of their indexes: what is answered for each statement costs more then.
    Several,
}

/// As many rows as are sent at once. PostgreSQL binds no more values.
fn batch<R: TableRow>(backend: DbBackend, rows: RowsPerStatement) -> usize {
    const MOST_VALUES: usize = 65_535;
    match (backend, rows) {
        (DbBackend::Sqlite, RowsPerStatement::One) => SQLITE_BATCH,
        (DbBackend::Sqlite, RowsPerStatement::Several) => SQLITE_BULK,
        _ => BATCH.min(MOST_VALUES / ColumnOf::<R>::iter().count().max(1)).max(1),
    }
}

/// Inserts new rows.
pub(in crate::archive) async fn insert<R: TableRow>(
    database: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = R>,
) -> Result<(), DbErr> {
    Box::pin(send(database, rows.into_iter().map(Ok), OnConflict::Refuse)).await
}

/// Inserts rows that are made while the database stores those before.
pub(in crate::archive) async fn insert_made<R: TableRow>(
    database: &impl ConnectionTrait,
    rows: impl Iterator<Item = Result<R, Error>>,
) -> Result<(), Error> {
    Box::pin(send(database, rows, OnConflict::Refuse)).await
}

/// Overwrites rows that are there.
pub(in crate::archive) async fn replace<R: TableRow>(
    database: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = R>,
) -> Result<(), DbErr> {
    Box::pin(send(database, rows.into_iter().map(Ok), OnConflict::Replace)).await
}

/// Sends rows in batches. The database works on one while the next one is made. The future is large: box it, because a
/// write has one for each table.
async fn send<R: TableRow, E: From<DbErr>>(
    database: &impl ConnectionTrait,
    rows: impl Iterator<Item = Result<R, E>>,
    on_conflict: OnConflict,
) -> Result<(), E> {
    let mut batches = Batches::of(backend(database), rows, on_conflict, RowsPerStatement::One);
    let mut batch = batches.next().transpose()?;
    while let Some(statement) = batch {
        let mut sent = pin!(database.execute_raw(statement));
        let answer = poll!(&mut sent);
        batch = batches.next().transpose()?;
        match answer {
            Poll::Ready(done) => done?,
            Poll::Pending => sent.await?,
        };
    }
    Ok(())
}

/// The statements that insert rows.
pub(in crate::archive) fn inserts<R: TableRow, E>(
    backend: DbBackend,
    rows: impl Iterator<Item = Result<R, E>>,
    per_statement: RowsPerStatement,
) -> impl Iterator<Item = Result<Statement, E>> {
    Batches::of(backend, rows, OnConflict::Refuse, per_statement)
}

/// The statements that write rows, in batches.
struct Batches<R, I> {
    text: InsertText<R>,
    /// The most rows of a statement.
    size: usize,
    rows: I,
    /// Rows that were made.
    waiting: VecDeque<R>,
}

impl<R: TableRow, I> Batches<R, I> {
    fn of(backend: DbBackend, rows: I, on_conflict: OnConflict, per_statement: RowsPerStatement) -> Self {
        let text = InsertText::new(backend, on_conflict, per_statement);
        Self { text, size: batch::<R>(backend, per_statement), rows, waiting: VecDeque::new() }
    }
}

impl<R: TableRow, E, I: Iterator<Item = Result<R, E>>> Iterator for Batches<R, I> {
    type Item = Result<Statement, E>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.waiting.is_empty() {
            match self.rows.by_ref().take(self.size).collect() {
                Ok(rows) => self.waiting = rows,
                Err(error) => return Some(Err(error)),
            }
        }
        let count = if self.waiting.len() == self.size { self.size } else { part(self.waiting.len()) };
        (count > 0).then(|| Ok(self.text.statement(self.waiting.drain(..count))))
    }
}

/// How many of so many rows are sent at once. Each number has a text of its own, which is prepared once.
fn part(rows: usize) -> usize {
    if rows <= FEW { rows } else { 1 << rows.ilog2() }
}

/// What becomes of a row that is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OnConflict {
    Refuse,
    Replace,
}

/// Inserts rows of a table. The library could write the text, and would do so each time.
struct InsertText<R> {
    backend: DbBackend,
    on_conflict: OnConflict,
    per_statement: RowsPerStatement,
    /// The last text, and its number of rows.
    last: (usize, String),
    rows: PhantomData<R>,
}

impl<R: TableRow> InsertText<R> {
    fn new(backend: DbBackend, on_conflict: OnConflict, per_statement: RowsPerStatement) -> Self {
        Self { backend, on_conflict, per_statement, last: (0, String::new()), rows: PhantomData }
    }

    fn statement(&mut self, rows: impl ExactSizeIterator<Item = R>) -> Statement {
        let count = rows.len();
        if self.last.0 != count {
            self.last = (count, self.text(count));
        }
        let mut values = Vec::with_capacity(count * Self::columns().count());
        for row in rows {
            let mut row = row.into_active_model();
            let columns = Self::columns().filter_map(|column| row.take(column).into_value());
            values.extend(columns.map(|value| match (self.backend, value) {
                // SQLite keeps JSON as text. The driver would copy it first, and write the text while SQLite waits.
                (DbBackend::Sqlite, Value::Json(Some(json))) => json.to_string().into(),
                (_, value) => value,
            }));
        }
        Statement::from_sql_and_values(self.backend, &self.last.1, values)
    }

    fn columns() -> impl Iterator<Item = ColumnOf<R>> {
        ColumnOf::<R>::iter()
    }

    /// The text for a number of rows.
    fn text(&self, rows: usize) -> String {
        let names: Vec<String> = Self::columns().map(|column| format!("\"{}\"", column.as_str())).collect();
        let table = <R::Entity as Default>::default();
        let insert = format!("INSERT INTO \"{}\" ({}) VALUES ", table.table_name(), names.join(", "));
        let on_conflict = match self.on_conflict {
            OnConflict::Refuse => String::new(),
            OnConflict::Replace => {
                let key = <R::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
                let key: Vec<String> = key.map(|column| format!("\"{}\"", column.as_str())).collect();
                let set: Vec<String> = names.iter().map(|name| format!("{name} = excluded.{name}")).collect();
                format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), set.join(", "))
            }
        };
        if self.backend == DbBackend::Sqlite {
            let row = format!("({})", vec!["?"; names.len()].join(", "));
            return match self.per_statement {
                RowsPerStatement::One => format!("{insert}{row}{on_conflict};").repeat(rows),
                RowsPerStatement::Several => format!("{insert}{}{on_conflict}", vec![row.as_str(); rows].join(", ")),
            };
        }
        let row = |n: usize| {
            let markers: Vec<String> =
                (1..=names.len()).map(|column| format!("${}", n * names.len() + column)).collect();
            format!("({})", markers.join(", "))
        };
        format!("{insert}{}{on_conflict}", (0..rows).map(row).collect::<Vec<_>>().join(", "))
    }
}

/// Deletes the rows whose `column` has one of the ids.
pub(in crate::archive) async fn delete<R: TableRow>(
    database: &impl ConnectionTrait,
    column: &str,
    ids: Vec<Uuid>,
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    let these = among(backend(database), Expr::col(name(column)), &ids);
    <R as ModelTrait>::Entity::delete_many().filter(these).exec(database).await?;
    Ok(())
}
