//! Subscriptions: the log as it grows, and what is on as time goes by.

use std::{sync::Arc, time::Duration};

use actix_web::rt::{spawn, time::sleep};
use lectern_api::{config::Limits, format::document::Document};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::support::{
    app::{self, App, Backend, archive, on_both},
    seed,
    websocket::{Heard, Socket},
};

const CHANGES: &str = "subscription($since: Revision, $edition: String) { changes(since: $since, edition: $edition) \
    { revision at operation kind nodeId mergedInto fields edition { slug } } }";

const ON_NOW: &str = "subscription($edition: String!) { onNow(edition: $edition) { number } }";

/// The next changes.
async fn changes(socket: &mut Socket, id: &str, count: usize) -> Vec<Value> {
    let mut changes = Vec::new();
    while changes.len() < count {
        changes.push(socket.next(id).await["changes"].clone());
    }
    changes
}

/// The changes that `/changes` tells, as a subscription names them.
async fn log(app: &App, query: &str) -> Vec<Value> {
    let page = app.get(&format!("/api/v1/changes?limit=500&{query}"), &[]).await.json();
    assert_eq!(page["has_more"], false);
    let told = |change: &Value| {
        let edition = match &change["edition"] {
            Value::Null => Value::Null,
            edition => json!({ "slug": edition["slug"] }),
        };
        json!({
            "revision": change["revision"], "at": change["at"], "operation": change["operation"], "kind": change["kind"],
            "nodeId": change["node_id"], "mergedInto": change["merged_into"], "fields": change["fields"], "edition": edition,
        })
    };
    page["changes"].as_array().unwrap().iter().map(told).collect()
}

fn revisions(changes: &[Value]) -> Vec<i64> {
    changes.iter().map(|change| change["revision"].as_i64().unwrap()).collect()
}

async fn revision(app: &App) -> i64 {
    app.query("{ archive { revision } }").await["archive"]["revision"].as_i64().unwrap()
}

/// Writes as another process would.
async fn write(database: &str, document: &Document) {
    app::load(database, document, Arc::new(|| "2026-11-22T08:00:00Z".parse().unwrap())).await;
}

/// The weekend with a talk of another name.
fn renamed(title: &str) -> Document {
    let mut document = seed::weekend();
    document.editions[0].talks[0].title = title.to_owned();
    document
}

/// Waits until the server has asked its database nothing for a while.
async fn quiet(app: &App) {
    for _ in 0..20 {
        let before = app.statements();
        sleep(Duration::from_millis(1500)).await;
        if app.statements() == before {
            return;
        }
    }
    panic!("it asks on and on");
}

