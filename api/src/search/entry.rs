//! What the index keeps of a talk, a speaker, a company and an edition.

use chrono::{DateTime, Utc};
use tantivy::TantivyDocument;
use uuid::Uuid;

use super::{
    SearchKind,
    fields::{FACETS, Fields, STEMS, TEXTS, TITLE, stemmed_languages, stemmed_text},
    words,
};

/// What the index keeps of one thing.
#[derive(Debug)]
pub(super) struct Entry {
    kind: SearchKind,
    pub(super) id: Uuid,
    /// The values of the fields of texts.
    pub(super) texts: [Vec<String>; TEXTS.len()],
    pub(super) language: Option<String>,
    terms: Vec<String>,
    facets: [Vec<String>; FACETS.len()],
    /// What it counts by itself, in thousandths.
    pub(super) boost: u32,
    pub(super) starts_at: Option<DateTime<Utc>>,
}

/// The bytes by which the index finds a thing by its id.
pub(super) fn key(kind: SearchKind, id: Uuid) -> [u8; 17] {
    let mut key = [kind as u8; 17];
    key[1..].copy_from_slice(id.as_bytes());
    key
}

/// The term of a value that a thing has.
pub(super) fn term(name: &str, value: &str) -> String {
    format!("{name}:{value}")
}

impl Entry {
    pub(super) fn new(kind: SearchKind, id: Uuid) -> Self {
        let terms = vec![term("is", kind.name())];
        let (texts, facets) = Default::default();
        Self { kind, id, texts, language: None, terms, facets, boost: 0, starts_at: None }
    }

    pub(super) fn text(&mut self, field: usize, values: impl IntoIterator<Item = String>) {
        self.texts[field].extend(values);
    }

    pub(super) fn term(&mut self, name: &str, values: impl IntoIterator<Item = String>) {
        self.terms.extend(values.into_iter().map(|value| term(name, &value)));
    }

    /// Adds a value that is counted.
    pub(super) fn facet(&mut self, name: &str, value: impl Into<String>) {
        if let Some(facet) = FACETS.iter().position(|facet| *facet == name) {
            let value = value.into();
            if !self.facets[facet].contains(&value) {
                self.facets[facet].push(value);
            }
        }
    }

    /// The thing as a document of the index.
    pub(super) fn document(self, fields: &Fields) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let texts = self.texts.map(|values| words::field_text(values.iter().map(String::as_str)));
        let (high, low) = self.id.as_u64_pair();
        document.add_bytes(fields.key, &key(self.kind, self.id));
        document.add_u64(fields.id[0], high);
        document.add_u64(fields.id[1], low);
        document.add_u64(fields.kind, self.kind as u64);
        let mut length = 0;
        words::index(&texts[TITLE], |_, position, _| length = std::cmp::max(length, u64::from(position) + 1));
        document.add_u64(fields.title_length, length);
        document.add_u64(fields.boost, self.boost.into());
        if let Some(time) = self.starts_at {
            document.add_i64(fields.starts_at, time.timestamp());
        }
        document.add_text(fields.title_key, &texts[TITLE]);
        for ((_, of), field) in STEMS.iter().zip(fields.stems) {
            for language in stemmed_languages(*of, self.language.as_deref()) {
                document.add_text(field, stemmed_text(language, &texts[*of]));
                document.add_text(fields.terms, term("stems", language));
            }
        }
        for (field, text) in fields.texts.iter().zip(&texts) {
            if !text.is_empty() {
                document.add_text(*field, text);
            }
        }
        for term in self.terms {
            document.add_text(fields.terms, term);
        }
        for (field, values) in fields.facets.iter().zip(self.facets) {
            for value in values {
                document.add_text(*field, value);
            }
        }
        document
    }
}
