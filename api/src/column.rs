//! How values stand in columns: what an import and an edit write, and an export reads back.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A value that a column of the type `S` holds.
pub(crate) trait Column<S>: Sized {
    /// The value as the column holds it.
    fn to_column(&self) -> S;

    /// The value that a column holds; why it can't be one, where the program did not write it.
    fn from_column(stored: &S) -> Result<Self, String>;
}

/// A column that may be null.
impl<T: Column<S>, S> Column<Option<S>> for Option<T> {
    fn to_column(&self) -> Option<S> {
        self.as_ref().map(T::to_column)
    }

    fn from_column(stored: &Option<S>) -> Result<Self, String> {
        stored.as_ref().map(T::from_column).transpose()
    }
}

/// Columns of the value's own type.
macro_rules! own_columns {
    ($($type:ty),+) => {$(
        impl Column<$type> for $type {
            fn to_column(&self) -> $type {
                self.clone()
            }

            fn from_column(stored: &$type) -> Result<Self, String> {
                Ok(stored.clone())
            }
        }
    )+};
}
own_columns!(String, i32, bool);

/// A list in a column of JSON.
impl<T: Serialize + DeserializeOwned> Column<Value> for Vec<T> {
    fn to_column(&self) -> Value {
        to_json(self)
    }

    fn from_column(stored: &Value) -> Result<Self, String> {
        from_json(stored)
    }
}

/// Columns of JSON.
macro_rules! json_columns {
    ($($type:ty),+) => {$(
        impl crate::column::Column<serde_json::Value> for $type {
            fn to_column(&self) -> serde_json::Value {
                crate::column::to_json(self)
            }

            fn from_column(stored: &serde_json::Value) -> Result<Self, String> {
                crate::column::from_json(stored)
            }
        }
    )+};
}
pub(crate) use json_columns;

/// The JSON of a value. Of the types in columns none can fail to have one.
pub(crate) fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// The value of a column of JSON.
pub(crate) fn from_json<T: DeserializeOwned>(stored: &Value) -> Result<T, String> {
    T::deserialize(stored).map_err(|error| error.to_string())
}
