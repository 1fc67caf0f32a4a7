//! Bytes of answers that are ready to be sent again.

use actix_web::{http::StatusCode, web::Bytes};

use crate::error::Error;

/// How much memory ready answers take, in bytes; the least used go first.
const READY_BYTES: u64 = 64 * 1024 * 1024;

/// A body before it is sent.
#[derive(Clone, Debug)]
pub struct ReadyBody {
    pub bytes: Bytes,
    /// The pages before and after, as a `Link` header has them.
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

/// Why there is no body to keep.
#[derive(Clone, Debug)]
pub enum Uncacheable {
    /// The log went on while it was read.
    Stale,
    /// It can't be answered.
    Failed(Error),
    /// An answer that is not to be kept, with its status: one that tells of errors.
    Response(StatusCode, ReadyBody),
}

impl From<Error> for Uncacheable {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The answers that are ready.
pub struct Ready(pub(crate) moka::future::Cache<String, ReadyBody>);

impl Default for Ready {
    fn default() -> Self {
        let weigh = |tag: &String, body: &ReadyBody| u32::try_from(tag.len() + body.bytes.len()).unwrap_or(u32::MAX);
        Self(moka::future::Cache::builder().max_capacity(READY_BYTES).weigher(weigh).build())
    }
}
