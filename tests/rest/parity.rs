//! One definition, two APIs: GraphQL and REST answer the same questions alike.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, promcon},
    seed,
};

fn snake_case(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.to_string() })
        .collect()
}

/// Values for a filter, as REST has them: of the archives, and mostly one that matches nothing.
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
        other => panic!("the filter {other} has no values here: add some"),
    }
}

/// A value of REST as GraphQL writes it. None if it is not a word of the type.
fn literal(value: &str, ty: &Value, words: &BTreeMap<String, Vec<String>>) -> Option<String> {
    match ty["kind"].as_str()? {
        "NON_NULL" => literal(value, &ty["ofType"], words),
        "LIST" => Some(format!(
            "[{}]",
            value.split(',').map(|item| literal(item, &ty["ofType"], words)).collect::<Option<Vec<_>>>()?.join(", ")
        )),
        "ENUM" => words[ty["name"].as_str()?].iter().find(|word| word.to_lowercase() == value).cloned(),
        _ if matches!(ty["name"].as_str()?, "Int" | "Boolean") => Some(value.to_owned()),
        _ => Some(json!(value).to_string()),
    }
}

/// The types of the schema by name, and the words of its enums.
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

/// Asks both APIs the same, and compares the items, their count, and where the next page begins. Answers the number of
/// items.
async fn compare(app: &App, schema: &Schema, root: &str, of: &str, rest: &str, graphql: &str) -> usize {
    let leaves = schema.leaves(of);
    let query = format!(
        "{{ list: {root}(first: 60{graphql}) {{ totalCount nodes {{ {} }} pageInfo {{ hasNextPage endCursor }} }} }}",
        leaves.join(" ")
    );
    let expected = &app.query(&query).await["list"];
    let answer = app.get(&format!("/api/v1/{root}?limit=60{rest}"), &[]).await;
    let page = answer.json();
    assert_eq!(page["page"]["total"], expected["totalCount"], "{root} {rest}: {page}");
    let items = page["data"].as_array().unwrap();
    assert_eq!(items.len(), expected["nodes"].as_array().unwrap().len(), "{root} {rest}");
    for (item, node) in items.iter().zip(expected["nodes"].as_array().unwrap()) {
        for leaf in &leaves {
            assert_eq!(item[snake_case(leaf)], node[leaf], "{root} {rest} {leaf}");
        }
    }
    let next = page["page"]["next"].as_str();
    assert_eq!(next.is_some(), expected["pageInfo"]["hasNextPage"], "{root} {rest}");
    if let Some(next) = next {
        assert!(next.contains(&format!("cursor={}", expected["pageInfo"]["endCursor"].as_str().unwrap())), "{next}");
    }
    items.len()
}

/// Asks all lists in all orders with all filters.
async fn compare_all(app: &App) {
    let schema = Schema::of(app).await;
    for (root, of) in [
        ("talks", "Talk"),
        ("editions", "Edition"),
        ("speakers", "Speaker"),
        ("companies", "Company"),
        ("recordings", "Recording"),
    ] {
        compare(app, &schema, root, of, "", "").await;
        for word in &schema.words[&format!("{of}OrderField")] {
            let sort = word.to_lowercase();
            let ascending = format!(", orderBy: {{ field: {word} }}");
            compare(app, &schema, root, of, &format!("&sort={sort}"), &ascending).await;
            let descending = format!(", orderBy: {{ field: {word}, direction: DESC }}");
            compare(app, &schema, root, of, &format!("&sort=-{sort}"), &descending).await;
        }
        for field in schema.types[&format!("{of}Filter")]["inputFields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            let (mut questions, mut found) = (0, 0);
            for value in values(name) {
                let Some(literal) = literal(value, &field["type"], &schema.words) else { continue };
                let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                let rest = format!("&{}={encoded}", snake_case(name));
                found += compare(app, &schema, root, of, &rest, &format!(", filter: {{ {name}: {literal} }}")).await;
                questions += 1;
            }
            assert!(questions > 0, "{of}Filter.{name} was not asked for");
            let may_be_empty = matches!(
                name,
                "room" | "track" | "language" | "tag" | "sponsorOf" | "hasSlides" | "publishedOnOrAfter" | "isGroup"
            );
            assert!(found > 0 || may_be_empty, "{of}Filter.{name} matched nothing");
        }
    }

    // Several filters at once, and a list within something else.
    compare(
        app,
        &schema,
        "talks",
        "Talk",
        "&year=2017&has_recording=true&sort=-title",
        ", filter: { year: 2017, hasRecording: true }, orderBy: { field: TITLE, direction: DESC }",
    )
    .await;
    let speaker = app
        .query(
            "{
                speakers(first: 1, orderBy: { field: TALK_COUNT, direction: DESC }) {
                    nodes { slug talks(first: 3) { totalCount nodes { id } } }
                }
            }",
        )
        .await;
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

#[on_both_databases]
#[actix_web::test]
async fn both_apis_answer_alike_on_promcon(backend: Backend) {
    let app = promcon().start(backend).await;
    compare_all(&app).await;
}

#[on_both_databases]
#[actix_web::test]
async fn both_apis_answer_alike_on_a_weekend(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let schema = Schema::of(&app).await;

    // The filters that match nothing in the other archive.
    for (name, of) in [
        ("room", "Talk"),
        ("track", "Talk"),
        ("language", "Talk"),
        ("tag", "Talk"),
        ("sponsorOf", "Company"),
        ("hasSlides", "Talk"),
        ("publishedOnOrAfter", "Recording"),
        ("isGroup", "Speaker"),
    ] {
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
