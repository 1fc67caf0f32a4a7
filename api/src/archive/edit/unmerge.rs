//! Undoing a merge by its changes in the log. Values that were changed again since the merge stay as they are, and are
//! reported.

use entity::{change, company, edition, link, slot, speaker, talk};
use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use rebuilt::{object, texts, undone};

use super::{Edit, merge::Merge};
use crate::{
    archive::{
        Archive, Report,
        links::subject,
        log::{
            fields::{columns, field, same},
            parts::Parts,
            rebuilt::row_of,
        },
        positions::number_anew,
        store::{
            load::RowScope,
            rows::{NodeRow, Rows},
        },
    },
    collation::fold,
    error::{Error, Result},
    read::slug::BySlug,
    resource::node::KindOf,
};

mod rebuilt;

/// The outcome of undoing a merge.
#[derive(Debug)]
pub struct UnmergeReport {
    /// The numbers of changes.
    pub report: Report,
    /// The values that stay as they are, because they were changed again since the merge.
    pub left: Vec<String>,
}

/// The fields with aliases in the log, and the kinds of these aliases.
const NAMES: [(&str, &str); 3] = [("aliases", "NAME"), ("formerSlugs", "SLUG"), ("mergedIds", "ID")];

impl Archive {
    /// Undoes the merge of a speaker or company, by the id or slug that it had.
    pub fn unmerge<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<UnmergeReport>> {
        self.undo_merge(name).boxed()
    }

    async fn undo_merge(&self, name: &str) -> Result<UnmergeReport> {
        let mut edit = Edit::begin(self).await?;
        let merge = edit.merge_of(name).await?;
        let left = match merge.kind.as_str() {
            speaker::Model::KIND => edit.unmerge::<speaker::Model>(&merge).await?,
            _ => edit.unmerge::<company::Model>(&merge).await?,
        };
        let done = edit.finish().await?;
        Ok(UnmergeReport { report: done.report, left })
    }
}

impl Edit {
    /// The last merge of the thing with an id or a slug, unless it is undone already.
    async fn merge_of(&self, name: &str) -> Result<change::Model> {
        let merges = change::Entity::find()
            .filter(change::Column::Operation.eq("MERGED"))
            .order_by_desc(change::Column::Revision);
        let id = name.parse::<Uuid>().ok();
        for merge in merges.all(&self.write.transaction).await? {
            let slug = merge.before.as_ref().and_then(|before| before.get("slug")).and_then(Value::as_str);
            if (id == Some(merge.node_id) || slug == Some(name)) && !self.is_there(&merge).await? {
                return Ok(merge);
            }
        }
        Err(Error::bad_input("name", format!("nothing of the id or slug \"{name}\" was merged into another one")))
    }

    async fn is_there(&self, merge: &change::Model) -> Result<bool> {
        let found = KindOf::find(&self.write.transaction, &[merge.node_id]).await?;
        Ok(found.get(&merge.node_id).is_some_and(|(_, present)| *present == merge.node_id))
    }

