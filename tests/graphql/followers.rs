//! Subscriptions that follow the same: they share what is read and executed for them, and each gets what is its own.

use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use futures_util::future::join_all;
use lectern_api::format::document::Document;
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, apply_at, archive},
    seed,
    websocket::Socket,
};

const TIME: &str = "2026-11-22T08:00:00Z";

const CHANGES: &str = "subscription($since: Revision, $edition: String) {
    changes(since: $since, edition: $edition) { revision kind title node { id } edition { slug } }
}";

const REVISIONS: &str = "subscription($since: Revision) { changes(since: $since) { revision } }";

const ON_NOW: &str = "subscription($edition: String!) { onNow(edition: $edition) { number title room { name } } }";

/// Two editions, with a title of a talk in each.
fn titled(titles: [&str; 2]) -> Document {
    let mut document = seed::two_editions();
    for (edition, title) in document.editions.iter_mut().zip(titles) {
        edition.talks[1].title = title.to_owned();
    }
    document
}

/// Clients, each with a connection of its own and a subscription.
async fn clients(app: &App, query: &str, variables: Value, count: usize) -> Vec<Socket> {
    join_all((0..count).map(|_| async {
        let mut socket = Socket::open(app).await;
        socket.subscribe("a", query, variables.clone()).await;
        // It is answered only when what came before it has begun.
        socket.subscribe("begun", "{ __typename }", json!({})).await;
        socket
    }))
    .await
}

/// The next events of all clients.
async fn events(sockets: &mut [Socket], count: usize) -> Vec<Vec<Value>> {
    join_all(sockets.iter_mut().map(|socket| next_events(socket, count))).await
}

async fn next_events(socket: &mut Socket, count: usize) -> Vec<Value> {
    let mut events = Vec::new();
    while events.len() < count {
        let message = socket.message().await;
        if message["id"] == "a" {
            assert_eq!((&message["type"], &message["payload"]["errors"]), (&json!("next"), &Value::Null), "{message}");
            events.push(message["payload"]["data"].clone());
        }
    }
    events
}

/// Waits until all subscriptions wait for what comes.
async fn settle() {
    sleep(Duration::from_millis(700)).await;
}

/// How many statements the events of a few writes take, and how often SQLite's revision was read meanwhile.
async fn cost(app: &App, sockets: &mut [Socket], round: &str, per_write: usize) -> (u64, u64) {
    let (begun, before) = (Instant::now(), app.statements());
    for write in 0..4 {
        let title = format!("{round} {write}");
        apply_at(&app.database_url, &titled([&title, &title]), TIME).await;
        let received = events(sockets, per_write).await;
        assert!(received.iter().all(|events| *events == received[0]), "{received:?}");
        let last = received[0].last().unwrap().to_string();
        assert!(last.contains(&title), "{title}: {last}");
    }
    let polls = if app.backend == Backend::Sqlite { begun.elapsed().as_millis() as u64 / 250 + 1 } else { 0 };
    (app.statements() - before, polls)
}

