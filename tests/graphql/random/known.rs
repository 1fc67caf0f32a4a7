//! What a server knows of earlier reads, beside what a new server reads.

use serde_json::json;

use super::{
    PARTS_OF_EDITION,
    values::{SLUGS, World},
};
use crate::support::app::App;

/// Selections of a thing, by its kind. Each list shows less than all, so that other things can come into it.
const SELECTIONS: [(&str, &str); 14] = [
    ("Conference", "slug name updatedAt links { url } editions(first: 2) { totalCount nodes { name startsOn } }"),
    ("Edition", PARTS_OF_EDITION[0]),
    ("Edition", PARTS_OF_EDITION[1]),
    ("Edition", PARTS_OF_EDITION[3]),
    ("Edition", "talks(first: 2) { totalCount pageInfo { hasNextPage } nodes { title startsAt room { name } } }"),
    (
        "Edition",
        "talks(first: 2, orderBy: { field: TITLE }) { nodes { title track { name } } }
        speakers(first: 2) { totalCount nodes { name } }
        most: speakers(first: 2, orderBy: { field: TALK_COUNT, direction: DESC }) { nodes { name } }
        companies(first: 2) { totalCount nodes { name } }
        recordings(first: 2) { totalCount nodes { url } }",
    ),
    (
        "Talk",
        "slug title subtitle abstract status kind language tags aliases startsAt endsAt updatedAt revision
        room { name } track { name } edition { slug timezone } slots { number title startsAt room { name } }
        appearances { creditedAs speaker { name slug } companies { name } } speakers { name }",
    ),
    (
        "Talk",
        "block { title } blockPosition talks { title startsAt } replaces { slug } replacedBy { slug } links { url kind }
        recordings { startSeconds url recording { title publishedAt durationSeconds } }",
    ),
    ("Talk", "related { slug }"),
    (
        "Speaker",
        "slug name aliases biography links { url } involvements { role edition { name } } editions { slug }
        companies { name } appearances { creditedAs talk { title } companies { name } }",
    ),
    (
        "Speaker",
        "talks(first: 1) { totalCount nodes { title startsAt } }
        byTitle: talks(first: 1, orderBy: { field: TITLE }) { nodes { title } }
        byUpdate: talks(first: 1, orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { title updatedAt } }",
    ),
    (
        "Company",
        "slug name aliases successor { name } predecessors { name } sponsorships { edition { name } tier { name } }
        speakers(first: 1) { totalCount nodes { name } } talks(first: 1) { totalCount nodes { title startsAt } }
        links { url }",
    ),
    (
        "Recording",
        "title url durationSeconds publishedAt edition { name } playlists { title recordings { url } }
        talks { startSeconds talk { title startsAt } }",
    ),
    ("Recording", "revision"),
];

/// Selections of things that have no root of their own.
const NODES: [(&str, &str); 5] = [
    ("Slot", "title startsAt room { name } talk { title track { name } } edition { slug timezone } sponsors { name }"),
    ("Room", "name position edition { slug }"),
    ("Track", "name edition { slug }"),
    ("Playlist", "title recordings { url } edition { slug }"),
    ("Link", "url subject { ... on Talk { title } ... on Speaker { name } ... on Edition { name } }"),
];

/// Lists of the whole archive, which show few things each.
const LISTS: [&str; 16] = [
    "talks(first: 2) { totalCount pageInfo { hasNextPage } nodes { title startsAt } }",
    "talks(last: 2) { nodes { title startsAt edition { name } } }",
    "talks(first: 3, orderBy: { field: TITLE }) { nodes { title } }",
    "talks(first: 3, orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { title } }",
    "talks(first: 3, filter: { titleContains: \"a\" }) { totalCount nodes { title } }",
    "talks(first: 2, filter: { hasRecording: true }) { totalCount nodes { title } }",
    "talks(first: 2, filter: { hasSlides: false, year: [2025] }) { totalCount nodes { title } }",
    "talks(first: 2, filter: { status: [CANCELLED, WITHDRAWN] }) { totalCount nodes { title } }",
    "talks(first: 2, filter: { startsAtOrAfter: \"2025-10-25T10:00:00Z\" }) { totalCount nodes { title startsAt } }",
    "talks(first: 2, filter: { conference: [\"conf\"], language: [\"en\"] }) { totalCount nodes { title } }",
    "talks(first: 2, filter: { speaker: [\"ada\", \"bob\"] }) { totalCount nodes { title } }",
    "recordings(first: 2) { totalCount nodes { title publishedAt } }",
    "recordings(first: 2, filter: { hasTalk: true }, orderBy: { field: TITLE }) { totalCount nodes { title } }",
    "speakers(first: 2, orderBy: { field: TALK_COUNT, direction: DESC }) { totalCount nodes { name } }",
    "companies(first: 2, filter: { year: [2025] }) { totalCount nodes { name } }",
    "editions(first: 2, filter: { conference: [\"conf\", \"other\"] }) { totalCount nodes { name startsOn } }",
];

/// Filters by all that a search keeps of talks.
const FILTERS: [&str; 12] = [
    "year: [2025]",
    "conference: [\"other\"]",
    "edition: [\"conf-2025\"], status: [WITHDRAWN]",
    "speaker: [\"ada\"]",
    "company: [\"acme\"]",
    "kind: [TALK, LIGHTNING_TALK]",
    "room: [\"hall\"]",
    "track: [\"ops\"]",
    "tag: [\"scale\"]",
    "hasRecording: true",
    "hasSlides: true",
    "startsAtOrAfter: \"2025-10-25T10:00:00Z\", startsBefore: \"2025-10-26T10:00:00Z\"",
];

/// Asks both servers about things that were seen, about all or a tenth, and about all lists.
pub async fn check(app: &App, world: &mut World, all: bool) -> Result<(), String> {
    let new = app.another().await;
    let of_nodes = world.things().into_iter().filter_map(|(kind, id)| {
        let (_, selection) = NODES.iter().find(|(of, _)| *of == kind)?;
        Some(format!(r#"node(id: "{id}") {{ ... on {kind} {{ {selection} }} }}"#))
    });
    let of_things = world.things().into_iter().flat_map(|(kind, id)| {
        let selections = SELECTIONS.iter().filter(move |(of, _)| *of == kind);
        selections.map(move |(kind, selection)| format!(r#"{}(id: "{id}") {{ {selection} }}"#, kind.to_lowercase()))
    });
    let by_slugs = SLUGS.into_iter().flat_map(|slug| {
        let kinds = ["conference", "edition", "speaker", "company"].into_iter();
        let of_talk = format!(r#"talk(edition: "conf-2025", slug: "{slug}") {{ id title }}"#);
        kinds.map(move |kind| format!(r#"{kind}(slug: "{slug}") {{ id slug name }}"#)).chain([of_talk])
    });
    let mut queries: Vec<String> = of_things.chain(of_nodes).chain(by_slugs).collect();
    queries.retain(|_| all || world.chance.percent(10));
    queries.extend(LISTS.map(str::to_owned));
    for query in queries {
        let query = format!("{{ {query} }}");
        let (known, read) = (app.ask(&query, json!({})).await, new.ask(&query, json!({})).await);
        if known != read {
            return Err(format!("{query}\n{known:#}\na new server reads\n{read:#}"));
        }
    }
    for filter in FILTERS {
        let (listed, found) = app.listed_and_found(filter).await;
        if listed != found {
            return Err(format!("of {filter} there are\n{listed:?}\na search finds\n{found:?}"));
        }
    }
    Ok(())
}
