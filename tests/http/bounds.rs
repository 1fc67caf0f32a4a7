//! Every text has a bound, and a database that takes no writes is told as that.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lectern_api::{
    archive::{Archive, Clock},
    server,
};
use sea_orm::{ConnectionTrait, Database, TransactionTrait};
use serde_json::{Value, json};
use test_attributes::{needs_postgres, on_both_databases};

use crate::support::{
    app::{App, Backend, archive, empty},
    seed,
};

/// The code of the first error of a query, or of the first user error of a mutation.
async fn refusal(app: &App, token: &str, query: &str, text: &str) -> String {
    let answer = app.mutate(token, query, json!({ "t": text })).await;
    assert!(!answer.status.is_server_error(), "{query}\n{}", answer.body);
    let json = answer.json();
    let code = &json["errors"][0]["extensions"]["code"];
    let code = if code.is_null() { json["data"]["it"]["userErrors"][0]["code"].clone() } else { code.clone() };
    code.as_str().unwrap_or_else(|| panic!("no error: {query}\n{json:#}")).to_owned()
}

#[on_both_databases]
#[actix_web::test]
async fn every_text_that_is_looked_for_has_a_bound(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let token = app.token("write").await;
    let schema = app.query("{ __schema { types { name inputFields { name type { ...T } } } } } fragment T on __Type { name kind ofType { name kind ofType { name kind ofType { name } } } }").await;
    let mut tried = 0;
    for (root, filter) in [
        ("talks", "TalkFilter"),
        ("speakers", "SpeakerFilter"),
        ("companies", "CompanyFilter"),
        ("editions", "EditionFilter"),
        ("recordings", "RecordingFilter"),
    ] {
        let types = schema["__schema"]["types"].as_array().unwrap();
        let fields = types.iter().find(|ty| ty["name"] == filter).unwrap()["inputFields"].as_array().unwrap();
        for field in fields {
            let ty = field["type"].to_string();
            if !ty.contains("\"String\"") {
                continue;
            }
            let (name, is_list) = (field["name"].as_str().unwrap(), ty.contains("LIST"));
            let declared = if is_list { "[String!]" } else { "String" };
            let query = format!("query($t: {declared}) {{ {root}(filter: {{ {name}: $t }}) {{ totalCount }} }}");
            for (length, is_refused) in [(50_000, true), (501, true), (500, false)] {
                // A sign that LIKE would escape, and one that folds to eighteen.
                for text in ["%".repeat(length), "\u{FDFA}".repeat(length)] {
                    let value = if is_list { json!([text]) } else { json!(text) };
                    let answer = app.ask(&query, json!({ "t": value })).await;
                    let code = &answer["errors"][0]["extensions"]["code"];
                    let expected = if is_refused { json!("BAD_USER_INPUT") } else { Value::Null };
                    assert_eq!(code, &expected, "{query} {length}\n{answer:#}");
                    tried += 1;
                }
                let snake = name.chars().fold(String::new(), |mut snake, c| {
                    if c.is_ascii_uppercase() {
                        snake.push('_');
                    }
                    snake.push(c.to_ascii_lowercase());
                    snake
                });
                let path = format!("/api/v1/{root}?{snake}={}", "x".repeat(length));
                assert_eq!(app.get(&path, &[]).await.status == 400, is_refused, "{snake} {length}");
            }
        }
    }
    assert!(tried > 60, "{tried}");
    let long = "x".repeat(50_000);
    for query in [
        "query($t: String!) { it: edition(slug: $t) { id } }",
        "query($t: String!) { it: talk(edition: $t, slug: $t) { id } }",
        "query($t: String!) { it: recording(provider: YOUTUBE, externalId: $t) { id } }",
        "query($t: String!) { it: changes(since: 0, edition: $t) { hasMore } }",
        "query($t: String!) { it: talks(after: $t) { totalCount } }",
        "query($t: Language!) { it: talks(filter: { language: [$t] }) { totalCount } }",
        "mutation($t: String!) { it: moveSlots(edition: $t, byMinutes: 1) { userErrors { code } } }",
        "mutation($t: String!) { it: createSpeaker(input: { name: $t }) { userErrors { code } } }",
        "mutation($t: URL!) { it: createSpeaker(input: { name: \"x\", avatarUrl: $t }) { userErrors { code } } }",
    ] {
        let code = refusal(&app, &token, query, &long).await;
        assert!(code == "BAD_USER_INPUT" || code == "INVALID", "{query} {code}");
    }
    for path in ["cursor", "title_contains", "edition"] {
        assert_eq!(app.get(&format!("/api/v1/talks?{path}={long}"), &[]).await.status, 400, "{path}");
    }
    for path in [
        "/api/v1/changes?since=0&edition=",
        "/editions/conf-2025/schedule.ics?room=",
        "/feeds/recordings.atom?speaker=",
    ] {
        assert_eq!(app.get(&format!("{path}{long}"), &[]).await.status, 400, "{path}");
    }
    for path in ["speakers", "talks", "editions"] {
        assert_eq!(app.get(&format!("/api/v1/{path}/{long}"), &[]).await.status, 404, "{path}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn one_line_has_no_line_break_of_any_kind(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("twice").await;
    for break_ in ["\\n", "\\r", "\\u000b", "\\u000c", "\\u0085", "\\u2028", "\\u2029"] {
        let create = format!(
            r#"createSpeaker(input: {{ name: "A{break_}B", aliases: ["C{break_}D"] }}) {{ speaker {{ id }} }}"#
        );
        assert_eq!(
            editor.rejection_codes(&create).await,
            ["INVALID input.name", "INVALID input.aliases.0"],
            "{break_}"
        );
        let update = format!(r#"updateTalk(id: "{talk}", input: {{ title: "A{break_}B" }}) {{ talk {{ id }} }}"#);
        assert_eq!(editor.rejection_codes(&update).await, ["INVALID input.title"], "{break_}");
    }
    let update = format!(r#"updateTalk(id: "{talk}", input: {{ abstract: "A\u2028B\nC" }}) {{ talk {{ abstract }} }}"#);
    assert_eq!(editor.edit(&update).await["talk"]["abstract"], "A\u{2028}B\nC");
    let long =
        format!(r#"updateTalk(id: "{talk}", input: {{ abstract: "{}" }}) {{ talk {{ id }} }}"#, "x".repeat(100_001));
    assert_eq!(editor.error_code(&long).await, "BAD_USER_INPUT");
}

#[on_both_databases]
#[actix_web::test]
async fn introspection_has_a_weight(backend: Backend) {
    let app = empty().start(backend).await;
    let many = |field: &str| {
        let aliases: String = (0..99).map(|n| format!("a{n}: {field} ")).collect();
        format!("{{ {aliases} }}")
    };
    for query in [
        many("__schema { types { name description } }"),
        many("__schema { queryType { fields { name } } types { name } }"),
        many(r#"__type(name: "Mutation") { fields { name description args { name description } } }"#),
        format!("{{ __schema {} }}", many("types { name description }")),
        format!("{{ __schema {{ {} }} }} fragment F on __Schema {{ types {{ name }} }}", "...F ".repeat(99)),
    ] {
        let answer = app.ask(&query, json!({})).await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(error["code"], "LIMIT_EXCEEDED", "{}", &query[..100]);
    }
    for query in [
        include_str!("../support/introspection.graphql"),
        r#"{ a: __type(name: "Talk") { fields { name } } b: __type(name: "Edition") { fields { name } } }"#,
    ] {
        assert!(app.ask(query, json!({})).await.get("errors").is_none(), "{query}");
    }
}

/// SQLite rolls back by itself when its disk is full, and the rollback of the pool's transaction fails then. What is
/// written afterwards must be written.
#[actix_web::test]
async fn what_is_written_after_a_full_disk_is_kept() {
    let file = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", file.path().join("full.db").display());
    let clock: Clock = Arc::new(DateTime::<Utc>::default);
    let database = server::open_or_create(&url, Arc::default(), &clock).await.unwrap();
    let archive = Archive::new(database.clone(), clock.clone());
    archive.ensure().await.unwrap();
    let other = server::open_or_create(&url, Arc::default(), &clock).await.unwrap();
    // Each of the four connections of the pool loses a transaction.
    let mut transactions = Vec::new();
    for _ in 0..4 {
        transactions.push(database.begin().await.unwrap());
    }
    for transaction in transactions {
        transaction.execute_unprepared("ROLLBACK").await.unwrap();
        transaction.rollback().await.unwrap_err();
    }
    for talks in 100..108 {
        let report = archive.apply(&seed::large(talks), false).await.unwrap();
        let stored = Archive::new(other.clone(), clock.clone()).revision().await.unwrap();
        assert_eq!(report.revision, Some(stored), "{talks}");
    }
}

/// A trigger fails as the server would when its disk is full.
#[needs_postgres]
#[actix_web::test]
async fn a_full_disk_is_told_as_that() {
    let app = archive(seed::weekend).start(Backend::Postgres).await;
    let editor = app.editor("write").await;
    let database = Database::connect(&app.database_url).await.unwrap();
    database
        .execute_unprepared(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
             CREATE TRIGGER full_disk BEFORE UPDATE ON archive_state EXECUTE FUNCTION full_disk();
             CREATE TRIGGER full_disk BEFORE UPDATE ON seaql_migrations EXECUTE FUNCTION full_disk();",
        )
        .await
        .unwrap();
    let create = r#"createSpeaker(input: { name: "Eve" }) { speaker { id } userErrors { code } }"#;
    let answer = editor.send(&format!("mutation {{ {create} }}")).await.json();
    let words = "the disk of the archive's database is full, so nothing was written: free some space";
    assert_eq!(answer["errors"][0]["message"], words, "{answer:#}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
    let document = app.get("/editions/conf-2025/archive.yaml", &[]).await.body.replace("Opening", "Welcome");
    let import = app.import_with(&editor.token, "application/yaml", document, "&force=true").await;
    assert_eq!((import.status.as_u16(), &import.json()["detail"]), (507, &json!(words)));
    let ready = app.get("/readyz", &[]).await;
    assert_eq!((ready.status.as_u16(), ready.body), (503, format!("writes fail: {words}\n")));
    assert_eq!(app.get("/api/v1/talks", &[]).await.status, 200, "reads go on");
    for table in ["archive_state", "seaql_migrations"] {
        database.execute_unprepared(&format!("DROP TRIGGER full_disk ON {table}")).await.unwrap();
    }
    database.close().await.unwrap();
    assert_eq!(app.get("/readyz", &[]).await.body, "ready\n");
    editor.edit(r#"createSpeaker(input: { name: "Eve" }) { speaker { id } }"#).await;
}

#[needs_postgres]
#[actix_web::test]
async fn a_read_only_database_is_told_as_that() {
    let app = archive(seed::weekend).start(Backend::Postgres).await;
    let editor = app.editor("write").await;
    let (server, name) = app.database_url.rsplit_once('/').unwrap();
    let administrator = Database::connect(format!("{server}/postgres")).await.unwrap();
    let set = async |mode: &str| {
        for sql in [
            format!("ALTER DATABASE {name} SET default_transaction_read_only = {mode}"),
            format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
        ] {
            administrator.execute_unprepared(&sql).await.unwrap();
        }
        // The pool finds out which of its connections are gone.
        for _ in 0..20 {
            app.get("/readyz", &[]).await;
        }
    };
    set("on").await;
    let create = r#"createSpeaker(input: { name: "Eve" }) { speaker { id } }"#;
    let answer = editor.send(&format!("mutation {{ {create} }}")).await.json();
    let words = "the archive's database is read-only, so nothing was written";
    assert_eq!(answer["errors"][0]["message"], words, "{answer:#}");
    let ready = app.get("/readyz", &[]).await;
    assert_eq!((ready.status.as_u16(), ready.body), (503, format!("writes fail: {words}\n")));
    set("off").await;
    assert_eq!(app.get("/readyz", &[]).await.body, "ready\n");
    editor.edit(create).await;
}
