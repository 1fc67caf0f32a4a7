//! What YAML takes from a text that a person typed without quotes.

use std::ops::Range;

use saphyr_parser::Span;

use crate::mistake::Position;

/// What YAML takes from a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::format::native) enum Taken {
    /// A comment behind it. The range of the source has both.
    Comment(Position, Range<usize>),
    /// The ends of its lines, which become blanks.
    Lines,
    /// The items of a list that is indented below it, which become part of it.
    Items(Position),
}

/// The source of a file, read from its beginning to its end.
pub(super) struct Source<'t> {
    text: &'t str,
    /// A place as the number of characters and of bytes before it. It only moves forward.
    at: (usize, usize),
    /// The end of the last key, in bytes.
    key_end: usize,
}

impl<'t> Source<'t> {
    pub fn of(text: &'t str) -> Self {
        Self { text, at: (0, 0), key_end: 0 }
    }

    /// The whole text.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// Goes past a key.
    pub fn key(&mut self, span: Span) {
        self.key_end = self.byte(span.end.index());
    }

    /// What YAML takes from a scalar without quotes. It is the value of a key, or an item of a list.
    pub fn taken(&mut self, text: &str, span: Span, has_key: bool) -> Option<Taken> {
        if text.is_empty() {
            return self.only_a_comment(span, has_key);
        }
        let start = self.byte(span.start.index());
        let end = self.byte(span.end.index());
        let blanks = self.blanks_at(end);
        if self.text.get(end + blanks..).is_some_and(|rest| rest.starts_with('#')) {
            let from = start..end + self.line_from(end).trim_end().len();
            return Some(Taken::Comment((span.end.line(), span.end.col() + 1 + blanks), from));
        }
        let mut further = self.text.get(start..end).unwrap_or_default().lines().enumerate().skip(1);
        let is_item = |line: &str| line.trim() == "-" || line.trim_start().starts_with("- ");
        let item = further.clone().find(|(_, line)| is_item(line));
        let items = item.map(|(n, line)| (span.start.line() + n, line.len() - line.trim_start().len() + 1));
        items.map(Taken::Items).or_else(|| further.next().map(|_| Taken::Lines))
    }

    /// The comment that stands where a value is missing.
    fn only_a_comment(&mut self, span: Span, has_key: bool) -> Option<Taken> {
        // Of a missing value of a key, the parser tells the place of what follows, and of a missing item that behind
        // the comment.
        let start = match has_key {
            true => {
                let colon = self.key_end + self.blanks_at(self.key_end);
                self.text.get(colon..).is_some_and(|rest| rest.starts_with(':')).then(|| colon + 1)?
            }
            false => self.dash_before(span.start.index())? + 1,
        };
        let start = start + self.blanks_at(start);
        let comment = self.text.get(start..).filter(|rest| rest.starts_with('#'))?;
        let end = comment.find(['\n', '\r']).unwrap_or(comment.len());
        let range = start..start + comment.get(..end)?.trim_end().len();
        Some(Taken::Comment(super::position(span), range))
    }

    /// The last dash of those that a line begins with, in bytes.
    fn dash_before(&mut self, index: usize) -> Option<usize> {
        let at = self.byte(index);
        let line = self.text.get(..at)?.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let dashes = self.text.get(line..)?.find(|c| !matches!(c, '-' | ' ')).unwrap_or(at - line);
        self.text.get(line..line + dashes)?.rfind('-').map(|dash| line + dash)
    }

    /// The number of blanks at a place.
    fn blanks_at(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    /// The place of a character, in bytes.
    fn byte(&mut self, index: usize) -> usize {
        let (characters, bytes) = self.at;
        if let Some(further) = index.checked_sub(characters) {
            let rest = self.text.get(bytes..).unwrap_or_default();
            let skipped: usize = rest.chars().take(further).map(char::len_utf8).sum();
            self.at = (index, bytes + skipped);
        }
        self.at.1
    }

    /// The rest of a line.
    fn line_from(&self, at: usize) -> &'t str {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.split(['\n', '\r']).next().unwrap_or_default()
    }
}
