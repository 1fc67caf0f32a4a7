//! JSON, which is YAML too, read as what it is. It takes a fraction of the time.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{
    asker::Asker,
    yaml::{Location, MAX_DEPTH, MOST_KEYS, MOST_VALUES, Place, Within},
};
use crate::mistake::Position;

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

/// The place of the value of a text that is JSON. None for any other text. A reader of YAML finds it too, and takes
/// several times the size of the text for that.
pub(super) fn place(text: &str) -> Option<Place> {
    if !text.trim_start().starts_with(['{', '[']) || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return None;
    }
    let mut scan = PlaceScan { text, at: 0, line: 1, column: 1 };
    scan.skip(|byte| byte.is_ascii_whitespace());
    Some(scan.value(None))
}

/// A walk through a text that is known to be JSON.
struct PlaceScan<'t> {
    text: &'t str,
    /// In bytes.
    at: usize,
    /// From 1.
    line: usize,
    /// From 1, in characters.
    column: usize,
}

impl<'t> PlaceScan<'t> {
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn position(&self) -> Position {
        (self.line, self.column)
    }

    /// Goes past a byte.
    fn step(&mut self) {
        let byte = self.next();
        self.at += 1;
        match byte {
            Some(b'\n') => (self.line, self.column) = (self.line + 1, 1),
            // A carriage return alone ends a line, too.
            Some(b'\r') if self.next() != Some(b'\n') => (self.line, self.column) = (self.line + 1, 1),
            // The further bytes of a character.
            Some(0x80..=0xBF) => {}
            _ => self.column += 1,
        }
    }

    fn skip(&mut self, is_skipped: impl Fn(u8) -> bool) {
        while self.next().is_some_and(&is_skipped) {
            self.step();
        }
    }

    /// Goes past blanks and the signs between values.
    fn between(&mut self) {
        self.skip(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':'));
    }

    /// Goes past a text in quotes.
    fn string(&mut self) -> &'t str {
        let start = self.at;
        self.step();
        while let Some(byte) = self.next().filter(|byte| *byte != b'"') {
            self.step();
            if byte == b'\\' {
                self.step();
            }
        }
        self.step();
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Goes past a value.
    fn value(&mut self, key: Option<Position>) -> Place {
        let location = Location { value: self.position(), key, ..Location::default() };
        let within = match self.next() {
            Some(b'[') => self.items(),
            Some(b'{') => self.entries(),
            Some(b'"') => {
                self.string();
                Within::Nothing
            }
            _ => {
                self.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b',' | b']' | b'}'));
                Within::Nothing
            }
        };
        Place { location, within }
    }

    fn items(&mut self) -> Within {
        let mut items = Vec::new();
        self.step();
        self.between();
        while self.next().is_some_and(|byte| byte != b']') {
            items.push(self.value(None));
            self.between();
        }
        self.step();
        Within::Items(items)
    }

    fn entries(&mut self) -> Within {
        let mut entries = Vec::new();
        self.step();
        self.between();
        while self.next().is_some_and(|byte| byte != b'}') {
            let at = self.position();
            let key: Box<str> = serde_json::from_str(self.string()).unwrap_or_default();
            self.between();
            entries.push((key, self.value(Some(at))));
            self.between();
        }
        self.step();
        entries.shrink_to_fit();
        Within::Keys(entries)
    }
}
