//! What the tests share: a server under test and its clients, a database server, a browser, made-up archives.

pub mod app;
pub mod postgres;
pub mod seed;
pub mod webdriver;
pub mod websocket;
