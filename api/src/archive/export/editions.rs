//! Editions, and all that is in them but talks.

use std::collections::HashMap;

use entity::{edition, involvement, room, slot, slot_sponsor, sponsor_tier, sponsorship, track};
use uuid::Uuid;

use super::{Export, group, json, maybe, read, talks::TalkParts, things::own_id, word};
use crate::{
    archive::import::{desired::estimated_ends, identity::LECTERN},
    error::Result,
    format::document::{Edition, Involvement, Room, Slot, SponsorTier, Sponsorship, Track},
    scalars::{Acronym, Date, LocalTime, TimeZone},
    vocabulary::SlotKind,
};

/// What is in editions, by edition; sponsors by slot.
struct Contents<'a> {
    involvements: HashMap<Uuid, Vec<&'a involvement::Model>>,
    tiers: HashMap<Uuid, Vec<&'a sponsor_tier::Model>>,
    sponsorships: HashMap<(Uuid, Option<i32>), Vec<&'a sponsorship::Model>>,
    rooms: HashMap<Uuid, Vec<&'a room::Model>>,
    tracks: HashMap<Uuid, Vec<&'a track::Model>>,
    slots: HashMap<Uuid, Vec<&'a slot::Model>>,
    sponsors: HashMap<Uuid, Vec<&'a slot_sponsor::Model>>,
    talks: TalkParts<'a>,
}

