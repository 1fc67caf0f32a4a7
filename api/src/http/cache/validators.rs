//! Validators (RFC 9110, 8.8), and the preconditions that use them (13).

use actix_web::{
    HttpRequest, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, ContentEncoding, EntityTag, Header, HttpDate, IfModifiedSince, IfNoneMatch},
    },
};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::{Representation, RevisionScope, VARY, freshness::Freshness};
use crate::{state::Server, zone};

/// The validators and the freshness lifetime of a response.
pub(super) struct Validators {
    pub tag: String,
    last_modified: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    cache_control: String,
}

impl Validators {
    pub fn new(server: &Server, selected: &Representation<'_>, freshness: &Freshness, coding: ContentEncoding) -> Self {
        let now = (server.clock)();
        let changed_at =
            whole_second(Ord::max(Some(freshness.changed_at), freshness.passed).unwrap_or(freshness.changed_at));
        // Another change may follow in the same second. Until it is over, `Last-Modified` must not stand for both.
        let is_over = whole_second(now) > changed_at;
        let last_modified = if is_over { changed_at } else { changed_at - TimeDelta::seconds(1) };
        let passed = freshness.passed.map(|at| at.timestamp());
        let request_parts = (
            env!("LECTERN_BUILD"),
            &zone::database().version,
            &server.base_url,
            selected.request.uri().path(),
            selected.request.query_string(),
            selected.media,
        );
        let hash = Sha256::digest(format!("{request_parts:?}{passed:?}"));
        let hash: String = hash.iter().take(10).map(|byte| format!("{byte:02x}")).collect();
        let suffix = match coding {
            ContentEncoding::Identity => String::new(),
            coding => format!("-{}", coding.as_str()),
        };
        Self {
            tag: format!("{}-{hash}{suffix}", freshness.revision),
            last_modified,
            changed_at,
            cache_control: cache_control(selected, freshness, now),
        }
    }

    /// Whether the client's copy is current. `If-None-Match` is compared weakly and takes precedence over
    /// `If-Modified-Since`.
    pub fn is_not_modified(&self, request: &HttpRequest) -> bool {
        if request.headers().contains_key(header::IF_NONE_MATCH) {
            let tag = EntityTag::new_strong(self.tag.clone());
            return match IfNoneMatch::parse(request) {
                Ok(IfNoneMatch::Any) => true,
                Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|sent| sent.weak_eq(&tag)),
                Err(_) => false,
            };
        }
        IfModifiedSince::parse(request)
            .is_ok_and(|since| std::time::SystemTime::from(since.0) >= std::time::SystemTime::from(self.changed_at))
    }

    pub fn response(&self, status: StatusCode) -> HttpResponseBuilder {
        let mut response = HttpResponseBuilder::new(status);
        response
            .insert_header((header::ETAG, format!("\"{}\"", self.tag)))
            .insert_header((header::LAST_MODIFIED, HttpDate::from(std::time::SystemTime::from(self.last_modified))))
            .insert_header((header::CACHE_CONTROL, self.cache_control.clone()))
            .insert_header((header::VARY, VARY));
        response
    }
}

fn whole_second(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::seconds(1)).unwrap_or(time)
}

/// The header `Cache-Control`. The lifetime is longer if the edition has ended, and never goes past the next start or
/// end that the response depends on.
fn cache_control(selected: &Representation<'_>, freshness: &Freshness, now: DateTime<Utc>) -> String {
    let (fresh, stale) = match selected.scope {
        RevisionScope::Program => (3600, 86400),
        _ if freshness.concluded => (3600, 86400),
        _ => (60, 600),
    };
    let left = freshness.next.map_or(fresh, |next| (next - now).num_seconds().clamp(0, fresh));
    let stale = if left < fresh { 0 } else { stale };
    format!("public, max-age={left}, stale-while-revalidate={stale}")
}
