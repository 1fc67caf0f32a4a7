//! The mistakes in the arguments of a mutation, each with the path to the wrong value, and the checks that all
//! mutations share.

use std::{collections::HashSet, fmt::Display, str::FromStr};

use crate::{
    column::Column,
    directive::list_size,
    mistake::{MOST, and_more, shortened},
    scalars::{Revision, Slug},
    text,
};
use async_graphql::{Enum, MaybeUndefined, SimpleObject};

/// A mistake in the arguments of a mutation that the caller can correct: a bad value, a slug that is taken, an old
/// `ifRevision`. If there is one, the mutation wrote nothing.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// The mistake in words, and what would be right.
    pub message: String,
    /// The kind of mistake, for programs.
    pub code: UserErrorCode,
    /// The path to the wrong value, from the argument of the mutation on: `["input", "tags", "2"]`. For the mutation
    /// `edit`, it begins with the index of the edit: `["3", "input", "tags", "2"]`. Positions in lists count from 0.
    #[graphql(directive = list_size::apply(4))]
    pub path: Vec<String>,
}

/// The kind of a mistake in the arguments of a mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum UserErrorCode {
    /// The value is not possible.
    Invalid,
    /// A value that is required is missing or null.
    Required,
    /// Another item has the slug, the acronym, the id at the provider or the link already, or takes the place already.
    Taken,
    /// No item has the id or the slug.
    NotFound,
    /// The item has changed since `ifRevision`, or the slot overlaps another one in its room or by its speakers.
    Conflict,
    /// Other items still refer to the item, so that it cannot be deleted.
    InUse,
}

/// The path to a value.
#[derive(Clone, Debug)]
pub(super) struct Path(Vec<String>);

impl Path {
    /// An argument of the mutation.
    pub fn of(argument: &str) -> Self {
        Self(vec![argument.to_owned()])
    }

    /// The argument `input`.
    pub fn input() -> Self {
        Self::of("input")
    }

    /// The path to a field, by its Rust name.
    pub fn field(&self, name: &str) -> Self {
        self.at(text::camel_case(name.trim_start_matches("r#")))
    }

    /// The path to a field, or to a position in a list.
    pub fn at(&self, step: impl ToString) -> Self {
        Self(self.0.iter().cloned().chain([step.to_string()]).collect())
    }
}

/// The mistakes that were found so far.
#[derive(Debug, Default)]
pub(super) struct UserErrors {
    pub found: Vec<UserError>,
    /// The number of mistakes, also of those that are not listed.
    count: usize,
    /// The index of the edit that is checked, if there are several. The paths of its mistakes begin with it.
    pub edit: Option<usize>,
    /// Remarks on what is no mistake.
    pub notes: Vec<String>,
}

impl UserErrors {
    /// Adds a mistake. Beyond the most that are listed, the last one counts them.
    pub fn add(&mut self, code: UserErrorCode, path: &Path, message: impl Display) {
        self.count += 1;
        match (self.count.checked_sub(MOST), self.found.last_mut()) {
            (Some(more @ 1..), Some(last)) => last.message = and_more(more),
            _ => {
                let path = self.edit.map(|edit| edit.to_string()).into_iter().chain(path.0.iter().cloned()).collect();
                self.found.push(UserError { message: shortened(message.to_string()), code, path });
            }
        }
    }

    /// The number of mistakes.
    pub fn count(&self) -> usize {
        self.count
    }

    pub fn invalid(&mut self, path: &Path, message: impl Display) {
        self.add(UserErrorCode::Invalid, path, message);
    }

    pub fn required(&mut self, path: &Path) {
        let what = path.0.last().map_or("it", String::as_str);
        self.add(UserErrorCode::Required, path, format!("{what} can't be null or left out"));
    }

    pub fn not_found(&mut self, path: &Path, message: impl Display) {
        self.add(UserErrorCode::NotFound, path, message);
    }

    /// Adds the mistake that a check of a value found, if any.
    pub fn check<T>(&mut self, path: &Path, checked: Result<T, String>) -> Option<T> {
        checked.map_err(|wrong| self.invalid(path, wrong)).ok()
    }

    /// Refuses a revision that the caller saw and that is not the present one.
    pub fn unchanged_since(&mut self, seen: Option<Revision>, present: i64) {
        if let Some(Revision(seen)) = seen.filter(|seen| seen.0 != present) {
            let message =
                format!("it was changed since revision {seen}, and is of revision {present} now: look at it again");
            self.add(UserErrorCode::Conflict, &Path::of("ifRevision"), message);
        }
    }

    /// A text of one line, as it is stored: without blanks around it, and with one blank for several.
    pub fn tidy_line(&mut self, path: &Path, given: &str) -> String {
        let line = text::tidied(given, true);
        self.check(path, text::line(&line));
        line
    }

