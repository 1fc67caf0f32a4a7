//! The pages for browsers.

pub mod docs;
mod examples;
pub mod graphiql;
pub mod pages;
