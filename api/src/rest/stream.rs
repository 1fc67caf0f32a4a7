//! The log as it grows, as server-sent events (WHATWG HTML, 9.2). Pages follow it with `EventSource`, and scripts with
//! `curl -N`.

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web::{Bytes, Data},
};
use futures_util::stream;
use tokio::time::sleep;

use super::{
    changes::{ToldChanges, told_page},
    parameters::Parameters,
};
use crate::{
    archive::log::reader::{LogReader, wait_out},
    error::{Error, Result, WrongParameter},
    http::accept::preferred,
    state::Server,
};

const MEDIA: &str = "text/event-stream";

/// The longest silence of the stream. After it a comment is sent, so that proxies keep the connection open, and so that
/// the server notices a client that is gone.
const SILENCE: Duration = Duration::from_secs(15);
const KEEP_ALIVE: Bytes = Bytes::from_static(b": keep-alive\n\n");

/// The pause before a client reconnects, in milliseconds.
const RETRY: u64 = 2000;

/// The header with the revision after which a client that reconnects continues.
const LAST: &str = "Last-Event-ID";

/// `/changes/stream`: every change after a revision, or from now on, as soon as it is written.
pub async fn stream(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    preferred(&request, &[(MEDIA, ())]).ok_or_else(|| Error::NotAcceptable(MEDIA.to_owned()))?;
    let mut parameters = Parameters::of(&request);
    let since = parameters.text("since").and_then(|text| parameters.revision("since", &text));
    let edition = parameters.text("edition");
    // The header is empty if the client has received no event.
    let last = request
        .headers()
        .get(LAST)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .filter(|text| !text.is_empty());
    let last = last.and_then(|text| parameters.revision(LAST, &text));
    parameters.done()?;
    let begin = last.map(|last| (LAST, last)).or(since.map(|since| ("since", since)));
    let events = EventStream::open(begin, edition, server).await?;
    let mut response = HttpResponse::Ok();
    response.content_type(MEDIA).insert_header((header::CACHE_CONTROL, "no-store"));
    // Without this header nginx buffers events.
    response.insert_header(("X-Accel-Buffering", "no"));
    if request.method() == Method::HEAD {
        return Ok(response.streaming(stream::empty::<Result<Bytes, Infallible>>()));
    }
    let chunks = stream::unfold(events, |mut events| async move {
        events.next().await.map(|chunk| (Ok::<_, Infallible>(chunk), events))
    });
    Ok(response.streaming(chunks))
}

/// The events of one client.
struct EventStream {
    server: Arc<Server>,
    log: LogReader<ToldChanges>,
    edition: Option<String>,
    /// The events to send next, if they were read already.
    ready: Option<Bytes>,
}

impl EventStream {
    /// Begins after a revision, or from now on. The first page is read at once, so that a wrong revision or edition is
    /// refused.
    async fn open(since: Option<(&str, i64)>, edition: Option<String>, server: Data<Server>) -> Result<Self> {
        let server = server.into_inner();
        let followed = (&server.follower, &server.archive, &server.audiences);
        let log = LogReader::open(since.map(|(_, since)| since), edition.as_deref(), followed).await?;
        // A client that loses the connection before the first event continues after the revision that it began at.
        let mut begin = format!("retry: {RETRY}\nid: {}\n\n", log.position()).into_bytes();
        let mut stream = Self { server, log, edition, ready: None };
        if let Some((name, _)) = since {
            begin.extend_from_slice(&stream.page().await.map_err(|error| renamed(error, name))?);
        }
        stream.ready = Some(begin.into());
        Ok(stream)
    }

    /// Waits for the events to send next. The stream ends when the server stops, or when the archive was replaced by
    /// one with a lower revision.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(ready) = self.ready.take() {
            return Some(ready);
        }
        let mut silence = pin!(sleep(SILENCE));
        loop {
            tokio::select! {
                biased;
                more = self.log.more() => more?,
                () = &mut silence => return Some(KEEP_ALIVE),
            }
            match self.page().await {
                Ok(events) if events.is_empty() => {}
                Ok(events) => return Some(events),
                Err(error) => {
                    wait_out(error).await.inspect_err(Error::log).ok()?;
                    return Some(KEEP_ALIVE);
                }
            }
        }
    }

    /// The next page of the log as events. It is empty if it has no change for this stream.
    async fn page(&mut self) -> Result<Bytes> {
        let (server, edition) = (&self.server, &self.edition);
        let page = self.log.page(|since| told_page(server.clone(), since, edition.clone())).await?;
        Ok(page.changes.events.clone())
    }
}

/// An error about the revision to begin after, with the name of the parameter or header that the client used.
fn renamed(error: Error, name: &str) -> Error {
    match error {
        Error::Conflict(wrong) => Error::Conflict(WrongParameter { parameter: name.to_owned(), ..wrong }),
        error => error,
    }
}
