//! Objects that requests share in JSON: each answer is that of a server that knows nothing yet.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    seed,
};

/// Asks the same in the words of several requests, so that no response answers it, and a server that knows nothing.
/// All answers must be the same, in bytes.
async fn answered(app: &App, query: &str, variables: Value) -> Value {
    let new = app.another().await;
    let bodies = [(app, "A"), (app, "B"), (app, "C"), (&new, "A")].map(async |(app, name)| {
        let operation = query.replacen("query", &format!("query {name}"), 1);
        app.post(&json!({ "query": operation, "variables": variables }), "application/json").await.body
    });
    let mut answers = Vec::new();
    for body in bodies {
        answers.push(body.await);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{query}\n{answers:#?}");
    serde_json::from_str(&answers[0]).expect("JSON")
}

#[on_both_databases]
#[actix_web::test]
async fn selections_share_only_what_they_have_in_common(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    app.be_indexed().await;
    let talk = app.talk_id("twice").await;
    let ada = app.query("{ speaker(slug: \"ada\") { id } }").await["speaker"]["id"].as_str().unwrap().to_owned();
    let mut seen = Vec::new();
    for (query, variables) in [
        ("query { talks(first: 3) { nodes { title kind } } }", json!({})),
        ("query { talks(first: 3) { nodes { kind title } } }", json!({})),
        ("query { talks(first: 3) { nodes { title kind: slug } } }", json!({})),
        (
            "query { talks(first: 3) { nodes { slug ... on Talk { title } ... on Node { id } ...F } } } fragment F on Talk { kind }",
            json!({}),
        ),
        ("query { talks(first: 3) { nodes { ...F } } } fragment F on Talk { status }", json!({})),
        ("query { talks(first: 3) { nodes { ...F } } } fragment F on Talk { language }", json!({})),
        // Arguments, and their variables, below the objects.
        ("query { speakers(first: 3) { nodes { talks(first: 1) { nodes { title } } } } }", json!({})),
        ("query { speakers(first: 3) { nodes { talks(first: 2) { nodes { title } } } } }", json!({})),
        ("query($n: Int) { speakers(first: 3) { nodes { talks(last: $n) { nodes { title } } } } }", json!({ "n": 1 })),
        ("query($n: Int) { speakers(first: 3) { nodes { talks(last: $n) { nodes { title } } } } }", json!({ "n": 2 })),
        ("query($n: Int) { speakers(first: 3) { nodes { talks(last: $n) { nodes { title } } } } }", json!({})),
        ("query($n: Int = 1) { speakers(first: 3) { nodes { talks(last: $n) { nodes { slug } } } } }", json!({})),
        (
            "query($f: TalkFilter) { speakers(first: 3) { nodes { talks(filter: $f) { nodes { title } } } } }",
            json!({ "f": { "titleContains": "a" } }),
        ),
        (
            "query($f: TalkFilter) { speakers(first: 3) { nodes { talks(filter: $f) { nodes { title } } } } }",
            json!({ "f": { "titleContains": "b" } }),
        ),
        // What is skipped.
        ("query($x: Boolean!) { talks(first: 3) { nodes { slug title @include(if: $x) } } }", json!({ "x": true })),
        ("query($x: Boolean!) { talks(first: 3) { nodes { slug title @include(if: $x) } } }", json!({ "x": false })),
        ("query($x: Boolean!) { talks(first: 3) { nodes { title @skip(if: $x) } } }", json!({ "x": true })),
        // Objects of several selections are merged, in whatever way these come.
        ("query { talks(first: 3) { nodes { title } nodes { slug } } }", json!({})),
        ("query { talks(first: 3) { nodes { title } } talks(first: 3) { nodes { language } } }", json!({})),
        (
            "query { talks(first: 3) { ...A ...B } } fragment A on TalkConnection { nodes { slug } } fragment B on TalkConnection { nodes { id } }",
            json!({}),
        ),
        (
            "query { edition(slug: \"conf-2025\") { slug ...E } } fragment E on Edition { talks(first: 2) { nodes { title } } }",
            json!({}),
        ),
        (
            "query { edition(slug: \"conf-2025\") { slug } edition(slug: \"conf-2025\") { name talks(first: 2) { nodes { title } } } }",
            json!({}),
        ),
        // Within each other, in other places and under other names.
        (
            "query { talks(first: 2) { edges { cursor node { title speakers { talks(first: 1) { nodes { title } } } } } } }",
            json!({}),
        ),
        ("query { a: talks(first: 2) { b: nodes { c: title } } talks(first: 3) { nodes { c: title } } }", json!({})),
        (
            "query { node(id: \"$TALK\") { ... on Talk { title edition { talks(first: 1) { nodes { title } } } } } }",
            json!({}),
        ),
        (
            "query { nodes(ids: [\"$TALK\", \"$ADA\"]) { id __typename ... on Talk { title } ... on Speaker { name } } }",
            json!({}),
        ),
        (
            "query { nodes(ids: [\"$ADA\", \"$TALK\"]) { id ...F } } fragment F on Node { ... on Talk { title } }",
            json!({}),
        ),
        ("query { talk(id: \"$TALK\") { ... on Talk { title } } }", json!({})),
        ("query { node(id: \"$TALK\") { ... on Speaker { name } } }", json!({})),
        (
            "query { search(query: \"twice\") { nodes { node { __typename ... on Talk { title } ... on Speaker { slug } } } } }",
            json!({}),
        ),
        (
            "query { nobody: speaker(slug: \"nobody\") { name } ada: speaker(slug: \"ada\") { name talks { totalCount } } }",
            json!({}),
        ),
    ] {
        let query = query.replace("$TALK", &talk).replace("$ADA", &ada);
        let answer = answered(&app, &query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}: {answer:#}");
        let data = answer["data"].to_string();
        assert!(!seen.contains(&data), "another one has this answer, too: {query}: {data}");
        seen.push(data);
    }
}

#[on_both_databases]
#[actix_web::test]
async fn an_object_with_an_error_is_not_shared(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let query =
        "query($after: String) { speakers(first: 2) { nodes { name talks(after: $after) { nodes { title } } } } }";
    for after in ["no cursor", "neither"] {
        let answer = answered(&app, query, json!({ "after": after })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
    }
    let answer = answered(&app, query, json!({ "after": null })).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    // One of two lists fails, and the object of the other one is whole.
    let both = "query { talks(first: 2) { nodes { slug } } speaker(slug: \"ada\") { one: talks(first: 1) { nodes { slug } } } bad: talks(after: \"no cursor\") { totalCount } }";
    let answer = answered(&app, both, json!({})).await;
    assert!(!answer["errors"].as_array().expect("errors").is_empty(), "{answer:#}");
}

#[on_both_databases]
#[actix_web::test]
async fn an_object_that_depends_on_the_time_is_made_each_time(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for query in [
        "query { editions { nodes { slug status } } }",
        "query { talks(first: 2) { nodes { slug edition { status } } } }",
        "query { edition(slug: \"conf-2025\") { name onNow { title } upNext { title } } }",
        "query { conference(slug: \"conf\") { name editions { nodes { name status } } } }",
        "query { editions(filter: { status: [LIVE] }) { nodes { slug } } }",
    ] {
        let mut seen = Vec::new();
        for now in ["2025-10-01T12:00:00Z", "2025-10-25T07:30:00Z", "2026-10-25T07:30:00Z"] {
            app.set_now(now);
            let answer = answered(&app, query, json!({})).await;
            assert!(answer.get("errors").is_none(), "{query}: {answer:#}");
            seen.push(answer);
        }
        assert!(seen[0] != seen[1] || seen[1] != seen[2], "the time decides: {seen:#?}");
    }
}

/// What a write changes within an object changes the object, however deep.
#[on_both_databases]
#[actix_web::test]
async fn a_write_within_an_object_makes_it_anew(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let query = "query { edition(slug: \"conf-2025\") { name talks { totalCount nodes { title
        appearances { creditedAs speaker { name talks(first: 2) { totalCount nodes { title room { name } } } } companies { name } }
        recordings { startSeconds recording { title } } links { url } tags slots { startsAt room { name } } track { name } } } } }";
    let talk = app.talk_id("twice").await;
    let ada = app.query("{ speaker(slug: \"ada\") { id } }").await["speaker"]["id"].as_str().unwrap().to_owned();
    let room =
        app.query("{ edition(slug: \"conf-2025\") { rooms { id } } }").await["edition"]["rooms"][0]["id"].clone();
    let mut before = answered(&app, query, json!({})).await;
    for mutation in [
        format!("updateTalk(id: \"{talk}\", input: {{ title: \"Thrice\" }}) {{ revision }}"),
        format!("updateTalk(id: \"{talk}\", input: {{ tags: [\"new\"] }}) {{ revision }}"),
        format!("updateSpeaker(id: \"{ada}\", input: {{ name: \"Ada King\" }}) {{ revision }}"),
        format!("updateRoom(id: {room}, input: {{ name: \"The Attic\" }}) {{ revision }}"),
        format!("addLink(to: \"{talk}\", input: {{ kind: SLIDES, url: \"https://example.org/s\" }}) {{ revision }}"),
        "createTalk(input: { edition: \"conf-2025\", title: \"One more\", appearances: [{ speaker: \"ada\" }] }) { revision }".to_owned(),
        format!("updateTalk(id: \"{talk}\", input: {{ status: WITHDRAWN }}) {{ revision }}"),
    ] {
        editor.edit(&mutation).await;
        let after = answered(&app, query, json!({})).await;
        assert_ne!(after, before, "{mutation}");
        before = after;
    }
}
