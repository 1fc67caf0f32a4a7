//! `lectern webhook`.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::Backend,
    command::{PROMCON, Terminal},
};

#[on_both_databases]
#[test]
fn webhooks_are_added_listed_and_removed(backend: Backend) {
    let terminal = Terminal::with_database(backend);
    terminal.stdout(&["import", "native", PROMCON]);
    assert_eq!(terminal.json(&["webhook", "list"]), json!([]));

    // One to all changes from now on, and one to some of all changes.
    let secret = terminal.stdout(&["webhook", "add", "https://example.org"]);
    assert!(secret.starts_with("whsec_") && secret.trim().len() == 50, "{secret}");
    let hook = "http://127.0.0.1:9/hook";
    let added = terminal.json(
        &[
            &["webhook", "add", hook, "--kind", "Talk", "--since", "0", "--allow-private"][..],
            &["--edition", "promcon-2016-berlin", "--edition", "promcon-2017-munich"],
        ]
        .concat(),
    );
    assert_eq!((&added["since"], &added["url"]), (&json!(0), &json!(hook)));

    let list = terminal.json(&["webhook", "list"]);
    let (all, some) = (&list[0], &list[1]);
    assert_eq!((&all["url"], &all["editions"]), (&json!("https://example.org/"), &json!([])));
    assert_eq!(all["disabled_at"], Value::Null);
    assert!(all["delivered_revision"].as_i64().unwrap() > 1000, "at the archive's present revision: {list}");
    assert_eq!(
        (&some["id"], &some["delivered_revision"], &some["allow_private"]),
        (&added["id"], &json!(0), &json!(true))
    );
    assert_eq!(some["editions"], json!(["promcon-2016-berlin", "promcon-2017-munich"]));
    assert_eq!(some["kinds"], json!(["Talk"]));
    let table = terminal.stdout(&["webhook", "list"]);
    let row = format!("\t{hook}\tpromcon-2016-berlin,promcon-2017-munich\tTalk\t0\tok\n");
    assert!(table.contains(&row), "{table}");
    for secret in [secret.trim(), added["secret"].as_str().unwrap()] {
        assert!(!table.contains(secret) && !list.to_string().contains(secret), "no list shows a secret");
    }

    let id = added["id"].as_str().unwrap();
    assert_eq!(terminal.json(&["webhook", "log", id]), json!([]));
    assert_eq!(terminal.stdout(&["webhook", "log", "https://example.org"]).lines().count(), 1);
    assert!(terminal.stdout(&["webhook", "enable", id]).contains("is enabled"));
    terminal.stdout(&["webhook", "remove", "https://example.org"]);
    terminal.stdout(&["webhook", "remove", id]);
    assert_eq!(terminal.stdout(&["webhook", "list"]).lines().count(), 1);
}

#[test]
fn a_webhook_that_can_t_be_added_is_refused() {
    let terminal = Terminal::open();
    terminal.stdout(&["import", PROMCON]);
    terminal.stdout(&["webhook", "add", "https://example.org/hook"]);
    let failure = |arguments: &[&str]| terminal.failure(&[&["webhook"], arguments].concat());

    for (arguments, message) in [
        (&["add", "https://example.org/hook"][..], "there is a webhook to https://example.org/hook already"),
        (&["add", "example.org"], "is not a URL"),
        (&["add", "http://example.org"], "--allow-private"),
        (&["add", "https://127.0.0.1/"], "loopback"),
        (&["add", "https://ada:secret@example.org"], "credentials"),
        (
            &["add", "https://example.org", "--edition", "promcon-1999"],
            "there is no edition of the slug \"promcon-1999\"",
        ),
        (
            &["add", "https://example.org", "--kind", "Party"],
            "\"Party\" is not a kind of the log: Conference, Edition, Talk, Slot,",
        ),
        (&["add", "https://example.org", "--since", "99999"], "from 0 to 1583"),
        (&["log", "https://example.org"], "there is no webhook \"https://example.org\""),
        (&["enable", "x"], "there is no webhook \"x\""),
        (&["remove", "00000000-0000-4000-8000-000000000000"], "there is no webhook"),
    ] {
        let (code, error) = failure(arguments);
        assert!(code == 1 && error.contains(message), "{arguments:?}: {error}");
        assert!(error.starts_with("lectern: ") && !error.contains("secret"), "{arguments:?}: {error}");
    }
    for arguments in [&[][..], &["add"], &["add", "https://example.org", "--since", "soon"], &["log"], &["nothing"]] {
        assert_eq!(failure(arguments).0, 2, "{arguments:?}");
    }
}
