//! Mistakes, noted at their places.

use std::{collections::HashMap, hash::Hash, path::Path};

use crate::{
    format::native::{CheckedFile, yaml::Places},
    mistake::{FoundMistakes, FoundWarnings, Mistake, Severity, Warning},
};

/// The most mistakes with advice that takes time.
const MOST_ADVICE: usize = 20;

/// The mistakes of one file.
pub(super) struct Notes<'f> {
    path: &'f Path,
    pub places: &'f Places,
    problems: &'f mut FoundMistakes,
}

impl<T> CheckedFile<T> {
    pub(super) fn notes<'f>(&'f self, problems: &'f mut FoundMistakes) -> Notes<'f> {
        Notes { path: &self.path, places: &self.places, problems }
    }

    /// The place of a value: `editions/x.yaml:12:5`.
    pub(super) fn place(&self, pointer: &str) -> String {
        let (line, column) = self.places.of(pointer);
        format!("{}:{line}:{column}", self.path.display())
    }

    pub(super) fn warnings<'f>(&'f self, found: &'f mut FoundWarnings) -> WarningNotes<'f> {
        WarningNotes { path: &self.path, places: &self.places, found }
    }
}

impl Notes<'_> {
    /// Notes a mistake in the value that a JSON pointer leads to.
    pub fn at(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(Mistake::new(self.path, self.places.of(pointer), message));
    }

    /// Whether a mistake may be explained at length. To look for what may have been meant takes time, and is worth it
    /// for the first mistakes only.
    pub fn may_advise(&self) -> bool {
        self.problems.len() < MOST_ADVICE
    }
}

/// The warnings and notes of one file.
pub(super) struct WarningNotes<'f> {
    path: &'f Path,
    places: &'f Places,
    found: &'f mut FoundWarnings,
}

impl WarningNotes<'_> {
    /// Warns of the value that a JSON pointer leads to.
    pub fn warning(&mut self, pointer: &str, message: String) {
        self.add(Severity::Warning, pointer, message);
    }

    /// Notes something about the value that a JSON pointer leads to.
    pub fn note(&mut self, pointer: &str, message: String) {
        self.add(Severity::Note, pointer, message);
    }

    fn add(&mut self, severity: Severity, pointer: &str, message: String) {
        let (path, places) = (self.path, self.places);
        self.found.push_made(severity, || {
            let (line, column) = places.of(pointer);
            Warning { file: path.display().to_string(), line, column, severity, message }
        });
    }
}

/// Keys that must be unique, each with its first place: the file, its places, and the pointer.
pub(super) struct FirstPlaces<'f, K>(HashMap<K, (&'f Path, &'f Places, Box<str>)>);

impl<K> Default for FirstPlaces<'_, K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<'f, K: Eq + Hash> FirstPlaces<'f, K> {
    /// Tells each key with its place.
    pub fn each(&self, mut tell: impl FnMut(&K, String)) {
        for (key, (path, places, pointer)) in &self.0 {
            let (line, column) = places.of(pointer);
            tell(key, format!("{}:{line}:{column}", path.display()));
        }
    }

    /// Takes a key. The error is the place where it was taken first.
    pub fn take<T>(&mut self, key: K, file: &'f CheckedFile<T>, pointer: &str) -> Result<(), String> {
        let Some((path, places, first)) = self.0.insert(key, (&file.path, &file.places, pointer.into())) else {
            return Ok(());
        };
        let (line, _) = places.of(&first);
        Err(if path == file.path { format!("line {line}") } else { format!("{}:{line}", path.display()) })
    }
}

/// Notes each item of a list that equals an earlier one.
pub(super) fn each_once<K: Eq + Hash>(
    notes: &mut Notes<'_>,
    list: &str,
    keys: impl IntoIterator<Item = (K, &'static str)>,
    message: impl Fn(&K) -> String,
) {
    let mut seen = std::collections::HashSet::new();
    for (n, (key, field)) in keys.into_iter().enumerate() {
        let wrong = message(&key);
        if !seen.insert(key) {
            notes.at(&format!("{list}/{n}{field}"), wrong);
        }
    }
}
