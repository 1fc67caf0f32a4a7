//! What every door needs of HTTP: conditional answers and ready bytes, negotiation, bodies, CORS, problem documents.

pub mod accept;
pub mod body;
pub mod cache;
pub mod cors;
pub mod problem;
pub mod route;
