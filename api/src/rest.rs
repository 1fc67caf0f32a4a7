//! The REST API, `/api/v1`: the schema in addresses. Each response is a query to the schema that GraphQL serves, so
//! both APIs have the same resources, filters, orders, cursors and counts, and a new field is in both at once.

use actix_web::web::ServiceConfig;

use crate::http::route::{get, get_linked, no_names};

pub mod bodies;
pub mod changes;
pub mod formats;
pub mod imports;
pub mod item;
pub mod list;
pub mod openapi;
pub mod parameters;
pub mod schedule;
pub mod search;
pub mod stream;

/// The path of the API.
pub const BASE: &str = "/api/v1";

/// Every address of the API.
pub fn configure(config: &mut ServiceConfig) {
    for route in &list::LISTS {
        list::configure(config, route);
    }
    list::configure_appearances(config);
    for route in &item::ITEMS {
        item::configure(config, route);
    }
    get(config, &format!("{BASE}/editions/{{slug}}/schedule"), schedule::schedule);
    get(config, &format!("{BASE}/editions/{{slug}}/changes"), changes::changes_of_edition);
    get(config, &format!("{BASE}/changes/stream"), stream::stream);
    get(config, &format!("{BASE}/changes"), changes::changes);
    get(config, &format!("{BASE}/archive"), item::archive);
    get(config, &format!("{BASE}/search"), search::search);
    get(config, &format!("{BASE}/suggest"), search::suggest);
    get_linked(config, "/api/openapi.json", no_names, openapi::openapi);
    formats::configure(config);
    imports::configure(config);
}
