//! The counts of editions.

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
    read::{Reads, batch::Relation, dependencies::Dependencies},
};

/// The counts of an edition. Withdrawn talks, and speakers and companies that are only in them, are not counted.
#[derive(Clone, Copy, Debug, Default, SimpleObject, FromQueryResult)]
pub struct EditionStats {
    #[graphql(skip)]
    edition_id: Uuid,
    /// The number of talks. A lightning round counts as one, and so does each talk in it.
    pub talks: i32,
    /// The number of speakers who appear in talks. A group that is credited as one counts as one.
    pub speakers: i32,
    /// The number of companies that speakers represent in talks.
    pub companies: i32,
    /// The number of talks that have a recording.
    pub recorded_talks: i32,
    /// The total length in seconds of the recordings that show talks of the edition, each counted once. A recording of
    /// unknown length counts as 0.
    pub recorded_seconds: f64,
}

/// The key of [`EditionStats`].
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

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(size_of_val(value))
    }

    fn dependencies(&self, _: &Self::Value) -> Dependencies {
        Dependencies::of_relation(self.0, &Vec::<Uuid>::new())
    }
}
