//! A connection. Its bytes pass as they are, but for the head of a response (`head.rs`).

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::rt::net::TcpStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep},
};

use super::head::{self, Head};
use crate::http::connection::InFlight;

/// The time after which a connection is closed on which nothing is sent while no request is answered: the head of the
/// next request does not come. The HTTP library bounds that time for the first request alone. Streams and WebSockets
/// send something more often, and clients that take nothing are given up sooner.
const IDLE: Duration = Duration::from_secs(150);

/// A connection of HTTP/1.1.
pub struct HttpStream {
    stream: TcpStream,
    /// The length of the line with the address of the request that is being read.
    line: LineLength,
    /// What stands for a response of the server and is not sent yet.
    unsent: Vec<u8>,
    in_flight: InFlight,
    sent_at: Instant,
    idle: Pin<Box<Sleep>>,
}

/// The length of the first line since the last response.
#[derive(Default)]
struct LineLength {
    bytes: usize,
    is_over: bool,
}

impl LineLength {
    fn note(&mut self, read: &[u8]) {
        if !self.is_over {
            let end = read.iter().position(|byte| *byte == b'\n');
            self.bytes += end.unwrap_or(read.len());
            self.is_over = end.is_some();
        }
    }
}

impl HttpStream {
    pub fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            line: LineLength::default(),
            unsent: Vec::new(),
            in_flight: InFlight::default(),
            sent_at: Instant::now(),
            idle: Box::pin(sleep(IDLE)),
        }
    }

    /// The requests that are being answered.
    pub fn in_flight(&self) -> InFlight {
        self.in_flight.clone()
    }

    /// Whether nothing was sent for too long.
    fn poll_idle(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.idle.as_mut().poll(context));
            let end = if self.in_flight.is_none() { self.sent_at + IDLE } else { Instant::now() + IDLE };
            if end <= Instant::now() {
                return Poll::Ready(());
            }
            self.idle.as_mut().reset(end);
        }
    }

    fn poll_unsent(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unsent.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &self.unsent))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unsent.drain(..sent);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for HttpStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer)? {
            Poll::Ready(()) => {
                self.line.note(buffer.filled().get(before..).unwrap_or_default());
                Poll::Ready(Ok(()))
            }
            // To read nothing is the end of what the client sends.
            Poll::Pending => self.poll_idle(context).map(Ok),
        }
    }
}

impl AsyncWrite for HttpStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(self.poll_unsent(context))?;
        let line = std::mem::take(&mut self.line);
        self.sent_at = Instant::now();
        match head::rewritten(bytes, line.bytes) {
            Head::AsItIs => Pin::new(&mut self.stream).poll_write(context, bytes),
            // The head is as long as before. What of it is not sent now is sent as it was.
            Head::Renamed(head) => {
                let rest = bytes.get(head.len()..).unwrap_or_default();
                Pin::new(&mut self.stream).poll_write_vectored(context, &[IoSlice::new(&head), IoSlice::new(rest)])
            }
            Head::Replaced(response) => {
                self.unsent = response;
                // An error is met again at the next call, and what is not sent now is sent before anything else.
                let _ = self.poll_unsent(context);
                Poll::Ready(Ok(bytes.len()))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unsent(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unsent(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
