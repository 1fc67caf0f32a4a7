//! Violations of the database's constraints, as mistakes in what the caller gave.

use sea_orm::{DbErr, RuntimeErr, SqlErr, SqlxError};

use crate::error::Error;

/// The error of a statement that writes what an argument gives.
pub(in crate::archive) fn refusal(error: DbErr, argument: &str) -> Error {
    let why = match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(why)) => format!("something else has that already ({why})"),
        Some(SqlErr::ForeignKeyConstraintViolation(why)) => format!("something is named that is not there ({why})"),
        _ => match failed_check(&error) {
            Some(why) => format!("a value is out of bounds ({why})"),
            None => return error.into(),
        },
    };
    Error::bad_input(argument, format!("the archive can't hold it: {why}"))
}

fn failed_check(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return None;
    };
    match error.as_ref() {
        SqlxError::Database(error) if error.is_check_violation() => Some(error.message().to_owned()),
        _ => None,
    }
}
