//! Event streams that follow the same: they share what is read for them, and each gets what is its own.

use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use futures_util::future::join_all;
use serde_json::Value;
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, apply_at, archive},
    event_stream::EventStream,
    seed,
};

const TIME: &str = "2026-11-22T08:00:00Z";

/// Streams with a query, once each has begun.
async fn streams(app: &App, query: &str, count: usize) -> Vec<EventStream> {
    join_all((0..count).map(|_| async {
        let mut stream = EventStream::open(app, query, &[]).await;
        stream.block().await.expect("it begins");
        stream
    }))
    .await
}

/// The next changes of all streams.
async fn changes(streams: &mut [EventStream], count: usize) -> Vec<Vec<Value>> {
    join_all(streams.iter_mut().map(|stream| stream.changes(count))).await
}

fn revisions(changes: &[Value]) -> Vec<i64> {
    changes.iter().map(|change| change["revision"].as_i64().unwrap()).collect()
}

#[on_both_databases]
#[actix_web::test]
async fn fifty_cost_the_statements_of_one(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for query in ["", "?edition=conf-2025"] {
        let before = app.revision().await;
        app.apply(&seed::weekend_titled(&format!("At first {query}"))).await;
        let count = (app.revision().await - before) as usize;

        let mut followers = streams(&app, query, 1).await;
        let mut costs = Vec::new();
        for more in [0, 49] {
            followers.extend(streams(&app, query, more).await);
            let (begun, before) = (Instant::now(), app.statements());
            for round in 0..4 {
                let document = seed::weekend_titled(&format!("{query} {more} {round}"));
                apply_at(&app.database_url, &document, TIME).await;
                let received = changes(&mut followers, count).await;
                assert!(received.iter().all(|changes| *changes == received[0]));
            }
            // While somebody follows, SQLite's revision is read every 250 ms.
            let polls = if backend == Backend::Sqlite { begun.elapsed().as_millis() as u64 / 250 + 1 } else { 0 };
            costs.push((app.statements() - before, polls));
        }
        let [(one, polls_of_one), (fifty, polls_of_fifty)] = costs[..] else { unreachable!() };
        assert!(one >= 4 * 2, "{query}: {one}");
        // They are as many. On a machine that is busy for seconds, a late one reads again.
        assert!(
            fifty <= one + one / 2 + polls_of_one.max(polls_of_fifty),
            "{query:?}: {one} statements for one, {fifty} for fifty; {polls_of_one} and {polls_of_fifty} looks"
        );
    }
}

#[on_both_databases]
#[actix_web::test]
async fn each_gets_what_it_asks_for(backend: Backend) {
    let app = archive(seed::two_editions).start(backend).await;
    let since = app.revision().await;
    let queries = ["", "edition=conf-2025", "edition=conf-25", "edition=conf-other", "edition=nothing"];
    let mut followers = Vec::new();
    for query in queries {
        followers.push((query, streams(&app, &format!("?{query}"), 3).await));
    }

    let mut document = seed::two_editions();
    for round in 0..3 {
        document.speakers[1].name = format!("Robert {round}");
        document.editions[round % 2].talks[0].title = format!("Hello {round}");
        app.apply(&document).await;
    }

    for (query, mut streams) in followers {
        let mut expected = app.changes(&format!("since={since}&{query}")).await;
        // The title of a change is the present one when it is told.
        let told = |changes: &mut Vec<Value>| changes.iter_mut().for_each(|change| change["title"] = Value::Null);
        told(&mut expected);
        assert_eq!(expected.is_empty(), query.ends_with("nothing"), "{query}");
        for mut received in changes(&mut streams, expected.len()).await {
            told(&mut received);
            assert_eq!(received, expected, "{query}");
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn one_that_is_behind_and_one_that_is_slow_get_all(backend: Backend) {
    let app = archive(seed::fourteen_hundred).start(backend).await;
    let first = app.revision().await;
    let mut present = streams(&app, "", 5).await;
    // These take nothing for now. What is sent to them fills all buffers.
    let mut slow: Vec<EventStream> = Vec::new();
    for since in [0, 0, 300] {
        slow.push(EventStream::open(&app, &format!("?since={since}"), &[]).await);
    }

    let mut document = seed::fourteen_hundred();
    for round in 0..4 {
        document.companies[0].name = format!("Another {round}");
        apply_at(&app.database_url, &document, TIME).await;
        for received in changes(&mut present, 1).await {
            assert_eq!(revisions(&received), [first + 1 + round]);
        }
        sleep(Duration::from_millis(200)).await;
    }

    let mut behind = EventStream::open(&app, "", &[("Last-Event-ID", "120")]).await;
    let last = first + 4;
    assert_eq!(revisions(&behind.changes((last - 120) as usize).await), (121..=last).collect::<Vec<_>>());
    for (stream, since) in slow.iter_mut().zip([0, 0, 300]) {
        let received = stream.changes((last - since) as usize).await;
        assert_eq!(revisions(&received), (since + 1..=last).collect::<Vec<_>>());
    }
}
