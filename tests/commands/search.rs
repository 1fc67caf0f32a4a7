//! `lectern search`, and the index in a folder: it survives what happens to its process and to its files.

use std::fs;

use serde_json::Value;
use test_attributes::on_both_databases;

use crate::support::{
    app::Backend,
    command::{PROMCON, Terminal},
    serving::{Serving, eventually},
};

/// All items that the index has, and all that the tables have.
fn items(server: &Serving) -> (Value, i64, i64) {
    let data = server.graphql(
        "",
        r#"{ search(query: "-zzzzqqq", first: 0) { totalCount isComplete }
            archive { talks speakers companies editions } }"#,
    );
    let archive = &data["archive"];
    let all = ["talks", "speakers", "companies", "editions"].map(|name| archive[name].as_i64().unwrap()).iter().sum();
    (data["search"]["isComplete"].clone(), data["search"]["totalCount"].as_i64().unwrap(), all)
}

/// Waits until the index is complete, and compares it with the tables.
fn check_items(server: &Serving) {
    let complete = eventually("complete index", || Some(items(server)).filter(|items| items.0 == true));
    assert_eq!(complete.1, complete.2);
    assert!(complete.2 > 300, "{complete:?}");
}

/// What the server says of itself.
fn ready(server: &Serving) -> (u16, String) {
    actix_web::rt::System::new().block_on(async {
        let mut answer = awc::Client::default().get(format!("{}/readyz", server.base)).send().await.unwrap();
        (answer.status().as_u16(), String::from_utf8(answer.body().await.unwrap().to_vec()).unwrap())
    })
}

#[on_both_databases]
#[test]
fn a_search_is_a_command(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", "native", PROMCON]);
    let found = terminal.stdout(&["search", "promethus", "histgram"]);
    assert!(found.contains("talk Native Histograms in Prometheus ("), "{found}");
    assert!(found.contains("more is found with: prometheus histograms"), "{found}");
    let his = terminal.stdout(&["search", "speaker:volz has:recording"]);
    assert!(his.lines().filter(|line| line.contains("Julius Volz")).count() > 5, "{his}");
    assert!(terminal.stdout(&["search", "plotka", "thanos"]).contains("Bartłomiej Płotka"));
    let without = terminal.stdout(&["search", "staleness", "-volz", "-kind:keynote"]);
    assert!(without.contains("Staleness in Prometheus 2.0") && !without.contains("Julius Volz"), "{without}");
    let companies = terminal.json(&["search", "grafana", "--kind", "company"]);
    assert_eq!(companies["nodes"][0]["node"]["name"], "Grafana Labs");
    assert_eq!(terminal.stdout(&["search", "zzzzqqq"]), "nothing was found\n");
    let (code, message) = terminal.failure(&["search", "year:soon"]);
    assert_eq!(code, 1);
    assert!(message.contains("year:soon is not a year"), "{message}");
    assert_eq!(terminal.failure(&["search"]).0, 2);
}

