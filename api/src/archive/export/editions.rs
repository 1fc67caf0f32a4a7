//! Editions with their rooms, tracks, slots, sponsors and involvements.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{edition, involvement, room, slot, slot_sponsor, sponsor_tier, sponsorship, track};
use uuid::Uuid;

use super::{Export, corrupt, group, outdated, own_id, read, talks::TalkParts, word};
use crate::{
    archive::{estimate::estimated_ends, import::identity::LECTERN},
    error::Result,
    format::document::{
        Edition, EditionGiven, Involvement, InvolvementGiven, Room, RoomGiven, Slot, SlotGiven, SponsorTier,
        SponsorTierGiven, Sponsorship, SponsorshipGiven, Track, TrackGiven,
    },
    scalars::{Acronym, LocalTime, TimeZone},
    vocabulary::SlotKind,
};

/// The contents of editions, by edition, and the sponsors of slots, by slot.
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
        let rooms = contents.rooms.get(&row.id).into_iter().flatten();
        let tracks = contents.tracks.get(&row.id).into_iter().flatten();
        let given = EditionGiven {
            conference: self.slug(row.conference_id)?,
            acronym: (acronym != Acronym::from(&slug)).then_some(acronym),
            replaces: row.replaces_id.map(|id| self.slug(id)).transpose()?,
            involvements: self.involvements(contents.involvements.get(&row.id))?,
            sponsor_tiers: tiers.map(|tier| self.tier(tier, contents)).collect::<Result<_>>()?,
            sponsors: self.sponsors(contents.sponsorships.get(&(row.id, None)))?,
            rooms: rooms.map(|row| room(row)).collect::<Result<_>>()?,
            tracks: tracks.map(|row| track(row)).collect::<Result<_>>()?,
            links: self.links(row.id)?,
            slots: self.slots(contents.slots.get(&row.id), &zone, &contents.sponsors)?.into(),
            talks: self.talks(row.id, &contents.talks)?.into(),
            recordings: self.recordings(Some(row.id))?,
            playlists: self.playlists(Some(row.id))?,
            identity: self.identity(row.id, LECTERN, "edition", &row.slug)?,
        };
        let thing = || format!("the edition {}", row.slug);
        Edition::of_row(row, given).map_err(|wrong| outdated(thing(), wrong, "updateEdition", row.id))
    }

    fn involvements(&self, rows: Option<&Vec<&involvement::Model>>) -> Result<Vec<Involvement>> {
        let involvement = |row: &&involvement::Model| {
            let given = InvolvementGiven {
                person: row.speaker_id.map(|id| self.slug(id)).transpose()?,
                company: row.company_id.map(|id| self.slug(id)).transpose()?,
            };
            Involvement::of_row(row, given).map_err(corrupt)
        };
        rows.into_iter().flatten().map(involvement).collect()
    }

    fn tier(&self, row: &sponsor_tier::Model, contents: &Contents<'_>) -> Result<SponsorTier> {
        let sponsors = self.sponsors(contents.sponsorships.get(&(row.edition_id, Some(row.rank))))?;
        SponsorTier::of_row(row, SponsorTierGiven { sponsors }).map_err(corrupt)
    }

    fn sponsors(&self, rows: Option<&Vec<&sponsorship::Model>>) -> Result<Vec<Sponsorship>> {
        let sponsorship = |row: &&sponsorship::Model| {
            Sponsorship::of_row(row, SponsorshipGiven { company: self.slug(row.company_id)? }).map_err(corrupt)
        };
        rows.into_iter().flatten().map(sponsorship).collect()
    }

    fn slots(
        &self,
        rows: Option<&Vec<&slot::Model>>,
        zone: &TimeZone,
        sponsors: &HashMap<Uuid, Vec<&slot_sponsor::Model>>,
    ) -> Result<Vec<Slot>> {
        let rows: Vec<slot::Model> = rows.into_iter().flatten().map(|row| (*row).clone()).collect();
        let ends = estimated_ends(&rows, zone);
        let slot = |(row, estimated): (&slot::Model, DateTime<Utc>)| {
            let is_estimated = row.end_is_estimated && row.ends_at == estimated;
            let kind: SlotKind = word(&row.kind)?;
            let sponsors = sponsors.get(&row.id).into_iter().flatten();
            let given = SlotGiven {
                starts_at: LocalTime::at(row.starts_at, zone),
                ends_at: (!is_estimated).then(|| LocalTime::at(row.ends_at, zone)),
                end_is_estimated: row.end_is_estimated && !is_estimated,
                talk: row.talk_id.map(|id| self.slug(id)).transpose()?,
                kind: (kind != SlotKind::Talk).then_some(kind),
                room: row.room_id.map(|id| self.slug(id)).transpose()?,
                sponsors: sponsors.map(|sponsor| self.slug(sponsor.company_id)).collect::<Result<_>>()?,
                id: own_id(row.id, row.edition_id, "slot", &row.number.to_string()),
            };
            Slot::of_row(row, given).map_err(corrupt)
        };
        rows.iter().zip(ends).map(slot).collect()
    }
}

fn room(row: &room::Model) -> Result<Room> {
    Room::of_row(row, RoomGiven { id: own_id(row.id, row.edition_id, "room", &row.slug) }).map_err(corrupt)
}

fn track(row: &track::Model) -> Result<Track> {
    Track::of_row(row, TrackGiven { id: own_id(row.id, row.edition_id, "track", &row.slug) }).map_err(corrupt)
}
