//! The messages of the subprotocol, and the codes with which a connection is closed.

use actix_ws::CloseCode;
use serde_json::{Map, Value, json};

use crate::graphql::{request::Request, response::RenderedAnswer};

/// The end of a connection.
#[derive(Clone, Debug)]
pub enum ConnectionEnd {
    /// The server closes it, with a code and a reason.
    Close(CloseCode, String),
    /// The client is gone.
    Gone,
}

impl ConnectionEnd {
    /// The end with a code of the subprotocol.
    pub fn code(code: u16, reason: impl Into<String>) -> Self {
        Self::Close(CloseCode::Other(code), reason.into())
    }
}

/// A message of a client.
pub enum ClientMessage {
    ConnectionInit,
    Ping(Option<Value>),
    Pong,
    Subscribe { id: String, request: Box<Request> },
    Complete { id: String },
}

impl ClientMessage {
    /// Reads a message. A message that is not valid closes the connection.
    pub fn read(text: &str) -> Result<Self, ConnectionEnd> {
        let invalid = |reason: String| ConnectionEnd::code(4400, reason);
        let message =
            serde_json::from_str(text).map_err(|error| invalid(format!("the message is not JSON: {error}")))?;
        let Value::Object(mut message) = message else {
            return Err(invalid("the message is not a JSON object".to_owned()));
        };
        match message.get("type").and_then(Value::as_str) {
            Some("connection_init") => payload(&mut message).map(|_| Self::ConnectionInit),
            Some("ping") => payload(&mut message).map(Self::Ping),
            Some("pong") => payload(&mut message).map(|_| Self::Pong),
            Some("complete") => Ok(Self::Complete { id: id(&mut message)? }),
            Some("subscribe") => {
                let id = id(&mut message)?;
                let payload = message.remove("payload").unwrap_or_default();
                let request = Request::from_json(payload).map_err(|error| invalid(error.to_string()))?;
                Ok(Self::Subscribe { id, request: Box::new(request) })
            }
            Some(_) => Err(invalid("the message is of a type that no client sends".to_owned())),
            None => Err(invalid("the message has no type".to_owned())),
        }
    }
}

fn id(message: &mut Map<String, Value>) -> Result<String, ConnectionEnd> {
    match message.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(ConnectionEnd::code(4400, "the message has no id: a string")),
    }
}

fn payload(message: &mut Map<String, Value>) -> Result<Option<Value>, ConnectionEnd> {
    match message.remove("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(payload) if payload.is_object() => Ok(Some(payload)),
        Some(_) => Err(ConnectionEnd::code(4400, "the payload is not a JSON object")),
    }
}

/// `connection_ack`.
pub fn connection_ack() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// `pong`, with the payload of the ping.
pub fn pong(payload: Option<Value>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => json!({ "type": "pong" }).to_string(),
    }
}

/// `next`; or `error`, if nothing ran.
pub fn next_or_error(id: &str, answer: &RenderedAnswer) -> String {
    let ty = if answer.is_executed { "next" } else { "error" };
    format!("{{\"id\":{},\"type\":\"{ty}\",\"payload\":{}}}", json!(id), answer.json)
}

/// `complete`.
pub fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}
