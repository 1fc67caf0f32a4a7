//! The check of a file against the JSON Schema of its struct, with each mistake in our own words.

mod words;

use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::{
    rest::BrokenValue,
    schema::{LINE, TEXT, schema_of},
    yaml::{Location, Place, Taken, is_other_blank, other_blank, step},
};
use crate::{
    mistake::{self, Flaw, Position},
    scalars::FORMATS,
    text::{self, nearest},
};

/// The JSON Schema of one kind of file.
pub(super) struct FileSchema(Value);

impl FileSchema {
    pub fn of<T: JsonSchema>() -> Self {
        Self(schema_of::<T>())
    }

    /// Checks the value of a file with this source, and takes superfluous blanks out of its texts. Without the place of
    /// the value, the places of mistakes are of no use.
    pub fn check(&self, value: &mut Value, source: &str, place: Option<&Place>) -> ShapeReport {
        let numbers = value.get("slots").and_then(Value::as_array).into_iter().flatten();
        let taken = numbers.filter_map(|slot| slot.get("number")?.as_i64()).max();
        let free_number = taken.unwrap_or_default().saturating_add(1);
        let report = ShapeReport::default();
        let mut check = Check { root: &self.0, source, free_number, report };
        check.value(value, &self.0, &Way { before: None, step: Step::Root, place });
        check.report
    }
}

/// A step of a JSON pointer.
enum Step<'w> {
    Root,
    Key(&'w str),
    Item(usize),
}

/// The way to a value. Its pointer is written only where there is a mistake.
struct Way<'w> {
    before: Option<&'w Self>,
    step: Step<'w>,
    place: Option<&'w Place>,
}

impl<'w> Way<'w> {
    fn key(&'w self, key: &'w str) -> Self {
        Self { before: Some(self), step: Step::Key(key), place: self.place.and_then(|place| place.key(key)) }
    }

    fn item(&'w self, n: usize) -> Self {
        Self { before: Some(self), step: Step::Item(n), place: self.place.and_then(|place| place.item(n)) }
    }

    fn pointer(&self) -> String {
        let before = self.before.map(Self::pointer).unwrap_or_default();
        match self.step {
            Step::Root => before,
            Step::Key(key) => step(&before, key),
            Step::Item(n) => format!("{before}/{n}"),
        }
    }

    fn location(&self) -> Option<&'w Location> {
        self.place.map(|place| &place.location)
    }

    /// The place of the value; of one that is left out, that of the value around it.
    fn position(&self) -> Position {
        let around = || self.before.map_or((1, 1), Self::position);
        self.location().map_or_else(around, |location| location.value)
    }

    /// What YAML took from the text.
    fn taken(&self) -> Option<&'w Taken> {
        self.location()?.taken.as_deref()
    }
}

/// What the check of a shape found. Beyond the most mistakes that are listed it stops.
#[derive(Default)]
pub(super) struct ShapeReport {
    /// The mistakes, each with what is broken by it.
    pub flaws: Vec<(BrokenValue, Flaw)>,
    /// What is possible and probably not meant.
    pub warnings: Vec<Flaw>,
}

impl ShapeReport {
    /// Whether the check stopped before the end.
    pub fn is_cut(&self) -> bool {
        self.flaws.len() > mistake::MOST
    }
}

struct Check<'a> {
    root: &'a Value,
    source: &'a str,
    /// The next free number of a slot.
    free_number: i64,
    report: ShapeReport,
}

impl<'a> Check<'a> {
    fn wrong(&mut self, way: &Way<'_>, message: String) {
        self.wrong_at(way.position(), way, message);
    }

    fn wrong_at(&mut self, at: Position, way: &Way<'_>, message: String) {
        let broken = BrokenValue { pointer: way.pointer(), is_unknown_key: false };
        self.report.flaws.push((broken, (at, message)));
    }

    fn value(&mut self, value: &mut Value, schema: &'a Value, way: &Way<'_>) {
        if self.report.is_cut() {
            return;
        }
        let reference = schema.get("$ref").and_then(Value::as_str);
        let schema =
            reference.and_then(|reference| self.root.pointer(reference.trim_start_matches('#'))).unwrap_or(schema);
        if let Some(branches) = schema.get("oneOf").and_then(Value::as_array) {
            return self.word(value, branches, way);
        }
        let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
        match (kind, value) {
            ("object", Value::Object(entries)) => self.entries(entries, schema, way),
            ("array", Value::Array(items)) => {
                let Some(schema) = schema.get("items") else { return };
                for (n, item) in items.iter_mut().enumerate() {
                    self.value(item, schema, &way.item(n));
                }
            }
            ("string", Value::String(text)) => self.text(text, schema, way),
            ("boolean", Value::Bool(_)) => {}
            ("integer" | "number", value @ Value::Number(_)) if kind == "number" || !value.is_f64() => {
                self.number(value, schema, way);
            }
            (kind, value) => {
                let comment = match way.taken() {
                    Some(Taken::Comment(_, range)) => self.source.get(range.clone()),
                    _ => None,
                };
                let message = words::wrong_type(kind, &way.pointer(), value, way.location(), comment);
                self.wrong(way, message);
            }
        }
    }

