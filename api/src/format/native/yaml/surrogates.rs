//! Characters that JSON writes as two escapes (`\ud83e\udd80`), as many programs do. YAML has one escape for each
//! character.

use std::borrow::Cow;

/// The text of a file in which the escapes of a JSON document are what YAML takes for them. Outside of JSON, a backslash
/// may be a part of a text.
pub(in crate::format::native) fn joined(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with(['{', '[']) || !text.contains("\\u") {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        joined.push_str(before);
        let length = match character(escape) {
            Some(character) => {
                joined.push(character);
                12
            }
            None => {
                let length = 1 + escape.chars().nth(1).map_or(0, char::len_utf8);
                joined.push_str(escape.get(..length).unwrap_or_default());
                length
            }
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    joined.push_str(rest);
    Cow::Owned(joined)
}

/// The character of two escapes.
fn character(escapes: &str) -> Option<char> {
    let unit = |at: usize| u16::from_str_radix(escapes.get(at..)?.strip_prefix("\\u")?.get(..4)?, 16).ok();
    char::decode_utf16([unit(0)?, unit(6)?]).next()?.ok().filter(|character| character.len_utf16() == 2)
}
