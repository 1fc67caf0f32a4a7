//! An edition, without its slots and talks.

use super::{
    declared::Declared,
    notes::{Notes, each_once},
};
use crate::{
    format::document::{Edition, Involvement, Sponsorship},
    rules::{self, MOST_DAYS, WrongDays},
    scalars::Date,
};

pub(super) fn check(edition: &Edition, declared: &Declared<'_>, notes: &mut Notes<'_>) {
    declared.conference(&edition.conference, notes, "/conference");
    dates(edition, notes);
    for (n, involvement) in edition.involvements.iter().enumerate() {
        involved(involvement, &format!("/involvements/{n}"), declared, notes);
    }
    sponsors(&edition.sponsors, "/sponsors", declared, notes);
    for (n, tier) in edition.sponsor_tiers.iter().enumerate() {
        sponsors(&tier.sponsors, &format!("/sponsor_tiers/{n}/sponsors"), declared, notes);
    }
    let tiers = edition.sponsor_tiers.iter().map(|tier| (&tier.slug, "/slug"));
    each_once(notes, "/sponsor_tiers", tiers, |slug| format!("duplicate slug: the tier \"{slug}\" is there already"));
    let rooms = edition.rooms.iter().map(|room| (&room.slug, "/slug"));
    each_once(notes, "/rooms", rooms, |slug| format!("duplicate slug: the room \"{slug}\" is there already"));
    let tracks = edition.tracks.iter().map(|track| (&track.slug, "/slug"));
    each_once(notes, "/tracks", tracks, |slug| format!("duplicate slug: the track \"{slug}\" is there already"));
}

fn dates(edition: &Edition, notes: &mut Notes<'_>) {
    match rules::edition_days(edition.starts_on.map(|day| day.0), edition.ends_on.map(|day| day.0)) {
        Ok(()) => {}
        Err(WrongDays::WithoutLast) => {
            notes.at("/starts_on", "the key \"ends_on\" is missing: write both, or neither");
        }
        Err(WrongDays::WithoutFirst) => {
            notes.at("/ends_on", "the key \"starts_on\" is missing: write both, or neither");
        }
        Err(WrongDays::TooMany) => notes.at("/ends_on", format!("an edition has {MOST_DAYS} days at most")),
        Err(WrongDays::Reversed) => in_order(edition.starts_on, "starts_on", edition.ends_on, "/ends_on", notes),
    }
    if let Some(call) = &edition.call_for_papers {
        in_order(call.opens_on, "opens_on", call.closes_on, "/call_for_papers/closes_on", notes);
    }
    for (n, ticket) in edition.tickets.iter().enumerate() {
        in_order(
            ticket.on_sale_from,
            "on_sale_from",
            ticket.on_sale_until,
            &format!("/tickets/{n}/on_sale_until"),
            notes,
        );
        if ticket.price > 0.0 && ticket.currency.is_none() {
            notes.at(
                &format!("/tickets/{n}/price"),
                "the key \"currency\" is missing: a price above 0 has one, such as EUR",
            );
        }
    }
}

fn in_order(first: Option<Date>, name: &str, last: Option<Date>, pointer: &str, notes: &mut Notes<'_>) {
    if let (Some(first), Some(last)) = (first, last)
        && last < first
    {
        notes.at(pointer, format!("{last} is before {name}, {first}"));
    }
}

fn involved(involvement: &Involvement, pointer: &str, declared: &Declared<'_>, notes: &mut Notes<'_>) {
    match (&involvement.person, &involvement.company) {
        (Some(_), Some(_)) => notes.at(pointer, "a person or a company, not both: make it two"),
        (None, None) => notes.at(pointer, "who? Give a person or a company"),
        (Some(person), None) => declared.speaker(person, notes, &format!("{pointer}/person")),
        (None, Some(company)) => declared.company(company, notes, &format!("{pointer}/company")),
    }
}

fn sponsors(sponsors: &[Sponsorship], list: &str, declared: &Declared<'_>, notes: &mut Notes<'_>) {
    for (n, sponsorship) in sponsors.iter().enumerate() {
        declared.company(&sponsorship.company, notes, &format!("{list}/{n}/company"));
    }
    let companies = sponsors.iter().map(|sponsorship| (&sponsorship.company, "/company"));
    each_once(notes, list, companies, |slug| format!("\"{slug}\" is a sponsor here already"));
}
