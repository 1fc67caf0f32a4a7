//! What is wrong with a value, in words.

use serde_json::Value;

use super::suggest;
use crate::format::native::yaml::Location;

/// Whether a number is written as every reader of YAML and JSON takes it: `12`, `0.5`, `1e3`.
pub(super) fn is_decimal(bare: &str) -> bool {
    let digits = bare.strip_prefix('-').unwrap_or(bare);
    let whole = digits.split(['.', 'e', 'E']).next().unwrap_or_default();
    let has_fraction = digits.split_once('.').is_none_or(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_digit()));
    whole.bytes().all(|b| b.is_ascii_digit())
        && !whole.is_empty()
        && (whole == "0" || !whole.starts_with('0'))
        && has_fraction
}

/// A text as YAML has it in quotes.
pub(super) fn in_quotes(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(200).collect();
    format!("'{}{}'", short.replace('\'', "''"), if short.len() < line.len() { "…" } else { "" })
}

/// The message about a value of another type. A comment may stand where the value is missing.
pub(super) fn wrong_type(
    wanted: &str,
    pointer: &str,
    value: &Value,
    place: Option<&Location>,
    comment: Option<&str>,
) -> String {
    let bare = place.and_then(|place| place.bare.as_deref()).unwrap_or_default();
    let is_plain = place.is_some_and(|place| place.is_plain);
    match (wanted, value) {
        (_, Value::Null) => {
            let is_item = pointer.rsplit('/').next().is_some_and(|step| step.parse::<usize>().is_ok());
            let part = if is_item { "line" } else { "key" };
            match (wanted, bare, comment) {
                ("string", "", Some(comment)) => {
                    let quoted = in_quotes(comment);
                    format!(
                        "no value, as a comment begins with #: put it in quotes, {quoted}, to make it a text, or leave the {part} out"
                    )
                }
                ("string", "~" | "null" | "Null" | "NULL", _) => {
                    format!(
                        "{bare} is no value as it stands: put it in quotes, '{bare}', to make it a text, or leave the {part} out"
                    )
                }
                _ => format!("no value: write {}, or leave the {part} out", name(wanted)),
            }
        }
        ("string", Value::Number(_) | Value::Bool(_)) => {
            format!("{bare} is {} as it stands: put it in quotes, '{bare}', to make it a text", kind_of(value))
        }
        ("string", Value::Object(_) | Value::Array(_)) => {
            format!(
                "{}, not a text: a text with a colon and a blank, or with brackets, stands in quotes",
                kind_of(value)
            )
        }
        ("integer", Value::Number(_)) => format!("{bare} is not {}", name(wanted)),
        ("integer" | "number", Value::String(text)) if text.parse::<f64>().is_ok() && !is_plain => {
            format!("\"{text}\" is a text: take the quotes off to make it {}", name(wanted))
        }
        (_, Value::String(text)) => format!("\"{text}\" is a text, not {}", name(wanted)),
        (_, value) => format!("{}, not {}", kind_of(value), name(wanted)),
    }
}

/// The message about a word that is none of a list.
pub(super) fn wrong_word(value: &Value, words: &[&str]) -> String {
    let all = || format!(": one of {}", words.join(", "));
    match value {
        Value::String(wrong) => {
            format!("\"{wrong}\" is none of the words{}", suggest(wrong, words.iter().copied(), all))
        }
        Value::Null => format!("no value{}", all()),
        _ => format!("{} is none of the words{}", kind_of(value), all()),
    }
}

fn name(kind: &str) -> &'static str {
    match kind {
        "array" => "a list",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        "object" => "keys with values",
        _ => "a text",
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => name("boolean"),
        Value::Number(_) => name("number"),
        Value::String(_) => name("string"),
        Value::Array(_) => name("array"),
        Value::Object(_) => name("object"),
    }
}