    async fn unmerge<N: NodeRow + DeserializeOwned + Default>(&mut self, merge: &change::Model) -> Result<Vec<String>> {
        let into = merge
            .merged_into
            .ok_or_else(|| Error::Internal(format!("revision {} merged into nothing", merge.revision)))?;
        let pair = Merge { from: merge.node_id, into };
        let changes = self.changes_of(merge, into).await?;
        let ids = |kind: &str| {
            changes.iter().filter(|one| one.kind == kind && one.operation == "UPDATED").map(|one| one.node_id).collect()
        };
        self.load(RowScope {
            speakers: ids(speaker::Model::KIND),
            companies: ids(company::Model::KIND),
            bare_editions: ids(edition::Model::KIND),
            talks: ids(talk::Model::KIND),
            slots: ids(slot::Model::KIND),
            links: ids(link::Model::KIND),
            ..RowScope::default()
        })
        .await?;
        if !N::rows(&self.stored).iter().any(|row| row.id() == into) {
            return Err(Error::bad_input(
                "name",
                format!("the {} that it became is gone: undo first what came after", N::KIND.to_lowercase()),
            ));
        }
        let mut gone = object(merge.before.as_ref());
        let slug = gone.get("slug").and_then(Value::as_str).unwrap_or_default();
        if self.slug_of::<N>(into)? == slug {
            return Err(Error::bad_input(
                "name",
                format!("\"{slug}\" is the slug of what it became now: give that another one first"),
            ));
        }
        if self.named(N::KIND, None, vec![slug.to_owned()]).await?.get(slug).is_some_and(|owner| *owner != into) {
            return Err(Error::bad_input(
                "name",
                format!("\"{slug}\" leads to another one now: give that another slug first"),
            ));
        }
        let mut left = Vec::new();
        for one in &changes {
            self.undo::<N>(one, pair, &mut left)?;
        }
        // Links may have been added or deleted since.
        let links = &mut self.desired.links;
        number_anew(links, subject, |row| (row.position, row.id), |row, position| row.position = position);
        self.keep_successor(&mut gone, merge.node_id, &mut left).await?;
        self.put(row_of::<N>(merge.node_id, &gone)?);
        for (field, kind) in NAMES {
            let scope = BySlug::scope(N::KIND, None);
            let mut names = texts(gone.get(field));
            if kind == "SLUG" {
                self.keep_slugs::<N>(&mut names, into, &mut left).await?;
            }
            self.set_aliases(merge.node_id, kind, &scope, names, |value| key(kind, value));
        }
        Ok(left)
    }

    /// Replaces the successor of the restored company by the record that it was merged into, if any. A successor that
    /// is deleted, or that became this company, is left out.
    async fn keep_successor(&self, gone: &mut Map<String, Value>, id: Uuid, left: &mut Vec<String>) -> Result<()> {
        let Some(successor) = gone.get("successor").and_then(Value::as_str).and_then(|id| id.parse().ok()) else {
            return Ok(());
        };
        let present = self.present::<company::Model>(crate::scalars::Id(successor)).await?;
        let chain = Rows::with_successors(&self.write.transaction, present.as_slice()).await?;
        let goes_round =
            self.desired.companies.iter().any(|row| row.successor_id == Some(id) && chain.contains(&row.id));
        let Some(present) = present.filter(|_| !goes_round) else {
            left.push(format!("Company {id}: successor ({successor}) is gone, or became this one, and is left out"));
            gone.remove("successor");
            return Ok(());
        };
        gone.insert("successor".to_owned(), json!(present));
        Ok(())
    }

    /// Removes the former slugs that lead to another thing now. Those that lead to the record that stays are free
    /// again.
    async fn keep_slugs<N: NodeRow>(&self, slugs: &mut Vec<String>, into: Uuid, left: &mut Vec<String>) -> Result<()> {
        let found = self.named(N::KIND, None, slugs.clone()).await?;
        let kept = self.aliases(into, "SLUG");
        let present = self.slug_of::<N>(into)?;
        slugs.retain(|slug| {
            let is_free =
                found.get(slug).is_none_or(|owner| *owner == into) && !kept.contains(slug) && *slug != present;
            if !is_free {
                left.push(format!("{}: the former slug {slug} leads to another one now, and is left out", N::KIND));
            }
            is_free
        });
        Ok(())
    }

    fn slug_of<N: NodeRow>(&self, id: Uuid) -> Result<String> {
        Ok(columns(&self.row::<N>(id)?)?.get("slug").and_then(Value::as_str).unwrap_or_default().to_owned())
    }

