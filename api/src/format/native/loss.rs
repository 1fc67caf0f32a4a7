//! What an export would take away from a folder: a slip, such as an export of another archive, shows in it.

use std::{collections::HashSet, path::Path};

use super::{COMPANIES, CONFERENCES, EDITIONS, RECORDINGS, SPEAKERS, read};
use crate::{
    format::document::{Document, Identity},
    mistake::Mistakes,
    scalars::Slug,
};

/// The records of a folder that an export would take away, and those that it would leave there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    pub taken: usize,
    pub left: usize,
}

/// Compares a folder with a document that would be written to it. A folder without files of the format loses nothing.
/// The error has the mistakes of a folder that can't be read.
pub fn loss(folder: &Path, document: &Document) -> Result<Loss, Mistakes> {
    let files = [CONFERENCES, COMPANIES, SPEAKERS, RECORDINGS];
    if !files.iter().any(|file| folder.join(file).exists()) && editions_in(folder).is_empty() {
        return Ok(Loss::default());
    }
    let mut present = read(folder)?;
    let written: HashSet<&Slug> = document.editions.iter().flat_map(|one| names(&one.slug, &one.identity)).collect();
    let stays = present.editions.extract_if(.., |edition| !written.contains(&edition.slug)).collect();
    let stays = Document { editions: stays, ..Document::default() };
    let after = records(document);
    let (left, taken): (Vec<_>, Vec<_>) = first_names(&present).into_iter().partition(|name| after.contains(name));
    Ok(Loss { taken: taken.len(), left: left.len() + first_names(&stays).len() })
}

/// Whether a folder has editions that a document lacks.
pub fn has_other_editions(folder: &Path, document: &Document) -> bool {
    let is_written = |slug: &String| document.editions.iter().any(|edition| edition.slug.as_str() == slug);
    editions_in(folder).iter().any(|slug| !is_written(slug))
}

/// The slugs of the editions that a folder has files of.
fn editions_in(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder.join(EDITIONS)).into_iter().flatten().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned)).collect()
}

/// The kind of a record, the names of what it belongs to, and its own.
type Name = (&'static str, String);

fn names<'a>(slug: &'a Slug, identity: &'a Identity) -> impl Iterator<Item = &'a Slug> + Clone {
    [slug].into_iter().chain(&identity.former_slugs)
}

/// The present names of all records.
fn first_names(document: &Document) -> HashSet<Name> {
    named(document, false)
}

/// The present and the former names of all records.
fn records(document: &Document) -> HashSet<Name> {
    named(document, true)
}

fn named(document: &Document, with_former: bool) -> HashSet<Name> {
    let most = if with_former { usize::MAX } else { 1 };
    let mut all = HashSet::new();
    let mut add = |kind, names: &mut dyn Iterator<Item = String>| all.extend(names.take(most).map(|name| (kind, name)));
    for one in &document.conferences {
        add("conference", &mut names(&one.slug, &one.identity).map(ToString::to_string));
    }
    for one in &document.companies {
        add("company", &mut names(&one.slug, &one.identity).map(ToString::to_string));
    }
    for one in &document.speakers {
        add("speaker", &mut names(&one.slug, &one.identity).map(ToString::to_string));
    }
    let editions = &document.editions;
    let recordings = document.recordings.iter().chain(editions.iter().flat_map(|edition| &edition.recordings));
    let playlists = document.playlists.iter().chain(editions.iter().flat_map(|edition| &edition.playlists));
    recordings.for_each(|one| add("recording", &mut [one.key.to_string()].into_iter()));
    playlists.for_each(|one| add("playlist", &mut [one.key.to_string()].into_iter()));
    for edition in editions {
        for of in names(&edition.slug, &edition.identity).take(most) {
            add("edition", &mut [of.to_string()].into_iter());
            edition.rooms.iter().for_each(|one| add("room", &mut [format!("{of}/{}", one.slug)].into_iter()));
            edition.tracks.iter().for_each(|one| add("track", &mut [format!("{of}/{}", one.slug)].into_iter()));
            edition.slots.iter().for_each(|one| add("slot", &mut [format!("{of}/{}", one.number)].into_iter()));
            for talk in &edition.talks {
                add("talk", &mut names(&talk.slug, &talk.identity).map(|talk| format!("{of}/{talk}")));
            }
        }
    }
    all
}
