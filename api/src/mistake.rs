//! Mistakes in an archive's files, and what is probably one.

use std::{fmt, path::PathBuf};

use serde::Serialize;

/// Line and column, from 1; the column in characters.
pub(super) type Position = (usize, usize);

/// A mistake at a place of a file.
pub(super) type Flaw = (Position, String);

/// A mistake: `editions/promcon-2016-berlin.yaml:12:5: unknown key "tilte": did you mean "title"?`
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file, relative to the folder.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: String,
}

impl Mistake {
    pub(super) fn new(file: impl Into<PathBuf>, (line, column): Position, message: impl Into<String>) -> Self {
        Self { file: file.into(), line, column, message: message.into() }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)
    }
}

/// All mistakes in an archive, by file, line and column. Displayed, each is a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl From<Vec<Mistake>> for Mistakes {
    fn from(mut problems: Vec<Mistake>) -> Self {
        problems.sort();
        problems.dedup();
        Self(problems)
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.0.iter();
        if let Some(first) = lines.next() {
            write!(f, "{first}")?;
        }
        lines.try_for_each(|problem| write!(f, "\n{problem}"))
    }
}

impl std::error::Error for Mistakes {}

/// How serious something is that is possible and probably not meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It is surely worth a look. `--strict` makes it an error.
    Warning,
    /// It may be worth a look.
    Note,
}

/// What is possible and probably not meant: `editions/x.yaml:12:5: warning: the slot is longer than a day`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Warning {
    /// The file, relative to the folder.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub severity: Severity,
    pub message: String,
}

impl Warning {
    /// The warning as a mistake.
    pub(super) fn as_mistake(&self) -> Mistake {
        Mistake::new(&self.file, (self.line, self.column), &self.message)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, severity, message } = self;
        let word = match severity {
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        write!(f, "{file}:{line}:{column}: {word}: {message}")
    }
}
