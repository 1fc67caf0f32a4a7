//! What a text in the archive may hold: what people can read, every format can carry, and the databases can sort by.

use crate::database::fold;

/// As many characters as a line may have.
pub(crate) const LONGEST_LINE: usize = 500;

/// As many bytes as what a line is sorted and found by may have: PostgreSQL's indexes take some 2,700.
const LONGEST_KEY: usize = 2_000;

/// A text of one line.
pub fn line(text: &str) -> Result<(), String> {
    if text.contains(['\n', '\r']) {
        return Err("a line break: this must be one line".to_owned());
    }
    let length = text.chars().count();
    // Some characters are several where they are compared: Hangul, ligatures.
    if length > LONGEST_LINE || fold(text).len() > LONGEST_KEY {
        return Err(format!(
            "too long a line, of {length} characters: {LONGEST_LINE} are the most, and fewer in some scripts"
        ));
    }
    lines(text)
}

/// A text of any lines, which end with `\n`.
pub fn lines(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("an empty text: write one, or leave it out".to_owned());
    }
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(control) => Err(format!("a control character (U+{:04X}): take it out", u32::from(control))),
        None => Ok(()),
    }
}

/// A name in snake case, as GraphQL writes it: `starts_at` is `startsAt`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut camel, word| {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
        camel
    })
}
