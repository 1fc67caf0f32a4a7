//! An import of a folder that was exported before the archive was changed: what only one side changed is taken.

use std::{fs, path::Path};

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::Backend,
    command::{PROMCON, Terminal},
    serving::Serving,
};

const BERLIN: &str = "editions/promcon-2016-berlin.yaml";
const MUNICH: &str = "editions/promcon-2017-munich.yaml";

/// An archive that is served, and the folder `git` that it was exported to.
struct Shared {
    terminal: Terminal,
    server: Serving,
    token: String,
}

impl Shared {
    fn new(backend: Backend) -> Self {
        let terminal = Terminal::with_database(backend);
        terminal.stdout(&["import", PROMCON]);
        terminal.stdout(&["export", "git"]);
        let server = terminal.serve(&["--log", "off"]);
        let token = terminal.stdout(&["token", "create", "--name", "ada", "--scope", "write"]).trim().to_owned();
        Self { terminal, server, token }
    }

    /// Edits a file of the folder by hand.
    fn by_hand(&self, file: &str, from: &str, to: &str) {
        let file = self.terminal.folder().join("git").join(file);
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(&file, text.replacen(from, to, 1)).unwrap();
    }

    /// Makes an edit over the API.
    fn edit(&self, field: &str) -> Value {
        let answer = self
            .server
            .graphql(&self.token, &format!("mutation {{ it: {field} {{ revision userErrors {{ message }} }} }}"));
        assert_eq!(answer["it"]["userErrors"], json!([]), "{field}");
        answer
    }

    fn ask(&self, query: &str) -> Value {
        self.server.graphql("", &format!("{{ it: {query} }}"))["it"].clone()
    }

    fn id(&self, query: &str) -> String {
        self.ask(&format!("{query} {{ id }}"))["id"].as_str().unwrap_or_else(|| panic!("{query}")).to_owned()
    }

