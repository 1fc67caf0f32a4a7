//! Browsers of every origin may read, and write with a token of their own: there are no cookies to protect (Fetch
//! standard, CORS). The same headers go out with every answer, whoever asks, so that caches need no copy for each
//! origin.

use actix_web::{
    Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
};

/// Any origin.
pub const ORIGIN: (&str, &str) = ("Access-Control-Allow-Origin", "*");

/// What scripts may see of an answer, besides what they always may.
pub const EXPOSED: (&str, &str) = ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After");

/// Answers a browser that asks whether it may ask (and anyone else who asks for the options); a day long it need not
/// ask again.
pub async fn preflight<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.method() != Method::OPTIONS {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let response = HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST"))
        .insert_header((
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Accept, Authorization, Content-Type, If-Modified-Since, If-None-Match, Last-Event-ID",
        ))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish();
    Ok(request.into_response(response).map_into_right_body())
}
