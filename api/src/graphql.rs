//! GraphQL over HTTP and WebSocket: requests, their limits, responses, and running subscriptions.

pub mod cost;
pub mod handler;
pub mod inputs;
pub mod literals;
pub mod objects;
pub mod request;
pub mod response;
pub mod socket;
pub mod subscription;
pub mod tokens;
pub mod uses;
pub mod variables;
