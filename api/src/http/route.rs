//! Addresses: which methods they answer, and where they are known.

use actix_web::{
    Handler, HttpRequest, HttpResponse, Responder, ResponseError,
    http::{StatusCode, header},
    web::{self, ServiceConfig},
};

use super::problem;
use crate::{error::Error, state::Server};

/// An address that GET and HEAD are answered at, and nothing else.
pub fn get<F, A>(config: &mut ServiceConfig, path: &str, handler: F)
where
    F: Handler<A>,
    A: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let resource = web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
        .default_service(web::to(method_not_allowed));
    config.service(resource);
}

/// The address that was asked, as it is known here.
pub fn own_address(request: &HttpRequest, server: &Server) -> String {
    address(request, server, request.path())
}

/// That something is at another path now, where the same is to be asked of it.
pub fn moved(request: &HttpRequest, server: &Server, path: &str) -> Error {
    Error::Moved(address(request, server, path))
}

pub fn address(request: &HttpRequest, server: &Server, path: &str) -> String {
    match request.query_string() {
        "" => format!("{}{path}", server.base_url),
        query => format!("{}{path}?{query}", server.base_url),
    }
}

/// Only reading is offered here.
async fn method_not_allowed(request: HttpRequest) -> HttpResponse {
    not_offered(&request, "GET and HEAD", "GET, HEAD, OPTIONS")
}

/// The method is none that is offered.
pub fn not_offered(request: &HttpRequest, offered: &str, allow: &'static str) -> HttpResponse {
    let detail = format!("{} is not offered here: {offered} is", request.method());
    let mut response = problem::problem(StatusCode::METHOD_NOT_ALLOWED, "BAD_USER_INPUT", &detail);
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allow));
    response
}

/// Nothing is at this address.
pub async fn not_found(request: HttpRequest) -> HttpResponse {
    Error::NotFound(format!("there is nothing at {}: /docs lists the addresses", request.path())).error_response()
}
