//! HTTP for GraphQL, REST and web pages: conditional requests, negotiation, bodies, CORS, routes, problem documents.

pub mod accept;
pub mod body;
pub mod cache;
pub mod cors;
pub mod problem;
pub mod requests;
pub mod query;
pub mod route;
