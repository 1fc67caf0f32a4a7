//! What each response says about the connection.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_http::ConnectionType;
use actix_web::{
    HttpMessage,
    body::{BodySize, BoxBody, EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{CONTENT_LENGTH, TRANSFER_ENCODING},
    web::Bytes,
};
use futures_util::{Stream, stream::poll_fn};

/// The mark of a request whose body was read to its end.
pub struct BodyWasRead;

/// The number of requests of a connection that are being answered.
#[derive(Clone, Debug, Default)]
pub struct InFlight(Rc<Cell<usize>>);

impl InFlight {
    /// Whether there is none.
    pub fn is_none(&self) -> bool {
        self.0.get() == 0
    }

    /// Begins one.
    pub fn begin(&self) -> OneInFlight {
        self.0.set(self.0.get() + 1);
        OneInFlight(self.0.clone())
    }
}

/// A request that is being answered, as long as it lives.
pub struct OneInFlight(Rc<Cell<usize>>);

impl Drop for OneInFlight {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// The body of a request, which its handler and the connection share.
pub type SharedBody = Rc<RefCell<Payload>>;

/// Shares the body of a request with its handler; none if it comes without one.
pub fn share(request: &mut ServiceRequest) -> Option<SharedBody> {
    let headers = request.headers();
    let has_length = headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    if !has_length && !headers.contains_key(TRANSFER_ENCODING) {
        return None;
    }
    let body = Rc::new(RefCell::new(request.take_payload()));
    let shared = body.clone();
    let chunks = poll_fn(move |context| Pin::new(&mut *shared.borrow_mut()).poll_next(context));
    request.set_payload(Payload::Stream { payload: Box::pin(chunks) });
    Some(body)
}

/// Writes the names of headers with capitals, as clients expect them that compare names by their letters. Closes the
/// connection behind a response to a request whose body was not read: what is left of it may never end.
pub fn finish(
    mut response: ServiceResponse<BoxBody>,
    body: Option<SharedBody>,
) -> ServiceResponse<EitherBody<BoxBody, Unread>> {
    let body = body.filter(|_| !response.request().extensions().contains::<BodyWasRead>());
    let head = response.response_mut().head_mut();
    head.set_camel_case_headers(true);
    let Some(body) = body else { return response.map_into_left_body() };
    head.set_connection_type(ConnectionType::Close);
    response.map_body(|_, response| EitherBody::right(Unread { response, _body: body }))
}

/// A response that keeps the body of its request, which was not read. The HTTP server closes the connection behind the
/// response then; it would go on reading a body in chunks that nobody has, without any limit of time.
pub struct Unread {
    response: BoxBody,
    _body: SharedBody,
}

impl MessageBody for Unread {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.response.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.response.as_pin_mut().poll_next(context)
    }
}
