//! Statements that write many rows at once.

use std::{pin::pin, task::Poll};

use futures_util::poll;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn,
    QueryFilter, QueryTrait, Statement,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::rows::TableRow;
use crate::{
    database::{among, backend, name},
    error::Error,
};

/// Rows a statement, at most: statements of one table then have mostly one text, and are prepared once.
const BATCH: usize = 200;

/// A row as sea-orm inserts it.
pub(in crate::archive) fn active<R: TableRow>(row: R) -> <R::Entity as EntityTrait>::ActiveModel {
    row.into_active_model().reset_all()
}

/// As many rows as one statement may bind the values of.
fn batch<R: TableRow>(database: &impl ConnectionTrait) -> usize {
    let columns = <R::Entity as EntityTrait>::Column::iter().count().max(1);
    let limit = match backend(database) {
        DbBackend::Sqlite => 32_766,
        _ => 65_535,
    };
    BATCH.min(limit / columns).max(1)
}

/// Inserts new rows.
pub(in crate::archive) async fn insert<R: TableRow>(
    database: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = R>,
) -> Result<(), DbErr> {
    Box::pin(send(database, rows.into_iter().map(Ok), None)).await
}

/// Inserts rows that are made while the database stores those before.
pub(in crate::archive) async fn insert_made<R: TableRow>(
    database: &impl ConnectionTrait,
    rows: impl Iterator<Item = Result<R, Error>>,
) -> Result<(), Error> {
    Box::pin(send(database, rows, None)).await
}

/// Overwrites rows that are there.
pub(in crate::archive) async fn replace<R: TableRow>(
    database: &impl ConnectionTrait,
    rows: impl IntoIterator<Item = R>,
) -> Result<(), DbErr> {
    let key: Vec<_> = <R::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let others = <R::Entity as EntityTrait>::Column::iter();
    let on_conflict = OnConflict::columns(key).update_columns(others).to_owned();
    Box::pin(send(database, rows.into_iter().map(Ok), Some(on_conflict))).await
}

/// Sends rows in batches. The database works on one while the next one is made. The future is large: box it, because a
/// write has one for each table.
async fn send<R: TableRow, E: From<DbErr>>(
    database: &impl ConnectionTrait,
    mut rows: impl Iterator<Item = Result<R, E>>,
    on_conflict: Option<OnConflict>,
) -> Result<(), E> {
    let (size, backend) = (batch::<R>(database), backend(database));
    let mut next = || -> Result<Option<Statement>, E> {
        let rows = rows.by_ref().take(size).map(|row| row.map(active)).collect::<Result<Vec<_>, E>>()?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut insert = <R::Entity as EntityTrait>::insert_many(rows);
        if let Some(on_conflict) = &on_conflict {
            QueryTrait::query(&mut insert).on_conflict(on_conflict.clone());
        }
        Ok(Some(insert.build(backend)))
    };
    let mut batch = next()?;
    while let Some(statement) = batch {
        let mut sent = pin!(database.execute_raw(statement));
        let answer = poll!(&mut sent);
        batch = next()?;
        match answer {
            Poll::Ready(done) => done?,
            Poll::Pending => sent.await?,
        };
    }
    Ok(())
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
