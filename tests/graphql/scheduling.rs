//! Writing the programme: slots, what overlaps, and ends that nobody told.

use serde_json::{Value, json};

use super::mutations::{TOLD, done, id, revision, write};
use crate::support::{
    app::{App, archive, on_both},
    seed,
};

async fn slots(app: &App) -> Vec<Value> {
    let edition =
        app.query(r#"{ edition(slug: "conf-2025") { schedule { id number title startsAt endsAt endIsEstimated room { slug } } } }"#).await;
    edition["edition"]["schedule"].as_array().unwrap().clone()
}

async fn slot(app: &App, number: i64) -> Value {
    slots(app).await.into_iter().find(|slot| slot["number"] == number).unwrap_or_else(|| panic!("no slot {number}"))
}

async fn talk(app: &App, slug: &str) -> String {
    id(app, &format!(r#"talk(edition: "conf-2025", slug: "{slug}")"#)).await
}

/// The errors of a mutation that writes nothing.
async fn errors(app: &App, token: &str, mutation: &str) -> Vec<(String, String)> {
    let last = revision(app).await;
    let payload = write(app, token, &mutation.replace("TOLD", TOLD)).await;
    assert_eq!(revision(app).await, last, "{payload}");
    let told = payload["userErrors"].as_array().unwrap().iter();
    let path = |error: &Value| {
        error["path"].as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect::<Vec<_>>().join(".")
    };
    told.map(|error| {
        (format!("{} {}", error["code"].as_str().unwrap(), path(error)), error["message"].as_str().unwrap().to_owned())
    })
    .collect()
}

fn first(errors: &[(String, String)]) -> Vec<&str> {
    errors.iter().map(|(code, _)| code.as_str()).collect()
}

on_both! {
    async fn a_talk_is_moved(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let last = revision(&app).await;
        let twice = slot(&app, 7).await;
        let before = app.get("/editions/conf-2025/schedule.ics", &[]).await;
        app.set_now("2026-11-22T08:00:00Z");
        let moved = done(&app, &token, &format!(r#"updateSlot(id: {}, input: {{ startsAt: "2025-10-27T14:00:00+01:00", endsAt: "2025-10-27T14:30:00+01:00", room: "Hall" }})
            {{ slot {{ number startsAt room {{ slug }} }} TOLD }}"#, twice["id"])).await;
        assert_eq!(moved["slot"], json!({ "number": 7, "startsAt": "2025-10-27T14:00:00+01:00", "room": { "slug": "hall" } }));
        let changes = app.query(&format!(r#"{{ edition(slug: "conf-2025") {{ scheduleChanges(since: {last}) {{ kind title before {{ startsAt room }} after {{ startsAt room }} }} }} }}"#)).await;
        assert_eq!(changes["edition"]["scheduleChanges"], json!([{
            "kind": "MOVED", "title": "Äpfel & 100% _Birnen_",
            "before": { "startsAt": "2025-10-26T10:00:00+01:00", "room": "Attic" }, "after": { "startsAt": "2025-10-27T14:00:00+01:00", "room": "Hall" },
        }]));
        let after = app.get("/editions/conf-2025/schedule.ics", &[]).await;
        assert_ne!(before.header("etag"), after.header("etag"));
        assert!(after.body.contains(&format!("SEQUENCE:{}", moved["revision"])), "{}", after.body);
        let feed = app.get("/editions/conf-2025/feed.atom", &[]).await.body;
        assert!(feed.contains("Moved: Äpfel"), "{feed}");
        app.audit().await;
    }

    async fn what_overlaps_is_named_and_may_be_forced(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let lost = talk(&app, "lost").await;
        let schedule = |start: &str, end: &str, room: &str, force: bool| format!(
            r#"scheduleSlot(input: {{ edition: "conf-2025", talk: "{lost}", startsAt: "2025-10-25T{start}:00+02:00", endsAt: "2025-10-25T{end}:00+02:00", room: "{room}" }}, force: {force}) {{ slot {{ id number }} TOLD }}"#
        );
        let told = errors(&app, &token, &schedule("10:45", "11:15", "hall", false)).await;
        assert_eq!(first(&told), ["CONFLICT input.room"]);
        assert!(told[0].1.contains("\"Äpfel & 100% _Birnen_\" is in Hall then (2025-10-25 10:30–11:00)"), "{}", told[0].1);
        // In the attic only a cancelled talk is on, and right behind another one is free.
        done(&app, &token, &schedule("10:45", "11:15", "attic", false)).await;
        done(&app, &token, &schedule("11:00", "11:15", "hall", false)).await;
        let forced = done(&app, &token, &schedule("10:30", "10:40", "hall", true)).await;
        // Who is on stage elsewhere can't be here: Bob moderates in the hall, and is in the lightning round of the next
        // day.
        done(&app, &token, &format!(r#"setAppearances(talk: "{lost}", appearances: [{{ speaker: "bob" }}]) {{ talk {{ id }} TOLD }}"#)).await;
        let elsewhere = schedule("10:30", "10:35", "foyer", false);
        let told = errors(&app, &token, &elsewhere).await;
        assert_eq!(first(&told), ["CONFLICT input.startsAt", "CONFLICT input.startsAt"], "{told:#?}");
        assert!(told.iter().all(|(_, message)| message.starts_with("Bob is in")), "{told:#?}");
        let round = errors(&app, &token, &elsewhere.replace("2025-10-25T10:30:00+02:00", "2025-10-26T11:30:00+01:00").replace("2025-10-25T10:35:00+02:00", "2025-10-26T12:30:00+01:00")).await;
        assert!(round[0].1.starts_with("Bob is in \"Lightning round\" then"), "{round:#?}");
        let rooms = app.query(r#"{ edition(slug: "conf-2025") { rooms { slug } } }"#).await;
        assert_eq!(rooms["edition"]["rooms"].as_array().unwrap().len(), 2, "a refused slot makes no room");
        // Where no rooms are told, there is one.
        let nowhere = r#"scheduleSlot(input: { edition: "conf-2025", talk: "TALK", startsAt: "2025-10-28T10:00:00+01:00", endsAt: "2025-10-28T11:00:00+01:00" }) { slot { id } TOLD }"#;
        done(&app, &token, &nowhere.replace("TALK", &talk(&app, "opening").await)).await;
        let told = errors(&app, &token, &nowhere.replace("TALK", &lost)).await;
        assert!(told.len() == 1 && told[0].0 == "CONFLICT input.room" && told[0].1.contains("\"Opening\" is on then"), "{told:#?}");
        // What overlaps already may be told more of.
        done(&app, &token, &format!(r#"updateSlot(id: {}, input: {{ sponsors: ["acme"] }}) {{ slot {{ sponsors {{ slug }} }} TOLD }}"#, forced["slot"]["id"])).await;
        app.audit().await;
    }

    async fn ends_that_nobody_told_follow(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        // The opening ends when what follows in its room begins.
        assert_eq!((&slot(&app, 2).await["endsAt"], &slot(&app, 2).await["endIsEstimated"]), (&json!("2025-10-25T10:30:00+02:00"), &json!(true)));
        let lightning = r#"scheduleSlot(input: { edition: "conf-2025", kind: OTHER, title: "Welcome", startsAt: "2025-10-25T10:15:00+02:00", room: "hall" }) { slot { id endsAt number } TOLD }"#;
        let made = done(&app, &token, lightning).await;
        assert_eq!(made["slot"]["endsAt"], "2025-10-25T10:30:00+02:00");
        assert_eq!(slot(&app, 2).await["endsAt"], "2025-10-25T10:15:00+02:00", "and so now it is no overlap");
        done(&app, &token, &format!("delete(id: {}) {{ deletedId TOLD }}", made["slot"]["id"])).await;
        assert_eq!(slot(&app, 2).await["endsAt"], "2025-10-25T10:30:00+02:00");
        // A number that was one slot's never becomes another's.
        let next = done(&app, &token, lightning).await;
        assert_eq!((&made["slot"]["number"], &next["slot"]["number"]), (&json!(9), &json!(10)));
        let told = done(&app, &token, &format!(r#"updateSlot(id: {}, input: {{ endsAt: "2025-10-25T10:20:00+02:00" }}) {{ slot {{ endsAt endIsEstimated }} TOLD }}"#, next["slot"]["id"])).await;
        assert_eq!(told["slot"], json!({ "endsAt": "2025-10-25T10:20:00+02:00", "endIsEstimated": false }));
        let back = done(&app, &token, &format!(r#"updateSlot(id: {}, input: {{ endsAt: null, title: "Hello" }}) {{ slot {{ title endsAt endIsEstimated }} TOLD }}"#, next["slot"]["id"])).await;
        assert_eq!(back["slot"], json!({ "title": "Hello", "endsAt": "2025-10-25T10:30:00+02:00", "endIsEstimated": true }));
        app.audit().await;
    }

    async fn the_rules_of_a_programme_hold(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let at = r#"startsAt: "2025-10-27T09:00:00+01:00""#;
        for (input, expected) in [
            (format!(r#"kind: TALK, title: "X", {at}"#), vec!["INVALID input.kind"]),
            (at.to_owned(), vec!["REQUIRED input.kind", "REQUIRED input.title"]),
            (format!(r#"talk: "{}", kind: BREAK, title: "X", {at}"#, talk(&app, "lost").await), vec!["INVALID input.kind", "INVALID input.title"]),
            (format!(r#"talk: "{}", {at}"#, talk(&app, "taken-back").await), vec!["INVALID input.talk"]),
            (format!(r#"talk: "{}", {at}"#, talk(&app, "flash-a").await), vec!["INVALID input.talk"]),
            (format!(r#"talk: "00000000-0000-0000-0000-000000000000", {at}"#), vec!["NOT_FOUND input.talk"]),
            (format!(r#"kind: BREAK, title: "X", {at}, endsAt: "2025-10-27T08:00:00Z", room: " ", sponsors: ["none"]"#), vec!["INVALID input.room", "NOT_FOUND input.sponsors.0", "INVALID input.endsAt"]),
        ] {
            let told = errors(&app, &token, &format!(r#"scheduleSlot(input: {{ edition: "conf-2025", {input} }}) {{ slot {{ id }} TOLD }}"#)).await;
            assert_eq!(first(&told), expected, "{input}: {told:#?}");
        }
        let party = slot(&app, 5).await;
        let told = errors(&app, &token, &format!("updateSlot(id: {}, input: {{ startsAt: null, title: null, kind: TALK }}) {{ slot {{ id }} TOLD }}", party["id"])).await;
        assert_eq!(first(&told), ["REQUIRED input.startsAt", "INVALID input.kind", "REQUIRED input.title"]);
        // A block is a block while talks are given in it, and a talk in one has no slot.
        let update = |id: String, input: &str| format!(r#"updateTalk(id: "{id}", input: {{ {input} }}) {{ talk {{ status slots {{ number }} block {{ slug }} }} TOLD }}"#);
        assert_eq!(first(&errors(&app, &token, &update(talk(&app, "round").await, "kind: PANEL")).await), ["INVALID input.kind"]);
        let round = talk(&app, "round").await;
        assert_eq!(first(&errors(&app, &token, &update(talk(&app, "night").await, &format!(r#"block: "{round}""#))).await), ["INVALID input.block"]);
        assert_eq!(first(&errors(&app, &token, &update(talk(&app, "lost").await, &format!(r#"block: "{}""#, talk(&app, "night").await))).await), ["INVALID input.block"]);
        assert_eq!(first(&errors(&app, &token, &update(talk(&app, "lost").await, &format!(r#"replaces: "{}""#, talk(&app, "taken-back").await))).await), ["TAKEN input.replaces"]);
        let inside = done(&app, &token, &update(talk(&app, "lost").await, &format!(r#"block: "{round}", blockPosition: 3"#))).await;
        assert_eq!(inside["talk"]["block"]["slug"], "round");
        // Withdrawn, a talk leaves the programme; cancelled, it stays in it.
        let last = revision(&app).await;
        let gone = done(&app, &token, &update(talk(&app, "twice").await, "status: WITHDRAWN")).await;
        assert_eq!((&gone["talk"]["status"], &gone["talk"]["slots"]), (&json!("WITHDRAWN"), &json!([])));
        assert_eq!(slot(&app, 2).await["endsAt"], "2025-10-25T20:00:00+02:00", "what follows is the party, which is for everyone");
        let cancelled = done(&app, &token, &update(talk(&app, "night").await, "status: CANCELLED")).await;
        assert_eq!(cancelled["talk"]["slots"], json!([{ "number": 6 }]));
        let changes = app.query(&format!(r#"{{ edition(slug: "conf-2025") {{ scheduleChanges(since: {last}) {{ kind title }} }} }}"#)).await;
        // It was held twice, and is so no more.
        assert_eq!(changes["edition"]["scheduleChanges"], json!([{ "kind": "REMOVED", "title": "Äpfel & 100% _Birnen_" }, { "kind": "REMOVED", "title": "Äpfel & 100% _Birnen_" }, { "kind": "CANCELLED", "title": "Night talk" }]));
        app.audit().await;
    }
}
