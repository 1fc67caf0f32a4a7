//! Ranking. A score depends on the thing and the query alone, and not on what else is in the index, but for the weights
//! of the words. A cursor carries these, so the later pages of a search go on with the scores of the first one while
//! the index grows. The order is the same on every server: equal scores are ordered by id.

use std::{cmp::Reverse, collections::HashMap, sync::atomic::AtomicBool};

use uuid::Uuid;

use super::{
    SearchKind,
    candidates::{Candidate, SegmentSearch},
    fields::{ABSTRACT, TEXTS},
    query::{Query, is_quote},
    request::{Request, look},
    segment::{Own, TitlesLike},
};
use crate::{collation::fold, error::Result};

/// What a thing scores that has all words, before what each word counts.
const ALL_WORDS: f32 = 10.0;
/// What a thing scores that has nearly all of the words.
const MOST_WORDS: f32 = 8.0;
/// What the words count together, if each is in the title as it was typed.
const WORDS: f32 = 4.0;
/// What it counts that the words are next to each other in the title, in their order.
const NEARNESS: f32 = 0.5;
/// What it counts beside nearness that the title begins as the first word of the query.
const BEGINNING: f32 = 0.1;
/// What it counts that the title has no other words.
const WHOLE_TITLE: f32 = 0.3;

/// The words of a title that is as good as all words of the query, if the query has all of its words.
const WORDS_OF_A_WHOLE: u8 = 3;

/// What it counts that the title is the query as it was typed, and that it begins so. A single word begins many titles.
const SAME_TITLE: f32 = 2.0;
const SAME_BEGINNING: f32 = 1.0;

/// What a person, a company or an edition counts before a talk, where only names are looked at.
const NAME: f32 = 1.0;

/// The scores are whole numbers of this part of one.
pub(super) const SCALE: f32 = 1000.0;

/// The number of scores from which those are left out that can't be among the wanted ones.
const MOST_SCORED: usize = 1_024;

/// A hit in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub(super) score: u32,
    pub(super) id: Uuid,
    pub(super) kind: SearchKind,
}

impl Ranked {
    /// Its place among the hits.
    fn place(&self) -> Place {
        (Reverse(self.score), self.id)
    }
}

/// The place of a hit: better ones are less.
type Place = (Reverse<u32>, Uuid);

/// The best of what was found.
pub(super) struct Best {
    pub(super) hits: Vec<Ranked>,
    pub(super) has_more: bool,
}

/// A candidate with its score, before the nearness of its words is known or after it.
#[derive(Clone, Copy, Debug)]
struct Scored {
    score: u32,
    /// What nearness may add to the score.
    may_rise: u32,
    segment: u32,
    document: u32,
}

impl Scored {
    /// What it scores at most.
    fn most(&self) -> u32 {
        self.score + self.may_rise
    }
}

/// A score as a whole number.
fn rounded(score: f32) -> u32 {
    (score * SCALE + 0.5) as u32
}

/// A whole, of which candidates have parts.
const WHOLE: f32 = 1_000_000.0;

/// The parts of the query's weight that its words have, in millionths.
pub(super) fn shares(weights: &[u16]) -> Vec<u32> {
    let sum: f32 = weights.iter().copied().map(f32::from).sum();
    weights.iter().map(|weight| (f32::from(*weight) / sum * WHOLE) as u32).collect()
}

