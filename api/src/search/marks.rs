//! Which documents of a segment have a word, and by which of its meanings.

use std::sync::atomic::AtomicBool;

use super::{
    expand::{Dictionaries, Meaning},
    request::look,
};
use crate::error::Result;

/// What it costs to look for one document in postings, beside reading one of them.
pub(super) const SEEK: u64 = 16;

/// The bit of a mark that says that the title has the word.
const IN_TITLE: u8 = 0x80;

/// The number of documents whose marks are compared at once.
const GROUP: usize = 64;

/// A mark for each document of a segment: by which weight of a word it has the word, and whether its title has it.
#[derive(Default)]
pub(super) struct Marks {
    /// By document, in whole groups.
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
        self.marks.resize((max_doc as usize).next_multiple_of(GROUP), 0);
        self.weights.clear();
        self.weights.extend(meanings.clone().map(|meaning| meaning.weight));
        self.weights.sort_unstable_by(f32::total_cmp);
        self.weights.dedup();
        // Fields and ways have fewer weights than a mark can tell.
        self.weights.truncate(usize::from(!IN_TITLE));
        // A document that has a word has no need to be read for a phrase that counts no more.
        let is_one = |meaning: &&Meaning| meaning.is_one_word();
        let meanings = meanings.clone().filter(is_one).chain(meanings.filter(|meaning| !is_one(meaning)));
        for meaning in meanings.filter(|meaning| !meaning.is_covered) {
            look(is_given_up)?;
            let place = self.weights.partition_point(|weight| *weight < meaning.weight).min(self.weights.len() - 1);
            let (weight, in_title) = (place as u8 + 1, if meaning.is_in_title() { IN_TITLE } else { 0 });
            let marks = &mut self.marks;
            let with = |mark: u8| (mark & !IN_TITLE).max(weight) | mark & IN_TITLE | in_title;
            let few = among.filter(|among| among.len() as u64 * SEEK < meaning.size());
            match (few, dictionaries.blocks(meaning)?) {
                (None, Some(mut blocks)) => {
                    while !blocks.docs().is_empty() {
                        for document in blocks.docs() {
                            let mark = &mut marks[*document as usize];
                            *mark = with(*mark);
                        }
                        blocks.advance();
                    }
                }
                (None, None) => {
                    let mut rows = dictionaries.open(meaning, false)?;
                    let is_known = |mark: u8| with(mark) == mark;
                    while let Some(document) = rows.next(|document| is_known(marks[document as usize])) {
                        let mark = &mut marks[document as usize];
                        *mark = with(*mark);
                    }
                }
                (Some(few), _) => {
                    let mut rows = dictionaries.open(meaning, false)?;
                    for document in few {
                        let mark = &mut marks[*document as usize];
                        let marked = with(*mark);
                        if marked != *mark && rows.has(*document) {
                            *mark = marked;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The least of the marks that all of some words have, of a group of documents after the other: none is zero for
    /// the documents that have all of the words.
    fn all(words: &[Self]) -> impl Iterator<Item = [u8; GROUP]> {
        let groups = |word: &Self| word.marks.as_chunks::<GROUP>().0.len();
        let count = words.iter().map(groups).min().unwrap_or_default();
        (0..count).map(move |place| {
            let mut all = [u8::MAX; GROUP];
            for word in words {
                let marks = &word.marks.as_chunks::<GROUP>().0[place];
                all.iter_mut().zip(marks).for_each(|(least, mark)| *least = (*least).min(*mark));
            }
            all
        })
    }

    /// The number of documents that have all of some words.
    pub(super) fn number(words: &[Self]) -> u64 {
        let number = |marks: [u8; GROUP]| marks.iter().map(|mark| u8::from(*mark != 0)).sum::<u8>();
        Self::all(words).map(|marks| u64::from(number(marks))).sum()
    }

    /// The documents that have all of some words, in their order.
    pub(super) fn documents(words: &[Self]) -> Vec<u32> {
        let mut documents = Vec::new();
        for (marks, first) in Self::all(words).zip((0..).step_by(GROUP)) {
            for (eight, first) in marks.as_chunks::<8>().0.iter().zip((first..).step_by(8)) {
                // The highest bit of each byte that is not zero.
                const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
                let eight = u64::from_le_bytes(*eight);
                let mut marked = (((eight & LOW) + LOW) | eight) & !LOW;
                while marked != 0 {
                    documents.push(first + marked.trailing_zeros() / 8);
                    marked &= marked - 1;
                }
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
