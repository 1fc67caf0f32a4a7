//! GraphQL over HTTP: media types, methods, status codes, batches, persisted queries.

use actix_web::http::Method;
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::app::{App, Backend, empty};

const RESPONSE_JSON: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// The status codes for both media types.
async fn statuses(app: &App, body: &Value) -> (u16, u16) {
    (app.post(body, RESPONSE_JSON).await.status.as_u16(), app.post(body, JSON).await.status.as_u16())
}

#[on_both_databases]
#[actix_web::test]
async fn the_answer_has_the_media_type_that_is_liked_best(backend: Backend) {
    let app = empty().start(backend).await;
    let body = json!({ "query": "{ __typename }" });
    for (accept, media_type) in [
        (RESPONSE_JSON, RESPONSE_JSON),
        (JSON, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("", JSON),
        ("application/json;q=0.5, application/graphql-response+json;q=0.9", RESPONSE_JSON),
        ("application/json, application/graphql-response+json", JSON),
        ("text/html, application/graphql-response+json;q=0.1", RESPONSE_JSON),
        ("application/graphql-response+json;q=0, */*;q=0.1", JSON),
    ] {
        let answer = app.post(&body, accept).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, format!("{media_type}; charset=utf-8").as_str()),
            "{accept}"
        );
        assert_eq!(answer.json(), json!({ "data": { "__typename": "Query" } }));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("vary"), "Accept, Accept-Encoding");
    }
    assert_eq!(app.post(&body, "text/plain").await.status, 406);
    assert_eq!(app.post(&body, "text/html").await.status, 406);
}

