//! The log as it grows: server-sent events.

use std::{future::poll_fn, pin::Pin, sync::Arc, time::Duration};

use actix_web::{
    body::{BodyStream, BoxBody, MessageBody},
    http::{Method, header::HeaderMap},
    rt::time::{sleep, timeout},
};
use lectern_api::format::document::Document;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::support::{
    app::{self, App, Backend, archive, on_both},
    seed,
};

/// A client that reads events as they come.
struct Reader {
    body: BoxBody,
    read: Vec<u8>,
}

impl Reader {
    /// Asks for events; answers the headers too.
    async fn open(app: &App, query: &str, headers: &[(&str, &str)]) -> (Self, HeaderMap) {
        let client = awc::Client::builder().disable_timeout().finish();
        let mut request = client.get(format!("{}/api/v1/changes/stream{query}", app.base)).no_decompress();
        for header in headers.iter().chain(&[("Accept", "text/event-stream")]) {
            request = request.append_header(*header);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let headers = answer.headers().clone();
        (Self { body: BoxBody::new(BodyStream::new(answer)), read: Vec::new() }, headers)
    }

    /// What comes up to an end; none if the server ends first.
    async fn until(&mut self, end: &str) -> Option<String> {
        loop {
            if let Some(at) = self.read.windows(end.len()).position(|window| window == end.as_bytes()) {
                let rest = self.read.split_off(at + end.len());
                return Some(String::from_utf8(std::mem::replace(&mut self.read, rest)).unwrap());
            }
            let more = poll_fn(|context| Pin::new(&mut self.body).poll_next(context));
            self.read.extend(timeout(Duration::from_secs(10), more).await.expect("something comes")?.ok()?);
        }
    }

    /// The next changes.
    async fn changes(&mut self, count: usize) -> Vec<Value> {
        let mut changes = Vec::new();
        while changes.len() < count {
            let block = self.until("\n\n").await.expect("an event");
            let lines: Vec<(&str, &str)> = block.lines().filter_map(|line| line.split_once(": ")).collect();
            let of = |name: &str| lines.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            let Some(data) = of("data") else { continue };
            let change: Value = serde_json::from_str(data).unwrap();
            assert_eq!(
                (of("event"), of("id")),
                (Some("change"), Some(change["revision"].to_string().as_str())),
                "{block}"
            );
            changes.push(change);
        }
        changes
    }
}

/// The archive's revision.
pub async fn revision(app: &App) -> i64 {
    app.get("/api/v1/archive", &[]).await.json()["revision"].as_i64().unwrap()
}

/// The changes that `/changes` tells.
pub async fn log(app: &App, query: &str) -> Vec<Value> {
    app.get(&format!("/api/v1/changes?limit=500&{query}"), &[]).await.json()["changes"].as_array().unwrap().clone()
}

/// Writes as another process would.
pub async fn write(app: &App, document: &Document) {
    app::load(&app.database_url, document, Arc::new(|| "2026-11-22T08:00:00Z".parse().unwrap())).await;
}

/// The weekend with a talk of another name.
pub fn renamed(title: &str) -> Document {
    let mut document = seed::weekend();
    document.editions[0].talks[0].title = title.to_owned();
    document
}

fn revisions(changes: &[Value]) -> Vec<i64> {
    changes.iter().map(|change| change["revision"].as_i64().unwrap()).collect()
}

/// Waits until the server has asked its database nothing for a while.
async fn quiet(app: &App) {
    for _ in 0..20 {
        let before = app.statements();
        sleep(Duration::from_millis(700)).await;
        if app.statements() == before {
            return;
        }
    }
    panic!("it asks on and on");
}

on_both! {
    async fn a_write_of_another_process_is_told(app: archive(seed::weekend)) {
        let last = revision(&app).await;
        let (mut reader, headers) = Reader::open(&app, "", &[("Accept-Encoding", "gzip, br")]).await;
        let of = |name: &str| headers.get(name).map(|value| value.to_str().unwrap());
        assert_eq!((of("content-type"), of("cache-control")), (Some("text/event-stream"), Some("no-store")));
        assert_eq!((of("x-accel-buffering"), of("access-control-allow-origin"), of("content-encoding")), (Some("no"), Some("*"), None));
        assert_eq!(reader.until("\n\n").await.unwrap(), format!("retry: 2000\nid: {last}\n\n"));
        let mut other = Reader::open(&app, "", &[]).await.0;
        let mut told = last;
        for title in ["One", "Two\nlines", "Three"] {
            write(&app, &renamed(title)).await;
            let logged = log(&app, &format!("since={told}")).await;
            assert!(!logged.is_empty());
            assert_eq!(reader.changes(logged.len()).await, logged, "as /changes tells them, and each once");
            told = *revisions(&logged).last().unwrap();
        }
        assert_eq!(revisions(&other.changes((told - last) as usize).await), (last + 1..=told).collect::<Vec<_>>());
    }

    async fn who_comes_back_gets_the_rest(app: archive(seed::twenty)) {
        let all = log(&app, "since=0").await;
        assert!(all.len() > 120, "{}: more than a page", all.len());
        assert_eq!(Reader::open(&app, "?since=0", &[]).await.0.changes(all.len()).await, all);
        let mut rest = Reader::open(&app, "?since=0", &[("Last-Event-ID", "120")]).await.0;
        assert_eq!(rest.changes(all.len() - 120).await, all[120..]);
        let last = revision(&app).await;
        let mut document = seed::twenty();
        document.companies[0].name = "Another".to_owned();
        write(&app, &document).await;
        assert_eq!(revisions(&rest.changes(1).await), [last + 1], "it goes on with what comes");
    }

    async fn an_edition_is_followed_alone(app: archive(seed::weekend)) {
        let last = revision(&app).await;
        let mut present = Reader::open(&app, "?edition=conf-2025", &[]).await.0;
        let mut former = Reader::open(&app, &format!("?edition=conf-25&since={last}"), &[]).await.0;
        let mut nothing = Reader::open(&app, "?edition=nothing&since=0", &[]).await.0;
        let mut document = seed::weekend();
        document.speakers[1].name = "Robert".to_owned();
        write(&app, &document).await;
        document.editions[0].talks[0].title = "Hello".to_owned();
        write(&app, &document).await;
        let logged = log(&app, &format!("since={last}&edition=conf-2025")).await;
        assert!(logged.len() < log(&app, &format!("since={last}")).await.len());
        assert_eq!(present.changes(logged.len()).await, logged);
        assert_eq!(former.changes(logged.len()).await, logged, "by a former slug");
        assert!(timeout(Duration::from_millis(500), nothing.changes(1)).await.is_err(), "a slug of nothing");
    }

    async fn a_slow_reader_misses_nothing(app: archive(seed::fourteen_hundred)) {
        let last = revision(&app).await;
        let mut reader = Reader::open(&app, "?since=0", &[]).await.0;
        sleep(Duration::from_millis(500)).await;
        let mut document = seed::fourteen_hundred();
        document.companies[0].name = "Another".to_owned();
        write(&app, &document).await;
        let told = revisions(&reader.changes(last as usize + 1).await);
        assert_eq!(told, (1..=last + 1).collect::<Vec<_>>());
    }

    async fn what_can_t_be_is_refused(app: archive(seed::weekend)) {
        let next = (revision(&app).await + 1).to_string();
        let path = "/api/v1/changes/stream";
        for (query, header, parameter) in [
            ("?since=soon".to_owned(), None, "since"),
            ("?since=-1".to_owned(), None, "since"),
            (format!("?since={next}"), None, "since"),
            ("?since=0".to_owned(), Some("x"), "Last-Event-ID"),
            ("?since=0".to_owned(), Some(next.as_str()), "Last-Event-ID"),
            ("?until=7".to_owned(), None, "until"),
            ("?edition=a%00".to_owned(), None, "edition"),
            ("?edition=a&edition=b".to_owned(), None, "edition"),
        ] {
            let headers: Vec<_> = header.into_iter().map(|last| ("Last-Event-ID", last)).collect();
            let answer = app.get(&format!("{path}{query}"), &headers).await;
            let ahead = query.contains(&next) || header == Some(next.as_str());
            let status = if ahead { 409 } else { 400 };
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, "application/problem+json; charset=utf-8"), "{query}");
            assert_eq!(answer.json()["errors"][0]["parameter"], json!(parameter), "{query} {header:?}: {}", answer.body);
        }
        assert_eq!(app.get(path, &[("Accept", "application/json")]).await.status, 406);
        assert_eq!(app.send(Method::POST, path, &[], "").await.status, 405);
        let head = app.send(Method::HEAD, path, &[], "").await;
        assert_eq!((head.status.as_u16(), head.header("content-type"), head.body.as_str()), (200, "text/event-stream", ""));
    }

    async fn only_who_waits_on_sqlite_costs_statements(app: archive(seed::weekend)) {
        quiet(&app).await;
        let mut reader = Reader::open(&app, "", &[]).await.0;
        reader.until("\n\n").await.unwrap();
        let before = app.statements();
        match app.backend {
            Backend::Postgres => quiet(&app).await,
            Backend::Sqlite => {
                while app.statements() < before + 3 {
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(reader);
        quiet(&app).await;
    }

    async fn a_stream_ends_with_its_server(app: archive(seed::weekend)) {
        let mut reader = Reader::open(&app, "", &[]).await.0;
        reader.until("\n\n").await.unwrap();
        drop(app);
        assert_eq!(reader.until("\n\n").await, None);
    }
}

#[actix_web::test]
async fn a_lost_connection_loses_no_change() {
    let Some(app) = archive(seed::weekend).start(Backend::Postgres).await else { return };
    let last = revision(&app).await;
    let mut reader = Reader::open(&app, "", &[]).await.0;
    reader.until("\n\n").await.unwrap();
    let administrator = Database::connect(&app.database_url).await.unwrap();
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lectern follow' AND datname = current_database()";
    let mut told = last;
    for round in 0..3 {
        while administrator.execute_unprepared(kill).await.unwrap().rows_affected() == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        write(&app, &renamed(&format!("Title {round}"))).await;
        let logged = log(&app, &format!("since={told}")).await;
        assert_eq!(reader.changes(logged.len()).await, logged);
        told = *revisions(&logged).last().unwrap();
    }
}
