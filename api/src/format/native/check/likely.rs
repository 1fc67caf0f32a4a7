//! What is possible and probably not meant: it gets a warning, or a note.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use super::{near::NearNames, notes::WarningNotes, overlaps};
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

/// Looks for what gets a warning or a note.
pub(in crate::format::native) fn warnings(folder: &ArchiveFiles, warnings: &mut FoundWarnings) {
    if let Some(file) = &folder.speakers {
        speakers(&file.content.speakers, &mut file.warnings(warnings));
    }
    for file in &folder.editions {
        let mut notes = file.warnings(warnings);
        slots(&file.content, &mut notes);
        overlaps::check(&file.content, &mut notes);
    }
    let starts = recorded_from(folder);
    if let Some(file) = &folder.recordings {
        recordings(&file.content.recordings, &starts, &mut file.warnings(warnings));
    }
    for file in &folder.editions {
        recordings(&file.content.recordings, &starts, &mut file.warnings(warnings));
    }
    tags(&folder.editions, warnings);
}

fn speakers(speakers: &[Speaker], notes: &mut WarningNotes<'_>) {
    let mut names = NearNames::default();
    let knows = |one: &Speaker, name: &str| one.aliases.iter().any(|alias| fold(alias) == fold(name));
    for (n, speaker) in speakers.iter().enumerate() {
        let near = names.add(fold(&speaker.name)).into_iter().filter_map(|other| speakers.get(other));
        let mut strangers = near.filter(|other| !knows(other, &speaker.name) && !knows(speaker, &other.name));
        if let Some(other) = strangers.next() {
            let (name, slug) = (&other.name, &other.slug);
            let message = format!(
                "the name is nearly that of \"{slug}\", {name}: if they are one person, keep one of them, and write the \
                 other name under its aliases"
            );
            notes.warning(&format!("/speakers/{n}/name"), message);
        }
    }
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

/// When the first talk of each recording begins.
fn recorded_from(folder: &ArchiveFiles) -> HashMap<&RecordingKey, DateTime<Utc>> {
    let mut recorded: HashMap<&RecordingKey, DateTime<Utc>> = HashMap::new();
    for edition in folder.editions.iter().map(|file| &file.content) {
        let mut starts: HashMap<&Slug, DateTime<Utc>> = HashMap::new();
        for slot in &edition.slots {
            let (Some(talk), Ok(start)) = (&slot.talk, slot.starts_at.instant(&edition.timezone)) else { continue };
            starts.entry(talk).and_modify(|first| *first = start.min(*first)).or_insert(start);
        }
        for talk in edition.talks.iter().filter(|talk| talk.status == TalkStatus::Confirmed) {
            let Some(start) = starts.get(talk.block.as_ref().unwrap_or(&talk.slug)) else { continue };
            for part in &talk.recordings {
                recorded.entry(&part.recording).and_modify(|first| *first = *start.min(first)).or_insert(*start);
            }
        }
    }
    recorded
}

fn recordings(recordings: &[Recording], starts: &HashMap<&RecordingKey, DateTime<Utc>>, notes: &mut WarningNotes<'_>) {
    // A live stream is there before the talks that it shows.
    for (n, recording) in recordings.iter().enumerate().filter(|(_, one)| one.kind == RecordingKind::Talk) {
        let (Some(published), Some(start)) = (recording.published_at, starts.get(&recording.key)) else { continue };
        if published.0 < *start {
            let message = format!("the recording was published before its talk, which began at {}", start.to_rfc3339());
            notes.warning(&format!("/recordings/{n}/published_at"), message);
        }
    }
}

/// A tag of the archive.
struct Tag<'f> {
    text: &'f str,
    count: usize,
    file: &'f CheckedFile<Edition>,
    pointer: String,
}

/// Notes each tag that is nearly another one with more talks.
fn tags(editions: &[CheckedFile<Edition>], warnings: &mut FoundWarnings) {
    let mut tags: HashMap<&str, Tag<'_>> = HashMap::new();
    for file in editions {
        for (t, talk) in file.content.talks.iter().enumerate() {
            for (n, text) in talk.tags.iter().enumerate() {
                let pointer = || format!("/talks/{t}/tags/{n}");
                tags.entry(text).or_insert_with(|| Tag { text, count: 0, file, pointer: pointer() }).count += 1;
            }
        }
    }
    let mut tags: Vec<Tag<'_>> = tags.into_values().collect();
    tags.sort_by(|a, b| (b.count, a.text).cmp(&(a.count, b.text)));
    let mut names = NearNames::default();
    for tag in &tags {
        let near = names.add(stem(tag.text)).into_iter().filter_map(|other| tags.get(other));
        if let Some(other) = near.into_iter().find(|other| other.count > tag.count) {
            let message = format!("the tag is nearly \"{}\", which has {} talks", other.text, other.count);
            tag.file.warnings(warnings).note(&tag.pointer, message);
        }
    }
}

/// A tag without case, hyphens and the s of a plural.
fn stem(tag: &str) -> String {
    let letters: String = fold(tag).chars().filter(|c| !matches!(c, '-' | '_' | ' ')).collect();
    letters.strip_suffix('s').filter(|rest| rest.chars().count() > 2).unwrap_or(&letters).to_owned()
}
