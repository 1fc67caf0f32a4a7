//! The commands, as a person runs them.

use std::{fs, net::TcpListener, path::Path};

use lectern_api::format::native::{self, bundle};
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::Backend,
    command::{PROMCON, Terminal, lectern, stdout, tamper},
};

mod backup;
mod database;
mod keys;
mod merging;
mod organising;
mod search;
mod serve;
mod webhook;
mod zones;

/// The names and texts of the files in a folder, in order, without that of the point in the log.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("export.yaml") {
            continue;
        }
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
    files.sort();
    files
}

#[on_both_databases]
#[test]
fn an_archive_comes_back_as_it_went_in(backend: Backend) {
    let terminal = Terminal::with_database(backend);

    let first = terminal.json(&["import", "native", PROMCON]);
    assert!(first["revision"].as_i64().unwrap() > 1000, "{first}");
    let second = terminal.json(&["import", "native", PROMCON]);
    assert_eq!(second["revision"], Value::Null, "a second import changes nothing: {second}");

    terminal.stdout(&["export", "native", "out"]);
    let out = terminal.folder().join("out");
    assert!(files(&out) == files(Path::new(PROMCON)), "an export writes the data that ships");

    // A file that differs only in a comment is left alone.
    let conferences = out.join("conferences.yaml");
    fs::write(&conferences, format!("# a comment\n{}", fs::read_to_string(&conferences).unwrap())).unwrap();
    let report = terminal.stdout(&["export", "native", "out"]);
    assert!(!report.contains("wrote"), "{report}");
    assert!(fs::read_to_string(&conferences).unwrap().starts_with("# a comment"));

    assert!(stdout(&lectern(terminal.folder(), &["check", "out"])).contains("is right"));
}

#[test]
fn an_archive_in_one_file_is_taken_too() {
    let terminal = Terminal::open();
    let document = native::read(Path::new(PROMCON)).unwrap();
    let yaml = String::from_utf8(bundle::yaml(&document).unwrap()).unwrap();
    let file = terminal.folder().join("archive.yaml");
    fs::write(&file, &yaml).unwrap();
    fs::write(terminal.folder().join("archive.tar.zst"), bundle::tar_zst(&document).unwrap()).unwrap();

    terminal.stdout(&["import", "native", "archive.yaml"]);
    let second = terminal.json(&["import", "native", "archive.tar.zst"]);
    assert_eq!(second["revision"], Value::Null, "both files hold the same archive: {second}");
    assert!(terminal.stdout(&["check", "archive.tar.zst"]).contains("is right"));

    fs::write(&file, yaml.replace("timezone: Europe/Berlin", "timezone: Berlin")).unwrap();
    let (code, error) = terminal.failure(&["import", "native", "archive.yaml"]);
    assert_eq!(code, 1);
    assert!(error.contains("\"Berlin\" is not an IANA time zone") && error.contains("nothing was written"), "{error}");
    let (code, error) = terminal.failure(&["check", "no-such-thing"]);
    assert!(code == 1 && error.contains("no-such-thing"), "{error}");
}

#[on_both_databases]
#[test]
fn tokens_are_made_listed_and_revoked(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", "native", PROMCON]);

    let create = ["token", "create", "--name", "ci", "--scope", "write:promcon", "--expires", "2099-12-31"];
    let token = terminal.stdout(&create);
    assert!(token.starts_with("lectern_") && token.trim().len() > 80, "{token}");
    let list = terminal.stdout(&["token", "list"]);
    assert!(list.contains("ci\twrite:promcon\t") && list.contains("\t2100-01-01T00:00:00Z\tnever\tnever"), "{list}");
    let secret = token.splitn(3, '_').nth(2).unwrap().trim();
    assert!(!list.contains(secret), "the list never shows the secret");

    terminal.stdout(&["token", "revoke", "ci"]);
    assert!(!terminal.stdout(&["token", "list"]).contains("\tnever\tnever"));

    for (arguments, message) in [
        (&["token", "create", "--name", "ci", "--scope", "write"][..], "there is a token \"ci\" already"),
        (
            &["token", "create", "--name", "x", "--scope", "write:nothing"],
            "there is no conference of the slug \"nothing\"",
        ),
        (&["token", "create", "--name", "x", "--scope", "write", "--expires", "2020-01-01"], "is over"),
        (&["token", "revoke", "nobody"], "there is no token \"nobody\""),
    ] {
        let (code, error) = terminal.failure(arguments);
        assert!(code == 1 && error.contains(message), "{arguments:?}: {error}");
    }
    for arguments in [
        &["token", "create", "--name", "x", "--scope", "read"][..],
        &["token", "create", "--name", "x", "--scope", "write", "--expires", "soon"],
    ] {
        assert_eq!(terminal.failure(arguments).0, 2, "{arguments:?}");
    }
}

