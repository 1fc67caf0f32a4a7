//! The lines of a text: where they begin, and what stands around a value.

use std::ops::Range;

/// A text that ends with a line break, by its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    /// The first byte of each line, and the end of the text.
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub fn of(text: &'t str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn number(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.text.len())
    }

    fn line(&self, line: usize) -> &'t str {
        self.text.get(self.start(line)..self.start(line + 1)).unwrap_or_default()
    }

    /// The number of bytes between the start of the line and a place in it.
    pub fn column(&self, at: usize) -> usize {
        at - self.start(self.number(at))
    }

    /// The number of blanks that the line at a start begins with.
    pub fn indentation(&self, start: usize) -> usize {
        let line = self.line(self.number(start));
        line.len() - line.trim_start_matches(' ').len()
    }

    /// The start of the line after a place.
    pub fn after(&self, at: usize) -> usize {
        self.start(self.number(at) + 1)
    }

    /// Whether a place is the first of its line, after the indentation.
    pub fn begins(&self, at: usize) -> bool {
        self.text.get(at - self.column(at)..at).is_some_and(|before| before.trim().is_empty())
    }

    /// Whether the line before the start of a line is blank.
    pub fn is_blank_before(&self, start: usize) -> bool {
        self.number(start).checked_sub(1).is_some_and(|before| self.is_blank(before))
    }

    fn is_blank(&self, line: usize) -> bool {
        self.line(line).trim().is_empty()
    }

    /// The start of the line of a place, or of the comments directly above it. A comment at the top of the file belongs
    /// to the file.
    pub fn top(&self, at: usize) -> usize {
        let own = self.number(at);
        let mut line = own;
        while line.checked_sub(1).is_some_and(|above| self.line(above).trim_start().starts_with('#')) {
            line -= 1;
        }
        self.start(if line == 0 { own } else { line })
    }

    /// The lines of a range, with the comments directly above. One of two blank lines around them goes too.
    pub fn whole(&self, range: Range<usize>) -> Range<usize> {
        let (top, end) = (self.top(range.start), self.after(range.end));
        let is_blank_after = end >= self.text.len() || self.is_blank(self.number(end));
        match self.is_blank_before(top) && is_blank_after {
            true => self.start(self.number(top) - 1)..end,
            false => top..end,
        }
    }

    /// The dash of an item of a list that begins at a place: in the same line, or in one above it.
    pub fn dash_before(&self, at: usize) -> Option<usize> {
        let before = self.text.get(at - self.column(at)..at)?;
        if let Some(indentation) = before.trim_end().strip_suffix('-') {
            return indentation.trim().is_empty().then_some(at - self.column(at) + indentation.len());
        }
        let above = (0..self.number(at)).rev().map(|line| (line, self.line(line).trim_start()));
        let (line, text) = above.into_iter().find(|(_, text)| !text.is_empty() && !text.starts_with('#'))?;
        let rest = text.strip_prefix('-')?.trim();
        (rest.is_empty() || rest.starts_with('#')).then(|| self.start(line) + self.line(line).len() - text.len())
    }
}