/// The page of candidates that a request asks for. `candidates` are those of each segment.
pub(super) fn best(
    segments: &[SegmentSearch<'_>],
    candidates: &[Vec<Candidate>],
    request: &Request,
    is_given_up: &AtomicBool,
) -> Result<Best> {
    let after = request.after.as_ref().map(|cursor| (Reverse(cursor.score), cursor.id));
    let (count, last) = (request.first + 1, after.map_or(u32::MAX, |(Reverse(last), _)| last));
    let typed = fold(&request.text);
    let words = &request.query.words;
    let first_word = words.first().and_then(|word| request.text.get(word.place.clone()));
    let first_word = first_word.map(|word| fold(word.trim_matches(is_quote)));
    let may_rise: Vec<u32> = (0..=words.len()).map(|in_title| rounded(most_nearness(in_title, words.len()))).collect();
    let mut scored: Vec<Scored> = Vec::new();
    let (mut least, mut room) = (0, MOST_SCORED);
    for (number, (search, candidates)) in segments.iter().zip(candidates).enumerate() {
        look(is_given_up)?;
        let titles = match request.in_names {
            true => TitlesLike::default(),
            false => search.segment.columns.titles_like(typed.trim())?,
        };
        let beginnings = match &first_word {
            Some(first) => search.segment.columns.titles_like(first)?,
            None => TitlesLike::default(),
        };
        // What surely scores too little is left out before more is read of it.
        let named = if request.in_names { NAME } else { 0.0 };
        let beside = named + ALL_WORDS + f32::from(search.segment.columns.most_boost) / SCALE;
        let least_sum = |least: u32| (((least as f32 - 2.0) / SCALE - beside) / WORDS * WHOLE) as u32;
        let mut enough = least_sum(least);
        for candidate in candidates {
            if candidate.in_title == 0 && candidate.sum < enough {
                continue;
            }
            let own = search.segment.columns.own[candidate.document as usize];
            let mut title = 0.0;
            // A title that begins with the query has its first word.
            if candidate.in_title > 0 {
                title += match titles.of(own.title) {
                    (_, true) => SAME_TITLE,
                    (true, _) if words.len() > 1 => SAME_BEGINNING,
                    _ => 0.0,
                };
            }
            if candidate.in_title > 1 && beginnings.of(own.title).0 {
                title += BEGINNING;
            }
            let score = rounded(title + score(search, candidate, own, request.in_names));
            let may_rise = may_rise[usize::from(candidate.in_title)];
            if score > last || score + may_rise < least {
                continue;
            }
            let (segment, document) = (number as u32, candidate.document);
            scored.push(Scored { score, may_rise, segment, document });
            if scored.len() == room {
                least = least_wanted(&scored, count, last);
                enough = least_sum(least);
                scored.retain(|one| one.most() >= least);
                room = MOST_SCORED.max(scored.len() * 2);
            }
        }
    }
    let mut hits = best_scored(segments, scored, after, count, is_given_up)?;
    let has_more = hits.len() > request.first;
    hits.truncate(request.first);
    Ok(Best { hits, has_more })
}

/// What a candidate scores at least that may be among the wanted ones: as many are surely not worse, and behind the
/// last hit.
fn least_wanted(scored: &[Scored], count: usize, last: u32) -> u32 {
    let mut sure: Vec<u32> = scored.iter().filter(|one| one.most() < last).map(|one| one.score).collect();
    match sure.len() < count {
        true => 0,
        false => *sure.select_nth_unstable_by_key(count - 1, |score| Reverse(*score)).1,
    }
}

/// The best candidates behind a place, in their order. Nearness is in the positions of the texts, so it is read of the
/// candidates that may score most, until no other can be among the wanted ones.
fn best_scored(
    segments: &[SegmentSearch<'_>],
    mut others: Vec<Scored>,
    after: Option<Place>,
    count: usize,
    is_given_up: &AtomicBool,
) -> Result<Vec<Ranked>> {
    let columns = |one: &Scored| &segments[one.segment as usize].segment.columns;
    let hit = |one: &Scored| {
        let (columns, document) = (columns(one), one.document);
        Ranked { score: one.score, id: columns.id(document), kind: columns.own[document as usize].kind }
    };
    let order = |one: &Scored, score: u32, (than, id): Place| {
        Reverse(score).cmp(&than).then_with(|| columns(one).compare_id(one.document, id))
    };
    let (mut hits, mut last): (Vec<Ranked>, Option<Place>) = (Vec::new(), None);
    let mut next = 2 * count.max(32);
    while !others.is_empty() {
        let rest = others.len().saturating_sub(next);
        if rest > 0 {
            // A new index has things about in the order of their ids.
            others.select_nth_unstable_by_key(rest, |one| (one.most(), Reverse((one.segment, one.document))));
        }
        let mut read = others.split_off(rest);
        add_nearness(segments, &mut read, is_given_up)?;
        let is_wanted = |one: &&Scored| {
            after.is_none_or(|after| order(one, one.score, after).is_gt())
                && last.is_none_or(|last| order(one, one.score, last).is_lt())
        };
        hits.extend(read.iter().filter(is_wanted).map(hit));
        if hits.len() >= count {
            let place = hits.select_nth_unstable_by_key(count - 1, Ranked::place).1.place();
            hits.truncate(count);
            others.retain(|one| order(one, one.most(), place).is_lt());
            last = Some(place);
        }
        next *= 4;
    }
    hits.sort_unstable_by_key(Ranked::place);
    Ok(hits)
}

/// What a thing scores at most that has a required word only in its abstract.
pub(super) fn most_in_abstracts(segments: &[SegmentSearch<'_>], query: &Query, weights: &[u16]) -> u32 {
    let shares = shares(weights).into_iter().zip(&query.words);
    let least = shares.filter(|(_, word)| !word.is_optional).map(|(share, _)| share).min().unwrap_or_default();
    let sum = 1.0 - least as f32 / WHOLE * (1.0 - TEXTS[ABSTRACT].weight);
    let boost = segments.iter().map(|search| search.segment.columns.most_boost).max().unwrap_or_default();
    let in_title = query.words.len().saturating_sub(1);
    let near = most_nearness(in_title, query.words.len()) + if in_title > 1 { BEGINNING } else { 0.0 };
    // The parts of a score are rounded apart.
    rounded(ALL_WORDS + WORDS * sum + WHOLE_TITLE + near + f32::from(boost) / SCALE) + 2
}

/// What a candidate scores without the nearness of its words.
fn score(search: &SegmentSearch<'_>, candidate: &Candidate, own: Own, in_names: bool) -> f32 {
    let length = own.title_length.max(1);
    let whole = f32::from(candidate.in_title.min(length)) / f32::from(length);
    let is_whole = candidate.in_title >= length && length >= WORDS_OF_A_WHOLE;
    let share = match usize::from(candidate.has) == search.required || is_whole {
        true => ALL_WORDS,
        false => MOST_WORDS * candidate.share as f32 / WHOLE,
    };
    let named = if in_names && own.kind != SearchKind::Talk { NAME } else { 0.0 };
    let words = WORDS * candidate.sum as f32 / WHOLE;
    named + share + words + WHOLE_TITLE * whole + f32::from(own.boost) / SCALE
}

/// What nearness counts at most, if a title has some of the words: a share for each pair of words.
fn most_nearness(in_title: usize, words: usize) -> f32 {
    NEARNESS * in_title.saturating_sub(1) as f32 / words.saturating_sub(1).max(1) as f32
}

/// Adds to the scores how near the words are to each other in the titles.
fn add_nearness(segments: &[SegmentSearch<'_>], scored: &mut [Scored], is_given_up: &AtomicBool) -> Result<()> {
    let mut near: Vec<&mut Scored> = scored.iter_mut().filter(|one| one.may_rise > 0).collect();
    near.sort_unstable_by_key(|one| (one.segment, one.document));
    for of_segment in near.chunk_by_mut(|one, other| one.segment == other.segment) {
        let Some(search) = of_segment.first().map(|first| &segments[first.segment as usize]) else { continue };
        // Equal titles have their words at the same places, so these are read of one of them.
        let (mut documents, mut places) = (Vec::new(), HashMap::new());
        let mut place = |one: &&mut Scored| {
            let title = search.segment.columns.own[one.document as usize].title;
            *places.entry(title).or_insert_with(|| {
                documents.push(one.document);
                documents.len() - 1
            })
        };
        let places: Vec<usize> = of_segment.iter().map(&mut place).collect();
        let near = nearness(search, &documents, is_given_up)?;
        for (one, place) in of_segment.iter_mut().zip(places) {
            one.score += near[place].min(one.may_rise);
            one.may_rise = 0;
        }
    }
    Ok(())
}

/// What it counts how near the words of the query are to each other in the titles of documents, which are in their
/// order.
fn nearness(search: &SegmentSearch<'_>, documents: &[u32], is_given_up: &AtomicBool) -> Result<Vec<u32>> {
    let mut near = vec![0.0; documents.len()];
    let pair = most_nearness(2, search.words.len());
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); documents.len()];
    for meanings in &search.words {
        let mut own: Vec<Vec<u32>> = vec![Vec::new(); documents.len()];
        let mut positions = Vec::new();
        for meaning in meanings.iter().filter(|meaning| meaning.is_in_title()) {
            look(is_given_up)?;
            let mut rows = search.segment.dictionaries.open(meaning, true)?;
            for (document, own) in documents.iter().zip(&mut own) {
                if rows.has(*document) {
                    rows.positions(&mut positions);
                    own.extend(&positions);
                }
            }
        }
        for ((near, before), own) in near.iter_mut().zip(&before).zip(&own) {
            let is_next = before.iter().any(|position| own.contains(&(position + 1)));
            let is_later = before.iter().min() < own.iter().max() && !before.is_empty();
            let share = if is_next {
                1.0
            } else if is_later {
                0.5
            } else {
                0.0
            };
            *near += pair * share;
        }
        before = own;
    }
    Ok(near.into_iter().map(rounded).collect())
}
