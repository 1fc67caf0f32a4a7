//! Keyset pages in both directions, of whole lists and within parents. A page begins after a row and not after a number
//! of rows. So no row is skipped or repeated while the archive changes, and page 10,000 costs as much as page 1.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use derive_where::derive_where;
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, ExprTrait, IntoSimpleExpr, Order,
    sea_query::{Expr, OverStatement, Query, SelectStatement, SimpleExpr, Value, WindowStatement},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Listed, Reads,
    columns::{Cells, Columns, LongTexts},
    facet::{Facet, MANY, Way},
    key::{KeyValue, Range},
    parent::Parent,
};
use crate::{
    database::{among_found, name},
    error::{Error, Result},
};

/// The default size of a page.
pub const DEFAULT_SIZE: usize = 50;

/// The rows of a list that are walked before it is known how many of them match.
pub(super) const STRETCH: i64 = 500;

/// The size of a page that an argument gives. A page may be empty.
pub fn page_size(argument: &str, size: i32, most: usize) -> Result<usize> {
    let valid = usize::try_from(size).ok().filter(|size| *size <= most);
    valid.ok_or_else(|| Error::bad_input(argument, format!("{size} is not a page size: from 0 to {most}")))
}

/// A place in a list: the sort keys and the id of a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The order of the list.
    #[serde(rename = "o")]
    order: String,
    #[serde(rename = "k")]
    keys: Vec<KeyValue>,
    #[serde(rename = "n")]
    id: Uuid,
}

impl Cursor {
    /// The place of a row.
    pub fn of<T: Listed>(row: &T, order: T::OrderField) -> Self {
        let keys = T::keys(order).iter().map(|key| (key.value)(row)).collect();
        Self { order: T::order_name(order), keys, id: row.id().0 }
    }

    /// The opaque text that callers see. It needs no escapes in URLs.
    pub fn encode(&self) -> String {
        serde_json::to_vec(self).map(|json| URL_SAFE_NO_PAD.encode(json)).unwrap_or_default()
    }

    fn decode<T: Listed>(text: &str, order: T::OrderField, argument: &str) -> Result<Self> {
        let wrong = || {
            Error::bad_input(
                argument,
                format!("\"{text}\" is not a cursor of this list: pass one on as it came, with the same order"),
            )
        };
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let cursor: Self = serde_json::from_slice(&json).map_err(|_| wrong())?;
        let same_order = cursor.order == T::order_name(order) && cursor.keys.len() == T::keys(order).len();
        (same_order && cursor.keys.iter().all(KeyValue::is_storable)).then_some(cursor).ok_or_else(wrong)
    }
}

/// A requested list: the filter, the order and the page.
#[derive_where(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List<T: Listed> {
    pub filter: T::Filter,
    pub order: T::OrderField,
    pub descending: bool,
    after: Option<Cursor>,
    before: Option<Cursor>,
    size: usize,
    backward: bool,
}

/// The arguments of a page as they were sent.
#[derive(Default)]
pub struct PageArguments {
    pub first: Option<i32>,
    pub after: Option<String>,
    pub last: Option<i32>,
    pub before: Option<String>,
}

impl<T: Listed> List<T> {
    /// Checks the arguments.
    pub fn new(
        filter: T::Filter,
        order: T::OrderField,
        descending: bool,
        page: PageArguments,
        max_size: usize,
    ) -> Result<Self> {
        if page.first.is_some() && page.last.is_some() {
            return Err(Error::bad_input("last", "give either first or last, not both"));
        }
        let size = |argument: &str, value: Option<i32>| match value {
            None => Ok(DEFAULT_SIZE.min(max_size)),
            Some(size) => page_size(argument, size, max_size),
        };
        let backward = page.last.is_some();
        let cursor = |argument: &str, text: Option<String>| {
            text.map(|text| Cursor::decode::<T>(&text, order, argument)).transpose()
        };
        Ok(Self {
            filter,
            order,
            descending,
            after: cursor("after", page.after)?,
            before: cursor("before", page.before)?,
            size: if backward { size("last", page.last)? } else { size("first", page.first)? },
            backward,
        })
    }

    /// The list with another filter.
    pub fn filtered(self, filter: T::Filter) -> Self {
        Self { filter, ..self }
    }

