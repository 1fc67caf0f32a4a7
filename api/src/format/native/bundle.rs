//! An archive in one file: as YAML, or as its folder in a tar archive compressed with zstd.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    files::{FileSource, SharedFiles},
    read::{CheckedArchive, checked, checked_file},
    write::{files, text_of},
};
use crate::{format::document::Document, mistake::Mistakes};

/// The largest size of the files of a compressed archive on disk, in bytes. No archive of a conference is larger.
const MOST: usize = 1 << 30;

/// Why a file can't be read as an archive.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file can't be read, or is no tar archive.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The content has mistakes.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
}

/// Reads an archive from a folder, from a tar archive (`.tar.zst`), or from a YAML file.
pub fn open(path: &Path) -> Result<Document, OpenError> {
    Ok(open_checked(path)?.document?)
}

/// Reads an archive as [`open`] does, and says what is probably not meant in it.
pub fn open_checked(path: &Path) -> io::Result<CheckedArchive> {
    if !path.is_file() {
        return Ok(checked(path));
    }
    let bytes = fs::read(path)?;
    Ok(match path.to_string_lossy().ends_with(".tar.zst") {
        true => checked(&TarArchive::from_tar_zst(&bytes, MOST)?),
        false => checked_file(path, &bytes),
    })
}

/// An archive as one YAML file.
pub fn yaml(document: &Document) -> io::Result<Vec<u8>> {
    let mut document = document.clone();
    document.sort();
    Ok(text_of(Path::new("archive.yaml"), &document)?.into_bytes())
}

/// The mistakes of an archive's folder, if it has some. The archive may be a part of another.
pub fn mistakes(document: &Document) -> io::Result<Option<Mistakes>> {
    let files = files(document)?.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    Ok(checked(&TarArchive(Arc::new(files))).document.err())
}

/// An archive as a compressed tar archive. It has no times of files, so that equal archives are equal bytes.
pub fn tar_zst(document: &Document) -> io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), zstd::DEFAULT_COMPRESSION_LEVEL)?);
    for (path, text) in files(document)? {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, text.as_bytes())?;
    }
    tar.into_inner()?.finish()
}

/// The files of a tar archive.
#[derive(Clone, Debug, Default)]
pub struct TarArchive(Arc<BTreeMap<PathBuf, Vec<u8>>>);

impl TarArchive {
    /// The files of a compressed tar archive, which have at most this size in all. Of a file that is no part of an
    /// archive only the name is kept.
    pub fn from_tar_zst(bytes: &[u8], most: usize) -> io::Result<Self> {
        let invalid = |wrong: String| io::Error::new(io::ErrorKind::InvalidData, wrong);
        let mut files = BTreeMap::new();
        let mut left = most as u64;
        let mut tar = tar::Archive::new(zstd::Decoder::new(bytes)?);
        for entry in tar.entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            left = left
                .checked_sub(entry.size())
                .ok_or_else(|| invalid(format!("it holds files of more than {most} bytes in all")))?;
            let path: PathBuf =
                entry.path()?.components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect();
            let mut file = Vec::new();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                io::copy(&mut entry, &mut file)?;
            }
            if let Some(twice) = files.insert(path.clone(), file) {
                return Err(invalid(format!("it holds {} twice, of {} bytes at first", path.display(), twice.len())));
            }
        }
        Ok(Self(Arc::new(files)))
    }
}

impl FileSource for TarArchive {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let is_in_folder = |path: &PathBuf| path.parent().is_some_and(|parent| parent == Path::new(folder));
        Ok(self
            .0
            .keys()
            .filter(|path| is_in_folder(path))
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect())
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn shared(&self) -> SharedFiles {
        Arc::new(self.clone())
    }

    fn is_part(&self) -> bool {
        true
    }
}
