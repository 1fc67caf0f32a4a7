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

/// Where the bit of a document is, and the bit.
fn place_of(document: u32) -> (usize, u8) {
    ((document / u8::BITS) as usize, 1 << (document % u8::BITS))
}

fn has(documents: &[u8], document: u32) -> bool {
    let (number, bit) = place_of(document);
    documents[number] & bit != 0
}

/// The documents of a segment that have a word, each with a mark: by which weight it has the word, and whether its title
/// has it.
#[derive(Default)]
pub(super) struct Marks {
    /// A bit for each document, in whole 64. They are in bytes, because a document rarely has to wait for the one before
    /// it to be noted then.
    documents: Vec<u8>,
    /// By document. The mark of a document that has not the word says nothing.
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
        self.documents.clear();
        self.documents.resize((max_doc.next_multiple_of(u64::BITS) / u8::BITS) as usize, 0);
        self.marks.resize(max_doc as usize, 0);
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
            let (documents, marks) = (&mut self.documents, &mut self.marks);
            let mut mark = |document: u32| {
                let (number, bit) = place_of(document);
                let (bits, mark) = (&mut documents[number], &mut marks[document as usize]);
                // No branch: whether a word is in two fields can't be foreseen.
                let before = *mark & u8::from(*bits & bit != 0).wrapping_neg();
                *mark = (before & !IN_TITLE).max(weight) | before & IN_TITLE | in_title;
                *bits |= bit;
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

    /// The bits of the documents that have all of some words, 64 together.
    fn all(words: &[Self]) -> impl Iterator<Item = u64> {
        let length = words.iter().map(|word| word.documents.as_chunks::<8>().0.len()).min().unwrap_or_default();
        let bits = |word: &Self, place: usize| u64::from_le_bytes(word.documents.as_chunks().0[place]);
        (0..length).map(move |place| words.iter().fold(u64::MAX, |all, word| all & bits(word, place)))
    }

    /// The number of documents that have all of some words.
    pub(super) fn number(words: &[Self]) -> u64 {
        Self::all(words).map(|bits| u64::from(bits.count_ones())).sum()
    }

    /// The documents that have all of some words, in their order.
    pub(super) fn documents(words: &[Self]) -> Vec<u32> {
        let mut documents = Vec::new();
        for (mut bits, first) in Self::all(words).zip((0..).step_by(u64::BITS as usize)) {
            while bits != 0 {
                documents.push(first + bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
        documents
    }

    pub(super) fn has(&self, document: u32) -> bool {
        has(&self.documents, document)
    }

    /// What a word counts that has a share of the query's weight.
    pub(super) fn counts(&self, share: u32) -> Counts<'_> {
        let mut by_mark = [(0, false); 256];
        for (place, weight) in self.weights.iter().enumerate() {
            let sum = (share as f32 * weight) as u32;
            by_mark[place + 1] = (sum, false);
            by_mark[(place + 1) | usize::from(IN_TITLE)] = (sum, true);
        }
        Counts { documents: &self.documents, marks: &self.marks, by_mark }
    }
}

/// What a word counts in the documents of a segment.
pub(super) struct Counts<'m> {
    documents: &'m [u8],
    marks: &'m [u8],
    by_mark: [(u32, bool); 256],
}

impl Counts<'_> {
    /// What the word counts in a document, and whether its title has it; none if the document has no such word.
    pub(super) fn of(&self, document: u32) -> Option<(u32, bool)> {
        has(self.documents, document).then(|| self.by_mark[usize::from(self.marks[document as usize])])
    }
}
