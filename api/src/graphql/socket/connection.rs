//! One connection.

use std::{collections::HashMap, pin::pin};

use actix_web::web::Data;
use actix_ws::{AggregatedMessage, CloseCode};
use futures_util::{
    StreamExt,
    future::{AbortHandle, Abortable, Aborted, LocalBoxFuture},
    stream::FuturesUnordered,
};
use tokio::time::{Instant, interval_at, sleep};

use super::{
    incoming::Incoming,
    message::{self, ClientMessage, End},
    operation,
    outbox::Outbox,
};
use crate::{error::Error, graphql::request::Request, state::Server};

/// A client's operation: its id when it is done.
type RunningOperation = LocalBoxFuture<'static, Result<String, End>>;

/// A client, and what runs for it.
pub struct SocketConnection {
    server: Data<Server>,
    outbox: Outbox,
    acknowledged: bool,
    running: HashMap<String, AbortHandle>,
    operations: FuturesUnordered<Abortable<RunningOperation>>,
}

impl SocketConnection {
    /// A connection on which nothing was said yet.
    pub fn new(server: Data<Server>, outbox: Outbox) -> Self {
        Self { server, outbox, acknowledged: false, running: HashMap::new(), operations: FuturesUnordered::new() }
    }

    /// Listens and answers until one of both ends it.
    pub async fn talk(mut self, mut incoming: Incoming) {
        let end = self.converse(&mut incoming).await.err();
        self.operations.clear();
        if let Some(End::Close(code, why)) = end {
            self.outbox.close(code, &why).await;
        }
    }

    async fn converse(&mut self, incoming: &mut Incoming) -> Result<(), End> {
        let limits = self.server.limits.clone();
        let mut ended = pin!(self.server.follower.ended());
        let mut init = pin!(sleep(limits.init));
        let mut pings = interval_at(Instant::now() + limits.ping, limits.ping);
        loop {
            tokio::select! {
                message = incoming.next() => self.hear(message?).await?,
                Some(done) = self.operations.next() => self.done(done)?,
                _ = pings.tick() => {
                    if self.outbox.silence() > limits.ping * 3 {
                        return Err(End::Gone);
                    }
                    self.outbox.ping().await?;
                }
                () = &mut init, if !self.acknowledged => return Err(End::code(4408, "SocketConnection initialisation timeout")),
                () = &mut ended => return Err(End::Close(CloseCode::Away, "the server ends".to_owned())),
            }
        }
    }

    async fn hear(&mut self, message: AggregatedMessage) -> Result<(), End> {
        self.outbox.heard();
        match message {
            AggregatedMessage::Text(text) => self.answer(ClientMessage::read(&text)?).await,
            AggregatedMessage::Binary(_) => Err(End::code(4400, "the message is not text")),
            AggregatedMessage::Ping(payload) => self.outbox.pong(&payload).await,
            AggregatedMessage::Pong(_) => Ok(()),
            AggregatedMessage::Close(_) => Err(End::Close(CloseCode::Normal, String::new())),
        }
    }

    async fn answer(&mut self, said: ClientMessage) -> Result<(), End> {
        match said {
            ClientMessage::Init if self.acknowledged => Err(End::code(4429, "Too many initialisation requests")),
            ClientMessage::Init => {
                self.acknowledged = true;
                self.outbox.text(message::ack()).await
            }
            ClientMessage::Ping(payload) => self.outbox.text(message::pong(payload)).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { .. } if !self.acknowledged => {
                Err(End::code(4401, "Unauthorized: connection_init comes first"))
            }
            ClientMessage::Subscribe { id, .. } if self.running.contains_key(&id) => {
                Err(End::code(4409, format!("Subscriber for {id} already exists")))
            }
            ClientMessage::Subscribe { id, request } => self.begin(id, *request).await,
            ClientMessage::Complete { id } => {
                // It may have come to its end meanwhile.
                if let Some(operation) = self.running.remove(&id) {
                    operation.abort();
                }
                Ok(())
            }
        }
    }

    async fn begin(&mut self, id: String, asked: Request) -> Result<(), End> {
        let (running, limit) = (self.running.len() as u64 + 1, self.server.limits.operations as u64);
        if running > limit {
            let error =
                Error::Limit { what: "the number of operations at once", name: "operations", value: running, limit };
            return self.outbox.text(message::answer(&id, &error.into())).await;
        }
        let (server, outbox, of) = (self.server.clone(), self.outbox.clone(), id.clone());
        let operation: RunningOperation =
            Box::pin(async move { operation::run(&of, asked, server, &outbox).await.map(|()| of) });
        let (abort, registration) = AbortHandle::new_pair();
        self.operations.push(Abortable::new(operation, registration));
        self.running.insert(id, abort);
        Ok(())
    }

    fn done(&mut self, done: Result<Result<String, End>, Aborted>) -> Result<(), End> {
        // One that the client ended is no longer among those that run; another may have its id.
        if let Ok(done) = done {
            self.running.remove(&done?);
        }
        Ok(())
    }
}
