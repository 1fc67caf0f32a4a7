//! Documents by their hash: Apollo's automatic persisted queries, and the allow-list of a folder.

use std::{collections::HashMap, path::Path};

use sha2::{Digest, Sha256};

use crate::{
    error::{Error, Result},
    text::hex,
    weight::{Cache, cache},
};

/// The size of the store of persisted queries in bytes. The least used are evicted first.
const STORE_BYTES: u64 = 4 * 1024 * 1024;

/// The documents that a hash leads to.
pub struct Persisted {
    seen: Cache<String, String>,
    allowed: Option<HashMap<String, String>>,
}

/// The lower-case hexadecimal SHA-256 of a document.
pub fn hash(document: &str) -> String {
    hex(&Sha256::digest(document))
}

impl Persisted {
    /// Reads the allow-list: each `.graphql` file of the folder is a document.
    pub fn new(folder: Option<&Path>) -> Result<Self, String> {
        Ok(Self { seen: cache(STORE_BYTES, 1_000), allowed: folder.map(read_folder).transpose()? })
    }

    /// The document of a request: by its text, its hash, or both.
    pub fn document(&self, text: Option<String>, sha256: Option<&str>) -> Result<String> {
        if let (Some(text), Some(sha256)) = (&text, sha256)
            && hash(text) != sha256
        {
            return Err(Error::bad_input("extensions.persistedQuery.sha256Hash", "it is not the hash of the query"));
        }
        if let Some(allowed) = &self.allowed {
            let sha256 = text.as_deref().map(hash).or_else(|| sha256.map(str::to_owned)).ok_or_else(missing)?;
            return allowed.get(&sha256).cloned().ok_or(Error::NotAllowed);
        }
        match (text, sha256) {
            (Some(text), _) => Ok(text),
            (None, Some(sha256)) => self.seen.get(sha256).ok_or(Error::PersistedQueryNotFound),
            (None, None) => Err(missing()),
        }
    }

    /// Stores a document that was executed.
    pub fn keep(&self, sha256: &str, document: &str) {
        self.seen.insert(sha256.to_owned(), document.to_owned());
    }
}

/// The error of a request without a document.
pub fn missing() -> Error {
    Error::bad_input("query", "it is missing: a GraphQL document, as a string")
}

fn read_folder(folder: &Path) -> Result<HashMap<String, String>, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut documents = HashMap::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|extension| extension == "graphql") {
            let document = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            documents.insert(hash(&document), document);
        }
    }
    if documents.is_empty() {
        return Err(format!("{}: no .graphql file is in it, so nothing would be allowed", folder.display()));
    }
    Ok(documents)
}
