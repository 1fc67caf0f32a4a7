//! The commands, as a person runs them.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use lectern_api::format::native::bundle;
use serde_json::Value;

mod webhook;

/// Runs a command in a folder.
pub fn lectern(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lectern"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("LECTERN_DATABASE")
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
}

pub fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The exit code and the one line on stderr of a command that fails.
pub fn failure(output: &Output) -> (i32, String) {
    (output.status.code().expect("no signal"), String::from_utf8(output.stderr.clone()).unwrap())
}

pub fn shipped() -> String {
    format!("{}/data/promcon", env!("CARGO_MANIFEST_DIR"))
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                std::fs::read_to_string(&path).unwrap(),
            ));
        }
    }
    files.sort();
    files
}

/// A database URL for the commands on each backend that is there.
pub fn databases() -> Vec<String> {
    let mut urls = vec!["sqlite://lectern.db".to_owned()];
    urls.extend(actix_web::rt::System::new().block_on(crate::support::app::new_database(None)));
    urls
}

#[test]
fn an_archive_comes_back_as_it_went_in() {
    for database in databases() {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| lectern(folder.path(), &[arguments, &["--database", &database]].concat());
        let first: Value = serde_json::from_str(&stdout(&run(&["import", "native", &shipped(), "--json"]))).unwrap();
        assert!(first["revision"].as_i64().unwrap() > 1000, "{first}");
        let again: Value = serde_json::from_str(&stdout(&run(&["import", "native", &shipped(), "--json"]))).unwrap();
        assert_eq!(again["revision"], Value::Null, "a second import changes nothing: {again}");
        stdout(&run(&["export", "native", "out"]));
        let out = folder.path().join("out");
        assert!(files(&out) == files(Path::new(&shipped())), "the data that ships is what an export writes");
        std::fs::write(
            out.join("conferences.yaml"),
            format!("# a comment\n{}", std::fs::read_to_string(out.join("conferences.yaml")).unwrap()),
        )
        .unwrap();
        let told = stdout(&run(&["export", "native", "out"]));
        assert!(!told.contains("wrote"), "{told}");
        assert!(
            std::fs::read_to_string(out.join("conferences.yaml")).unwrap().starts_with("# a comment"),
            "what says the same stays"
        );
        assert!(stdout(&lectern(folder.path(), &["check", "out"])).contains("is right"));
    }
}

#[test]
fn an_archive_in_one_file_is_taken_too() {
    let folder = tempfile::tempdir().unwrap();
    let document = lectern_api::format::native::read(Path::new(&shipped())).unwrap();
    let yaml = String::from_utf8(bundle::yaml(&document).unwrap()).unwrap();
    std::fs::write(folder.path().join("archive.yaml"), &yaml).unwrap();
    std::fs::write(folder.path().join("archive.tar.zst"), bundle::tar_zst(&document).unwrap()).unwrap();
    stdout(&lectern(folder.path(), &["import", "native", "archive.yaml"]));
    let again: Value =
        serde_json::from_str(&stdout(&lectern(folder.path(), &["import", "native", "archive.tar.zst", "--json"])))
            .unwrap();
    assert_eq!(again["revision"], Value::Null, "both say the same: {again}");
    assert!(stdout(&lectern(folder.path(), &["check", "archive.tar.zst"])).contains("is right"));
    std::fs::write(folder.path().join("archive.yaml"), yaml.replace("timezone: Europe/Berlin", "timezone: Berlin"))
        .unwrap();
    let (code, told) = failure(&lectern(folder.path(), &["import", "native", "archive.yaml"]));
    assert!(
        code == 1 && told.contains("\"Berlin\" is not an IANA time zone") && told.contains("nothing was written"),
        "{told}"
    );
    let (code, told) = failure(&lectern(folder.path(), &["check", "no-such-thing"]));
    assert!(code == 1 && told.contains("no-such-thing"), "{told}");
}

