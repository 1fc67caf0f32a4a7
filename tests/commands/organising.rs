//! `docs/organising.md`: its files are right, and its commands and edits do what it says, one after the other.

use std::fs;

use serde_json::json;

use crate::support::command::{Terminal, stdout};

const PAGE: &str = include_str!("../../docs/organising.md");

/// The blocks of a language, with the text before each.
fn blocks(language: &str) -> Vec<(&'static str, &'static str)> {
    let opening = format!("```{language}\n");
    let places = PAGE.match_indices(&opening).map(|(place, _)| place);
    places.map(|place| (&PAGE[..place], PAGE[place + opening.len()..].split("```").next().unwrap())).collect()
}

#[test]
fn the_way_of_an_organiser_works_as_it_is_written() {
    let terminal = Terminal::open();
    fs::create_dir_all(terminal.folder().join("my-archive/editions")).unwrap();
    let mut files = 0;
    for (before, text) in blocks("yaml") {
        let name = before.trim_end().lines().next_back().unwrap();
        if let Some(name) = name.strip_prefix("`my-archive/").and_then(|name| name.strip_suffix("`:")) {
            fs::write(terminal.folder().join("my-archive").join(name), text).unwrap();
            files += 1;
        }
    }
    assert_eq!(files, 4);

    let commands = blocks("sh").into_iter().flat_map(|(_, block)| block.lines());
    let commands: Vec<&str> =
        commands.filter_map(|line| line.split('#').next()?.trim().strip_prefix("lectern ")).collect();
    assert!(commands.len() > 12, "{commands:?}");
    let mut server = None;
    for command in commands {
        if command == "serve" {
            let started = terminal.serve(&["--log", "off"]);
            assert!(started.lines()[0].starts_with("lectern: serves ExampleCon: 1 edition, 2 talks, from /"));
            server = Some(started);
            continue;
        }
        let printed = stdout(&terminal.run(&command.split_whitespace().collect::<Vec<_>>()));
        if !command.starts_with("token create") {
            continue;
        }
        let server = server.as_ref().expect("it is served before");
        let schedule = server.graphql("", blocks("graphql")[0].1)["edition"]["schedule"][0].clone();
        for (_, mutation) in &blocks("graphql")[1..] {
            let id = if mutation.contains("updateSlot") { &schedule["id"] } else { &schedule["talk"]["id"] };
            let answer = server.graphql(printed.trim(), &mutation.replace('…', id.as_str().unwrap()));
            let payload = answer.as_object().unwrap().values().next().unwrap();
            assert_eq!(payload["userErrors"], json!([]), "{mutation}");
        }
    }
    let text = fs::read_to_string(terminal.folder().join("my-archive/editions/examplecon-2027.yaml")).unwrap();
    for value in ["starts_at: 2027-06-10T16:00", "title: Notes on the Engine", "status: CANCELLED"] {
        assert!(text.contains(value), "{value} in {text}");
    }
}

#[test]
fn the_recordings_are_added_as_it_is_written() {
    let terminal = Terminal::open();
    let yaml = blocks("yaml");
    fs::create_dir_all(terminal.folder().join("my-archive/editions")).unwrap();
    for (file, (_, text)) in ["conferences", "companies", "speakers"].iter().zip(&yaml) {
        fs::write(terminal.folder().join(format!("my-archive/{file}.yaml")), text).unwrap();
    }
    let (edition, talk, recordings) = (yaml[3].1, yaml[4].1, yaml[5].1);
    let start = edition.find("  - slug: notes-on-engines\n").unwrap();
    let end = edition.find("  - slug: the-first-bug\n").unwrap();
    let file = terminal.folder().join("my-archive/editions/examplecon-2027.yaml");
    fs::write(file, format!("{}{talk}{}{recordings}", &edition[..start], &edition[end..])).unwrap();
    terminal.stdout(&["check", "my-archive"]);
    assert_eq!(terminal.json(&["import", "my-archive"])["created"]["Recording"], 1);
}
