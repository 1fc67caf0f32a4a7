//! The archive that ships.

use std::{path::Path, time::Instant};

use test_attributes::on_both_databases;

use super::*;
use crate::format::native;

fn promcon() -> Document {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/promcon");
    native::read(&folder).unwrap_or_else(|problems| panic!("{problems}"))
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
