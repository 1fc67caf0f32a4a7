//! The check of a file against the JSON Schema of its struct, with each mistake in our own words.

mod words;

use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::{
    rest::BrokenValue,
    schema::{LINE, TEXT, schema_of},
    yaml::{Places, Taken, is_other_blank, other_blank, step},
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

    /// Checks the value of a file with this source, and takes superfluous blanks out of its texts.
    pub fn check(&self, value: &mut Value, source: &str, places: &Places) -> ShapeReport {
        let numbers = value.get("slots").and_then(Value::as_array).into_iter().flatten();
        let taken = numbers.filter_map(|slot| slot.get("number")?.as_i64()).max();
        let free_number = taken.unwrap_or_default().saturating_add(1);
        let report = ShapeReport::default();
        let mut check = Check { root: &self.0, source, places, free_number, report };
        check.value(value, &self.0, "");
        check.report
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
    places: &'a Places,
    /// The next free number of a slot.
    free_number: i64,
    report: ShapeReport,
}

impl<'a> Check<'a> {
    fn wrong(&mut self, pointer: &str, message: String) {
        self.wrong_at(self.places.of(pointer), pointer, message);
    }

    fn wrong_at(&mut self, at: Position, pointer: &str, message: String) {
        let broken = BrokenValue { pointer: pointer.to_owned(), is_unknown_key: false };
        self.report.flaws.push((broken, (at, message)));
    }

    fn value(&mut self, value: &mut Value, schema: &'a Value, pointer: &str) {
        if self.report.is_cut() {
            return;
        }
        let reference = schema.get("$ref").and_then(Value::as_str);
        let schema =
            reference.and_then(|reference| self.root.pointer(reference.trim_start_matches('#'))).unwrap_or(schema);
        if let Some(branches) = schema.get("oneOf").and_then(Value::as_array) {
            return self.word(value, branches, pointer);
        }
        let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
        match (kind, value) {
            ("object", Value::Object(entries)) => self.entries(entries, schema, pointer),
            ("array", Value::Array(items)) => {
                let Some(schema) = schema.get("items") else { return };
                for (n, item) in items.iter_mut().enumerate() {
                    self.value(item, schema, &format!("{pointer}/{n}"));
                }
            }
            ("string", Value::String(text)) => self.text(text, schema, pointer),
            ("boolean", Value::Bool(_)) => {}
            ("integer" | "number", value @ Value::Number(_)) if kind == "number" || !value.is_f64() => {
                self.number(value, schema, pointer);
            }
            (kind, value) => {
                let place = self.places.get(pointer);
                let comment = match self.places.taken(pointer) {
                    Some(Taken::Comment(_, range)) => self.source.get(range.clone()),
                    _ => None,
                };
                let message = words::wrong_type(kind, pointer, value, place, comment);
                self.wrong(pointer, message);
            }
        }
    }

    fn entries(&mut self, entries: &mut Map<String, Value>, schema: &'a Value, pointer: &str) {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (key, value) in entries.iter_mut() {
            let inner = step(pointer, key);
            match properties.and_then(|properties| properties.get(key)) {
                Some(schema) => self.value(value, schema, &inner),
                None => self.unknown_key(key, pointer, inner, properties),
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for key in required.filter_map(Value::as_str).filter(|key| !entries.contains_key(*key)) {
            let free = format!(": the next one free is {}", self.free_number);
            let is_slot = key == "number" && pointer.starts_with("/slots/");
            self.wrong(pointer, format!("the key \"{key}\" is missing{}", if is_slot { &free } else { "" }));
        }
    }

    fn unknown_key(&mut self, key: &str, around: &str, pointer: String, known: Option<&Map<String, Value>>) {
        if self.report.is_cut() {
            return;
        }
        let place = self.places.get(&pointer).and_then(|place| place.key);
        let at = place.unwrap_or_else(|| self.places.of(around));
        if let Some(blank) = key.chars().next().filter(|c| is_other_blank(*c)) {
            self.report.flaws.push((BrokenValue { pointer, is_unknown_key: true }, (at, other_blank(blank))));
            return;
        }
        let keys: Vec<&str> = known.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let all = || format!(": there is {}", keys.join(", "));
        let message = format!("unknown key \"{key}\"{}", suggest(key, keys.iter().copied(), all));
        self.report.flaws.push((BrokenValue { pointer, is_unknown_key: true }, (at, message)));
    }

    fn word(&mut self, value: &Value, branches: &[Value], pointer: &str) {
        let words: Vec<&str> =
            branches.iter().filter_map(|branch| branch.get("const").and_then(Value::as_str)).collect();
        if !value.as_str().is_some_and(|word| words.contains(&word)) {
            self.wrong(pointer, words::wrong_word(value, &words));
        }
    }

    fn number(&mut self, value: &Value, schema: &Value, pointer: &str) {
        let bare = self.places.get(pointer).and_then(|place| place.bare.as_deref());
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
        self.wrong(pointer, wrong);
    }

    /// A text. One that a person writes freely must be all that was typed; in any other one, such as a slug, nobody can
    /// mean a blank with a `#` behind it.
    fn text(&mut self, text: &mut String, schema: &Value, pointer: &str) {
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
            return self.wrong(pointer, wrong);
        }
        if format == LINE || format == TEXT {
            self.whole(pointer);
        }
    }

    /// Refuses a text that YAML took something from.
    fn whole(&mut self, pointer: &str) {
        match self.places.taken(pointer) {
            None => {}
            Some(Taken::Comment(at, range)) => {
                let typed = self.source.get(range.clone()).unwrap_or_default();
                let advice = words::in_quotes(typed);
                let message = format!(
                    "a comment begins here, and is no part of the text: put the text in quotes, {advice}, or the comment \
                     on a line of its own"
                );
                self.wrong_at(*at, pointer, message);
            }
            Some(Taken::Items(at)) => {
                let message = "this line is a part of the text above it, and no item of a list: put it where the list's \
                               other lines begin, or put the text in quotes";
                self.wrong_at(*at, pointer, message.to_owned());
            }
            Some(Taken::Lines) if self.report.warnings.len() <= mistake::MOST => {
                let message = "the lines of this text become one: write | behind the key and the text below it, to keep \
                               the lines, or the text on one line";
                self.report.warnings.push((self.places.of(pointer), message.to_owned()));
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
