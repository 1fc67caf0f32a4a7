//! Bodies of responses that are stored to be sent again, and what was known of their representations. Both stores admit
//! by frequency, so requests that nobody repeats take no room from those that are repeated.

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
    weight::Weigh,
};

/// The size of the store of bodies in bytes. A body of more than a quarter of it is not stored.
const READY_BYTES: u32 = 64 * 1024 * 1024;

/// The size of the store of representations in bytes.
const KNOWN_BYTES: u64 = 16 * 1024 * 1024;

/// What a representation takes besides its key and its tag, in bytes.
const KNOWN_ENTRY: usize = 400;

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

/// The reason why a response is not stored.
#[derive(Clone, Debug)]
pub enum Uncacheable {
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

/// The stored bodies by their tags.
pub struct Ready(pub(crate) moka::future::Cache<String, ReadyBody>);

impl Default for Ready {
    fn default() -> Self {
        let weigh = |tag: &String, body: &ReadyBody| {
            let read = body.read.as_ref().map_or(0, |read| read.weight());
            match u32::try_from(tag.len() + body.bytes.len() + read) {
                Ok(weight) if weight <= READY_BYTES / 4 => weight,
                _ => u32::MAX,
            }
        };
        Self(moka::future::Cache::builder().max_capacity(READY_BYTES.into()).weigher(weigh).build())
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

/// A representation that was sent.
#[derive(Clone, Debug)]
pub struct Known {
    /// The state of the database in which it was current.
    pub mark: Mark,
    pub freshness: Freshness,
    pub tag: String,
    pub media: &'static str,
    pub coding: ContentEncoding,
    pub read: Option<Arc<Read>>,
}

/// The representations that were sent, by what was asked for. While the mark of the database is theirs, they are current,
/// and no statement is needed to know. One whose read is known is current as long as no write concerns what was read.
pub struct KnownRepresentations {
    sent: moka::sync::Cache<Bytes, Arc<Known>>,
    archive: Mutex<Option<(Mark, Freshness)>>,
}

impl Default for KnownRepresentations {
    fn default() -> Self {
        let weigh = |key: &Bytes, known: &Arc<Known>| {
            let read = known.read.as_ref().map_or(0, |read| read.weight());
            u32::try_from(key.len() + known.tag.len() + KNOWN_ENTRY + read).unwrap_or(u32::MAX)
        };
        let sent = moka::sync::Cache::builder().max_capacity(KNOWN_BYTES).weigher(weigh).build();
        Self { sent, archive: Mutex::default() }
    }
}

impl KnownRepresentations {
    /// The representation of what is asked for that was sent last, if nothing has begun or ended since.
    pub fn last(&self, key: &[u8], now: DateTime<Utc>) -> Option<Arc<Known>> {
        self.sent.get(key).filter(|known| known.freshness.is_at(now))
    }

    /// Remembers a representation.
    pub fn remember(&self, key: Bytes, known: Arc<Known>) {
        self.sent.insert(key, known);
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
