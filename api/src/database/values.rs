//! The values of a row by their position in the select: to look a value up by the name of its column takes longer than
//! to read it.

use sea_orm::{
    QueryResult, TryGetError, TryGetable,
    sqlx::{Row as _, ValueRef},
};

/// The values of a row that was found, from the first one on.
pub struct Values<'a> {
    row: &'a QueryResult,
    next: usize,
}

impl<'a> Values<'a> {
    /// The values of a row.
    pub fn of(row: &'a QueryResult) -> Self {
        Self { row, next: 0 }
    }

    /// The next value.
    pub fn value<T: TryGetable>(&mut self) -> Result<T, TryGetError> {
        let place = self.next;
        self.next += 1;
        T::try_get_by_index(self.row, place)
    }

    /// The next value, which may be null. The library takes null for an error, and makes a text of each.
    pub fn maybe<T: TryGetable>(&mut self) -> Result<Option<T>, TryGetError> {
        let is_null = match (self.row.try_as_sqlite_row(), self.row.try_as_pg_row()) {
            (Some(row), _) => row.try_get_raw(self.next).is_ok_and(|value| value.is_null()),
            (_, Some(row)) => row.try_get_raw(self.next).is_ok_and(|value| value.is_null()),
            _ => false,
        };
        if is_null {
            self.next += 1;
            return Ok(None);
        }
        self.value().map(Some)
    }

    /// The position of the next value.
    pub fn place(&self) -> usize {
        self.next
    }

    /// Goes on with the value at a position.
    pub fn go_to(&mut self, place: usize) {
        self.next = place;
    }
}
