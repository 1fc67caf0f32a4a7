//! What an import has to know of all editions at first. They are unpacked once for it.

use std::collections::HashSet;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::repeated::digest;
use crate::{
    error::Result,
    format::document::{Document, Edition},
    scalars::RecordingKey,
};

/// What is to be known of an edition.
pub(super) struct EditionOutline {
    /// The digest of all that it has.
    pub digest: [u8; 32],
    /// The recordings that its talks name and that it does not list, in the order of the talks.
    pub unlisted: Vec<RecordingKey>,
}

impl EditionOutline {
    /// The outlines of the editions of a document, in their order.
    pub fn all(document: &Document) -> Result<Vec<Self>> {
        document.editions.par_iter().map(|edition| Self::of(&edition.unpacked())).collect()
    }

    fn of(edition: &Edition) -> Result<Self> {
        let mut seen: HashSet<&RecordingKey> = edition.recordings.iter().map(|recording| &recording.key).collect();
        let named = edition.talks.iter().flat_map(|talk| &talk.recordings).map(|part| &part.recording);
        let unlisted = named.filter(|key| seen.insert(key)).cloned().collect();
        Ok(Self { digest: digest(edition)?, unlisted })
    }
}
