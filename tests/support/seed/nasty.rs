//! An archive of everything that a writer of some format may trip over.

use lectern_api::format::document::Document;
use serde_json::{Value, json};

use super::document;

/// Text that is markup, an escape or a separator in one format or another.
const MARKUP: &str = "<script>alert('1')</script> ]]> &amp; \\n \\, a;b,c \"quoted\" <!-- --> {{x}} %s";
/// Control characters, those that XML forbids among them, every kind of line end, and two code points that are no
/// characters.
const CONTROLS: &str = "bell\u{1}tab\ttwo\r\nlines\rand\u{b}more\u{7f}\u{85}\u{2028}end\u{fffe}\u{ffff}";
/// Right-to-left text with a mark of direction, combining marks, emoji beyond the BMP, a family of four joined to one.
const WORLD: &str = "שלום \u{202e}עולם مرحبا e\u{301}a\u{30a} 𝔘🚀 👨‍👩‍👧‍👦 ŉ İı ß";
/// An address that is right to browsers and wrong by RFC 3986.
const ADDRESS: &str = "https://example.org/ä|{}[]^`\"<b>&amp;'?q=[1]|%zz&a=\\#one#two";

/// An edition of odd names, titles and times, over the night in which the clocks are put back, with an empty last day.
pub fn nasty() -> Document {
    document(companies(), speakers(), json!([edition()]))
}

fn companies() -> Value {
    json!([
        {
            "slug": "evil", "name": "Evil; \"Corp\", <Inc.> & Söhne\u{1}", "aliases": ["=evil()", "]]>"],
            "website_url": ADDRESS,
        },
        { "slug": "sum", "name": "@SUM(A1)", "kind": "PROJECT", "successor": "evil" },
    ])
}

fn speakers() -> Value {
    json!([
        {
            "slug": "bobby", "name": "Robert'); DROP TABLE talk;--, \"Bobby\"", "aliases": ["Bobby; Tables"],
            "biography": MARKUP,
        },
        { "slug": "world", "name": WORLD, "pronouns": "they; them", "avatar_url": ADDRESS },
        {
            "slug": "tag", "name": "<script>alert(\"name\")</script> & ]]>\u{1}\u{b}",
            "links": [{ "kind": "SOCIAL", "url": ADDRESS }],
        },
        { "slug": "minus", "name": "-1+1|' /C calc'!A0" },
        { "slug": "g", "name": "G\tR\r\nO\u{301}up", "is_group": true },
        { "slug": "nobody", "name": "\u{1}" },
    ])
}

fn edition() -> Value {
    json!({
        "slug": "nasty-2025", "conference": "conf", "name": "Nasty; \"2025\", <em>&amp;</em>\u{1} 🚀", "year": 2025,
        "timezone": "Europe/Berlin", "starts_on": "2025-10-25", "ends_on": "2025-10-27", "city": "Å; Zürich",
        "country": "CH", "website_url": ADDRESS,
        "venue": {
            "name": "Attic", "address": "Gasse 1\r\n8000, Zürich; \\o/", "latitude": 47.3769, "longitude": 8.5417,
        },
        "hashtags": ["nasty;2025"],
        "rooms": [
            { "slug": "hall", "name": "Hall; \"A\", <b>&amp;</b> ]]>", "capacity": 0 },
            { "slug": "attic", "name": "Attic" },
            { "slug": "echo", "name": "Attic\t", "capacity": 2_147_483_647 },
            { "slug": "m", "name": "\u{1}\u{b}" },
        ],
        "tracks": [
            { "slug": "x", "name": "X; <b>\"&amp;\"\u{1}", "color": "#00FF7F" },
            { "slug": "1st", "name": WORLD },
            { "slug": "no-track", "name": "=1+1", "color": "#ffffff" },
        ],
        "sponsor_tiers": [
            { "slug": "gold", "name": "<Gold>; \"&\"", "sponsors": [{ "company": "evil", "url": ADDRESS }] },
        ],
        "links": [{ "kind": "ARTICLE", "url": ADDRESS, "title": MARKUP }],
        "slots": slots(), "talks": talks(),
        "recordings": [
            {
                "key": "youtube:nasty_video", "title": MARKUP, "duration_seconds": 1200,
                "published_at": "2025-11-01T12:00:00Z",
            },
            { "key": "other:Ä|<x>&\"", "title": CONTROLS, "url": ADDRESS },
        ],
        "playlists": [{ "key": "youtube:PLnasty", "title": WORLD, "recordings": ["youtube:nasty_video"] }],
    })
}

