//! Ranking. A score depends on the thing and the query alone, and not on what else is in the index, but for the weights
//! of the words. A cursor carries these, so the later pages of a search go on with the scores of the first one while
//! the index grows. The order is the same on every server: equal scores are ordered by id.

use std::{cmp::Reverse, collections::HashMap, sync::atomic::AtomicBool};

use uuid::Uuid;

use super::{
    SearchKind,
    candidates::{Candidate, SegmentSearch},
    fields::{ABSTRACT, TEXTS},
    query::Query,
    request::{Request, look},
    segment::TitlesLike,
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
/// What it counts beside nearness that the title begins with the first word of the query.
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

/// The most by which rounding changes the order of two scores.
const ROUNDING: f32 = 1.0 / SCALE;

/// The number of scores from which those are left out that can't be among the wanted ones.
const MOST_SCORED: usize = 1_024;

/// A hit in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ranked {
    pub(super) score: u32,
    pub(super) id: Uuid,
    pub(super) kind: SearchKind,
}

/// The best of what was found.
pub(super) struct Best {
    pub(super) hits: Vec<Ranked>,
    pub(super) has_more: bool,
}

/// A candidate with its score, before the nearness of its words is known or after it.
#[derive(Clone, Copy, Debug)]
struct Scored {
    score: f32,
    /// What nearness may add to the score.
    may_rise: f32,
    segment: u32,
    document: u32,
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
    let after = request.after.as_ref().map(|cursor| (cursor.score, cursor.id));
    let wanted =
        Wanted { count: request.first + 1, last: after.map_or(f32::INFINITY, |(last, _)| last as f32 / SCALE) };
    let typed = fold(&request.text);
    let mut scored = Vec::new();
    let (mut least, mut room) = (f32::NEG_INFINITY, MOST_SCORED);
    for (number, (search, candidates)) in segments.iter().zip(candidates).enumerate() {
        look(is_given_up)?;
        let titles = match request.in_names {
            true => TitlesLike::default(),
            false => search.segment.columns.titles_like(typed.trim())?,
        };
        // What surely scores too little is left out before more is read of it.
        let most = |sum: u32| {
            let named = if request.in_names { NAME } else { 0.0 };
            named + ALL_WORDS + WORDS * sum as f32 / WHOLE + f32::from(search.segment.columns.most_boost) / SCALE
        };
        for candidate in candidates {
            if candidate.in_title == 0 && most(candidate.sum) < least {
                continue;
            }
            // A title that begins with the query has its first word.
            let (begins_so, is_same) = match candidate.in_title {
                0 => (false, false),
                _ => titles.of(search.segment.columns.own[candidate.document as usize].title),
            };
            let title = if is_same {
                SAME_TITLE
            } else if begins_so && search.words.len() > 1 {
                SAME_BEGINNING
            } else {
                0.0
            };
            let score = title + score(search, candidate, request.in_names);
            let may_rise = if candidate.in_title > 1 { NEARNESS + BEGINNING } else { 0.0 };
            if score > wanted.last + ROUNDING || score + may_rise < least {
                continue;
            }
            scored.push(Scored { score, may_rise, segment: number as u32, document: candidate.document });
            if scored.len() == room {
                least = wanted.least(&scored);
                scored.retain(|one| one.score + one.may_rise >= least);
                room = MOST_SCORED.max(scored.len() * 2);
            }
        }
    }
    let read = add_nearness(segments, &mut scored, wanted, is_given_up)?;
    scored.truncate(read);

    let rounded = |one: &Scored| (one.score * SCALE).round() as u32;
    scored.retain(|one| after.is_none_or(|(last, _)| rounded(one) <= last));
    // Of equal scores all are needed, to order them by id.
    let equal = after.map_or(0, |(last, _)| scored.iter().filter(|one| rounded(one) == last).count());
    let count = wanted.count + equal;
    if scored.len() > count {
        scored.select_nth_unstable_by_key(count, |one| Reverse(rounded(one)));
        let least = rounded(&scored[count]);
        scored.retain(|one| rounded(one) >= least);
    }
    let hit = |one: &Scored| {
        let columns = &segments[one.segment as usize].segment.columns;
        let kind = columns.own[one.document as usize].kind;
        Ranked { score: rounded(one), id: columns.id(one.document), kind }
    };
    let mut hits: Vec<Ranked> = scored.iter().map(hit).collect();
    hits.retain(|hit| after.is_none_or(|(last, before)| (Reverse(hit.score), hit.id) > (Reverse(last), before)));
    let order = |hit: &Ranked| (Reverse(hit.score), hit.id);
    if hits.len() > wanted.count {
        hits.select_nth_unstable_by_key(wanted.count, order);
        hits.truncate(wanted.count);
    }
    hits.sort_unstable_by_key(order);
    let has_more = hits.len() > request.first;
    hits.truncate(request.first);
    Ok(Best { hits, has_more })
}

