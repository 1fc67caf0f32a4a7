//! The archive's database, and the few places where SQLite and PostgreSQL need different SQL.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use migration::Migrator;
use sea_orm::{
    AccessMode, ActiveEnum, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, EntityTrait, IntoSimpleExpr, IsolationLevel, TransactionOptions, TransactionTrait,
    sea_query::{
        Alias, ArrayType, Expr, ExprTrait, Func, JoinType, LikeExpr, Query, SelectStatement, SimpleExpr, Value,
        extension::postgres::PgFunc,
    },
    sqlx::{self, Connection, SqliteConnection},
};
use sea_orm_migration::{MigratorTrait, seaql_migrations};
use uuid::Uuid;

use crate::collation::fold;

pub mod backup;
pub(crate) mod checkpoint;
pub(crate) mod commits;
pub mod found;
pub(crate) mod logged;
pub mod restore;
pub(crate) mod values;

/// The greatest size of a connection's cache of SQLite's pages, in KiB with a minus (as SQLite has it).
const SQLITE_CACHE: &str = "-16384";

/// How much of SQLite's file a connection reads through a map of memory, in bytes. It is the system's cache, and counts as
/// resident memory, once for each of the connections.
const SQLITE_MAPPED: &str = "67108864";

/// The most prepared statements of a connection.
const STATEMENTS: usize = 500;

/// Opens the database at a URL, `sqlite://FILE` or `postgres://…`. A SQLite file that does not exist is created.
/// `statements` counts the statements that are sent.
pub async fn connect(url: &str, statements: Arc<AtomicU64>) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).acquire_timeout(Duration::from_secs(5));
    if url.starts_with("sqlite:") {
        // A connection is kept for as long as the process uses the database, so that others can tell.
        let forever = None::<Duration>;
        options.idle_timeout(forever).max_lifetime(forever);
        options
            .max_connections(4)
            .test_before_acquire(false)
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .pragma("journal_mode", "WAL")
                    .pragma("synchronous", "NORMAL")
                    .pragma("cache_size", SQLITE_CACHE)
                    .pragma("mmap_size", SQLITE_MAPPED)
                    .busy_timeout(Duration::from_secs(10))
                    .statement_cache_capacity(STATEMENTS)
                    .row_buffer_size(1000)
            })
            .map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|connection, _| Box::pin(is_out_of(connection))));
    } else {
        options
            .max_connections(8)
            // After a restart of PostgreSQL the connections are dead. A busy server finds out with its next statements.
            .test_before_acquire_if_idle_for(Duration::from_secs(1))
            // The statements are few and always the same. A plan for each set of values costs more than it saves.
            .map_sqlx_postgres_opts(|postgres| {
                // To compile a plan takes a fifth of a second, and PostgreSQL does it where it takes checks for dear.
                let settings = [("plan_cache_mode", "force_generic_plan"), ("jit", "off")];
                postgres.options(settings).statement_cache_capacity(STATEMENTS)
            });
    }
    let mut database = Database::connect(options).await?;
    database.set_metric_callback(move |_| {
        statements.fetch_add(1, Ordering::Relaxed);
    });
    Ok(database)
}

/// Whether a connection is in no transaction, once it has done what it was told. When the disk is full, SQLite rolls back
/// by itself, and the rollback that follows fails. The connection would count that transaction for ever, and its next
/// write would be a part of it and never be committed. The pool closes such a connection.
async fn is_out_of(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// The difference between the database's schema and this binary's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaState {
    /// There is none.
    Current,
    /// The database has none of the steps, which [`migrate`] takes.
    Absent,
    /// The database lacks steps, which [`migrate`] takes.
    Behind,
    /// The database has steps that this binary does not have.
    Ahead(Vec<String>),
}

/// Compares the database's schema with this binary's, in one statement and without a write.
pub async fn schema_state(database: &DatabaseConnection) -> Result<SchemaState, DbErr> {
    let steps: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let applied = match seaql_migrations::Entity::find().all(database).await {
        Ok(rows) => rows.into_iter().map(|row| row.version).collect::<Vec<_>>(),
        Err(error) if is_missing_table(&error) => Vec::new(),
        Err(error) => return Err(error),
    };
    let ahead: Vec<String> = applied.iter().filter(|step| !steps.contains(step)).cloned().collect();
    Ok(match ahead.is_empty() {
        false => SchemaState::Ahead(ahead),
        true if applied.is_empty() => SchemaState::Absent,
        true if steps.iter().all(|step| applied.contains(step)) => SchemaState::Current,
        true => SchemaState::Behind,
    })
}

