//! The text of a file with another content, in the file's own style: what has the same content keeps its text, with the
//! order of its keys, its quotes and its comments.
//!
//! The old content says what the text means, with defaults left out and times in one form. So a value is written anew
//! only where its meaning changes. The caller checks that the result has the new content.

mod lines;
mod matching;
mod parts;
mod scalar;
mod tree;

use std::{borrow::Cow, collections::HashMap, ops::Range};

use serde_json::{Map, Value};

use super::emit;
use lines::Lines;
use matching::matches;
use parts::Part;
use tree::{Entry, Node, Shape, tree};

/// The lists at the root of a file whose order is not data. New items take their canonical place among the others.
const UNORDERED: [&str; 8] =
    ["conferences", "companies", "speakers", "recordings", "playlists", "editions", "slots", "talks"];

/// The text of a file with other content; none where the text can't be edited. `old` is the content of the text, with
/// each list in the order of the file.
pub(super) fn edited(text: &str, old: &Value, new: &Value) -> Option<String> {
    let has_returns = text.contains("\r\n") && text.matches('\n').count() == text.matches("\r\n").count();
    let mut text = if has_returns { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
    if !text.ends_with('\n') {
        text.to_mut().push('\n');
    }
    let root = tree(&text)?;
    let mut editor = Editor { text: &text, lines: Lines::of(&text), edits: Vec::new() };
    editor.node(&root, old, new, Around::Root).then_some(())?;
    let edited = editor.done()?;
    Some(if has_returns { edited.replace('\n', "\r\n") } else { edited })
}

/// What a value stands in.
#[derive(Clone, Copy)]
enum Around {
    Root,
    /// An unordered list at the root.
    Unordered,
    /// A mapping or a list in block style, whose keys or dashes begin in a column.
    Block(usize),
    Flow,
}

struct Editor<'t> {
    text: &'t str,
    lines: Lines<'t>,
    /// Ranges and their new texts. Those at one place are in their order.
    edits: Vec<(Range<usize>, String)>,
}

impl Editor<'_> {
    /// The edited text.
    fn done(mut self) -> Option<String> {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut edited = String::with_capacity(self.text.len());
        let mut copied = 0;
        for (range, text) in self.edits {
            edited.push_str(self.text.get(copied..range.start)?);
            edited.push_str(&text);
            copied = range.end;
        }
        edited.push_str(self.text.get(copied..)?);
        Some(edited)
    }

    /// Edits a value. Where it answers false, the value around it must be written anew.
    fn node(&mut self, node: &Node, old: &Value, new: &Value, around: Around) -> bool {
        if old == new {
            return true;
        }
        let before = self.edits.len();
        let is_edited = match (&node.shape, old, new) {
            (Shape::Map { is_flow, entries }, Value::Object(old), Value::Object(new)) => {
                self.map(entries, old, new, *is_flow, around)
            }
            (Shape::List { is_flow, items }, Value::Array(old), Value::Array(new)) if items.len() == old.len() => {
                self.list(items, old, new, *is_flow, around)
            }
            (Shape::Map { .. } | Shape::List { .. }, ..) | (_, _, Value::Object(_) | Value::Array(_)) => false,
            _ => self.scalar(node, new, around),
        };
        if !is_edited {
            self.edits.truncate(before);
        }
        is_edited
    }

    fn map(
        &mut self,
        entries: &[Entry],
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        is_flow: bool,
        around: Around,
    ) -> bool {
        // What is written and is the default is in neither content.
        let is_kept = |key: &String| new.contains_key(key) || !old.contains_key(key);
        let part =
            |entry: &Entry| Part { start: entry.start, end: entry.value.range.end, is_kept: is_kept(&entry.key) };
        let parts: Vec<Part> = entries.iter().map(part).collect();
        let Some(inner) = self.inner(&parts, is_flow) else { return false };
        let places: HashMap<&str, usize> = entries.iter().enumerate().map(|(n, entry)| (&*entry.key, n)).collect();
        let mut after = None;
        for (key, value) in new {
            if let Some((n, entry)) = places.get(key.as_str()).and_then(|n| Some((*n, entries.get(*n)?))) {
                let is_unordered = matches!(around, Around::Root) && UNORDERED.contains(&key.as_str());
                let around = if is_unordered { Around::Unordered } else { inner };
                if !self.node(&entry.value, old.get(key).unwrap_or(&Value::Null), value, around) {
                    let text = self.entry(key, value, inner);
                    self.edits.push((entry.start..entry.value.range.end, text.trim_end().to_owned()));
                }
                after = Some(n);
            } else {
                let text = self.entry(key, value, inner);
                self.insert(&parts, after, text, inner);
            }
        }
        self.remove(&parts, inner);
        true
    }

    fn list(&mut self, items: &[Node], old: &[Value], new: &[Value], is_flow: bool, around: Around) -> bool {
        let Some(found) = matches(old, new, !matches!(around, Around::Unordered)) else { return false };
        let mut is_kept = vec![false; items.len()];
        found.iter().flatten().for_each(|n| is_kept.iter_mut().skip(*n).take(1).for_each(|kept| *kept = true));
        let part = |(item, is_kept): (&Node, bool)| {
            let start = if is_flow { item.range.start } else { self.lines.dash_before(item.range.start)? };
            Some(Part { start, end: item.range.end, is_kept })
        };
        let Some(parts) = items.iter().zip(is_kept).map(part).collect::<Option<Vec<_>>>() else { return false };
        let Some(inner) = self.inner(&parts, is_flow) else { return false };
        let mut after = None;
        for (item, place) in new.iter().zip(found) {
            let there = place.and_then(|n| Some((n, items.get(n)?, old.get(n)?, parts.get(n)?)));
            let Some((n, node, old, part)) = there else {
                let text = self.item(item, inner);
                self.insert(&parts, after, text, inner);
                continue;
            };
            if !self.node(node, old, item, inner) {
                let text = self.item(item, inner);
                self.edits.push((part.start..part.end, text.trim_end().to_owned()));
            }
            after = Some(n);
        }
        self.remove(&parts, inner);
        true
    }

    /// A key and its value as a new text.
    fn entry(&self, key: &str, value: &Value, around: Around) -> String {
        match around {
            Around::Block(column) => emit::entry(key, value, column),
            _ => emit::flow_entry(key, value),
        }
    }

    /// An item of a list as a new text.
    fn item(&self, value: &Value, around: Around) -> String {
        match around {
            Around::Block(column) => emit::item(value, column),
            _ => emit::flow(value),
        }
    }
}