on_both! {
    async fn changes_come_without_gap_or_double_while_others_write(app: archive(seed::twenty)) {
        let before = log(&app, "since=0").await;
        assert!(before.len() > 120, "{}: more than a page", before.len());
        let mut socket = Socket::open(&app).await;
        socket.subscribe("all", CHANGES, json!({ "since": 0 })).await;
        let database = app.database_url.clone();
        let writer = spawn(async move {
            for round in 0..6 {
                let mut document = seed::twenty();
                document.companies[round].name = format!("Another {round}");
                write(&database, &document).await;
            }
        });
        let some = changes(&mut socket, "all", 50).await;
        writer.await.unwrap();
        let all = log(&app, "since=0").await;
        assert!(all.len() >= before.len() + 6);
        let rest = changes(&mut socket, "all", all.len() - 50).await;
        assert_eq!([some, rest].concat(), all);
        assert!(socket.is_quiet().await);
    }

    async fn a_write_of_another_process_is_told(app: archive(seed::weekend)) {
        let mut socket = Socket::open(&app).await;
        let titles = "subscription { told: changes { revision kind node { ... on Talk { title } } } }";
        socket.subscribe("a", titles, json!({})).await;
        assert!(socket.is_quiet().await, "it begins with what comes");
        for title in ["One", "Two\nlines", "Three"] {
            let since = revision(&app).await;
            write(&app.database_url, &renamed(title)).await;
            for expected in log(&app, &format!("since={since}")).await {
                let told = socket.next("a").await["told"].clone();
                assert_eq!((&told["revision"], &told["kind"]), (&expected["revision"], &expected["kind"]));
                if told["kind"] == "Talk" {
                    assert_eq!(told["node"]["title"], title, "as it is now: nothing is left of the event before");
                }
            }
        }
    }

    async fn who_comes_back_goes_on_from_the_last_one_seen(app: archive(seed::twenty)) {
        let all = log(&app, "since=0").await;
        let mut socket = Socket::open(&app).await;
        socket.subscribe("a", CHANGES, json!({ "since": 0 })).await;
        let seen = changes(&mut socket, "a", 17).await;
        drop(socket);
        let mut document = seed::twenty();
        document.companies[0].name = "Another".to_owned();
        write(&app.database_url, &document).await;
        let mut socket = Socket::open(&app).await;
        socket.subscribe("b", CHANGES, json!({ "since": seen[16]["revision"] })).await;
        let rest = changes(&mut socket, "b", all.len() - 17 + 1).await;
        assert_eq!([&seen, &rest[..rest.len() - 1]].concat(), all);
        assert_eq!(revisions(&rest).last(), Some(&revision(&app).await));
    }

    async fn an_edition_is_followed_alone(app: archive(seed::weekend)) {
        let since = revision(&app).await;
        let mut socket = Socket::open(&app).await;
        socket.subscribe("present", CHANGES, json!({ "edition": "conf-2025" })).await;
        assert!(socket.is_quiet().await);
        let mut document = seed::weekend();
        document.speakers[1].name = "Robert".to_owned();
        write(&app.database_url, &document).await;
        document.editions[0].talks[0].title = "Hello".to_owned();
        write(&app.database_url, &document).await;
        let logged = log(&app, &format!("since={since}&edition=conf-2025")).await;
        assert!(!logged.is_empty() && logged.len() < log(&app, &format!("since={since}")).await.len());
        assert_eq!(changes(&mut socket, "present", logged.len()).await, logged);
        socket.say(json!({ "id": "present", "type": "complete" })).await;
        socket.subscribe("former", CHANGES, json!({ "edition": "conf-25", "since": since })).await;
        assert_eq!(changes(&mut socket, "former", logged.len()).await, logged, "by a former slug");
        socket.subscribe("nothing", CHANGES, json!({ "edition": "nothing", "since": 0 })).await;
        assert!(socket.is_quiet().await, "a slug of nothing");
    }

    async fn what_can_t_be_followed_is_refused(app: archive(seed::weekend)) {
        let next = revision(&app).await + 1;
        let mut socket = Socket::open(&app).await;
        socket.subscribe("a", CHANGES, json!({ "since": next })).await;
        let (code, message) = socket.refused("a").await;
        assert_eq!(code, "CONFLICT");
        assert_eq!((code, message), app.error(&format!("{{ changes(since: {next}) {{ hasMore }} }}")).await, "as the query says it");
        socket.subscribe("a", ON_NOW, json!({ "edition": "nothing" })).await;
        let (code, message) = socket.refused("a").await;
        assert_eq!((code.as_str(), message.as_str()), ("NOT_FOUND", "there is no edition of the slug \"nothing\""));
        for query in [
            "subscription { changes { revision } onNow(edition: \"conf-2025\") { id } }",
            "subscription { a: changes { revision } b: changes { revision } }",
            "subscription { changes { revision } ...more } fragment more on Subscription { onNow(edition: \"conf-2025\") { id } }",
            "subscription { changes { revision } __typename }",
            "subscription { __typename }",
            "subscription { __schema { description } }",
            "subscription { changes @skip(if: false) { revision } }",
            "subscription { changes @include(if: true) { revision } }",
            "subscription($no: Boolean = false) { changes { revision } onNow(edition: \"conf-2025\") @include(if: $no) { id } }",
            "subscription { ... @include(if: true) { changes { revision } } }",
            "subscription { ...more @skip(if: false) } fragment more on Subscription { changes { revision } }",
        ] {
            socket.subscribe("a", query, json!({})).await;
            assert_eq!(socket.refused("a").await.0, "BAD_USER_INPUT", "{query}");
        }
        assert!(socket.is_quiet().await);
    }

    async fn one_field_may_be_selected_in_parts(app: archive(seed::weekend)) {
        let query = "query other { archive { talks } } \
            subscription follow($since: Revision!) { changes(since: $since) { kind } ...more ... { changes(since: $since) { revision } } } \
            fragment more on Subscription { changes(since: $since) { ...named } } fragment named on Change { operation }";
        let mut socket = Socket::open(&app).await;
        let payload = json!({ "query": query, "operationName": "follow", "variables": { "since": 0 } });
        socket.say(json!({ "id": "a", "type": "subscribe", "payload": payload })).await;
        let logged = log(&app, "since=0").await;
        let told = changes(&mut socket, "a", logged.len()).await;
        for (told, logged) in told.iter().zip(&logged) {
            let expected = json!({ "kind": logged["kind"], "operation": logged["operation"], "revision": logged["revision"] });
            assert_eq!(told.to_string(), expected.to_string(), "all parts in one, in the order of the document");
        }
        assert!(socket.is_quiet().await, "each once");
    }

    async fn a_client_ends_what_it_follows(app: archive(seed::weekend)) {
        let mut socket = Socket::open(&app).await;
        socket.subscribe("a", "subscription { changes { revision } }", json!({})).await;
        socket.subscribe("b", "subscription { changes { revision } }", json!({})).await;
        socket.say(json!({ "id": "a", "type": "complete" })).await;
        socket.say(json!({ "id": "never", "type": "complete" })).await;
        assert!(socket.is_quiet().await);
        let since = revision(&app).await;
        write(&app.database_url, &renamed("Hello")).await;
        let told = changes(&mut socket, "b", log(&app, &format!("since={since}")).await.len()).await;
        assert_eq!(told[0]["revision"], since + 1);
        assert!(socket.is_quiet().await, "nothing of `a`");
    }

    async fn what_is_on_is_told_as_time_goes_by(app: archive(seed::weekend)) {
        app.set_now("2025-10-25T06:59:00Z");
        let mut socket = Socket::open(&app).await;
        socket.subscribe("now", ON_NOW, json!({ "edition": "conf-25" })).await;
        assert_eq!(socket.next("now").await, json!({ "onNow": [] }), "at once, by a former slug");
        let query = "{ edition(slug: \"conf-2025\") { onNow { number } } }";
        for (time, numbers) in [
            ("2025-10-25T07:00:00Z", vec![1]),
            ("2025-10-25T08:00:00Z", vec![2]),
            ("2025-10-25T08:30:00Z", vec![3]),
            ("2025-10-25T09:00:00Z", vec![]),
            ("2025-10-26T00:45:00Z", vec![5, 6]),
        ] {
            app.set_now(time);
            let told = socket.next("now").await["onNow"].clone();
            assert_eq!(told, app.query(query).await["edition"]["onNow"], "{time}");
            if numbers != [5, 6] {
                assert_eq!(told, json!(numbers.iter().map(|number| json!({ "number": number })).collect::<Vec<_>>()), "{time}");
            }
        }
        app.set_now("2025-10-26T00:46:00Z");
        assert!(socket.is_quiet().await, "nothing began or ended");
    }

    async fn what_is_on_is_told_when_the_schedule_changes(app: archive(seed::weekend)) {
        app.set_now("2025-10-25T08:40:00Z");
        let mut socket = Socket::open(&app).await;
        let query = "subscription { onNow(edition: \"conf-2025\") { number talk { title } } }";
        socket.subscribe("now", query, json!({})).await;
        assert_eq!(socket.next("now").await["onNow"][0]["number"], 3);
        let mut document = seed::weekend();
        document.editions[0].talks[1].title = "Another".to_owned();
        write(&app.database_url, &document).await;
        assert_eq!(socket.next("now").await["onNow"], json!([{ "number": 3, "talk": { "title": "Another" } }]));
        document.speakers.push(serde_json::from_value(json!({ "slug": "eve", "name": "Eve" })).unwrap());
        write(&app.database_url, &document).await;
        assert!(socket.is_quiet().await, "what is not of this edition changes nothing");
        document.editions[0].slots.retain(|slot| slot.number != 3);
        write(&app.database_url, &document).await;
        let opening = json!([{ "number": 2, "talk": { "title": "Opening" } }]);
        assert_eq!(socket.next("now").await["onNow"], opening, "without the slot after it, it has no end before the next one");
    }

    async fn an_event_costs_few_statements(app: archive(seed::twenty)) {
        let mut socket = Socket::open(&app).await;
        let all = log(&app, "since=0").await.len();
        let before = app.statements();
        socket.subscribe("a", "subscription { changes(since: 0) { revision kind } }", json!({})).await;
        changes(&mut socket, "a", all).await;
        let pages = all.div_ceil(100) as u64;
        // SQLite's revision is read every 250 ms while somebody waits.
        let polls = 20;
        assert!(app.statements() - before <= pages * 3 + polls, "{} for {pages} pages", app.statements() - before);
        socket.say(json!({ "id": "a", "type": "complete" })).await;
        let before = app.statements();
        socket.subscribe("b", "subscription { changes(since: 0) { edition { slug } } }", json!({})).await;
        changes(&mut socket, "b", all).await;
        assert!(app.statements() - before <= all as u64 + pages * 3 + polls, "{} for {all} events", app.statements() - before);
    }

    async fn who_waits_costs_nothing(app: archive(seed::weekend)) {
        app.set_now("2025-10-25T08:40:00Z");
        let mut socket = Socket::open(&app).await;
        quiet(&app).await;
        socket.subscribe("now", ON_NOW, json!({ "edition": "conf-2025" })).await;
        socket.subscribe("log", CHANGES, json!({})).await;
        socket.next("now").await;
        match app.backend {
            Backend::Postgres => quiet(&app).await,
            Backend::Sqlite => {
                let before = app.statements();
                sleep(Duration::from_secs(2)).await;
                assert!(app.statements() - before <= 10, "the follower alone asks: {}", app.statements() - before);
            }
        }
        drop(socket);
        quiet(&app).await;
    }

    async fn two_servers_tell_the_same(app: archive(seed::weekend)) {
        let other = app.another().await;
        let since = revision(&app).await;
        let (mut one, mut two) = (Socket::open(&app).await, Socket::open(&other).await);
        for socket in [&mut one, &mut two] {
            socket.subscribe("a", CHANGES, json!({})).await;
            assert!(socket.is_quiet().await);
        }
        for title in ["One", "Two", "Three", "Four"] {
            write(&app.database_url, &renamed(title)).await;
        }
        let logged = log(&app, &format!("since={since}")).await;
        assert!(logged.len() >= 4);
        for socket in [&mut one, &mut two] {
            assert_eq!(changes(socket, "a", logged.len()).await, logged);
            assert!(socket.is_quiet().await);
        }
    }

    async fn a_connection_ends_with_its_server(app: archive(seed::weekend)) {
        let mut socket = Socket::open(&app).await;
        socket.subscribe("a", CHANGES, json!({})).await;
        assert!(socket.is_quiet().await);
        drop(app);
        let heard = socket.hear().await;
        assert!(matches!(heard, Heard::Closed(1001, _) | Heard::Gone), "it is not over for a client that comes back: {heard:?}");
    }

    async fn who_takes_nothing_is_dropped_and_comes_back(app: archive(seed::fourteen_hundred).limits(Limits { patience: Duration::from_millis(400), ..Limits::default() })) {
        let aliases: String = (0..90).map(|n| format!("a{n}: nodeId ")).collect();
        let query = format!("subscription($since: Revision) {{ changes(since: $since) {{ revision {aliases} }} }}");
        let last = revision(&app).await;
        let mut socket = Socket::open(&app).await;
        socket.subscribe("a", &query, json!({ "since": 0 })).await;
        // Until what is between takes no more, and then for longer than there is patience.
        quiet(&app).await;
        let mut seen = 0;
        let ended = loop {
            match socket.hear().await {
                Heard::Message(message) => {
                    assert_eq!(message["payload"]["data"]["changes"]["revision"], seen + 1);
                    seen += 1;
                }
                end => break end,
            }
        };
        assert!(matches!(ended, Heard::Closed(1013, _) | Heard::Gone), "{ended:?}");
        assert!(0 < seen && seen < last, "{seen} of {last}");
        let mut socket = Socket::open(&app).await;
        socket.subscribe("a", "subscription($since: Revision) { changes(since: $since) { revision } }", json!({ "since": seen })).await;
        let rest = changes(&mut socket, "a", (last - seen) as usize).await;
        assert_eq!(revisions(&rest), (seen + 1..=last).collect::<Vec<_>>());
    }
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

#[actix_web::test]
async fn who_waits_while_the_database_is_away_misses_nothing() {
    let Some(app) = archive(seed::weekend).start(Backend::Postgres).await else { return };
    let since = revision(&app).await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("log", CHANGES, json!({ "since": since })).await;
    socket.subscribe("now", ON_NOW, json!({ "edition": "conf-2025" })).await;
    socket.next("now").await;
    app.set_now("2025-10-25T08:40:00Z");
    interrupt(&app).await;
    assert_eq!(socket.next("now").await["onNow"][0]["number"], 3, "what began meanwhile is told");
    socket.say(json!({ "id": "now", "type": "complete" })).await;
    write(&app.database_url, &renamed("Hello")).await;
    let logged = log(&app, &format!("since={since}")).await;
    assert_eq!(changes(&mut socket, "log", logged.len()).await, logged);
}

#[actix_web::test]
async fn events_wait_for_a_database_that_is_away() {
    let Some(app) = archive(|| seed::large(200)).start(Backend::Postgres).await else { return };
    let last = revision(&app).await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", "subscription { changes(since: 0) { revision node { id } } }", json!({})).await;
    let mut told = changes(&mut socket, "a", 20).await;
    let before = app.statements();
    interrupt(&app).await;
    assert!(app.statements() - before < last as u64 / 2, "it was away in the middle");
    told.extend(changes(&mut socket, "a", last as usize - 20).await);
    assert_eq!(revisions(&told), (1..=last).collect::<Vec<_>>());
    assert!(told.iter().all(|change| change["node"]["id"].is_string()), "each with all that was asked for");
}
