//! A connection of `graphql-transport-ws`.

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
    message::{self, ClientMessage, ConnectionEnd},
    operation,
    outbox::Outbox,
};
use crate::{
    error::Error,
    graphql::{request::Request, response::Answer},
    state::Server,
};

/// A running operation. Its result is its id.
type RunningOperation = LocalBoxFuture<'static, Result<String, ConnectionEnd>>;

/// A client, and the operations that run for it.
pub struct SocketConnection {
    server: Data<Server>,
    outbox: Outbox,
    acknowledged: bool,
    running: HashMap<String, AbortHandle>,
    operations: FuturesUnordered<Abortable<RunningOperation>>,
}

impl SocketConnection {
    /// A connection without any message yet.
    pub fn new(server: Data<Server>, outbox: Outbox) -> Self {
        Self { server, outbox, acknowledged: false, running: HashMap::new(), operations: FuturesUnordered::new() }
    }

    /// Reads and answers messages until the client or the server closes the connection.
    pub async fn run(mut self, mut incoming: Incoming) {
        let end = self.exchange(&mut incoming).await.err();
        self.operations.clear();
        if let Some(ConnectionEnd::Close(code, why)) = end {
            self.outbox.close(code, &why).await;
        }
    }

    async fn exchange(&mut self, incoming: &mut Incoming) -> Result<(), ConnectionEnd> {
        let limits = self.server.limits.clone();
        let mut ended = pin!(self.server.follower.ended());
        let mut init = pin!(sleep(limits.init));
        let mut pings = interval_at(Instant::now() + limits.ping, limits.ping);
        loop {
            tokio::select! {
                message = incoming.next() => self.receive(message?).await?,
                Some(done) = self.operations.next() => self.finish(done)?,
                _ = pings.tick() => {
                    if self.outbox.idle_for() > limits.ping * 3 {
                        return Err(ConnectionEnd::Gone);
                    }
                    self.outbox.ping().await?;
                }
                () = &mut init, if !self.acknowledged => {
                    return Err(ConnectionEnd::code(4408, "Connection initialisation timeout"));
                }
                () = &mut ended => return Err(ConnectionEnd::Close(CloseCode::Away, "the server ends".to_owned())),
            }
        }
    }

    async fn receive(&mut self, message: AggregatedMessage) -> Result<(), ConnectionEnd> {
        self.outbox.note_activity();
        match message {
            AggregatedMessage::Text(text) => self.handle(ClientMessage::read(&text)?).await,
            AggregatedMessage::Binary(_) => Err(ConnectionEnd::code(4400, "the message is not text")),
            AggregatedMessage::Ping(payload) => self.outbox.pong(&payload).await,
            AggregatedMessage::Pong(_) => Ok(()),
            AggregatedMessage::Close(_) => Err(ConnectionEnd::Close(CloseCode::Normal, String::new())),
        }
    }

    async fn handle(&mut self, message: ClientMessage) -> Result<(), ConnectionEnd> {
        match message {
            ClientMessage::ConnectionInit if self.acknowledged => {
                Err(ConnectionEnd::code(4429, "Too many initialisation requests"))
            }
            ClientMessage::ConnectionInit => {
                self.acknowledged = true;
                self.outbox.text(message::connection_ack()).await
            }
            ClientMessage::Ping(payload) => self.outbox.text(message::pong(payload)).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { .. } if !self.acknowledged => {
                Err(ConnectionEnd::code(4401, "Unauthorized: connection_init comes first"))
            }
            ClientMessage::Subscribe { id, .. } if self.running.contains_key(&id) => {
                Err(ConnectionEnd::code(4409, format!("Subscriber for {id} already exists")))
            }
            ClientMessage::Subscribe { id, request } => self.subscribe(id, *request).await,
            ClientMessage::Complete { id } => {
                // The operation may have completed by itself.
                if let Some(operation) = self.running.remove(&id) {
                    operation.abort();
                }
                Ok(())
            }
        }
    }

    async fn subscribe(&mut self, id: String, request: Request) -> Result<(), ConnectionEnd> {
        let (running, limit) = (self.running.len() as u64 + 1, self.server.limits.operations as u64);
        if running > limit {
            let error =
                Error::Limit { what: "the number of operations at once", name: "operations", value: running, limit };
            return self.outbox.text(message::next_or_error(&id, &Answer::from(error).rendered())).await;
        }
        let (server, outbox, operation_id) = (self.server.clone(), self.outbox.clone(), id.clone());
        let operation: RunningOperation =
            Box::pin(
                async move { operation::run(&operation_id, request, server, &outbox).await.map(|()| operation_id) },
            );
        let (abort, registration) = AbortHandle::new_pair();
        self.operations.push(Abortable::new(operation, registration));
        self.running.insert(id, abort);
        Ok(())
    }

    fn finish(&mut self, done: Result<Result<String, ConnectionEnd>, Aborted>) -> Result<(), ConnectionEnd> {
        // An operation that the client completed was removed already, and another one may have its id.
        if let Ok(done) = done {
            self.running.remove(&done?);
        }
        Ok(())
    }
}
