//! Finding and ranking. Things that have all words of a query come first, as they were typed; if these are few, also with
//! typing errors; if these are few, things that have most of the words.
//!
//! A score depends on the thing and the query alone, and not on what else is in the index, but for the weights of the
//! words. A cursor carries these, so the later pages of a search go on with the scores of the first one while the index
//! grows. The order is the same on every server: equal scores are ordered by id.

use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

use tantivy::{Searcher, SegmentReader, TERMINATED, columnar::Column};
use uuid::Uuid;

use super::{
    SearchKind,
    cursor::{Cursor, Stage},
    expand::{Dictionaries, Meaning, broken},
    fields::{FACETS, Fields, facet_column},
    query::{Alternative, Condition, Query, QueryWord},
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

/// The most candidates between two looks at whether somebody still waits.
const LOOK: usize = 16_384;

/// What a thing scores that has all words, before what each word counts.
const ALL_WORDS: f32 = 10.0;
/// What a thing scores that has nearly all of the words.
const MOST_WORDS: f32 = 8.0;
/// What the words count together, if each is in the title as it was typed.
const WORDS: f32 = 4.0;
/// What it counts that the words are next to each other in the title, in their order.
const NEARNESS: f32 = 0.5;
/// What it counts beside nearness that the title begins with the first word of the query.
const BEGINNING: f32 = 0.2;
/// What it counts that the title has no other words.
const WHOLE_TITLE: f32 = 0.3;

/// What a person, a company or an edition counts before a talk, where only names are looked at.
const NAME: f32 = 1.0;

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
    /// The hits: what they score, and what they are.
    pub(super) hits: Vec<(u32, Uuid, SearchKind)>,
    pub(super) total: u64,
    pub(super) has_more: bool,
    pub(super) stage: Stage,
    pub(super) weights: Vec<u16>,
    /// The values of each facet with their numbers of hits.
    pub(super) facets: Vec<HashMap<String, u64>>,
    /// The words that may be misspelt, with a better spelling.
    pub(super) spellings: Vec<(QueryWord, String)>,
}

/// A thing of a segment that may be found.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    document: u32,
    /// What its words count.
    sum: f32,
    /// The words that it has, and those that its title has.
    has: u64,
    in_title: u64,
}

/// A segment, and what the words and the conditions of a query mean in it.
struct Segment<'s> {
    reader: &'s SegmentReader,
    dictionaries: Dictionaries,
    words: Vec<Vec<Meaning>>,
    conditions: Vec<(bool, Vec<Meaning>)>,
}

/// Finds what a request asks for. `is_given_up` ends it when nobody waits for it any more.
pub(super) fn find(searcher: &Searcher, fields: &Fields, request: &Request, is_given_up: &AtomicBool) -> Result<Found> {
    let mut search = Search::of(searcher, fields, request, is_given_up)?;
    search.run(searcher)?;
    Ok(search.found)
}

/// The number of things that have all words of a request, as they were typed.
pub(super) fn count_typed(
    searcher: &Searcher,
    fields: &Fields,
    request: &Request,
    is_given_up: &AtomicBool,
) -> Result<u64> {
    let search = Search::of(searcher, fields, request, is_given_up)?;
    Ok(count(&search.candidates(Stage::Typed)?))
}

struct Search<'s> {
    segments: Vec<Segment<'s>>,
    request: &'s Request,
    is_given_up: &'s AtomicBool,
    found: Found,
}

impl<'s> Search<'s> {
    fn of(searcher: &'s Searcher, fields: &Fields, request: &'s Request, is_given_up: &'s AtomicBool) -> Result<Self> {
        let mut segments = Vec::new();
        let mut languages: Vec<String> = Vec::new();
        for reader in searcher.segment_readers() {
            let dictionaries = Dictionaries::of(reader, fields)?;
            languages.extend(dictionaries.languages()?);
            segments.push(Segment { reader, dictionaries, words: Vec::new(), conditions: Vec::new() });
        }
        languages.sort();
        languages.dedup();
        let Query { words, conditions } = &request.query;
        for segment in &mut segments {
            let meanings = |word| segment.dictionaries.meanings(word, &languages, request.in_names);
            segment.words = words.iter().map(meanings).collect::<Result<_>>()?;
            segment.conditions =
                conditions.iter().map(|condition| segment.condition(condition, &languages)).collect::<Result<_>>()?;
        }
        let mut search = Self { segments, request, is_given_up, found: Found::default() };
        search.found.weights = match &request.after {
            Some(cursor) if cursor.weights.len() == words.len() => cursor.weights.clone(),
            _ => search.weights(searcher.num_docs()),
        };
        Ok(search)
    }

