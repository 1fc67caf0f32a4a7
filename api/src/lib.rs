//! Lectern's resources, its GraphQL API, and the door that writes.

pub mod archive;
pub mod batch;
pub mod cache;
pub mod config;
pub mod database;
pub mod error;
pub mod follow;
pub mod format;
pub mod graphql;
pub mod page;
pub mod resource;
pub mod rest;
pub mod scalars;
pub mod server;
pub mod telemetry;
pub mod text;
pub mod token;
pub mod web;
pub mod webhook;
