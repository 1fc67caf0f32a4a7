//! The values of columns: imports and edits write them, exports read them.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A value of a column whose type in the database is `S`.
pub(crate) trait Column<S>: Sized {
    /// The value as it is stored.
    fn to_column(&self) -> S;

    /// The value of what is stored, or why it has none. Only what another program wrote has none.
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

/// Columns that store a value as it is.
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

/// The JSON of a value. Serialization can't fail for the types that columns have.
pub(crate) fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// The value of a column of JSON.
pub(crate) fn from_json<T: DeserializeOwned>(stored: &Value) -> Result<T, String> {
    T::deserialize(stored).map_err(|error| error.to_string())
}
