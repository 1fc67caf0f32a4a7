//! Finding. Things that have all words of a query come first, as they were typed; if these are few, also with typing
//! errors; if these are few, things that have most of the words.

use std::{cmp::Reverse, collections::HashMap, sync::atomic::AtomicBool};

use super::{
    candidates::{Candidate, MOST_MARKED, SegmentSearch, size},
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

/// The most words of a query that may be misspelt. To look for the words that one may be takes some milliseconds.
const MOST_WRONG: usize = 20;

/// The fewest letters of a word that nothing has and that may be the beginning of another.
const SHORTEST_CUT: usize = 4;

/// The part of its weight that an optional word has beside several others.
const OPTIONAL: u16 = 4;

/// What a word of a query may mean beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Widening {
    /// It may be misspelt.
    pub(super) is_misspelt: bool,
    /// It may be the beginning of a longer word.
    pub(super) is_cut: bool,
}

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) hits: Vec<Ranked>,
    /// The number of all hits; of some of them, if it was not asked for.
    pub(super) number: u64,
    pub(super) has_more: bool,
    pub(super) stage: Stage,
    pub(super) weights: Vec<u16>,
    pub(super) facets: Option<FacetCounts>,
    /// The number of things that have all words as they were typed.
    pub(super) typed: u64,
    /// The words for which others were looked for, too, that may be meant.
    pub(super) widened: Vec<Widening>,
    /// The words that may be misspelt, with a better spelling.
    pub(super) spellings: Vec<(QueryWord, String)>,
}

impl Found {
    pub(super) fn is_empty(&self) -> bool {
        self.number == 0
    }
}

/// Finds what a request asks for. `is_given_up` ends it when nobody waits for it any more.
pub(super) fn find(open: &Open, request: &Request, is_given_up: &AtomicBool) -> Result<Found> {
    let mut search = Search::of(open, request, is_given_up)?;
    search.run()?;
    Ok(search.found)
}

