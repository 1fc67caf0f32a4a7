//! The schema as it is checked in.

use lectern_api::schema;
use serde_json::Value;

use crate::support::app::{Backend, empty};

#[test]
fn the_sdl_is_as_checked_in() {
    let sdl = schema::sdl(&schema::build());
    assert!(sdl == include_str!("../../schema.graphql"), "schema.graphql is stale: `cargo run -- contracts` writes it");
}

/// The cost of a request is only as good as the sizes that it is estimated from.
#[test]
fn every_plain_list_says_its_size() {
    let sdl = schema::sdl(&schema::build());
    let mut kind = "";
    for line in sdl.lines() {
        if line.starts_with(|c: char| c.is_alphabetic()) {
            kind = line;
        }
        let is_field = line.strip_prefix("  ").is_some_and(|field| !field.starts_with(' '))
            && line.contains(": ")
            && kind.starts_with("type")
            && !line.trim_start().starts_with('"');
        let of_connection = kind.contains("Connection");
        let answer =
            line.rsplit_once("): ").or_else(|| line.split_once(": ")).map(|(_, answer)| answer).unwrap_or_default();
        assert!(!is_field || of_connection || !answer.starts_with('[') || line.contains("@listSize"), "{kind} {line}");
    }
}

/// Descriptions are the API's manual. Only Relay's own types may go without.
#[actix_web::test]
async fn everything_is_described() {
    let app = empty().start(Backend::Sqlite).await;
    let schema = app.query(include_str!("../support/introspection.graphql")).await;
    let mut undescribed = Vec::new();
    for kind in schema["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        if name.starts_with("__") || name == "ID" || name.ends_with("Connection") || name.ends_with("Edge") {
            continue;
        }
        let members = ["fields", "inputFields", "enumValues"]
            .iter()
            .flat_map(|members| kind[*members].as_array().into_iter().flatten());
        for thing in std::iter::once(kind).chain(members) {
            if thing["description"].as_str().unwrap_or_default().is_empty() {
                undescribed.push(format!("{name}.{}", thing["name"].as_str().unwrap()));
            }
        }
    }
    assert!(undescribed.is_empty(), "no description: {undescribed:?}");
}
