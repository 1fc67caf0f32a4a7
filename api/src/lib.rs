//! Lectern's library: the archive with its GraphQL and REST API.

pub mod archive;
mod collation;
mod column;
pub mod config;
pub mod database;
pub mod directive;
pub mod error;
pub mod format;
pub mod graphql;
pub mod http;
pub mod mistake;
pub mod read;
pub mod ready;
pub mod resource;
pub mod rest;
mod rules;
pub mod scalars;
pub mod schema;
pub mod server;
pub mod state;
pub mod telemetry;
pub mod text;
pub mod token;
pub mod vocabulary;
pub mod web;
pub mod webhook;
pub mod zone;