#[test]
fn tokens_are_made_listed_and_revoked() {
    for database in databases() {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| lectern(folder.path(), &[arguments, &["--database", &database]].concat());
        stdout(&run(&["import", "native", &shipped()]));
        let token =
            stdout(&run(&["token", "create", "--name", "ci", "--scope", "write:promcon", "--expires", "2099-12-31"]));
        assert!(token.starts_with("lectern_") && token.trim().len() > 80, "{token}");
        let list = stdout(&run(&["token", "list"]));
        assert!(
            list.contains("ci\twrite:promcon\t") && list.contains("\t2100-01-01T00:00:00Z\tnever\tnever"),
            "{list}"
        );
        assert!(!list.contains(token.splitn(3, '_').nth(2).unwrap().trim()), "never the secret");
        stdout(&run(&["token", "revoke", "ci"]));
        assert!(!stdout(&run(&["token", "list"])).contains("\tnever\tnever"));
        for (arguments, told) in [
            (&["token", "create", "--name", "ci", "--scope", "write"][..], "there is a token \"ci\" already"),
            (
                &["token", "create", "--name", "x", "--scope", "write:nothing"],
                "there is no conference of the slug \"nothing\"",
            ),
            (&["token", "create", "--name", "x", "--scope", "write", "--expires", "2020-01-01"], "is over"),
            (&["token", "revoke", "nobody"], "there is no token \"nobody\""),
        ] {
            let (code, error) = failure(&run(arguments));
            assert!(code == 1 && error.contains(told), "{arguments:?}: {error}");
        }
        assert_eq!(failure(&run(&["token", "create", "--name", "x", "--scope", "read"])).0, 2);
        assert_eq!(failure(&run(&["token", "create", "--name", "x", "--scope", "write", "--expires", "soon"])).0, 2);
    }
}

#[test]
fn a_changed_file_is_a_difference_in_the_log() {
    for database in databases() {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| lectern(folder.path(), &[arguments, &["--database", &database]].concat());
        stdout(&run(&["import", "native", &shipped()]));
        stdout(&run(&["export", "native", "out"]));
        let file = folder.path().join("out/editions/promcon-2016-berlin.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("title: Life of a Label\n", "title: Life of a Label, Retold\n")).unwrap();
        let dry: Value =
            serde_json::from_str(&stdout(&run(&["import", "native", "out", "--dry-run", "--json"]))).unwrap();
        let report: Value = serde_json::from_str(&stdout(&run(&["import", "native", "out", "--json"]))).unwrap();
        assert_eq!(
            (&dry["updated"], &report["updated"]),
            (&serde_json::json!({ "Talk": 1 }), &serde_json::json!({ "Talk": 1 })),
            "{dry} {report}"
        );
        let again: Value = serde_json::from_str(&stdout(&run(&["import", "native", "out", "--json"]))).unwrap();
        assert_eq!(again["revision"], Value::Null);
    }
}

#[test]
fn a_broken_folder_changes_nothing_and_tells_everything() {
    let folder = tempfile::tempdir().unwrap();
    stdout(&lectern(folder.path(), &["import", "native", &shipped()]));
    stdout(&lectern(folder.path(), &["export", "native", "out"]));
    let file = folder.path().join("out/editions/promcon-2016-berlin.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let broken = text
        .replace("speaker: tom-wilkie", "speaker: tom-wilky")
        .replace("timezone: Europe/Berlin", "timezone: Berlin")
        .replace("ordinal: 1", "ordinul: 1");
    std::fs::write(&file, broken).unwrap();
    for arguments in [&["check", "out"][..], &["import", "native", "out"]] {
        let (code, told) = failure(&lectern(folder.path(), arguments));
        assert_eq!(code, 1);
        for part in [
            "editions/promcon-2016-berlin.yaml:",
            "\"Berlin\" is not an IANA time zone",
            "ordinul",
            "nothing was written",
        ] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }
    std::fs::write(&file, text.replace("speaker: tom-wilkie", "speaker: tom-wilky")).unwrap();
    let (_, told) = failure(&lectern(folder.path(), &["check", "out"]));
    assert!(told.contains("tom-wilky") && told.contains("tom-wilkie"), "the nearest is named: {told}");
}

#[test]
fn what_cant_start_says_why_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    std::fs::write(folder.path().join("no-database"), "text, and long enough to be taken for a page of a database")
        .unwrap();
    let newer = folder.path().join("newer.db");
    stdout(&lectern(folder.path(), &["export", "native", "out", "--database", "sqlite://newer.db"]));
    assert!(newer.exists());
    actix_web::rt::System::new().block_on(async {
        use sea_orm::{ConnectionTrait, Database};
        let database = Database::connect(format!("sqlite://{}", newer.display())).await.unwrap();
        database
            .execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)")
            .await
            .unwrap();
        database.close().await.unwrap();
    });
    for (arguments, part) in [
        (&["serve", "--no-archive", "--bind", &address, "--log", "off"][..], "can't be listened on"),
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
        let (code, told) = failure(&lectern(folder.path(), arguments));
        assert_eq!(code, 1, "{arguments:?} {told}");
        assert!(
            told.contains(part) && told.starts_with("lectern: ") && !told.contains("secret"),
            "{arguments:?}: {told}"
        );
    }
    for arguments in
        [&["nothing"][..], &["serve", "--max-depth", "x"], &["import", "other", "."], &["import", "native"]]
    {
        assert_eq!(failure(&lectern(folder.path(), arguments)).0, 2, "{arguments:?}");
    }
}

