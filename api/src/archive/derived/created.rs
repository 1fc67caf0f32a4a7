//! Derived columns of new things. Nothing that was stored before refers to a new thing, so its columns follow from the
//! rows of the write, and are written with it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{company, edition, recording, slot, speaker, talk};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use crate::{
    archive::{
        log::difference::Difference,
        store::rows::{NodeRow, Rows},
    },
    vocabulary::{LinkKind, TalkStatus},
};

/// Sets the derived columns of the new things among the rows. Returns the things whose columns are set: not those that
/// also depend on things that are not among the rows. `revision` is the last one of the write, and `now` its time.
pub(in crate::archive) fn derive(
    difference: &Difference,
    desired: &mut Rows,
    revision: i64,
    now: DateTime<Utc>,
) -> HashSet<Uuid> {
    let is_new = |kind, id| difference.creates(kind, id);
    let mut derived = derive_within_editions(is_new, desired, revision, now);
    recordings(difference, desired, &mut derived);
    counts(difference, desired, &mut derived);
    derived
}

/// Sets those derived columns of the new things among the rows that follow from rows of the same edition, as [`derive`]
/// does.
pub(in crate::archive) fn derive_within_editions(
    is_new: impl Fn(&'static str, Uuid) -> bool,
    desired: &mut Rows,
    revision: i64,
    now: DateTime<Utc>,
) -> HashSet<Uuid> {
    let mut derived = HashSet::new();
    for row in desired.editions.iter_mut().filter(|row| is_new(edition::Model::KIND, row.id)) {
        (row.content_revision, row.content_updated_at) = (revision, now);
        derived.insert(row.id);
    }
    let is_new_talk = |id| is_new(talk::Model::KIND, id);
    possessions(is_new_talk, desired);
    talks(is_new_talk, desired, &mut derived);
    derived
}

/// Those derived columns of new things that follow from rows of several editions.
#[derive(Debug, Default)]
pub(in crate::archive) struct Shown {
    /// The numbers of talks of people and of companies.
    talks_of_speakers: HashMap<Uuid, i32>,
    talks_of_companies: HashMap<Uuid, i32>,
    /// When the last talk of a recording ends. A recording that is not here has no talk.
    recorded_until: HashMap<Uuid, Option<DateTime<Utc>>>,
}

impl Shown {
    /// Those that follow from the rows of some editions. All of them are new.
    pub(in crate::archive) fn of(rows: &mut Rows) -> Self {
        let mut shown = Self::default();
        talks(|_| true, rows, &mut HashSet::new());
        let ends: HashMap<Uuid, Option<DateTime<Utc>>> = rows.talks.iter().map(|row| (row.id, row.ends_at)).collect();
        for row in &rows.talk_recordings {
            let end = ends.get(&row.talk_id).copied().flatten();
            let until = shown.recorded_until.entry(row.recording_id).or_default();
            *until = (*until).max(end);
        }
        let withdrawn = TalkStatus::Withdrawn.to_value();
        let others: HashSet<Uuid> = rows.talks.iter().filter(|row| row.status != withdrawn).map(|row| row.id).collect();
        let counted = rows.appearances.iter().map(|row| (row.speaker_id, row.talk_id));
        count_each_once(counted.filter(|(_, talk)| others.contains(talk)), &mut shown.talks_of_speakers);
        let counted = rows.appearance_companies.iter().map(|row| (row.company_id, row.talk_id));
        count_each_once(counted.filter(|(_, talk)| others.contains(talk)), &mut shown.talks_of_companies);
        shown
    }

    /// Adds those of other editions.
    pub(in crate::archive) fn add(&mut self, other: Self) {
        other.talks_of_speakers.into_iter().for_each(|(id, n)| *self.talks_of_speakers.entry(id).or_default() += n);
        other.talks_of_companies.into_iter().for_each(|(id, n)| *self.talks_of_companies.entry(id).or_default() += n);
        for (id, end) in other.recorded_until {
            let until = self.recorded_until.entry(id).or_default();
            *until = (*until).max(end);
        }
    }

    /// Sets the columns of people, companies and recordings.
    pub(in crate::archive) fn put(&self, rows: &mut Rows) {
        for row in &mut rows.speakers {
            row.talk_count = self.talks_of_speakers.get(&row.id).copied().unwrap_or_default();
        }
        for row in &mut rows.companies {
            row.talk_count = self.talks_of_companies.get(&row.id).copied().unwrap_or_default();
        }
        for row in &mut rows.recordings {
            let until = self.recorded_until.get(&row.id);
            (row.has_talk, row.talks_end_at) = (until.is_some(), until.copied().flatten());
        }
    }
}

/// Counts the talks of each thing. A talk that shows a thing twice is one.
fn count_each_once(shown: impl Iterator<Item = (Uuid, Uuid)>, counts: &mut HashMap<Uuid, i32>) {
    let mut seen = HashSet::new();
    shown.filter(|pair| seen.insert(*pair)).for_each(|(thing, _)| *counts.entry(thing).or_default() += 1);
}

/// Whether talks have recordings and slides.
fn possessions(is_new: impl Fn(Uuid) -> bool, desired: &mut Rows) {
    let recorded: HashSet<Uuid> = desired.talk_recordings.iter().map(|row| row.talk_id).collect();
    let slides = desired.links.iter().filter(|row| row.kind == LinkKind::Slides.to_value());
    let with_slides: HashSet<Uuid> = slides.filter_map(|row| row.talk_id).collect();
    for row in desired.talks.iter_mut().filter(|row| is_new(row.id)) {
        row.has_recording = recorded.contains(&row.id);
        row.has_slides = with_slides.contains(&row.id);
    }
}

/// The times and rooms of talks: those of the first slot, else those of the first slot of the block.
fn talks(is_new: impl Fn(Uuid) -> bool, desired: &mut Rows, derived: &mut HashSet<Uuid>) {
    let mut first: HashMap<Uuid, &slot::Model> = HashMap::new();
    for (talk, row) in desired.slots.iter().filter_map(|row| Some((row.talk_id?, row))) {
        let first = first.entry(talk).or_insert(row);
        if (row.starts_at, row.number) < (first.starts_at, first.number) {
            *first = row;
        }
    }
    for row in desired.talks.iter_mut().filter(|row| is_new(row.id) && row.block_id.is_none_or(&is_new)) {
        if let Some(slot) = first.get(&row.id).or_else(|| first.get(&row.block_id?)) {
            (row.starts_at, row.ends_at, row.room_id) = (Some(slot.starts_at), Some(slot.ends_at), slot.room_id);
        }
        derived.insert(row.id);
    }
}

/// Whether a recording has a talk, and when the last one ends.
fn recordings(difference: &Difference, desired: &mut Rows, derived: &mut HashSet<Uuid>) {
    let ends: HashMap<Uuid, Option<DateTime<Utc>>> =
        desired.talks.iter().filter(|row| derived.contains(&row.id)).map(|row| (row.id, row.ends_at)).collect();
    // None: a talk in the recording is not known here.
    let mut last: HashMap<Uuid, Option<Option<DateTime<Utc>>>> = HashMap::new();
    for row in &desired.talk_recordings {
        let last = last.entry(row.recording_id).or_insert(Some(None));
        *last = last.zip(ends.get(&row.talk_id)).map(|(last, end)| last.max(*end));
    }
    for row in desired.recordings.iter_mut().filter(|row| difference.creates(recording::Model::KIND, row.id)) {
        if let Some(end) = last.get(&row.id).copied().unwrap_or(Some(None)) {
            (row.has_talk, row.talks_end_at) = (last.contains_key(&row.id), end);
            derived.insert(row.id);
        }
    }
}

/// How many talks, but for withdrawn ones, people and companies have.
fn counts(difference: &Difference, desired: &mut Rows, derived: &mut HashSet<Uuid>) {
    let withdrawn = TalkStatus::Withdrawn.to_value();
    let counts: HashMap<Uuid, i32> =
        desired.talks.iter().map(|row| (row.id, i32::from(row.status != withdrawn))).collect();
    let number_of = |talks: &HashSet<Uuid>| talks.iter().map(|talk| counts.get(talk).copied()).sum::<Option<i32>>();
    let (mut of_speakers, mut of_companies): (HashMap<Uuid, HashSet<Uuid>>, HashMap<_, HashSet<_>>) =
        Default::default();
    for row in desired.appearances.iter().filter(|row| difference.creates(speaker::Model::KIND, row.speaker_id)) {
        of_speakers.entry(row.speaker_id).or_default().insert(row.talk_id);
    }
    for row in
        desired.appearance_companies.iter().filter(|row| difference.creates(company::Model::KIND, row.company_id))
    {
        of_companies.entry(row.company_id).or_default().insert(row.talk_id);
    }
    macro_rules! count {
        ($rows:ident, $talks:ident, $table:ident) => {
            for row in desired.$rows.iter_mut().filter(|row| difference.creates($table::Model::KIND, row.id)) {
                if let Some(count) = $talks.get(&row.id).map_or(Some(0), number_of) {
                    row.talk_count = count;
                    derived.insert(row.id);
                }
            }
        };
    }
    count!(speakers, of_speakers, speaker);
    count!(companies, of_companies, company);
}
