//! Reading an archive.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::{
    ArchiveFiles, COMPANIES, CONFERENCES, CheckedFile, EDITIONS, FileContent, RECORDINGS, SPEAKERS,
    asker::Asker,
    check,
    exported::EXPORT,
    files::{FileSource, SharedFiles},
    json,
    rest::{BrokenValue, rest},
    shape::FileSchema,
    yaml::{self, Place, Places},
};
use crate::{
    format::document::{
        CompaniesFile, ConferencesFile, Document, Edition, ExportPoint, RecordingsFile, SpeakersFile, Whereabouts,
    },
    mistake::{Flaw, FoundMistakes, FoundWarnings, Mistake, Mistakes, Severity, Warning},
};

/// An archive that was read and checked.
#[derive(Debug)]
pub struct CheckedArchive {
    /// The archive in canonical order, or its mistakes.
    pub document: Result<Document, Mistakes>,
    /// What is probably not meant, as far as the files could be read.
    pub warnings: Vec<Warning>,
    /// The files of which not everything could be checked. They may have more mistakes.
    pub unchecked: Vec<PathBuf>,
}

/// What was found while files were read.
#[derive(Default)]
struct Findings {
    problems: FoundMistakes,
    warnings: FoundWarnings,
}

impl Findings {
    /// Notes what was found in a file.
    fn add<T>(&mut self, path: &Path, parsed: &mut ParsedFile<T>) {
        for (at, message) in parsed.flaws.drain(..) {
            self.problems.push(Mistake::new(path, at, message));
        }
        for ((line, column), message) in parsed.warnings.drain(..) {
            let file = path.display().to_string();
            self.warnings.push(Warning { file, line, column, severity: Severity::Warning, message });
        }
    }
}

impl CheckedArchive {
    fn of(files: ArchiveFiles, places: Whereabouts, findings: Findings) -> Self {
        let Findings { mut problems, mut warnings } = findings;
        // Only a broken file has problems already.
        let unchecked = problems.files();
        if !problems.is_full() {
            check::check(&files, &mut problems, &mut warnings);
        }
        let document = if problems.is_empty() { Ok(document(files, places)) } else { Err(problems.into()) };
        Self { document, warnings: warnings.into(), unchecked: unchecked.into_iter().collect() }
    }

    /// The archive, with the warnings as mistakes. Notes are none.
    pub fn strict(self) -> Self {
        let mut found = FoundMistakes::default();
        let warnings = self.warnings.iter().filter(|warning| warning.severity == Severity::Warning);
        warnings.for_each(|warning| found.push(warning.as_mistake()));
        if found.is_empty() {
            return self;
        }
        Self { document: Err(Mistakes::from(found).before(self.document.err())), ..self }
    }
}

/// Reads an archive from its folder, in canonical order. The error has its mistakes.
pub fn read(source: &(impl FileSource + ?Sized)) -> Result<Document, Mistakes> {
    checked(source).document
}

/// Reads an archive from its folder, and says what is probably not meant in it.
pub fn checked(source: &(impl FileSource + ?Sized)) -> CheckedArchive {
    checked_for(source, &Asker::default())
}

/// Reads an archive as [`checked`] does, as long as the asker is there.
pub fn checked_for(source: &(impl FileSource + ?Sized), asker: &Asker) -> CheckedArchive {
    let shared = source.shared();
    let mut reader = FolderReader::of(source, asker);
    let files = reader.files();
    let places = Whereabouts::found_by(move || {
        check::whereabouts(&FolderReader::of(shared.as_ref(), &Asker::default()).files())
    });
    CheckedArchive::of(files, places, reader.found)
}

/// The slugs of an archive's conferences, in their order. The rest of the archive is not read.
pub fn conference_slugs(source: &(impl FileSource + ?Sized)) -> Result<Vec<String>, Mistakes> {
    let asker = Asker::default();
    let mut reader = FolderReader::of(source, &asker);
    let file: Option<CheckedFile<ConferencesFile>> = reader.required(CONFERENCES);
    let conferences = file.map(|file| file.content.conferences).ok_or_else(|| Mistakes::from(reader.found.problems))?;
    let mut slugs: Vec<String> = conferences.iter().map(|conference| conference.slug.to_string()).collect();
    slugs.sort();
    Ok(slugs)
}

/// Reads an archive from one file, in canonical order. The error has its mistakes.
pub fn read_file(path: &Path, bytes: &[u8]) -> Result<Document, Mistakes> {
    checked_file(path, bytes).document
}

