//! The log of requests: a line for each response, of the target `requests`. `--log warn,requests=info` turns it on.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing_actix_web::RequestId;

/// The target of the lines.
const TARGET: &str = "requests";

/// Logs a request once its response begins, with an id that the response carries. Without the log there is no id.
pub async fn log<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
        return next.call(request).await;
    }
    let begin = Instant::now();
    let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let mut response = next.call(request).await?;
    let request = response.request();
    let (method, route) = (request.method().clone(), request.match_pattern().unwrap_or_else(|| "-".to_owned()));
    let (status, milliseconds) = (response.status().as_u16(), begin.elapsed().as_millis());
    tracing::info!(target: TARGET, %method, route, status, milliseconds, id);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    Ok(response)
}
