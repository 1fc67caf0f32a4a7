//! The conditions of a filter, each with the index that finds its rows, and the choice of the index that a list is read
//! by. No planner can choose: SQLite knows nothing of the values, and PostgreSQL plans a statement once for all of them.
//! So a statement leaves one way: it finds the rows by one condition, or it walks the list in its order. The other
//! conditions are checks of single rows, in a form that no planner takes for an index.

use derive_where::derive_where;
use sea_orm::{
    ActiveEnum, Condition, ConnectionTrait, DbBackend, EntityName, ExprTrait, IntoSimpleExpr, Order,
    sea_query::{CaseStatement, Expr, Query, SelectStatement, SimpleExpr, Value},
};
use uuid::Uuid;

use super::{Listed, Reads, key::Range};
use crate::{
    database::{among_found, each_id, each_number, each_text, first_rows_of_each, name},
    error::Result,
};

/// The most rows that are found by a condition and then sorted. Of more, a page of a list that is walked in its order takes
/// about as few steps, if they are spread over the list.
pub(super) const FEW: i64 = 2000;

/// The most rows that are found by a condition and then sorted where few of the list match.
pub(super) const MANY: i64 = 100_000;

/// The values that a column may have.
#[derive(Clone, Debug)]
pub enum Values {
    One(Value),
    /// A select of given values as `value`.
    Given(SelectStatement),
    /// A select of ids as `value`.
    Ids(SelectStatement),
}

impl Values {
    /// These texts.
    pub fn texts(texts: impl IntoIterator<Item = String>, backend: DbBackend) -> Self {
        let texts: Vec<String> = texts.into_iter().collect();
        match texts.as_slice() {
            [one] => Self::One(one.as_str().into()),
            _ => Self::Given(each_text(backend, texts)),
        }
    }

    /// These words.
    pub fn words<E: ActiveEnum<Value = String>>(words: &[E], backend: DbBackend) -> Self {
        Self::texts(words.iter().map(ActiveEnum::to_value), backend)
    }

    /// These numbers.
    pub fn numbers(numbers: &[i32], backend: DbBackend) -> Self {
        match numbers {
            [one] => Self::One((*one).into()),
            _ => Self::Given(each_number(backend, numbers)),
        }
    }

    /// The condition that a column has one of the values.
    fn contain(&self, column: SimpleExpr, backend: DbBackend) -> SimpleExpr {
        match self {
            Self::One(value) => column.eq(Expr::val(value.clone())),
            Self::Given(values) | Self::Ids(values) => among_found(backend, column, values.clone()),
        }
    }
}

/// The index that finds the rows of a condition.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "a filter has a few, for the time of a statement")]
enum Finder {
    /// An index that begins with a column.
    Column { column: SimpleExpr, values: Values },
    /// A range of an index.
    Range(SimpleExpr),
    /// A select of the ids of the rows, and of some others if it is not exact, and a select of about as many rows.
    Ids { ids: Box<SelectStatement>, is_exact: bool, like: Box<SelectStatement> },
}

/// Where the index that conditions share has the column of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    First,
    Later,
}

/// One condition of a filter.
#[derive_where(Clone, Debug)]
pub struct Facet<T: Listed> {
    /// The condition as a check of a single row.
    check: SimpleExpr,
    finder: Option<Finder>,
    /// The order in which the index has the rows of each value.
    order: Option<T::OrderField>,
    /// Whether they are the rows of one thing, so that they are few in any archive.
    is_few: bool,
    /// Whether all rows are counted in less time without the index, unless it finds few.
    only_if_few: bool,
    /// The place of its column in the index that conditions share.
    shared: Option<Place>,
}

impl<T: Listed> Facet<T> {
    /// The condition that a column has one of the values, by an index that begins with the column.
    pub fn column(column: impl IntoSimpleExpr, values: Values, backend: DbBackend) -> Self {
        let column = column.into_simple_expr();
        let check = unindexed(values.contain(column.clone(), backend));
        Self { finder: Some(Finder::Column { column, values }), ..Self::check(check) }
    }

