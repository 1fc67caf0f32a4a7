//! What is possible and probably not meant: it gets a warning, or a note.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::{near::each_near, notes::WarningNotes, overlaps};
use crate::{
    collation::fold,
    format::{
        document::{Edition, Recording, Speaker},
        native::{ArchiveFiles, CheckedFile},
    },
    mistake::FoundWarnings,
    resource::day::Day,
    rules,
    scalars::{RecordingKey, Slug},
    vocabulary::{RecordingKind, TalkStatus},
};

/// The check for what gets a warning or a note.
pub(super) struct LikelyCheck<'f, 'p> {
    folder: &'f ArchiveFiles,
    starts: FirstStarts<'f>,
    tags: HashMap<String, Tag<'f>>,
    warnings: &'p mut FoundWarnings,
}

impl<'f, 'p> LikelyCheck<'f, 'p> {
    /// Checks the speakers.
    pub fn begin(folder: &'f ArchiveFiles, warnings: &'p mut FoundWarnings) -> Self {
        if let Some(file) = &folder.speakers {
            speakers(&file.content.speakers, &mut file.warnings(warnings));
        }
        Self { folder, starts: listed_recordings(folder), tags: HashMap::new(), warnings }
    }

    /// Checks the edition of a file.
    pub fn edition(&mut self, file: &'f CheckedFile<Edition>, edition: &Edition) {
        let mut notes = file.warnings(self.warnings);
        slots(edition, &mut notes);
        overlaps::check(edition, &mut notes);
        recorded_from(edition, &mut self.starts);
        count_tags(file, edition, &mut self.tags);
    }

    /// Checks the recordings and tags, for which all talks are known.
    pub fn finish(self) {
        let Self { folder, starts, tags, warnings } = self;
        if let Some(file) = &folder.recordings {
            recordings(&file.content.recordings, &starts, &mut file.warnings(warnings));
        }
        for file in &folder.editions {
            recordings(&file.content.recordings, &starts, &mut file.warnings(warnings));
        }
        near_tags(tags.into_values().collect(), warnings);
    }
}

fn speakers(speakers: &[Speaker], notes: &mut WarningNotes<'_>) {
    let names: Vec<String> = speakers.iter().map(|speaker| fold(&speaker.name)).collect();
    let knows = |one: &Speaker, name: &str| one.aliases.iter().any(|alias| fold(alias) == fold(name));
    each_near(&names, |n, earlier| {
        let Some(speaker) = speakers.get(n) else { return };
        let near = earlier.iter().filter_map(|other| speakers.get(*other));
        let mut strangers = near.filter(|other| !knows(other, &speaker.name) && !knows(speaker, &other.name));
        if let Some(other) = strangers.next() {
            let (name, slug) = (&other.name, &other.slug);
            let message = format!(
                "the name is nearly that of \"{slug}\", {name}: if they are one person, keep one of them, and write the \
                 other name under its aliases"
            );
            notes.warning(&format!("/speakers/{n}/name"), message);
        }
    });
}

fn slots(edition: &Edition, notes: &mut WarningNotes<'_>) {
    let zone = &edition.timezone;
    for (n, slot) in edition.slots.iter().enumerate() {
        let Ok(start) = slot.starts_at.instant(zone) else { continue };
        let day = Day::date_of(start, zone).0;
        let is_near =
            |days: &(NaiveDate, NaiveDate)| rules::is_near_days(day, *days) && !(days.0..=days.1).contains(&day);
        if let Some((first, last)) = edition.days().filter(is_near) {
            let message = format!("the slot is not on one of the edition's days, {first} to {last}");
            notes.warning(&format!("/slots/{n}/starts_at"), message);
        }
        let end = slot.ends_at.and_then(|end| end.instant(zone).ok());
        if end.is_some_and(|end| end - start > Duration::days(1)) {
            let message = format!("the slot is longer than a day: it starts at {}", slot.starts_at);
            notes.warning(&format!("/slots/{n}/ends_at"), message);
        }
    }
}

