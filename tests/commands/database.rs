//! Which database a command takes, and what it refuses to overwrite.

use std::fs;

use test_attributes::on_both_databases;

use super::files;
use crate::support::{
    app::Backend,
    command::{PROMCON, Terminal},
};

/// A folder of an archive with one conference.
pub fn small_archive(terminal: &Terminal, name: &str) {
    let folder = terminal.folder().join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("conferences.yaml"), "conferences:\n  - slug: mine\n    name: Mine\n").unwrap();
    fs::write(folder.join("companies.yaml"), "companies: []\n").unwrap();
    fs::write(folder.join("speakers.yaml"), "speakers:\n  - slug: ada\n    name: Ada\n").unwrap();
}

#[on_both_databases]
#[test]
fn no_command_but_serve_and_import_makes_an_archive(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    small_archive(&terminal, "mine");
    let before = files(&terminal.folder().join("mine"));
    for arguments in [
        &["export", "native", "mine"][..],
        &["export", "mine", "--force"],
        &["token", "create", "--name", "me", "--scope", "write"],
        &["token", "list"],
        &["token", "revoke", "me"],
        &["webhook", "add", "https://example.org"],
        &["webhook", "list"],
        &["unmerge", "ada"],
        &["backup", "copy.db"],
        &["backup", "copy.tar.zst"],
        &["check"],
        &["import", "mine", "--dry-run"],
    ] {
        let (code, error) = terminal.failure(arguments);
        assert_eq!(code, 1, "{arguments:?}: {error}");
        let place = match backend {
            Backend::Sqlite => terminal.folder().join("lectern.db").display().to_string(),
            Backend::Postgres => "/test_".to_owned(),
        };
        for part in ["there is no archive at ", &place, "--database", "LECTERN_DATABASE", "`lectern serve`, `import`"] {
            assert!(error.contains(part), "{arguments:?} does not say {part}: {error}");
        }
    }
    assert_eq!(files(&terminal.folder().join("mine")), before);
    let left: Vec<_> = fs::read_dir(terminal.folder()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["mine"], "nothing was created");

    terminal.stdout(&["import", "mine"]);
    assert!(terminal.stdout(&["token", "create", "--name", "me", "--scope", "write"]).starts_with("lectern_"));
}

#[test]
fn the_database_of_another_program_stays_as_it_is() {
    let terminal = Terminal::open();
    let file = terminal.folder().join("other.db");
    crate::support::command::tamper(
        &format!("sqlite://{}?mode=rwc", file.display()),
        "CREATE TABLE bookmark (url TEXT)",
    );
    let before = fs::read(&file).unwrap();
    let (code, error) = terminal.failure(&["token", "list", "--database", "sqlite://other.db"]);
    assert!(code == 1 && error.contains("other.db has no archive"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
    assert_eq!(fs::read_dir(terminal.folder()).unwrap().count(), 1, "no -wal, no -shm");
}

#[on_both_databases]
#[test]
fn an_export_takes_no_more_than_it_leaves(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    for name in ["none", "mine"] {
        small_archive(&terminal, name);
    }
    for file in ["conferences", "speakers"] {
        fs::write(terminal.folder().join(format!("none/{file}.yaml")), format!("{file}: []\n")).unwrap();
    }
    let before = files(&terminal.folder().join("mine"));

    // An empty archive.
    terminal.stdout(&["import", "none"]);
    for folder in ["mine", "new"] {
        let (code, error) = terminal.failure(&["export", folder]);
        assert!(code == 1 && error.contains("is empty") && error.contains("--force"), "{error}");
    }
    assert!(!terminal.folder().join("new").exists());

    // Another archive.
    terminal.stdout(&["import", PROMCON]);
    let (code, error) = terminal.failure(&["export", "mine"]);
    assert!(code == 1 && error.contains("mine has 2 records that the archive in"), "{error}");

    // A folder with a mistake: what was edited there would be lost.
    let speakers = terminal.folder().join("mine/speakers.yaml");
    let text = fs::read_to_string(&speakers).unwrap();
    fs::write(&speakers, text.replace("name:", "nmae:")).unwrap();
    let (code, error) = terminal.failure(&["export", "mine"]);
    assert!(code == 1 && error.contains("speakers.yaml:3:5") && error.contains("--force"), "{error}");
    fs::write(&speakers, text).unwrap();

    assert_eq!(files(&terminal.folder().join("mine")), before);
    terminal.stdout(&["export", "mine", "--force"]);
    assert!(files(&terminal.folder().join("mine")).len() > 10);

    // One record more or less is an ordinary day.
    let renamed = fs::read_to_string(terminal.folder().join("mine/conferences.yaml")).unwrap();
    fs::write(terminal.folder().join("mine/conferences.yaml"), renamed + "  - slug: mine\n    name: Mine\n").unwrap();
    assert!(terminal.stdout(&["export", "mine"]).contains("wrote conferences.yaml"));
}

#[test]
fn the_format_can_be_left_out() {
    let terminal = Terminal::open();
    terminal.stdout(&["import", PROMCON]);
    terminal.stdout(&["export", "all"]);
    terminal.stdout(&["export", "native", "one", "--edition", "promcon-2016-berlin"]);
    terminal.stdout(&["export", "one", "--edition", "promcon-2016-berlin"]);
    let (code, error) = terminal.failure(&["export", "native"]);
    assert!(code == 2 && error.contains("give the folder"), "{error}");
    let (code, error) = terminal.failure(&["export", "other", "all"]);
    assert!(code == 2 && error.contains("\"other\" is not a format"), "{error}");
    let (code, error) = terminal.failure(&["import", "nowhere"]);
    assert!(code == 2 && error.contains("\"nowhere\" is neither a format (native) nor"), "{error}");
}
