//! Which values that were read before are still true: the log says what writes changed. A server reads the log once
//! after each commit, however many requests wait for it, and notes whose rows or relations may be others now: of the
//! things that changed, of those that a change names before or after, of the talks that show these or are timed by
//! them, and of the editions with other content; and the relations of all that lists them. What a write derives, it
//! derives of these. What lists of the whole archive have may be another after every write, but for those of texts.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use chrono::{DateTime, Utc};
use futures_util::FutureExt;
use sea_orm::{
    ConnectionTrait, DatabaseConnection,
    sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, UnionType},
};
use serde_json::Value;
use uuid::Uuid;

use super::dependencies::{Dependencies, MEMBERSHIP, TEXTS, relations_of, slug_mark};
use crate::{
    database::{among, backend, commits::Mark, logged::named_ids, name, snapshot, values::Values},
    error::Result,
};

/// The most changes that are looked at singly. After more at once nothing counts as true.
const MOST_CHANGES: u64 = 1_000;

/// The most things that are looked around. With more nothing counts as true.
const MOST_ROWS: usize = 20_000;

/// The most things whose changes are remembered, of some 50 bytes each. Beyond that nothing counts as true.
const MOST_THINGS: usize = 100_000;

/// A state of the database that a server came to know: the first one is 1, and each later one counts one more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub(super) u64);

/// What writes changed, up to a state of the database.
#[derive(Debug, Default)]
pub(super) struct Invalidation {
    known: RwLock<Known>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    mark: Option<Mark>,
    last: Option<Change>,
    present: Moment,
    /// Nothing that was read earlier is true.
    since: Moment,
    /// When a thing was last concerned.
    things: HashMap<Uuid, Moment>,
}

/// A change in the log. Another change at the same revision shows that the database was replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Change {
    revision: i64,
    node: Uuid,
    at: DateTime<Utc>,
}

impl Invalidation {
    /// The state that a mark stands for, after the log was read up to it.
    pub(super) async fn at(&self, mark: Mark, database: &DatabaseConnection) -> Result<Moment> {
        if let Some(present) = self.known().at(mark) {
            return Ok(present);
        }
        // Boxed, because the future of each request that is known would hold this one.
        self.follow(mark, database).boxed().await
    }

    async fn follow(&self, mark: Mark, database: &DatabaseConnection) -> Result<Moment> {
        let _turn = self.turn.lock().await;
        let last = {
            let known = self.known();
            match known.at(mark) {
                Some(present) => return Ok(present),
                None => known.last,
            }
        };
        let now = last_change(database).await?;
        let followed = match last {
            Some(last) if now == Some(last) => Some((last, Vec::new())),
            // Another write may come between two statements.
            Some(last) => things_after(last, &snapshot(database).await?).await?,
            None => None,
        };
        let (last, things) = followed.map_or((now, None), |(last, things)| (Some(last), Some(things)));
        Ok(self.known_mut().go_to(mark, last, things))
    }

