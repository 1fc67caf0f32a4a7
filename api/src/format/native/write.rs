//! Writing an archive to a folder.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use super::{
    COMPANIES, CONFERENCES, EDITIONS, FileContent, RECORDINGS, SPEAKERS,
    edit::edited,
    edition_path,
    emit::emit,
    exported::{self, EXPORT},
    read::parse,
    shape::FileSchema,
    yaml,
};
use crate::{
    format::document::{CompaniesFile, ConferencesFile, Document, Edition, ExportPoint, RecordingsFile, SpeakersFile},
    progress::Progress,
    scalars::Slug,
};

/// The files that were written. Paths are relative to the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteReport {
    /// New files, and files with other content than before.
    pub written: Vec<PathBuf>,
    /// Files with the same content as before. They are not touched.
    pub left_alone: Vec<PathBuf>,
    /// The files of editions under former slugs, and recordings.yaml if it would be empty.
    pub removed: Vec<PathBuf>,
}

/// Writes an archive to a folder. Each file is replaced atomically. A new file is in canonical order; of a file with
/// other content only the text that differs is replaced. A file with the same content is not touched, and neither are
/// editions that the document lacks.
pub fn write(folder: &Path, document: &Document) -> io::Result<WriteReport> {
    write_counted(folder, document, &Progress::default())
}

/// Writes an archive to a folder as [`write`] does, and counts the files of editions.
pub fn write_counted(folder: &Path, document: &Document, progress: &Progress) -> io::Result<WriteReport> {
    let mut document = document.clone();
    document.sort();
    fs::create_dir_all(folder.join(EDITIONS))?;
    progress.begin("editions written", document.editions.len());
    let mut writer = FolderWriter { folder, progress, report: WriteReport::default() };
    writer.rename_editions(&document)?;
    add_all(&document, &mut writer)?;
    if let Some(point) = &document.exported {
        writer.replace(EXPORT.into(), point, &exported::text(point), &FileSchema::of::<ExportPoint>())?;
    }
    if document.recordings.is_empty() && document.playlists.is_empty() {
        writer.remove(RECORDINGS.into())?;
    }
    let editions = &document.editions;
    for former in editions.iter().flat_map(|edition| &edition.identity.former_slugs) {
        if !editions.iter().any(|edition| edition.slug == *former) {
            writer.remove(edition_path(former))?;
        }
    }
    Ok(writer.report)
}

/// The files of an archive with their texts, in canonical order.
pub(super) fn files(document: &Document) -> io::Result<Vec<(PathBuf, String)>> {
    let mut document = document.clone();
    document.sort();
    let mut files = FileTexts(Vec::new());
    add_all(&document, &mut files)?;
    files.0.extend(document.exported.iter().map(|point| (EXPORT.into(), exported::text(point))));
    Ok(files.0)
}

/// Takes the files of an archive.
trait FileSink {
    fn add<T: FileContent>(&mut self, path: PathBuf, content: &T, shape: &FileSchema) -> io::Result<()>;
}

/// Adds every file of a sorted document.
fn add_all(document: &Document, files: &mut impl FileSink) -> io::Result<()> {
    let Document { conferences, companies, speakers, editions, recordings, playlists, .. } = document.clone();
    files.add(CONFERENCES.into(), &ConferencesFile { conferences }, &FileSchema::of::<ConferencesFile>())?;
    files.add(COMPANIES.into(), &CompaniesFile { companies }, &FileSchema::of::<CompaniesFile>())?;
    files.add(SPEAKERS.into(), &SpeakersFile { speakers }, &FileSchema::of::<SpeakersFile>())?;
    if !recordings.is_empty() || !playlists.is_empty() {
        files.add(RECORDINGS.into(), &RecordingsFile { recordings, playlists }, &FileSchema::of::<RecordingsFile>())?;
    }
    let shape = FileSchema::of::<Edition>();
    editions.iter().try_for_each(|edition| files.add(edition_path(&edition.slug), edition, &shape))
}