    /// The number of things that have a word, as it was typed.
    fn typed(&self, word: usize) -> u64 {
        self.segments.iter().flat_map(|segment| &segment.words[word]).map(Meaning::size).sum()
    }

    /// What each word weighs: a rare one more. Eighths of the natural logarithm of the share.
    fn weights(&self, things: u64) -> Vec<u16> {
        let weight = |word| {
            let share = things as f64 / (1.0 + self.typed(word).min(things) as f64);
            ((1.0 + share).ln() * 8.0).round().clamp(1.0, 1000.0) as u16
        };
        (0..self.request.query.words.len()).map(weight).collect()
    }

    fn run(&mut self, searcher: &Searcher) -> Result<()> {
        let words = &self.request.query.words;
        let last = self.request.after.as_ref().map(|cursor| cursor.stage);
        let enough = enough(words.len(), self.request.in_names);
        let goes_on = |stage, total| last.map_or(total < enough, |last| last > stage) && !words.is_empty();
        let mut candidates = match last {
            Some(last) if last > Stage::Typed => Vec::new(),
            _ => self.candidates(Stage::Typed)?,
        };
        let typed = count(&candidates);
        if goes_on(Stage::Typed, typed) {
            let found = self.misspell()?;
            self.found.stage = Stage::Misspelt;
            if last.is_none_or(|last| last == Stage::Misspelt) {
                candidates = self.candidates(Stage::Misspelt)?;
            }
            if last.is_none() {
                self.spell(found)?;
            }
        }
        let may_lack_some = words.len() > 1 && !self.request.in_names && self.found.stage == Stage::Misspelt;
        if may_lack_some && goes_on(Stage::Misspelt, count(&candidates)) {
            self.found.stage = Stage::Most;
            candidates = self.candidates(Stage::Most)?;
        }
        self.found.total = count(&candidates);
        if self.request.counts_facets {
            self.count_facets(&candidates)?;
        }
        self.rank(searcher, &candidates)
    }

    /// Adds the words that the typed ones may be misspellings of. Answers these for each word, with their distances and
    /// numbers of things.
    fn misspell(&mut self) -> Result<Vec<HashMap<String, (usize, u64)>>> {
        let words = &self.request.query.words;
        let mut found = vec![HashMap::new(); words.len()];
        let rare: Vec<usize> = (0..words.len()).filter(|word| self.typed(*word) < FREQUENT).collect();
        for segment in &mut self.segments {
            for place in rare.iter().copied() {
                let misspelt =
                    segment.dictionaries.misspelt(&words[place], self.request.in_names, &mut found[place])?;
                segment.words[place].extend(misspelt);
                look(self.is_given_up)?;
            }
        }
        Ok(found)
    }

    /// Notes the better spelling of words that few things have.
    fn spell(&mut self, found: Vec<HashMap<String, (usize, u64)>>) -> Result<()> {
        for (word, spellings) in self.request.query.words.iter().zip(found) {
            let Some(plain) = word.plain() else { continue };
            let numbers = self.segments.iter().map(|segment| segment.dictionaries.number_of(plain));
            let typed = numbers.sum::<Result<u64>>()?;
            let better = spellings.into_iter().filter(|(_, (_, number))| *number > 10 * typed);
            let best = better.min_by_key(|(other, (distance, number))| (*distance, Reverse(*number), other.clone()));
            self.found.spellings.extend(best.map(|(other, _)| (word.clone(), other)));
        }
        Ok(())
    }

    /// The candidates of each segment.
    fn candidates(&self, stage: Stage) -> Result<Vec<Vec<Candidate>>> {
        let sum: f32 = self.found.weights.iter().copied().map(f32::from).sum();
        let weights: Vec<f32> = self.found.weights.iter().map(|weight| f32::from(*weight) / sum).collect();
        let one = |segment: &Segment<'_>| segment.candidates(stage, &weights, self.request, self.is_given_up);
        self.segments.iter().map(one).collect()
    }

