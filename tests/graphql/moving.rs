//! Moving slots: by their start, two that swap, a whole evening, and several edits as one write.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    editor::codes,
    seed,
};

/// The schedule, one line for each slot: number, start, end, room.
async fn schedule(app: &App) -> Vec<String> {
    let edition =
        app.query(r#"{ edition(slug: "conf-2025") { schedule { number startsAt endsAt room { slug } } } }"#).await;
    let slots = edition["edition"]["schedule"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    slots
        .iter()
        .map(|slot| {
            let (start, end) = (text(&slot["startsAt"]), text(&slot["endsAt"]));
            format!("{} {} {} {}", slot["number"], &start[5..16], &end[5..16], text(&slot["room"]["slug"]))
        })
        .collect()
}

async fn slot_id(app: &App, number: i64) -> String {
    let edition = app.query(r#"{ edition(slug: "conf-2025") { schedule { id number } } }"#).await;
    let slots = edition["edition"]["schedule"].as_array().unwrap();
    let slot = slots.iter().find(|slot| slot["number"] == number).unwrap_or_else(|| panic!("no slot {number}"));
    slot["id"].as_str().unwrap().to_owned()
}

/// The changes since a revision: operation, kind and fields.
async fn changes(app: &App, since: i64) -> Vec<String> {
    let log = app.query(&format!("{{ changes(since: {since}) {{ changes {{ operation kind fields }} }} }}")).await;
    let changes = log["changes"]["changes"].as_array().unwrap();
    changes
        .iter()
        .map(|change| {
            let fields = change["fields"].as_array().unwrap();
            let fields: Vec<&str> = fields.iter().map(|field| field.as_str().unwrap()).collect();
            format!("{} {} {}", change["operation"], change["kind"], fields.join(",")).replace('"', "")
        })
        .collect()
}

#[on_both_databases]
#[actix_web::test]
async fn a_start_alone_moves_a_slot_at_its_length(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let update = async |number, input: &str| {
        let id = slot_id(&app, number).await;
        let field =
            format!(r#"updateSlot(id: "{id}", force: true, input: {{ {input} }}) {{ slot {{ endIsEstimated }} }}"#);
        editor.edit(&field).await["slot"]["endIsEstimated"].clone()
    };
    let line = async |number: i64| {
        let lines = schedule(&app).await;
        lines.into_iter().find(|line| line.starts_with(&format!("{number} "))).unwrap()
    };

    // A given end moves along, and over the night on which the clocks are put back the length is the elapsed time.
    assert_eq!(update(7, r#"startsAt: "2025-10-26T10:20:00+01:00""#).await, json!(false));
    assert_eq!(line(7).await, "7 10-26T10:20 10-26T10:50 attic");
    update(7, r#"room: "hall", startsAt: "2025-10-26T01:45:00+02:00""#).await;
    assert_eq!(line(7).await, "7 10-26T01:45 10-26T02:15 hall");
    update(7, r#"startsAt: "2025-10-26T02:55:00+02:00""#).await;
    assert_eq!(line(7).await, "7 10-26T02:55 10-26T02:25 hall");

    // An end alone changes the length; both times are what they are.
    update(7, r#"endsAt: "2025-10-26T02:45:00+01:00""#).await;
    assert_eq!(line(7).await, "7 10-26T02:55 10-26T02:45 hall");
    update(7, r#"startsAt: "2025-10-26T14:00:00+01:00", endsAt: "2025-10-26T14:10:00+01:00""#).await;
    assert_eq!(line(7).await, "7 10-26T14:00 10-26T14:10 hall");

    // An estimated end stays an estimate, of the new surroundings.
    assert_eq!(update(2, r#"startsAt: "2025-10-25T09:50:00+02:00""#).await, json!(true));
    assert_eq!(line(2).await, "2 10-25T09:50 10-25T10:30 hall");
    assert_eq!(update(5, r#"startsAt: "2025-10-25T21:00:00+02:00""#).await, json!(true));
    assert_eq!(line(5).await, "5 10-25T21:00 10-26T02:30 -");
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_late_evening_is_one_mutation(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for (talk, start) in [("lost", "14:00"), ("night", "14:30"), ("called-off", "15:00")] {
        let talk = app.talk_id(talk).await;
        let end = if talk == "called-off" { "15:10" } else { "15:30" };
        editor
            .edit(&format!(
                r#"scheduleSlot(force: true, input: {{
                    edition: "conf-2025", talk: "{talk}", room: "Hall", startsAt: "2025-10-25T{start}:00+02:00",
                    endsAt: "2025-10-25T{end}:00+02:00"
                }}) {{ slot {{ number }} }}"#
            ))
            .await;
    }
    let before = schedule(&app).await;
    let last = app.revision().await;
    let sequence = |calendar: &str| calendar.matches(&format!("SEQUENCE:{}", last + 1)).count();
    app.set_now("2026-11-22T08:00:00Z");

    let late = |minutes: i32| {
        format!(
            r#"moveSlots(
                edition: "conf-2025", day: "2025-10-25", from: "2025-10-25T14:00:00+02:00", inRoom: "hall",
                byMinutes: {minutes}
            ) {{ slots {{ number startsAt }} notes }}"#
        )
    };
    let moved = editor.edit(&late(20)).await;
    assert_eq!(
        moved["slots"],
        json!([
            { "number": 9, "startsAt": "2025-10-25T14:20:00+02:00" },
            { "number": 10, "startsAt": "2025-10-25T14:50:00+02:00" },
            { "number": 11, "startsAt": "2025-10-25T15:20:00+02:00" },
        ])
    );
    // Overlaps within what moves were there before, and are no mistake now.
    assert_eq!(moved["notes"], json!([]));
    assert_eq!(moved["revision"], last + 3);
    assert_eq!(changes(&app, last).await, ["UPDATED Slot startsAt,endsAt"; 3]);
    assert_eq!(sequence(&app.get("/editions/conf-2025/schedule.ics", &[]).await.body), 1, "SEQUENCE is raised");
    let feed = app.get("/editions/conf-2025/feed.atom", &[]).await.body;
    assert_eq!(
        feed.matches("<updated>2026-11-22T08:00:00").count(),
        3,
        "its own time, and two talks that are on: {feed}"
    );

    // The rest stays, and one more move undoes it.
    let after = schedule(&app).await;
    assert_eq!(after.iter().filter(|line| !before.contains(line)).count(), 3);
    editor.edit(&late(-20).replace("14:00:00", "14:20:00")).await;
    assert_eq!(schedule(&app).await, before);

    // To another room, and both; by ids, in their order.
    let ids = [slot_id(&app, 10).await, slot_id(&app, 9).await].map(|id| format!("\"{id}\"")).join(", ");
    let moved = editor
        .edit(&format!(
            r#"moveSlots(ids: [{ids}], byMinutes: 60, room: "Attic") {{ slots {{ number room {{ slug }} }} }}"#
        ))
        .await;
    assert_eq!(
        moved["slots"],
        json!([{ "number": 10, "room": { "slug": "attic" } }, { "number": 9, "room": { "slug": "attic" } }])
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_move_that_cannot_be_is_refused_as_a_whole(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let [two, three, eight] = [slot_id(&app, 2).await, slot_id(&app, 3).await, slot_id(&app, 8).await];
    let before = schedule(&app).await;
    let unknown = "00000000-0000-0000-0000-000000000000";
    for (arguments, expected) in [
        (format!(r#"ids: ["{two}"]"#), vec!["REQUIRED byMinutes"]),
        ("byMinutes: 5".to_owned(), vec!["INVALID ids"]),
        (format!(r#"ids: ["{two}"], day: "2025-10-25", byMinutes: 5"#), vec!["INVALID ids"]),
        (format!(r#"ids: ["{two}", "{unknown}", "{two}"], byMinutes: 5"#), vec!["NOT_FOUND ids.1", "INVALID ids.2"]),
        (format!(r#"ids: ["{two}"], byMinutes: 0"#), vec!["INVALID byMinutes"]),
        (format!(r#"ids: ["{two}"], byMinutes: 2000000000"#), vec!["INVALID byMinutes"]),
        (format!(r#"ids: ["{two}"], byMinutes: 20000"#), vec!["INVALID byMinutes"]),
        (format!(r#"ids: ["{two}"], room: "Atic""#), vec!["NOT_FOUND room"]),
        (r#"edition: "none", byMinutes: 5"#.to_owned(), vec!["NOT_FOUND edition"]),
        (r#"edition: "conf-2025", inRoom: "Hal", byMinutes: 5"#.to_owned(), vec!["NOT_FOUND inRoom"]),
        (r#"edition: "conf-2025", day: "2025-10-27", byMinutes: 5"#.to_owned(), vec!["NOT_FOUND edition"]),
        // Slot 3 moves to the lightning round of the next day, in its room and with both of its speakers.
        (format!(r#"ids: ["{three}"], byMinutes: 1530"#), vec!["CONFLICT byMinutes"; 3]),
    ] {
        let errors = editor.rejection(&format!("moveSlots({arguments}) {{ slots {{ id }} }}")).await;
        assert_eq!(codes(&errors), expected, "{arguments}: {errors:#?}");
    }
    let errors = editor.rejection(&format!(r#"moveSlots(ids: ["{two}"], room: "Atic") {{ slots {{ id }} }}"#)).await;
    assert_eq!(errors[0].message, "the edition has no room \"Atic\": did you mean \"Attic\"?");
    assert_eq!(schedule(&app).await, before);

    let swap =
        |a: &str, b: &str, rest: &str| format!(r#"swapSlots(a: "{a}", b: "{b}"{rest}) {{ slots {{ id }} notes }}"#);
    assert_eq!(editor.rejection_codes(&swap(&two, &two, "")).await, ["INVALID b"]);
    assert_eq!(editor.rejection_codes(&swap(unknown, &two, "")).await, ["NOT_FOUND a"]);

    // The lightning round in place of the opening overlaps what follows in the hall: it does so knowingly.
    let force = format!(
        r#"updateSlot(id: "{eight}", force: true, input: {{ startsAt: "2025-10-25T10:15:00+02:00" }}) {{ notes }}"#
    );
    let notes = editor.edit(&force).await["notes"].as_array().unwrap().clone();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert_eq!(notes[0], "forced: \"Äpfel & 100% _Birnen_\" is in Hall then (2025-10-25 10:30–11:00)");
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn two_slots_swap(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let [five, seven] = [slot_id(&app, 5).await, slot_id(&app, 7).await];
    let last = app.revision().await;
    let swapped = editor
        .edit(&format!(
            r#"swapSlots(a: "{five}", b: "{seven}") {{
                slots {{ number startsAt endsAt endIsEstimated isOpenEnded room {{ slug }} place {{ name }} }}
            }}"#
        ))
        .await;
    assert_eq!(
        swapped["slots"],
        json!([
            {
                "number": 5, "startsAt": "2025-10-26T10:00:00+01:00", "endsAt": "2025-10-26T10:30:00+01:00",
                "endIsEstimated": false, "isOpenEnded": false, "room": { "slug": "attic" }, "place": null,
            },
            {
                "number": 7, "startsAt": "2025-10-25T20:00:00+02:00", "endsAt": "2025-10-26T02:30:00+02:00",
                "endIsEstimated": true, "isOpenEnded": true, "room": null, "place": { "name": "Bar" },
            },
        ])
    );
    assert_eq!(changes(&app, last).await.len(), 2);
    assert_eq!(swapped["revision"], last + 2);

    // Two talks of one length that could not be moved one by one.
    let [three, four] = [slot_id(&app, 3).await, slot_id(&app, 4).await];
    let before = schedule(&app).await;
    let swap = format!(r#"swapSlots(a: "{three}", b: "{four}") {{ slots {{ room {{ slug }} }} }}"#);
    let swapped = editor.edit(&swap).await;
    assert_eq!(swapped["slots"], json!([{ "room": { "slug": "attic" } }, { "room": { "slug": "hall" } }]));
    editor.edit(&swap).await;
    assert_eq!(schedule(&app).await, before);
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn several_edits_are_one_write(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let [three, eight] = [slot_id(&app, 3).await, slot_id(&app, 8).await];
    let [twice, lost] = [app.talk_id("twice").await, app.talk_id("lost").await];
    let last = app.revision().await;

    // Two talks change places: each alone would overlap. A third thing is made and used in the same write.
    let edits = format!(
        r#"[
            {{ updateSlot: {{ id: "{three}", input: {{ startsAt: "2025-10-26T11:00:00+01:00" }} }} }},
            {{ updateSlot: {{ id: "{eight}", input: {{ startsAt: "2025-10-25T10:30:00+02:00" }} }} }},
            {{ createSpeaker: {{ input: {{ name: "Carol" }} }} }},
            {{ setAppearances: {{ talk: "{lost}", appearances: [{{ speaker: "carol" }}] }} }},
            {{ updateTalk: {{ id: "{lost}", input: {{ title: "Found" }} }} }},
            {{ updateTalk: {{ id: "{twice}", input: {{ title: "Never" }} }} }},
            {{ updateTalk: {{ id: "{twice}", input: {{ title: "Äpfel & 100% _Birnen_" }} }} }},
        ]"#
    );
    let done = editor
        .edit(&format!(
            "edit(edits: {edits}) {{
                results {{ ... on Slot {{ number }} ... on Speaker {{ slug }} ... on Talk {{ title }} }}
            }}"
        ))
        .await;
    let birnen = json!({ "title": "Äpfel & 100% _Birnen_" });
    let found = json!({ "title": "Found" });
    assert_eq!(
        done["results"],
        json!([{ "number": 3 }, { "number": 8 }, { "slug": "carol" }, found, found, birnen, birnen])
    );
    // One change for each thing: what went there and back is none.
    assert_eq!(
        changes(&app, last).await,
        [
            "CREATED Speaker",
            "UPDATED Talk title,appearances",
            "UPDATED Slot startsAt,endsAt",
            "UPDATED Slot startsAt,endsAt",
        ]
        .map(|change| if change.starts_with("CREATED") { format!("{change} ") } else { change.to_owned() })
    );
    assert_eq!(done["revision"], last + 4);
    let lines = schedule(&app).await;
    assert!(lines.contains(&"3 10-26T11:00 10-26T11:30 hall".to_owned()), "{lines:?}");
    assert!(lines.contains(&"8 10-25T10:30 10-25T11:30 hall".to_owned()), "{lines:?}");
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn several_edits_are_refused_together(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let [two, three, eight] = [slot_id(&app, 2).await, slot_id(&app, 3).await, slot_id(&app, 8).await];
    let lost = app.talk_id("lost").await;
    let before = schedule(&app).await;
    let edit = |edits: &str| format!("edit(edits: [{edits}]) {{ results {{ id }} }}");

    // Every mistake of every edit has the index of its edit, and the end result is checked.
    let errors = editor
        .rejection(&edit(&format!(
            r#"
            {{ updateTalk: {{ id: "{lost}", input: {{ title: " ", track: "opps" }} }} }},
            {{ updateSlot: {{ id: "{three}", input: {{ startsAt: "2025-10-26T11:00:00+01:00" }} }} }},
            {{ createSpeaker: {{ input: {{ name: "Carol", slug: "bob" }} }} }},
            {{ delete: {{ id: "00000000-0000-0000-0000-000000000000" }} }},
            "#
        )))
        .await;
    assert_eq!(
        codes(&errors),
        [
            "NOT_FOUND 0.input.track",
            "INVALID 0.input.title",
            "CONFLICT 1.input.room",
            "CONFLICT 1.input.startsAt",
            "CONFLICT 1.input.startsAt",
            "TAKEN 2.input.slug",
            "NOT_FOUND 3.id",
        ],
        "{errors:#?}"
    );
    assert_eq!(errors[0].message, "there is no track of the slug \"opps\": did you mean \"ops\"?");

    // A revision is the one that the caller has seen: that before the whole write, for every edit of a thing.
    let revision = app.query(&format!(r#"{{ node(id: "{two}") {{ ... on Slot {{ revision }} }} }}"#)).await;
    let revision = revision["node"]["revision"].clone();
    let twice = |seen: &Value| {
        edit(&format!(
            r#"
            {{ updateSlot: {{ id: "{two}", input: {{ isOpenEnded: true }}, ifRevision: {seen} }} }},
            {{ updateSlot: {{ id: "{two}", input: {{ isOpenEnded: false }}, ifRevision: {seen} }} }},
            "#
        ))
    };
    assert_eq!(
        editor.rejection_codes(&twice(&json!(revision.as_i64().unwrap() + 1))).await,
        ["CONFLICT 0.ifRevision", "CONFLICT 1.ifRevision"]
    );
    let last = app.revision().await;
    editor.edit(&twice(&revision)).await;
    assert_eq!(app.revision().await, last, "there and back is no change");

    // Exactly one mutation is an edit.
    let both = format!(r#"{{ delete: {{ id: "{two}" }}, updateSlot: {{ id: "{two}", input: {{}} }} }}"#);
    assert_eq!(editor.error_code(&edit(&both)).await, "BAD_USER_INPUT");

    // A slot of another conference's edition ends everything.
    let narrow = app.editor("write:conf").await;
    let mine = format!(r#"{{ updateSlot: {{ id: "{eight}", input: {{ isOpenEnded: true }} }} }}"#);
    let theirs = r#"{ createConference: { input: { name: "Other" } } }"#;
    assert_eq!(narrow.error_code(&edit(&format!("{mine}, {theirs}"))).await, "FORBIDDEN");
    assert_eq!(schedule(&app).await, before);
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn slots_stay_within_the_days_of_their_edition(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    let at = |start: &str| {
        format!(
            r#"scheduleSlot(input: {{ edition: "conf-2025", kind: OTHER, title: "X", startsAt: "{start}" }}) {{
                slot {{ id }}
            }}"#
        )
    };
    for start in ["2025-12-26T10:00:00Z", "2026-10-25T10:00:00Z", "2025-10-24T04:59:00+02:00"] {
        let errors = editor.rejection(&at(start)).await;
        assert_eq!(codes(&errors), ["INVALID input.startsAt"], "{start}");
        assert!(errors[0].message.contains("is from 2025-10-25 to 2025-10-27"), "{errors:?}");
    }
    // The night before, and the night after the day after.
    for start in ["2025-10-24T06:30:00+02:00", "2025-10-29T04:59:00+01:00"] {
        editor.edit(&at(start)).await;
    }

    // Nor do the days leave their slots behind, unless the slots come along.
    let days = r#"startsOn: "2025-12-25", endsOn: "2025-12-27""#;
    let update = format!(r#"updateEdition(id: "{edition}", input: {{ {days} }}) {{ edition {{ id }} }}"#);
    let errors = editor.rejection(&update).await;
    assert_eq!(codes(&errors), ["INVALID input.startsOn"]);
    assert!(errors[0].message.contains("1 on 2025-10-25, 2 on 2025-10-25, 3 on 2025-10-25, …"), "{errors:?}");
    let two_months = 61 * 24 * 60;
    editor
        .edit(&format!(
            r#"edit(edits: [
                {{ updateEdition: {{ id: "{edition}", input: {{ {days} }} }} }},
                {{ moveSlots: {{ edition: "conf-2025", byMinutes: {two_months} }} }}
            ]) {{ results {{ id }} }}"#
        ))
        .await;
    assert!(schedule(&app).await.iter().all(|line| line.contains(" 12-")), "{:#?}", schedule(&app).await);
    app.audit().await;
}

/// The slots of an edition move with its first day if that is asked for, at their local times; else a note says that they
/// stayed.
#[on_both_databases]
#[actix_web::test]
async fn slots_move_with_their_edition(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    let update = |arguments: &str| {
        format!(
            r#"updateEdition(id: "{edition}", {arguments}) {{ edition {{ startsOn schedule {{ number startsAt endsAt }} }} notes }}"#
        )
    };
    let days = r#"input: { startsOn: "2025-10-24", endsOn: "2025-10-27" }"#;
    let stayed = editor.edit(&update(days)).await;
    let slots =
        app.query(r#"{ edition(slug: "conf-2025") { schedule { number } } }"#).await["edition"]["schedule"].clone();
    let count = slots.as_array().unwrap().len();
    assert_eq!(
        stayed["notes"],
        json!([format!(
            "the first day is 1 day earlier now, and {count} slots stayed at their times: moveSlots: true in the same edit \
             moves them, too; the mutation moveSlots(edition:, byMinutes: -1440) moves them now"
        )])
    );
    assert_eq!(stayed["edition"]["schedule"][0]["startsAt"], "2025-10-25T09:00:00+02:00");

    // The first slots were before the clocks were put back, and one was while they were.
    let days = r#"input: { startsOn: "2025-11-24", endsOn: "2025-11-27" }, moveSlots: true"#;
    let moved = editor.edit(&update(days)).await;
    assert_eq!(moved["notes"], json!([]));
    let schedule = &moved["edition"]["schedule"];
    assert_eq!(schedule[0]["startsAt"], "2025-11-25T09:00:00+01:00");
    let night = schedule.as_array().unwrap().iter().find(|slot| slot["number"] == 6).unwrap();
    assert_eq!(night["startsAt"], "2025-11-26T02:30:00+01:00");

    // Without a first day there is no distance.
    let unknown = r#"input: { startsOn: null, endsOn: null }, moveSlots: true"#;
    assert_eq!(editor.rejection_codes(&update(unknown)).await, ["INVALID moveSlots"]);
    // Over a night in which the clocks are put forward, no slot can keep a time that is not there.
    let forward = r#"input: { startsOn: "2026-03-27", endsOn: "2026-03-30" }, moveSlots: true"#;
    let errors = editor.rejection(&update(forward)).await;
    assert!(errors.iter().any(|error| error.message.contains("slot 6: 2026-03-29T02:30 does not exist")), "{errors:?}");
    app.audit().await;
}

/// Another time zone leaves the instants of slots as they are, and says so, or keeps the local times.
#[on_both_databases]
#[actix_web::test]
async fn slots_keep_their_local_times_in_another_zone(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    let update = |zone: &str, moves: bool| {
        format!(
            r#"updateEdition(id: "{edition}", input: {{ timezone: "{zone}" }}, moveSlots: {moves}) {{
                edition {{ schedule {{ startsAt }} }} notes
            }}"#
        )
    };
    let kept = editor.edit(&update("America/New_York", true)).await;
    assert_eq!(kept["edition"]["schedule"][0]["startsAt"], "2025-10-25T09:00:00-04:00");
    assert_eq!(kept["notes"], json!([]));
    let stayed = editor.edit(&update("Europe/Berlin", false)).await;
    assert_eq!(stayed["edition"]["schedule"][0]["startsAt"], "2025-10-25T15:00:00+02:00");
    let note = stayed["notes"][0].as_str().unwrap();
    assert!(note.starts_with("the time zone is Europe/Berlin now, and "), "{note}");
    app.audit().await;
}

/// Nobody wrote an end that is estimated, so it may be at a time that is not there.
#[on_both_databases]
#[actix_web::test]
async fn an_estimated_end_moves_with_its_edition(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let made = editor
        .edit(
            r#"createEdition(input: {
                conference: "conf", name: "Spring", timezone: "Europe/Berlin", startsOn: "2031-03-22", endsOn: "2031-03-22"
            }) { edition { id slug } }"#,
        )
        .await;
    let (id, slug) = (made["edition"]["id"].as_str().unwrap(), made["edition"]["slug"].as_str().unwrap());
    editor
        .edit(&format!(
            r#"scheduleSlot(input: {{ edition: "{slug}", kind: SOCIAL, title: "Party", startsAt: "2031-03-22T22:30:00+01:00" }}) {{
                slot {{ id }}
            }}"#
        ))
        .await;
    let moved = editor
        .edit(&format!(
            r#"updateEdition(id: "{id}", input: {{ startsOn: "2031-03-29", endsOn: "2031-03-29" }}, moveSlots: true) {{
                edition {{ schedule {{ startsAt endsAt }} }}
            }}"#
        ))
        .await;
    assert_eq!(moved["edition"]["schedule"][0]["startsAt"], "2031-03-29T22:30:00+01:00");
    app.audit().await;
}
