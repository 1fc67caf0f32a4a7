//! The rest of a file in which some values have a wrong shape: it is checked further, so that one round finds all
//! mistakes. What is left out may still be referred to.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::yaml::{Place, Places, Within, step};

/// A value of a wrong shape.
pub(super) struct BrokenValue {
    /// Where it is.
    pub pointer: String,
    /// Whether its key is one that there isn't. It may be any other key, misspelled.
    pub is_unknown_key: bool,
}

/// The value of a file without what is broken, and the places of what is left: the innermost item of a list goes as a
/// whole, and elsewhere the key at the root. None if the root itself is broken.
pub(super) fn rest(value: &Value, place: &Place, broken: &[BrokenValue]) -> Option<(Value, Places)> {
    let mut left_out: HashSet<String> = broken.iter().map(|broken| around(&broken.pointer, value)).collect();
    if left_out.contains("") {
        return None;
    }
    let mut rest = Places::known(Place::default());
    let keys: Vec<String> = left_out.iter().filter(|pointer| pointer.rfind('/') == Some(0)).cloned().collect();
    for key in &keys {
        rest.left_out(key).any = true;
        // One of the two days without the other would be another mistake.
        left_out.extend(["/starts_on", "/ends_on"].map(str::to_owned));
    }
    rest.every_list_is_open = broken.iter().any(|broken| broken.is_unknown_key && keys.contains(&broken.pointer));
    let mut copy = Copy { left_out, rest };
    let (value, place) = copy.value(value, Some(place), "", "");
    Some((value, copy.rest.with_root(place)))
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

struct Copy {
    left_out: HashSet<String>,
    rest: Places,
}

impl Copy {
    /// What is left of a value, and its place. The pointers are those of its old and its new place.
    fn value(&mut self, value: &Value, place: Option<&Place>, old: &str, new: &str) -> (Value, Place) {
        let location = place.map(|place| place.location.clone()).unwrap_or_default();
        let (value, within) = match value {
            Value::Object(entries) => self.entries(entries, place, old, new),
            Value::Array(items) => self.items(items, place, old, new),
            value => (value.clone(), Within::Nothing),
        };
        (value, Place { location, within })
    }

    fn entries(
        &mut self,
        entries: &Map<String, Value>,
        place: Option<&Place>,
        old: &str,
        new: &str,
    ) -> (Value, Within) {
        let (mut rest, mut places) = (Map::new(), Vec::new());
        for (key, value) in entries {
            let pointer = step(old, key);
            if !self.left_out.contains(&pointer) {
                let place = place.and_then(|place| place.key(key));
                let (value, place) = self.value(value, place, &pointer, &step(new, key));
                rest.insert(key.clone(), value);
                places.push((key.as_str().into(), place));
            }
        }
        (Value::Object(rest), Within::Keys(places))
    }

    fn items(&mut self, items: &[Value], place: Option<&Place>, old: &str, new: &str) -> (Value, Within) {
        let (mut rest, mut places) = (Vec::new(), Vec::new());
        for (n, item) in items.iter().enumerate() {
            let pointer = format!("{old}/{n}");
            if self.left_out.contains(&pointer) {
                let left_out = self.rest.left_out(new);
                left_out.names.extend(names(item));
                left_out.any |= names(item).next().is_none();
            } else {
                let place = place.and_then(|place| place.item(n));
                let (item, place) = self.value(item, place, &pointer, &format!("{new}/{}", rest.len()));
                rest.push(item);
                places.push(place);
            }
        }
        (Value::Array(rest), Within::Items(places))
    }
}
