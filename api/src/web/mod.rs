//! What the server has for people with a browser.

pub mod accept;
pub mod body;
pub mod cors;
pub mod docs;
pub mod graphiql;
