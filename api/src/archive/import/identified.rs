//! The things of a document that are unique over the whole archive: their ids, and what their names lead to.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use uuid::Uuid;

use super::{
    identity::{Claim, Identities, LECTERN},
    outline::EditionOutline,
    stored::StoredNames,
};
use crate::{
    archive::store::load::RowScope,
    format::document::{Document, Edition, Identity, Playlist, Recording},
    scalars::{RecordingKey, Slug},
};

/// The things that a document has or names, and that do not belong to one edition alone.
#[derive(Debug)]
pub(crate) struct Identified<'a> {
    pub conferences: Identities,
    pub companies: Identities,
    pub speakers: Identities,
    pub editions: Identities,
    pub recordings: Identities,
    pub playlists: Identities,
    /// In the order of the ids of `recordings`.
    pub videos: Vec<IdentifiedRecording<'a>>,
    /// The places of the recordings of each edition, and of those without one, among `videos`.
    videos_of: HashMap<Option<Uuid>, Vec<usize>>,
    /// In the order of the ids of `playlists`, with their editions.
    pub lists: Vec<(Option<Uuid>, &'a Playlist)>,
}

/// A part of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DocumentPart<'p> {
    /// Whether it has what belongs to no edition: conferences, companies and speakers, and some recordings and
    /// playlists.
    pub has_others: bool,
    /// The editions in it, with all that belongs to them; none: all of them.
    pub editions: Option<&'p HashSet<Uuid>>,
}

impl DocumentPart<'_> {
    /// The document.
    pub const WHOLE: Self = Self { has_others: true, editions: None };

    /// Whether it has what belongs to an edition, or to none.
    pub fn has(&self, edition: Option<Uuid>) -> bool {
        match (edition, self.editions) {
            (None, _) => self.has_others,
            (Some(_), None) => true,
            (Some(edition), Some(editions)) => editions.contains(&edition),
        }
    }
}

/// A recording of the document; one that only a talk names has nothing given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdentifiedRecording<'a> {
    pub key: &'a RecordingKey,
    pub edition: Option<Uuid>,
    pub given: Option<&'a Recording>,
}

/// The claim of a thing with slugs.
pub(crate) fn claim(slug: &Slug, identity: &Identity) -> Claim {
    Claim {
        name: slug.to_string(),
        former: identity.former_slugs.iter().filter(|former| *former != slug).map(ToString::to_string).collect(),
        id: identity.id.map(|id| id.0),
    }
}

/// The claim of a thing with a key that never changes.
pub(crate) fn keyed(key: impl ToString, id: Option<crate::scalars::Id>) -> Claim {
    Claim { name: key.to_string(), former: Vec::new(), id: id.map(|id| id.0) }
}

impl<'a> Identified<'a> {
    /// Finds the id of each thing.
    pub(crate) fn of(
        document: &'a Document,
        outlines: &'a [EditionOutline],
        names: StoredNames,
        problems: &mut Vec<String>,
    ) -> Self {
        let mut identities = |what: &str, kind: &str, claims: Vec<Claim>, stored| {
            let identities = Identities::of(what, &claims, stored, (LECTERN, kind), problems);
            identities.check(what, &claims, problems);
            identities
        };
        let conferences = document.conferences.iter().map(|one| claim(&one.slug, &one.identity)).collect();
        let conferences = identities("conference", "conference", conferences, names.conferences);
        let companies = document.companies.iter().map(|one| claim(&one.slug, &one.identity)).collect();
        let companies = identities("company", "company", companies, names.companies);
        let speakers = document.speakers.iter().map(|one| claim(&one.slug, &one.identity)).collect();
        let speakers = identities("speaker", "speaker", speakers, names.speakers);
        let editions = document.editions.iter().map(|one| claim(&one.slug, &one.identity)).collect();
        let editions = identities("edition", "edition", editions, names.editions);

        let own: HashSet<Uuid> = editions.ids.iter().copied().collect();
        let is_elsewhere = |key: &str| {
            let stored = names.recordings.find(key);
            stored.is_some_and(|id| names.edition_of_recording.get(&id).is_none_or(|edition| !own.contains(edition)))
        };
        let videos = videos(document, outlines, &editions.ids, is_elsewhere);
        let claims: Vec<Claim> =
            videos.iter().map(|video| keyed(video.key, video.given.and_then(|given| given.id))).collect();
        let mut recordings = Identities::of("recording", &claims, names.recordings, (LECTERN, "recording"), problems);
        // Recordings that the editions of the document no longer have can't be named.
        let stays = |id: &Uuid| names.edition_of_recording.get(id).is_none_or(|edition| !own.contains(edition));
        recordings.stored.present.retain(|_, id| stays(id));

        let lists = lists(document, &editions.ids);
        let claims: Vec<Claim> = lists.iter().map(|(_, list)| keyed(&list.key, list.id)).collect();
        let playlists = Identities::of("playlist", &claims, names.playlists, (LECTERN, "playlist"), problems);
        let mut videos_of: HashMap<Option<Uuid>, Vec<usize>> = HashMap::new();
        for (n, video) in videos.iter().enumerate() {
            videos_of.entry(video.edition).or_default().push(n);
        }
        Self { conferences, companies, speakers, editions, recordings, playlists, videos, videos_of, lists }
    }

