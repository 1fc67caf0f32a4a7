//! A first import of many things. The database makes its indexes when all rows are there, and PostgreSQL fills other
//! tables in the place of the empty ones. Nobody notices: the schema is as a migration left it, readers go on, and
//! what depends on the tables still does.

use lectern_api::format::native::bundle;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, empty},
    seed,
};

/// The talks of an edition. With its slots, people and recordings they are so many that indexes are made late.
const TALKS: usize = 1_500;

async fn import(app: &App, options: &str) -> i64 {
    let token = app.token("write").await;
    let document = bundle::yaml(&seed::large(TALKS)).unwrap();
    let answer = app.import_with(&token, "application/yaml", document, options).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()["created"]["Talk"].as_i64().unwrap()
}

async fn texts(database: &impl ConnectionTrait, sql: &str) -> Vec<String> {
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The number by which PostgreSQL knows the table of talks. It is another one if the table was replaced.
const TABLE: &str = "SELECT 'talk'::regclass::oid::text";

/// The tables of a database with all that they have, in the order in which planners look at indexes.
async fn schema(database: &DatabaseConnection) -> Vec<String> {
    let statements = match database.get_database_backend() {
        DbBackend::Sqlite => {
            vec!["SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY 1"]
        }
        _ => vec![
            "SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' ORDER BY 1",
            "SELECT format('%s %s %s %s %s %s', table_name, ordinal_position, column_name, data_type, collation_name,
                is_nullable || column_default)
            FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
            "SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
            WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
            ORDER BY indrelid::regclass::text, indexrelid",
        ],
    };
    let mut all = Vec::new();
    for statement in statements {
        all.extend(texts(database, statement).await);
    }
    all
}

#[on_both_databases]
#[actix_web::test]
async fn the_schema_is_as_it_was_and_the_server_goes_on(backend: Backend) {
    let app = empty().start(backend).await;
    let database = Database::connect(&app.database_url).await.unwrap();
    let before = schema(&database).await;
    assert!(before.len() > 100, "{before:#?}");
    let on_postgres = backend == Backend::Postgres;
    let table = if on_postgres { texts(&database, TABLE).await } else { Vec::new() };
    let count = r#"{ talks(first: 1) { totalCount } speaker(slug: "speaker-7") { talks { totalCount } } }"#;
    assert_eq!(app.query(count).await["talks"]["totalCount"], 0);

    assert_eq!(import(&app, "&dry_run=true").await, TALKS as i64);
    assert_eq!(schema(&database).await, before, "after a dry run");
    assert_eq!(app.query(count).await["talks"]["totalCount"], 0);

    assert_eq!(import(&app, "").await, TALKS as i64);
    assert_eq!(schema(&database).await, before, "after the import");
    assert!(!on_postgres || texts(&database, TABLE).await != table, "the tables that were filled are in place");
    let expected = json!({
        "talks": { "totalCount": TALKS }, "speaker": { "talks": { "totalCount": 2 } },
    });
    assert_eq!(app.query(count).await, expected);
    app.audit().await;

    // Edits and their refusals, by statements that were prepared before and after.
    let editor = app.editor("write").await;
    let talk = app.talk_id("talk-7").await;
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "Changed" }}) {{ talk {{ id }} }}"#)).await;
    for wrong in [
        "INSERT INTO talk_tag SELECT talk_id, 9, name, name_key FROM talk_tag",
        "DELETE FROM room",
        "DELETE FROM conference",
        "UPDATE slot SET ends_at = starts_at",
    ] {
        assert!(database.execute_unprepared(wrong).await.is_err(), "{wrong}");
    }
    app.audit().await;
}

#[actix_web::test]
async fn what_depends_on_the_tables_still_does() {
    let app = empty().start(Backend::Postgres).await;
    let database = Database::connect(&app.database_url).await.unwrap();
    let depending = "GRANT SELECT (title) ON talk TO PUBLIC;
        CREATE VIEW titles AS SELECT title FROM talk;
        CREATE FUNCTION as_it_is() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := NEW.name || ''!''; RETURN NEW; END';
        CREATE TRIGGER renaming BEFORE INSERT ON room FOR EACH ROW EXECUTE FUNCTION as_it_is()";
    database.execute_unprepared(depending).await.unwrap();
    let (before, table) = (schema(&database).await, texts(&database, TABLE).await);
    assert_eq!(import(&app, "").await, TALKS as i64);
    assert_eq!((schema(&database).await, texts(&database, TABLE).await), (before, table));
    assert_eq!(texts(&database, "SELECT count(*)::text FROM titles").await, [TALKS.to_string()]);
    assert_eq!(texts(&database, "SELECT name FROM room ORDER BY slug LIMIT 1").await, ["Room 0!"]);
    let granted = "SELECT has_column_privilege('public', 'talk', 'title', 'SELECT')::text";
    assert_eq!(texts(&database, granted).await, ["true"]);
}

#[actix_web::test]
async fn whoever_reads_the_empty_tables_holds_nothing_up() {
    let app = empty().start(Backend::Postgres).await;
    let database = Database::connect(&app.database_url).await.unwrap();
    let (before, table) = (schema(&database).await, texts(&database, TABLE).await);
    let reader = database.begin().await.unwrap();
    assert_eq!(texts(&reader, "SELECT slug FROM talk").await, [""; 0]);
    assert_eq!(import(&app, "").await, TALKS as i64);
    assert_eq!(
        texts(&reader, "SELECT count(*)::text FROM talk").await,
        [TALKS.to_string()],
        "it reads what is committed"
    );
    reader.rollback().await.unwrap();
    assert_eq!((schema(&database).await, texts(&database, TABLE).await), (before, table));
    app.audit().await;
}
