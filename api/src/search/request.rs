//! What is asked of the index.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    SearchCounts,
    cursor::Cursor,
    query::{Alternative, Condition, Query, QueryWord, is_minus},
    segment::Open,
};
use crate::{
    collation::fold,
    error::{Error, Result},
};

/// The fewest letters of a word before the last one that may be the beginning of a longer word.
const SHORTEST_OPEN: usize = 3;

/// A search of the index.
#[derive(Clone)]
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
    pub(super) counts: SearchCounts,
}

impl Request {
    /// The same for words without the signs in them; none if there are none.
    pub(super) fn apart(&self) -> Option<Self> {
        let (query, text) = self.query.apart(&self.text).filter(|_| !self.in_names)?;
        Some(Self { query, text, ..self.clone() })
    }

    /// The same for words of names, looked for everywhere: a talk is what its speakers and its title say together. The
    /// last word may go on. None for a single word.
    pub(super) fn everywhere(&self) -> Option<Self> {
        let mut query = self.query.clone();
        let last = query.words.len().checked_sub(1).filter(|last| *last > 0)?;
        let is_long = |word: &QueryWord| word.plain().is_some_and(|plain| plain.len() >= SHORTEST_OPEN);
        query.words[..last].iter_mut().for_each(|word| word.is_open = is_long(word));
        self.in_names.then(|| Self { query, in_names: false, ..self.clone() })
    }

    /// The query without what it excludes, if a title begins so: people paste `Anna Makarudze -Freelance or Remote?`.
    pub(super) fn as_title(&self, open: &Open) -> Result<Option<Self>> {
        let excludes = |condition: &Condition| {
            condition.is_negative && condition.any.iter().all(|any| matches!(any, Alternative::Word(_)))
        };
        if self.in_names || !self.query.conditions.iter().any(excludes) {
            return Ok(None);
        }
        let typed = fold(&self.text);
        for segment in &open.segments {
            if segment.columns.begins_title(typed.trim())? {
                let mut query = Query { words: Query::read(&without_minus(&self.text))?.words, ..self.query.clone() };
                query.conditions.retain(|condition| !excludes(condition));
                return Ok(Some(Self { query, ..self.clone() }));
            }
        }
        Ok(None)
    }

    /// Whether the page that it goes on from had as many words.
    pub(super) fn is_page_after(&self) -> bool {
        self.after.as_ref().is_some_and(|after| after.weights.len() == self.query.words.len())
    }
}

/// A text with blanks in place of each minus before a word.
fn without_minus(text: &str) -> String {
    let mut before = ' ';
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match before.is_whitespace() && is_minus(c) {
            true => plain.extend(std::iter::repeat_n(' ', c.len_utf8())),
            false => plain.push(c),
        }
        before = c;
    }
    plain
}

/// Ends the search if nobody waits for it any more. The error is never sent.
pub(super) fn look(is_given_up: &AtomicBool) -> Result<()> {
    match is_given_up.load(Ordering::Relaxed) {
        true => Err(Error::Internal("a search was given up".to_owned())),
        false => Ok(()),
    }
}
