//! Schedule XML: right by the rules of c3voc's XSD and of the apps that read it, whatever is in the archive.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, FixedOffset};
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, promcon},
    schedule::{Node, UUID, duration, editions, has_shape, is_address, is_word, time},
    seed,
};

/// Checks an edition's schedule by all rules; answers its events, with the keys of Schedule JSON.
pub async fn checked_events(app: &App, edition: &str) -> Vec<Value> {
    let answer = app.get(&format!("/editions/{edition}/schedule.xml"), &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("Content-Type")),
        (200, "application/vnd.c3voc.schedule+xml; charset=utf-8")
    );
    let xml = &answer.body;
    let is_forbidden = |c: char| (c < ' ' && c != '\n' && c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(is_forbidden), "{edition}");

    // Apps recognise the format by its first kilobyte.
    let beginning: String = xml.chars().take(1024).collect();
    assert!(xml.starts_with("<?xml"), "{beginning}");
    assert!(beginning.contains("<schedule") && beginning.contains("<conference"), "{beginning}");

    let schedule = Node::parse(xml);
    let order: Vec<&str> = schedule.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(order[..4], ["generator", "url", "version", "conference"]);
    assert!(order.len() > 4 && order[4..].iter().all(|name| *name == "day"), "{order:?}");
    assert_eq!(schedule.text("url"), format!("https://lectern.example/editions/{edition}/schedule.xml"));
    let conference = &schedule.children[3];
    check_conference(conference);
    let days: Vec<&Node> = schedule.all("day").collect();
    assert_eq!(
        (conference.text("start"), conference.text("end")),
        (&*days[0].attributes["date"], &*days[days.len() - 1].attributes["date"])
    );
    assert_eq!(conference.text("days"), days.len().to_string());
    let events: Vec<Value> = (1..).zip(days).flat_map(|(index, day)| checked_day(index, day, conference)).collect();
    for unique in ["guid", "id", "slug"] {
        let values: BTreeSet<String> = events.iter().map(|event| event[unique].to_string()).collect();
        assert_eq!(values.len(), events.len(), "{edition}: {unique}");
    }
    events
}

fn check_conference(conference: &Node) {
    let (tracks, others): (Vec<&Node>, Vec<&Node>) =
        conference.children.iter().partition(|child| child.name == "track");
    let names: Vec<&str> = others.iter().map(|child| child.name.as_str()).collect();
    let mut expected =
        vec!["title", "acronym", "start", "end", "days", "timeslot_duration", "base_url", "url", "time_zone_name"];
    expected.retain(|name| *name != "url" || names.contains(name));
    assert_eq!(names, expected);
    assert!(is_word(conference.text("acronym"), 4, "_"), "{conference:?}");
    assert!(conference.all("url").chain(conference.all("base_url")).all(|url| is_address(&url.text)), "{conference:?}");
    assert!(conference.text("time_zone_name").contains('/') || conference.text("time_zone_name") == "UTC");
    for track in tracks {
        let slug = &track.attributes["slug"];
        assert!(is_word(slug, 2, "-") && slug.starts_with(|c: char| c.is_ascii_lowercase()), "{slug}");
        assert!(track.attributes.get("color").is_none_or(|color| has_shape(color, "#hhhhhh")), "{track:?}");
        assert!(!track.attributes["name"].is_empty());
    }
}