    /// The page of rows that were read in the page's direction. One row more than its size means that there are more.
    fn page(&self, mut rows: Vec<Arc<T>>) -> Page<T> {
        let more = rows.len() > self.size;
        rows.truncate(self.size);
        if self.backward {
            rows.reverse();
        }
        Page {
            rows,
            has_next: if self.backward { self.before.is_some() } else { more },
            has_previous: if self.backward { more } else { self.after.is_some() },
        }
    }

    /// Limits a select to the rows between the cursors, and to the range of the filter.
    fn between_cursors(&self, select: &mut SelectStatement) {
        let range = T::range(&self.filter).filter(|range| range.order == self.order);
        let mut range = range.unwrap_or(Range { order: self.order, from: None, until: None });
        for (cursor, greater) in [(&self.after, true), (&self.before, false)] {
            let Some(cursor) = cursor else { continue };
            let place: Vec<SimpleExpr> =
                cursor.keys.iter().cloned().map(Value::from).chain([cursor.id.into()]).map(Expr::val).collect();
            let (row, place) = (Expr::tuple(self.key_columns()), Expr::tuple(place));
            // SQLite finds a single expression in its index, but not a tuple of them. Without the range it reads the
            // list from its start. Of two bounds it uses any, so there is only the nearer one.
            let first = cursor.keys.first().cloned();
            if greater != self.descending {
                range.from = range.from.max(first);
                select.and_where(row.gt(place));
            } else {
                range.until = range.until.into_iter().chain(first).min();
                select.and_where(row.lt(place));
            }
        }
        if let Some(range) = range.condition::<T>() {
            select.and_where(range);
        }
    }

    fn key_columns(&self) -> Vec<SimpleExpr> {
        T::keys(self.order).iter().map(|key| Expr::cust(key.sql)).chain([T::id_column().into_simple_expr()]).collect()
    }

    fn direction(&self) -> Order {
        if self.descending == self.backward { Order::Asc } else { Order::Desc }
    }

    /// Reads the page of the whole list.
    pub async fn of_all(&self, reads: &Reads) -> Result<Page<T>> {
        let mut facets = T::facets(&self.filter, reads);
        let way = Way::choose(&mut facets, Some(self.order), reads).await?;
        let rows = match way.walked(&facets, self.order) {
            Some(walked) => self.walk(way, &facets, walked, reads).await?,
            None => self.fetch(way, &facets, reads).await?,
        };
        Ok(self.page(rows))
    }

    async fn fetch(&self, way: Way, facets: &[Facet<T>], reads: &Reads) -> Result<Vec<Arc<T>>> {
        T::fetch(self.select_by(way, facets, reads.backend()), LongTexts::Left, reads).await
    }

    /// Walks the list until the page is full. If the first rows did not fill it, how many of these matched tells after how
    /// many it is expected to be full, and twice as many are walked. If they do not fill it, either, the rows of the
    /// rarest condition are sorted, unless they are too many.
    async fn walk(&self, way: Way, facets: &[Facet<T>], walked: Condition, reads: &Reads) -> Result<Vec<Arc<T>>> {
        let mut length = STRETCH;
        while length <= MANY {
            let Some(stretch) = self.stretch(&walked, length, reads).await? else {
                return self.fetch(way, facets, reads).await;
            };
            let rows = stretch.fetch(way, facets, reads).await?;
            if rows.len() > self.size {
                return Ok(rows);
            }
            if length > STRETCH {
                break;
            }
            let expected = (STRETCH * (self.size as i64 + 1)).checked_div(rows.len() as i64);
            length = 2 * expected.unwrap_or(5 * STRETCH);
        }
        let way = way.by_fewest(facets, self.order, reads).await?;
        self.fetch(way, facets, reads).await
    }

    /// The list up to a number of rows of those that are walked. None if there are no more of them.
    async fn stretch(&self, walked: &Condition, rows: i64, reads: &Reads) -> Result<Option<Self>> {
        let end = T::fetch(self.end_of_stretch(walked, rows, reads.backend()), LongTexts::Left, reads).await?;
        let end = end.first().map(|row| Cursor::of(row.as_ref(), self.order));
        Ok(end.map(|end| match self.backward {
            false => Self { before: Some(end), ..self.clone() },
            true => Self { after: Some(end), ..self.clone() },
        }))
    }

