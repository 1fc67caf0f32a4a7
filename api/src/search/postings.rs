//! The documents that have a word, a phrase, or words of one value, in their order.

use std::{collections::BTreeMap, sync::Arc};

use tantivy::{
    DocSet, TERMINATED,
    postings::{Postings, SegmentPostings},
};

use super::words::VALUE_POSITIONS;

/// The documents of a meaning.
pub(super) enum Rows {
    One(Box<SegmentPostings>),
    Sequence(Box<Sequence>),
    Many(ManyRows),
}

/// Documents that were found before.
pub(super) struct ManyRows {
    documents: Arc<[u32]>,
    place: usize,
}

/// Postings of words that are next to each other.
pub(super) struct Sequence {
    postings: Vec<SegmentPostings>,
    /// The places at which it begins in the present document, and those of one of its words.
    starts: Vec<u32>,
    own: Vec<u32>,
}

impl Rows {
    pub(super) fn one(postings: SegmentPostings) -> Self {
        Self::One(Box::new(postings))
    }

    /// Documents in ascending order.
    pub(super) fn documents(documents: Arc<[u32]>) -> Self {
        Self::Many(ManyRows { documents, place: 0 })
    }

    /// The documents that have words next to each other, in the order of their postings.
    pub(super) fn sequence(postings: Vec<SegmentPostings>) -> Self {
        Self::Sequence(Box::new(Sequence { postings, starts: Vec::new(), own: Vec::new() }))
    }

    /// The next document. A phrase is not looked for in documents that are known.
    pub(super) fn next(&mut self, is_known: impl Fn(u32) -> bool) -> Option<u32> {
        match self {
            Self::One(postings) => {
                let document = Some(postings.doc()).filter(|document| *document != TERMINATED);
                postings.advance();
                document
            }
            Self::Sequence(sequence) => loop {
                let document = sequence.common()?;
                let is_found = !is_known(document) && sequence.begins();
                sequence.postings.first_mut()?.advance();
                if is_found {
                    return Some(document);
                }
            },
            Self::Many(rows) => {
                rows.place += 1;
                rows.documents.get(rows.place - 1).copied()
            }
        }
    }

    /// Whether a document has the word. Documents are asked for in their order.
    pub(super) fn has(&mut self, document: u32) -> bool {
        match self {
            Self::One(postings) => reach(postings, document) == document,
            Self::Sequence(sequence) => {
                let mut postings = sequence.postings.iter_mut();
                postings.all(|postings| reach(postings, document) == document) && sequence.begins()
            }
            Self::Many(rows) => {
                rows.place += rows.documents[rows.place..].partition_point(|other| *other < document);
                rows.documents.get(rows.place) == Some(&document)
            }
        }
    }

    /// The places of the word in the document that was found to have it.
    pub(super) fn positions(&mut self, positions: &mut Vec<u32>) {
        positions.clear();
        match self {
            Self::One(postings) => postings.positions(positions),
            Self::Sequence(sequence) => positions.extend(&sequence.starts),
            Self::Many(_) => {}
        }
    }
}

/// Goes to the first document at a place or after it.
fn reach(postings: &mut SegmentPostings, document: u32) -> u32 {
    match postings.doc() < document {
        true => postings.seek(document),
        false => postings.doc(),
    }
}

impl Sequence {
    /// Goes to the next document that has all of the words.
    fn common(&mut self) -> Option<u32> {
        let (first, others) = self.postings.split_first_mut()?;
        loop {
            let document = first.doc();
            let last = others.iter_mut().map(|postings| reach(postings, document)).max().unwrap_or(document);
            match last {
                TERMINATED => return None,
                _ if last == document => return Some(document),
                _ => first.seek(last),
            };
        }
    }

    /// Finds the places at which the sequence begins in the present document, and says whether there are any.
    fn begins(&mut self) -> bool {
        let (starts, own) = (&mut self.starts, &mut self.own);
        for (place, postings) in (0..).zip(&mut self.postings) {
            match place {
                0 => postings.positions(starts),
                _ => {
                    postings.positions(own);
                    starts.retain(|start| own.contains(&(start + place)));
                }
            }
        }
        !starts.is_empty()
    }
}

/// The documents of which one value has one of the postings of each word.
pub(super) fn value_rows(words: Vec<Vec<SegmentPostings>>) -> Rows {
    let mut values: Option<BTreeMap<u32, Vec<u32>>> = None;
    let mut positions = Vec::new();
    for postings in words {
        let mut of_word: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for mut rows in postings {
            while rows.doc() != TERMINATED {
                if values.as_ref().is_none_or(|values| values.contains_key(&rows.doc())) {
                    rows.positions(&mut positions);
                    let values = positions.iter().map(|position| position / VALUE_POSITIONS);
                    of_word.entry(rows.doc()).or_default().extend(values);
                }
                rows.advance();
            }
        }
        values = Some(match values {
            None => of_word,
            Some(mut values) => {
                values.retain(|document, numbers| {
                    let own = of_word.get(document);
                    numbers.retain(|number| own.is_some_and(|own| own.contains(number)));
                    !numbers.is_empty()
                });
                values
            }
        });
    }
    Rows::documents(values.unwrap_or_default().into_keys().collect())
}
