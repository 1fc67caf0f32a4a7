//! The pages for browsers.

pub mod docs;
pub mod graphiql;