    /// A condition whose rows are those that a select of ids finds. It may find one several times.
    pub fn ids(check: SimpleExpr, ids: SelectStatement) -> Self {
        Self::found_by(check, ids, true)
    }

    /// A condition whose rows are among those that a select of ids finds.
    pub fn among(check: SimpleExpr, ids: SelectStatement) -> Self {
        Self::found_by(check, ids, false)
    }

    /// A condition for which the index that conditions share is looked through: the part of it that has the rows of
    /// another condition, where that one has its first column.
    pub fn looked_through(check: SimpleExpr, others: &[Self], backend: DbBackend) -> Self {
        let mut ids = ids_of::<T>();
        if let Some(first) = others.iter().find(|other| other.shared == Some(Place::First)) {
            first.find(&mut ids, backend);
        }
        ids.and_where(check.clone());
        let shared = Some(Place::Later);
        Self { only_if_few: true, shared, ..Self::ids(unindexed(check), ids) }
    }

    fn found_by(check: SimpleExpr, ids: SelectStatement, is_exact: bool) -> Self {
        let ids = Box::new(ids);
        Self { finder: Some(Finder::Ids { like: ids.clone(), ids, is_exact }), ..Self::check(check) }
    }

    /// A condition whose rows are in a range of the index of an order.
    pub fn range(check: SimpleExpr, range: Range<T::OrderField>) -> Self {
        let order = Some(range.order);
        // PostgreSQL takes a range with two ends for one of few rows.
        let finder = range.closed().condition::<T>().map(Finder::Range);
        Self { finder, order, ..Self::check(unindexed(check)) }
    }

    /// A condition that no index serves.
    pub fn check(check: SimpleExpr) -> Self {
        Self { check, finder: None, order: None, is_few: false, only_if_few: false, shared: None }
    }

    /// States that the index of the column goes on with the keys of an order.
    pub fn in_order(self, order: T::OrderField) -> Self {
        Self { order: Some(order), ..self }
    }

    /// States that the rows are those of one thing.
    pub fn few(self) -> Self {
        Self { is_few: true, ..self }
    }

    /// States that an index has the column, among those of other conditions. What has several such conditions is counted in
    /// that index, without its rows.
    pub fn in_shared_index(self) -> Self {
        Self { shared: Some(Place::Later), ..self }
    }

    /// States that the column is the first one of the index that conditions share.
    pub fn first_in_shared_index(self) -> Self {
        Self { shared: Some(Place::First), ..self }
    }

    /// Sets a select that finds about as many rows as its own, and is shorter.
    pub fn as_many_as(mut self, select: SelectStatement) -> Self {
        if let Some(Finder::Ids { like, .. }) = &mut self.finder {
            **like = select;
        }
        self
    }

    /// Orders its select as the index is ordered, to keep PostgreSQL from a scan.
    pub fn ordered_by(mut self, key: SimpleExpr, backend: DbBackend) -> Self {
        if let (DbBackend::Postgres, Some(Finder::Ids { ids, like, .. })) = (backend, &mut self.finder) {
            ids.order_by_expr(key.clone(), Order::Asc);
            like.order_by_expr(key, Order::Asc);
        }
        self
    }

    /// Looks for its rows, and keeps their ids if they are few, so that all rows are looked through once.
    async fn look_through(&mut self, reads: &Reads) -> Result<()> {
        let Some(Finder::Ids { ids, like, .. }) = &mut self.finder else { return Ok(()) };
        let some = (**ids).clone().limit(FEW as u64 + 1).to_owned();
        let rows = reads.database.query_all(&some).await?;
        if rows.len() as i64 > FEW {
            return Ok(());
        }
        let found: Vec<Uuid> = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
        **ids = each_id(reads.backend(), &found);
        **like = (**ids).clone();
        self.is_few = true;
        Ok(())
    }

    /// The condition as a check of a single row.
    pub(super) fn into_check(self) -> SimpleExpr {
        self.check
    }

