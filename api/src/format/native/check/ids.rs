//! Ids: each leads to one thing only, over the whole archive.

use super::notes::Once;
use crate::{
    format::{
        document::{Edition, Identity, Link, Playlist, Recording},
        native::{File, Folder},
    },
    mistake::Problem,
    scalars::Id,
};

pub(super) fn check(folder: &Folder, problems: &mut Vec<Problem>) {
    let mut ids = Ids { taken: Once::default(), problems };
    if let Some(file) = &folder.conferences {
        for (n, one) in file.content.conferences.iter().enumerate() {
            ids.thing(file, &format!("/conferences/{n}"), &one.identity, &one.links);
        }
    }
    if let Some(file) = &folder.companies {
        for (n, one) in file.content.companies.iter().enumerate() {
            ids.thing(file, &format!("/companies/{n}"), &one.identity, &one.links);
        }
    }
    if let Some(file) = &folder.speakers {
        for (n, one) in file.content.speakers.iter().enumerate() {
            ids.thing(file, &format!("/speakers/{n}"), &one.identity, &one.links);
        }
    }
    if let Some(file) = &folder.recordings {
        ids.recordings(file, &file.content.recordings, &file.content.playlists);
    }
    for file in &folder.editions {
        ids.edition(file);
    }
}

struct Ids<'f, 'p> {
    taken: Once<'f, Id>,
    problems: &'p mut Vec<Problem>,
}

impl<'f> Ids<'f, '_> {
    fn take<T>(&mut self, file: &'f File<T>, pointer: &str, id: Id) {
        if let Err(place) = self.taken.take(id, file, pointer) {
            file.notes(self.problems).at(pointer, format!("duplicate id: {id} is in {place} already"));
        }
    }

    fn list<T>(&mut self, file: &'f File<T>, list: &str, ids: impl Iterator<Item = Option<Id>>) {
        for (n, id) in ids.enumerate() {
            id.into_iter().for_each(|id| self.take(file, &format!("{list}/{n}/id"), id));
        }
    }

    fn thing<T>(&mut self, file: &'f File<T>, base: &str, identity: &Identity, links: &[Link]) {
        if let Some(id) = identity.id {
            self.take(file, &format!("{base}/id"), id);
        }
        for (n, id) in identity.merged_ids.iter().enumerate() {
            self.take(file, &format!("{base}/merged_ids/{n}"), *id);
        }
        self.list(file, &format!("{base}/links"), links.iter().map(|link| link.id));
    }

    fn recordings<T>(&mut self, file: &'f File<T>, recordings: &[Recording], playlists: &[Playlist]) {
        self.list(file, "/recordings", recordings.iter().map(|one| one.id));
        self.list(file, "/playlists", playlists.iter().map(|one| one.id));
    }

    fn edition(&mut self, file: &'f File<Edition>) {
        let edition = &file.content;
        self.thing(file, "", &edition.identity, &edition.links);
        self.list(file, "/rooms", edition.rooms.iter().map(|one| one.id));
        self.list(file, "/tracks", edition.tracks.iter().map(|one| one.id));
        self.list(file, "/slots", edition.slots.iter().map(|one| one.id));
        for (n, talk) in edition.talks.iter().enumerate() {
            self.thing(file, &format!("/talks/{n}"), &talk.identity, &talk.links);
        }
        self.recordings(file, &edition.recordings, &edition.playlists);
    }
}
