//! One binary of tests that start a server and speak its public protocols. What is about behaviour runs on SQLite and
//! on PostgreSQL.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod browser;
mod commands;
mod docs;
mod formats;
mod graphql;
mod http;
mod pages;
mod rest;
mod robustness;
mod storeys;
mod support;
mod webhooks;
