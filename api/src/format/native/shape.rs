//! The check of a file against the JSON Schema of its struct, with each mistake in our own words.

use jsonschema::{
    Draft, JsonType, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind as Kind},
};
use schemars::JsonSchema;
use serde_json::Value;

use super::{
    rest::BrokenValue,
    schema::{LINE, TEXT, schema_of},
    yaml::{Places, step},
};
use crate::{
    mistake::{Flaw, Position},
    scalars::{FORMATS, FormatCheck},
    text::{self, nearest},
};

const TEXTS: &[(&str, FormatCheck)] = &[(LINE, text::line), (TEXT, text::lines)];

/// The JSON Schema of one kind of file.
pub(super) struct FileSchema {
    schema: Value,
    validator: Validator,
}

impl FileSchema {
    #[expect(clippy::expect_used, reason = "the schemas are made from our own structs, and a test builds each of them")]
    pub fn of<T: JsonSchema>() -> Self {
        let schema = schema_of::<T>();
        let options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false);
        let formats = FORMATS.iter().chain(TEXTS);
        let options = formats
            .fold(options, |options, &(name, check)| options.with_format(name, move |text: &str| check(text).is_ok()));
        let validator = options.build(&schema).expect("a schema");
        Self { schema, validator }
    }

    /// All mistakes in the value of a file, each with what is broken by it.
    pub fn flaws(&self, value: &Value, places: &Places) -> Vec<(BrokenValue, Flaw)> {
        self.validator.iter_errors(value).flat_map(|error| self.flaws_of(&error, value, places)).collect()
    }

    fn flaws_of(&self, error: &ValidationError<'_>, root: &Value, places: &Places) -> Vec<(BrokenValue, Flaw)> {
        let pointer = error.instance_path().as_str();
        let value = error.instance().as_ref();
        let message = match error.kind() {
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                return unexpected.iter().map(|key| self.unknown_key(key, pointer, places)).collect();
            }
            Kind::Required { property } => missing(property.as_str().unwrap_or_default(), pointer, root),
            Kind::Type { kind } => wrong_type(kind, pointer, value, places),
            Kind::Format { format } => wrong_text(format, value),
            Kind::OneOfNotValid { .. } | Kind::Enum { .. } | Kind::Constant { .. } => self.wrong_word(pointer, value),
            Kind::Minimum { limit } => format!("{value} is too small: {limit} is the least"),
            Kind::Maximum { limit } => format!("{value} is too large: {limit} is the most"),
            _ => error.to_string(),
        };
        let broken = BrokenValue { pointer: pointer.to_owned(), is_unknown_key: false };
        vec![(broken, (places.of(pointer), message))]
    }

    fn unknown_key(&self, key: &str, pointer: &str, places: &Places) -> (BrokenValue, Flaw) {
        let inner = step(pointer, key);
        let at: Position = places.get(&inner).and_then(|place| place.key).unwrap_or_else(|| places.of(pointer));
        let schema = self.at(pointer).and_then(|schema| schema.get("properties")?.as_object());
        let keys: Vec<&str> = schema.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
        let all = || format!(": there is {}", keys.join(", "));
        let message = format!("unknown key \"{key}\"{}", suggest(key, keys.iter().copied(), all));
        (BrokenValue { pointer: inner, is_unknown_key: true }, (at, message))
    }

    fn wrong_word(&self, pointer: &str, value: &Value) -> String {
        let branches = self.at(pointer).and_then(|schema| schema.get("oneOf")?.as_array());
        let word = |branch: &'_ Value| branch.get("const").and_then(Value::as_str).map(str::to_owned);
        let words: Vec<String> = branches.into_iter().flatten().filter_map(word).collect();
        let all = || format!(": one of {}", words.join(", "));
        let wrong = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match value {
            Value::String(_) => {
                format!("\"{wrong}\" is none of the words{}", suggest(&wrong, words.iter().map(String::as_str), all))
            }
            Value::Null => format!("no value{}", all()),
            _ => format!("{} is none of the words{}", kind_of(value), all()),
        }
    }

    /// The schema of the value that a pointer leads to.
    fn at(&self, pointer: &str) -> Option<&Value> {
        pointer.split('/').skip(1).try_fold(&self.schema, |schema, step| {
            let inner = match schema.get("items") {
                Some(items) => items,
                None => schema.get("properties")?.get(step)?,
            };
            match inner.get("$ref").and_then(Value::as_str) {
                Some(reference) => self.schema.pointer(reference.trim_start_matches('#')),
                None => Some(inner),
            }
        })
    }
}

fn missing(key: &str, pointer: &str, root: &Value) -> String {
    let slots = pointer.strip_prefix("/slots/").and_then(|_| root.get("slots")?.as_array());
    let Some(slots) = slots.filter(|_| key == "number") else {
        return format!("the key \"{key}\" is missing");
    };
    let taken = slots.iter().filter_map(|slot| slot.get("number")?.as_i64()).max();
    format!("the key \"number\" is missing: the next one free is {}", taken.unwrap_or_default().saturating_add(1))
}

fn wrong_text(format: &str, value: &Value) -> String {
    let check = FORMATS.iter().chain(TEXTS).find(|(name, _)| *name == format).map(|(_, check)| check);
    let message = check.and_then(|check| check(value.as_str()?).err());
    message.unwrap_or_else(|| format!("{value} is not a {format}"))
}

fn wrong_type(kind: &TypeKind, pointer: &str, value: &Value, places: &Places) -> String {
    let wanted = match kind {
        TypeKind::Single(kind) => *kind,
        TypeKind::Multiple(kinds) => kinds.iter().next().unwrap_or(JsonType::String),
    };
    let bare = places.get(pointer).and_then(|place| place.bare.as_deref()).unwrap_or_default();
    match (wanted, value) {
        (_, Value::Null) => {
            let is_item = pointer.rsplit('/').next().is_some_and(|step| step.parse::<usize>().is_ok());
            format!("no value: write {}, or leave the {} out", name(wanted), if is_item { "line" } else { "key" })
        }
        (JsonType::String, Value::Number(_) | Value::Bool(_)) => {
            format!("{bare} is {} as it stands: put it in quotes, '{bare}', to make it a text", kind_of(value))
        }
        (JsonType::Integer, Value::Number(_)) => format!("{bare} is not {}", name(wanted)),
        (JsonType::Integer | JsonType::Number, Value::String(text))
            if text.parse::<f64>().is_ok() && bare.is_empty() =>
        {
            format!("\"{text}\" is a text: take the quotes off to make it {}", name(wanted))
        }
        (_, Value::String(text)) => format!("\"{text}\" is a text, not {}", name(wanted)),
        (_, value) => format!("{}, not {}", kind_of(value), name(wanted)),
    }
}

fn name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "keys with values",
        JsonType::String => "a text",
    }
}

fn kind_of(value: &Value) -> &'static str {
    name(match value {
        Value::Null => JsonType::Null,
        Value::Bool(_) => JsonType::Boolean,
        Value::Number(_) => JsonType::Number,
        Value::String(_) => JsonType::String,
        Value::Array(_) => JsonType::Array,
        Value::Object(_) => JsonType::Object,
    })
}

/// `: did you mean "title"?` if one of the words is near, else what `otherwise` answers.
pub(super) fn suggest<'w>(
    wrong: &str,
    words: impl Iterator<Item = &'w str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    nearest(wrong, words).map_or_else(otherwise, |word| format!(": did you mean \"{word}\"?"))
}
