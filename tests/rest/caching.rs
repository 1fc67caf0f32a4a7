//! Conditional requests, content codings, and what depends on the clock.

use std::{collections::HashMap, io::Read};

use actix_web::http::Method;
use lectern_api::format::document::Document;
use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, apply_at, archive, promcon},
    seed,
};

/// The status of a conditional request.
async fn status(app: &App, path: &str, header: &str, value: &str) -> u16 {
    let answer = app.get(path, &[(header, value)]).await;
    if answer.status == 304 {
        assert!(answer.body.is_empty() && answer.header("etag").starts_with('"'), "{path}");
        assert!(!answer.header("cache-control").is_empty() && !answer.header("vary").is_empty(), "{path}");
    }
    answer.status.as_u16()
}

/// The entity tag of a path.
async fn tag(app: &App, path: &str) -> String {
    let answer = app.get(path, &[]).await;
    assert_eq!(answer.status, 200, "{path}");
    answer.header("etag").to_owned()
}

fn max_age(cache_control: &str) -> i64 {
    cache_control.split("max-age=").nth(1).unwrap().split(',').next().unwrap().parse().unwrap()
}

const GRAPHQL: &str = "/graphql?query=%7Btalks(first:3)%7Bnodes%7Btitle%7D%7D%7D";

const PATHS: [&str; 17] = [
    "/api/v1/talks",
    "/api/v1/talks.csv",
    "/api/v1/talks.ndjson",
    "/api/v1/editions/conf-2025",
    "/api/v1/editions/conf-2025/schedule",
    "/api/v1/editions/conf-2025/talks/twice",
    "/api/v1/speakers/ada",
    "/api/v1/archive",
    "/editions/conf-2025/schedule.ics",
    "/editions/conf-2025/schedule.xml",
    "/editions/conf-2025/schedule.json",
    "/editions/conf-2025/archive.yaml",
    "/feeds/recordings.atom",
    "/editions/conf-2025/feed.atom",
    "/api/v1/changes?since=0",
    "/api/v1/editions/conf-2025/changes?since=0",
    GRAPHQL,
];

/// The weekend with a talk moved.
fn moved() -> Document {
    let mut document = seed::weekend();
    document.editions[0].slots[1].starts_at = "2025-10-25T09:45".parse().unwrap();
    document
}

/// The weekend, and another edition a year later.
fn two_editions() -> Document {
    let mut document = seed::weekend();
    let mut other = document.editions[0].clone();
    other.slug = "conf-2026".parse().unwrap();
    other.identity = Default::default();
    (other.slots, other.talks, other.recordings, other.playlists, other.sponsor_tiers) = Default::default();
    other.year = 2026;
    document.editions.push(other);
    document
}

