//! The change log: one change for each changed item, in the order of the commits.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{ColumnTrait, DerivePartialModel, EntityTrait, PartialModelTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{
    edition::{Edition, Texts},
    node::{Label, Node},
};
use crate::{
    database::among,
    directive::list_size,
    error::{Error, Result, WrongParameter},
    read::{
        Loading, Reads,
        batch::{Batches, Relation},
        page::{DEFAULT_SIZE, page_size},
        slug::BySlug,
    },
    scalars::{DateTime, Id, Revision, Url},
    vocabulary::ChangeOperation,
};

/// A change of one item in the archive's log. A part without an id of its own (an appearance, a sponsorship, the place
/// of a talk in a recording) is listed as a field of the item that it belongs to, with the operation UPDATED.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::change::Entity")]
#[graphql(complex)]
pub struct Change {
    /// The position of the change in the log. Each change has a revision of its own.
    pub revision: Revision,
    /// The time of the change, in UTC: `2026-09-21T14:13:19+00:00`. All changes of one write have the same time.
    pub at: DateTime,
    /// The effect of the change.
    pub operation: ChangeOperation,
    /// The type of the changed item: `Talk`, `Slot`. Later versions may add types.
    pub kind: String,
    /// The id of the changed item.
    pub node_id: Id,
    /// The id of the item into which the changed item was merged. It is null unless the operation is MERGED.
    pub merged_into: Option<Id>,
    #[graphql(skip)]
    pub edition_id: Option<Uuid>,
    #[graphql(skip)]
    #[sea_orm(from_col = "fields")]
    pub changed: Texts,
}

#[ComplexObject]
impl Change {
    /// The item in its present state, or the one into which it was merged. It is null if the item was deleted.
    async fn node(&self, ctx: &Context<'_>) -> Result<Option<Node>> {
        Node::by_id(ctx, self.node_id).await
    }

    /// The title or the name of the item in its present state, of a slot that of its talk. For an item that was deleted
    /// or merged, it is the last one. It is null if there is none.
    async fn title(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.label(ctx).await?.title)
    }

    /// The slug of the item in its present state, or the last one of an item that was deleted or merged. It is null for
    /// types without slugs.
    async fn slug(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.label(ctx).await?.slug)
    }

    /// The address of the item's page, of a slot that of its talk, of a recording that at its provider. It is null for
    /// types without pages, and for an item that was deleted or merged.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<Url>> {
        Ok(self.label(ctx).await?.url)
    }

    /// The edition to which the item belongs. It is null if the item belongs to no edition or if the edition was
    /// deleted.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.edition_id).await
    }

    /// The names of the fields that have new values, as in GraphQL: `startsAt`. The names `formerSlugs` and `mergedIds`
    /// stand for the former slugs of the item and the ids of records merged into it. The list is empty unless the
    /// operation is UPDATED.
    #[graphql(directive = list_size::apply(3))]
    async fn fields(&self) -> &[String] {
        &self.changed.0
    }
}

impl Change {
    async fn label(&self, ctx: &Context<'_>) -> Result<Label> {
        let node = match self.operation {
            ChangeOperation::Deleted | ChangeOperation::Merged => None,
            ChangeOperation::Created | ChangeOperation::Updated => Node::by_id(ctx, self.node_id).await?,
        };
        match node {
            Some(node) => node.label(ctx).await,
            None => ctx.load(LastLabel(self.node_id.0)).await,
        }
    }
}

/// The label that a thing had when it was deleted or merged, by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct LastLabel(Uuid);

impl Relation for LastLabel {
    type Value = Label;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Label>> {
        use entity::change::{Column, Entity};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let ended = Entity::find()
            .filter(among(reads.backend(), Column::NodeId, &ids))
            .filter(Column::Operation.is_in([ChangeOperation::Deleted, ChangeOperation::Merged]))
            .order_by_asc(Column::Revision);
        let rows = ended.all(&reads.database).await?;
        let text = |before: &serde_json::Value, field: &str| before.get(field)?.as_str().map(str::to_owned);
        let label = |row: &entity::change::Model| {
            let before = row.before.as_ref()?;
            let title = ["title", "name"].into_iter().find_map(|field| text(before, field));
            Some(Label { title, slug: text(before, "slug"), url: None })
        };
        Ok(rows.iter().map(|row| (Self(row.node_id), label(row).unwrap_or_default())).collect())
    }
}

