//! An import of the same document again. The last import notes the digest of its document and the revision that it
//! left. As long as both are the same, there is nothing to compare: the result of an import follows from the document,
//! the options, the stored archive and the program.

use std::io::Write as _;

use entity::data_version;
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ImportOptions;
use crate::{
    archive::{Report, Write, store::statements::replace},
    error::{Error, Result},
    format::document::Document,
    text::hex,
    zone,
};

/// The name under which the last import is noted.
const NAME: &str = "imported document";

/// The digest of all that decides what an import does, but for the stored archive.
pub(super) struct ImportDigest(String);

impl ImportDigest {
    /// The digest of an import of a document whose editions have these digests.
    pub(super) fn of(
        document: &Document,
        editions: Vec<[u8; 32]>,
        options: ImportOptions,
        is_whole: bool,
    ) -> Result<Self> {
        let ImportOptions { dry_run: _, prefer, force } = options;
        let Document { exported, conferences, companies, speakers, recordings, playlists, editions: _, places: _ } =
            document;
        let rest = (exported, conferences, companies, speakers, recordings, playlists);
        let program = (env!("LECTERN_BUILD"), &zone::database().version);
        let how = format!("{prefer:?} {force} {is_whole}");
        Ok(Self(hex(&digest(&(editions, digest(&rest)?, program, how))?)))
    }

    /// Whether this import was the last one, and left the archive at its present revision.
    pub(super) async fn is_repeated(&self, revision: i64, database: &impl ConnectionTrait) -> Result<bool> {
        let noted = data_version::Entity::find_by_id(NAME).one(database).await?;
        Ok(noted.is_some_and(|noted| noted.version == self.version(revision)))
    }

    /// Commits the import, and notes that it left the archive at this revision. A dry run is rolled back.
    pub(super) async fn finish(&self, write: Write, dry_run: bool) -> Result<Report> {
        if dry_run {
            return write.finish(dry_run).await;
        }
        let row = data_version::Model { name: NAME.to_owned(), version: self.version(write.revision) };
        replace(&write.transaction, [row]).await?;
        write.commit().await
    }

    fn version(&self, revision: i64) -> String {
        format!("{revision} {}", self.0)
    }
}

/// The digest of a value.
pub(super) fn digest(value: &impl Serialize) -> Result<[u8; 32]> {
    let mut hasher = std::io::BufWriter::with_capacity(64 * 1024, Sha256::new());
    let unwritable = |error: String| Error::Internal(format!("a document can't be written as JSON: {error}"));
    serde_json::to_writer(&mut hasher, value).map_err(|error| unwritable(error.to_string()))?;
    hasher.flush().map_err(|error| unwritable(error.to_string()))?;
    let hasher = hasher.into_inner().map_err(|error| unwritable(error.to_string()))?;
    Ok(hasher.finalize().into())
}
