//! Addresses: their methods, and their URLs on this server.

use actix_web::{
    Handler, HttpRequest, HttpResponse, Resource, Responder, ResponseError,
    http::{StatusCode, header},
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};

use super::{
    problem,
    query::{Names, undecorated},
};
use crate::{error::Error, schema::shape::Shape, state::Server};

/// Serves GET and HEAD at an address, and refuses other methods.
pub fn get<F, A>(config: &mut ServiceConfig, path: &str, handler: F)
where
    F: Handler<A>,
    A: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    config.service(readable(path, handler));
}

/// Serves GET and HEAD at an address that people link to, whatever parameters a link has besides those of these names.
pub fn get_linked<F, A>(config: &mut ServiceConfig, path: &str, names: Names, handler: F)
where
    F: Handler<A>,
    A: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    config.service(readable(path, handler).wrap(from_fn(move |request, next| undecorated(names, request, next))));
}

fn readable<F, A>(path: &str, handler: F) -> Resource
where
    F: Handler<A>,
    A: actix_web::FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
        .default_service(web::to(method_not_allowed))
}

/// The names of an address without parameters.
pub fn no_names(_: &Shape) -> Vec<String> {
    Vec::new()
}

/// The URL of a request.
pub fn own_address(request: &HttpRequest, server: &Server) -> String {
    address(request, server, request.path())
}

/// The error that redirects to another path with the same query.
pub fn moved(request: &HttpRequest, server: &Server, path: &str) -> Error {
    Error::Moved(address(request, server, path))
}

pub fn address(request: &HttpRequest, server: &Server, path: &str) -> String {
    match request.query_string() {
        "" => format!("{}{path}", server.base_url),
        query => format!("{}{path}?{query}", server.base_url),
    }
}

/// Refuses a method at an address that is only read.
async fn method_not_allowed(request: HttpRequest) -> HttpResponse {
    not_offered(&request, "GET and HEAD are", "GET, HEAD, OPTIONS")
}

/// The response to a method that is not allowed. `offered` says which ones are: "GET and HEAD are".
pub fn not_offered(request: &HttpRequest, offered: &str, allow: &'static str) -> HttpResponse {
    let detail = format!("{} is not offered here: {offered}", request.method());
    let mut response = problem::problem(StatusCode::METHOD_NOT_ALLOWED, "BAD_USER_INPUT", &detail);
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static(allow));
    response
}

/// The response for an address without a route. If there is one without the slash at the end, it leads there.
pub async fn not_found(request: HttpRequest, server: Data<Server>) -> HttpResponse {
    let path = request.path().trim_end_matches('/');
    if !path.is_empty() && path != request.path() && request.resource_map().has_resource(path) {
        let mut location = address(&request, &server, path);
        if request.headers().contains_key(header::UPGRADE) {
            // A client of WebSockets follows only to ws and wss.
            location = location.replacen("http", "ws", 1);
        }
        let location = (header::LOCATION, location);
        return HttpResponse::PermanentRedirect().insert_header(location).finish();
    }
    Error::NotFound(format!("there is nothing at {}: /docs lists the addresses", request.path())).error_response()
}
