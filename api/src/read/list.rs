//! Relations of lists: pages and counts, of whole lists and within parents.

use std::{collections::HashMap, fmt::Debug, sync::Arc};

use derive_where::derive_where;
use sea_orm::{
    ConnectionTrait, DbBackend, ExprTrait,
    sea_query::{Expr, Query, SelectStatement, UnionType},
};
use uuid::Uuid;

use super::{
    Listed, Reads, Resource,
    batch::Relation,
    dependencies::{Dependencies, Shows},
    facet::Way,
    page::{List, Page},
    parent::Parent,
};
use crate::{
    database::{among, among_texts, is_alias, name},
    error::Result,
    text::tidied,
    weight::Weigh,
};

/// A page of a whole list.
#[derive_where(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageOfAll<T: Listed>(pub Arc<List<T>>);

impl<T: Listed> Relation for PageOfAll<T> {
    type Value = Page<T>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Page<T>>> {
        let mut pages = HashMap::new();
        for key in keys {
            let page = key.0.of_all(&reads).await?;
            pages.insert(key, page);
        }
        Ok(pages)
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        weight::<T>(&self.0.filter, self, value)
    }

    fn dependencies(&self, value: &Self::Value) -> Dependencies {
        dependencies::<T>(&self.0.filter, Some(self.0.order), value)
    }
}

/// A page of the list within one parent.
#[derive_where(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageWithin<T: Listed> {
    pub parent: Parent,
    pub id: Uuid,
    pub list: Arc<List<T>>,
}

/// The number of rows within one parent.
#[derive_where(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountWithin<T: Listed> {
    pub parent: Parent,
    pub id: Uuid,
    pub filter: T::Filter,
}

impl<T: Listed> Relation for PageWithin<T> {
    type Value = Page<T>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Page<T>>> {
        let mut lists: HashMap<(Parent, Arc<List<T>>), Vec<Uuid>> = HashMap::new();
        for key in keys {
            lists.entry((key.parent, key.list)).or_default().push(key.id);
        }
        let mut pages = HashMap::new();
        for ((parent, list), ids) in lists {
            let found = match *ids {
                [id] => vec![(id, list.of_one(parent, id, &reads).await?)],
                _ => list.of_each(parent, &ids, &reads).await?,
            };
            pages.extend(found.into_iter().map(|(id, page)| (Self { parent, id, list: list.clone() }, page)));
        }
        Ok(pages)
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        weight::<T>(&self.list.filter, self, value)
    }

    fn dependencies(&self, value: &Self::Value) -> Dependencies {
        match self.list.filter == T::Filter::default() && !T::is_counted(self.list.order) {
            true => Dependencies::of_relation(self.id, value),
            false => dependencies::<T>(&self.list.filter, Some(self.list.order), value),
        }
    }
}

impl<T: Listed> Relation for CountWithin<T> {
    type Value = i64;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, i64>> {
        let mut filters: HashMap<(Parent, T::Filter), Vec<Uuid>> = HashMap::new();
        for key in keys {
            filters.entry((key.parent, key.filter)).or_default().push(key.id);
        }
        let mut counts = HashMap::new();
        for ((parent, filter), ids) in filters {
            let select = count_of_each::<T>(parent, &ids, &filter, &reads)?;
            for row in reads.database.query_all(&select).await? {
                let id = row.try_get("", "parent_id")?;
                counts.insert(Self { parent, id, filter: filter.clone() }, row.try_get("", "number")?);
            }
        }
        Ok(counts)
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        weight::<T>(&self.filter, self, value)
    }

    fn dependencies(&self, value: &Self::Value) -> Dependencies {
        match self.filter == T::Filter::default() {
            true => Dependencies::of_relation(self.id, value),
            false => dependencies::<T>(&self.filter, None, value),
        }
    }
}

/// The number of rows of a whole list.
#[derive_where(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CountAll<T: Listed>(pub T::Filter);

