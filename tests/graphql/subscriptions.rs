//! Subscriptions: the log as it grows, and what is on as time goes by.

use std::time::Duration;

use actix_web::rt::{spawn, time::sleep};
use lectern_api::config::Limits;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use test_attributes::{needs_postgres, on_both_databases};

use crate::support::{
    app::{App, Backend, apply_at, archive},
    seed,
    websocket::{Received, Socket},
};

const CHANGES: &str = "subscription($since: Revision, $edition: String) {
    changes(since: $since, edition: $edition) {
        revision at operation kind nodeId mergedInto fields edition { slug }
    }
}";

const REVISIONS: &str = "subscription($since: Revision) { changes(since: $since) { revision } }";

const ON_NOW: &str = "subscription($edition: String!) { onNow(edition: $edition) { number } }";

/// The next changes that a subscription sends.
async fn next_changes(socket: &mut Socket, id: &str, count: usize) -> Vec<Value> {
    let mut changes = Vec::new();
    while changes.len() < count {
        changes.push(socket.next(id).await["changes"].clone());
    }
    changes
}

/// The changes that REST lists, with the fields of [`CHANGES`].
async fn logged_changes(app: &App, query: &str) -> Vec<Value> {
    let page = app.get(&format!("/api/v1/changes?limit=500&{query}"), &[]).await.json();
    assert_eq!(page["has_more"], false);
    let as_subscribed = |change: &Value| {
        let edition = match &change["edition"] {
            Value::Null => Value::Null,
            edition => json!({ "slug": edition["slug"] }),
        };
        json!({
            "revision": change["revision"], "at": change["at"], "operation": change["operation"],
            "kind": change["kind"], "nodeId": change["node_id"], "mergedInto": change["merged_into"],
            "fields": change["fields"], "edition": edition,
        })
    };
    page["changes"].as_array().unwrap().iter().map(as_subscribed).collect()
}

fn revisions(changes: &[Value]) -> Vec<i64> {
    changes.iter().map(|change| change["revision"].as_i64().unwrap()).collect()
}

/// Waits until the server has asked its database nothing for a while.
async fn wait_for_silence(app: &App) {
    for _ in 0..20 {
        let before = app.statements();
        sleep(Duration::from_millis(1500)).await;
        if app.statements() == before {
            return;
        }
    }
    panic!("it asks on and on");
}

#[on_both_databases]
#[actix_web::test]
async fn changes_come_without_gap_or_double_while_others_write(backend: Backend) {
    let app = archive(seed::twenty).start(backend).await;
    let before = logged_changes(&app, "since=0").await;
    assert!(before.len() > 120, "{}: more than a page", before.len());
    let mut socket = Socket::open(&app).await;
    socket.subscribe("all", CHANGES, json!({ "since": 0 })).await;

    let database = app.database_url.clone();
    let writer = spawn(async move {
        for round in 0..6 {
            let mut document = seed::twenty();
            document.companies[round].name = format!("Another {round}");
            apply_at(&database, &document, "2026-11-22T08:00:00Z").await;
        }
    });
    let meanwhile = next_changes(&mut socket, "all", 50).await;
    writer.await.unwrap();

    let all = logged_changes(&app, "since=0").await;
    assert!(all.len() >= before.len() + 6);
    let afterwards = next_changes(&mut socket, "all", all.len() - 50).await;
    assert_eq!([meanwhile, afterwards].concat(), all);
    assert!(socket.is_quiet().await);
}

