//! Schedule JSON: v1 right by the rules of c3voc's schema and telling just what the XML tells; v2, the preview, with
//! breaks and what was called off.

use std::collections::BTreeSet;

use lectern_api::format::document::Document;
use serde_json::{Map, Value, json};

use super::frab::{TIME, UUID, address, duration, editions, like, sessions, time, word};
use crate::support::{
    app::{App, archive, on_both, promcon},
    seed,
};

/// That an object has these keys, and besides them only some of those that it may have.
fn has(object: &Value, must: &[&str], may: &[&str]) {
    let keys = object.as_object().unwrap_or_else(|| panic!("no object: {object:#}"));
    assert!(must.iter().all(|key| keys.contains_key(*key)), "one of {must:?} is missing: {object:#}");
    assert!(
        keys.keys().all(|key| must.contains(&key.as_str()) || may.contains(&key.as_str())),
        "a stranger: {object:#}"
    );
}

/// That values are texts, or null where they may be.
fn texts(object: &Value, never_null: &[&str], maybe_null: &[&str]) {
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

/// A slug as both versions take it.
fn slug(value: &Value) -> bool {
    value.as_str().is_some_and(|slug| word(slug, 2, "_-") && !slug.ends_with(['-', '_']))
}

fn unique<'a>(values: impl Iterator<Item = &'a Value>) -> BTreeSet<&'a str> {
    let values: Vec<&str> = values.map(text).collect();
    let set: BTreeSet<&str> = values.iter().copied().collect();
    assert_eq!(set.len(), values.len(), "{values:?}");
    set
}

/// Gets an edition's schedule and checks what both versions have alike: the frame, the conference, its tracks and
/// rooms.
async fn schedule(app: &App, edition: &str, file: &str, schema: &str) -> Value {
    let answer = app.get(&format!("/editions/{edition}/{file}"), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("Content-Type")), (200, "application/json"));
    let whole = answer.json();
    has(&whole, &["$schema", "generator", "schedule"], &[]);
    assert_eq!((&whole["$schema"], &whole["generator"]["name"]), (&json!(schema), &json!("Lectern")));
    let schedule = whole["schedule"].clone();
    texts(&schedule, &["version", "url", "base_url"], &[]);
    let conference = &schedule["conference"];
    texts(conference, &["acronym", "title", "start", "end", "time_zone_name"], &[]);
    assert!(word(text(&conference["acronym"]), 4, "_"), "{conference:#}");
    assert!(conference.get("url").is_none_or(|url| address(text(url))), "{conference:#}");
    for track in list(&conference["tracks"]) {
        has(track, &["name", "slug", "color"], &[]);
        assert!(slug(&track["slug"]) && like(text(&track["color"]), "#hhhhhh") && track["name"] != "", "{track:#}");
    }
    for room in list(&conference["rooms"]) {
        has(room, &["name", "guid", "capacity"], &["slug"]);
        assert!(room.get("slug").is_none_or(slug) && like(text(&room["guid"]), UUID) && room["name"] != "", "{room:#}");
    }
    unique(list(&conference["rooms"]).iter().map(|room| &room["name"]));
    schedule
}

fn links(event: &Value, types: &[&str]) {
    for link in list(&event["links"]) {
        has(link, &["url", "type", "title"], &[]);
        assert!(address(text(&link["url"])) && types.contains(&text(&link["type"])) && link["title"] != "", "{link:#}");
    }
}

