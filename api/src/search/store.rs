//! Where an index is: in memory, or in a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term,
    directory::MmapDirectory,
    schema::{Field, Schema},
};

use super::{Open, document::Entry, expand::broken, fields::Fields};
use crate::{collation, error::Result};

/// The version of what the index keeps. With another one, an index is built anew.
const VERSION: u32 = 1;

/// The memory for what was not yet written, for each thread that indexes, in bytes.
const ARENA: usize = 32 << 20;

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
}

impl Store {
    /// An empty index in memory.
    pub(super) fn in_memory() -> Result<Self> {
        let (schema, fields) = Fields::schema();
        let index = Index::builder().schema(schema).tokenizers(Fields::tokenizers());
        Self::of(index.create_in_ram().map_err(broken)?, fields, 1)
    }

    /// The index in a folder, and where it stands; an empty one if there is none that can be used.
    pub(super) fn in_folder(folder: &Path) -> Result<(Self, Option<Stand>)> {
        let own = own_folder(folder);
        match Self::existing(&own) {
            Ok(found) => Ok(found),
            Err(why) => {
                if own.exists() {
                    tracing::warn!(folder = %own.display(), %why, "the search index is built anew");
                }
                Ok((Self::created(&own)?, None))
            }
        }
    }

    fn existing(folder: &Path) -> Result<(Self, Option<Stand>)> {
        let (schema, fields) = Fields::schema();
        let mut index = Index::open_in_dir(folder).map_err(broken)?;
        if !is_same(&index.schema(), &schema) {
            return Err(broken("it has other fields"));
        }
        let damaged = index.validate_checksum().map_err(broken)?;
        if !damaged.is_empty() {
            return Err(broken(format!("{} of its files are damaged", damaged.len())));
        }
        index.set_tokenizers(Fields::tokenizers());
        let stand = index.load_metas().map_err(broken)?.payload;
        let stand: Option<Stand> = stand.and_then(|payload| serde_json::from_str(&payload).ok());
        let stand = stand.filter(|stand| *stand == Stand::new(stand.revision, stand.change.clone()));
        Ok((Self::of(index, fields, 2)?, stand))
    }

    fn created(folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder).map_err(broken)?;
        }
        fs::create_dir_all(folder).map_err(broken)?;
        let (schema, fields) = Fields::schema();
        let directory = MmapDirectory::open(folder).map_err(broken)?;
        let index = Index::builder().schema(schema).tokenizers(Fields::tokenizers());
        Self::of(index.open_or_create(directory).map_err(broken)?, fields, 2)
    }

    fn of(index: Index, fields: Fields, threads: usize) -> Result<Self> {
        let writer = index.writer_with_num_threads(threads, threads * ARENA).map_err(broken)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(broken)?;
        Ok(Self { writer, reader, fields })
    }

    /// The index as searches see it.
    pub(super) fn open(&self) -> Open {
        Open { reader: self.reader.clone(), fields: self.fields.clone() }
    }

    /// Removes all things.
    pub(super) fn clear(&mut self) -> Result<()> {
        self.writer.delete_all_documents().map_err(broken)?;
        Ok(())
    }

    /// Removes the thing with a term, if there is one.
    pub(super) fn remove(&self, term: &str) {
        self.writer.delete_term(Term::from_field_text(self.fields.terms, term));
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
        self.reader.reload().map_err(broken)
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
