//! What may be found: the things of a segment that have enough of the words and fit the conditions.

use std::sync::{Arc, atomic::AtomicBool};

use super::{
    SearchKind,
    cursor::Stage,
    entry::term,
    expand::Meaning,
    fields::ABSTRACT,
    marks::{Counts, Marks, SEEK},
    query::{Alternative, Condition, Query},
    request::Request,
    segment::Segment,
};
use crate::error::Result;

/// A thing of a segment that may be found. There may be as many as the archive has things, so it is small; and its
/// numbers are whole, so the order of the words does not change them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) document: u32,
    /// What its words count, in millionths.
    pub(super) sum: u32,
    /// What part of the query's weight its words have, in millionths.
    pub(super) share: u32,
    /// The number of words that it has, without optional ones, and of those that its title has.
    pub(super) has: u8,
    pub(super) in_title: u8,
}

impl Candidate {
    fn new(document: u32) -> Self {
        Self { document, sum: 0, share: 0, has: 0, in_title: 0 }
    }

    /// Adds what a word counts, if the thing has it.
    fn add(&mut self, counts: &Counts<'_>, share: u32, is_required: bool) {
        if let Some((sum, in_title)) = counts.of(self.document) {
            self.sum += sum;
            self.share += share;
            self.has += u8::from(is_required);
            self.in_title += u8::from(in_title);
        }
    }
}

/// A segment, and what the words and the conditions of a query mean in it.
pub(super) struct SegmentSearch<'s> {
    pub(super) segment: &'s Segment,
    pub(super) words: Vec<Vec<Meaning>>,
    /// The number of words that are not optional.
    pub(super) required: usize,
    conditions: Arc<[MeantCondition]>,
}

/// The most postings of a word that are counted one by one.
const MOST_COUNTED: u64 = 500;

/// The most words that are looked up in all of a segment. The others are looked up where these are.
pub(super) const MOST_MARKED: usize = 4;

/// What a condition means in a segment.
struct MeantCondition {
    is_negative: bool,
    narrows: bool,
    meanings: Vec<Meaning>,
    /// The kinds of things, if it says nothing else.
    kinds: Option<Vec<SearchKind>>,
}

/// About how many things have one of the meanings.
pub(super) fn size(meanings: &[Meaning]) -> u64 {
    meanings.iter().map(Meaning::size).sum()
}

impl<'s> SegmentSearch<'s> {
    pub(super) fn of(segment: &'s Segment, request: &Request, languages: &[String]) -> Result<Self> {
        let dictionaries = &segment.dictionaries;
        let word = |word| dictionaries.meanings(word, languages, request.in_names);
        let condition = |condition: &Condition| {
            let mut meanings = Vec::new();
            for alternative in &condition.any {
                match alternative {
                    Alternative::Term(term) => meanings.extend(dictionaries.term(term)?),
                    Alternative::Kind(kind) => meanings.extend(dictionaries.term(&term("is", kind.name()))?),
                    Alternative::Words { field, words, is_open } => {
                        meanings.extend(dictionaries.one_value(*field, words, *is_open)?);
                    }
                    Alternative::Word(word) => meanings.extend(dictionaries.meanings(word, languages, false)?),
                    Alternative::Item(kind, id) => meanings.push(dictionaries.item(*kind, *id)?),
                    Alternative::TitleContains(text) => {
                        meanings.push(Meaning::documents(segment.columns.title_contains(text)?));
                    }
                }
            }
            let kind = |alternative: &Alternative| match alternative {
                Alternative::Kind(kind) => Some(*kind),
                _ => None,
            };
            let kinds = condition.any.iter().map(kind).collect();
            Ok(MeantCondition { is_negative: condition.is_negative, narrows: condition.narrows, meanings, kinds })
        };
        let Query { words, conditions } = &request.query;
        Ok(Self {
            segment,
            words: words.iter().map(word).collect::<Result<_>>()?,
            required: request.query.required(),
            conditions: conditions.iter().map(condition).collect::<Result<_>>()?,
        })
    }

    /// The same for what has its words outside of abstracts, but for the optional ones.
    pub(super) fn without_abstracts(&self, query: &Query) -> Self {
        let words = self.words.iter().zip(&query.words).map(|(meanings, word)| {
            meanings.iter().filter(|meaning| word.is_optional || meaning.field != ABSTRACT).cloned().collect()
        });
        let conditions = self.conditions.clone();
        Self { segment: self.segment, words: words.collect(), required: self.required, conditions }
    }

    /// The number of things that have a word. Things that are not there any more count as long as their postings are
    /// there, so few postings are counted, and of many the same part is taken as of all. Servers agree about rare
    /// words.
    pub(super) fn number(&self, word: usize) -> Result<u64> {
        let (meanings, reader) = (&self.words[word], &self.segment.reader);
        let all = size(meanings);
        if !reader.has_deletes() {
            return Ok(all);
        }
        if all > MOST_COUNTED {
            return Ok(all * u64::from(reader.num_docs()) / u64::from(reader.max_doc().max(1)));
        }
        let mut count = 0;
        for meaning in meanings {
            let mut rows = self.segment.dictionaries.open(meaning, false)?;
            while let Some(document) = rows.next(|_| false) {
                count += u64::from(!reader.is_deleted(document));
            }
        }
        Ok(count)
    }

