//! `lectern serve`: what it serves, says, and leaves in the file.

use std::fs;

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use super::database::small_archive;
use crate::support::{
    app::Backend,
    command::{PROMCON, Terminal, tamper},
    serving::{Serving, eventually},
};

fn talks(server: &Serving) -> i64 {
    server.graphql("", "{ archive { talks } }")["archive"]["talks"].as_i64().unwrap()
}

/// Copies the database file, and nothing beside it.
fn copy(terminal: &Terminal, name: &str) {
    fs::copy(terminal.folder().join("lectern.db"), terminal.folder().join(name)).unwrap();
}

#[test]
fn a_copy_of_the_file_alone_has_everything() {
    let terminal = Terminal::open();
    let server = terminal.serve(&["--log", "off"]);

    // Right after the load.
    copy(&terminal, "after-load.db");
    let from_copy = terminal.serve(&["--log", "off", "--database", "sqlite://after-load.db"]);
    assert_eq!(talks(&from_copy), 231);
    drop(from_copy);
    terminal.stdout(&["check", "--database", "sqlite://after-load.db"]);

    // After an edit, once nothing is written any more. The server finds by itself that a token was created, too.
    let token = terminal.stdout(&["token", "create", "--name", "me", "--scope", "write"]);
    let created =
        server.graphql(token.trim(), r#"mutation { createSpeaker(input: { name: "Ada" }) { speaker { slug } } }"#);
    assert_eq!(created["createSpeaker"]["speaker"]["slug"], "ada");
    let wal = terminal.folder().join("lectern.db-wal");
    eventually("checkpoint", || (wal.metadata().map_or(0, |wal| wal.len()) == 0).then_some(()));
    copy(&terminal, "after-edit.db");
    let from_copy = terminal.serve(&["--log", "off", "--database", "sqlite://after-edit.db"]);
    assert_eq!(from_copy.graphql("", r#"{ speaker(slug: "ada") { name } }"#)["speaker"]["name"], "Ada");
    from_copy.graphql(token.trim(), r#"mutation { createSpeaker(input: { name: "Bob" }) { speaker { slug } } }"#);
    drop(from_copy);
    assert!(terminal.stdout(&["check", "--database", "sqlite://after-edit.db"]).contains("agree"));

    // After the end.
    server.graphql(token.trim(), r#"mutation { createSpeaker(input: { name: "Cyd" }) { speaker { slug } } }"#);
    server.stop();
    copy(&terminal, "after-end.db");
    let from_copy = terminal.serve(&["--log", "off", "--database", "sqlite://after-end.db"]);
    assert_eq!(from_copy.graphql("", r#"{ speaker(slug: "cyd") { name } }"#)["speaker"]["name"], "Cyd");
}

#[test]
fn an_import_and_a_token_are_in_the_file_at_once() {
    let terminal = Terminal::open();
    small_archive(&terminal, "mine");
    terminal.stdout(&["import", "mine"]);
    terminal.stdout(&["token", "create", "--name", "me", "--scope", "write:mine"]);
    copy(&terminal, "copy.db");
    assert!(terminal.stdout(&["token", "list", "--database", "sqlite://copy.db"]).contains("me\twrite:mine"));
}

#[on_both_databases]
#[test]
fn the_first_line_says_what_is_served(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    small_archive(&terminal, "mine");
    let place = match backend {
        Backend::Sqlite => terminal.folder().join("lectern.db").display().to_string(),
        Backend::Postgres => "/test_".to_owned(),
    };
    let server = terminal.serve(&[]);
    let line = server.lines().remove(0);
    let served = "lectern: serves PromCon, the archive that ships: 12 editions, 231 talks, from ";
    assert!(line.starts_with(served) && line.contains(&place), "{line}");
    drop(server);

    // An archive that is named is loaded into an empty database only, and that is said.
    let server = terminal.serve(&["--archive", "mine"]);
    assert!(server.line("mine is not looked at").contains("lectern import mine"));
    assert_eq!(talks(&server), 231);
}

#[on_both_databases]
#[test]
fn the_archive_that_ships_is_loaded_only_into_a_new_database(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    small_archive(&terminal, "mine");

    // An import that fails leaves a database that is somebody's own.
    let part = "conferences: [{ slug: mine, name: Mine }]\ncompanies: []\nspeakers: []\neditions:\n  \
                - { slug: mine-2025, conference: mine, name: Mine, year: 2025, timezone: UTC, replaces: mine-2024 }\n";
    fs::write(terminal.folder().join("part.yaml"), part).unwrap();
    let (code, error) = terminal.failure(&["import", "part.yaml"]);
    assert!(code == 1 && error.contains("there is no edition mine-2024"), "{error}");
    let server = terminal.serve(&[]);
    assert!(server.lines()[0].starts_with("lectern: serves an empty archive, from "), "{:?}", server.lines());
    assert_eq!(talks(&server), 0);
    drop(server);
    assert!(terminal.stdout(&["check"]).ends_with("empty: never written to\n"));

    // An archive that is named is loaded into it all the same.
    let server = terminal.serve(&["--archive", "mine"]);
    assert!(server.lines()[0].starts_with("lectern: serves Mine: 0 editions, 0 talks, from "), "{:?}", server.lines());
}

#[test]
fn a_copy_without_its_wal_file_is_not_filled_with_another_archive() {
    let terminal = Terminal::open();
    let file = terminal.folder().join("lectern.db");
    tamper(&format!("sqlite://{}?mode=rwc", file.display()), "PRAGMA user_version = 1");
    assert!(file.metadata().unwrap().len() > 0);
    let before = fs::read(&file).unwrap();
    let (code, error) = terminal.failure(&["serve"]);
    for part in ["lectern.db has no archive", "-wal", "lectern restore", "--no-archive"] {
        assert!(code == 1 && error.contains(part), "{part} in {error}");
    }
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(talks(&terminal.serve(&["--archive", PROMCON])), 231);

    fs::write(&file, before).unwrap();
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(terminal.folder().join(format!("lectern.db{end}")));
    }
    let (_, archive) = terminal.serve(&["--no-archive"]).get("/api/v1/archive");
    assert_eq!((&archive["talks"], &archive["revision"]), (&json!(0), &json!(0)), "{archive}");
    assert_ne!(archive, Value::Null);
}

#[test]
fn requests_are_logged_if_they_are_asked_for() {
    let terminal = Terminal::open();
    let server = terminal.serve(&["--log", "warn,requests=info"]);
    let (headers, _) = server.get("/api/v1/speakers/julius-volz");
    let id = headers.get("x-request-id").expect("an id").to_str().unwrap().to_owned();
    let line = server.line("/api/v1/speakers/{slug}");
    for part in [" requests: ", "method=GET", "status=200", "milliseconds=", &id] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains('\u{1b}'), "no colours where there is no terminal: {line:?}");
    let (headers, _) = server.get("/api/v1/speakers/julius-volz");
    assert_ne!(
        headers.get("x-request-id").unwrap().to_str().unwrap(),
        id,
        "an id is of one request, not of stored bytes"
    );
    server.get("/nowhere");
    assert!(server.line("status=404").contains("route=\"-\""), "{:?}", server.lines());
    drop(server);

    let server = terminal.serve(&[]);
    let (headers, _) = server.get("/api/v1/speakers/julius-volz");
    assert!(!headers.contains_key("x-request-id") && !server.lines().iter().any(|line| line.contains("speakers")));
}

#[test]
fn an_archive_that_cannot_be_read_makes_no_database() {
    let terminal = Terminal::open();
    fs::create_dir(terminal.folder().join("wrong")).unwrap();
    fs::write(terminal.folder().join("wrong/conferences.yaml"), "conferences: [").unwrap();
    for folder in ["nowhere", "wrong"] {
        let (code, error) = terminal.failure(&["serve", "--archive", folder, "--bind", "127.0.0.1:0", "--log", "off"]);
        assert_eq!(code, 1, "{error}");
        assert!(!terminal.folder().join("lectern.db").exists(), "{folder}: {error}");
    }
}
