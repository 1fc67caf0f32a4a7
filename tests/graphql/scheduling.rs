//! Edits of the programme: slots, overlaps, and ends that are estimated.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    editor::codes,
    seed,
};

async fn slots(app: &App) -> Vec<Value> {
    let edition = app
        .query(
            r#"{
                edition(slug: "conf-2025") {
                    schedule { id number title startsAt endsAt endIsEstimated room { slug } }
                }
            }"#,
        )
        .await;
    edition["edition"]["schedule"].as_array().unwrap().clone()
}

async fn slot(app: &App, number: i64) -> Value {
    slots(app).await.into_iter().find(|slot| slot["number"] == number).unwrap_or_else(|| panic!("no slot {number}"))
}

#[on_both_databases]
#[actix_web::test]
async fn a_talk_is_moved(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let last = app.revision().await;
    let slot = slot(&app, 7).await;
    let before = app.get("/editions/conf-2025/schedule.ics", &[]).await;

    app.set_now("2026-11-22T08:00:00Z");
    let moved = editor
        .edit(&format!(
            r#"updateSlot(id: {}, input: {{
                startsAt: "2025-10-27T14:00:00+01:00", endsAt: "2025-10-27T14:30:00+01:00", room: "Hall"
            }}) {{ slot {{ number startsAt room {{ slug }} }} }}"#,
            slot["id"]
        ))
        .await;
    assert_eq!(
        moved["slot"],
        json!({ "number": 7, "startsAt": "2025-10-27T14:00:00+01:00", "room": { "slug": "hall" } })
    );

    // The log, the calendar and the feed say so.
    let changes = app
        .query(&format!(
            r#"{{
                edition(slug: "conf-2025") {{
                    scheduleChanges(since: {last}) {{
                        kind title before {{ startsAt room }} after {{ startsAt room }}
                    }}
                }}
            }}"#
        ))
        .await;
    assert_eq!(
        changes["edition"]["scheduleChanges"],
        json!([{
            "kind": "MOVED", "title": "Äpfel & 100% _Birnen_",
            "before": { "startsAt": "2025-10-26T10:00:00+01:00", "room": "Attic" },
            "after": { "startsAt": "2025-10-27T14:00:00+01:00", "room": "Hall" },
        }])
    );
    let after = app.get("/editions/conf-2025/schedule.ics", &[]).await;
    assert_ne!(before.header("etag"), after.header("etag"));
    assert!(after.body.contains(&format!("SEQUENCE:{}", moved["revision"])), "{}", after.body);
    let feed = app.get("/editions/conf-2025/feed.atom", &[]).await.body;
    assert!(feed.contains("Moved: Äpfel"), "{feed}");
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn an_overlap_is_named_and_may_be_forced(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("lost").await;
    let schedule = |start: &str, end: &str, room: &str, force: bool| {
        format!(
            r#"scheduleSlot(
                input: {{
                    edition: "conf-2025", talk: "{talk}", startsAt: "2025-10-25T{start}:00+02:00",
                    endsAt: "2025-10-25T{end}:00+02:00", room: "{room}"
                }},
                force: {force}
            ) {{ slot {{ id number }} }}"#
        )
    };

    let errors = editor.rejection(&schedule("10:45", "11:15", "hall", false)).await;
    assert_eq!(codes(&errors), ["CONFLICT input.room"]);
    let overlap = "\"Äpfel & 100% _Birnen_\" is in Hall then (2025-10-25 10:30–11:00)";
    assert!(errors[0].message.contains(overlap), "{errors:?}");

    // Only a cancelled talk is in the attic then, and a room is free when a talk ends.
    editor.edit(&schedule("10:45", "11:15", "attic", false)).await;
    editor.edit(&schedule("11:00", "11:15", "hall", false)).await;
    let with_notes = schedule("10:30", "10:40", "hall", true).replace("slot {", "notes slot {");
    let forced = editor.edit(&with_notes).await;
    assert_eq!(forced["notes"], json!([format!("forced: {overlap}")]), "what was forced is reported");

    // Nobody is on two stages at once: Bob moderates in the hall, and is in the lightning round of the next day.
    editor
        .edit(&format!(r#"setAppearances(talk: "{talk}", appearances: [{{ speaker: "bob" }}]) {{ talk {{ id }} }}"#))
        .await;
    let foyer = schedule("10:30", "10:35", "foyer", false);
    let elsewhere = foyer.replace(r#"room: "foyer""#, r#"room: "foyer", createRoom: true"#);
    let errors = editor.rejection(&elsewhere).await;
    assert_eq!(codes(&errors), ["CONFLICT input.startsAt", "CONFLICT input.startsAt"], "{errors:#?}");
    assert!(errors.iter().all(|error| error.message.starts_with("Bob is in")), "{errors:#?}");
    let on_the_next_day = elsewhere
        .replace("2025-10-25T10:30:00+02:00", "2025-10-26T11:30:00+01:00")
        .replace("2025-10-25T10:35:00+02:00", "2025-10-26T12:30:00+01:00");
    let errors = editor.rejection(&on_the_next_day).await;
    assert!(errors[0].message.starts_with("Bob is in \"Lightning round\" then"), "{errors:#?}");
    let rooms = app.query(r#"{ edition(slug: "conf-2025") { rooms { slug } } }"#).await;
    assert_eq!(rooms["edition"]["rooms"].as_array().unwrap().len(), 2, "a rejected slot creates no room");

    // Slots without a room are all in the same one.
    let without_room = |talk: &str| {
        format!(
            r#"scheduleSlot(input: {{
                edition: "conf-2025", talk: "{talk}", startsAt: "2025-10-28T10:00:00+01:00",
                endsAt: "2025-10-28T11:00:00+01:00"
            }}) {{ slot {{ id }} }}"#
        )
    };
    editor.edit(&without_room(&app.talk_id("opening").await)).await;
    let errors = editor.rejection(&without_room(&talk)).await;
    assert_eq!(codes(&errors), ["CONFLICT input.room"]);
    assert!(errors[0].message.contains("\"Opening\" is on then"), "{errors:#?}");

    // A slot that overlaps already may be edited in other ways.
    editor
        .edit(&format!(
            r#"updateSlot(id: {}, input: {{ sponsors: ["acme"] }}) {{ slot {{ sponsors {{ slug }} }} }}"#,
            forced["slot"]["id"]
        ))
        .await;
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn ends_that_are_estimated_follow(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;

    // The opening ends when the next slot in its room begins.
    let opening = slot(&app, 2).await;
    assert_eq!((&opening["endsAt"], &opening["endIsEstimated"]), (&json!("2025-10-25T10:30:00+02:00"), &json!(true)));

    // A slot in between lets it end earlier, and so does not overlap with it.
    let schedule_welcome = r#"scheduleSlot(input: {
        edition: "conf-2025", kind: OTHER, title: "Welcome", startsAt: "2025-10-25T10:15:00+02:00",
        room: "hall"
    }) { slot { id endsAt number } }"#;
    let first = editor.edit(schedule_welcome).await;
    assert_eq!(first["slot"]["endsAt"], "2025-10-25T10:30:00+02:00");
    assert_eq!(slot(&app, 2).await["endsAt"], "2025-10-25T10:15:00+02:00");
    editor.edit(&format!("delete(id: {}) {{ deletedId }}", first["slot"]["id"])).await;
    assert_eq!(slot(&app, 2).await["endsAt"], "2025-10-25T10:30:00+02:00");

    // No slot gets the number of a deleted one.
    let second = editor.edit(schedule_welcome).await;
    assert_eq!((&first["slot"]["number"], &second["slot"]["number"]), (&json!(9), &json!(10)));

    // An end that is given is not an estimate, until it is cleared.
    let updated = editor
        .edit(&format!(
            r#"updateSlot(id: {}, input: {{ endsAt: "2025-10-25T10:20:00+02:00" }}) {{
                slot {{ endsAt endIsEstimated }}
            }}"#,
            second["slot"]["id"]
        ))
        .await;
    assert_eq!(updated["slot"], json!({ "endsAt": "2025-10-25T10:20:00+02:00", "endIsEstimated": false }));
    let cleared = editor
        .edit(&format!(
            r#"updateSlot(id: {}, input: {{ endsAt: null, title: "Hello" }}) {{
                slot {{ title endsAt endIsEstimated }}
            }}"#,
            second["slot"]["id"]
        ))
        .await;
    assert_eq!(
        cleared["slot"],
        json!({ "title": "Hello", "endsAt": "2025-10-25T10:30:00+02:00", "endIsEstimated": true })
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn the_rules_of_a_programme_hold(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let [lost, taken_back, flash, round, night, twice] = [
        app.talk_id("lost").await,
        app.talk_id("taken-back").await,
        app.talk_id("flash-a").await,
        app.talk_id("round").await,
        app.talk_id("night").await,
        app.talk_id("twice").await,
    ];

    // A slot is of a talk that may have one, or has a kind and a title of its own.
    let at = r#"startsAt: "2025-10-27T09:00:00+01:00""#;
    for (input, expected) in [
        (format!(r#"kind: TALK, title: "X", {at}"#), vec!["INVALID input.kind"]),
        (at.to_owned(), vec!["REQUIRED input.kind", "REQUIRED input.title"]),
        (
            format!(r#"talk: "{lost}", kind: BREAK, title: "X", {at}"#),
            vec!["INVALID input.kind", "INVALID input.title"],
        ),
        (format!(r#"talk: "{taken_back}", {at}"#), vec!["INVALID input.talk"]),
        (format!(r#"talk: "{flash}", {at}"#), vec!["INVALID input.talk"]),
        (format!(r#"talk: "00000000-0000-0000-0000-000000000000", {at}"#), vec!["NOT_FOUND input.talk"]),
        (
            format!(r#"kind: BREAK, title: "X", {at}, endsAt: "2025-10-27T08:00:00Z", room: " ", sponsors: ["none"]"#),
            vec!["INVALID input.room", "NOT_FOUND input.sponsors.0", "INVALID input.endsAt"],
        ),
    ] {
        let schedule = format!(r#"scheduleSlot(input: {{ edition: "conf-2025", {input} }}) {{ slot {{ id }} }}"#);
        let errors = editor.rejection(&schedule).await;
        assert_eq!(codes(&errors), expected, "{input}: {errors:#?}");
    }
    let party = slot(&app, 5).await;
    let codes = editor
        .rejection_codes(&format!(
            "updateSlot(id: {}, input: {{ startsAt: null, title: null, kind: TALK }}) {{ slot {{ id }} }}",
            party["id"]
        ))
        .await;
    assert_eq!(codes, ["REQUIRED input.startsAt", "INVALID input.kind", "REQUIRED input.title"]);

    // A block stays one while talks are in it, and a talk in one has no slot.
    let update = |id: &str, input: &str| {
        format!(
            r#"updateTalk(id: "{id}", input: {{ {input} }}) {{
                talk {{ status slots {{ number }} block {{ slug }} }}
            }}"#
        )
    };
    for (talk, input, code) in [
        (&round, "kind: PANEL".to_owned(), "INVALID input.kind"),
        (&night, format!(r#"block: "{round}""#), "INVALID input.block"),
        (&lost, format!(r#"block: "{night}""#), "INVALID input.block"),
        (&lost, format!(r#"replaces: "{taken_back}""#), "TAKEN input.replaces"),
    ] {
        assert_eq!(editor.rejection_codes(&update(talk, &input)).await, [code], "{input}");
    }
    let updated = editor.edit(&update(&lost, &format!(r#"block: "{round}", blockPosition: 3"#))).await;
    assert_eq!(updated["talk"]["block"]["slug"], "round");

    // A withdrawn talk leaves the programme. The opening before it ends with the party now, which has no room.
    let last = app.revision().await;
    let withdrawn = editor.edit(&update(&twice, "status: WITHDRAWN")).await;
    assert_eq!((&withdrawn["talk"]["status"], &withdrawn["talk"]["slots"]), (&json!("WITHDRAWN"), &json!([])));
    assert_eq!(slot(&app, 2).await["endsAt"], "2025-10-25T20:00:00+02:00");

    // A cancelled talk stays in it.
    let cancelled = editor.edit(&update(&night, "status: CANCELLED")).await;
    assert_eq!(cancelled["talk"]["slots"], json!([{ "number": 6 }]));
    let changes = app
        .query(&format!(r#"{{ edition(slug: "conf-2025") {{ scheduleChanges(since: {last}) {{ kind title }} }} }}"#))
        .await;
    // The withdrawn talk had two slots.
    assert_eq!(
        changes["edition"]["scheduleChanges"],
        json!([
            { "kind": "REMOVED", "title": "Äpfel & 100% _Birnen_" },
            { "kind": "REMOVED", "title": "Äpfel & 100% _Birnen_" },
            { "kind": "CANCELLED", "title": "Night talk" },
        ])
    );
    app.audit().await;
}
