//! `lectern serve`.

use std::{io, path::Path, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use include_dir::{Dir, include_dir};
use lectern_api::{
    archive::holdings::Holdings,
    config::{Config, InitialArchive, Limits, Webhooks},
    format::native::{FileSource, SharedFiles, conference_slugs},
    scalars::Url,
    search::SearchSettings,
    server, telemetry, zone,
};

use crate::{DatabaseArguments, Failure, clock};

#[derive(clap::Args)]
pub struct ServeArguments {
    /// The address and the port to listen on; port 0 takes a free port
    #[arg(long, env = "LECTERN_BIND", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    bind: String,
    #[command(flatten)]
    database: DatabaseArguments,
    /// The URL at which clients reach the server [default: http://BIND]
    #[arg(long, env = "LECTERN_BASE_URL", value_name = "URL", value_parser = base_url)]
    base_url: Option<String>,
    /// The folder of an archive to load into an empty database [default: the archive in the binary, into a database
    /// that was just made]
    #[arg(long, env = "LECTERN_ARCHIVE", value_name = "FOLDER", conflicts_with = "no_archive")]
    archive: Option<PathBuf>,
    /// Load no archive into an empty database
    #[arg(long, env = "LECTERN_NO_ARCHIVE")]
    no_archive: bool,
    /// The folder of the only GraphQL documents (*.graphql) to answer [default: all documents are answered]
    #[arg(long, env = "LECTERN_ALLOWED_DOCUMENTS", value_name = "FOLDER")]
    allowed_documents: Option<PathBuf>,
    /// The folder of the search index [default: memory, or a folder beside the SQLite file of a large archive]
    #[arg(long, env = "LECTERN_SEARCH_INDEX", value_name = "FOLDER")]
    search_index: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArguments,
    /// The events to log, in the syntax of RUST_LOG; warn,requests=info shows each request
    #[arg(
        long,
        env = "LECTERN_LOG",
        default_value = "info,sqlx=warn,sea_orm_migration=warn,actix_server=warn,tracing_actix_web=warn,requests=warn",
        value_name = "FILTER",
        help_heading = "Options"
    )]
    log: String,
}

/// The URL of a server: links are made of it and a path.
pub fn base_url(given: &str) -> Result<String, String> {
    let url: Url = given.parse().map_err(|_| "it is not a URL of HTTP: https://schedule.example.org".to_owned())?;
    match url.as_str().contains(['?', '#']) {
        true => Err("it has a query or a fragment, and paths are added to it".to_owned()),
        false => Ok(given.to_owned()),
    }
}

/// How much one GraphQL request may ask for. What goes over is refused with the limit and the value.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits of a request")]
struct LimitArguments {
    /// The greatest depth of fields
    #[arg(long, env = "LECTERN_MAX_DEPTH", default_value_t = Limits::default().depth)]
    max_depth: u64,
    /// The greatest number of objects, estimated from page sizes
    #[arg(long, env = "LECTERN_MAX_NODES", default_value_t = Limits::default().nodes)]
    max_nodes: u64,
    /// The greatest number of fields, with all fragments spread
    #[arg(long, env = "LECTERN_MAX_FIELDS", default_value_t = Limits::default().fields)]
    max_fields: u64,
    /// The greatest number of aliases
    #[arg(long, env = "LECTERN_MAX_ALIASES", default_value_t = Limits::default().aliases)]
    max_aliases: u64,
    /// The greatest number of directives
    #[arg(long, env = "LECTERN_MAX_DIRECTIVES", default_value_t = Limits::default().directives)]
    max_directives: u64,
    /// The greatest number of tokens of a document
    #[arg(long, env = "LECTERN_MAX_TOKENS", default_value_t = Limits::default().tokens)]
    max_tokens: u64,
    /// The greatest depth of introspection lists within each other
    #[arg(long, env = "LECTERN_MAX_INTROSPECTION", default_value_t = Limits::default().introspection)]
    max_introspection: u64,
    /// The greatest weight of introspection: the estimated number of objects, and more for each list of types
    #[arg(long, env = "LECTERN_MAX_DESCRIBED", default_value_t = Limits::default().described)]
    max_described: u64,
    /// The greatest number of requests in a batch
    #[arg(long, env = "LECTERN_MAX_BATCH", default_value_t = Limits::default().batch)]
    max_batch: usize,
    /// The greatest size of a body in bytes
    #[arg(long, env = "LECTERN_MAX_BODY", default_value_t = Limits::default().body)]
    max_body: usize,
    /// The greatest size of an imported document in bytes
    #[arg(long, env = "LECTERN_MAX_IMPORT", default_value_t = Limits::default().import)]
    max_import: usize,
    /// The greatest number of items on a page
    #[arg(long, env = "LECTERN_MAX_PAGE_SIZE", default_value_t = Limits::default().page_size)]
    max_page_size: usize,
    /// The longest time that a request can take, in milliseconds
    #[arg(long, env = "LECTERN_MAX_MILLISECONDS", default_value_t = Limits::default().time.as_millis() as u64)]
    max_milliseconds: u64,
    /// The greatest number of operations at once on one WebSocket
    #[arg(long, env = "LECTERN_MAX_OPERATIONS", default_value_t = Limits::default().operations)]
    max_operations: usize,
}

