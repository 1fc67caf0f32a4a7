//! HTTP for GraphQL, REST and web pages: conditional requests, negotiation, bodies, CORS, routes, problem documents.

pub mod accept;
pub mod body;
pub mod cache;
pub mod connection;
pub mod cors;
pub mod edge;
pub mod problem;
pub mod query;
pub mod requests;
pub mod route;
