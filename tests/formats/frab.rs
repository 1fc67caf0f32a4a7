//! Schedule XML: right by the rules of c3voc's XSD and of the apps that read it, whatever is in the archive.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, FixedOffset};
use quick_xml::{Reader, XmlVersion, escape::resolve_predefined_entity, events::Event};
use serde_json::{Value, json};

use crate::support::{
    app::{App, archive, on_both, promcon},
    seed,
};

/// An element, as a parser sees it.
#[derive(Debug, Default)]
pub struct Node {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn parse(xml: &str) -> Self {
        let (mut reader, mut open) = (Reader::from_str(xml), vec![Self::default()]);
        loop {
            let event = reader.read_event().unwrap();
            match &event {
                Event::Start(tag) | Event::Empty(tag) => {
                    let value = |of: &quick_xml::events::attributes::Attribute<'_>| {
                        of.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned()
                    };
                    let name = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
                    let attributes =
                        tag.attributes().map(Result::unwrap).map(|one| (name(one.key.as_ref()), value(&one))).collect();
                    open.push(Self { name: name(tag.name().as_ref()), attributes, ..Self::default() });
                }
                Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.decode().unwrap()),
                Event::GeneralRef(entity) => {
                    let text = resolve_predefined_entity(&entity.decode().unwrap()).expect("one of the five");
                    open.last_mut().unwrap().text.push_str(text);
                }
                Event::Decl(declaration) => assert_eq!(&*declaration.encoding().unwrap().unwrap(), b"UTF-8"),
                Event::End(_) => {}
                Event::Eof => return open.remove(0).children.remove(0),
                other => panic!("no reader wants that: {other:?}"),
            }
            if matches!(event, Event::End(_) | Event::Empty(_)) {
                let done = open.pop().unwrap();
                open.last_mut().unwrap().children.push(done);
            }
        }
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the only child of a name.
    fn text(&self, name: &str) -> &str {
        let mut all = self.children.iter().filter(|child| child.name == name);
        let (Some(one), None) = (all.next(), all.next()) else { panic!("not one {name}: {self:#?}") };
        &one.text
    }

    fn keys(&self) -> Vec<&str> {
        self.attributes.keys().map(String::as_str).collect()
    }

    /// That each child is there once at most, all that must be there are, and no others but those that may.
    fn has_once(&self, must: &[&str], may: &[&str]) {
        let names: Vec<&str> = self.children.iter().map(|child| child.name.as_str()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        assert!(must.iter().all(|name| names.contains(name)), "{names:?} lacks one of {must:?}");
        assert!(names.iter().all(|name| must.contains(name) || may.contains(name)), "{names:?} has a stranger");
    }
}

/// Whether a text has a shape: `0` stands for a digit, `h` for a hexadecimal one, `±` for either sign, all else for
/// itself.
pub fn like(text: &str, shape: &str) -> bool {
    let fits = |(c, shape): (char, char)| match shape {
        '0' => c.is_ascii_digit(),
        'h' => c.is_ascii_hexdigit(),
        '±' => c == '+' || c == '-',
        other => c == other,
    };
    text.chars().count() == shape.chars().count() && text.chars().zip(shape.chars()).all(fits)
}

pub const UUID: &str = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
pub const TIME: &str = "0000-00-00T00:00:00±00:00";

/// Whether a text is so many or more lower-case letters, digits, and these.
pub fn word(text: &str, least: usize, others: &str) -> bool {
    text.len() >= least && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || others.contains(c))
}

/// Whether a text is an http address by RFC 3986.
pub fn address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let escapes = |text: &str| {
        text.split('%').skip(1).all(|escape| escape.chars().take(2).filter(char::is_ascii_hexdigit).count() == 2)
    };
    let right = |text: &str| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=%".contains(c)) && escapes(text)
    };
    !rest.is_empty() && right(before) && right(fragment)
}

pub fn time(text: &str) -> DateTime<FixedOffset> {
    assert!(like(text, TIME), "{text} is no time with an offset");
    text.parse().unwrap()
}