#[on_both_databases]
#[actix_web::test]
async fn the_status_says_whether_the_request_ran(backend: Backend) {
    let app = empty().start(backend).await;

    // The request is understood and not run: the status of the new media type shows that, the old one's does not.
    for body in [
        json!({ "query": "{" }),
        json!({ "query": "{ nothing }" }),
        json!({ "query": "query($id: ID!) { node(id: $id) { id } }" }),
        json!({ "query": "query($id: ID!) { node(id: $id) { id } }", "variables": { "id": "x" } }),
        json!({ "query": "query A { __typename } query B { __typename }" }),
        json!({ "query": "query A { __typename }", "operationName": "B" }),
    ] {
        assert_eq!(statuses(&app, &body).await, (400, 200), "{body}");
        let answer = app.post(&body, JSON).await.json();
        assert!(answer.get("data").is_none(), "nothing ran, so there is no data: {answer}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
    }

    // The request is not understood: both statuses show that.
    for body in [
        json!({}),
        json!({ "query": 1 }),
        json!({ "query": "{ __typename }", "variables": "x" }),
        json!({ "query": "{ __typename }", "extensions": [] }),
        json!({ "query": "{ __typename }", "operationName": {} }),
        json!("x"),
        json!([]),
    ] {
        assert_eq!(statuses(&app, &body).await, (400, 400), "{body}");
    }
    let broken = app.send(Method::POST, "/graphql", &[("Content-Type", JSON)], "{ not json").await;
    assert_eq!(broken.status, 400);
    assert!(broken.json()["errors"][0]["message"].as_str().unwrap().starts_with("body: it is not JSON"));
}

#[on_both_databases]
#[actix_web::test]
async fn only_json_executes(backend: Backend) {
    let app = empty().start(backend).await;
    let body = r#"{"query":"{ __typename }"}"#;
    for (content_type, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON;charset=\"UTF-8\"", 200),
        ("application/json; charset=latin1", 415),
        ("text/plain", 415),
        ("application/jsonx", 415),
        ("application/graphql", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
    ] {
        let answer = app.send(Method::POST, "/graphql", &[("Content-Type", content_type)], body).await;
        assert_eq!(answer.status, status, "{content_type}");
    }
    assert_eq!(app.send(Method::POST, "/graphql", &[], body).await.status, 415);
}

#[on_both_databases]
#[actix_web::test]
async fn queries_come_by_get(backend: Backend) {
    let app = empty().start(backend).await;
    let answer =
        app.get("/graphql?query=query%20A%7Ba%3A__typename%7Dquery%20B%7Bb%3A__typename%7D&operationName=B", &[]).await;
    assert_eq!(answer.json(), json!({ "data": { "b": "Query" } }));
    let query = "/graphql?query=query(%24id%3AID!)%7Bnode(id%3A%24id)%7Bid%7D%7D";
    let answer =
        app.get(&format!("{query}&variables=%7B%22id%22%3A%220f8fad5b-d9cb-469f-a165-70867728950e%22%7D"), &[]).await;
    assert_eq!(answer.json(), json!({ "data": { "node": null } }));
    assert_eq!(app.get(&format!("{query}&variables=x"), &[]).await.status, 400);
    assert_eq!(app.get("/graphql", &[("Accept", RESPONSE_JSON)]).await.status, 400);
    assert_eq!(app.send(Method::HEAD, "/graphql?query=%7B__typename%7D", &[], "").await.status, 200);
}

#[on_both_databases]
#[actix_web::test]
async fn other_methods_are_not_there(backend: Backend) {
    let app = empty().start(backend).await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = app.send(method, "/graphql", &[("Content-Type", JSON)], "{}").await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "GET, HEAD, POST"));
    }
    for accept in [RESPONSE_JSON, JSON] {
        let answer = app.get("/graphql?query=mutation%7Bx%7D", &[("Accept", accept)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"));
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_batch_is_answered_in_its_order(backend: Backend) {
    let app = empty().start(backend).await;
    let one = |alias: &str| json!({ "query": format!("{{ {alias}: __typename }}") });
    let answer = app.post(&json!([one("a"), json!({}), one("b")]), JSON).await.json();
    assert_eq!(answer[0], json!({ "data": { "a": "Query" } }));
    assert_eq!(answer[1]["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    assert_eq!(answer[2], json!({ "data": { "b": "Query" } }));
    let many: Vec<Value> = (0..11).map(|_| one("a")).collect();
    let answer = app.post(&Value::Array(many), JSON).await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.json()["errors"][0]["extensions"],
        json!({ "code": "LIMIT_EXCEEDED", "limitName": "batch", "limit": 10, "value": 11 })
    );
}

#[on_both_databases]
#[actix_web::test]
async fn persisted_queries_are_kept_by_their_hash(backend: Backend) {
    let app = empty().start(backend).await;
    let query = "{ __typename }";
    let sha256 = "7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b";
    let by_hash = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": sha256 } } });
    let unknown = app.post(&by_hash, JSON).await.json();
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND");
    let mut both = by_hash.clone();
    both["query"] = "{ other: __typename }".into();
    assert_eq!(app.post(&both, RESPONSE_JSON).await.status, 400);
    assert_eq!(app.post(&by_hash, JSON).await.json(), unknown);
    both["query"] = query.into();
    assert_eq!(app.post(&both, JSON).await.json(), json!({ "data": { "__typename": "Query" } }));
    assert_eq!(app.post(&by_hash, JSON).await.json(), json!({ "data": { "__typename": "Query" } }));
    let by_get = format!(
        "/graphql?extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%22{sha256}%22%7D%7D"
    );
    assert_eq!(app.get(&by_get, &[]).await.json(), json!({ "data": { "__typename": "Query" } }));
}

#[on_both_databases]
#[actix_web::test]
async fn health_and_the_schema_are_served(backend: Backend) {
    let app = empty().start(backend).await;
    assert_eq!(app.get("/healthz", &[]).await.body, "ok\n");
    assert_eq!(app.get("/readyz", &[]).await.body, "ready\n");
    let schema = app.get("/schema.graphql", &[]).await;
    assert_eq!(schema.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(schema.body, include_str!("../../schema.graphql"));
    assert_eq!(app.get("/nothing", &[]).await.status, 404);
}

#[on_both_databases]
#[actix_web::test]
async fn a_browser_gets_graphiql(backend: Backend) {
    let app = empty().start(backend).await;
    let page = app
        .get(
            "/graphql?query=%7B__typename%7D",
            &[("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")],
        )
        .await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("default-src 'self'"));
    for asset in
        page.body.split('"').filter(|text| text.starts_with("/graphql/assets/") || text.starts_with("graphql/assets/"))
    {
        let asset = app.get(&format!("/{}", asset.trim_start_matches('/')), &[]).await;
        assert_eq!(asset.status, 200);
    }
    assert!(!page.body.contains("//cdn") && !page.body.contains("unpkg"));
}

#[actix_web::test]
async fn an_allow_list_answers_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("only.graphql"), "{ __typename }").unwrap();
    let app = empty().allow_only(folder.path().to_owned()).start(Backend::Sqlite).await;
    assert_eq!(app.post(&json!({ "query": "{ __typename }" }), RESPONSE_JSON).await.status, 200);
    let other = app.post(&json!({ "query": "{ archive { revision } }" }), RESPONSE_JSON).await;
    assert_eq!((other.status.as_u16(), &other.json()["errors"][0]["extensions"]["code"]), (403, &json!("FORBIDDEN")));
}
