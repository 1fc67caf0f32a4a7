//! The numbers of changes of a write, for people and programs.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::log::difference::NodeChange;
use crate::{mistake::Warning, vocabulary::ChangeOperation};

/// The numbers of things that a write created, changed and deleted, by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The revision of the last change; none if nothing changed, or for a dry run.
    pub revision: Option<i64>,
    /// Whether the write was rolled back.
    pub dry_run: bool,
    pub created: BTreeMap<String, usize>,
    pub updated: BTreeMap<String, usize>,
    pub deleted: BTreeMap<String, usize>,
    /// What is probably not meant in the document that was imported.
    pub warnings: Vec<Warning>,
}

impl Report {
    /// Whether there was nothing to change.
    pub fn is_empty(&self) -> bool {
        self.created.is_empty() && self.updated.is_empty() && self.deleted.is_empty()
    }

    pub(super) fn count(&mut self, changes: &[NodeChange]) {
        for change in changes {
            let counts = match change.operation {
                ChangeOperation::Created => &mut self.created,
                ChangeOperation::Updated => &mut self.updated,
                ChangeOperation::Deleted | ChangeOperation::Merged => &mut self.deleted,
            };
            *counts.entry(change.kind.to_owned()).or_default() += 1;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "nothing to change");
        }
        for (word, counts) in [("created", &self.created), ("updated", &self.updated), ("deleted", &self.deleted)] {
            if !counts.is_empty() {
                let list: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
                writeln!(f, "{word}: {}", list.join(", "))?;
            }
        }
        match self.revision {
            Some(revision) => writeln!(f, "the archive is at revision {revision}"),
            None => writeln!(f, "a dry run: nothing was kept"),
        }
    }
}
