//! Sort keys: their values, their SQL, and ranges of them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::{
    ExprTrait,
    sea_query::{Expr, SimpleExpr, Value},
};
use serde::{Deserialize, Serialize};

use super::Listed;

/// A value of a sort key, in a cursor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyValue {
    #[serde(rename = "t")]
    Time(DateTime<Utc>),
    #[serde(rename = "d")]
    Date(NaiveDate),
    #[serde(rename = "i")]
    Int(i32),
    #[serde(rename = "s")]
    Text(String),
    /// A text as [`sort_key`](crate::collation::sort_key) has it.
    #[serde(rename = "c")]
    SortKey(String),
}

impl KeyValue {
    /// Whether both databases have such a value: whole seconds, years of four digits, no U+0000.
    pub(super) fn is_storable(&self) -> bool {
        match self {
            Self::Time(time) => time.timestamp_subsec_nanos() == 0 && (0..=9999).contains(&time.year()),
            Self::Date(date) => (0..=9999).contains(&date.year()),
            Self::Int(_) => true,
            Self::Text(text) | Self::SortKey(text) => !text.contains('\0'),
        }
    }
}

impl From<KeyValue> for Value {
    fn from(key: KeyValue) -> Self {
        match key {
            KeyValue::Time(time) => time.into(),
            KeyValue::Date(date) => date.into(),
            KeyValue::Int(int) => int.into(),
            KeyValue::Text(text) | KeyValue::SortKey(text) => text.into(),
        }
    }
}

/// A sort key. It is never null in SQL, so both databases sort and compare rows alike, by an index.
pub struct Key<T> {
    /// The SQL expression, written as in its index.
    pub sql: &'static str,
    /// The value of the key in a row.
    pub value: fn(&T) -> KeyValue,
}

/// The values of the first key of an order between which the rows of a filter are, the least and the greatest one
/// included. The rows are found by the index of the order, which the filter's own condition need not suit.
#[derive(Clone, Debug)]
pub struct Range<O> {
    pub order: O,
    pub from: Option<KeyValue>,
    pub until: Option<KeyValue>,
}

/// The sort key of a missing time: after every other one.
pub const NO_TIME: &str = "9999-12-31T23:59:59Z";

/// The sort key of a time.
pub fn time_key(time: Option<DateTime<Utc>>) -> KeyValue {
    KeyValue::Time(time.or_else(|| NO_TIME.parse().ok()).unwrap_or_default())
}

impl<O> Range<O> {
    /// The range with two ends.
    pub fn closed(self) -> Self {
        let [from, until] = match self.from.as_ref().or(self.until.as_ref()) {
            Some(KeyValue::Time(_)) => {
                ["0001-01-01T00:00:00Z", NO_TIME].map(|time| time.parse().ok().map(KeyValue::Time))
            }
            Some(KeyValue::Date(_)) => ["0001-01-01", "9999-12-31"].map(|day| day.parse().ok().map(KeyValue::Date)),
            _ => [None, None],
        };
        Self { from: self.from.or(from), until: self.until.or(until), ..self }
    }

    /// The range as a condition.
    pub fn condition<T: Listed<OrderField = O>>(self) -> Option<SimpleExpr> {
        let key = T::keys(self.order).first()?;
        let bound = |value: KeyValue| Expr::val(Value::from(value));
        let from = self.from.map(|from| Expr::cust(key.sql).gte(bound(from)));
        let until = self.until.map(|until| Expr::cust(key.sql).lte(bound(until)));
        from.into_iter().chain(until).reduce(ExprTrait::and)
    }
}
