//! Names that differ in one character: probably one name with a typing error. Each name is looked up by itself with one
//! character left out, so the time is linear in the number of names.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
};

/// The most names that are kept for one key: a bound where thousands are alike.
const MOST: usize = 4;

/// The most characters of a name that is compared. Of each one there is a key, as long as the name.
const LONGEST: usize = 80;

/// The fewest letters of names that may be one: short ones differ in a letter anyway.
pub(super) const FEWEST: usize = 5;

/// The names so far.
#[derive(Default)]
pub(super) struct NearNames {
    names: Vec<String>,
    /// By the hash of a key, of which a large archive has a million. What has the same hash by chance is not near.
    by_key: HashMap<u64, FewNames>,
    hashes: RandomState,
}

/// Some names, by their numbers.
#[derive(Default)]
struct FewNames {
    numbers: [u32; MOST],
    count: usize,
}

impl FewNames {
    /// Adds a name, if there is room.
    fn add(&mut self, number: u32) {
        if let Some(free) = self.numbers.get_mut(self.count) {
            *free = number;
            self.count += 1;
        }
    }
}

impl NearNames {
    /// Adds a name. The answer is the numbers of earlier names that are equal or nearly so.
    pub fn add(&mut self, name: String) -> Vec<usize> {
        let mut near = Vec::new();
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let is_long = name.chars().nth(LONGEST).is_some();
        each_key(&name, if is_long { 1 } else { usize::MAX }, |key| {
            let there = self.by_key.entry(self.hashes.hash_one(key)).or_default();
            near.extend(there.numbers.iter().take(there.count).map(|number| *number as usize));
            there.add(number);
        });
        near.sort_unstable();
        near.dedup();
        near.retain(|other| self.names.get(*other).is_some_and(|other| is_near(other, &name)));
        self.names.push(name);
        near
    }
}

/// Tells the name, and the name without each of its characters: so many of them at most.
fn each_key(name: &str, most: usize, mut tell: impl FnMut(&str)) {
    tell(name);
    let mut without = String::with_capacity(name.len());
    for (at, character) in name.char_indices().take(most - 1) {
        let (before, rest) = name.split_at(at);
        without.clear();
        without.push_str(before);
        without.push_str(rest.get(character.len_utf8()..).unwrap_or_default());
        tell(&without);
    }
}

/// Whether two names are equal but for one character or the order of two. A digit makes another name: `Team 1` and
/// `Team 2`.
fn is_near(one: &str, other: &str) -> bool {
    let is_long = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).count() >= FEWEST;
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    one == other
        || is_long(one) && is_long(other) && digits(one) == digits(other) && strsim::osa_distance(one, other) <= 1
}
