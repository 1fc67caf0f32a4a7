//! The audit of the log: all its changes, replayed from the first to the last, must result in the things in the tables.

use std::{collections::HashMap, fmt};

use chrono::{DateTime, Utc};
use entity::change;
use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::ColumnTrait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    fields::{same, whole},
    parts::Parts,
};
use crate::{
    archive::{
        derived::{END_OF_TALKS, FIRST_SLOT, HAS_RECORDING, HAS_SLIDES, HAS_TALK, TALKS_OF_COMPANY, TALKS_OF_SPEAKER},
        store::rows::{NodeRow, Rows, nodes},
        totals::TOTALS,
    },
    database::{backend, snapshot},
    error::Result,
};

/// The number of changes that are read at once.
const PAGE: u64 = 2000;

/// The most disagreements that are reported.
const MOST_PROBLEMS: usize = 100;

/// The result of an audit.
#[derive(Debug)]
pub struct Audit {
    /// The archive's revision.
    pub revision: i64,
    /// The number of things in the archive.
    pub things: usize,
    /// The disagreements of the log and the tables.
    pub problems: Vec<String>,
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        match self.problems.is_empty() {
            true => writeln!(f, "the log and the tables agree: {} things at revision {}", self.things, self.revision),
            false => Ok(()),
        }
    }
}

/// A thing as the changes in the log leave it.
struct ReplayedNode {
    fields: Map<String, Value>,
    revision: i64,
    at: DateTime<Utc>,
}

#[derive(Default)]
struct Replay {
    nodes: HashMap<(String, Uuid), ReplayedNode>,
    last: Option<(i64, DateTime<Utc>)>,
    problems: Vec<String>,
}

/// Audits an archive as of one moment.
pub fn audit(database: &DatabaseConnection) -> BoxFuture<'_, Result<Audit>> {
    check(database).boxed()
}

async fn check(database: &DatabaseConnection) -> Result<Audit> {
    let transaction = snapshot(database).await?;
    let mut player = Replay::default();
    loop {
        let after = player.last.map(|(revision, _)| revision).unwrap_or_default();
        let page =
            change::Entity::find().filter(change::Column::Revision.gt(after)).order_by_asc(change::Column::Revision);
        let page = page.limit(PAGE).all(&transaction).await?;
        if page.is_empty() {
            break;
        }
        page.into_iter().for_each(|change| player.play(change));
    }
    let rows = Rows::load(&transaction, None).await?;
    let state = entity::archive_state::Entity::find().one(&transaction).await?;
    let revision = state.map(|state| state.revision).unwrap_or_default();
    player.ends_at(revision);
    player.compare(&rows)?;
    player.compare_derived(&transaction).await?;
    transaction.rollback().await?;
    let more = player.problems.len().saturating_sub(MOST_PROBLEMS);
    player.problems.truncate(MOST_PROBLEMS);
    if more > 0 {
        player.problems.push(format!("and {more} more"));
    }
    let things = rows.count();
    Ok(Audit { revision, things, problems: player.problems })
}

impl Replay {
    fn wrong(&mut self, problem: String) {
        self.problems.push(problem);
    }

    fn play(&mut self, change: change::Model) {
        let revision = change.revision;
        let (before, at) = self.last.unwrap_or((0, DateTime::UNIX_EPOCH));
        if revision != before + 1 {
            self.wrong(format!("after revision {before} comes {revision}"));
        }
        if change.at < at {
            self.wrong(format!("revision {revision} is of {}, before that of {before}", change.at));
        }
        self.last = Some((revision, change.at));
        let key = (change.kind.clone(), change.node_id);
        let fields = |json: Option<Value>| if let Some(Value::Object(fields)) = json { fields } else { Map::new() };
        let (was, is) = (fields(change.before), fields(change.after));
        let node = self.nodes.get_mut(&key);
        match (change.operation.as_str(), node) {
            ("CREATED", None) => {
                self.nodes.insert(key, ReplayedNode { fields: is, revision, at: change.at });
            }
            ("UPDATED", Some(node)) => {
                let differs = was
                    .iter()
                    .find(|(name, value)| !agree(node.fields.get(*name), Some(value)))
                    .map(|(name, _)| name.clone());
                node.fields.extend(is);
                (node.revision, node.at) = (revision, change.at);
                if let Some(name) = differs {
                    self.wrong(format!(
                        "revision {revision}: {} {} had another {name} before",
                        change.kind, change.node_id
                    ));
                }
            }
            ("DELETED" | "MERGED", Some(node)) => {
                let differs = difference(&node.fields, &was);
                self.nodes.remove(&key);
                for name in differs {
                    self.wrong(format!(
                        "revision {revision}: {} {} had another {name} when it went",
                        change.kind, change.node_id
                    ));
                }
            }
            (operation, node) => {
                let there = if node.is_some() { "is there already" } else { "is not there" };
                self.wrong(format!(
                    "revision {revision}: {operation} of {} {}, which {there}",
                    change.kind, change.node_id
                ));
            }
        }
    }

