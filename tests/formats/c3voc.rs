//! Schedule JSON. Version 1 follows c3voc's schema and has the same events as the XML. Version 2, the preview, has
//! breaks and cancelled talks, too.

use std::collections::BTreeSet;

use lectern_api::format::document::Document;
use serde_json::{Map, Value, json};
use test_attributes::on_both_databases;

use super::frab::checked_events;
use crate::support::{
    app::{App, Backend, archive, promcon},
    schedule::{TIME, UUID, duration, editions, has_shape, is_address, is_word, time},
    seed,
};

/// Checks the keys of an object.
fn check_keys(object: &Value, required: &[&str], optional: &[&str]) {
    let keys = object.as_object().unwrap_or_else(|| panic!("no object: {object:#}"));
    assert!(required.iter().all(|key| keys.contains_key(*key)), "one of {required:?} is missing: {object:#}");
    assert!(
        keys.keys().all(|key| required.contains(&key.as_str()) || optional.contains(&key.as_str())),
        "an unknown key: {object:#}"
    );
}

/// Checks that values are texts; some may be null.
fn check_texts(object: &Value, never_null: &[&str], maybe_null: &[&str]) {
    assert!(
        never_null.iter().all(|key| object[key].as_str().is_some_and(|text| !text.is_empty())),
        "{never_null:?}: {object:#}"
    );
    assert!(
        maybe_null.iter().all(|key| object[key].is_string() || object[key].is_null()),
        "{maybe_null:?}: {object:#}"
    );
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no list: {value:#}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value:#}"))
}

/// Whether a value is a slug, as both versions take it.
fn is_slug(value: &Value) -> bool {
    value.as_str().is_some_and(|slug| is_word(slug, 2, "_-") && !slug.ends_with(['-', '_']))
}

fn unique<'a>(values: impl Iterator<Item = &'a Value>) -> BTreeSet<&'a str> {
    let values: Vec<&str> = values.map(text).collect();
    let set: BTreeSet<&str> = values.iter().copied().collect();
    assert_eq!(set.len(), values.len(), "{values:?}");
    set
}

/// Checks what both versions of an edition's schedule have in common: the frame, the conference, its tracks and rooms.
async fn checked_schedule(app: &App, edition: &str, file: &str, schema: &str) -> Value {
    let answer = app.get(&format!("/editions/{edition}/{file}"), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("Content-Type")), (200, "application/json"));
    let whole = answer.json();
    check_keys(&whole, &["$schema", "generator", "schedule"], &[]);
    assert_eq!((&whole["$schema"], &whole["generator"]["name"]), (&json!(schema), &json!("Lectern")));
    let schedule = whole["schedule"].clone();
    check_texts(&schedule, &["version", "url", "base_url"], &[]);
    let conference = &schedule["conference"];
    check_texts(conference, &["acronym", "title", "start", "end", "time_zone_name"], &[]);
    assert!(is_word(text(&conference["acronym"]), 4, "_"), "{conference:#}");
    assert!(conference.get("url").is_none_or(|url| is_address(text(url))), "{conference:#}");
    for track in list(&conference["tracks"]) {
        check_keys(track, &["name", "slug", "color"], &[]);
        assert!(
            is_slug(&track["slug"]) && has_shape(text(&track["color"]), "#hhhhhh") && track["name"] != "",
            "{track:#}"
        );
    }
    for room in list(&conference["rooms"]) {
        check_keys(room, &["name", "guid", "capacity"], &["slug"]);
        assert!(
            room.get("slug").is_none_or(is_slug) && has_shape(text(&room["guid"]), UUID) && room["name"] != "",
            "{room:#}"
        );
    }
    unique(list(&conference["rooms"]).iter().map(|room| &room["name"]));
    schedule
}

fn check_links(event: &Value, types: &[&str]) {
    for link in list(&event["links"]) {
        check_keys(link, &["url", "type", "title"], &[]);
        assert!(
            is_address(text(&link["url"])) && types.contains(&text(&link["type"])) && link["title"] != "",
            "{link:#}"
        );
    }
}