    /// What has enough of the words and fits the conditions; without those that narrow, unless `is_narrowed`.
    pub(super) fn candidates(
        &self,
        (stage, is_narrowed): (Stage, bool),
        shares: &[u32],
        request: &Request,
        marks: &mut [Marks; MOST_MARKED + 1],
        is_given_up: &AtomicBool,
    ) -> Result<Vec<Candidate>> {
        let Segment { reader, dictionaries, columns } = self.segment;
        let max_doc = reader.max_doc();
        let (words, count) = (&request.query.words, self.required);
        let needed = stage.needed(count);
        let conditions = || self.conditions.iter().filter(|condition| is_narrowed || !condition.narrows);
        let required = || conditions().filter(|condition| !condition.is_negative);
        let (mut rarest, optional): (Vec<usize>, Vec<usize>) =
            (0..words.len()).partition(|word| !words[*word].is_optional);
        let known = rarest.iter().filter(|word| !self.words[**word].is_empty()).count();
        if known < needed || required().any(|condition| condition.meanings.is_empty()) {
            return Ok(Vec::new());
        }
        rarest.sort_by_key(|word| size(&self.words[*word]));
        // Whatever has enough words has one of these.
        let first = &rarest[..(count + 1 - needed).min(count)];
        let by_words = first.iter().map(|word| size(&self.words[*word])).sum::<u64>();
        let by_condition = required().min_by_key(|condition| size(&condition.meanings));
        let driver = by_condition.filter(|condition| count == 0 || size(&condition.meanings) < by_words);
        let [of_condition, of_words @ ..] = marks;
        // The words whose marks are good for their turns, too.
        let mut marked = 0;
        let mut documents: Vec<u32> = match driver {
            Some(condition) => {
                of_condition.mark(dictionaries, max_doc, condition.meanings.iter(), None, is_given_up)?;
                Marks::documents(std::slice::from_ref(of_condition))
            }
            None if count == 0 => (0..max_doc).collect(),
            None => {
                let meanings = first.iter().flat_map(|word| &self.words[*word]);
                of_words[0].mark(dictionaries, max_doc, meanings, None, is_given_up)?;
                marked = usize::from(first.len() == 1);
                let others = rarest.iter().map(|word| &self.words[*word]).skip(1).filter(|_| needed == count);
                for other in others.take(MOST_MARKED - 1) {
                    let number = if marked == 1 { by_words } else { Marks::number(&of_words[..marked]) };
                    if size(other) > number * SEEK {
                        break;
                    }
                    of_words[marked].mark(dictionaries, max_doc, other.iter(), None, is_given_up)?;
                    marked += 1;
                }
                Marks::documents(&of_words[..marked.max(1)])
            }
        };
        if reader.has_deletes() {
            documents.retain(|document| !reader.is_deleted(*document));
        }
        if let Some((from, before)) = request.starts.filter(|_| is_narrowed) {
            documents.retain(|document| {
                let start = columns.starts.first(*document);
                start.is_some_and(|start| from.is_none_or(|from| start >= from) && before.is_none_or(|end| start < end))
            });
        }
        for condition in conditions().filter(|condition| !condition.meanings.is_empty()) {
            if let Some(kinds) = &condition.kinds {
                let of_kind = SearchKind::ALL.map(|kind| kinds.contains(&kind));
                let is_one = |document: u32| of_kind[columns.own[document as usize].kind as usize];
                documents.retain(|document| is_one(*document) != condition.is_negative);
                continue;
            }
            of_condition.mark(dictionaries, max_doc, condition.meanings.iter(), Some(&documents), is_given_up)?;
            documents.retain(|document| of_condition.has(*document) != condition.is_negative);
        }
        // What is in quotes is meant as it is.
        for word in rarest.iter().filter(|word| needed < count && words[**word].is_exact) {
            of_condition.mark(dictionaries, max_doc, self.words[*word].iter(), Some(&documents), is_given_up)?;
            documents.retain(|document| of_condition.has(*document));
        }
        let words: Vec<usize> = rarest.into_iter().chain(optional).collect();
        let known = of_words.iter().zip(&words).take(marked);
        let known: Vec<_> = known.map(|(marks, word)| (marks.counts(shares[*word]), shares[*word])).collect();
        let candidate = |document: &u32| {
            let mut candidate = Candidate::new(*document);
            known.iter().for_each(|(counts, share)| candidate.add(counts, *share, true));
            candidate
        };
        let mut candidates: Vec<Candidate> = documents.iter().map(candidate).collect();
        for (before, word) in words.iter().copied().enumerate().skip(marked) {
            of_words[0].mark(dictionaries, max_doc, self.words[word].iter(), Some(&documents), is_given_up)?;
            let counts = of_words[0].counts(shares[word]);
            candidates.iter_mut().for_each(|candidate| candidate.add(&counts, shares[word], before < count));
            if needed == count && before < count {
                candidates.retain(|candidate| usize::from(candidate.has) > before);
                documents.clear();
                documents.extend(candidates.iter().map(|candidate| candidate.document));
            }
        }
        candidates.retain(|candidate| usize::from(candidate.has) >= needed);
        Ok(candidates)
    }
}
