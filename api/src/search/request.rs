//! What is asked of the index.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{cursor::Cursor, query::Query};
use crate::error::{Error, Result};

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
    pub(super) counts_facets: bool,
}

impl Request {
    /// The same for words without the signs in them; none if there are none.
    pub(super) fn apart(&self) -> Option<Self> {
        let (query, text) = self.query.apart(&self.text).filter(|_| !self.in_names)?;
        Some(Self { query, text, ..self.clone() })
    }

    /// Whether the page that it goes on from had as many words.
    pub(super) fn is_page_after(&self) -> bool {
        self.after.as_ref().is_some_and(|after| after.weights.len() == self.query.words.len())
    }
}

/// Ends the search if nobody waits for it any more. The error is never sent.
pub(super) fn look(is_given_up: &AtomicBool) -> Result<()> {
    match is_given_up.load(Ordering::Relaxed) {
        true => Err(Error::Internal("a search was given up".to_owned())),
        false => Ok(()),
    }
}
