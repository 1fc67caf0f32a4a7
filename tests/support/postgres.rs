//! The PostgreSQL server of this run of tests: started when the first test asks for it, gone with the process.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

struct Server {
    url: String,
    /// Its standard input is a pipe from this process: the server stops when that closes, however the process ends.
    _child: Child,
}

/// The URL of a server's `postgres` database; none where no PostgreSQL is installed.
pub fn url() -> Option<&'static str> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref().map(|server| server.url.as_str())
}

fn start() -> Option<Server> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/throwaway-postgres");
    let mut child = Command::new(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("scripts/throwaway-postgres runs");
    let mut url = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut url).expect("its output is text");
    }
    let url = url.trim().to_owned();
    if url.is_empty() {
        child.wait().expect("it has ended");
        let required = std::env::var("LECTERN_TEST_REQUIRE").is_ok_and(|what| what.contains("postgres"));
        assert!(!required, "PostgreSQL's server is required and could not be started; scripts/test installs it");
        eprintln!("PostgreSQL's server is not installed: its half of the tests is skipped (scripts/test installs it)");
        return None;
    }
    Some(Server { url, _child: child })
}
