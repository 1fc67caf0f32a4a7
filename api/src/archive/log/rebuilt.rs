//! Rows, rebuilt from their fields in the log.

use sea_orm::{EntityTrait, IdenStatic, Iterable};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::fields::{columns, field, is_field};
use crate::{
    archive::store::rows::NodeRow,
    error::{Error, Result},
};

/// A row of a thing, from its fields in the log. Derived columns have their defaults.
pub(in crate::archive) fn row_of<N>(id: Uuid, fields: &Map<String, Value>) -> Result<N>
where
    N: NodeRow + DeserializeOwned + Default,
{
    let mut row = object_of(&N::default())?;
    for column in <N::Entity as EntityTrait>::Column::iter() {
        let column = column.as_str();
        if let Some(value) = fields.get(&field(column)).filter(|_| is_field(column)) {
            row.insert(column.to_owned(), value.clone());
        }
    }
    row.insert("id".to_owned(), json!(id));
    let mut row: N = parsed(row)?;
    row.renew_derived();
    Ok(row)
}

/// A row with some of its fields taken from another row of the same thing. Fields that are no columns are left out.
pub(in crate::archive) fn row_with<N>(row: &N, other: &N, fields: &[String]) -> Result<N>
where
    N: NodeRow + DeserializeOwned,
{
    let mut object = object_of(row)?;
    for (column, value) in columns(other)? {
        if is_field(&column) && fields.contains(&field(&column)) {
            object.insert(column, value);
        }
    }
    parsed(object)
}

fn object_of<N: NodeRow>(row: &N) -> Result<Map<String, Value>> {
    match serde_json::to_value(row) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(Error::Internal(format!("a row of {} is no object", N::KIND))),
    }
}

fn parsed<N: NodeRow + DeserializeOwned>(object: Map<String, Value>) -> Result<N> {
    let id = object.get("id").cloned().unwrap_or_default();
    serde_json::from_value(Value::Object(object))
        .map_err(|error| Error::Internal(format!("the log of {} {id}: {error}", N::KIND)))
}
