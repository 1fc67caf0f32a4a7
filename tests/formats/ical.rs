//! iCalendar: the rules of RFC 5545 that readers stumble over, and what is in the events.

use std::collections::HashSet;

use serde_json::Value;
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, promcon},
    seed,
};

const SCHEDULE: &str = "/editions/conf-2025/schedule.ics";

/// A content line: `name;parameters:value`.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    name: String,
    parameters: String,
    value: String,
}

/// The lines of a calendar, unfolded. No line is too long, and no character is forbidden.
fn lines(calendar: &str) -> Vec<Line> {
    let physical = calendar.strip_suffix("\r\n").expect("CRLF at the end");
    for line in physical.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.chars().any(|c| matches!(c, '\0'..='\x08' | '\x0a'..='\x1f' | '\x7f')), "{line:?}");
    }
    physical.replace("\r\n ", "").split("\r\n").map(line).collect()
}

fn line(line: &str) -> Line {
    let mut quoted = false;
    let at = |c: char| {
        quoted ^= c == '"';
        c == ':' && !quoted
    };
    let (name, value) = line.split_at(line.find(at).unwrap_or_else(|| panic!("no value: {line}")));
    let (name, parameters) = name.split_once(';').unwrap_or((name, ""));
    Line { name: name.to_owned(), parameters: parameters.to_owned(), value: value[1..].to_owned() }
}

/// A TEXT value, without its escapes.
fn text(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        text.push(match c {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some(c @ ('\\' | ';' | ',')) => c,
                other => panic!("{other:?} is escaped: {value}"),
            },
            ';' | ',' => panic!("not escaped: {value}"),
            c => c,
        });
    }
    text
}

/// An event's lines.
#[derive(Debug, PartialEq)]
struct Event(Vec<Line>);

impl Event {
    fn line(&self, name: &str) -> &Line {
        let mut lines = self.0.iter().filter(|line| line.name == name);
        let line = lines.next().unwrap_or_else(|| panic!("no {name}: {self:#?}"));
        assert_eq!(lines.next(), None, "{name} is there once");
        line
    }

    fn value(&self, name: &str) -> &str {
        &self.line(name).value
    }

    fn text(&self, name: &str) -> String {
        text(self.value(name))
    }

    /// Start and end, as written.
    fn times(&self) -> [String; 2] {
        ["DTSTART", "DTEND"].map(|name| format!("{}:{}", self.line(name).parameters, self.value(name)))
    }
}

fn events(calendar: &str) -> Vec<Event> {
    let mut events = Vec::new();
    for line in lines(calendar) {
        match (line.name.as_str(), line.value.as_str()) {
            ("BEGIN", "VEVENT") => events.push(Event(Vec::new())),
            ("END", "VCALENDAR") => {}
            _ => events.iter_mut().last().into_iter().for_each(|Event(lines)| lines.push(line.clone())),
        }
    }
    events
}

async fn calendar(app: &App, path: &str) -> String {
    let answer = app.get(path, &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "text/calendar; charset=utf-8"),
        "{path}: {}",
        answer.body
    );
    answer.body
}

async fn titles(app: &App, path: &str) -> Vec<String> {
    events(&calendar(app, path).await).iter().map(|event| event.text("SUMMARY")).collect()
}

/// The first event of a title.
async fn event(app: &App, title: &str) -> Event {
    let of_title = events(&calendar(app, SCHEDULE).await).into_iter().find(|event| event.text("SUMMARY") == title);
    of_title.unwrap_or_else(|| panic!("no event is called {title}"))
}

