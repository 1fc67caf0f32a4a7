//! Things with an id.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Context, Interface,
    parser::types::{Selection, SelectionSet},
};
use sea_orm::{
    ConnectionTrait, DbBackend, ExprTrait,
    sea_query::{Expr, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::{
    company::Company, conference::Conference, edition::Edition, link::Link, playlist::Playlist, recording::Recording,
    room::Room, slot::Slot, speaker::Speaker, talk::Talk, track::Track,
};
use crate::{
    database::{among, among_texts, backend, is_alias, name},
    error::Result,
    read::{
        Loading, Reads, Resource,
        batch::Relation,
        shared::{Shareable, SharedRow},
    },
    scalars::{Id, Url},
};

/// An item with an id. Ids are UUIDs and are the same in GraphQL, in REST and in every export.
#[derive(Clone, Debug, Interface)]
#[graphql(field(name = "id", ty = "&Id", desc = "The id of the item: a UUID that never changes."))]
pub enum Node {
    Conference(Arc<Conference>),
    Edition(Arc<Edition>),
    Talk(Arc<Talk>),
    Slot(Arc<Slot>),
    Room(Arc<Room>),
    Track(Arc<Track>),
    Speaker(Arc<Speaker>),
    Company(Arc<Company>),
    Recording(Arc<Recording>),
    Playlist(Arc<Playlist>),
    Link(Arc<Link>),
}

impl Shareable for Node {
    fn row(&self) -> &dyn SharedRow {
        match self {
            Self::Conference(it) => &**it,
            Self::Edition(it) => &**it,
            Self::Talk(it) => &**it,
            Self::Slot(it) => &**it,
            Self::Room(it) => &**it,
            Self::Track(it) => &**it,
            Self::Speaker(it) => &**it,
            Self::Company(it) => &**it,
            Self::Recording(it) => &**it,
            Self::Playlist(it) => &**it,
            Self::Link(it) => &**it,
        }
    }
}

/// The kinds of things that have an id. The log has these kinds.
pub(crate) const KINDS: [&str; 11] = [
    Conference::KIND,
    Edition::KIND,
    Talk::KIND,
    Slot::KIND,
    Room::KIND,
    Track::KIND,
    Speaker::KIND,
    Company::KIND,
    Recording::KIND,
    Playlist::KIND,
    Link::KIND,
];

impl Node {
    /// The thing with an id. The id of a record that was merged leads to the other one. A thing of the only kind that
    /// is asked for takes one statement.
    pub(crate) async fn by_id(ctx: &Context<'_>, id: Id) -> Result<Option<Self>> {
        if let Some(kind) = only_kind(&ctx.item.node.selection_set.node)
            && let Some(found) = Self::of_kind(ctx, kind, id.0).await?
        {
            return Ok(Some(found));
        }
        match ctx.load(KindOf(id.0)).await? {
            Some((kind, id)) => Self::of_kind(ctx, &kind, id).await,
            None => Ok(None),
        }
    }

    async fn of_kind(ctx: &Context<'_>, kind: &str, id: Uuid) -> Result<Option<Self>> {
        macro_rules! nodes {
            ($($resource:ident),+) => {
                match kind {
                    $($resource::KIND => ctx.maybe::<$resource>(Some(id)).await?.map(Self::$resource),)+
                    _ => None,
                }
            };
        }
        Ok(nodes!(Conference, Edition, Talk, Slot, Room, Track, Speaker, Company, Recording, Playlist, Link))
    }
}

/// The only type of which something is selected besides what all things have; none if there are several, or fragments
/// with a name.
fn only_kind(selected: &SelectionSet) -> Option<&str> {
    let mut kinds = selected.items.iter().filter_map(|selection| match &selection.node {
        Selection::Field(_) => None,
        Selection::InlineFragment(fragment) => fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str()),
        Selection::FragmentSpread(_) => Some(""),
    });
    let kind = kinds.next()?;
    kinds.all(|other| other == kind).then_some(kind)
}

/// What people call a thing, and where it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Label {
    /// Its title or its name.
    pub title: Option<String>,
    pub slug: Option<String>,
    /// The address of its page, or of a recording at its provider.
    pub url: Option<Url>,
}

