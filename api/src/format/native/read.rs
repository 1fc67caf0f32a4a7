//! Reading an archive.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    ArchiveFiles, COMPANIES, CONFERENCES, CheckedFile, EDITIONS, FileContent, RECORDINGS, SPEAKERS, check,
    exported::EXPORT, shape::FileSchema, yaml,
};
use crate::{
    format::document::{CompaniesFile, ConferencesFile, Document, Edition, ExportPoint, RecordingsFile, SpeakersFile},
    mistake::{Flaw, Mistake, Mistakes, Position},
};

/// A source of an archive's files.
pub trait FileSource {
    /// The names of the files in a folder. The archive's own folder is "".
    fn names(&self, folder: &str) -> io::Result<Vec<String>>;
    /// The content of a file.
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>>;
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
}

impl FileSource for PathBuf {
    fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        self.as_path().names(folder)
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.as_path().bytes(path)
    }
}

/// Reads an archive from its folder, in canonical order. The error has all its mistakes.
pub fn read(source: &(impl FileSource + ?Sized)) -> Result<Document, Mistakes> {
    let mut reader = FolderReader { source, problems: Vec::new() };
    let files = reader.files();
    let mut problems = reader.problems;
    problems.extend(check::problems(&files));
    if problems.is_empty() { Ok(document(files)) } else { Err(problems.into()) }
}

/// The slugs of an archive's conferences, in their order. The rest of the archive is not read.
pub fn conference_slugs(source: &(impl FileSource + ?Sized)) -> Result<Vec<String>, Mistakes> {
    let mut reader = FolderReader { source, problems: Vec::new() };
    let file: Option<CheckedFile<ConferencesFile>> = reader.required(CONFERENCES);
    let conferences = file.map(|file| file.content.conferences).ok_or_else(|| Mistakes::from(reader.problems))?;
    let mut slugs: Vec<String> = conferences.iter().map(|conference| conference.slug.to_string()).collect();
    slugs.sort();
    Ok(slugs)
}

/// Reads an archive from one file, in canonical order. The error has all its mistakes.
pub fn read_file(path: &Path, bytes: &[u8]) -> Result<Document, Mistakes> {
    let problem = |at: Position, message: String| Mistake::new(path, at, message);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| vec![problem(after(bytes, error.valid_up_to()), "not UTF-8 from here on".to_owned())])?;
    let (content, places) = parse::<Document>(text, &FileSchema::of::<Document>())
        .map_err(|flaws| flaws.into_iter().map(|(at, message)| problem(at, message)).collect::<Vec<_>>())?;
    let Document { exported, conferences, companies, speakers, recordings, playlists, editions } = content;
    let edition =
        |(n, content)| CheckedFile { path: path.to_owned(), places: places.below(&format!("/editions/{n}")), content };
    let folder = ArchiveFiles {
        editions: editions.into_iter().enumerate().map(edition).collect(),
        conferences: Some(CheckedFile {
            path: path.to_owned(),
            places: places.clone(),
            content: ConferencesFile { conferences },
        }),
        companies: Some(CheckedFile {
            path: path.to_owned(),
            places: places.clone(),
            content: CompaniesFile { companies },
        }),
        speakers: Some(CheckedFile {
            path: path.to_owned(),
            places: places.clone(),
            content: SpeakersFile { speakers },
        }),
        recordings: Some(CheckedFile {
            path: path.to_owned(),
            places,
            content: RecordingsFile { recordings, playlists },
        }),
        exported,
        is_part: true,
        is_one_file: true,
        ..ArchiveFiles::default()
    };
    let problems = check::problems(&folder);
    if problems.is_empty() { Ok(document(folder)) } else { Err(problems.into()) }
}

/// The content of a text, or all mistakes in it.
pub(super) fn parse<T: FileContent>(text: &str, shape: &FileSchema) -> Result<(T, yaml::Places), Vec<Flaw>> {
    let parsed = yaml::parse(text);
    let mut flaws = parsed.flaws;
    let Some(value) = parsed.value else { return Err(flaws) };
    // At a place where the YAML is wrong, the shape has nothing to add.
    let yaml_flaws = flaws.len();
    for flaw in shape.flaws(&value, &parsed.places) {
        if !flaws.iter().take(yaml_flaws).any(|(at, _)| *at == flaw.0) {
            flaws.push(flaw);
        }
    }
    if !flaws.is_empty() {
        return Err(flaws);
    }
    match serde_json::from_value(value) {
        Ok(content) => Ok((content, parsed.places)),
        Err(error) => Err(vec![((1, 1), error.to_string())]),
    }
}

