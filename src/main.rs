//! The commands of `lectern`.

use std::{
    io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, LazyLock},
};

use clap::{CommandFactory, Parser, Subcommand, ValueEnum, error::ErrorKind};
use lectern_api::{
    archive::{self, Archive, Clock, holdings::Holdings},
    format::{
        document::Document,
        native::{self, FileSource, Severity, SharedFiles, Warning, bundle},
    },
    progress::Progress,
    rest::openapi,
    schema::{self, shape::Shape},
    server, zone,
};

mod backup;
mod export;
mod import;
mod progress;
mod search;
mod serve;
mod stdout;
mod token;
mod webhook;

use stdout::{out, outln};

/// A quarter of a request's cost is allocation. This allocator makes requests 15 % faster (`bench/run`). Without huge
/// pages a small archive takes half of the memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The archive of a conference's schedule and talks, over GraphQL and REST.
#[derive(Parser)]
#[command(name = "lectern", version = VERSION.as_str(), args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Box<serve::ServeArguments>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the archive over HTTP: the default command
    Serve(Box<serve::ServeArguments>),
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
        /// Fail if there are warnings
        #[arg(long, conflicts_with = "database")]
        strict: bool,
        /// The database to check instead: sqlite://FILE or postgres://USER@HOST/NAME [default: that of
        /// LECTERN_DATABASE, or sqlite://lectern.db]
        #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "", group = "what")]
        database: Option<String>,
    },
    /// Back up the database to one file while it is in use
    Backup(backup::BackupArguments),
    /// Restore a backup into a database that has no archive yet
    Restore(backup::RestoreArguments),
    /// Search the archive of the database
    Search(search::SearchArguments),
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

/// The version of the program, and of the time zones that it computes with.
static VERSION: LazyLock<String> = LazyLock::new(|| format!("{} ({})", env!("CARGO_PKG_VERSION"), zone::database()));

/// Ends the process as clap does when the arguments are wrong.
fn usage_error(message: &str) -> ! {
    Arguments::command().error(ErrorKind::InvalidValue, message).exit()
}

const DEFAULT_DATABASE: &str = "sqlite://lectern.db";

#[derive(clap::Args)]
struct DatabaseArguments {
    /// The database: sqlite://FILE or postgres://USER@HOST/NAME
    #[arg(
        long = "database",
        env = "LECTERN_DATABASE",
        default_value = DEFAULT_DATABASE,
        value_name = "URL",
        hide_env_values = true
    )]
    url: String,
}

/// An error in words for the terminal.
type Failure = Box<dyn std::error::Error>;

#[actix_web::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse_from(search::with_excluded_words(std::env::args_os()));
    let done = match arguments.command.unwrap_or(Command::Serve(arguments.serve)) {
        Command::Serve(given) => serve::run(*given).await,
        Command::Import(given) => import::run(given).await,
        Command::Export(given) => export::run(given).await,
        Command::Backup(given) => backup::back_up(given).await,
        Command::Restore(given) => backup::restore(given).await,
        Command::Search(given) => search::run(given).await,
        Command::Unmerge { name, database } => unmerge(&name, &database.url).await,
        Command::Token { command } => token::run(command, clock()()).await,
        Command::Webhook { command } => webhook::run(command, clock()()).await,
        Command::Check { path: Some(folder), strict, .. } => check(&folder, strict),
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

/// The folder of an archive, whose editions are counted as they are read.
struct CountedFolder<'a> {
    path: &'a Path,
    progress: &'a Progress,
}

impl FileSource for CountedFolder<'_> {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let names = self.path.names(folder)?;
        if !folder.is_empty() {
            self.progress.begin("editions read", names.len());
        }
        Ok(names)
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.progress.count();
        self.path.bytes(path)
    }

    fn shared(&self) -> SharedFiles {
        self.path.shared()
    }
}

/// Reads an archive from a folder or a file. Its mistakes and warnings are printed, a line for each; the error has
/// their number. With `strict`, warnings are an error too. The progress is shown unless it is to be quiet.
fn read(path: &Path, strict: bool, is_quiet: bool) -> Result<(Document, Vec<Warning>), Failure> {
    let shown = progress::show(is_quiet);
    let checked = match path.is_file() {
        true => bundle::open_checked(path).map_err(|error| format!("{}: {error}", path.display()))?,
        false => native::checked(&CountedFolder { path, progress: shown.progress() }),
    };
    drop(shown);
    checked.warnings.iter().for_each(|warning| eprintln!("{warning}"));
    let document = checked.document.map_err(|problems| {
        eprintln!("{problems}");
        for file in &checked.unchecked {
            eprintln!("{}: more mistakes may follow when these are corrected", file.display());
        }
        format!("{} has {}", path.display(), problems.count())
    })?;
    let count = checked.warnings.iter().filter(|warning| warning.severity == Severity::Warning).count();
    if strict && count > 0 {
        let counted = format!("{count} warning{}", if count == 1 { "" } else { "s" });
        return Err(format!("{} has {counted}, which --strict refuses", path.display()).into());
    }
    Ok((document, checked.warnings))
}

/// Reads an archive that is to be written to the database.
fn read_to_write(path: &Path, strict: bool, is_quiet: bool) -> Result<(Document, Vec<Warning>), Failure> {
    read(path, strict, is_quiet).map_err(|error| format!("{error}; nothing was written").into())
}

fn check(folder: &Path, strict: bool) -> Result<ExitCode, Failure> {
    read(folder, strict, false)?;
    outln!("{} is right", folder.display());
    Ok(ExitCode::SUCCESS)
}

async fn unmerge(name: &str, database: &str) -> Result<ExitCode, Failure> {
    let archive = Archive::new(server::open(database, Arc::default(), &clock()).await?, clock());
    let unmerged = archive.unmerge(name).await?;
    server::put_in_one_file(database).await;
    out!("{}", unmerged.report);
    unmerged.left.iter().for_each(|left| outln!("{left}"));
    Ok(ExitCode::SUCCESS)
}

/// Checks whether the log of a database agrees with its tables.
async fn audit(database: Option<String>) -> Result<ExitCode, Failure> {
    let url =
        database.or_else(|| std::env::var("LECTERN_DATABASE").ok()).unwrap_or_else(|| DEFAULT_DATABASE.to_owned());
    let database = server::open(&url, Arc::default(), &clock()).await?;
    let audit = archive::audit(&database).await?;
    out!("{audit}");
    outln!("{}", Holdings::of(&database).await?);
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
            outln!("wrote {path}");
        }
        stale.push(path);
    }
    if check && !stale.is_empty() {
        return Err(format!("not as the code says: {}; `lectern contracts` writes them", stale.join(", ")).into());
    }
    Ok(ExitCode::SUCCESS)
}
