//! Texts and addresses as schedule and feed formats carry them.

use std::borrow::Cow;

use crate::scalars::Url;

/// A text for XML 1.0: without forbidden characters, and with the line ends that a parser would make of it.
pub(crate) fn xml_text(text: &str) -> Cow<'_, str> {
    let forbidden =
        |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if !text.contains(|c| c == '\r' || forbidden(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n").replace(forbidden, ""))
}

/// A name or a title in one line, without control characters and with single blanks. None if nothing is left.
pub(crate) fn one_line(text: &str) -> Option<String> {
    let text = xml_text(text);
    let words = text.split_whitespace().map(|word| word.replace(char::is_control, ""));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// An address that conforms to RFC 3986. Browsers repair spellings of the scheme, letters beyond ASCII, stray brackets,
/// `%`, `|` and `#`; so does this function.
pub(crate) fn uri(url: &Url) -> String {
    let Ok(parsed) = url::Url::parse(url.as_str()) else { return url.to_string() };
    let text = parsed.as_str();
    let path = text.len() - parsed[url::Position::BeforePath..].len();
    let fragment = parsed.fragment().map(|fragment| text.len() - fragment.len());
    let hex = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
    let mut mended = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_right = match c {
            '%' => hex(at + 1) && hex(at + 2),
            '[' | ']' => at < path,
            '#' => fragment == Some(at + 1),
            _ => c.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=".contains(c),
        };
        match is_right {
            true => mended.push(c),
            false => mended.extend(c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}"))),
        }
    }
    mended
}