/// Finds what has all words of a request, as they were typed.
pub(super) fn find_typed(open: &Open, request: &Request, is_given_up: &AtomicBool) -> Result<Found> {
    let mut search = Search::of(open, request, is_given_up)?;
    search.show(&search.candidates(Stage::Typed, true)?)?;
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
        search.found.widened = vec![Widening::default(); count];
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
        // Beside one word alone, all that is said counts: `volz talks`.
        let optional = if self.request.query.required() > 1 { OPTIONAL } else { 1 };
        let one = |(word, typed): (&QueryWord, &u64)| match (*typed, least) {
            (typed, _) if word.is_optional => (weight(typed) / optional).max(1),
            (0, Some(least)) => least,
            (typed, _) => weight(typed),
        };
        words().map(one).collect()
    }

    fn run(&mut self) -> Result<()> {
        if self.show_by_names()? {
            return Ok(());
        }
        let last = self.request.after.as_ref().map(|cursor| cursor.stage);
        let required = self.request.query.required();
        let enough = enough(required, self.request.in_names);
        let mut candidates = self.candidates_of_page(last, Stage::Typed)?;
        self.found.typed = count(&candidates);
        let is_widened = match last {
            Some(last) => last.is_misspelt(),
            None => !self.request.query.words.is_empty() && self.are_few(Stage::Typed, &candidates, count, enough)?,
        };
        if is_widened {
            let spellings = self.misspell()?;
            self.found.stage = Stage::Misspelt;
            candidates = self.candidates_of_page(last, Stage::Misspelt)?;
            if last.is_none() {
                self.spell(spellings);
            }
        }
        let without_some = match last {
            Some(last) => Some(last).filter(|last| last.needed(required) < required),
            None => self.stage_without_some(&candidates, enough)?,
        };
        if let Some(stage) = without_some {
            self.found.stage = stage;
            candidates = self.candidates(stage, true)?;
        }
        self.show(&candidates)
    }

    /// Fills the page with what has all words outside of abstracts, if nothing else may score as much. Abstracts have
    /// most of the postings, so they are read only where they may matter, or all hits are counted. Answers whether the
    /// page was filled.
    fn show_by_names(&mut self) -> Result<bool> {
        let Request { query, counts, in_names, after, first, .. } = self.request;
        let (required, is_typed) = (query.required(), after.as_ref().is_none_or(|after| after.stage == Stage::Typed));
        if required == 0 || counts.hits || counts.facets || *in_names || !is_typed {
            return Ok(false);
        }
        let names: Vec<SegmentSearch<'_>> =
            self.segments.iter().map(|search| search.without_abstracts(query)).collect();
        let enough = enough(required, *in_names).max(*first as u64 + 1);
        // Most queries find less in names.
        let rarest = (0..query.words.len()).filter(|word| !query.words[*word].is_optional);
        let rarest = rarest.map(|word| names.iter().map(|search| size(&search.words[word])).sum::<u64>()).min();
        if rarest.is_none_or(|rarest| rarest < enough) {
            return Ok(false);
        }
        let candidates = self.candidates_of(&names, Stage::Typed, true)?;
        if count(&candidates) < enough || required > 2 && count_likely(&candidates) == 0 {
            return Ok(false);
        }
        let page = rank::best(&names, &candidates, self.request, self.is_given_up)?;
        let others = rank::most_in_abstracts(&self.segments, query, &self.found.weights);
        let is_filled = page.has_more && page.hits.last().is_some_and(|last| last.score > others);
        if is_filled {
            (self.found.hits, self.found.has_more) = (page.hits, true);
            self.found.number = count(&candidates);
        }
        Ok(is_filled)
    }

    /// Counts the candidates, and takes the best ones for the page.
    fn show(&mut self, candidates: &[Vec<Candidate>]) -> Result<()> {
        self.found.number = count(candidates);
        if self.request.counts.facets {
            let mut counts = FacetCounts::new(self.open.facets.clone());
            for (search, candidates) in self.segments.iter().zip(candidates) {
                let documents = candidates.iter().map(|candidate| candidate.document);
                counts.add(&search.segment.columns.facets, documents);
                look(self.is_given_up)?;
            }
            self.found.facets = Some(counts);
        }
        let page = rank::best(&self.segments, candidates, self.request, self.is_given_up)?;
        (self.found.hits, self.found.has_more) = (page.hits, page.has_more);
        Ok(())
    }

    /// The candidates of a stage; none if the page is of another one.
    fn candidates_of_page(&self, page: Option<Stage>, stage: Stage) -> Result<Vec<Vec<Candidate>>> {
        match page.is_none_or(|page| page == stage) {
            true => self.candidates(stage, true),
            false => Ok(Vec::new()),
        }
    }

    /// Whether the candidates of a stage are fewer than enough. A filter takes hits away and never brings others: how
    /// widely is looked depends on what there is without it, unless it leaves nothing.
    fn are_few(
        &self,
        stage: Stage,
        candidates: &[Vec<Candidate>],
        number: fn(&[Vec<Candidate>]) -> u64,
        enough: u64,
    ) -> Result<bool> {
        if number(candidates) >= enough {
            return Ok(false);
        }
        let is_narrowed =
            self.request.starts.is_some() || self.request.query.conditions.iter().any(|condition| condition.narrows);
        Ok(!is_narrowed || count(candidates) == 0 || number(&self.candidates(stage, false)?) < enough)
    }

    /// The stage of things that lack some of the words, if it is worth looking for these: there are few others, or all
    /// of these have the words here and there in their abstracts.
    fn stage_without_some(&self, candidates: &[Vec<Candidate>], enough: u64) -> Result<Option<Stage>> {
        let (required, stage) = (self.request.query.required(), self.found.stage);
        if required < 2 || self.request.in_names {
            return Ok(None);
        }
        if stage == Stage::Misspelt && self.are_few(stage, candidates, count, enough)? {
            return Ok(Some(Stage::Most));
        }
        let is_worth = required > 2 && self.are_few(stage, candidates, count_likely, 1)?;
        Ok(is_worth.then_some(if stage == Stage::Misspelt { Stage::NearlyMisspelt } else { Stage::Nearly }))
    }

    /// Adds the words that rare ones may be misspellings of. Answers these for each word.
    fn misspell(&mut self) -> Result<Vec<HashMap<String, Spelling>>> {
        let words = &self.request.query.words;
        let mut found = vec![HashMap::new(); words.len()];
        // A phrase may be rarer than its words.
        let may_be_wrong = |(place, word): &(usize, &QueryWord)| {
            !word.is_optional && (self.typed[*place] < FREQUENT || word.plain().is_none())
        };
        let wrong: Vec<(usize, &QueryWord)> = words.iter().enumerate().filter(may_be_wrong).take(MOST_WRONG).collect();
        for (place, word) in wrong {
            let cut = word.plain().filter(|word| self.typed[place] == 0 && word.chars().count() >= SHORTEST_CUT);
            self.found.widened[place] = Widening { is_misspelt: true, is_cut: cut.is_some() };
            let misspelt = Misspelt::of(word)?;
            for search in &mut self.segments {
                let dictionaries = &search.segment.dictionaries;
                let meant = match &misspelt {
                    Some(misspelt) => dictionaries.misspelt(misspelt, self.request.in_names, &mut found[place])?,
                    None => dictionaries.most_pairs(word, self.request.in_names)?,
                };
                search.words[place].extend(meant);
                if let Some(cut) = cut {
                    search.words[place].extend(dictionaries.longer(cut, self.request.in_names)?);
                }
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
        self.candidates_of(&self.segments, stage, is_narrowed)
    }

    fn candidates_of(
        &self,
        segments: &[SegmentSearch<'_>],
        stage: Stage,
        is_narrowed: bool,
    ) -> Result<Vec<Vec<Candidate>>> {
        let shares = rank::shares(&self.found.weights);
        let mut marks = <[Marks; MOST_MARKED + 1]>::default();
        let how = (stage, is_narrowed);
        let one =
            |search: &SegmentSearch<'_>| search.candidates(how, &shares, self.request, &mut marks, self.is_given_up);
        segments.iter().map(one).collect()
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

/// What the words count together, in millionths, of a thing that is likely what was meant: more than they do if all of
/// them are in its abstract, or misspelt in its title.
const LIKELY: u32 = 500_000;

/// The number of candidates that are likely what was meant.
fn count_likely(candidates: &[Vec<Candidate>]) -> u64 {
    candidates.iter().flatten().filter(|candidate| candidate.sum >= LIKELY).count() as u64
}

fn count(candidates: &[Vec<Candidate>]) -> u64 {
    candidates.iter().map(|candidates| candidates.len() as u64).sum()
}