/// Reads an archive from one file, and says what is probably not meant in it.
pub fn checked_file(path: &Path, bytes: &[u8]) -> CheckedArchive {
    checked_file_for(path, bytes, &Asker::default())
}

/// Reads an archive as [`checked_file`] does, as long as the asker is there.
pub fn checked_file_for(path: &Path, bytes: &[u8], asker: &Asker) -> CheckedArchive {
    let mut found = Findings::default();
    let shared: Arc<[u8]> = bytes.into();
    let files = one_file(path, &shared, asker, &mut found).unwrap_or_default();
    let path = path.to_owned();
    let places = Whereabouts::found_by(move || {
        let files = one_file(&path, &shared, &Asker::default(), &mut Findings::default());
        files.map(|files| check::whereabouts(&files)).unwrap_or_default()
    });
    CheckedArchive::of(files, places, found)
}

/// The content of one file as the files of an archive.
fn one_file(path: &Path, bytes: &Arc<[u8]>, asker: &Asker, found: &mut Findings) -> Option<ArchiveFiles> {
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|error| found.problems.push(not_utf8(path, bytes, error))).ok()?;
    let mut parsed = parse_rest::<Document>(text, &FileSchema::of::<Document>(), asker);
    found.add(path, &mut parsed);
    let places = parsed.places.unwrap_or_else(|| {
        let bytes = bytes.clone();
        Places::unread(move || place_in(&bytes))
    });
    let Document { exported, conferences, companies, speakers, recordings, playlists, editions, .. } = parsed.content?;
    let edition = |(n, mut content): (usize, Edition)| {
        content.pack();
        CheckedFile { path: path.to_owned(), places: places.below(&format!("/editions/{n}")), content }
    };
    Some(ArchiveFiles {
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
    })
}

/// The content of a text, or the mistakes in it.
pub(super) fn parse<T: FileContent>(text: &str, shape: &FileSchema) -> Result<T, Vec<Flaw>> {
    let ParsedFile { content, flaws, .. } = parse_rest(text, shape, &Asker::default());
    content.filter(|_| flaws.is_empty()).ok_or(flaws)
}

/// What could be read of a text, the mistakes in it, and what is probably not meant.
struct ParsedFile<T> {
    content: Option<T>,
    /// The places of the content, if something of the text is left out in it. Others are found by reading again.
    places: Option<Places>,
    flaws: Vec<Flaw>,
    warnings: Vec<Flaw>,
}

/// The content of a text without what is broken in it.
fn parse_rest<T: FileContent>(text: &str, shape: &FileSchema, asker: &Asker) -> ParsedFile<T> {
    if let Some(content) = sound_json(text, shape, asker) {
        return ParsedFile { content: Some(content), places: None, flaws: Vec::new(), warnings: Vec::new() };
    }
    let text = yaml::joined(text.strip_prefix(yaml::BYTE_ORDER_MARK).unwrap_or(text));
    let text = text.as_ref();
    let parsed = yaml::parse_for(text, asker);
    let mut flaws = parsed.flaws;
    let Some(mut value) = parsed.value else {
        return ParsedFile { content: None, places: None, flaws, warnings: Vec::new() };
    };
    let report = shape.check(&mut value, text, Some(&parsed.place));
    let (is_yaml, is_whole, warnings) = (flaws.is_empty(), !report.is_cut(), report.warnings);
    let (broken, wrong): (Vec<BrokenValue>, Vec<Flaw>) = report.flaws.into_iter().unzip();
    // At a place where the YAML is wrong, the shape has nothing to add.
    let wrong: Vec<Flaw> = wrong.into_iter().filter(|(at, _)| !flaws.iter().any(|(other, _)| other == at)).collect();
    flaws.extend(wrong);
    let rest = match flaws.is_empty() {
        true => Some((value, None)),
        false => {
            let rest = (is_yaml && is_whole).then(|| rest(&value, &parsed.place, &broken)).flatten();
            rest.map(|(value, places)| (value, Some(places)))
        }
    };
    let Some((value, places)) = rest else { return ParsedFile { content: None, places: None, flaws, warnings } };
    let content = serde_json::from_value(value).map_err(|error| {
        if flaws.is_empty() {
            flaws.push(((1, 1), error.to_string()));
        }
    });
    ParsedFile { content: content.ok(), places, flaws, warnings }
}