    /// Scores the candidates, and keeps the best ones.
    fn rank(&mut self, searcher: &Searcher, candidates: &[Vec<Candidate>]) -> Result<()> {
        let words = self.request.query.words.len();
        let mut scored = Vec::with_capacity(candidates.iter().map(Vec::len).sum());
        for (number, (segment, candidates)) in self.segments.iter().zip(candidates).enumerate() {
            let nearness = segment.nearness(candidates)?;
            let columns = segment.reader.fast_fields();
            let length = columns.u64("titleLength").map_err(broken)?;
            let boost = columns.u64("boost").map_err(broken)?;
            let kind = columns.u64("is").map_err(broken)?;
            for (place, candidate) in candidates.iter().enumerate() {
                let near = nearness.get(&place).copied().unwrap_or_default();
                let length = length.first(candidate.document).unwrap_or(1).max(1);
                let in_title = u64::from(candidate.in_title.count_ones());
                let whole = in_title.min(length) as f32 / length as f32;
                let boost = boost.first(candidate.document).unwrap_or_default() as f32 / 1000.0;
                let has_all = candidate.has.count_ones() as usize == words;
                let share = match has_all {
                    true => ALL_WORDS,
                    false => MOST_WORDS * self.share(candidate.has),
                };
                let named = if self.request.in_names && kind.first(candidate.document) != Some(SearchKind::Talk as u64)
                {
                    NAME
                } else {
                    0.0
                };
                let score = named + share + WORDS * candidate.sum + NEARNESS * near + WHOLE_TITLE * whole + boost;
                scored.push(((score * 1000.0).round() as u32, number, candidate.document));
            }
        }
        let after = self.request.after.as_ref().map(|cursor| (cursor.score, cursor.id));
        scored.retain(|(score, ..)| after.is_none_or(|(last, _)| *score <= last));
        // Of equal scores all are needed, to order them by id.
        let wanted = self.request.first + 1;
        let columns: Vec<[Column<u64>; 3]> =
            searcher.segment_readers().iter().map(id_columns).collect::<Result<_>>()?;
        let hit = |(score, segment, document): (u32, usize, u32)| {
            let [high, low, kind] =
                [0, 1, 2].map(|column| columns[segment][column].first(document).unwrap_or_default());
            let kind = SearchKind::ALL.get(kind as usize).copied().unwrap_or(SearchKind::Talk);
            (score, Uuid::from_u64_pair(high, low), kind)
        };
        let most = wanted + after.map_or(0, |(last, _)| scored.iter().filter(|(score, ..)| *score == last).count());
        if scored.len() > most {
            scored.select_nth_unstable_by_key(most, |(score, ..)| Reverse(*score));
            let least = scored[most].0;
            scored.retain(|(score, ..)| *score >= least);
        }
        let mut hits: Vec<(u32, Uuid, SearchKind)> = scored.into_iter().map(hit).collect();
        hits.retain(|(score, id, _)| {
            after.is_none_or(|(last, before)| (Reverse(*score), *id) > (Reverse(last), before))
        });
        hits.sort_unstable_by_key(|(score, id, _)| (Reverse(*score), *id));
        self.found.has_more = hits.len() > self.request.first;
        hits.truncate(self.request.first);
        self.found.hits = hits;
        Ok(())
    }

    /// What part of the query's weight is in these words.
    fn share(&self, has: u64) -> f32 {
        let weight = |(place, weight): (usize, &u16)| if has >> place & 1 == 1 { f32::from(*weight) } else { 0.0 };
        let all: f32 = self.found.weights.iter().copied().map(f32::from).sum();
        self.found.weights.iter().enumerate().map(weight).sum::<f32>() / all
    }

    /// Counts the values of all candidates.
    fn count_facets(&mut self, candidates: &[Vec<Candidate>]) -> Result<()> {
        self.found.facets = vec![HashMap::new(); FACETS.len()];
        for (segment, candidates) in self.segments.iter().zip(candidates) {
            for (name, counts) in FACETS.iter().zip(&mut self.found.facets) {
                let Some(column) = segment.reader.fast_fields().str(&facet_column(name)).map_err(broken)? else {
                    continue;
                };
                let mut numbers = vec![0_u64; column.num_terms()];
                for candidate in candidates {
                    for term in column.term_ords(candidate.document) {
                        numbers[term as usize] += 1;
                    }
                }
                let mut value = String::new();
                for (term, number) in numbers.into_iter().enumerate().filter(|(_, number)| *number > 0) {
                    value.clear();
                    column.ord_to_str(term as u64, &mut value).map_err(broken)?;
                    *counts.entry(value.clone()).or_default() += number;
                }
            }
            look(self.is_given_up)?;
        }
        Ok(())
    }
}

fn count(candidates: &[Vec<Candidate>]) -> u64 {
    candidates.iter().map(|candidates| candidates.len() as u64).sum()
}

fn id_columns(segment: &SegmentReader) -> Result<[Column<u64>; 3]> {
    let column = |name| segment.fast_fields().u64(name).map_err(broken);
    Ok([column("idHigh")?, column("idLow")?, column("is")?])
}