#[on_both_databases]
#[actix_web::test]
async fn a_write_of_another_process_is_sent(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let mut socket = Socket::open(&app).await;
    let query = "subscription { change: changes { revision kind node { ... on Talk { title } } } }";
    socket.subscribe("a", query, json!({})).await;
    assert!(socket.is_quiet().await, "it begins with what comes");

    for title in ["One", "Two\nlines", "Three"] {
        let since = app.revision().await;
        app.apply(&seed::weekend_titled(title)).await;
        for expected in logged_changes(&app, &format!("since={since}")).await {
            let change = socket.next("a").await["change"].clone();
            assert_eq!((&change["revision"], &change["kind"]), (&expected["revision"], &expected["kind"]));
            if change["kind"] == "Talk" {
                assert_eq!(change["node"]["title"], title, "as it is now: nothing is left of the event before");
            }
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_client_that_comes_back_goes_on_from_the_last_change_seen(backend: Backend) {
    let app = archive(seed::twenty).start(backend).await;
    let all = logged_changes(&app, "since=0").await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", CHANGES, json!({ "since": 0 })).await;
    let seen = next_changes(&mut socket, "a", 17).await;
    drop(socket);

    let mut document = seed::twenty();
    document.companies[0].name = "Another".to_owned();
    app.apply(&document).await;

    let mut socket = Socket::open(&app).await;
    socket.subscribe("b", CHANGES, json!({ "since": seen[16]["revision"] })).await;
    let rest = next_changes(&mut socket, "b", all.len() - 17 + 1).await;
    assert_eq!([&seen, &rest[..rest.len() - 1]].concat(), all);
    assert_eq!(revisions(&rest).last(), Some(&app.revision().await));
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_is_followed_alone(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let since = app.revision().await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("by slug", CHANGES, json!({ "edition": "conf-2025" })).await;
    assert!(socket.is_quiet().await);

    let mut document = seed::weekend();
    document.speakers[1].name = "Robert".to_owned();
    app.apply(&document).await;
    document.editions[0].talks[0].title = "Hello".to_owned();
    app.apply(&document).await;

    let expected = logged_changes(&app, &format!("since={since}&edition=conf-2025")).await;
    assert!(!expected.is_empty() && expected.len() < logged_changes(&app, &format!("since={since}")).await.len());
    assert_eq!(next_changes(&mut socket, "by slug", expected.len()).await, expected);
    socket.send(json!({ "id": "by slug", "type": "complete" })).await;

    let variables = json!({ "edition": "conf-25", "since": since });
    socket.subscribe("by former slug", CHANGES, variables).await;
    assert_eq!(next_changes(&mut socket, "by former slug", expected.len()).await, expected);

    socket.subscribe("of nothing", CHANGES, json!({ "edition": "nothing", "since": 0 })).await;
    assert!(socket.is_quiet().await);
}

#[on_both_databases]
#[actix_web::test]
async fn an_impossible_subscription_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let next = app.revision().await + 1;
    let mut socket = Socket::open(&app).await;

    socket.subscribe("a", CHANGES, json!({ "since": next })).await;
    let rejection = socket.rejection("a").await;
    assert_eq!(rejection.0, "CONFLICT");
    let of_query = app.error(&format!("{{ changes(since: {next}) {{ hasMore }} }}")).await;
    assert_eq!(rejection, of_query, "the query is rejected with the same words");

    socket.subscribe("a", ON_NOW, json!({ "edition": "nothing" })).await;
    let (code, message) = socket.rejection("a").await;
    assert_eq!((code.as_str(), message.as_str()), ("NOT_FOUND", "there is no edition of the slug \"nothing\""));

    for query in [
        r#"subscription { changes { revision } onNow(edition: "conf-2025") { id } }"#,
        "subscription { a: changes { revision } b: changes { revision } }",
        r#"subscription {
            changes { revision } ...more
        }
        fragment more on Subscription {
            onNow(edition: "conf-2025") { id }
        }"#,
        "subscription { changes { revision } __typename }",
        "subscription { __typename }",
        "subscription { __schema { description } }",
        "subscription { changes @skip(if: false) { revision } }",
        "subscription { changes @include(if: true) { revision } }",
        r#"subscription($no: Boolean = false) {
            changes { revision }
            onNow(edition: "conf-2025") @include(if: $no) { id }
        }"#,
        "subscription { ... @include(if: true) { changes { revision } } }",
        "subscription { ...more @skip(if: false) } fragment more on Subscription { changes { revision } }",
    ] {
        socket.subscribe("a", query, json!({})).await;
        assert_eq!(socket.rejection("a").await.0, "BAD_USER_INPUT", "{query}");
    }
    assert!(socket.is_quiet().await);
}

#[on_both_databases]
#[actix_web::test]
async fn one_field_may_be_selected_in_parts(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let query = "query other {
        archive { talks }
    }
    subscription follow($since: Revision!) {
        changes(since: $since) { kind } ...more ... { changes(since: $since) { revision } }
    }
    fragment more on Subscription {
        changes(since: $since) { ...named }
    }
    fragment named on Change {
        operation
    }";
    let mut socket = Socket::open(&app).await;

    let payload = json!({ "query": query, "operationName": "follow", "variables": { "since": 0 } });
    socket.send(json!({ "id": "a", "type": "subscribe", "payload": payload })).await;

    let logged = logged_changes(&app, "since=0").await;
    let changes = next_changes(&mut socket, "a", logged.len()).await;
    for (change, logged) in changes.iter().zip(&logged) {
        let expected =
            json!({ "kind": logged["kind"], "operation": logged["operation"], "revision": logged["revision"] });
        assert_eq!(change.to_string(), expected.to_string(), "all parts in one, in the order of the document");
    }
    assert!(socket.is_quiet().await, "each comes once");
}

