//! What the server has for people with a browser.

pub mod accept;
pub mod cors;
pub mod docs;
pub mod graphiql;
