//! `lectern`, as a person runs it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use super::app::{Backend, new_database};

/// The folder of the archive that ships.
pub const PROMCON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/promcon");

/// A terminal in an empty folder.
pub struct Terminal {
    folder: tempfile::TempDir,
    /// What is added to each command.
    database: Vec<String>,
    /// The folder of the system's time zones.
    zones: Option<PathBuf>,
}

impl Terminal {
    /// In which no command names a database: `lectern` takes a file in the folder.
    pub fn open() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database: Vec::new(), zones: None }
    }

    /// In which each command names an empty database.
    pub fn with_database(backend: Backend) -> Self {
        let url = match backend {
            Backend::Sqlite => "sqlite://lectern.db".to_owned(),
            Backend::Postgres => actix_web::rt::System::new().block_on(new_database(None)),
        };
        Self { database: vec!["--database".to_owned(), url], ..Self::open() }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lets the commands find the system's time zones in a folder; none without one.
    pub fn take_zones_from(&mut self, folder: Option<PathBuf>) {
        self.zones = folder;
    }

    /// Runs `lectern`.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    /// `lectern`, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.folder(), arguments);
        command.args(&self.database);
        self.zones.iter().for_each(|zones| _ = command.env("TZDIR", zones));
        command
    }

    /// What a command that succeeds writes to stdout.
    pub fn stdout(&self, arguments: &[&str]) -> String {
        stdout(&self.run(arguments))
    }

    /// What a command that succeeds writes to stdout with `--json`.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.stdout(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// The exit code of a command that fails, and what it writes to stderr.
    pub fn failure(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        (output.status.code().expect("no signal"), String::from_utf8(output.stderr).unwrap())
    }

    /// Runs SQL in the database, behind Lectern's back.
    pub fn tamper(&self, sql: &str) {
        let url = self.database.last().map_or("sqlite://lectern.db", String::as_str);
        tamper(&self.database_url(url), sql);
    }

    /// The URL of a database that `lectern` is given in the folder, for a process elsewhere.
    pub fn database_url(&self, url: &str) -> String {
        match url.strip_prefix("sqlite://") {
            Some(file) => format!("sqlite://{}", self.folder().join(file).display()),
            None => url.to_owned(),
        }
    }
}

/// Runs `lectern` in a folder.
pub fn lectern(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().expect("it runs")
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern"));
    // The rules of time zones are those that are built in, whatever the machine has.
    command.args(arguments).current_dir(folder).env_remove("LECTERN_DATABASE").env("TZDIR", folder.join("no-zones"));
    command.stdin(Stdio::null());
    command
}

/// What a command that succeeded wrote to stdout.
pub fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Runs SQL in a database, behind Lectern's back.
pub fn tamper(url: &str, sql: &str) {
    actix_web::rt::System::new().block_on(async move {
        let database = sea_orm::Database::connect(url).await.unwrap();
        sea_orm::ConnectionTrait::execute_unprepared(&database, sql).await.unwrap();
        database.close().await.unwrap();
    });
}
