//! Statements that write many rows at once.

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable, ModelTrait, PrimaryKeyToColumn,
    QueryFilter,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::rows::TableRow;
use crate::database::{among, backend, name};

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
    rows: Vec<R>,
) -> Result<(), DbErr> {
    for rows in rows.chunks(batch::<R>(database)) {
        let insert = <R::Entity as EntityTrait>::insert_many(rows.iter().cloned().map(active));
        insert.exec_without_returning(database).await?;
    }
    Ok(())
}

/// Overwrites rows that are there.
pub(in crate::archive) async fn replace<R: TableRow>(
    database: &impl ConnectionTrait,
    rows: Vec<R>,
) -> Result<(), DbErr> {
    let key: Vec<_> = <R::Entity as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let others = <R::Entity as EntityTrait>::Column::iter();
    let on_conflict = OnConflict::columns(key).update_columns(others).to_owned();
    for rows in rows.chunks(batch::<R>(database)) {
        let insert = <R::Entity as EntityTrait>::insert_many(rows.iter().cloned().map(active));
        insert.on_conflict(on_conflict.clone()).exec_without_returning(database).await?;
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
