//! Relations of lists: pages and counts, of whole lists and within parents.

use std::{collections::HashMap, fmt::Debug, sync::Arc};

use derive_where::derive_where;
use sea_orm::{
    ConnectionTrait, DbBackend, ExprTrait, IntoSimpleExpr, JoinType,
    sea_query::{Expr, Query, SelectStatement, SimpleExpr, UnionType},
};
use uuid::Uuid;

use super::{
    Listed, Reads, Resource,
    batch::Relation,
    dependencies::Dependencies,
    facet::Way,
    page::{List, Page},
};
use crate::{
    database::{among, among_found, among_texts, is_alias, name},
    error::{Error, Result},
    text::tidied,
    weight::Weigh,
};

/// The type of a parent that a list is within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parent {
    Conference,
    Edition,
    Speaker,
    Company,
}

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

impl Parent {
    /// The relation of a list to its parents: the parent's id in SQL, and the pairs to join if no column of the list
    /// has it.
    fn tie(self, kind: &str, ids: &[Uuid], backend: DbBackend) -> Result<(SimpleExpr, Option<SelectStatement>)> {
        use entity::{edition, recording, talk};
        let column = |column: SimpleExpr| Ok((column, None));
        let pairs = |table: &str, parent: &'static str, child: &str| {
            let mut pairs = Query::select();
            pairs
                .distinct()
                .expr_as(Expr::cust(parent), name("parent_id"))
                .expr_as(Expr::cust(format!("pair.{child}")), name("child_id"))
                .from_as(name(table), name("pair"))
                .and_where(among(backend, Expr::cust(parent), ids));
            if child != "talk_id" {
                let on = Expr::cust("talk.id = pair.talk_id AND talk.status <> 'WITHDRAWN'");
                pairs.join(JoinType::InnerJoin, talk::Entity, on);
            }
            if parent == "talk.edition_id" {
                // PostgreSQL takes the talks of an edition for so many that it reads the whole table of pairs.
                let mut talks = Query::select();
                talks.column(talk::Column::Id).from(talk::Entity).and_where(among(
                    backend,
                    talk::Column::EditionId.into_simple_expr(),
                    ids,
                ));
                pairs.and_where(among_found(backend, Expr::cust("pair.talk_id"), talks));
            }
            Ok((Expr::cust("tie.parent_id"), Some(pairs)))
        };
        match (kind, self) {
            ("Edition", Self::Conference) => column(edition::Column::ConferenceId.into_simple_expr()),
            ("Talk", Self::Edition) => column(talk::Column::EditionId.into_simple_expr()),
            ("Recording", Self::Edition) => column(recording::Column::EditionId.into_simple_expr()),
            ("Talk", Self::Speaker) => pairs("appearance", "pair.speaker_id", "talk_id"),
            ("Talk", Self::Company) => pairs("appearance_company", "pair.company_id", "talk_id"),
            ("Speaker", Self::Edition) => pairs("appearance", "talk.edition_id", "speaker_id"),
            ("Speaker", Self::Company) => pairs("appearance_company", "pair.company_id", "speaker_id"),
            ("Company", Self::Edition) => pairs("appearance_company", "talk.edition_id", "company_id"),
            _ => Err(Error::Internal(format!("no list of {kind} within {self:?}"))),
        }
    }

    /// Limits a select to the rows within the parents with these ids. The result is the parent's id in SQL.
    pub(super) fn narrow<T: Listed>(
        self,
        select: &mut SelectStatement,
        ids: &[Uuid],
        backend: DbBackend,
    ) -> Result<SimpleExpr> {
        let (column, pairs) = self.tie(T::KIND, ids, backend)?;
        match pairs {
            Some(pairs) => {
                let on = T::id_column().eq(Expr::cust("tie.child_id"));
                select.join_subquery(JoinType::InnerJoin, pairs, name("tie"), on);
            }
            None => {
                // An index has the rows within one parent in their order, but not those within several ones.
                select.and_where(match ids {
                    [id] => column.clone().eq(*id),
                    _ => among(backend, column.clone(), ids),
                });
            }
        }
        Ok(column)
    }
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
            false => Dependencies::Archive,
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
            false => Dependencies::Archive,
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
                let facets = T::facets(&key.0, &reads);
                let rows = Way::choose(&facets, None, &reads).await?.all_rows(&facets, reads.backend());
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
}

/// What a key of a list and its value take in the cache of rows, unless the present time decides what the list has.
fn weight<T: Listed>(filter: &T::Filter, key: &impl Debug, value: &impl Weigh) -> Option<usize> {
    (!T::reads_clock(filter)).then(|| format!("{key:?}").len() + value.weight())
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
