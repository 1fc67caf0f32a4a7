//! Reading resources: single ones, related ones in batches, and lists in pages. This module depends on no resource; the
//! file of a resource declares its rows.

use std::{collections::HashMap, fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use async_graphql::{Context, ObjectType};
use chrono::{DateTime, Utc};
use derive_where::derive_where;
use sea_orm::{
    Condition, ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IntoSimpleExpr, Order, QuerySelect,
    QueryTrait, Select,
    sea_query::{SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    database::{among, backend},
    error::{Error, Result},
    scalars::{Id, Url},
    search::Search,
};

pub mod batch;
pub mod cache;
pub mod columns;
pub mod connection;
pub mod dependencies;
pub mod facet;
pub mod invalidation;
pub mod key;
pub mod list;
pub mod names;
pub mod page;
pub mod parent;
pub(crate) mod passing;
pub mod shared;
pub mod slug;
#[cfg(test)]
mod tests;

use self::columns::{Cells, Columns, LongTexts};
use batch::{Batches, Relation};
use cache::Reading;
use connection::OrderInput;
use dependencies::Shows;
use facet::Facet;
use key::{Key, Range};
use parent::Parent;
use slug::BySlug;

/// The context of reads: the database, the present time, and the URL of this server.
#[derive(Clone, Debug)]
pub struct Reads {
    pub database: DatabaseConnection,
    pub now: DateTime<Utc>,
    /// The URL, without a slash at its end.
    pub base_url: Arc<str>,
    pub max_page_size: usize,
    /// The search of the archive; none where nothing is searched.
    pub search: Option<Arc<Search>>,
    /// The read that this is a part of, if it shares values with others.
    pub reading: Option<Arc<Reading>>,
}

impl Reads {
    /// The kind of database.
    pub fn backend(&self) -> DbBackend {
        backend(&self.database)
    }

    /// The URL of a path on this server.
    pub fn url(&self, path: std::fmt::Arguments<'_>) -> Url {
        Url::built(format!("{}{path}", self.base_url))
    }
}

/// A row in the shape in which it is shown.
pub trait Row: Columns + Shows + Clone + Debug + Send + Sync + 'static {
    /// The table.
    type Entity: EntityTrait;

    /// Joins other tables that a row reads.
    fn joined(select: Select<Self::Entity>) -> Select<Self::Entity> {
        select
    }

    /// Sets the fields without a column: addresses, and the offsets of times.
    fn complete(&mut self, _: &Reads) {}

    /// What its long texts and the rows behind it take, in bytes.
    fn more_weight(&self) -> usize {
        0
    }

    /// The select of the columns that are shown or lead to relations.
    fn projection(long: LongTexts) -> SelectStatement {
        let mut select = Self::joined(Self::Entity::find()).select_only().into_query();
        Self::select(&mut select, long);
        select
    }

    /// Runs a select that is based on the projection.
    fn fetch(
        select: SelectStatement,
        long: LongTexts,
        reads: &Reads,
    ) -> impl Future<Output = Result<Vec<Arc<Self>>>> + Send {
        async move {
            let rows = reads.database.query_all(&select).await?;
            rows.iter().map(|row| Ok(Arc::read(&mut Cells::of(row, long, reads))?)).collect()
        }
    }

    /// The rows whose `parent` is one of the ids, in an order, grouped by parent.
    fn children(
        ids: &[Uuid],
        parent: impl IntoSimpleExpr,
        order: Vec<SimpleExpr>,
        parent_id: fn(&Self) -> Uuid,
        reads: &Reads,
    ) -> impl Future<Output = Result<HashMap<Uuid, Vec<Arc<Self>>>>> + Send {
        let long = LongTexts::Left;
        let mut select = Self::projection(long);
        select.and_where(among(reads.backend(), parent, ids));
        for key in order {
            select.order_by_expr(key, Order::Asc);
        }
        async move {
            let mut children: HashMap<Uuid, Vec<Arc<Self>>> = HashMap::new();
            for row in Self::fetch(select, long, reads).await? {
                children.entry(parent_id(&row)).or_default().push(row);
            }
            Ok(children)
        }
    }
}

/// A row with an id.
pub trait Resource: Row {
    /// The name of the type in the log and in GraphQL.
    const KIND: &'static str;

    /// The id.
    fn id(&self) -> Id;

    /// The column of the id.
    fn id_column() -> SimpleExpr;
}

/// A resource with a slug that is unique over the archive.
pub trait Slugged {
    /// The slug.
    fn slug(&self) -> &str;
}

/// A resource that has lists.
pub trait Listed: Resource + ObjectType {
    /// The filter.
    type Filter: Clone + Debug + Default + Eq + Hash + Send + Sync;
    /// The order as an input object.
    type Order: OrderInput<Field = Self::OrderField>;
    /// The value to order by.
    type OrderField: Copy + Debug + Eq + Hash + Send + Sync;

    /// The column of `archive_state` with the number of rows that the filter without conditions lets through.
    const TOTAL: &'static str;

    /// The conditions of the filter, those that few rows match first.
    fn facets(filter: &Self::Filter, reads: &Reads) -> Vec<Facet<Self>>;

    /// The filter as a condition of single rows.
    fn condition(filter: &Self::Filter, reads: &Reads) -> Condition {
        Self::facets(filter, reads).into_iter().map(Facet::into_check).fold(Condition::all(), Condition::add)
    }

    /// The keys that an order compares before the id.
    fn keys(order: Self::OrderField) -> &'static [Key<Self>];

    /// The parent that a filter names by one slug, and the filter without it.
    fn within(_: &Self::Filter) -> Option<(Parent, BySlug, Self::Filter)> {
        None
    }

    /// The values of the first key of an order between which all rows of a filter are, if the filter has such bounds.
    fn range(_: &Self::Filter) -> Option<Range<Self::OrderField>> {
        None
    }

    /// Whether rows are ordered by a number that other rows decide.
    fn is_counted(_: Self::OrderField) -> bool {
        false
    }

    /// Whether a title or another text ([`TEXTS`](dependencies::TEXTS)), or the time of the last change, decides what
    /// a list has, or in which order.
    fn depends_on_texts(filter: &Self::Filter, order: Option<Self::OrderField>) -> bool;

    /// Whether the present time decides what matches a filter.
    fn reads_clock(_: &Self::Filter) -> bool {
        false
    }

    /// The name of an order in cursors.
    fn order_name(order: Self::OrderField) -> String {
        format!("{order:?}")
    }
}

/// A resource by its id.
#[derive_where(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ById<T>(pub Uuid, PhantomData<fn() -> T>);

impl<T> ById<T> {
    /// The key of an id.
    pub fn new(id: Uuid) -> Self {
        Self(id, PhantomData)
    }
}

impl<T: Resource> Relation for ById<T> {
    type Value = Option<Arc<T>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let long = LongTexts::of(&keys);
        let mut select = T::projection(long);
        select.and_where(among(reads.backend(), T::id_column(), &ids));
        let rows = T::fetch(select, long, &reads).await?;
        Ok(rows.into_iter().map(|row| (Self::new(row.id().0), Some(row))).collect())
    }

    batch::shared!(row of key => key.0);
}

