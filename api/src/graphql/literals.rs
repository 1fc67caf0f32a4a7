//! The strings of a document, rewritten so that the library's parser reads them by the specification (2.9.4). It takes
//! neither `\u{1F980}` nor a surrogate pair, leaves `\"""` in a block string as it is, and keeps the white space of a
//! short blank line. A rewritten string takes as much room as before, so the places of errors stay right.

use std::borrow::Cow;

use async_graphql::{Pos, ServerError};

/// The document with plain strings: only escapes that the library knows, and no block strings.
pub fn with_plain_strings(document: &str) -> Result<Cow<'_, str>, ServerError> {
    if !document.contains("\\u") && !document.contains("\"\"\"") {
        return Ok(Cow::Borrowed(document));
    }
    let mut plain = String::with_capacity(document.len());
    let mut rest = document;
    while let Some(at) = rest.find(['"', '#']) {
        let (before, token) = rest.split_at(at);
        plain.push_str(before);
        let length = match token {
            comment if comment.starts_with('#') => comment.find(['\n', '\r']).unwrap_or(comment.len()),
            block if block.starts_with("\"\"\"") => block_length(block),
            line => line_length(line),
        };
        let (token, after) = token.split_at(length);
        match token {
            block if block.starts_with("\"\"\"") && block.ends_with("\"\"\"") && block.len() >= 6 => {
                push_block(&mut plain, block)
            }
            line if line.contains("\\u") && line.starts_with('"') => {
                push_line(&mut plain, line).map_err(|(offset, message)| {
                    let place = document.len() - after.len() - token.len() + offset;
                    ServerError::new(message, Some(position(document, place)))
                })?;
            }
            other => plain.push_str(other),
        }
        rest = after;
    }
    plain.push_str(rest);
    Ok(Cow::Owned(plain))
}

/// The length of a comment, a string or a block string is that of the rest if it has no end; the parser reports it.
fn line_length(token: &str) -> usize {
    let mut escaped = false;
    for (at, c) in token.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return at,
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    token.len()
}

fn block_length(token: &str) -> usize {
    let mut from = 3;
    while let Some(at) = token[from..].find("\"\"\"") {
        let (place, end) = (from + at, from + at + 3);
        if !token[..place].ends_with('\\') {
            return end;
        }
        from = end;
    }
    token.len()
}

/// Adds a string without its escapes of characters. An error has the place of the escape within the string.
fn push_line(plain: &mut String, token: &str) -> Result<(), (usize, String)> {
    let begin = plain.len();
    let mut rest = token;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        let escape = &rest[at..];
        let length = match escape.strip_prefix("\\u") {
            Some(code) => {
                let offset = token.len() - escape.len();
                let (character, length) = character(code).map_err(|message| (offset, message))?;
                push_character(plain, character);
                2 + length
            }
            None => {
                let length = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
                plain.push_str(&escape[..length]);
                length
            }
        };
        rest = &escape[length..];
    }
    plain.push_str(rest);
    pad(plain, token.chars().count(), begin);
    Ok(())
}

/// The character of an escape, and the length of what is behind its `\u`.
fn character(code: &str) -> Result<(char, usize), String> {
    if let Some(braced) = code.strip_prefix('{') {
        let digits = braced.split('}').next().unwrap_or_default();
        let is_closed = digits.len() < braced.len();
        let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit()) && is_closed;
        let found = hex.then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)).flatten();
        return found.map(|found| (found, digits.len() + 2)).ok_or_else(|| {
            "an escape \\u{…} has the code of one character, from 0 to D7FF or from E000 to 10FFFF: \\u{1F980}"
                .to_owned()
        });
    }
    let unit = |text: &str| {
        let digits = text.get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(code).ok_or_else(|| "an escape \\u has four hexadecimal digits: \\u00e9".to_owned())?;
    if let Some(character) = char::from_u32(first.into()) {
        return Ok((character, 4));
    }
    let second = code[4..].strip_prefix("\\u").and_then(unit);
    let pair = second.and_then(|second| char::decode_utf16([first, second]).next()?.ok());
    pair.map(|character| (character, 10)).ok_or_else(|| {
        format!("\\u{first:04x} is half of a surrogate pair and no character: write both halves, or \\u{{…}}")
    })
}

/// Adds a block string as a string of one line, and the lines that it took.
fn push_block(plain: &mut String, token: &str) {
    let begin = plain.len();
    let raw = &token[3..token.len() - 3];
    plain.push('"');
    block_value(&raw.replace("\\\"\"\"", "\"\"\"")).chars().for_each(|character| push_character(plain, character));
    plain.push('"');
    let lines = lines(token);
    match lines.as_slice() {
        [.., last] if lines.len() > 1 => {
            plain.push_str(&"\n".repeat(lines.len() - 1));
            plain.push_str(&" ".repeat(last.chars().count()));
        }
        _ => pad(plain, token.chars().count(), begin),
    }
}

/// Adds a character of a string. Only what would end the string or the line is escaped.
fn push_character(plain: &mut String, character: char) {
    match character {
        '"' => plain.push_str("\\\""),
        '\\' => plain.push_str("\\\\"),
        '\n' => plain.push_str("\\n"),
        '\r' => plain.push_str("\\r"),
        other => plain.push(other),
    }
}

/// Adds blanks until what was added since a place is as long as what it replaces.
fn pad(plain: &mut String, length: usize, begin: usize) {
    let written = plain[begin..].chars().count();
    plain.push_str(&" ".repeat(length.saturating_sub(written)));
}

fn lines(text: &str) -> Vec<&str> {
    text.split("\r\n").flat_map(|part| part.split(['\n', '\r'])).collect()
}

/// The value of a block string (GraphQL specification, BlockStringValue).
fn block_value(raw: &str) -> String {
    let blank = |c: char| matches!(c, ' ' | '\t');
    let mut lines = lines(raw);
    let indents = lines.iter().skip(1).filter_map(|line| line.find(|c| !blank(c)));
    if let Some(indent) = indents.min() {
        lines.iter_mut().skip(1).for_each(|line| *line = line.get(indent..).unwrap_or_default());
    }
    let has_text = |line: &&str| line.contains(|c| !blank(c));
    let first = lines.iter().position(has_text).unwrap_or(lines.len());
    let end = lines.iter().rposition(has_text).map_or(first, |last| last + 1);
    lines[first..end].join("\n")
}

/// The line and column of a place.
fn position(document: &str, place: usize) -> Pos {
    let lines = lines(&document[..place]);
    Pos { line: lines.len(), column: lines.last().map_or(0, |line| line.chars().count()) + 1 }
}

#[cfg(test)]
mod tests {
    use super::with_plain_strings;

    /// Every short document of the signs that matter is read or refused, and nothing is read twice.
    #[test]
    fn every_short_document_is_read() {
        const SIGNS: [char; 8] = ['"', '\\', 'u', '{', '}', 'é', '\n', '#'];
        for number in 0..8_usize.pow(6) {
            let document: String = (0..6).map(|place| SIGNS[number / 8_usize.pow(place) % 8]).collect();
            if let Ok(plain) = with_plain_strings(&format!("\"\\u0041\" {document}")) {
                assert!(plain.starts_with("\"A\"      "), "{plain}");
            }
        }
    }
}
