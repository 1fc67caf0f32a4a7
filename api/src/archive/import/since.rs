//! What changed in the archive since a document was exported, by the log.

use std::collections::{BTreeMap, HashMap, HashSet};

use entity::{change, link, speaker};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter, QueryOrder};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    archive::{
        log::{fields::whole, parts::Parts, rebuilt::row_of},
        store::{
            load::RowScope,
            rows::{NodeRow, Rows, nodes},
        },
    },
    database::{among, backend},
    error::Result,
    format::document::ExportPoint,
};

/// The fields of a thing in the log.
pub(super) type Fields = Map<String, Value>;

/// The last write of something.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    pub revision: i64,
    /// The token; none for the command line.
    pub token: Option<String>,
}

/// A thing that changed in the archive since the export.
pub(super) struct ChangedThing {
    /// What it was at the export; none if it was not there.
    pub base: Option<Fields>,
    /// What it is now; none if it is not there any more.
    pub present: Option<Fields>,
    /// Whether it was merged into another thing.
    pub is_merged: bool,
    /// The last change of it.
    pub last: Writer,
    /// The last changes of its fields.
    pub fields: HashMap<String, Writer>,
}

/// The things that changed in the archive since an export, by their kinds and ids.
pub(super) struct ArchiveSide {
    pub since: i64,
    pub things: BTreeMap<(&'static str, Uuid), ChangedThing>,
}

/// Whether the log has the point at which a document was exported. Otherwise it is the log of another archive, or was
/// set back.
pub(super) async fn is_known(transaction: &DatabaseTransaction, point: &ExportPoint) -> Result<bool> {
    let change = change::Entity::find_by_id(point.revision).one(transaction).await?;
    Ok(change.is_some_and(|change| change.at == point.at.0))
}

impl ArchiveSide {
    /// Reads the log since an export, as far as it concerns a scope, whose present rows are given.
    pub(super) async fn read(
        transaction: &DatabaseTransaction,
        since: i64,
        scope: &RowScope,
        stored: &Rows,
    ) -> Result<Self> {
        let on = backend(transaction);
        let others = [&scope.conferences, &scope.companies, &scope.speakers, &scope.recordings, &scope.playlists];
        let others: Vec<Uuid> = others.into_iter().flatten().copied().collect();
        let concerned = Condition::any()
            .add(among(on, change::Column::EditionId, &scope.editions))
            .add(among(on, change::Column::NodeId, &others))
            .add(change::Column::Kind.eq(link::Model::KIND).and(change::Column::EditionId.is_null()));
        let changes = changes_since(since, concerned, transaction).await?;
        let changes = with_all_of_moved(since, changes, transaction).await?;
        let mut present = fields_of(stored, &changes)?;
        let mut things = BTreeMap::new();
        for change in changes {
            let Some(kind) = kind(&change.kind) else { continue };
            let key = (kind, change.node_id);
            let is_gone = matches!(change.operation.as_str(), "DELETED" | "MERGED");
            // A thing that is there and was not read left the scope, so the document is not about it.
            if !things.contains_key(&key) && !is_gone && !present.contains_key(&key) {
                continue;
            }
            let writer = Writer { revision: change.revision, token: change.token.clone() };
            let thing = things.entry(key).or_insert_with(|| {
                let present = present.remove(&key);
                let fields = HashMap::new();
                let is_merged = change.operation == "MERGED";
                ChangedThing { base: present.clone(), present, is_merged, last: writer.clone(), fields }
            });
            thing.undo(change, &writer);
        }
        Ok(Self { since, things })
    }

