//! `lectern backup` and `lectern restore`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use lectern_api::{
    archive::{self, Archive, holdings::Holdings},
    database::{
        backup,
        found::{Found, connect_as_it_is, file_of},
        restore::CheckedBackup,
    },
    format::native::bundle,
    server,
};

use crate::{
    DatabaseArguments, Failure, clock, read_to_write,
    stdout::{out, outln},
};

#[derive(clap::Args)]
pub struct BackupArguments {
    /// The file to write. NAME.tar.zst has the archive in Lectern's own format, without the change log, tokens and
    /// webhooks; any other name is a copy of the SQLite database with all of it
    file: PathBuf,
    /// Overwrite the file if it is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

#[derive(clap::Args)]
pub struct RestoreArguments {
    /// The backup to restore: a file that `lectern backup` wrote, of either kind
    file: PathBuf,
    /// Replace what the database has
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Writes a backup of a database, which may be in use.
pub async fn back_up(given: BackupArguments) -> Result<ExitCode, Failure> {
    let (file, url) = (given.file.as_path(), given.database.url.as_str());
    refuse_itself(file, url)?;
    if file.exists() && !given.force {
        return Err(format!("{} is there already: give another name, or --force", file.display()).into());
    }
    server::find_archive(url).await?;
    let holdings = match (is_native(file), file_of(url)) {
        (true, _) => {
            let database = server::open(url, Arc::default(), &clock()).await?;
            let document = archive::export::document(&database, None).await?;
            backup::write(file, &bundle::tar_zst(&document)?)?;
            Holdings::of(&database).await?
        }
        (false, Some(_)) => {
            // A database of an older lectern may be in use by one: its schema is left as it is.
            let database = connect_as_it_is(url).await?;
            backup::copy(&database, file).await?;
            Holdings::of(&database).await?
        }
        (false, None) => {
            let place = server::place_of(url);
            return Err(format!(
                "{place} is not a SQLite file: pg_dump backs it up as a whole; NAME.tar.zst backs up the archive alone"
            )
            .into());
        }
    };
    outln!("wrote {}: {holdings}", file.display());
    Ok(ExitCode::SUCCESS)
}

/// Restores a backup into a database.
pub async fn restore(given: RestoreArguments) -> Result<ExitCode, Failure> {
    let (file, url) = (given.file.as_path(), given.database.url.as_str());
    refuse_itself(file, url)?;
    if is_native(file) {
        restore_native(file, url, given.force).await?;
    } else {
        restore_copy(file, url, given.force).await?;
    }
    let database = server::open(url, Arc::default(), &clock()).await?;
    outln!("restored to {}: {}", server::place_of(url), Holdings::of(&database).await?);
    database.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Makes the archive of a database what a backup in Lectern's own format says.
async fn restore_native(file: &Path, url: &str, force: bool) -> Result<(), Failure> {
    let (document, _) = read_to_write(file, false, false)?;
    let found = server::look_at(url).await?;
    if found == Found::Other && !force {
        return Err(has_content(url, "something else than an archive"));
    }
    let database = server::open_or_create(url, Arc::default(), &clock()).await?;
    let archive = Archive::new(database.clone(), clock());
    if !force && archive.revision().await? > 0 {
        return Err(has_content(url, &Holdings::of(&database).await?.to_string()));
    }
    archive.ensure().await?;
    out!("{}", archive.become_document(&document).await?);
    database.close().await?;
    Ok(())
}

/// Replaces the file of a SQLite database by a copy of it.
async fn restore_copy(file: &Path, url: &str, force: bool) -> Result<(), Failure> {
    let Some(target) = file_of(url) else {
        let (file, place) = (file.display(), server::place_of(url));
        return Err(
            format!("{file} is for a SQLite file, and {place} is none: NAME.tar.zst can be restored there").into()
        );
    };
    let backup = CheckedBackup::of(file, &target).await?;
    if !force {
        match server::look_at(url).await? {
            Found::Nothing => {}
            Found::Other => return Err(has_content(url, "something else than an archive")),
            Found::Archive => {
                let holdings = Holdings::of(&connect_as_it_is(url).await?).await?;
                if !holdings.is_untouched() {
                    return Err(has_content(url, &holdings.to_string()));
                }
            }
        }
    }
    Ok(backup.replace().await?)
}

fn is_native(file: &Path) -> bool {
    file.to_string_lossy().ends_with(".tar.zst")
}

fn has_content(url: &str, content: &str) -> Failure {
    let place = server::place_of(url);
    format!("{place} has {content}: give another --database, or --force to replace it; nothing was changed").into()
}

/// Refuses a database as a backup of itself.
fn refuse_itself(file: &Path, url: &str) -> Result<(), Failure> {
    let database = file_of(url).and_then(|database| database.canonicalize().ok());
    match file.canonicalize().ok().filter(|file| database.as_ref() == Some(file)) {
        Some(file) => Err(format!("{} is the database itself: give another file", file.display()).into()),
        None => Ok(()),
    }
}
