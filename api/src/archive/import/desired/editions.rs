//! An edition, and what belongs to no talk or slot: rooms, tracks, sponsors, and who made it.

use chrono::Duration;
use entity::{edition, involvement, room, sponsor_tier, sponsorship, track};
use sea_orm::ActiveEnum;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Desired, UNWRITTEN};
use crate::{
    archive::{
        import::{
            identity::Book,
            things::{claim, keyed},
        },
        store::rows::NodeRow,
    },
    database::fold,
    format::document::{Edition, Sponsorship},
    resource::day::Day,
    scalars::{Acronym, TimeZone},
};

/// What the names within one edition lead to.
pub(super) struct EditionNames {
    pub id: Uuid,
    pub slug: String,
    pub year: i32,
    pub zone: TimeZone,
    pub rooms: Book,
    pub tracks: Book,
    pub talks: Book,
}

/// A value of a column of JSON; what is none of these types can't fail.
pub(crate) fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

impl Desired<'_> {
    /// An edition and all that is in it.
    pub(super) fn edition(&mut self, told: &Edition, id: Uuid) {
        let within = self.within(told, id);
        self.edition_itself(told, id);
        self.rooms_and_tracks(told, &within);
        self.involvements(told, id);
        self.sponsors(told, id);
        for (talk, talk_id) in told.talks.iter().zip(&within.talks.ids) {
            self.talk(talk, *talk_id, &within);
        }
        self.slots(told, &within);
        self.keep_rules(told, &within);
    }

    fn within(&mut self, told: &Edition, id: Uuid) -> EditionNames {
        let mut book = |kind: &'static str, claims: Vec<_>| {
            let stored = self.stored.names.remove(&(kind, id)).unwrap_or_default();
            Book::of(&format!("edition {}: {kind}", told.slug), &claims, stored, (id, kind), self.problems)
        };
        EditionNames {
            id,
            slug: told.slug.to_string(),
            year: told.year,
            zone: told.timezone,
            rooms: book("room", told.rooms.iter().map(|room| keyed(&room.slug, room.id)).collect()),
            tracks: book("track", told.tracks.iter().map(|track| keyed(&track.slug, track.id)).collect()),
            talks: book("talk", told.talks.iter().map(|talk| claim(&talk.slug, &talk.identity)).collect()),
        }
    }

    fn edition_itself(&mut self, told: &Edition, id: Uuid) {
        let place = || format!("edition {}", told.slug);
        let things = self.things;
        if told.starts_on.is_some() != told.ends_on.is_some() || told.ends_on < told.starts_on {
            self.problems
                .push(format!("{}: starts_on and ends_on are a first and a last day, or neither is there", place()));
        }
        let conference_id = self.reference(&things.conferences, "conference", &told.conference, place);
        let replaces_id = told.replaces.as_ref().map(|slug| self.reference(&things.editions, "edition", slug, place));
        self.rows.editions.push(edition::Model {
            id,
            conference_id,
            slug: told.slug.to_string(),
            acronym: told.acronym.clone().unwrap_or_else(|| Acronym::from(&told.slug)).to_string(),
            name: told.name.clone(),
            name_key: fold(&told.name),
            year: told.year,
            starts_on: told.starts_on.map(|date| date.0),
            ends_on: told.ends_on.map(|date| date.0),
            begins_at: told.starts_on.map(|date| Day::begins(date.0, &told.timezone)),
            finishes_at: told.ends_on.map(|date| Day::begins(date.0 + Duration::days(1), &told.timezone)),
            timezone: told.timezone.to_string(),
            status: told.status.map(|status| status.to_value()),
            format: told.format.to_value(),
            city: told.city.clone(),
            city_key: told.city.as_deref().map(fold),
            country: told.country.as_ref().map(ToString::to_string),
            venue: told.venue.as_ref().map(json),
            capacity: told.capacity,
            attendance: told.attendance,
            attendance_is_estimate: told.attendance_is_estimate,
            sold_out: told.sold_out,
            ordinal: told.ordinal,
            hashtags: json(&told.hashtags),
            website_url: told.website_url.as_ref().map(ToString::to_string),
            replaces_id,
            call_for_papers: told.call_for_papers.as_ref().map(json),
            tickets: json(&told.tickets),
            content_revision: UNWRITTEN.0,
            content_updated_at: UNWRITTEN.1,
            revision: UNWRITTEN.0,
            updated_at: UNWRITTEN.1,
        });
        self.links(edition::Model::KIND, id, &told.links, place);
        self.aliases((edition::Model::KIND, None), &things.editions, (id, &told.slug), &told.identity, &[]);
    }

    fn rooms_and_tracks(&mut self, told: &Edition, within: &EditionNames) {
        let edition_id = within.id;
        let (revision, updated_at) = UNWRITTEN;
        let rooms = (1..).zip(told.rooms.iter().zip(&within.rooms.ids));
        self.rows.rooms.extend(rooms.map(|(position, (room, id))| room::Model {
            id: *id,
            edition_id,
            slug: room.slug.to_string(),
            name: room.name.clone(),
            capacity: room.capacity,
            position,
            revision,
            updated_at,
        }));
        let tracks = (1..).zip(told.tracks.iter().zip(&within.tracks.ids));
        self.rows.tracks.extend(tracks.map(|(position, (track, id))| track::Model {
            id: *id,
            edition_id,
            slug: track.slug.to_string(),
            name: track.name.clone(),
            color: track.color.as_ref().map(ToString::to_string),
            position,
            revision,
            updated_at,
        }));
    }

    fn involvements(&mut self, told: &Edition, edition_id: Uuid) {
        let place = || format!("edition {}: involvements", told.slug);
        let things = self.things;
        for (position, one) in (1..).zip(&told.involvements) {
            if one.person.is_some() == one.company.is_some() {
                self.problems.push(format!("{}: each is of a person or of a company", place()));
            }
            let speaker_id = one.person.as_ref().map(|slug| self.reference(&things.speakers, "speaker", slug, place));
            let company_id = one.company.as_ref().map(|slug| self.reference(&things.companies, "company", slug, place));
            self.rows.involvements.push(involvement::Model {
                edition_id,
                position,
                speaker_id,
                company_id,
                role: one.role.to_value(),
                note: one.note.clone(),
            });
        }
    }

    fn sponsors(&mut self, told: &Edition, edition_id: Uuid) {
        let mut all: Vec<(Option<i32>, &Sponsorship)> = Vec::new();
        for (rank, tier) in (1..).zip(&told.sponsor_tiers) {
            let (slug, name) = (tier.slug.to_string(), tier.name.clone());
            self.rows.sponsor_tiers.push(sponsor_tier::Model { edition_id, rank, slug, name });
            all.extend(tier.sponsors.iter().map(|one| (Some(rank), one)));
        }
        all.extend(told.sponsors.iter().map(|one| (None, one)));
        let things = self.things;
        for (position, (tier_rank, one)) in (1..).zip(all) {
            let place = || format!("edition {}: sponsors", told.slug);
            let company_id = self.reference(&things.companies, "company", &one.company, place);
            let url = one.url.as_ref().map(ToString::to_string);
            self.rows.sponsorships.push(sponsorship::Model { edition_id, position, tier_rank, company_id, url });
        }
    }
}
