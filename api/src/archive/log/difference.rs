//! What is to be written, and told in the log: the difference between the rows that are stored and those that shall be.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{change, talk};
use sea_orm::ActiveEnum;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{archive::store::rows::NodeRow, vocabulary::ChangeOperation};

/// One change of one thing, parts included.
#[derive(Clone, Debug)]
pub(crate) struct NodeChange {
    pub revision: i64,
    pub operation: ChangeOperation,
    pub kind: &'static str,
    pub id: Uuid,
    /// What it became, where it was merged.
    pub merged_into: Option<Uuid>,
    /// The edition that it belonged to, and the one that it belongs to.
    pub editions: [Option<Uuid>; 2],
    pub fields: Vec<String>,
    pub before: Option<Map<String, Value>>,
    pub after: Option<Map<String, Value>>,
    /// Its parts are to be written anew.
    pub parts: bool,
}

impl NodeChange {
    /// As the log has it.
    pub(crate) fn row(&self, at: DateTime<Utc>) -> change::Model {
        change::Model {
            revision: self.revision,
            at,
            operation: self.operation.to_value(),
            kind: self.kind.to_owned(),
            node_id: self.id,
            merged_into: self.merged_into,
            edition_id: self.editions[1].or(self.editions[0]),
            fields: Value::from(self.fields.clone()),
            before: self.before.clone().map(Value::Object),
            after: self.after.clone().map(Value::Object),
        }
    }
}

/// All changes between two sets of rows, in the order that they are told in: what others need comes first, what is gone
/// last.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    pub changes: Vec<NodeChange>,
    index: HashMap<(&'static str, Uuid), usize>,
    /// The things whose parts are to be written anew.
    rewritten: HashSet<Uuid>,
}

impl Difference {
    /// Adds a change.
    pub(super) fn push(&mut self, change: NodeChange) {
        if change.parts {
            self.rewritten.insert(change.id);
        }
        self.index.insert((change.kind, change.id), self.changes.len());
        self.changes.push(change);
    }

    /// What became of a thing.
    pub(crate) fn of(&self, kind: &'static str, id: Uuid) -> Option<&NodeChange> {
        self.index.get(&(kind, id)).map(|index| &self.changes[*index])
    }

    /// Whether the parts of a thing are to be written anew.
    pub(crate) fn rewrites_parts(&self, id: Uuid) -> bool {
        self.rewritten.contains(&id)
    }

    /// The talks that are new or gone, or of which one of the fields is another.
    pub(crate) fn talks_with_other(&self, fields: &'static [&'static str]) -> impl Iterator<Item = Uuid> {
        let talks = self.changes.iter().filter(|change| change.kind == talk::Model::KIND);
        let others = talks.filter(|change| {
            change.operation != ChangeOperation::Updated
                || change.fields.iter().any(|field| fields.contains(&field.as_str()))
        });
        others.map(|change| change.id)
    }

    /// The ids of the things of a kind that changed.
    pub(crate) fn ids(&self, kind: &'static str) -> Vec<Uuid> {
        self.changes.iter().filter(|change| change.kind == kind).map(|change| change.id).collect()
    }
}
