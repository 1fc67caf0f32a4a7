//! What is in the log.

use test_attributes::on_both_databases;

use super::*;
use crate::database::commits::Mark;

#[on_both_databases]
#[tokio::test]
async fn a_first_write_logs_everything_once(backend: Backend) {
    let case = Case::on(backend).await;
    let document = weekend();
    let report = case.apply(&document).await;
    let log = case.log(0).await;
    assert_eq!(report.revision, Some(case.revision().await));
    assert_eq!(log.len(), 1 + 2 + 3 + 1 + 2 + 1 + 4 + 8 + 7 + 2 + 4);
    assert_eq!(report.created.values().sum::<usize>(), log.len());
    assert!(log.iter().all(|row| row.operation == "CREATED" && row.before.is_none() && row.fields == json!([])));
    assert!(log.iter().all(|row| row.at == time("2026-01-01T00:00:00Z")));
    let talk = log.iter().find(|row| row.after.as_ref().unwrap()["slug"] == "twice").unwrap();
    let edition = case.edition("conf-2025").await;
    assert_eq!((talk.kind.as_str(), talk.edition_id), ("Talk", Some(edition.id)));
    let after = talk.after.as_ref().unwrap();
    assert_eq!(after["tags"], json!(["Größe", "scale"]));
    assert_eq!(after["formerSlugs"], json!(["once"]));
    assert_eq!(after["appearances"][0]["creditedAs"], "Ada A.");
    assert_eq!(after["appearances"][0]["companies"].as_array().unwrap().len(), 2);
    assert_eq!(after["recordings"][0]["startSeconds"], 65);
    assert_eq!(after["edition"], json!(edition.id));
    assert!(after.get("titleKey").is_none() && after.get("revision").is_none() && after.get("startsAt").is_none());
    let link = log.iter().find(|row| row.kind == "Link" && row.after.as_ref().unwrap()["kind"] == "SLIDES").unwrap();
    assert_eq!(link.edition_id, Some(edition.id));
    let film = log.iter().find(|row| row.kind == "Recording" && row.edition_id.is_none()).unwrap();
    assert_eq!(film.after.as_ref().unwrap()["externalId"], "film");
    assert_eq!(edition.content_revision, log.len() as i64);
    assert_eq!(case.talk("twice").await.revision, talk.revision);
}

#[on_both_databases]
#[tokio::test]
async fn a_second_write_takes_no_revision_and_a_constant_number_of_statements(backend: Backend) {
    let case = Case::on(backend).await;
    let document = weekend();
    case.apply(&document).await;
    let before = case.statements.load(Ordering::SeqCst);
    case.apply_again(&document).await;
    assert!(case.statements.load(Ordering::SeqCst) - before < 45);
    let exported = case.export().await;
    assert_eq!(exported, document);
    case.apply_again(&exported).await;
    case.apply_again(&Document::default()).await;
}

#[on_both_databases]
#[tokio::test]
async fn an_update_logs_its_fields_before_and_after(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    let first = case.apply(&document).await.revision.unwrap();
    case.set_clock("2026-02-01T00:00:00Z");
    let talk = document.editions[0].talks.iter_mut().find(|talk| talk.slug.as_str() == "twice").unwrap();
    talk.title = "Three times".to_owned();
    talk.track = None;
    talk.tags = vec!["scale".to_owned()];
    talk.appearances.swap(0, 1);
    assert_eq!(
        case.apply(&document).await.to_string(),
        format!("updated: 1 Talk\nthe archive is at revision {}\n", first + 1)
    );
    let log = case.log(first).await;
    let [row] = log.as_slice() else { panic!("{log:?}") };
    assert_eq!(row.fields, json!(["title", "track", "appearances", "tags"]));
    assert_eq!(row.before.as_ref().unwrap()["title"], "Twice");
    assert_eq!(row.after.as_ref().unwrap()["title"], "Three times");
    assert_eq!(row.after.as_ref().unwrap()["track"], Value::Null);
    assert_eq!(row.before.as_ref().unwrap()["tags"], json!(["Größe", "scale"]));
    assert_eq!(row.after.as_ref().unwrap()["appearances"][1]["companies"].as_array().unwrap().len(), 2);
    assert_eq!(row.after.as_ref().unwrap().as_object().unwrap().len(), 4);
    let talk = case.talk("twice").await;
    assert_eq!((talk.revision, talk.updated_at), (first + 1, time("2026-02-01T00:00:00Z")));
    assert_eq!((talk.title_key.as_str(), talk.starts_at), ("three times", Some(time("2025-10-25T08:30:00Z"))));
    let edition = case.edition("conf-2025").await;
    assert_eq!((edition.content_revision, edition.content_updated_at), (first + 1, time("2026-02-01T00:00:00Z")));
    assert!(edition.revision <= first);
    assert_eq!(case.export().await, document);
}

