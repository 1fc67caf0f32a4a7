//! A small archive with something of everything.

use super::*;

/// An edition with something of everything.
pub(super) fn weekend() -> Document {
    let mut document = document(
        json!([
            {
                "slug": "acme", "name": "ACME", "aliases": ["Acme Corp"],
                "links": [{ "kind": "WEBSITE", "url": "https://acme.example/" }],
            },
            { "slug": "old-co", "name": "Old Co", "successor": "acme", "kind": "PROJECT" },
        ]),
        json!([
            {
                "slug": "ada", "name": "Ada Ångström", "aliases": ["A. Angstrom"], "former_slugs": ["ada-a"],
                "pronouns": "she/her",
            },
            { "slug": "bob", "name": "Bob", "merged_ids": ["0f8fad5b-d9cb-469f-a165-70867728950e"] },
            { "slug": "crew", "name": "The crew", "is_group": true },
        ]),
        json!([october(json!({
            "city": "Zürich", "country": "CH", "former_slugs": ["conf-25"], "capacity": 100, "hashtags": ["conf25"],
            "venue": { "name": "Hall", "latitude": 47.0, "longitude": 8.5 },
            "ordinal": 1, "attendance_is_estimate": true,
            "tickets": [{ "name": "Full", "price": 80.0, "currency": "EUR" }],
            "call_for_papers": { "closes_on": "2025-05-01" },
            "rooms": [{ "slug": "hall", "name": "Hall", "capacity": 300 }, { "slug": "attic", "name": "Attic" }],
            "tracks": [{ "slug": "ops", "name": "Ops", "color": "#e6522c" }],
            "involvements": [
                { "person": "bob", "role": "ORGANIZER", "note": "lead" },
                { "company": "acme", "role": "HOST" },
            ],
            "sponsor_tiers": [
                { "slug": "gold", "name": "Gold", "sponsors": [{ "company": "acme" }] },
                { "slug": "tin", "name": "Tin" },
            ],
            "sponsors": [{ "company": "acme", "url": "https://acme.example/" }],
            "links": [{ "kind": "POST", "url": "https://post.example/1", "published_at": "2025-10-26T01:00:00Z" }],
            "slots": [
                { "number": 1, "kind": "REGISTRATION", "title": "Registration", "starts_at": "2025-10-25T09:00" },
                { "number": 2, "talk": "opening", "room": "hall", "starts_at": "2025-10-25T10:00" },
                {
                    "number": 3, "talk": "twice", "room": "hall", "starts_at": "2025-10-25T10:30",
                    "ends_at": "2025-10-25T11:00",
                },
                {
                    "number": 5, "kind": "SOCIAL", "title": "Party", "starts_at": "2025-10-25T20:00",
                    "is_open_ended": true, "place": { "name": "Bar" }, "sponsors": ["acme"],
                },
                {
                    "number": 6, "talk": "night", "room": "attic", "starts_at": "2025-10-26T02:30+02:00",
                    "ends_at": "2025-10-26T02:15+01:00",
                },
                {
                    "number": 7, "talk": "twice", "room": "attic", "starts_at": "2025-10-26T10:00",
                    "ends_at": "2025-10-26T10:20", "end_is_estimated": true,
                },
                {
                    "number": 8, "talk": "round", "room": "hall", "starts_at": "2025-10-26T11:00",
                    "ends_at": "2025-10-26T12:00",
                },
            ],
            "talks": [
                { "slug": "opening", "title": "Opening", "kind": "OPENING", "appearances": [{ "speaker": "crew" }] },
                {
                    "slug": "twice", "title": "Twice", "track": "ops", "tags": ["Größe", "scale"], "language": "de",
                    "former_slugs": ["once"],
                    "appearances": [
                        { "speaker": "ada", "companies": ["old-co", "acme"], "credited_as": "Ada A." },
                        { "speaker": "bob", "role": "MODERATOR" },
                    ],
                    "recordings": [{ "recording": "youtube:aaaaaaaaaaa", "start_seconds": 65, "end_seconds": 100 }],
                    "links": [
                        { "kind": "SLIDES", "url": "https://slides.example/1" },
                        { "kind": "ARTICLE", "title": "A recap", "author": "Bob" },
                    ],
                },
                {
                    "slug": "night", "title": "Night", "replaces": "taken-back",
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
                    "slug": "flash-b", "title": "B", "kind": "LIGHTNING_TALK", "block": "round",
                    "block_position": 2, "appearances": [{ "speaker": "bob" }],
                },
                {
                    "slug": "flash-a", "title": "A", "kind": "LIGHTNING_TALK", "block": "round",
                    "block_position": 1,
                    "recordings": [{ "recording": "youtube:bbbbbbbbbbb", "start_seconds": 300 }],
                },
                { "slug": "lost", "title": "Whose time is lost" },
            ],
            "recordings": [
                {
                    "key": "youtube:ccccccccccc", "kind": "LIVE_STREAM", "title": "Día uno",
                    "published_at": "2025-10-26T00:00:00Z",
                },
            ],
            "playlists": [
                {
                    "key": "youtube:PLxxxxxxxxxxxx", "title": "Everything",
                    "recordings": ["youtube:bbbbbbbbbbb", "youtube:aaaaaaaaaaa"],
                },
            ],
        }))]),
    );
    document.recordings = from(json!([{ "key": "other:film", "kind": "OTHER", "url": "https://film.example/" }]));
    document.playlists =
        from(json!([{ "key": "vimeo:7", "title": "Loose", "recordings": ["other:film", "youtube:aaaaaaaaaaa"] }]));
    document
}
