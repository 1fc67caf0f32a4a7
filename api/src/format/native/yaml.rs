//! YAML as JSON, with the place of every value.
//!
//! It reads the part of YAML 1.2 and its core schema that an archive needs. Anchors, aliases and tags are refused, so
//! that a file is readable line by line. Duplicate keys and further documents are refused because most readers lose
//! them silently. What YAML takes from a text without quotes is noted, for the check of the shape.

mod advice;
mod places;
mod source;
mod surrogates;

use std::borrow::Cow;

use saphyr::Scalar;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use serde_json::{Map, Number, Value};

use super::asker::Asker;
use crate::mistake::{self, Flaw, Position};
pub(super) use advice::{is_other_blank, other_blank};
pub(super) use places::{Location, Place, Places, Within};
use source::Source;
pub(super) use source::Taken;
pub(super) use surrogates::joined;

/// What some editors write in front of a file.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

/// The greatest depth. The format is less deep by far, and the reader is recursive.
pub(super) const MAX_DEPTH: usize = 32;

/// The most keys of one value. No value of the format has half as many.
pub(super) const MOST_KEYS: usize = 100;

/// The most values of one file. An archive with 100,000 talks has three quarters of them.
pub(super) const MOST_VALUES: usize = 4_000_000;

/// A parsed text. Without a value it is not YAML at all. With one, the flaws leave the rest readable.
pub(super) struct ParsedYaml {
    pub value: Option<Value>,
    /// The place of the value.
    pub place: Place,
    pub flaws: Vec<Flaw>,
}

/// Reads the text of one file.
pub(super) fn parse(text: &str) -> ParsedYaml {
    parse_for(text, &Asker::default())
}

/// Reads the text of one file, as long as the asker is there.
pub(super) fn parse_for(text: &str, asker: &Asker) -> ParsedYaml {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut reader = YamlReader {
        events: Parser::new_from_str(text),
        source: Source::of(text),
        flaws: Vec::new(),
        values: 0,
        asker,
    };
    let read = reader.document().map_err(|flaw| reader.flaws.push(flaw)).ok();
    let (value, place) = read.map(|(value, place)| (Some(value), place)).unwrap_or_default();
    ParsedYaml { value, place, flaws: reader.flaws }
}

/// A pointer with one more step, escaped by RFC 6901.
pub(super) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

struct YamlReader<'t> {
    events: Parser<'t, StrInput<'t>>,
    source: Source<'t>,
    flaws: Vec<Flaw>,
    values: usize,
    asker: &'t Asker,
}

/// The place of an event.
fn position(span: Span) -> Position {
    (span.start.line(), span.start.col() + 1)
}