#[on_both_databases]
#[tokio::test]
async fn changes_of_parts_are_logged_for_their_owners(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    let first = case.apply(&document).await.revision.unwrap();
    let edition = &mut document.editions[0];
    edition.sponsor_tiers.swap(0, 1);
    edition.involvements.remove(0);
    edition.slots.iter_mut().find(|slot| slot.number == 5).unwrap().sponsors.clear();
    edition.playlists[0].recordings.reverse();
    document.companies[0].aliases.clear();
    case.apply(&document).await;
    let expected = [
        "UPDATED Company [\"aliases\"]",
        "UPDATED Edition [\"involvements\",\"sponsorTiers\",\"sponsorships\"]",
        "UPDATED Slot [\"sponsors\"]",
        "UPDATED Playlist [\"recordings\"]",
    ];
    assert_eq!(case.changes(first).await, expected);
    let log = case.log(first).await;
    assert_eq!(
        (&log[2].before.as_ref().unwrap()["sponsors"].as_array().unwrap().len(), &log[2].after),
        (&1, &Some(json!({ "sponsors": [] })))
    );
    assert_eq!(case.export().await, document);
    case.apply_again(&document).await;
}

#[on_both_databases]
#[tokio::test]
async fn a_deletion_logs_the_whole_of_what_was_deleted(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    let first = case.apply(&document).await.revision.unwrap();
    let edition = &mut document.editions[0];
    edition.talks.retain(|talk| talk.slug.as_str() != "twice");
    edition.slots.retain(|slot| slot.talk.as_ref().is_none_or(|talk| talk.as_str() != "twice"));
    edition.rooms.remove(0);
    edition.slots.iter_mut().for_each(|slot| slot.room = slot.room.take().filter(|room| room.as_str() != "hall"));
    edition.tracks.clear();
    edition.playlists.clear();
    document.playlists[0].recordings.remove(1);
    case.apply(&document).await;
    let mut changes = case.changes(first).await;
    assert_eq!(changes.pop().unwrap(), "DELETED Room []");
    let count = |what: &str| changes.iter().filter(|row| row.starts_with(what)).count();

    // The attic is the first room now; the opening and the round lost theirs.
    assert_eq!((count("UPDATED Room [\"position\"]"), count("UPDATED Slot"), count("UPDATED Playlist")), (1, 2, 1));
    let deletions = [
        count("DELETED Talk"),
        count("DELETED Slot"),
        count("DELETED Link"),
        count("DELETED Track"),
        count("DELETED Playlist"),
    ];
    assert_eq!(deletions, [1, 2, 2, 1, 1]);
    assert_eq!(count("DELETED Recording"), 1);
    let log = case.log(first).await;
    let row = log.iter().find(|row| row.kind == "Talk").unwrap();
    assert_eq!((row.before.as_ref().unwrap()["title"].as_str(), &row.after), (Some("Twice"), &None));
    assert_eq!(row.before.as_ref().unwrap()["tags"], json!(["Größe", "scale"]));
    assert_eq!(case.export().await, document);
    case.apply_again(&document).await;
}

#[on_both_databases]
#[tokio::test]
async fn people_and_companies_stay_when_a_document_lacks_them(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    case.apply(&document).await;
    document.speakers.clear();
    document.companies.clear();
    document.conferences.clear();
    case.apply_again(&document).await;
    assert_eq!(case.count("SELECT COUNT(*) FROM speaker").await, 3);
}

#[on_both_databases]
#[tokio::test]
async fn a_changed_person_renews_all_their_editions(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = weekend();
    document.editions.push(from(json!({
        "slug": "conf-2026", "conference": "conf", "name": "Conf 2026", "year": 2026, "timezone": "UTC",
        "sponsors": [{ "company": "acme" }],
    })));
    document.editions.push(from(json!({
        "slug": "conf-2027", "conference": "conf", "name": "Conf 2027", "year": 2027, "timezone": "UTC",
        "involvements": [{ "person": "bob", "role": "HOST" }],
    })));
    let first = case.apply(&document).await.revision.unwrap();
    let revisions = async || {
        let mut all = Vec::new();
        for slug in ["conf-2025", "conf-2026", "conf-2027"] {
            all.push(case.edition(slug).await.content_revision - first);
        }
        all
    };
    let editions = std::mem::take(&mut document.editions);
    document.companies[0].name = "ACME Inc".to_owned();
    case.apply(&document).await;
    assert_eq!(revisions().await, [1, 1, 0]);
    document.speakers[1].name = "Robert".to_owned();
    case.apply(&document).await;
    assert_eq!(revisions().await, [2, 1, 2]);
    document.companies[0].links.clear();
    case.apply(&document).await;
    assert_eq!(case.changes(first + 2).await, ["DELETED Link []"]);
    assert_eq!(revisions().await, [3, 3, 2]);
    document.conferences[0].name = "The Conf".to_owned();
    case.apply(&document).await;
    assert_eq!(revisions().await, [4, 4, 4]);
    document.editions = editions;
    case.apply_again(&document).await;
}

/// Why a write is refused may be what another server wrote. The server shows nothing older after that, though
/// PostgreSQL's notification comes later.
#[on_both_databases]
#[tokio::test]
async fn a_write_that_changes_nothing_knows_of_those_before_it(backend: Backend) {
    let case = Case::on(backend).await;
    let server = Archive::new(case.database.clone(), case.archive.clock.clone());
    let commits = server.commits();
    commits.begin(&case.database);
    commits.listening(true);
    let before = commits.mark();
    let revision = case.apply(&weekend()).await.revision.unwrap();
    server.apply(&weekend(), true).await.unwrap();
    let after = commits.mark();
    assert_ne!(after, before);
    if let Backend::Postgres = backend {
        assert_eq!(after, Some(Mark::Revision { replaced: 0, last: revision }));
    }
}
