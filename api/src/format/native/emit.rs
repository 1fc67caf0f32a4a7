//! JSON values as YAML in one way: block style, two blanks for each level, no folding. Quotes are only around a text
//! that some reader of YAML 1.1 or 1.2 would take for another type.

use serde_json::{Map, Value};

use super::yaml::bare;

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
    let unprintable =
        |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    if may_be_block && text.contains('\n') && !text.contains(|c| c != '\n' && unprintable(c)) && is_simple_block(text) {
        block(out, text, indent + 2);
    } else if text.contains(unprintable) {
        double_quoted(out, text, unprintable);
    } else if is_plain(text) {
        out.push_str(text);
    } else {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
    }
}

/// Whether readers agree on the text as a block. They differ where it begins or ends with a blank line.
fn is_simple_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let edge = |line: Option<&str>| line.is_some_and(|line| !line.trim().is_empty());
    edge(body.split('\n').next()) && edge(body.rsplit('\n').next())
}

fn block(out: &mut String, text: &str, indent: usize) {
    let body = text.strip_suffix('\n');
    out.push('|');
    if text.starts_with(' ') {
        out.push('2');
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

fn double_quoted(out: &mut String, text: &str, unprintable: impl Fn(char) -> bool) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if unprintable(c) => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Whether a text without line breaks needs no quotes.
fn is_plain(text: &str) -> bool {
    const INDICATORS: &str = "-?:,[]{}#&*!|>'\"%@`=<~";
    !text.is_empty()
        && text.trim() == text
        && !text.starts_with(|c| INDICATORS.contains(c))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && matches!(bare(text.into()), Value::String(_))
        && !is_word(text)
        && !is_number_like(text)
        && !is_time(text)
}

/// Whether YAML 1.1 takes the text for true, false or null.
fn is_word(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether YAML 1.1 takes the text for a number (`010`, `1_000`, `1:30`, `0b1`, `.inf`) or a date.
fn is_number_like(text: &str) -> bool {
    let rest = text.trim_start_matches(['+', '-']);
    let based = ["0x", "0o", "0b"].iter().find_map(|base| rest.strip_prefix(base));
    let digits = |text: &str, also: &str| {
        text.starts_with(|c: char| c.is_ascii_hexdigit() || c == '.')
            && text.chars().all(|c| c.is_ascii_digit() || also.contains(c))
    };
    based.is_some_and(|rest| digits(rest, "abcdefABCDEF_"))
        || rest.contains(|c: char| c.is_ascii_digit())
            && rest.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && digits(rest, "_+-.:eE")
        || matches!(rest.to_ascii_lowercase().as_str(), ".inf" | ".nan")
}

/// Whether YAML 1.1 takes the text for a time.
fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', 't', ' ']) else { return false };
    let digits = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let time: Vec<&str> = time.trim_start().splitn(3, ':').collect();
    date.split('-').count() == 3
        && date.split('-').all(digits)
        && time.len() == 3
        && time.iter().take(2).all(|part| digits(part))
}