    /// Limits a select to the rows, by their index.
    fn find(&self, select: &mut SelectStatement, backend: DbBackend) {
        match &self.finder {
            Some(Finder::Ids { ids, .. }) => {
                select.and_where(among_found(backend, T::id_column(), (**ids).clone()));
            }
            Some(Finder::Range(range)) => {
                select.and_where(range.clone());
            }
            Some(Finder::Column { column, values }) => match (backend, values) {
                // Where PostgreSQL takes a value for that of many rows, it scans the table, unless the order is the index's.
                (DbBackend::Postgres, Values::One(value)) => {
                    let value = Query::select().expr_as(Expr::val(value.clone()), name("value")).to_owned();
                    select.and_where(among_found(backend, column.clone(), value));
                    select.order_by_expr(column.clone(), Order::Asc);
                }
                (DbBackend::Postgres, Values::Given(values)) => {
                    select.and_where(among_found(backend, column.clone(), values.clone()));
                    select.order_by_expr(column.clone(), Order::Asc);
                }
                _ => {
                    select.and_where(values.contain(column.clone(), backend));
                }
            },
            None => {}
        }
    }

    /// Whether all rows that a select of ids finds match. The check of a column costs nothing.
    fn is_exact(&self) -> bool {
        matches!(self.finder, Some(Finder::Ids { is_exact: true, .. }))
    }

    /// A select of the ids of the rows.
    fn select_ids(&self, backend: DbBackend) -> SelectStatement {
        if let Some(Finder::Ids { ids, .. }) = &self.finder {
            return (**ids).clone();
        }
        let mut select = ids_of::<T>();
        self.find(&mut select, backend);
        select
    }

    /// The number of the rows, of more than `most` only that they are more.
    fn number(&self, most: i64, backend: DbBackend) -> SimpleExpr {
        let mut some = match &self.finder {
            Some(Finder::Ids { like, .. }) => (**like).clone(),
            _ => self.select_ids(backend),
        };
        if let (DbBackend::Postgres, Some(Finder::Column { column, values: Values::Ids(_) })) = (backend, &self.finder)
        {
            some.order_by_expr(column.clone(), Order::Asc);
        }
        some.limit(most as u64 + 1);
        let count = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(some, name("some")).to_owned();
        SimpleExpr::SubQuery(None, Box::new(count.into()))
    }
}

/// The way in which the rows that match all conditions are found. Numbers are those of the conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The list is walked in its order.
    Walk,
    /// The rows of a condition are found, and sorted.
    Sort(usize),
    /// The rows of each value of a condition are found in their order.
    InOrder(usize),
    /// The index that conditions share is looked through, where all of them are in it. It is no way to a page.
    LookThrough,
}

impl Way {
    /// Chooses the way to a page in an order, or to all rows. If that depends on how many rows match a condition, it takes
    /// a statement to find out.
    pub(super) async fn choose<T: Listed>(
        facets: &mut [Facet<T>],
        order: Option<T::OrderField>,
        reads: &Reads,
    ) -> Result<Self> {
        if order.is_some() && !facets.iter().any(|facet| facet.is_few) {
            for facet in facets.iter_mut().filter(|facet| facet.only_if_few) {
                facet.look_through(reads).await?;
            }
        }
        let facets = &*facets;
        let in_order = |index: &usize| order.is_some() && facets[*index].order == order;
        let by = |index: usize| if in_order(&index) { Self::InOrder(index) } else { Self::Sort(index) };
        let found = found(facets, order);
        if let Some(few) = found.iter().find(|index| facets[**index].is_few) {
            return Ok(by(*few));
        }
        // All rows are wanted, so that the index with the fewest of them is the best.
        let of_all = |index: usize| order.is_none() && !facets[index].only_if_few;
        let looks_through = order.is_none() && facets.iter().all(|facet| facet.shared.is_some());
        match found.as_slice() {
            [] => return Ok(Self::Walk),
            [one] if in_order(one) || of_all(*one) => return Ok(by(*one)),
            // To find out whether these are few, all of them are looked through.
            some if looks_through && some.iter().any(|index| facets[*index].only_if_few) => {
                return Ok(Self::LookThrough);
            }
            _ => {}
        }
        // What was looked through has more rows.
        let counted: Vec<usize> =
            found.iter().copied().filter(|index| order.is_none() || !facets[*index].only_if_few).collect();
        Ok(match fewest(facets, &counted, FEW, reads).await? {
            Some((index, number)) if number <= FEW => by(index),
            _ if looks_through => Self::LookThrough,
            Some((index, _)) if of_all(index) => by(index),
            _ => found.into_iter().find(in_order).map_or(Self::Walk, Self::InOrder),
        })
    }

