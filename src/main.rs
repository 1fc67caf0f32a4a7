//! The commands of `lectern`.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{CommandFactory, Parser, Subcommand, ValueEnum, error::ErrorKind};
use include_dir::{Dir, include_dir};
use lectern_api::{
    archive::{self, Archive, Clock},
    config::{Config, Limits, Webhooks},
    format::{
        document::Document,
        native::{
            self, FileSource,
            bundle::{self, OpenError},
        },
    },
    rest::openapi,
    schema::{self, shape::Shape},
    server, telemetry,
};

mod export;
mod import;
mod token;
mod webhook;

/// A quarter of a request's cost is allocation. This allocator makes requests 15 % faster (`bench/run`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The archive of a conference's schedule and talks, over GraphQL and REST.
#[derive(Parser)]
#[command(name = "lectern", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Box<ServeArguments>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the archive over HTTP: the default command
    Serve(Box<ServeArguments>),
    /// Import an archive into the database, as a whole or not at all; an edition replaces the stored one
    Import(import::ImportArguments),
    /// Export the archive of the database to a folder; files whose content is unchanged are not written
    Export(export::ExportArguments),
    /// List all mistakes in an archive's folder or file, or check whether the change log of a database agrees with its
    /// tables
    #[command(group = clap::ArgGroup::new("what").required(true))]
    Check {
        /// The folder of the archive, or a file with an archive
        #[arg(group = "what")]
        path: Option<PathBuf>,
        /// The database to check instead: sqlite://FILE or postgres://USER@HOST/NAME [default: that of
        /// LECTERN_DATABASE, or sqlite://lectern.db]
        #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", group = "what")]
        database: Option<String>,
    },
    /// Undo the merge of two speakers or companies, as far as nothing has changed since
    Unmerge {
        /// The id or the slug of the record that was merged into the other one
        name: String,
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// Create, list and revoke the tokens that writing over HTTP needs
    Token {
        #[command(subcommand)]
        command: token::TokenCommand,
    },
    /// Add, list and remove webhooks, which receive the changes of the archive as they happen
    Webhook {
        #[command(subcommand)]
        command: webhook::WebhookCommand,
    },
    /// Write the published contracts: schema.graphql, openapi.json and the JSON Schemas of the archive format
    Contracts {
        /// Write nothing, and fail if a file differs
        #[arg(long)]
        check: bool,
    },
}

/// A format of archives.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// Lectern's own format: a folder of YAML files
    Native,
}

impl Format {
    /// The format of this name, if there is one.
    fn of(name: &Path) -> Option<Self> {
        Self::from_str(name.to_str()?, false).ok()
    }
}

/// Ends the process as clap does when the arguments are wrong.
fn usage_error(message: &str) -> ! {
    Arguments::command().error(ErrorKind::InvalidValue, message).exit()
}

#[derive(clap::Args)]
struct ServeArguments {
    /// The address and the port to listen on; port 0 takes a free port
    #[arg(long, env = "LECTERN_BIND", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    bind: String,
    #[command(flatten)]
    database: DatabaseArguments,
    /// The URL at which clients reach the server [default: http://BIND]
    #[arg(long, env = "LECTERN_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// The folder of an archive to load into an empty database [default: the archive in the binary]
    #[arg(long, env = "LECTERN_ARCHIVE", value_name = "FOLDER", conflicts_with = "no_archive")]
    archive: Option<PathBuf>,
    /// Load no archive into an empty database
    #[arg(long, env = "LECTERN_NO_ARCHIVE")]
    no_archive: bool,
    /// The folder of the only GraphQL documents (*.graphql) to answer [default: all documents are answered]
    #[arg(long, env = "LECTERN_ALLOWED_DOCUMENTS", value_name = "FOLDER")]
    allowed_documents: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArguments,
    /// The events to log, in the syntax of RUST_LOG
    #[arg(long, env = "LECTERN_LOG", default_value = "info,sqlx=warn,tracing_actix_web=warn", value_name = "FILTER")]
    log: String,
}

const DEFAULT_DATABASE: &str = "sqlite://lectern.db";

#[derive(clap::Args)]
struct DatabaseArguments {
    /// The database: sqlite://FILE (created if it does not exist) or postgres://USER@HOST/NAME
    #[arg(
        long = "database",
        env = "LECTERN_DATABASE",
        default_value = DEFAULT_DATABASE,
        value_name = "URL",
        hide_env_values = true
    )]
    url: String,
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
}

