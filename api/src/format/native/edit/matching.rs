//! Which items of two lists are the same thing.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

/// The keys by which an item of a list is known, the first that it has.
const IDENTITIES: [&[&str]; 8] = [
    &["slug"],
    &["number"],
    &["key"],
    &["speaker"],
    &["recording"],
    &["person", "company", "role"],
    &["kind", "url", "title"],
    &["name"],
];

/// For each new item, the old item that it was. In a list whose order is data, an item in the place of another counts
/// as that one, changed; none if such a list has the items in another order.
pub(super) fn matches(old: &[Value], new: &[Value], is_ordered: bool) -> Option<Vec<Option<usize>>> {
    let mut places: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (n, item) in old.iter().enumerate() {
        places.entry(identity(item)).or_default().push_back(n);
    }
    let mut take = |name: &str| places.get_mut(name).and_then(VecDeque::pop_front);
    let mut found: Vec<Option<usize>> = new.iter().map(|item| take(&identity(item))).collect();
    for (item, place) in new.iter().zip(&mut found).filter(|(_, place)| place.is_none()) {
        *place = former_names(item).find_map(|name| take(&name));
    }
    if is_ordered {
        if !found.iter().flatten().is_sorted() {
            return None;
        }
        pair_in_gaps(&mut found, old.len());
    }
    Some(found)
}

fn identity(item: &Value) -> String {
    let Value::Object(entries) = item else { return item.to_string() };
    let keys = IDENTITIES.iter().find(|keys| keys.iter().any(|key| entries.contains_key(*key)));
    let values = keys.into_iter().copied().flatten().map(|key| entries.get(*key).unwrap_or(&Value::Null));
    values.map(Value::to_string).collect::<Vec<_>>().join(" ")
}

/// The identities that an item had under its former slugs, the latest first.
fn former_names(item: &Value) -> impl Iterator<Item = String> {
    let former = item.get("former_slugs").and_then(Value::as_array);
    former.into_iter().flatten().rev().map(Value::to_string)
}

/// Pairs the items that have no counterpart between two that have one, in their order.
fn pair_in_gaps(found: &mut [Option<usize>], count: usize) {
    let mut next = count;
    let mut free: Vec<(usize, usize)> = Vec::new();
    for (n, place) in found.iter().enumerate().rev() {
        match place {
            Some(old) => next = *old,
            None => free.push((n, next)),
        }
    }
    let mut used = 0;
    let mut free = free.into_iter().rev().peekable();
    for (n, place) in found.iter_mut().enumerate() {
        if let Some(old) = place {
            used = *old + 1;
        } else if let Some((_, end)) = free.next_if(|(free, _)| *free == n)
            && used < end
        {
            *place = Some(used);
            used += 1;
        }
    }
}
