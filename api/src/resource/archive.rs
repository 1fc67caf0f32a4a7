//! The archive as a whole.

use std::{collections::HashMap, sync::Arc};

use async_graphql::SimpleObject;
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
pub struct TotalsOfArchive;

impl Relation for TotalsOfArchive {
    type Value = Option<ArchiveTotals>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let mut select = Query::select();
        select.from(entity::archive_state::Entity).columns(["revision", "updated_at"].map(name));
        for total in ["conferences", "editions", "talks", "speakers", "companies", "recordings"] {
            select.expr_as(Expr::cust(format!("CAST({total} AS integer)")), name(total));
        }
        select.expr_as(Expr::cust("CAST(recorded_seconds AS double precision)"), name("recorded_seconds"));
        let Some(row) = reads.database.query_one(&select).await? else { return Ok(HashMap::new()) };
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let totals = ArchiveTotals { version, ..ArchiveTotals::from_query_result(&row, "")? };
        Ok(keys.into_iter().map(|key| (key, Some(totals.clone()))).collect())
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(size_of_val(value))
    }
}
