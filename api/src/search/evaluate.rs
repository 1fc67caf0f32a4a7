//! Finding. Things that have all words of a query come first, as they were typed; if these are few, also with typing
//! errors; if these are few, things that have most of the words.

use std::{cmp::Reverse, collections::HashMap, sync::atomic::AtomicBool};

use super::{
    candidates::{Candidate, SegmentSearch},
    cursor::{Cursor, Stage},
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

/// The part of its weight that an optional word has.
const OPTIONAL: u16 = 4;

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
    /// The words for which others were looked for, too, that may be meant.
    pub(super) widened: Vec<bool>,
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
    Ok(count(&search.candidates(Stage::Typed, true)?))
}

struct Search<'s> {
    open: &'s Open,
    segments: Vec<SegmentSearch<'s>>,
    request: &'s Request,
    is_given_up: &'s AtomicBool,
    /// The number of things that have each word, as it was typed.
    typed: Vec<u64>,
    found: Found,
}

impl<'s> Search<'s> {
    fn of(open: &'s Open, request: &'s Request, is_given_up: &'s AtomicBool) -> Result<Self> {
        let search = |segment| SegmentSearch::of(segment, request, &open.languages);
        let segments = open.segments.iter().map(|segment| search(segment)).collect::<Result<_>>()?;
        let count = request.query.words.len();
        let mut search = Self { open, segments, request, is_given_up, typed: vec![0; count], found: Found::default() };
        for word in 0..count {
            let numbers = search.segments.iter().map(|segment| segment.number(word));
            search.typed[word] = numbers.sum::<Result<u64>>()?;
        }
        search.found.widened = vec![false; count];
        search.found.weights = match &request.after {
            Some(cursor) if cursor.weights.len() == count => cursor.weights.clone(),
            Some(_) => return Err(Cursor::wrong("it has other words")),
            None => search.weights(open.searcher.num_docs()),
        };
        Ok(search)
    }

    /// What each word weighs: a rare one more. Eighths of the natural logarithm of the share. One that nothing has
    /// weighs no more than those that are as they were typed, and an optional one little.
    fn weights(&self, things: u64) -> Vec<u16> {
        let weight = |typed: u64| {
            let share = things as f64 / (1.0 + typed.min(things) as f64);
            ((1.0 + share).ln() * 8.0).round().clamp(1.0, 1000.0) as u16
        };
        let words = || self.request.query.words.iter().zip(&self.typed);
        let known = words().filter(|(word, typed)| !word.is_optional && **typed > 0);
        let least = known.map(|(_, typed)| weight(*typed)).min();
        let one = |(word, typed): (&QueryWord, &u64)| match (*typed, least) {
            (typed, _) if word.is_optional => (weight(typed) / OPTIONAL).max(1),
            (0, Some(least)) => least,
            (typed, _) => weight(typed),
        };
        words().map(one).collect()
    }

    fn run(&mut self) -> Result<()> {
        let words = &self.request.query.words;
        let last = self.request.after.as_ref().map(|cursor| cursor.stage);
        let required = self.request.query.required();
        let enough = enough(required, self.request.in_names);
        // A filter takes hits away and never brings others: how widely is looked depends on what there is without it.
        let is_narrowed =
            self.request.starts.is_some() || self.request.query.conditions.iter().any(|condition| condition.narrows);
        let goes_on = |search: &Self, stage, candidates: &[Vec<Candidate>]| -> Result<bool> {
            if words.is_empty() {
                return Ok(false);
            }
            match (last, count(candidates)) {
                (Some(last), _) => Ok(last > stage),
                (None, 0) => Ok(true),
                (None, found) if found >= enough || !is_narrowed => Ok(found < enough),
                (None, _) => Ok(count(&search.candidates(stage, false)?) < enough),
            }
        };
        let mut candidates = match last {
            Some(last) if last > Stage::Typed => Vec::new(),
            _ => self.candidates(Stage::Typed, true)?,
        };
        self.found.typed = count(&candidates);
        if goes_on(self, Stage::Typed, &candidates)? {
            let spellings = self.misspell()?;
            self.found.stage = Stage::Misspelt;
            if last.is_none_or(|last| last == Stage::Misspelt) {
                candidates = self.candidates(Stage::Misspelt, true)?;
            }
            if last.is_none() {
                self.spell(spellings);
            }
        }
        let may_lack_some = required > 1 && !self.request.in_names && self.found.stage == Stage::Misspelt;
        if may_lack_some && goes_on(self, Stage::Misspelt, &candidates)? {
            self.found.stage = Stage::Most;
            candidates = self.candidates(Stage::Most, true)?;
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
            // A phrase may be rarer than its words.
            if word.is_optional || self.typed[place] >= FREQUENT && word.plain().is_some() {
                continue;
            }
            self.found.widened[place] = true;
            let misspelt = Misspelt::of(word)?;
            for search in &mut self.segments {
                let dictionaries = &search.segment.dictionaries;
                let meant = match &misspelt {
                    Some(misspelt) => dictionaries.misspelt(misspelt, self.request.in_names, &mut found[place])?,
                    None => dictionaries.most_pairs(word, self.request.in_names)?,
                };
                search.words[place].extend(meant);
                look(self.is_given_up)?;
            }
        }
        Ok(found)
    }

    /// Notes the better spelling of words that nothing has. A word that something has is meant, however rare it is.
    fn spell(&mut self, found: Vec<HashMap<String, Spelling>>) {
        for ((word, typed), spellings) in self.request.query.words.iter().zip(&self.typed).zip(found) {
            let is_name = self.request.text[word.place.end..].starts_with(':');
            let Some(plain) = word.plain().filter(|_| *typed == 0 && !is_name) else { continue };
            let best = spellings.into_iter().filter(|(other, spelling)| is_likely(plain, other, *spelling)).min_by_key(
                |(word, spelling)| (!spelling.is_whole, spelling.distance, Reverse(spelling.things), word.clone()),
            );
            self.found.spellings.extend(best.map(|(other, _)| (word.clone(), other)));
        }
    }

    /// The candidates of each segment.
    fn candidates(&self, stage: Stage, is_narrowed: bool) -> Result<Vec<Vec<Candidate>>> {
        let shares = rank::shares(&self.found.weights);
        let mut marks = <[Marks; 3]>::default();
        let how = (stage, is_narrowed);
        let one =
            |search: &SegmentSearch<'_>| search.candidates(how, &shares, self.request, &mut marks, self.is_given_up);
        self.segments.iter().map(one).collect()
    }
}

/// Whether a word was meant by one that nothing has. Short words are near to many others, so only exchanged letters are
/// likely there. Of long ones the first letter is mostly right, and so it is of those that are still typed.
fn is_likely(typed: &str, other: &str, spelling: Spelling) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let begins_same = typed.chars().next() == other.chars().next();
    match typed.chars().count() {
        ..5 => sorted(typed) == sorted(other),
        _ => begins_same || spelling.is_whole && spelling.distance == 1,
    }
}

fn count(candidates: &[Vec<Candidate>]) -> u64 {
    candidates.iter().map(|candidates| candidates.len() as u64).sum()
}
