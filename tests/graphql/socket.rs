//! The subprotocol `graphql-transport-ws`: how a connection is opened, what runs on it, and why it is closed.

use std::time::Duration;

use actix_http::ws::Item;
use actix_web::rt::time::{sleep, timeout};
use awc::ws::{CloseCode, CloseReason, Frame, Message};
use lectern_api::config::Limits;
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, empty, promcon},
    seed,
    websocket::{PROTOCOL, Received, Socket},
};

const FOLLOW: &str = "subscription { changes { revision } }";

/// A server with a small archive.
async fn small() -> App {
    archive(seed::weekend).start(Backend::Sqlite).await
}

/// Sends frames on a new connection, which may be initialised before. Answers the code with which the server closes it.
async fn close_code(app: &App, is_initialised: bool, frames: Vec<Message>) -> u16 {
    let mut socket =
        if is_initialised { Socket::open(app).await } else { Socket::connect(app, Some(PROTOCOL)).await.0 };
    for frame in frames {
        socket.send_frame(frame).await;
    }
    let Received::Closed(code, reason) = socket.receive().await else { panic!("it is not closed") };
    assert!(!reason.is_empty(), "{code} without a reason");
    assert_eq!(socket.receive().await, Received::Gone, "nothing comes after a close");
    code
}

fn text(message: &str) -> Message {
    Message::Text(message.to_owned().into())
}

#[actix_web::test]
async fn an_invalid_message_closes_with_4400() {
    let app = small().await;
    for wrong in [
        "",
        "{",
        "[]",
        "\"connection_init\"",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"start"}"#,
        r#"{"type":"connection_ack"}"#,
        r#"{"type":"connection_init","payload":[]}"#,
        r#"{"type":"ping","payload":"now"}"#,
        r#"{"type":"complete"}"#,
        r#"{"type":"subscribe","payload":{"query":"{ archive { talks } }"}}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{ archive { talks } }"}}"#,
        r#"{"type":"subscribe","id":1,"payload":{"query":"{ archive { talks } }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":"{ archive { talks } }"}"#,
        r#"{"type":"subscribe","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":7}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ archive { talks } }","variables":"x"}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ archive { talks } }","operationName":7}}"#,
    ] {
        assert_eq!(close_code(&app, false, vec![text(wrong)]).await, 4400, "{wrong}");
    }
    assert_eq!(close_code(&app, true, vec![Message::Binary("{}".into())]).await, 4400);
}

