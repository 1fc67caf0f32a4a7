//! What goes to a client.

use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};

use actix_ws::{CloseCode, CloseReason, Closed, Session};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};

use super::message::ConnectionEnd;

/// The way to a client. Only a few messages wait there for it.
#[derive(Clone)]
pub struct Outbox {
    session: Session,
    patience: Duration,
    /// When the client last showed that it lives.
    last_activity: Rc<Cell<Instant>>,
}

impl Outbox {
    /// The way to the client of a session.
    pub fn new(session: Session, patience: Duration) -> Self {
        Self { session, patience, last_activity: Rc::new(Cell::new(Instant::now())) }
    }

    /// For how long the client has not shown that it lives.
    pub fn idle_for(&self) -> Duration {
        self.last_activity.get().elapsed()
    }

    /// Notes that the client said something.
    pub fn note_activity(&self) {
        self.last_activity.set(Instant::now());
    }

    /// Sends a message.
    pub async fn text(&self, message: String) -> Result<(), ConnectionEnd> {
        let mut session = self.session.clone();
        self.send(session.text(message)).await
    }

    /// Asks the client whether it lives.
    pub async fn ping(&self) -> Result<(), ConnectionEnd> {
        let mut session = self.session.clone();
        self.send(session.ping(b"")).await
    }

    /// Answers the client's question whether we live.
    pub async fn pong(&self, payload: &[u8]) -> Result<(), ConnectionEnd> {
        let mut session = self.session.clone();
        self.send(session.pong(payload)).await
    }

    /// Waits for room, as long as there is patience.
    async fn send(&self, sending: impl Future<Output = Result<(), Closed>>) -> Result<(), ConnectionEnd> {
        let mut sending = pin!(sending);
        if let Some(sent) = sending.as_mut().now_or_never() {
            return sent.map_err(|_| ConnectionEnd::Gone);
        }
        match timeout(self.patience, sending).await {
            Ok(sent) => {
                // Room came of what it took: it lives, however long our pings wait behind the rest.
                self.note_activity();
                sent.map_err(|_| ConnectionEnd::Gone)
            }
            Err(_) => {
                let reason = format!(
                    "no message was taken for {} ms: come back with the last revision seen",
                    self.patience.as_millis()
                );
                Err(ConnectionEnd::Close(CloseCode::Again, reason))
            }
        }
    }

    /// Closes the connection, where the client takes even that.
    pub async fn close(self, code: CloseCode, reason: &str) {
        let reason = CloseReason { code, description: Some(reason.to_owned()) };
        let _ = timeout(self.patience, self.session.close(Some(reason))).await;
    }
}