/// The text of a file. It must read back as the same content: no export is better than a wrong one.
pub(super) fn text_of<T: FileContent>(path: &Path, content: &T) -> io::Result<String> {
    let text = emit(&serde_json::to_value(content)?);
    let parsed = serde_json::from_value::<T>(yaml::parse(&text).value.unwrap_or_default());
    if parsed.is_ok_and(|parsed| parsed == *content) {
        return Ok(text);
    }
    let message = format!("{} would not come back as it is: nothing written", path.display());
    Err(io::Error::new(io::ErrorKind::InvalidData, message))
}

struct FileTexts(Vec<(PathBuf, String)>);

impl FileSink for FileTexts {
    fn add<T: FileContent>(&mut self, path: PathBuf, content: &T, _: &FileSchema) -> io::Result<()> {
        let text = text_of(&path, content)?;
        self.0.push((path, text));
        Ok(())
    }
}

struct FolderWriter<'f> {
    folder: &'f Path,
    progress: &'f Progress,
    report: WriteReport,
}

impl FileSink for FolderWriter<'_> {
    fn add<T: FileContent>(&mut self, path: PathBuf, content: &T, shape: &FileSchema) -> io::Result<()> {
        let text = text_of(&path, content)?;
        if path.starts_with(EDITIONS) {
            self.progress.count();
        }
        self.replace(path, content, &text, shape)
    }
}

impl FolderWriter<'_> {
    /// Gives the files of editions under former slugs their present names, so that their texts are edited.
    fn rename_editions(&mut self, document: &Document) -> io::Result<()> {
        let file = |slug: &Slug| self.folder.join(edition_path(slug));
        for edition in document.editions.iter().filter(|edition| !file(&edition.slug).exists()) {
            let former = edition.identity.former_slugs.iter().rev();
            let former = former.filter(|slug| !document.editions.iter().any(|edition| edition.slug == **slug));
            if let Some(former) = former.into_iter().find(|slug| file(slug).exists()) {
                fs::rename(file(former), file(&edition.slug))?;
                self.report.removed.push(edition_path(former));
            }
        }
        Ok(())
    }

    fn replace<T: FileContent>(
        &mut self,
        path: PathBuf,
        content: &T,
        text: &str,
        shape: &FileSchema,
    ) -> io::Result<()> {
        let target = self.folder.join(&path);
        let old = fs::read_to_string(&target).ok();
        if old.as_ref().is_some_and(|old| has_content(old, content, shape)) {
            self.report.left_alone.push(path);
            return Ok(());
        }
        let edited = old.and_then(|old| with_content(&old, content, shape));
        let text = edited.as_deref().unwrap_or(text);
        let temporary = target.with_extension(format!("{}.tmp", std::process::id()));
        let done = write_synced(&temporary, text).and_then(|()| fs::rename(&temporary, &target));
        if done.is_err() {
            // The first error is the one to report.
            let _ = fs::remove_file(&temporary);
        }
        done?;
        self.report.written.push(path);
        Ok(())
    }

    fn remove(&mut self, path: PathBuf) -> io::Result<()> {
        match fs::remove_file(self.folder.join(&path)) {
            Ok(()) => self.report.removed.push(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn has_content<T: FileContent>(text: &str, content: &T, shape: &FileSchema) -> bool {
    parse::<T>(text, shape).is_ok_and(|mut old| {
        old.sort();
        old == *content
    })
}

/// The text of a file, edited so that it has a content. None if it can't be: then the file is written anew.
fn with_content<T: FileContent>(text: &str, content: &T, shape: &FileSchema) -> Option<String> {
    let old = parse::<T>(text, shape).ok()?;
    let edited = edited(text, &serde_json::to_value(old).ok()?, &serde_json::to_value(content).ok()?)?;
    has_content(&edited, content, shape).then_some(edited)
}

fn write_synced(path: &Path, text: &str) -> io::Result<()> {
    use io::Write;
    let mut file = fs::File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

impl fmt::Display for WriteReport {
    /// A line for each file that changed, and the number of the others.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for path in &self.written {
            writeln!(f, "wrote {}", path.display())?;
        }
        for path in &self.removed {
            writeln!(f, "removed {}", path.display())?;
        }
        writeln!(f, "left alone: {}", self.left_alone.len())
    }
}
