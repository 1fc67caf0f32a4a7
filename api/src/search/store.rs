//! Where an index is: in memory, or in a folder.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term,
    directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory},
    index::SegmentId,
    merge_policy::LogMergePolicy,
    schema::{Field, Schema},
};
use uuid::Uuid;

use super::{
    SearchKind,
    entry::{Entry, key},
    expand::broken,
    fields::Fields,
    segment::Open,
};
use crate::{collation, error::Result};

/// The version of what the index keeps. With another one, an index is built anew.
const VERSION: u32 = 6;

/// The number of segments of about the same size that are merged into one. A search looks into each segment.
const SEGMENTS: usize = 4;

/// A number of threads that index, and the memory of each for what was not yet written, in bytes. What does not fit is
/// written as a segment of its own, and each merge costs nearly as much as the indexing, so large archives get more.
type Threads = (usize, usize);
const IN_MEMORY: Threads = (1, 32 << 20);
const IN_FOLDER: Threads = (2, 128 << 20);

/// What an index in a folder says of itself, written with each commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stand {
    version: String,
    /// The revision of the archive that the index shows.
    pub(super) revision: i64,
    /// The change of that revision, by which another database is told.
    pub(super) change: String,
}

impl Stand {
    pub(super) fn new(revision: i64, change: String) -> Self {
        Self { version: format!("{VERSION}.{}", collation::VERSION), revision, change }
    }
}

/// An index that is kept.
pub(super) struct Store {
    writer: IndexWriter,
    reader: IndexReader,
    fields: Fields,
    open: Arc<Open>,
}

impl Store {
    /// An empty index in memory.
    pub(super) fn in_memory() -> Result<Self> {
        let (schema, fields) = Fields::schema();
        let index = Index::builder().schema(schema).tokenizers(Fields::tokenizers());
        Self::of(index.create_in_ram().map_err(broken)?, fields, IN_MEMORY)
    }

    /// The index in a folder, and where it stands; an empty one if there is none that can be used.
    pub(super) fn in_folder(folder: &Path) -> Result<(Self, Option<Stand>)> {
        let own = own_folder(folder);
        let why = match Self::existing(&own) {
            Ok((index, fields, stand)) => match Self::of(index, fields, IN_FOLDER) {
                Ok(store) => return Ok((store, stand)),
                Err(why) => why.to_string(),
            },
            // Another server has it.
            Err(error @ TantivyError::LockFailure(..)) => return Err(broken(error)),
            Err(why) => why.to_string(),
        };
        if own.exists() {
            tracing::warn!(folder = %own.display(), %why, "the search index is built anew");
        }
        Ok((Self::created(&own)?, None))
    }

    fn existing(folder: &Path) -> tantivy::Result<(Index, Fields, Option<Stand>)> {
        let unfit = |why: &str| TantivyError::SchemaError(why.to_owned());
        let (schema, fields) = Fields::schema();
        let directory = MmapDirectory::open(folder)?;
        // What can't be used is still another server's, if it has the lock.
        drop(directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| TantivyError::LockFailure(error, None))?);
        let mut index = Index::open(directory)?;
        if !is_same(&index.schema(), &schema) {
            return Err(unfit("it has other fields"));
        }
        if !index.validate_checksum()?.is_empty() {
            return Err(unfit("files are damaged"));
        }
        index.set_tokenizers(Fields::tokenizers());
        let stand = index.load_metas()?.payload;
        let stand: Option<Stand> = stand.and_then(|payload| serde_json::from_str(&payload).ok());
        let of_version = |stand: &Stand| *stand == Stand::new(stand.revision, stand.change.clone());
        if stand.as_ref().is_some_and(|stand| !of_version(stand)) {
            tracing::warn!(folder = %folder.display(), "the search index is of another version and is built anew");
        }
        Ok((index, fields, stand.filter(of_version)))
    }

    fn created(folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(broken)?;
        }
        fs::create_dir_all(folder).map_err(broken)?;
        let (schema, fields) = Fields::schema();
        let directory = MmapDirectory::open(folder).map_err(broken)?;
        let index = Index::builder().schema(schema).tokenizers(Fields::tokenizers());
        Self::of(index.open_or_create(directory).map_err(broken)?, fields, IN_FOLDER)
    }

    fn of(index: Index, fields: Fields, (threads, memory): Threads) -> Result<Self> {
        let writer = index.writer_with_num_threads(threads, threads * memory).map_err(broken)?;
        let mut merges = LogMergePolicy::default();
        merges.set_min_num_segments(SEGMENTS);
        writer.set_merge_policy(Box::new(merges));
        let reader: tantivy::Result<IndexReader> =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let reader = reader.map_err(broken)?;
        let open = Arc::new(Open::new(reader.searcher(), &fields, None)?);
        Ok(Self { writer, reader, fields, open })
    }

    /// The index as it was at the last commit.
    pub(super) fn open(&self) -> Arc<Open> {
        self.open.clone()
    }

    /// Whether the files of the index are as they were written.
    pub(super) fn is_sound(&self) -> Result<bool> {
        Ok(self.writer.index().validate_checksum().map_err(broken)?.is_empty())
    }

    /// Removes all things.
    pub(super) fn clear(&mut self) -> Result<()> {
        self.writer.delete_all_documents().map_err(broken)?;
        Ok(())
    }

    /// Removes a thing, if it is there.
    pub(super) fn remove(&self, kind: SearchKind, id: Uuid) {
        self.writer.delete_term(Term::from_field_bytes(self.fields.key, &key(kind, id)));
    }

    /// Adds things.
    pub(super) fn add(&self, entries: Vec<Entry>) -> Result<()> {
        for entry in entries {
            let document: TantivyDocument = entry.document(&self.fields);
            self.writer.add_document(document).map_err(broken)?;
        }
        Ok(())
    }

    /// Writes what was added and removed, and shows it to searches. Without a stand, the index is not complete.
    pub(super) fn commit(&mut self, stand: Option<&Stand>) -> Result<()> {
        let mut commit = self.writer.prepare_commit().map_err(broken)?;
        let payload = stand.map(serde_json::to_string).transpose().map_err(broken)?;
        commit.set_payload(payload.as_deref().unwrap_or("{}"));
        commit.commit().map_err(broken)?;
        self.reload()
    }

    /// Shows to searches what was merged since the last commit. Answers whether there was something.
    pub(super) fn refresh(&mut self) -> Result<bool> {
        let present = self.writer.index().searchable_segment_ids().map_err(broken)?;
        let is_shown = |id: &SegmentId| self.open.segments.iter().any(|segment| segment.reader.segment_id() == *id);
        if present.len() == self.open.segments.len() && present.iter().all(is_shown) {
            return Ok(false);
        }
        self.reload()?;
        Ok(true)
    }

    fn reload(&mut self) -> Result<()> {
        self.reader.reload().map_err(broken)?;
        self.open = Arc::new(Open::new(self.reader.searcher(), &self.fields, Some(&self.open))?);
        Ok(())
    }
}

/// The index has a folder for itself within the one that is named, so that nothing else is ever removed.
fn own_folder(folder: &Path) -> PathBuf {
    folder.join("lectern-index")
}

fn is_same(stored: &Schema, own: &Schema) -> bool {
    let entries = |schema: &Schema| -> Vec<(Field, String)> {
        schema.fields().map(|(field, entry)| (field, format!("{entry:?}"))).collect()
    };
    entries(stored) == entries(own)
}
