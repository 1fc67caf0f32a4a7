//! The schema's own directives.

use async_graphql::TypeDirective;

/// The number of items that a list without pages is assumed to have when the cost of a request is estimated before it
/// runs. If the field has an argument `first`, `last` or `ids`, its value is used instead.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(#[graphql(desc = "The assumed number of items.")] assumed_size: i32) {}

/// The field depends on the time of the request: it can change although nothing was written. A response that has such a
/// field, or is filtered by one, is fresh until the next slot or edition begins or ends.
#[TypeDirective(name = "readsClock", location = "FieldDefinition", location = "InputFieldDefinition")]
pub fn reads_clock() {}