impl From<LimitArguments> for Limits {
    fn from(given: LimitArguments) -> Self {
        Self {
            depth: given.max_depth,
            nodes: given.max_nodes,
            fields: given.max_fields,
            aliases: given.max_aliases,
            directives: given.max_directives,
            tokens: given.max_tokens,
            introspection: given.max_introspection,
            described: given.max_described,
            batch: given.max_batch,
            body: given.max_body,
            import: given.max_import,
            page_size: given.max_page_size,
            time: Duration::from_millis(given.max_milliseconds),
            operations: given.max_operations,
            ..Self::default()
        }
    }
}

/// The archive in the binary.
struct BundledArchive;

static BUNDLED_ARCHIVE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data/promcon");

impl FileSource for BundledArchive {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let folder = if folder.is_empty() { Some(&BUNDLED_ARCHIVE) } else { BUNDLED_ARCHIVE.get_dir(folder) };
        let files = folder.ok_or(io::ErrorKind::NotFound)?.files();
        Ok(files.filter_map(|file| Some(file.path().file_name()?.to_str()?.to_owned())).collect())
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        Ok(BUNDLED_ARCHIVE.get_file(path).ok_or(io::ErrorKind::NotFound)?.contents().to_vec())
    }

    fn shared(&self) -> SharedFiles {
        Arc::new(Self)
    }
}

/// Serves an archive until the process is asked to end.
pub async fn run(given: ServeArguments) -> Result<ExitCode, Failure> {
    telemetry::log_to_stderr(&given.log);
    let archive = match &given.archive {
        _ if given.no_archive => InitialArchive::Nothing,
        Some(folder) => InitialArchive::Named(Arc::new(folder.clone())),
        None => InitialArchive::Shipped(Arc::new(BundledArchive)),
    };
    let place = server::place_of(&given.database.url);
    let config = Config {
        bind: given.bind,
        database: given.database.url.clone(),
        base_url: given.base_url,
        archive,
        allowed_documents: given.allowed_documents,
        limits: given.limits.into(),
        is_static: false,
        search: SearchSettings { folder: given.search_index, is_ahead: true },
        webhooks: Some(Webhooks::default()),
    };
    let running = server::start(config, clock()).await?;
    eprintln!("lectern: {}", served(&Holdings::of(&running.database).await?, &place)?);
    if let Some(folder) = given.archive.filter(|_| !running.is_loaded) {
        let folder = folder.display();
        eprintln!(
            "lectern: {folder} is not looked at, because the database has an archive; `lectern import {folder}` imports it"
        );
    }
    tracing::info!("{}", zone::database());
    eprintln!("lectern: http://{0}/ shows it, http://{0}/graphql answers (GraphiQL in a browser)", running.address);
    running.server.await?;
    server::put_in_one_file(&given.database.url).await;
    Ok(ExitCode::SUCCESS)
}

/// What is served and where it is, in words.
fn served(holdings: &Holdings, place: &str) -> Result<String, Failure> {
    if holdings.is_empty() {
        return Ok(format!(
            "serves an empty archive, from {place}: import one with `lectern import FOLDER`, or write it over the API"
        ));
    }
    let shipped = conference_slugs(&BundledArchive)?;
    let remark = if holdings.conferences == shipped { ", the archive that ships" } else { "" };
    Ok(format!("serves {}{remark}: {}, from {place}", holdings.title(), holdings.schedule()))
}
