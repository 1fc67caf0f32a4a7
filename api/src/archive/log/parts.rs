//! Parts of things in the log: what has no id of its own is a field of the thing that it belongs to.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::archive::store::rows::{NodeRow, Rows};
use entity::{company, conference, edition, playlist, slot, speaker, talk};

/// The fields of each thing that are lists of parts; an empty list is left out.
pub(crate) type Parts = HashMap<(&'static str, Uuid), Map<String, Value>>;

/// The parts of all things in the rows.
pub(crate) fn parts(rows: &Rows) -> Parts {
    let mut parts = Parts::new();
    of_talks(rows, &mut parts);
    of_editions(rows, &mut parts);
    for row in &rows.slot_sponsors {
        add(&mut parts, (slot::Model::KIND, row.slot_id), "sponsors", json!(row.company_id));
    }
    for row in &rows.playlist_recordings {
        add(&mut parts, (playlist::Model::KIND, row.playlist_id), "recordings", json!(row.recording_id));
    }
    for row in &rows.aliases {
        let field = match row.kind.as_str() {
            "SLUG" => "formerSlugs",
            "ID" => "mergedIds",
            _ => "aliases",
        };
        add(&mut parts, (kind_of_scope(&row.scope), row.owner_id), field, json!(row.value));
    }
    parts
}

fn of_talks(rows: &Rows, parts: &mut Parts) {
    let mut companies: HashMap<(Uuid, Uuid), Vec<Uuid>> = HashMap::new();
    for row in &rows.appearance_companies {
        companies.entry((row.talk_id, row.speaker_id)).or_default().push(row.company_id);
    }
    for row in &rows.appearances {
        let part = object([
            ("speaker", json!(row.speaker_id)),
            ("companies", json!(companies.get(&(row.talk_id, row.speaker_id)).map_or(&[][..], Vec::as_slice))),
            ("role", json!(row.role)),
            ("creditedAs", json!(row.credited_as)),
            ("represents", json!(row.represents)),
        ]);
        add(parts, (talk::Model::KIND, row.talk_id), "appearances", part);
    }
    for row in &rows.talk_recordings {
        let part = object([
            ("recording", json!(row.recording_id)),
            ("startSeconds", json!(row.start_seconds)),
            ("endSeconds", json!(row.end_seconds)),
        ]);
        add(parts, (talk::Model::KIND, row.talk_id), "recordings", part);
    }
    for row in &rows.talk_tags {
        add(parts, (talk::Model::KIND, row.talk_id), "tags", json!(row.name));
    }
}

fn of_editions(rows: &Rows, parts: &mut Parts) {
    for row in &rows.involvements {
        let part = object([
            ("person", json!(row.speaker_id)),
            ("company", json!(row.company_id)),
            ("role", json!(row.role)),
            ("note", json!(row.note)),
        ]);
        add(parts, (edition::Model::KIND, row.edition_id), "involvements", part);
    }
    for row in &rows.sponsor_tiers {
        let part = json!({ "rank": row.rank, "slug": row.slug, "name": row.name });
        add(parts, (edition::Model::KIND, row.edition_id), "sponsorTiers", part);
    }
    for row in &rows.sponsorships {
        let part =
            object([("tier", json!(row.tier_rank)), ("company", json!(row.company_id)), ("url", json!(row.url))]);
        add(parts, (edition::Model::KIND, row.edition_id), "sponsorships", part);
    }
}

fn add(parts: &mut Parts, owner: (&'static str, Uuid), field: &str, part: Value) {
    let list = parts.entry(owner).or_default().entry(field).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(part);
    }
}

/// An object of the fields that have a value.
fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let present = fields.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(present.map(|(field, value)| (field.to_owned(), value)).collect())
}

/// The kind of thing whose aliases have this scope.
fn kind_of_scope(scope: &str) -> &'static str {
    match scope.split('/').next() {
        Some("speaker") => speaker::Model::KIND,
        Some("company") => company::Model::KIND,
        Some("conference") => conference::Model::KIND,
        Some("edition") => edition::Model::KIND,
        _ => talk::Model::KIND,
    }
}