fn is_missing_table(error: &DbErr) -> bool {
    let text = error.to_string();
    text.contains("no such table") || text.contains("does not exist")
}

/// Takes the steps that the database's schema lacks.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), DbErr> {
    Migrator::up(database, None).await
}

/// A transaction that reads the database as of one moment.
pub(crate) async fn snapshot(database: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let on_postgres = backend(database) == DbBackend::Postgres;
    let options = TransactionOptions {
        // SQLite has no such options: its transactions always see one moment.
        isolation_level: on_postgres.then_some(IsolationLevel::RepeatableRead),
        access_mode: on_postgres.then_some(AccessMode::ReadOnly),
        sqlite_transaction_mode: None,
    };
    database.begin_with_options(options).await
}

/// Makes a write that changes nothing, to find out whether the database takes writes.
pub(crate) async fn try_write(database: &DatabaseConnection) -> Result<(), DbErr> {
    let write =
        "UPDATE seaql_migrations SET version = version WHERE version = (SELECT MIN(version) FROM seaql_migrations)";
    database.execute_unprepared(write).await.map(|_| ())
}

/// Renews the statistics by which PostgreSQL plans. It would do so by itself a minute after a large write.
pub(crate) async fn renew_statistics(database: &impl ConnectionTrait) -> Result<(), DbErr> {
    if backend(database) == DbBackend::Postgres {
        database.execute_unprepared("ANALYZE").await?;
    }
    Ok(())
}

/// The aliases of a kind: SLUG, ID or NAME. Each kind has an index of its own, which neither database takes for a kind that
/// is bound: PostgreSQL reads the whole table, and SQLite prepares the statement again at each use.
pub(crate) fn is_alias(kind: &'static str) -> SimpleExpr {
    Expr::cust(format!("alias.kind = '{kind}'"))
}

/// `column` is one of the ids. The statement is the same however many there are, so it is prepared once.
pub(crate) fn among(backend: DbBackend, column: impl IntoSimpleExpr, ids: &[Uuid]) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => any(column, ids.iter().copied().map(Value::from)),
        _ => column.into_simple_expr().in_subquery(each_id(backend, ids)),
    }
}

/// A select of these ids as `value`.
pub(crate) fn each_id(backend: DbBackend, ids: &[Uuid]) -> SelectStatement {
    match backend {
        DbBackend::Postgres => unnest(ArrayType::Uuid, ids.iter().copied().map(Value::from)),
        _ => json_each(Expr::cust("unhex(value)"), ids.iter().map(|id| id.simple().to_string())),
    }
}

/// `column` is one of the texts.
pub(crate) fn among_texts(
    backend: DbBackend,
    column: impl IntoSimpleExpr,
    texts: impl IntoIterator<Item = String>,
) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => any(column, texts.into_iter().map(Value::from)),
        _ => column.into_simple_expr().in_subquery(json_each(Expr::cust("value"), texts)),
    }
}

/// `column` is one of the words.
pub(crate) fn among_words<E: ActiveEnum<Value = String>>(
    backend: DbBackend,
    column: impl IntoSimpleExpr,
    words: &[E],
) -> SimpleExpr {
    among_texts(backend, column, words.iter().map(ActiveEnum::to_value))
}

/// The row of a recording or a playlist has one of the providers and one of the ids at a provider. Both are compared,
/// because their index begins with the provider: by the id alone, PostgreSQL compares each row with each id.
pub(crate) fn among_videos(
    backend: DbBackend,
    providers: impl IntoIterator<Item = String>,
    ids: impl IntoIterator<Item = String>,
) -> SimpleExpr {
    let providers: BTreeSet<String> = providers.into_iter().collect();
    among_texts(backend, Expr::col(name("provider")), providers).and(among_texts(
        backend,
        Expr::col(name("external_id")),
        ids,
    ))
}

