//! The log as it grows, as server-sent events (WHATWG HTML, 9.2): what a page follows with `EventSource`, and a script
//! with `curl -N`. What is sent is read from the log in pages, as fast as the client takes it; the follower only tells
//! that there is more. So a slow client misses nothing, and costs no memory.

use std::{convert::Infallible, fmt::Write, pin::pin, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    web::{Bytes, Data},
};
use futures_util::stream;
use serde_json::Value;
use tokio::{sync::watch, time::sleep};

use super::{changes, parameters::Parameters};
use crate::{
    error::{Error, Result, WrongParameter},
    http::accept::preferred,
    state::Server,
};

const MEDIA: &str = "text/event-stream";

/// How many changes are read at once.
const PAGE: usize = 100;

/// After how long a silence a line is sent that says nothing, so that what is between keeps the connection open, and a
/// client that is gone is noticed.
const SILENCE: Duration = Duration::from_secs(15);
const NOTHING: Bytes = Bytes::from_static(b": keep-alive\n\n");

/// How soon the log is read again where the database did not answer.
const PAUSE: Duration = Duration::from_secs(2);

/// How soon a client that lost the connection comes back, in milliseconds.
const RETRY: u64 = 2000;

/// The header that a client comes back with.
const LAST: &str = "Last-Event-ID";

/// `/changes/stream`: every change after a revision, or from now on, as it comes.
pub async fn stream(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    preferred(&request, &[(MEDIA, ())]).ok_or_else(|| Error::NotAcceptable(MEDIA.to_owned()))?;
    let mut parameters = Parameters::of(&request);
    let since = parameters.text("since").and_then(|text| parameters.revision("since", &text));
    let edition = parameters.text("edition");
    // An empty one is that of a client that has seen no event.
    let last = request
        .headers()
        .get(LAST)
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .filter(|text| !text.is_empty());
    let last = last.and_then(|text| parameters.revision(LAST, &text));
    parameters.done()?;
    let place =
        EventStream::open(last.map(|last| (LAST, last)).or(since.map(|since| ("since", since))), edition, server)
            .await?;
    let mut response = HttpResponse::Ok();
    response.content_type(MEDIA).insert_header((header::CACHE_CONTROL, "no-store"));
    // Else nginx would keep events back until it has many.
    response.insert_header(("X-Accel-Buffering", "no"));
    if request.method() == Method::HEAD {
        return Ok(response.streaming(stream::empty::<Result<Bytes, Infallible>>()));
    }
    let chunks = stream::unfold(place, |mut place| async move {
        place.next().await.map(|chunk| (Ok::<_, Infallible>(chunk), place))
    });
    Ok(response.streaming(chunks))
}

/// Where a stream stands.
struct EventStream {
    server: Data<Server>,
    /// The archive's revision, as it goes up.
    present: watch::Receiver<i64>,
    edition: Option<String>,
    /// All up to this revision is told.
    told: i64,
    /// Whether there may be more in the log.
    behind: bool,
    /// What is sent next, if it is read already.
    ready: Option<String>,
}

impl EventStream {
    /// Begins after a revision, or from now on. The first page is read at once, so that what can't be answered is
    /// refused.
    async fn open(since: Option<(&str, i64)>, edition: Option<String>, server: Data<Server>) -> Result<Self> {
        // Watched before it is read: what is written meanwhile is told.
        let mut present = server.follower.watch();
        present.mark_unchanged();
        let told = match since {
            Some((_, since)) => since,
            None => server.archive.revision().await?,
        };
        let mut place = Self { server, present, edition, told, behind: false, ready: None };
        // A client that is cut off before the first event comes back with the revision that it began at.
        let mut begin = format!("retry: {RETRY}\nid: {told}\n\n");
        if let Some((name, _)) = since {
            begin += &place.page().await.map_err(|error| named(name, error))?;
        }
        place.ready = Some(begin);
        Ok(place)
    }

    /// What is sent next, once there is something; none at the end: where the server stops, or the archive was replaced
    /// by one that has not come as far.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(ready) = self.ready.take() {
            return Some(ready.into());
        }
        let mut silence = pin!(sleep(SILENCE));
        loop {
            // Fails when the server stops, however much there is still to tell.
            if self.present.has_changed().ok()? {
                self.behind |= *self.present.borrow_and_update() != self.told;
            }
            if self.behind {
                match self.page().await {
                    Ok(events) if events.is_empty() => {}
                    Ok(events) => return Some(events.into()),
                    Err(error @ (Error::Database(_) | Error::Timeout(_))) => {
                        error.log();
                        sleep(PAUSE).await;
                        return Some(NOTHING);
                    }
                    Err(error) => {
                        error.log();
                        return None;
                    }
                }
            } else {
                tokio::select! {
                    changed = self.present.changed() => {
                        changed.ok()?;
                        self.behind = *self.present.borrow() != self.told;
                    }
                    () = &mut silence => return Some(NOTHING),
                }
            }
        }
    }

    /// The next page of the log as events; empty if there is nothing for this stream.
    async fn page(&mut self) -> Result<String> {
        let first = PAGE.min(self.server.limits.page_size);
        let page = changes::page(&self.server, Some(self.told), self.edition.as_deref(), Some(first)).await?;
        let events = page["changes"].as_array().into_iter().flatten().fold(String::new(), event);
        self.told = page["next_since"].as_i64().unwrap_or(self.told);
        self.behind = page["has_more"] == true;
        Ok(events)
    }
}

/// Adds a change to events. (JSON has no line ends in it.)
fn event(mut events: String, change: &Value) -> String {
    let _ = write!(events, "id: {}\nevent: change\ndata: {change}\n\n", change["revision"]);
    events
}

/// An error about where to begin, by the name under which the client said so.
fn named(name: &str, error: Error) -> Error {
    match error {
        Error::Conflict(wrong) => Error::Conflict(WrongParameter { parameter: name.to_owned(), ..wrong }),
        error => error,
    }
}