#[actix_web::test]
async fn a_message_out_of_turn_closes() {
    let app = small().await;
    let init = || text(r#"{"type":"connection_init","payload":{"authorization":"none is needed"}}"#);
    let follow = || text(&json!({ "type": "subscribe", "id": "1", "payload": { "query": FOLLOW } }).to_string());
    assert_eq!(close_code(&app, false, vec![follow()]).await, 4401);
    assert_eq!(close_code(&app, true, vec![init()]).await, 4429);
    assert_eq!(close_code(&app, true, vec![follow(), follow()]).await, 4409);
}

#[actix_web::test]
async fn another_subprotocol_closes_with_4406() {
    let app = small().await;
    for protocol in [None, Some("graphql-ws"), Some("graphql-transport-wss")] {
        let (mut socket, chosen) = Socket::connect(&app, protocol).await;
        assert_eq!(chosen, None);
        assert!(matches!(socket.receive().await, Received::Closed(4406, _)), "{protocol:?}");
    }
    assert_eq!(Socket::connect(&app, Some("graphql-ws, graphql-transport-ws")).await.1.as_deref(), Some(PROTOCOL));
    let answer = app.get("/graphql", &[("Upgrade", "websocket"), ("Connection", "Upgrade")]).await;
    assert_eq!(answer.status, 400, "a handshake without a key");
}

#[actix_web::test]
async fn a_client_that_never_initialises_is_closed_with_4408() {
    let app =
        empty().limits(Limits { init: Duration::from_millis(300), ..Limits::default() }).start(Backend::Sqlite).await;
    assert_eq!(close_code(&app, false, Vec::new()).await, 4408);
    let mut socket = Socket::open(&app).await;
    sleep(Duration::from_millis(500)).await;
    assert!(socket.is_quiet().await, "an initialised connection stays open");
}

#[actix_web::test]
async fn a_message_that_is_too_large_closes_with_1009() {
    let app = small().await;
    let long = |length: usize| "x".repeat(length);
    for length in [256 * 1024 + 1, 8 << 20] {
        assert_eq!(close_code(&app, true, vec![text(&long(length))]).await, 1009, "{length}");
    }
    let parts =
        [Item::FirstText(long(200_000).into()), Item::Continue(long(200_000).into()), Item::Last(long(200_000).into())];
    assert_eq!(close_code(&app, true, parts.map(Message::Continuation).into()).await, 1009);

    // Within the limit, in one frame or more.
    let mut socket = Socket::open(&app).await;
    let query = format!("{{ archive {{ talks }} }} #{}", long(200_000));
    let message = json!({ "type": "subscribe", "id": "1", "payload": { "query": query } }).to_string();
    let (first, last) = message.split_at(100_000);
    let (first, last) = (first.to_owned().into_bytes(), last.to_owned().into_bytes());
    socket.send_frame(Message::Continuation(Item::FirstText(first.into()))).await;
    socket.send_frame(Message::Continuation(Item::Last(last.into()))).await;
    assert_eq!(socket.next("1").await["archive"]["talks"], 8);
}

#[actix_web::test]
async fn both_may_ping() {
    let limits = Limits { ping: Duration::from_millis(200), ..Limits::default() };
    let app = empty().limits(limits).start(Backend::Sqlite).await;
    let mut socket = Socket::open(&app).await;
    for (ping, pong) in [
        (json!({ "type": "ping" }), json!({ "type": "pong" })),
        (json!({ "type": "ping", "payload": { "n": 1 } }), json!({ "type": "pong", "payload": { "n": 1 } })),
    ] {
        socket.send(ping).await;
        assert_eq!(socket.message().await, pong);
    }
    socket.send(json!({ "type": "pong" })).await;
    socket.send_frame(Message::Ping("x".into())).await;
    let mut pings = 0;
    let mut answered = false;
    while pings < 8 {
        match socket.frame().await {
            Some(Frame::Ping(payload)) => {
                pings += 1;
                socket.send_frame(Message::Pong(payload)).await;
            }
            Some(Frame::Pong(payload)) => answered = payload == "x",
            other => panic!("{other:?}"),
        }
    }
    assert!(answered);

    // From here on the client does not answer pings, and so is taken for dead.
    let end = timeout(Duration::from_secs(3), async { while socket.frame().await.is_some() {} });
    assert!(end.await.is_ok());
}

#[actix_web::test]
async fn a_close_is_answered() {
    let app = small().await;
    let mut socket = Socket::open(&app).await;
    socket.send_frame(Message::Close(Some(CloseReason { code: CloseCode::Normal, description: None }))).await;
    assert_eq!(socket.receive().await, Received::Closed(1000, String::new()));
    assert_eq!(socket.receive().await, Received::Gone);
}

#[on_both_databases]
#[actix_web::test]
async fn queries_are_answered_as_over_http(backend: Backend) {
    let app = promcon().start(backend).await;
    let mut socket = Socket::open(&app).await;
    let query = "query($slug: String!) {
        talks(first: 2) { nodes { title speakers { name } } }
        speaker(slug: $slug) { name } __typename
    }";
    let over_http = app.ask(query, json!({ "slug": "tom-wilkie" })).await;
    socket.subscribe("a", query, json!({ "slug": "tom-wilkie" })).await;
    assert_eq!(socket.message().await, json!({ "id": "a", "type": "next", "payload": over_http }));
    assert_eq!(socket.message().await, json!({ "id": "a", "type": "complete" }));

    // A field that fails comes with those that did not.
    let query = r#"{
        archive { talks }
        node(id: "00000000-0000-0000-0000-000000000000") { id }
        talks(first: 999) { totalCount }
    }"#;
    let over_http = app.ask(query, json!({})).await;
    socket.subscribe("a", query, json!({})).await;
    let message = socket.message().await;
    assert_eq!((&message["type"], &message["payload"]), (&json!("next"), &over_http));
    assert!(message["payload"]["errors"][0]["path"].is_array(), "{message}");
    assert_eq!(socket.message().await["type"], "complete");
}

