//! The things of a document that are unique over the whole archive: who they are, and what their names lead to.

use std::collections::HashSet;

use uuid::Uuid;

use super::{
    identity::{Book, Claim, LECTERN},
    stored::StoredNames,
};
use crate::{
    archive::store::load::RowScope,
    format::document::{Document, Edition, Identity, Playlist, Recording},
    scalars::{RecordingKey, Slug},
};

/// Everything that a document names and that isn't within one edition.
#[derive(Debug)]
pub(crate) struct Identified<'a> {
    pub conferences: Book,
    pub companies: Book,
    pub speakers: Book,
    pub editions: Book,
    pub recordings: Book,
    pub playlists: Book,
    /// In the order of the book.
    pub videos: Vec<IdentifiedRecording<'a>>,
    /// In the order of the book, with their editions.
    pub lists: Vec<(Option<Uuid>, &'a Playlist)>,
}

/// A recording that the document tells, if only by a talk that names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdentifiedRecording<'a> {
    pub key: &'a RecordingKey,
    pub edition: Option<Uuid>,
    pub given: Option<&'a Recording>,
}

/// A claim of what has slugs.
pub(crate) fn claim(slug: &Slug, identity: &Identity) -> Claim {
    Claim {
        name: slug.to_string(),
        former: identity.former_slugs.iter().filter(|former| *former != slug).map(ToString::to_string).collect(),
        id: identity.id.map(|id| id.0),
    }
}

/// A claim of what has a key that never changes.
pub(crate) fn keyed(key: impl ToString, id: Option<crate::scalars::Id>) -> Claim {
    Claim { name: key.to_string(), former: Vec::new(), id: id.map(|id| id.0) }
}

impl<'a> Identified<'a> {
    /// Finds out who is who.
    pub(crate) fn of(document: &'a Document, known: StoredNames, problems: &mut Vec<String>) -> Self {
        let mut book = |what: &str, kind: &str, claims: Vec<Claim>, stored| {
            let book = Book::of(what, &claims, stored, (LECTERN, kind), problems);
            book.check(what, &claims, problems);
            book
        };
        let conferences = document.conferences.iter().map(|one| claim(&one.slug, &one.identity)).collect();
        let conferences = book("conference", "conference", conferences, known.conferences);
        let companies = document.companies.iter().map(|one| claim(&one.slug, &one.identity)).collect();
        let companies = book("company", "company", companies, known.companies);
        let speakers = document.speakers.iter().map(|one| claim(&one.slug, &one.identity)).collect();
        let speakers = book("speaker", "speaker", speakers, known.speakers);
        let editions = document.editions.iter().map(|one| claim(&one.slug, &one.identity)).collect();
        let editions = book("edition", "edition", editions, known.editions);

        let own: HashSet<Uuid> = editions.ids.iter().copied().collect();
        let is_elsewhere = |key: &str| {
            let stored = known.recordings.find(key);
            stored.is_some_and(|id| known.edition_of_recording.get(&id).is_none_or(|edition| !own.contains(edition)))
        };
        let videos = videos(document, &editions.ids, is_elsewhere);
        let claims: Vec<Claim> =
            videos.iter().map(|video| keyed(video.key, video.given.and_then(|given| given.id))).collect();
        let mut recordings = Book::of("recording", &claims, known.recordings, (LECTERN, "recording"), problems);
        // What the document's editions no longer have can't be named.
        let stays = |id: &Uuid| known.edition_of_recording.get(id).is_none_or(|edition| !own.contains(edition));
        recordings.stored.present.retain(|_, id| stays(id));

        let lists = lists(document, &editions.ids);
        let claims: Vec<Claim> = lists.iter().map(|(_, list)| keyed(&list.key, list.id)).collect();
        let playlists = Book::of("playlist", &claims, known.playlists, (LECTERN, "playlist"), problems);
        Self { conferences, companies, speakers, editions, recordings, playlists, videos, lists }
    }

    /// What is to be compared.
    pub(crate) fn scope(&self) -> RowScope {
        RowScope {
            editions: self.editions.ids.clone(),
            conferences: self.conferences.ids.clone(),
            companies: self.companies.ids.clone(),
            speakers: self.speakers.ids.clone(),
            recordings: self.recordings.ids.clone(),
            playlists: self.playlists.ids.clone(),
            ..RowScope::default()
        }
    }
}

/// The recordings of all lists, and those that no list has: of the first edition with a talk that names them, unless
/// they are stored outside the document's editions.
fn videos<'a>(
    document: &'a Document,
    editions: &[Uuid],
    is_elsewhere: impl Fn(&str) -> bool,
) -> Vec<IdentifiedRecording<'a>> {
    let mut by_slug: Vec<(&Edition, Uuid)> = document.editions.iter().zip(editions.iter().copied()).collect();
    by_slug.sort_by(|a, b| a.0.slug.cmp(&b.0.slug));
    let of_editions = by_slug.iter().flat_map(|(edition, id)| {
        edition.recordings.iter().map(|given| IdentifiedRecording {
            key: &given.key,
            edition: Some(*id),
            given: Some(given),
        })
    });
    let of_none = document.recordings.iter().map(|given| IdentifiedRecording {
        key: &given.key,
        edition: None,
        given: Some(given),
    });
    let mut videos: Vec<IdentifiedRecording<'a>> = of_editions.chain(of_none).collect();
    let mut seen: HashSet<&RecordingKey> = videos.iter().map(|video| video.key).collect();
    for (edition, id) in &by_slug {
        for key in edition.talks.iter().flat_map(|talk| &talk.recordings).map(|part| &part.recording) {
            if !seen.contains(key) && !is_elsewhere(&key.to_string()) {
                seen.insert(key);
                videos.push(IdentifiedRecording { key, edition: Some(*id), given: None });
            }
        }
    }
    videos
}

fn lists<'a>(document: &'a Document, editions: &[Uuid]) -> Vec<(Option<Uuid>, &'a Playlist)> {
    let of_editions = document.editions.iter().zip(editions);
    let of_editions = of_editions.flat_map(|(edition, id)| edition.playlists.iter().map(|list| (Some(*id), list)));
    of_editions.chain(document.playlists.iter().map(|list| (None, list))).collect()
}
