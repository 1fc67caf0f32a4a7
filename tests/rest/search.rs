//! `/api/v1/search` and `/api/v1/suggest`.

use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::app::{Backend, promcon};

#[on_both_databases]
#[actix_web::test]
async fn a_search_has_an_address(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let answer = app.get("/api/v1/search?q=native%20histgrams&limit=1", &[]).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let hit = &body["data"][0];
    assert_eq!((&hit["kind"], &hit["node"]["title"]), (&json!("TALK"), &json!("Native Histograms in Prometheus")));
    assert_eq!(hit["node"]["edition"]["slug"], "promcon-2022-munich", "the body of a talk, with references");
    assert_eq!(hit["highlights"][0]["html"], "<mark>Native</mark> <mark>Histograms</mark> in Prometheus");
    assert!(hit["node"].get("kind_of_node").is_none() && hit["score"].is_f64());
    assert_eq!((&body["suggestion"], &body["is_complete"]), (&json!("native histograms"), &json!(true)));
    assert!(body["facets"].as_array().unwrap().iter().any(|facet| facet["name"] == "YEAR"));
    // The next page is where the link leads, and has no count.
    let next = body["page"]["next"].as_str().unwrap();
    let link = answer.headers.get("Link").unwrap().to_str().unwrap().to_owned();
    assert_eq!(link, format!("<{next}>; rel=\"next\""));
    let second = app.get(next.strip_prefix("https://lectern.example").unwrap(), &[]).await.json();
    assert!(second["data"][0]["node"]["id"] != hit["node"]["id"] && second["page"]["total"].is_null());
    // A repeated search is known by its tag, and is answered without a statement.
    let tag = answer.headers.get("ETag").unwrap().to_str().unwrap().to_owned();
    let before = app.statements();
    let again = app.get("/api/v1/search?q=native%20histgrams&limit=1", &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status.as_u16(), app.statements()), (304, before));

    let filtered = app.get("/api/v1/search?q=prometheus&kind=talk&talk_kind=keynote,panel&year=2018", &[]).await.json();
    let kinds: Vec<&str> =
        filtered["data"].as_array().unwrap().iter().map(|hit| hit["node"]["kind"].as_str().unwrap()).collect();
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == "KEYNOTE" || *kind == "PANEL"), "{kinds:?}");
    let companies = app.get("/api/v1/search?q=grafana&kind=company", &[]).await.json();
    assert_eq!(companies["data"][0]["node"]["slug"], "grafana-labs");
}

#[on_both_databases]
#[actix_web::test]
async fn suggestions_have_an_address(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let body = app.get("/api/v1/suggest?q=jul%20vol&limit=1", &[]).await.json();
    let one = &body["data"][0];
    assert_eq!((&one["kind"], &one["label"]), (&json!("SPEAKER"), &json!("Julius Volz")), "{body}");
    assert_eq!(one["url"], "https://lectern.example/speakers/julius-volz");
}

#[on_both_databases]
#[actix_web::test]
async fn wrong_parameters_are_named(backend: Backend) {
    let app = promcon().start(backend).await;
    let long = format!("/api/v1/search?q={}", "w".repeat(501));
    for (address, parameter, what) in [
        ("/api/v1/search", "q", "it is missing"),
        ("/api/v1/search?q=", "q", "there is no word to look for"),
        ("/api/v1/search?q=year:soon", "q", "year:soon is not a year"),
        ("/api/v1/search?q=a&kind=keynote", "kind", "is not one of TALK, SPEAKER, COMPANY, EDITION"),
        ("/api/v1/search?q=a&talk_kind=speech", "talk_kind", "is not one of"),
        ("/api/v1/search?q=a&limit=501", "limit", "from 0 to 500"),
        ("/api/v1/search?q=a&cursor=b", "cursor", "not a cursor of this search"),
        ("/api/v1/search?q=a&sort=title", "sort", "there is no such parameter"),
        ("/api/v1/search?q=a&q=b", "q", "it is there more than once"),
        (long.as_str(), "q", "of 501 characters: 500 are the most"),
        ("/api/v1/suggest", "q", "it is missing"),
    ] {
        let answer = app.get(address, &[]).await;
        let errors = answer.json()["errors"].clone();
        assert_eq!(errors.as_array().map(Vec::len), Some(1), "{address}: {errors}");
        let error = &errors[0];
        assert_eq!((answer.status.as_u16(), &error["parameter"]), (400, &json!(parameter)), "{address}: {error}");
        assert!(error["message"].as_str().unwrap().contains(what), "{address}: {error}");
    }
}
