//! The commands.

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use clap::{Parser, Subcommand};
use lectern_api::{
    config::{Config, Limits},
    graphql,
    server::{self, Clock},
    telemetry,
};

/// The archive of a conference's schedule and talks, over GraphQL and REST.
#[derive(Parser)]
#[command(name = "lectern", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Box<Serve>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the archive (the command that is meant without one)
    Serve(Box<Serve>),
    /// Write the contracts that are checked in: schema.graphql and the JSON Schemas of the archive format
    Contracts {
        /// Write nothing, and fail where a file differs
        #[arg(long)]
        check: bool,
    },
}

#[derive(clap::Args)]
struct Serve {
    /// Where to listen; port 0 takes a free one
    #[arg(long, env = "LECTERN_BIND", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    bind: String,
    #[command(flatten)]
    database: Database,
    /// The address that the server is known under [default: http://BIND]
    #[arg(long, env = "LECTERN_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// An archive folder to load into an empty database [default: the archive that ships]
    #[arg(long, env = "LECTERN_ARCHIVE", value_name = "FOLDER", conflicts_with = "no_archive")]
    archive: Option<PathBuf>,
    /// Load nothing into an empty database
    #[arg(long, env = "LECTERN_NO_ARCHIVE")]
    no_archive: bool,
    /// Answer only the GraphQL documents (*.graphql) of this folder
    #[arg(long, env = "LECTERN_ALLOWED_DOCUMENTS", value_name = "FOLDER")]
    allowed_documents: Option<PathBuf>,
    #[command(flatten)]
    limits: LimitArguments,
    /// What to log, in the syntax of RUST_LOG
    #[arg(long, env = "LECTERN_LOG", default_value = "info,sqlx=warn,tracing_actix_web=warn", value_name = "FILTER")]
    log: String,
}

#[derive(clap::Args)]
struct Database {
    /// The database: sqlite://FILE (made if it isn't there) or postgres://USER@HOST/NAME
    #[arg(long = "database", env = "LECTERN_DATABASE", default_value = "sqlite://lectern.db", value_name = "URL", hide_env_values = true)]
    url: String,
}

/// How much one GraphQL request may ask for. What goes over is refused with the limit and the value.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits of a request")]
struct LimitArguments {
    /// Levels of fields
    #[arg(long, env = "LECTERN_MAX_DEPTH", default_value_t = Limits::default().depth)]
    max_depth: u64,
    /// Objects, estimated from page sizes
    #[arg(long, env = "LECTERN_MAX_NODES", default_value_t = Limits::default().nodes)]
    max_nodes: u64,
    /// Fields, with all fragments spread
    #[arg(long, env = "LECTERN_MAX_FIELDS", default_value_t = Limits::default().fields)]
    max_fields: u64,
    /// Aliases
    #[arg(long, env = "LECTERN_MAX_ALIASES", default_value_t = Limits::default().aliases)]
    max_aliases: u64,
    /// Directives
    #[arg(long, env = "LECTERN_MAX_DIRECTIVES", default_value_t = Limits::default().directives)]
    max_directives: u64,
    /// Tokens of a document
    #[arg(long, env = "LECTERN_MAX_TOKENS", default_value_t = Limits::default().tokens)]
    max_tokens: u64,
    /// Introspection lists within each other
    #[arg(long, env = "LECTERN_MAX_INTROSPECTION", default_value_t = Limits::default().introspection)]
    max_introspection: u64,
    /// Requests in a batch
    #[arg(long, env = "LECTERN_MAX_BATCH", default_value_t = Limits::default().batch)]
    max_batch: usize,
    /// Bytes of a body
    #[arg(long, env = "LECTERN_MAX_BODY", default_value_t = Limits::default().body)]
    max_body: usize,
    /// The largest page
    #[arg(long, env = "LECTERN_MAX_PAGE_SIZE", default_value_t = Limits::default().page_size)]
    max_page_size: usize,
    /// Milliseconds that a request may take
    #[arg(long, env = "LECTERN_MAX_MILLISECONDS", default_value_t = Limits::default().time.as_millis() as u64)]
    max_milliseconds: u64,
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
            page_size: given.max_page_size,
            time: Duration::from_millis(given.max_milliseconds),
        }
    }
}

/// What went wrong, in words for the terminal.
type Failure = Box<dyn std::error::Error>;

#[actix_web::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command.unwrap_or(Command::Serve(arguments.serve)) {
        Command::Serve(given) => serve(*given).await,
        Command::Contracts { check } => contracts(check),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lectern: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The time that it is. The one place that asks the machine.
fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the clock that everything else is given")]
    Arc::new(chrono::Utc::now)
}

async fn serve(given: Serve) -> Result<ExitCode, Failure> {
    telemetry::log_to_stderr(&given.log);
    let config = Config {
        bind: given.bind,
        database: given.database.url,
        base_url: given.base_url,
        archive: given.archive,
        allowed_documents: given.allowed_documents,
        limits: given.limits.into(),
    };
    let running = server::start(config, clock()).await?;
    eprintln!("lectern: http://{0}/graphql answers (GraphiQL in a browser)", running.address);
    running.server.await?;
    Ok(ExitCode::SUCCESS)
}

fn contracts(check: bool) -> Result<ExitCode, Failure> {
    let files = vec![("schema.graphql".to_owned(), graphql::sdl(&graphql::schema()))];
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