/// `column` is one of the numbers.
pub(crate) fn among_numbers(backend: DbBackend, column: impl IntoSimpleExpr, numbers: &[i32]) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => any(column, numbers.iter().copied().map(Value::from)),
        _ => {
            let list = serde_json::json!(numbers).to_string();
            column.into_simple_expr().in_subquery(json_each_in(Expr::cust("value"), list))
        }
    }
}

/// `column` is one of the values that a select finds. The values are found first, whatever a planner thinks of them.
pub(crate) fn among_found(backend: DbBackend, column: impl IntoSimpleExpr, select: SelectStatement) -> SimpleExpr {
    match backend {
        DbBackend::Postgres => {
            let select = SimpleExpr::SubQuery(None, Box::new(select.into()));
            column.into_simple_expr().eq(PgFunc::any(Func::cust("ARRAY").arg(select)))
        }
        _ => column.into_simple_expr().in_subquery(select),
    }
}

/// A select of these texts as `value`.
pub(crate) fn each_text(backend: DbBackend, texts: Vec<String>) -> SelectStatement {
    match backend {
        DbBackend::Postgres => unnest(ArrayType::String, texts.into_iter().map(Value::from)),
        _ => json_each(Expr::cust("value"), texts),
    }
}

/// A select of these numbers as `value`.
pub(crate) fn each_number(backend: DbBackend, numbers: &[i32]) -> SelectStatement {
    match backend {
        DbBackend::Postgres => unnest(ArrayType::Int, numbers.iter().copied().map(Value::from)),
        _ => json_each_in(Expr::cust("value"), serde_json::json!(numbers).to_string()),
    }
}

fn unnest(kind: ArrayType, values: impl Iterator<Item = Value>) -> SelectStatement {
    let array = Value::Array(kind, Some(Box::new(values.collect())));
    Query::select().expr_as(Func::cust("unnest").arg(Expr::val(array)), name("value")).to_owned()
}

/// The ids of the first rows of each value, from a select of values and one of the ids of the rows of `each.value`.
pub(crate) fn first_rows_of_each(
    backend: DbBackend,
    values: SelectStatement,
    table: &str,
    rows: SelectStatement,
) -> SelectStatement {
    let mut select = Query::select();
    select.expr(Expr::cust("page.id")).from_subquery(values, name("each"));
    match backend {
        DbBackend::Postgres => select.join_lateral(JoinType::InnerJoin, rows, name("page"), Expr::cust("TRUE")),
        // SQLite has no lateral joins, but finds rows by a list that it makes for each value.
        _ => {
            let among = Expr::cust("page.id").in_subquery(rows);
            select.join_as(JoinType::CrossJoin, name(table), name("page"), Expr::cust("TRUE")).and_where(among)
        }
    };
    select
}

fn any(column: impl IntoSimpleExpr, values: impl Iterator<Item = Value>) -> SimpleExpr {
    let values: Vec<Value> = values.collect();
    match values.first() {
        Some(first) => {
            let array = Value::Array(first.array_type(), Some(Box::new(values)));
            column.into_simple_expr().eq(PgFunc::any(Expr::val(array)))
        }
        None => Expr::val(false),
    }
}

fn json_each(select: SimpleExpr, texts: impl IntoIterator<Item = String>) -> SelectStatement {
    let list = serde_json::Value::from_iter(texts.into_iter().map(serde_json::Value::from)).to_string();
    json_each_in(select, list)
}

fn json_each_in(select: SimpleExpr, list: String) -> SelectStatement {
    Query::select().expr(select).from_function(Func::cust("json_each").arg(list), "each").to_owned()
}

/// `column`, which holds folded text, contains the text.
pub(crate) fn contains(column: impl IntoSimpleExpr, text: &str) -> SimpleExpr {
    let mut pattern = String::from("%");
    for c in fold(text).chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    column.into_simple_expr().like(LikeExpr::new(pattern).escape('!'))
}

/// The backend of a connection. A function of its own, because `ConnectionTrait` and `StreamTrait` both have a method
/// of that name.
pub(crate) fn backend(database: &impl ConnectionTrait) -> DbBackend {
    database.get_database_backend()
}

/// An alias in SQL.
pub(crate) fn name(name: &str) -> Alias {
    Alias::new(name)
}
