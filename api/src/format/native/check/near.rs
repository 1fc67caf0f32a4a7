//! Names that differ in one character: probably one name with a typing error. Each name is looked up by itself with one
//! character left out, so the time is linear in the number of names.

use std::hash::{BuildHasher, RandomState};

/// The most names that are kept for one key: a bound where thousands are alike.
const MOST: usize = 4;

/// The most characters of a name that is compared. Of each one there is a key, as long as the name.
const LONGEST: usize = 80;

/// The fewest letters of names that may be one: short ones differ in a letter anyway.
pub(super) const FEWEST: usize = 5;

/// Tells each name that is nearly an earlier one, or equal to it: its number, and those of earlier ones in order.
pub(super) fn each_near(names: &[String], mut tell: impl FnMut(usize, &[usize])) {
    let mut numbers: Vec<usize> = (0..names.len()).collect();
    numbers.sort_by_key(|number| (names.get(*number), *number));
    let mut equal: Vec<&[usize]> = numbers.chunk_by(|one, other| names.get(*one) == names.get(*other)).collect();
    equal.sort();
    let different: Vec<&str> =
        equal.iter().filter_map(|numbers| names.get(*numbers.first()?)).map(String::as_str).collect();
    let near = near_pairs(&different);
    let mut place_of = vec![0; names.len()];
    for (place, numbers) in equal.iter().enumerate() {
        for number in *numbers {
            place_of[*number] = place;
        }
    }
    for (number, place) in place_of.into_iter().enumerate() {
        let begin = near.partition_point(|(one, _)| (*one as usize) < place);
        let others =
            near.iter().skip(begin).take_while(|(one, _)| *one as usize == place).map(|(_, other)| *other as usize);
        let alike = [place].into_iter().chain(others).filter_map(|place| equal.get(place));
        let mut earlier: Vec<usize> =
            alike.flat_map(|numbers| numbers.iter().take(MOST)).copied().filter(|other| *other < number).collect();
        earlier.sort_unstable();
        if !earlier.is_empty() {
            tell(number, &earlier);
        }
    }
}

/// The pairs of different names that are nearly one, each in both orders.
fn near_pairs(names: &[&str]) -> Vec<(u32, u32)> {
    let hashes = RandomState::new();
    // A large archive has ten million keys. What has the same hash by chance is not near.
    let mut keys: Vec<(u32, u32)> = Vec::new();
    for (number, name) in (0..).zip(names) {
        let is_long = name.chars().nth(LONGEST).is_some();
        each_key(name, if is_long { 1 } else { usize::MAX }, |key| keys.push((hashes.hash_one(key) as u32, number)));
    }
    keys.sort_unstable();
    keys.dedup();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for alike in keys.chunk_by(|one, other| one.0 == other.0) {
        for (n, (_, one)) in alike.iter().enumerate() {
            pairs.extend(alike.iter().take(n.min(MOST)).flat_map(|(_, other)| [(*one, *other), (*other, *one)]));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let name = |number: u32| names.get(number as usize).copied().unwrap_or_default();
    pairs.retain(|(one, other)| is_near(name(*one), name(*other)));
    pairs
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred short words of few letters, many of them alike.
    fn words(seed: u64) -> Vec<String> {
        let mut state = seed;
        let mut next = |count: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % count
        };
        let word = |next: &mut dyn FnMut(u64) -> u64| {
            let length = 4 + next(3);
            (0..length).map(|_| ['a', 'b', 'é', '1'][usize::try_from(next(4)).unwrap_or_default()]).collect()
        };
        (0..100).map(|_| word(&mut next)).collect()
    }

    #[test]
    fn each_near_name_is_found_once() {
        for seed in 0..20 {
            let names = words(seed);
            let mut found = Vec::new();
            each_near(&names, |number, earlier| found.push((number, earlier.to_vec())));
            for (number, earlier) in &found {
                assert!(earlier.is_sorted_by(|one, other| one < other));
                assert!(earlier.iter().all(|other| other < number && is_near(&names[*other], &names[*number])));
            }
            // Of many that are alike, only some are named.
            let has_near = |number: &usize| (0..*number).any(|other| is_near(&names[other], &names[*number]));
            let expected: Vec<usize> = (0..names.len()).filter(has_near).collect();
            let numbers: Vec<usize> = found.into_iter().map(|(number, _)| number).collect();
            assert!(numbers.iter().all(|number| expected.contains(number)));
            assert!(numbers.len() * 10 >= expected.len() * 9, "{} of {}", numbers.len(), expected.len());
        }
    }

    #[test]
    fn equal_names_are_near_the_first_ones() {
        let names = ["Ada Lovelace", "Ada Lovelace", "Ada Lovelaec", "Bob", "Ada Lovelace"].map(str::to_owned);
        let mut found = Vec::new();
        each_near(&names, |number, earlier| found.push((number, earlier.to_vec())));
        assert_eq!(found, [(1, vec![0]), (2, vec![0, 1]), (4, vec![0, 1, 2])]);
    }
}
