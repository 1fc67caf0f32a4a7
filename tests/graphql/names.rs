//! Names and titles in every script: how they are found, told apart and sorted.

use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    seed,
};

async fn names(app: &App, arguments: &str) -> Vec<String> {
    let data = app.query(&format!("{{ speakers({arguments}) {{ nodes {{ name }} }} }}")).await;
    let nodes = data["speakers"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

#[on_both_databases]
#[actix_web::test]
async fn a_name_is_found_by_what_people_type_and_sorted_as_people_expect(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let sorted = [
        "Ångström",
        "Anna",
        "anna",
        "Đorđe",
        "Łukasz",
        "Ørjan",
        "Straße",
        "Zelda",
        "Þór",
        "Ωμέγας",
        "ハンダ",
        "パンダ",
    ];
    for name in sorted.iter().rev() {
        editor
            .edit(&format!(
                r#"createSpeaker(input: {{ name: "{name}", slug: "s-{}" }}) {{ speaker {{ id }} }}"#,
                name.len() * 100 + sorted.iter().position(|other| other == name).unwrap()
            ))
            .await;
    }
    for (typed, found) in [
        ("lukasz", &["Łukasz"][..]),
        ("ŁUKASZ", &["Łukasz"]),
        ("orjan", &["Ørjan"]),
        ("dorde", &["Đorđe"]),
        ("STRASSE", &["Straße"]),
        ("thor", &["Þór"]),
        ("ΩΜΕΓΑΣ", &["Ωμέγας"]),
        ("ハンダ", &["ハンダ"]),
        ("ﾊﾟﾝﾀﾞ", &["パンダ"]),
        ("Ａｎｎａ", &["anna", "Anna"]),
    ] {
        assert_eq!(
            names(&app, &format!(r#"filter: {{ nameContains: "{typed}" }}, orderBy: {{ field: NAME }}"#)).await,
            found,
            "{typed}"
        );
    }
    let all = names(&app, "first: 100, orderBy: { field: NAME }").await;
    let created: Vec<&str> = all.iter().map(String::as_str).filter(|name| sorted.contains(name)).collect();
    let expected = [
        "Ångström",
        "anna",
        "Anna",
        "Đorđe",
        "Łukasz",
        "Ørjan",
        "Straße",
        "Zelda",
        "Þór",
        "Ωμέγας",
        "ハンダ",
        "パンダ",
    ];
    assert_eq!(created, expected);

    // Walked a page at a time, in both directions.
    let mut walked = Vec::new();
    let mut after = String::new();
    while walked.len() < all.len() {
        let query = format!(
            "{{ speakers(first: 3{after}, orderBy: {{ field: NAME }}) {{ nodes {{ name }} pageInfo {{ endCursor }} }} }}"
        );
        let page = app.query(&query).await["speakers"].clone();
        walked.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap().to_owned()));
        after = format!(", after: {}", page["pageInfo"]["endCursor"]);
    }
    assert_eq!(walked, all);
    let mut backward = names(&app, "first: 100, orderBy: { field: NAME, direction: DESC }").await;
    backward.reverse();
    assert_eq!(backward, all);
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn letters_are_told_apart(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let id = app.talk_id("twice").await;
    let tags = editor
        .edit(&format!(
            r#"updateTalk(id: "{id}", input: {{ tags: ["कि", "की", "का", "हिन्दी"] }}) {{ talk {{ tags }} }}"#
        ))
        .await;
    assert_eq!(tags["talk"]["tags"], json!(["कि", "की", "का", "हिन्दी"]));
    for tags in [r#"["straße", "STRASSE"]"#, r#"["Łódź", "lodz"]"#, r#"["ﬁx", "fix"]"#] {
        let update = format!(r#"updateTalk(id: "{id}", input: {{ tags: {tags} }}) {{ talk {{ id }} }}"#);
        assert_eq!(editor.rejection_codes(&update).await, ["INVALID input.tags.1"], "{tags}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_slot_is_in_the_room_of_exactly_its_name(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for name in ["パンダ", "Große Halle"] {
        editor
            .edit(&format!(r#"createRoom(input: {{ edition: "conf-2025", name: "{name}" }}) {{ room {{ id }} }}"#))
            .await;
    }
    let schedule = |room: &str, create: bool| {
        format!(
            r#"scheduleSlot(input: {{ edition: "conf-2025", kind: SOCIAL, title: "Party", startsAt: "2025-10-25T20:00:00+02:00",
                endsAt: "2025-10-25T21:00:00+02:00", room: "{room}", createRoom: {create} }}) {{ slot {{ room {{ name }} }} }}"#
        )
    };
    for (room, create) in [("ハンダ", false), ("grosse halle", false), ("grosse halle", true), ("Grosse Halle", true)]
    {
        let errors = editor.rejection(&schedule(room, create)).await;
        assert_eq!(errors[0].code, "NOT_FOUND", "{room}");
        let meant = if room == "ハンダ" { "パンダ" } else { "Große Halle" };
        assert!(errors[0].message.contains(room) && errors[0].message.contains(meant), "{}", errors[0].message);
    }
    assert_eq!(editor.edit(&schedule("Große Halle", false)).await["slot"]["room"]["name"], "Große Halle");
    assert_eq!(editor.edit(&schedule("ハンダ", true)).await["slot"]["room"]["name"], "ハンダ");
}

#[on_both_databases]
#[actix_web::test]
async fn a_room_of_several_with_one_name_is_named_by_its_slug(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for slug in ["aula", "aula-2"] {
        let made = editor.edit(r#"createRoom(input: { edition: "conf-2025", name: "Aula" }) { room { slug } }"#).await;
        assert_eq!(made["room"]["slug"], slug);
    }
    let schedule = |room: &str| {
        format!(
            r#"scheduleSlot(input: {{ edition: "conf-2025", kind: SOCIAL, title: "Party", startsAt: "2025-10-25T20:00:00+02:00",
                endsAt: "2025-10-25T21:00:00+02:00", room: "{room}" }}) {{ slot {{ room {{ slug }} }} }}"#
        )
    };
    let errors = editor.rejection(&schedule("Aula")).await;
    assert!(errors[0].message.contains("by its slug, aula or aula-2"), "{}", errors[0].message);
    assert_eq!(editor.edit(&schedule("aula-2")).await["slot"]["room"]["slug"], "aula-2");
}