/// The time from the start that a duration means to a reader that takes it for a time of the day.
pub fn duration(text: &str) -> Duration {
    assert!(like(text, "00:00") && text < "24:00" && text > "00:00", "{text} is no duration");
    Duration::hours(text[..2].parse().unwrap()) + Duration::minutes(text[3..].parse().unwrap())
}

/// Checks an edition's schedule by all rules, and answers its events as `c3voc` tells them, too.
pub async fn sessions(app: &App, edition: &str) -> Vec<Value> {
    let answer = app.get(&format!("/editions/{edition}/schedule.xml"), &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("Content-Type")),
        (200, "application/vnd.c3voc.schedule+xml; charset=utf-8")
    );
    let xml = &answer.body;
    let forbidden = |c: char| (c < ' ' && c != '\n' && c != '\t') || matches!(c, '\u{fffe}' | '\u{ffff}');
    assert!(!xml.contains(forbidden), "{edition}");
    let sniffed: String = xml.chars().take(1024).collect();
    assert!(xml.starts_with("<?xml") && sniffed.contains("<schedule") && sniffed.contains("<conference"), "{sniffed}");

    let schedule = Node::parse(xml);
    let order: Vec<&str> = schedule.children.iter().map(|child| child.name.as_str()).collect();
    assert_eq!(order[..4], ["generator", "url", "version", "conference"]);
    assert!(order.len() > 4 && order[4..].iter().all(|name| *name == "day"), "{order:?}");
    assert_eq!(schedule.text("url"), format!("https://lectern.example/editions/{edition}/schedule.xml"));
    let conference = &schedule.children[3];
    conference_is_right(conference);
    let days: Vec<&Node> = schedule.all("day").collect();
    assert_eq!(
        (conference.text("start"), conference.text("end")),
        (&*days[0].attributes["date"], &*days[days.len() - 1].attributes["date"])
    );
    assert_eq!(conference.text("days"), days.len().to_string());
    let sessions: Vec<Value> = (1..).zip(days).flat_map(|(index, day)| day_is_right(index, day, conference)).collect();
    for unique in ["guid", "id", "slug"] {
        let values: BTreeSet<String> = sessions.iter().map(|one| one[unique].to_string()).collect();
        assert_eq!(values.len(), sessions.len(), "{edition}: {unique}");
    }
    sessions
}

fn conference_is_right(conference: &Node) {
    let (tracks, others): (Vec<&Node>, Vec<&Node>) =
        conference.children.iter().partition(|child| child.name == "track");
    let names: Vec<&str> = others.iter().map(|child| child.name.as_str()).collect();
    let mut expected =
        vec!["title", "acronym", "start", "end", "days", "timeslot_duration", "base_url", "url", "time_zone_name"];
    expected.retain(|name| *name != "url" || names.contains(name));
    assert_eq!(names, expected);
    assert!(word(conference.text("acronym"), 4, "_"), "{conference:?}");
    assert!(conference.all("url").chain(conference.all("base_url")).all(|url| address(&url.text)), "{conference:?}");
    assert!(conference.text("time_zone_name").contains('/') || conference.text("time_zone_name") == "UTC");
    for track in tracks {
        let slug = &track.attributes["slug"];
        assert!(word(slug, 2, "-") && slug.starts_with(|c: char| c.is_ascii_lowercase()), "{slug}");
        assert!(track.attributes.get("color").is_none_or(|color| like(color, "#hhhhhh")), "{track:?}");
        assert!(!track.attributes["name"].is_empty());
    }
}

