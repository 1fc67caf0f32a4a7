//! The subprotocol `graphql-transport-ws`: how a connection is opened, what runs on it, and why it is closed.

use std::time::Duration;

use actix_http::ws::Item;
use actix_web::rt::time::{sleep, timeout};
use awc::ws::{CloseCode, CloseReason, Frame, Message};
use lectern_api::config::Limits;
use serde_json::{Value, json};

use crate::support::{
    app::{App, Backend, archive, empty, on_both, promcon},
    seed,
    websocket::{Heard, PROTOCOL, Socket},
};

const FOLLOW: &str = "subscription { changes { revision } }";

async fn small() -> App {
    archive(seed::weekend).start(Backend::Sqlite).await.unwrap()
}

/// Says something on a new connection, before or after its init; answers the code that it is closed with.
async fn closed_after(app: &App, init: bool, says: Vec<Message>) -> u16 {
    let mut socket = if init { Socket::open(app).await } else { Socket::connect(app, Some(PROTOCOL)).await.0 };
    for frame in says {
        socket.send(frame).await;
    }
    let Heard::Closed(code, reason) = socket.hear().await else { panic!("it is not closed") };
    assert!(!reason.is_empty(), "{code} without a reason");
    assert_eq!(socket.hear().await, Heard::Gone, "nothing comes after a close");
    code
}

fn text(message: &str) -> Message {
    Message::Text(message.to_owned().into())
}

#[actix_web::test]
async fn what_is_no_message_closes_with_4400() {
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
        assert_eq!(closed_after(&app, false, vec![text(wrong)]).await, 4400, "{wrong}");
    }
    assert_eq!(closed_after(&app, true, vec![Message::Binary("{}".into())]).await, 4400);
}

