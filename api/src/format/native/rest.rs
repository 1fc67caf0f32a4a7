//! The rest of a file in which some values have a wrong shape: it is checked further, so that one round finds all
//! mistakes. What is left out may still be referred to.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::yaml::{Places, step};

/// A value of a wrong shape.
pub(super) struct BrokenValue {
    /// Where it is.
    pub pointer: String,
    /// Whether its key is one that there isn't. It may be any other key, misspelled.
    pub is_unknown_key: bool,
}

/// The value of a file without what is broken, and the places of what is left: the innermost item of a list goes as a
/// whole, and elsewhere the key at the root. None if the root itself is broken.
pub(super) fn rest(value: &Value, places: &Places, broken: &[BrokenValue]) -> Option<(Value, Places)> {
    let mut left_out: HashSet<String> = broken.iter().map(|broken| around(&broken.pointer, value)).collect();
    if left_out.contains("") {
        return None;
    }
    let mut rest = Places::default();
    let keys: Vec<String> = left_out.iter().filter(|pointer| pointer.rfind('/') == Some(0)).cloned().collect();
    for key in &keys {
        rest.left_out(key).any = true;
        // One of the two days without the other would be another mistake.
        left_out.extend(["/starts_on", "/ends_on"].map(str::to_owned));
    }
    rest.every_list_is_open = broken.iter().any(|broken| broken.is_unknown_key && keys.contains(&broken.pointer));
    let mut copy = Copy { places, left_out, rest };
    let value = copy.value(value, "", "");
    Some((value, copy.rest))
}

/// The innermost item of a list around a value, or the key at the root.
fn around(pointer: &str, root: &Value) -> String {
    let (mut value, mut path, mut around) = (root, String::new(), None);
    for step in pointer.split('/').skip(1) {
        path.extend(["/", step]);
        if value.is_array() || around.is_none() {
            around = Some(path.clone());
        }
        value = value.pointer(&format!("/{step}")).unwrap_or(&Value::Null);
    }
    around.unwrap_or_default()
}

/// The names by which an item of a list is referred to.
fn names(item: &Value) -> impl Iterator<Item = String> {
    let own = ["slug", "key", "number"].into_iter().filter_map(|key| item.get(key));
    let former = item.get("former_slugs").and_then(Value::as_array).into_iter().flatten();
    own.chain(former).map(|name| name.as_str().map_or_else(|| name.to_string(), str::to_owned))
}

struct Copy<'v> {
    places: &'v Places,
    left_out: HashSet<String>,
    rest: Places,
}

impl Copy<'_> {
    /// A value at its old and its new place.
    fn value(&mut self, value: &Value, old: &str, new: &str) -> Value {
        if let Some(location) = self.places.get(old) {
            self.rest.put(new.to_owned(), location.clone());
        }
        match value {
            Value::Object(entries) => Value::Object(self.entries(entries, old, new)),
            Value::Array(items) => Value::Array(self.items(items, old, new)),
            value => value.clone(),
        }
    }

    fn entries(&mut self, entries: &Map<String, Value>, old: &str, new: &str) -> Map<String, Value> {
        let mut rest = Map::new();
        for (key, value) in entries {
            let place = step(old, key);
            if !self.left_out.contains(&place) {
                rest.insert(key.clone(), self.value(value, &place, &step(new, key)));
            }
        }
        rest
    }

    fn items(&mut self, items: &[Value], old: &str, new: &str) -> Vec<Value> {
        let mut rest = Vec::new();
        for (n, item) in items.iter().enumerate() {
            let place = format!("{old}/{n}");
            if self.left_out.contains(&place) {
                let left_out = self.rest.left_out(new);
                left_out.names.extend(names(item));
                left_out.any |= names(item).next().is_none();
            } else {
                rest.push(self.value(item, &place, &format!("{new}/{}", rest.len())));
            }
        }
        rest
    }
}
