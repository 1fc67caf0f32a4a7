//! GraphQL over HTTP and over WebSocket: which requests are taken, their limits, and how they are answered.

pub mod cost;
pub mod handler;
pub mod inputs;
pub mod request;
pub mod response;
pub mod socket;
pub mod subscription;
pub mod tokens;
