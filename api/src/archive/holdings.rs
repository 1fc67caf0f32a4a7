//! What an archive holds, for people at a terminal.

use std::{collections::HashMap, fmt, sync::Arc};

use entity::conference;
use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};

use crate::{
    error::Result,
    read::{Reads, batch::Relation},
    resource::archive::{ArchiveTotals, TotalsOfArchive},
};

/// The most conferences that are named.
const MOST_NAMES: usize = 3;

/// What an archive holds.
#[derive(Clone, Debug)]
pub struct Holdings {
    /// The slugs of the conferences, in their order.
    pub conferences: Vec<String>,
    names: Vec<String>,
    totals: Option<ArchiveTotals>,
}

impl Holdings {
    /// Reads what the archive in a database holds.
    pub fn of(database: &DatabaseConnection) -> BoxFuture<'_, Result<Self>> {
        Self::read(database).boxed()
    }

    async fn read(database: &DatabaseConnection) -> Result<Self> {
        let rows = conference::Entity::find().order_by_asc(conference::Column::Slug).all(database).await?;
        let (conferences, names) = rows.into_iter().map(|row| (row.slug, row.name)).unzip();
        let reads = Reads {
            database: database.clone(),
            now: chrono::DateTime::UNIX_EPOCH,
            base_url: "".into(),
            max_page_size: 0,
            search: None,
            reading: None,
        };
        let mut totals: HashMap<_, _> = TotalsOfArchive::load(vec![TotalsOfArchive], Arc::new(reads)).await?;
        Ok(Self { conferences, names, totals: totals.remove(&TotalsOfArchive).flatten() })
    }

    /// Whether nothing was ever written to the archive.
    pub fn is_untouched(&self) -> bool {
        self.totals.as_ref().is_none_or(|totals| totals.revision.0 == 0)
    }

    /// Whether the archive has neither conferences nor people.
    pub fn is_empty(&self) -> bool {
        self.totals.as_ref().is_none_or(|totals| totals.conferences + totals.speakers + totals.companies == 0)
    }

    /// The names of the conferences, of many the first ones.
    pub fn title(&self) -> String {
        match self.names.as_slice() {
            [] => "an archive without conferences".to_owned(),
            names if names.len() > MOST_NAMES => {
                format!("{} and {} others", names[..MOST_NAMES].join(", "), names.len() - MOST_NAMES)
            }
            names => names.join(", "),
        }
    }

    /// The numbers of editions and talks.
    pub fn schedule(&self) -> String {
        let count = |count: fn(&ArchiveTotals) -> i32| self.totals.as_ref().map(count).unwrap_or_default();
        [counted(count(|all| all.editions), "edition"), counted(count(|all| all.talks), "talk")].join(", ")
    }
}

impl fmt::Display for Holdings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(totals) = self.totals.as_ref().filter(|_| !self.is_untouched()) else {
            return f.write_str("empty: never written to");
        };
        if self.is_empty() {
            return write!(f, "empty: all of it was deleted");
        }
        let others = [
            counted(totals.speakers, "speaker"),
            counted(totals.companies, "company"),
            counted(totals.recordings, "recording"),
        ];
        write!(f, "{}: {}, {}", self.title(), self.schedule(), others.join(", "))
    }
}

/// A number with its noun.
fn counted(number: i32, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}
