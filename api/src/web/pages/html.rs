//! A page as a response, and what is in its head.

use std::future::Future;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Data,
};
use askama::Template;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{address::Site, data::from};
use crate::{
    error::{Error, Result},
    http::{
        accept::preferred,
        cache::{self, Representation, RevisionScope},
        route::{self, moved},
    },
    scalars::Id,
    state::Server,
};

const HTML: &str = "text/html; charset=utf-8";

/// Only this server's assets are loaded, no inline script runs, no other host is asked but for a player that somebody
/// clicked, and no other site can frame the page.
const UNFRAMED: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src 'self' data:; frame-src https://www.youtube-nocookie.com https://player.vimeo.com https://media.ccc.de; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The same for what other sites may frame.
pub const FRAMED: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src 'self' data:; frame-src https://www.youtube-nocookie.com https://player.vimeo.com https://media.ccc.de; \
    base-uri 'none'; form-action 'none'";

/// What is in the head of a page, and at its foot.
#[derive(Clone, Debug, Default)]
pub struct Head {
    pub title: String,
    pub description: String,
    /// The path of the page, by which search engines know it.
    pub path: String,
    /// The type of Open Graph.
    pub kind: &'static str,
    pub image: Option<String>,
    /// The address of a player.
    pub video: Option<String>,
    /// What was searched for.
    pub query: String,
    /// The JSON-LD, none of it if it is empty.
    pub json_ld: String,
    /// Other forms of what the page shows: the media type, the title and the path.
    pub alternates: Vec<Alternate>,
    /// Whether search engines are asked to leave it out.
    pub is_unlisted: bool,
    /// Whether oEmbed knows the page.
    pub has_oembed: bool,
    /// The path of the page's data in the REST API.
    pub rest: String,
    /// Where the page's query can be tried.
    pub graphql: String,
}

/// Another form of what a page shows.
#[derive(Clone, Debug)]
pub struct Alternate {
    pub media: &'static str,
    pub title: String,
    pub path: String,
}

impl Head {
    /// The address of oEmbed for the page, in a format.
    pub fn oembed(&self, site: &Site, format: &str) -> String {
        let url: String = url::form_urlencoded::byte_serialize(site.url(&self.path).as_bytes()).collect();
        site.url(&format!("/oembed?url={url}&format={format}"))
    }
}

/// Answers with a page that other sites can't frame.
pub async fn answer<F, R, T>(request: &HttpRequest, server: &Server, version: Version, make: F) -> Result<HttpResponse>
where
    F: Fn() -> R,
    R: Future<Output = Result<T>>,
    T: Template,
{
    answer_page(request, server, version, UNFRAMED, make).await
}

/// What the version of a page is made of.
pub struct Version {
    pub scope: RevisionScope,
    pub reads_clock: bool,
}

impl Version {
    /// The version of a page that shows more than one edition: that of the archive, with a thing that must exist.
    pub fn of_item(table: &'static str, slug: &str) -> Self {
        Self { scope: RevisionScope::Item(table, "slug", slug.into()), reads_clock: false }
    }
}

/// Answers with a page, under a policy for its content. What is not there has a page for browsers.
pub async fn answer_page<F, R, T>(
    request: &HttpRequest,
    server: &Server,
    version: Version,
    policy: &'static str,
    make: F,
) -> Result<HttpResponse>
where
    F: Fn() -> R,
    R: Future<Output = Result<T>>,
    T: Template,
{
    let Version { scope, reads_clock } = version;
    let selected = Representation { request, scope, reads_clock, media: HTML };
    let page = || async { Ok(render(&make().await?)?.into_bytes().into()) };
    match cache::answer(server, selected, page).await {
        Ok(mut response) => {
            put_policy(&mut response, policy);
            Ok(response)
        }
        Err(error @ Error::NotFound(_)) => Ok(missing(request, server, &error)),
        Err(error) => Err(error),
    }
}

fn render(page: &impl Template) -> Result<String> {
    page.render().map_err(|error| Error::Internal(error.to_string()))
}

fn put_policy(response: &mut HttpResponse, policy: &'static str) {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
}

/// What a page is about, read by the slug in its address. A former slug, or an id, leads to the present address.
pub async fn subject<T: DeserializeOwned>(
    request: &HttpRequest,
    server: &Server,
    root: &str,
    document: &str,
    mut variables: Map<String, Value>,
) -> Result<T> {
    let slug = request.match_info().get("slug").unwrap_or_default();
    variables.insert("slug".to_owned(), slug.into());
    let mut data = server.query(document, variables).await?;
    if data[root].is_null() {
        return Err(elsewhere(request, server, root, slug).await?);
    }
    let present = data[root]["slug"].as_str().unwrap_or_default();
    match present == slug {
        true => from(data[root].take()),
        false => Err(moved(request, server, &address_with(request, present))),
    }
}

/// The address of the request with another slug.
fn address_with(request: &HttpRequest, slug: &str) -> String {
    let pattern = request.match_pattern().unwrap_or_default().replace("{slug}", slug);
    request.match_info().iter().fold(pattern, |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
}

/// The error for a slug that names nothing. If it is the id of a thing, even of one that was merged, the error
/// redirects to it.
async fn elsewhere(request: &HttpRequest, server: &Server, root: &str, slug: &str) -> Result<Error> {
    let missing = Error::NotFound(format!("there is no {root} of the slug \"{slug}\""));
    let Ok(id) = slug.parse::<Id>() else { return Ok(missing) };
    let document = format!("query($id: ID!) {{ {root}(id: $id) {{ slug }} }}");
    let data = server.query(&document, Map::from_iter([("id".to_owned(), id.to_string().into())])).await?;
    Ok(match data[root]["slug"].as_str() {
        Some(present) => moved(request, server, &address_with(request, present)),
        None => missing,
    })
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing {
    site: Site,
    head: Head,
    message: String,
}

/// The response where nothing is: a page for browsers, and a problem document for programs.
fn missing(request: &HttpRequest, server: &Server, error: &Error) -> HttpResponse {
    let offers = [("application/problem+json", false), ("application/json", false), ("text/html", true)];
    if !preferred(request, &offers).unwrap_or_default() {
        return error.error_response();
    }
    let page = Missing {
        site: Site::of(server),
        head: Head { title: "Not found".to_owned(), ..Head::default() },
        message: error.to_string(),
    };
    let Ok(text) = render(&page) else { return error.error_response() };
    let mut response = HttpResponse::build(StatusCode::NOT_FOUND)
        .content_type(HTML)
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::VARY, "Accept"))
        .body(text);
    put_policy(&mut response, UNFRAMED);
    response
}

/// The response for an address without a route.
pub async fn not_found(request: HttpRequest, server: Data<Server>) -> HttpResponse {
    let response = route::not_found(request.clone(), server.clone()).await;
    match response.status() {
        StatusCode::NOT_FOUND => {
            let error = Error::NotFound(format!("there is nothing at {}: /docs lists the addresses", request.path()));
            missing(&request, &server, &error)
        }
        _ => response,
    }
}
