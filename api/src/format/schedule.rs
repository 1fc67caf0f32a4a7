//! A schedule as one value, which every schedule format writes. The number of statements is constant, whether it is
//! read for an edition, a talk or a speaker.

use std::sync::Arc;

use chrono::{DateTime as Instant, Utc};
use futures_util::future::{try_join, try_join_all};
use uuid::Uuid;

use crate::{
    error::Result,
    read::{Loading, Reads, batch::Batches},
    resource::{
        appearance::{Appearance, AppearancesOfSpeaker, AppearancesWithCompanies},
        company::Company,
        conference::Conference,
        day::Day,
        edition::Edition,
        link::{Link, Subject},
        recording::{TalkRecording, TalkRecordingsOfTalk},
        room::{Room, RoomsOfEdition},
        slot::{Slot, SlotsOfEdition, SlotsOfTalk},
        talk::{TagsOfTalk, Talk, TalksOfBlock},
        track::{Track, TracksOfEdition},
    },
    scalars::{Date, DateTime, Revision},
    vocabulary::{EditionStatus, TalkStatus},
};

/// The schedule of an edition.
#[derive(Clone, Debug)]
pub struct Schedule {
    pub conference: Arc<Conference>,
    pub edition: Arc<Edition>,
    /// In the order in which schedules show them.
    pub rooms: Vec<Arc<Room>>,
    pub tracks: Vec<Arc<Track>>,
    /// Every day of the edition, including those without events.
    pub days: Vec<ScheduleDay>,
}

/// A conference day: from 05:00 of its date to 05:00 of the next, local time.
#[derive(Clone, Debug)]
pub struct ScheduleDay {
    pub date: Date,
    /// The number of the day, from 1.
    pub index: i32,
    /// In time order.
    pub events: Vec<Event>,
}

/// A slot, with everything that formats show of it.
#[derive(Clone, Debug)]
pub struct Event {
    pub edition: Arc<Edition>,
    pub slot: Arc<Slot>,
    pub room: Option<Arc<Room>>,
    /// The talk. A break or a social event has none.
    pub talk: Option<ScheduledTalk>,
}

/// A talk, with everything that formats show of it.
#[derive(Clone, Debug)]
pub struct ScheduledTalk {
    pub talk: Arc<Talk>,
    pub r#abstract: Option<Arc<str>>,
    pub track: Option<Arc<Track>>,
    pub tags: Vec<String>,
    /// In billing order, each with its companies loaded.
    pub appearances: Vec<Arc<Appearance>>,
    pub recordings: Vec<Arc<TalkRecording>>,
    pub links: Vec<Arc<Link>>,
    /// The talks of a lightning round, without withdrawn ones.
    pub talks: Vec<ScheduledTalk>,
}

impl Schedule {
    /// Loads the whole schedule of an edition. Works only within [`crate::read::batch::drive`].
    pub async fn of(edition: Arc<Edition>, batches: &Arc<Batches<Reads>>) -> Result<Self> {
        let id = edition.id.0;
        let (rooms, tracks) = try_join(batches.load(RoomsOfEdition(id)), batches.load(TracksOfEdition(id))).await?;
        let slots = batches.load(SlotsOfEdition(id)).await?;
        let days = Day::of_schedule(edition.starts_on, edition.ends_on, &edition.timezone, &slots);
        let mut events = events(slots, batches).await?.into_iter();
        let days = days.into_iter().map(|day| ScheduleDay {
            date: day.date,
            index: day.index,
            events: events.by_ref().take(day.slots.len()).collect(),
        });
        Ok(Self { conference: batches.one(edition.conference_id).await?, rooms, tracks, days: days.collect(), edition })
    }

    /// All events, in time order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.days.iter().flat_map(|day| &day.events)
    }

    /// Keeps only the events of one conference day, of a room and of a track (slugs). A slug that belongs to nothing
    /// keeps none.
    pub fn keep(&mut self, date: Option<Date>, room: Option<&str>, track: Option<&str>) {
        for day in &mut self.days {
            day.events.retain(|event| {
                date.is_none_or(|date| date == day.date)
                    && room.is_none_or(|slug| event.room.as_ref().is_some_and(|room| room.slug == slug))
                    && track.is_none_or(|slug| event.track().is_some_and(|track| track.slug == slug))
            });
        }
    }
}

/// The events of a talk, or of the block that it is in. Works only within [`crate::read::batch::drive`].
pub async fn events_of_talk(talk: &Talk, batches: &Arc<Batches<Reads>>) -> Result<Vec<Event>> {
    events(slots_of(talk, batches).await?, batches).await
}

/// The events of a speaker's talks, in time order. Works only within [`crate::read::batch::drive`].
pub async fn events_of_speaker(speaker: Uuid, batches: &Arc<Batches<Reads>>) -> Result<Vec<Event>> {
    let appearances = batches.load(AppearancesOfSpeaker(speaker)).await?;
    let talks = batches.many::<Talk>(appearances.iter().map(|appearance| appearance.talk_id).collect()).await?;
    let slots = try_join_all(talks.iter().map(|talk| slots_of(talk, batches))).await?;
    let mut slots: Vec<Arc<Slot>> = slots.into_iter().flatten().collect();
    slots.sort_by_key(|slot| (slot.starts_at, slot.number, slot.id));
    slots.dedup_by_key(|slot| slot.id);
    events(slots, batches).await
}

