//! The numbers of changes of a write, for people and programs.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use uuid::Uuid;

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
    /// The revision at which the document was exported, if the log was compared with it.
    pub compared_since: Option<i64>,
    /// Whether the document notes a revision that the log does not know: it was exported from another archive, or the
    /// database was set back. Then nothing was compared.
    pub is_incomparable: bool,
    /// What was changed in the archive since the export, and is kept although the document has it otherwise.
    pub kept: Vec<SideChange>,
    /// What was changed in the archive since the export, and is replaced by what the document has.
    pub taken_back: Vec<SideChange>,
}

/// A change of the archive since a document was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SideChange {
    /// The type of the thing.
    pub kind: String,
    pub id: Uuid,
    /// The slug of the thing, or what else tells it from others; after the slug of its edition.
    pub name: String,
    /// CREATED, UPDATED or DELETED.
    pub operation: String,
    /// The fields that the document has otherwise; none if the thing was created or deleted.
    pub fields: Vec<String>,
    /// The last revision of the change.
    pub revision: i64,
    /// The name of the token that made the change; null for the command line.
    pub token: Option<String>,
}

impl fmt::Display for SideChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.fields.is_empty() {
            true => self.operation.to_lowercase(),
            false => format!("{} changed", self.fields.join(", ")),
        };
        let who =
            self.token.as_ref().map_or_else(|| "the command line".to_owned(), |name| format!("the token \"{name}\""));
        write!(f, "{} {}: {what} by {who} at revision {}", self.kind, self.name, self.revision)
    }
}

impl Report {
    /// Whether there was nothing to change.
    pub fn is_empty(&self) -> bool {
        self.created.is_empty() && self.updated.is_empty() && self.deleted.is_empty()
    }

    /// Notes the revision of an export that the log was compared with; none if the log does not have it.
    pub(super) fn compared(&mut self, since: Option<i64>) {
        self.compared_since = since;
        self.is_incomparable = since.is_none();
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
        if self.is_incomparable {
            let what = "the log does not have the point at which this was exported";
            writeln!(f, "{what}: it could not be compared with what changed in the archive since")?;
        }
        for (heading, changes) in [
            ("kept, because only the archive changed it since the export, or is preferred", &self.kept),
            ("taken back, although the archive changed it since the export", &self.taken_back),
        ] {
            if !changes.is_empty() {
                writeln!(f, "{heading}:")?;
                changes.iter().try_for_each(|change| writeln!(f, "  {change}"))?;
            }
        }
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
            None => writeln!(f, "a dry run: nothing was written"),
        }
    }
}
