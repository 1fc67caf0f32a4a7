//! Directives that the schema says of its own fields.

use async_graphql::TypeDirective;

/// How many items a list without pages is taken to have when the cost of a request is estimated before it runs. A
/// field's own `first`, `last` or `ids` counts instead where it has them.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(assumed_size: i32) {}