/// The slots of a talk, else of its block.
async fn slots_of(talk: &Talk, batches: &Arc<Batches<Reads>>) -> Result<Vec<Arc<Slot>>> {
    let own = batches.load(SlotsOfTalk(talk.id.0)).await?;
    match talk.block_id {
        Some(block) if own.is_empty() => batches.load(SlotsOfTalk(block)).await,
        _ => Ok(own),
    }
}

async fn events(slots: Vec<Arc<Slot>>, batches: &Arc<Batches<Reads>>) -> Result<Vec<Event>> {
    try_join_all(slots.into_iter().map(|slot| Event::of(slot, batches))).await
}

impl Event {
    async fn of(slot: Arc<Slot>, batches: &Arc<Batches<Reads>>) -> Result<Self> {
        let scheduled = async {
            let Some(talk) = batches.maybe::<Talk>(slot.talk_id).await? else { return Ok(None) };
            let block = batches.load(TalksOfBlock(talk.id.0)).await?;
            let block = block.into_iter().filter(|talk| talk.status != TalkStatus::Withdrawn);
            let talks = try_join_all(block.map(|talk| ScheduledTalk::of(talk, Vec::new(), batches))).await?;
            Ok(Some(ScheduledTalk::of(talk, talks, batches).await?))
        };
        let place = try_join(batches.one(slot.edition_id), batches.maybe(slot.room_id));
        let ((edition, room), scheduled) = try_join(place, scheduled).await?;
        Ok(Self { edition, room, talk: scheduled, slot })
    }

    /// The track of the talk.
    pub fn track(&self) -> Option<&Arc<Track>> {
        self.talk.as_ref()?.track.as_ref()
    }

    /// Whether one of these slugs or ids is that of its talk, or of a talk in its round.
    pub fn has_talk_of(&self, names: &[String]) -> bool {
        let is_named = |talk: &ScheduledTalk| {
            let id = talk.talk.id.to_string();
            names.iter().any(|name| *name == talk.talk.slug || name.eq_ignore_ascii_case(&id))
        };
        self.talk.as_ref().is_some_and(|talk| is_named(talk) || talk.talks.iter().any(is_named))
    }

    /// Whether the talk or the whole edition was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.slot.talk_status == Some(TalkStatus::Cancelled)
            || self.edition.set_status == Some(EditionStatus::Cancelled)
    }

    /// The revision and the time of the last change to anything that formats show of it.
    pub fn changed(&self) -> (i64, Instant<Utc>) {
        let place =
            [(self.slot.revision, self.slot.updated_at), (self.edition.revision, self.edition.updated_at)].into_iter();
        let room = self.room.iter().map(|room| (room.revision, room.updated_at));
        let changes = place.chain(room).chain(self.talk.iter().flat_map(ScheduledTalk::changes));
        changes.map(|(revision, at)| (revision.0, at.utc())).max().unwrap_or_default()
    }
}

impl ScheduledTalk {
    async fn of(talk: Arc<Talk>, talks: Vec<ScheduledTalk>, batches: &Arc<Batches<Reads>>) -> Result<Self> {
        let id = talk.id.0;
        let people = try_join(batches.load(AppearancesWithCompanies(id)), batches.load(TagsOfTalk(id)));
        let elsewhere = try_join(batches.load(TalkRecordingsOfTalk(id)), batches.load(Subject::Talk(id)));
        let own = try_join(batches.maybe(talk.track_id), talk.r#abstract.load(batches));
        let ((appearances, tags), ((recordings, links), (track, r#abstract))) =
            try_join(people, try_join(elsewhere, own)).await?;
        Ok(Self { r#abstract, track, tags, appearances, recordings, links, talks, talk })
    }

    /// The last change of each thing that formats show.
    fn changes(&self) -> Vec<(Revision, DateTime)> {
        let mut changes = vec![(self.talk.revision, self.talk.updated_at)];
        changes.extend(self.track.iter().map(|track| (track.revision, track.updated_at)));
        changes.extend(
            self.appearances.iter().map(|appearance| (appearance.speaker.revision, appearance.speaker.updated_at)),
        );
        changes.extend(self.companies().into_iter().map(|company| (company.revision, company.updated_at)));
        changes.extend(self.recordings.iter().map(|part| (part.recording.revision, part.recording.updated_at)));
        changes.extend(self.links.iter().map(|link| (link.revision, link.updated_at)));
        changes.extend(self.talks.iter().flat_map(Self::changes));
        changes
    }

    /// The names of the speakers as the schedule credited them, in billing order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.appearances.iter().map(|appearance| appearance.name())
    }

    /// The companies of the speakers, each once, in billing order.
    pub fn companies(&self) -> Vec<&Company> {
        let mut companies: Vec<&Company> = Vec::new();
        for company in self.appearances.iter().flat_map(|appearance| appearance.loaded_companies.iter().flatten()) {
            if !companies.iter().any(|listed| listed.id == company.id) {
                companies.push(company);
            }
        }
        companies
    }
}
