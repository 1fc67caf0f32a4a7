//! The REST API, `/api/v1`: the schema in addresses. Each answer is a query to the same schema that GraphQL serves, written by
//! what the address asks for, so that both doors have the same resources, filters, orders, cursors and counts, and a new field
//! is in both at once.

use actix_web::{
    Handler, HttpRequest, HttpResponse, Responder,
    http::header,
    web::{self, ServiceConfig},
};

pub mod ask;
pub mod bodies;
pub mod formats;
pub mod list;
pub mod one;
pub mod openapi;
pub mod parameters;
pub mod problem;
pub mod rows;
pub mod schedule;

/// Where the API is.
pub const BASE: &str = "/api/v1";

/// Every address: a table of contents.
pub fn configure(config: &mut ServiceConfig) {
    for route in &list::LISTS {
        list::configure(config, route);
    }
    for route in &one::ONES {
        one::configure(config, route);
    }
    get(config, &format!("{BASE}/editions/{{slug}}/schedule"), schedule::schedule);
    get(config, &format!("{BASE}/archive"), one::archive);
    get(config, "/api/openapi.json", openapi::openapi);
    formats::configure(config);
}

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

/// Only reading is offered here.
async fn method_not_allowed(request: HttpRequest) -> HttpResponse {
    let mut response = problem::problem(
        actix_web::http::StatusCode::METHOD_NOT_ALLOWED,
        "BAD_USER_INPUT",
        &format!("{} is not offered here: GET and HEAD are", request.method()),
        &[],
    );
    response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("GET, HEAD, OPTIONS"));
    response
}

/// Nothing is at this address.
pub async fn not_found(request: HttpRequest) -> HttpResponse {
    actix_web::ResponseError::error_response(&crate::error::Error::NotFound(format!(
        "there is nothing at {}: /docs lists the addresses",
        request.path()
    )))
}