/// A page of the change log: the changes after a revision.
#[derive(Clone, Debug, SimpleObject)]
pub struct ChangePage {
    /// The changes of the page, oldest first.
    #[graphql(directive = list_size::apply(50))]
    pub changes: Vec<Arc<Change>>,
    /// The revision to ask the next page with. No requested change lies between the last change of this page and this
    /// revision.
    pub next_since: Revision,
    /// Whether the log has more changes after this page.
    pub has_more: bool,
}

impl ChangePage {
    /// The changes after `since`, of the whole archive or of the edition with a slug.
    pub(crate) async fn of(
        batches: &Arc<Batches<Reads>>,
        since: Revision,
        edition: Option<String>,
        first: Option<i32>,
    ) -> Result<Self> {
        let most = batches.source().max_page_size;
        let size = match first {
            None => DEFAULT_SIZE.min(most),
            Some(size) => page_size("first", size, most)?,
        };
        // The last revision is read before the rows, and no row after it is read. Revisions are in the order of the
        // commits, so all changes up to this one are visible. If there are no more rows, every change up to it was
        // returned, and the next page may begin after it, however old the edition's last change is.
        let present = present_revision_since(batches, since).await?;
        let edition = match edition {
            None => None,
            Some(slug) => match batches.load(BySlug::of::<Edition>(slug)).await? {
                Some(id) => Some(id),
                None => return Ok(Self { changes: Vec::new(), next_since: present, has_more: false }),
            },
        };
        let mut changes =
            batches.load(LogRange { after: since.0, to: present.0, edition, limit: size as u64 + 1 }).await?;
        let has_more = changes.len() > size;
        changes.truncate(size);
        let next_since = if has_more { changes.last().map_or(since, |last| last.revision) } else { present };
        Ok(Self { changes, next_since, has_more })
    }
}

/// The archive's last revision. It is an error if that is before `since`.
pub(crate) async fn present_revision_since(batches: &Arc<Batches<Reads>>, since: Revision) -> Result<Revision> {
    let present = Revision(batches.load(PresentRevision).await?);
    if since > present {
        let (since, present) = (since.0, present.0);
        let wrong = format!(
            "{since} is after this archive's last revision, {present}: it is a revision of another copy of it, so \
             begin again from 0"
        );
        return Err(Error::Conflict(WrongParameter { parameter: "since".to_owned(), message: wrong }));
    }
    Ok(present)
}

/// The key of the archive's last revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PresentRevision;

impl Relation for PresentRevision {
    type Value = i64;
    type Source = Reads;

    async fn load(_: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, i64>> {
        let state = entity::archive_state::Entity::find().one(&reads.database).await?;
        Ok(state.map(|state| (Self, state.revision)).into_iter().collect())
    }
}

/// The key of a range of the log.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LogRange {
    /// The revision before the range.
    after: i64,
    /// The last revision of the range.
    to: i64,
    edition: Option<Uuid>,
    /// The greatest number of changes.
    limit: u64,
}

impl Relation for LogRange {
    type Value = Vec<Arc<Change>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        use entity::change::{Column, Entity};
        let mut pages = HashMap::new();
        // Each range is one statement.
        for key in keys {
            let mut select = Entity::find().filter(Column::Revision.gt(key.after)).filter(Column::Revision.lte(key.to));
            if let Some(edition) = key.edition {
                select = select.filter(Column::EditionId.eq(edition));
            }
            let select = select.order_by_asc(Column::Revision).limit(key.limit);
            let rows = Change::select_cols(select.select_only()).into_model::<Change>().all(&reads.database).await?;
            pages.insert(key, rows.into_iter().map(Arc::new).collect());
        }
        Ok(pages)
    }
}