    /// The select of the row after a number of rows of those that are walked.
    pub(super) fn end_of_stretch(&self, walked: &Condition, rows: i64, backend: DbBackend) -> SelectStatement {
        let mut place = Query::select().expr(T::id_column()).from(T::Entity::default()).to_owned();
        place.cond_where(walked.clone());
        self.between_cursors(&mut place);
        self.sort(&mut place);
        place.limit(1).offset(rows as u64);
        let mut select = T::projection(LongTexts::Left);
        select.and_where(among_found(backend, T::id_column(), place));
        select
    }

    /// The select of the page, and of the row after it.
    pub(super) fn select_by(&self, way: Way, facets: &[Facet<T>], backend: DbBackend) -> SelectStatement {
        let ids = way.ids(facets, backend, |select| {
            self.between_cursors(select);
            self.first_rows(select);
        });
        let mut select = T::projection(LongTexts::Left);
        match ids {
            Some(ids) => {
                select.and_where(among_found(backend, T::id_column(), ids));
            }
            None => {
                select.cond_where(way.condition(facets, backend));
                self.between_cursors(&mut select);
            }
        }
        self.first_rows(&mut select);
        select
    }

    fn sort(&self, select: &mut SelectStatement) {
        for column in self.key_columns() {
            select.order_by_expr(column, self.direction());
        }
    }

    /// Limits a select to the first rows in the order: those of the page and one more.
    fn first_rows(&self, select: &mut SelectStatement) {
        self.sort(select);
        select.limit(self.size as u64 + 1);
    }

    /// Reads the page within one parent.
    pub async fn of_one(&self, parent: Parent, id: Uuid, reads: &Reads) -> Result<Page<T>> {
        let select = self.select_of_one(parent, id, reads)?;
        Ok(self.page(T::fetch(select, LongTexts::Left, reads).await?))
    }

    /// The select of the page within one parent, and of the row after it.
    pub(super) fn select_of_one(&self, parent: Parent, id: Uuid, reads: &Reads) -> Result<SelectStatement> {
        let mut select = T::projection(LongTexts::Left);
        select.cond_where(T::condition(&self.filter, reads));
        self.between_cursors(&mut select);
        parent.narrow::<T>(&mut select, &[id], reads.backend())?;
        self.first_rows(&mut select);
        Ok(select)
    }

    /// Reads the page within each parent in one statement.
    pub async fn of_each(&self, parent: Parent, ids: &[Uuid], reads: &Reads) -> Result<Vec<(Uuid, Page<T>)>> {
        let mut children: HashMap<Uuid, Vec<Arc<T>>> = ids.iter().map(|id| (*id, Vec::new())).collect();
        for row in reads.database.query_all(&self.select_of_each(parent, ids, reads)?).await? {
            let parent: Uuid = row.try_get("", "parent_id")?;
            children.entry(parent).or_default().push(Arc::read(&mut Cells::of(&row, LongTexts::Left, reads))?);
        }
        Ok(children.into_iter().map(|(id, rows)| (id, self.page(rows))).collect())
    }

    /// The select of the pages within several parents, each with the row after it, and with the parent's id.
    pub(super) fn select_of_each(&self, parent: Parent, ids: &[Uuid], reads: &Reads) -> Result<SelectStatement> {
        let mut inner = T::projection(LongTexts::Left);
        inner.cond_where(T::condition(&self.filter, reads));
        self.between_cursors(&mut inner);
        let parent = parent.narrow::<T>(&mut inner, ids, reads.backend())?;
        let mut window = WindowStatement::new();
        window.add_partition_by(parent.clone());
        for column in self.key_columns() {
            window.order_by_expr(column, self.direction());
        }
        inner.expr_as(parent, name("parent_id")).expr_window_as(Expr::cust("ROW_NUMBER()"), window, name("place"));
        let outer = Query::select()
            .expr(Expr::cust("*"))
            .from_subquery(inner, name("page"))
            .and_where(Expr::col(name("place")).lte(self.size as i64 + 1))
            .order_by(name("parent_id"), Order::Asc)
            .order_by(name("place"), Order::Asc)
            .to_owned();
        Ok(outer)
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub rows: Vec<Arc<T>>,
    pub has_next: bool,
    pub has_previous: bool,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), has_next: false, has_previous: false }
    }
}
