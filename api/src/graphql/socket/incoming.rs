//! The messages of a client. A message is no larger than the body of a request over HTTP.

use std::{cell::Cell, io, rc::Rc};

use actix_web::{dev, error::PayloadError, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, MessageStream, ProtocolError};
use futures_util::StreamExt;

use super::message::ConnectionEnd;

/// The bytes that may arrive before they are counted: more than the server reads at once.
const AHEAD: usize = 64 * 1024;

/// The number of bytes since the last message.
type BytesRead = Rc<Cell<usize>>;

/// Counts bytes and ends the stream if a message is too large. The library's own limit acts only on a whole frame.
pub fn counted(payload: web::Payload, limit: usize) -> (dev::Payload, BytesRead) {
    let read = BytesRead::default();
    let count = read.clone();
    let bytes = payload.into_inner().map(move |bytes| {
        count.set(count.get() + bytes.as_ref().map_or(0, |bytes| bytes.len()));
        if count.get() > limit + AHEAD { Err(PayloadError::Overflow) } else { bytes }
    });
    (dev::Payload::Stream { payload: Box::pin(bytes) }, read)
}

/// The messages of a client.
pub struct Incoming {
    messages: AggregatedMessageStream,
    read: BytesRead,
    limit: usize,
}

impl Incoming {
    /// The messages of a session, up to a size.
    pub fn new(messages: MessageStream, read: BytesRead, limit: usize) -> Self {
        Self {
            messages: messages.max_frame_size(limit).aggregate_continuations().max_continuation_size(limit),
            read,
            limit,
        }
    }

    /// The next message.
    pub async fn next(&mut self) -> Result<AggregatedMessage, ConnectionEnd> {
        let message = self.messages.next().await.ok_or(ConnectionEnd::Gone)?;
        self.read.set(0);
        message.map_err(|error| self.end(error))
    }

    fn end(&self, error: ProtocolError) -> ConnectionEnd {
        let too_large =
            || ConnectionEnd::Close(CloseCode::Size, format!("the message is larger than {} bytes", self.limit));
        match error {
            ProtocolError::Overflow => too_large(),
            ProtocolError::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                ConnectionEnd::Close(CloseCode::Invalid, "the message is not UTF-8".to_owned())
            }
            ProtocolError::Io(error) => match error.get_ref().and_then(|error| error.downcast_ref::<PayloadError>()) {
                Some(PayloadError::Overflow) | None => too_large(),
                Some(_) => ConnectionEnd::Gone,
            },
            error => ConnectionEnd::Close(CloseCode::Protocol, error.to_string()),
        }
    }
}
