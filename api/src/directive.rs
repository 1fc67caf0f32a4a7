//! Directives that the schema says of its own fields.

use async_graphql::TypeDirective;

/// The number of items that a list without pages is assumed to have when the cost of a request is estimated before it
/// runs. If the field has an argument `first`, `last` or `ids`, its value is used instead.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(#[graphql(desc = "The assumed number of items.")] assumed_size: i32) {}
