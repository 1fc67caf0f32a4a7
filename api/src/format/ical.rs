//! iCalendar (RFC 5545, RFC 7986) for calendar programs and schedule apps.
//!
//! The content lines are written here because the crate `icalendar` folds lines at up to 76 octets and can't quote a
//! quotation mark in a parameter.

mod lines;
mod zone;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, TimeZone as _, Utc};

use lines::{Lines, quoted, text};

use super::{
    schedule::{Event, ScheduledTalk},
    text::{one_line, uri},
};
use crate::{
    resource::{appearance::Appearance, venue::Venue},
    scalars::{TimeZone, Url},
    vocabulary::{EditionFormat, LinkKind, SlotKind, TalkStatus},
    zone::Zone,
};

/// The start of a cancelled talk's title. Most calendar programs ignore STATUS.
const CANCELLED: &str = "Cancelled: ";

/// A calendar.
#[derive(Clone, Debug)]
pub struct Calendar<'a> {
    /// The name that subscribers see.
    pub name: &'a str,
    /// The address of the calendar.
    pub url: &'a Url,
    /// The zone of the events, if all have the same.
    pub timezone: Option<&'a TimeZone>,
    /// The domain of UIDs: `<slot id>@<host>`. With another domain every subscriber sees every event twice.
    pub host: &'a str,
    /// In time order. They may be of several editions and zones.
    pub events: Vec<&'a Event>,
}

/// The calendar as a file. The same data gives the same bytes.
///
/// It has no METHOD, so it is no message of iTIP (RFC 5546): a PUBLISH with an ATTENDEE needs an ORGANIZER with a mail
/// address, which importers then take for a meeting, and a server of CalDAV takes no METHOD at all (RFC 4791, 4.1).
/// Outlook, Google, Apple, Thunderbird and DAVx⁵ read a calendar without it, and schedule apps still find the speakers.
pub fn write(calendar: &Calendar<'_>) -> String {
    let mut lines = Lines::default();
    lines.line("BEGIN:VCALENDAR");
    lines.line("VERSION:2.0");
    lines.line("PRODID:-//Lectern//Lectern//EN");
    lines.line("CALSCALE:GREGORIAN");
    let name = text(&one_line(calendar.name).unwrap_or_default());
    lines.line(format_args!("NAME:{name}"));
    lines.line(format_args!("X-WR-CALNAME:{name}"));
    if let Some(zone) = calendar.timezone {
        lines.line(format_args!("X-WR-TIMEZONE:{zone}"));
    }
    lines.line(format_args!("URL:{}", calendar.url));
    lines.line(format_args!("SOURCE;VALUE=URI:{}", calendar.url));
    lines.line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    lines.line("X-PUBLISHED-TTL:PT1H");
    for (zone, (first, last)) in zones(calendar).into_values() {
        zone::write(zone, first, last, &mut lines);
    }
    for event in &calendar.events {
        write_event(event, calendar.host, &mut lines);
    }
    lines.line("END:VCALENDAR");
    lines.into()
}

