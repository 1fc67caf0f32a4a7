//! `/docs`: the OpenAPI description as a page, with an example request for each address. All of it is in the binary.
//! The page works without JavaScript; with it, the parameters are a form, and the page shows the response.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{Data, ServiceConfig},
};
use sha2::{Digest, Sha256};

use super::examples::Examples;
use crate::{
    error::Result,
    http::{
        cache::{self, Representation, RevisionScope},
        route::{get_linked, no_names},
    },
    rest::openapi,
    state::Server,
    text::hex,
};

mod example;
mod html;
mod operation;
mod page;
mod schema;

const STYLE: &str = include_str!("../../assets/docs/style.css");
const SCRIPT: &str = include_str!("../../assets/docs/script.js");

/// The addresses of the assets, with hashes of their content. So a page never loads the assets of another version.
static VERSIONED: LazyLock<[String; 2]> = LazyLock::new(|| {
    [("docs/style.css", STYLE), ("docs/script.js", SCRIPT)].map(|(path, text)| {
        let hash = hex(&Sha256::digest(text)[..6]);
        format!("{path}?v={hash}")
    })
});

/// Only this server's assets are loaded, no inline script runs, and no other site can frame the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Serves the page and its assets.
pub fn configure(config: &mut ServiceConfig) {
    get_linked(config, "/docs", no_names, page);
    get_linked(config, "/docs/style.css", no_names, style);
    get_linked(config, "/docs/script.js", no_names, script);
}

/// `/docs`. The page is made once for each revision, since its examples are of the archive, and then it is stored.
async fn page(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let (request, media) = (&request, "text/html; charset=utf-8");
    let selected = Representation { request, scope: RevisionScope::Archive, reads_clock: false, media };
    let make = || async {
        let mut document = serde_json::to_value(openapi::document(&server.shape)).unwrap_or_default();
        Examples::read(&server).await?.put_into(&mut document);
        let [style, script] = &*VERSIONED;
        Ok(page::page(&document, &server.base_url, style, script).into_bytes().into())
    };
    let mut response = cache::answer(&server, selected, make).await?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

async fn style(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    answer(&request, &server, "text/css; charset=utf-8", || STYLE.to_owned()).await
}

async fn script(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    answer(&request, &server, "text/javascript; charset=utf-8", || SCRIPT.to_owned()).await
}

async fn answer(
    request: &HttpRequest,
    server: &Server,
    media: &'static str,
    make: impl Fn() -> String,
) -> Result<HttpResponse> {
    let selected = Representation { request, scope: RevisionScope::Program, reads_clock: false, media };
    cache::answer(server, selected, || async { Ok(make().into_bytes().into()) }).await
}