    /// A required text of one line.
    pub fn line(&mut self, path: &Path, given: MaybeUndefined<String>, into: &mut String) {
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => self.required(path),
            MaybeUndefined::Value(value) => *into = self.tidy_line(path, &value),
        }
    }

    /// A required value.
    pub fn required_value<T: Column<S>, S>(&mut self, path: &Path, given: MaybeUndefined<T>, into: &mut S) {
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => self.required(path),
            MaybeUndefined::Value(value) => *into = value.to_column(),
        }
    }

    /// A value, or none.
    pub fn value<T: Column<S>, S>(&mut self, _: &Path, given: MaybeUndefined<T>, into: &mut Option<S>) {
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => *into = None,
            MaybeUndefined::Value(value) => *into = Some(value.to_column()),
        }
    }

    /// A value, or the default.
    pub fn value_or_default<T: Column<S> + Default, S>(&mut self, _: &Path, given: MaybeUndefined<T>, into: &mut S) {
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => *into = T::default().to_column(),
            MaybeUndefined::Value(value) => *into = value.to_column(),
        }
    }

    /// A text of one line, or none.
    pub fn maybe_line(&mut self, path: &Path, given: MaybeUndefined<String>, into: &mut Option<String>) {
        let given = given.map_value(|value| self.tidy_line(path, &value));
        self.value(path, given, into);
    }

    /// A text of any lines, or none. Line ends become `\n`, whatever the caller's editor makes of them.
    pub fn maybe_text(&mut self, path: &Path, given: MaybeUndefined<String>, into: &mut Option<String>) {
        let given = given.map_value(|value| value.replace("\r\n", "\n"));
        if let MaybeUndefined::Value(value) = &given {
            self.check(path, text::lines(value));
        }
        self.value(path, given, into);
    }

    /// Texts of one line, none of them twice.
    pub fn texts(&mut self, path: &Path, given: MaybeUndefined<Vec<String>>) -> Option<Vec<String>> {
        let mut seen = HashSet::new();
        let mut values = Vec::new();
        for (index, value) in listed(given)?.iter().enumerate() {
            let value = self.tidy_line(&path.at(index), value);
            if !seen.insert(value.clone()) {
                self.invalid(&path.at(index), format!("\"{value}\" is there twice"));
            }
            values.push(value);
        }
        Some(values)
    }

    /// Texts of one line, none of them twice, in a column.
    pub fn text_list(&mut self, path: &Path, given: MaybeUndefined<Vec<String>>, into: &mut serde_json::Value) {
        if let Some(values) = self.texts(path, given) {
            *into = values.to_column();
        }
    }

    /// A number that is not below the least, or none.
    pub fn at_least(&mut self, least: i32, path: &Path, given: MaybeUndefined<i32>, into: &mut Option<i32>) {
        if let MaybeUndefined::Value(value) = given {
            self.check_least(least, path, value);
        }
        self.value(path, given, into);
    }

    pub fn check_least(&mut self, least: i32, path: &Path, value: i32) {
        if value < least {
            self.invalid(path, format!("{value} is too small: {least} is the least"));
        }
    }

    /// A value that is parsed from a text.
    pub fn parsed<T: FromStr<Err = String>>(&mut self, path: &Path, given: &MaybeUndefined<String>) -> Option<T> {
        match given {
            MaybeUndefined::Value(text) => self.check(path, text::tidied(text, false).parse()),
            _ => None,
        }
    }

    /// A given slug. It can't be null.
    pub fn slug(&mut self, path: &Path, given: &MaybeUndefined<String>) -> Option<Slug> {
        if given.is_null() {
            self.required(path);
        }
        self.parsed(path, given)
    }
}

/// The items of a list, each with its position from 1 and its path.
pub(super) fn each<T>(path: &Path, list: Vec<T>) -> impl Iterator<Item = (i32, Path, T)> {
    (1..).zip(list).map(|(position, item)| (position, path.at(position - 1), item))
}

/// The value of an optional field for which null and leaving it out are the same.
pub(super) fn given<T>(value: Option<T>) -> MaybeUndefined<T> {
    value.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value)
}

/// The value of a field of a new thing, for which leaving it out is the same as null.
pub(super) fn or_null<T>(given: MaybeUndefined<T>) -> MaybeUndefined<T> {
    if given.is_undefined() { MaybeUndefined::Null } else { given }
}

/// A given list; null is an empty one.
pub(super) fn listed<T>(given: MaybeUndefined<Vec<T>>) -> Option<Vec<T>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Vec::new()),
        MaybeUndefined::Value(values) => Some(values),
    }
}
