//! The PostgreSQL server of a test binary. The first test that asks for it starts it, and it ends with the process.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

struct Server {
    url: String,
    /// Its standard input is a pipe from this process. The server stops when that closes, however the process ends.
    _child: Child,
}

/// The URL of the server's `postgres` database.
pub fn url() -> &'static str {
    static SERVER: OnceLock<Server> = OnceLock::new();
    &SERVER.get_or_init(start).url
}

fn start() -> Server {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = package.ancestors().map(|folder| folder.join("scripts/throwaway-postgres")).find(|file| file.exists());
    let mut child = Command::new(script.expect("scripts/throwaway-postgres is in the repository"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("scripts/throwaway-postgres runs");
    let mut url = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut url).expect("its output is text");
    }
    let url = url.trim().to_owned();
    assert!(!url.is_empty(), "PostgreSQL's server could not be started; scripts/test installs it");
    Server { url, _child: child }
}
