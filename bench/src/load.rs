//! Sends requests over some connections, and measures the responses.

use std::{
    fs, io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{JoinSet, LocalSet},
};

/// How often a request is asked again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The same request each time.
    Hot,
    /// Many requests, each of them again and again.
    Many,
    /// A new question each time, about few things, each of which was asked about before.
    Warm,
    /// A question about another thing each time, until there is none left.
    Cold,
}

/// The things that a warm load asks about.
const FEW: usize = 20;

/// The requests of a load of many.
const MANY: usize = 200;

/// What is asked: the document of a query with `$NAME` where the name of the operation is, or an address, in both with
/// `{1}` and `{2}` where the values of a line are.
pub struct Workload {
    /// `HOST:PORT`.
    pub host: String,
    pub method: String,
    /// The address; `/graphql` with the document for a query.
    pub path: String,
    pub document: Option<String>,
    pub values: Vec<String>,
    pub mode: Mode,
}

/// What was measured.
pub struct Measured {
    pub times: Vec<Duration>,
    pub took: Duration,
    /// The size of the last body.
    pub bytes: usize,
}

impl Workload {
    /// The request of a number.
    fn request(&self, n: usize) -> Vec<u8> {
        let line = self.values.get(n % self.values.len().max(1)).map_or("", String::as_str);
        let filled = |text: &str| {
            let mut values = line.split('\t');
            let text = text.replace("{1}", values.next().unwrap_or_default());
            text.replace("{2}", values.next().unwrap_or_default())
        };
        let name = if self.mode == Mode::Warm { format!("Q{n}") } else { "Q".to_owned() };
        let (method, path, host) = (&self.method, filled(&self.path), &self.host);
        match &self.document {
            Some(document) => {
                let body = json!({ "query": filled(document).replace("$NAME", &name) }).to_string();
                let head = format!(
                    "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                [head.as_bytes(), body.as_bytes()].concat()
            }
            None => format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").into_bytes(),
        }
    }

    /// The number of different requests that a load sends.
    fn most(&self) -> usize {
        match self.mode {
            Mode::Cold => self.values.len(),
            _ => usize::MAX,
        }
    }
}

/// Sends requests over `connections` for some time, or until there are no more.
pub async fn load(mut workload: Workload, connections: usize, time: Duration) -> io::Result<Measured> {
    match workload.mode {
        Mode::Hot => workload.values.truncate(1),
        Mode::Many | Mode::Warm => {
            workload.values.truncate(if workload.mode == Mode::Many { MANY } else { FEW });
            let mut connection = Connection::open(&workload.host).await?;
            for n in 0..workload.values.len() {
                connection.ask(&workload.request(n)).await?;
            }
        }
        Mode::Cold => {}
    }
    let (workload, next) = (Arc::new(workload), Arc::new(AtomicUsize::new(FEW)));
    let began = Instant::now();
    let local = LocalSet::new();
    let mut all = JoinSet::new();
    for _ in 0..connections {
        let (workload, next) = (workload.clone(), next.clone());
        let one = async move {
            let mut connection = Connection::open(&workload.host).await?;
            let (mut times, mut bytes) = (Vec::new(), 0);
            let same = (workload.mode == Mode::Hot).then(|| workload.request(0));
            while began.elapsed() < time {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= workload.most().saturating_add(FEW) {
                    break;
                }
                let made = same.is_none().then(|| workload.request(n));
                let asked = Instant::now();
                bytes = connection.ask(same.as_deref().or(made.as_deref()).unwrap_or_default()).await?;
                times.push(asked.elapsed());
            }
            Ok::<_, io::Error>((times, bytes))
        };
        all.spawn_local_on(one, &local);
    }
    let (mut times, mut bytes) = (Vec::new(), 0);
    local
        .run_until(async {
            while let Some(one) = all.join_next().await {
                let (more, size) = one.map_err(io::Error::other)??;
                times.extend(more);
                bytes = bytes.max(size);
            }
            Ok::<_, io::Error>(())
        })
        .await?;
    times.sort_unstable();
    Ok(Measured { times, took: began.elapsed(), bytes })
}

/// The lines of a file.
pub fn lines(path: &str) -> io::Result<Vec<String>> {
    Ok(fs::read_to_string(path)?.lines().map(str::to_owned).collect())
}

/// A connection that stays open.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(host: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Sends a request and reads its response. The result is the size of the body.
    async fn ask(&mut self, request: &[u8]) -> io::Result<usize> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read().await?;
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let length = length(&self.buffer[..head]);
        while self.buffer.len() < head + length {
            self.read().await?;
        }
        let body = &self.buffer[head..];
        if !self.buffer.starts_with(b"HTTP/1.1 200") || body.starts_with(b"{\"errors\"") {
            let text = String::from_utf8_lossy(&self.buffer[..self.buffer.len().min(2000)]).into_owned();
            return Err(io::Error::other(format!("{text}\nto {}", String::from_utf8_lossy(request))));
        }
        Ok(length)
    }

    async fn read(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// The value of `Content-Length`.
fn length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head);
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    lengths.next().and_then(|(_, length)| length.trim().parse().ok()).unwrap_or_default()
}
