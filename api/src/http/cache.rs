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
    dev::ServiceRequest,
    http::{
        Method, StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Encoding, Header},
    },
    web::{Bytes, Data},
};
use futures_util::{StreamExt, stream::BoxStream};

pub use freshness::RevisionScope;
#[cfg(test)]
pub(crate) use freshness::revision_of;
use freshness::{freshness, revision};
use validators::{Validators, tag};

use crate::{
    database::commits::Mark,
    error::{Error, Result},
    read::{cache::Reading, passing},
    ready::{Freshness, ReadyBody, Sent, Uncacheable},
    state::{ATTEMPTS, Server},
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

impl Representation<'_> {
    fn is_program(&self) -> bool {
        matches!(self.scope, RevisionScope::Program)
    }
}

/// What is asked for: a representation by GET or HEAD, or by the document of a POST.
struct Asked<'a> {
    selected: Representation<'a>,
    document: Option<&'a [u8]>,
    coding: ContentEncoding,
}

impl<'a> Asked<'a> {
    fn of(selected: Representation<'a>, document: Option<&'a [u8]>) -> Self {
        let coding = content_coding(&selected);
        Self { selected, document, coding }
    }

    /// The response that is sent, as it is stored.
    fn sent(
        &self,
        mark: Option<Mark>,
        freshness: Freshness,
        tag: String,
        body: Result<ReadyBody, Uncacheable>,
    ) -> Sent {
        let media = self.selected.media;
        // A page has further headers, and what is part of the program takes no statement.
        let is_bare = !self.selected.is_program() && !media.starts_with("text/html");
        Sent { mark, freshness, tag, media, coding: self.coding, body, is_bare }
    }

    /// The validators of the response. The response to a POST has none.
    fn validators(&self, tag: &str, freshness: &Freshness, server: &Server) -> Option<Validators> {
        let now = (server.clock)();
        self.document.is_none().then(|| Validators::new(tag.to_owned(), freshness, self.selected.is_program(), now))
    }
}

