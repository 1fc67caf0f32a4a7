//! What a token that is narrow may write: its conference, and what no other conference shows.

use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    editor::Editor,
    seed,
};

/// The weekend's conference beside another one, at which Ada speaks for ACME, with a recording in no edition.
async fn two_conferences(backend: Backend) -> App {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    editor.edit(r#"createConference(input: { name: "Other" }) { conference { id } }"#).await;
    let other = r#"conference: "other", name: "Other 1", timezone: "UTC", year: 2027"#;
    editor.edit(&format!("createEdition(input: {{ {other} }}) {{ edition {{ id }} }}")).await;
    let talk = r#"edition: "other-1", title: "Else", appearances: [{ speaker: "ada", companies: ["acme"] }]"#;
    let talk = editor.edit(&format!("createTalk(input: {{ {talk} }}) {{ talk {{ id }} }}")).await;
    let recording = r#"addRecording(input: { provider: YOUTUBE, externalId: "zzzzzzzzzzz" }) { recording { id } }"#;
    let recording = editor.edit(recording).await["recording"]["id"].clone();
    editor
        .edit(&format!("attachRecording(talk: {}, recording: {recording}) {{ talk {{ id }} }}", talk["talk"]["id"]))
        .await;
    app
}

async fn recording(app: &App, external_id: &str) -> String {
    let found = app.query("{ recordings { nodes { id externalId } } }").await;
    let nodes = found["recordings"]["nodes"].as_array().unwrap();
    let found = nodes.iter().find(|node| node["externalId"] == external_id).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// The message of the error FORBIDDEN that a mutation gets; it writes nothing.
async fn forbidden(editor: &Editor<'_>, field: &str) -> String {
    let last = editor.app.revision().await;
    let answer = editor.send(&format!("mutation {{ {field} }}")).await;
    assert_eq!(answer.status, 403, "{field}: {}", answer.body);
    assert_eq!(editor.app.revision().await, last);
    let error = answer.json()["errors"][0].clone();
    assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{field}");
    error["message"].as_str().unwrap().to_owned()
}

#[on_both_databases]
#[actix_web::test]
async fn a_narrow_token_leaves_the_people_of_others(backend: Backend) {
    let app = two_conferences(backend).await;
    let narrow = app.editor("write:conf").await;
    let [ada, bob] = [app.id(r#"speaker(slug: "ada")"#).await, app.id(r#"speaker(slug: "bob")"#).await];
    let [acme, old] = [app.id(r#"company(slug: "acme")"#).await, app.id(r#"company(slug: "old-co")"#).await];
    for shown in [
        format!(r#"updateSpeaker(id: "{ada}", input: {{ name: "X" }}) {{ revision }}"#),
        format!(r#"updateCompany(id: "{acme}", input: {{ name: "X" }}) {{ revision }}"#),
        format!(r#"addLink(to: "{ada}", input: {{ kind: POST, title: "x" }}) {{ revision }}"#),
        format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ revision }}"#),
        format!(r#"mergeCompanies(from: "{old}", into: "{acme}") {{ revision }}"#),
    ] {
        let message = forbidden(&narrow, &shown).await;
        assert!(message.contains("is for the conference conf, and"), "{message}");
        assert!(message.contains("also appears at other: that needs the scope write:people"), "{message}");
    }
    let merge = forbidden(&narrow, &format!(r#"mergeSpeakers(from: "{ada}", into: "{bob}") {{ revision }}"#)).await;
    assert!(merge.contains("this is of other"), "{merge}");

    // Its own it changes, and adds new ones; a change that is none is no matter.
    narrow.edit(&format!(r#"updateSpeaker(id: "{bob}", input: {{ name: "Robert" }}) {{ speaker {{ id }} }}"#)).await;
    narrow.edit(&format!(r#"updateSpeaker(id: "{ada}", input: {{ slug: "ada" }}) {{ speaker {{ id }} }}"#)).await;
    narrow.edit(&format!(r#"updateCompany(id: "{old}", input: {{ name: "Older" }}) {{ company {{ id }} }}"#)).await;
    let carol = narrow.edit(r#"createSpeaker(input: { name: "Carol" }) { speaker { id } }"#).await;
    narrow.edit(&format!("delete(id: {}) {{ deletedId }}", carol["speaker"]["id"])).await;
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn people_are_a_scope_of_their_own(backend: Backend) {
    let app = two_conferences(backend).await;
    let people = app.editor("write:people").await;
    let [ada, bob] = [app.id(r#"speaker(slug: "ada")"#).await, app.id(r#"speaker(slug: "bob")"#).await];
    people.edit(&format!(r#"updateSpeaker(id: "{ada}", input: {{ name: "Ada" }}) {{ speaker {{ id }} }}"#)).await;
    people.edit(&format!(r#"addLink(to: "{ada}", input: {{ kind: POST, title: "x" }}) {{ link {{ id }} }}"#)).await;
    people.edit(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await;

    let night = app.talk_id("night").await;
    let conference = app.id(r#"conference(slug: "conf")"#).await;
    for other in [
        format!(r#"updateTalk(id: "{night}", input: {{ title: "X" }}) {{ revision }}"#),
        format!(r#"addLink(to: "{night}", input: {{ kind: POST, title: "x" }}) {{ revision }}"#),
        format!(r#"addLink(to: "{conference}", input: {{ kind: POST, title: "x" }}) {{ revision }}"#),
        r#"createConference(input: { name: "Mine" }) { revision }"#.to_owned(),
        r#"addRecording(input: { provider: YOUTUBE, externalId: "yyyyyyyyyyy" }) { revision }"#.to_owned(),
    ] {
        let message = forbidden(&people, &other).await;
        assert!(message.ends_with("is for people and companies, and it also changes something else"), "{message}");
    }

    // Together with a conference it has both.
    let both = app.editor("write:conf write:people").await;
    both.edit(&format!(r#"updateSpeaker(id: "{ada}", input: {{ name: "Ada B." }}) {{ speaker {{ id }} }}"#)).await;
    both.edit(&format!(r#"updateTalk(id: "{night}", input: {{ title: "X" }}) {{ talk {{ id }} }}"#)).await;
    let edition = app.id(r#"edition(slug: "other-1")"#).await;
    forbidden(&both, &format!(r#"updateEdition(id: "{edition}", input: {{ name: "X" }}) {{ revision }}"#)).await;
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_recording_belongs_to_all_its_talks(backend: Backend) {
    let app = two_conferences(backend).await;
    let narrow = app.editor("write:conf").await;
    let night = app.talk_id("night").await;
    let foreign = recording(&app, "zzzzzzzzzzz").await;
    for taken in [
        format!(r#"updateRecording(id: "{foreign}", input: {{ title: "Mine" }}) {{ revision }}"#),
        format!(r#"updateRecording(id: "{foreign}", input: {{ edition: "conf-2025" }}) {{ revision }}"#),
        format!(r#"attachRecording(talk: "{night}", recording: "{foreign}") {{ revision }}"#),
        format!(
            r#"edit(edits: [{{ updateRecording: {{ id: "{foreign}", input: {{ title: "X" }} }} }}]) {{ revision }}"#
        ),
    ] {
        let message = forbidden(&narrow, &taken).await;
        assert!(message.contains("the recording is of other"), "{message}");
    }

    // The owner, and who owns the recordings of the weekend, may go on.
    let other = app.editor("write:other").await;
    let title =
        |id: &str| format!(r#"updateRecording(id: "{id}", input: {{ title: "Ours" }}) {{ recording {{ id }} }}"#);
    other.edit(&title(&foreign)).await;
    let mine = recording(&app, "aaaaaaaaaaa").await;
    narrow.edit(&title(&mine)).await;
    forbidden(&other, &format!(r#"updateRecording(id: "{mine}", input: {{ title: "X" }}) {{ revision }}"#)).await;
    narrow.edit(&format!(r#"attachRecording(talk: "{night}", recording: "{mine}") {{ talk {{ id }} }}"#)).await;
    app.audit().await;
}
