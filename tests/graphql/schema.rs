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

/// What is wrong with a description, if anything is: it is a sentence that begins with its subject and stands by
/// itself.
fn flaw(description: &str) -> Option<&'static str> {
    const OPENINGS: [&str; 17] = [
        "it", "its", "they", "their", "this", "that", "who", "whom", "whose", "what", "when", "where", "which", "how",
        "by", "as", "in",
    ];
    const RIDDLES: [&str; 7] = ["told", "said", "held", "whoever", "nobody", "somebody", "programme"];
    let lower = description.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => Some("has no description"),
        [_] | [_, _] => Some("is described in fewer than three words"),
        [first, ..] if OPENINGS.contains(first) => Some("is described without its subject first"),
        words if words.iter().any(|word| RIDDLES.contains(word)) => Some("is described by a word that is too vague"),
        _ if !description.ends_with('.') => Some("is described by no whole sentence"),
        _ => None,
    }
}

/// Descriptions are the API's manual: what GraphiQL's explorer and generated clients show beside each name.
#[actix_web::test]
async fn everything_is_described() {
    let app = empty().start(Backend::Sqlite).await;
    let schema = app.query(include_str!("../support/introspection.graphql")).await;
    let mut wrong = Vec::new();
    let mut look = |place: String, thing: &Value| {
        wrong.extend(flaw(thing["description"].as_str().unwrap_or_default()).map(|flaw| format!("{place} {flaw}")));
    };
    let members = |of: &Value, key: &str| of[key].as_array().cloned().unwrap_or_default();
    let name = |of: &Value| of["name"].as_str().unwrap().to_owned();
    let mut unspecified = Vec::new();
    for ty in members(&schema["__schema"], "types") {
        let of = name(&ty);
        if of.starts_with("__") || ["Int", "Float", "String", "Boolean", "ID"].contains(&of.as_str()) {
            continue;
        }
        look(of.clone(), &ty);
        if ty["kind"] == "SCALAR" && !ty["specifiedByURL"].as_str().is_some_and(|url| url.starts_with("https://")) {
            unspecified.push(of.clone());
        }
        for member in ["fields", "inputFields", "enumValues"].iter().flat_map(|key| members(&ty, key)) {
            let of = format!("{of}.{}", name(&member));
            look(of.clone(), &member);
            members(&member, "args").iter().for_each(|argument| look(format!("{of}({}:)", name(argument)), argument));
        }
    }
    for directive in members(&schema["__schema"], "directives").iter().filter(|one| name(one) == "listSize") {
        look("@listSize".to_owned(), directive);
        members(directive, "args").iter().for_each(|one| look(format!("@listSize({}:)", name(one)), one));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unspecified.is_empty(), "these scalars have no specifiedByURL: {unspecified:?}");
}

#[test]
fn riddles_are_no_descriptions() {
    for riddle in ["", "Who.", "By what.", "Its id.", "It is there.", "What it is called.", "The time that is told."] {
        assert!(flaw(riddle).is_some(), "{riddle}");
    }
    assert_eq!(flaw("The id of the talk: a UUID that never changes."), None);
}