impl<T: Listed> Relation for CountAll<T> {
    type Value = i64;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, i64>> {
        let mut counts = HashMap::new();
        for key in keys {
            let mut select = Query::select();
            if key.0 == T::Filter::default() {
                select.expr_as(Expr::cust(T::TOTAL), name("number")).from(entity::archive_state::Entity);
            } else {
                let mut facets = T::facets(&key.0, &reads);
                let rows = Way::choose(&mut facets, None, &reads).await?.all_rows(&facets, reads.backend());
                select.expr_as(Expr::cust("COUNT(*)"), name("number")).from_subquery(rows, name("rows"));
            }
            if let Some(row) = reads.database.query_one(&select).await? {
                counts.insert(key, row.try_get("", "number")?);
            }
        }
        Ok(counts)
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        weight::<T>(&self.0, self, value)
    }

    fn dependencies(&self, value: &Self::Value) -> Dependencies {
        dependencies::<T>(&self.0, None, value)
    }
}

/// What a key of a list and its value take in the cache of rows, unless the present time decides what the list has.
fn weight<T: Listed>(filter: &T::Filter, key: &impl Debug, value: &impl Weigh) -> Option<usize> {
    (!T::reads_clock(filter)).then(|| format!("{key:?}").len() + value.weight())
}

/// What a list, or its count, depends on.
fn dependencies<T: Listed>(filter: &T::Filter, order: Option<T::OrderField>, value: &impl Shows) -> Dependencies {
    match T::depends_on_texts(filter, order) {
        true => Dependencies::Archive,
        false => Dependencies::of_list(value),
    }
}

/// The select of the numbers of rows within several parents.
pub(super) fn count_of_each<T: Listed>(
    parent: Parent,
    ids: &[Uuid],
    filter: &T::Filter,
    reads: &Reads,
) -> Result<SelectStatement> {
    if let Some(select) = kept::<T>(parent, filter, ids, reads.backend()) {
        return Ok(select);
    }
    let mut select = Query::select();
    select
        .expr_as(Expr::cust("COUNT(*)"), name("number"))
        .from(T::Entity::default())
        .cond_where(T::condition(filter, reads));
    let column = parent.narrow::<T>(&mut select, ids, reads.backend())?;
    select.expr_as(column.clone(), name("parent_id")).add_group_by([column]);
    Ok(select)
}

/// The numbers of talks of parents that have them in a column.
fn kept<T: Listed>(parent: Parent, filter: &T::Filter, ids: &[Uuid], backend: DbBackend) -> Option<SelectStatement> {
    let table = match (T::KIND, parent) {
        ("Talk", Parent::Speaker) => "speaker",
        ("Talk", Parent::Company) => "company",
        _ => return None,
    };
    (*filter == T::Filter::default()).then(|| {
        Query::select()
            .expr_as(Expr::cust("id"), name("parent_id"))
            .expr_as(Expr::cust("CAST(talk_count AS bigint)"), name("number"))
            .from(name(table))
            .and_where(among(backend, Expr::cust("id"), ids))
            .to_owned()
    })
}

/// Slugs without the blanks around them, which come along when they are copied.
pub(crate) fn tidy_slugs(slugs: &[String]) -> Vec<String> {
    slugs.iter().map(|slug| tidied(slug, false)).collect()
}

/// The ids of the things with these present or former slugs.
pub(crate) fn slug_ids<T: Resource>(slugs: &[String], backend: DbBackend) -> SelectStatement {
    let table = T::KIND.to_lowercase();
    let slugs = tidy_slugs(slugs);
    let mut present = Query::select()
        .expr_as(Expr::cust(format!("{table}.id")), name("value"))
        .from(name(&table))
        .and_where(among_texts(backend, Expr::cust(format!("{table}.slug")), slugs.clone()))
        .to_owned();
    let former = Query::select()
        .expr(Expr::cust("owner_id"))
        .from(entity::alias::Entity)
        .and_where(is_alias("SLUG"))
        .and_where(Expr::cust("scope").eq(table))
        .and_where(among_texts(backend, Expr::cust("value"), slugs))
        .to_owned();
    present.union(UnionType::All, former);
    present
}
