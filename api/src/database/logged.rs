//! What changes in the log name.

use serde_json::Value;
use uuid::Uuid;

/// Notes all ids in the fields of a change: the talks of a recording, the talk of a slot or of a link, the speakers of
/// a talk.
pub(crate) fn named_ids(value: &Value, note: &mut impl FnMut(Uuid)) {
    match value {
        Value::String(text) => Uuid::try_parse(text).into_iter().for_each(note),
        Value::Array(values) => values.iter().for_each(|value| named_ids(value, note)),
        Value::Object(fields) => fields.values().for_each(|value| named_ids(value, note)),
        _ => {}
    }
}
