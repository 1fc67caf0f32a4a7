//! The settings of a server.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::{format::native::FileSource, search::SearchSettings};

/// The settings of a server.
#[derive(Clone)]
pub struct Config {
    /// The address to listen on: `127.0.0.1:8080`. Port 0 takes a free one.
    pub bind: String,
    /// The database: `sqlite://FILE` or `postgres://…`.
    pub database: String,
    /// The URL at which clients reach the server, without a slash at its end. The default is `http://` and the address
    /// that it listens on.
    pub base_url: Option<String>,
    /// The archive to load before anything is served.
    pub archive: InitialArchive,
    /// The folder of the only GraphQL documents that are answered.
    pub allowed_documents: Option<PathBuf>,
    /// The limits of a request.
    pub limits: Limits,
    /// Whether its pages are to become files, which no server answers behind: they offer nothing that needs one.
    pub is_static: bool,
    /// The settings of the search index.
    pub search: SearchSettings,
    /// The settings of webhooks. None: this server does not deliver.
    pub webhooks: Option<Webhooks>,
}

/// The archive that a server loads before anything is served.
#[derive(Clone)]
pub enum InitialArchive {
    /// None.
    Nothing,
    /// The archive that ships. It is loaded only into a database that was just made.
    Shipped(Arc<dyn FileSource + Send + Sync>),
    /// An archive that the operator named. It is loaded into an empty database.
    Named(Arc<dyn FileSource + Send + Sync>),
}

/// The settings of webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webhooks {
    /// How often the list of webhooks is read, besides when the log grows. Another process may have added one.
    pub look: Duration,
    /// The longest time of one attempt.
    pub timeout: Duration,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { look: Duration::from_secs(5), timeout: Duration::from_secs(15) }
    }
}

/// The limits of a request. A request over a limit gets an error with the limit and the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The depth of fields.
    pub depth: u64,
    /// The estimated number of objects: page sizes and assumed list sizes, multiplied down the tree.
    pub nodes: u64,
    /// The number of fields, with all fragments spread.
    pub fields: u64,
    /// The number of aliases.
    pub aliases: u64,
    /// The number of directives.
    pub directives: u64,
    /// The number of tokens of a document.
    pub tokens: u64,
    /// The depth of introspection lists within each other.
    pub introspection: u64,
    /// The weight of introspection: the estimated number of the schema's own objects, and more for each list of them.
    pub described: u64,
    /// The number of requests in a batch.
    pub batch: usize,
    /// The size of a body in bytes.
    pub body: usize,
    /// The size of an imported document in bytes.
    pub import: usize,
    /// The longest time in which a body comes.
    pub body_time: Duration,
    /// The longest time in which an imported document comes.
    pub import_time: Duration,
    /// The least pace of a body.
    pub pace: Pace,
    /// The number of items on a page.
    pub page_size: usize,
    /// The number of addresses in a sitemap.
    pub sitemap: u64,
    /// The time of a request.
    pub time: Duration,
    /// The number of operations at once on one WebSocket.
    pub operations: usize,
    /// The time in which a WebSocket must send `connection_init`.
    pub init: Duration,
    /// The time after which a WebSocket that takes no message is closed.
    pub patience: Duration,
    /// The interval of pings on a WebSocket. A client that is silent for three intervals is considered gone.
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
            described: 100_000,
            batch: 10,
            body: 256 * 1024,
            import: 64 * 1024 * 1024,
            body_time: Duration::from_secs(60),
            import_time: Duration::from_secs(3600),
            pace: Pace { bytes: 10_000, interval: Duration::from_secs(10) },
            page_size: 500,
            sitemap: 50_000,
            time: Duration::from_secs(10),
            operations: 50,
            init: Duration::from_secs(10),
            patience: Duration::from_secs(30),
            ping: Duration::from_secs(15),
        }
    }
}

/// The least pace of a body: so many bytes come in each interval, until it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    pub bytes: usize,
    pub interval: Duration,
}

/// The limits of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLimit {
    /// The name of the limit of its size.
    pub name: &'static str,
    /// The greatest size in bytes.
    pub size: usize,
    /// The longest time in which it comes.
    pub time: Duration,
}

impl Limits {
    /// The limits of a request's body.
    pub fn of_body(&self) -> BodyLimit {
        BodyLimit { name: "body", size: self.body, time: self.body_time }
    }

    /// The limits of an imported document.
    pub fn of_import(&self) -> BodyLimit {
        BodyLimit { name: "import", size: self.import, time: self.import_time }
    }
}