    fn entries(&mut self, entries: &mut Map<String, Value>, schema: &'a Value, way: &Way<'_>) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, value) in entries.iter_mut() {
            let inner = way.key(key);
            match properties.and_then(|properties| properties.get(key)) {
                Some(schema) => self.value(value, schema, &inner),
                None => self.unknown_key(key, &inner, properties),
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for key in required.filter_map(Value::as_str).filter(|key| !entries.contains_key(*key)) {
            let free = format!(": the next one free is {}", self.free_number);
            let is_slot = key == "number" && way.pointer().starts_with("/slots/");
            self.wrong(way, format!("the key \"{key}\" is missing{}", if is_slot { &free } else { "" }));
        }
    }

    fn unknown_key(&mut self, key: &str, way: &Way<'_>, known: Option<&Map<String, Value>>) {
        if self.report.is_cut() {
            return;
        }
        let broken = BrokenValue { pointer: way.pointer(), is_unknown_key: true };
        let around = || way.before.map_or((1, 1), Way::position);
        let at = way.location().and_then(|location| location.key).unwrap_or_else(around);
        if let Some(blank) = key.chars().next().filter(|c| is_other_blank(*c)) {
            self.report.flaws.push((broken, (at, other_blank(blank))));
            return;
        }
        let keys: Vec<&str> = known.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let all = || format!(": there is {}", keys.join(", "));
        let message = format!("unknown key \"{key}\"{}", suggest(key, keys.iter().copied(), all));
        self.report.flaws.push((broken, (at, message)));
    }

    fn word(&mut self, value: &Value, branches: &[Value], way: &Way<'_>) {
        let mut words = branches.iter().filter_map(|branch| branch.get("const").and_then(Value::as_str));
        if !value.as_str().is_some_and(|word| words.clone().any(|one| one == word)) {
            let words: Vec<&str> = words.by_ref().collect();
            self.wrong(way, words::wrong_word(value, &words));
        }
    }

    fn number(&mut self, value: &Value, schema: &Value, way: &Way<'_>) {
        let bare = way.location().and_then(|location| location.bare.as_deref());
        let bound = |key| schema.get(key).filter(|bound| bound.is_number());
        let is_over = |a: &Value, b: &Value| a.as_f64() > b.as_f64();
        let wrong = match (bound("minimum"), bound("maximum")) {
            _ if bare.is_some_and(|bare| !words::is_decimal(bare)) => {
                format!(
                    "{} is {value} here, and may be another number elsewhere: write {value}",
                    bare.unwrap_or_default()
                )
            }
            (Some(least), _) if is_over(least, value) => format!("{value} is too small: {least} is the least"),
            (_, Some(most)) if is_over(value, most) => format!("{value} is too large: {most} is the most"),
            _ => return,
        };
        self.wrong(way, wrong);
    }

    /// A text. One that a person writes freely must be all that was typed; in any other one, such as a slug, nobody can
    /// mean a blank with a `#` behind it.
    fn text(&mut self, text: &mut String, schema: &Value, way: &Way<'_>) {
        let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
        if format != TEXT {
            *text = text::tidied(text, format == LINE);
        }
        let checked = match format {
            LINE => text::line(text),
            TEXT => text::lines(text),
            _ => FORMATS.iter().find(|(name, _)| *name == format).map_or(Ok(()), |(_, check)| check(text)),
        };
        if let Err(wrong) = checked {
            return self.wrong(way, wrong);
        }
        if format == LINE || format == TEXT {
            self.whole(way);
        }
    }

    /// Refuses a text that YAML took something from.
    fn whole(&mut self, way: &Way<'_>) {
        match way.taken() {
            None => {}
            Some(Taken::Comment(at, range)) => {
                let typed = self.source.get(range.clone()).unwrap_or_default();
                let advice = words::in_quotes(typed);
                let message = format!(
                    "a comment begins here, and is no part of the text: put the text in quotes, {advice}, or the comment \
                     on a line of its own"
                );
                self.wrong_at(*at, way, message);
            }
            Some(Taken::Items(at)) => {
                let message = "this line is a part of the text above it, and no item of a list: put it where the list's \
                               other lines begin, or put the text in quotes";
                self.wrong_at(*at, way, message.to_owned());
            }
            Some(Taken::Lines) if self.report.warnings.len() <= mistake::MOST => {
                let message = "the lines of this text become one: write | behind the key and the text below it, to keep \
                               the lines, or the text on one line";
                self.report.warnings.push((way.position(), message.to_owned()));
            }
            Some(Taken::Lines) => {}
        }
    }
}

/// `: did you mean "title"?` if one of the words is near, else what `otherwise` answers.
pub(super) fn suggest<'w>(
    wrong: &str,
    words: impl Iterator<Item = &'w str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    nearest(wrong, words).map_or_else(otherwise, |word| format!(": did you mean \"{word}\"?"))
}
