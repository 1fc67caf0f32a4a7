//! JSON, which is YAML too, read as what it is. It takes a fraction of the time.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{
    asker::Asker,
    yaml::{MAX_DEPTH, MOST_KEYS, MOST_VALUES},
};

/// The value of a text that is JSON, and means the same as YAML. None for any other text, and for one that the reader
/// of YAML has to say something about: a duplicate key, a number that is no whole one, too much of anything.
pub(super) fn value(text: &str, asker: &Asker) -> Option<Value> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let values = Cell::new(0);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Reading { asker, values: &values, depth: 0 }.deserialize(&mut reader).ok()?;
    reader.end().ok()?;
    Some(value)
}

/// The reading of one value.
#[derive(Clone, Copy)]
struct Reading<'a> {
    asker: &'a Asker,
    /// How many values were read.
    values: &'a Cell<usize>,
    depth: usize,
}

impl Reading<'_> {
    /// The reading of a value within.
    fn deeper(self) -> Self {
        Self { depth: self.depth + 1, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.values.set(self.values.get() + 1);
        if self.depth > MAX_DEPTH || self.values.get() > MOST_VALUES || self.asker.is_gone() {
            return Err(D::Error::custom("too much"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that means the same in YAML")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value).map(Value::from).map_err(E::custom)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self.deeper())? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(self.deeper())?;
            if entries.len() >= MOST_KEYS || entries.insert(key, value).is_some() {
                return Err(A::Error::custom("too many keys, or one of them twice"));
            }
        }
        Ok(Value::Object(entries))
    }
}
