//! The bytes of responses: the names of headers, and what a request that can't be read gets.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, empty},
    wire::Wire,
};

/// The names of the headers in a head.
fn names(head: &str) -> Vec<&str> {
    head.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect()
}

/// The Python client `gql` looks for `Sec-WebSocket-Protocol` by its letters.
#[on_both_databases]
#[actix_web::test]
async fn a_handshake_has_the_names_that_clients_look_for(backend: Backend) {
    let app = empty().start(backend).await;
    let mut wire = Wire::open(
        &app,
        "GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws, graphql-ws\r\n\r\n",
    )
    .await;
    let head = wire.head().await;
    assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
    for line in [
        "Sec-WebSocket-Protocol: graphql-transport-ws",
        "Sec-WebSocket-Accept: HSmrc0sMlYUkAGmm5OPpG2HaGWk=",
        "Upgrade: websocket",
        "Connection: Upgrade",
    ] {
        assert!(head.lines().any(|found| found == line), "{line}\n{head}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn the_names_of_headers_have_capitals(backend: Backend) {
    let app = empty().start(backend).await;
    for (request, names_of) in [
        ("GET /api/v1/talks", &["ETag", "Last-Modified", "Cache-Control", "Content-Type", "Content-Length"][..]),
        ("GET /api/v1/talks.ndjson", &["ETag", "Transfer-Encoding", "X-Content-Type-Options"]),
        ("GET /nothing", &["Content-Type", "Access-Control-Allow-Origin", "Date"]),
        ("PUT /graphql", &["Allow", "Date"]),
        ("POST /api/v1/imports", &["WWW-Authenticate", "Content-Type"]),
    ] {
        let head = Wire::open(&app, &format!("{request} HTTP/1.1\r\nHost: x\r\n\r\n")).await.head().await;
        let found = names(&head);
        assert!(names_of.iter().all(|name| found.contains(name)), "{request}\n{head}");
        assert!(found.iter().all(|name| name.starts_with(|c: char| c.is_ascii_uppercase())), "{head}");
    }

    // The second response of a connection, too.
    let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut wire = Wire::open(&app, request).await;
    assert!(names(&wire.head().await).contains(&"Content-Length"));
    wire.body("ok\n".len()).await;
    wire.send(request.as_bytes()).await;
    assert!(names(&wire.head().await).contains(&"Content-Length"));
}

/// The status line and the problem document of the answer to a request.
async fn problem(app: &App, request: &str) -> (String, Value) {
    let answer = Wire::open(app, request).await.rest().await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer}"));
    assert!(head.contains("\r\nContent-Type: application/problem+json"), "{head}");
    assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())), "{answer}");
    let body = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"));
    (head.lines().next().unwrap().to_owned(), body)
}

#[on_both_databases]
#[actix_web::test]
async fn what_cannot_be_read_gets_a_problem_document(backend: Backend) {
    let app = empty().start(backend).await;
    let long = |length: usize| "x".repeat(length);
    for (request, status, code) in [
        (
            format!("GET /api/v1/talks?title_contains={} HTTP/1.1\r\nHost: x\r\n\r\n", long(70_000)),
            414,
            "LIMIT_EXCEEDED",
        ),
        (format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", long(100_000)), 414, "LIMIT_EXCEEDED"),
        (format!("GET /{}", long(140_000)), 414, "LIMIT_EXCEEDED"),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}", long(140_000)), 431, "LIMIT_EXCEEDED"),
        ("GET / HTTP/1.1\r\nHost x\r\n\r\n".to_owned(), 400, "BAD_USER_INPUT"),
        ("nonsense\r\n\r\n".to_owned(), 400, "BAD_USER_INPUT"),
        ("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n".to_owned(), 400, "BAD_USER_INPUT"),
    ] {
        let (line, body) = problem(&app, &request).await;
        assert!(line.starts_with(&format!("HTTP/1.1 {status} ")), "{line}");
        assert_eq!((&body["status"], &body["code"]), (&json!(status), &json!(code)), "{body}");
        assert!(!body["detail"].as_str().unwrap().is_empty());
    }

    // An address that can be read is answered, however long it is.
    let (line, body) = problem(
        &app,
        &format!("GET /api/v1/talks?title_contains={} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", long(60_000)),
    )
    .await;
    assert!(line.starts_with("HTTP/1.1 400 "), "{line}");
    assert_eq!(body["errors"][0]["parameter"], "title_contains");
}