impl Node {
    /// The label of the thing.
    pub(crate) async fn label(&self, ctx: &Context<'_>) -> Result<Label> {
        let (title, slug, url) = match self {
            Self::Conference(it) => (Some(&it.name), Some(&it.slug), Some(&it.url)),
            Self::Edition(it) => (Some(&it.name), Some(&it.slug), Some(&it.url)),
            Self::Talk(it) => (Some(&it.title), Some(&it.slug), Some(&it.url)),
            Self::Slot(it) => {
                let talk = ctx.maybe::<Talk>(it.talk_id).await?;
                let url = talk.map(|talk| talk.url.clone());
                return Ok(Label { title: Some(it.title.clone()), slug: None, url });
            }
            Self::Room(it) => (Some(&it.name), Some(&it.slug), None),
            Self::Track(it) => (Some(&it.name), Some(&it.slug), None),
            Self::Speaker(it) => (Some(&it.name), Some(&it.slug), Some(&it.url)),
            Self::Company(it) => (Some(&it.name), Some(&it.slug), Some(&it.url)),
            Self::Recording(it) => (it.title.as_ref(), None, Some(&it.url)),
            Self::Playlist(it) => (Some(&it.title), None, Some(&it.url)),
            Self::Link(it) => (it.title.as_ref(), None, it.url.as_ref()),
        };
        Ok(Label { title: title.cloned(), slug: slug.cloned(), url: url.cloned() })
    }
}

/// The kind and the present id of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KindOf(pub Uuid);

impl Relation for KindOf {
    type Value = Option<(String, Uuid)>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let found = Self::find(&reads.database, &ids).await?;
        Ok(found.into_iter().map(|(id, kind)| (Self(id), Some(kind))).collect())
    }
}

impl KindOf {
    /// The kinds and present ids of things by their ids, in one statement.
    pub(crate) async fn find(database: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, (String, Uuid)>> {
        let backend = backend(database);
        let mut select = present_ids(backend, Conference::KIND, "conference", ids);
        for (kind, table) in [
            (Edition::KIND, "edition"),
            (Talk::KIND, "talk"),
            (Slot::KIND, "slot"),
            (Room::KIND, "room"),
            (Track::KIND, "track"),
            (Speaker::KIND, "speaker"),
            (Company::KIND, "company"),
            (Recording::KIND, "recording"),
            (Playlist::KIND, "playlist"),
            (Link::KIND, "link"),
        ] {
            select.union(UnionType::All, present_ids(backend, kind, table, ids));
        }
        for kind in [Speaker::KIND, Company::KIND, Talk::KIND, Edition::KIND, Conference::KIND] {
            select.union(UnionType::All, merged_ids(backend, kind, ids));
        }
        let mut kinds = HashMap::new();
        for row in database.query_all(&select).await? {
            kinds.insert(row.try_get("", "asked")?, (row.try_get("", "kind")?, row.try_get("", "id")?));
        }
        Ok(kinds)
    }
}

/// The ids that are rows of a table.
fn present_ids(backend: DbBackend, kind: &str, table: &str, ids: &[Uuid]) -> SelectStatement {
    Query::select()
        .expr_as(Expr::val(kind), name("kind"))
        .expr_as(Expr::cust("id"), name("asked"))
        .expr_as(Expr::cust("id"), name("id"))
        .from(name(table))
        .and_where(among(backend, Expr::cust("id"), ids))
        .to_owned()
}

/// The ids that were merged into another one. An alias stores such an id as text, under the kind of the thing.
fn merged_ids(backend: DbBackend, kind: &str, ids: &[Uuid]) -> SelectStatement {
    let texts = ids.iter().map(|id| id.hyphenated().to_string());
    Query::select()
        .expr_as(Expr::val(kind), name("kind"))
        .expr_as(merged_id(backend), name("asked"))
        .expr_as(Expr::cust("owner_id"), name("id"))
        .from(entity::alias::Entity)
        .and_where(among_texts(backend, Expr::cust("value"), texts))
        .and_where(is_alias("ID"))
        .and_where(Expr::cust("scope").eq(kind.to_lowercase()))
        .to_owned()
}

/// The id in an alias of the kind ID, in the database's own type of ids.
fn merged_id(backend: DbBackend) -> sea_orm::sea_query::SimpleExpr {
    Expr::cust(match backend {
        DbBackend::Postgres => "CAST(value AS uuid)",
        _ => "unhex(replace(value, '-', ''))",
    })
}
