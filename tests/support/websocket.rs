//! A client that speaks `graphql-transport-ws`.

use std::time::Duration;

use actix_web::rt::time::timeout;
use awc::{
    BoxedSocket,
    ws::{Codec, Frame, Message},
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};

use crate::support::app::App;

/// The subprotocol.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// How long a client waits for what must come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a client receives.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    Message(Value),
    /// The server closes the connection, with a code and a reason.
    Closed(u16, String),
    /// The connection is gone.
    Gone,
}

/// A connection.
pub struct Socket {
    frames: actix_codec::Framed<BoxedSocket, Codec>,
}

impl Socket {
    /// Connects, with a subprotocol or none; answers the one that the server chooses, too.
    pub async fn connect(app: &App, protocol: Option<&str>) -> (Self, Option<String>) {
        Self::connect_to(&app.base, protocol).await
    }

    /// Connects to a server that runs elsewhere.
    pub async fn connect_to(base: &str, protocol: Option<&str>) -> (Self, Option<String>) {
        let client = awc::Client::builder().disable_timeout().finish();
        let request = client.ws(format!("{base}/graphql")).max_frame_size(64 << 20);
        let request = if let Some(protocol) = protocol { request.protocols([protocol]) } else { request };
        let (answer, frames) = request.connect().await.expect("a handshake");
        let chosen = answer.headers().get("sec-websocket-protocol").map(|value| value.to_str().unwrap().to_owned());
        (Self { frames }, chosen)
    }

    /// Connects, and initialises the connection.
    pub async fn open(app: &App) -> Self {
        let (mut socket, chosen) = Self::connect(app, Some(PROTOCOL)).await;
        assert_eq!(chosen.as_deref(), Some(PROTOCOL));
        socket.send(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.receive().await, Received::Message(json!({ "type": "connection_ack" })));
        socket
    }

    /// Sends a frame.
    pub async fn send_frame(&mut self, frame: Message) {
        let _ = self.frames.send(frame).await;
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.send_frame(Message::Text(message.to_string().into())).await;
    }

    /// Begins an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        self.send(json!({ "id": id, "type": "subscribe", "payload": { "query": query, "variables": variables } }))
            .await;
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Option<Frame> {
        timeout(PATIENCE, self.frames.next()).await.expect("something comes")?.ok()
    }

    /// What comes next. A ping is answered, as a browser does by itself.
    pub async fn receive(&mut self) -> Received {
        loop {
            match self.frame().await {
                Some(Frame::Text(text)) => return Received::Message(serde_json::from_slice(&text).unwrap()),
                Some(Frame::Ping(payload)) => self.send_frame(Message::Pong(payload)).await,
                Some(Frame::Close(Some(reason))) => {
                    return Received::Closed(reason.code.into(), reason.description.unwrap_or_default());
                }
                Some(frame) => panic!("{frame:?}"),
                None => return Received::Gone,
            }
        }
    }

    /// The next message.
    pub async fn message(&mut self) -> Value {
        match self.receive().await {
            Received::Message(message) => message,
            other => panic!("{other:?}"),
        }
    }

    /// The data of the next event of an operation.
    pub async fn next(&mut self, id: &str) -> Value {
        let message = self.message().await;
        assert_eq!(
            (&message["id"], &message["type"], &message["payload"]["errors"]),
            (&json!(id), &json!("next"), &Value::Null),
            "{message}"
        );
        message["payload"]["data"].clone()
    }

    /// The code and the message of the first error of an operation that is rejected.
    pub async fn rejection(&mut self, id: &str) -> (String, String) {
        let message = self.message().await;
        assert_eq!((&message["id"], &message["type"]), (&json!(id), &json!("error")), "{message}");
        let error = &message["payload"].as_array().expect("an array")[0];
        (error["extensions"]["code"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
    }

    /// Whether nothing comes for a while.
    pub async fn is_quiet(&mut self) -> bool {
        timeout(Duration::from_millis(600), self.frames.next()).await.is_err()
    }
}