/// Checks a v1 schedule by all rules, and answers its events as XML tells them.
async fn v1(app: &App, edition: &str) -> Vec<Value> {
    let schedule = schedule(app, edition, "schedule.json", "https://c3voc.de/schedule/schema.json").await;
    assert!(schedule.get("rooms").is_none());
    let conference = &schedule["conference"];
    let must = [
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
    has(conference, &must, &["url"]);
    assert_eq!(conference["daysCount"], list(&conference["days"]).len());
    let rooms: Vec<&str> = list(&conference["rooms"]).iter().map(|room| text(&room["name"])).collect();
    let mut told = Vec::new();
    for (index, day) in (1..).zip(list(&conference["days"])) {
        has(day, &["index", "date", "day_start", "day_end", "rooms"], &[]);
        assert!(
            day["index"] == index
                && like(text(&day["date"]), "0000-00-00")
                && time(text(&day["day_start"])) < time(text(&day["day_end"]))
        );
        let of_day: &Map<String, Value> = day["rooms"].as_object().unwrap();
        let places: Vec<usize> =
            of_day.keys().map(|name| rooms.iter().position(|room| room == name).unwrap()).collect();
        assert!(places.is_sorted(), "{places:?}");
        for (event, place) in
            of_day.values().zip(places).flat_map(|(events, place)| list(events).iter().zip(std::iter::repeat(place)))
        {
            v1_event(event);
            let or_empty = |key: &str| event[key].as_str().unwrap_or_default();
            let persons: Vec<Value> =
                list(&event["persons"]).iter().map(|one| json!([one["guid"], one["name"]])).collect();
            let links: Vec<Value> =
                list(&event["links"]).iter().map(|one| json!([one["url"], one["type"], one["title"]])).collect();
            told.push(json!({
                "guid": event["guid"], "id": event["id"], "room": event["room"], "room_guid": conference["rooms"][place]["guid"], "title": event["title"],
                "subtitle": or_empty("subtitle"), "type": event["type"], "date": event["date"], "start": event["start"], "duration": event["duration"],
                "abstract": or_empty("abstract"), "description": or_empty("description"), "slug": event["slug"], "track": or_empty("track"),
                "url": event["url"], "language": or_empty("language"), "persons": persons, "links": links, "do_not_record": event["do_not_record"], "day": index,
            }));
            assert_eq!(event["room"], rooms[place]);
        }
    }
    told
}

fn v1_event(event: &Value) {
    let must = [
        "abstract", "date", "duration", "guid", "id", "language", "links", "persons", "room", "slug", "start",
        "subtitle", "title", "track", "type", "url",
    ];
    has(event, &must, &["end", "description", "do_not_record"]);
    texts(
        event,
        &["date", "duration", "guid", "room", "slug", "start", "title", "type", "url"],
        &["abstract", "subtitle", "track", "language", "description"],
    );
    assert!(event["do_not_record"].is_boolean() && slug(&event["slug"]), "{event:#}");
    let lasts = time(text(&event["end"])) - time(text(&event["date"]));
    assert_eq!((lasts.num_seconds() + 59) / 60, duration(text(&event["duration"])).num_minutes(), "{event:#}");
    for person in list(&event["persons"]) {
        has(person, &["guid", "name", "url", "company"], &[]);
        texts(person, &["guid", "name", "url"], &["company"]);
    }
    links(event, &["slides", "paper", "web", "blog", "article", "media", "related", "activitypub"]);
}

/// Checks a v2 schedule by all rules, and answers its events.
async fn v2(app: &App, edition: &str) -> Vec<Value> {
    let schedule = schedule(app, edition, "schedule.v2.json", "https://c3voc.de/schema/schedule2").await;
    let conference = &schedule["conference"];
    has(conference, &["acronym", "title", "start", "end", "days", "time_zone_name", "tracks", "rooms"], &["url"]);
    assert!(time(text(&conference["start"])) < time(text(&conference["end"])), "{conference:#}");
    for day in list(&conference["days"]) {
        has(day, &["index", "date", "start", "end"], &[]);
        assert!(like(text(&day["start"]), TIME) && like(text(&day["end"]), TIME), "{day:#}");
    }
    let tracks = unique(list(&conference["tracks"]).iter().map(|track| &track["slug"]));
    let rooms = unique(list(&conference["rooms"]).iter().map(|room| &room["guid"]));
    let events = list(&schedule["events"]);
    unique(events.iter().map(|event| &event["guid"]));
    for event in events {
        assert!(time(text(&event["start"])) < time(text(&event["end"])), "{event:#}");
        assert!(event.get("room").is_none_or(|room| rooms.contains(text(&room["guid"]))), "{event:#}");
        if ["BREAK", "META"].contains(&text(&event["type"])) {
            has(event, &["type", "title", "guid", "start", "end"], &["room"]);
            continue;
        }
        let must = [
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
        has(event, &must, &["description", "state"]);
        texts(event, &["guid", "slug", "title", "type", "url"], &["abstract", "subtitle", "description"]);
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
        assert!(slug(&event["slug"]) && tracks.contains(text(&event["track"]["slug"])), "{event:#}");
        assert!(text(&event["language"]).len() == 2 && word(text(&event["language"]), 2, ""), "{event:#}");
        for person in list(&event["participants"]) {
            texts(person, &["guid", "name"], &["company"]);
            assert!(
                ["SPEAKER", "MODERATOR", "CONTRIBUTOR", "HOST", "GUEST"].contains(&text(&person["role"])),
                "{person:#}"
            );
        }
        links(
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

/// That all three files of an edition tell the same talks.
async fn agree(app: &App, edition: &str) -> Vec<Value> {
    let told = sessions(app, edition).await;
    assert_eq!(v1(app, edition).await, told, "{edition}");
    let all = v2(app, edition).await;
    let given = all
        .iter()
        .filter(|event| event["state"] == "CONFIRMED")
        .map(|event| (text(&event["guid"]), text(&event["slug"]), text(&event["start"])));
    let of_xml = told.iter().map(|event| (text(&event["guid"]), text(&event["slug"]), text(&event["date"])));
    assert_eq!(given.collect::<BTreeSet<_>>(), of_xml.collect(), "{edition}");
    all
}

/// An edition of which little more is told than its year, with a short slug and a zone whose name the formats refuse.
fn dateless() -> Document {
    let edition =
        json!({ "slug": "ab", "conference": "conf", "name": "\u{1}", "year": 2030, "timezone": "Australia/ACT" });
    seed::document(json!([]), json!([]), json!([edition]))
}

on_both! {
    async fn every_edition_that_ships_is_right(app: promcon()) {
        let mut told = 0;
        for edition in editions(&app).await {
            told += agree(&app, &edition).await.len();
        }
        assert_eq!(told, 232, "slots");
    }

    async fn odd_names_and_times_are_right(app: archive(seed::nasty)) {
        let all = agree(&app, "nasty-2025").await;
        let one = |end: &str| all.iter().find(|one| one["slug"].as_str().is_some_and(|slug| slug.ends_with(end))).unwrap_or_else(|| panic!("no {end}"));
        assert_eq!(["02-o", "markup", "long", "formula", "world"].map(|slug| text(&one(slug)["language"])), ["xx", "pt", "xx", "zh", "he"]);
        assert_eq!(["02-o", "markup", "seconds", "formula"].map(|slug| text(&one(slug)["track"]["slug"])), ["no-track", "t-x", "t-no-track", "t-1st"]);
        let roles = one("markup")["participants"].as_array().unwrap().iter().map(|one| (text(&one["role"]), text(&one["company"])));
        assert_eq!(roles.collect::<Vec<_>>(), [("SPEAKER", "Evil; \"Corp\", <Inc.> & Söhne, @SUM(A1)"), ("MODERATOR", "@SUM(A1)")]);
        assert_eq!((&one("called_off")["state"], &one("forever")["end"]), (&json!("CANCELED"), &json!("2025-10-26T10:00:00+01:00")));
        let pauses: Vec<_> = all.iter().filter(|one| one.get("slug").is_none()).map(|one| (text(&one["type"]), one["room"]["name"].as_str().unwrap_or_default())).collect();
        assert_eq!(pauses, [("META", ""), ("BREAK", ""), ("BREAK", "Attic"), ("META", "Bar, \"at the corner\""), ("META", "")]);
    }

    async fn an_edition_without_dates_has_an_empty_day(app: archive(dateless)) {
        assert!(agree(&app, "ab").await.is_empty());
        let conference = app.get("/editions/ab/schedule.json", &[]).await.json()["schedule"]["conference"].clone();
        assert_eq!((&conference["acronym"], &conference["start"], &conference["time_zone_name"]), (&json!("ab__"), &json!("2030-01-01"), &json!("Australia/Sydney")));
    }

    async fn a_weekend_reads_well(app: archive(seed::weekend)) {
        for (name, file) in [("weekend_v1", "schedule.json"), ("weekend_v2", "schedule.v2.json")] {
            let told = app.get(&format!("/editions/conf-2025/{file}"), &[]).await.json();
            insta::assert_snapshot!(name, format!("{told:#}").replace(env!("CARGO_PKG_VERSION"), "VERSION"));
        }
    }
}
