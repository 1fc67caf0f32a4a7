//! Mistakes in an archive's files, and what is probably one.

use std::{collections::BTreeSet, fmt, path::PathBuf};

use serde::Serialize;

/// The most mistakes that are listed. Of further ones there is the number alone, so that a document that is wrong
/// throughout costs no more than one with some mistakes.
pub const MOST: usize = 100;

/// The most characters of a message. It may quote a text of the document.
const LONGEST: usize = 1_000;

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
        Self { file: file.into(), line, column, message: shortened(message.into()) }
    }
}

/// A message that is not too long to be read.
pub(super) fn shortened(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(LONGEST) {
        message.truncate(end);
        message.push('…');
    }
    message
}

/// The line behind the first mistakes of many.
pub(super) fn and_more(more: usize) -> String {
    format!("and at least {more} more")
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file.display(), self.line, self.column, self.message)
    }
}

/// Mistakes while they are looked for. The first ones are kept.
#[derive(Debug, Default)]
pub(super) struct FoundMistakes {
    first: Vec<Mistake>,
    more: usize,
}

impl FoundMistakes {
    pub fn push(&mut self, mistake: Mistake) {
        if self.is_full() {
            self.more += 1;
        } else {
            self.first.push(mistake);
        }
    }

    /// Adds the mistakes that were found elsewhere.
    pub fn append(&mut self, others: Self) {
        others.first.into_iter().for_each(|mistake| self.push(mistake));
        self.more += others.more;
    }

    /// Whether a further mistake would only be counted.
    pub fn is_full(&self) -> bool {
        self.first.len() >= MOST
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// The number of the mistakes.
    pub fn len(&self) -> usize {
        self.first.len() + self.more
    }

    /// The files with mistakes.
    pub fn files(&self) -> BTreeSet<PathBuf> {
        self.first.iter().map(|mistake| mistake.file.clone()).collect()
    }
}

/// The mistakes in an archive, by file, line and column. Displayed, each is a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes {
    /// The first ones.
    pub list: Vec<Mistake>,
    /// The number of those that are not listed, at least: reading may have stopped.
    pub more: usize,
}

impl Mistakes {
    /// These mistakes, in front of others.
    pub(super) fn before(mut self, others: Option<Self>) -> Self {
        let Some(Self { list, more }) = others else { return self };
        self.more += more;
        self.list.extend(list);
        self.more += self.list.len().saturating_sub(MOST);
        self.list.truncate(MOST);
        self.sorted()
    }

    /// The number of the mistakes in words: `2 mistakes`, `at least 140 mistakes`.
    pub fn count(&self) -> String {
        match (self.list.len() + self.more, self.more) {
            (1, _) => "1 mistake".to_owned(),
            (count, 0) => format!("{count} mistakes"),
            (count, _) => format!("at least {count} mistakes"),
        }
    }

    fn sorted(mut self) -> Self {
        self.list.sort();
        self.list.dedup();
        self
    }
}

impl From<FoundMistakes> for Mistakes {
    fn from(found: FoundMistakes) -> Self {
        Self { list: found.first, more: found.more }.sorted()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.list.iter();
        if let Some(first) = lines.next() {
            write!(f, "{first}")?;
        }
        lines.try_for_each(|problem| write!(f, "\n{problem}"))?;
        if self.more > 0 { write!(f, "\n{}", and_more(self.more)) } else { Ok(()) }
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

/// Warnings and notes while they are looked for. The first ones of each severity are kept.
#[derive(Debug, Default)]
pub(super) struct FoundWarnings {
    warnings: Vec<Warning>,
    notes: Vec<Warning>,
    more: usize,
}

impl FoundWarnings {
    pub fn push(&mut self, warning: Warning) {
        self.push_made(warning.severity, || warning);
    }

    /// Adds a warning, which is made only if it is to be listed: its place may have to be looked for.
    pub fn push_made(&mut self, severity: Severity, warning: impl FnOnce() -> Warning) {
        let list = if severity == Severity::Warning { &mut self.warnings } else { &mut self.notes };
        if list.len() < MOST {
            let warning = warning();
            list.push(Warning { message: shortened(warning.message), ..warning });
        } else {
            self.more += 1;
        }
    }
}

impl From<FoundWarnings> for Vec<Warning> {
    fn from(found: FoundWarnings) -> Self {
        let FoundWarnings { mut warnings, mut notes, more } = found;
        warnings.append(&mut notes);
        warnings.sort();
        warnings.dedup();
        let rest = warnings.last().filter(|_| more > 0).cloned();
        // It says how many more there are; the place is that of the last one.
        warnings.extend(rest.map(|last| Warning { message: and_more(more), severity: Severity::Note, ..last }));
        warnings
    }
}
