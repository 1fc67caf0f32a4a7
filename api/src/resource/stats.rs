//! How much there is of an edition.

use std::{collections::HashMap, sync::Arc};

use async_graphql::SimpleObject;
use sea_orm::{
    ConnectionTrait, FromQueryResult, IntoSimpleExpr,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use crate::{
    database::among,
    error::Result,
    read::{Reads, batch::Relation},
};

/// Counts of an edition. Withdrawn talks, and people only in them, are not counted.
#[derive(Clone, Copy, Debug, Default, SimpleObject, FromQueryResult)]
pub struct EditionStats {
    #[graphql(skip)]
    edition_id: Uuid,
    /// Talks, lightning rounds and the talks in them.
    pub talks: i32,
    /// People and groups on stage.
    pub speakers: i32,
    /// Those that somebody on stage spoke for.
    pub companies: i32,
    /// Talks with a recording.
    pub recorded_talks: i32,
    /// The length of the recordings of its talks together, as far as it is known.
    pub recorded_seconds: f64,
}

/// The counts of an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StatsOfEdition(pub Uuid);

impl Relation for StatsOfEdition {
    type Value = EditionStats;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, EditionStats>> {
        const TALK: &str = "talk.edition_id = edition.id AND talk.status <> 'WITHDRAWN'";
        let count = |what: &str, from: &str| {
            Expr::cust(format!("CAST((SELECT COUNT({what}) FROM {from} WHERE {TALK}) AS integer)"))
        };
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let select = Query::select()
            .expr_as(entity::edition::Column::Id.into_simple_expr(), "edition_id")
            .expr_as(count("*", "talk"), "talks")
            .expr_as(count("DISTINCT a.speaker_id", "talk JOIN appearance a ON a.talk_id = talk.id"), "speakers")
            .expr_as(
                count("DISTINCT a.company_id", "talk JOIN appearance_company a ON a.talk_id = talk.id"),
                "companies",
            )
            .expr_as(count("DISTINCT r.talk_id", "talk JOIN talk_recording r ON r.talk_id = talk.id"), "recorded_talks")
            .expr_as(
                Expr::cust(format!(
                    "CAST(COALESCE((SELECT SUM(duration_seconds) FROM recording WHERE id IN (SELECT r.recording_id \
                     FROM talk JOIN talk_recording r ON r.talk_id = talk.id WHERE {TALK})), 0) AS double precision)"
                )),
                "recorded_seconds",
            )
            .from(entity::edition::Entity)
            .and_where(among(reads.backend(), entity::edition::Column::Id, &ids))
            .to_owned();
        let rows = reads.database.query_all(&select).await?;
        let stats = rows.iter().map(|row| EditionStats::from_query_result(row, ""));
        stats.map(|stats| stats.map(|stats| (Self(stats.edition_id), stats)).map_err(Into::into)).collect()
    }
}
