//! The state that every handler reaches: the database, the archive's door, the schema, and how a read runs.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::{
    archive::{Archive, Clock, log::follow::Follower},
    audience::Audiences,
    config::Limits,
    error::{Error, Result},
    read::{
        Reads,
        batch::{Batches, drive},
        cache::{Reading, RowCache},
        shared::Selections,
    },
    ready::Responses,
    schema::{
        Schema,
        completion::{Completion, Ordered},
        documents::Documents,
        persisted::Persisted,
        shape::Shape,
    },
    search::Search,
};

/// The state of a server.
pub struct Server {
    pub database: DatabaseConnection,
    /// The door that writes.
    pub archive: Archive,
    pub base_url: Arc<str>,
    /// Whether its pages become files, which no server answers behind.
    pub is_static: bool,
    pub clock: Clock,
    pub limits: Limits,
    pub schema: Schema,
    pub shape: Shape,
    pub sdl: String,
    pub persisted: Persisted,
    pub documents: Documents,
    pub responses: Responses,
    pub rows: RowCache,
    pub search: Arc<Search>,
    pub follower: Follower,
    pub(crate) audiences: Audiences,
    /// The turn of an import over HTTP. A large one takes much memory, so there is one at a time.
    pub imports: Arc<Semaphore>,
    /// The start of the process.
    pub started_at: DateTime<Utc>,
    /// The turn of the one write that readiness tries at a time.
    pub trial: Arc<tokio::sync::Mutex<()>>,
}

/// How often a read runs that writes overtake.
pub(crate) const ATTEMPTS: usize = 5;

impl Server {
    /// The context of reads at this moment.
    pub fn reads(&self) -> Reads {
        Reads {
            database: self.database.clone(),
            now: (self.clock)(),
            base_url: self.base_url.clone(),
            max_page_size: self.limits.page_size,
            search: Some(self.search.clone()),
            reading: Reading::present(),
        }
    }

    /// Runs a read within the time limit of a request.
    pub async fn read<R: Future<Output = Result<T>>, T>(
        &self,
        read: impl FnOnce(Arc<Batches<Reads>>) -> R,
    ) -> Result<T> {
        let batches = Batches::new(self.reads());
        let limit = self.limits.time;
        let done = tokio::time::timeout(limit, drive(batches.clone(), read(batches))).await;
        done.map_err(|_| Error::Timeout(limit.as_millis() as u64))?
    }

    /// Runs a read whose answer is not stored. If a write overtakes it, it runs again, so that the answer shows one state
    /// of the archive; after some attempts it is sent as it is.
    pub async fn of_one_state<R: Future<Output = Result<T>>, T>(&self, read: impl Fn() -> R) -> Result<T> {
        self.repeated(false, read).await
    }

    /// The same for a read of relations alone. It takes no statement if all of them are known.
    pub async fn relations_of_one_state<R: Future<Output = Result<T>>, T>(&self, read: impl Fn() -> R) -> Result<T> {
        self.repeated(true, read).await
    }

    async fn repeated<R: Future<Output = Result<T>>, T>(
        &self,
        reads_relations: bool,
        read: impl Fn() -> R,
    ) -> Result<T> {
        for _ in 0..ATTEMPTS {
            let Some(mark) = self.follower.mark() else { break };
            let reading = self.rows.begin(mark, &self.database).await?;
            let made = Reading::of(Some(reading.clone()), read()).await?;
            let is_known = mark.is_exact() || reads_relations && !reading.has_loaded();
            if !is_known {
                // A commit of another process may be in what was read before it is known.
                self.follower.saw(self.archive.revision().await?);
            }
            if self.follower.mark() == Some(mark) {
                reading.keep();
                return Ok(made);
            }
        }
        let made = read().await?;
        // Nothing older is sent after it.
        self.follower.saw(self.archive.revision().await?);
        Ok(made)
    }

    /// Runs an internal query. The result is its data.
    pub async fn query(&self, document: &str, variables: Map<String, Value>) -> Result<Value> {
        let mut request = async_graphql::Request::new(document);
        let parsed = request.parsed_query().map_err(|error| Error::Internal(format!("{error}: {document}")))?;
        let operation = parsed.operations.iter().next().map(|(_, operation)| &operation.node);
        let completion = operation.map(|operation| Completion::new(parsed, operation, &self.shape)).unwrap_or_default();
        let completion = Arc::new(completion);
        let request = request
            .variables(async_graphql::Variables::from_json(Value::Object(variables)))
            .data(Selections::new(completion.clone()));
        let response = self.read(|batches| async { Ok(self.schema.execute(request.data(batches)).await) }).await?;
        if let Some(error) = response.errors.first() {
            let ours = error.source::<Error>().cloned();
            return Err(ours.unwrap_or_else(|| Error::Internal(format!("{}: {document}", error.message))));
        }
        let mut json = Vec::new();
        Ordered { value: &response.data, completion: Some(&completion) }.write(&mut json);
        serde_json::from_slice(&json).map_err(|error| Error::Internal(error.to_string()))
    }
}
