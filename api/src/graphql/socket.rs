//! GraphQL over WebSocket by the subprotocol `graphql-transport-ws`, for subscriptions and queries.
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>
//!
//! A connection is one task, which reads the client's messages and runs its operations side by side. An operation makes
//! its next message when the last one was sent, so a slow client costs no memory.

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    http::header::{SEC_WEBSOCKET_PROTOCOL, UPGRADE},
    rt,
    web::{Data, Payload},
};
use actix_ws::CloseCode;

use connection::SocketConnection;
use incoming::Incoming;
use outbox::Outbox;

use crate::state::Server;

mod connection;
mod incoming;
mod message;
mod operation;
mod outbox;

const PROTOCOL: &str = "graphql-transport-ws";

/// Whether a request asks for an upgrade to a WebSocket.
pub fn is_upgrade(request: &HttpRequest) -> bool {
    let upgrades = request.headers().get_all(UPGRADE).filter_map(|value| value.to_str().ok());
    upgrades.flat_map(|value| value.split(',')).any(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
}

/// Opens a WebSocket. A client with another subprotocol is closed with a code: a browser's script can read the code,
/// and not the body of a refused upgrade.
pub fn open(request: &HttpRequest, payload: Payload, server: Data<Server>) -> HttpResponse {
    let (mut payload, read) = incoming::counted(payload, server.limits.body);
    let payload = Payload::from_request(request, &mut payload).into_inner();
    let opened = payload.and_then(|payload| actix_ws::handle_with_protocols(request, payload, &[PROTOCOL]));
    let (response, session, messages) = match opened {
        Ok(opened) => opened,
        Err(error) => return error.error_response(),
    };
    let outbox = Outbox::new(session, server.limits.patience);
    let is_negotiated = response.headers().contains_key(SEC_WEBSOCKET_PROTOCOL);
    let incoming = Incoming::new(messages, read, server.limits.body);
    rt::spawn(async move {
        match is_negotiated {
            true => SocketConnection::new(server, outbox).run(incoming).await,
            false => {
                outbox.close(CloseCode::Other(4406), "Subprotocol not acceptable: it is graphql-transport-ws").await
            }
        }
    });
    response
}
