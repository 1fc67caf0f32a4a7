//! The query string of a request, and what links are decorated with.

use actix_web::{
    Error,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Uri,
    middleware::Next,
    web::Data,
};
use url::form_urlencoded::parse;

use super::cache::known_read;
use crate::{schema::shape::Shape, state::Server};

/// The names of the parameters that an address takes.
pub type Names = fn(&Shape) -> Vec<String>;

/// What is wrong with a parameter that has no value.
pub const NOT_UTF8: &str = "it is not UTF-8: the bytes of its text in UTF-8 are percent-encoded, ü as %C3%BC";

/// The parameters of a query string. A value that is not UTF-8 is none.
pub fn parameters(query: &str) -> impl Iterator<Item = (String, Option<String>)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = parse(pair.as_bytes()).next().unwrap_or_default();
        // The decoder puts U+FFFD where there is no UTF-8.
        let replaced = name.matches('\u{FFFD}').count() + value.matches('\u{FFFD}').count();
        let written = pair.to_ascii_uppercase().matches("%EF%BF%BD").count() + pair.matches('\u{FFFD}').count();
        (name.into_owned(), (replaced <= written).then(|| value.into_owned()))
    })
}

/// Takes the parameters away that an address does not take: sites and clients append them to links (`fbclid`,
/// `utm_source`), and no tag, cache key or other address has them. Without them the address may be known.
pub async fn undecorated(
    names: Names,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match without_decoration(&request, names) {
        Some(uri) if uri != *request.uri() => {
            request.head_mut().uri = uri;
            match known_read(&request).await {
                Some(response) => Ok(request.into_response(response)),
                None => next.call(request).await,
            }
        }
        _ => next.call(request).await,
    }
}

fn without_decoration(request: &ServiceRequest, names: Names) -> Option<Uri> {
    let query = request.uri().query()?;
    let names = names(&request.app_data::<Data<Server>>()?.shape);
    let is_known =
        |pair: &&str| parse(pair.as_bytes()).next().is_some_and(|(name, _)| names.iter().any(|it| *it == name));
    let known: Vec<&str> = query.split('&').filter(is_known).collect();
    let address = match known.is_empty() {
        true => request.path().to_owned(),
        false => format!("{}?{}", request.path(), known.join("&")),
    };
    address.parse().ok()
}
