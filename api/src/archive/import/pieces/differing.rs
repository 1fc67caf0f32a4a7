//! The editions of a document that the archive has otherwise. An import of an archive that was edited a little is about
//! these alone.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{ids, pieces};
use crate::{
    archive::{
        import::{
            desired,
            identified::{DocumentPart, Identified},
        },
        log::comparison::{Revisions, difference},
        store::rows::Rows,
    },
    error::Result,
    format::document::Document,
    progress::Progress,
};

/// Some editions, and the rows that are stored of them.
struct StoredPiece {
    editions: HashSet<Uuid>,
    rows: Rows,
}

impl StoredPiece {
    async fn load(
        identified: &Identified<'_>,
        editions: HashSet<Uuid>,
        database: &impl ConnectionTrait,
    ) -> Result<Self> {
        let part = DocumentPart { has_others: false, editions: Some(&editions) };
        let rows = Rows::load(database, Some(&identified.scope(part))).await?;
        Ok(Self { editions, rows })
    }

    /// The editions in which anything changes. None: the document has mistakes.
    fn differing(&self, document: &Document, identified: &Identified<'_>) -> Result<Option<HashSet<Uuid>>> {
        let part = DocumentPart { has_others: false, editions: Some(&self.editions) };
        let mut problems = Vec::new();
        let mut desired = desired::rows(document, identified, part, &self.rows, &mut problems);
        if !problems.is_empty() {
            return Ok(None);
        }
        let none = DateTime::<Utc>::UNIX_EPOCH;
        let difference = difference(&self.rows, &mut desired, None, &mut Revisions::After(0), none)?;
        Ok(Some(difference.changes.iter().flat_map(|change| change.editions).flatten().collect()))
    }
}

/// The editions in which anything is new, changed or gone. What moves from one edition to another changes both. None:
/// the document has mistakes.
pub(in crate::archive::import) async fn differing(
    document: &Document,
    identified: &Identified<'_>,
    database: &impl ConnectionTrait,
    progress: &Progress,
) -> Result<Option<HashSet<Uuid>>> {
    progress.begin("editions compared", document.editions.len());
    let mut differing = HashSet::new();
    for group in pieces(document).chunks(rayon::current_num_threads()) {
        let mut stored = Vec::new();
        for piece in group {
            stored.push(StoredPiece::load(identified, ids(identified, piece), database).await?);
        }
        let compared = stored.par_iter().map(|piece| {
            piece.editions.iter().for_each(|_| progress.count());
            piece.differing(document, identified)
        });
        for found in compared.collect::<Result<Vec<_>>>()? {
            let Some(found) = found else { return Ok(None) };
            differing.extend(found);
        }
    }
    Ok(Some(differing))
}
