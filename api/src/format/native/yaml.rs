//! YAML as JSON, with the place of every value.
//!
//! It reads the part of YAML 1.2 and its core schema that an archive needs. Anchors, aliases and tags are refused, so
//! that a file is readable line by line. Duplicate keys and further documents are refused because most readers lose
//! them silently.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use saphyr::Scalar;
use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};
use serde_json::{Map, Number, Value};

use crate::mistake::{Flaw, Position};

/// The greatest depth. The format is less deep by far, and the reader is recursive.
const MAX_DEPTH: usize = 32;

/// The places of a value and of its key, and the text of a plain scalar.
#[derive(Clone, Debug)]
pub(super) struct Location {
    pub value: Position,
    pub key: Option<Position>,
    pub bare: Option<String>,
}

/// What was left out of a list, because it is broken.
#[derive(Clone, Debug, Default)]
pub(super) struct LeftOut {
    pub names: HashSet<String>,
    /// Whether something without a name was left out, or the whole list.
    pub any: bool,
}

/// The places of values by JSON pointer, and what was left out of the lists.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    places: HashMap<String, Location>,
    left_out: HashMap<String, LeftOut>,
    /// Whether anything may be left out of any list.
    pub every_list_is_open: bool,
}

impl Places {
    pub fn get(&self, pointer: &str) -> Option<&Location> {
        self.places.get(pointer)
    }

    pub fn put(&mut self, pointer: String, place: Location) {
        self.places.insert(pointer, place);
    }

    /// What was left out of a list, to be added to.
    pub fn left_out(&mut self, list: &str) -> &mut LeftOut {
        self.left_out.entry(list.to_owned()).or_default()
    }

    /// The names of what was left out of a list.
    pub fn names_left_out(&self, list: &str) -> impl Iterator<Item = &str> {
        self.left_out.get(list).into_iter().flat_map(|left_out| &left_out.names).map(String::as_str)
    }

    /// Whether something of a name may have been left out of a list.
    pub fn may_have(&self, list: &str, name: &str) -> bool {
        let left_out = self.left_out.get(list);
        self.every_list_is_open || left_out.is_some_and(|left_out| left_out.any || left_out.names.contains(name))
    }

    /// The places below a pointer, relative to it.
    pub fn below(&self, pointer: &str) -> Self {
        fn below<T: Clone>(map: &HashMap<String, T>, pointer: &str) -> HashMap<String, T> {
            let below = |(at, value): (&String, &T)| {
                let rest = at.strip_prefix(pointer)?;
                (rest.is_empty() || rest.starts_with('/')).then(|| (rest.to_owned(), value.clone()))
            };
            map.iter().filter_map(below).collect()
        }
        Self {
            places: below(&self.places, pointer),
            left_out: below(&self.left_out, pointer),
            every_list_is_open: self.every_list_is_open,
        }
    }

    /// The place of a value. A value that is left out has the place of the value around it.
    pub fn of(&self, pointer: &str) -> Position {
        match (self.places.get(pointer), pointer.rsplit_once('/')) {
            (Some(place), _) => place.value,
            (None, Some((around, _))) => self.of(around),
            (None, None) => (1, 1),
        }
    }
}

/// A parsed text. Without a value it is not YAML at all. With one, the flaws leave the rest readable.
pub(super) struct ParsedYaml {
    pub value: Option<Value>,
    pub places: Places,
    pub flaws: Vec<Flaw>,
}

/// Reads the text of one file.
pub(super) fn parse(text: &str) -> ParsedYaml {
    let mut reader = YamlReader { events: Parser::new_from_str(text), places: Places::default(), flaws: Vec::new() };
    let value = reader.document().map_err(|flaw| reader.flaws.push(flaw)).ok();
    ParsedYaml { value, places: reader.places, flaws: reader.flaws }
}

/// A pointer with one more step, escaped by RFC 6901.
pub(super) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

struct YamlReader<'t> {
    events: Parser<'t, StrInput<'t>>,
    places: Places,
    flaws: Vec<Flaw>,
}

