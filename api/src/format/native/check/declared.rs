//! What files declare, and others refer to.

use std::collections::{HashMap, HashSet};

use super::notes::Notes;
use crate::{
    format::{
        document::{Edition, Identity},
        native::{ArchiveFiles, shape::suggest, yaml::Places},
    },
    scalars::{RecordingKey, Slug},
};

/// The slugs of one kind of thing.
pub(super) struct SlugSet<'f> {
    thing: &'static str,
    slugs: HashSet<&'f str>,
    /// The present slug by former slug.
    renamed: HashMap<&'f str, &'f str>,
    /// The list, of which broken items may be left out.
    list: Option<(&'f Places, &'static str)>,
}

impl<'f> SlugSet<'f> {
    pub fn of(thing: &'static str, named: impl Iterator<Item = (&'f Slug, Option<&'f Identity>)>) -> Self {
        let mut names = Self { thing, slugs: HashSet::new(), renamed: HashMap::new(), list: None };
        for (slug, identity) in named {
            names.slugs.insert(slug.as_str());
            let formers = identity.into_iter().flat_map(|identity| &identity.former_slugs);
            names.renamed.extend(formers.map(|former| (former.as_str(), slug.as_str())));
        }
        names
    }

    /// Assumes what was left out of the list of these things.
    pub fn and_left_out(self, places: &'f Places, list: &'static str) -> Self {
        Self { list: Some((places, list)), ..self }
    }

    /// Notes a slug that is not declared.
    pub fn must_have(&self, slug: &Slug, notes: &mut Notes<'_>, pointer: &str) {
        let slug = slug.as_str();
        if self.slugs.contains(slug) || self.list.is_some_and(|(places, list)| places.may_have(list, slug)) {
            return;
        }
        let advice = match self.renamed.get(slug) {
            Some(present) => format!(": it was renamed, write \"{present}\""),
            None if !notes.may_advise() => String::new(),
            None => {
                let mut slugs: Vec<&str> = self.slugs.iter().copied().collect();
                slugs.sort_unstable();
                suggest(slug, slugs.into_iter(), String::new)
            }
        };
        notes.at(pointer, format!("there is no {} \"{slug}\"{advice}", self.thing));
    }
}

/// What all files declare. None: the file is broken, so anything may be declared in it.
pub(super) struct Declared<'f> {
    pub conferences: Option<SlugSet<'f>>,
    pub companies: Option<SlugSet<'f>>,
    pub speakers: Option<SlugSet<'f>>,
    pub editions: SlugSet<'f>,
    /// The recordings in playlists that no file lists and no talk names.
    pub unknown_recordings: HashSet<&'f RecordingKey>,
}

impl<'f> Declared<'f> {
    pub fn of(folder: &'f ArchiveFiles) -> Self {
        let conferences = folder.conferences.as_ref().map(|file| (&file.places, &file.content.conferences));
        let companies = folder.companies.as_ref().map(|file| (&file.places, &file.content.companies));
        let speakers = folder.speakers.as_ref().map(|file| (&file.places, &file.content.speakers));
        let editions = folder.editions.iter().map(|file| &file.content);
        let mut declared = Self {
            conferences: conferences.map(|(places, conferences)| {
                SlugSet::of(
                    "conference",
                    conferences.iter().map(|conference| (&conference.slug, Some(&conference.identity))),
                )
                .and_left_out(places, "/conferences")
            }),
            companies: companies.map(|(places, companies)| {
                SlugSet::of("company", companies.iter().map(|company| (&company.slug, Some(&company.identity))))
                    .and_left_out(places, "/companies")
            }),
            speakers: speakers.map(|(places, speakers)| {
                SlugSet::of("speaker", speakers.iter().map(|speaker| (&speaker.slug, Some(&speaker.identity))))
                    .and_left_out(places, "/speakers")
            }),
            editions: SlugSet::of("edition", editions.map(|edition| (&edition.slug, Some(&edition.identity)))),
            unknown_recordings: if folder.is_whole { unknown_recordings(folder) } else { HashSet::new() },
        };
        declared.editions.slugs.extend(folder.broken_editions.iter().map(String::as_str));
        declared
    }

    pub fn conference(&self, slug: &Slug, notes: &mut Notes<'_>, pointer: &str) {
        if let Some(names) = &self.conferences {
            names.must_have(slug, notes, pointer);
        }
    }

    pub fn company(&self, slug: &Slug, notes: &mut Notes<'_>, pointer: &str) {
        if let Some(names) = &self.companies {
            names.must_have(slug, notes, pointer);
        }
    }

    pub fn speaker(&self, slug: &Slug, notes: &mut Notes<'_>, pointer: &str) {
        if let Some(names) = &self.speakers {
            names.must_have(slug, notes, pointer);
        }
    }
}

/// The recordings in playlists that no file lists and no talk names. Talks are looked through where one is not listed.
fn unknown_recordings(folder: &ArchiveFiles) -> HashSet<&RecordingKey> {
    let loose = folder.recordings.iter().flat_map(|file| &file.content.playlists);
    let playlists = loose.chain(folder.editions.iter().flat_map(|file| &file.content.playlists));
    let mut unknown: HashSet<&RecordingKey> = playlists.flat_map(|playlist| &playlist.recordings).collect();
    if !unknown.is_empty() {
        listed(folder).for_each(|key| _ = unknown.remove(key));
    }
    for file in &folder.editions {
        if unknown.is_empty() {
            break;
        }
        in_talks(&file.content.unpacked()).for_each(|(_, key)| _ = unknown.remove(key));
    }
    unknown
}

/// The recordings that are listed.
pub(super) fn listed(folder: &ArchiveFiles) -> impl Iterator<Item = &RecordingKey> {
    let loose = folder.recordings.iter().flat_map(|file| &file.content.recordings);
    let of_editions = folder.editions.iter().flat_map(|file| &file.content.recordings);
    loose.chain(of_editions).map(|recording| &recording.key)
}

/// The recordings that an edition's talks name, each with its place.
pub(super) fn in_talks(edition: &Edition) -> impl Iterator<Item = (String, &RecordingKey)> {
    edition.talks.iter().enumerate().flat_map(|(t, talk)| {
        talk.recordings
            .iter()
            .enumerate()
            .map(move |(r, part)| (format!("/talks/{t}/recordings/{r}/recording"), &part.recording))
    })
}
