//! `lectern export`: the archive in Lectern's own format, or as a site of files.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use lectern_api::{
    archive,
    config::{Config, InitialArchive, Limits},
    format::{document::Document, native},
    search::SearchSettings,
    server::{self, site},
};

use crate::{
    DatabaseArguments, Failure, Format, clock, progress,
    stdout::{out, outln},
    usage_error,
};

#[derive(clap::Args)]
pub struct ExportArguments {
    /// The format to write (native if it is left out, or site), and the folder to write to, which is created if it
    /// does not exist
    #[arg(required = true, num_args = 1..=2, value_names = ["[FORMAT] PATH"])]
    to: Vec<PathBuf>,
    /// The slugs of the only editions to export, with the people and companies in them [default: all editions]
    #[arg(long, value_name = "SLUG")]
    edition: Vec<String>,
    /// The URL that a site will be at [default: http://localhost:8000]
    #[arg(long, env = "LECTERN_BASE_URL", value_name = "URL", value_parser = crate::serve::base_url)]
    base_url: Option<String>,
    /// Export an empty archive too, and take away more from the folder than is left there; write a site to a folder
    /// with other files
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Exports the archive of a database to a folder.
pub async fn run(given: ExportArguments) -> Result<ExitCode, Failure> {
    let folder = match given.to.as_slice() {
        [format, folder] if format.as_os_str() == SITE => return write_site(&given, folder).await,
        [format] if format.as_os_str() == SITE => usage_error("site is a format: give the folder to write to, too"),
        [folder] if Format::of(folder).is_none() => folder,
        [format, folder] if Format::of(format).is_some() => folder,
        [format] => usage_error(&format!("{} is a format: give the folder to write to, too", format.display())),
        [other, ..] => {
            usage_error(&format!("\"{}\" is not a format: give native or site, or a folder alone", other.display()))
        }
        [] => usage_error("give the folder to write to"),
    };
    let database = server::open(&given.database.url, Arc::default(), &clock()).await?;
    let editions = (!given.edition.is_empty()).then_some(given.edition.as_slice());
    let mut document = archive::export::document(&database, editions).await?;
    if editions.is_some() && native::has_other_editions(folder, &document) {
        // The point is that of all files in the folder, and these are older.
        document.exported = None;
    }
    if !given.force {
        refuse_loss(folder, &document, &server::place_of(&given.database.url))?;
    }
    let shown = progress::show(false);
    let written = native::write_counted(folder, &document, shown.progress());
    drop(shown);
    let written = written.map_err(|error| format!("{}: {error}", folder.display()))?;
    out!("{written}");
    Ok(ExitCode::SUCCESS)
}

/// The format of a site.
const SITE: &str = "site";

/// Writes the archive as a site of files.
async fn write_site(given: &ExportArguments, folder: &Path) -> Result<ExitCode, Failure> {
    if !given.edition.is_empty() {
        usage_error("a site has all editions: leave --edition out");
    }
    let is_other =
        fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) && !folder.join("sitemap.xml").exists();
    if is_other && !given.force {
        let shown = folder.display();
        return Err(format!("{shown} has other files: nothing was exported; give another folder, or --force").into());
    }
    let url = given.database.url.as_str();
    server::find_archive(url).await?;
    let config = Config {
        bind: "127.0.0.1:0".to_owned(),
        database: url.to_owned(),
        base_url: Some(given.base_url.as_deref().unwrap_or("http://localhost:8000").trim_end_matches('/').to_owned()),
        archive: InitialArchive::Nothing,
        allowed_documents: None,
        limits: Limits { time: Duration::from_secs(600), ..Limits::default() },
        is_static: true,
        search: SearchSettings::default(),
        webhooks: None,
    };
    let report = site::export(config, clock(), folder.to_owned()).await?;
    outln!(
        "{}: {} files, {} of them new or changed, {:.1} MB",
        folder.display(),
        report.files,
        report.written,
        report.bytes as f64 / 1_000_000.0
    );
    Ok(ExitCode::SUCCESS)
}

/// Refuses an export that is surely a slip: of an empty archive, or over a folder that would lose most of its records.
fn refuse_loss(folder: &Path, document: &Document, place: &str) -> Result<(), Failure> {
    if document.is_empty() {
        return Err(format!(
            "the archive in {place} is empty: nothing was exported; --database names another one, and --force exports it"
        )
        .into());
    }
    let shown = folder.display();
    match native::loss(folder, document) {
        Ok(loss) if loss.taken > loss.left => Err(format!(
            "{shown} has {} records that the archive in {place} lacks, and {} that it has: nothing was exported; give \
             another folder, or --force to overwrite this one",
            loss.taken, loss.left
        )
        .into()),
        Ok(_) => Ok(()),
        Err(mistakes) => Err(format!(
            "{shown} has mistakes, and an export would overwrite them: nothing was exported; correct them, or give \
             --force\n{}",
            mistakes.to_string().lines().take(3).collect::<Vec<_>>().join("\n")
        )
        .into()),
    }
}