    /// The rows that are looked at in turn until a page is full, if their number is not bounded and there is another way.
    pub(super) fn walked<T: Listed>(self, facets: &[Facet<T>], order: T::OrderField) -> Option<Condition> {
        let others = found(facets, Some(order)).into_iter().filter(|index| self != Self::InOrder(*index)).count();
        match self {
            _ if others == 0 => None,
            Self::Walk => Some(Condition::all()),
            Self::InOrder(index) => match &facets.get(index)?.finder {
                Some(Finder::Column { column, values: Values::One(value) }) => {
                    Some(Condition::all().add(column.clone().eq(Expr::val(value.clone()))))
                }
                _ => None,
            },
            Self::Sort(_) | Self::LookThrough => None,
        }
    }

    /// The way by the condition that finds the fewest rows, if these are not too many to be sorted, and this way if not.
    pub(super) async fn by_fewest<T: Listed>(
        self,
        facets: &[Facet<T>],
        order: T::OrderField,
        reads: &Reads,
    ) -> Result<Self> {
        Ok(match fewest(facets, &found(facets, Some(order)), MANY, reads).await? {
            Some((index, number)) if number <= MANY && self != Self::InOrder(index) => Self::Sort(index),
            _ => self,
        })
    }

    /// The conditions of the rows of a page that is read directly, or of one of a list of ids.
    pub(super) fn condition<T: Listed>(self, facets: &[Facet<T>], backend: DbBackend) -> Condition {
        facets.iter().enumerate().fold(Condition::all(), |all, (index, facet)| match &facet.finder {
            Some(Finder::Column { column, values }) if self == Self::InOrder(index) => all.add(match values {
                Values::One(value) => column.clone().eq(Expr::val(value.clone())),
                Values::Given(_) | Values::Ids(_) => column.clone().eq(Expr::cust("\"each\".\"value\"")),
            }),
            // To check each row that was found by the condition would take longer than to find all of them.
            Some(_) if self == Self::Sort(index) => {
                let found = all.add(among_found(backend, T::id_column(), facet.select_ids(backend)));
                if facet.is_exact() { found } else { found.add(facet.check.clone()) }
            }
            _ => all.add(facet.check.clone()),
        })
    }

    /// A select of all rows that match, of each of them a 1. The rows of a single condition are counted in its index, which
    /// has all that there is to check.
    pub(super) fn all_rows<T: Listed>(self, facets: &[Facet<T>], backend: DbBackend) -> SelectStatement {
        let mut select = Query::select().expr(Expr::cust("1")).from(T::Entity::default()).to_owned();
        let is_single = found(facets, None).len() == 1;
        let is_first = |facet: &Facet<T>| facet.shared == Some(Place::First);
        let first = facets.iter().position(is_first).filter(|_| self == Self::LookThrough);
        for (index, facet) in facets.iter().enumerate() {
            let is_column = matches!(facet.finder, Some(Finder::Column { .. }));
            if first == Some(index) {
                facet.find(&mut select, backend);
                continue;
            }
            if self != Self::Sort(index) {
                select.and_where(facet.check.clone());
                continue;
            }
            match is_column && !is_single {
                true => _ = select.and_where(among_found(backend, T::id_column(), facet.select_ids(backend))),
                false => facet.find(&mut select, backend),
            }
            if !facet.is_exact() {
                select.and_where(facet.check.clone());
            }
        }
        select
    }

