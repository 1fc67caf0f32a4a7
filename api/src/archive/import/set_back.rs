//! The names that led to things when a document was exported, by the log.

use std::collections::{HashMap, HashSet};

use entity::{change, company, conference, edition, playlist, recording, speaker};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{identity::NameIndex, stored::StoredNames};
use crate::{
    archive::store::rows::NodeRow,
    database::{among_texts, backend},
    error::Result,
};

/// What a thing was called at the export, as far as that has changed since.
#[derive(Default)]
struct FormerNames {
    /// Whether the thing was created since.
    is_new: bool,
    name: Option<String>,
    former: Option<Vec<String>>,
    /// The edition of a recording.
    edition: Option<Option<Uuid>>,
}

impl StoredNames {
    /// Sets the names back to those after a revision. What was created since keeps its names, unless they were others'.
    pub(crate) async fn set_back(&mut self, transaction: &DatabaseTransaction, revision: i64) -> Result<()> {
        let kinds = [
            conference::Model::KIND,
            company::Model::KIND,
            speaker::Model::KIND,
            edition::Model::KIND,
            recording::Model::KIND,
            playlist::Model::KIND,
        ];
        let changes = change::Entity::find()
            .filter(change::Column::Revision.gt(revision))
            .filter(among_texts(backend(transaction), change::Column::Kind, kinds.map(str::to_owned)))
            .order_by_desc(change::Column::Revision)
            .all(transaction)
            .await?;
        let mut things: HashMap<(String, Uuid), FormerNames> = HashMap::new();
        for change in changes {
            things.entry((change.kind.clone(), change.node_id)).or_default().undo(&change);
        }
        for (kind, names) in [
            (conference::Model::KIND, &mut self.conferences),
            (company::Model::KIND, &mut self.companies),
            (speaker::Model::KIND, &mut self.speakers),
            (edition::Model::KIND, &mut self.editions),
            (recording::Model::KIND, &mut self.recordings),
            (playlist::Model::KIND, &mut self.playlists),
        ] {
            names.set_back(things.iter().filter(|((of, _), _)| of == kind).map(|((_, id), names)| (*id, names)));
        }
        for ((_, id), names) in things.iter().filter(|((kind, _), _)| kind == recording::Model::KIND) {
            match names.edition {
                Some(Some(edition)) => drop(self.edition_of_recording.insert(*id, edition)),
                Some(None) => drop(self.edition_of_recording.remove(id)),
                None => {}
            }
        }
        Ok(())
    }
}

impl NameIndex {
    fn set_back<'n>(&mut self, things: impl Iterator<Item = (Uuid, &'n FormerNames)>) {
        let things: Vec<_> = things.filter(|(_, names)| !names.is_new).collect();
        let renamed: HashSet<Uuid> =
            things.iter().filter(|(_, names)| names.name.is_some()).map(|(id, _)| *id).collect();
        let others: HashSet<Uuid> =
            things.iter().filter(|(_, names)| names.former.is_some()).map(|(id, _)| *id).collect();
        self.present.retain(|_, id| !renamed.contains(id));
        self.former.retain(|_, id| !others.contains(id));
        // A name led to one thing only.
        for name in things.iter().flat_map(|(_, names)| names.name.iter().chain(names.former.iter().flatten())) {
            self.present.remove(name);
            self.former.remove(name);
        }
        for (id, names) in things {
            self.present.extend(names.name.iter().map(|name| (name.clone(), id)));
            self.former.extend(names.former.iter().flatten().map(|name| (name.clone(), id)));
        }
    }
}

impl FormerNames {
    /// Takes back a change. The last one comes first.
    fn undo(&mut self, change: &change::Model) {
        let nothing = Map::new();
        let before = change.before.as_ref().and_then(Value::as_object).unwrap_or(&nothing);
        match change.operation.as_str() {
            "CREATED" => *self = Self { is_new: true, ..Self::default() },
            "UPDATED" => self.read(before, |field| before.contains_key(field)),
            _ => {
                self.is_new = false;
                self.read(before, |_| true);
            }
        }
    }

    /// Reads the fields that are known.
    fn read(&mut self, fields: &Map<String, Value>, is_known: impl Fn(&str) -> bool) {
        let text = |field: &str| fields.get(field).and_then(Value::as_str);
        let key = || Some(format!("{}:{}", text("provider")?.to_ascii_lowercase(), text("externalId")?));
        if let Some(name) = text("slug").map(str::to_owned).or_else(key) {
            self.name = Some(name);
        }
        if is_known("formerSlugs") {
            let list = fields.get("formerSlugs").and_then(Value::as_array).into_iter().flatten();
            self.former = Some(list.filter_map(Value::as_str).map(str::to_owned).collect());
        }
        if is_known("edition") {
            self.edition = Some(text("edition").and_then(|id| id.parse().ok()));
        }
    }
}
