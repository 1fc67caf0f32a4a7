//! Documents that were parsed and checked once: all that does not depend on the variables of a request.

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;

use crate::weight::{Cache, Weigh, cache};

/// The size of the store of documents in bytes.
const BYTES: u64 = 8 * 1024 * 1024;

/// How much larger a parsed document is than its text: a field of ten characters takes some 300 bytes.
const GROWTH: usize = 30;

/// A document, as the library takes it.
pub struct Document {
    pub text: String,
    pub parsed: ExecutableDocument,
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