/// An error ends the reading.
impl<'t> YamlReader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Position), Flaw> {
        match self.events.next_event() {
            Some(Ok((event, span))) => Ok((event, (span.start.line(), span.start.col() + 1))),
            Some(Err(error)) => Err(((error.marker().line(), error.marker().col() + 1), syntax(error.info()))),
            None => Ok((Event::StreamEnd, (1, 1))),
        }
    }

    fn document(&mut self) -> Result<Value, Flaw> {
        let mut next = self.next()?;
        while matches!(next.0, Event::StreamStart | Event::DocumentStart(_)) {
            next = self.next()?;
        }
        if next.0 == Event::StreamEnd {
            return Err(((1, 1), "the file is empty".to_owned()));
        }
        let value = self.node(next, "", None, 0)?;
        self.next()?;
        match self.next()? {
            (Event::StreamEnd, _) => Ok(value),
            (_, at) => Err((at, "a second document begins here: a file is one, so leave the --- out".to_owned())),
        }
    }

    fn node(
        &mut self,
        (event, at): (Event<'t>, Position),
        pointer: &str,
        key: Option<Position>,
        depth: usize,
    ) -> Result<Value, Flaw> {
        if depth > MAX_DEPTH {
            return Err((at, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let place = Location { value: at, key, bare: None };
        self.places.put(pointer.to_owned(), place);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(at, anchor, tag.is_some());
                Ok(self.scalar(text, style, pointer))
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse(at, anchor, tag.is_some());
                self.sequence(pointer, depth)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse(at, anchor, tag.is_some());
                self.mapping(pointer, depth)
            }
            _ => {
                self.flaws.push((at, "an alias (*): write the value out".to_owned()));
                Ok(Value::Null)
            }
        }
    }

    fn sequence(&mut self, pointer: &str, depth: usize) -> Result<Value, Flaw> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::Array(items)),
                item => items.push(self.node(item, &format!("{pointer}/{}", items.len()), None, depth + 1)?),
            }
        }
    }

    fn mapping(&mut self, pointer: &str, depth: usize) -> Result<Value, Flaw> {
        let mut entries = Map::new();
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::Object(entries)),
                (Event::Scalar(text, _, anchor, tag), at) => {
                    self.refuse(at, anchor, tag.is_some());
                    (text.into_owned(), at)
                }
                // The value of such a key is read to get past it.
                (event, at) => {
                    self.flaws.push((at, "a key must be a word".to_owned()));
                    self.node((event, at), "?", None, depth + 1)?;
                    let value = self.next()?;
                    self.node(value, "?", None, depth + 1)?;
                    continue;
                }
            };
            let value = self.next()?;
            let inner = step(pointer, &key);
            if let Some(first) = self.places.get(&inner).and_then(|place| place.key) {
                self.flaws.push((at, format!("duplicate key \"{key}\": line {} has it already", first.0)));
                self.node(value, "?", None, depth + 1)?;
                continue;
            }
            let value = self.node(value, &inner, Some(at), depth + 1)?;
            entries.insert(key, value);
        }
    }

    fn refuse(&mut self, at: Position, anchor: usize, has_tag: bool) {
        if anchor > 0 {
            self.flaws.push((at, "an anchor (&): write the value out wherever it is needed".to_owned()));
        }
        if has_tag {
            self.flaws.push((at, "a tag (!): leave it out".to_owned()));
        }
    }

    fn scalar(&mut self, text: Cow<'t, str>, style: ScalarStyle, pointer: &str) -> Value {
        if style != ScalarStyle::Plain {
            return Value::String(text.into_owned());
        }
        if let Some(place) = self.places.places.get_mut(pointer) {
            place.bare = Some(text.clone().into_owned());
            if text.is_empty() {
                place.value = place.key.unwrap_or(place.value);
            }
        }
        bare(text)
    }
}

/// The value of a plain scalar in YAML's core schema. A number without a fraction is an integer in any notation. What
/// JSON can't express as a number is a text.
pub(super) fn bare(text: Cow<'_, str>) -> Value {
    if text.is_empty() {
        return Value::Null;
    }
    match Scalar::parse_from_cow(text.clone()) {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => Value::Bool(value),
        Scalar::Integer(value) => Value::Number(value.into()),
        Scalar::FloatingPoint(value) => number(*value).unwrap_or_else(|| Value::String(text.into_owned())),
        Scalar::String(value) => Value::String(value.into_owned()),
    }
}

fn number(value: f64) -> Option<Value> {
    // Every integer up to this one is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() <= EXACT {
        return Some(Value::Number((value as i64).into()));
    }
    Number::from_f64(value).map(Value::Number)
}

fn syntax(info: &str) -> String {
    let advice = match info {
        _ if info.contains("mapping values are not allowed") => {
            "; a text with a colon and a blank in it must stand in quotes"
        }
        _ if info.contains("tab") => "; indent with blanks",
        _ => "",
    };
    format!("not YAML: {info}{advice}")
}
