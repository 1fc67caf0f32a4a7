//! Mistakes, noted at their places.

use std::{collections::HashMap, hash::Hash, path::Path};

use crate::{
    format::native::{CheckedFile, yaml::Places},
    mistake::{Mistake, Position},
};

/// The mistakes of one file.
pub(super) struct Notes<'f> {
    path: &'f Path,
    places: &'f Places,
    problems: &'f mut Vec<Mistake>,
}

impl<T> CheckedFile<T> {
    pub(super) fn notes<'f>(&'f self, problems: &'f mut Vec<Mistake>) -> Notes<'f> {
        Notes { path: &self.path, places: &self.places, problems }
    }
}

impl Notes<'_> {
    /// Notes a mistake in the value that a JSON pointer leads to.
    pub fn at(&mut self, pointer: &str, message: impl Into<String>) {
        self.problems.push(Mistake::new(self.path, self.places.of(pointer), message));
    }
}

/// Keys that must be unique, each with its first place.
pub(super) struct FirstPlaces<'f, K>(HashMap<K, (&'f Path, Position)>);

impl<K> Default for FirstPlaces<'_, K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<'f, K: Eq + Hash> FirstPlaces<'f, K> {
    /// Takes a key. The error is the place where it was taken first.
    pub fn take<T>(&mut self, key: K, file: &'f CheckedFile<T>, pointer: &str) -> Result<(), String> {
        let here = (file.path.as_path(), file.places.of(pointer));
        match self.0.insert(key, here) {
            None => Ok(()),
            Some((path, (line, _))) if path == here.0 => Err(format!("line {line}")),
            Some((path, (line, _))) => Err(format!("{}:{line}", path.display())),
        }
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
