//! Schedule XML, as frab and pretalx write it and c3voc defines it (`validator/xsd/schedule.xml.xsd` of
//! <https://github.com/voc/schedule>; media type `application/vnd.c3voc.schedule+xml`).
//!
//! The format lacks breaks, social events, cancelled talks and the companies of speakers. Apps show an event that is
//! gone as cancelled. The guid of an event is the id of its slot, and its id is the number of the slot.

use std::io;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

mod grid;

pub(super) use grid::session::{Person, Reference, Session};
pub(super) use grid::{Grid, GridDay, GridRoom, NO_TRACK, track_slug};

use super::{
    schedule::Schedule,
    text::{one_line, uri},
};
use crate::error::{Error, Result};

type Xml = Writer<Vec<u8>>;

/// Writes a schedule as XML. `base_url` is the address of this archive. Times have the offset of the edition's zone.
pub fn write(schedule: &Schedule, base_url: &str) -> Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = document(&mut xml, &Grid::of(schedule), base_url);
    written.map_err(|error| Error::Internal(format!("writing schedule XML: {error}")))?;
    Ok(xml.into_inner())
}

fn document(xml: &mut Xml, grid: &Grid<'_>, base_url: &str) -> io::Result<()> {
    let edition = &grid.schedule.edition;
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("schedule").write_inner_content(|xml| {
        let generator = xml.create_element("generator").with_attribute(("name", "Lectern"));
        generator.with_attribute(("version", env!("CARGO_PKG_VERSION"))).write_empty()?;
        element(xml, "url", &format!("{}/schedule.xml", uri(&edition.url)))?;
        element(xml, "version", &edition.content_revision.0.to_string())?;
        conference(xml, grid, base_url)?;
        grid.days().iter().try_for_each(|each| day(xml, grid, each))
    })?;
    Ok(())
}

fn conference(xml: &mut Xml, grid: &Grid<'_>, base_url: &str) -> io::Result<()> {
    let edition = &grid.schedule.edition;
    let days = grid.days();
    xml.create_element("conference").write_inner_content(|xml| {
        element(xml, "title", &grid.title())?;
        element(xml, "acronym", &edition.acronym)?;
        maybe(xml, "start", days.first().map(|day| day.date.to_string()))?;
        maybe(xml, "end", days.last().map(|day| day.date.to_string()))?;
        element(xml, "days", &days.len().to_string())?;
        element(xml, "timeslot_duration", "00:05")?;
        element(xml, "base_url", &format!("{base_url}/"))?;
        maybe(xml, "url", edition.website_url.as_ref().map(uri))?;
        element(xml, "time_zone_name", &grid.zone())?;
        for track in &grid.schedule.tracks {
            let (name, slug) = (one_line(&track.name).unwrap_or_else(|| track.slug.clone()), track_slug(track));
            let element = xml.create_element("track").with_attribute(("name", name.as_str()));
            let color = track.color.as_deref().map(|color| ("color", color));
            element.with_attributes(color).with_attribute(("slug", slug.as_str())).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

fn day(xml: &mut Xml, grid: &Grid<'_>, day: &GridDay<'_>) -> io::Result<()> {
    let texts = [day.index.to_string(), day.date.to_string(), day.starts_at.to_string(), day.ends_at.to_string()];
    let attributes = ["index", "date", "start", "end"].into_iter().zip(texts.iter().map(String::as_str));
    xml.create_element("day").with_attributes(attributes).write_inner_content(|xml| {
        for (room, sessions) in grid.given(day) {
            let guid = room.guid.to_string();
            let element =
                xml.create_element("room").with_attributes([("name", room.name.as_str()), ("guid", guid.as_str())]);
            element.write_inner_content(|xml| sessions.iter().try_for_each(|session| event(xml, session)))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn event(xml: &mut Xml, session: &Session<'_>) -> io::Result<()> {
    let (slot, talk) = (&session.event.slot, &session.scheduled.talk);
    let (guid, id) = (slot.id.to_string(), slot.number.to_string());
    xml.create_element("event").with_attributes([("guid", guid.as_str()), ("id", id.as_str())]).write_inner_content(
        |xml| {
            element(xml, "room", &session.room.name)?;
            element(xml, "title", &session.title)?;
            element(xml, "subtitle", session.subtitle.as_deref().unwrap_or_default())?;
            element(xml, "type", session.kind())?;
            element(xml, "date", &slot.starts_at.to_string())?;
            element(xml, "start", &session.start())?;
            element(xml, "duration", &session.short_duration())?;
            element(xml, "abstract", session.summary.as_deref().unwrap_or_default())?;
            element(xml, "slug", &session.slug)?;
            element(xml, "track", &session.track().unwrap_or_default())?;
            list(xml, "persons", &session.persons, person)?;
            maybe(xml, "language", talk.language.as_ref().map(ToString::to_string))?;
            element(xml, "description", session.description.as_deref().unwrap_or_default())?;
            xml.create_element("recording").write_inner_content(|xml| {
                element(xml, "license", "")?;
                element(xml, "optout", if talk.do_not_record { "true" } else { "false" })?;
                maybe(xml, "url", session.scheduled.recordings.first().map(|part| uri(&part.opens_at())))
            })?;
            list(xml, "links", &session.references, link)?;
            element(xml, "url", &session.url())
        },
    )?;
    Ok(())
}

fn person(xml: &mut Xml, person: &Person<'_>) -> io::Result<()> {
    let guid = person.appearance.speaker.id.to_string();
    xml.create_element("person")
        .with_attribute(("guid", guid.as_str()))
        .write_text_content(BytesText::new(&person.name))?;
    Ok(())
}

fn link(xml: &mut Xml, link: &Reference) -> io::Result<()> {
    let element = xml.create_element("link").with_attributes([("href", link.url.as_str()), ("type", link.kind)]);
    element.write_text_content(BytesText::new(&link.title))?;
    Ok(())
}

fn list<T>(xml: &mut Xml, name: &str, items: &[T], write: fn(&mut Xml, &T) -> io::Result<()>) -> io::Result<()> {
    let list = xml.create_element(name);
    if items.is_empty() {
        list.write_empty()?
    } else {
        list.write_inner_content(|xml| items.iter().try_for_each(|item| write(xml, item)))?
    };
    Ok(())
}

fn element(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text))?;
    Ok(())
}

fn maybe(xml: &mut Xml, name: &str, text: Option<String>) -> io::Result<()> {
    text.map_or(Ok(()), |text| element(xml, name, &text))
}
