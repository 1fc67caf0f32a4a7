//! The log as it grows: server-sent events.

use std::time::Duration;

use actix_web::{
    http::Method,
    rt::time::{sleep, timeout},
};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use test_attributes::{needs_postgres, on_both_databases};

use crate::support::{
    app::{App, Backend, archive},
    event_stream::EventStream,
    seed,
};

fn revisions(changes: &[Value]) -> Vec<i64> {
    changes.iter().map(|change| change["revision"].as_i64().unwrap()).collect()
}

/// Waits until the server has asked its database nothing for a while.
async fn wait_for_silence(app: &App) {
    for _ in 0..20 {
        let before = app.statements();
        sleep(Duration::from_millis(700)).await;
        if app.statements() == before {
            return;
        }
    }
    panic!("it asks on and on");
}

#[on_both_databases]
#[actix_web::test]
async fn a_write_of_another_process_is_sent(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let first = app.revision().await;

    let mut stream = EventStream::open(&app, "", &[("Accept-Encoding", "gzip, br")]).await;
    let header = |name: &str| stream.headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!((header("content-type"), header("cache-control")), (Some("text/event-stream"), Some("no-store")));
    assert_eq!((header("x-accel-buffering"), header("content-encoding")), (Some("no"), None));
    assert_eq!(header("access-control-allow-origin"), Some("*"));
    assert_eq!(stream.block().await.unwrap(), format!("retry: 2000\nid: {first}\n\n"));
    let mut other = EventStream::open(&app, "", &[]).await;

    let mut last = first;
    for title in ["One", "Two\nlines", "Three"] {
        app.apply(&seed::weekend_titled(title)).await;
        let expected = app.changes(&format!("since={last}")).await;
        assert!(!expected.is_empty());
        assert_eq!(stream.changes(expected.len()).await, expected, "as /changes has them, each once");
        last = *revisions(&expected).last().unwrap();
    }
    let changes = other.changes((last - first) as usize).await;
    assert_eq!(revisions(&changes), (first + 1..=last).collect::<Vec<_>>());
}

#[on_both_databases]
#[actix_web::test]
async fn a_client_that_comes_back_gets_the_rest(backend: Backend) {
    let app = archive(seed::twenty).start(backend).await;
    let all = app.changes("since=0").await;
    assert!(all.len() > 120, "{}: more than a page", all.len());
    assert_eq!(EventStream::open(&app, "?since=0", &[]).await.changes(all.len()).await, all);

    let mut rest = EventStream::open(&app, "?since=0", &[("Last-Event-ID", "120")]).await;
    assert_eq!(rest.changes(all.len() - 120).await, all[120..]);

    let last = app.revision().await;
    let mut document = seed::twenty();
    document.companies[0].name = "Another".to_owned();
    app.apply(&document).await;
    assert_eq!(revisions(&rest.changes(1).await), [last + 1], "it goes on with what comes");
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_is_followed_alone(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let since = app.revision().await;
    let mut by_slug = EventStream::open(&app, "?edition=conf-2025", &[]).await;
    let mut by_former_slug = EventStream::open(&app, &format!("?edition=conf-25&since={since}"), &[]).await;
    let mut of_nothing = EventStream::open(&app, "?edition=nothing&since=0", &[]).await;

    let mut document = seed::weekend();
    document.speakers[1].name = "Robert".to_owned();
    app.apply(&document).await;
    document.editions[0].talks[0].title = "Hello".to_owned();
    app.apply(&document).await;

    let expected = app.changes(&format!("since={since}&edition=conf-2025")).await;
    assert!(expected.len() < app.changes(&format!("since={since}")).await.len());
    assert_eq!(by_slug.changes(expected.len()).await, expected);
    assert_eq!(by_former_slug.changes(expected.len()).await, expected);
    assert!(timeout(Duration::from_millis(500), of_nothing.changes(1)).await.is_err());
}

#[on_both_databases]
#[actix_web::test]
async fn a_slow_reader_misses_nothing(backend: Backend) {
    let app = archive(seed::fourteen_hundred).start(backend).await;
    let last = app.revision().await;
    let mut stream = EventStream::open(&app, "?since=0", &[]).await;

    sleep(Duration::from_millis(500)).await;
    let mut document = seed::fourteen_hundred();
    document.companies[0].name = "Another".to_owned();
    app.apply(&document).await;

    let received = revisions(&stream.changes(last as usize + 1).await);
    assert_eq!(received, (1..=last + 1).collect::<Vec<_>>());
}

#[on_both_databases]
#[actix_web::test]
async fn an_impossible_request_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let path = "/api/v1/changes/stream";
    let problem = "application/problem+json; charset=utf-8";
    let next = (app.revision().await + 1).to_string();
    for (query, last_event_id, status, parameter) in [
        ("?since=soon", None, 400, "since"),
        ("?since=-1", None, 400, "since"),
        (&format!("?since={next}"), None, 409, "since"),
        ("?since=0", Some("x"), 400, "Last-Event-ID"),
        ("?since=0", Some(next.as_str()), 409, "Last-Event-ID"),
        ("?until=7", None, 400, "until"),
        ("?edition=a%00", None, 400, "edition"),
        ("?edition=a&edition=b", None, 400, "edition"),
    ] {
        let headers: Vec<_> = last_event_id.into_iter().map(|id| ("Last-Event-ID", id)).collect();
        let answer = app.get(&format!("{path}{query}"), &headers).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, problem), "{query}");
        let error = &answer.json()["errors"][0];
        assert_eq!(error["parameter"], json!(parameter), "{query} {last_event_id:?}: {}", answer.body);
    }

    assert_eq!(app.get(path, &[("Accept", "application/json")]).await.status, 406);
    assert_eq!(app.send(Method::POST, path, &[], "").await.status, 405);
    let head = app.send(Method::HEAD, path, &[], "").await;
    assert_eq!((head.status.as_u16(), head.header("content-type")), (200, "text/event-stream"));
    assert_eq!(head.body, "");
}

#[on_both_databases]
#[actix_web::test]
async fn only_a_waiting_client_on_sqlite_costs_statements(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    wait_for_silence(&app).await;

    let mut stream = EventStream::open(&app, "", &[]).await;
    stream.block().await.unwrap();
    let before = app.statements();
    match backend {
        Backend::Postgres => wait_for_silence(&app).await,
        Backend::Sqlite => {
            while app.statements() < before + 3 {
                sleep(Duration::from_millis(50)).await;
            }
        }
    }

    drop(stream);
    wait_for_silence(&app).await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_stream_ends_with_its_server(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let mut stream = EventStream::open(&app, "", &[]).await;
    stream.block().await.unwrap();
    drop(app);
    assert_eq!(stream.block().await, None);
}

#[needs_postgres]
#[actix_web::test]
async fn a_lost_connection_loses_no_change() {
    let app = archive(seed::weekend).start(Backend::Postgres).await;
    let mut stream = EventStream::open(&app, "", &[]).await;
    stream.block().await.unwrap();
    let administrator = Database::connect(&app.database_url).await.unwrap();
    let kill_connection = "
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'lectern follow' AND datname = current_database()";

    let mut last = app.revision().await;
    for round in 0..3 {
        while administrator.execute_unprepared(kill_connection).await.unwrap().rows_affected() == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        app.apply(&seed::weekend_titled(&format!("Title {round}"))).await;
        let expected = app.changes(&format!("since={last}")).await;
        assert_eq!(stream.changes(expected.len()).await, expected);
        last = *revisions(&expected).last().unwrap();
    }
}
