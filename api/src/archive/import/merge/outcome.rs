//! What a merge kept, took back and could not decide; and the parts that it takes from the archive.

use std::collections::{HashMap, HashSet};

use sea_orm::ActiveEnum;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    archive::{
        import::since::{ChangedThing, Fields, Writer},
        report::SideChange,
        store::rows::{PartRow, Rows, parts as part_tables},
    },
    vocabulary::ChangeOperation,
};

/// The outcome of a merge.
#[derive(Debug, Default)]
pub(in crate::archive::import) struct MergeOutcome {
    /// The slugs of editions, by their ids.
    editions: HashMap<String, String>,
    pub kept: Vec<SideChange>,
    pub taken_back: Vec<SideChange>,
    pub conflicts: Vec<String>,
    /// What would break: no preference decides it.
    pub broken: Vec<String>,
}

impl MergeOutcome {
    pub(super) fn of(stored: &Rows) -> Self {
        let editions = stored.editions.iter().map(|row| (row.id.hyphenated().to_string(), row.slug.clone())).collect();
        Self { editions, ..Self::default() }
    }

    pub(super) fn kept(&mut self, key: (&'static str, Uuid), thing: &ChangedThing, fields: &[String]) {
        let change = self.change(key, thing, fields);
        self.kept.push(change);
    }

    pub(super) fn taken_back(&mut self, key: (&'static str, Uuid), thing: &ChangedThing, fields: &[String]) {
        let change = self.change(key, thing, fields);
        self.taken_back.push(change);
    }

    pub(super) fn conflict(
        &mut self,
        (kind, id): (&'static str, Uuid),
        thing: &ChangedThing,
        fields: &[String],
        by_source: &str,
    ) {
        let name = self.name(thing, id);
        let fields = fields.join(", ");
        self.conflicts.push(match (&thing.present, by_source) {
            _ if thing.is_merged => format!(
                "{kind} {name}: merged into another one by {}, and the document has another {fields}; --prefer source \
                 does not undo a merge, `lectern unmerge` does",
                by(&thing.last)
            ),
            (None, _) => {
                format!("{kind} {name}: deleted by {}, and the document has another {fields}", by(&thing.last))
            }
            (_, "deleted") => {
                format!("{kind} {name}: {fields} changed by {}, and the document deletes it", by(&thing.last))
            }
            _ => {
                let writer = thing.writer_of(&fields);
                format!("{kind} {name}: {fields} changed by {}, and by the document to another value", by(writer))
            }
        });
    }

    /// A change of the archive's side.
    fn change(&self, (kind, id): (&'static str, Uuid), thing: &ChangedThing, fields: &[String]) -> SideChange {
        let operation = match (&thing.base, &thing.present) {
            (_, None) => ChangeOperation::Deleted,
            (None, _) => ChangeOperation::Created,
            _ => ChangeOperation::Updated,
        };
        let writer = thing.writer_of(&fields.join(", "));
        SideChange {
            kind: kind.to_owned(),
            id,
            name: self.name(thing, id),
            operation: operation.to_value(),
            fields: fields.to_vec(),
            revision: writer.revision,
            token: writer.token.clone(),
        }
    }

    /// What people call a thing: its slug, its number, its address, or its title; after the slug of its edition.
    fn name(&self, thing: &ChangedThing, id: Uuid) -> String {
        let nothing = Fields::new();
        let fields = thing.present.as_ref().or(thing.base.as_ref()).unwrap_or(&nothing);
        let text = |field: &str| match fields.get(field)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let own = ["slug", "number", "externalId", "external_id", "url", "title"].into_iter().find_map(text);
        let own = own.unwrap_or_else(|| id.to_string());
        match text("edition").and_then(|edition| self.editions.get(&edition)) {
            Some(edition) => format!("{edition}/{own}"),
            None => own,
        }
    }
}

impl ChangedThing {
    /// The last write of any of some fields, joined by commas; of the thing, if it names none.
    fn writer_of(&self, fields: &str) -> &Writer {
        let writers = fields.split(", ").filter_map(|field| self.fields.get(field));
        writers.max_by_key(|writer| writer.revision).unwrap_or(&self.last)
    }
}

fn by(writer: &Writer) -> String {
    let who =
        writer.token.as_ref().map_or_else(|| "the command line".to_owned(), |name| format!("the token \"{name}\""));
    format!("{who} at revision {}", writer.revision)
}

/// The parts that are taken from the archive: those of whole things, and single lists.
#[derive(Debug, Default)]
pub(super) struct Taken {
    whole: HashSet<Uuid>,
    none: HashSet<Uuid>,
    lists: HashSet<(Uuid, &'static str)>,
}

impl Taken {
    /// Takes all parts of a thing.
    pub(super) fn all_of(&mut self, id: Uuid) {
        self.whole.insert(id);
    }

    /// Leaves out all parts of a thing.
    pub(super) fn nothing_of(&mut self, id: Uuid) {
        self.none.insert(id);
    }

    /// Takes the lists of parts that are among some fields of a thing.
    pub(super) fn fields(&mut self, kind: &str, id: Uuid, fields: &[String]) {
        for field in fields {
            let tables: &[&str] = match (kind, field.as_str()) {
                (_, "appearances") => &["appearances", "appearance_companies"],
                ("Playlist", "recordings") => &["playlist_recordings"],
                (_, "recordings") => &["talk_recordings"],
                (_, "tags") => &["talk_tags"],
                (_, "involvements") => &["involvements"],
                (_, "sponsorTiers") => &["sponsor_tiers"],
                (_, "sponsorships") => &["sponsorships"],
                (_, "sponsors") => &["slot_sponsors"],
                (_, "formerSlugs") => &["SLUG"],
                (_, "mergedIds") => &["ID"],
                ("Speaker" | "Company", "aliases") => &["NAME"],
                _ => &[],
            };
            self.lists.extend(tables.iter().map(|table| (id, *table)));
        }
    }

    /// Replaces these parts in the desired rows by the stored ones.
    pub(super) fn move_parts(&self, stored: &Rows, desired: &mut Rows) {
        macro_rules! each_table {
            ($($rows:ident: $table:ident $owner:ident,)+) => {
                $(self.move_rows(stringify!($rows), &stored.$rows, &mut desired.$rows, |_| "");)+
            };
        }
        part_tables!(each_table);
        self.move_rows("", &stored.aliases, &mut desired.aliases, |alias| match alias.kind.as_str() {
            "SLUG" => "SLUG",
            "ID" => "ID",
            _ => "NAME",
        });
    }

    fn move_rows<P: PartRow>(
        &self,
        table: &'static str,
        stored: &[P],
        desired: &mut Vec<P>,
        list: impl Fn(&P) -> &'static str,
    ) {
        let name = |row: &P| if table.is_empty() { list(row) } else { table };
        let is_whole = |row: &P| !table.is_empty() && self.whole.contains(&row.owner());
        let is_taken = |row: &P| is_whole(row) || self.lists.contains(&(row.owner(), name(row)));
        desired.retain(|row| !is_taken(row) && !self.none.contains(&row.owner()));
        desired.extend(stored.iter().filter(|row| is_taken(row)).cloned());
    }
}
