//! The difference between the stored rows and the desired rows, which is written to the tables and to the log.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{change, talk};
use sea_orm::ActiveEnum;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{fields::whole, parts::Parts};
use crate::{
    archive::store::rows::{NodeRow, Rows, nodes},
    error::Result,
    vocabulary::ChangeOperation,
};

/// One change of one thing and its parts.
#[derive(Clone, Debug)]
pub(crate) struct NodeChange {
    pub revision: i64,
    pub operation: ChangeOperation,
    pub kind: &'static str,
    pub id: Uuid,
    /// The id of the thing that it was merged into, if it was.
    pub merged_into: Option<Uuid>,
    /// The edition that it belonged to before, and the one that it belongs to now.
    pub editions: [Option<Uuid>; 2],
    pub fields: Vec<String>,
    pub before: Option<Map<String, Value>>,
    /// None if it was deleted or merged, or if it was created: then all of it is logged.
    pub after: Option<Map<String, Value>>,
    /// Where the new thing is among the desired rows of its table.
    pub position: usize,
    /// Whether its parts are to be written anew.
    pub parts: bool,
}

impl NodeChange {
    /// The change that makes a thing. Its row is at a position among those of its table. `talks` has the editions of
    /// talks.
    pub(super) fn creation<N: NodeRow>(row: &N, talks: &HashMap<Uuid, Uuid>, position: usize) -> Self {
        Self {
            revision: row.revision(),
            operation: ChangeOperation::Created,
            kind: N::KIND,
            id: row.id(),
            merged_into: None,
            editions: [None, row.edition(talks)],
            fields: Vec::new(),
            before: None,
            after: None,
            position,
            parts: true,
        }
    }

    /// The row of the log, by the name of the token that writes. `desired` are the rows that are written.
    pub(crate) fn row(
        &self,
        desired: &Rows,
        parts: &Parts<'_>,
        at: DateTime<Utc>,
        token: Option<&str>,
    ) -> Result<change::Model> {
        macro_rules! created {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                match self.kind {
                    $($kind => desired.$rows.get(self.position).map(|row| whole(row, parts.fields($kind, self.id))),)+
                    _ => None,
                }
            };
        }
        let after = match self.operation {
            ChangeOperation::Created => nodes!(created).transpose()?,
            _ => self.after.clone(),
        };
        Ok(change::Model {
            revision: self.revision,
            at,
            operation: self.operation.to_value(),
            kind: self.kind.to_owned(),
            node_id: self.id,
            merged_into: self.merged_into,
            edition_id: self.editions[1].or(self.editions[0]),
            fields: Value::from(self.fields.clone()),
            before: self.before.clone().map(Value::Object),
            after: after.map(Value::Object),
            token: token.map(str::to_owned),
        })
    }
}

/// All changes between two sets of rows, in the order of the log.
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

    /// The change of a thing, if it changed.
    pub(crate) fn of(&self, kind: &'static str, id: Uuid) -> Option<&NodeChange> {
        self.index.get(&(kind, id)).map(|index| &self.changes[*index])
    }

    /// Whether the parts of a thing are to be written anew.
    pub(crate) fn rewrites_parts(&self, id: Uuid) -> bool {
        self.rewritten.contains(&id)
    }

    /// Whether a thing is new.
    pub(crate) fn creates(&self, kind: &'static str, id: Uuid) -> bool {
        self.of(kind, id).is_some_and(|change| change.operation == ChangeOperation::Created)
    }

    /// The talks that are new or removed, or in which one of the fields changed.
    pub(crate) fn talks_with_other(&self, fields: &'static [&'static str]) -> impl Iterator<Item = Uuid> {
        let talks = self.changes.iter().filter(|change| change.kind == talk::Model::KIND);
        let others = talks.filter(|change| {
            change.operation != ChangeOperation::Updated
                || change.fields.iter().any(|field| fields.contains(&field.as_str()))
        });
        others.map(|change| change.id)
    }

    /// The ids of the things of a kind to which an operation was done.
    pub(crate) fn ids_that_became(&self, kind: &str, operation: ChangeOperation) -> Vec<Uuid> {
        let changes = self.changes.iter().filter(|change| change.kind == kind && change.operation == operation);
        changes.map(|change| change.id).collect()
    }

    /// The ids of the things of a kind that changed.
    pub(crate) fn ids(&self, kind: &'static str) -> Vec<Uuid> {
        self.changes.iter().filter(|change| change.kind == kind).map(|change| change.id).collect()
    }
}
