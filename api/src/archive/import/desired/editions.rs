//! Editions with their rooms, tracks, sponsors and involvements.

use entity::{edition, involvement, room, sponsor_tier, sponsorship, track};
use uuid::Uuid;

use super::Desired;
use crate::{
    archive::{
        import::{
            identified::{claim, keyed},
            identity::Identities,
        },
        store::rows::NodeRow,
    },
    format::document::{Edition, Sponsorship},
    rules::{self, MOST_DAYS, WrongDays},
    scalars::{Acronym, TimeZone},
};

/// An edition, and the identities of its rooms, tracks and talks.
pub(super) struct EditionNames {
    pub id: Uuid,
    pub slug: String,
    pub year: i32,
    pub zone: TimeZone,
    pub rooms: Identities,
    pub tracks: Identities,
    pub talks: Identities,
}

impl Desired<'_> {
    /// An edition with its content.
    pub(in crate::archive::import) fn edition(&mut self, given: &Edition, id: Uuid) {
        let within = self.within(given, id);
        self.edition_itself(given, id);
        self.rooms_and_tracks(given, &within);
        self.involvements(given, id);
        self.sponsors(given, id);
        for (talk, talk_id) in given.talks.iter().zip(&within.talks.ids) {
            self.talk(talk, *talk_id, &within);
        }
        self.slots(given, &within);
        self.keep_rules(given, &within);
    }

    fn within(&mut self, given: &Edition, id: Uuid) -> EditionNames {
        let mut identities = |kind: &'static str, claims: Vec<_>| {
            let stored = self.stored.names.remove(&(kind, id)).unwrap_or_default();
            Identities::of(&format!("edition {}: {kind}", given.slug), &claims, stored, (id, kind), self.problems)
        };
        EditionNames {
            id,
            slug: given.slug.to_string(),
            year: given.year,
            zone: given.timezone,
            rooms: identities("room", given.rooms.iter().map(|room| keyed(&room.slug, room.id)).collect()),
            tracks: identities("track", given.tracks.iter().map(|track| keyed(&track.slug, track.id)).collect()),
            talks: identities("talk", given.talks.iter().map(|talk| claim(&talk.slug, &talk.identity)).collect()),
        }
    }

    fn edition_itself(&mut self, given: &Edition, id: Uuid) {
        let place = || format!("edition {}", given.slug);
        let identified = self.identified;
        match rules::edition_days(given.starts_on.map(|day| day.0), given.ends_on.map(|day| day.0)) {
            Ok(()) => {}
            Err(WrongDays::TooMany) => {
                self.problems.push(format!("{}: an edition has {MOST_DAYS} days at most", place()));
            }
            Err(_) => {
                let wrong = "starts_on and ends_on are a first and a last day, or neither is there";
                self.problems.push(format!("{}: {wrong}", place()));
            }
        }
        let conference_id = self.reference(&identified.conferences, "conference", &given.conference, place);
        let replaces_id =
            given.replaces.as_ref().map(|slug| self.reference(&identified.editions, "edition", slug, place));
        let acronym = given.acronym.clone().unwrap_or_else(|| Acronym::from(&given.slug)).to_string();
        let mut row = edition::Model { id, conference_id, acronym, replaces_id, ..Default::default() };
        given.put_columns(&mut row);
        self.rows.editions.push(row);
        self.links(edition::Model::KIND, id, &given.links, place);
        self.aliases((edition::Model::KIND, None), &identified.editions, (id, &given.slug), &given.identity, &[]);
    }

    fn rooms_and_tracks(&mut self, given: &Edition, within: &EditionNames) {
        let edition_id = within.id;
        for (position, (room, id)) in (1..).zip(given.rooms.iter().zip(&within.rooms.ids)) {
            let mut row = room::Model { id: *id, edition_id, position, ..Default::default() };
            room.put_columns(&mut row);
            self.rows.rooms.push(row);
        }
        for (position, (track, id)) in (1..).zip(given.tracks.iter().zip(&within.tracks.ids)) {
            let mut row = track::Model { id: *id, edition_id, position, ..Default::default() };
            track.put_columns(&mut row);
            self.rows.tracks.push(row);
        }
    }

    fn involvements(&mut self, given: &Edition, edition_id: Uuid) {
        let place = || format!("edition {}: involvements", given.slug);
        let identified = self.identified;
        for (position, one) in (1..).zip(&given.involvements) {
            if !rules::is_of_one(one.person.is_some(), one.company.is_some()) {
                self.problems.push(format!("{}: each is of a person or of a company", place()));
            }
            let speaker_id =
                one.person.as_ref().map(|slug| self.reference(&identified.speakers, "speaker", slug, place));
            let company_id =
                one.company.as_ref().map(|slug| self.reference(&identified.companies, "company", slug, place));
            let mut row = involvement::Model { edition_id, position, speaker_id, company_id, ..Default::default() };
            one.put_columns(&mut row);
            self.rows.involvements.push(row);
        }
    }

    fn sponsors(&mut self, given: &Edition, edition_id: Uuid) {
        let mut all: Vec<(Option<i32>, &Sponsorship)> = Vec::new();
        for (rank, tier) in (1..).zip(&given.sponsor_tiers) {
            let mut row = sponsor_tier::Model { edition_id, rank, ..Default::default() };
            tier.put_columns(&mut row);
            self.rows.sponsor_tiers.push(row);
            all.extend(tier.sponsors.iter().map(|one| (Some(rank), one)));
        }
        all.extend(given.sponsors.iter().map(|one| (None, one)));
        let identified = self.identified;
        for (position, (tier_rank, one)) in (1..).zip(all) {
            let place = || format!("edition {}: sponsors", given.slug);
            let company_id = self.reference(&identified.companies, "company", &one.company, place);
            let mut row = sponsorship::Model { edition_id, position, tier_rank, company_id, ..Default::default() };
            one.put_columns(&mut row);
            self.rows.sponsorships.push(row);
        }
    }
}
