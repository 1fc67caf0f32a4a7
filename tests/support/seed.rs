//! Made-up archives. Documents are written as the JSON of the archive format, so that a test states only what matters.

use lectern_api::format::document::Document;
use serde_json::{Value, json};

mod nasty;

pub use nasty::nasty;

fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value:#}"))
}

/// A document of these lists.
pub fn document(companies: Value, speakers: Value, editions: Value) -> Document {
    Document {
        conferences: from(json!([{ "slug": "conf", "name": "Conf" }])),
        companies: from(companies),
        speakers: from(speakers),
        editions: from(editions),
        ..Document::default()
    }
}

/// An edition of `talks` talks of two speakers each, in four rooms over four days, with everything on them.
pub fn large(talks: usize) -> Document {
    let companies: Vec<Value> =
        (0..50).map(|n| json!({ "slug": format!("company-{n}"), "name": format!("Company {n}") })).collect();
    let speakers: Vec<Value> =
        (0..talks).map(|n| json!({ "slug": format!("speaker-{n}"), "name": format!("Speaker {n:05}") })).collect();
    let slot = |n: usize| {
        let (day, hour, minute) = (n / 4 % 4, 9 + n / 16 / 12 % 12, n / 16 % 12 * 5);
        json!({
            "number": n + 1, "talk": format!("talk-{n}"), "room": format!("room-{}", n % 4),
            "starts_at": format!("2025-10-{:02}T{hour:02}:{minute:02}", 6 + day),
            "ends_at": format!("2025-10-{:02}T{hour:02}:{:02}", 6 + day, minute + 4),
        })
    };
    let talk = |n: usize| {
        json!({
            "slug": format!("talk-{n}"), "title": format!("Talk {n}"), "tags": [format!("tag-{}", n % 7)],
            "appearances": [
                { "speaker": format!("speaker-{n}"), "companies": [format!("company-{}", n % 50)] },
                {
                    "speaker": format!("speaker-{}", (n + 1) % talks),
                    "companies": [format!("company-{}", n % 50), format!("company-{}", (n + 1) % 50)],
                },
            ],
            "recordings": [{ "recording": format!("youtube:{n:011}") }],
            "links": [{ "kind": "SLIDES", "url": format!("https://example.org/{n}") }],
        })
    };
    let rooms: Vec<Value> =
        (0..4).map(|n| json!({ "slug": format!("room-{n}"), "name": format!("Room {n}") })).collect();
    let edition = json!({
        "slug": "conf-2025", "conference": "conf", "name": "Conf 2025", "year": 2025, "timezone": "Europe/Berlin",
        "starts_on": "2025-10-06", "ends_on": "2025-10-09", "rooms": rooms,
        "slots": (0..talks).map(slot).collect::<Vec<_>>(), "talks": (0..talks).map(talk).collect::<Vec<_>>(),
    });
    document(json!(companies), json!(speakers), json!([edition]))
}

