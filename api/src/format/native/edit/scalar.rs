//! Texts and numbers in the style of those that they replace.

use serde_json::Value;

use super::{
    Around, Editor,
    tree::{Node, Shape},
};
use crate::format::native::emit;

impl Editor<'_> {
    /// Replaces a text or a number.
    pub(super) fn scalar(&mut self, node: &Node, new: &Value, around: Around) -> bool {
        let lines = new.as_str().filter(|text| emit::is_block(text));
        match (lines, around) {
            (Some(lines), Around::Block(column)) => self.block(node, lines, column),
            _ => self.line(node, new, around),
        }
        true
    }

    /// Writes a text of several lines as a block. A comment behind the old text stays in its line.
    fn block(&mut self, node: &Node, lines: &str, column: usize) {
        let (header_end, body, indent) = match &node.shape {
            Shape::Block { body } => {
                let header = self.text.get(node.range.clone()).unwrap_or_default();
                let length = header.find(|c: char| c.is_whitespace()).unwrap_or(header.len());
                let indent = self.lines.indentation(body.start);
                (node.range.start + length, body.start..self.lines.after(body.end), indent.max(column + 1))
            }
            _ => {
                let next = self.lines.after(node.range.end);
                (node.range.end, next..next, column + 2)
            }
        };
        let mut text = String::new();
        emit::block(&mut text, lines, column, indent);
        let (header, lines) = text.split_once('\n').unwrap_or_default();
        self.edits.push((node.range.start..header_end, header.to_owned()));
        self.edits.push((body, lines.to_owned()));
    }

    fn line(&mut self, node: &Node, new: &Value, around: Around) {
        let is_flow = matches!(around, Around::Flow);
        let text = match (&node.shape, new) {
            (Shape::SingleQuoted, Value::String(text)) => emit::single_quoted(text),
            (Shape::DoubleQuoted, Value::String(text)) => emit::double_quoted(text),
            // A day or a time without quotes stays one.
            (Shape::Plain, Value::String(text))
                if is_time(text) && self.text.get(node.range.clone()).is_some_and(is_time) =>
            {
                text.clone()
            }
            // A comment behind a text without quotes is refused.
            (Shape::Block { .. }, Value::String(text))
                if self.text.get(node.range.clone()).is_some_and(has_comment) =>
            {
                emit::single_quoted(text)
            }
            _ if is_flow => emit::flow(new),
            _ => emit::one_line(new),
        };
        let range = node.range.clone();
        let Shape::Block { body } = &node.shape else { return self.edits.push((range, text)) };
        let header = self.text.get(range.clone()).unwrap_or_default();
        let length = header.find(|c: char| c.is_whitespace()).unwrap_or(header.len());
        self.edits.push((range.start..range.start + length, text));
        self.edits.push((body.start..self.lines.after(body.end), String::new()));
    }
}

/// Whether a comment stands in the line in which a block begins.
fn has_comment(block: &str) -> bool {
    block.lines().next().is_some_and(|header| header.contains('#'))
}

/// Whether a text has the characters of a day or a time, which need no quotes for our reader.
fn is_time(text: &str) -> bool {
    text.matches('-').count() >= 2 && text.chars().all(|c| c.is_ascii_digit() || "-:.TZ+".contains(c))
}
