//! Conditional requests and stored responses. An entity tag is made of the revision of what the response shows, of the
//! request, and of the content coding. The tag is known before the body exists, so a client with a current copy gets a
//! 304 for the price of one small statement. The bytes of other responses are stored under their tags. The bytes of a
//! tag never change, so nothing is purged: what is not requested any more is evicted.
//!
//! RFC 9110 (conditional requests, content coding), RFC 9111 (caching), RFC 5861 (stale-while-revalidate).

mod freshness;
mod validators;

use std::{future::Future, sync::Arc};

use actix_http::encoding::Encoder;
use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::{BoxBody, MessageBody, to_bytes},
    http::{
        StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Encoding, Header},
    },
    web::Bytes,
};
use futures_util::{StreamExt, stream::BoxStream};

pub use freshness::RevisionScope;
use freshness::{Freshness, freshness};
use validators::Validators;

use crate::{
    error::{Error, Result},
    ready::{ReadyBody, Uncacheable},
    state::Server,
};

/// The headers of the request that select a representation.
const VARY: header::HeaderValue = header::HeaderValue::from_static("Accept, Accept-Encoding");

/// The representation that a request selects (RFC 9110, 3.2).
pub struct Representation<'a> {
    pub request: &'a HttpRequest,
    pub scope: RevisionScope,
    /// Whether the representation depends on the clock.
    pub reads_clock: bool,
    /// The media type: the response's `Content-Type`.
    pub media: &'static str,
}

/// How often a stale representation is rendered again before it is sent without validators.
const ATTEMPTS: usize = 3;

/// Answers a GET or HEAD: with a 304 if the client's copy is current, from stored bytes if there are any, else by
/// `render`.
pub async fn answer<F, R>(server: &Server, selected: Representation<'_>, render: F) -> Result<HttpResponse>
where
    F: Fn() -> R,
    R: Future<Output = Result<ReadyBody, Uncacheable>>,
{
    refuse_nul(selected.request)?;
    let coding = content_coding(&selected);
    for _ in 0..ATTEMPTS {
        let Some(present) = freshness(server, &selected).await? else { break };
        let validators = Validators::new(server, &selected, &present, coding);
        if validators.is_not_modified(selected.request) {
            return Ok(validators.response(StatusCode::NOT_MODIFIED).finish());
        }
        let make = async {
            let body = render().await?;
            // A representation that a write overtook may mix two revisions.
            let still = |now: Freshness| (now.revision, now.passed) == (present.revision, present.passed);
            if !freshness(server, &selected).await?.is_some_and(still) {
                return Err(Uncacheable::Stale);
            }
            Ok(ReadyBody { bytes: encoded(coding, body.bytes).await?, link: body.link })
        };
        match server.ready.0.try_get_with_by_ref(&validators.tag, make).await.map_err(Arc::unwrap_or_clone) {
            Ok(body) => return Ok(complete_response(&validators, selected.media, coding, body)),
            Err(Uncacheable::Stale) => {}
            Err(Uncacheable::Failed(error)) => return Err(error),
            Err(Uncacheable::Response(status, body)) => return Ok(uncacheable_response(status, selected.media, body)),
        }
    }
    match render().await {
        Ok(body) => Ok(uncacheable_response(StatusCode::OK, selected.media, body)),
        Err(Uncacheable::Response(status, body)) => Ok(uncacheable_response(status, selected.media, body)),
        Err(Uncacheable::Failed(error)) => Err(error),
        Err(Uncacheable::Stale) => Err(Error::Internal("an answer was overtaken that nothing watches".to_owned())),
    }
}

/// Answers a GET or HEAD with a stream. It is not stored. A stream that a write overtakes has later rows too; it has
/// the tag of its start, so no client takes it for the later representation.
pub async fn stream<F, R>(server: &Server, selected: Representation<'_>, open: F) -> Result<HttpResponse>
where
    F: FnOnce() -> R,
    R: Future<Output = Result<BoxStream<'static, Result<Bytes>>>>,
{
    refuse_nul(selected.request)?;
    let coding = content_coding(&selected);
    let Some(present) = freshness(server, &selected).await? else {
        // There is nothing to stream; to open it gives the error.
        return match open().await {
            Ok(_) => Err(Error::NotFound("there is nothing at this address".to_owned())),
            Err(error) => Err(error),
        };
    };
    let validators = Validators::new(server, &selected, &present, coding);
    if validators.is_not_modified(selected.request) {
        return Ok(validators.response(StatusCode::NOT_MODIFIED).finish());
    }
    let chunks =
        open().await?.map(|chunk| chunk.inspect_err(Error::log).map_err(actix_web::error::ErrorInternalServerError));
    let (mut response, body) =
        validators.response(StatusCode::OK).content_type(selected.media).streaming(chunks).into_parts();
    let encoder = Encoder::response(coding, response.head_mut(), body);
    // The encoder has added `Vary` a second time.
    response.headers_mut().insert(header::VARY, VARY);
    Ok(response.set_body(BoxBody::new(encoder)))
}

/// Refuses an address with U+0000: no name has it, and PostgreSQL takes no text with it.
fn refuse_nul(request: &HttpRequest) -> Result<()> {
    match request.match_info().iter().any(|(_, name)| name.contains('\0')) {
        true => Err(Error::NotFound("there is nothing at this address: nothing has U+0000 in its name".to_owned())),
        false => Ok(()),
    }
}

/// A response with its validators and its body.
fn complete_response(validators: &Validators, media: &str, coding: ContentEncoding, body: ReadyBody) -> HttpResponse {
    let mut response = validators.response(StatusCode::OK);
    response.content_type(media);
    if let Some(link) = body.link {
        response.insert_header((header::LINK, link));
    }
    let mut response = response.body(body.bytes);
    if coding != ContentEncoding::Identity {
        response.headers_mut().insert(header::CONTENT_ENCODING, coding.to_header_value());
    }
    response
}

/// A response without validators, which caches do not store.
fn uncacheable_response(status: StatusCode, media: &str, body: ReadyBody) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(status);
    response.content_type(media).insert_header((header::CACHE_CONTROL, "no-cache")).insert_header((header::VARY, VARY));
    response.body(body.bytes)
}

/// The content coding that the client prefers; none for a media type that is compressed already.
fn content_coding(selected: &Representation<'_>) -> ContentEncoding {
    let request = selected.request;
    const SUPPORTED: [Encoding; 4] = [Encoding::brotli(), Encoding::zstd(), Encoding::gzip(), Encoding::identity()];
    let chosen = AcceptEncoding::parse(request).ok().and_then(|accepted| accepted.negotiate(SUPPORTED.iter()));
    match chosen {
        Some(Encoding::Known(coding))
            if request.headers().contains_key(header::ACCEPT_ENCODING) && selected.media != "application/zstd" =>
        {
            coding
        }
        _ => ContentEncoding::Identity,
    }
}

async fn encoded(coding: ContentEncoding, bytes: Bytes) -> Result<Bytes> {
    if coding == ContentEncoding::Identity {
        return Ok(bytes);
    }
    let mut response = HttpResponse::Ok().finish();
    let encoder = Encoder::response(coding, response.head_mut(), bytes);
    to_bytes(encoder.boxed()).await.map_err(|error| Error::Internal(format!("{coding:?} failed: {error}")))
}
