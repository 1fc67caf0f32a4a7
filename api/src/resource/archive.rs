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

/// The archive: where its log stands, and how much is in it.
#[derive(Clone, Debug, SimpleObject, FromQueryResult)]
pub struct Archive {
    /// The revision of the last change.
    pub revision: Revision,
    /// When that was.
    pub updated_at: DateTime,
    /// Series.
    pub conferences: i32,
    /// Editions, announced and cancelled ones too.
    pub editions: i32,
    /// Talks; withdrawn ones are not counted.
    pub talks: i32,
    /// Speakers, and people who only organised.
    pub speakers: i32,
    /// Companies.
    pub companies: i32,
    /// Recordings.
    pub recordings: i32,
    /// The length of the recordings together, as far as it is known.
    pub recorded_seconds: f64,
    /// The version of the program.
    #[sea_orm(skip)]
    pub version: String,
}

/// The key of the archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TheArchive;

impl Relation for TheArchive {
    type Value = Option<Archive>;
    type Source = Reads;

    async fn load(_: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let count = |from: &str| Expr::cust(format!("CAST((SELECT COUNT(*) FROM {from}) AS integer)"));
        let select = Query::select()
            .expr_as(Expr::cust("revision"), name("revision"))
            .expr_as(Expr::cust("updated_at"), name("updated_at"))
            .expr_as(count("conference"), name("conferences"))
            .expr_as(count("edition"), name("editions"))
            .expr_as(count("talk WHERE status <> 'WITHDRAWN'"), name("talks"))
            .expr_as(count("speaker"), name("speakers"))
            .expr_as(count("company"), name("companies"))
            .expr_as(count("recording"), name("recordings"))
            .expr_as(
                Expr::cust("CAST(COALESCE((SELECT SUM(duration_seconds) FROM recording), 0) AS double precision)"),
                name("recorded_seconds"),
            )
            .from(entity::archive_state::Entity)
            .to_owned();
        let Some(row) = reads.database.query_one(&select).await? else { return Ok(HashMap::new()) };
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Ok(HashMap::from([(Self, Some(Archive { version, ..Archive::from_query_result(&row, "")? }))]))
    }
}
