//! Which texts need no quotes: those that no reader of YAML 1.1 or 1.2 takes for another type.

use serde_json::Value;

use crate::format::native::yaml::bare;

/// Whether a text without line breaks needs no quotes.
pub(super) fn is_plain(text: &str) -> bool {
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
