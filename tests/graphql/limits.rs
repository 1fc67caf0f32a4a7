//! A request that is too large is refused before it runs, with the limit and the value. What people need passes.

use std::time::Instant;

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, empty},
    queries::{TALK, schedule},
};

/// The extensions of the error that refuses a query.
async fn refusal(app: &App, query: &str) -> Value {
    let answer = app.ask(query, json!({})).await;
    assert!(answer.get("data").is_none(), "{query}\n{answer:#}");
    answer["errors"][0]["extensions"].clone()
}

/// The extensions of an error of a limit.
fn over(name: &str, limit: u64, value: u64) -> Value {
    json!({ "code": "LIMIT_EXCEEDED", "limitName": name, "limit": limit, "value": value })
}

#[on_both_databases]
#[actix_web::test]
async fn a_schedule_and_introspection_pass(backend: Backend) {
    let app = empty().start(backend).await;
    app.query(&format!(r#"{{ edition(slug: "x") {{ {} }} }}"#, schedule())).await;
    app.query(&format!("{{ editions(first: 1) {{ nodes {{ {} }} }} }}", schedule())).await;
    app.query(&format!("{{ talks(first: 500) {{ nodes {{ {TALK} }} }} }}")).await;
    let introspection = include_str!("../support/introspection.graphql");
    assert_eq!(app.query(introspection).await["__schema"]["queryType"]["name"], "Query");
}

#[on_both_databases]
#[actix_web::test]
async fn page_sizes_multiply(backend: Backend) {
    let app = empty().start(backend).await;
    let nested = "{ speakers(first: 500) { nodes { talks(first: 500) { nodes { id } } } } }";

    // 1 connection, 500 speakers, as many connections, 500 × 500 talks.
    assert_eq!(refusal(&app, nested).await, over("nodes", 250_000, 251_001));

    // The size may be a variable: its default counts, or the value that is given.
    let by_variable = "query($n: Int = 500) {
        speakers(first: $n) { nodes { talks(last: $n) { edges { node { id } } } } }
    }";
    let by_default = app.post(&json!({ "query": by_variable }), "application/json").await.json();
    assert_eq!(by_default["errors"][0]["extensions"]["limitName"], "nodes", "{by_default}");
    let given = json!({ "query": by_variable, "variables": { "n": 5 } });
    assert!(app.post(&given, "application/json").await.json().get("errors").is_none());

    let through_interface = r#"{
        node(id: "0f8fad5b-d9cb-469f-a165-70867728950e") { ... on Edition { talks(first: 500) { nodes { ...T } } } }
    }
    fragment T on Talk {
        related(first: 500) { id }
    }"#;
    assert_eq!(refusal(&app, through_interface).await["limitName"], "nodes");
}

#[on_both_databases]
#[actix_web::test]
async fn size_is_refused_by_count(backend: Backend) {
    let app = empty().start(backend).await;
    let aliases: String = (0..101).map(|n| format!("a{n}: __typename ")).collect();
    assert_eq!(refusal(&app, &format!("{{ {aliases} }}")).await, over("aliases", 100, 101));
    let directives = "@include(if: true) ".repeat(51);
    assert_eq!(refusal(&app, &format!("{{ archive {{ revision {directives} }} }}")).await["limitName"], "directives");
    let deep = format!("{{ edition(slug: \"x\") {}", "{ next ".repeat(17) + &"}".repeat(17)) + "}";
    assert_eq!(refusal(&app, &deep.replace("next }", "next { id } }")).await, over("depth", 16, 19));
    assert_eq!(refusal(&app, &format!("{{ {} }}", "__typename ".repeat(5000))).await, over("tokens", 5000, 5002));
    let brackets = "{".repeat(100_000);
    assert_eq!(refusal(&app, &brackets).await["code"], "LIMIT_EXCEEDED");
    let lists = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_eq!(refusal(&app, lists).await, over("introspection", 2, 3));
}

#[on_both_databases]
#[actix_web::test]
async fn fragments_that_double_are_refused_at_once(backend: Backend) {
    let app = empty().start(backend).await;
    let doubling: String =
        (0..30).map(|n| format!("fragment F{n} on Query {{ ...F{m} ...F{m} }} ", m = n + 1)).collect();
    let bomb = format!("{{ ...F0 }} {doubling} fragment F30 on Query {{ __typename }}");
    let start = Instant::now();
    assert_eq!(refusal(&app, &bomb).await, over("fields", 5000, 1 << 30));
    assert!(start.elapsed().as_secs() < 5, "the fragments are counted, not expanded");
    let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
    assert_eq!(app.error(circle).await.0, "BAD_USER_INPUT");
    let spiral = r#"{ edition(slug: "x") { ...A } } fragment A on Edition { next { ...A } }"#;
    assert_eq!(app.error(spiral).await.0, "BAD_USER_INPUT");
}

#[on_both_databases]
#[actix_web::test]
async fn a_body_has_a_limit(backend: Backend) {
    let app = empty().start(backend).await;
    let long = json!({ "query": "{ __typename }", "padding": "x".repeat(300 * 1024) });
    let answer = app.post(&long, "application/json").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["extensions"]["limitName"]), (413, &json!("body")));
}
