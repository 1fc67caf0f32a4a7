//! What goes wrong while a server runs: the database goes away, a request takes too long, a client hangs up.

use std::{io::Write, net::TcpStream, time::Duration};

use actix_web::rt::time::sleep;
use lectern_api::config::Limits;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use test_attributes::{needs_postgres, on_both_databases};

use crate::support::{
    app::{Backend, archive, promcon},
    seed,
};

/// A query of many statements, each of which needs the one before.
fn long_query() -> String {
    let related = "related(first: 1) { id ".repeat(10) + &"}".repeat(10);
    format!("{{ talks(first: 500) {{ nodes {{ {related} }} }} }}")
}

#[needs_postgres]
#[actix_web::test]
async fn a_database_that_goes_away_comes_back() {
    let app = promcon().start(Backend::Postgres).await;
    app.query("{ archive { talks } }").await;
    let (server, name) = app.database_url.rsplit_once('/').unwrap();
    let administrator = Database::connect(format!("{server}/postgres")).await.unwrap();
    for sql in [
        format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"),
    ] {
        administrator.execute_unprepared(&sql).await.unwrap();
    }
    // No part of this answer was read before, so memory cannot give it.
    let answer = app.ask("{ talks(first: 1) { nodes { title } } }", json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL", "{answer}");
    assert_eq!(answer["errors"][0]["message"], "the archive's database does not answer");
    assert_eq!(app.get("/readyz", &[]).await.status, 503);
    assert_eq!(app.get("/healthz", &[]).await.status, 200, "the process lives");
    administrator.execute_unprepared(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.unwrap();
    // Each connection that was cut off and not idle since fails once.
    let mut probes = 0;
    while app.get("/readyz", &[]).await.status != 200 {
        probes += 1;
        assert!(probes < 16, "the server has eight connections, and is not ready after {probes} probes");
    }
    assert_eq!(app.query("{ archive { talks } }").await["archive"]["talks"], 231);
}

#[on_both_databases]
#[actix_web::test]
async fn a_request_that_takes_too_long_is_stopped(backend: Backend) {
    let app = archive(seed::fourteen_hundred)
        .limits(Limits { time: Duration::from_millis(20), ..Limits::default() })
        .start(backend)
        .await;
    let answer = app.post(&json!({ "query": long_query() }), "application/graphql-response+json").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["extensions"]["code"]), (503, &json!("TIMEOUT")));
}

#[on_both_databases]
#[actix_web::test]
async fn a_client_that_hangs_up_stops_its_query(backend: Backend) {
    let app = archive(seed::fourteen_hundred).start(backend).await;
    let query = long_query();
    let before = app.statements();
    app.query(&query).await;
    let all_statements = app.statements() - before;
    app.outdate().await;

    let body = json!({ "query": query }).to_string();
    let request = format!(
        "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut client = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    client.write_all(request.as_bytes()).unwrap();
    let before = app.statements();
    while app.statements() == before {
        sleep(Duration::from_millis(1)).await;
    }
    drop(client);
    sleep(Duration::from_secs(3)).await;
    let statements = app.statements() - before;
    assert!(statements < all_statements, "{statements} of {all_statements} statements");
}
