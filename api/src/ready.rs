//! Responses that were sent, kept to be sent again: by what was asked for, with the state of the database in which they
//! were current.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{
    http::{StatusCode, header::ContentEncoding},
    web::Bytes,
};
use chrono::{DateTime, Utc};

use crate::{
    database::commits::Mark,
    error::Error,
    read::cache::{Read, Reading},
    weight::{Cache, Weigh, cache},
};

/// The size of the store of responses in bytes. One of more than a quarter of it is not stored.
const BYTES: u64 = 80 * 1024 * 1024;

/// What a response takes besides what was asked for, its tag and its body, in bytes.
const ENTRY: usize = 500;

/// The body of a response.
#[derive(Clone, Debug)]
pub struct ReadyBody {
    pub bytes: Bytes,
    /// The header `Link`, with the previous and the next page.
    pub link: Option<String>,
    /// What it was made of, if that is all that decides it.
    pub read: Option<Arc<Read>>,
}

impl ReadyBody {
    /// A body that the schema answered: relations alone decide it, and the clock.
    pub fn of_relations(bytes: Vec<u8>) -> Self {
        let read = Reading::present().map(|reading| Arc::new(reading.read()));
        Self { read, ..bytes.into() }
    }
}

impl From<Vec<u8>> for ReadyBody {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<Bytes> for ReadyBody {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, link: None, read: None }
    }
}

impl Weigh for ReadyBody {
    fn weight(&self) -> usize {
        self.bytes.len() + self.read.as_ref().map_or(0, |read| read.weight())
    }
}

/// The reason why no body is stored.
#[derive(Clone, Debug)]
pub enum Uncacheable {
    /// The client had a current copy, and no body was made.
    NotModified,
    /// A write overtook it, so it may mix two revisions.
    Stale,
    /// The request failed.
    Failed(Error),
    /// A response that is not stored, with its status: one with errors.
    Response(StatusCode, ReadyBody),
}

impl From<Error> for Uncacheable {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The version of the archive that a representation shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    pub revision: i64,
    pub changed_at: DateTime<Utc>,
    /// The last start or end of a slot or an edition that has passed, and the next one. Only for what reads the clock.
    pub passed: Option<DateTime<Utc>>,
    pub next: Option<DateTime<Utc>>,
    /// Whether the edition has ended, so that it changes rarely.
    pub concluded: bool,
}

/// A response that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The state of the database in which it was current; none if commits are not known.
    pub mark: Option<Mark>,
    pub freshness: Freshness,
    pub tag: String,
    pub media: &'static str,
    pub coding: ContentEncoding,
    pub body: Result<ReadyBody, Uncacheable>,
    /// Whether it has no further headers and shows the archive, so that it is sent again as it is.
    pub is_bare: bool,
}

impl Weigh for Arc<Sent> {
    fn weight(&self) -> usize {
        ENTRY + self.tag.len() + self.body.as_ref().map_or(0, Weigh::weight)
    }
}

/// The responses that were sent, by what was asked for. While the mark of the database is theirs, they are current, and
/// no statement is needed to know. One whose read is known is current as long as no write concerns what was read.
pub struct Responses {
    pub sent: Cache<Vec<u8>, Arc<Sent>>,
    archive: Mutex<Option<(Mark, Freshness)>>,
}

impl Default for Responses {
    fn default() -> Self {
        Self { sent: cache(BYTES, 10_000), archive: Mutex::default() }
    }
}

impl Responses {
    /// The response to what is asked for that was sent last, if it is sent again as it is and nothing has begun or
    /// ended since.
    pub fn last(&self, key: &[u8], now: DateTime<Utc>) -> Option<Arc<Sent>> {
        self.sent.get(key).filter(|sent| sent.is_bare && sent.freshness.is_at(now))
    }

    /// The freshness of what shows the whole archive and reads the clock, if it is known.
    pub fn archive(&self, mark: Mark, now: DateTime<Utc>) -> Option<Freshness> {
        let archive = self.archive.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, freshness) = archive.as_ref().filter(|(at, freshness)| *at == mark && freshness.is_at(now))?;
        Some(freshness.clone())
    }

    /// Remembers the freshness of what shows the whole archive and reads the clock.
    pub fn remember_archive(&self, mark: Mark, freshness: Freshness) {
        *self.archive.lock().unwrap_or_else(PoisonError::into_inner) = Some((mark, freshness));
    }
}

impl Freshness {
    /// Whether nothing has begun or ended since.
    pub fn is_at(&self, now: DateTime<Utc>) -> bool {
        self.passed.is_none_or(|passed| passed <= now) && self.next.is_none_or(|next| now < next)
    }
}