#[on_both_databases]
#[actix_web::test]
async fn a_client_ends_what_it_follows(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", REVISIONS, json!({})).await;
    socket.subscribe("b", REVISIONS, json!({})).await;

    socket.send(json!({ "id": "a", "type": "complete" })).await;
    socket.send(json!({ "id": "never", "type": "complete" })).await;
    assert!(socket.is_quiet().await);

    let since = app.revision().await;
    app.apply(&seed::weekend_titled("Hello")).await;
    let count = logged_changes(&app, &format!("since={since}")).await.len();
    assert_eq!(next_changes(&mut socket, "b", count).await[0]["revision"], since + 1);
    assert!(socket.is_quiet().await, "nothing of `a`");
}

#[on_both_databases]
#[actix_web::test]
async fn present_slots_are_sent_as_time_goes_by(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    app.set_now("2025-10-25T06:59:00Z");
    let mut socket = Socket::open(&app).await;
    socket.subscribe("now", ON_NOW, json!({ "edition": "conf-25" })).await;
    assert_eq!(socket.next("now").await, json!({ "onNow": [] }), "at once, by a former slug");

    let query = r#"{ edition(slug: "conf-2025") { onNow { number } } }"#;
    for (time, numbers) in [
        ("2025-10-25T07:00:00Z", Some(json!([{ "number": 1 }]))),
        ("2025-10-25T08:00:00Z", Some(json!([{ "number": 2 }]))),
        ("2025-10-25T08:30:00Z", Some(json!([{ "number": 3 }]))),
        ("2025-10-25T09:00:00Z", Some(json!([]))),
        // Two at once, whose order is the query's.
        ("2025-10-26T00:45:00Z", None),
    ] {
        app.set_now(time);
        let on_now = socket.next("now").await["onNow"].clone();
        assert_eq!(on_now, app.query(query).await["edition"]["onNow"], "{time}");
        if let Some(numbers) = numbers {
            assert_eq!(on_now, numbers, "{time}");
        }
    }

    app.set_now("2025-10-26T00:46:00Z");
    assert!(socket.is_quiet().await, "nothing began or ended");
}

#[on_both_databases]
#[actix_web::test]
async fn present_slots_are_sent_when_the_schedule_changes(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    app.set_now("2025-10-25T08:40:00Z");
    let mut socket = Socket::open(&app).await;
    let query = r#"subscription { onNow(edition: "conf-2025") { number talk { title } } }"#;
    socket.subscribe("now", query, json!({})).await;
    assert_eq!(socket.next("now").await["onNow"][0]["number"], 3);

    let mut document = seed::weekend();
    document.editions[0].talks[1].title = "Another".to_owned();
    app.apply(&document).await;
    assert_eq!(socket.next("now").await["onNow"], json!([{ "number": 3, "talk": { "title": "Another" } }]));

    document.speakers.push(serde_json::from_value(json!({ "slug": "eve", "name": "Eve" })).unwrap());
    app.apply(&document).await;
    assert!(socket.is_quiet().await, "what is not of this edition changes nothing");

    // The opening has no end of its own: without the slot after it, it ends when the next one begins.
    document.editions[0].slots.retain(|slot| slot.number != 3);
    app.apply(&document).await;
    assert_eq!(socket.next("now").await["onNow"], json!([{ "number": 2, "talk": { "title": "Opening" } }]));
}

#[on_both_databases]
#[actix_web::test]
async fn an_event_costs_few_statements(backend: Backend) {
    let app = archive(seed::twenty).start(backend).await;
    let mut socket = Socket::open(&app).await;
    let count = logged_changes(&app, "since=0").await.len();
    let pages = count.div_ceil(100) as u64;

    // SQLite's revision is read every 250 ms while somebody waits.
    let polls = 20;

    let before = app.statements();
    socket.subscribe("a", "subscription { changes(since: 0) { revision kind } }", json!({})).await;
    next_changes(&mut socket, "a", count).await;
    let statements = app.statements() - before;
    assert!(statements <= pages * 3 + polls, "{statements} for {pages} pages");
    socket.send(json!({ "id": "a", "type": "complete" })).await;

    let before = app.statements();
    socket.subscribe("b", "subscription { changes(since: 0) { edition { slug } } }", json!({})).await;
    next_changes(&mut socket, "b", count).await;
    let statements = app.statements() - before;
    assert!(statements <= count as u64 + pages * 3 + polls, "{statements} for {count} events");
}

#[on_both_databases]
#[actix_web::test]
async fn a_waiting_client_costs_nothing(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    app.set_now("2025-10-25T08:40:00Z");
    let mut socket = Socket::open(&app).await;
    wait_for_silence(&app).await;

    socket.subscribe("now", ON_NOW, json!({ "edition": "conf-2025" })).await;
    socket.subscribe("log", CHANGES, json!({})).await;
    socket.next("now").await;
    match backend {
        Backend::Postgres => wait_for_silence(&app).await,
        Backend::Sqlite => {
            let before = app.statements();
            sleep(Duration::from_secs(2)).await;
            let statements = app.statements() - before;
            assert!(statements <= 10, "only the log's end is asked for: {statements}");
        }
    }

    drop(socket);
    wait_for_silence(&app).await;
}