fn slots() -> Value {
    json!([
        {
            "number": 1, "kind": "REGISTRATION", "title": "Registration; \"desk\", <b>",
            "starts_at": "2025-10-25T08:00",
        },
        { "number": 2, "talk": "o", "room": "hall", "starts_at": "2025-10-25T09:00", "ends_at": "2025-10-25T09:30" },
        {
            "number": 3, "talk": "markup", "room": "hall", "starts_at": "2025-10-25T09:30",
            "ends_at": "2025-10-25T10:00",
        },
        {
            "number": 4, "talk": "formula", "room": "attic", "starts_at": "2025-10-25T09:30",
            "ends_at": "2025-10-25T10:30",
        },
        {
            "number": 5, "kind": "BREAK", "title": CONTROLS, "starts_at": "2025-10-25T10:30",
            "sponsors": ["sum", "evil"],
        },
        { "number": 6, "talk": "long", "room": "hall", "starts_at": "2025-10-25T11:00", "ends_at": "2025-10-25T11:01" },
        {
            "number": 7, "talk": "seconds", "room": "m", "starts_at": "2025-10-25T11:00:15",
            "ends_at": "2025-10-25T11:00:45",
        },
        {
            "number": 8, "kind": "MEAL", "title": WORLD, "room": "attic", "starts_at": "2025-10-25T12:00",
            "end_is_estimated": true,
        },
        {
            "number": 9, "talk": "twice", "room": "hall", "starts_at": "2025-10-25T13:00",
            "ends_at": "2025-10-25T13:30",
        },
        {
            "number": 10, "talk": "called-off", "room": "attic", "starts_at": "2025-10-25T13:00",
            "ends_at": "2025-10-25T13:30",
        },
        { "number": 11, "talk": "roomless", "starts_at": "2025-10-25T14:00", "ends_at": "2025-10-25T14:30" },
        { "number": 12, "talk": "elsewhere", "starts_at": "2025-10-25T15:00", "ends_at": "2025-10-25T15:30",
          "place": { "name": MARKUP, "address": CONTROLS, "website_url": ADDRESS } },
        {
            "number": 13, "talk": "forever", "room": "echo", "starts_at": "2025-10-25T05:00",
            "ends_at": "2025-10-26T10:00",
        },
        {
            "number": 14, "talk": "round", "room": "hall", "starts_at": "2025-10-25T16:00",
            "ends_at": "2025-10-25T17:00",
        },
        {
            "number": 15, "kind": "SOCIAL", "title": "Party 🎉; until late\\", "starts_at": "2025-10-25T20:00",
            "is_open_ended": true, "place": { "name": "Bar, \"at the corner\"" }, "sponsors": ["evil"],
        },
        {
            "number": 16, "talk": "past-midnight", "room": "attic", "starts_at": "2025-10-26T01:00",
            "ends_at": "2025-10-26T01:45",
        },
        {
            "number": 17, "talk": "summer", "room": "hall", "starts_at": "2025-10-26T02:30+02:00",
            "ends_at": "2025-10-26T02:15+01:00",
        },
        {
            "number": 18, "talk": "winter", "room": "attic", "starts_at": "2025-10-26T02:30+01:00",
            "ends_at": "2025-10-26T03:10",
        },
        {
            "number": 19, "talk": "dawn", "room": "hall", "starts_at": "2025-10-26T04:30",
            "ends_at": "2025-10-26T06:00",
        },
        {
            "number": 20, "talk": "twice", "room": "attic", "starts_at": "2025-10-26T05:00",
            "ends_at": "2025-10-26T05:30",
        },
        { "number": 21, "talk": "world", "room": "hall", "starts_at": "2025-10-26T10:00", "is_open_ended": true },
        {
            "number": 22, "kind": "OTHER", "title": "+1", "starts_at": "2025-10-26T11:00",
            "ends_at": "2025-10-26T11:00:01",
        },
        {
            "number": 2_147_483_647, "talk": "last", "room": "hall", "starts_at": "2025-10-26T12:00",
            "ends_at": "2025-10-26T12:30",
        },
    ])
}

