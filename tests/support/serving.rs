//! `lectern serve`, as a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;

use super::command::Terminal;

/// How long is waited for what a server does on its own.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that a command started. It is killed at the end of the test.
pub struct Serving {
    child: Child,
    pub base: String,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Terminal {
    /// Starts a server at a free address, and waits until it answers.
    pub fn serve(&self, arguments: &[&str]) -> Serving {
        let mut child = self
            .command(&[&["serve", "--bind", "127.0.0.1:0"], arguments].concat())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (output, seen) = (BufReader::new(child.stderr.take().expect("a pipe")), lines.clone());
        std::thread::spawn(move || {
            output.lines().map_while(Result::ok).for_each(|line| seen.lock().unwrap().push(line))
        });
        let mut serving = Serving { child, base: String::new(), lines };
        let line = serving.line("/graphql answers");
        serving.base =
            line.split_whitespace().find_map(|word| word.strip_suffix("/graphql")).expect("a URL").to_owned();
        serving
    }
}

impl Serving {
    /// What it wrote to stderr.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// The first line with a text on stderr, once it is there.
    pub fn line(&self, text: &str) -> String {
        eventually(text, || self.lines().into_iter().find(|line| line.contains(text)))
    }

    /// Gets a path: its headers, and the body as JSON, or null.
    pub fn get(&self, path: &str) -> (awc::http::header::HeaderMap, Value) {
        self.send(awc::http::Method::GET, path, "", &Value::Null)
    }

    /// Sends a mutation or a query with a token; it must have no errors.
    pub fn graphql(&self, token: &str, query: &str) -> Value {
        let (_, answer) = self.send(awc::http::Method::POST, "/graphql", token, &serde_json::json!({ "query": query }));
        assert!(answer.get("errors").is_none(), "{query}: {answer:#}");
        answer["data"].clone()
    }

    fn send(
        &self,
        method: awc::http::Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> (awc::http::header::HeaderMap, Value) {
        actix_web::rt::System::new().block_on(async {
            let client = awc::Client::builder().timeout(PATIENCE).finish();
            let request = client.request(method, format!("{}{path}", self.base));
            let request = if token.is_empty() { request } else { request.bearer_auth(token) };
            let mut answer =
                if body.is_null() { request.send().await } else { request.send_json(body).await }.expect("an answer");
            let bytes = answer.body().limit(64 << 20).await.expect("a body");
            (answer.headers().clone(), serde_json::from_slice(&bytes).unwrap_or_default())
        })
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("it runs");
        assert!(asked.success());
        self.child.wait().expect("it ends");
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until there is a value.
pub fn eventually<T>(what: &str, value: impl Fn() -> Option<T>) -> T {
    for _ in 0..PATIENCE.as_millis() / 20 {
        if let Some(value) = value() {
            return value;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("there is no {what}")
}
