//! The archive that ships.

use std::{path::Path, time::Instant};

use test_attributes::on_both_databases;

use super::*;
use crate::format::native;

fn promcon() -> Document {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/promcon");
    native::read(&folder).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Checks that the talks and slots of so many editions are packed: an import unpacks some editions at a time, and leaves
/// the document as it was. Otherwise its memory would grow with the archive.
#[track_caller]
fn is_packed(document: &Document, count: usize) {
    let packed = document.editions.iter().filter(|edition| edition.talks.is_packed() && edition.slots.is_packed());
    assert_eq!(packed.count(), count);
}

#[on_both_databases]
#[tokio::test]
async fn an_import_leaves_the_editions_packed(backend: Backend) {
    let case = Case::on(backend).await;
    let mut document = promcon();
    let count = document.editions.len();
    is_packed(&document, count);
    case.apply(&document).await;
    is_packed(&document, count);
    document.editions[1].talks[0].title = "Another title".to_owned();
    case.apply(&document).await;
    is_packed(&document, count - 1);
    document.exported = export::document(&case.database, Some(&[])).await.unwrap().exported;
    document.editions[2].talks[0].title = "Another title".to_owned();
    case.apply(&document).await;
    is_packed(&document, count - 2);
}

#[on_both_databases]
#[tokio::test]
async fn it_is_stored_as_it_is_written(backend: Backend) {
    let case = Case::on(backend).await;
    let document = promcon();
    let begun = Instant::now();
    let report = case.archive.apply(&document, false).await.unwrap();
    println!("{}first load: {:?}, {} statements", report, begun.elapsed(), case.statements.load(Ordering::SeqCst));
    case.check().await;
    let totals = [
        ("SELECT COUNT(*) FROM talk WHERE status <> 'WITHDRAWN'", 231),
        ("SELECT COUNT(*) FROM talk WHERE status = 'WITHDRAWN'", 6),
        ("SELECT COUNT(*) FROM recording", 178),
        ("SELECT COUNT(*) FROM recording WHERE kind = 'TALK'", 165),
        ("SELECT COUNT(*) FROM recording WHERE kind = 'LIVE_STREAM'", 9),
        (
            "SELECT COUNT(DISTINCT speaker_id) FROM appearance JOIN talk ON talk.id = talk_id \
             WHERE status <> 'WITHDRAWN'",
            150,
        ),
        (
            "SELECT COUNT(*) FROM talk JOIN edition ON edition.id = edition_id \
             WHERE edition.slug = 'promcon-2016-berlin' AND kind = 'TALK' AND talk.status <> 'WITHDRAWN'",
            18,
        ),
        (
            "SELECT COUNT(*) FROM sponsorship JOIN edition ON edition.id = edition_id \
             WHERE edition.slug = 'promcon-2016-berlin'",
            12,
        ),
    ];
    for (sql, count) in totals {
        assert_eq!(case.count(sql).await, count, "{sql}");
    }
    let begun = Instant::now();
    case.apply_again(&document).await;
    println!("second load: {:?}", begun.elapsed());
    is_packed(&document, document.editions.len());
    let begun = Instant::now();
    let exported = case.export().await;
    println!("export: {:?}", begun.elapsed());
    assert_eq!(exported, document);
    let one = export::document(&case.database, Some(&["promcon-2017-munich".to_owned()])).await.unwrap();
    assert_eq!(
        one.editions[0],
        *document.editions.iter().find(|edition| edition.slug.as_str() == "promcon-2017-munich").unwrap()
    );
    case.apply_again(&one).await;
}
