//! A body that comes too slowly is given up, on every route, and the connection is closed.

use std::time::Duration;

use actix_web::rt::time::sleep;
use lectern_api::config::{Limits, Pace};
use serde_json::Value;
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, empty, promcon},
    wire::Wire,
};

/// Limits of which a test needs not wait long: a body takes three seconds, and a byte comes in each half.
fn hasty() -> Limits {
    Limits {
        body_time: Duration::from_secs(3),
        import_time: Duration::from_secs(3),
        pace: Pace { bytes: 1, interval: Duration::from_millis(500) },
        ..Limits::default()
    }
}

/// The beginning of a request to each route that reads a body.
async fn readers(app: &App) -> [String; 2] {
    let token = app.token("write").await;
    let import = format!(
        "POST /api/v1/imports?format=native HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/yaml\r\n"
    );
    ["POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".to_owned(), import]
}

/// The status, the head and the JSON of an answer.
fn parts(answer: &str) -> (&str, &str, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    let status = head.split(' ').nth(1).unwrap();
    (status, head, serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}")))
}

fn is_given_up(answer: &str) {
    let (status, head, body) = parts(answer);
    assert!(status == "408" && head.contains("\r\nConnection: close"), "{answer}");
    let message = body["errors"][0]["message"].as_str().or(body["detail"].as_str()).unwrap();
    assert!(message.starts_with("the body came too slowly and was given up: "), "{message}");
    let code = body["errors"][0]["extensions"]["code"].as_str().or(body["code"].as_str());
    assert_eq!(code, Some("TIMEOUT"));
}

#[on_both_databases]
#[actix_web::test]
async fn a_body_that_stops_is_given_up(backend: Backend) {
    let app = empty().limits(hasty()).start(backend).await;
    for route in readers(&app).await {
        for body in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"] {
            is_given_up(&Wire::open(&app, &format!("{route}{body}")).await.rest().await);
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_body_that_trickles_is_given_up(backend: Backend) {
    let app = empty().limits(hasty()).start(backend).await;
    for route in readers(&app).await {
        let mut wire = Wire::open(&app, &format!("{route}Content-Length: 100000\r\n\r\n")).await;
        // A byte comes in each interval, until the whole time is over.
        while !wire.has_come() {
            wire.send(b" ").await;
            sleep(Duration::from_millis(50)).await;
        }
        let head = wire.head().await;
        assert!(head.starts_with("HTTP/1.1 408 ") && head.contains("\r\nConnection: close"), "{head}");
    }
}

/// A large document may take its time, as long as it comes.
#[on_both_databases]
#[actix_web::test]
async fn a_slow_line_is_no_fault(backend: Backend) {
    let limits = Limits { pace: Pace { bytes: 100, interval: Duration::from_millis(500) }, ..Limits::default() };
    let app = promcon().limits(limits).start(backend).await;
    let document = app.get("/editions/promcon-2016-berlin/archive.yaml", &[]).await.body;
    let token = app.token("write").await;
    let mut wire = Wire::open(
        &app,
        &format!(
            "POST /api/v1/imports?format=native&dry_run=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/yaml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            document.len()
        ),
    )
    .await;
    for part in document.as_bytes().chunks(document.len() / 10 + 1) {
        assert!(wire.send(part).await);
        sleep(Duration::from_millis(150)).await;
    }
    let answer = wire.rest().await;
    assert_eq!(parts(&answer).0, "200", "{answer}");
}

/// A body that nobody reads does not keep the connection open.
#[on_both_databases]
#[actix_web::test]
async fn a_body_that_is_not_read_closes_the_connection(backend: Backend) {
    let app = empty().start(backend).await;
    for (route, status) in [
        ("POST /healthz", "405"),
        ("GET /healthz", "200"),
        ("POST /nothing", "404"),
        ("GET /api/v1/talks", "200"),
        ("POST /api/v1/imports", "401"),
        ("PUT /graphql", "405"),
        ("POST /graphql", "415"),
        ("OPTIONS /graphql", "204"),
        ("POST /graphql/", "308"),
    ] {
        for body in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"] {
            let answer = Wire::open(&app, &format!("{route} HTTP/1.1\r\nHost: x\r\n{body}")).await.rest().await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{route}\n{answer}");
        }
    }
    // A body that was read leaves it open.
    let request = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n\
                   {\"query\":\"{ __typename }\"}";
    let head = Wire::open(&app, request).await.head().await;
    assert!(head.starts_with("HTTP/1.1 200 ") && !head.contains("Connection: close"), "{head}");
}
