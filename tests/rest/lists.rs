//! Lists: their envelope, their pages, and the requests that are refused.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{Answer, App, Backend, archive, promcon},
    seed,
};

const BASE: &str = "https://lectern.example";

async fn list(app: &App, path: &str) -> Value {
    let answer = app.get(&format!("/api/v1{path}"), &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "application/json"),
        "{path}: {}",
        answer.body
    );
    answer.json()
}

fn slugs(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|item| item["slug"].as_str().unwrap()).collect()
}

/// The path behind an address of this server.
fn path_of(url: &Value) -> Option<String> {
    Some(url.as_str()?.strip_prefix(BASE).expect("an address of this server").to_owned())
}

/// The status of a problem, and each wrong parameter with its message.
fn problem(answer: &Answer) -> (u16, Vec<(String, String)>) {
    assert_eq!(answer.header("content-type"), "application/problem+json; charset=utf-8");
    let body = answer.json();
    assert_eq!((&body["type"], &body["status"]), (&json!("about:blank"), &json!(answer.status.as_u16())));
    assert!(body["title"].is_string() && body["detail"].is_string() && body["code"].is_string(), "{body}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = body["errors"].as_array().into_iter().flatten();
    let errors = errors.map(|error| (text(&error["parameter"]), text(&error["message"])));
    (answer.status.as_u16(), errors.collect())
}

#[on_both_databases]
#[actix_web::test]
async fn a_page_links_its_neighbours(backend: Backend) {
    let app = archive(seed::ties).start(backend).await;
    let all: Value = list(&app, "/talks?limit=500").await;
    assert_eq!(all["page"], json!({ "next": null, "previous": null, "total": 40 }));
    let mut path = "/talks?limit=7&sort=starts_at".to_owned();
    let (mut forward, mut last) = (Vec::new(), Value::Null);
    loop {
        let answer = app.get(&format!("/api/v1{path}"), &[]).await;
        let page = answer.json();
        forward.extend(slugs(&page).into_iter().map(str::to_owned));
        assert_eq!(page["page"]["total"], if last.is_null() { json!(40) } else { Value::Null }, "counted once");
        let next = path_of(&page["page"]["next"]);
        assert_eq!(answer.header("link").contains("rel=\"next\""), next.is_some());
        assert_eq!(answer.header("link").contains("rel=\"prev\""), !last.is_null());
        last = page;
        let Some(next) = next else { break };
        assert!(answer.header("link").contains(&format!("<{BASE}{next}>; rel=\"next\"")));
        path = next.strip_prefix("/api/v1").unwrap().to_owned();
    }
    assert_eq!(forward, slugs(&all));
    let mut backward: Vec<String> = slugs(&last).into_iter().map(str::to_owned).collect();
    while let Some(previous) = path_of(&last["page"]["previous"]) {
        last = app.get(&previous, &[]).await.json();
        backward.splice(0..0, slugs(&last).into_iter().map(str::to_owned));
    }
    assert_eq!(backward, forward, "the way back is the way there");

    // A cursor of GraphQL's is one of REST's.
    let cursor =
        app.query("{ talks(first: 10) { pageInfo { endCursor } } }").await["talks"]["pageInfo"]["endCursor"].clone();
    let rest = list(&app, &format!("/talks?limit=500&cursor={}", cursor.as_str().unwrap())).await;
    assert_eq!(slugs(&rest), slugs(&all)[10..]);
}

#[on_both_databases]
#[actix_web::test]
async fn a_page_has_fifty_items_by_default(backend: Backend) {
    let app = promcon().start(backend).await;
    let talks = list(&app, "/talks").await;
    assert_eq!((talks["data"].as_array().unwrap().len(), &talks["page"]["total"]), (50, &json!(231)));
    assert_eq!(list(&app, "/talks?limit=500").await["data"].as_array().unwrap().len(), 231);
    assert_eq!(list(&app, "/talks?limit=1&total=false").await["page"]["total"], Value::Null);
}

#[on_both_databases]
#[actix_web::test]
async fn filters_take_lists_in_both_ways(backend: Backend) {
    let app = promcon().start(backend).await;
    let commas = list(
        &app,
        "/talks?edition=promcon-2016-berlin,promcon-2017-munich&kind=keynote,talk&has_recording=true&limit=500",
    )
    .await;
    let repeated = list(
        &app,
        "/talks?edition=promcon-2016-berlin&edition=promcon-2017-munich&kind=KEYNOTE&kind=talk\
         &has_recording=true&limit=500",
    )
    .await;
    assert_eq!(commas, repeated);
    assert!(commas["page"]["total"].as_i64().unwrap() > 20, "{}", commas["page"]);
    assert_eq!(list(&app, "/talks?edition=nothing").await["page"]["total"], 0, "a slug of nothing is no error");
    assert_eq!(
        list(&app, "/talks?starts_at_or_after=2017-08-17T09:00:00%2B02:00&starts_before=2017-08-17T10:00:00+02:00")
            .await["page"]["total"],
        2
    );
}

/// A date is the start of its day, in the zone of the one edition that is asked for.
#[on_both_databases]
#[actix_web::test]
async fn a_date_stands_for_the_start_of_its_day(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let slugs = async |query: &str| -> Vec<String> {
        let talks = list(&app, &format!("/talks?sort=starts_at&{query}")).await;
        let talks = talks["data"].as_array().unwrap();
        talks.iter().map(|talk| talk["slug"].as_str().unwrap().to_owned()).collect()
    };
    // The night talk begins at 02:30 on the 26th in Berlin, which is 00:30 in UTC.
    let night_on = ["night", "round", "flash-a", "flash-b"];
    let sorted = |mut slugs: Vec<String>| {
        slugs.sort();
        slugs
    };
    let mut expected = night_on.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(sorted(slugs("edition=conf-2025&starts_at_or_after=2025-10-26").await), expected);
    assert_eq!(sorted(slugs("starts_at_or_after=2025-10-26").await), expected);
    let first_day = slugs("edition=conf-2025&starts_before=2025-10-26").await;
    assert_eq!(first_day.len(), 3, "{first_day:?}");
    // In New York the night talk is of the evening before.
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    let editor = app.editor("write").await;
    editor
        .edit(&format!(
            r#"updateEdition(id: "{edition}", input: {{ timezone: "America/New_York" }}) {{ edition {{ id }} }}"#
        ))
        .await;
    assert_eq!(slugs("edition=conf-2025&starts_before=2025-10-26").await.len(), 4);
    assert_eq!(slugs("edition=conf-2025,other&starts_before=2025-10-26").await.len(), 3, "in UTC");
    let bad = app.get("/api/v1/talks?starts_before=2025-02-30", &[]).await;
    assert_eq!((bad.status.as_u16(), &bad.json()["errors"][0]["parameter"]), (400, &"starts_before".into()));
}

#[on_both_databases]
#[actix_web::test]
async fn all_errors_are_reported_at_once(backend: Backend) {
    let app = promcon().start(backend).await;
    let path = "/api/v1/talks?kind=speech&sort=age&limit=501&fields=title,size&include=speakers,friends\
                &year=last&colour=red";
    let (status, errors) = problem(&app.get(path, &[]).await);
    assert_eq!((status, errors.len()), (400, 7), "{errors:?}");
    let of = |parameter: &str| {
        errors.iter().find(|(name, _)| name == parameter).map(|(_, message)| message.as_str()).unwrap_or_default()
    };
    assert!(of("kind").starts_with("\"speech\" is not one of TALK, KEYNOTE, "), "{}", of("kind"));
    assert_eq!(
        of("sort"),
        "\"age\" is not one of starts_at, title, updated_at, each with - before it for the other way"
    );
    assert_eq!(of("limit"), "\"501\" is not a number of items: from 0 to 500, 50 if left out");
    assert!(of("fields").starts_with("\"size\" is not one of id, slug, title, "), "{}", of("fields"));
    assert!(of("include").starts_with("\"friends\" is not one of "), "{}", of("include"));
    assert_eq!(of("year"), "\"last\" is not a whole number of 32 bits");
    assert!(
        of("colour").starts_with("there is no such parameter: there are conference, edition, year, "),
        "{}",
        of("colour")
    );
}

#[on_both_databases]
#[actix_web::test]
async fn each_kind_of_value_is_checked(backend: Backend) {
    let app = promcon().start(backend).await;
    for (path, parameter) in [
        ("/talks?has_recording=yes", "has_recording"),
        ("/talks?starts_before=2017", "starts_before"),
        ("/talks?language=not%20a%20language", "language"),
        ("/talks?title_contains=%00", "title_contains"),
        ("/talks?speaker=a%00", "speaker"),
        ("/talks?title_contains=a&title_contains=b", "title_contains"),
        ("/talks?limit=501", "limit"),
        ("/talks?limit=-1", "limit"),
        ("/talks?limit=ten", "limit"),
        ("/talks?cursor=forged", "cursor"),
        ("/talks?cursor=-forged", "cursor"),
        ("/talks?cursor=", "cursor"),
        ("/talks?total=maybe", "total"),
        ("/editions?country=XX", "country"),
        ("/editions?starts_on_or_after=2016-13-01", "starts_on_or_after"),
        ("/conferences?sort=name", "sort"),
        ("/conferences?year=2016", "year"),
        ("/talks.csv?include=speakers", "include"),
        ("/talks.csv?total=true", "total"),
        ("/talks.ndjson?limit=-1", "limit"),
        ("/archive?verbose=true", "verbose"),
        ("/editions/promcon-2017-munich/schedule?day=tomorrow", "day"),
    ] {
        let (status, errors) = problem(&app.get(&format!("/api/v1{path}"), &[]).await);
        let names: Vec<&str> = errors.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((status, names), (400, vec![parameter]), "{path}");
    }

    // A cursor belongs to its order.
    let next = list(&app, "/talks?limit=1").await["page"]["next"].clone();
    let other = path_of(&next).unwrap().replace("limit=1", "limit=1&sort=title");
    assert_eq!(problem(&app.get(&other, &[]).await).1[0].0, "cursor");
}

#[on_both_databases]
#[actix_web::test]
async fn a_request_for_what_is_not_offered_is_a_problem(backend: Backend) {
    let app = promcon().start(backend).await;
    for (path, accept, status) in [
        ("/api/v1/talks", "text/html", 406),
        ("/api/v1/talks", "image/*, application/json;q=0", 406),
        ("/api/v1/editions/promcon-2016-berlin", "text/csv", 406),
        ("/api/v1/nothing", "application/json", 404),
        ("/api/v1/editions/nothing", "application/json", 404),
        ("/api/v1/editions/nothing/schedule", "application/json", 404),
        ("/api/v1/editions/promcon-2016-berlin/talks/nothing", "application/json", 404),
        ("/api/v1/speakers/nothing/talks", "application/json", 404),
        ("/api/v1/speakers/nothing/talks.csv", "application/json", 404),
        ("/api/v1/talks/nothing", "application/json", 404),
        ("/api/v1/talks/00000000-0000-0000-0000-000000000000", "application/json", 404),
        // An id of something else.
        ("/api/v1/recordings/491c63bf-4fe2-56dc-b62b-5be859b1554a", "application/json", 404),
        ("/api/v1/speakers/a%00b", "application/json", 404),
        ("/api/v1/speakers/a%00b/talks", "application/json", 404),
        ("/api/v1/speakers/a%00b/talks.csv", "application/json", 404),
        ("/api/v1/editions/a%00b/schedule", "application/json", 404),
        ("/api/v1/editions/promcon-2016-berlin/talks/a%00b", "application/json", 404),
        ("/editions/a%00b/schedule.ics", "application/json", 404),
        ("/editions/a%00b/archive.yaml", "application/json", 404),
        ("/speakers/a%00b.ics", "application/json", 404),
    ] {
        let answer = app.get(path, &[("Accept", accept)]).await;
        assert_eq!(problem(&answer), (status, vec![]), "{path}");
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE"] {
        let answer = app.send(method.parse().unwrap(), "/api/v1/talks", &[], "").await;
        assert_eq!((problem(&answer).0, answer.header("allow")), (405, "GET, HEAD, OPTIONS"), "{method}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_list_is_written_as_the_client_likes_it(backend: Backend) {
    let app = promcon().start(backend).await;
    for (path, accept, media) in [
        ("/talks", "*/*", "application/json"),
        ("/talks", "text/csv", "text/csv; charset=utf-8"),
        ("/talks", "application/x-ndjson, application/json;q=0.5", "application/x-ndjson"),
        ("/talks", "text/*;q=0.1, application/json;q=0.2", "application/json"),
        ("/talks.json", "text/csv", "application/json"),
        ("/talks.csv", "application/json", "text/csv; charset=utf-8"),
        ("/speakers.ndjson", "text/html", "application/x-ndjson"),
    ] {
        let answer = app.get(&format!("/api/v1{path}?limit=1"), &[("Accept", accept)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, media), "{path} {accept}");
        assert_eq!(answer.header("vary"), "Accept, Accept-Encoding");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn browsers_of_any_origin_may_read(backend: Backend) {
    let app = promcon().start(backend).await;
    let ask = [
        ("Origin", "https://example.org"),
        ("Access-Control-Request-Method", "GET"),
        ("Access-Control-Request-Headers", "if-none-match"),
    ];
    let answer = app.send("OPTIONS".parse().unwrap(), "/api/v1/talks", &ask, "").await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-max-age")), (204, "86400"));
    assert!(answer.header("access-control-allow-headers").contains("If-None-Match"));
    for path in ["/api/v1/talks", "/api/v1/nothing", "/editions/promcon-2017-munich/schedule.ics", "/schema.graphql"] {
        let answer = app.get(path, &[]).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}, whoever asks: caches keep one copy");
        for name in ["ETag", "Link", "Retry-After"] {
            assert!(answer.header("access-control-expose-headers").contains(name), "{path} {name}");
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_limit_of_zero_is_an_empty_page(backend: Backend) {
    let app = promcon().start(backend).await;
    for list in ["talks", "editions", "speakers/julius-volz/talks"] {
        let page = app.get(&format!("/api/v1/{list}?limit=0"), &[]).await.json();
        assert_eq!(page["data"], serde_json::json!([]), "{list}");
        assert_eq!(page["page"]["next"], serde_json::Value::Null, "{list}: a page of nothing leads to no other");
        assert!(page["page"]["total"].as_i64().unwrap() > 0, "{list}");
    }
    assert_eq!(app.get("/api/v1/talks.ndjson?limit=0", &[]).await.body, "");
    assert_eq!(app.get("/api/v1/talks.csv?limit=0", &[]).await.body.lines().count(), 1, "the names of the columns");
    let changes = app.get("/api/v1/changes?since=0&limit=0", &[]).await.json();
    assert_eq!(changes, serde_json::json!({ "changes": [], "next_since": 0, "has_more": true }));
    let feed = app.get("/feeds/recordings.atom?limit=0", &[]).await;
    assert_eq!((feed.status.as_u16(), feed.body.contains("<entry>")), (200, false));
}
