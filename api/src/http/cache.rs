//! Answers that stay right for as long as the log stands still. Each is known by its tag: made of the revision of what
//! it is about, of what was asked, and of the content coding it goes out in. A tag is decided before any body is built,
//! so that a client which has it is told so (304) for the price of one small statement; and the bytes behind a tag are
//! kept ready for the others. A tag's bytes never change, so nothing is ever purged: what is not asked for any more
//! falls out.
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

/// What an answer depends on besides its address.
const VARY: header::HeaderValue = header::HeaderValue::from_static("Accept, Accept-Encoding");

/// What was asked.
pub struct Representation<'a> {
    pub request: &'a HttpRequest,
    pub scope: RevisionScope,
    /// Whether the answer depends on the time that it is.
    pub reads_clock: bool,
    /// What the answer is written as: its `Content-Type`.
    pub media: &'static str,
}

/// How often an answer that the log overtakes is made anew before it goes out without a tag.
const ATTEMPTS: usize = 3;

/// Answers a GET or HEAD: 304 if the client has it, from ready bytes if there are, else by `render`.
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
            // What was read while the log went on is of no one revision.
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

/// Answers a GET or HEAD with a body that is never whole in memory. It is not kept, and one that a write overtakes has
/// the later rows too; its tag is that of its beginning, so that nobody takes it for the later whole.
pub async fn stream<F, R>(server: &Server, selected: Representation<'_>, open: F) -> Result<HttpResponse>
where
    F: FnOnce() -> R,
    R: Future<Output = Result<BoxStream<'static, Result<Bytes>>>>,
{
    refuse_nul(selected.request)?;
    let coding = content_coding(&selected);
    let Some(present) = freshness(server, &selected).await? else {
        // Nothing is there to stream; opening it says why.
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
    // The encoder says again what is said already.
    response.headers_mut().insert(header::VARY, VARY);
    Ok(response.set_body(BoxBody::new(encoder)))
}

/// Refuses an address that names something by U+0000: nothing has it in its name, and PostgreSQL takes no text with it.
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

/// An answer without validators, not to be kept.
fn uncacheable_response(status: StatusCode, media: &str, body: ReadyBody) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(status);
    response.content_type(media).insert_header((header::CACHE_CONTROL, "no-cache")).insert_header((header::VARY, VARY));
    response.body(body.bytes)
}

/// The content coding that the client likes best; none for what is compressed in itself.
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