fn checked_day(index: usize, day: &Node, conference: &Node) -> Vec<Value> {
    assert_eq!(day.keys(), ["date", "end", "index", "start"]);
    let (start, end, date) = (time(&day.attributes["start"]), time(&day.attributes["end"]), &day.attributes["date"]);
    assert_eq!(
        (&day.attributes["index"], start.to_rfc3339()[..16].to_owned()),
        (&index.to_string(), format!("{date}T05:00"))
    );
    assert!((Duration::hours(23)..=Duration::hours(25)).contains(&(end - start)), "{date}");
    let mut all = Vec::new();
    for room in &day.children {
        assert_eq!((room.name.as_str(), room.keys()), ("room", vec!["guid", "name"]));
        assert!(has_shape(&room.attributes["guid"], UUID), "{room:?}");
        assert!(!room.attributes["name"].is_empty() && !room.children.is_empty(), "{room:?}");
        let mut events: Vec<Value> =
            room.children.iter().map(|event| checked_event(event, room, (start, end))).collect();
        let time_and_id = |event: &Value| (time(event["date"].as_str().unwrap()), event["id"].as_i64());
        assert!(events.is_sorted_by_key(time_and_id), "{date}: {events:#?}");
        events.iter_mut().for_each(|event| event["day"] = index.into());
        all.extend(events);
    }
    let tracks: BTreeSet<&str> =
        conference.all("track").map(|track| track.attributes["name"].as_str()).chain([""]).collect();
    assert!(all.iter().all(|event| tracks.contains(event["track"].as_str().unwrap())), "{tracks:?}");
    all
}

fn checked_event(event: &Node, room: &Node, (from, to): (DateTime<FixedOffset>, DateTime<FixedOffset>)) -> Value {
    assert_eq!((event.name.as_str(), event.keys()), ("event", vec!["guid", "id"]));
    let required =
        ["room", "title", "type", "date", "start", "duration", "abstract", "track", "slug", "url", "recording"];
    event.has_once(&required, &["subtitle", "language", "description", "persons", "links"]);
    let text = |name| event.text(name);
    let (id, starts_at) = (event.attributes["id"].parse::<i32>().unwrap(), time(text("date")));
    assert!(id > 0 && has_shape(&event.attributes["guid"], UUID) && !text("title").is_empty(), "{event:#?}");
    assert_eq!((text("room"), text("start")), (&*room.attributes["name"], &text("date")[11..16]));
    assert!(from <= starts_at && starts_at < to && duration(text("duration")).num_hours() < 24, "{event:#?}");
    let (acronym, rest) = text("slug").split_once('-').unwrap();
    assert!(is_word(acronym, 4, "_") && is_word(rest, 4, "_-") && is_address(text("url")), "{event:#?}");
    let recording = event.all("recording").next().unwrap();
    recording.has_once(&["license", "optout"], &["url"]);
    assert!(["true", "false"].contains(&recording.text("optout")), "{event:#?}");
    assert!(recording.all("url").all(|url| is_address(&url.text)), "{event:#?}");

    let items = |list: &'static str, name: &'static str| -> Vec<&Node> {
        event.all(list).flat_map(|list| &list.children).inspect(|item| assert_eq!(item.name, name)).collect()
    };
    let (persons, links) = (items("persons", "person"), items("links", "link"));
    for person in &persons {
        assert!(person.keys() == ["guid"] && !person.text.is_empty() && !person.text.contains(';'), "{event:#?}");
    }
    for link in &links {
        assert!(is_address(&link.attributes["href"]) && !link.text.is_empty(), "{event:#?}");
    }
    let persons: Vec<Value> = persons.iter().map(|person| json!([person.attributes["guid"], person.text])).collect();
    let links: Vec<Value> =
        links.iter().map(|link| json!([link.attributes["href"], link.attributes["type"], link.text])).collect();
    json!({
        "guid": event.attributes["guid"], "id": id, "room": text("room"), "room_guid": room.attributes["guid"],
        "title": text("title"), "subtitle": text("subtitle"), "type": text("type"), "date": text("date"),
        "start": text("start"), "duration": text("duration"), "abstract": text("abstract"),
        "description": text("description"), "slug": text("slug"), "track": text("track"), "url": text("url"),
        "language": event.all("language").map(|language| language.text.as_str()).collect::<String>(),
        "persons": persons, "links": links, "do_not_record": recording.text("optout") == "true",
    })
}

/// A title of the nasty archive, which is written as it is.
const MARKUP: &str = r#"<script>alert('1')</script> ]]> &amp; \n \, a;b,c "quoted" <!-- --> {{x}} %s"#;

