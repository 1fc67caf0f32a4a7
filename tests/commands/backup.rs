//! `lectern backup` and `lectern restore`.

use std::fs;

use test_attributes::{needs_postgres, on_both_databases};

use super::{database::small_archive, files};
use crate::support::{
    app::Backend,
    command::{PROMCON, Terminal, tamper},
};

const ADD_ADA: &str = r#"mutation { createSpeaker(input: { name: "Ada" }) { speaker { slug } } }"#;

#[test]
fn a_backup_of_a_serving_archive_has_all_of_it() {
    let terminal = Terminal::open();
    let server = terminal.serve(&["--log", "off"]);
    let token = terminal.stdout(&["token", "create", "--name", "me", "--scope", "write"]);
    server.graphql(token.trim(), ADD_ADA);
    let wrote = terminal.stdout(&["backup", "full.db"]);
    assert_eq!(wrote, "wrote full.db: PromCon: 12 editions, 231 talks, 156 speakers, 72 companies, 178 recordings\n");
    assert!(!terminal.folder().join("full.db-wal").exists(), "it is one file");
    drop(server);

    let there = ["--database", "sqlite://restored.db"];
    let run = |arguments: &[&str]| terminal.stdout(&[arguments, &there[..]].concat());
    assert!(run(&["restore", "full.db"]).starts_with("restored to "));
    assert!(run(&["token", "list"]).contains("me\twrite"));
    let server = terminal.serve(&["--log", "off", "--database", "sqlite://restored.db"]);
    assert_eq!(server.graphql(token.trim(), r#"{ speaker(slug: "ada") { name } }"#)["speaker"]["name"], "Ada");
    drop(server);
    assert!(
        terminal.stdout(&["check", "--database", "sqlite://restored.db"]).contains("the tables agree: 1584 things")
    );
}

#[on_both_databases]
#[test]
fn the_archive_alone_is_backed_up_from_either_database(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", PROMCON]);
    terminal.stdout(&["token", "create", "--name", "me", "--scope", "write"]);
    terminal.stdout(&["backup", "archive.tar.zst"]);

    // Into another database, of which it becomes the archive.
    let other = Terminal::with_database(backend);
    let file = terminal.folder().join("archive.tar.zst").display().to_string();
    assert!(other.stdout(&["restore", &file]).contains("231 talks"));
    other.stdout(&["export", "out"]);
    assert!(files(&other.folder().join("out")) == files(std::path::Path::new(PROMCON)));
    assert!(!other.stdout(&["token", "list"]).contains("me\t"), "a token is in no archive");

    // Over a filled one only if it is meant. Then all else goes, the log goes on, and tokens stay.
    small_archive(&terminal, "mine");
    terminal.stdout(&["import", "mine"]);
    let (code, error) = terminal.failure(&["restore", &file]);
    assert!(code == 1 && error.contains("--force") && error.contains("has Mine, PromCon: 12 editions"), "{error}");
    assert!(terminal.stdout(&["check"]).contains("1585 things at revision 1585"));
    assert!(terminal.stdout(&["restore", "--force", &file]).contains("deleted: 1 Conference, 1 Speaker"));
    assert!(terminal.stdout(&["check"]).contains("1583 things at revision 1587"));
    assert!(terminal.stdout(&["token", "list"]).contains("me\t"));
}

#[test]
fn a_backup_overwrites_nothing_by_a_slip() {
    let terminal = Terminal::open();
    small_archive(&terminal, "mine");
    terminal.stdout(&["import", "mine"]);
    fs::write(terminal.folder().join("there"), "a text").unwrap();
    for (arguments, message) in [
        (&["backup", "there"][..], "there is there already: give another name, or --force"),
        (&["backup", "lectern.db"], "is the database itself"),
        (&["backup", "lectern.db", "--force"], "is the database itself"),
        (&["backup", "nowhere/backup.db"], "nowhere/backup.db: No such file"),
        (&["backup", "nowhere/backup.tar.zst"], "nowhere/backup.tar.zst: No such file"),
        (&["backup", "x.db", "--database", "sqlite://nothing.db"], "there is no archive at"),
    ] {
        let (code, error) = terminal.failure(arguments);
        assert!(code == 1 && error.contains(message), "{arguments:?}: {error}");
    }
    assert_eq!(fs::read_to_string(terminal.folder().join("there")).unwrap(), "a text");
    let names = fs::read_dir(terminal.folder()).unwrap().map(|file| file.unwrap().file_name());
    let names: Vec<_> = names.filter(|name| name.to_string_lossy().contains("tmp")).collect();
    assert!(names.is_empty(), "nothing temporary is left: {names:?}");

    terminal.stdout(&["backup", "there", "--force"]);
    assert!(terminal.stdout(&["restore", "there", "--database", "sqlite://new.db"]).contains("Mine: 0 editions"));
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let terminal = Terminal::open();
    terminal.stdout(&["import", PROMCON]);
    terminal.stdout(&["backup", "good.db"]);
    let good = fs::read(terminal.folder().join("good.db")).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(terminal.folder().join(name), bytes).unwrap();
    put("text.db", b"a text that is long enough to be taken for a page of a database");
    put("empty.db", b"");
    let mut damaged = good.clone();
    damaged[8192..20480].fill(0x5a);
    put("damaged.db", &damaged);
    put("half.db", &good[..good.len() / 2]);
    put("text.tar.zst", b"a text");
    put("newer.db", &good);
    let step = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)";
    tamper(&terminal.database_url("sqlite://newer.db"), step);
    put("live.db", &good);
    put("live.db-wal", b"something");
    for (file, message) in [
        ("text.db", "can't be read as a database"),
        ("empty.db", "it has no archive"),
        ("damaged.db", "is no backup"),
        ("half.db", "is no backup"),
        ("newer.db", "a newer lectern made it (it has m9999_later)"),
        ("live.db", "there is a -wal file beside it"),
        ("nowhere.db", "No such file"),
        ("text.tar.zst", "text.tar.zst"),
        ("lectern.db", "is the database itself"),
    ] {
        for into in ["sqlite://lectern.db", "sqlite://new.db"] {
            if file == "lectern.db" && into != "sqlite://lectern.db" {
                continue;
            }
            let (code, error) = terminal.failure(&["restore", file, "--force", "--database", into]);
            assert!(code == 1 && error.contains(message), "{file}: {error}");
            assert!(!terminal.folder().join("new.db").exists(), "{file}");
        }
    }
    assert!(terminal.stdout(&["check", "--database"]).contains("the log and the tables agree: 1583 things"));
}

#[test]
fn a_database_in_use_is_not_replaced() {
    let terminal = Terminal::open();
    terminal.stdout(&["import", PROMCON]);
    terminal.stdout(&["backup", "good.db"]);
    let server = terminal.serve(&["--log", "off"]);
    let token = terminal.stdout(&["token", "create", "--name", "me", "--scope", "write"]);
    server.graphql(token.trim(), ADD_ADA);
    let (code, error) = terminal.failure(&["restore", "good.db"]);
    assert!(code == 1 && error.contains("has PromCon: 12 editions") && error.contains("--force"), "{error}");
    let (code, error) = terminal.failure(&["restore", "good.db", "--force"]);
    assert!(code == 1 && error.contains("is in use by another process"), "{error}");
    assert_eq!(server.graphql("", r#"{ speaker(slug: "ada") { name } }"#)["speaker"]["name"], "Ada");
    server.graphql(token.trim(), r#"mutation { createSpeaker(input: { name: "Bob" }) { speaker { slug } } }"#);
    drop(server);

    // The server was killed, so its -wal file is still there; it does not get into the restored database.
    terminal.stdout(&["restore", "good.db", "--force"]);
    assert!(terminal.stdout(&["check", "--database"]).contains("1583 things at revision 1583"));
    assert!(!terminal.stdout(&["token", "list"]).contains("me\t"), "the token came after the backup");

    // A damaged database is what backups are for.
    fs::write(terminal.folder().join("lectern.db"), "this is not a database any more, and long enough to be one")
        .unwrap();
    assert_eq!(terminal.failure(&["restore", "good.db"]).0, 1);
    assert!(terminal.stdout(&["restore", "good.db", "--force"]).contains("231 talks"));
}

#[needs_postgres]
#[test]
fn a_postgres_database_is_no_file() {
    let terminal = Terminal::with_database(Backend::Postgres);
    terminal.stdout(&["import", PROMCON]);
    let (code, error) = terminal.failure(&["backup", "copy.db"]);
    assert!(code == 1 && error.contains("pg_dump") && error.contains(".tar.zst"), "{error}");
    let sqlite = Terminal::open();
    sqlite.stdout(&["import", PROMCON]);
    sqlite.stdout(&["backup", "copy.db"]);
    let file = sqlite.folder().join("copy.db").display().to_string();
    let (code, error) = terminal.failure(&["restore", &file, "--force"]);
    assert!(code == 1 && error.contains("is for a SQLite file") && error.contains(".tar.zst"), "{error}");
}
