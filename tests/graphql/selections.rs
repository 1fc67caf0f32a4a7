//! Selections of which parts are skipped, or belong to other types.

use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{Backend, archive},
    seed,
};

#[on_both_databases]
#[actix_web::test]
async fn a_default_decides_what_is_skipped(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for (of, directive, value, is_there) in [
        ("Boolean! = true", "include", None, true),
        ("Boolean! = false", "include", None, false),
        ("Boolean = true", "include", None, true),
        ("Boolean = true", "skip", None, false),
        ("Boolean! = false", "skip", None, true),
        ("Boolean! = true", "include", Some(false), false),
        ("Boolean! = true", "skip", Some(false), true),
    ] {
        let at = format!("@{directive}(if: $x)");
        let document = format!(
            "query($x: {of}) {{
                archive {{ id: __typename revision {at} }} field: archive {at} {{ talks }} ...F {at}
                talks(first: 1) {{ totalCount ... {at} {{ inline: totalCount }} }}
            }}
            fragment F on Query {{ spread: archive {{ talks }} }}"
        );
        let variables = value.map_or(json!({}), |value| json!({ "x": value }));
        let data = &app.ask(&document, variables).await["data"];
        for path in ["/archive/revision", "/field", "/spread", "/talks/inline"] {
            assert_eq!(data.pointer(path).is_some(), is_there, "{of} {at} {path}: {data}");
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn an_object_of_which_nothing_is_selected_is_empty(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let talk = app.talk_id("twice").await;
    for (document, data) in [
        ("{ talks @skip(if: true) { totalCount } }".to_owned(), json!({})),
        ("{ archive { revision @skip(if: true) } }".to_owned(), json!({ "archive": {} })),
        (
            "{ talks(first: 2) { nodes { title @include(if: false) } } }".to_owned(),
            json!({ "talks": { "nodes": [{}, {}] } }),
        ),
        (format!("{{ node(id: \"{talk}\") {{ ... on Speaker {{ name }} }} }}"), json!({ "node": {} })),
        (format!("{{ node(id: \"{talk}\") {{ ...F }} }} fragment F on Speaker {{ name }}"), json!({ "node": {} })),
        (
            "{ node(id: \"0f8fad5b-d9cb-469f-a165-70867728950e\") { ... on Speaker { name } } }".to_owned(),
            json!({ "node": null }),
        ),
        ("{ __schema { queryType { name @skip(if: true) } } }".to_owned(), json!({ "__schema": { "queryType": {} } })),
        ("{ archive { __typename @skip(if: true) } }".to_owned(), json!({ "archive": {} })),
    ] {
        let answer = app.ask(&document, json!({})).await;
        assert_eq!(answer, json!({ "data": data }), "{document}");
    }
    let token = app.token("write").await;
    let mutation = "mutation { delete(id: \"0f8fad5b-d9cb-469f-a165-70867728950e\") @skip(if: true) { revision } }";
    assert_eq!(app.mutate(&token, mutation, json!({})).await.json(), json!({ "data": {} }));
}
