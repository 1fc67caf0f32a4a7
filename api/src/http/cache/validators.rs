//! Validators (RFC 9110, 8.8), and the preconditions that use them (13).

use actix_web::{
    HttpRequest, HttpResponseBuilder,
    http::header::{self, ContentEncoding, EntityTag, Header, HttpDate, IfModifiedSince, IfNoneMatch},
};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::Asked;
use crate::{ready::Freshness, state::Server, text::hex, zone};

/// The validators and the freshness lifetime of a response.
pub(super) struct Validators {
    tag: EntityTag,
    last_modified: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    cache_control: String,
}

/// The tag of a representation: of its version, of what is asked for, and of the content coding.
pub(super) fn tag(server: &Server, asked: &Asked<'_>, freshness: &Freshness) -> String {
    let (request, media) = (asked.selected.request, asked.selected.media);
    let passed = freshness.passed.map(|at| at.timestamp());
    let request_parts = (
        env!("LECTERN_BUILD"),
        &zone::database().version,
        &server.base_url,
        request.uri().path(),
        request.query_string(),
        media,
    );
    // A database that was set back comes to the same revisions, at other times.
    let at = (!asked.selected.is_program()).then(|| freshness.changed_at.timestamp_micros());
    let hash = Sha256::new().chain_update(format!("{request_parts:?}{passed:?}{at:?}"));
    let hash = hash.chain_update(asked.document.unwrap_or_default()).finalize();
    let hash = hex(&hash[..10]);
    match asked.coding {
        ContentEncoding::Identity => format!("{}-{hash}", freshness.revision),
        coding => format!("{}-{hash}-{}", freshness.revision, coding.as_str()),
    }
}

impl Validators {
    /// The validators of the representation of a tag; `is_program` of one that changes only with the program.
    pub fn new(tag: String, freshness: &Freshness, is_program: bool, now: DateTime<Utc>) -> Self {
        let changed_at =
            whole_second(Ord::max(Some(freshness.changed_at), freshness.passed).unwrap_or(freshness.changed_at));
        // Another change may follow in the same second. Until it is over, `Last-Modified` must not stand for both.
        let is_over = whole_second(now) > changed_at;
        let last_modified = if is_over { changed_at } else { changed_at - TimeDelta::seconds(1) };
        let (tag, cache_control) = (EntityTag::new_strong(tag), cache_control(is_program, freshness, now));
        Self { tag, last_modified, changed_at, cache_control }
    }

    /// The same for a representation whose bytes are not always the same.
    pub fn weak(self) -> Self {
        Self { tag: EntityTag::new_weak(self.tag.tag().to_owned()), ..self }
    }

    /// Whether the client's copy is current. `If-None-Match` is compared weakly and takes precedence over
    /// `If-Modified-Since`.
    pub fn is_not_modified(&self, request: &HttpRequest) -> bool {
        if request.headers().contains_key(header::IF_NONE_MATCH) {
            return match IfNoneMatch::parse(request) {
                Ok(IfNoneMatch::Any) => true,
                Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|sent| sent.weak_eq(&self.tag)),
                Err(_) => false,
            };
        }
        IfModifiedSince::parse(request)
            .is_ok_and(|since| std::time::SystemTime::from(since.0) >= std::time::SystemTime::from(self.changed_at))
    }

    /// Puts the validators in the head of a response.
    pub fn insert(&self, response: &mut HttpResponseBuilder) {
        response
            .insert_header((header::ETAG, self.tag.to_string()))
            .insert_header((header::LAST_MODIFIED, HttpDate::from(std::time::SystemTime::from(self.last_modified))))
            .insert_header((header::CACHE_CONTROL, self.cache_control.clone()));
    }
}

fn whole_second(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::seconds(1)).unwrap_or(time)
}

/// The header `Cache-Control`. The lifetime is longer if the edition has ended, and never goes past the next start or
/// end that the response depends on.
fn cache_control(is_program: bool, freshness: &Freshness, now: DateTime<Utc>) -> String {
    let (fresh, stale) = if is_program || freshness.concluded { (3600, 86400) } else { (60, 600) };
    let left = freshness.next.map_or(fresh, |next| (next - now).num_seconds().clamp(0, fresh));
    let stale = if left < fresh { 0 } else { stale };
    format!("public, max-age={left}, stale-while-revalidate={stale}")
}