    /// Whether a value that was read at one moment is true at another one, up to which the log was read.
    pub(super) fn is_true(&self, dependencies: &Dependencies, read: Moment, at: Moment) -> bool {
        if read == at {
            return true;
        }
        let Dependencies::Things(things) = dependencies else { return false };
        let (known, first) = (self.known(), std::cmp::min(read, at));
        first >= known.since && things.iter().all(|thing| known.things.get(thing).is_none_or(|last| *last <= first))
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn known_mut(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn at(&self, mark: Mark) -> Option<Moment> {
        (self.mark == Some(mark)).then_some(self.present)
    }

    /// Goes to a later state, with the things that changed; none if all may have changed.
    fn go_to(&mut self, mark: Mark, last: Option<Change>, things: Option<Vec<Uuid>>) -> Moment {
        if self.last != last || things.is_none() {
            self.present.0 += 1;
        }
        (self.mark, self.last) = (Some(mark), last);
        match things.filter(|things| self.things.len() + things.len() <= MOST_THINGS) {
            Some(things) => self.things.extend(things.into_iter().map(|thing| (thing, self.present))),
            None => {
                self.since = self.present;
                self.things.clear();
            }
        }
        self.present
    }
}

fn changes(columns: &[&'static str]) -> SelectStatement {
    let columns = ["revision", "node_id", "at"].iter().chain(columns);
    Query::select().exprs(columns.map(|column| Expr::cust(format!("\"{column}\"")))).from(name("change")).to_owned()
}

/// The last change in the log.
async fn last_change(database: &impl ConnectionTrait) -> Result<Option<Change>> {
    let mut select = changes(&[]);
    select.order_by_expr(Expr::cust("revision"), Order::Desc).limit(1);
    let row = database.query_one(&select).await?;
    row.map(|row| read_change(&mut Values::of(&row))).transpose()
}

fn read_change(values: &mut Values<'_>) -> Result<Change> {
    Ok(Change { revision: values.value()?, node: values.value()?, at: values.value()? })
}

/// The last change, and the things that the changes after one concern. None if these are not known: the changes are too
/// many, a merge is among them, or the log does not go on from there.
async fn things_after(known: Change, database: &impl ConnectionTrait) -> Result<Option<(Change, Vec<Uuid>)>> {
    let mut select = changes(&["operation", "fields", "edition_id", "before", "after"]);
    select
        .and_where(Expr::cust("revision").gte(known.revision))
        .order_by_expr(Expr::cust("revision"), Order::Asc)
        .limit(MOST_CHANGES + 2);
    let rows = database.query_all(&select).await?;
    let Some((first, rows)) = rows.split_first().filter(|(_, rows)| rows.len() as u64 <= MOST_CHANGES) else {
        return Ok(None);
    };
    if read_change(&mut Values::of(first))? != known {
        return Ok(None);
    }
    let (mut last, mut changed, mut named) = (known, Vec::new(), Vec::new());
    let (mut counts_change, mut lists_change) = (false, false);
    for row in rows {
        let mut values = Values::of(row);
        last = read_change(&mut values)?;
        changed.push(last.node);
        let (operation, fields): (String, Value) = (values.value()?, values.value()?);
        if operation == "MERGED" {
            return Ok(None);
        }
        lists_change |= operation != "UPDATED" || !are_texts(&fields);
        named.extend(values.maybe::<Uuid>()?);
        for _ in ["before", "after"] {
            if let Some(fields) = values.maybe::<Value>()? {
                named_ids(&fields, &mut |id| named.push(id));
                named.extend(named_slugs(&fields).map(slug_mark));
                counts_change |= fields.get("status").is_some();
            }
        }
    }
    let mut editions = Query::select();
    editions.column(name("id")).from(name("edition")).and_where(Expr::col(name("content_revision")).gt(known.revision));
    named.extend(found(database, &editions).await?);
    let mut things = things_around(changed, named, counts_change, database).await?;
    things.iter_mut().for_each(|things| things.extend(lists_change.then_some(MEMBERSHIP)));
    Ok(things.map(|things| (last, things)))
}

/// Whether the fields of a change are texts, which decide of few lists what these have.
fn are_texts(fields: &Value) -> bool {
    let is_text = |field: &Value| field.as_str().is_some_and(|field| TEXTS.contains(&field));
    fields.as_array().is_some_and(|fields| !fields.is_empty() && fields.iter().all(is_text))
}

/// The slugs in the fields of a change.
fn named_slugs(fields: &Value) -> impl Iterator<Item = &str> {
    let former = fields.get("formerSlugs").and_then(Value::as_array).into_iter().flatten();
    fields.get("slug").into_iter().chain(former).filter_map(Value::as_str)
}

/// Where talks are found by what they show, or belong to: a table, its column with the talk, and the one with the
/// other.
const TALKS_OF: [(&str, &str, &str); 6] = [
    ("slot", "talk_id", "id"),
    ("link", "talk_id", "id"),
    ("appearance", "talk_id", "speaker_id"),
    ("appearance_company", "talk_id", "company_id"),
    ("talk_recording", "talk_id", "recording_id"),
    ("talk", "id", "edition_id"),
];

/// Talks within a block and recordings of a talk derive their times from it.
const TIMED_BY: [(&str, &str, &str); 2] = [("talk", "id", "block_id"), ("talk_recording", "recording_id", "talk_id")];

/// What lists a talk, an edition or a recording.
const LISTED_BY: [(&str, &str, &str); 4] = [
    ("appearance", "speaker_id", "talk_id"),
    ("appearance_company", "company_id", "talk_id"),
    ("edition", "conference_id", "id"),
    ("recording", "edition_id", "id"),
];

/// What stands for the rows and relations around things that changed: of these, of what changes name, and of the talks
/// of both; and for the relations of what lists all these. If a number of talks may have changed, also for the rows.
/// None if they are too many.
async fn things_around(
    changed: Vec<Uuid>,
    named: Vec<Uuid>,
    counts_change: bool,
    database: &impl ConnectionTrait,
) -> Result<Option<Vec<Uuid>>> {
    let mut rows = related(&TALKS_OF, &changed, database).await?;
    rows.extend(changed.into_iter().chain(named));
    if rows.len() > MOST_ROWS {
        return Ok(None);
    }
    // A recording of a talk in a block is found in the second round.
    for _ in 0..2 {
        let timed = related(&TIMED_BY, &rows, database).await?;
        rows.extend(timed);
    }
    let listing = related(&LISTED_BY, &rows, database).await?;
    let relations: Vec<Uuid> = rows.iter().chain(&listing).map(|id| relations_of(*id)).collect();
    if counts_change {
        rows.extend(listing);
    }
    rows.extend(relations);
    Ok(Some(rows))
}

/// What a table has beside some ids, in one statement for all places.
async fn related(
    places: &[(&'static str, &'static str, &'static str)],
    ids: &[Uuid],
    database: &impl ConnectionTrait,
) -> Result<Vec<Uuid>> {
    let selects = places.iter().map(|(table, column, by)| {
        let these = among(backend(database), Expr::col(name(by)), ids);
        let mut select = Query::select();
        select.column(name(column)).from(name(table)).and_where(these).and_where(Expr::col(name(column)).is_not_null());
        select
    });
    match selects.reduce(|mut all, next| all.union(UnionType::Distinct, next).to_owned()) {
        Some(all) => found(database, &all).await,
        None => Ok(Vec::new()),
    }
}

/// The ids that a select finds.
async fn found(database: &impl ConnectionTrait, select: &SelectStatement) -> Result<Vec<Uuid>> {
    let rows = database.query_all(select).await?;
    rows.iter().map(|row| Ok(Values::of(row).value()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn mark(last: i64) -> Mark {
        Mark::Revision { replaced: 0, last }
    }

    fn change(revision: i64) -> Option<Change> {
        Some(Change { revision, node: Uuid::from_u128(7), at: AT })
    }

    fn on(things: &[u128]) -> Dependencies {
        Dependencies::Things(things.iter().copied().map(Uuid::from_u128).collect())
    }

    #[test]
    fn a_value_is_true_until_something_that_it_depends_on_changes() {
        let invalidation = Invalidation::default();
        let first = invalidation.known_mut().go_to(mark(1), change(1), None);
        let second = invalidation.known_mut().go_to(mark(2), change(2), Some(vec![Uuid::from_u128(1)]));
        assert!(second > first);
        for (dependencies, is_true) in
            [(on(&[2, 3]), true), (on(&[2, 1]), false), (on(&[]), true), (Dependencies::Archive, false)]
        {
            assert_eq!(invalidation.is_true(&dependencies, first, second), is_true, "{dependencies:?}");
            // A read that began earlier takes no later value, unless it is the same.
            assert_eq!(invalidation.is_true(&dependencies, second, first), is_true, "{dependencies:?}");
            assert!(invalidation.is_true(&dependencies, second, second), "{dependencies:?}");
        }
        // A commit of something else leaves the archive in its state.
        assert_eq!(invalidation.known_mut().go_to(mark(3), change(2), Some(Vec::new())), second);
        // A database that replaced this one may have the same revisions, or lower ones.
        let replaced = invalidation.known_mut().go_to(mark(4), change(1), None);
        assert!(replaced > second && !invalidation.is_true(&on(&[2]), second, replaced));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let invalidation = Invalidation::default();
        let first = invalidation.known_mut().go_to(mark(1), change(1), None);
        for n in 1..=50 {
            let things = (0..MOST_THINGS / 20).map(|m| Uuid::from_u128(n * 1_000_000 + m as u128)).collect();
            invalidation.known_mut().go_to(mark(1), change(n as i64 + 1), Some(things));
            assert!(invalidation.known().things.len() <= MOST_THINGS);
        }
        let present = invalidation.known().present;
        assert!(!invalidation.is_true(&on(&[5]), first, present), "it is not known any more");
    }
}
