use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Creates all tables. The SQL is the same for both databases but for the names of types.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        database
            .execute_unprepared(&in_words_of(manager.get_database_backend(), include_str!("m0001_archive.sql")))
            .await?;
        Ok(())
    }
}

/// Replaces the words in braces by the database's own.
pub(crate) fn in_words_of(backend: DbBackend, sql: &str) -> String {
    types(backend).iter().fold(sql.to_owned(), |sql, (word, name)| sql.replace(word, name))
}

/// The words in braces. For SQLite they are the names by which sea-orm recognizes values.
fn types(backend: DbBackend) -> [(&'static str, &'static str); 10] {
    let sqlite = backend == DbBackend::Sqlite;
    let pick = |on_sqlite, on_postgres| if sqlite { on_sqlite } else { on_postgres };
    [
        ("{int}", "integer"),
        ("{bigint}", "bigint"),
        ("{bool}", "boolean"),
        ("{text}", "text"),
        ("{uuid}", pick("uuid_text", "uuid")),
        ("{date}", pick("date_text", "date")),
        ("{time}", pick("timestamp_with_timezone_text", "timestamptz")),
        ("{json}", pick("json_text", "jsonb")),
        // SQLite compares texts by bytes anyway.
        (" {c}", pick("", " COLLATE \"C\"")),
        // The sort key of a missing text: after every other one.
        ("{last}", "\u{10FFFF}"),
    ]
}
