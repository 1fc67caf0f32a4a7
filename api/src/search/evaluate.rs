//! Finding. Things that have all words of a query come first, as they were typed; if these are few, also with typing
//! errors; if these are few, things that have most of the words.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    cursor::{Cursor, Stage},
    expand::{Meaning, Misspelt, Spelling},
    facets::FacetCounts,
    marks::Marks,
    query::{Alternative, Condition, Query, QueryWord},
    rank::{self, Ranked},
    segment::{Open, Segment},
};
use crate::error::{Error, Result};

/// The number of hits from which no others are looked for. Whatever has all of many words is what was meant.
fn enough(words: usize, in_names: bool) -> u64 {
    match words {
        _ if in_names => 1,
        0..=2 => 10,
        3 => 3,
        _ => 1,
    }
}

/// The number of things from which a word is taken as it was typed.
const FREQUENT: u64 = 100;

/// A search of the index.
pub(super) struct Request {
    pub(super) query: Query,
    /// The query, as it was typed.
    pub(super) text: String,
    /// The start of talks: from, and before, in seconds since 1970.
    pub(super) starts: Option<(Option<i64>, Option<i64>)>,
    /// Whether only names and titles are looked at.
    pub(super) in_names: bool,
    pub(super) first: usize,
    pub(super) after: Option<Cursor>,
    pub(super) counts_facets: bool,
}

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) hits: Vec<Ranked>,
    pub(super) total: u64,
    pub(super) has_more: bool,
    pub(super) stage: Stage,
    pub(super) weights: Vec<u16>,
    pub(super) facets: Option<FacetCounts>,
    /// The number of things that have all words as they were typed.
    pub(super) typed: u64,
    /// The words that may be misspelt, with a better spelling.
    pub(super) spellings: Vec<(QueryWord, String)>,
}

/// A thing of a segment that may be found. There may be as many as the archive has things, so it is small; and its
/// numbers are whole, so the order of the words does not change them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) document: u32,
    /// What its words count, in millionths.
    pub(super) sum: u32,
    /// What part of the query's weight its words have, in millionths.
    pub(super) share: u32,
    /// The number of words that it has, and of those that its title has.
    pub(super) has: u8,
    pub(super) in_title: u8,
}

/// A segment, and what the words and the conditions of a query mean in it.
pub(super) struct SegmentSearch<'s> {
    pub(super) segment: &'s Segment,
    pub(super) words: Vec<Vec<Meaning>>,
    conditions: Vec<MeantCondition>,
}

/// What a condition means in a segment.
struct MeantCondition {
    is_negative: bool,
    meanings: Vec<Meaning>,
}

/// Finds what a request asks for. `is_given_up` ends it when nobody waits for it any more.
pub(super) fn find(open: &Open, request: &Request, is_given_up: &AtomicBool) -> Result<Found> {
    let mut search = Search::of(open, request, is_given_up)?;
    search.run()?;
    Ok(search.found)
}

/// The number of things that have all words of a request, as they were typed.
pub(super) fn count_typed(open: &Open, request: &Request, is_given_up: &AtomicBool) -> Result<u64> {
    let search = Search::of(open, request, is_given_up)?;
    Ok(count(&search.candidates(Stage::Typed)?))
}

struct Search<'s> {
    open: &'s Open,
    segments: Vec<SegmentSearch<'s>>,
    request: &'s Request,
    is_given_up: &'s AtomicBool,
    found: Found,
}

impl<'s> Search<'s> {
    fn of(open: &'s Open, request: &'s Request, is_given_up: &'s AtomicBool) -> Result<Self> {
        let search = |segment| SegmentSearch::of(segment, request, &open.languages);
        let segments = open.segments.iter().map(|segment| search(segment)).collect::<Result<_>>()?;
        let mut search = Self { open, segments, request, is_given_up, found: Found::default() };
        search.found.weights = match &request.after {
            Some(cursor) if cursor.weights.len() == request.query.words.len() => cursor.weights.clone(),
            _ => search.weights(open.searcher.num_docs()),
        };
        Ok(search)
    }

    /// The number of things that have a word, as it was typed.
    fn typed(&self, word: usize) -> u64 {
        self.segments.iter().map(|segment| size(&segment.words[word])).sum()
    }

    /// What each word weighs: a rare one more. Eighths of the natural logarithm of the share.
    fn weights(&self, things: u64) -> Vec<u16> {
        let weight = |word| {
            let share = things as f64 / (1.0 + self.typed(word).min(things) as f64);
            ((1.0 + share).ln() * 8.0).round().clamp(1.0, 1000.0) as u16
        };
        (0..self.request.query.words.len()).map(weight).collect()
    }