    fn ends_at(&mut self, revision: i64) {
        let last = self.last.map(|(last, _)| last).unwrap_or_default();
        if last != revision {
            self.wrong(format!("the log ends with revision {last}, and the archive is at {revision}"));
        }
    }

    fn compare(&mut self, rows: &Rows) -> Result<()> {
        let parts = Parts::of(rows);
        macro_rules! compare {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(self.compare_table(&rows.$rows, &parts)?;)+
            };
        }
        nodes!(compare);
        let mut lost: Vec<String> = self
            .nodes
            .iter()
            .map(|((kind, id), node)| {
                format!("{kind} {id} is in the log (revision {}) and not in its table", node.revision)
            })
            .collect();
        lost.sort();
        self.problems.append(&mut lost);
        Ok(())
    }

    /// Compares the rows of a table with the replayed things, and removes those from the replay.
    fn compare_table<N: NodeRow>(&mut self, rows: &[N], parts: &Parts<'_>) -> Result<()> {
        for row in rows {
            let name = format!("{} {}", N::KIND, row.id());
            let Some(node) = self.nodes.remove(&(N::KIND.to_owned(), row.id())) else {
                self.wrong(format!("{name} is in its table and not in the log"));
                continue;
            };
            let stored = whole(row, parts.fields(N::KIND, row.id()))?;
            let mut renewed = row.clone();
            renewed.renew_keys();
            if renewed != *row {
                self.wrong(format!("{name}: a key does not follow from its name or title"));
            }
            for field in difference(&node.fields, &stored) {
                self.wrong(format!("{name}: {field} is not what the log says (revision {})", node.revision));
            }
            if row.revision() != node.revision || row.updated_at() != node.at {
                self.wrong(format!("{name} is of revision {}, and the log says {}", row.revision(), node.revision));
            }
        }
        Ok(())
    }

    /// Compares derived columns with the values that they are derived from.
    async fn compare_derived(&mut self, transaction: &DatabaseTransaction) -> Result<()> {
        let slot = |column: &str| format!("talk.{column} IS DISTINCT FROM (SELECT slots.{column} {FIRST_SLOT})");
        let checks = [
            ("speaker", "talk_count", format!("talk_count <> {TALKS_OF_SPEAKER}")),
            ("company", "talk_count", format!("talk_count <> {TALKS_OF_COMPANY}")),
            ("talk", "starts_at", slot("starts_at")),
            ("talk", "ends_at", slot("ends_at")),
            ("talk", "room_id", slot("room_id")),
            ("recording", "talks_end_at", format!("talks_end_at IS DISTINCT FROM {END_OF_TALKS}")),
            ("talk", "has_recording", format!("has_recording <> {HAS_RECORDING}")),
            ("talk", "has_slides", format!("has_slides <> {HAS_SLIDES}")),
            ("recording", "has_talk", format!("has_talk <> {HAS_TALK}")),
            (
                "talk",
                "year",
                "year <> (SELECT edition.year FROM edition WHERE edition.id = talk.edition_id)".to_owned(),
            ),
            (
                "edition",
                "content_revision",
                "content_revision < \
                    (SELECT COALESCE(MAX(revision), 0) FROM change WHERE change.edition_id = edition.id)"
                    .to_owned(),
            ),
        ];
        for (table, column, condition) in checks {
            let sql = format!("SELECT id FROM {table} WHERE {condition} ORDER BY id");
            for row in transaction.query_all_raw(Statement::from_string(backend(transaction), sql)).await? {
                let id: Uuid = row.try_get("", "id")?;
                self.wrong(format!("{table} {id}: {column} does not follow from what it stands on"));
            }
        }
        for (total, number) in TOTALS {
            let sql = format!("SELECT {total} AS total FROM archive_state WHERE {total} <> {number}");
            if let Some(row) = transaction.query_one_raw(Statement::from_string(backend(transaction), sql)).await? {
                self.wrong(format!("the total of {total} is not {}", row.try_get::<i64>("", "total")?));
            }
        }
        Ok(())
    }
}

/// Whether two values are the same. So are null, an empty list and no value.
pub(in crate::archive) fn agree(a: Option<&Value>, b: Option<&Value>) -> bool {
    let there = |value: &&Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    match (a.filter(there), b.filter(there)) {
        (Some(a), Some(b)) => same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// The fields in which two things differ.
fn difference(a: &Map<String, Value>, b: &Map<String, Value>) -> Vec<String> {
    let names = a.keys().chain(b.keys().filter(|name| !a.contains_key(*name)));
    names.filter(|name| !agree(a.get(*name), b.get(*name))).cloned().collect()
}
