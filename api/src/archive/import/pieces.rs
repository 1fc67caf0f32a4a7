//! An import piece by piece: some editions at a time, so that the rows of a large archive are never in memory at once.

mod differing;
mod first;

use std::collections::HashSet;

use uuid::Uuid;

use super::identified::Identified;
use crate::format::document::Document;

pub(super) use differing::differing;
pub(super) use first::FirstImport;

/// The talks of a piece, about. An edition is never divided. The small archives of the tests have several pieces, too.
const TALKS: usize = if cfg!(test) { 3 } else { 4_000 };

/// The things of a piece that are in no edition.
const OTHERS: usize = if cfg!(test) { 400 } else { 8_000 };

/// The editions of a document in pieces, in their order: the range of each piece.
fn pieces(document: &Document) -> Vec<std::ops::Range<usize>> {
    let (mut pieces, mut begin, mut talks) = (Vec::new(), 0, 0);
    for (n, edition) in document.editions.iter().enumerate() {
        talks += edition.talks.len().max(edition.slots.len()).max(1);
        if talks >= TALKS {
            pieces.push(begin..n + 1);
            (begin, talks) = (n + 1, 0);
        }
    }
    if begin < document.editions.len() {
        pieces.push(begin..document.editions.len());
    }
    pieces
}

/// The ids of the editions in a piece.
fn ids(identified: &Identified<'_>, piece: &std::ops::Range<usize>) -> HashSet<Uuid> {
    identified.editions.ids.get(piece.clone()).into_iter().flatten().copied().collect()
}