    fn run(&mut self) -> Result<()> {
        let words = &self.request.query.words;
        let last = self.request.after.as_ref().map(|cursor| cursor.stage);
        let enough = enough(words.len(), self.request.in_names);
        let goes_on = |stage, total| last.map_or(total < enough, |last| last > stage) && !words.is_empty();
        let mut candidates = match last {
            Some(last) if last > Stage::Typed => Vec::new(),
            _ => self.candidates(Stage::Typed)?,
        };
        self.found.typed = count(&candidates);
        if goes_on(Stage::Typed, self.found.typed) {
            let spellings = self.misspell()?;
            self.found.stage = Stage::Misspelt;
            if last.is_none_or(|last| last == Stage::Misspelt) {
                candidates = self.candidates(Stage::Misspelt)?;
            }
            if last.is_none() {
                self.spell(spellings)?;
            }
        }
        let may_lack_some = words.len() > 1 && !self.request.in_names && self.found.stage == Stage::Misspelt;
        if may_lack_some && goes_on(Stage::Misspelt, count(&candidates)) {
            self.found.stage = Stage::Most;
            candidates = self.candidates(Stage::Most)?;
        }
        self.found.total = count(&candidates);
        if self.request.counts_facets {
            let mut counts = FacetCounts::new(self.open.facets.clone());
            for (search, candidates) in self.segments.iter().zip(&candidates) {
                let documents = candidates.iter().map(|candidate| candidate.document);
                counts.add(&search.segment.columns.facets, documents);
                look(self.is_given_up)?;
            }
            self.found.facets = Some(counts);
        }
        let page = rank::best(&self.segments, &candidates, self.request, self.is_given_up)?;
        (self.found.hits, self.found.has_more) = (page.hits, page.has_more);
        Ok(())
    }

    /// Adds the words that rare ones may be misspellings of. Answers these for each word.
    fn misspell(&mut self) -> Result<Vec<HashMap<String, Spelling>>> {
        let words = &self.request.query.words;
        let mut found = vec![HashMap::new(); words.len()];
        for (place, word) in words.iter().enumerate() {
            if self.typed(place) >= FREQUENT {
                continue;
            }
            let Some(misspelt) = Misspelt::of(word)? else { continue };
            for search in &mut self.segments {
                let dictionaries = &search.segment.dictionaries;
                let meant = dictionaries.misspelt(&misspelt, self.request.in_names, &mut found[place])?;
                search.words[place].extend(meant);
                look(self.is_given_up)?;
            }
        }
        Ok(found)
    }

    /// Notes the better spelling of words that few things have.
    fn spell(&mut self, found: Vec<HashMap<String, Spelling>>) -> Result<()> {
        for (word, spellings) in self.request.query.words.iter().zip(found) {
            let Some(plain) = word.plain() else { continue };
            let numbers = self.segments.iter().map(|search| search.segment.dictionaries.number_of(plain));
            let typed = numbers.sum::<Result<u64>>()?;
            let better = spellings.into_iter().filter(|(_, spelling)| spelling.things > 10 * typed);
            let best = better
                .min_by(|(a, one), (b, other)| (one.distance, other.things, a).cmp(&(other.distance, one.things, b)));
            self.found.spellings.extend(best.map(|(other, _)| (word.clone(), other)));
        }
        Ok(())
    }

    /// The candidates of each segment.
    fn candidates(&self, stage: Stage) -> Result<Vec<Vec<Candidate>>> {
        let shares = rank::shares(&self.found.weights);
        let mut marks = <[Marks; 2]>::default();
        let one =
            |search: &SegmentSearch<'_>| search.candidates(stage, &shares, self.request, &mut marks, self.is_given_up);
        self.segments.iter().map(one).collect()
    }
}

fn count(candidates: &[Vec<Candidate>]) -> u64 {
    candidates.iter().map(|candidates| candidates.len() as u64).sum()
}

/// About how many things have one of the meanings.
fn size(meanings: &[Meaning]) -> u64 {
    meanings.iter().map(Meaning::size).sum()
}

/// Ends the search if nobody waits for it any more. The error is never sent.
pub(super) fn look(is_given_up: &AtomicBool) -> Result<()> {
    match is_given_up.load(Ordering::Relaxed) {
        true => Err(Error::Internal("a search was given up".to_owned())),
        false => Ok(()),
    }
}

