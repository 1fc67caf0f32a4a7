//! The messages to a client.

use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};

use actix_ws::{CloseCode, CloseReason, Closed, Session};
use futures_util::FutureExt;
use tokio::time::{Instant, timeout};

use super::message::ConnectionEnd;

/// The messages to a client. Only a few of them wait for it at once.
#[derive(Clone)]
pub struct Outbox {
    session: Session,
    patience: Duration,
    /// The time of the client's last sign of life.
    last_activity: Rc<Cell<Instant>>,
}

impl Outbox {
    /// The outbox of a session.
    pub fn new(session: Session, patience: Duration) -> Self {
        Self { session, patience, last_activity: Rc::new(Cell::new(Instant::now())) }
    }

    /// The time since the client's last sign of life.
    pub fn idle_for(&self) -> Duration {
        self.last_activity.get().elapsed()
    }

    /// Notes a sign of life.
    pub fn note_activity(&self) {
        self.last_activity.set(Instant::now());
    }

    /// Sends a message.
    pub async fn text(&self, message: String) -> Result<(), ConnectionEnd> {
        let mut session = self.session.clone();
        self.send(session.text(message)).await
    }

    /// Pings the client.
    pub async fn ping(&self) -> Result<(), ConnectionEnd> {
        let mut session = self.session.clone();
        self.send(session.ping(b"")).await
    }

    /// Answers a ping of the client.
    pub async fn pong(&self, payload: &[u8]) -> Result<(), ConnectionEnd> {
        let mut session = self.session.clone();
        self.send(session.pong(payload)).await
    }

    /// Sends, and waits while the client takes nothing. The wait is limited.
    async fn send(&self, sending: impl Future<Output = Result<(), Closed>>) -> Result<(), ConnectionEnd> {
        let mut sending = pin!(sending);
        if let Some(sent) = sending.as_mut().now_or_never() {
            return sent.map_err(|_| ConnectionEnd::Gone);
        }
        match timeout(self.patience, sending).await {
            Ok(sent) => {
                // The client took something, so it lives, even if its pongs wait behind the rest.
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

    /// Closes the connection, if the client takes the close frame in time.
    pub async fn close(self, code: CloseCode, reason: &str) {
        let reason = CloseReason { code, description: Some(reason.to_owned()) };
        let _ = timeout(self.patience, self.session.close(Some(reason))).await;
    }
}
