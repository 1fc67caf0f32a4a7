//! What the tests share: a server under test and its clients, a database server, a browser, made-up archives.

pub mod app;
pub mod command;
pub mod editor;
pub mod event_stream;
pub mod host;
pub mod postgres;
pub mod queries;
pub mod receiver;
pub mod schedule;
pub mod seed;
pub mod serving;
pub mod webdriver;
pub mod websocket;
pub mod wire;