impl<'s> SegmentSearch<'s> {
    fn of(segment: &'s Segment, request: &Request, languages: &[String]) -> Result<Self> {
        let dictionaries = &segment.dictionaries;
        let is_alone = request.query.words.len() == 1;
        let word = |word| dictionaries.meanings(word, languages, request.in_names, is_alone);
        let condition = |condition: &Condition| {
            let mut meanings = Vec::new();
            for alternative in &condition.any {
                match alternative {
                    Alternative::Term(term) => meanings.extend(dictionaries.term(term)?),
                    Alternative::Words { field, words, is_open } => {
                        meanings.extend(dictionaries.one_value(*field, words, *is_open)?);
                    }
                    Alternative::Word(word) => meanings.extend(dictionaries.meanings(word, languages, false, false)?),
                    Alternative::TitleContains(text) => {
                        meanings.push(Meaning::documents(segment.columns.title_contains(text)?));
                    }
                }
            }
            Ok(MeantCondition { is_negative: condition.is_negative, meanings })
        };
        let Query { words, conditions } = &request.query;
        Ok(Self {
            segment,
            words: words.iter().map(word).collect::<Result<_>>()?,
            conditions: conditions.iter().map(condition).collect::<Result<_>>()?,
        })
    }

    /// What has enough of the words and fits the conditions.
    fn candidates(
        &self,
        stage: Stage,
        shares: &[u32],
        request: &Request,
        marks: &mut [Marks; 2],
        is_given_up: &AtomicBool,
    ) -> Result<Vec<Candidate>> {
        let Segment { reader, dictionaries, columns } = self.segment;
        let max_doc = reader.max_doc();
        let count = self.words.len();
        let needed = match stage {
            Stage::Most => count.div_ceil(2),
            _ => count,
        };
        let required = || self.conditions.iter().filter(|condition| !condition.is_negative);
        let known = self.words.iter().filter(|word| !word.is_empty()).count();
        if known < needed || required().any(|condition| condition.meanings.is_empty()) {
            return Ok(Vec::new());
        }
        let mut rarest: Vec<usize> = (0..count).collect();
        rarest.sort_by_key(|word| size(&self.words[*word]));
        // Whatever has enough words has one of these.
        let first = &rarest[..(count + 1 - needed).min(count)];
        let by_words = first.iter().map(|word| size(&self.words[*word])).sum::<u64>();
        let by_condition = required().min_by_key(|condition| size(&condition.meanings));
        let driver = by_condition.filter(|condition| count == 0 || size(&condition.meanings) < by_words);
        let [of_word, of_condition] = marks;
        let mut documents: Vec<u32> = match driver {
            Some(condition) => {
                of_word.mark(dictionaries, max_doc, condition.meanings.iter(), None, is_given_up)?;
                of_word.documents()
            }
            None if count == 0 => (0..max_doc).collect(),
            None => {
                let meanings = first.iter().flat_map(|word| &self.words[*word]);
                of_word.mark(dictionaries, max_doc, meanings, None, is_given_up)?;
                of_word.documents()
            }
        };
        // The marks of one word are good for its turn, too.
        let mut is_marked = driver.is_none() && first.len() == 1;
        if reader.has_deletes() {
            documents.retain(|document| !reader.is_deleted(*document));
        }
        if let Some((from, before)) = request.starts {
            documents.retain(|document| {
                let start = columns.starts.first(*document);
                start.is_some_and(|start| from.is_none_or(|from| start >= from) && before.is_none_or(|end| start < end))
            });
        }
        for condition in &self.conditions {
            of_condition.mark(dictionaries, max_doc, condition.meanings.iter(), Some(&documents), is_given_up)?;
            documents.retain(|document| of_condition.has(*document) != condition.is_negative);
        }
        let candidate = |document| Candidate { document, sum: 0, share: 0, has: 0, in_title: 0 };
        let mut candidates: Vec<Candidate> = documents.iter().copied().map(candidate).collect();
        for (before, word) in rarest.into_iter().enumerate() {
            if !std::mem::take(&mut is_marked) {
                of_word.mark(dictionaries, max_doc, self.words[word].iter(), Some(&documents), is_given_up)?;
            }
            for candidate in &mut candidates {
                if let Some((weight, in_title)) = of_word.of(candidate.document) {
                    candidate.sum += (shares[word] as f32 * weight) as u32;
                    candidate.share += shares[word];
                    candidate.has += 1;
                    candidate.in_title += u8::from(in_title);
                }
            }
            if needed == count {
                candidates.retain(|candidate| usize::from(candidate.has) > before);
                documents.clear();
                documents.extend(candidates.iter().map(|candidate| candidate.document));
            }
        }
        candidates.retain(|candidate| usize::from(candidate.has) >= needed);
        Ok(candidates)
    }
}
