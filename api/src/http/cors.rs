//! CORS (Fetch standard). Scripts of every origin can read, and can write with a token: there are no cookies to
//! protect. Every response has the same headers, so caches need no copy for each origin.

use actix_web::{
    Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
};

/// Any origin.
pub const ORIGIN: (&str, &str) = ("Access-Control-Allow-Origin", "*");

/// The headers that scripts can read, besides the safelisted ones.
pub const EXPOSED: (&str, &str) = ("Access-Control-Expose-Headers", "ETag, Link, Location, Retry-After");

/// Answers preflight requests and other requests for options. A browser may store the answer for a day.
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