fn document(files: ArchiveFiles) -> Document {
    let mut document = Document {
        exported: files.exported,
        conferences: files.conferences.map(|file| file.content.conferences).unwrap_or_default(),
        companies: files.companies.map(|file| file.content.companies).unwrap_or_default(),
        speakers: files.speakers.map(|file| file.content.speakers).unwrap_or_default(),
        editions: files.editions.into_iter().map(|file| file.content).collect(),
        ..Document::default()
    };
    if let Some(file) = files.recordings {
        document.recordings = file.content.recordings;
        document.playlists = file.content.playlists;
    }
    document.sort();
    document
}

struct FolderReader<'s, S: ?Sized> {
    source: &'s S,
    problems: Vec<Mistake>,
}

impl<S: FileSource + ?Sized> FolderReader<'_, S> {
    fn files(&mut self) -> ArchiveFiles {
        if let Err(error) = self.source.names("") {
            self.report(".", (1, 1), format!("the folder can't be read: {error}"));
            return ArchiveFiles::default();
        }
        self.refuse_other_files();
        let mut files = ArchiveFiles {
            conferences: self.required(CONFERENCES),
            companies: self.required(COMPANIES),
            speakers: self.required(SPEAKERS),
            recordings: self.optional(RECORDINGS),
            exported: self.optional(EXPORT).map(|file: CheckedFile<ExportPoint>| file.content),
            ..ArchiveFiles::default()
        };
        self.editions(&mut files);
        files.is_part = self.source.is_part();
        files.is_whole = self.problems.is_empty() && !files.is_part;
        files
    }

    fn report(&mut self, file: impl Into<PathBuf>, (line, column): (usize, usize), message: impl Into<String>) {
        self.problems.push(Mistake::new(file, (line, column), message));
    }

    fn refuse_other_files(&mut self) {
        for name in self.names("") {
            if ![CONFERENCES, COMPANIES, SPEAKERS, RECORDINGS, EXPORT].contains(&name.as_str()) {
                let names = format!("{CONFERENCES}, {COMPANIES}, {SPEAKERS}, {RECORDINGS} or {EDITIONS}/….yaml");
                self.report(name, (1, 1), format!("not a file of the format, which would be {names}"));
            }
        }
    }

    /// The names of the YAML files of a folder, in order. Hidden files are ignored.
    fn names(&mut self, folder: &str) -> Vec<String> {
        let mut names = match self.source.names(folder) {
            Ok(names) => names,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
            Err(error) => {
                self.report(folder, (1, 1), format!("can't be read: {error}"));
                return Vec::new();
            }
        };
        names.retain(|name| (name.ends_with(".yaml") || name.ends_with(".yml")) && !name.starts_with('.'));
        names.sort();
        names
    }

    fn editions(&mut self, files: &mut ArchiveFiles) {
        let shape = FileSchema::of::<Edition>();
        for name in self.names(EDITIONS) {
            let path = Path::new(EDITIONS).join(&name);
            let Some(slug) = name.strip_suffix(".yaml") else {
                self.report(path, (1, 1), "the name of an edition's file ends with .yaml");
                continue;
            };
            match self.text(&path).and_then(|text| self.file(path, &text, &shape)) {
                Some(file) => files.editions.push(file),
                None => files.broken_editions.push(slug.to_owned()),
            }
        }
    }

    fn required<T: FileContent>(&mut self, name: &str) -> Option<CheckedFile<T>> {
        let reported = self.problems.len();
        let file = self.optional(name);
        if file.is_none() && self.problems.len() == reported {
            self.report(name, (1, 1), "this file is missing");
        }
        file
    }

    fn optional<T: FileContent>(&mut self, name: &str) -> Option<CheckedFile<T>> {
        let text = self.text(Path::new(name))?;
        self.file(name.into(), &text, &FileSchema::of::<T>())
    }

    /// The text of a file. None if there is no such file, or if it was reported.
    fn text(&mut self, path: &Path) -> Option<String> {
        match self.source.bytes(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => return Some(text),
                Err(error) => self.report(
                    path,
                    after(error.as_bytes(), error.utf8_error().valid_up_to()),
                    "not UTF-8 from here on",
                ),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.report(path, (1, 1), format!("can't be read: {error}")),
        }
        None
    }

    fn file<T: FileContent>(&mut self, path: PathBuf, text: &str, shape: &FileSchema) -> Option<CheckedFile<T>> {
        match parse(text, shape) {
            Ok((content, places)) => Some(CheckedFile { path, places, content }),
            Err(flaws) => {
                flaws.into_iter().for_each(|(at, message)| self.report(&path, at, message));
                None
            }
        }
    }
}

/// The place after a number of bytes.
fn after(bytes: &[u8], count: usize) -> (usize, usize) {
    let before = String::from_utf8_lossy(bytes.get(..count).unwrap_or_default());
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
