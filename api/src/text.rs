//! The texts of the archive: readable by people, valid in every format, and sortable in the databases.

use crate::collation::fold;

/// The greatest length of a line in characters.
pub(crate) const LONGEST_LINE: usize = 500;

/// The greatest length of a text of any number of lines in characters.
pub(crate) const LONGEST_TEXT: usize = 100_000;

/// The greatest length of a cursor in characters. It has the key of a line.
pub(crate) const LONGEST_CURSOR: usize = 10_000;

/// The greatest length of the key of a line in bytes. An index of PostgreSQL takes some 2,700.
const LONGEST_KEY: usize = 2_000;

/// Checks a text that is looked for: no text in the archive has U+0000, or is longer than its kind may be.
pub(crate) fn searchable(text: &str, longest: usize) -> Result<(), String> {
    if text.contains('\0') {
        return Err("a text can't have the character U+0000".to_owned());
    }
    match text.chars().count() {
        length if length > longest => Err(format!("too long a text, of {length} characters: {longest} are the most")),
        _ => Ok(()),
    }
}

/// Checks a text of one line.
pub fn line(text: &str) -> Result<(), String> {
    // The line breaks of Unicode (UAX #14, BK, CR, LF and NL).
    if text.contains(['\n', '\r', '\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}']) {
        return Err("a line break: this must be one line".to_owned());
    }
    let length = text.chars().count();
    // In a key some characters become several: Hangul, ligatures.
    if length > LONGEST_LINE || fold(text).len() > LONGEST_KEY {
        return Err(format!(
            "too long a line, of {length} characters: {LONGEST_LINE} are the most, and fewer in some scripts"
        ));
    }
    lines(text)
}

/// Checks a text of any number of lines, which end with `\n`.
pub fn lines(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("an empty text: write one, or leave it out".to_owned());
    }
    let length = text.chars().count();
    if length > LONGEST_TEXT {
        return Err(format!("too long a text, of {length} characters: {LONGEST_TEXT} are the most"));
    }
    match text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        Some(control) => Err(format!("a control character (U+{:04X}): take it out", u32::from(control))),
        None => Ok(()),
    }
}

/// `: did you mean "Hall"?` if one of the names is near to the wrong one, and nothing otherwise.
pub(crate) fn did_you_mean<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> String {
    nearest(wrong, names).map(|near| format!(": did you mean \"{near}\"?")).unwrap_or_default()
}

/// The name that is nearest to a wrong one, if it is near enough to be meant: it differs by a third of the characters
/// at most.
pub(crate) fn nearest<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let wrong = plain(wrong);
    let length = wrong.chars().count();
    let (distance, near) = names.map(|name| (strsim::osa_distance(&wrong, &plain(name)), name)).min()?;
    (distance < length && distance * 3 <= length.max(3)).then_some(near)
}

/// Whether two texts differ by no more than a typing error: by case, accents, blanks and punctuation, or in each word
/// by one character from 4 letters on, and two from 8. (The measure is the optimal string alignment distance.)
pub(crate) fn is_typing_error(a: &str, b: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let folded = fold(text);
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (a, b) = (words(a), words(b));
    a.concat() == b.concat() || a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| is_misspelt(a, b))
}

fn is_misspelt(a: &str, b: &str) -> bool {
    let allowed = match a.chars().count().min(b.chars().count()) {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    strsim::osa_distance(a, b) <= allowed
}

/// The GraphQL name of a field: `startsAt` for `starts_at`.
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
