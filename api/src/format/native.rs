//! Lectern's own format: a folder of YAML files that people keep in git and edit by hand (`docs/archive-format.md`).
//!
//! Reading goes through three gates, and tells all that is wrong at once, each with its file, line and column: the text
//! must be YAML (`yaml`), each file must have its struct's shape (`shape`), and what they say together must make sense
//! (`check`). A file that fails one gate does not come to the next, and what others say about it is then believed.
//! Writing knows one way to write each thing, and leaves a file alone that says the same already.

pub mod bundle;
mod check;
mod emit;
mod read;
mod schema;
mod shape;
mod sort;
#[cfg(test)]
mod tests;
mod write;
mod yaml;

pub use crate::mistake::{Mistake, Mistakes};
pub use read::{FileSource, read, read_file};
pub use schema::schemas;
pub use write::{WriteReport, write};

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use super::document::{CompaniesFile, ConferencesFile, Edition, RecordingsFile, SpeakersFile};

const CONFERENCES: &str = "conferences.yaml";
const COMPANIES: &str = "companies.yaml";
const SPEAKERS: &str = "speakers.yaml";
const RECORDINGS: &str = "recordings.yaml";
const EDITIONS: &str = "editions";

/// What one file holds.
trait FileContent: Serialize + DeserializeOwned + JsonSchema + PartialEq {
    /// Puts it into canonical order.
    fn sort(&mut self);
}

/// A file of the right shape: what it says, and where.
struct CheckedFile<T> {
    path: PathBuf,
    places: yaml::Places,
    content: T,
}

/// The files of the right shape.
#[derive(Default)]
struct ArchiveFiles {
    conferences: Option<CheckedFile<ConferencesFile>>,
    companies: Option<CheckedFile<CompaniesFile>>,
    speakers: Option<CheckedFile<SpeakersFile>>,
    recordings: Option<CheckedFile<RecordingsFile>>,
    editions: Vec<CheckedFile<Edition>>,
    /// Editions whose files have another shape: known by the file's name, and nothing else.
    broken_editions: Vec<String>,
    /// Whether it is a whole archive, and every file that is there could be read.
    is_whole: bool,
    /// Whether it may be a part of an archive: editions and recordings that it names and lacks may be there.
    is_part: bool,
    /// Whether all of it stands in one file, which has any name.
    is_one_file: bool,
}

fn edition_path(slug: &impl std::fmt::Display) -> PathBuf {
    Path::new(EDITIONS).join(format!("{slug}.yaml"))
}