fn day_is_right(index: usize, day: &Node, conference: &Node) -> Vec<Value> {
    assert_eq!(day.keys(), ["date", "end", "index", "start"]);
    let (start, end, date) = (time(&day.attributes["start"]), time(&day.attributes["end"]), &day.attributes["date"]);
    assert_eq!(
        (&day.attributes["index"], start.to_rfc3339()[..16].to_owned()),
        (&index.to_string(), format!("{date}T05:00"))
    );
    assert!((Duration::hours(23)..=Duration::hours(25)).contains(&(end - start)), "{date}");
    let mut sessions = Vec::new();
    for room in &day.children {
        assert_eq!((room.name.as_str(), room.keys()), ("room", vec!["guid", "name"]));
        assert!(
            like(&room.attributes["guid"], UUID) && !room.attributes["name"].is_empty() && !room.children.is_empty(),
            "{room:?}"
        );
        let events = room.children.iter().map(|event| event_is_right(event, room, (start, end)));
        let here: Vec<Value> = events
            .map(|mut event| {
                event["day"] = index.into();
                event
            })
            .collect();
        let when = |one: &Value| (time(one["date"].as_str().unwrap()), one["id"].as_i64());
        assert!(here.is_sorted_by_key(when), "{date}: {here:#?}");
        sessions.extend(here);
    }
    let tracks: BTreeSet<&str> =
        conference.all("track").map(|track| track.attributes["name"].as_str()).chain([""]).collect();
    assert!(sessions.iter().all(|one| tracks.contains(one["track"].as_str().unwrap())), "{tracks:?}");
    sessions
}

fn event_is_right(event: &Node, room: &Node, (from, to): (DateTime<FixedOffset>, DateTime<FixedOffset>)) -> Value {
    assert_eq!((event.name.as_str(), event.keys()), ("event", vec!["guid", "id"]));
    let must = ["room", "title", "type", "date", "start", "duration", "abstract", "track", "slug", "url", "recording"];
    event.has_once(&must, &["subtitle", "language", "description", "persons", "links"]);
    let text = |name| event.text(name);
    let (id, starts_at) = (event.attributes["id"].parse::<i32>().unwrap(), time(text("date")));
    assert!(id > 0 && like(&event.attributes["guid"], UUID) && !text("title").is_empty(), "{event:#?}");
    assert_eq!((text("room"), text("start")), (&*room.attributes["name"], &text("date")[11..16]));
    assert!(from <= starts_at && starts_at + duration(text("duration")) <= to, "{event:#?}");
    let (acronym, rest) = text("slug").split_once('-').unwrap();
    assert!(word(acronym, 4, "_") && word(rest, 4, "_-") && address(text("url")), "{event:#?}");
    let recording = event.all("recording").next().unwrap();
    recording.has_once(&["license", "optout"], &["url"]);
    assert!(
        ["true", "false"].contains(&recording.text("optout")) && recording.all("url").all(|url| address(&url.text))
    );
    let items = |list: &'static str, item: &'static str| {
        event.all(list).flat_map(|list| &list.children).inspect(move |one| assert_eq!(one.name, item))
    };
    let persons: Vec<Value> = items("persons", "person").map(|one| json!([one.attributes["guid"], one.text])).collect();
    assert!(
        items("persons", "person").all(|one| one.keys() == ["guid"] && !one.text.is_empty() && !one.text.contains(';')),
        "{event:#?}"
    );
    let links: Vec<Value> =
        items("links", "link").map(|one| json!([one.attributes["href"], one.attributes["type"], one.text])).collect();
    assert!(items("links", "link").all(|one| address(&one.attributes["href"]) && !one.text.is_empty()), "{event:#?}");
    json!({
        "guid": event.attributes["guid"], "id": id, "room": text("room"), "room_guid": room.attributes["guid"], "title": text("title"),
        "subtitle": text("subtitle"), "type": text("type"), "date": text("date"), "start": text("start"), "duration": text("duration"),
        "abstract": text("abstract"), "description": text("description"), "slug": text("slug"), "track": text("track"), "url": text("url"),
        "language": event.all("language").map(|one| one.text.as_str()).collect::<String>(), "persons": persons, "links": links,
        "do_not_record": recording.text("optout") == "true",
    })
}

/// The slugs of all editions.
pub async fn editions(app: &App) -> Vec<String> {
    let data = app.query("{ editions(first: 500) { nodes { slug } } }").await;
    data["editions"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edition| edition["slug"].as_str().unwrap().to_owned())
        .collect()
}