/// The zones of the events by name, each with the first and the last year (local time) of its events. A calendar must
/// have a component (RFC 5545, 3.6), so one without events has its own zone.
fn zones(calendar: &Calendar<'_>) -> BTreeMap<&'static str, (Zone, (i32, i32))> {
    let mut zones = BTreeMap::new();
    if calendar.events.is_empty() {
        // No time is in it, so the first year of the clocks will do.
        let zone = calendar.timezone.map_or_else(Zone::utc, |zone| zone.0);
        zones.insert(zone.name(), (zone, (1970, 1970)));
    }
    for event in &calendar.events {
        let Some(zone) = local_zone(event) else { continue };
        let (starts, ends) = times(event);
        let (first, last) = (starts.with_timezone(&zone).year(), ends.with_timezone(&zone).year());
        let (_, years) = zones.entry(zone.name()).or_insert((zone, (first, last)));
        *years = (years.0.min(first), years.1.max(last));
    }
    zones
}

/// The start and the end. The end is never before the start.
fn times(event: &Event) -> (DateTime<Utc>, DateTime<Utc>) {
    let starts = event.slot.starts_at.utc();
    (starts, event.slot.ends_at.utc().max(starts))
}

/// The zone of an event's times, or none for UTC. A local time that occurs twice always means the first occurrence (RFC
/// 5545, 3.3.5), so an event with such a time is written in UTC.
fn local_zone(event: &Event) -> Option<Zone> {
    let zone = event.slot.timezone.0;
    let is_shown_once =
        |at: DateTime<Utc>| zone.from_local_datetime(&at.with_timezone(&zone).naive_local()).single().is_some();
    let (starts, ends) = times(event);
    (zone != Zone::utc() && is_shown_once(starts) && is_shown_once(ends)).then_some(zone)
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn write_event(event: &Event, host: &str, lines: &mut Lines) {
    let scheduled = event.talk.as_ref();
    let cancelled = event.is_cancelled();
    lines.line("BEGIN:VEVENT");
    write_version(event, host, lines);
    write_times(event, lines);
    let title = one_line(&event.slot.title).unwrap_or_else(|| kind(event.slot.kind).to_owned());
    lines.line(format_args!("SUMMARY:{}{}", if cancelled { CANCELLED } else { "" }, text(&title)));
    lines.line(format_args!("LOCATION:{}", text(&location(event))));
    if let Some(Venue { latitude: Some(latitude), longitude: Some(longitude), .. }) = place(event) {
        lines.line(format_args!("GEO:{latitude};{longitude}"));
    }
    let description = description(event);
    if !description.is_empty() {
        lines.line(format_args!("DESCRIPTION:{}", text(&description)));
    }
    lines.line(format_args!("URL:{}", scheduled.map_or(&event.edition.url, |scheduled| &scheduled.talk.url)));
    let categories: Vec<String> = categories(event).iter().map(|category| text(category)).collect();
    if !categories.is_empty() {
        lines.line(format_args!("CATEGORIES:{}", categories.join(",")));
    }
    for appearance in on_stage(scheduled) {
        let name = quoted(&name(appearance));
        let page = &appearance.speaker.url;
        lines.line(format_args!("ATTENDEE;CN={name};ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL:{page}"));
    }
    lines.line(if cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
    lines.line(if scheduled.is_some() && !cancelled { "TRANSP:OPAQUE" } else { "TRANSP:TRANSPARENT" });
    lines.line("END:VEVENT");
}

/// The id of an event and its version: that of the last change to anything that it shows.
fn write_version(event: &Event, host: &str, lines: &mut Lines) {
    let (revision, changed_at) = event.changed();
    let changed_at = utc(changed_at);
    lines.line(format_args!("UID:{}@{host}", event.slot.id));
    lines.line(format_args!("DTSTAMP:{changed_at}"));
    lines.line(format_args!("LAST-MODIFIED:{changed_at}"));
    lines.line(format_args!("SEQUENCE:{}", revision.clamp(0, i32::MAX.into())));
}

fn write_times(event: &Event, lines: &mut Lines) {
    let (starts, ends) = times(event);
    for (name, at) in [("DTSTART", starts), ("DTEND", ends)] {
        match local_zone(event) {
            Some(zone) => {
                lines.line(format_args!("{name};TZID={zone}:{}", at.with_timezone(&zone).format("%Y%m%dT%H%M%S")))
            }
            None => lines.line(format_args!("{name}:{}", utc(at))),
        }
    }
}

/// The track and the tags of the talk, or the kind of a slot without one.
fn categories(event: &Event) -> Vec<String> {
    let Some(scheduled) = &event.talk else { return vec![kind(event.slot.kind).to_owned()] };
    let track = scheduled.track.iter().map(|track| &track.name);
    track.chain(&scheduled.tags).filter_map(|word| one_line(word)).collect()
}

/// The speakers, each once: of the talk itself, then of the talks of a lightning round. ATTENDEE is for meetings (RFC
/// 5545, 3.8.4.1), but schedule apps look for speakers there. The address is the speaker's page, as mail addresses are
/// not public.
fn on_stage(scheduled: Option<&ScheduledTalk>) -> Vec<&Appearance> {
    let mut people: Vec<&Appearance> = Vec::new();
    for talk in scheduled.into_iter().flat_map(|talk| std::iter::once(talk).chain(&talk.talks)) {
        for appearance in &talk.appearances {
            if !people.iter().any(|listed| listed.speaker_id == appearance.speaker_id) {
                people.push(appearance);
            }
        }
    }
    people
}

/// The place of an event: its own, else the venue.
fn place(event: &Event) -> Option<&Venue> {
    event.slot.place.as_ref().or(event.edition.venue.as_ref())
}

/// The room and the place, never empty: some apps skip an event without a location.
fn location(event: &Event) -> String {
    let room = event.room.as_ref().and_then(|room| one_line(&room.name));
    let house = place(event).and_then(|place| one_line(&place.name)).filter(|house| room.as_ref() != Some(house));
    let parts: Vec<String> = room.into_iter().chain(house).collect();
    match (parts.is_empty(), event.edition.format) {
        (false, _) => parts.join(", "),
        (true, EditionFormat::Online) => "Online".to_owned(),
        (true, EditionFormat::InPerson | EditionFormat::Hybrid) => "TBA".to_owned(),
    }
}

/// The kind of a slot, in words.
fn kind(kind: SlotKind) -> &'static str {
    match kind {
        SlotKind::Talk => "Talk",
        SlotKind::Break => "Break",
        SlotKind::Meal => "Meal",
        SlotKind::Registration => "Registration",
        SlotKind::Social => "Social",
        SlotKind::Other => "Other",
    }
}

/// The description, in paragraphs.
fn description(event: &Event) -> String {
    let mut paragraphs: Vec<String> = Vec::new();
    if let Some(address) = event.slot.place.as_ref().and_then(|place| place.address.clone()) {
        paragraphs.push(address);
    }
    if let Some(scheduled) = &event.talk {
        paragraphs.extend(scheduled.talk.subtitle.as_deref().and_then(one_line));
        paragraphs.push(people(scheduled));
        paragraphs.extend(scheduled.r#abstract.as_ref().map(|text| text.trim().to_owned()));
        paragraphs.push(scheduled.talks.iter().map(in_round).collect::<Vec<_>>().join("\n"));
    }
    if event.slot.is_open_ended {
        paragraphs.push("Open end: the time at which it ends is an estimate.".to_owned());
    }
    if let Some(scheduled) = &event.talk {
        paragraphs.push(links(scheduled).join("\n"));
        paragraphs.push(scheduled.talk.url.to_string());
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// The name of a speaker, never empty.
fn name(appearance: &Appearance) -> String {
    one_line(appearance.name()).unwrap_or_else(|| appearance.speaker.slug.clone())
}

/// `Ada (ACME), Bob`
fn people(scheduled: &ScheduledTalk) -> String {
    let person = |appearance: &std::sync::Arc<Appearance>| {
        let companies: Vec<String> =
            appearance.loaded_companies.iter().flatten().filter_map(|company| one_line(&company.name)).collect();
        match companies.is_empty() {
            true => name(appearance),
            false => format!("{} ({})", name(appearance), companies.join(", ")),
        }
    };
    scheduled.appearances.iter().map(person).collect::<Vec<_>>().join(", ")
}

/// A line of a lightning round's list.
fn in_round(scheduled: &ScheduledTalk) -> String {
    let cancelled = if scheduled.talk.status == TalkStatus::Cancelled { CANCELLED } else { "" };
    let people = people(scheduled);
    let separator = if people.is_empty() { "" } else { " – " };
    format!("- {cancelled}{}{separator}{people}", one_line(&scheduled.talk.title).unwrap_or_default())
}

/// The slides and the recordings of a talk.
fn links(scheduled: &ScheduledTalk) -> Vec<String> {
    let slides =
        scheduled.links.iter().filter(|link| link.kind == LinkKind::Slides).filter_map(|link| link.url.as_ref());
    let slides = slides.map(|url| format!("Slides: {}", uri(url)));
    slides.chain(scheduled.recordings.iter().map(|part| format!("Recording: {}", uri(&part.opens_at())))).collect()
}