/// When the first talk of each recording that is listed begins.
type FirstStarts<'f> = HashMap<&'f RecordingKey, Option<DateTime<Utc>>>;

/// The recordings that are listed with their publication.
fn listed_recordings(folder: &ArchiveFiles) -> FirstStarts<'_> {
    let loose = folder.recordings.iter().flat_map(|file| &file.content.recordings);
    let of_editions = folder.editions.iter().flat_map(|file| &file.content.recordings);
    let published = loose.chain(of_editions).filter(|recording| recording.published_at.is_some());
    published.map(|recording| (&recording.key, None)).collect()
}

/// Notes when the talks of an edition begin.
fn recorded_from(edition: &Edition, recorded: &mut FirstStarts<'_>) {
    let mut starts: HashMap<&Slug, DateTime<Utc>> = HashMap::new();
    for slot in &edition.slots {
        let (Some(talk), Ok(start)) = (&slot.talk, slot.starts_at.instant(&edition.timezone)) else { continue };
        starts.entry(talk).and_modify(|first| *first = start.min(*first)).or_insert(start);
    }
    for talk in edition.talks.iter().filter(|talk| talk.status == TalkStatus::Confirmed) {
        let Some(start) = starts.get(talk.block.as_ref().unwrap_or(&talk.slug)) else { continue };
        for part in &talk.recordings {
            if let Some(first) = recorded.get_mut(&part.recording) {
                *first = Some(first.map_or(*start, |first| first.min(*start)));
            }
        }
    }
}

fn recordings(recordings: &[Recording], starts: &FirstStarts<'_>, notes: &mut WarningNotes<'_>) {
    // A live stream is there before the talks that it shows.
    for (n, recording) in recordings.iter().enumerate().filter(|(_, one)| one.kind == RecordingKind::Talk) {
        let start = starts.get(&recording.key).copied().flatten();
        let (Some(published), Some(start)) = (recording.published_at, start) else { continue };
        if published.0 < start {
            let message = format!("the recording was published before its talk, which began at {}", start.to_rfc3339());
            notes.warning(&format!("/recordings/{n}/published_at"), message);
        }
    }
}

/// A tag of the archive: the number of its talks, and its first place.
struct Tag<'f> {
    text: String,
    count: usize,
    file: &'f CheckedFile<Edition>,
    pointer: String,
}

/// Counts the tags of an edition, which is that of the file.
fn count_tags<'f>(file: &'f CheckedFile<Edition>, edition: &Edition, tags: &mut HashMap<String, Tag<'f>>) {
    for (t, talk) in edition.talks.iter().enumerate() {
        for (n, text) in talk.tags.iter().enumerate() {
            match tags.get_mut(text) {
                Some(tag) => tag.count += 1,
                None => {
                    let pointer = format!("/talks/{t}/tags/{n}");
                    tags.insert(text.clone(), Tag { text: text.clone(), count: 1, file, pointer });
                }
            }
        }
    }
}

/// Notes each tag that is nearly another one with more talks.
fn near_tags(mut tags: Vec<Tag<'_>>, warnings: &mut FoundWarnings) {
    tags.sort_by(|a, b| (b.count, &a.text).cmp(&(a.count, &b.text)));
    let names: Vec<String> = tags.iter().map(|tag| stem(&tag.text)).collect();
    each_near(&names, |n, earlier| {
        let Some(tag) = tags.get(n) else { return };
        let mut others = earlier.iter().filter_map(|other| tags.get(*other));
        if let Some(other) = others.find(|other| other.count > tag.count) {
            let message = format!("the tag is nearly \"{}\", which has {} talks", other.text, other.count);
            tag.file.warnings(warnings).note(&tag.pointer, message);
        }
    });
}

/// A tag without case, hyphens and the s of a plural.
fn stem(tag: &str) -> String {
    let letters: String = fold(tag).chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
    letters.strip_suffix('s').filter(|rest| rest.chars().count() > 2).unwrap_or(&letters).to_owned()
}
