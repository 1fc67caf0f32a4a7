//! Recordings and playlists: each is listed in one place, an edition's file or recordings.yaml.

use std::collections::HashSet;

use super::{
    declared::{Declared, in_talks},
    notes::{FirstPlaces, Notes, each_once},
};
use crate::{
    format::{
        document::{Edition, Playlist, Recording},
        native::{ArchiveFiles, CheckedFile},
    },
    mistake::FoundMistakes,
    resource::{playlist::playlist_url, recording::watch_url},
    scalars::{PlaylistKey, RecordingKey},
};

pub(super) fn check(folder: &ArchiveFiles, declared: &Declared<'_>, problems: &mut FoundMistakes) {
    let mut keys =
        RecordingKeys { recordings: FirstPlaces::default(), playlists: FirstPlaces::default(), declared, problems };
    if let Some(file) = &folder.recordings {
        keys.check(file, &file.content.recordings, &file.content.playlists);
    }
    for file in &folder.editions {
        keys.check(file, &file.content.recordings, &file.content.playlists);
    }
}

struct RecordingKeys<'f, 'p> {
    recordings: FirstPlaces<'f, &'f RecordingKey>,
    playlists: FirstPlaces<'f, &'f PlaylistKey>,
    declared: &'p Declared<'f>,
    problems: &'p mut FoundMistakes,
}

impl<'f> RecordingKeys<'f, '_> {
    fn check<T>(&mut self, file: &'f CheckedFile<T>, recordings: &'f [Recording], playlists: &'f [Playlist]) {
        for (n, recording) in recordings.iter().enumerate() {
            let pointer = format!("/recordings/{n}/key");
            let first_place = self.recordings.take(&recording.key, file, &pointer).err();
            let address = watch_url(recording.key.0, &recording.key.1);
            self.key(file, &pointer, first_place, address.is_some() || recording.url.is_some());
        }
        for (n, playlist) in playlists.iter().enumerate() {
            let pointer = format!("/playlists/{n}/key");
            let first_place = self.playlists.take(&playlist.key, file, &pointer).err();
            let address = playlist_url(playlist.key.0, &playlist.key.1);
            self.key(file, &pointer, first_place, address.is_some() || playlist.url.is_some());
            self.playlist(file, n, playlist);
        }
    }

    fn key<T>(&mut self, file: &CheckedFile<T>, pointer: &str, first_place: Option<String>, has_address: bool) {
        let mut notes = file.notes(self.problems);
        if let Some(place) = first_place {
            notes.at(pointer, format!("duplicate key: it is in {place} already"));
        }
        if !has_address {
            notes.at(pointer, "the key \"url\" is missing: this provider's addresses can't be derived from the key");
        }
    }

    fn playlist<T>(&mut self, file: &CheckedFile<T>, n: usize, playlist: &Playlist) {
        let mut notes = file.notes(self.problems);
        let list = format!("/playlists/{n}/recordings");
        each_once(&mut notes, &list, playlist.recordings.iter().map(|key| (key, "")), |key| {
            format!("\"{key}\" is in the playlist already")
        });
        let unknown = &self.declared.unknown_recordings;
        for (r, key) in playlist.recordings.iter().enumerate().filter(|(_, key)| unknown.contains(key)) {
            let message = format!("there is no recording \"{key}\": list it under recordings, or name it in a talk");
            notes.at(&format!("{list}/{r}"), message);
        }
    }
}

/// A recording that is not listed must be of a provider whose addresses follow from its ids.
pub(super) fn named(edition: &Edition, listed: &HashSet<&RecordingKey>, notes: &mut Notes<'_>) {
    for (pointer, key) in in_talks(edition) {
        if watch_url(key.0, &key.1).is_none() && !listed.contains(key) {
            let message =
                format!("list \"{key}\" under recordings too, with its url, which can't be derived from the key");
            notes.at(&pointer, message);
        }
    }
}