#[on_both_databases]
#[actix_web::test]
async fn a_client_that_has_the_answer_is_not_sent_it_again(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    app.set_now("2026-11-21T12:01:00Z");
    for path in PATHS.into_iter().chain(["/schema.graphql", "/api/openapi.json", "/graphql/assets/start.js"]) {
        let first = app.get(path, &[]).await;
        let tag = first.header("etag");
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: a strong tag: {tag}");
        let again = app.get(path, &[]).await;
        assert_eq!(
            (again.header("etag"), &again.body),
            (tag, &first.body),
            "{path}: the same revision gives the same bytes"
        );
        for known in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", W/\"y,z\" , {tag}"), "*".to_owned()] {
            assert_eq!(status(&app, path, "If-None-Match", &known).await, 304, "{path} {known}");
        }
        for unknown in ["\"x\"", "W/\"x\"", &tag.replace('"', "")] {
            assert_eq!(status(&app, path, "If-None-Match", unknown).await, 200, "{path} {unknown}");
        }
        let modified = first.header("last-modified");
        assert_eq!(status(&app, path, "If-Modified-Since", modified).await, 304, "{path}");
        assert_eq!(status(&app, path, "If-Modified-Since", "Mon, 01 Jan 2024 00:00:00 GMT").await, 200, "{path}");
        let both = [("If-None-Match", "\"x\""), ("If-Modified-Since", modified)];
        assert_eq!(app.get(path, &both).await.status, 200, "{path}: the tag counts, and not the time");
        assert_eq!(first.header("vary"), "Accept, Accept-Encoding", "{path}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn each_coding_has_its_tag(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for path in PATHS {
        let plain = app.get(path, &[]).await;
        let mut tags = vec![plain.header("etag").to_owned()];
        for coding in ["gzip", "br", "zstd"] {
            let coded = app.get(path, &[("Accept-Encoding", coding)]).await;
            assert_eq!(coded.header("content-encoding"), coding, "{path}");
            let conditional = [("Accept-Encoding", coding), ("If-None-Match", coded.header("etag"))];
            assert_eq!(app.get(path, &conditional).await.status, 304, "{path} {coding}");
            tags.push(coded.header("etag").to_owned());
            if coding == "gzip" {
                let mut text = String::new();
                flate2::read::GzDecoder::new(coded.bytes.as_slice()).read_to_string(&mut text).unwrap();
                assert_eq!(text, plain.body, "{path}");
            }
        }
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), 4, "{path}: different bytes, different tags");
        for (accepted, coding) in
            [("gzip;q=0, identity", ""), ("br;q=0.1, gzip", "gzip"), ("deflate", ""), ("identity", "")]
        {
            assert_eq!(
                app.get(path, &[("Accept-Encoding", accepted)]).await.header("content-encoding"),
                coding,
                "{path} {accepted}"
            );
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_head_is_a_get_without_its_body(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for path in PATHS {
        let get = app.get(path, &[]).await;
        let head = app.send(Method::HEAD, path, &[], "").await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        for name in ["etag", "last-modified", "content-type", "cache-control", "vary"] {
            assert_eq!(head.header(name), get.header(name), "{path} {name}");
        }
        let tag = [("If-None-Match", get.header("etag"))];
        assert_eq!(app.send(Method::HEAD, path, &tag, "").await.status, 304, "{path}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_write_changes_what_it_touches(backend: Backend) {
    let app = archive(two_editions).start(backend).await;
    let other =
        ["/api/v1/editions/conf-2026", "/api/v1/editions/conf-2026/schedule", "/editions/conf-2026/schedule.ics"];
    let mut before = Vec::new();
    for path in PATHS.iter().chain(&other) {
        before.push(tag(&app, path).await);
    }
    app.set_now("2026-11-21T12:30:00Z");
    app.apply_at(&moved(), "2026-11-21T12:29:00Z").await;
    for (path, old) in PATHS.iter().zip(&before) {
        let now = app.get(path, &[("If-None-Match", old)]).await;
        assert_eq!(now.status, 200, "{path}");
        assert_ne!(now.header("etag"), old, "{path}");
        assert_eq!(now.header("last-modified"), "Sat, 21 Nov 2026 12:29:00 GMT", "{path}");
    }
    for (path, old) in other.iter().zip(&before[PATHS.len()..]) {
        assert_eq!(tag(&app, path).await, *old, "{path}: another edition, and nothing in it changed");
        assert_eq!(status(&app, path, "If-None-Match", old).await, 304, "{path}");
    }

    // An import of the same document changes nothing.
    let now = tag(&app, "/api/v1/talks").await;
    app.apply_at(&moved(), "2026-11-21T12:29:30Z").await;
    assert_eq!(tag(&app, "/api/v1/talks").await, now);
}

#[on_both_databases]
#[actix_web::test]
async fn two_writes_in_one_second_are_distinguished(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    app.set_now("2026-11-21T12:00:10.300Z");
    app.apply_at(&moved(), "2026-11-21T12:00:10.200Z").await;
    let path = "/api/v1/talks";
    let between = app.get(path, &[]).await;
    app.apply_at(&seed::weekend(), "2026-11-21T12:00:10.700Z").await;
    app.set_now("2026-11-21T12:00:20Z");
    assert_eq!(status(&app, path, "If-Modified-Since", between.header("last-modified")).await, 200);
    assert_eq!(status(&app, path, "If-None-Match", between.header("etag")).await, 200);
}

#[on_both_databases]
#[actix_web::test]
async fn a_tag_never_stands_for_two_answers(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let database = app.database_url.clone();
    let writing = actix_web::rt::spawn(async move {
        for round in 0..12 {
            let document = if round % 2 == 0 { moved() } else { seed::weekend() };
            apply_at(&database, &document, "2026-11-21T11:59:00Z").await;
        }
    });
    let mut bodies: HashMap<String, String> = HashMap::new();

    // One more round after the last write, which is then in every answer.
    let mut is_last = false;
    while !is_last {
        is_last = writing.is_finished();
        for path in
            ["/api/v1/talks?include=slots", "/api/v1/editions/conf-2025/schedule", "/editions/conf-2025/schedule.ics"]
        {
            let answer = app.get(path, &[]).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(!is_last || !answer.header("etag").is_empty(), "{path}: no write is going on any more");
            if !answer.header("etag").is_empty() {
                let key = format!("{path} {}", answer.header("etag"));
                assert_eq!(bodies.entry(key).or_insert_with(|| answer.body.clone()), &answer.body, "{path}");
            }
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn the_tag_of_what_depends_on_the_clock_changes_with_it(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let dependent = [
        "/api/v1/editions/conf-2025",
        "/api/v1/editions",
        "/api/v1/editions/conf-2025?include=on_now&fields=slug",
        "/graphql?query=%7Bedition(slug:%22conf-2025%22)%7Bstatus%20onNow%7Btitle%7D%7D%7D",
    ];
    let independent =
        ["/api/v1/talks", "/api/v1/editions/conf-2025/schedule", "/editions/conf-2025/schedule.ics", GRAPHQL];
    let mut tags_by_time: Vec<Vec<String>> = Vec::new();

    // Before, at a start, within the same slot, at the next start, after all.
    for now in [
        "2025-10-24T12:00:00Z",
        "2025-10-25T08:00:00Z",
        "2025-10-25T08:10:00Z",
        "2025-10-25T08:30:00Z",
        "2025-11-01T00:00:00Z",
    ] {
        app.set_now(now);
        let mut tags = Vec::new();
        for path in dependent.iter().chain(&independent) {
            tags.push(tag(&app, path).await);
        }
        tags_by_time.push(tags);
    }
    for (place, path) in dependent.iter().enumerate() {
        let of = |moment: usize| &tags_by_time[moment][place];
        assert_ne!(of(0), of(1), "{path}");
        assert_eq!(of(1), of(2), "{path}: no boundary has passed");
        assert_ne!(of(2), of(3), "{path}");
        assert_ne!(of(3), of(4), "{path}");
    }
    for (place, path) in independent.iter().enumerate() {
        assert!(
            tags_by_time.iter().all(|tags| tags[dependent.len() + place] == tags_by_time[0][dependent.len() + place]),
            "{path} does not depend on the time"
        );
    }

    // No cache keeps it beyond the next boundary.
    app.set_now("2025-10-25T08:29:50Z");
    assert_eq!(max_age(app.get(dependent[0], &[]).await.header("cache-control")), 10);
    app.set_now("2025-10-25T08:00:00Z");
    assert_eq!(app.get(dependent[0], &[]).await.json()["status"], json!("LIVE"));
    app.set_now("2025-11-01T00:00:00Z");
    assert_eq!(app.get(dependent[0], &[]).await.json()["status"], json!("CONCLUDED"));
    assert!(
        max_age(app.get(dependent[0], &[]).await.header("cache-control")) > 600,
        "an edition that is over is cached for longer"
    );
}

#[on_both_databases]
#[actix_web::test]
async fn a_missing_thing_is_not_cached(backend: Backend) {
    let app = promcon().start(backend).await;
    for path in [
        "/api/v1/editions/nothing",
        "/editions/nothing/schedule.ics",
        "/editions/nothing/schedule.xml",
        "/speakers/nothing.ics",
        "/editions/nothing/archive.yaml",
        "/api/v1/talks/491c63bf-4fe2-56dc-b62b-5be859b1554b",
        "/talks/nothing.ics",
    ] {
        let answer = app.get(path, &[("If-None-Match", "*")]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("etag"), answer.header("cache-control")),
            (404, "", "no-cache"),
            "{path}"
        );
    }
    let wrong = app.get("/graphql?query=%7Bnothing%7D", &[("Accept", "application/graphql-response+json")]).await;
    assert_eq!((wrong.status.as_u16(), wrong.header("etag")), (400, ""));
}
