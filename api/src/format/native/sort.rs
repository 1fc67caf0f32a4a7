//! The canonical order. Lists whose order is data (billing, tiers, rooms, links, aliases) keep it.

use std::{cmp::Ordering, collections::HashMap};

use super::FileContent;
use crate::{
    format::document::{
        CompaniesFile, Company, Conference, ConferencesFile, Document, Edition, Playlist, Recording, RecordingsFile,
        Speaker, SpeakersFile,
    },
    scalars::{LocalTime, TimeZone},
};

impl Document {
    /// Sorts everything, so that equal archives are equal values. Things are sorted by slug or key, slots by time and
    /// number, talks by time, block and position in the block. Talks without a time come last.
    pub fn sort(&mut self) {
        sort_conferences(&mut self.conferences);
        sort_companies(&mut self.companies);
        sort_speakers(&mut self.speakers);
        self.editions.sort_by(|a, b| a.slug.cmp(&b.slug));
        self.editions.iter_mut().for_each(FileContent::sort);
        sort_recordings(&mut self.recordings, &mut self.playlists);
    }
}

impl FileContent for Document {
    fn sort(&mut self) {
        self.sort();
    }
}

impl FileContent for ConferencesFile {
    fn sort(&mut self) {
        sort_conferences(&mut self.conferences);
    }
}

impl FileContent for CompaniesFile {
    fn sort(&mut self) {
        sort_companies(&mut self.companies);
    }
}

impl FileContent for SpeakersFile {
    fn sort(&mut self) {
        sort_speakers(&mut self.speakers);
    }
}

impl FileContent for RecordingsFile {
    fn sort(&mut self) {
        sort_recordings(&mut self.recordings, &mut self.playlists);
    }
}

impl FileContent for Edition {
    fn sort(&mut self) {
        if self.slots.is_packed() && self.talks.is_packed() {
            self.slots.sort_packed();
            self.talks.sort_packed();
        } else {
            let order = self.order();
            self.slots.arrange(&order.slots);
            self.talks.arrange(&order.talks);
        }
        sort_recordings(&mut self.recordings, &mut self.playlists);
    }
}

/// The canonical order of an edition's slots and talks: their places.
struct EditionOrder {
    slots: Vec<u32>,
    talks: Vec<u32>,
}

impl Edition {
    /// Packs the talks and slots.
    pub(super) fn pack(&mut self) {
        let order = self.order();
        self.slots.pack(&order.slots);
        self.talks.pack(&order.talks);
    }

    fn order(&self) -> EditionOrder {
        let zone = &self.timezone;
        let slots = places(&self.slots, |slot| (moment(slot.starts_at, zone), slot.number));
        let mut starts = HashMap::new();
        for slot in slots.iter().filter_map(|place| self.slots.get(*place as usize)) {
            if let Some(talk) = &slot.talk {
                starts.entry(talk).or_insert_with(|| moment(slot.starts_at, zone));
            }
        }
        // A block comes before its talks. The talks of two blocks at the same time do not mix.
        let talks = places(&self.talks, |talk| {
            let start = starts.get(&talk.slug).or_else(|| starts.get(talk.block.as_ref()?)).cloned();
            let group = talk.block.as_ref().unwrap_or(&talk.slug);
            (TalkStart(start), group, talk.block.is_some(), talk.block_position.unwrap_or(i32::MAX), &talk.slug)
        });
        EditionOrder { slots, talks }
    }
}

/// The places of the items of a list, in the order of their keys.
fn places<'l, T, K: Ord>(list: &'l [T], key: impl Fn(&'l T) -> K) -> Vec<u32> {
    let mut keys: Vec<(K, u32)> = list.iter().map(key).zip(0..).collect();
    keys.sort();
    keys.into_iter().map(|(_, place)| place).collect()
}

fn sort_conferences(conferences: &mut [Conference]) {
    conferences.sort_by(|a, b| a.slug.cmp(&b.slug));
}

fn sort_companies(companies: &mut [Company]) {
    companies.sort_by(|a, b| a.slug.cmp(&b.slug));
}

fn sort_speakers(speakers: &mut [Speaker]) {
    speakers.sort_by(|a, b| a.slug.cmp(&b.slug));
}

fn sort_recordings(recordings: &mut [Recording], playlists: &mut [Playlist]) {
    recordings.sort_by(|a, b| a.key.cmp(&b.key));
    playlists.sort_by(|a, b| a.key.cmp(&b.key));
}

/// The start of a talk. A talk without one comes last.
#[derive(PartialEq, Eq)]
struct TalkStart(Option<SortableTime>);

/// An instant, and the local time for a time that the zone's clocks never show.
type SortableTime = (Option<chrono::DateTime<chrono::Utc>>, String);

impl Ord for TalkStart {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0.is_none(), &self.0).cmp(&(other.0.is_none(), &other.0))
    }
}

impl PartialOrd for TalkStart {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn moment(time: LocalTime, zone: &TimeZone) -> SortableTime {
    (time.instant(zone).ok(), time.to_string())
}
