//! How a server is set up.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::format::native::FileSource;

/// Everything that a server is told.
#[derive(Clone)]
pub struct Config {
    /// Where it listens: `127.0.0.1:8080`; port 0 takes a free one.
    pub bind: String,
    /// Its database: `sqlite://FILE` or `postgres://…`.
    pub database: String,
    /// The address that it is known under, without a slash at its end; left out, it is `http://` and where it listens.
    pub base_url: Option<String>,
    /// An archive to load into an empty database.
    pub archive: Option<Arc<dyn FileSource + Send + Sync>>,
    /// A folder of the only GraphQL documents that are answered.
    pub allowed_documents: Option<PathBuf>,
    /// How much a request may ask for.
    pub limits: Limits,
    /// How webhooks are delivered to; none where another server does it.
    pub webhooks: Option<Webhooks>,
}

/// How webhooks are delivered to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webhooks {
    /// How often their list is read, besides when the log grows: how soon one is known that another process added.
    pub look: Duration,
    /// How long an attempt may take.
    pub timeout: Duration,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { look: Duration::from_secs(5), timeout: Duration::from_secs(15) }
    }
}

/// How much a request may ask for. What goes over a limit is answered with an error that says the limit and the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Levels of fields.
    pub depth: u64,
    /// Objects, estimated: page sizes and assumed list sizes multiplied down the tree.
    pub nodes: u64,
    /// Fields, with all fragments spread.
    pub fields: u64,
    /// Aliases.
    pub aliases: u64,
    /// Directives.
    pub directives: u64,
    /// Tokens of a document.
    pub tokens: u64,
    /// Introspection lists within each other.
    pub introspection: u64,
    /// Requests in a batch.
    pub batch: usize,
    /// Bytes of a body.
    pub body: usize,
    /// Bytes of a document to import.
    pub import: usize,
    /// The largest page.
    pub page_size: usize,
    /// How long a request may take.
    pub time: Duration,
    /// Operations at once on one WebSocket.
    pub operations: usize,
    /// How long a WebSocket may stay open without `connection_init`.
    pub init: Duration,
    /// How long a WebSocket may take no message that waits for it.
    pub patience: Duration,
    /// How often a WebSocket is pinged. One that is silent for three times as long is taken for dead.
    pub ping: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 16,
            nodes: 250_000,
            fields: 5_000,
            aliases: 100,
            directives: 50,
            tokens: 5_000,
            introspection: 2,
            batch: 10,
            body: 256 * 1024,
            import: 64 * 1024 * 1024,
            page_size: 500,
            time: Duration::from_secs(10),
            operations: 50,
            init: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            ping: Duration::from_secs(15),
        }
    }
}
