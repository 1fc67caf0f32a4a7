//! What goes to a client.

use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};

use actix_ws::{CloseCode, CloseReason, Closed, Session};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};

use super::message::End;

/// The way to a client. Only a few messages wait there for it.
#[derive(Clone)]
pub struct Outbox {
    session: Session,
    patience: Duration,
    /// When the client last showed that it lives.
    seen: Rc<Cell<Instant>>,
}

impl Outbox {
    /// The way to the client of a session.
    pub fn new(session: Session, patience: Duration) -> Self {
        Self { session, patience, seen: Rc::new(Cell::new(Instant::now())) }
    }

    /// For how long the client has not shown that it lives.
    pub fn silence(&self) -> Duration {
        self.seen.get().elapsed()
    }

    /// Notes that the client said something.
    pub fn heard(&self) {
        self.seen.set(Instant::now());
    }

    /// Sends a message.
    pub async fn text(&self, message: String) -> Result<(), End> {
        let mut session = self.session.clone();
        self.taken(session.text(message)).await
    }

    /// Asks the client whether it lives.
    pub async fn ping(&self) -> Result<(), End> {
        let mut session = self.session.clone();
        self.taken(session.ping(b"")).await
    }

    /// Answers the client's question whether we live.
    pub async fn pong(&self, of: &[u8]) -> Result<(), End> {
        let mut session = self.session.clone();
        self.taken(session.pong(of)).await
    }

    /// Waits for room, as long as there is patience.
    async fn taken(&self, sending: impl Future<Output = Result<(), Closed>>) -> Result<(), End> {
        let mut sending = pin!(sending);
        if let Some(sent) = sending.as_mut().now_or_never() {
            return sent.map_err(|_| End::Gone);
        }
        match timeout(self.patience, sending).await {
            Ok(sent) => {
                // Room came of what it took: it lives, however long our pings wait behind the rest.
                self.heard();
                sent.map_err(|_| End::Gone)
            }
            Err(_) => {
                let why = format!(
                    "no message was taken for {} ms: come back with the last revision seen",
                    self.patience.as_millis()
                );
                Err(End::Close(CloseCode::Again, why))
            }
        }
    }

    /// Closes the connection, where the client takes even that.
    pub async fn close(self, code: CloseCode, why: &str) {
        let reason = CloseReason { code, description: Some(why.to_owned()) };
        let _ = timeout(self.patience, self.session.close(Some(reason))).await;
    }
}
