//! Times, and what follows from slots.

use test_attributes::on_both_databases;

use super::*;

fn sorted(mut document: Document) -> Document {
    document.sort();
    document
}

#[on_both_databases]
#[tokio::test]
async fn talks_have_the_time_of_their_first_slot_or_of_their_blocks(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    case.apply(&document).await;
    let hall = case.slot(8).await.room_id;
    let twice = case.talk("twice").await;
    assert_eq!(
        (twice.starts_at, twice.ends_at, twice.room_id),
        (Some(time("2025-10-25T08:30:00Z")), Some(time("2025-10-25T09:00:00Z")), hall)
    );
    for slug in ["round", "flash-a", "flash-b"] {
        let talk = case.talk(slug).await;
        assert_eq!(
            (talk.starts_at, talk.ends_at, talk.room_id),
            (Some(time("2025-10-26T10:00:00Z")), Some(time("2025-10-26T11:00:00Z")), hall)
        );
    }
    for slug in ["lost", "taken-back"] {
        assert_eq!(case.talk(slug).await.starts_at, None);
    }

    // A moved slot is a change of the slot alone.
    let first = case.revision().await;
    let moved = document.editions[0].slots.iter_mut().find(|slot| slot.number == 8).unwrap();
    (moved.starts_at, moved.ends_at, moved.room) =
        ("2025-10-27T09:00".parse().unwrap(), Some("2025-10-27T10:00".parse().unwrap()), None);
    case.apply(&document).await;
    assert_eq!(case.changes(first).await, ["UPDATED Slot [\"startsAt\",\"endsAt\",\"room\"]"]);
    let log = case.log(first).await;
    let edition = case.edition("conf-2025").await;
    assert_eq!(
        log[0].before,
        Some(json!({ "startsAt": "2025-10-26T10:00:00Z", "endsAt": "2025-10-26T11:00:00Z", "room": hall }))
    );
    assert_eq!((log[0].edition_id, edition.content_revision), (Some(edition.id), first + 1));
    let flash = case.talk("flash-a").await;
    assert_eq!((flash.starts_at, flash.room_id), (Some(time("2025-10-27T08:00:00Z")), None));
    assert!(flash.revision <= first);

    // Given to another talk, both know.
    let slot = document.editions[0].slots.iter_mut().find(|slot| slot.number == 8).unwrap();
    slot.talk = Some("lost".parse().unwrap());
    case.apply(&document).await;
    assert_eq!(case.talk("flash-b").await.starts_at, None);
    assert_eq!(case.talk("lost").await.starts_at, Some(time("2025-10-27T08:00:00Z")));
}

#[on_both_databases]
#[tokio::test]
async fn withdrawn_talks_do_not_count(backend: Backend) {
    let case = Case::on(backend).await;
    let counts = async || {
        let speakers = case.count("SELECT CAST(SUM(talk_count) AS bigint) FROM speaker").await;
        (speakers, case.count("SELECT CAST(SUM(talk_count) AS bigint) FROM company").await)
    };
    let mut document = weekend();
    case.apply(&document).await;

    // Crew 1, Ada 1, Bob 3; Old Co 1, ACME 2.
    assert_eq!(counts().await, (5, 3));
    document.editions[0].talks.iter_mut().for_each(|talk| talk.status = crate::vocabulary::TalkStatus::Confirmed);
    case.apply(&document).await;
    assert_eq!(counts().await, (6, 4));
    document.editions[0].talks.retain(|talk| talk.slug.as_str() != "flash-b");
    document.editions[0]
        .talks
        .iter_mut()
        .for_each(|talk| talk.appearances.iter_mut().for_each(|one| one.companies.clear()));
    case.apply(&document).await;
    assert_eq!(counts().await, (5, 0));
}

#[on_both_databases]
#[tokio::test]
async fn clocks_are_put_back(backend: Backend) {
    let case = Case::on(backend).await;
    case.apply(&weekend()).await;
    let night = case.slot(6).await;
    assert_eq!((night.starts_at, night.ends_at), (time("2025-10-26T00:30:00Z"), time("2025-10-26T01:15:00Z")));
    let edition = case.edition("conf-2025").await;
    assert_eq!(
        (edition.begins_at, edition.finishes_at),
        (Some(time("2025-10-25T03:00:00Z")), Some(time("2025-10-28T04:00:00Z")))
    );
    let refusal = case
        .refusal(&only(october(json!({ "slots": [
        { "number": 1, "kind": "OTHER", "title": "Twice", "starts_at": "2025-10-26T02:30" },
    ] }))))
        .await;
    assert!(refusal.contains("slot 1: 2025-10-26T02:30 is there twice in Europe/Berlin"), "{refusal}");
}

#[on_both_databases]
#[tokio::test]
async fn a_day_may_begin_where_the_clocks_were_put_forward(backend: Backend) {
    let case = Case::on(backend).await;
    let samoa = json!({
        "slug": "conf-2011", "conference": "conf", "name": "Conf 2011", "year": 2011, "timezone": "Pacific/Apia",
        "starts_on": "2011-12-29", "ends_on": "2011-12-29",
    });
    case.apply(&only(samoa)).await;
    let edition = case.edition("conf-2011").await;

    // There was no 30 December.
    assert_eq!(
        (edition.begins_at, edition.finishes_at),
        (Some(time("2011-12-29T15:00:00Z")), Some(time("2011-12-30T10:00:00Z")))
    );
}

