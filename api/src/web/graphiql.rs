//! GraphiQL, the editor for GraphQL queries. All of it is in the binary, so no other host is requested.
//!
//! `scripts/vendor-graphiql` makes the third-party scripts in `assets/graphiql`.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderValue},
    web::{Bytes, Data, ServiceConfig},
};

use super::examples::Examples;
use crate::{
    error::{Error, Result},
    http::{
        cache::{self, Representation, RevisionScope},
        route::{get_linked, no_names},
    },
    ready::ReadyBody,
    state::Server,
};

const PAGE: &str = include_str!("../../assets/graphiql/index.html");

/// The beginning of the element that GraphiQL is in. It has the slugs of the examples.
const ROOT: &str = "<div id=\"graphiql\"";

/// Only this server's assets are loaded, and no other site can frame the page, as a visitor may have typed a token.
/// GraphiQL's editor sets inline styles, and its style sheet has small images.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

struct Asset {
    name: &'static str,
    /// Whether the name has a version, so that the content never changes.
    versioned: bool,
    bytes: &'static [u8],
}

macro_rules! asset {
    ($name:literal, versioned: $versioned:literal) => {
        Asset { name: $name, versioned: $versioned, bytes: include_bytes!(concat!("../../assets/graphiql/", $name)) }
    };
}

static ASSETS: [Asset; 6] = [
    asset!("graphiql-4.1.2.min.css", versioned: true),
    asset!("graphiql-4.1.2.min.js", versioned: true),
    asset!("react-18.3.1.min.js", versioned: true),
    asset!("react-dom-18.3.1.min.js", versioned: true),
    asset!("start.js", versioned: false),
    asset!("LICENSES.txt", versioned: false),
];

impl Asset {
    fn media(&self) -> &'static str {
        match self.name.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        }
    }
}

/// The page of GraphiQL, which `GET /graphql` sends to a browser. Its examples are about the archive. [`configure`]
/// serves its assets.
pub async fn page(request: &HttpRequest, server: &Server) -> Result<HttpResponse> {
    let media = "text/html; charset=utf-8";
    let selected = Representation { request, scope: RevisionScope::Archive, reads_clock: false, media };
    let make = || async {
        let examples = Examples::read(server).await?;
        let slugs =
            ["edition", "speaker"].map(|of| format!(" data-{of}=\"{}\"", examples.slug(of).unwrap_or_default()));
        Ok(PAGE.replace(ROOT, &format!("{ROOT}{}", slugs.concat())).into_bytes().into())
    };
    let mut response = cache::answer(server, selected, make).await?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// Serves the scripts and the style sheet of [`page`] under `/graphql/assets/`.
pub fn configure(config: &mut ServiceConfig) {
    get_linked(config, "/graphql/assets/{file}", no_names, asset);
}

async fn asset(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let name = request.match_info().get("file").unwrap_or_default();
    let missing = || Error::NotFound(format!("there is no {name} here"));
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or_else(missing)?;
    let mut response = asset_response(&request, &server, asset.media(), asset.bytes).await?;
    if asset.versioned {
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, forever);
    }
    Ok(response)
}

async fn asset_response(
    request: &HttpRequest,
    server: &Server,
    media: &'static str,
    bytes: &'static [u8],
) -> Result<HttpResponse> {
    let selected = Representation { request, scope: RevisionScope::Program, reads_clock: false, media };
    cache::answer(server, selected, || async { Ok(ReadyBody::from(Bytes::from_static(bytes))) }).await
}