#[on_both_databases]
#[actix_web::test]
async fn fifty_cost_the_statements_of_one(backend: Backend) {
    let app = archive(seed::two_editions).start(backend).await;
    app.set_now("2025-10-25T08:40:00Z");
    for (query, variables, first, per_write) in [
        (CHANGES, json!({ "edition": "conf-2025" }), 0, None),
        (CHANGES, json!({}), 0, None),
        (ON_NOW, json!({ "edition": "conf-2025" }), 1, Some(1)),
    ] {
        let since = app.revision().await;
        app.apply(&titled(["At first", "At first"])).await;
        app.apply(&titled([&format!("{query} {variables}")[..50], "At first"])).await;
        let edition = variables["edition"].as_str().map(|slug| format!("&edition={slug}")).unwrap_or_default();
        let written = app.changes(&format!("since={since}{edition}")).await;
        assert!(!written.is_empty());
        // Each write changes the title of one talk in each edition.
        let per_write = per_write.unwrap_or(if edition.is_empty() { 2 } else { 1 });

        let variables = |since: i64| {
            let mut variables = variables.clone();
            // So no change is missed, however late a subscription begins.
            variables["since"] = if query == CHANGES { json!(since) } else { Value::Null };
            variables
        };
        let mut sockets = clients(&app, query, variables(app.revision().await), 1).await;
        events(&mut sockets, first).await;
        settle().await;
        let (one, polls_of_one) = cost(&app, &mut sockets, "one", per_write).await;
        let mut others = clients(&app, query, variables(app.revision().await), 49).await;
        events(&mut others, first).await;
        settle().await;
        sockets.append(&mut others);
        let (fifty, polls_of_fifty) = cost(&app, &mut sockets, "fifty", per_write).await;
        assert!(one >= 4 * 3, "{one}");
        // Alone, fifty would take fifty times as many. On a machine that is busy for seconds, late ones read again.
        assert!(
            fifty <= 15 * one + polls_of_one.max(polls_of_fifty),
            "{query}: {one} statements for one, {fifty} for fifty; {polls_of_one} and {polls_of_fifty} looks"
        );
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_slot_that_begins_costs_fifty_the_statements_of_one(backend: Backend) {
    let app = archive(seed::two_editions).start(backend).await;
    app.set_now("2025-10-25T06:59:00Z");
    let mut costs = Vec::new();
    let mut sockets = Vec::new();
    for (more, times) in [(1, ["07:00", "08:00"]), (49, ["08:30", "09:00"])] {
        let mut others = clients(&app, ON_NOW, json!({ "edition": "conf-2025" }), more).await;
        events(&mut others, 1).await;
        settle().await;
        sockets.append(&mut others);
        let (begun, before) = (Instant::now(), app.statements());
        for time in times {
            app.set_now(&format!("2025-10-25T{time}:00Z"));
            let received = events(&mut sockets, 1).await;
            assert!(received.iter().all(|events| *events == received[0]), "{received:?}");
        }
        let polls = if backend == Backend::Sqlite { begun.elapsed().as_millis() as u64 / 250 + 1 } else { 0 };
        costs.push((app.statements() - before, polls));
    }
    let [(one, polls_of_one), (fifty, polls_of_fifty)] = costs[..] else { unreachable!() };
    // A room is read only for a slot that has one.
    let allowed = polls_of_one.max(polls_of_fifty) + 2;
    assert!(fifty <= one + one / 2 + allowed, "{one} statements for one, {fifty} for fifty");
}

#[on_both_databases]
#[actix_web::test]
async fn each_gets_the_slots_of_its_edition(backend: Backend) {
    let app = archive(seed::two_editions).start(backend).await;
    app.set_now("2025-10-25T08:40:00Z");
    let mut editions = Vec::new();
    for (at, slug) in [(0, "conf-2025"), (0, "conf-25"), (1, "conf-other")] {
        let mut sockets = clients(&app, ON_NOW, json!({ "edition": slug }), 3).await;
        events(&mut sockets, 1).await;
        editions.push((at, sockets));
    }
    settle().await;

    // One write changes both.
    for titles in [["One", "Another"], ["Two", "Yet another"]] {
        app.apply(&titled(titles)).await;
        for (at, sockets) in &mut editions {
            for received in events(sockets, 1).await {
                assert_eq!(received[0]["onNow"][0]["title"], titles[*at]);
            }
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn each_gets_the_changes_and_fields_that_it_asks_for(backend: Backend) {
    let app = archive(seed::two_editions).start(backend).await;
    let since = app.revision().await;
    let with_kind = "subscription($with: Boolean!, $edition: String) {
        changes(edition: $edition) { revision kind @include(if: $with) }
    }";
    let mut followers = Vec::new();
    for (query, variables, edition) in [
        (REVISIONS, json!({}), ""),
        (CHANGES, json!({ "edition": "conf-2025" }), "&edition=conf-2025"),
        (CHANGES, json!({ "edition": "conf-other" }), "&edition=conf-other"),
        (with_kind, json!({ "with": true }), ""),
        (with_kind, json!({ "with": false }), ""),
        (with_kind, json!({ "with": false, "edition": "conf-other" }), "&edition=conf-other"),
    ] {
        followers.push((query, variables.clone(), edition, clients(&app, query, variables, 3).await));
    }
    settle().await;

    for titles in [["One", "Another"], ["Two", "Another"], ["Two", "Yet another"]] {
        app.apply(&titled(titles)).await;
    }

    for (query, variables, edition, mut sockets) in followers {
        let expected = app.changes(&format!("since={since}{edition}")).await;
        assert!(expected.len() >= 2, "{expected:?}");
        for received in events(&mut sockets, expected.len()).await {
            for (event, expected) in received.iter().zip(&expected) {
                let change = &event["changes"];
                assert_eq!(change["revision"], expected["revision"], "{query} {variables}");
                let has_kind = query == CHANGES || variables["with"] == true;
                assert_eq!(change["kind"], if has_kind { expected["kind"].clone() } else { Value::Null });
            }
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn one_that_is_behind_and_one_that_is_slow_get_all(backend: Backend) {
    let app = archive(seed::fourteen_hundred).start(backend).await;
    let first = app.revision().await;
    let aliases: String = (0..90).map(|n| format!("a{n}: nodeId ")).collect();
    let long = format!("subscription($since: Revision) {{ changes(since: $since) {{ revision {aliases} }} }}");
    let mut present = clients(&app, &long, json!({}), 5).await;
    // These take nothing for now. What is sent to them fills all buffers.
    let mut slow = clients(&app, &long, json!({ "since": first - 3000 }), 2).await;
    settle().await;

    let mut document = seed::fourteen_hundred();
    for round in 0..4 {
        document.companies[0].name = format!("Another {round}");
        apply_at(&app.database_url, &document, TIME).await;
        for received in events(&mut present, 1).await {
            assert_eq!(received[0]["changes"]["revision"], first + 1 + round);
        }
    }

    let last = first + 4;
    let mut behind = clients(&app, REVISIONS, json!({ "since": first - 500 }), 2).await;
    for (sockets, since) in [(&mut slow, first - 3000), (&mut behind, first - 500)] {
        for received in events(sockets, (last - since) as usize).await {
            let revisions: Vec<i64> =
                received.iter().map(|event| event["changes"]["revision"].as_i64().unwrap()).collect();
            assert_eq!(revisions, (since + 1..=last).collect::<Vec<_>>());
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn one_that_begins_after_a_write_is_answered_with_it(backend: Backend) {
    let app = archive(seed::two_editions).start(backend).await;
    app.set_now("2025-10-25T08:40:00Z");
    let since = app.revision().await;
    let mut kept = clients(&app, ON_NOW, json!({ "edition": "conf-2025" }), 3).await;
    kept.extend(clients(&app, CHANGES, json!({ "since": since }), 3).await);
    for title in ["One", "Two", "Three", "Four"] {
        app.apply(&titled([title, "Another"])).await;
        let mut on_now = clients(&app, ON_NOW, json!({ "edition": "conf-2025" }), 2).await;
        for received in events(&mut on_now, 1).await {
            assert_eq!(received[0]["onNow"][0]["title"], title, "not as it was answered to others before");
        }
        let mut changes = clients(&app, CHANGES, json!({ "since": since, "edition": "conf-2025" }), 2).await;
        for received in events(&mut changes, 1).await {
            assert_eq!(received[0]["changes"]["title"], title, "not as it was answered to others before");
        }
        kept.append(&mut on_now);
        kept.append(&mut changes);
    }
}