#[on_both_databases]
#[test]
fn a_changed_file_is_a_difference_in_the_log(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", "native", PROMCON]);
    terminal.stdout(&["export", "native", "out"]);
    let file = terminal.folder().join("out/editions/promcon-2016-berlin.yaml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("title: Life of a Label\n", "title: Life of a Label, Retold\n")).unwrap();

    let dry_run = terminal.json(&["import", "native", "out", "--dry-run"]);
    let report = terminal.json(&["import", "native", "out"]);
    assert_eq!(dry_run["updated"], json!({ "Talk": 1 }), "{dry_run}");
    assert_eq!(report["updated"], json!({ "Talk": 1 }), "{report}");

    let second = terminal.json(&["import", "native", "out"]);
    assert_eq!(second["revision"], Value::Null);
}

#[on_both_databases]
#[test]
fn an_export_edits_the_text_of_a_file(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", "native", PROMCON]);
    terminal.stdout(&["export", "native", "ours"]);
    let file = terminal.folder().join("ours/editions/promcon-2016-berlin.yaml");
    let text = fs::read_to_string(&file).unwrap();
    // As a person writes it: the year first, and a comment and quotes at a title.
    let by_hand = format!("year: 2016\n{}", text.replacen("year: 2016\n", "", 1))
        .replace("title: Life of a Label\n", "title: 'Life of a Label'  # by Fabian\n");
    fs::write(&file, by_hand.replace("a Label'  #", "a Label, Retold'  #")).unwrap();
    terminal.stdout(&["import", "native", "ours"]);

    fs::write(&file, &by_hand).unwrap();
    assert!(terminal.stdout(&["export", "native", "ours"]).starts_with("wrote editions/promcon-2016-berlin.yaml\n"));
    let exported = fs::read_to_string(&file).unwrap();
    let changed: Vec<_> = exported.lines().zip(by_hand.lines()).filter(|(new, old)| new != old).collect();
    let (new, old) = ("    title: 'Life of a Label, Retold'  # by Fabian", "    title: 'Life of a Label'  # by Fabian");
    assert_eq!(changed, [(new, old)]);
    assert_eq!(exported.lines().count(), by_hand.lines().count());
}

#[test]
fn a_broken_folder_changes_nothing_and_every_mistake_is_listed() {
    let terminal = Terminal::open();
    terminal.stdout(&["import", "native", PROMCON]);
    terminal.stdout(&["export", "native", "out"]);
    let file = terminal.folder().join("out/editions/promcon-2016-berlin.yaml");
    let text = fs::read_to_string(&file).unwrap();

    let broken = text
        .replace("speaker: tom-wilkie", "speaker: tom-wilky")
        .replace("timezone: Europe/Berlin", "timezone: Berlin")
        .replace("ordinal: 1", "ordinul: 1");
    fs::write(&file, broken).unwrap();
    for (arguments, summary) in [
        (&["check", "out"][..], "lectern: out has 2 mistakes\n"),
        (&["import", "native", "out"], "lectern: out has 2 mistakes; nothing was written\n"),
    ] {
        let (code, error) = terminal.failure(arguments);
        assert_eq!(code, 1);
        for part in [
            "editions/promcon-2016-berlin.yaml:",
            "\"Berlin\" is not an IANA time zone",
            "ordinul",
            "\neditions/promcon-2016-berlin.yaml: more mistakes may follow when these are corrected\n",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
        assert!(error.starts_with("editions/promcon-2016-berlin.yaml:"), "each mistake has a line: {error}");
        assert!(error.ends_with(&format!("\n{summary}")), "{error}");
    }

    fs::write(&file, text.replace("speaker: tom-wilkie", "speaker: tom-wilky")).unwrap();
    let (_, error) = terminal.failure(&["check", "out"]);
    assert!(error.contains("tom-wilky") && error.contains("tom-wilkie"), "the nearest slug is named: {error}");
}

#[test]
fn warnings_are_errors_if_asked_for() {
    let terminal = Terminal::open();
    terminal.stdout(&["import", "native", PROMCON]);
    terminal.stdout(&["export", "native", "out"]);
    let file = terminal.folder().join("out/editions/promcon-2017-munich.yaml");
    let text = fs::read_to_string(&file).unwrap();
    // The first slot of all takes two days.
    let end = text.find("ends_at: 2017-08-17T").unwrap() + "ends_at: 2017-08-".len();
    fs::write(&file, format!("{}19{}", &text[..end], &text[end + 2..])).unwrap();

    let (line, column) = (text[..end].matches('\n').count() + 1, "    ends_at: ".len() + 1);
    let place = format!("editions/promcon-2017-munich.yaml:{line}:{column}: warning: the slot is longer than a day");
    let checked = terminal.run(&["check", "out"]);
    assert!(checked.status.success() && String::from_utf8_lossy(&checked.stderr).contains(&place), "{checked:?}");
    for command in [&["check", "out", "--strict"][..], &["import", "native", "out", "--strict"]] {
        let (code, error) = terminal.failure(command);
        assert!(code == 1 && error.contains(&place) && error.contains("which --strict refuses"), "{error}");
    }
    let imported = terminal.run(&["import", "native", "out", "--json"]);
    assert!(imported.status.success() && String::from_utf8_lossy(&imported.stderr).contains(&place), "{imported:?}");
    let report: Value = serde_json::from_slice(&imported.stdout).unwrap();
    assert_eq!(report["updated"], json!({ "Slot": 1 }), "the refused import changed nothing: {report}");
    let warnings = report["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning["line"] == line && warning["severity"] == "warning"), "{report}");
}

#[test]
fn a_command_that_cant_start_explains_why_in_one_line() {
    let terminal = Terminal::open();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let used_address = listener.local_addr().unwrap().to_string();
    let text = "text, and long enough to be taken for a page of a database";
    fs::write(terminal.folder().join("no-database"), text).unwrap();
    terminal.stdout(&["import", PROMCON, "--database", "sqlite://newer.db"]);
    terminal.stdout(&["import", PROMCON]);
    let migration = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)";
    tamper(&terminal.database_url("sqlite://newer.db"), migration);

    for (arguments, message) in [
        (&["serve", "--no-archive", "--bind", &used_address, "--log", "off"][..], "can't be listened on"),
        (&["serve", "--database", "sqlite://no-database", "--log", "off"], "can't be opened"),
        (&["serve", "--database", "sqlite://nowhere/lectern.db", "--log", "off"], "can't be opened"),
        (&["serve", "--database", "sqlite://newer.db", "--log", "off"], "newer lectern (it has m9999_later)"),
        (&["serve", "--database", "postgres://nobody:secret@127.0.0.1:1/nothing", "--log", "off"], "can't be opened"),
        (&["serve", "--database", "mysql://x", "--log", "off"], "is not a database"),
        (&["serve", "--archive", "nowhere", "--database", "sqlite://fresh.db", "--log", "off"], "can't be loaded"),
        (&["serve", "--allowed-documents", "nowhere", "--no-archive", "--log", "off"], "nowhere"),
        (&["export", "native", "out", "--edition", "promcon-1999"], "promcon-1999"),
        (&["import", "native", "nowhere"], "can't be read"),
    ] {
        let (code, error) = terminal.failure(arguments);
        assert_eq!(code, 1, "{arguments:?} {error}");
        let line = error.lines().find(|line| line.starts_with("lectern: "));
        assert!(error.contains(message) && line.is_some(), "{arguments:?}: {error}");
        assert!(!error.contains("secret"), "{arguments:?}: {error}");
    }
    for arguments in
        [&["nothing"][..], &["serve", "--max-depth", "x"], &["import", "other", "."], &["import", "native"]]
    {
        assert_eq!(terminal.failure(arguments).0, 2, "{arguments:?}");
    }
}

#[test]
fn the_contracts_are_as_checked_in() {
    stdout(&lectern(Path::new(env!("CARGO_MANIFEST_DIR")), &["contracts", "--check"]));
}

#[on_both_databases]
#[test]
fn the_log_is_checked_against_the_tables(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", "native", PROMCON]);
    let agreement = "the log and the tables agree: 1583 things at revision 1583\n\
                     PromCon: 12 editions, 231 talks, 155 speakers, 72 companies, 178 recordings\n";
    assert_eq!(terminal.stdout(&["check"]), agreement);

    for (sql, problem) in [
        (
            "UPDATE talk SET title = 'Another' WHERE slug = 'promql-for-native-histograms'",
            "title is not what the log says",
        ),
        (
            "UPDATE speaker SET talk_count = 77 WHERE slug = 'julius-volz'",
            "talk_count does not follow from what it stands on",
        ),
        ("UPDATE archive_state SET talks = talks + 1", "the total of talks is not 232"),
        (
            "UPDATE talk SET has_slides = NOT has_slides WHERE slug = 'promql-for-native-histograms'",
            "has_slides does not follow from what it stands on",
        ),
        (
            "UPDATE recording SET has_talk = FALSE WHERE external_id = (SELECT MIN(external_id) FROM recording)",
            "has_talk does not follow from what it stands on",
        ),
        ("UPDATE company SET revision = 3 WHERE slug = 'soundcloud'", "is of revision 3, and the log says"),
        (
            "DELETE FROM appearance_company \
             WHERE talk_id = (SELECT id FROM talk WHERE slug = 'promql-for-native-histograms')",
            "appearances is not what the log says",
        ),
        ("DELETE FROM change WHERE revision = 1000", "after revision 999 comes 1001"),
        ("UPDATE archive_state SET revision = 2000", "the log ends with revision 1583, and the archive is at 2000"),
        ("DELETE FROM link WHERE position = 1", "is in the log"),
    ] {
        terminal.tamper(sql);
        let output = terminal.run(&["check"]);
        let problems = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.code() == Some(1) && problems.contains(problem), "{sql}: {problems}");
    }
}

#[test]
fn a_check_is_of_a_folder_or_of_a_database() {
    let terminal = Terminal::open();
    assert_eq!(terminal.failure(&["check"]).0, 2, "neither");
    assert_eq!(terminal.failure(&["check", ".", "--database"]).0, 2, "both");

    let (code, error) = terminal.failure(&["check", "--database"]);
    assert!(code == 1 && error.contains("there is no archive at"), "{error}");
}

#[test]
fn a_merge_that_was_none_is_not_undone() {
    let message = "lectern: name: nothing of the id or slug \"nobody\" was merged into another one\n";
    let terminal = Terminal::open();
    terminal.stdout(&["import", PROMCON]);
    assert_eq!(terminal.failure(&["unmerge", "nobody"]), (1, message.to_owned()));
}

/// What YAML takes from a text without quotes is a mistake, and what it changes in one a warning.
#[test]
fn a_text_is_what_was_typed() {
    let terminal = Terminal::open();
    let people = |name: &str| {
        let text = format!("conferences: []\ncompanies: []\neditions: []\nspeakers:\n  - slug: a\n    name: {name}\n");
        fs::write(terminal.folder().join("archive.yaml"), text).unwrap();
    };
    people("The crew #2");
    let (code, error) = terminal.failure(&["check", "archive.yaml"]);
    assert_eq!(code, 1);
    assert!(error.contains("archive.yaml:6:20: a comment begins here") && error.contains("'The crew #2'"), "{error}");
    let (_, error) = terminal.failure(&["import", "archive.yaml"]);
    assert!(error.contains("nothing was written"), "{error}");

    people("The crew\n      of two");
    let output = terminal.run(&["check", "archive.yaml"]);
    let warning = "archive.yaml:6:11: warning: the lines of this text become one";
    assert!(output.status.success() && String::from_utf8_lossy(&output.stderr).contains(warning), "{output:?}");
    let (_, error) = terminal.failure(&["check", "--strict", "archive.yaml"]);
    assert!(error.contains("1 warning, which --strict refuses"), "{error}");
}

/// A language that an earlier version accepted is named, with what corrects it.
#[on_both_databases]
#[test]
fn an_outdated_value_is_named(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", PROMCON]);
    terminal.tamper("UPDATE talk SET language = 'english' WHERE slug = 'alerting-in-the-prometheus-universe'");
    let (code, error) = terminal.failure(&["export", "out"]);
    assert_eq!(code, 1);
    let message = "(alerting-in-the-prometheus-universe): language: \"english\" is not a BCP 47 language tag";
    assert!(error.contains(message) && error.contains("`updateTalk(id: \""), "{error}");
}