/// The content of a text that is JSON without a mistake. Where there is one, the reader of YAML tells its place.
fn sound_json<T: FileContent>(text: &str, shape: &FileSchema, asker: &Asker) -> Option<T> {
    let mut value = json::value(text, asker)?;
    let report = shape.check(&mut value, text, None);
    (report.flaws.is_empty() && report.warnings.is_empty()).then(|| serde_json::from_value(value).ok()).flatten()
}

/// The place of the value of a file that was read before.
fn place_in(bytes: &[u8]) -> Place {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix(yaml::BYTE_ORDER_MARK).unwrap_or(&text);
    json::place(text).unwrap_or_else(|| yaml::parse_for(yaml::joined(text).as_ref(), &Asker::default()).place)
}

fn document(files: ArchiveFiles, places: Whereabouts) -> Document {
    let mut document = Document {
        places,
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
    shared: SharedFiles,
    asker: &'s Asker,
    found: Findings,
}

impl<'s, S: FileSource + ?Sized> FolderReader<'s, S> {
    fn of(source: &'s S, asker: &'s Asker) -> Self {
        Self { source, shared: source.shared(), asker, found: Findings::default() }
    }

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
        files.is_whole = self.found.problems.is_empty() && !files.is_part;
        files
    }

    fn report(&mut self, file: impl Into<PathBuf>, (line, column): (usize, usize), message: impl Into<String>) {
        self.found.problems.push(Mistake::new(file, (line, column), message));
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
        let (source, asker) = (self.source, self.asker);
        let names = self.names(EDITIONS).into_par_iter().map(|name| {
            let path = Path::new(EDITIONS).join(&name);
            let mut read = name.ends_with(".yaml").then(|| read_file_of(source, asker, &path, &shape));
            if let Some(Ok(Some(ParsedFile { content: Some(edition), .. }))) = &mut read {
                Edition::pack(edition);
            }
            (name, path, read)
        });
        for (name, path, read) in names.collect::<Vec<_>>() {
            let (Some(slug), Some(read)) = (name.strip_suffix(".yaml"), read) else {
                self.report(path, (1, 1), "the name of an edition's file ends with .yaml");
                continue;
            };
            match self.note(path, read) {
                Some(file) => files.editions.push(file),
                None => files.broken_editions.push(slug.to_owned()),
            }
        }
    }

    fn required<T: FileContent>(&mut self, name: &str) -> Option<CheckedFile<T>> {
        let reported = self.found.problems.len();
        let file = self.optional(name);
        if file.is_none() && self.found.problems.len() == reported {
            self.report(name, (1, 1), "this file is missing");
        }
        file
    }

    fn optional<T: FileContent>(&mut self, name: &str) -> Option<CheckedFile<T>> {
        let read = read_file_of(self.source, self.asker, Path::new(name), &FileSchema::of::<T>());
        self.note(name.into(), read)
    }

    /// Notes what was found in a file. None if there is no such file, or if nothing of it can be used.
    fn note<T>(&mut self, path: PathBuf, read: Result<Option<ParsedFile<T>>, Mistake>) -> Option<CheckedFile<T>> {
        let mut parsed = read.map_err(|mistake| self.found.problems.push(mistake)).ok()??;
        self.found.add(&path, &mut parsed);
        let content = parsed.content?;
        let places = parsed.places.unwrap_or_else(|| {
            let (shared, path) = (self.shared.clone(), path.clone());
            Places::unread(move || shared.bytes(&path).map(|bytes| place_in(&bytes)).unwrap_or_default())
        });
        Some(CheckedFile { path, places, content })
    }
}

/// Reads a file, if there is one.
fn read_file_of<T: FileContent>(
    source: &(impl FileSource + ?Sized),
    asker: &Asker,
    path: &Path,
    shape: &FileSchema,
) -> Result<Option<ParsedFile<T>>, Mistake> {
    let bytes = match source.bytes(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Mistake::new(path, (1, 1), format!("can't be read: {error}"))),
    };
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(path, error.as_bytes(), error.utf8_error()))?;
    Ok(Some(parse_rest(&text, shape, asker)))
}

/// The mistake of bytes that are not text.
fn not_utf8(path: &Path, bytes: &[u8], error: std::str::Utf8Error) -> Mistake {
    Mistake::new(path, after(bytes, error.valid_up_to()), "not UTF-8 from here on")
}

/// The place after a number of bytes.
fn after(bytes: &[u8], count: usize) -> (usize, usize) {
    let before = String::from_utf8_lossy(bytes.get(..count).unwrap_or_default());
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