impl Export<'_> {
    pub(super) fn editions(&self) -> Result<Vec<Edition>> {
        let rows = self.rows;
        let contents = Contents {
            involvements: group(&rows.involvements, |row| row.edition_id),
            tiers: group(&rows.sponsor_tiers, |row| row.edition_id),
            sponsorships: group(&rows.sponsorships, |row| (row.edition_id, row.tier_rank)),
            rooms: group(&rows.rooms, |row| row.edition_id),
            tracks: group(&rows.tracks, |row| row.edition_id),
            slots: group(&rows.slots, |row| row.edition_id),
            sponsors: group(&rows.slot_sponsors, |row| row.slot_id),
            talks: TalkParts::of(rows),
        };
        rows.editions.iter().map(|row| self.edition(row, &contents)).collect()
    }

    fn edition(&self, row: &edition::Model, contents: &Contents<'_>) -> Result<Edition> {
        let slug = self.slug(row.id)?;
        let zone: TimeZone = read(&row.timezone)?;
        let acronym: Acronym = read(&row.acronym)?;
        let tiers = contents.tiers.get(&row.id).into_iter().flatten();
        Ok(Edition {
            conference: self.slug(row.conference_id)?,
            name: row.name.clone(),
            year: row.year,
            acronym: (acronym != Acronym::from(&slug)).then_some(acronym),
            starts_on: row.starts_on.map(Date),
            ends_on: row.ends_on.map(Date),
            timezone: zone,
            status: row.status.as_deref().map(word).transpose()?,
            format: word(&row.format)?,
            city: row.city.clone(),
            country: maybe(row.country.as_ref())?,
            venue: row.venue.as_ref().map(json).transpose()?,
            capacity: row.capacity,
            attendance: row.attendance,
            attendance_is_estimate: row.attendance_is_estimate,
            sold_out: row.sold_out,
            ordinal: row.ordinal,
            hashtags: json(&row.hashtags)?,
            website_url: maybe(row.website_url.as_ref())?,
            replaces: row.replaces_id.map(|id| self.slug(id)).transpose()?,
            call_for_papers: row.call_for_papers.as_ref().map(json).transpose()?,
            tickets: json(&row.tickets)?,
            involvements: self.involvements(contents.involvements.get(&row.id))?,
            sponsor_tiers: tiers.map(|tier| self.tier(tier, contents)).collect::<Result<_>>()?,
            sponsors: self.sponsors(contents.sponsorships.get(&(row.id, None)))?,
            rooms: contents
                .rooms
                .get(&row.id)
                .into_iter()
                .flatten()
                .map(|room| self.room(room))
                .collect::<Result<_>>()?,
            tracks: contents
                .tracks
                .get(&row.id)
                .into_iter()
                .flatten()
                .map(|track| self.track(track))
                .collect::<Result<_>>()?,
            links: self.links(row.id)?,
            slots: self.slots(contents.slots.get(&row.id), &zone, &contents.sponsors)?,
            talks: self.talks(row.id, &contents.talks)?,
            recordings: self.recordings(Some(row.id))?,
            playlists: self.playlists(Some(row.id))?,
            identity: self.identity(row.id, LECTERN, "edition", &row.slug)?,
            slug,
        })
    }

    fn involvements(&self, rows: Option<&Vec<&involvement::Model>>) -> Result<Vec<Involvement>> {
        let told = |row: &&involvement::Model| {
            Ok(Involvement {
                person: row.speaker_id.map(|id| self.slug(id)).transpose()?,
                company: row.company_id.map(|id| self.slug(id)).transpose()?,
                role: word(&row.role)?,
                note: row.note.clone(),
            })
        };
        rows.into_iter().flatten().map(told).collect()
    }

    fn tier(&self, row: &sponsor_tier::Model, contents: &Contents<'_>) -> Result<SponsorTier> {
        Ok(SponsorTier {
            slug: read(&row.slug)?,
            name: row.name.clone(),
            sponsors: self.sponsors(contents.sponsorships.get(&(row.edition_id, Some(row.rank))))?,
        })
    }

    fn sponsors(&self, rows: Option<&Vec<&sponsorship::Model>>) -> Result<Vec<Sponsorship>> {
        let told = |row: &&sponsorship::Model| {
            Ok(Sponsorship { company: self.slug(row.company_id)?, url: maybe(row.url.as_ref())? })
        };
        rows.into_iter().flatten().map(told).collect()
    }

    fn room(&self, row: &room::Model) -> Result<Room> {
        Ok(Room {
            slug: self.slug(row.id)?,
            name: row.name.clone(),
            capacity: row.capacity,
            id: own_id(row.id, row.edition_id, "room", &row.slug),
        })
    }

    fn track(&self, row: &track::Model) -> Result<Track> {
        Ok(Track {
            slug: self.slug(row.id)?,
            name: row.name.clone(),
            color: maybe(row.color.as_ref())?,
            id: own_id(row.id, row.edition_id, "track", &row.slug),
        })
    }

    fn slots(
        &self,
        rows: Option<&Vec<&slot::Model>>,
        zone: &TimeZone,
        sponsors: &HashMap<Uuid, Vec<&slot_sponsor::Model>>,
    ) -> Result<Vec<Slot>> {
        let rows: Vec<slot::Model> = rows.into_iter().flatten().map(|row| (*row).clone()).collect();
        let ends = estimated_ends(&rows, zone);
        rows.iter()
            .zip(ends)
            .map(|(row, estimated)| {
                let follows = row.end_is_estimated && row.ends_at == estimated;
                let kind: SlotKind = word(&row.kind)?;
                let sponsors = sponsors.get(&row.id).into_iter().flatten();
                Ok(Slot {
                    number: row.number,
                    starts_at: LocalTime::at(row.starts_at, zone),
                    ends_at: (!follows).then(|| LocalTime::at(row.ends_at, zone)),
                    end_is_estimated: row.end_is_estimated && !follows,
                    is_open_ended: row.is_open_ended,
                    talk: row.talk_id.map(|id| self.slug(id)).transpose()?,
                    kind: (kind != SlotKind::Talk).then_some(kind),
                    title: row.title.clone(),
                    room: row.room_id.map(|id| self.slug(id)).transpose()?,
                    place: row.place.as_ref().map(json).transpose()?,
                    sponsors: sponsors.map(|sponsor| self.slug(sponsor.company_id)).collect::<Result<_>>()?,
                    id: own_id(row.id, row.edition_id, "slot", &row.number.to_string()),
                })
            })
            .collect()
    }
}