    /// The recordings in a part of the document, with their ids, in the order of `videos`.
    pub(crate) fn videos_in(&self, part: DocumentPart<'_>) -> Vec<(IdentifiedRecording<'a>, Uuid)> {
        let mut numbers: Vec<usize> = match part.editions {
            None if part.has_others => (0..self.videos.len()).collect(),
            None => (0..self.videos.len()).filter(|n| self.videos[*n].edition.is_some()).collect(),
            Some(editions) => {
                let owners = editions.iter().map(|id| Some(*id)).chain(part.has_others.then_some(None));
                owners.filter_map(|owner| self.videos_of.get(&owner)).flatten().copied().collect()
            }
        };
        numbers.sort_unstable();
        numbers.into_iter().map(|n| (self.videos[n], self.recordings.ids[n])).collect()
    }

    /// The playlists, with their editions and their ids.
    fn all_lists(&self) -> impl Iterator<Item = (Option<Uuid>, &'a Playlist, Uuid)> {
        self.lists.iter().zip(&self.playlists.ids).map(|((edition, list), id)| (*edition, *list, *id))
    }

    /// Some of the playlists: those of the editions come first, in the order of the editions.
    pub(crate) fn lists_at(&self, range: Range<usize>) -> impl Iterator<Item = (Option<Uuid>, &'a Playlist, Uuid)> {
        self.all_lists().skip(range.start).take(range.len())
    }

    /// The playlists in a part of the document, with their editions and their ids.
    pub(crate) fn lists_in(&self, part: DocumentPart<'_>) -> impl Iterator<Item = (Option<Uuid>, &'a Playlist, Uuid)> {
        self.all_lists().filter(move |(edition, ..)| part.has(*edition))
    }

    /// The scope of the rows that a part of the document is compared with.
    pub(crate) fn scope(&self, part: DocumentPart<'_>) -> RowScope {
        let editions = self.editions.ids.iter().filter(|id| part.has(Some(**id))).copied().collect();
        if !part.has_others {
            return RowScope { editions, ..RowScope::default() };
        }
        RowScope {
            editions,
            conferences: self.conferences.ids.clone(),
            companies: self.companies.ids.clone(),
            speakers: self.speakers.ids.clone(),
            recordings: self.videos_in(part).into_iter().map(|(_, id)| id).collect(),
            playlists: self.lists_in(part).map(|(.., id)| id).collect(),
            ..RowScope::default()
        }
    }
}

/// The recordings in the document, and those that only talks name. The latter belong to the first edition with such a
/// talk, unless they are stored outside the editions of the document.
fn videos<'a>(
    document: &'a Document,
    outlines: &'a [EditionOutline],
    editions: &[Uuid],
    is_elsewhere: impl Fn(&str) -> bool,
) -> Vec<IdentifiedRecording<'a>> {
    let editions = document.editions.iter().zip(outlines).zip(editions.iter().copied());
    let mut by_slug: Vec<(&Edition, &[RecordingKey], Uuid)> =
        editions.map(|((edition, outline), id)| (edition, outline.unlisted.as_slice(), id)).collect();
    by_slug.sort_by(|a, b| a.0.slug.cmp(&b.0.slug));
    let of_editions = by_slug.iter().flat_map(|(edition, _, id)| {
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
    for (_, unlisted, id) in by_slug {
        for key in unlisted {
            if !seen.contains(key) && !is_elsewhere(&key.to_string()) {
                seen.insert(key);
                videos.push(IdentifiedRecording { key, edition: Some(id), given: None });
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