/// Checks what holds for each calendar, whatever is in it.
async fn check_calendar(app: &App, path: &str, slots: &[Value]) {
    let body = calendar(app, path).await;
    let lines = lines(&body);
    let value = |name: &str| lines.iter().find(|line| line.name == name).map(|line| line.value.as_str());
    assert_eq!([value("BEGIN"), value("VERSION")], [Some("VCALENDAR"), Some("2.0")]);
    // With METHOD:PUBLISH an ATTENDEE would need an ORGANIZER (RFC 5546, 3.2.1).
    assert_eq!([value("METHOD"), value("ORGANIZER")], [None, None]);
    assert_eq!(lines.iter().filter(|line| line.name == "VERSION").count(), 1);
    let zones: HashSet<&str> =
        lines.iter().filter(|line| line.name == "TZID").map(|line| line.value.as_str()).collect();
    let used: HashSet<&str> = lines.iter().filter_map(|line| line.parameters.strip_prefix("TZID=")).collect();
    let events = events(&body);
    assert_eq!(events.len(), slots.len());
    match events.is_empty() {
        true => assert_eq!((used.len(), zones.len()), (0, 1), "a calendar has a component"),
        false => assert_eq!(used, zones, "each zone is defined"),
    }
    for (event, slot) in events.iter().zip(slots) {
        assert_eq!(event.value("UID"), format!("{}@lectern.example", slot["id"].as_str().unwrap()));
        let title = event.text("SUMMARY").trim_start_matches("Cancelled: ").to_owned();
        assert_eq!(visible_characters(&title), visible_characters(slot["title"].as_str().unwrap()));
        assert!(!title.is_empty() && !event.text("LOCATION").is_empty(), "{event:#?}");
        assert!(event.value("DTSTAMP").ends_with('Z'), "{event:#?}");
        assert_eq!(event.value("DTSTAMP"), event.value("LAST-MODIFIED"));
        assert!(event.value("SEQUENCE").parse::<i32>().unwrap() >= 0);
        let times = event.times();
        for (written, field) in times.iter().zip(["startsAt", "endsAt"]) {
            let time: chrono::DateTime<chrono::FixedOffset> = slot[field].as_str().unwrap().parse().unwrap();
            match written.strip_prefix(":") {
                Some(utc) => assert_eq!(utc, time.to_utc().format("%Y%m%dT%H%M%SZ").to_string()),
                None => assert_eq!(written.rsplit(':').next().unwrap(), time.format("%Y%m%dT%H%M%S").to_string()),
            }
        }
    }
}

/// The visible characters of a text, which is written on one line.
fn visible_characters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}