    /// A select of the ids of a page, from a select of the rows of the table. None if the page is read directly, since its
    /// rows are found in their order.
    pub(super) fn ids<T: Listed>(
        self,
        facets: &[Facet<T>],
        backend: DbBackend,
        page: impl FnOnce(&mut SelectStatement),
    ) -> Option<SelectStatement> {
        let values = match self {
            Self::Walk | Self::LookThrough => return None,
            Self::Sort(_) => None,
            Self::InOrder(index) => match &facets.get(index)?.finder {
                Some(Finder::Column { values: Values::Given(values) | Values::Ids(values), .. }) => {
                    Some(values.clone())
                }
                _ => return None,
            },
        };
        let mut select = ids_of::<T>();
        select.cond_where(self.condition(facets, backend));
        page(&mut select);
        Some(match values {
            Some(values) => first_rows_of_each(backend, values, T::Entity::default().table_name(), select),
            None => select,
        })
    }
}

/// The conditions by which rows can be found in an order.
pub(super) fn found<T: Listed>(facets: &[Facet<T>], order: Option<T::OrderField>) -> Vec<usize> {
    let is_found = |facet: &Facet<T>| match facet.finder {
        // A page in this order begins and ends with the range anyway.
        Some(Finder::Range(..)) => facet.order != order,
        _ => facet.finder.is_some(),
    };
    (0..facets.len()).filter(|index| is_found(&facets[*index])).collect()
}

/// A select of how many rows match each of these conditions, of more than `most` only that they are more.
pub(super) fn numbers<T: Listed>(
    facets: &[Facet<T>],
    which: &[usize],
    most: i64,
    backend: DbBackend,
) -> SelectStatement {
    let mut select = Query::select();
    for index in which {
        select.expr_as(facets[*index].number(most, backend), name(&format!("n{index}")));
    }
    select
}

/// The condition that finds the fewest rows, and their number: of more than `most` only that they are more.
async fn fewest<T: Listed>(
    facets: &[Facet<T>],
    which: &[usize],
    most: i64,
    reads: &Reads,
) -> Result<Option<(usize, i64)>> {
    if which.is_empty() {
        return Ok(None);
    }
    let answer = reads.database.query_one(&numbers(facets, which, most, reads.backend())).await?;
    let Some(row) = answer else { return Ok(None) };
    let number = |index: &usize| Ok((*index, row.try_get::<i64>("", &format!("n{index}"))?));
    let numbers: Vec<(usize, i64)> = which.iter().map(number).collect::<Result<_>>()?;
    Ok(numbers.into_iter().min_by_key(|(_, number)| *number))
}

#[cfg(test)]
impl<T: Listed> Facet<T> {
    pub(super) fn is_few(&self) -> bool {
        self.is_few
    }
}

#[cfg(test)]
impl Way {
    /// All ways to a page in an order.
    pub(super) fn all<T: Listed>(facets: &[Facet<T>], order: T::OrderField) -> Vec<Self> {
        let mut ways = vec![Self::Walk];
        for (index, facet) in facets.iter().enumerate() {
            ways.extend(facet.finder.is_some().then_some(Self::Sort(index)));
            let in_order = facet.order == Some(order) && matches!(facet.finder, Some(Finder::Column { .. }));
            ways.extend(in_order.then_some(Self::InOrder(index)));
        }
        ways
    }
}

/// A select of the ids of all rows.
pub(crate) fn ids_of<T: Listed>() -> SelectStatement {
    Query::select().expr(T::id_column()).from(T::Entity::default()).to_owned()
}

/// A condition in a form that no planner finds an index for, or takes for a rare one.
pub(crate) fn unindexed(condition: SimpleExpr) -> SimpleExpr {
    let case: SimpleExpr = CaseStatement::new().case(condition, Expr::cust("1")).into();
    case.is_not_null()
}

/// Whether a select that depends on the row finds anything, asked for each row.
pub(crate) fn any_row(mut select: SelectStatement) -> SimpleExpr {
    select.expr(Expr::cust("1")).limit(1);
    SimpleExpr::SubQuery(None, Box::new(select.into())).is_not_null()
}
