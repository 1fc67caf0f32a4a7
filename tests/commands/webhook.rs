//! `lectern webhook`, as a person runs it.

use serde_json::{Value, json};

use super::{databases, failure, lectern, shipped, stdout};

#[test]
fn webhooks_are_added_listed_and_removed() {
    for database in databases() {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &[&str]| {
            lectern(folder.path(), &[&["webhook"], arguments, &["--database", &database]].concat())
        };
        let json = |arguments: &[&str]| -> Value {
            serde_json::from_str(&stdout(&run(&[arguments, &["--json"]].concat()))).unwrap()
        };
        assert_eq!(json(&["list"]), json!([]));
        stdout(&lectern(folder.path(), &["import", "native", &shipped(), "--database", &database]));
        let secret = stdout(&run(&["add", "https://example.org"]));
        assert!(secret.starts_with("whsec_") && secret.trim().len() == 50, "{secret}");
        let editions = ["--edition", "promcon-2016-berlin", "--edition", "promcon-2017-munich"];
        let added = json(
            &[&["add", "http://127.0.0.1:9/hook", "--kind", "Talk", "--since", "0", "--allow-private"], &editions[..]]
                .concat(),
        );
        assert_eq!((&added["since"], &added["url"]), (&json!(0), &json!("http://127.0.0.1:9/hook")));
        let list = json(&["list"]);
        assert!(list[0]["delivered"].as_i64().unwrap() > 1000, "at the archive's present revision: {list}");
        assert_eq!(
            (&list[0]["url"], &list[0]["editions"], &list[0]["disabled_at"]),
            (&json!("https://example.org/"), &json!([]), &Value::Null)
        );
        assert_eq!(
            (&list[1]["id"], &list[1]["delivered"], &list[1]["allow_private"]),
            (&added["id"], &json!(0), &json!(true))
        );
        assert_eq!(
            (&list[1]["editions"], &list[1]["kinds"]),
            (&json!(["promcon-2016-berlin", "promcon-2017-munich"]), &json!(["Talk"]))
        );
        let text = stdout(&run(&["list"]));
        assert!(
            text.contains("\thttp://127.0.0.1:9/hook\tpromcon-2016-berlin,promcon-2017-munich\tTalk\t0\tok\n"),
            "{text}"
        );
        for secret in [secret.trim(), added["secret"].as_str().unwrap()] {
            assert!(!text.contains(secret) && !list.to_string().contains(secret), "never the secret");
        }
        let id = added["id"].as_str().unwrap();
        assert_eq!((json(&["log", id]), stdout(&run(&["log", "https://example.org"])).lines().count()), (json!([]), 1));
        assert!(stdout(&run(&["enable", id])).contains("is enabled"));
        stdout(&run(&["remove", "https://example.org"]));
        stdout(&run(&["remove", id]));
        assert_eq!(stdout(&run(&["list"])).lines().count(), 1);
    }
}

#[test]
fn what_can_t_be_a_webhook_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| lectern(folder.path(), &[&["webhook"], arguments].concat());
    stdout(&run(&["add", "https://example.org/hook"]));
    for (arguments, told) in [
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
        (&["add", "https://example.org", "--since", "1"], "from 0 to 0"),
        (&["log", "https://example.org"], "there is no webhook \"https://example.org\""),
        (&["enable", "x"], "there is no webhook \"x\""),
        (&["remove", "00000000-0000-4000-8000-000000000000"], "there is no webhook"),
    ] {
        let (code, error) = failure(&run(arguments));
        assert!(code == 1 && error.contains(told) && error.starts_with("lectern: "), "{arguments:?}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
    for arguments in [&[][..], &["add"], &["add", "https://example.org", "--since", "soon"], &["log"], &["nothing"]] {
        assert_eq!(failure(&run(arguments)).0, 2, "{arguments:?}");
    }
}