/// How the odd title of the odd archive goes out: as it is.
const MARKUP: &str = r#"<script>alert('1')</script> ]]> &amp; \n \, a;b,c "quoted" <!-- --> {{x}} %s"#;

on_both! {
    async fn every_edition_that_ships_is_right(app: promcon()) {
        let mut told = 0;
        for edition in editions(&app).await {
            told += sessions(&app, &edition).await.len();
        }
        assert_eq!(told, 159, "talks in slots");
    }

    async fn odd_names_and_times_are_right(app: archive(seed::nasty)) {
        let all = sessions(&app, "nasty-2025").await;
        let one = |id: i64| all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id} is missing"));
        let when = |id| { let one = one(id); json!([one["day"], one["date"], one["duration"]]) };
        for (id, expected) in [
            (6, json!([1, "2025-10-25T11:00:00+02:00", "00:01"])),
            (7, json!([1, "2025-10-25T11:00:15+02:00", "00:01"])),
            (13, json!([1, "2025-10-25T05:00:00+02:00", "23:59"])),
            (16, json!([1, "2025-10-26T01:00:00+02:00", "00:45"])),
            (17, json!([1, "2025-10-26T02:30:00+02:00", "00:45"])),
            (18, json!([1, "2025-10-26T02:30:00+01:00", "00:40"])),
            (19, json!([1, "2025-10-26T04:30:00+01:00", "00:30"])),
            (20, json!([2, "2025-10-26T05:00:00+01:00", "00:30"])),
            (i32::MAX.into(), json!([2, "2025-10-26T12:00:00+01:00", "00:30"])),
        ] {
            assert_eq!(when(id), expected, "{id}");
        }
        let ids: BTreeSet<i64> = all.iter().map(|one| one["id"].as_i64().unwrap()).collect();
        assert_eq!(ids.len(), 17);
        assert!(ids.is_disjoint(&BTreeSet::from([1, 5, 8, 10, 15, 22])), "a break, a party and a cancelled talk are left out: {ids:?}");
        let rooms = [3, 4, 13, 7, 11, 12].map(|id| one(id)["room"].as_str().unwrap());
        assert_eq!(rooms, ["Hall; \"A\", <b>&amp;</b> ]]>", "Attic", "Attic (echo)", "m", "Attic (2)", MARKUP]);
        assert_eq!(one(3)["title"], MARKUP);
        assert_eq!(one(7)["title"], "belltab two lines andmore end");
        assert_eq!(one(3)["persons"][0][1], "Bobby, \"Tables\", PhD");
        assert_eq!(one(14)["persons"].as_array().unwrap().len(), 2, "everyone of the round once, of its cancelled talk nobody");
        assert_eq!(one(14)["description"].as_str().unwrap().lines().count(), 2);
        assert_eq!([3, 6].map(|id| one(id)["do_not_record"].clone()), [json!(false), json!(true)]);
        assert_eq!((&one(9)["url"], one(9)["guid"] == one(20)["guid"]), (&one(20)["url"], false), "a talk held twice is two events");
    }

    async fn a_weekend_reads_well(app: archive(seed::weekend)) {
        let answer = app.get("/editions/conf-2025/schedule.xml", &[]).await;
        insta::assert_snapshot!("weekend_frab", answer.body.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }

    async fn the_bytes_stay_the_same(app: archive(seed::nasty)) {
        let first = app.get("/editions/nasty-2025/schedule.xml", &[]).await;
        let tag = first.header("ETag").to_owned();
        let kept = app.get("/editions/nasty-2025/schedule.xml", &[("If-None-Match", &tag)]).await;
        assert_eq!((kept.status.as_u16(), kept.body.as_str()), (304, ""));
        assert_eq!(app.get("/editions/nasty-2025/schedule.xml", &[]).await.body, first.body);
        assert_eq!(app.get("/editions/nothing-2025/schedule.xml", &[]).await.status, 404);
        assert_eq!(app.get("/editions/nasty-2025/schedule.xml?rooom=hall", &[]).await.status, 400);
    }
}