    fn talk(&self, edition: &str, slug: &str) -> String {
        self.id(&format!(r#"talk(edition: "{edition}", slug: "{slug}")"#))
    }

    fn import(&self, options: &[&str]) -> Value {
        self.terminal.json(&[&["import", "git"], options].concat())
    }

    fn refusal(&self) -> String {
        let before = self.revision();
        let (code, error) = self.terminal.failure(&["import", "git"]);
        assert_eq!(code, 1, "{error}");
        assert_eq!(self.revision(), before, "{error}");
        error
    }

    fn revision(&self) -> i64 {
        self.ask("archive { revision }")["revision"].as_i64().unwrap()
    }

    /// Imports a folder that nobody edited, which changes nothing.
    fn nothing_is_undone(&self) -> Value {
        let report = self.import(&[]);
        assert_eq!(report["revision"], Value::Null, "{report:#}");
        self.terminal.stdout(&["check"]);
        report
    }
}

#[on_both_databases]
#[test]
fn three_edits_by_hand_and_two_over_the_api_meet(backend: Backend) {
    let shared = Shared::new(backend);
    shared.by_hand(BERLIN, "    title: Life of a Label\n", "    title: Life of a Label, Retold\n");
    shared.by_hand(BERLIN, "attendance: 80\n", "attendance: 81 # counted again\n");
    shared.by_hand("speakers.yaml", "    name: Brian Brazil\n", "    name: Brian E. Brazil\n");
    let talk = shared.talk("promcon-2016-berlin", "life-of-a-label");
    shared.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ subtitle: "And how it ends" }})"#));
    let speaker = shared.id(r#"speaker(slug: "julius-volz")"#);
    shared.edit(&format!(r#"updateSpeaker(id: "{speaker}", input: {{ pronouns: "he/him" }})"#));
    let before = shared.revision();

    let dry_run = shared.import(&["--dry-run"]);
    assert_eq!(shared.revision(), before);
    let report = shared.import(&[]);
    assert_eq!(report["updated"], json!({ "Talk": 1, "Edition": 1, "Speaker": 1 }), "{report:#}");
    assert_eq!((&report["created"], &report["deleted"]), (&json!({}), &json!({})));
    assert_eq!(dry_run["updated"], report["updated"]);
    assert_eq!(report["compared_since"], 1583);
    let kept: Vec<_> =
        report["kept"].as_array().unwrap().iter().map(|one| (&one["kind"], &one["fields"], &one["token"])).collect();
    assert_eq!(
        kept,
        [
            (&json!("Speaker"), &json!(["pronouns"]), &json!("ada")),
            (&json!("Talk"), &json!(["subtitle"]), &json!("ada"))
        ]
    );
    let label = shared.ask(
        r#"talk(edition: "promcon-2016-berlin", slug: "life-of-a-label") { title subtitle edition { attendance } }"#,
    );
    assert_eq!(
        label,
        json!({ "title": "Life of a Label, Retold", "subtitle": "And how it ends", "edition": { "attendance": 81 } })
    );
    assert_eq!(shared.ask(r#"speaker(slug: "julius-volz") { pronouns }"#)["pronouns"], "he/him");
    assert_eq!(shared.ask(r#"speaker(slug: "brian-brazil") { name }"#)["name"], "Brian E. Brazil");
    shared.terminal.stdout(&["check"]);

    // A second import changes nothing, and neither does one after another export, which has all five.
    shared.nothing_is_undone();
    shared.terminal.stdout(&["export", "git"]);
    let again = shared.nothing_is_undone();
    assert_eq!(again["kept"], json!([]), "{again:#}");
    let (git, promcon) = (shared.terminal.folder().join("git"), Path::new(PROMCON));
    let text = |file: &str| fs::read_to_string(git.join(file)).unwrap();
    for (file, value) in [
        (BERLIN, "    title: Life of a Label, Retold\n    subtitle: And how it ends\n"),
        (BERLIN, "attendance: 81"),
        ("speakers.yaml", "    name: Brian E. Brazil\n"),
        ("speakers.yaml", "    pronouns: he/him\n"),
    ] {
        assert!(text(file).contains(value), "{value}");
    }
    let lines = |folder: &Path, file: &str| fs::read_to_string(folder.join(file)).unwrap().lines().count();
    assert_eq!(lines(&git, BERLIN), lines(promcon, BERLIN) + 1);
    assert_eq!(lines(&git, "speakers.yaml"), lines(promcon, "speakers.yaml") + 1);
    assert_eq!(text(MUNICH), fs::read_to_string(promcon.join(MUNICH)).unwrap());
}

#[on_both_databases]
#[test]
fn what_both_sides_changed_is_decided_by_people(backend: Backend) {
    let shared = Shared::new(backend);
    let talk = shared.talk("promcon-2016-berlin", "life-of-a-label");
    let title =
        || shared.ask(r#"talk(edition: "promcon-2016-berlin", slug: "life-of-a-label") { title }"#)["title"].clone();
    shared.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "By the API" }})"#));
    let revision = shared.revision();
    shared.by_hand(BERLIN, "    title: Life of a Label\n", "    title: By hand\n");
    shared.by_hand(BERLIN, "attendance: 80\n", "attendance: 81\n");

    let error = shared.refusal();
    for part in [
        &format!("Talk promcon-2016-berlin/life-of-a-label: title changed by the token \"ada\" at revision {revision}"),
        "since revision 1583",
        "prefer",
        "force",
    ] {
        assert!(error.contains(part), "{part} in {error}");
    }

    let report = shared.import(&["--prefer", "archive"]);
    assert_eq!((title(), &report["updated"]), (json!("By the API"), &json!({ "Edition": 1 })), "{report:#}");
    assert_eq!(report["kept"][0]["fields"], json!(["title"]));
    let report = shared.import(&["--prefer", "source"]);
    assert_eq!((title(), &report["updated"]), (json!("By hand"), &json!({ "Talk": 1 })), "{report:#}");
    assert_eq!(report["taken_back"][0]["token"], "ada");
    shared.terminal.stdout(&["check"]);
}

#[on_both_databases]
#[test]
fn a_folder_that_nobody_edited_undoes_nothing(backend: Backend) {
    let shared = Shared::new(backend);
    let talk = shared.talk("promcon-2016-berlin", "life-of-a-label");
    let [julius, brian] = ["julius-volz", "brian-brazil"].map(|slug| shared.id(&format!(r#"speaker(slug: "{slug}")"#)));
    let links = shared.ask(r#"talk(edition: "promcon-2016-berlin", slug: "life-of-a-label") { links { id } }"#);
    let link = |n: usize| links["links"][n]["id"].as_str().unwrap().to_owned();
    for field in [
        &format!(r#"updateTalk(id: "{talk}", input: {{ slug: "a-label", tags: ["labels"] }})"#),
        &format!(r#"updateLink(id: "{}", input: {{ url: "https://example.org/slides" }})"#, link(0)),
        &format!(r#"delete(id: "{}")"#, link(1)),
        &format!(r#"addLink(to: "{talk}", input: {{ kind: ARTICLE, url: "https://example.org/recap" }})"#),
        &format!(r#"mergeSpeakers(from: "{brian}", into: "{julius}")"#),
        r#"createTalk(input: { edition: "promcon-2017-munich", title: "New", appearances: [{ speaker: "julius-volz" }] })"#,
        r#"createRoom(input: { edition: "promcon-2017-munich", name: "Cellar", position: 1 })"#,
        r#"createSpeaker(input: { name: "Somebody New" })"#,
    ] {
        shared.edit(field);
    }
    let new = shared.talk("promcon-2017-munich", "new");
    shared.edit(&format!(
        r#"scheduleSlot(input: {{ edition: "promcon-2017-munich", talk: "{new}", startsAt: "2017-08-18T20:00:00+02:00", room: "cellar" }})"#
    ));
    let slot = shared.ask(r#"edition(slug: "promcon-2017-munich") { schedule { id number kind } }"#);
    let slot = slot["schedule"].as_array().unwrap().iter().find(|slot| slot["kind"] == "BREAK").unwrap().clone();
    shared.edit(&format!(r#"delete(id: "{}")"#, slot["id"].as_str().unwrap()));

    let report = shared.nothing_is_undone();
    assert!(report["kept"].as_array().unwrap().len() > 10, "{report:#}");
    assert!(shared.terminal.stdout(&["import", "git"]).contains("Talk promcon-2017-munich/new: created by the token"));

    // By force it does, and says what. That is in the log like every other change.
    let report = shared.import(&["--force"]);
    assert!(report["taken_back"].as_array().unwrap().len() > 10, "{report:#}");
    shared.terminal.stdout(&["export", "out"]);
    let talk = shared.ask(r#"talk(edition: "promcon-2016-berlin", slug: "life-of-a-label") { slug }"#);
    assert_eq!(talk["slug"], "life-of-a-label");
    shared.terminal.stdout(&["check"]);
}

#[on_both_databases]
#[test]
fn what_one_side_adds_and_the_other_deletes(backend: Backend) {
    let shared = Shared::new(backend);
    // Both sides add a room, and one adds a talk, the other deletes one.
    shared.edit(r#"createRoom(input: { edition: "promcon-2017-munich", name: "Cellar" })"#);
    shared.edit(r#"createTalk(input: { edition: "promcon-2017-munich", title: "From the API" })"#);
    shared.by_hand(MUNICH, "    name: Main room\n", "    name: Main room\n  - slug: attic\n    name: Attic\n");
    shared.by_hand(MUNICH, "\ntalks:\n", "\ntalks:\n  - slug: by-hand\n    title: By hand\n");
    let report = shared.import(&[]);
    assert_eq!(report["created"], json!({ "Room": 1, "Talk": 1 }), "{report:#}");
    let rooms = shared.ask(r#"edition(slug: "promcon-2017-munich") { rooms { slug position } }"#);
    let rooms: Vec<_> =
        rooms["rooms"].as_array().unwrap().iter().map(|room| (&room["slug"], &room["position"])).collect();
    assert_eq!(rooms, [(&json!("main-room"), &json!(1)), (&json!("attic"), &json!(2)), (&json!("cellar"), &json!(3))]);
    shared.talk("promcon-2017-munich", "from-the-api");
    shared.nothing_is_undone();

    // One side deletes what the other changes.
    shared.terminal.stdout(&["export", "git"]);
    let (by_hand, from_api) =
        (shared.talk("promcon-2017-munich", "by-hand"), shared.talk("promcon-2017-munich", "from-the-api"));
    shared.edit(&format!(r#"delete(id: "{by_hand}")"#));
    shared.edit(&format!(r#"updateTalk(id: "{from_api}", input: {{ title: "From the API, again" }})"#));
    shared.by_hand(MUNICH, "    title: By hand\n", "    title: By hand, again\n");
    let text = fs::read_to_string(shared.terminal.folder().join("git").join(MUNICH)).unwrap();
    let start = text.find("  - slug: from-the-api\n").unwrap();
    let end =
        text[start + 4..].find("  - slug: ").map_or(text.find("\nrecordings:").unwrap() + 1, |end| start + 4 + end);
    fs::write(shared.terminal.folder().join("git").join(MUNICH), format!("{}{}", &text[..start], &text[end..]))
        .unwrap();
    let error = shared.refusal();
    assert!(error.contains("Talk promcon-2017-munich/by-hand: deleted by the token \"ada\""), "{error}");
    assert!(
        error.contains("Talk promcon-2017-munich/from-the-api: title changed by") && error.contains("deletes it"),
        "{error}"
    );
    let report = shared.import(&["--prefer", "source"]);
    assert_eq!((&report["created"], &report["deleted"]), (&json!({ "Talk": 1 }), &json!({ "Talk": 1 })), "{report:#}");
    shared.terminal.stdout(&["check"]);
}

#[on_both_databases]
#[test]
fn what_would_name_something_deleted_is_refused(backend: Backend) {
    let shared = Shared::new(backend);
    shared.edit(r#"createRoom(input: { edition: "promcon-2017-munich", name: "Cellar" })"#);
    shared.terminal.stdout(&["export", "git"]);
    shared.edit(
        r#"scheduleSlot(input: { edition: "promcon-2017-munich", kind: SOCIAL, title: "Party", room: "cellar", startsAt: "2017-08-18T20:00:00+02:00" })"#,
    );
    let text = fs::read_to_string(shared.terminal.folder().join("git").join(MUNICH)).unwrap();
    let start = text.find("  - slug: cellar\n").unwrap();
    let end = text.find("links:\n").unwrap();
    fs::write(shared.terminal.folder().join("git").join(MUNICH), format!("{}{}", &text[..start], &text[end..]))
        .unwrap();
    let error = shared.refusal();
    assert!(error.contains("its room names") && error.contains("which the document deleted since"), "{error}");
    let (code, _) = shared.terminal.failure(&["import", "git", "--prefer", "source"]);
    assert_eq!(code, 1, "no side decides it");
    let report = shared.import(&["--force"]);
    assert_eq!(report["deleted"], json!({ "Room": 1, "Slot": 1 }), "{report:#}");
    shared.terminal.stdout(&["check"]);
}

#[on_both_databases]
#[test]
fn an_export_of_another_archive_is_imported_as_it_stands(backend: Backend) {
    let (shared, other) = (Shared::new(backend), Terminal::with_database(backend));
    let git = shared.terminal.folder().join("git").display().to_string();
    let first = other.json(&["import", &git]);
    assert_eq!((&first["is_incomparable"], &first["compared_since"]), (&json!(false), &Value::Null), "{first:#}");
    shared.by_hand("export.yaml", "revision: 1583", "revision: 15830");
    shared.by_hand(BERLIN, "attendance: 80\n", "attendance: 81\n");
    let report = shared.terminal.stdout(&["import", "git", "--dry-run"]);
    assert!(report.contains("it could not be compared with what changed in the archive since"), "{report}");
    assert_eq!(shared.import(&[])["is_incomparable"], true);

    shared.by_hand("export.yaml", "revision: 15830", "revisoin: 1583");
    let error = shared.refusal();
    assert!(error.contains("export.yaml:3:1: unknown key \"revisoin\": did you mean \"revision\"?"), "{error}");
}

#[on_both_databases]
#[test]
fn an_edition_alone_notes_its_point_too(backend: Backend) {
    let shared = Shared::new(backend);
    let talk = shared.talk("promcon-2016-berlin", "life-of-a-label");
    shared.terminal.stdout(&["export", "one", "--edition", "promcon-2016-berlin"]);
    assert!(shared.terminal.folder().join("one/export.yaml").exists());

    shared.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ subtitle: "And how it ends" }})"#));
    let report = shared.terminal.json(&["import", "one"]);
    assert_eq!((&report["revision"], &report["kept"][0]["fields"]), (&Value::Null, &json!(["subtitle"])), "{report:#}");

    // The files of other editions in a folder are older, and the point stays theirs.
    let before = fs::read_to_string(shared.terminal.folder().join("git/export.yaml")).unwrap();
    shared.terminal.stdout(&["export", "git", "--edition", "promcon-2016-berlin", "--force"]);
    assert_eq!(fs::read_to_string(shared.terminal.folder().join("git/export.yaml")).unwrap(), before);
}

/// The text of a file goes along with the slug of its edition.
#[on_both_databases]
#[test]
fn a_renamed_edition_keeps_its_text(backend: Backend) {
    let shared = Shared::new(backend);
    shared.by_hand(BERLIN, "year: 2016", "year: 2016 # the first one");
    let edition = shared.server.graphql("", r#"{ edition(slug: "promcon-2016-berlin") { id } }"#);
    shared.edit(&format!(r#"updateEdition(id: {}, input: {{ slug: "promcon-2016" }})"#, edition["edition"]["id"]));
    shared.terminal.stdout(&["export", "git"]);
    let editions = shared.terminal.folder().join("git/editions");
    assert!(!editions.join("promcon-2016-berlin.yaml").exists());
    let text = fs::read_to_string(editions.join("promcon-2016.yaml")).unwrap();
    assert!(text.contains("year: 2016 # the first one\n") && text.contains("slug: promcon-2016\n"), "{text}");
    assert_eq!(shared.terminal.stdout(&["import", "git"]), "nothing to change\n");
}

/// To prefer the folder would bring back one of two merged records without what the merge moved.
#[on_both_databases]
#[test]
fn a_merge_is_not_undone_by_a_preference(backend: Backend) {
    let shared = Shared::new(backend);
    let id = |slug: &str| {
        let found = shared.server.graphql("", &format!(r#"{{ speaker(slug: "{slug}") {{ id name }} }}"#));
        (found["speaker"]["id"].clone(), found["speaker"]["name"].as_str().unwrap().to_owned())
    };
    let ((from, name), (into, _)) = (id("tom-wilkie"), id("julius-volz"));
    shared.edit(&format!("mergeSpeakers(from: {from}, into: {into})"));
    shared.by_hand("speakers.yaml", &format!("name: {name}"), &format!("name: {name} X"));
    for options in [&["import", "git"][..], &["import", "git", "--prefer", "source"]] {
        let (_, error) = shared.terminal.failure(options);
        assert!(error.contains("merged into another one by the token \"ada\""), "{error}");
    }
    shared.terminal.stdout(&["import", "git", "--prefer", "archive"]);
    shared.terminal.stdout(&["export", "git"]);
    assert_eq!(shared.terminal.stdout(&["import", "git"]), "nothing to change\n");
    assert_eq!(id("tom-wilkie").0, into);
}
