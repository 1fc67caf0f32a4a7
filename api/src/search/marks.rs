//! Which documents of a segment have a word, and by which of its meanings.

use std::sync::atomic::AtomicBool;

use tantivy::TERMINATED;

use super::{
    expand::{Dictionaries, Meaning},
    request::look,
};
use crate::error::Result;

/// What it costs to look for one document in postings, beside reading one of them.
pub(super) const SEEK: u64 = 16;

/// The bit of a mark that says that the title has the word.
const IN_TITLE: u8 = 0x80;

/// A mark for each document of a segment: by which weight of a word it has the word, and whether its title has it.
#[derive(Default)]
pub(super) struct Marks {
    /// By document, in whole eights.
    marks: Vec<u8>,
    /// The weights of the word, in ascending order. A mark is the place in them, from 1.
    weights: Vec<f32>,
}

impl Marks {
    /// Marks the documents that have one of the meanings: all of them, or of some documents in ascending order.
    pub(super) fn mark<'m>(
        &mut self,
        dictionaries: &Dictionaries,
        max_doc: u32,
        meanings: impl Iterator<Item = &'m Meaning> + Clone,
        among: Option<&[u32]>,
        is_given_up: &AtomicBool,
    ) -> Result<()> {
        self.marks.clear();
        self.marks.resize(max_doc.next_multiple_of(8) as usize, 0);
        self.weights.clear();
        self.weights.extend(meanings.clone().map(|meaning| meaning.weight));
        self.weights.sort_unstable_by(f32::total_cmp);
        self.weights.dedup();
        // Fields and ways have fewer weights than a mark can tell.
        self.weights.truncate(usize::from(!IN_TITLE));
        for meaning in meanings.filter(|meaning| !meaning.is_covered) {
            look(is_given_up)?;
            let place = self.weights.partition_point(|weight| *weight < meaning.weight).min(self.weights.len() - 1);
            let (weight, in_title) = (place as u8 + 1, if meaning.is_in_title() { IN_TITLE } else { 0 });
            let marks = &mut self.marks;
            let mut mark = |document: u32| {
                let mark = &mut marks[document as usize];
                *mark = (*mark & !IN_TITLE).max(weight) | *mark & IN_TITLE | in_title;
            };
            let few = among.filter(|among| among.len() as u64 * SEEK < meaning.size());
            match (few, dictionaries.blocks(meaning)?) {
                (None, Some(mut blocks)) => {
                    while !blocks.docs().is_empty() {
                        blocks.docs().iter().copied().for_each(&mut mark);
                        blocks.advance();
                    }
                }
                (None, None) => {
                    let mut rows = dictionaries.open(meaning, false)?;
                    while rows.document() != TERMINATED {
                        mark(rows.document());
                        rows.advance();
                    }
                }
                (Some(few), _) => {
                    let mut rows = dictionaries.open(meaning, false)?;
                    few.iter().copied().filter(|document| rows.seek(*document) == *document).for_each(&mut mark);
                }
            }
        }
        Ok(())
    }

    /// The documents that have all of some words, eight together: the highest bit of the byte of each of them.
    fn all(words: &[Self]) -> impl Iterator<Item = u64> {
        const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
        let eights = |word: &Self| word.marks.as_chunks::<8>().0.len();
        let marked = |word: &Self, place: usize| {
            let bytes = u64::from_le_bytes(word.marks.as_chunks().0[place]);
            ((bytes & LOW) + LOW) | bytes
        };
        let count = words.iter().map(eights).min().unwrap_or_default();
        (0..count).map(move |place| words.iter().fold(!LOW, |all, word| all & marked(word, place)))
    }

    /// The number of documents that have all of some words.
    pub(super) fn number(words: &[Self]) -> u64 {
        Self::all(words).map(|marked| u64::from(marked.count_ones())).sum()
    }

    /// The documents that have all of some words, in their order.
    pub(super) fn documents(words: &[Self]) -> Vec<u32> {
        let mut documents = Vec::new();
        for (mut marked, first) in Self::all(words).zip((0..).step_by(8)) {
            while marked != 0 {
                documents.push(first + marked.trailing_zeros() / 8);
                marked &= marked - 1;
            }
        }
        documents
    }

    pub(super) fn has(&self, document: u32) -> bool {
        self.marks[document as usize] != 0
    }

    /// What a word counts that has a share of the query's weight.
    pub(super) fn counts(&self, share: u32) -> Counts<'_> {
        let mut by_mark = [(0, false); 256];
        for (place, weight) in self.weights.iter().enumerate() {
            let sum = (share as f32 * weight) as u32;
            by_mark[place + 1] = (sum, false);
            by_mark[(place + 1) | usize::from(IN_TITLE)] = (sum, true);
        }
        Counts { marks: &self.marks, by_mark }
    }
}

/// What a word counts in the documents of a segment.
pub(super) struct Counts<'m> {
    marks: &'m [u8],
    by_mark: [(u32, bool); 256],
}

impl Counts<'_> {
    /// What the word counts in a document, and whether its title has it; none if the document has no such word.
    pub(super) fn of(&self, document: u32) -> Option<(u32, bool)> {
        let mark = self.marks[document as usize];
        (mark != 0).then(|| self.by_mark[usize::from(mark)])
    }
}