#[on_both_databases]
#[actix_web::test]
async fn two_servers_send_the_same(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let other = app.another().await;
    let since = app.revision().await;
    let mut sockets = [Socket::open(&app).await, Socket::open(&other).await];
    for socket in &mut sockets {
        socket.subscribe("a", CHANGES, json!({})).await;
        assert!(socket.is_quiet().await);
    }

    for title in ["One", "Two", "Three", "Four"] {
        app.apply(&seed::weekend_titled(title)).await;
    }

    let expected = logged_changes(&app, &format!("since={since}")).await;
    assert!(expected.len() >= 4);
    for socket in &mut sockets {
        assert_eq!(next_changes(socket, "a", expected.len()).await, expected);
        assert!(socket.is_quiet().await);
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_connection_ends_with_its_server(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", CHANGES, json!({})).await;
    assert!(socket.is_quiet().await);

    drop(app);

    // The subscription is not completed: a client that sees this connects again.
    let end = socket.receive().await;
    assert!(matches!(end, Received::Closed(1001, _) | Received::Gone), "{end:?}");
}

#[on_both_databases]
#[actix_web::test]
async fn a_client_that_reads_nothing_is_dropped_and_comes_back(backend: Backend) {
    let limits = Limits { patience: Duration::from_millis(400), ..Limits::default() };
    let app = archive(seed::fourteen_hundred).limits(limits).start(backend).await;
    let last = app.revision().await;
    let aliases: String = (0..90).map(|n| format!("a{n}: nodeId ")).collect();
    let query = format!("subscription($since: Revision) {{ changes(since: $since) {{ revision {aliases} }} }}");

    // The client reads nothing until all buffers are full, and then for longer than the server is patient.
    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", &query, json!({ "since": 0 })).await;
    wait_for_silence(&app).await;
    let mut seen = 0;
    let end = loop {
        match socket.receive().await {
            Received::Message(message) => {
                assert_eq!(message["payload"]["data"]["changes"]["revision"], seen + 1);
                seen += 1;
            }
            end => break end,
        }
    };
    assert!(matches!(end, Received::Closed(1013, _) | Received::Gone), "{end:?}");
    assert!(0 < seen && seen < last, "{seen} of {last}");

    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", REVISIONS, json!({ "since": seen })).await;
    let rest = next_changes(&mut socket, "a", (last - seen) as usize).await;
    assert_eq!(revisions(&rest), (seen + 1..=last).collect::<Vec<_>>());
}

/// Takes the database away for a while.
async fn interrupt(app: &App) {
    let (server, name) = app.database_url.rsplit_once('/').unwrap();
    let administrator = Database::connect(format!("{server}/postgres")).await.unwrap();
    let run = async |sql: String| administrator.execute_unprepared(&sql).await.unwrap();
    run(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    run(format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).await;
    sleep(Duration::from_millis(1500)).await;
    run(format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
}

#[needs_postgres]
#[actix_web::test]
async fn a_client_misses_nothing_while_the_database_is_away() {
    let app = archive(seed::weekend).start(Backend::Postgres).await;
    let since = app.revision().await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("log", CHANGES, json!({ "since": since })).await;
    socket.subscribe("now", ON_NOW, json!({ "edition": "conf-2025" })).await;
    socket.next("now").await;

    app.set_now("2025-10-25T08:40:00Z");
    interrupt(&app).await;

    assert_eq!(socket.next("now").await["onNow"][0]["number"], 3, "what began meanwhile is sent");
    socket.send(json!({ "id": "now", "type": "complete" })).await;
    app.apply(&seed::weekend_titled("Hello")).await;
    let expected = logged_changes(&app, &format!("since={since}")).await;
    assert_eq!(next_changes(&mut socket, "log", expected.len()).await, expected);
}

#[needs_postgres]
#[actix_web::test]
async fn events_wait_for_a_database_that_is_away() {
    let app = archive(|| seed::large(200)).start(Backend::Postgres).await;
    let last = app.revision().await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", "subscription { changes(since: 0) { revision node { id } } }", json!({})).await;

    let mut changes = next_changes(&mut socket, "a", 20).await;
    let before = app.statements();
    interrupt(&app).await;
    assert!(app.statements() - before < last as u64 / 2, "the database was away in the middle");
    changes.extend(next_changes(&mut socket, "a", last as usize - 20).await);

    assert_eq!(revisions(&changes), (1..=last).collect::<Vec<_>>());
    assert!(changes.iter().all(|change| change["node"]["id"].is_string()), "each with all that was asked for");
}
