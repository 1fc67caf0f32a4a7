//! One definition, two doors: the same questions to GraphQL and to REST get the same answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{
    app::{App, archive, on_both, promcon},
    seed,
};

fn snake_case(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.to_string() })
        .collect()
}

/// Values to ask each filter for, as REST has them: texts and numbers of the archives, and one that matches nothing.
fn values(field: &str) -> &'static [&'static str] {
    match field {
        "conference" => &["promcon", "conf", "promcon,conf", "nothing"],
        "edition" | "sponsorOf" => &["promcon-2016-berlin", "conf-2025,promcon-2017-munich", "conf-25", "nothing"],
        "year" => &["2016", "2017,2025", "1999"],
        "speaker" => &["julius-volz", "ada-a,bob", "nothing"],
        "company" => &["soundcloud,grafana-labs", "acme", "nothing"],
        "kind" => &["talk", "lightning_talk,keynote", "live_stream"],
        "status" => &["cancelled", "withdrawn,confirmed", "concluded,announced"],
        "language" => &["en", "de", "pt-BR"],
        "track" => &["ops", "nothing"],
        "room" => &["hall,attic", "nothing"],
        "tag" => &["größe", "scale,GROSSE"],
        "city" => &["berlin", "zurich,MUNICH"],
        "country" => &["DE", "CH,US"],
        "provider" => &["youtube", "vimeo"],
        "titleContains" => &["prom", "100%", "apfel", "_"],
        "nameContains" => &["ada", "VOLZ", "acme corp", "cloud"],
        "hasRecording" | "hasSlides" | "hasTalk" | "isGroup" => &["true", "false"],
        "startsAtOrAfter" | "startsBefore" => &["2017-08-17T10:00:00+02:00", "2025-10-25T08:30:00Z"],
        "startsOnOrAfter" | "startsOnOrBefore" | "publishedOnOrAfter" => &["2017-08-17", "2025-10-26"],
        other => panic!("no values to ask the filter {other} for: add some"),
    }
}

/// A value of REST as GraphQL writes it. Words that are none of the type's are left out of the questions.
fn literal(value: &str, ty: &Value, words: &BTreeMap<String, Vec<String>>) -> Option<String> {
    match ty["kind"].as_str()? {
        "NON_NULL" => literal(value, &ty["ofType"], words),
        "LIST" => Some(format!(
            "[{}]",
            value.split(',').map(|one| literal(one, &ty["ofType"], words)).collect::<Option<Vec<_>>>()?.join(", ")
        )),
        "ENUM" => words[ty["name"].as_str()?].iter().find(|word| word.to_lowercase() == value).cloned(),
        _ if matches!(ty["name"].as_str()?, "Int" | "Boolean") => Some(value.to_owned()),
        _ => Some(json!(value).to_string()),
    }
}

/// What the schema says of itself.
struct Schema {
    types: BTreeMap<String, Value>,
    words: BTreeMap<String, Vec<String>>,
}

impl Schema {
    async fn of(app: &App) -> Self {
        let schema = app.query(include_str!("../support/introspection.graphql")).await;
        let types = schema["__schema"]["types"].as_array().unwrap().clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let words = types.iter().filter_map(|kind| {
            let words = kind["enumValues"].as_array()?.iter().map(|word| text(&word["name"])).collect();
            Some((text(&kind["name"]), words))
        });
        Self { words: words.collect(), types: types.iter().map(|kind| (text(&kind["name"]), kind.clone())).collect() }
    }