#[on_both_databases]
#[actix_web::test]
async fn every_edition_that_ships_is_right(backend: Backend) {
    let app = promcon().start(backend).await;
    let mut talks_in_slots = 0;
    for edition in editions(&app).await {
        talks_in_slots += checked_events(&app, &edition).await.len();
    }
    assert_eq!(talks_in_slots, 159);
}

#[on_both_databases]
#[actix_web::test]
async fn odd_names_and_times_are_right(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    let all = checked_events(&app, "nasty-2025").await;
    let event = |id: i64| all.iter().find(|event| event["id"] == id).unwrap_or_else(|| panic!("{id} is missing"));

    for (id, expected) in [
        (6, json!([1, "2025-10-25T11:00:00+02:00", "00:01"])),
        (7, json!([1, "2025-10-25T11:00:15+02:00", "00:01"])),
        (13, json!([1, "2025-10-25T05:00:00+02:00", "23:59"])),
        (16, json!([1, "2025-10-26T01:00:00+02:00", "00:45"])),
        (17, json!([1, "2025-10-26T02:30:00+02:00", "00:45"])),
        (18, json!([1, "2025-10-26T02:30:00+01:00", "00:40"])),
        (19, json!([1, "2025-10-26T04:30:00+01:00", "01:30"])),
        (20, json!([2, "2025-10-26T05:00:00+01:00", "00:30"])),
        (i32::MAX.into(), json!([2, "2025-10-26T12:00:00+01:00", "00:30"])),
    ] {
        let event = event(id);
        assert_eq!(json!([event["day"], event["date"], event["duration"]]), expected, "{id}");
    }

    // Breaks, a party and a cancelled talk are left out.
    let ids: BTreeSet<i64> = all.iter().map(|event| event["id"].as_i64().unwrap()).collect();
    assert_eq!(ids.len(), 17);
    assert!(ids.is_disjoint(&BTreeSet::from([1, 5, 8, 10, 15, 22])), "{ids:?}");

    let rooms = [3, 4, 13, 7, 11, 12].map(|id| event(id)["room"].as_str().unwrap());
    assert_eq!(rooms, ["Hall; \"A\", <b>&amp;</b> ]]>", "Attic", "Attic (echo)", "m", "Attic (2)", MARKUP]);
    assert_eq!(event(3)["title"], MARKUP);
    assert_eq!(event(7)["title"], "belltab two lines andmore end");
    assert_eq!(event(3)["persons"][0][1], "Bobby, \"Tables\", PhD");

    // A lightning round has everyone who speaks in it once, and nobody of its cancelled talk.
    assert_eq!(event(14)["persons"].as_array().unwrap().len(), 2);
    assert_eq!(event(14)["description"].as_str().unwrap().lines().count(), 2);
    assert_eq!([3, 6].map(|id| event(id)["do_not_record"].clone()), [json!(false), json!(true)]);

    // A talk with two slots is two events.
    assert_eq!(event(9)["url"], event(20)["url"]);
    assert_ne!(event(9)["guid"], event(20)["guid"]);
}

#[on_both_databases]
#[actix_web::test]
async fn a_weekend_reads_well(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let answer = app.get("/editions/conf-2025/schedule.xml", &[]).await;
    insta::assert_snapshot!("weekend_frab", answer.body.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[on_both_databases]
#[actix_web::test]
async fn the_bytes_stay_the_same(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    let first = app.get("/editions/nasty-2025/schedule.xml", &[]).await;
    let tag = first.header("ETag").to_owned();
    let cached = app.get("/editions/nasty-2025/schedule.xml", &[("If-None-Match", &tag)]).await;
    assert_eq!((cached.status.as_u16(), cached.body.as_str()), (304, ""));
    assert_eq!(app.get("/editions/nasty-2025/schedule.xml", &[]).await.body, first.body);
    assert_eq!(app.get("/editions/nothing-2025/schedule.xml", &[]).await.status, 404);
    assert_eq!(app.get("/editions/nasty-2025/schedule.xml?rooom=hall", &[]).await.body, first.body);
}