/// Ends the search if nobody waits for it any more. The error is never sent.
fn look(is_given_up: &AtomicBool) -> Result<()> {
    match is_given_up.load(Ordering::Relaxed) {
        true => Err(Error::Internal("a search was given up".to_owned())),
        false => Ok(()),
    }
}

impl Segment<'_> {
    /// What a condition means in this segment.
    fn condition(&self, condition: &Condition, languages: &[String]) -> Result<(bool, Vec<Meaning>)> {
        let mut meanings = Vec::new();
        for alternative in &condition.any {
            match alternative {
                Alternative::Term(term) => meanings.extend(self.dictionaries.term(term)?),
                Alternative::Words { field, words, is_open } => {
                    meanings.extend(self.dictionaries.one_value(*field, words, *is_open)?);
                }
                Alternative::Word(word) => meanings.extend(self.dictionaries.meanings(word, languages, false)?),
                Alternative::TitleContains(text) => meanings.extend(self.dictionaries.title_contains(text)?),
            }
        }
        Ok((condition.is_negative, meanings))
    }

    fn candidates(
        &self,
        stage: Stage,
        weights: &[f32],
        request: &Request,
        is_given_up: &AtomicBool,
    ) -> Result<Vec<Candidate>> {
        let size = |meanings: &[Meaning]| meanings.iter().map(Meaning::size).sum::<u64>();
        let is_impossible = |meanings: &Vec<Meaning>| meanings.is_empty();
        let needed = match stage {
            Stage::Most => self.words.len().div_ceil(2),
            _ => self.words.len(),
        };
        let positive = || self.conditions.iter().filter(|(is_negative, _)| !is_negative).map(|(_, meanings)| meanings);
        if positive().any(is_impossible) || self.words.iter().filter(|word| !word.is_empty()).count() < needed {
            return Ok(Vec::new());
        }
        // Whatever has enough words has one of these.
        let mut rarest: Vec<usize> = (0..self.words.len()).collect();
        rarest.sort_by_key(|word| size(&self.words[*word]));
        rarest.truncate(self.words.len() + 1 - needed.min(self.words.len() + 1));
        let by_words = rarest.iter().map(|word| size(&self.words[*word])).sum::<u64>();
        let by_condition = positive().min_by_key(|meanings| size(meanings));
        let driver = by_condition.filter(|meanings| self.words.is_empty() || size(meanings) < by_words);
        let documents: Vec<u32> = match driver {
            Some(meanings) => self.documents(meanings)?.into_iter().map(|(document, ..)| document).collect(),
            None if self.words.is_empty() => (0..self.reader.max_doc()).collect(),
            None => {
                let meanings: Vec<Meaning> = rarest.iter().flat_map(|word| self.words[*word].iter().cloned()).collect();
                self.documents(&meanings)?.into_iter().map(|(document, ..)| document).collect()
            }
        };
        let candidate = |document| Candidate { document, sum: 0.0, has: 0, in_title: 0 };
        let is_alive = |document: &u32| !self.reader.is_deleted(*document);
        let mut candidates: Vec<Candidate> = documents.into_iter().filter(is_alive).map(candidate).collect();
        if let Some((from, before)) = request.starts {
            let starts = self.reader.fast_fields().i64("startsAt").map_err(broken)?;
            candidates.retain(|candidate| {
                let start = starts.first(candidate.document);
                start.is_some_and(|start| from.is_none_or(|from| start >= from) && before.is_none_or(|end| start < end))
            });
        }
        for (is_negative, meanings) in &self.conditions {
            let found = self.found_among(&candidates, meanings, is_given_up)?;
            let mut found = found.into_iter();
            candidates.retain(|_| found.next().is_some_and(|(weight, _)| (weight >= 0.0) != *is_negative));
        }
        let mut rarest: Vec<usize> = (0..self.words.len()).collect();
        rarest.sort_by_key(|word| size(&self.words[*word]));
        for word in rarest {
            let found = self.found_among(&candidates, &self.words[word], is_given_up)?;
            for (candidate, (weight, in_title)) in candidates.iter_mut().zip(&found) {
                if *weight >= 0.0 {
                    candidate.has |= 1 << word;
                    candidate.sum += weights[word] * weight;
                    candidate.in_title |= u64::from(*in_title) << word;
                }
            }
            if needed == self.words.len() {
                candidates.retain(|candidate| candidate.has >> word & 1 == 1);
            }
        }
        candidates.retain(|candidate| candidate.has.count_ones() as usize >= needed);
        Ok(candidates)
    }

    /// What each of the candidates counts by a word, and whether its title has it; less than zero for one without it.
    fn found_among(
        &self,
        candidates: &[Candidate],
        meanings: &[Meaning],
        is_given_up: &AtomicBool,
    ) -> Result<Vec<(f32, bool)>> {
        let mut found = vec![(-1.0, false); candidates.len()];
        // With many postings for the few candidates it is quicker to make one row of them.
        let rows: u64 = meanings.iter().map(Meaning::size).sum();
        if meanings.len() > 8 && rows < candidates.len() as u64 * meanings.len() as u64 {
            let mut documents = self.documents(meanings)?.into_iter().peekable();
            for (candidate, found) in candidates.iter().zip(&mut found) {
                while documents.next_if(|(document, ..)| *document < candidate.document).is_some() {}
                if let Some((_, weight, in_title)) = documents.next_if(|(document, ..)| *document == candidate.document)
                {
                    *found = (weight, in_title);
                }
            }
            return Ok(found);
        }
        for meaning in meanings {
            let mut rows = self.dictionaries.open(meaning, false)?;
            for (candidates, found) in candidates.chunks(LOOK).zip(found.chunks_mut(LOOK)) {
                look(is_given_up)?;
                for (candidate, found) in candidates.iter().zip(found) {
                    if rows.seek(candidate.document) == candidate.document {
                        *found = better(*found, (meaning.weight, meaning.is_in_title()));
                    }
                }
            }
        }
        Ok(found)
    }

    /// All documents of some meanings in their order, with what they count by the best of these, and whether the title
    /// has one.
    fn documents(&self, meanings: &[Meaning]) -> Result<Vec<(u32, f32, bool)>> {
        let rows: u64 = meanings.iter().map(Meaning::size).sum();
        let mut documents: Vec<(u32, f32, bool)> = Vec::with_capacity(rows as usize);
        for meaning in meanings {
            let mut rows = self.dictionaries.open(meaning, false)?;
            let mut document = rows.document();
            while document != TERMINATED {
                documents.push((document, meaning.weight, meaning.is_in_title()));
                document = rows.advance();
            }
        }
        if meanings.len() > 1 {
            // Runs that are in order already are merged.
            documents.sort_by_key(|(document, ..)| *document);
            documents.dedup_by(|later, first| {
                let is_same = later.0 == first.0;
                if is_same {
                    (first.1, first.2) = better((first.1, first.2), (later.1, later.2));
                }
                is_same
            });
        }
        Ok(documents)
    }

    /// How near the words of the query are to each other in the titles of candidates, from 0 to 1, by the places of the
    /// candidates.
    fn nearness(&self, candidates: &[Candidate]) -> Result<HashMap<usize, f32>> {
        let several = |(_, candidate): &(usize, &Candidate)| candidate.in_title.count_ones() > 1;
        let places: Vec<(usize, u32)> = candidates
            .iter()
            .enumerate()
            .filter(several)
            .map(|(place, candidate)| (place, candidate.document))
            .collect();
        let mut near = HashMap::with_capacity(places.len());
        let Some(pairs) = self.words.len().checked_sub(1).filter(|pairs| *pairs > 0 && !places.is_empty()) else {
            return Ok(near);
        };
        let mut before: Vec<Vec<u32>> = vec![Vec::new(); places.len()];
        for (number, meanings) in self.words.iter().enumerate() {
            let is_first = number == 0;
            let mut own: Vec<Vec<u32>> = vec![Vec::new(); places.len()];
            for meaning in meanings.iter().filter(|meaning| meaning.is_in_title()) {
                let mut rows = self.dictionaries.open(meaning, true)?;
                let mut positions = Vec::new();
                for ((_, document), own) in places.iter().zip(&mut own) {
                    if rows.seek(*document) == *document {
                        rows.positions(&mut positions);
                        own.extend(&positions);
                    }
                }
            }
            for (((place, _), before), own) in places.iter().zip(&before).zip(&own) {
                let is_next = before.iter().any(|position| own.contains(&(position + 1)));
                let is_later = before.iter().min() < own.iter().max() && !before.is_empty();
                let share = if is_next {
                    1.0
                } else if is_later {
                    0.5
                } else {
                    0.0
                };
                let begins = if is_first && own.contains(&0) { BEGINNING } else { 0.0 };
                *near.entry(*place).or_insert(0.0) += share / pairs as f32 + begins;
            }
            before = own;
        }
        Ok(near)
    }
}

fn better(one: (f32, bool), other: (f32, bool)) -> (f32, bool) {
    (one.0.max(other.0), one.1 || other.1)
}
