//! Names that differ in one character: probably one name with a typing error. Each name is looked up by itself with one
//! character left out, so the time is linear in the number of names.

use std::collections::HashMap;

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
    by_key: HashMap<String, Vec<usize>>,
}

impl NearNames {
    /// Adds a name. The answer is the numbers of earlier names that are equal or nearly so.
    pub fn add(&mut self, name: String) -> Vec<usize> {
        let mut near = Vec::new();
        let is_long = name.chars().nth(LONGEST).is_some();
        for key in keys(&name).take(if is_long { 1 } else { usize::MAX }) {
            let there = self.by_key.entry(key).or_default();
            near.extend(there.iter().copied());
            if there.len() < MOST {
                there.push(self.names.len());
            }
        }
        near.sort_unstable();
        near.dedup();
        near.retain(|other| self.names.get(*other).is_some_and(|other| is_near(other, &name)));
        self.names.push(name);
        near
    }
}

/// The name, and the name without each of its characters.
fn keys(name: &str) -> impl Iterator<Item = String> {
    let without = |(at, character): (usize, char)| {
        let (before, rest) = name.split_at(at);
        format!("{before}{}", rest.get(character.len_utf8()..).unwrap_or_default())
    };
    std::iter::once(name.to_owned()).chain(name.char_indices().map(without))
}

/// Whether two names are equal but for one character or the order of two. A digit makes another name: `Team 1` and
/// `Team 2`.
fn is_near(one: &str, other: &str) -> bool {
    let is_long = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).count() >= FEWEST;
    let digits = |name: &str| name.chars().filter(char::is_ascii_digit).collect::<String>();
    one == other
        || is_long(one) && is_long(other) && digits(one) == digits(other) && strsim::osa_distance(one, other) <= 1
}
