//! The texts of the archive: readable by people, valid in every format, and sortable in the databases.

use std::borrow::Cow;

use icu_properties::{CodePointSetData, CodePointSetDataBorrowed, props::DefaultIgnorableCodePoint};
use unicode_normalization::UnicodeNormalization;

use crate::collation::fold;

/// The greatest length of a line in characters.
pub(crate) const LONGEST_LINE: usize = 500;

/// The greatest length of a text of any number of lines in characters.
pub(crate) const LONGEST_TEXT: usize = 100_000;

/// The greatest length of a cursor in characters. It has the key of a line.
pub(crate) const LONGEST_CURSOR: usize = 10_000;

/// The greatest length of the key of a line in bytes. An index of PostgreSQL takes some 2,700.
const LONGEST_KEY: usize = 2_000;

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

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

/// The most pairs of characters that are compared to find the name that is nearest to another.
const MOST_COMPARED: usize = 5_000_000;

/// Characters without ink that Unicode does not class as ignorable: the empty pattern of Braille, and annotations.
const INKLESS: [char; 4] = ['\u{2800}', '\u{fff9}', '\u{fffa}', '\u{fffb}'];

/// Characters that end a line (UAX #14: BK, CR, LF and NL).
const LINE_ENDS: [char; 7] = ['\n', '\u{b}', '\u{c}', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

/// Whether a character shows nothing.
fn is_unseen(c: char) -> bool {
    const IGNORED: CodePointSetDataBorrowed<'static> = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    c.is_whitespace() || INKLESS.contains(&c) || IGNORED.contains(c)
}

/// Whether a character comes along when a text is copied: a blank, or one that shows nothing. At the ends of a text and
/// beside blanks they mean nothing. The selectors and tags behind an emoji or a letter belong to it.
fn is_blank(c: char) -> bool {
    let belongs = matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180f}' | '\u{e0020}'..='\u{e01ef}');
    !belongs && is_unseen(c)
}

/// A text in Unicode's normal form C, without the blanks around it, and with one blank for several, of any kind, if that
/// is asked for. Line breaks within the text stay.
pub fn tidied(text: &str, inner: bool) -> String {
    let normal = if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect::<String>()) };
    let text = normal.trim_matches(is_blank);
    if !inner {
        return text.to_owned();
    }
    let mut tidy = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_blank) {
        let (word, blanks) = rest.split_at(start);
        let end = blanks.find(|c| !is_blank(c)).unwrap_or(blanks.len());
        let (blanks, after) = blanks.split_at(end);
        tidy.push_str(word);
        tidy.push_str(match blanks {
            _ if blanks.contains(LINE_ENDS) => blanks,
            _ if blanks.contains(char::is_whitespace) => " ",
            _ => blanks,
        });
        rest = after;
    }
    tidy.push_str(rest);
    tidy
}

/// Checks a text of one line.
pub fn line(text: &str) -> Result<(), String> {
    if text.contains(LINE_ENDS) {
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
    if text.chars().all(is_unseen) {
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
/// at most. The work is bounded: of very many or very long names, the last are not looked at.
pub(crate) fn nearest<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    // A longer text is no name.
    if wrong.chars().nth(LONGEST_LINE).is_some() {
        return None;
    }
    let wrong = plain(wrong);
    let length = wrong.chars().count();
    let may_be = |name: &&str| length.abs_diff(name.chars().count()) * 3 <= length.max(3);
    let mut work = MOST_COMPARED;
    let is_affordable = |name: &&str| {
        let costs = length * name.len();
        work = work.saturating_sub(costs);
        work > 0
    };
    let names = names.filter(may_be).take_while(is_affordable);
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