    /// The fields of a type that are values and take no arguments.
    fn leaves(&self, of: &str) -> Vec<String> {
        fn named(ty: &Value) -> &Value {
            if ty["ofType"].is_null() { ty } else { named(&ty["ofType"]) }
        }
        let fields = self.types[of]["fields"].as_array().unwrap().iter();
        let leaf = |field: &&Value| matches!(named(&field["type"])["kind"].as_str(), Some("SCALAR" | "ENUM"));
        fields.filter(leaf).map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// Asks both doors the same, and compares what they tell of each item, the count, and where the next page begins.
async fn compare(app: &App, schema: &Schema, root: &str, of: &str, rest: &str, graphql: &str) -> usize {
    let leaves = schema.leaves(of);
    let query = format!(
        "{{ list: {root}(first: 60{graphql}) {{ totalCount nodes {{ {} }} pageInfo {{ hasNextPage endCursor }} }} }}",
        leaves.join(" ")
    );
    let expected = &app.query(&query).await["list"];
    let answer = app.get(&format!("/api/v1/{root}?limit=60{rest}"), &[]).await;
    let got = answer.json();
    assert_eq!(got["page"]["total"], expected["totalCount"], "{root} {rest}: {got}");
    let items = got["data"].as_array().unwrap();
    assert_eq!(items.len(), expected["nodes"].as_array().unwrap().len(), "{root} {rest}");
    for (item, node) in items.iter().zip(expected["nodes"].as_array().unwrap()) {
        for leaf in &leaves {
            assert_eq!(item[snake_case(leaf)], node[leaf], "{root} {rest} {leaf}");
        }
    }
    let next = got["page"]["next"].as_str();
    assert_eq!(next.is_some(), expected["pageInfo"]["hasNextPage"], "{root} {rest}");
    if let Some(next) = next {
        assert!(next.contains(&format!("cursor={}", expected["pageInfo"]["endCursor"].as_str().unwrap())), "{next}");
    }
    items.len()
}

async fn every_question(app: App) {
    let schema = Schema::of(&app).await;
    for (root, of) in [
        ("talks", "Talk"),
        ("editions", "Edition"),
        ("speakers", "Speaker"),
        ("companies", "Company"),
        ("recordings", "Recording"),
    ] {
        compare(&app, &schema, root, of, "", "").await;
        for word in &schema.words[&format!("{of}OrderField")] {
            compare(
                &app,
                &schema,
                root,
                of,
                &format!("&sort={}", word.to_lowercase()),
                &format!(", orderBy: {{ field: {word} }}"),
            )
            .await;
            let descending = format!(", orderBy: {{ field: {word}, direction: DESC }}");
            compare(&app, &schema, root, of, &format!("&sort=-{}", word.to_lowercase()), &descending).await;
        }
        for field in schema.types[&format!("{of}Filter")]["inputFields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            let (mut asked, mut found) = (0, 0);
            for value in values(name) {
                let Some(literal) = literal(value, &field["type"], &schema.words) else { continue };
                let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                let rest = format!("&{}={encoded}", snake_case(name));
                found += compare(&app, &schema, root, of, &rest, &format!(", filter: {{ {name}: {literal} }}")).await;
                asked += 1;
            }
            assert!(asked > 0, "{of}Filter.{name} was not asked");
            let may_be_empty = matches!(
                name,
                "room" | "track" | "language" | "tag" | "sponsorOf" | "hasSlides" | "publishedOnOrAfter" | "isGroup"
            );
            assert!(found > 0 || may_be_empty, "{of}Filter.{name} matched nothing");
        }
    }
    // Several at once, and the lists within something else.
    compare(
        &app,
        &schema,
        "talks",
        "Talk",
        "&year=2017&has_recording=true&sort=-title",
        ", filter: { year: 2017, hasRecording: true }, orderBy: { field: TITLE, direction: DESC }",
    )
    .await;
    let speaker = app.query("{ speakers(first: 1, orderBy: { field: TALK_COUNT, direction: DESC }) { nodes { slug talks(first: 3) { totalCount nodes { id } } } } }").await;
    let speaker = &speaker["speakers"]["nodes"][0];
    let talks = app
        .get(&format!("/api/v1/speakers/{}/talks?limit=3&fields=id", speaker["slug"].as_str().unwrap()), &[])
        .await
        .json();
    assert_eq!(
        (&talks["data"], &talks["page"]["total"]),
        (&speaker["talks"]["nodes"], &speaker["talks"]["totalCount"])
    );
}

on_both! {
    async fn both_doors_answer_alike_on_promcon(app: promcon()) {
        every_question(app).await;
    }

    async fn both_doors_answer_alike_on_a_weekend(app: archive(seed::weekend)) {
        let schema = Schema::of(&app).await;
        for (name, of) in [("room", "Talk"), ("track", "Talk"), ("language", "Talk"), ("tag", "Talk"), ("sponsorOf", "Company"), ("hasSlides", "Talk"),
            ("publishedOnOrAfter", "Recording"), ("isGroup", "Speaker")]
        {
            let fields = schema.types[&format!("{of}Filter")]["inputFields"].as_array().unwrap();
            let field = fields.iter().find(|field| field["name"] == name).unwrap();
            let root = if of == "Company" { "companies".to_owned() } else { format!("{}s", of.to_lowercase()) };
            let mut found = 0;
            for value in values(name) {
                let literal = literal(value, &field["type"], &schema.words).unwrap();
                let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                let rest = format!("&{}={encoded}", snake_case(name));
                found += compare(&app, &schema, &root, of, &rest, &format!(", filter: {{ {name}: {literal} }}")).await;
            }
            assert!(found > 0, "{of}Filter.{name} matched nothing");
        }
    }
}
