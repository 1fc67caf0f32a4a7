//! Comparing the stored rows with the desired rows, table by table.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    difference::{Difference, NodeChange},
    fields::{columns, editions_of_talks, field, is_field, same, whole},
    parts::Parts,
};
use crate::{
    archive::store::rows::{NodeRow, Rows, nodes, reversed},
    error::Result,
    vocabulary::ChangeOperation,
};

/// The last revisions that were given to changes.
#[derive(Clone, Debug)]
pub(in crate::archive) enum Revisions {
    /// Changes are numbered one after the other.
    After(i64),
    /// Changes of each kind are numbered one after the other.
    OfKinds(BTreeMap<&'static str, i64>),
}

impl Revisions {
    /// The revision of the next change of a kind.
    fn next(&mut self, kind: &'static str) -> i64 {
        let last = match self {
            Self::After(last) => last,
            Self::OfKinds(last) => last.entry(kind).or_default(),
        };
        *last += 1;
        *last
    }
}

/// All changes between two sets of rows, in the order of the log: new and changed things first, in the order of
/// references, and removed things last. The changes get the next revisions, and the desired rows the revisions of their
/// changes. `merged` has the id of a thing that is merged, and the id of the one that
/// it becomes.
pub(in crate::archive) fn difference(
    stored: &Rows,
    desired: &mut Rows,
    merged: Option<(Uuid, Uuid)>,
    revisions: &mut Revisions,
    at: DateTime<Utc>,
) -> Result<Difference> {
    macro_rules! follow {
        ($($rows:ident: $table:ident $kind:literal,)+) => {
            $(follow(&stored.$rows, &mut desired.$rows);)+
        };
    }
    macro_rules! stamp {
        ($difference:ident $($rows:ident: $table:ident $kind:literal,)+) => {
            $(stamp(&mut desired.$rows, &$difference, at);)+
        };
    }
    nodes!(follow);
    let difference = Comparison::of(stored, desired, merged, revisions).difference(stored, desired)?;
    nodes!(stamp difference);
    Ok(difference)
}

/// The changes that make things of an archive that had none, in the order of the log. The rows get their revisions.
pub(in crate::archive) fn creations(new: &mut Rows, revisions: &mut Revisions, at: DateTime<Utc>) -> Vec<NodeChange> {
    let talks = editions_of_talks(new);
    let mut changes = Vec::with_capacity(new.count());
    macro_rules! create {
        ($($rows:ident: $table:ident $kind:literal,)+) => {$(
            for (position, row) in new.$rows.iter_mut().enumerate() {
                row.stamp(revisions.next($kind), at);
                changes.push(NodeChange::creation(row, &talks, position));
            }
        )+};
    }
    nodes!(create);
    changes
}

/// Gives rows what the stored ones have of themselves: the last change, and derived columns.
fn follow<N: NodeRow>(stored: &[N], desired: &mut [N]) {
    let by_id: HashMap<Uuid, &N> = stored.iter().map(|row| (row.id(), row)).collect();
    for row in desired {
        if let Some(stored) = by_id.get(&row.id()) {
            row.stamp(stored.revision(), stored.updated_at());
            row.keep_derived(stored);
        }
    }
}

/// Gives rows that changed the revisions of their changes.
fn stamp<N: NodeRow>(desired: &mut [N], difference: &Difference, at: DateTime<Utc>) {
    for row in desired {
        if let Some(change) = difference.of(N::KIND, row.id()) {
            row.stamp(change.revision, at);
        }
    }
}

/// A comparison in progress.
struct Comparison<'a> {
    difference: Difference,
    stored: Parts<'a>,
    desired: Parts<'a>,
    /// The editions of the talks, before and after.
    talks: [HashMap<Uuid, Uuid>; 2],
    merged: Option<(Uuid, Uuid)>,
    revisions: &'a mut Revisions,
}

impl<'a> Comparison<'a> {
    fn of(stored: &'a Rows, desired: &'a Rows, merged: Option<(Uuid, Uuid)>, revisions: &'a mut Revisions) -> Self {
        Self {
            difference: Difference::default(),
            stored: Parts::of(stored),
            desired: Parts::of(desired),
            talks: [editions_of_talks(stored), editions_of_talks(desired)],
            merged,
            revisions,
        }
    }