#[test]
fn the_contracts_are_as_checked_in() {
    stdout(&lectern(Path::new(env!("CARGO_MANIFEST_DIR")), &["contracts", "--check"]));
}

/// Runs SQL in a database, as nobody should.
fn tamper(folder: &Path, database: &str, sql: &str) {
    let url = match database.strip_prefix("sqlite://") {
        Some(file) => format!("sqlite://{}", folder.join(file).display()),
        None => database.to_owned(),
    };
    actix_web::rt::System::new().block_on(async move {
        let database = sea_orm::Database::connect(url).await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&database, sql).await.unwrap();
        database.close().await.unwrap();
    });
}

#[test]
fn the_log_is_checked_against_the_tables() {
    for database in databases() {
        let folder = tempfile::tempdir().unwrap();
        let check = || lectern(folder.path(), &["check", "--database", &database]);
        stdout(&lectern(folder.path(), &["import", "native", &shipped(), "--database", &database]));
        assert_eq!(stdout(&check()), "the log and the tables agree: 1583 things at revision 1583\n");
        for (sql, told) in [
            (
                "UPDATE talk SET title = 'Another' WHERE slug = 'promql-for-native-histograms'",
                "title is not what the log says",
            ),
            (
                "UPDATE speaker SET talk_count = 77 WHERE slug = 'julius-volz'",
                "talk_count does not follow from what it stands on",
            ),
            ("UPDATE company SET revision = 3 WHERE slug = 'soundcloud'", "is of revision 3, and the log says"),
            (
                "DELETE FROM appearance_company WHERE talk_id = (SELECT id FROM talk WHERE slug = 'promql-for-native-histograms')",
                "appearances is not what the log says",
            ),
            ("DELETE FROM change WHERE revision = 1000", "after revision 999 comes 1001"),
            ("UPDATE archive_state SET revision = 2000", "the log ends with revision 1583, and the archive is at 2000"),
            ("DELETE FROM link WHERE position = 1", "is in the log"),
        ] {
            tamper(folder.path(), &database, sql);
            let checked = check();
            let said = String::from_utf8(checked.stdout).unwrap();
            assert!(checked.status.code() == Some(1) && said.contains(told), "{sql}: {said}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(lectern(folder.path(), &["check"]).status.code(), Some(2), "what?");
    assert_eq!(lectern(folder.path(), &["check", ".", "--database"]).status.code(), Some(2), "one of both");
    let check = || lectern(folder.path(), &["check", "--database"]);
    assert_eq!(failure(&check()), (1, "lectern: sqlite://lectern.db: there is no such file\n".to_owned()));
    stdout(&lectern(folder.path(), &["token", "list"]));
    assert!(stdout(&check()).starts_with("the log and the tables agree: 0 things"));
}

#[test]
fn a_merge_that_was_none_is_not_undone() {
    let folder = tempfile::tempdir().unwrap();
    let (code, told) = failure(&lectern(folder.path(), &["unmerge", "nobody"]));
    assert_eq!(
        (code, told.as_str()),
        (1, "lectern: name: nothing of the id or slug \"nobody\" was merged into another one\n")
    );
}
