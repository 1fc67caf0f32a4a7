//! Where an archive's files are read from.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Files that can be read again at any time.
pub type SharedFiles = Arc<dyn FileSource + Send + Sync>;

/// A source of an archive's files, several of which are read at a time.
pub trait FileSource: Sync {
    /// The names of the files in a folder. The archive's own folder is "".
    fn names(&self, folder: &str) -> io::Result<Vec<String>>;
    /// The content of a file.
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// The same files, to be read again: that is how the place of a mistake is found that shows late.
    fn shared(&self) -> SharedFiles;
    /// Whether the archive may be a part of another, as one edition is. What it refers to may be in the rest.
    fn is_part(&self) -> bool {
        false
    }
}

impl FileSource for Path {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        fs::read_dir(self.join(folder))?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(self.join(path))
    }

    fn shared(&self) -> SharedFiles {
        Arc::new(self.to_owned())
    }
}

impl FileSource for PathBuf {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        self.as_path().names(folder)
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.as_path().bytes(path)
    }

    fn shared(&self) -> SharedFiles {
        self.as_path().shared()
    }
}
