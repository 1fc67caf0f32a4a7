//! The GraphQL schema: its roots, payloads and descriptions.

use async_graphql::SDLExportOptions;

pub mod completion;
mod descriptions;
pub mod documents;
pub mod mutation;
pub mod payload;
pub mod persisted;
pub mod query;
pub mod shape;
pub mod subscription;

/// The type of the schema.
pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, subscription::Subscription>;

/// Builds the schema. [`crate::graphql::cost`] checks limits before the schema runs; here only the depth of the parser
/// is limited.
pub fn build() -> Schema {
    Schema::build(query::Query, mutation::Mutation, subscription::Subscription)
        .limit_recursive_depth(64)
        .register_output_type::<descriptions::Descriptions>()
        .finish()
}

/// The SDL of the schema, as it is published.
pub fn sdl(schema: &Schema) -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions().include_specified_by();
    let sdl = schema.sdl_with_options(options.use_space_ident().indent_width(2));
    let mut lines: Vec<&str> = sdl.lines().map(str::trim_end).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned() + "\n"
}
