//! Finding. Things that have all words of a query come first, as they were typed; if these are few, also with typing
//! errors; if these are few, things that have most of the words.

use std::{collections::HashMap, sync::atomic::AtomicBool};

use super::{
    candidates::{Candidate, SegmentSearch, size},
    cursor::Stage,
    expand::{Misspelt, Spelling},
    facets::FacetCounts,
    marks::Marks,
    query::QueryWord,
    rank::{self, Ranked},
    request::{Request, look},
    segment::Open,
};
use crate::error::Result;

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