/// An error in words for the terminal.
type Failure = Box<dyn std::error::Error>;

#[actix_web::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command.unwrap_or(Command::Serve(arguments.serve)) {
        Command::Serve(given) => serve(*given).await,
        Command::Import(given) => import::run(given).await,
        Command::Export(given) => export::run(given).await,
        Command::Unmerge { name, database } => unmerge(&name, &database.url).await,
        Command::Token { command } => token::run(command, clock()()).await,
        Command::Webhook { command } => webhook::run(command, clock()()).await,
        Command::Check { path: Some(folder), .. } => check(&folder),
        Command::Check { database, .. } => audit(database.filter(|url| !url.is_empty())).await,
        Command::Contracts { check } => contracts(check),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lectern: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// An error with its causes, in one line. Callers of the APIs do not see the causes.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.contains(&message) {
            text = format!("{text}: {message}");
        }
        cause = error.source();
    }
    text
}

/// The clock of the machine, the only place that reads it.
fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the clock that everything else is given")]
    Arc::new(chrono::Utc::now)
}

async fn serve(given: ServeArguments) -> Result<ExitCode, Failure> {
    telemetry::log_to_stderr(&given.log);
    let archive: Option<Arc<dyn FileSource + Send + Sync>> = match given.archive {
        _ if given.no_archive => None,
        Some(folder) => Some(Arc::new(folder)),
        None => Some(Arc::new(BundledArchive)),
    };
    let config = Config {
        bind: given.bind,
        database: given.database.url,
        base_url: given.base_url,
        archive,
        allowed_documents: given.allowed_documents,
        limits: given.limits.into(),
        webhooks: Some(Webhooks::default()),
    };
    let running = server::start(config, clock()).await?;
    eprintln!("lectern: http://{0}/graphql answers (GraphiQL in a browser)", running.address);
    running.server.await?;
    Ok(ExitCode::SUCCESS)
}

/// Reads an archive from a folder or a file. The error has all its mistakes.
fn read(path: &Path) -> Result<Document, Failure> {
    bundle::open(path).map_err(|error| match error {
        OpenError::Io(error) => format!("{}: {error}; nothing was written", path.display()).into(),
        OpenError::Mistakes(problems) => {
            let count = problems.0.len();
            let plural = if count == 1 { "" } else { "s" };
            format!("{problems}{} has {count} mistake{plural}; nothing was written", path.display()).into()
        }
    })
}

fn check(folder: &Path) -> Result<ExitCode, Failure> {
    read(folder)?;
    println!("{} is right", folder.display());
    Ok(ExitCode::SUCCESS)
}

async fn unmerge(name: &str, database: &str) -> Result<ExitCode, Failure> {
    let archive = Archive::new(server::open(database, Arc::default()).await?, clock());
    let unmerged = archive.unmerge(name).await?;
    print!("{}", unmerged.report);
    unmerged.left.iter().for_each(|left| println!("{left}"));
    Ok(ExitCode::SUCCESS)
}

/// Checks whether the log of a database agrees with its tables.
async fn audit(database: Option<String>) -> Result<ExitCode, Failure> {
    let url =
        database.or_else(|| std::env::var("LECTERN_DATABASE").ok()).unwrap_or_else(|| DEFAULT_DATABASE.to_owned());
    let audit = archive::audit(&server::open(&url, Arc::default()).await?).await?;
    print!("{audit}");
    Ok(if audit.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn contracts(check: bool) -> Result<ExitCode, Failure> {
    let schemas = native::schemas().into_iter().map(|(name, schema)| (format!("docs/schema/{name}"), schema));
    let sdl = schema::sdl(&schema::build());
    let openapi = openapi::text(&Shape::read(&sdl)?);
    let files = schemas.chain([("schema.graphql".to_owned(), sdl), ("openapi.json".to_owned(), openapi)]);
    let mut stale = Vec::new();
    for (path, content) in files {
        if std::fs::read_to_string(&path).ok().as_deref() == Some(&content) {
            continue;
        }
        if !check {
            std::fs::write(&path, content).map_err(|error| format!("{path}: {error}"))?;
            println!("wrote {path}");
        }
        stale.push(path);
    }
    if check && !stale.is_empty() {
        return Err(format!("not as the code says: {}; `lectern contracts` writes them", stale.join(", ")).into());
    }
    Ok(ExitCode::SUCCESS)
}
