//! The GraphQL API: its roots, its limits, and its ways over HTTP and WebSocket.

use async_graphql::{SDLExportOptions, TypeDirective};

pub mod connection;
pub mod cost;
pub mod handler;
pub mod inputs;
pub mod mutation;
pub mod payload;
pub mod persisted;
pub mod plan;
pub mod query;
pub mod response;
pub mod shape;
pub mod socket;
pub mod subscription;
pub mod tokens;

/// The schema as it is served.
pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// How many items a list without pages is taken to have when the cost of a request is estimated before it runs. A
/// field's own `first`, `last` or `ids` counts instead where it has them.
#[TypeDirective(name = "listSize", location = "FieldDefinition")]
pub fn list_size(assumed_size: i32) {}

/// The schema. Its limits are checked before it is asked, in [`cost`]; only the parser's own depth is bounded here.
pub fn schema() -> Schema {
    Schema::build(query::Query, mutation::Mutation, subscription::Subscription).limit_recursive_depth(64).finish()
}

/// The schema in its definition language, as checked in and as served.
pub fn sdl(schema: &Schema) -> String {
    let sdl = schema
        .sdl_with_options(SDLExportOptions::new().prefer_single_line_descriptions().use_space_ident().indent_width(2));
    let mut lines: Vec<&str> = sdl.lines().map(str::trim_end).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned() + "\n"
}
