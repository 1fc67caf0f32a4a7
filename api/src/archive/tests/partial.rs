//! Documents of a part: what they name may be in the archive.

use test_attributes::on_both_databases;

use super::*;

/// A document of one edition and nothing else.
fn alone(edition: Value) -> Document {
    let mut document = only(edition);
    document.conferences.clear();
    document
}

fn edition_2026(more: Value) -> Value {
    let mut edition =
        json!({ "slug": "conf-2026", "conference": "conf", "name": "Conf 2026", "year": 2026, "timezone": "UTC" });
    edition.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    edition
}

#[on_both_databases]
#[tokio::test]
async fn names_lead_to_what_is_stored_former_ones_too(backend: Backend) {
    let case = Case::on(backend).await;
    case.apply(&weekend()).await;
    let new = alone(edition_2026(json!({
        "replaces": "conf-25",
        "sponsors": [{ "company": "old-co" }],
        "talks": [{ "slug": "talk", "title": "T", "appearances": [{ "speaker": "ada-a", "companies": ["acme"] }],
            "recordings": [{ "recording": "youtube:aaaaaaaaaaa" }, { "recording": "other:film" }] }],
    })));
    let report = case.apply(&new).await;
    assert_eq!(report.created, [("Edition".to_owned(), 1), ("Talk".to_owned(), 1)].into());
    case.apply_again(&new).await;

    // The recording is named by the talks of two editions, so that its own edition lists it now.
    let exported = case.export().await;
    assert_eq!(exported.editions[0].recordings.len(), 2);
    case.apply_again(&exported).await;
    case.apply_again(&weekend()).await;
}

#[on_both_databases]
#[tokio::test]
async fn what_is_named_must_be_there(backend: Backend) {
    let case = Case::on(backend).await;
    let refusal = case
        .refusal(&alone(edition_2026(json!({
            "replaces": "no-edition", "sponsors": [{ "company": "no-company" }],
            "involvements": [{ "person": "no-person", "role": "HOST" }],
            "slots": [
                {
                    "number": 1, "talk": "no-talk", "room": "no-room", "starts_at": "2026-01-01T10:00",
                    "sponsors": ["no-sponsor"],
                },
            ],
            "talks": [
                {
                    "slug": "t", "title": "T", "track": "no-track", "block": "no-block",
                    "appearances": [{ "speaker": "no-speaker" }],
                },
            ],
            "playlists": [{ "key": "vimeo:1", "title": "P", "recordings": ["vimeo:2"] }],
        }))))
        .await;
    for what in [
        "conference conf",
        "edition no-edition",
        "company no-company",
        "speaker no-person",
        "talk no-talk",
        "room no-room",
        "company no-sponsor",
        "track no-track",
        "talk no-block",
        "speaker no-speaker",
        "recording vimeo:2",
    ] {
        assert!(refusal.contains(&format!("there is no {what}")), "{what}: {refusal}");
    }
    assert_eq!(case.revision().await, 0);
}

#[on_both_databases]
#[tokio::test]
async fn one_edition_goes_out_with_all_it_names_and_comes_in_again(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    document.companies.push(from(json!({ "slug": "unrelated", "name": "Unrelated" })));
    document.editions.push(from(edition_2026(json!({
        "replaces": "conf-2025",
        "talks": [{ "slug": "talk", "title": "T", "appearances": [{ "speaker": "bob", "companies": ["old-co"] }],
            "recordings": [{ "recording": "youtube:aaaaaaaaaaa" }, { "recording": "other:film" }] }],
    }))));
    document.editions[0].recordings.push(from(json!({ "key": "youtube:aaaaaaaaaaa" })));
    document.sort();
    case.apply(&document).await;
    let part = export::document(&case.database, Some(&["conf-2026".to_owned()])).await.unwrap();
    assert_eq!(part.editions, [document.editions[1].clone()]);
    assert_eq!(part.speakers, [document.speakers[1].clone()]);

    // The company, and what it became.
    assert_eq!(part.companies, document.companies[..2]);
    assert_eq!((&part.conferences, &part.recordings), (&document.conferences, &document.recordings));
    assert!(part.playlists.is_empty());
    case.apply_again(&part).await;
    let former = export::document(&case.database, Some(&["conf-25".to_owned()])).await.unwrap();
    assert_eq!(former.editions[0].slug.as_str(), "conf-2025");
    case.apply_again(&former).await;
    let error = export::document(&case.database, Some(&["nowhere".to_owned()])).await.unwrap_err();
    assert_eq!(error.to_string(), "editions: there is no nowhere");
    assert_eq!(case.export().await, document);
}

#[on_both_databases]
#[tokio::test]
async fn a_recording_that_others_use_outlives_its_edition(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    document.editions.push(from(edition_2026(json!({
        "talks": [{ "slug": "talk", "title": "T", "recordings": [{ "recording": "youtube:ccccccccccc" }] }],
    }))));
    case.apply(&document).await;
    let first = case.revision().await;
    let mut one = weekend();
    one.playlists.clear();
    one.editions[0].recordings.clear();
    one.editions[0].playlists.clear();
    one.editions[0].talks.iter_mut().for_each(|talk| talk.recordings.clear());
    case.apply(&one).await;

    // One is named by another edition's talk, one by a playlist of no edition, and one by nobody.
    let changes = case.changes(first).await;
    let count = |what: &str| changes.iter().filter(|row| row.starts_with(what)).count();
    assert_eq!((count("UPDATED Recording [\"edition\"]"), count("DELETED Recording")), (2, 1), "{changes:?}");
    assert_eq!(case.count("SELECT COUNT(*) FROM recording WHERE edition_id IS NULL").await, 3);
    let last = case.revision().await;
    for slug in ["conf-2025", "conf-2026"] {
        assert_eq!(case.edition(slug).await.content_revision, last, "{slug}");
    }
    case.apply_again(&one).await;
    let exported = case.export().await;
    assert_eq!(exported.recordings.len(), 3);
    case.apply_again(&exported).await;
}

#[on_both_databases]
#[tokio::test]
async fn a_recording_moves_to_the_edition_that_lists_it(backend: Backend) {
    let case = Case::on(backend).await;
    case.apply(&weekend()).await;
    let listed = edition_2026(json!({ "recordings": [{ "key": "youtube:ccccccccccc", "title": "Moved" }] }));
    let first = case.revision().await;
    case.apply(&alone(listed)).await;
    assert_eq!(case.changes(first).await[1..], ["UPDATED Recording [\"edition\",\"kind\",\"title\",\"publishedAt\"]"]);
    assert_eq!(case.edition("conf-2025").await.content_revision, first + 2);
}

#[on_both_databases]
#[tokio::test]
async fn a_recording_that_only_a_talk_names_is_of_the_first_edition_that_does(backend: Backend) {
    let case = Case::on(backend).await;
    let talks = json!([{ "slug": "talk", "title": "T", "recordings": [{ "recording": "vimeo:1" }] }]);
    let mut document = only(edition_2026(json!({ "talks": talks })));
    document.editions.push(from(october(json!({ "talks": talks }))));
    case.apply(&document).await;
    let exported = case.export().await;
    assert_eq!((exported.editions[0].slug.as_str(), exported.editions[0].recordings.len()), ("conf-2025", 1));
    case.apply_again(&exported).await;
    case.apply_again(&document).await;
}
