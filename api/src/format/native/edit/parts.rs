//! The keys of a mapping and the items of a list: where one is inserted, and what goes with one that is removed.

use std::ops::Range;

use super::{Around, Editor};

/// A key with its value, or an item of a list: where it begins (its key or its dash) and ends.
pub(super) struct Part {
    pub start: usize,
    pub end: usize,
    pub is_kept: bool,
}

impl Editor<'_> {
    /// What the parts stand in; none if no part is kept.
    pub(super) fn inner(&self, parts: &[Part], is_flow: bool) -> Option<Around> {
        let first = parts.iter().any(|part| part.is_kept).then(|| parts.first())??;
        Some(if is_flow { Around::Flow } else { Around::Block(self.lines.column(first.start)) })
    }

    /// Inserts a part after another, or before the first.
    pub(super) fn insert(&mut self, parts: &[Part], after: Option<usize>, text: String, around: Around) {
        let after = after.and_then(|n| parts.get(n));
        let Some(first) = parts.iter().find(|part| part.is_kept) else { return };
        let (at, text) = match (around, after) {
            (Around::Block(column), Some(part)) => {
                let gap = if self.are_spaced(parts) { "\n" } else { "" };
                (self.lines.after(part.end), format!("{gap}{:column$}{text}", ""))
            }
            (Around::Block(column), None) if self.lines.begins(first.start) => {
                let gap = if self.are_spaced(parts) { "\n" } else { "" };
                (self.lines.top(first.start), format!("{:column$}{text}{gap}", ""))
            }
            (Around::Block(column), None) => (first.start, format!("{text}{:column$}", "")),
            (_, Some(part)) => (part.end, format!(", {text}")),
            (_, None) => (first.start, format!("{text}, ")),
        };
        self.edits.push((at..at, text));
    }

    /// Whether there is a blank line between the first two parts.
    fn are_spaced(&self, parts: &[Part]) -> bool {
        parts.get(1).is_some_and(|second| self.lines.is_blank_before(self.lines.top(second.start)))
    }

    /// Removes the parts that are not kept.
    pub(super) fn remove(&mut self, parts: &[Part], around: Around) {
        let Some(kept) = parts.iter().position(|part| part.is_kept) else { return };
        let in_lines = |part: &Part| matches!(around, Around::Block(_)) && self.lines.begins(part.start);
        let ranges: Vec<Range<usize>> = (0..parts.len())
            .filter_map(|n| {
                let part = parts.get(n).filter(|part| !part.is_kept)?;
                // Between a dash or a bracket and the first part that is kept, there is nothing to keep.
                let is_leading = n < kept && !parts.first().is_some_and(in_lines);
                match (around, n.checked_sub(1).and_then(|before| parts.get(before))) {
                    _ if is_leading => Some(part.start..parts.get(n + 1)?.start),
                    (Around::Flow, before) => Some(before?.end..part.end),
                    _ => Some(self.lines.whole(part.start..part.end)),
                }
            })
            .collect();
        self.edits.extend(ranges.into_iter().map(|range| (range, String::new())));
    }
}
