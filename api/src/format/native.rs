//! Lectern's own format: a folder of YAML files that people keep in git and edit by hand (`docs/archive-format.md`).
//!
//! A reader checks files in three steps and reports all mistakes at once, up to a bound, each with file, line and column. The text
//! must be YAML (`yaml`), each file must have the shape of its struct (`shape`), and the files must agree with each
//! other (`check`). Values that fail one step are left out of the next ones, and what other values refer to in them is
//! assumed to exist. A writer has one way to write each value. It leaves a file untouched that already has the same
//! content, and edits the text of a file that has another one (`edit`).

pub mod asker;
pub mod bundle;
mod check;
mod edit;
mod emit;
mod exported;
mod files;
mod json;
mod loss;
mod read;
mod rest;
mod schema;
mod shape;
mod sort;
#[cfg(test)]
mod tests;
mod write;
mod yaml;

pub use crate::mistake::{Mistake, Mistakes, Severity, Warning};
pub use files::{FileSource, SharedFiles};
pub use loss::{Loss, has_other_editions, loss};
pub use read::{
    CheckedArchive, checked, checked_file, checked_file_for, checked_for, conference_slugs, read, read_file,
};
pub use schema::schemas;
pub use write::{WriteReport, write, write_counted};

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use super::document::{CompaniesFile, ConferencesFile, Edition, ExportPoint, RecordingsFile, SpeakersFile};

const CONFERENCES: &str = "conferences.yaml";
const COMPANIES: &str = "companies.yaml";
const SPEAKERS: &str = "speakers.yaml";
const RECORDINGS: &str = "recordings.yaml";
const EDITIONS: &str = "editions";

/// The content of one kind of file.
trait FileContent: Serialize + DeserializeOwned + JsonSchema + PartialEq {
    /// Puts it into canonical order.
    fn sort(&mut self);
}

/// A file of the right shape: its content, and the places of its values.
struct CheckedFile<T> {
    path: PathBuf,
    places: yaml::Places,
    content: T,
}

/// The files of an archive that have the right shape.
#[derive(Default)]
struct ArchiveFiles {
    conferences: Option<CheckedFile<ConferencesFile>>,
    companies: Option<CheckedFile<CompaniesFile>>,
    speakers: Option<CheckedFile<SpeakersFile>>,
    recordings: Option<CheckedFile<RecordingsFile>>,
    exported: Option<ExportPoint>,
    editions: Vec<CheckedFile<Edition>>,
    /// The slugs of editions whose files have another shape, by the names of the files.
    broken_editions: Vec<String>,
    /// Whether the archive is whole and every file could be read.
    is_whole: bool,
    /// Whether the archive may be a part of another: editions and recordings that it refers to may be in the rest.
    is_part: bool,
    /// Whether the archive is one file, of any name.
    is_one_file: bool,
}

fn edition_path(slug: &impl std::fmt::Display) -> PathBuf {
    Path::new(EDITIONS).join(format!("{slug}.yaml"))
}