fn talks() -> Value {
    let long = "Long title ".repeat(30);
    json!([
        {
            "slug": "o", "title": "-1", "kind": "OPENING",
            "appearances": [{ "speaker": "g", "role": "HOST" }, { "speaker": "nobody" }],
        },
        {
            "slug": "markup", "title": MARKUP, "subtitle": MARKUP, "abstract": MARKUP, "kind": "KEYNOTE",
            "track": "x", "tags": [MARKUP, "a;b"], "language": "pt-BR", "aliases": ["+1", "Old; title"],
            "appearances": [
                { "speaker": "bobby", "companies": ["evil", "sum"], "credited_as": "Bobby; \"Tables\", PhD\u{1}" },
                { "speaker": "tag", "companies": ["sum"], "role": "MODERATOR" },
            ],
            "recordings": [{ "recording": "youtube:nasty_video", "end_seconds": 600 }],
            "links": [
                { "kind": "SLIDES", "url": ADDRESS, "title": MARKUP },
                { "kind": "ARTICLE", "title": "No address; \"sorry\"" },
            ],
        },
        {
            "slug": "formula", "title": "=cmd|' /C calc'!A0", "abstract": CONTROLS, "kind": "PANEL", "track": "1st",
            "language": "zh-Hant-TW", "tags": ["@SUM(A1)", "-1", "+1"],
            "appearances": [
                { "speaker": "minus", "role": "PANELIST", "represents": "Proj; \"<x>\"" },
                { "speaker": "world", "companies": ["sum"] },
            ],
            "recordings": [
                { "recording": "youtube:nasty_video", "start_seconds": 600 },
                { "recording": "other:Ä|<x>&\"", "start_seconds": 5 },
            ],
            "links": [
                { "kind": "DOCUMENT", "url": "https://example.org/a,b;c" },
                { "kind": "REPOSITORY", "url": "HTTPS:example.org\\repo" },
            ],
        },
        {
            "slug": "long", "title": long[..300], "language": "gsw", "do_not_record": true,
            "appearances": [{ "speaker": "world" }],
        },
        { "slug": "seconds", "title": CONTROLS, "subtitle": "\u{1}", "kind": "DEMO", "track": "no-track" },
        { "slug": "twice", "title": "Twice; \"2\"", "language": "de", "appearances": [{ "speaker": "bobby" }],
          "links": [{ "kind": "SLIDES", "url": "https://example.org/slides" }] },
        {
            "slug": "called-off", "title": "Called off; <b>", "status": "CANCELLED",
            "appearances": [{ "speaker": "minus", "companies": ["evil"] }],
        },
        { "slug": "roomless", "title": "No room", "kind": "WORKSHOP", "appearances": [{ "speaker": "minus" }] },
        { "slug": "elsewhere", "title": "Elsewhere", "abstract": "" },
        { "slug": "forever", "title": "Thirty hours", "kind": "OTHER" },
        { "slug": "round", "title": "Lightning; round", "kind": "LIGHTNING_BLOCK", "abstract": "Short & *sweet*" },
        {
            "slug": "flash-b", "title": "Flash; b <i>", "kind": "LIGHTNING_TALK", "block": "round",
            "block_position": 2,
            "appearances": [{ "speaker": "bobby", "companies": ["sum"] }, { "speaker": "tag" }],
            "recordings": [{ "recording": "youtube:flash_video", "start_seconds": 300 }],
            "links": [{ "kind": "SLIDES", "url": ADDRESS }],
        },
        {
            "slug": "flash-a", "title": CONTROLS, "kind": "LIGHTNING_TALK", "block": "round", "block_position": 1,
            "appearances": [{ "speaker": "tag", "credited_as": "Tag" }],
            "recordings": [{ "recording": "youtube:flash_video" }],
        },
        {
            "slug": "flash-off", "title": "Flash, off", "kind": "LIGHTNING_TALK", "status": "CANCELLED",
            "block": "round", "block_position": 3, "appearances": [{ "speaker": "nobody" }],
        },
        { "slug": "past-midnight", "title": "Past midnight", "appearances": [{ "speaker": "minus" }] },
        { "slug": "summer", "title": "Half past two, summer time" },
        { "slug": "winter", "title": "Half past two, winter time" },
        { "slug": "dawn", "title": "Over the change of days", "replaces": "taken-back" },
        { "slug": "taken-back", "title": "Taken back", "status": "WITHDRAWN", "appearances": [{ "speaker": "world" }] },
        {
            "slug": "world", "title": WORLD, "subtitle": WORLD, "abstract": WORLD, "language": "he",
            "tags": [WORLD], "appearances": [{ "speaker": "world" }],
        },
        { "slug": "last", "title": "+1", "kind": "CLOSING" },
        { "slug": "lost", "title": "Whose time is lost; \"<b>\"" },
    ])
}