/// Checks a schedule of version 1 by all rules; answers its events, comparable with those of the XML.
async fn checked_v1(app: &App, edition: &str) -> Vec<Value> {
    let schedule = checked_schedule(app, edition, "schedule.json", "https://c3voc.de/schedule/schema.json").await;
    assert!(schedule.get("rooms").is_none());
    let conference = &schedule["conference"];
    let required = [
        "acronym",
        "title",
        "start",
        "end",
        "days",
        "daysCount",
        "timeslot_duration",
        "time_zone_name",
        "tracks",
        "rooms",
    ];
    check_keys(conference, &required, &["url"]);
    assert_eq!(conference["daysCount"], list(&conference["days"]).len());
    let rooms: Vec<&str> = list(&conference["rooms"]).iter().map(|room| text(&room["name"])).collect();
    let mut all = Vec::new();
    for (index, day) in (1..).zip(list(&conference["days"])) {
        check_keys(day, &["index", "date", "day_start", "day_end", "rooms"], &[]);
        assert!(
            day["index"] == index
                && has_shape(text(&day["date"]), "0000-00-00")
                && time(text(&day["day_start"])) < time(text(&day["day_end"]))
        );
        let of_day: &Map<String, Value> = day["rooms"].as_object().unwrap();
        let places: Vec<usize> =
            of_day.keys().map(|name| rooms.iter().position(|room| room == name).unwrap()).collect();
        assert!(places.is_sorted(), "{places:?}");
        for (event, place) in
            of_day.values().zip(places).flat_map(|(events, place)| list(events).iter().zip(std::iter::repeat(place)))
        {
            check_v1_event(event);
            let or_empty = |key: &str| event[key].as_str().unwrap_or_default();
            let persons = list(&event["persons"]).iter().map(|person| json!([person["guid"], person["name"]]));
            let links = list(&event["links"]).iter().map(|link| json!([link["url"], link["type"], link["title"]]));
            all.push(json!({
                "guid": event["guid"], "id": event["id"], "room": event["room"],
                "room_guid": conference["rooms"][place]["guid"], "title": event["title"],
                "subtitle": or_empty("subtitle"), "type": event["type"], "date": event["date"],
                "start": event["start"], "duration": in_xml(text(&event["duration"])), "abstract": or_empty("abstract"),
                "description": or_empty("description"), "slug": event["slug"], "track": or_empty("track"),
                "url": event["url"], "language": or_empty("language"), "persons": persons.collect::<Vec<_>>(),
                "links": links.collect::<Vec<_>>(), "do_not_record": event["do_not_record"], "day": index,
            }));
            assert_eq!(event["room"], rooms[place]);
        }
    }
    all
}

/// A duration as XML has it, of less than 24 hours.
fn in_xml(written: &str) -> &str {
    if duration(written).num_hours() < 24 { written } else { "23:59" }
}

fn check_v1_event(event: &Value) {
    let required = [
        "abstract", "date", "duration", "guid", "id", "language", "links", "persons", "room", "slug", "start",
        "subtitle", "title", "track", "type", "url",
    ];
    check_keys(event, &required, &["end", "description", "do_not_record"]);
    check_texts(
        event,
        &["date", "duration", "guid", "room", "slug", "start", "title", "type", "url"],
        &["abstract", "subtitle", "track", "language", "description"],
    );
    assert!(event["do_not_record"].is_boolean() && is_slug(&event["slug"]), "{event:#}");
    let lasts = time(text(&event["end"])) - time(text(&event["date"]));
    assert_eq!((lasts.num_seconds() + 59) / 60, duration(text(&event["duration"])).num_minutes(), "{event:#}");
    for person in list(&event["persons"]) {
        check_keys(person, &["guid", "name", "url", "company"], &[]);
        check_texts(person, &["guid", "name", "url"], &["company"]);
    }
    check_links(event, &["slides", "paper", "web", "blog", "article", "media", "related", "activitypub"]);
}

/// Checks a schedule of version 2 by all rules; answers its events.
async fn checked_v2(app: &App, edition: &str) -> Vec<Value> {
    let schedule = checked_schedule(app, edition, "schedule.v2.json", "https://c3voc.de/schema/schedule2").await;
    let conference = &schedule["conference"];
    check_keys(
        conference,
        &["acronym", "title", "start", "end", "days", "time_zone_name", "tracks", "rooms"],
        &["url"],
    );
    assert!(time(text(&conference["start"])) < time(text(&conference["end"])), "{conference:#}");
    for day in list(&conference["days"]) {
        check_keys(day, &["index", "date", "start", "end"], &[]);
        assert!(has_shape(text(&day["start"]), TIME) && has_shape(text(&day["end"]), TIME), "{day:#}");
    }
    let tracks = unique(list(&conference["tracks"]).iter().map(|track| &track["slug"]));
    let rooms = unique(list(&conference["rooms"]).iter().map(|room| &room["guid"]));
    let events = list(&schedule["events"]);
    unique(events.iter().map(|event| &event["guid"]));
    for event in events {
        assert!(time(text(&event["start"])) < time(text(&event["end"])), "{event:#}");
        assert!(event.get("room").is_none_or(|room| rooms.contains(text(&room["guid"]))), "{event:#}");
        if ["BREAK", "META"].contains(&text(&event["type"])) {
            check_keys(event, &["type", "title", "guid", "start", "end"], &["room"]);
            continue;
        }
        let required = [
            "abstract",
            "guid",
            "language",
            "links",
            "participants",
            "room",
            "slug",
            "start",
            "end",
            "subtitle",
            "title",
            "track",
            "type",
            "url",
        ];
        check_keys(event, &required, &["description", "state"]);
        check_texts(event, &["guid", "slug", "title", "type", "url"], &["abstract", "subtitle", "description"]);
        let types = [
            "TALK",
            "WORKSHOP",
            "HANDS-ON",
            "MEETING",
            "DISCUSSION",
            "PERFORMANCE",
            "CONCERT",
            "GAME",
            "LIGHTNING_TALK",
            "OTHER",
        ];
        assert!(
            types.contains(&text(&event["type"])) && ["CONFIRMED", "CANCELED"].contains(&text(&event["state"])),
            "{event:#}"
        );
        assert!(is_slug(&event["slug"]) && tracks.contains(text(&event["track"]["slug"])), "{event:#}");
        assert!(text(&event["language"]).len() == 2 && is_word(text(&event["language"]), 2, ""), "{event:#}");
        for person in list(&event["participants"]) {
            check_texts(person, &["guid", "name"], &["company"]);
            assert!(
                ["SPEAKER", "MODERATOR", "CONTRIBUTOR", "HOST", "GUEST"].contains(&text(&person["role"])),
                "{person:#}"
            );
        }
        check_links(
            event,
            &[
                "SLIDES",
                "PAPER",
                "WEB",
                "BLOG",
                "ARTICLE",
                "BOOK",
                "MEDIA",
                "RELATED",
                "FEEDBACK",
                "ORIGIN",
                "ACTIVITYPUB",
            ],
        );
    }
    let starts: Vec<_> = events.iter().map(|event| time(text(&event["start"]))).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    events.to_vec()
}