/// An error ends the reading.
impl<'t> YamlReader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Flaw> {
        match self.events.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => {
                let at = (error.marker().line(), error.marker().col() + 1);
                Err(advice::near(self.source.text(), at.0).unwrap_or_else(|| (at, syntax(error.info()))))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn document(&mut self) -> Result<(Value, Place), Flaw> {
        let mut next = self.next()?;
        while matches!(next.0, Event::StreamStart | Event::DocumentStart(_)) {
            next = self.next()?;
        }
        if next.0 == Event::StreamEnd {
            return Err(((1, 1), "the file is empty".to_owned()));
        }
        let read = self.node(next, None, 0)?;
        self.next()?;
        match self.next()? {
            (Event::StreamEnd, _) => Ok(read),
            (_, span) => {
                Err((position(span), "a second document begins here: a file is one, so leave the --- out".to_owned()))
            }
        }
    }

    /// Ends the reading of a text that is too large to be an archive, has too many mistakes, or is no longer wanted.
    fn bound(&mut self, at: Position, depth: usize) -> Result<(), Flaw> {
        self.values += 1;
        if depth > MAX_DEPTH {
            return Err((at, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        if self.values > MOST_VALUES {
            return Err((at, format!("more than {MOST_VALUES} values: split the file by editions")));
        }
        if self.asker.is_gone() {
            return Err((at, "reading ended here, as nobody waits for it".to_owned()));
        }
        let last = if self.flaws.len() > mistake::MOST { self.flaws.pop() } else { None };
        last.map_or(Ok(()), Err)
    }

    fn node(
        &mut self,
        (event, span): (Event<'t>, Span),
        key: Option<Position>,
        depth: usize,
    ) -> Result<(Value, Place), Flaw> {
        let at = position(span);
        self.bound(at, depth)?;
        let mut place = Place { location: Location { value: at, key, ..Location::default() }, ..Place::default() };
        let value = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(at, anchor, tag.is_some());
                self.scalar(text, style, span, &mut place.location)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse(at, anchor, tag.is_some());
                let (items, within) = self.sequence(depth)?;
                place.within = within;
                items
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse(at, anchor, tag.is_some());
                let (entries, within) = self.mapping(depth)?;
                place.within = within;
                entries
            }
            _ => {
                self.flaws.push((at, "an alias (*): write the value out, or put a text in quotes".to_owned()));
                Value::Null
            }
        };
        Ok((value, place))
    }

    fn sequence(&mut self, depth: usize) -> Result<(Value, Within), Flaw> {
        let (mut items, mut places) = (Vec::new(), Vec::new());
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok((Value::Array(items), Within::Items(places))),
                item => {
                    let (value, place) = self.node(item, None, depth + 1)?;
                    items.push(value);
                    places.push(place);
                }
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<(Value, Within), Flaw> {
        let (mut entries, mut places) = (Map::new(), Vec::new());
        loop {
            let (key, at) = match self.next()? {
                (Event::MappingEnd, _) => return Ok((Value::Object(entries), Within::Keys(places))),
                (Event::Scalar(text, _, anchor, tag), span) => {
                    self.refuse(position(span), anchor, tag.is_some());
                    self.source.key(span);
                    (text.into_owned(), position(span))
                }
                // The value of such a key is read to get past it.
                (event, span) => {
                    self.flaws.push((position(span), "a key must be a word".to_owned()));
                    self.node((event, span), None, depth + 1)?;
                    let value = self.next()?;
                    self.node(value, None, depth + 1)?;
                    continue;
                }
            };
            if entries.len() >= MOST_KEYS {
                return Err((at, format!("more than {MOST_KEYS} keys in one place")));
            }
            let value = self.next()?;
            let mut first = places.iter().filter(|(name, _): &&(Box<str>, Place)| **name == *key);
            if let Some(first) = first.next().and_then(|(_, place)| place.location.key) {
                self.flaws.push((at, format!("duplicate key \"{key}\": line {} has it already", first.0)));
                self.node(value, None, depth + 1)?;
                continue;
            }
            let (value, place) = self.node(value, Some(at), depth + 1)?;
            places.push((key.as_str().into(), place));
            entries.insert(key, value);
        }
    }

    fn refuse(&mut self, at: Position, anchor: usize, has_tag: bool) {
        if anchor > 0 {
            let advice = "write the value out wherever it is needed, or put a text in quotes";
            self.flaws.push((at, format!("an anchor (&): {advice}")));
        }
        if has_tag {
            self.flaws.push((at, "a tag (!): leave it out, or put a text in quotes".to_owned()));
        }
    }

    fn scalar(&mut self, text: Cow<'t, str>, style: ScalarStyle, span: Span, place: &mut Location) -> Value {
        if style != ScalarStyle::Plain {
            return Value::String(text.into_owned());
        }
        place.taken = self.source.taken(&text, span, place.key.is_some()).map(Box::new);
        let value = bare(text.clone());
        place.is_plain = true;
        place.bare = (!value.is_string()).then(|| text.as_ref().into());
        if text.is_empty() {
            place.value = place.key.unwrap_or(place.value);
        }
        value
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
    const SPECIAL: [&str; 4] =
        ["unexpected character", "unknown anchor", "invalid trailing content", "did not find expected key"];
    let advice = match info {
        _ if info.contains("mapping values are not allowed") => {
            "; a text with a colon and a blank in it must stand in quotes"
        }
        _ if SPECIAL.iter().any(|special| info.contains(special)) => {
            "; a text that begins with one of @`%*&![]{}\"'|> must stand in quotes as a whole"
        }
        _ if info.contains("tab") => "; indent with blanks",
        _ => "",
    };
    format!("not YAML: {info}{advice}")
}
