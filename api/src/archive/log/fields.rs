//! A row as in the log: fields that are named as in GraphQL.

use std::collections::HashMap;

use entity::talk;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    archive::store::rows::{NodeRow, Rows},
    error::{Error, Result},
    text::camel_case,
};

/// Columns that are not logged, since they are derived from others.
const HIDDEN: [&str; 8] =
    ["name_key", "name_sort", "title_key", "title_sort", "city_key", "begins_at", "finishes_at", "zone_offsets"];

/// Whether a column is logged.
pub(crate) fn is_field(column: &str) -> bool {
    !HIDDEN.contains(&column)
}

/// Whether a column is compared.
fn is_compared<N: NodeRow>(column: &str) -> bool {
    !matches!(column, "revision" | "updated_at") && !N::DERIVED.contains(&column)
}

/// All columns of a row, with their values.
fn values<N: NodeRow>(row: &N) -> Result<Map<String, Value>> {
    match serde_json::to_value(row) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(_) => Err(Error::Internal(format!("a row of {} is no object", N::KIND))),
        Err(error) => Err(Error::Internal(format!("a row of {}: {error}", N::KIND))),
    }
}

/// The columns of a row to compare, with their values.
pub(crate) fn columns<N: NodeRow>(row: &N) -> Result<Map<String, Value>> {
    let mut columns = values(row)?;
    columns.retain(|column, _| is_compared::<N>(column));
    Ok(columns)
}

/// A whole thing: every field that has a value, and its parts.
pub(crate) fn whole<N: NodeRow>(row: &N, parts: Map<String, Value>) -> Result<Map<String, Value>> {
    let values = values(row)?;
    let mut fields = Map::with_capacity(values.len() + parts.len());
    for (column, value) in values {
        if !value.is_null() && is_compared::<N>(&column) && is_field(&column) {
            fields.insert(field(&column), value);
        }
    }
    fields.extend(parts);
    Ok(fields)
}

/// The name of the field of a column: `starts_at` is `startsAt`, `track_id` is `track`.
pub(crate) fn field(column: &str) -> String {
    let name = match column {
        "external_id" => column,
        _ => column.strip_suffix("_id").unwrap_or(column),
    };
    camel_case(name)
}

/// Whether two values are equal, however a database formats numbers and orders the keys of objects.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// The edition of each talk in the rows.
pub(crate) fn editions_of_talks(rows: &Rows) -> HashMap<Uuid, Uuid> {
    rows.talks.iter().map(|row: &talk::Model| (row.id, row.edition_id)).collect()
}
