//! Bodies of responses that are stored to be sent again.

use actix_web::{http::StatusCode, web::Bytes};

use crate::error::Error;

/// The size of the store in bytes. The least used bodies are evicted first.
const READY_BYTES: u64 = 64 * 1024 * 1024;

/// The body of a response.
#[derive(Clone, Debug)]
pub struct ReadyBody {
    pub bytes: Bytes,
    /// The header `Link`, with the previous and the next page.
    pub link: Option<String>,
}

impl From<Vec<u8>> for ReadyBody {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<Bytes> for ReadyBody {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, link: None }
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
        let weigh = |tag: &String, body: &ReadyBody| u32::try_from(tag.len() + body.bytes.len()).unwrap_or(u32::MAX);
        Self(moka::future::Cache::builder().max_capacity(READY_BYTES).weigher(weigh).build())
    }
}