/// Declares relations from the id of a parent to its children in an order: a key newtype, and its load.
macro_rules! children {
    ($(
        $(#[$doc:meta])*
        $name:ident => $row:ty, by $parent_id:expr, at $parent:expr, ordered $order:expr;
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub uuid::Uuid);

        impl crate::read::batch::Relation for $name {
            type Value = Vec<std::sync::Arc<$row>>;
            type Source = crate::read::Reads;

            async fn load(
                keys: Vec<Self>,
                reads: std::sync::Arc<crate::read::Reads>,
            ) -> crate::error::Result<std::collections::HashMap<Self, Self::Value>> {
                use crate::read::Row;
                let ids: Vec<uuid::Uuid> = keys.iter().map(|key| key.0).collect();
                let children = <$row>::children(&ids, $parent, $order, $parent_id, &reads).await?;
                Ok(children.into_iter().map(|(id, rows)| (Self(id), rows)).collect())
            }

            crate::read::batch::shared!(relation of key => key.0);
        }
    )+};
}
pub(crate) use children;

/// Loads through the batches of a request.
pub(crate) trait Loading {
    /// The batches of the request.
    fn batches(&self) -> Result<&Arc<Batches<Reads>>>;

    /// The context of reads.
    fn reads(&self) -> Result<&Reads> {
        Ok(self.batches()?.source())
    }

    /// Loads the value of a key.
    fn load<K: Relation<Source = Reads>>(&self, key: K) -> impl Future<Output = Result<K::Value>> + Send
    where
        Self: Sync,
    {
        async move { Batches::load(self.batches()?, key).await }
    }

    /// Loads the resource with an id that a foreign key guarantees.
    fn one<T: Resource>(&self, id: Uuid) -> impl Future<Output = Result<Arc<T>>> + Send
    where
        Self: Sync,
    {
        async move {
            let found = self.load(ById::<T>::new(id)).await?;
            found.ok_or_else(|| Error::Internal(format!("{} {id} is referenced and not there", T::KIND)))
        }
    }

    /// Loads the resource with an id, if there is one.
    fn maybe<T: Resource>(&self, id: Option<Uuid>) -> impl Future<Output = Result<Option<Arc<T>>>> + Send
    where
        Self: Sync,
    {
        async move {
            match id {
                Some(id) => self.load(ById::<T>::new(id)).await,
                None => Ok(None),
            }
        }
    }

    /// Loads the resources with ids, in the order of the ids.
    fn many<T: Resource>(&self, ids: Vec<Uuid>) -> impl Future<Output = Result<Vec<Arc<T>>>> + Send
    where
        Self: Sync,
    {
        async move { futures_util::future::try_join_all(ids.into_iter().map(|id| self.one::<T>(id))).await }
    }
}

impl Loading for Context<'_> {
    fn batches(&self) -> Result<&Arc<Batches<Reads>>> {
        self.data::<Arc<Batches<Reads>>>().map_err(|error| Error::Internal(error.message))
    }
}

impl Loading for Arc<Batches<Reads>> {
    fn batches(&self) -> Result<&Self> {
        Ok(self)
    }
}
