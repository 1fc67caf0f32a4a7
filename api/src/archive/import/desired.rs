//! The rows that a document describes.

use std::collections::{HashMap, HashSet};

use entity::{alias, link};
use uuid::Uuid;

use super::{
    identified::{DocumentPart, Identified},
    identity::{Identities, NameIndex},
    taken,
};
use crate::{
    archive::{
        links::subject,
        store::rows::{Rows, nodes},
    },
    format::document::{Document, Whereabouts},
};

mod editions;
mod names;
mod people;
mod rules;
mod slots;
mod talks;
mod videos;

/// The rows that a part of a document describes, given the rows that are stored in its scope.
pub(crate) fn rows(
    document: &Document,
    identified: &Identified<'_>,
    part: DocumentPart<'_>,
    stored: &Rows,
    problems: &mut Vec<String>,
) -> Rows {
    let mut desired = Desired::of(document, identified, stored, problems);
    if part.has_others {
        for (given, id) in document.conferences.iter().zip(&identified.conferences.ids) {
            desired.conference(given, *id);
        }
        for (given, id) in document.companies.iter().zip(&identified.companies.ids) {
            desired.company(given, *id);
        }
        for (given, id) in document.speakers.iter().zip(&identified.speakers.ids) {
            desired.speaker(given, *id);
        }
    }
    for (given, id) in identified.videos_in(part) {
        desired.recording(given, id);
    }
    for (given, id) in document.editions.iter().zip(&identified.editions.ids).filter(|(_, id)| part.has(Some(**id))) {
        desired.edition(&given.unpacked(), *id);
    }
    for (edition, given, id) in identified.lists_in(part) {
        desired.playlist(edition, given, id);
    }
    let mut rows = desired.take();
    rows.renew_derived();
    rows
}

/// Stored rows by what they belong to.
struct StoredIndex<'a> {
    /// The present slugs of things that can have former ones.
    slugs: HashMap<Uuid, &'a str>,
    aliases: HashMap<Uuid, Vec<&'a alias::Model>>,
    /// By the things that they are about.
    links: HashMap<Uuid, Vec<&'a link::Model>>,
    /// The names of rooms, tracks, talks and slots, by kind and edition.
    names: HashMap<(&'static str, Uuid), NameIndex>,
}

impl<'a> StoredIndex<'a> {
    fn of(rows: &'a Rows) -> Self {
        let mut stored =
            Self { slugs: HashMap::new(), aliases: HashMap::new(), links: HashMap::new(), names: HashMap::new() };
        stored.slugs.extend(rows.conferences.iter().map(|row| (row.id, row.slug.as_str())));
        stored.slugs.extend(rows.companies.iter().map(|row| (row.id, row.slug.as_str())));
        stored.slugs.extend(rows.speakers.iter().map(|row| (row.id, row.slug.as_str())));
        stored.slugs.extend(rows.editions.iter().map(|row| (row.id, row.slug.as_str())));
        stored.slugs.extend(rows.talks.iter().map(|row| (row.id, row.slug.as_str())));
        for row in &rows.aliases {
            stored.aliases.entry(row.owner_id).or_default().push(row);
        }
        for row in &rows.links {
            stored.links.entry(subject(row)).or_default().push(row);
        }
        let mut name = |kind, edition, name: String, id| {
            stored.names.entry((kind, edition)).or_default().present.insert(name, id);
        };
        rows.rooms.iter().for_each(|row| name("room", row.edition_id, row.slug.clone(), row.id));
        rows.tracks.iter().for_each(|row| name("track", row.edition_id, row.slug.clone(), row.id));
        rows.talks.iter().for_each(|row| name("talk", row.edition_id, row.slug.clone(), row.id));
        rows.slots.iter().for_each(|row| name("slot", row.edition_id, row.number.to_string(), row.id));
        for row in &rows.talks {
            let aliases = stored.aliases.get(&row.id).map_or(&[][..], Vec::as_slice);
            for alias in aliases.iter().filter(|alias| alias.kind == "SLUG") {
                stored.names.entry(("talk", row.edition_id)).or_default().former.insert(alias.value.clone(), row.id);
            }
        }
        stored
    }
}

/// Makes rows of things of a document, one by one.
pub(super) struct Desired<'a> {
    identified: &'a Identified<'a>,
    places: &'a Whereabouts,
    stored: StoredIndex<'a>,
    rows: Rows,
    problems: &'a mut Vec<String>,
}

impl<'a> Desired<'a> {
    /// What makes rows of things of a document, given the rows that are stored of them.
    pub(super) fn of(
        document: &'a Document,
        identified: &'a Identified<'_>,
        stored: &'a Rows,
        problems: &'a mut Vec<String>,
    ) -> Self {
        let (places, stored) = (&document.places, StoredIndex::of(stored));
        Self { identified, places, stored, rows: Rows::default(), problems }
    }

    /// The rows that were made, without the columns that are derived from others of a row.
    pub(super) fn take(&mut self) -> Rows {
        self.each_id_once();
        std::mem::take(&mut self.rows)
    }

    /// The id of the thing with a name; a missing one is a problem.
    fn reference(
        &mut self,
        identities: &Identities,
        what: &str,
        name: impl ToString,
        place: impl Fn() -> String,
    ) -> Uuid {
        let name = name.to_string();
        identities.find(&name).unwrap_or_else(|| {
            self.problems.push(format!("{}: there is no {what} {name}", place()));
            Uuid::nil()
        })
    }

    /// Reports ids that several things have, of the same kind or not.
    fn each_id_once(&mut self) {
        let rows = &self.rows;
        let mut seen = HashSet::new();
        let mut twice = Vec::new();
        macro_rules! take {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(twice.extend(rows.$rows.iter().map(|row| row.id).filter(|id| !id.is_nil() && !seen.insert(*id)));)+
            };
        }
        nodes!(take);
        if twice.is_empty() {
            return;
        }
        let mut owners: HashMap<Uuid, Vec<String>> = HashMap::new();
        taken::each_name(rows, |id, name| owners.entry(id).or_default().push(name));
        for id in twice {
            let all = owners.get(&id).map(|names| names.join(" and of ")).unwrap_or_default();
            let place = self.places.of(&id.hyphenated().to_string());
            self.problems.push(format!("the id {id}{place} is that of {all}: give each its own, or leave the id out"));
        }
    }
}
