//! `lectern import`.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::ValueEnum;
use lectern_api::{
    archive::{
        Archive, Report,
        import::{ImportOptions, Side},
    },
    database::found::Found,
    server,
};

use crate::{
    DatabaseArguments, Failure, Format, clock, progress, read_to_write,
    stdout::{out, outln},
    usage_error,
};

#[derive(clap::Args)]
pub struct ImportArguments {
    /// The format of the archive (native if it is left out), and the folders of archives, or files with an archive
    /// (archive.yaml, archive.tar.zst)
    #[arg(required = true, value_name = "[FORMAT] PATH")]
    from: Vec<PathBuf>,
    /// The slugs of the only editions to import, with all people and companies [default: all editions]
    #[arg(long, value_name = "SLUG")]
    edition: Vec<String>,
    /// Report what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Refuse an archive with warnings
    #[arg(long)]
    strict: bool,
    /// The side that decides where both the archive and the folder changed something since the export [default: the
    /// import is refused]
    #[arg(long, value_name = "SIDE", conflicts_with = "force")]
    prefer: Option<Preference>,
    /// Import the folder as it stands, and take back what was changed in the archive since the export
    #[arg(long)]
    force: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// The side that decides a conflict.
#[derive(Clone, Copy, ValueEnum)]
enum Preference {
    /// The folder or file that is imported
    Source,
    /// The archive in the database
    Archive,
}

/// What an import says that changed the archive without a point to compare with.
const NOT_COMPARED: &str = "note: no export.yaml says at which revision this was exported, so it was taken as it stands, and \
    edits over the API may be taken back. `lectern export` before the files are edited prevents that.";

/// Imports archives into a database.
pub async fn run(given: ImportArguments) -> Result<ExitCode, Failure> {
    let paths = match given.from.as_slice() {
        [format, paths @ ..] if Format::of(format).is_some() => paths,
        [other, ..] if !other.exists() => {
            let other = other.display();
            usage_error(&format!("\"{other}\" is neither a format (native) nor a folder or file that is there"))
        }
        paths => paths,
    };
    if paths.is_empty() {
        usage_error("give the folder or file to import, too");
    }
    let read = paths.iter().map(|path| read_to_write(path, given.strict, given.json));
    let mut documents = read.collect::<Result<Vec<_>, _>>()?;
    for (document, _) in &mut documents {
        let missing = document.keep_editions(&given.edition);
        if !missing.is_empty() {
            return Err(format!("--edition: nothing here is called {}", missing.join(", ")).into());
        }
    }
    let url = &given.database.url;
    // `open` says what is wrong with a database that is another program's.
    let database = match given.dry_run || server::look_at(url).await? == Found::Other {
        true => server::open(url, Arc::default(), &clock()).await?,
        false => server::open_or_create(url, Arc::default(), &clock()).await?,
    };
    let archive = Archive::new(database, clock()).with_room();
    let prefer = given.prefer.map(|preference| match preference {
        Preference::Source => Side::Source,
        Preference::Archive => Side::Archive,
    });
    let options = ImportOptions { dry_run: given.dry_run, prefer, force: given.force };
    if !given.dry_run {
        archive.ensure().await?;
    }
    for (document, warnings) in documents {
        let notes_no_point = document.exported.is_none();
        let shown = progress::show(given.json);
        let applied = archive.clone().counting(shown.progress().clone()).apply_with(&document, options).await;
        drop(shown);
        let report = Report { warnings, ..applied? };
        if given.json {
            outln!("{}", serde_json::to_string(&report)?);
        } else {
            out!("{report}");
            if notes_no_point && !(report.updated.is_empty() && report.deleted.is_empty()) {
                eprintln!("{NOT_COMPARED}");
            }
        }
    }
    server::put_in_one_file(url).await;
    Ok(ExitCode::SUCCESS)
}
