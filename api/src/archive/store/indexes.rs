//! The indexes that SQLite makes of many new rows at once, when these are there. To keep indexes in order row by row,
//! it goes to a page for each row and index, in no order, and the more rows there are, the fewer of these pages are in
//! its cache. To make an index of rows is to sort them.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::{database::backend, progress::Progress};

/// Indexes that were taken away: their names, and the statements that make them, in the order in which they were made.
/// The planner of SQLite takes the first one of equals.
pub(in crate::archive) struct LateIndexes(Vec<(String, String)>);

impl LateIndexes {
    /// Those that refuse no row, but for those by which a row of a table refers to another one: where the other one
    /// comes later, SQLite looks for it at each row in between. PostgreSQL keeps its indexes, because readers would
    /// have to wait, as they don't on SQLite.
    const OF_SQLITE: &str = "
        SELECT \"index\".name, \"index\".sql FROM sqlite_schema AS \"index\"
        WHERE \"index\".type = 'index' AND \"index\".sql LIKE 'CREATE INDEX %' AND NOT EXISTS (
            SELECT 1 FROM pragma_foreign_key_list(\"index\".tbl_name) AS reference
            JOIN pragma_index_info(\"index\".name) AS part ON part.name = reference.\"from\" AND part.seqno = 0
            WHERE reference.\"table\" = \"index\".tbl_name
        )
        ORDER BY \"index\".rowid";

    /// Takes indexes away, until they are made anew at the end of the same write.
    pub(in crate::archive) async fn take_away(database: &impl ConnectionTrait) -> Result<Self, DbErr> {
        let mut indexes = Vec::new();
        if backend(database) == DbBackend::Sqlite {
            let found = Statement::from_string(DbBackend::Sqlite, Self::OF_SQLITE);
            for row in database.query_all_raw(found).await? {
                indexes.push((row.try_get("", "name")?, row.try_get("", "sql")?));
            }
        }
        for (name, _) in &indexes {
            database.execute_unprepared(&format!("DROP INDEX \"{name}\"")).await?;
        }
        Ok(Self(indexes))
    }

    /// Makes them anew.
    pub(in crate::archive) async fn make(
        self,
        database: &impl ConnectionTrait,
        progress: &Progress,
    ) -> Result<(), DbErr> {
        progress.begin("indexes made", self.0.len());
        for (_, statement) in &self.0 {
            database.execute_unprepared(statement).await?;
            progress.count();
        }
        Ok(())
    }
}