    /// Rows in which names and links lead to what they led to at the export: those that a document is compared with.
    /// What was created since is among them.
    pub(super) fn rows_at_export(&self, stored: &Rows) -> Result<Rows> {
        let mut rows = stored.clone();
        macro_rules! replace {
            ($($rows:ident: $table:ident $kind:literal,)+) => {$(
                let there_was = |id: &Uuid| self.things.get(&($kind, *id)).is_some_and(|thing| thing.base.is_some());
                rows.$rows.retain(|row| !there_was(&row.id));
                for ((kind, id), thing) in &self.things {
                    if let Some(base) = thing.base.as_ref().filter(|_| *kind == $kind) {
                        rows.$rows.push(row_of(*id, base)?);
                    }
                }
            )+};
        }
        nodes!(replace);
        rows.links.sort_by_key(|row| (row.position, row.id));
        let former = |owner: &Uuid| {
            let of = |kind| self.things.get(&(kind, *owner)).and_then(|thing| thing.base.as_ref());
            NAMED.into_iter().find_map(of)
        };
        let names = |fields: &Fields, name: &str| -> Vec<String> {
            let list = fields.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        rows.aliases.retain(|row| {
            let field = if row.kind == "SLUG" { "formerSlugs" } else { "mergedIds" };
            former(&row.owner_id).is_none_or(|fields| row.kind == "NAME" || names(fields, field).contains(&row.value))
        });
        Ok(rows)
    }
}

/// The changes after a revision under a condition, the last first.
async fn changes_since(since: i64, which: Condition, transaction: &DatabaseTransaction) -> Result<Vec<change::Model>> {
    let changes = change::Entity::find().filter(change::Column::Revision.gt(since)).filter(which);
    Ok(changes.order_by_desc(change::Column::Revision).all(transaction).await?)
}

/// Adds the changes of things before they moved to an edition: those are not changes of that edition.
async fn with_all_of_moved(
    since: i64,
    mut changes: Vec<change::Model>,
    transaction: &DatabaseTransaction,
) -> Result<Vec<change::Model>> {
    let has_moved = |change: &&change::Model| {
        change.operation == "UPDATED" && change.before.as_ref().is_some_and(|before| before.get("edition").is_some())
    };
    let moved: HashSet<Uuid> = changes.iter().filter(has_moved).map(|change| change.node_id).collect();
    if moved.is_empty() {
        return Ok(changes);
    }
    changes.retain(|change| !moved.contains(&change.node_id));
    let moved: Vec<Uuid> = moved.into_iter().collect();
    let of_moved = Condition::all().add(among(backend(transaction), change::Column::NodeId, &moved));
    changes.extend(changes_since(since, of_moved, transaction).await?);
    changes.sort_by_key(|change| std::cmp::Reverse(change.revision));
    Ok(changes)
}

/// The kinds of things that have aliases.
const NAMED: [&str; 5] = ["Conference", "Company", speaker::Model::KIND, "Edition", "Talk"];

impl ChangedThing {
    /// Takes back a change. The last one comes first.
    fn undo(&mut self, change: change::Model, writer: &Writer) {
        let fields = |json: Option<Value>| if let Some(Value::Object(fields)) = json { fields } else { Fields::new() };
        let (before, after) = (fields(change.before), fields(change.after));
        for field in before.keys().chain(after.keys()) {
            self.fields.entry(field.clone()).or_insert_with(|| writer.clone());
        }
        match change.operation.as_str() {
            "CREATED" => self.base = None,
            "UPDATED" => {
                let base = self.base.get_or_insert_default();
                after.keys().for_each(|field| drop(base.remove(field)));
                base.extend(before);
            }
            _ => self.base = Some(before),
        }
    }
}

/// The fields of the stored things that some changes are of.
fn fields_of(stored: &Rows, changes: &[change::Model]) -> Result<HashMap<(&'static str, Uuid), Fields>> {
    let changed: HashSet<Uuid> = changes.iter().map(|change| change.node_id).collect();
    let parts = Parts::of(stored);
    let mut all = HashMap::new();
    macro_rules! add {
        ($($rows:ident: $table:ident $kind:literal,)+) => {$(
            for row in stored.$rows.iter().filter(|row| changed.contains(&row.id)) {
                all.insert(($kind, row.id), whole(row, parts.fields($kind, row.id))?);
            }
        )+};
    }
    nodes!(add);
    Ok(all)
}

/// The kind of a thing, as the tables name it.
fn kind(name: &str) -> Option<&'static str> {
    macro_rules! find {
        ($($rows:ident: $table:ident $kind:literal,)+) => {
            [$($kind),+].into_iter().find(|kind| *kind == name)
        };
    }
    nodes!(find)
}
