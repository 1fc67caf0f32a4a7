//! What the archive can't hold, or its formats can't write, is rejected with the path to it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{Backend, archive},
    seed,
};

#[on_both_databases]
#[actix_web::test]
async fn a_line_is_not_longer_than_an_index_takes(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;

    // No database can compress these texts. A ligature is eighteen characters where names are compared.
    let noise = |first: u32, length: u32| {
        (0..length).map(|n| char::from_u32(first + n * 7919 % 9000).unwrap()).collect::<String>()
    };
    for (name, is_accepted) in [
        (noise(0x4E00, 501), false),
        ("\u{FDFA}".repeat(500), false),
        (noise(0x4E00, 500), true),
        (noise(0xAC00, 500), true),
    ] {
        let create = format!(
            r#"createSpeaker(input: {{ name: "{name}", aliases: ["x{}"] }}) {{ speaker {{ id }} }}"#,
            &name[3..]
        );
        match is_accepted {
            true => _ = editor.edit(&create).await,
            false => assert_eq!(editor.rejection_codes(&create).await[0], "INVALID input.name"),
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_place_is_any_number(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for (position, is_accepted) in [(i32::MIN, false), (0, false), (i32::MAX, true)] {
        let create = format!(
            r#"createRoom(input: {{ edition: "conf-2025", name: "New", position: {position} }}) {{
                room {{ position }}
            }}"#
        );
        match is_accepted {
            true => assert_eq!(editor.edit(&create).await["room"]["position"], 3),
            false => assert_eq!(editor.rejection_codes(&create).await, ["INVALID input.position"]),
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_place_in_a_block_has_a_block(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let flash = app.talk_id("flash-a").await;
    assert_eq!(
        editor
            .rejection_codes(
                r#"createTalk(input: { edition: "conf-2025", title: "T", blockPosition: 1 }) { talk { id } }"#
            )
            .await,
        ["REQUIRED input.block"]
    );
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"updateTalk(id: "{flash}", input: {{ block: null, blockPosition: 1 }}) {{ talk {{ id }} }}"#
            ))
            .await,
        ["REQUIRED input.block"]
    );
    let updated = editor
        .edit(&format!(r#"updateTalk(id: "{flash}", input: {{ block: null }}) {{ talk {{ blockPosition }} }}"#))
        .await;
    assert_eq!(updated["talk"], json!({ "blockPosition": null }), "the place goes with the block");
}

#[on_both_databases]
#[actix_web::test]
async fn days_are_in_order_and_few(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    for (input, code) in [
        (r#"callForPapers: { opensOn: "2025-05-02", closesOn: "2025-05-01" }"#, "INVALID input.callForPapers.closesOn"),
        (
            r#"tickets: [{ name: "T", price: 0, onSaleFrom: "2025-05-02", onSaleUntil: "2025-05-01" }]"#,
            "INVALID input.tickets.0.onSaleUntil",
        ),
        (r#"startsOn: "0001-01-01", endsOn: "2025-10-27""#, "INVALID input.endsOn"),
        (r#"startsOn: "2024-10-26", endsOn: "2025-10-27""#, "INVALID input.endsOn"),
    ] {
        let update = format!(r#"updateEdition(id: "{edition}", input: {{ {input} }}) {{ edition {{ id }} }}"#);
        assert_eq!(editor.rejection_codes(&update).await, [code], "{input}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_link_is_there_once(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("twice").await;
    let add = |input: &str| format!(r#"addLink(to: "{talk}", input: {{ {input} }}) {{ link {{ id }} }}"#);
    assert_eq!(
        editor.rejection_codes(&add(r#"kind: SLIDES, url: "https://example.org/slides""#)).await,
        ["TAKEN input.url"]
    );
    assert_eq!(editor.rejection_codes(&add(r#"kind: ARTICLE, title: "A recap""#)).await, ["TAKEN input.title"]);

    let added = editor.edit(&add(r#"kind: ARTICLE, url: "https://example.org/slides", title: "A recap""#)).await;
    let other = &added["link"]["id"];
    assert_eq!(
        editor
            .rejection_codes(&format!("updateLink(id: {other}, input: {{ kind: SLIDES }}) {{ link {{ id }} }}"))
            .await,
        ["TAKEN input.url"]
    );
    assert_eq!(
        editor.rejection_codes(&format!("updateLink(id: {other}, input: {{ url: null }}) {{ link {{ id }} }}")).await,
        ["TAKEN input.title"]
    );
    editor.edit(&format!(r#"updateLink(id: {other}, input: {{ note: "Both" }}) {{ link {{ id }} }}"#)).await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_slot_of_another_year_is_a_slip(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;

    // This edition has no days yet, so that no slot is outside them.
    editor
        .edit(
            r#"createEdition(input: {
                conference: "conf", name: "Conf someday", timezone: "Europe/Berlin", year: 2030
            }) { edition { id } }"#,
        )
        .await;
    for year in ["1911", "2525"] {
        let far = |edition: &str| {
            format!(
                r#"scheduleSlot(input: {{
                    edition: "{edition}", kind: OTHER, title: "Far",
                    startsAt: "{year}-03-11T10:00:00+14:00"
                }}) {{ slot {{ id }} }}"#
            )
        };
        assert_eq!(editor.rejection_codes(&far("conf-2025")).await, ["INVALID input.startsAt"]);
        editor.edit(&far("conf-someday")).await;
    }
    for format in ["schedule.ics", "schedule.xml", "schedule.json", "archive.yaml"] {
        assert_eq!(app.get(&format!("/editions/conf-someday/{format}"), &[]).await.status, 200, "{format}");
    }
}

/// Values that one database, a library or a format takes for another time.
#[on_both_databases]
#[actix_web::test]
async fn a_time_that_no_clock_shows_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let slot = |time: &str| {
        format!(
            r#"scheduleSlot(input: {{ edition: "conf-2025", kind: OTHER, title: "X", startsAt: "{time}" }}) {{ slot {{ id }} }}"#
        )
    };
    for (time, reason) in [
        ("2025-10-25T23:59:60Z", "leap second"),
        ("2025-10-25T23:59:60+02:00", "leap second"),
        ("2025-10-25t23:59:60.5z", "leap second"),
        ("2025-10-25T24:00:00Z", "RFC 3339"),
        ("2025-10-25T20:00:00+14:01", "offset"),
        ("2025-10-25T20:00:00-18:00", "offset"),
        ("0000-10-25T20:00:00Z", "year"),
        ("9999-10-25T20:00:00Z", "year"),
        ("0001-01-01T00:00:00+14:00", "year"),
        ("9998-12-31T23:59:59-14:00", "year"),
        ("9998-12-31T12:00:00Z", "year"),
    ] {
        let answer = editor.send(&format!("mutation {{ it: {} }}", slot(time))).await.json();
        let message = answer["errors"][0]["message"].as_str().unwrap_or_else(|| panic!("{time}: {answer:#}"));
        assert!(message.contains(reason) && message.contains(time), "{time}: {message}");
        let path = format!("/api/v1/talks?starts_before={}", time.replace('+', "%2B"));
        let answer = app.get(&path, &[]).await;
        assert!(answer.status == 400 && answer.body.contains(reason), "{path}: {}", answer.body);
    }
    for year in [0, -1, 9999, i32::MAX] {
        let edition = format!(
            r#"createEdition(input: {{ conference: "conf", name: "E", year: {year}, timezone: "UTC" }}) {{ edition {{ id }} }}"#
        );
        assert_eq!(editor.rejection_codes(&edition).await, ["INVALID input.year"], "{year}");
    }
    // A place in a list at a leap second, as nobody but a caller can make it.
    let cursor = |time: &str| {
        let place =
            json!({ "o": "StartsAt", "k": [{ "t": time }, { "i": 1 }], "n": "00000000-0000-0000-0000-000000000000" });
        URL_SAFE_NO_PAD.encode(place.to_string())
    };
    for time in ["2025-10-25T23:59:60Z", "2025-10-25T23:59:59.5Z", "+12025-10-25T23:59:59Z", "-0001-10-25T23:59:59Z"] {
        let (code, message) =
            app.error(&format!(r#"{{ talks(after: "{}") {{ nodes {{ id }} }} }}"#, cursor(time))).await;
        assert!(code == "BAD_USER_INPUT" && message.contains("not a cursor"), "{time}: {message}");
    }
    app.query(&format!(r#"{{ talks(after: "{}") {{ nodes {{ id }} }} }}"#, cursor("2025-10-25T23:59:59Z"))).await;
    app.audit().await;
}

/// Hundreds of mistakes are counted, and not listed.
#[on_both_databases]
#[actix_web::test]
async fn mistakes_of_an_edit_are_bounded(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("lost").await;
    let nobody = r#"{ speaker: "nobody" } "#.repeat(400);
    let errors = editor
        .rejection(&format!(r#"setAppearances(talk: "{talk}", appearances: [{nobody}]) {{ talk {{ id }} }}"#))
        .await;
    assert_eq!((errors.len(), errors[99].message.as_str()), (100, "and at least 300 more"));
}

#[actix_web::test]
async fn mistakes_of_a_request_are_bounded() {
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let fields: String = (0..300).map(|n| format!("field{n} ")).collect();
    let answer = app.ask(&format!("{{ archive {{ {fields} }} }}"), Value::Null).await;
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!((errors.len(), &errors[100]["message"]), (101, &json!("and at least 200 more")));
    let parameters: String = (0..300).map(|n| format!("p{n}=1&")).collect();
    let answer = app.get(&format!("/api/v1/talks?{parameters}"), &[]).await;
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    assert_eq!((answer.status.as_u16(), errors.len()), (400, 100));
    assert!(errors[99]["message"].as_str().unwrap().ends_with("; and at least 200 more"), "{}", errors[99]);
}