/// What a thing scores at most that has a required word only in its abstract.
pub(super) fn most_in_abstracts(segments: &[SegmentSearch<'_>], query: &Query, weights: &[u16]) -> u32 {
    let shares = shares(weights).into_iter().zip(&query.words);
    let least = shares.filter(|(_, word)| !word.is_optional).map(|(share, _)| share).min().unwrap_or_default();
    let sum = 1.0 - least as f32 / WHOLE * (1.0 - TEXTS[ABSTRACT].weight);
    let boost = segments.iter().map(|search| search.segment.columns.most_boost).max().unwrap_or_default();
    // Nearness is that of pairs of words in the title. Of one pair at least a word is not there.
    let pairs = query.words.len().saturating_sub(1) as f32;
    let near = if pairs > 1.0 { NEARNESS * (pairs - 1.0) / pairs + BEGINNING } else { 0.0 };
    ((ALL_WORDS + WORDS * sum + WHOLE_TITLE + near + f32::from(boost) / SCALE) * SCALE).ceil() as u32
}

/// How many hits are wanted, and what the hit before them scored.
#[derive(Clone, Copy)]
struct Wanted {
    count: usize,
    last: f32,
}

impl Wanted {
    /// What a candidate scores at least that may be among the wanted ones. As many are surely better than others.
    fn least(self, scored: &[Scored]) -> f32 {
        let is_sure = |one: &&Scored| one.score + one.may_rise < self.last - ROUNDING;
        let mut sure: Vec<f32> = scored.iter().filter(is_sure).map(|one| one.score).collect();
        if sure.len() < self.count {
            return f32::NEG_INFINITY;
        }
        let (_, least, _) = sure.select_nth_unstable_by(self.count - 1, |one, other| other.total_cmp(one));
        *least - ROUNDING
    }
}

/// What a candidate scores without the nearness of its words.
fn score(search: &SegmentSearch<'_>, candidate: &Candidate, in_names: bool) -> f32 {
    let own = search.segment.columns.own[candidate.document as usize];
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

/// Adds to the scores how near the words are to each other in the titles. Nearness is in the positions of the texts, so
/// it is read of the best candidates alone, until no other can be among the wanted ones. Answers how many were read;
/// they are the first ones then.
fn add_nearness(
    segments: &[SegmentSearch<'_>],
    scored: &mut [Scored],
    wanted: Wanted,
    is_given_up: &AtomicBool,
) -> Result<usize> {
    let (mut read, mut next) = (0, 2 * wanted.count.max(32));
    while read < scored.len() {
        let rest = &mut scored[read..];
        let count = next.min(rest.len());
        if count < rest.len() {
            rest.select_nth_unstable_by(count, |one, other| other.score.total_cmp(&one.score));
        }
        add_nearness_of(segments, &mut rest[..count], is_given_up)?;
        read += count;
        next *= 4;
        let (known, others) = scored.split_at(read);
        let least = wanted.least(known);
        if others.iter().all(|one| one.score + one.may_rise < least) {
            break;
        }
    }
    Ok(read)
}

fn add_nearness_of(segments: &[SegmentSearch<'_>], scored: &mut [Scored], is_given_up: &AtomicBool) -> Result<()> {
    let mut near: Vec<&mut Scored> = scored.iter_mut().filter(|one| one.may_rise > 0.0).collect();
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
            one.score += near[place];
            one.may_rise = 0.0;
        }
    }
    Ok(())
}

/// What it counts how near the words of the query are to each other in the titles of documents, which are in their
/// order.
fn nearness(search: &SegmentSearch<'_>, documents: &[u32], is_given_up: &AtomicBool) -> Result<Vec<f32>> {
    let mut near = vec![0.0; documents.len()];
    let pairs = search.words.len().saturating_sub(1).max(1) as f32;
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); documents.len()];
    for (number, meanings) in search.words.iter().enumerate() {
        let mut own: Vec<Vec<u32>> = vec![Vec::new(); documents.len()];
        let mut positions = Vec::new();
        for meaning in meanings.iter().filter(|meaning| meaning.is_in_title()) {
            look(is_given_up)?;
            let mut rows = search.segment.dictionaries.open(meaning, true)?;
            for (document, own) in documents.iter().zip(&mut own) {
                if rows.seek(*document) == *document {
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
            let begins = if number == 0 && own.contains(&0) { BEGINNING } else { 0.0 };
            *near += NEARNESS * share / pairs + begins;
        }
        before = own;
    }
    Ok(near)
}