    /// The changes of the write of a merge. The first of them is that of the record that stays.
    async fn changes_of(&self, merge: &change::Model, into: Uuid) -> Result<Vec<change::Model>> {
        let database = &self.write.transaction;
        let begins = change::Entity::find()
            .filter(change::Column::NodeId.eq(into))
            .filter(change::Column::Revision.lt(merge.revision))
            .order_by_desc(change::Column::Revision);
        let begins = begins.one(database).await?.map_or(merge.revision, |first| first.revision);
        let changes = change::Entity::find()
            .filter(change::Column::Revision.gte(begins))
            .filter(change::Column::Revision.lt(merge.revision));
        Ok(changes.order_by_asc(change::Column::Revision).all(database).await?)
    }

    /// Undoes one change of a merge, as far as its values are still those of the merge.
    fn undo<N: NodeRow + DeserializeOwned + Default>(
        &mut self,
        one: &change::Model,
        pair: Merge,
        left: &mut Vec<String>,
    ) -> Result<()> {
        let (before, after) = (object(one.before.as_ref()), object(one.after.as_ref()));
        match (one.kind.as_str(), one.operation.as_str()) {
            (link::Model::KIND, "DELETED") => self.put(row_of::<link::Model>(one.node_id, &before)?),
            (link::Model::KIND, _) => self.undo_link(one.node_id, &before, pair),
            (kind, _) if kind == N::KIND => self.undo_fields::<N>(one.node_id, &before, &after, left)?,
            (kind, _) => {
                for (name, was) in &before {
                    let mut parts = Parts::of(&self.desired).fields(kind, one.node_id);
                    let now = parts.shift_remove(name).unwrap_or_else(|| json!([]));
                    match undone(was, after.get(name).unwrap_or(&Value::Null), &now, pair) {
                        Some(list) => self.set_parts(one.node_id, name, &list)?,
                        None => left
                            .push(format!("{kind} {}: {name} were changed since, and stay as they are", one.node_id)),
                    }
                }
            }
        }
        Ok(())
    }

    /// Moves a link back, unless it was moved or deleted since.
    fn undo_link(&mut self, id: Uuid, before: &Map<String, Value>, pair: Merge) {
        let Some(row) = self.desired.links.iter_mut().find(|row| row.id == id) else { return };
        for subject in [&mut row.speaker_id, &mut row.company_id] {
            if *subject == Some(pair.into) && (before.contains_key("speaker") || before.contains_key("company")) {
                *subject = Some(pair.from);
            }
        }
        if let Some(position) = before.get("position").and_then(Value::as_i64) {
            row.position = i32::try_from(position).unwrap_or(row.position);
        }
    }

    /// Restores the fields and aliases of the record that stays, or the successor of another company.
    fn undo_fields<N: NodeRow + DeserializeOwned + Default>(
        &mut self,
        id: Uuid,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
        left: &mut Vec<String>,
    ) -> Result<()> {
        let Some(row) = N::rows(&self.desired).iter().find(|row| row.id() == id).cloned() else { return Ok(()) };
        let mut fields: Map<String, Value> =
            columns(&row)?.into_iter().map(|(column, value)| (field(&column), value)).collect();
        for (name, was) in before {
            if let Some((_, kind)) = NAMES.iter().find(|(field, _)| field == name) {
                let (was, became) = (texts(Some(was)), texts(after.get(name)));
                let names = self
                    .aliases(id, kind)
                    .into_iter()
                    .filter(|value| was.contains(value) || !became.contains(value))
                    .collect();
                self.set_aliases(id, kind, &BySlug::scope(N::KIND, None), names, |value| key(kind, value));
            } else if same(fields.get(name).unwrap_or(&Value::Null), after.get(name).unwrap_or(&Value::Null)) {
                fields.insert(name.clone(), was.clone());
            } else {
                left.push(format!("{} {id}: {name} was changed since, and stays as it is", N::KIND));
            }
        }
        let mut changed = row_of::<N>(id, &fields)?;
        changed.stamp(row.revision(), row.updated_at());
        changed.keep_derived(&row);
        self.put(changed);
        Ok(())
    }
}

/// The lookup key of an alias.
fn key(kind: &str, value: &str) -> String {
    if kind == "NAME" { fold(value) } else { value.to_owned() }
}
