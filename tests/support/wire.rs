//! A client that sends and reads the bytes of HTTP/1.1 itself.

use std::{io::ErrorKind, time::Duration};

use actix_web::rt::{net::TcpStream, time::timeout};

use super::app::App;

/// How long a client waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection.
pub struct Wire {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Wire {
    /// Connects, and sends the beginning of a request.
    pub async fn open(app: &App, begin: &str) -> Self {
        let stream = TcpStream::connect(app.base.trim_start_matches("http://")).await.expect("a connection");
        let mut wire = Self { stream, read: Vec::new() };
        wire.send(begin.as_bytes()).await;
        wire
    }

    /// Sends bytes, as far as the server takes them. Answers whether it took all.
    pub async fn send(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if timeout(PATIENCE, self.stream.writable()).await.expect("the server reads").is_err() {
                return false;
            }
            match self.stream.try_write(bytes) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
        true
    }

    /// Reads more. Answers whether something came before the server closed the connection.
    async fn more(&mut self) -> bool {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            timeout(PATIENCE, self.stream.readable()).await.expect("something comes").expect("a connection");
            match self.stream.try_read(&mut buffer) {
                Ok(read) => {
                    self.read.extend(&buffer[..read]);
                    return read > 0;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => return false,
            }
        }
    }

    /// Whether something has come.
    pub fn has_come(&mut self) -> bool {
        let mut buffer = vec![0; 64 * 1024];
        if let Ok(read) = self.stream.try_read(&mut buffer) {
            self.read.extend(&buffer[..read]);
        }
        !self.read.is_empty()
    }

    /// Everything that comes until the server closes the connection.
    pub async fn rest(mut self) -> String {
        while self.more().await {}
        String::from_utf8(self.read).expect("text")
    }

    /// The head of a response. What comes behind it is left.
    pub async fn head(&mut self) -> String {
        loop {
            if let Some(end) = self.read.windows(4).position(|window| window == b"\r\n\r\n") {
                let rest = self.read.split_off(end + 4);
                return String::from_utf8(std::mem::replace(&mut self.read, rest)).expect("text");
            }
            assert!(self.more().await, "a head: {}", String::from_utf8_lossy(&self.read));
        }
    }

    /// Reads as many bytes of a body.
    pub async fn body(&mut self, length: usize) {
        while self.read.len() < length {
            assert!(self.more().await, "a body");
        }
        self.read.drain(..length);
    }
}
