//! A client that reads the log as server-sent events.

use std::{future::poll_fn, pin::Pin, time::Duration};

use actix_web::{
    body::{BodyStream, BoxBody, MessageBody},
    http::header::HeaderMap,
    rt::time::timeout,
};
use serde_json::Value;

use super::app::App;

/// A connection to `/api/v1/changes/stream`.
pub struct EventStream {
    pub headers: HeaderMap,
    body: BoxBody,
    unread: Vec<u8>,
}

impl EventStream {
    /// Connects, with a query and further headers.
    pub async fn open(app: &App, query: &str, headers: &[(&str, &str)]) -> Self {
        let client = awc::Client::builder().disable_timeout().finish();
        let mut request = client.get(format!("{}/api/v1/changes/stream{query}", app.base)).no_decompress();
        for header in headers.iter().chain(&[("Accept", "text/event-stream")]) {
            request = request.append_header(*header);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let headers = answer.headers().clone();
        Self { headers, body: BoxBody::new(BodyStream::new(answer)), unread: Vec::new() }
    }

    /// The next block of lines, with the empty line behind it. None if the server ends the stream first.
    pub async fn block(&mut self) -> Option<String> {
        const END: &[u8] = b"\n\n";
        loop {
            if let Some(at) = self.unread.windows(END.len()).position(|window| window == END) {
                let rest = self.unread.split_off(at + END.len());
                return Some(String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap());
            }
            let more = poll_fn(|context| Pin::new(&mut self.body).poll_next(context));
            self.unread.extend(timeout(Duration::from_secs(10), more).await.expect("something comes")?.ok()?);
        }
    }

    /// The next changes.
    pub async fn changes(&mut self, count: usize) -> Vec<Value> {
        let mut changes = Vec::new();
        while changes.len() < count {
            let block = self.block().await.expect("an event");
            let lines: Vec<(&str, &str)> = block.lines().filter_map(|line| line.split_once(": ")).collect();
            let field = |name: &str| lines.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
            let Some(data) = field("data") else { continue };
            let change: Value = serde_json::from_str(data).unwrap();
            assert_eq!(field("event"), Some("change"), "{block}");
            assert_eq!(field("id"), Some(change["revision"].to_string().as_str()), "{block}");
            changes.push(change);
        }
        changes
    }
}
