//! Parts of things in the log: what has no id of its own is a field of the thing that it belongs to.

use std::collections::HashMap;

use entity::{
    alias, appearance, appearance_company, company, conference, edition, involvement, playlist, playlist_recording,
    slot, slot_sponsor, speaker, sponsor_tier, sponsorship, talk, talk_recording, talk_tag,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::archive::store::rows::{self, NodeRow, Rows};

macro_rules! define_parts {
    ($($rows:ident: $table:ident $owner:ident,)+) => {
        /// The parts of things, in their order, by the things.
        pub(crate) struct Parts<'a> {
            $($rows: HashMap<Uuid, Vec<&'a $table::Model>>,)+
        }

        impl<'a> Parts<'a> {
            pub(crate) fn of(rows: &'a Rows) -> Self {
                let mut parts = Self { $($rows: HashMap::new(),)+ };
                $(rows.$rows.iter().for_each(|row| parts.$rows.entry(row.$owner).or_default().push(row));)+
                parts
            }

            /// Whether a thing has the same rows here and there.
            pub(crate) fn agree(&self, others: &Self, thing: Uuid) -> bool {
                $(self.$rows.get(&thing) == others.$rows.get(&thing))&&+
            }
        }
    };
}
rows::parts!(define_parts);

impl Parts<'_> {
    /// The fields of a thing that are lists of parts; an empty list is left out.
    pub(crate) fn fields(&self, kind: &str, id: Uuid) -> Map<String, Value> {
        let mut fields = Map::new();
        match kind {
            talk::Model::KIND => self.of_talk(id, &mut fields),
            edition::Model::KIND => self.of_edition(id, &mut fields),
            slot::Model::KIND => {
                rows(&self.slot_sponsors, id).for_each(|row| add(&mut fields, "sponsors", json!(row.company_id)));
            }
            playlist::Model::KIND => rows(&self.playlist_recordings, id)
                .for_each(|row| add(&mut fields, "recordings", json!(row.recording_id))),
            _ => {}
        }
        for row in rows(&self.aliases, id).filter(|row| kind_of_scope(&row.scope) == kind) {
            let field = match row.kind.as_str() {
                "SLUG" => "formerSlugs",
                "ID" => "mergedIds",
                _ => "aliases",
            };
            add(&mut fields, field, json!(row.value));
        }
        fields
    }

    fn of_talk(&self, id: Uuid, fields: &mut Map<String, Value>) {
        for row in rows(&self.appearances, id) {
            let companies = rows(&self.appearance_companies, id).filter(|one| one.speaker_id == row.speaker_id);
            let part = object([
                ("speaker", json!(row.speaker_id)),
                ("companies", companies.map(|one| json!(one.company_id)).collect()),
                ("role", json!(row.role)),
                ("creditedAs", json!(row.credited_as)),
                ("represents", json!(row.represents)),
            ]);
            add(fields, "appearances", part);
        }
        for row in rows(&self.talk_recordings, id) {
            let part = object([
                ("recording", json!(row.recording_id)),
                ("startSeconds", json!(row.start_seconds)),
                ("endSeconds", json!(row.end_seconds)),
            ]);
            add(fields, "recordings", part);
        }
        rows(&self.talk_tags, id).for_each(|row| add(fields, "tags", json!(row.name)));
    }

    fn of_edition(&self, id: Uuid, fields: &mut Map<String, Value>) {
        for row in rows(&self.involvements, id) {
            let part = object([
                ("person", json!(row.speaker_id)),
                ("company", json!(row.company_id)),
                ("role", json!(row.role)),
                ("note", json!(row.note)),
            ]);
            add(fields, "involvements", part);
        }
        for row in rows(&self.sponsor_tiers, id) {
            add(fields, "sponsorTiers", json!({ "rank": row.rank, "slug": row.slug, "name": row.name }));
        }
        for row in rows(&self.sponsorships, id) {
            let part =
                object([("tier", json!(row.tier_rank)), ("company", json!(row.company_id)), ("url", json!(row.url))]);
            add(fields, "sponsorships", part);
        }
    }
}

/// The rows of one thing.
fn rows<'m, R>(of: &'m HashMap<Uuid, Vec<&'m R>>, thing: Uuid) -> impl Iterator<Item = &'m R> {
    of.get(&thing).into_iter().flatten().copied()
}

fn add(fields: &mut Map<String, Value>, field: &str, part: Value) {
    if let Value::Array(list) = fields.entry(field).or_insert_with(|| Value::Array(Vec::new())) {
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
