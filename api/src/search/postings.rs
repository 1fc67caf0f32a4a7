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
    is_done: bool,
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
        let mut sequence = Sequence { postings, is_done: false, starts: Vec::new(), own: Vec::new() };
        sequence.settle();
        Self::Sequence(Box::new(sequence))
    }

    pub(super) fn document(&self) -> u32 {
        match self {
            Self::One(postings) => postings.doc(),
            Self::Sequence(sequence) => sequence.document(),
            Self::Many(rows) => rows.documents.get(rows.place).copied().unwrap_or(TERMINATED),
        }
    }

    pub(super) fn advance(&mut self) -> u32 {
        match self {
            Self::One(postings) => postings.advance(),
            Self::Sequence(sequence) => {
                if let Some(first) = sequence.postings.first_mut() {
                    first.advance();
                }
                sequence.settle();
                sequence.document()
            }
            Self::Many(rows) => {
                rows.place += 1;
                self.document()
            }
        }
    }

    /// The first document at a place or after it.
    pub(super) fn seek(&mut self, document: u32) -> u32 {
        if self.document() >= document {
            return self.document();
        }
        match self {
            Self::One(postings) => postings.seek(document),
            Self::Sequence(sequence) => {
                if let Some(first) = sequence.postings.first_mut() {
                    first.seek(document);
                }
                sequence.settle();
                sequence.document()
            }
            Self::Many(rows) => {
                rows.place += rows.documents[rows.place..].partition_point(|other| *other < document);
                self.document()
            }
        }
    }

    /// The places of the word in the present document.
    pub(super) fn positions(&mut self, positions: &mut Vec<u32>) {
        positions.clear();
        match self {
            Self::One(postings) => postings.positions(positions),
            Self::Sequence(sequence) => positions.extend(&sequence.starts),
            Self::Many(_) => {}
        }
    }
}

impl Sequence {
    fn document(&self) -> u32 {
        self.postings.first().filter(|_| !self.is_done).map_or(TERMINATED, DocSet::doc)
    }

    /// Goes on to the next document that has the words next to each other.
    fn settle(&mut self) {
        loop {
            let Some((first, others)) = self.postings.split_first_mut() else { return };
            let document = first.doc();
            self.is_done = document == TERMINATED;
            if self.is_done {
                return;
            }
            let later = others.iter_mut().map(|postings| match postings.doc() < document {
                true => postings.seek(document),
                false => postings.doc(),
            });
            match later.max().filter(|later| *later > document) {
                Some(TERMINATED) => {
                    self.is_done = true;
                    return;
                }
                Some(later) => {
                    first.seek(later);
                }
                None => {
                    self.find_starts();
                    if !self.starts.is_empty() {
                        return;
                    }
                    if let Some(first) = self.postings.first_mut() {
                        first.advance();
                    }
                }
            }
        }
    }

    /// Finds the places at which the sequence begins in the present document.
    fn find_starts(&mut self) {
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
