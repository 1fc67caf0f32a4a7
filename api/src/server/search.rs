//! A search for the command line: without a server, in the database's own archive.

use std::{path::PathBuf, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use serde_json::{Map, Value};

use super::{index_folder, open};
use crate::{
    archive::{Archive, Clock},
    database::found::file_of,
    error::Error,
    read::{
        Reads,
        batch::{Batches, drive},
    },
    schema,
    search::{IndexState, Search, SearchSettings},
    server::StartError,
};

/// Answers a query of the schema that searches. `tell` is told how far the index is.
pub fn search<'a>(
    url: &'a str,
    clock: &'a Clock,
    folder: Option<PathBuf>,
    (document, variables): (&'a str, Map<String, Value>),
    tell: impl FnMut(&IndexState) + Send + 'a,
) -> BoxFuture<'a, Result<Value, StartError>> {
    async move {
        let database = open(url, Arc::default(), clock).await?;
        let archive = Archive::new(database.clone(), clock.clone());
        let settings = SearchSettings { folder, is_ahead: false };
        let search = Search::start(database.clone(), archive.commits(), settings, file_of(url).map(index_folder));
        search.wait(archive.revision().await?, tell).await?;
        let base_url = "http://127.0.0.1:8080".into();
        let reads = Reads { database, now: clock(), base_url, max_page_size: 500, search: Some(search), reading: None };
        let batches = Batches::new(reads);
        let request = async_graphql::Request::new(document)
            .variables(async_graphql::Variables::from_json(Value::Object(variables)))
            .data(batches.clone());
        let response = drive(batches, schema::build().execute(request)).await;
        if let Some(error) = response.errors.first() {
            let ours = error.source::<Error>().cloned();
            return Err(ours.unwrap_or_else(|| Error::Internal(error.message.clone())).into());
        }
        Ok(response.data.into_json().map_err(|error| Error::Internal(error.to_string()))?)
    }
    .boxed()
}
