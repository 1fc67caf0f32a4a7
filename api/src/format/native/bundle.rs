//! A folder in one file: as a YAML stream with a document for each file, led by its path in a comment, or as a tar archive
//! compressed by zstd. Both are read as the folder would be.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use super::{read::Source, write::files};
use crate::format::document::Document;

/// What stands before each file in a YAML stream: the path follows.
const MARK: &str = "--- # ";

/// How much a compressed archive may hold, in bytes: more is no archive of a conference.
const MOST: u64 = 1 << 30;

/// The files of a bundle.
#[derive(Clone, Debug, Default)]
pub struct Bundle(BTreeMap<PathBuf, Vec<u8>>);

/// An archive as one YAML file.
pub fn yaml(document: &Document) -> io::Result<Vec<u8>> {
    let mut stream = String::new();
    for (path, text) in files(document)? {
        stream += &format!("{MARK}{}\n{text}", path.display());
    }
    Ok(stream.into_bytes())
}

/// An archive as a compressed tar archive. Times are left out, so that equal archives are equal bytes.
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

impl Bundle {
    /// Opens a file: a YAML stream, or what its name says is a compressed tar archive.
    pub fn open(path: &Path) -> io::Result<Self> {
        let bytes = fs::read(path)?;
        match path.to_string_lossy().ends_with(".tar.zst") {
            true => Self::from_tar_zst(&bytes),
            false => Self::from_yaml(&bytes),
        }
    }

    /// The files of a YAML stream. Each begins with as many empty lines as stand before it in the stream, so that what is wrong
    /// with it is told at its own line.
    pub fn from_yaml(bytes: &[u8]) -> io::Result<Self> {
        let wrong = |message: &str| io::Error::new(io::ErrorKind::InvalidData, message.to_owned());
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8"))?;
        let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
        let mut current: Option<PathBuf> = None;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            if let Some(path) = line.strip_prefix(MARK) {
                let path = PathBuf::from(path.trim());
                let before = files.insert(path.clone(), vec![b'\n'; number + 1]);
                if before.is_some() {
                    return Err(wrong(&format!("line {}: {} is there twice", number + 1, path.display())));
                }
                current = Some(path);
            } else if let Some(file) = current.as_ref().and_then(|path| files.get_mut(path)) {
                file.extend_from_slice(line.as_bytes());
            } else if !line.trim().is_empty() && !line.starts_with('#') {
                return Err(wrong(&format!("line {}: a file begins with a line such as \"{MARK}speakers.yaml\"", number + 1)));
            }
        }
        Ok(Self(files))
    }

    /// The files of a compressed tar archive.
    pub fn from_tar_zst(bytes: &[u8]) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        let mut left = MOST;
        let mut tar = tar::Archive::new(zstd::Decoder::new(bytes)?);
        for entry in tar.entries()? {
            let mut entry = entry?;
            if !entry.header().entry_type().is_file() {
                continue;
            }
            left = left.checked_sub(entry.size()).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it holds more than 1 GiB"))?;
            let path: PathBuf = entry.path()?.components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect();
            let mut file = Vec::new();
            io::copy(&mut entry, &mut file)?;
            files.insert(path, file);
        }
        Ok(Self(files))
    }
}

impl Source for Bundle {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let of = |path: &PathBuf| path.parent().is_some_and(|parent| parent == Path::new(folder));
        Ok(self.0.keys().filter(|path| of(path)).filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect())
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.0.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
