//! The indexes that a database makes of many new rows at once, when these are there. To keep indexes in order row by row,
//! it goes to a page for each row and index, in no order, and the more rows there are, the fewer of these pages are in
//! its cache. To make an index of rows is to sort them.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};

use super::staging::StagedTables;
use crate::{
    database::{backend, renew_statistics},
    progress::Progress,
};

/// Indexes that are made at the end of a write.
pub(in crate::archive) enum LateIndexes {
    /// Indexes of SQLite that were taken away: their names, and the statements that make them, in the order in which
    /// they were made. The planner of SQLite takes the first one of equals.
    TakenAway(Vec<(String, String)>),
    /// Those of tables of PostgreSQL that are filled in the place of empty ones.
    Staged(StagedTables),
    /// All are in place.
    Kept,
}

impl LateIndexes {
    /// Those that refuse no row, but for those by which a row of a table refers to another one: where the other one
    /// comes later, SQLite looks for it at each row in between.
    const OF_SQLITE: &str = "
        SELECT \"index\".name, \"index\".sql FROM sqlite_schema AS \"index\"
        WHERE \"index\".type = 'index' AND \"index\".sql LIKE 'CREATE INDEX %' AND NOT EXISTS (
            SELECT 1 FROM pragma_foreign_key_list(\"index\".tbl_name) AS reference
            JOIN pragma_index_info(\"index\".name) AS part ON part.name = reference.\"from\" AND part.seqno = 0
            WHERE reference.\"table\" = \"index\".tbl_name
        )
        ORDER BY \"index\".rowid";

    /// Takes indexes away, until they are made anew at the end of the same write. The archive is empty.
    pub(in crate::archive) async fn take_away(transaction: &DatabaseTransaction) -> Result<Self, DbErr> {
        if backend(transaction) != DbBackend::Sqlite {
            return Ok(StagedTables::make(transaction).await?.map_or(Self::Kept, Self::Staged));
        }
        let mut indexes = Vec::new();
        let found = Statement::from_string(DbBackend::Sqlite, Self::OF_SQLITE);
        for row in transaction.query_all_raw(found).await? {
            indexes.push((row.try_get("", "name")?, row.try_get::<String>("", "sql")?));
        }
        for (name, _) in &indexes {
            transaction.execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
        }
        Ok(Self::TakenAway(indexes))
    }

    /// Makes them.
    pub(in crate::archive) async fn make(
        self,
        transaction: &DatabaseTransaction,
        progress: &Progress,
    ) -> Result<(), DbErr> {
        match self {
            Self::TakenAway(indexes) => {
                progress.begin("indexes made", indexes.len());
                for (_, statement) in &indexes {
                    transaction.execute_unprepared(statement).await?;
                    progress.count();
                }
                Ok(())
            }
            Self::Staged(tables) => tables.put_in_place(transaction, progress).await,
            Self::Kept => renew_statistics(transaction).await,
        }
    }
}
