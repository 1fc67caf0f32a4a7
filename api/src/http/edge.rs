//! The edge of the server: what is answered before any route is looked for, and what each response gets. It is one
//! step, because each step of the HTTP library costs a repeated request some percent of its time.

use actix_web::{
    Error,
    body::{BoxBody, EitherBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
};

use super::{
    cache::known_read,
    connection::{InFlight, Unread, finish, share},
    cors,
};

/// The headers of each response, unless it has others.
const HEADERS: [(HeaderName, HeaderValue); 3] =
    [(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")), cors::ORIGIN, cors::EXPOSED];

/// Answers a request at once, if it can, or by its route.
pub async fn edge(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<EitherBody<BoxBody, Unread>>, Error> {
    let _in_flight = request.conn_data::<InFlight>().map(InFlight::begin);
    let body = share(&mut request);
    let at_once = match *request.method() {
        Method::OPTIONS => Some(cors::preflight()),
        _ => known_read(&request).await,
    };
    let mut response = match at_once {
        Some(response) => request.into_response(response),
        None => next.call(request).await?,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
    Ok(finish(response, body))
}