#[on_both_databases]
#[tokio::test]
async fn missing_ends_are_estimated(backend: Backend) {
    let case = Case::on(backend).await;
    let document = only(october(json!({
        "rooms": [{ "slug": "hall", "name": "Hall" }, { "slug": "attic", "name": "Attic" }],
        "slots": [
            {
                "number": 1, "kind": "BREAK", "title": "Until the next in the hall", "room": "hall",
                "starts_at": "2025-10-25T09:00",
            },
            {
                "number": 2, "kind": "BREAK", "title": "Nothing follows in the attic, so until the tea for all",
                "room": "attic", "starts_at": "2025-10-25T09:05",
            },
            { "number": 3, "kind": "BREAK", "title": "Until the tea", "room": "hall", "starts_at": "2025-10-25T10:00" },
            { "number": 9, "kind": "BREAK", "title": "Tea for all, until the attic", "starts_at": "2025-10-25T11:00" },
            {
                "number": 10, "kind": "OTHER", "title": "Until the evening", "room": "attic",
                "starts_at": "2025-10-25T11:20",
            },
            { "number": 4, "kind": "SOCIAL", "title": "Until the walk", "starts_at": "2025-10-25T20:00" },
            {
                "number": 5, "kind": "SOCIAL", "title": "A walk", "place": { "name": "Park" },
                "starts_at": "2025-10-26T01:00",
            },
            {
                "number": 6, "kind": "OTHER", "title": "The next day", "starts_at": "2025-10-26T05:00",
                "ends_at": "2025-10-26T05:10",
            },
            {
                "number": 7, "kind": "OTHER", "title": "Told roughly", "starts_at": "2025-10-26T06:00",
                "ends_at": "2025-10-26T06:17", "end_is_estimated": true,
            },
            { "number": 8, "kind": "OTHER", "title": "At once with 7", "starts_at": "2025-10-26T06:00" },
        ],
    })));
    case.apply(&document).await;
    let mut ends = Vec::new();
    for number in 1..=10 {
        let slot = case.slot(number).await;
        ends.push(format!("{} {}", slot.ends_at.format("%d %H:%M"), slot.end_is_estimated));
    }
    let expected = [
        "25 08:00 true",
        "25 09:00 true",
        "25 09:00 true",
        "25 23:00 true",
        "26 03:00 true",
        "26 04:10 false",
        "26 05:17 true",
        "26 05:30 true",
        "25 09:20 true",
        "25 18:00 true",
    ];
    assert_eq!(ends, expected);
    assert_eq!(case.export().await, sorted(document.clone()));

    // What follows moves the end.
    let mut document = document;
    document.editions[0].slots.retain(|slot| slot.number != 3);
    let first = case.revision().await;
    case.apply(&document).await;
    assert_eq!(case.changes(first).await, ["UPDATED Slot [\"endsAt\"]", "DELETED Slot []"]);
}

#[on_both_databases]
#[tokio::test]
async fn what_is_impossible_is_refused(backend: Backend) {
    let case = Case::on(backend).await;
    let slot = |slot: Value| only(october(json!({ "talks": [{ "slug": "t", "title": "T" }], "slots": [slot] })));
    let at = "2025-10-25T10:00";
    for (document, words) in [
        (slot(json!({ "number": 1, "starts_at": at, "ends_at": at, "talk": "t" })), "slot 1 ends before it starts"),
        (slot(json!({ "number": 1, "starts_at": at })), "slot 1: it has either a talk, or a title"),
        (
            slot(json!({ "number": 1, "starts_at": at, "talk": "t", "title": "T" })),
            "slot 1: it has either a talk, or a title",
        ),
        (slot(json!({ "number": 0, "starts_at": at, "talk": "t" })), "a value is out of bounds"),
        (only(october(json!({ "ends_on": "2025-10-01" }))), "starts_on and ends_on"),
        (
            only(october(json!({ "recordings": [{ "key": "other:x" }] }))),
            "recording other:x: its provider has no one address",
        ),
        (
            only(october(json!({ "talks": [{ "slug": "t", "title": "T", "tags": ["X", "x"] }] }))),
            "something else has that already",
        ),
        (
            only(october(json!({
                "talks": [{ "slug": "t", "title": "T", "status": "WITHDRAWN" }],
                "slots": [{ "number": 1, "starts_at": at, "talk": "t" }],
            }))),
            "slot 1: the talk t is withdrawn, and so has no slot",
        ),
        (
            only(october(
                json!({ "talks": [{ "slug": "a", "title": "A" }, { "slug": "b", "title": "B", "block": "a" }] }),
            )),
            "talk b: a is no block of kind LIGHTNING_BLOCK",
        ),
    ] {
        let refusal = case.refusal(&document).await;
        assert!(refusal.contains(words), "{words}: {refusal}");
    }
}

#[on_both_databases]
#[tokio::test]
async fn the_year_of_an_edition_is_its_talks(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    case.apply(&document).await;
    document.editions[0].year = 2024;
    let first = case.revision().await;
    case.apply(&document).await;
    assert_eq!(case.changes(first).await, ["UPDATED Edition [\"year\"]"]);
    case.apply_again(&document).await;
}