async fn slots(app: &App, edition: &str) -> Vec<Value> {
    let data =
        app.query(&format!(r#"{{ edition(slug: "{edition}") {{ schedule {{ id title startsAt endsAt }} }} }}"#)).await;
    data["edition"]["schedule"].as_array().unwrap().clone()
}

#[on_both_databases]
#[actix_web::test]
async fn odd_texts_are_written_as_they_are(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    let path = "/editions/nasty-2025/schedule.ics";
    check_calendar(&app, path, &slots(&app, "nasty-2025").await).await;
    let titles = titles(&app, path).await;
    for title in ["=cmd|' /C calc'!A0", "Twice; \"2\"", "Cancelled: Called off; <b>", "Party 🎉; until late\\"] {
        assert!(titles.iter().any(|written| written == title), "{title}: {titles:#?}");
    }
    let people = lines(&calendar(&app, path).await).into_iter().filter(|line| line.name == "ATTENDEE");
    let people: Vec<(String, String)> = people.map(|line| (line.parameters, line.value)).collect();
    let bobby = (
        "CN=\"Bobby; ^'Tables^', PhD\";ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL",
        "https://lectern.example/speakers/bobby",
    );
    assert!(people.iter().any(|(parameters, value)| (parameters.as_str(), value.as_str()) == bobby), "{people:#?}");
}

#[on_both_databases]
#[actix_web::test]
async fn the_archive_that_ships_is_written_right(backend: Backend) {
    let app = promcon().start(backend).await;
    let data = app.query("{ editions { nodes { slug schedule { id title startsAt endsAt } } } }").await;
    for edition in data["editions"]["nodes"].as_array().unwrap() {
        let path = format!("/editions/{}/schedule.ics", edition["slug"].as_str().unwrap());
        check_calendar(&app, &path, edition["schedule"].as_array().unwrap()).await;
    }
}

#[on_both_databases]
#[actix_web::test]
async fn times_are_what_the_clocks_show(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let times = async |title: &str| event(&app, title).await.times();
    assert_eq!(
        times("Registration").await,
        ["TZID=Europe/Berlin:20251025T090000", "TZID=Europe/Berlin:20251025T100000"]
    );
    assert_eq!(
        times("Lightning round").await,
        ["TZID=Europe/Berlin:20251026T110000", "TZID=Europe/Berlin:20251026T120000"]
    );
    assert_eq!(
        times("Night talk").await,
        [":20251026T003000Z", ":20251026T011500Z"],
        "UTC, as its hour is there twice"
    );

    let body = calendar(&app, SCHEDULE).await;
    let zone = body.split("BEGIN:VTIMEZONE\r\n").nth(1).unwrap().split("END:VTIMEZONE").next().unwrap();
    assert_eq!(
        zone.replace("\r\n", " "),
        "TZID:Europe/Berlin \
         BEGIN:STANDARD DTSTART:20250101T000000 TZOFFSETFROM:+0100 TZOFFSETTO:+0100 TZNAME:CET END:STANDARD \
         BEGIN:DAYLIGHT DTSTART:20250330T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0200 TZNAME:CEST END:DAYLIGHT \
         BEGIN:STANDARD DTSTART:20251026T030000 TZOFFSETFROM:+0200 TZOFFSETTO:+0100 TZNAME:CET END:STANDARD "
    );
}

#[on_both_databases]
#[actix_web::test]
async fn an_event_says_who_where_and_what(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let twice = event(&app, "Äpfel & 100% _Birnen_").await;
    assert_eq!(
        twice.text("DESCRIPTION"),
        "Ada A. (Old Co), Bob\n\n\
         Slides: https://example.org/slides\n\
         Recording: https://www.youtube.com/watch?v=aaaaaaaaaaa&t=65s\n\n\
         https://lectern.example/editions/conf-2025/talks/twice"
    );
    assert_eq!(twice.value("URL"), "https://lectern.example/editions/conf-2025/talks/twice");
    assert_eq!(
        [twice.value("CATEGORIES"), twice.value("LOCATION"), twice.value("TRANSP")],
        ["Ops,Größe,scale", "Hall", "OPAQUE"]
    );
    let round = event(&app, "Lightning round").await.text("DESCRIPTION");
    assert!(round.starts_with("- Flash a – Ada Ångström\n- Flash b – Bob\n\n"), "{round}");
    let party = event(&app, "Party").await;
    assert_eq!(
        [party.value("LOCATION"), party.value("CATEGORIES"), party.value("TRANSP")],
        ["Bar", "Social", "TRANSPARENT"]
    );
    assert_eq!(party.text("DESCRIPTION"), "Gasse 1\n\nOpen end: the time at which it ends is an estimate.");
    assert_eq!(event(&app, "Registration").await.value("LOCATION"), "TBA");
}

#[on_both_databases]
#[actix_web::test]
async fn cancelled_talks_are_marked_or_left_out(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let cancelled = event(&app, "Cancelled: Called off").await;
    assert_eq!([cancelled.value("STATUS"), cancelled.value("TRANSP")], ["CANCELLED", "TRANSPARENT"]);
    let all = titles(&app, SCHEDULE).await;
    let not_cancelled = titles(&app, &format!("{SCHEDULE}?cancelled=false")).await;
    assert_eq!(not_cancelled, all.into_iter().filter(|title| !title.starts_with("Cancelled: ")).collect::<Vec<_>>());
    assert_eq!(
        titles(&app, &format!("{SCHEDULE}?cancelled=true&room=attic")).await,
        ["Cancelled: Called off", "Night talk", "Äpfel & 100% _Birnen_"]
    );
}

#[on_both_databases]
#[actix_web::test]
async fn a_calendar_may_be_of_a_part(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let twice = "Äpfel & 100% _Birnen_";
    assert_eq!(titles(&app, &format!("{SCHEDULE}?room=hall&day=2025-10-25")).await, ["Opening", twice]);
    assert_eq!(
        titles(&app, &format!("{SCHEDULE}?day=2025-10-26")).await,
        [twice, "Lightning round"],
        "the night belongs to the evening before"
    );
    assert_eq!(titles(&app, &format!("{SCHEDULE}?track=ops")).await, [twice, twice]);
    for (wrong, message) in [
        ("room=hal", "the edition has no room of the slug \"hal\": did you mean \"hall\"?"),
        ("track=nonsense", "the edition has no track of the slug \"nonsense\""),
    ] {
        let answer = app.get(&format!("{SCHEDULE}?{wrong}"), &[]).await;
        assert_eq!((answer.status.as_u16(), answer.json()["detail"].as_str()), (404, Some(message)));
    }
    let talk = async |slug: &str| format!("/talks/{}.ics", app.talk_id(slug).await);
    assert_eq!(titles(&app, &talk("twice").await).await, [twice, twice]);
    assert_eq!(titles(&app, &talk("flash-a").await).await, ["Lightning round"]);
    assert_eq!(titles(&app, &talk("lost").await).await, Vec::<String>::new());
    assert_eq!(titles(&app, "/speakers/ada.ics").await, [twice, twice, "Lightning round"]);
    let whole = events(&calendar(&app, SCHEDULE).await);
    let of_ada = events(&calendar(&app, "/speakers/ada.ics").await);
    assert!(of_ada.iter().all(|event| whole.contains(event)), "an event is the same in every calendar");
}

#[on_both_databases]
#[actix_web::test]
async fn a_wrong_address_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for (path, status) in [
        ("/editions/nothing/schedule.ics", 404),
        ("/speakers/nothing.ics", 404),
        ("/talks/nothing.ics", 404),
        ("/talks/00000000-0000-0000-0000-000000000000.ics", 404),
        ("/editions/conf-2025/schedule.ics?day=tomorrow", 400),
        ("/editions/conf-2025/schedule.ics?cancelled=perhaps", 400),
    ] {
        assert_eq!(app.get(path, &[]).await.status.as_u16(), status, "{path}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_move_changes_one_event_and_no_other(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let before = calendar(&app, SCHEDULE).await;
    app.set_now("2026-11-24T09:00:00Z");
    assert_eq!(calendar(&app, SCHEDULE).await, before, "time alone changes nothing");
    let mut document = seed::weekend();
    let slot = document.editions[0].slots.iter_mut().find(|slot| slot.number == 2).unwrap();
    slot.starts_at = "2025-10-25T09:45".parse().unwrap();
    app.apply_at(&document, "2026-11-23T08:00:00Z").await;
    let after = calendar(&app, SCHEDULE).await;
    let (before, after) = (events(&before), events(&after));
    let moved: Vec<(&Event, &Event)> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();

    // Registration has no end of its own: it ends when the opening begins.
    let [(_, registration), (old, new)] = moved.as_slice() else { panic!("{moved:#?}") };
    assert_eq!(registration.times()[1], "TZID=Europe/Berlin:20251025T094500");
    assert_eq!(old.value("UID"), new.value("UID"));
    assert_eq!([old.value("DTSTAMP"), new.value("DTSTAMP")], ["20261121T120000Z", "20261123T080000Z"]);
    assert!(new.value("SEQUENCE").parse::<i32>().unwrap() > old.value("SEQUENCE").parse::<i32>().unwrap());
    assert_eq!(new.times()[0], "TZID=Europe/Berlin:20251025T094500");
}
