//! The values of a text of YAML with their ranges of bytes, so that one of them can be replaced.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

/// A value in a text. The range ends with its last character: comments and blank lines after it are outside.
#[derive(Debug)]
pub(super) struct Node {
    pub range: Range<usize>,
    pub shape: Shape,
}

/// What a value is written as.
#[derive(Debug)]
pub(super) enum Shape {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// `|` or `>`, and the lines below it.
    Block {
        body: Range<usize>,
    },
    Map {
        is_flow: bool,
        entries: Vec<Entry>,
    },
    List {
        is_flow: bool,
        items: Vec<Node>,
    },
}

/// A key of a mapping and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub key: String,
    /// The first byte of the key.
    pub start: usize,
    pub value: Node,
}

/// The value of a text that the reader accepts; none for another one.
pub(super) fn tree(text: &str) -> Option<Node> {
    let bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut reader = TreeReader { text, bytes, events: Parser::new_from_str(text) };
    let mut next = reader.next()?;
    while matches!(next.0, Event::StreamStart | Event::DocumentStart(_)) {
        next = reader.next()?;
    }
    reader.node(next, 0)
}

struct TreeReader<'t> {
    text: &'t str,
    /// The first byte of each character, as the parser counts characters.
    bytes: Vec<usize>,
    events: Parser<'t, StrInput<'t>>,
}

impl<'t> TreeReader<'t> {
    fn next(&mut self) -> Option<(Event<'t>, Span)> {
        self.events.next_event()?.ok()
    }

    fn byte(&self, character: usize) -> usize {
        self.bytes.get(character).copied().unwrap_or(self.text.len())
    }

    /// The value that an event begins. Its key or dash ends at `after`.
    fn node(&mut self, (event, span): (Event<'t>, Span), after: usize) -> Option<Node> {
        let start = self.byte(span.start.index());
        let is_flow = |opening: char| self.text.get(start..).is_some_and(|rest| rest.starts_with(opening));
        match event {
            Event::Scalar(_, ScalarStyle::Plain, ..) => {
                Some(Node { range: start..self.byte(span.end.index()), shape: Shape::Plain })
            }
            Event::Scalar(_, ScalarStyle::SingleQuoted, ..) => {
                Some(Node { range: start..self.closing(start, '\'')?, shape: Shape::SingleQuoted })
            }
            Event::Scalar(_, ScalarStyle::DoubleQuoted, ..) => {
                Some(Node { range: start..self.closing(start, '"')?, shape: Shape::DoubleQuoted })
            }
            Event::Scalar(..) => self.block(after, self.byte(span.end.index())),
            Event::MappingStart(..) => self.map(start, is_flow('{')),
            Event::SequenceStart(..) => self.list(start, is_flow('[')),
            _ => None,
        }
    }

    /// The end of a quoted text. The span of the parser may go on to the end of the line.
    fn closing(&self, start: usize, quote: char) -> Option<usize> {
        let mut characters = self.text.get(start + 1..)?.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' if quote == '"' => drop(characters.next()),
                _ if character != quote => {}
                _ if quote == '\'' && characters.next_if(|(_, next)| *next == quote).is_some() => {}
                _ => return Some(start + 1 + at + 1),
            }
        }
        None
    }

    fn block(&self, after: usize, end: usize) -> Option<Node> {
        let header = after + self.text.get(after..)?.find(['|', '>'])?;
        let body = header + self.text.get(header..)?.find('\n')? + 1;
        // The span of the parser goes on to the next key.
        let end = body + self.text.get(body..end)?.trim_end().len();
        Some(Node { range: header..end, shape: Shape::Block { body: body..end } })
    }

    fn map(&mut self, start: usize, is_flow: bool) -> Option<Node> {
        let mut entries = Vec::new();
        let mut end = start;
        loop {
            let (key, span) = match self.next()? {
                (Event::MappingEnd, span) if is_flow => {
                    end = self.byte(span.start.index()) + 1;
                    break;
                }
                (Event::MappingEnd, _) => break,
                (Event::Scalar(key, ..), span) => (key.into_owned(), span),
                _ => return None,
            };
            let next = self.next()?;
            let value = self.node(next, self.byte(span.end.index()))?;
            end = value.range.end;
            entries.push(Entry { key, start: self.byte(span.start.index()), value });
        }
        Some(Node { range: start..end, shape: Shape::Map { is_flow, entries } })
    }

    fn list(&mut self, start: usize, is_flow: bool) -> Option<Node> {
        let mut items: Vec<Node> = Vec::new();
        let mut end = start;
        loop {
            match self.next()? {
                (Event::SequenceEnd, span) if is_flow => {
                    end = self.byte(span.start.index()) + 1;
                    break;
                }
                (Event::SequenceEnd, _) => break,
                next => {
                    let item = self.node(next, end)?;
                    end = item.range.end;
                    items.push(item);
                }
            }
        }
        Some(Node { range: start..end, shape: Shape::List { is_flow, items } })
    }
}
