//! GraphiQL, the editor for GraphQL queries, from the binary alone: no host but this one is asked for anything.
//!
//! The scripts of others in `assets/graphiql` are made by `scripts/vendor-graphiql`.

use std::sync::LazyLock;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::header::{self, CacheControl, CacheDirective, ContentType, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::web;
use sha2::{Digest, Sha256};

const PAGE: &str = include_str!("../../assets/graphiql/index.html");

/// Nothing is loaded but from here, and no other site may put the page in a frame: its visitor may have typed a
/// token. GraphiQL's editor sets styles of its own, and its style sheet holds small images.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

struct Asset {
    name: &'static str,
    media_type: &'static str,
    /// Whether its name carries its version, so that what stands under it never changes.
    versioned: bool,
    bytes: &'static [u8],
    tag: EntityTag,
}

impl Asset {
    fn new(name: &'static str, versioned: bool, bytes: &'static [u8]) -> Self {
        let media_type = match name.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        let tag = EntityTag::new_strong(format!("{:x}", Sha256::digest(bytes)));
        Self { name, media_type, versioned, bytes, tag }
    }
}

macro_rules! asset {
    ($name:literal, versioned: $versioned:literal) => {
        Asset::new($name, $versioned, include_bytes!(concat!("../../assets/graphiql/", $name)))
    };
}

static ASSETS: LazyLock<[Asset; 6]> = LazyLock::new(|| {
    [
        asset!("graphiql-4.1.2.min.css", versioned: true),
        asset!("graphiql-4.1.2.min.js", versioned: true),
        asset!("react-18.3.1.min.js", versioned: true),
        asset!("react-dom-18.3.1.min.js", versioned: true),
        asset!("start.js", versioned: false),
        asset!("LICENSES.txt", versioned: false),
    ]
});

/// GraphiQL's page, which `GET /graphql` answers a browser with. What it loads is served by [`configure`].
#[must_use]
pub fn page() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(ContentType::html())
        .insert_header(CacheControl(vec![CacheDirective::NoCache]))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(PAGE)
}

/// Serves the scripts and the style sheet of [`page`] under `/graphql/assets/`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/graphql/assets/{file}").route(web::get().to(asset)).route(web::head().to(asset)));
}

async fn asset(request: HttpRequest, file: web::Path<String>) -> HttpResponse {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == *file) else {
        return HttpResponse::NotFound().content_type(ContentType::plaintext()).body("Not Found\n");
    };

    let caching = if asset.versioned {
        vec![CacheDirective::Public, CacheDirective::MaxAge(31_536_000), CacheDirective::Extension("immutable".into(), None)]
    } else {
        vec![CacheDirective::Public, CacheDirective::MaxAge(86_400)]
    };
    let known = match IfNoneMatch::parse(&request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&asset.tag)),
        Err(_) => false,
    };

    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(CacheControl(caching)).insert_header(ETag(asset.tag.clone()));
    if known {
        return response.finish();
    }
    response.content_type(asset.media_type).insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff")).body(asset.bytes)
}
