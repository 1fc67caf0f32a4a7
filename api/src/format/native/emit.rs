//! JSON values as YAML in one way: block style, two blanks for each level, no folding. Quotes are only around a text
//! that some reader of YAML 1.1 or 1.2 would take for another type.

mod plain;

use serde_json::{Map, Value};

use plain::is_plain;

/// The characters that end a plain text in flow style.
const FLOW: [char; 5] = [',', '[', ']', '{', '}'];

/// The text of a file.
pub(super) fn emit(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(entries) if !entries.is_empty() => mapping(&mut out, entries, 0),
        other => {
            scalar(&mut out, other, 0);
            out.push('\n');
        }
    }
    out
}

/// A key and its value, to be written in a column.
pub(super) fn entry(key: &str, value: &Value, column: usize) -> String {
    let mut out = String::new();
    mapping(&mut out, &Map::from_iter([(key.to_owned(), value.clone())]), column);
    out
}

/// An item of a list, to be written in a column.
pub(super) fn item(value: &Value, column: usize) -> String {
    let mut out = String::new();
    sequence(&mut out, std::slice::from_ref(value), column);
    out
}

/// A value in flow style: `{a: 1, b: [x, y]}`.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| flow_entry(key, value)).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        value => match one_line(value) {
            plain if value.is_string() && plain.starts_with(|c| c != '\'' && c != '"') && plain.contains(FLOW) => {
                single_quoted(&plain)
            }
            text => text,
        },
    }
}

/// A key and its value in flow style.
pub(super) fn flow_entry(key: &str, value: &Value) -> String {
    format!("{}: {}", flow(&key.into()), flow(value))
}

/// A text or a number in one line.
pub(super) fn one_line(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::String(value) => text(&mut out, value, 0, false),
        value => scalar(&mut out, value, 0),
    }
    out
}

/// Writes a mapping. The caller has begun its first line.
fn mapping(out: &mut String, entries: &Map<String, Value>, indent: usize) {
    for (n, (key, value)) in entries.iter().enumerate() {
        if n > 0 {
            blanks(out, indent);
        }
        text(out, key, indent, false);
        out.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                blanks(out, indent + 2);
                mapping(out, inner, indent + 2);
            }
            Value::Array(items) if !items.is_empty() => {
                out.push('\n');
                blanks(out, indent + 2);
                sequence(out, items, indent + 2);
            }
            value => line(out, value, indent),
        }
    }
}

fn sequence(out: &mut String, items: &[Value], indent: usize) {
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            blanks(out, indent);
        }
        out.push('-');
        match item {
            Value::Object(inner) if !inner.is_empty() => {
                out.push(' ');
                mapping(out, inner, indent + 2);
            }
            Value::Array(inner) if !inner.is_empty() => {
                out.push(' ');
                sequence(out, inner, indent + 2);
            }
            item => line(out, item, indent),
        }
    }
}

fn line(out: &mut String, value: &Value, indent: usize) {
    out.push(' ');
    scalar(out, value, indent);
    if !out.ends_with('\n') {
        out.push('\n');
    }
}

fn blanks(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n(' ', count));
}

fn scalar(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => out.push_str(&float.to_string()),
            _ => out.push_str(&number.to_string()),
        },
        Value::String(value) => text(out, value, indent, true),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
    }
}

fn text(out: &mut String, text: &str, indent: usize, may_be_block: bool) {
    if may_be_block && is_block(text) {
        block(out, text, indent, indent + 2);
    } else if is_plain(text) && !text.contains(is_unprintable) {
        out.push_str(text);
    } else {
        out.push_str(&single_quoted(text));
    }
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Whether a text is written as a block: it has several lines, and readers agree on it. They differ where it begins or
/// ends with a blank line.
pub(super) fn is_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let edge = |line: Option<&str>| line.is_some_and(|line| !line.trim().is_empty());
    text.contains('\n')
        && !text.contains(|c| c != '\n' && is_unprintable(c))
        && edge(body.split('\n').next())
        && edge(body.rsplit('\n').next())
}

/// Writes a text of several lines below a key or a dash in a column.
pub(super) fn block(out: &mut String, text: &str, column: usize, indent: usize) {
    let body = text.strip_suffix('\n');
    out.push('|');
    if text.starts_with(' ') {
        out.push_str(&(indent - column).to_string());
    }
    out.push_str(if body.is_some() { "\n" } else { "-\n" });
    for line in body.unwrap_or(text).split('\n') {
        if !line.is_empty() {
            blanks(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// A text in single quotes, or in double quotes if it has characters that can't be in single ones.
pub(super) fn single_quoted(text: &str) -> String {
    match text.contains(is_unprintable) {
        true => double_quoted(text),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}

/// A text in double quotes.
pub(super) fn double_quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_unprintable(c) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