#[on_both_databases]
#[actix_web::test]
async fn a_request_that_is_refused_is_an_error_with_an_array(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let mut socket = Socket::open(&app).await;
    for (query, variables, code) in [
        ("{ nothing }", json!({}), "BAD_USER_INPUT"),
        ("subscription { nothing }", json!({}), "BAD_USER_INPUT"),
        ("{ archive {", json!({}), "BAD_USER_INPUT"),
        ("query($id: ID!) { node(id: $id) { id } }", json!({}), "BAD_USER_INPUT"),
        (
            "subscription($since: Revision) { changes(since: $since) { revision } }",
            json!({ "since": -1 }),
            "BAD_USER_INPUT",
        ),
        (r#"mutation { deleteTalk(id: "x") { id } }"#, json!({}), "BAD_USER_INPUT"),
        ("{ talks(first: 500) { nodes { related(first: 500) { id } } } }", json!({}), "LIMIT_EXCEEDED"),
        (
            "subscription { changes { edition { talks(first: 500) { nodes { related(first: 500) { id } } } } } }",
            json!({}),
            "LIMIT_EXCEEDED",
        ),
    ] {
        let over_http = app.ask(query, variables.clone()).await;
        socket.subscribe("a", query, variables).await;
        let message = socket.message().await;
        assert_eq!((&message["id"], &message["type"]), (&json!("a"), &json!("error")), "{query}: {message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{query}: {message}");
        if !query.starts_with("mutation") {
            assert_eq!(message["payload"], over_http["errors"], "{query}");
        }
    }
    assert!(socket.is_quiet().await, "no `complete` follows an `error`");
}

#[actix_web::test]
async fn limits_hold_as_over_http() {
    let limits = Limits { depth: 4, aliases: 2, tokens: 60, directives: 1, operations: 3, ..Limits::default() };
    let app = archive(seed::weekend).limits(limits).start(Backend::Sqlite).await;
    let mut socket = Socket::open(&app).await;
    for (query, name) in [
        ("subscription { changes { edition { conference { editions { nodes { id } } } } } }", "depth"),
        ("subscription { changes { a: revision b: revision c: revision } }", "aliases"),
        (&format!("subscription {{ changes {{ {} }} }}", "revision ".repeat(60)), "tokens"),
        ("subscription { changes { at @skip(if: false) kind @skip(if: false) } }", "directives"),
    ] {
        socket.subscribe("a", query, json!({})).await;
        let message = socket.message().await;
        assert_eq!(
            (&message["type"], &message["payload"][0]["extensions"]["limitName"]),
            (&json!("error"), &json!(name)),
            "{message}"
        );
    }
    for id in ["1", "2", "3"] {
        socket.subscribe(id, FOLLOW, json!({})).await;
    }
    socket.subscribe("4", "{ archive { talks } }", json!({})).await;
    let message = socket.message().await;
    let extensions = json!({ "code": "LIMIT_EXCEEDED", "limitName": "operations", "limit": 3, "value": 4 });
    assert_eq!(
        (&message["id"], &message["type"], &message["payload"][0]["extensions"]),
        (&json!("4"), &json!("error"), &extensions)
    );
    socket.send(json!({ "id": "2", "type": "complete" })).await;
    socket.subscribe("4", "{ archive { talks } }", json!({})).await;
    assert_eq!(socket.next("4").await["archive"]["talks"], 8, "an operation that is over makes room");
    assert_eq!(socket.message().await["type"], "complete");
    socket.subscribe("2", "{ archive { talks } }", json!({})).await;
    assert_eq!(socket.next("2").await["archive"]["talks"], 8, "its id is free again");
}

#[actix_web::test]
async fn persisted_queries_are_found() {
    let app = small().await;
    let mut socket = Socket::open(&app).await;
    let query = r#"subscription { onNow(edition: "conf-2025") { id } }"#;
    let hash = lectern_api::schema::persisted::hash(query);
    let ask = |query: Option<&str>| {
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        json!({ "id": "a", "type": "subscribe", "payload": { "query": query, "extensions": extensions } })
    };
    socket.send(ask(None)).await;
    assert_eq!(socket.rejection("a").await.0, "PERSISTED_QUERY_NOT_FOUND");
    for query in [Some(query), None] {
        socket.send(ask(query)).await;
        assert_eq!(socket.next("a").await, json!({ "onNow": [] }));
        socket.send(json!({ "id": "a", "type": "complete" })).await;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.graphql"), query).unwrap();
    let app = archive(seed::weekend).allow_only(folder.path().to_owned()).start(Backend::Sqlite).await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", FOLLOW, json!({})).await;
    assert_eq!(socket.rejection("a").await.0, "FORBIDDEN");
    socket.subscribe("a", query, json!({})).await;
    assert_eq!(socket.next("a").await, json!({ "onNow": [] }));
}

#[actix_web::test]
async fn over_http_a_subscription_is_refused() {
    let answer = small().await.post(&json!({ "query": FOLLOW }), "application/graphql-response+json").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{}", answer.body);
    assert_eq!(answer.json().get("data"), None::<&Value>);
}

#[cfg(unix)]
#[actix_web::test]
async fn a_server_that_ends_sends_its_clients_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut server = std::process::Command::new(env!("CARGO_BIN_EXE_lectern"))
        .args(["serve", "--no-archive", "--log", "off", "--bind", &address])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while std::net::TcpStream::connect(&address).is_err() {
        sleep(Duration::from_millis(50)).await;
    }
    let base = format!("http://{address}");
    let mut idle = Socket::connect_to(&base, Some(PROTOCOL)).await.0;
    let mut follower = Socket::connect_to(&base, Some(PROTOCOL)).await.0;
    follower.send(json!({ "type": "connection_init" })).await;
    assert_eq!(follower.message().await["type"], "connection_ack");
    follower.subscribe("a", FOLLOW, json!({})).await;
    assert!(follower.is_quiet().await);
    std::process::Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    for socket in [&mut idle, &mut follower] {
        // No `complete` comes, so that the client connects again.
        assert!(matches!(socket.receive().await, Received::Closed(1001, _)));
        assert_eq!(socket.receive().await, Received::Gone);
    }
    let start = std::time::Instant::now();
    while server.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(5), "nobody keeps it waiting");
        sleep(Duration::from_millis(50)).await;
    }
}