    fn difference(mut self, stored: &Rows, desired: &Rows) -> Result<Difference> {
        macro_rules! changed {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(self.changed(&stored.$rows, &desired.$rows)?;)+
            };
        }
        macro_rules! gone {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(self.gone(&stored.$rows, &desired.$rows)?;)+
            };
        }
        nodes!(changed);
        nodes!(reversed gone:);
        Ok(self.difference)
    }

    /// Adds the new and changed things of a table.
    fn changed<N: NodeRow>(&mut self, stored: &[N], desired: &[N]) -> Result<()> {
        let by_id: HashMap<Uuid, &N> = stored.iter().map(|row| (row.id(), row)).collect();
        for (position, row) in desired.iter().enumerate() {
            let change = match by_id.get(&row.id()) {
                None => Some(self.created(row, position)),
                Some(stored) => self.updated(*stored, row)?,
            };
            if let Some(change) = change {
                self.push(change);
            }
        }
        Ok(())
    }

    /// Adds the removed things of a table, the last first.
    fn gone<N: NodeRow>(&mut self, stored: &[N], desired: &[N]) -> Result<()> {
        let kept: HashSet<Uuid> = desired.iter().map(NodeRow::id).collect();
        for row in stored.iter().rev().filter(|row| !kept.contains(&row.id())) {
            let merged_into = self.merged.filter(|(from, _)| *from == row.id()).map(|(_, into)| into);
            let operation = if merged_into.is_some() { ChangeOperation::Merged } else { ChangeOperation::Deleted };
            let mut change = self.change(operation, [Some(row), None]);
            change.merged_into = merged_into;
            change.before = Some(whole(row, self.stored.fields(N::KIND, row.id()))?);
            change.parts = true;
            self.push(change);
        }
        Ok(())
    }

    fn created<N: NodeRow>(&self, row: &N, position: usize) -> NodeChange {
        NodeChange::creation(row, &self.talks[1], position)
    }

    fn updated<N: NodeRow>(&self, stored: &N, row: &N) -> Result<Option<NodeChange>> {
        if row == stored && self.stored.agree(&self.desired, row.id()) {
            return Ok(None);
        }
        let mut change = self.change(ChangeOperation::Updated, [Some(stored), Some(row)]);
        let [mut old, mut new] = [columns(stored)?, columns(row)?];
        let mut differs = false;
        let (mut before, mut after) = (Map::new(), Map::new());
        for (column, value) in &mut new {
            let former = old.get_mut(column).map(Value::take).unwrap_or_default();
            if same(&former, value) {
                continue;
            }
            differs = true;
            if is_field(column) {
                change.fields.push(field(column));
                before.insert(field(column), former);
                after.insert(field(column), value.take());
            }
        }
        change.parts = self.parts_differ((N::KIND, row.id()), &mut change.fields, &mut before, &mut after)
            // The former slugs of a talk belong to its edition, so they are written anew in another one.
            || differs && change.editions[0] != change.editions[1];
        (change.before, change.after) = (Some(before), Some(after));
        Ok((differs || change.parts).then_some(change))
    }

    fn parts_differ(
        &self,
        thing: (&'static str, Uuid),
        fields: &mut Vec<String>,
        before: &mut Map<String, Value>,
        after: &mut Map<String, Value>,
    ) -> bool {
        let [stored, desired] = [&self.stored, &self.desired].map(|parts| parts.fields(thing.0, thing.1));
        let names: Vec<&String> =
            desired.keys().chain(stored.keys().filter(|name| !desired.contains_key(*name))).collect();
        let before_parts = fields.len();
        for name in names {
            let list =
                |parts: &Map<String, Value>| parts.get(name).cloned().unwrap_or_else(|| Value::Array(Vec::new()));
            let (old, new) = (list(&stored), list(&desired));
            if old != new {
                fields.push(name.clone());
                before.insert(name.clone(), old);
                after.insert(name.clone(), new);
            }
        }
        fields.len() > before_parts
    }

    fn change<N: NodeRow>(&self, operation: ChangeOperation, rows: [Option<&N>; 2]) -> NodeChange {
        let edition = |n: usize| rows[n].and_then(|row| row.edition(&self.talks[n]));
        NodeChange {
            revision: 0,
            operation,
            kind: N::KIND,
            id: rows[1].or(rows[0]).map(NodeRow::id).unwrap_or_default(),
            merged_into: None,
            editions: [edition(0), edition(1)],
            fields: Vec::new(),
            before: None,
            after: None,
            position: 0,
            parts: false,
        }
    }

    fn push(&mut self, mut change: NodeChange) {
        change.revision = self.revisions.next(change.kind);
        self.difference.push(change);
    }
}
