//! Ids: each belongs to one thing in the whole archive.

use std::collections::HashMap;

use super::notes::FirstPlaces;
use crate::{
    format::{
        document::{Edition, Identity, Link, Playlist, Recording},
        native::{ArchiveFiles, CheckedFile},
    },
    mistake::FoundMistakes,
    scalars::Id,
};

/// Where the ids, the keys of videos and the editions of an archive are.
pub(in crate::format::native) fn whereabouts(folder: &ArchiveFiles) -> HashMap<String, String> {
    let mut ids = IdOwners::of_others(folder);
    folder.editions.iter().for_each(|file| ids.edition(file, &file.content.unpacked()));
    let mut places = HashMap::new();
    ids.taken.each(|id, place| _ = places.insert(id.to_string(), place));
    for file in &folder.editions {
        places.insert(file.content.slug.to_string(), file.place("/slug"));
        videos(file, &file.content.recordings, &file.content.playlists, &mut places);
    }
    if let Some(file) = &folder.recordings {
        videos(file, &file.content.recordings, &file.content.playlists, &mut places);
    }
    places
}

fn videos<T>(
    file: &CheckedFile<T>,
    recordings: &[Recording],
    playlists: &[Playlist],
    places: &mut HashMap<String, String>,
) {
    for (n, one) in recordings.iter().enumerate() {
        places.insert(one.key.to_string(), file.place(&format!("/recordings/{n}/key")));
    }
    for (n, one) in playlists.iter().enumerate() {
        places.insert(one.key.to_string(), file.place(&format!("/playlists/{n}/key")));
    }
}

/// The ids so far, each with its place, and those that are there twice.
#[derive(Default)]
pub(super) struct IdOwners<'f> {
    taken: FirstPlaces<'f, Id>,
    pub problems: FoundMistakes,
}

impl<'f> IdOwners<'f> {
    /// The ids of what is in no edition.
    pub fn of_others(folder: &'f ArchiveFiles) -> Self {
        let mut ids = Self::default();
        if let Some(file) = &folder.conferences {
            for (n, conference) in file.content.conferences.iter().enumerate() {
                ids.thing(file, &format!("/conferences/{n}"), &conference.identity, &conference.links);
            }
        }
        if let Some(file) = &folder.companies {
            for (n, company) in file.content.companies.iter().enumerate() {
                ids.thing(file, &format!("/companies/{n}"), &company.identity, &company.links);
            }
        }
        if let Some(file) = &folder.speakers {
            for (n, speaker) in file.content.speakers.iter().enumerate() {
                ids.thing(file, &format!("/speakers/{n}"), &speaker.identity, &speaker.links);
            }
        }
        if let Some(file) = &folder.recordings {
            ids.recordings(file, &file.content.recordings, &file.content.playlists);
        }
        ids
    }

    /// Adds those of an edition, which is that of the file.
    pub fn edition(&mut self, file: &'f CheckedFile<Edition>, edition: &Edition) {
        self.thing(file, "", &edition.identity, &edition.links);
        self.list(file, "/rooms", edition.rooms.iter().map(|room| room.id));
        self.list(file, "/tracks", edition.tracks.iter().map(|track| track.id));
        self.list(file, "/slots", edition.slots.iter().map(|slot| slot.id));
        for (n, talk) in edition.talks.iter().enumerate() {
            self.thing(file, &format!("/talks/{n}"), &talk.identity, &talk.links);
        }
        self.recordings(file, &edition.recordings, &edition.playlists);
    }

    fn take<T>(&mut self, file: &'f CheckedFile<T>, pointer: &str, id: Id) {
        if let Err(place) = self.taken.take(id, file, pointer) {
            file.notes(&mut self.problems).at(pointer, format!("duplicate id: {id} is in {place} already"));
        }
    }

    fn list<T>(&mut self, file: &'f CheckedFile<T>, list: &str, ids: impl Iterator<Item = Option<Id>>) {
        for (n, id) in ids.enumerate() {
            id.into_iter().for_each(|id| self.take(file, &format!("{list}/{n}/id"), id));
        }
    }

    fn thing<T>(&mut self, file: &'f CheckedFile<T>, base: &str, identity: &Identity, links: &[Link]) {
        if let Some(id) = identity.id {
            self.take(file, &format!("{base}/id"), id);
        }
        for (n, id) in identity.merged_ids.iter().enumerate() {
            self.take(file, &format!("{base}/merged_ids/{n}"), *id);
        }
        self.list(file, &format!("{base}/links"), links.iter().map(|link| link.id));
    }

    fn recordings<T>(&mut self, file: &'f CheckedFile<T>, recordings: &[Recording], playlists: &[Playlist]) {
        self.list(file, "/recordings", recordings.iter().map(|recording| recording.id));
        self.list(file, "/playlists", playlists.iter().map(|playlist| playlist.id));
    }
}
