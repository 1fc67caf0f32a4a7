//! The archive as a whole.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{SelectionField, SimpleObject};
use sea_orm::{
    ConnectionTrait, FromQueryResult,
    sea_query::{Expr, Query},
};

use crate::{
    database::name,
    error::Result,
    read::{Reads, batch::Relation},
    scalars::{DateTime, Revision},
};

/// The archive as a whole: the position of its change log, and how many items it has.
#[derive(Clone, Debug, SimpleObject, FromQueryResult)]
#[graphql(name = "Archive")]
pub struct ArchiveTotals {
    /// The revision of the last change in the log. It is 0 in an empty archive.
    pub revision: Revision,
    /// The time of the last change, in UTC: `2026-09-21T14:13:19+00:00`.
    pub updated_at: DateTime,
    /// The number of conferences.
    pub conferences: i32,
    /// The number of editions, including announced and cancelled ones.
    pub editions: i32,
    /// The number of talks, without withdrawn ones.
    pub talks: i32,
    /// The number of speakers, including people who organised an edition and gave no talk.
    pub speakers: i32,
    /// The number of companies.
    pub companies: i32,
    /// The number of recordings.
    pub recordings: i32,
    /// The total length of all recordings in seconds. A recording of unknown length counts as 0.
    pub recorded_seconds: f64,
    /// The version of the Lectern server: `0.1.0`.
    #[sea_orm(skip)]
    pub version: String,
}

/// The key of [`ArchiveTotals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TotalsOfArchive {
    /// Whether items are counted, which takes longer the more there are. Without it the numbers are 0.
    pub counts: bool,
}

impl TotalsOfArchive {
    /// The key with what a field selects.
    pub fn selected(field: SelectionField<'_>) -> Self {
        let is_count = |name: &str| !matches!(name, "revision" | "updatedAt" | "version" | "__typename");
        Self { counts: field.selection_set().any(|field| is_count(field.name())) }
    }
}

impl Relation for TotalsOfArchive {
    type Value = Option<ArchiveTotals>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let counts = keys.iter().any(|key| key.counts);
        let number = |sql: &str| if counts { sql.to_owned() } else { "0".to_owned() };
        let count =
            |from: &str| Expr::cust(format!("CAST({} AS integer)", number(&format!("(SELECT COUNT(*) FROM {from})"))));
        let seconds = number("COALESCE((SELECT SUM(duration_seconds) FROM recording), 0)");
        let select = Query::select()
            .expr_as(Expr::cust("revision"), name("revision"))
            .expr_as(Expr::cust("updated_at"), name("updated_at"))
            .expr_as(count("conference"), name("conferences"))
            .expr_as(count("edition"), name("editions"))
            .expr_as(count("talk WHERE status <> 'WITHDRAWN'"), name("talks"))
            .expr_as(count("speaker"), name("speakers"))
            .expr_as(count("company"), name("companies"))
            .expr_as(count("recording"), name("recordings"))
            .expr_as(Expr::cust(format!("CAST({seconds} AS double precision)")), name("recorded_seconds"))
            .from(entity::archive_state::Entity)
            .to_owned();
        let Some(row) = reads.database.query_one(&select).await? else { return Ok(HashMap::new()) };
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let totals = ArchiveTotals { version, ..ArchiveTotals::from_query_result(&row, "")? };
        Ok(keys.into_iter().map(|key| (key, Some(totals.clone()))).collect())
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(size_of_val(value))
    }
}