#[actix_web::test]
async fn what_comes_out_of_turn_closes() {
    let app = small().await;
    let init = || text(r#"{"type":"connection_init","payload":{"authorization":"none is needed"}}"#);
    let follow = || text(&json!({ "type": "subscribe", "id": "1", "payload": { "query": FOLLOW } }).to_string());
    assert_eq!(closed_after(&app, false, vec![follow()]).await, 4401);
    assert_eq!(closed_after(&app, true, vec![init()]).await, 4429);
    assert_eq!(closed_after(&app, true, vec![follow(), follow()]).await, 4409);
}

#[actix_web::test]
async fn another_subprotocol_closes_with_4406() {
    let app = small().await;
    for protocol in [None, Some("graphql-ws"), Some("graphql-transport-wss")] {
        let (mut socket, taken) = Socket::connect(&app, protocol).await;
        assert_eq!(taken, None);
        assert!(matches!(socket.hear().await, Heard::Closed(4406, _)), "{protocol:?}");
    }
    assert_eq!(Socket::connect(&app, Some("graphql-ws, graphql-transport-ws")).await.1.as_deref(), Some(PROTOCOL));
    let answer = app.get("/graphql", &[("Upgrade", "websocket"), ("Connection", "Upgrade")]).await;
    assert_eq!(answer.status, 400, "a handshake without a key");
}

#[actix_web::test]
async fn who_never_begins_is_closed_with_4408() {
    let app = empty()
        .limits(Limits { init: Duration::from_millis(300), ..Limits::default() })
        .start(Backend::Sqlite)
        .await
        .unwrap();
    assert_eq!(closed_after(&app, false, Vec::new()).await, 4408);
    let mut socket = Socket::open(&app).await;
    sleep(Duration::from_millis(500)).await;
    assert!(socket.is_quiet().await, "one that has begun stays");
}

#[actix_web::test]
async fn what_is_too_large_closes_with_1009() {
    let app = small().await;
    let long = |length: usize| "x".repeat(length);
    for length in [256 * 1024 + 1, 8 << 20] {
        assert_eq!(closed_after(&app, true, vec![text(&long(length))]).await, 1009, "{length}");
    }
    let parts =
        [Item::FirstText(long(200_000).into()), Item::Continue(long(200_000).into()), Item::Last(long(200_000).into())];
    assert_eq!(closed_after(&app, true, parts.map(Message::Continuation).into()).await, 1009);
    // Within the limit, in one frame or more.
    let mut socket = Socket::open(&app).await;
    let query = format!("{{ archive {{ talks }} }} #{}", long(200_000));
    let message = json!({ "type": "subscribe", "id": "1", "payload": { "query": query } }).to_string();
    let (first, last) = message.split_at(100_000);
    let (first, last) = (first.to_owned().into_bytes(), last.to_owned().into_bytes());
    socket.send(Message::Continuation(Item::FirstText(first.into()))).await;
    socket.send(Message::Continuation(Item::Last(last.into()))).await;
    assert_eq!(socket.next("1").await["archive"]["talks"], 8);
}

#[actix_web::test]
async fn both_may_ping() {
    let limits = Limits { ping: Duration::from_millis(200), ..Limits::default() };
    let app = empty().limits(limits).start(Backend::Sqlite).await.unwrap();
    let mut socket = Socket::open(&app).await;
    for (ping, pong) in [
        (json!({ "type": "ping" }), json!({ "type": "pong" })),
        (json!({ "type": "ping", "payload": { "n": 1 } }), json!({ "type": "pong", "payload": { "n": 1 } })),
    ] {
        socket.say(ping).await;
        assert_eq!(socket.message().await, pong);
    }
    socket.say(json!({ "type": "pong" })).await;
    socket.send(Message::Ping("x".into())).await;
    let mut pings = 0;
    let mut answered = false;
    while pings < 8 {
        match socket.frame().await {
            Some(Frame::Ping(payload)) => {
                pings += 1;
                socket.send(Message::Pong(payload)).await;
            }
            Some(Frame::Pong(payload)) => answered = payload == "x",
            other => panic!("{other:?}"),
        }
    }
    assert!(answered);
    // From here on it does not answer.
    let silent = timeout(Duration::from_secs(3), async { while socket.frame().await.is_some() {} });
    assert!(silent.await.is_ok(), "a client that is silent is taken for dead");
}

#[actix_web::test]
async fn a_close_is_answered() {
    let app = small().await;
    let mut socket = Socket::open(&app).await;
    socket.send(Message::Close(Some(CloseReason { code: CloseCode::Normal, description: None }))).await;
    assert_eq!(socket.hear().await, Heard::Closed(1000, String::new()));
    assert_eq!(socket.hear().await, Heard::Gone);
}

on_both! {
    async fn queries_are_answered_as_over_http(app: promcon()) {
        let mut socket = Socket::open(&app).await;
        let query = r#"query($slug: String!) { talks(first: 2) { nodes { title speakers { name } } } speaker(slug: $slug) { name } __typename }"#;
        let over_http = app.ask(query, json!({ "slug": "tom-wilkie" })).await;
        socket.subscribe("a", query, json!({ "slug": "tom-wilkie" })).await;
        assert_eq!(socket.message().await, json!({ "id": "a", "type": "next", "payload": over_http }));
        assert_eq!(socket.message().await, json!({ "id": "a", "type": "complete" }));
        // A field that fails is told with what did not.
        let query = "{ archive { talks } node(id: \"00000000-0000-0000-0000-000000000000\") { id } talks(first: 999) { totalCount } }";
        let over_http = app.ask(query, json!({})).await;
        socket.subscribe("a", query, json!({})).await;
        let message = socket.message().await;
        assert_eq!((&message["type"], &message["payload"]), (&json!("next"), &over_http));
        assert!(message["payload"]["errors"][0]["path"].is_array(), "{message}");
        assert_eq!(socket.message().await["type"], "complete");
    }

    async fn what_is_refused_is_an_error_with_an_array(app: archive(seed::weekend)) {
        let mut socket = Socket::open(&app).await;
        for (query, variables, code) in [
            ("{ nothing }", json!({}), "BAD_USER_INPUT"),
            ("subscription { nothing }", json!({}), "BAD_USER_INPUT"),
            ("{ archive {", json!({}), "BAD_USER_INPUT"),
            ("query($id: ID!) { node(id: $id) { id } }", json!({}), "BAD_USER_INPUT"),
            ("subscription($since: Revision) { changes(since: $since) { revision } }", json!({ "since": -1 }), "BAD_USER_INPUT"),
            ("mutation { deleteTalk(id: \"x\") { id } }", json!({}), "BAD_USER_INPUT"),
            ("{ talks(first: 500) { nodes { related(first: 500) { id } } } }", json!({}), "LIMIT_EXCEEDED"),
            ("subscription { changes { edition { talks(first: 500) { nodes { related(first: 500) { id } } } } } }", json!({}), "LIMIT_EXCEEDED"),
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
}

#[actix_web::test]
async fn limits_hold_as_over_http() {
    let limits = Limits { depth: 4, aliases: 2, tokens: 60, directives: 1, operations: 3, ..Limits::default() };
    let app = archive(seed::weekend).limits(limits).start(Backend::Sqlite).await.unwrap();
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
    socket.say(json!({ "id": "2", "type": "complete" })).await;
    socket.subscribe("4", "{ archive { talks } }", json!({})).await;
    assert_eq!(socket.next("4").await["archive"]["talks"], 8, "one that is over makes room");
    assert_eq!(socket.message().await["type"], "complete");
    socket.subscribe("2", "{ archive { talks } }", json!({})).await;
    assert_eq!(socket.next("2").await["archive"]["talks"], 8, "its id is free again");
}

#[actix_web::test]
async fn persisted_queries_are_found() {
    let app = small().await;
    let mut socket = Socket::open(&app).await;
    let query = "subscription { onNow(edition: \"conf-2025\") { id } }";
    let hash = lectern_api::schema::persisted::hash(query);
    let ask = |query: Option<&str>| {
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        json!({ "id": "a", "type": "subscribe", "payload": { "query": query, "extensions": extensions } })
    };
    socket.say(ask(None)).await;
    assert_eq!(socket.refused("a").await.0, "PERSISTED_QUERY_NOT_FOUND");
    for query in [Some(query), None] {
        socket.say(ask(query)).await;
        assert_eq!(socket.next("a").await, json!({ "onNow": [] }));
        socket.say(json!({ "id": "a", "type": "complete" })).await;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.graphql"), query).unwrap();
    let app = archive(seed::weekend).allowing(folder.path().to_owned()).start(Backend::Sqlite).await.unwrap();
    let mut socket = Socket::open(&app).await;
    socket.subscribe("a", FOLLOW, json!({})).await;
    assert_eq!(socket.refused("a").await.0, "FORBIDDEN");
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
async fn a_server_that_is_told_to_end_sends_its_clients_elsewhere() {
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
    let (mut idle, (mut follows, _)) =
        (Socket::connect_to(&base, Some(PROTOCOL)).await.0, Socket::connect_to(&base, Some(PROTOCOL)).await);
    follows.say(json!({ "type": "connection_init" })).await;
    assert_eq!(follows.message().await["type"], "connection_ack");
    follows.subscribe("a", FOLLOW, json!({})).await;
    assert!(follows.is_quiet().await);
    std::process::Command::new("kill").args(["-TERM", &server.id().to_string()]).status().unwrap();
    for socket in [&mut idle, &mut follows] {
        assert!(matches!(socket.hear().await, Heard::Closed(1001, _)), "no `complete` comes: the client comes back");
        assert_eq!(socket.hear().await, Heard::Gone);
    }
    let began = std::time::Instant::now();
    while server.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(5), "nobody keeps it waiting");
        sleep(Duration::from_millis(50)).await;
    }
}
