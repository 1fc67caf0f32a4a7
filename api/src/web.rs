//! What the server has for people with a browser.

pub mod docs;
pub mod graphiql;