/// A weekend on which the clocks are put back, with all that a programme can have: a night talk, parallel rooms, a talk
/// with two slots, a cancelled talk and a withdrawn one, a lightning round, an open end, a party elsewhere, tracks and
/// tags.
pub fn weekend() -> Document {
    document(
        json!([
            { "slug": "acme", "name": "ACME", "aliases": ["Acme Corp"] },
            { "slug": "old-co", "name": "Old Co", "successor": "acme" },
        ]),
        json!([
            { "slug": "ada", "name": "Ada Ångström", "aliases": ["A. Angstrom"], "former_slugs": ["ada-a"] },
            { "slug": "bob", "name": "Bob" },
            { "slug": "crew", "name": "The crew", "is_group": true },
        ]),
        json!([{
            "slug": "conf-2025", "conference": "conf", "name": "Conf 2025", "year": 2025,
            "timezone": "Europe/Berlin", "starts_on": "2025-10-25", "ends_on": "2025-10-27", "city": "Zürich",
            "country": "CH", "former_slugs": ["conf-25"],
            "rooms": [{ "slug": "hall", "name": "Hall", "capacity": 300 }, { "slug": "attic", "name": "Attic" }],
            "tracks": [{ "slug": "ops", "name": "Ops", "color": "#e6522c" }],
            "sponsor_tiers": [{ "slug": "gold", "name": "Gold", "sponsors": [{ "company": "acme" }] }],
            "slots": [
                { "number": 1, "kind": "REGISTRATION", "title": "Registration", "starts_at": "2025-10-25T09:00" },
                { "number": 2, "talk": "opening", "room": "hall", "starts_at": "2025-10-25T10:00" },
                {
                    "number": 3, "talk": "twice", "room": "hall", "starts_at": "2025-10-25T10:30",
                    "ends_at": "2025-10-25T11:00",
                },
                {
                    "number": 4, "talk": "called-off", "room": "attic", "starts_at": "2025-10-25T10:30",
                    "ends_at": "2025-10-25T11:00",
                },
                {
                    "number": 5, "kind": "SOCIAL", "title": "Party", "starts_at": "2025-10-25T20:00",
                    "is_open_ended": true, "place": { "name": "Bar", "address": "Gasse 1" }, "sponsors": ["acme"],
                },
                {
                    "number": 6, "talk": "night", "room": "attic", "starts_at": "2025-10-26T02:30+02:00",
                    "ends_at": "2025-10-26T02:15+01:00",
                },
                {
                    "number": 7, "talk": "twice", "room": "attic", "starts_at": "2025-10-26T10:00",
                    "ends_at": "2025-10-26T10:30",
                },
                {
                    "number": 8, "talk": "round", "room": "hall", "starts_at": "2025-10-26T11:00",
                    "ends_at": "2025-10-26T12:00",
                },
            ],
            "talks": [
                { "slug": "opening", "title": "Opening", "kind": "OPENING", "appearances": [{ "speaker": "crew" }] },
                {
                    "slug": "twice", "title": "Äpfel & 100% _Birnen_", "track": "ops", "tags": ["Größe", "scale"],
                    "language": "de",
                    "appearances": [
                        { "speaker": "ada", "companies": ["old-co"], "credited_as": "Ada A." },
                        { "speaker": "bob", "role": "MODERATOR" },
                    ],
                    "recordings": [{ "recording": "youtube:aaaaaaaaaaa", "start_seconds": 65, "end_seconds": 100 }],
                    "links": [
                        { "kind": "SLIDES", "url": "https://example.org/slides" },
                        { "kind": "ARTICLE", "title": "A recap", "author": "Bob" },
                    ],
                },
                { "slug": "called-off", "title": "Called off", "status": "CANCELLED", "tags": ["scale"] },
                {
                    "slug": "night", "title": "Night talk", "replaces": "taken-back",
                    "appearances": [{ "speaker": "bob", "companies": ["acme"] }],
                },
                {
                    "slug": "taken-back", "title": "Taken back", "status": "WITHDRAWN",
                    "appearances": [{ "speaker": "ada", "companies": ["acme"] }],
                },
                {
                    "slug": "round", "title": "Lightning round", "kind": "LIGHTNING_BLOCK",
                    "recordings": [{ "recording": "youtube:bbbbbbbbbbb" }],
                },
                {
                    "slug": "flash-b", "title": "Flash b", "kind": "LIGHTNING_TALK", "block": "round",
                    "block_position": 2, "appearances": [{ "speaker": "bob" }],
                    "recordings": [{ "recording": "youtube:bbbbbbbbbbb", "start_seconds": 300 }],
                },
                {
                    "slug": "flash-a", "title": "Flash a", "kind": "LIGHTNING_TALK", "block": "round",
                    "block_position": 1, "appearances": [{ "speaker": "ada" }],
                    "recordings": [{ "recording": "youtube:bbbbbbbbbbb" }],
                },
                { "slug": "lost", "title": "Whose time is lost" },
            ],
            "recordings": [
                {
                    "key": "youtube:ccccccccccc", "kind": "LIVE_STREAM", "title": "Día uno",
                    "duration_seconds": 3600, "published_at": "2025-10-26T00:00:00Z",
                },
            ],
            "playlists": [
                {
                    "key": "youtube:PLxxxxxxxxxxxx", "title": "Everything",
                    "recordings": ["youtube:bbbbbbbbbbb", "youtube:aaaaaaaaaaa"],
                },
            ],
        }]),
    )
}

/// The weekend, with another title of its first talk.
pub fn weekend_titled(title: &str) -> Document {
    let mut document = weekend();
    document.editions[0].talks[0].title = title.to_owned();
    document
}

/// The weekend, and another edition with the same talks at the same times.
pub fn two_editions() -> Document {
    let mut document = weekend();
    let mut other = document.editions[0].clone();
    (other.slug, other.name) = (from(json!("conf-other")), "Conf other".to_owned());
    other.identity.former_slugs.clear();
    other.recordings.clear();
    other.playlists.clear();
    other.talks.iter_mut().for_each(|talk| talk.recordings.clear());
    document.editions.push(other);
    document
}

/// Talks whose sort keys tie and are missing: half of them without a time, all with one of three titles.
pub fn ties() -> Document {
    let slots: Vec<Value> = (0..20)
        .map(|n| {
            json!({
                "number": n + 1, "talk": format!("talk-{n}"), "starts_at": format!("2025-10-06T1{}:00", n % 3),
            })
        })
        .collect();
    let talks: Vec<Value> =
        (0..40).map(|n| json!({ "slug": format!("talk-{n}"), "title": (["Élan", "elan", "Zebra"][n % 3]) })).collect();
    document(
        json!([]),
        json!([]),
        json!([{
            "slug": "conf-2025", "conference": "conf", "name": "Conf 2025", "year": 2025, "timezone": "UTC",
            "starts_on": "2025-10-06", "ends_on": "2025-10-06", "slots": slots, "talks": talks,
        }]),
    )
}

/// A large archive of 20 talks.
pub fn twenty() -> Document {
    large(20)
}

/// A large archive of 1,400 talks.
pub fn fourteen_hundred() -> Document {
    large(1400)
}
