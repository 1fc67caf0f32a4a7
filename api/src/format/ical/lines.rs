//! Content lines (RFC 5545, 3.1), and the texts within them.

use std::fmt::{Display, Write};

/// The longest line, in octets, without its CRLF.
const LIMIT: usize = 75;

/// Content lines, one after another.
#[derive(Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Adds a line, folded between characters if it is too long.
    pub(super) fn line(&mut self, line: impl Display) {
        let start = self.0.len();
        // Writing to a String can't fail.
        let _ = write!(self.0, "{line}");
        if self.0.len() - start > LIMIT {
            let line = self.0.split_off(start);
            self.fold(&line);
        }
        self.0.push_str("\r\n");
    }

    fn fold(&mut self, line: &str) {
        let mut rest = line;
        let mut room = LIMIT;
        while rest.len() > room {
            let (part, next) = rest.split_at(rest.floor_char_boundary(room));
            self.0.push_str(part);
            self.0.push_str("\r\n ");
            rest = next;
            // The space at the start of a continuation counts.
            room = LIMIT - 1;
        }
        self.0.push_str(rest);
    }
}

impl From<Lines> for String {
    fn from(lines: Lines) -> Self {
        lines.0
    }
}

/// A value of type TEXT (RFC 5545, 3.3.11): escaped, with `\n` for each kind of line end, and without control
/// characters, which are not allowed.
pub(super) fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len() + value.len() / 16);
    let mut characters = value.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\r' if characters.peek() == Some(&'\n') => {}
            c if is_line_end(c) => escaped.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A parameter's value in quotation marks. RFC 6868 escapes quotation marks, carets and line ends within it.
pub(super) fn quoted(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len() + 2);
    quoted.push('"');
    for c in value.chars() {
        match c {
            '^' => quoted.push_str("^^"),
            '"' => quoted.push_str("^'"),
            c if is_line_end(c) => quoted.push_str("^n"),
            c if c.is_control() && c != '\t' => {}
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether some readers take a character for the end of a line.
fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(line: &str) -> String {
        let mut lines = Lines::default();
        lines.line(line);
        lines.into()
    }

    #[test]
    fn folds_at_75_octets_between_characters() {
        for character in ["x", "é", "→", "🦀", " "] {
            for length in 0..400 {
                let line = format!("{}{}", "x".repeat(length % 7), character.repeat(length));
                let folded = folded(&line);
                let unfolded = folded.strip_suffix("\r\n").map(|folded| folded.replace("\r\n ", ""));
                assert_eq!(unfolded.as_deref(), Some(&*line));
                assert!(folded.split("\r\n").all(|line| line.len() <= LIMIT), "{folded}");
                assert!(folded.len() <= line.len() + 2 + line.len() / 71 * 3, "no more lines than it needs: {folded}");
            }
        }
    }

    #[test]
    fn escapes_texts() {
        assert_eq!(
            text("a\\b;c,d:\"e\"\r\nf\rg\nh\u{2028}i\u{85}j\tk\u{0}\u{7}\u{1b}\u{7f}l"),
            "a\\\\b\\;c\\,d:\"e\"\\nf\\ng\\nh\\ni\\nj\tkl"
        );
        assert_eq!(quoted("A \"B\"; C^D,\u{0} E:F\nG"), "\"A ^'B^'; C^^D, E:F^nG\"");
    }
}