/// Answers a GET or HEAD: with a 304 if the client's copy is current, from stored bytes if there are any, else by
/// `render`.
pub async fn answer<F, R>(server: &Server, selected: Representation<'_>, render: F) -> Result<HttpResponse>
where
    F: Fn() -> R,
    R: Future<Output = Result<ReadyBody, Uncacheable>>,
{
    refuse_nul(selected.request)?;
    answer_asked(server, Asked::of(selected, None), render).await
}

/// Answers a POST that only reads: from stored bytes if there are any, else by `render`. `document` is its body.
pub async fn answer_posted<F, R>(
    server: &Server,
    selected: Representation<'_>,
    document: &[u8],
    render: F,
) -> Result<HttpResponse>
where
    F: Fn() -> R,
    R: Future<Output = Result<ReadyBody, Uncacheable>>,
{
    answer_asked(server, Asked::of(selected, Some(document)), render).await
}

async fn answer_asked<F, R>(server: &Server, asked: Asked<'_>, render: F) -> Result<HttpResponse>
where
    F: Fn() -> R,
    R: Future<Output = Result<ReadyBody, Uncacheable>>,
{
    let selected = &asked.selected;
    let (responses, key) = (&server.responses.sent, key(selected.request, asked.document));
    let mut is_there = true;
    for _ in 0..ATTEMPTS {
        let mark = server.follower.mark();
        let Some(present) = freshness(server, selected, mark).await? else {
            is_there = false;
            break;
        };
        // What is recalled is of the state of the mark, and so must be the tag.
        if mark.is_some() && server.follower.mark() != mark {
            continue;
        }
        let tag = tag(server, &asked, &present);
        let validators = asked.validators(&tag, &present, server);
        let sent = |body| Arc::new(asked.sent(mark, present.clone(), tag.clone(), body));
        if let Some(not_modified) = not_modified(validators.as_ref(), selected.request) {
            let known = responses.get(&key).filter(|known| known.tag == tag);
            responses.insert(key, sent(known.map_or(Err(Uncacheable::NotModified), |known| known.body.clone())));
            return Ok(not_modified);
        }
        responses.remove_if(&key, |known| known.tag != tag || known.body.is_err());
        let made = match responses.get_value_or_guard_async(&key).await {
            Ok(made) => made,
            Err(place) => {
                let made = sent(make(server, &asked, mark, &present, &render).await);
                // Those who wait take it also if it does not stay.
                _ = place.insert(made.clone());
                responses.remove_if(&key, |known| known.body.is_err());
                made
            }
        };
        match &made.body {
            // It was made for somebody who began in another state.
            _ if made.tag != tag => {}
            Ok(body) => {
                if made.mark != mark {
                    responses.insert(key, sent(Ok(body.clone())));
                }
                return Ok(complete_response(validators.as_ref(), selected.media, asked.coding, body.clone()));
            }
            Err(Uncacheable::Stale | Uncacheable::NotModified) => {}
            Err(Uncacheable::Failed(error)) => return Err(error.clone()),
            Err(Uncacheable::Response(status, body)) => {
                return Ok(uncacheable_response(*status, selected.media, body.clone()));
            }
        }
    }
    let rendered = render().await;
    if is_there {
        // It may show what is not known yet, and nothing older may be sent after it.
        revision(server, &RevisionScope::Archive).await?;
    }
    match rendered {
        Ok(body) => Ok(uncacheable_response(StatusCode::OK, selected.media, body)),
        Err(Uncacheable::Response(status, body)) => Ok(uncacheable_response(status, selected.media, body)),
        Err(Uncacheable::Failed(error)) => Err(error),
        Err(Uncacheable::Stale | Uncacheable::NotModified) => {
            Err(Error::Internal("a body was not made, and nothing watches it".to_owned()))
        }
    }
}

/// The response to a request, if it is a GET or HEAD whose representation is known and current.
pub async fn known_read(request: &ServiceRequest) -> Option<HttpResponse> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read || request.headers().contains_key(header::UPGRADE) {
        return None;
    }
    known(request.app_data::<Data<Server>>()?, request.request(), None).await
}

/// The response to a request whose representation is known and current. It takes no statement. `document` is the body
/// of a POST.
pub async fn known(server: &Server, request: &HttpRequest, document: Option<&[u8]>) -> Option<HttpResponse> {
    let (now, mark, key) = ((server.clock)(), server.follower.mark()?, key(request, document));
    let mut sent = server.responses.last(&key, now)?;
    if sent.mark != Some(mark) {
        let read = sent.body.as_ref().ok()?.read.as_ref()?;
        if !server.rows.is_true(read, mark, &server.database).await.ok()? {
            return None;
        }
        sent = Arc::new(Sent { mark: Some(mark), ..Sent::clone(&sent) });
        server.responses.sent.insert(key, sent.clone());
    }
    let validators = document.is_none().then(|| Validators::new(sent.tag.clone(), &sent.freshness, false, now));
    if let Some(not_modified) = not_modified(validators.as_ref(), request) {
        return Some(not_modified);
    }
    Some(complete_response(validators.as_ref(), sent.media, sent.coding, sent.body.clone().ok()?))
}

/// Renders the body of a response, in the content coding that is asked for.
async fn make<F, R>(
    server: &Server,
    asked: &Asked<'_>,
    mark: Option<Mark>,
    present: &Freshness,
    render: &F,
) -> Result<ReadyBody, Uncacheable>
where
    F: Fn() -> R,
    R: Future<Output = Result<ReadyBody, Uncacheable>>,
{
    let reading = match mark {
        Some(mark) => Some(server.rows.begin(mark, &server.database).await?),
        None => None,
    };
    let (body, is_passing) = passing::watched(Reading::of(reading.clone(), render())).await;
    // An answer with mistakes is of one state, too.
    let is_answer = matches!(body, Ok(_) | Err(Uncacheable::Response(..)));
    if is_answer && !is_still(server, asked, mark, reading.as_deref(), present).await? {
        return Err(Uncacheable::Stale);
    }
    let body = body?;
    if is_passing {
        return Err(Uncacheable::Response(StatusCode::OK, body));
    }
    reading.iter().for_each(|reading| reading.keep());
    Ok(ReadyBody { bytes: encoded(asked.coding, body.bytes).await?, ..body })
}

/// What is asked for: the headers that select a representation, the address, and the body of a request that was posted.
fn key(request: &HttpRequest, document: Option<&[u8]>) -> Vec<u8> {
    let mut key = Vec::with_capacity(256 + document.map_or(0, <[u8]>::len));
    for name in [header::ACCEPT, header::ACCEPT_ENCODING] {
        for value in request.headers().get_all(name) {
            key.extend_from_slice(value.as_bytes());
            key.push(b',');
        }
        key.push(b'\n');
    }
    key.extend_from_slice(request.uri().path().as_bytes());
    key.push(b'?');
    key.extend_from_slice(request.uri().query().unwrap_or_default().as_bytes());
    if let Some(document) = document {
        key.push(b'\n');
        key.extend_from_slice(document);
    }
    key
}

/// Whether a representation is still current after it was rendered. One that a write overtook may mix two revisions.
async fn is_still(
    server: &Server,
    asked: &Asked<'_>,
    mark: Option<Mark>,
    reading: Option<&Reading>,
    was: &Freshness,
) -> Result<bool> {
    // What is posted is answered from relations alone. If none was loaded, all of it is of the state of the mark.
    let is_recalled = asked.document.is_some() && reading.is_some_and(|reading| !reading.has_loaded());
    if !was.is_at((server.clock)()) {
        return Ok(false);
    }
    if mark.filter(|mark| mark.is_exact() || is_recalled).is_some_and(|mark| server.follower.mark() == Some(mark)) {
        return Ok(true);
    }
    Ok(revision(server, &asked.selected.scope).await? == Some(was.revision))
}

/// Answers a GET or HEAD with a stream. It is not stored. A stream that a write overtakes has later rows too; it has
/// the tag of its start, so no client takes it for the later representation.
pub async fn stream<F, R>(server: &Server, selected: Representation<'_>, open: F) -> Result<HttpResponse>
where
    F: FnOnce() -> R,
    R: Future<Output = Result<BoxStream<'static, Result<Bytes>>>>,
{
    refuse_nul(selected.request)?;
    let asked = Asked::of(selected, None);
    let selected = &asked.selected;
    let Some(present) = freshness(server, selected, None).await? else {
        // There is nothing to stream; to open it gives the error.
        return match open().await {
            Ok(_) => Err(Error::NotFound("there is nothing at this address".to_owned())),
            Err(error) => Err(error),
        };
    };
    let mut validators = asked.validators(&tag(server, &asked, &present), &present, server);
    if asked.coding != ContentEncoding::Identity {
        // How a stream is compressed depends on where its chunks end.
        validators = validators.map(Validators::weak);
    }
    if let Some(not_modified) = not_modified(validators.as_ref(), selected.request) {
        return Ok(not_modified);
    }
    let chunks =
        open().await?.map(|chunk| chunk.inspect_err(Error::log).map_err(actix_web::error::ErrorInternalServerError));
    let (mut response, body) =
        response(StatusCode::OK, validators.as_ref()).content_type(selected.media).streaming(chunks).into_parts();
    let encoder = Encoder::response(asked.coding, response.head_mut(), body);
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

/// The head of a response, with validators unless it answers a POST.
fn response(status: StatusCode, validators: Option<&Validators>) -> HttpResponseBuilder {
    let mut response = HttpResponseBuilder::new(status);
    response.insert_header((header::VARY, VARY));
    if let Some(validators) = validators {
        validators.insert(&mut response);
    }
    response
}

/// The response to a client whose copy is current.
fn not_modified(validators: Option<&Validators>, request: &HttpRequest) -> Option<HttpResponse> {
    let validators = validators.filter(|validators| validators.is_not_modified(request))?;
    Some(response(StatusCode::NOT_MODIFIED, Some(validators)).finish())
}

/// A response with its validators and its body.
fn complete_response(
    validators: Option<&Validators>,
    media: &str,
    coding: ContentEncoding,
    body: ReadyBody,
) -> HttpResponse {
    let mut response = response(StatusCode::OK, validators);
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