#[on_both_databases]
#[test]
fn an_index_in_a_folder_goes_on_after_a_kill(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", "native", PROMCON]);
    let token = terminal.stdout(&["token", "create", "--name", "me", "--scope", "write"]);
    let arguments = ["--log", "info", "--search-index", "index"];
    let server = terminal.serve(&arguments);
    check_items(&server);
    // Each kill comes while the index follows a write, or is being built.
    for number in 0..3 {
        let mutation = format!(r#"mutation {{ createSpeaker(input: {{ name: "Quokka {number}" }}) {{ revision }} }}"#);
        server.graphql(token.trim(), &mutation);
    }
    drop(server);
    let server = terminal.serve(&arguments);
    check_items(&server);
    let found = server.graphql("", r#"{ search(query: "quokka") { totalCount } }"#);
    assert_eq!(found["search"]["totalCount"], 3);
    drop(server);
    // What was written while no server ran is found, too, and an index that is whole is not built anew.
    terminal.stdout(&["import", "native", PROMCON]);
    let server = terminal.serve(&arguments);
    check_items(&server);
    assert!(!server.lines().iter().any(|line| line.contains("built anew")), "{:?}", server.lines());
}

#[test]
fn an_index_that_does_not_fit_is_built_anew() {
    let terminal = Terminal::open();
    terminal.stdout(&["import", "native", PROMCON]);
    let arguments = ["--log", "info", "--search-index", "index"];
    let server = terminal.serve(&arguments);
    check_items(&server);
    drop(server);
    let own = terminal.folder().join("index/lectern-index");
    let files = || fs::read_dir(&own).unwrap().map(|entry| entry.unwrap().path());
    // A damaged file, a file that is cut off, and one that is gone.
    type Harm = fn(&std::path::Path);
    let harms: [(&str, Harm); 3] = [
        ("term", |file| {
            let mut bytes = fs::read(file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            fs::write(file, bytes).unwrap();
        }),
        ("json", |file| fs::write(file, "{").unwrap()),
        ("idx", |file| fs::remove_file(file).unwrap()),
    ];
    for (extension, harm) in harms {
        files().filter(|file| file.extension().is_some_and(|known| known == extension)).for_each(|file| harm(&file));
        let server = terminal.serve(&arguments);
        check_items(&server);
        server.line("the search index is built anew");
    }
    // The index of another database.
    let other = terminal.serve(&["--database", "sqlite://other.db", "--no-archive", "--search-index", "index"]);
    let none = eventually("complete index", || Some(items(&other)).filter(|items| items.0 == true));
    assert_eq!((none.1, none.2), (0, 0));
    other.line("the search index is of another database");
}

#[test]
fn a_folder_that_cannot_be_used_leaves_the_index_in_memory() {
    let terminal = Terminal::open();
    fs::write(terminal.folder().join("file"), "").unwrap();
    let server = terminal.serve(&["--log", "warn", "--search-index", "file"]);
    check_items(&server);
    server.line("the search index is kept in memory");
    assert_eq!(
        ready(&server),
        (200, "ready; the search index is in memory, because its folder can't be used\n".to_owned())
    );
    drop(server);
    // A folder that another server uses.
    let arguments = ["--log", "warn", "--search-index", "index"];
    let first = terminal.serve(&arguments);
    check_items(&first);
    let second = terminal.serve(&arguments);
    check_items(&second);
    second.line("the search index is kept in memory");
    // Nothing but the index is touched in the folder.
    fs::write(terminal.folder().join("index/note.txt"), "mine").unwrap();
    drop((first, second));
    fs::write(terminal.folder().join("index/lectern-index/meta.json"), "{").unwrap();
    check_items(&terminal.serve(&arguments));
    assert_eq!(fs::read_to_string(terminal.folder().join("index/note.txt")).unwrap(), "mine");
}

#[test]
fn an_index_that_is_harmed_while_it_is_used_is_kept_elsewhere_or_built_anew() {
    let terminal = Terminal::open();
    terminal.stdout(&["import", "native", PROMCON]);
    let token = terminal.stdout(&["token", "create", "--name", "me", "--scope", "write"]);
    let arguments = ["--log", "warn", "--search-index", "index"];
    let own = terminal.folder().join("index/lectern-index");
    let server = terminal.serve(&arguments);
    check_items(&server);
    // Another server leaves the files alone, though it can't use them.
    fs::remove_file(own.join("meta.json")).unwrap();
    let files = || fs::read_dir(&own).unwrap().count();
    let before = files();
    let second = terminal.serve(&arguments);
    check_items(&second);
    second.line("the search index is kept in memory");
    assert_eq!(files(), before);
    drop((second, server));

    // What is damaged while it is in use is built anew, and nothing has to be written for it.
    let server = terminal.serve(&arguments);
    check_items(&server);
    for (extension, speaker) in [("idx", "Numbat"), ("fast", "Bilby")] {
        for file in fs::read_dir(&own).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|known| known == extension) {
                let length = fs::metadata(&file).unwrap().len() as usize;
                let harmed = fs::OpenOptions::new().write(true).open(&file).unwrap();
                std::os::unix::fs::FileExt::write_all_at(&harmed, &vec![0xff; length], 0).unwrap();
            }
        }
        server.graphql(
            token.trim(),
            &format!(r#"mutation {{ createSpeaker(input: {{ name: "{speaker}" }}) {{ revision }} }}"#),
        );
        for query in ["prometheus", speaker] {
            let query = format!(r#"{{ search(query: "{query}") {{ totalCount }} }}"#);
            let found = || {
                let answer = server.graphql("", &query);
                Some(answer).filter(|answer| answer["search"]["totalCount"].as_i64() > Some(0))
            };
            eventually("index that was built anew", found);
        }
        assert_eq!(ready(&server), (200, "ready\n".to_owned()), "{extension}");
    }

    // Where the folder can't be written any more, the index goes on in memory.
    fs::remove_dir_all(&own).unwrap();
    fs::write(&own, "").unwrap();
    server.graphql(token.trim(), r#"mutation { createSpeaker(input: { name: "Quokka" }) { revision } }"#);
    eventually("index in memory", || {
        let found = server.graphql("", r#"{ search(query: "quokka") { totalCount isComplete } }"#);
        Some(found).filter(|found| found["search"]["totalCount"] == 1)
    });
    server.line("the search index is kept in memory");
}