/// Checks all three files of an edition, and that they have the same talks; answers the events of version 2.
async fn checked_files(app: &App, edition: &str) -> Vec<Value> {
    let of_xml = checked_events(app, edition).await;
    assert_eq!(checked_v1(app, edition).await, of_xml, "{edition}");

    let of_v2 = checked_v2(app, edition).await;
    let key = |event: &Value, start: &str| ["guid", "slug", start].map(|name| text(&event[name]).to_owned());
    let confirmed = of_v2.iter().filter(|event| event["state"] == "CONFIRMED");
    let confirmed: BTreeSet<_> = confirmed.map(|event| key(event, "start")).collect();
    assert_eq!(confirmed, of_xml.iter().map(|event| key(event, "date")).collect(), "{edition}");
    of_v2
}

/// An edition of which hardly more than the year is known, with a short slug and a zone that the formats refuse.
fn dateless() -> Document {
    let edition =
        json!({ "slug": "ab", "conference": "conf", "name": "\u{1}", "year": 2030, "timezone": "Australia/ACT" });
    seed::document(json!([]), json!([]), json!([edition]))
}

#[on_both_databases]
#[actix_web::test]
async fn every_edition_that_ships_is_right(backend: Backend) {
    let app = promcon().start(backend).await;
    let mut slots = 0;
    for edition in editions(&app).await {
        slots += checked_files(&app, &edition).await.len();
    }
    assert_eq!(slots, 232);
}

#[on_both_databases]
#[actix_web::test]
async fn odd_names_and_times_are_right(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    let all = checked_files(&app, "nasty-2025").await;
    let event = |end: &str| {
        let is_it = |event: &&Value| event["slug"].as_str().is_some_and(|slug| slug.ends_with(end));
        all.iter().find(is_it).unwrap_or_else(|| panic!("no {end}"))
    };

    assert_eq!(
        ["02-o", "markup", "long", "formula", "world"].map(|slug| text(&event(slug)["language"])),
        ["xx", "pt", "xx", "zh", "he"]
    );
    assert_eq!(
        ["02-o", "markup", "seconds", "formula"].map(|slug| text(&event(slug)["track"]["slug"])),
        ["no-track", "t-x", "t-no-track", "t-1st"]
    );
    let participants = list(&event("markup")["participants"]).iter();
    assert_eq!(
        participants.map(|person| (text(&person["role"]), text(&person["company"]))).collect::<Vec<_>>(),
        [("SPEAKER", "Evil; \"Corp\", <Inc.> & Söhne, @SUM(A1)"), ("MODERATOR", "@SUM(A1)")]
    );
    assert_eq!(event("called_off")["state"], "CANCELED");
    assert_eq!(event("forever")["end"], "2025-10-26T10:00:00+01:00");

    let pauses: Vec<_> = all
        .iter()
        .filter(|event| event.get("slug").is_none())
        .map(|event| (text(&event["type"]), event["room"]["name"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(
        pauses,
        [("META", ""), ("BREAK", ""), ("BREAK", "Attic"), ("META", "Bar, \"at the corner\""), ("META", "")]
    );
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_without_dates_has_an_empty_day(backend: Backend) {
    let app = archive(dateless).start(backend).await;
    assert!(checked_files(&app, "ab").await.is_empty());
    let conference = app.get("/editions/ab/schedule.json", &[]).await.json()["schedule"]["conference"].clone();
    assert_eq!(
        (&conference["acronym"], &conference["start"], &conference["time_zone_name"]),
        (&json!("ab__"), &json!("2030-01-01"), &json!("Australia/Sydney"))
    );
}

#[on_both_databases]
#[actix_web::test]
async fn a_weekend_reads_well(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for (name, file) in [("weekend_v1", "schedule.json"), ("weekend_v2", "schedule.v2.json")] {
        let schedule = app.get(&format!("/editions/conf-2025/{file}"), &[]).await.json();
        insta::assert_snapshot!(name, format!("{schedule:#}").replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }
}
