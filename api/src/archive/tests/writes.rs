//! Writes: one after the other, each as a whole or not at all.

use test_attributes::on_both_databases;

use super::*;
use crate::progress::{Progress, Stage};

fn person(n: usize, name: &str) -> Document {
    Document { speakers: from(json!([{ "slug": format!("speaker-{n}"), "name": name }])), ..Document::default() }
}

#[on_both_databases]
#[tokio::test]
async fn a_dry_run_keeps_nothing(backend: Backend) {
    let case = Case::on(backend).await;
    let report = case.archive.apply(&weekend(), true).await.unwrap();
    assert_eq!((report.dry_run, report.revision, report.created["Talk"]), (true, None, 8));
    assert!(report.to_string().ends_with("a dry run: nothing was written\n"), "{report}");
    assert_eq!(
        (case.revision().await, case.log(0).await.len(), case.count("SELECT COUNT(*) FROM talk").await),
        (0, 0, 0)
    );
    case.archive.ensure().await.unwrap();
    case.archive.ensure().await.unwrap();
    assert_eq!(case.count("SELECT COUNT(*) FROM archive_state").await, 1);
}

#[on_both_databases]
#[tokio::test]
async fn a_write_counts_what_it_has_done(backend: Backend) {
    let case = Case::on(backend).await;
    let progress = Arc::<Progress>::default();
    let archive = case.archive.clone().counting(progress.clone());
    archive.apply(&person(1, "A"), false).await.unwrap();
    archive.apply(&weekend(), false).await.unwrap();
    let logged = case.log(1).await.len();
    assert_eq!(progress.present(), Some((Stage { what: "changes logged", of: logged }, logged)));
}

#[on_both_databases]
#[tokio::test]
async fn time_is_in_whole_seconds_and_never_goes_back(backend: Backend) {
    let case = Case::on(backend).await;
    case.set_clock("2026-05-01T10:00:00.789Z");
    case.apply(&person(1, "A")).await;
    case.set_clock("2026-04-01T10:00:00Z");
    case.apply(&person(1, "B")).await;
    case.set_clock("2026-06-01T10:00:00Z");
    case.apply(&person(1, "C")).await;
    let times: Vec<_> = case.log(0).await.into_iter().map(|row| row.at).collect();
    assert_eq!(times, ["2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z", "2026-06-01T10:00:00Z"].map(time));
}

#[on_both_databases]
#[tokio::test]
async fn writers_take_turns(backend: Backend) {
    let case = Case::on(backend).await;
    let writers = (0..8).map(|writer| {
        let archive = case.archive.clone();
        tokio::spawn(async move {
            for n in 0..10 {
                archive.apply(&person(n, &format!("Name {writer}")), false).await.unwrap();
                if n % 3 == writer % 3 {
                    archive.apply(&person(n, "Nobody"), true).await.unwrap();
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    case.check().await;
    assert!(case.revision().await >= 10);
}

#[on_both_databases]
#[tokio::test]
async fn a_write_that_is_given_up_leaves_nothing_and_lets_others_in(backend: Backend) {
    let case = Case::on(backend).await;
    for patience in [0, 1, 2, 5, 10, 20] {
        let document = weekend();
        let write = case.archive.apply(&document, false);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(patience), write).await;
    }
    case.apply(&person(1, "A")).await;
    case.apply(&weekend()).await;
}

#[on_both_databases]
#[tokio::test]
async fn a_large_edition_takes_few_statements(backend: Backend) {
    let case = Case::on(backend).await;
    let talks = 1400;
    let edition = october(json!({
        "talks": (0..talks).map(|n| json!({
            "slug": format!("talk-{n}"), "title": format!("Talk {n}"), "tags": ["a", "b"],
            "appearances": [{ "speaker": format!("speaker-{n}"), "companies": ["acme"] }],
            "recordings": [{ "recording": format!("vimeo:{n}") }],
            "links": [{ "kind": "SLIDES", "url": format!("https://x.example/{n}") }],
        })).collect::<Vec<_>>(),
        "slots": (0..talks).map(|n| json!({
            "number": n + 1, "talk": format!("talk-{n}"),
            "starts_at": format!("2025-10-25T{:02}:{:02}", n / 60, n % 60),
        })).collect::<Vec<_>>(),
    }));
    let people =
        (0..talks).map(|n| json!({ "slug": format!("speaker-{n}"), "name": format!("S {n}") })).collect::<Vec<_>>();
    let mut document = document(json!([{ "slug": "acme", "name": "ACME" }]), json!(people), json!([edition]));
    let begun = case.statements.load(Ordering::SeqCst);
    case.archive.apply(&document, false).await.unwrap();
    let written = case.statements.load(Ordering::SeqCst);
    case.archive.apply(&document, false).await.unwrap();
    let read = case.statements.load(Ordering::SeqCst);
    document.editions[0].talks.iter_mut().for_each(|talk| talk.title.push('!'));
    case.archive.apply(&document, false).await.unwrap();
    let updated = case.statements.load(Ordering::SeqCst);
    let statements = [written - begun, read - written, updated - read];
    println!("statements: {statements:?}");
    // SQLite is sent fewer rows at once.
    let most = if matches!(backend, Backend::Sqlite) { [800, 40, 150] } else { [200, 40, 100] };
    assert!(statements.iter().zip(most).all(|(sent, most)| *sent < most), "{statements:?}");
    case.check().await;
}

/// A write can be awaited where futures must be `Send`.
#[expect(dead_code, reason = "that it compiles is the test")]
fn sendable<'a>(archive: &'a Archive, document: &'a Document) -> impl Send {
    (archive.apply(document, false), archive.ensure())
}
