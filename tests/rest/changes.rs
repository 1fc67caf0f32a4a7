//! The log over REST.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    seed,
};

/// The body that a path answers.
async fn body(app: &App, path: &str) -> Value {
    let answer = app.get(path, &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "application/json"),
        "{path}: {}",
        answer.body
    );
    answer.json()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect()
}

#[on_both_databases]
#[actix_web::test]
async fn the_log_is_read_in_pages(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let last = body(&app, "/api/v1/archive").await["revision"].clone();
    let page = body(&app, "/api/v1/changes?since=0&limit=3").await;
    assert_eq!(keys(&page), ["changes", "next_since", "has_more"]);
    assert_eq!(
        (page["changes"].as_array().unwrap().len(), &page["next_since"], &page["has_more"]),
        (3, &json!(3), &json!(true))
    );
    let rest = body(&app, "/api/v1/changes?since=3&edition=conf-2025&limit=500").await;
    assert_eq!((&rest["next_since"], &rest["has_more"]), (&last, &json!(false)));
    let change = &rest["changes"][0];
    let mut keys_of_change = keys(change);
    keys_of_change.sort_unstable();
    assert_eq!(
        keys_of_change,
        ["at", "edition", "fields", "kind", "merged_into", "node_id", "operation", "revision", "slug", "title", "url"]
    );
    assert_eq!(keys(&change["edition"]), ["id", "slug", "name", "url"]);
    assert_eq!(body(&app, "/api/v1/changes?since=0&edition=nothing").await["changes"], json!([]));
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_lists_what_an_attendee_must_know(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let last = body(&app, "/api/v1/archive").await["revision"].clone();
    let path = format!("/api/v1/editions/conf-2025/changes?since={last}");
    let before = app.get(&path, &[]).await;
    assert_eq!(before.json(), json!({ "changes": [] }));
    let mut document = seed::weekend();
    document.editions[0].slots[7].starts_at = "2025-10-26T11:10".parse().unwrap();
    app.apply(&document).await;
    let tag = before.header("etag").to_owned();
    let after = app.get(&path, &[("If-None-Match", &tag)]).await;
    assert_eq!(after.status, 200, "the answer has changed");
    let after = after.json();
    let [change] = after["changes"].as_array().unwrap().as_slice() else { panic!("{after:#}") };
    assert_eq!(
        (&change["kind"], &change["title"], &change["former_title"]),
        (&json!("MOVED"), &json!("Lightning round"), &Value::Null)
    );
    assert_eq!(
        change["before"],
        json!({ "starts_at": "2025-10-26T11:00:00+01:00", "ends_at": "2025-10-26T12:00:00+01:00", "room": "Hall" })
    );
    assert_eq!(
        (&change["after"]["starts_at"], &change["talk"]["slug"]),
        (&json!("2025-10-26T11:10:00+01:00"), &json!("round"))
    );
    assert_eq!((keys(&change["slot"]), &change["at"]), (vec!["id", "title"], &json!("2026-11-22T08:00:00+00:00")));
}

#[on_both_databases]
#[actix_web::test]
async fn an_impossible_request_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let next = body(&app, "/api/v1/archive").await["revision"].as_i64().unwrap() + 1;
    let edition = "/api/v1/editions/conf-2025/changes";
    for (path, parameter) in [
        ("/api/v1/changes".to_owned(), "since"),
        (edition.to_owned(), "since"),
        ("/api/v1/changes?since=-1".to_owned(), "since"),
        (format!("{edition}?since=soon"), "since"),
        ("/api/v1/changes?since=0&limit=501".to_owned(), "limit"),
        ("/api/v1/changes?since=0&first=3".to_owned(), "first"),
        (format!("{edition}?since=0&limit=3"), "limit"),
    ] {
        let answer = app.get(&path, &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (400, "application/problem+json; charset=utf-8"),
            "{path}"
        );
        assert!(
            answer.json()["detail"].as_str().unwrap().starts_with(&format!("{parameter}: ")),
            "{path}: {}",
            answer.body
        );
    }

    // The archive has no such revision yet: the client's copy is of another archive.
    for path in [format!("/api/v1/changes?since={next}"), format!("{edition}?since={next}")] {
        let answer = app.get(&path, &[]).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["code"]),
            (409, &json!("CONFLICT")),
            "{path}: {}",
            answer.body
        );
        assert_eq!(answer.json()["errors"][0]["parameter"], "since", "{path}");
    }
    assert_eq!(app.get("/api/v1/editions/nothing/changes?since=0", &[]).await.status, 404);
    let moved = app.get("/api/v1/editions/conf-25/changes?since=0", &[]).await;
    let present = "https://lectern.example/api/v1/editions/conf-2025/changes?since=0";
    assert_eq!((moved.status.as_u16(), moved.header("location")), (301, present));
}
