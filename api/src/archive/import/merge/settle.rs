//! What a merge leaves to be settled over all things: positions, estimated ends, and references to what is gone.

use std::collections::{HashMap, HashSet};

use sea_orm::ActiveEnum;
use serde_json::Value;
use uuid::Uuid;

use super::Merge;
use crate::{
    archive::{
        estimate::estimated_ends,
        links::subject,
        log::{fields::whole, parts::Parts},
        positions::number_anew,
        store::rows::{NodeRow, Rows, Unique, nodes},
    },
    error::Result,
    rules,
    scalars::TimeZone,
    vocabulary::TalkStatus,
};

impl Merge<'_> {
    pub(super) fn settle(&mut self, desired: &mut Rows) -> Result<()> {
        self.renumber(desired);
        self.estimate(desired);
        let years: HashMap<Uuid, i32> = desired.editions.iter().map(|row| (row.id, row.year)).collect();
        desired.talks.iter_mut().for_each(|row| row.year = years.get(&row.edition_id).copied().unwrap_or(row.year));
        desired.renew_derived();
        self.find_dangling(desired)?;
        self.find_broken_rules(desired);
        self.find_taken(desired);
        Ok(())
    }

    fn has_changed(&self, kind: &str) -> bool {
        self.side.things.keys().any(|(changed, _)| *changed == kind)
    }

    /// Numbers rooms, tracks and links anew. What stands at the same position on both sides keeps the order of the
    /// document, and what only the archive has comes after it.
    fn renumber(&self, desired: &mut Rows) {
        let is_new = |kind, id| self.side.things.get(&(kind, id)).is_some_and(|thing| thing.base.is_none());
        if self.has_changed("Room") {
            let order = |row: &entity::room::Model| (row.position, is_new("Room", row.id));
            number_anew(&mut desired.rooms, |row| row.edition_id, order, |row, position| row.position = position);
        }
        if self.has_changed("Track") {
            let order = |row: &entity::track::Model| (row.position, is_new("Track", row.id));
            number_anew(&mut desired.tracks, |row| row.edition_id, order, |row, position| row.position = position);
        }
        if self.has_changed("Link") {
            let order = |row: &entity::link::Model| (row.position, is_new("Link", row.id));
            number_anew(&mut desired.links, subject, order, |row, position| row.position = position);
        }
    }

    /// Estimates the ends anew that are estimates on both sides, and differ.
    fn estimate(&self, desired: &mut Rows) {
        let zones: HashMap<Uuid, TimeZone> =
            desired.editions.iter().filter_map(|row| Some((row.id, row.timezone.parse().ok()?))).collect();
        let concerned = desired.slots.iter().filter(|row| self.estimates.contains(&row.id));
        let editions: HashSet<Uuid> = concerned.map(|row| row.edition_id).collect();
        for edition in editions {
            let Some(zone) = zones.get(&edition) else { continue };
            let slots: Vec<_> = desired.slots.iter().filter(|row| row.edition_id == edition).cloned().collect();
            let ends: HashMap<Uuid, _> = slots.iter().map(|row| row.id).zip(estimated_ends(&slots, zone)).collect();
            for row in desired.slots.iter_mut().filter(|row| self.estimates.contains(&row.id)) {
                row.ends_at = ends.get(&row.id).copied().unwrap_or(row.ends_at);
            }
        }
    }

    /// Notes slots that the changes of both sides together make impossible.
    fn find_broken_rules(&mut self, desired: &Rows) {
        let talks: HashMap<Uuid, &entity::talk::Model> = desired.talks.iter().map(|row| (row.id, row)).collect();
        let withdrawn = TalkStatus::Withdrawn.to_value();
        for row in &desired.slots {
            let talk = row.talk_id.and_then(|talk| talks.get(&talk));
            if let Some(talk) = talk.filter(|talk| talk.status == withdrawn || talk.block_id.is_some()) {
                let why = if talk.block_id.is_some() { "in a block" } else { "withdrawn" };
                self.outcome.broken.push(format!("Slot {}: its talk {} is {why}", row.number, talk.slug));
            }
            if !rules::ends_after_start(row.starts_at, row.ends_at) {
                self.outcome.broken.push(format!("Slot {}: it would end before it starts", row.number));
            }
        }
    }

    /// Notes what both sides gave to different things, and only one may have.
    fn find_taken(&mut self, desired: &Rows) {
        macro_rules! each {
            ($($rows:ident: $table:ident $kind:literal,)+) => {$(self.note_taken(&desired.$rows);)+};
        }
        nodes!(each);
    }

    fn note_taken<N: NodeRow>(&mut self, rows: &[N]) {
        if !self.has_changed(N::KIND) {
            return;
        }
        let mut owners: HashMap<Unique, &N> = HashMap::new();
        for row in rows {
            for unique in row.unique() {
                if let Some(other) = owners.insert(unique.clone(), row) {
                    let name = |row: &N| match row.unique().into_iter().next() {
                        Some(first) if first.field != unique.field => format!("{} ({})", first.value, row.id()),
                        _ => row.id().to_string(),
                    };
                    let Unique { field, value, .. } = &unique;
                    let (kind, one, other) = (N::KIND, name(other), name(row));
                    self.outcome.broken.push(format!("{kind} {one} and {other} would both have the {field} {value}"));
                }
            }
        }
    }

    /// Notes what refers to a thing that the other side deleted. No preference decides that.
    fn find_dangling(&mut self, desired: &Rows) -> Result<()> {
        let mut gone = HashSet::new();
        let mut there = HashSet::new();
        macro_rules! collect {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(there.extend(desired.$rows.iter().map(|row| row.id));)+
                $(gone.extend(self.stored.$rows.iter().map(|row| row.id));)+
            };
        }
        nodes!(collect);
        gone.extend(self.side.things.iter().filter(|(_, thing)| thing.present.is_none()).map(|((_, id), _)| *id));
        gone.retain(|id| !there.contains(id));
        if gone.is_empty() {
            return Ok(());
        }
        let parts = Parts::of(desired);
        macro_rules! check {
            ($($rows:ident: $table:ident $kind:literal,)+) => {$(
                for row in &desired.$rows {
                    let fields = whole(row, parts.fields($kind, row.id))?;
                    self.note_dangling(row, &fields, &gone);
                }
            )+};
        }
        nodes!(check);
        Ok(())
    }

    fn note_dangling<N: NodeRow>(&mut self, row: &N, fields: &super::Fields, gone: &HashSet<Uuid>) {
        for (name, value) in fields.iter().filter(|(name, _)| *name != "mergedIds") {
            let mut named = Vec::new();
            ids(value, &mut named);
            if let Some(id) = named.into_iter().find(|id| gone.contains(id)) {
                let who =
                    if self.side.things.keys().any(|(_, changed)| *changed == id) { "archive" } else { "document" };
                self.outcome.broken.push(format!(
                    "{} {}: its {name} names {id}, which the {who} deleted since",
                    N::KIND,
                    label(fields, row.id())
                ));
            }
        }
    }
}

/// A thing's slug, number or title.
fn label(fields: &super::Fields, id: Uuid) -> String {
    let named = ["slug", "number", "title", "url"].into_iter().find_map(|field| fields.get(field));
    named.map_or_else(|| id.to_string(), |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// The ids in a value.
fn ids(value: &Value, found: &mut Vec<Uuid>) {
    match value {
        Value::String(text) if text.len() == 36 => found.extend(text.parse::<Uuid>()),
        Value::Array(list) => list.iter().for_each(|item| ids(item, found)),
        Value::Object(object) => object.values().for_each(|item| ids(item, found)),
        _ => {}
    }
}
