//! Documents that were parsed and checked once: all that does not depend on the variables of a request.

use std::sync::Arc;

use async_graphql::{
    ServerError,
    parser::{parse_query, types::ExecutableDocument},
};

use super::{literals::with_plain_strings, response::Answer, tokens::tokens};
use crate::{
    config::Limits,
    error::Error,
    weight::{Cache, Weigh, cache},
};

/// The size of the store of documents in bytes.
const BYTES: u64 = 8 * 1024 * 1024;

/// How much larger a parsed document is than its text: a field of ten characters takes some 300 bytes.
const GROWTH: usize = 30;

/// A document, as the library takes it.
pub struct Document {
    pub text: String,
    pub parsed: ExecutableDocument,
}

impl Document {
    /// Parses a document within the limits.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, Box<Answer>> {
        let plain = with_plain_strings(text).map_err(|error| Box::new(Answer::from(error)))?;
        let size = tokens(&plain);
        let bounds = [
            ("the number of tokens in the document", "tokens", size.count, limits.tokens),
            ("the nesting of brackets in the document", "depth", size.nesting, limits.depth + 16),
        ];
        if let Some((what, name, value, limit)) = bounds.into_iter().find(|(.., value, limit)| value > limit) {
            return Err(Box::new(Answer::from(Error::Limit { what, name, value, limit })));
        }
        let parsed = parse_query(&*plain).map_err(|error| Box::new(Answer::from(ServerError::from(error))))?;
        Ok(Self { text: plain.into_owned(), parsed })
    }
}

impl Weigh for Arc<Document> {
    fn weight(&self) -> usize {
        self.text.len() * GROWTH
    }
}

/// The documents that were asked for lately, by their text. All of them passed the checks of where variables stand.
pub struct Documents(Cache<String, Arc<Document>>);

impl Default for Documents {
    fn default() -> Self {
        Self(cache(BYTES, 10_000))
    }
}

impl Documents {
    /// The document of a text, if it is known.
    pub fn known(&self, text: &str) -> Option<Arc<Document>> {
        self.0.get(text)
    }

    /// Keeps a document that passed the checks.
    pub fn keep(&self, text: &str, document: Arc<Document>) {
        self.0.insert(text.to_owned(), document);
    }
}
