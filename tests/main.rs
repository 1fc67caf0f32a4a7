//! One binary of tests that start a server and speak its public protocols. What is about behaviour runs on SQLite and
//! on PostgreSQL.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod app;
mod commands;
mod crash;
mod docs;
mod formats;
mod graphiql;
mod graphql;
mod outage;
mod postgres;
mod rest;
mod seed;
mod storeys;
mod webdriver;
mod webhooks;
mod websocket;
mod writers;
