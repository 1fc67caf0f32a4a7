//! `lectern search`.

use std::{ffi::OsString, io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::ValueEnum;
use lectern_api::server;
use serde_json::{Map, Value, json};

use crate::{DatabaseArguments, Failure, clock, outln};

#[derive(clap::Args)]
pub struct SearchArguments {
    /// The words to look for, with the conditions of the search: speaker:volz has:recording year:2016-2018 -word
    #[arg(required = true, value_name = "WORD")]
    words: Vec<String>,
    /// Find only items of this kind; several may be given
    #[arg(long, value_name = "KIND")]
    kind: Vec<Kind>,
    /// The greatest number of items
    #[arg(long, default_value_t = 10, value_name = "NUMBER", value_parser = clap::value_parser!(i32).range(0..=500))]
    limit: i32,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
    /// The folder of the search index [default: memory, or a folder beside the SQLite file of a large archive]
    #[arg(long, env = "LECTERN_SEARCH_INDEX", value_name = "FOLDER")]
    search_index: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// The sign that is a minus and nothing else.
const MINUS: char = '\u{2212}';

/// The arguments of the process. A word that `lectern search` is to exclude (`-volz`) would be read as an option, so it
/// gets the other sign for minus, which means the same in a query.
pub fn with_excluded_words(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if arguments.get(1).is_some_and(|command| command == "search") {
        for argument in &mut arguments[2..] {
            let excluded = argument.to_str().and_then(|text| text.strip_prefix('-'));
            if let Some(word) = excluded.filter(|word| word.len() > 1 && !word.starts_with('-')) {
                *argument = format!("{MINUS}{word}").into();
            }
        }
    }
    arguments
}

/// A kind of item.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Talk,
    Speaker,
    Company,
    Edition,
}

const DOCUMENT: &str = "query($q: String!, $kinds: [SearchKind!], $first: Int) {
  search(query: $q, kinds: $kinds, first: $first) {
    totalCount suggestion isComplete
    nodes {
      score
      node {
        kind: __typename
        ... on Talk { id title url edition { name } appearances { creditedAs } }
        ... on Speaker { id name url talks(first: 0) { totalCount } }
        ... on Company { id name url talks(first: 0) { totalCount } }
        ... on Edition { id name url city }
      }
      highlights { field html }
    }
  }
}";

/// Prints what a search finds in the archive of a database.
pub async fn run(given: SearchArguments) -> Result<ExitCode, Failure> {
    let kinds: Vec<String> = given
        .kind
        .iter()
        .filter_map(|kind| kind.to_possible_value())
        .map(|kind| kind.get_name().to_uppercase())
        .collect();
    let variables = [
        ("q", json!(given.words.join(" "))),
        ("kinds", if kinds.is_empty() { Value::Null } else { json!(kinds) }),
        ("first", json!(given.limit)),
    ];
    let variables = Map::from_iter(variables.map(|(name, value)| (name.to_owned(), value)));
    let is_watched = std::io::stderr().is_terminal() && !given.json;
    let tell = move |state: &lectern_api::search::IndexState| {
        if let Some(note) = state.note().filter(|_| is_watched && state.all > 10_000) {
            eprintln!("lectern: {note}");
        }
    };
    let clock = clock();
    let found = server::search(&given.database.url, &clock, given.search_index, (DOCUMENT, variables), tell);
    let found = found.await?;
    let search = &found["search"];
    if given.json {
        outln!("{search:#}");
        return Ok(ExitCode::SUCCESS);
    }
    for hit in search["nodes"].as_array().into_iter().flatten() {
        outln!("{}", line(&hit["node"]));
    }
    let shown = search["nodes"].as_array().map_or(0, Vec::len);
    match search["totalCount"].as_u64() {
        Some(0) => outln!("nothing was found"),
        Some(all) if all > shown as u64 => outln!("{shown} of {all} hits"),
        _ => {}
    }
    if let Some(suggestion) = search["suggestion"].as_str() {
        outln!("more is found with: {suggestion}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A hit in one line: what it is, what tells it from others, and its address.
fn line(node: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let label = text(if node["title"].is_string() { &node["title"] } else { &node["name"] });
    let speakers = node["appearances"].as_array().into_iter().flatten().map(|one| text(&one["creditedAs"]));
    let mut details: Vec<String> = speakers.collect();
    details.push(text(&node["edition"]["name"]));
    details.push(text(&node["city"]));
    details.extend(
        node["talks"]["totalCount"].as_i64().map(|count| format!("{count} talk{}", if count == 1 { "" } else { "s" })),
    );
    details.retain(|detail| !detail.is_empty());
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("{} {label}{details} {}", text(&node["kind"]).to_lowercase(), text(&node["url"]))
}
