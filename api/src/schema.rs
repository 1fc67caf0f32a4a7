//! The GraphQL schema: its roots, and what it says of itself.

use async_graphql::SDLExportOptions;

pub mod completion;
mod descriptions;
pub mod mutation;
pub mod payload;
pub mod persisted;
pub mod query;
pub mod shape;
pub mod subscription;

/// The schema as it is served.
pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// The schema. Its limits are checked before it is asked, in [`crate::graphql::cost`]; only the parser's own depth is
/// bounded here.
pub fn build() -> Schema {
    Schema::build(query::Query, mutation::Mutation, subscription::Subscription)
        .limit_recursive_depth(64)
        .register_output_type::<descriptions::Descriptions>()
        .finish()
}

/// The schema in its definition language, as checked in and as served.
pub fn sdl(schema: &Schema) -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions().include_specified_by();
    let sdl = schema.sdl_with_options(options.use_space_ident().indent_width(2));
    let mut lines: Vec<&str> = sdl.lines().map(str::trim_end).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned() + "\n"
}
