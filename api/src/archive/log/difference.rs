//! What is to be written, and told in the log: the difference between the rows that are stored and those that shall be.

use std::{collections::HashMap, fmt};

use chrono::{DateTime, Utc};
use entity::{change, talk};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::comparison::Comparison;
use crate::{
    archive::store::rows::{Node, Rows},
    error::Result,
};

/// What became of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operation {
    Created,
    Updated,
    Deleted,
    Merged,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "CREATED",
            Self::Updated => "UPDATED",
            Self::Deleted => "DELETED",
            Self::Merged => "MERGED",
        })
    }
}

/// One change of one thing, parts included.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub revision: i64,
    pub operation: Operation,
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

impl Change {
    /// As the log has it.
    pub(crate) fn row(&self, at: DateTime<Utc>) -> change::Model {
        change::Model {
            revision: self.revision,
            at,
            operation: self.operation.to_string(),
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
    pub changes: Vec<Change>,
    index: HashMap<(&'static str, Uuid), usize>,
}

impl Difference {
    /// Compares the rows, numbers the changes from the revision after `revision`, and stamps the rows that changed.
    /// What is merged is gone because it became another.
    pub(crate) fn between(
        stored: &Rows,
        wanted: &mut Rows,
        merged: Option<(Uuid, Uuid)>,
        revision: i64,
        at: DateTime<Utc>,
    ) -> Result<Self> {
        let mut all = Comparison::of(stored, wanted, merged, revision, at);
        all.tell(&stored.conferences, &mut wanted.conferences)?;
        all.tell(&stored.companies, &mut wanted.companies)?;
        all.tell(&stored.speakers, &mut wanted.speakers)?;
        all.tell(&stored.editions, &mut wanted.editions)?;
        all.tell(&stored.rooms, &mut wanted.rooms)?;
        all.tell(&stored.tracks, &mut wanted.tracks)?;
        all.tell(&stored.recordings, &mut wanted.recordings)?;
        all.tell(&stored.talks, &mut wanted.talks)?;
        all.tell(&stored.slots, &mut wanted.slots)?;
        all.tell(&stored.playlists, &mut wanted.playlists)?;
        all.tell(&stored.links, &mut wanted.links)?;
        all.tell_gone(&stored.links, &wanted.links)?;
        all.tell_gone(&stored.playlists, &wanted.playlists)?;
        all.tell_gone(&stored.slots, &wanted.slots)?;
        all.tell_gone(&stored.talks, &wanted.talks)?;
        all.tell_gone(&stored.recordings, &wanted.recordings)?;
        all.tell_gone(&stored.tracks, &wanted.tracks)?;
        all.tell_gone(&stored.rooms, &wanted.rooms)?;
        all.tell_gone(&stored.editions, &wanted.editions)?;
        all.tell_gone(&stored.speakers, &wanted.speakers)?;
        all.tell_gone(&stored.companies, &wanted.companies)?;
        all.tell_gone(&stored.conferences, &wanted.conferences)?;
        Ok(all.difference)
    }

    /// Adds a change.
    pub(super) fn push(&mut self, change: Change) {
        self.index.insert((change.kind, change.id), self.changes.len());
        self.changes.push(change);
    }

    /// What became of a thing.
    pub(crate) fn of(&self, kind: &'static str, id: Uuid) -> Option<&Change> {
        self.index.get(&(kind, id)).map(|index| &self.changes[*index])
    }

    /// Whether the parts of a thing are to be written anew.
    pub(crate) fn rewrites(&self, kind: &'static str, id: Uuid) -> bool {
        self.of(kind, id).is_some_and(|change| change.parts)
    }

    /// The talks that are new or gone, or of which one of the fields is another.
    pub(crate) fn talks_with_other(&self, fields: &'static [&'static str]) -> impl Iterator<Item = Uuid> {
        let talks = self.changes.iter().filter(|change| change.kind == talk::Model::KIND);
        let others = talks.filter(|change| {
            change.operation != Operation::Updated || change.fields.iter().any(|field| fields.contains(&field.as_str()))
        });
        others.map(|change| change.id)
    }

    /// The ids of the things of a kind that changed.
    pub(crate) fn ids(&self, kind: &'static str) -> Vec<Uuid> {
        self.changes.iter().filter(|change| change.kind == kind).map(|change| change.id).collect()
    }
}
