//! What each response says about the connection.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_http::ConnectionType;
use actix_web::{
    Error, HttpMessage,
    body::{BodySize, BoxBody, EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::{CONTENT_LENGTH, TRANSFER_ENCODING},
    middleware::Next,
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

    fn begin(&self) -> OneInFlight {
        self.0.set(self.0.get() + 1);
        OneInFlight(self.0.clone())
    }
}

/// A request that is being answered, as long as it lives.
struct OneInFlight(Rc<Cell<usize>>);

impl Drop for OneInFlight {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// Writes the names of headers with capitals, as clients expect them that compare names by their letters. Closes the
/// connection behind a response to a request whose body was not read: what is left of it may never end.
pub async fn finish<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, Unread>>, Error> {
    let _answered = request.conn_data::<InFlight>().map(InFlight::begin);
    let headers = request.headers();
    let has_length = headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    if !has_length && !headers.contains_key(TRANSFER_ENCODING) {
        let mut response = next.call(request).await?;
        response.response_mut().head_mut().set_camel_case_headers(true);
        return Ok(response.map_into_left_body());
    }
    let body = share(&mut request);
    let mut response = next.call(request).await?;
    let is_read = response.request().extensions().contains::<BodyWasRead>();
    let head = response.response_mut().head_mut();
    head.set_camel_case_headers(true);
    if is_read {
        return Ok(response.map_into_left_body());
    }
    head.set_connection_type(ConnectionType::Close);
    Ok(response.map_body(|_, response| EitherBody::right(Unread { response: BoxBody::new(response), _body: body })))
}

type SharedBody = Rc<RefCell<Payload>>;

/// Shares the body of a request with its handler.
fn share(request: &mut ServiceRequest) -> SharedBody {
    let body = Rc::new(RefCell::new(request.take_payload()));
    let shared = body.clone();
    let chunks = poll_fn(move |context| Pin::new(&mut *shared.borrow_mut()).poll_next(context));
    request.set_payload(Payload::Stream { payload: Box::pin(chunks) });
    body
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
