//! Running subscriptions.

mod log;
mod on_now;
mod single;

use std::sync::Arc;

use actix_web::web::Data;
use async_graphql::{Request, ServerError, Variables, parser::types::ExecutableDocument};
use futures_util::StreamExt;

use log::Changes;
use on_now::OnNow;
use single::single;

use super::{request::Checked, response::Answer};
use crate::{
    archive::log::reader::wait_out,
    error::{Error, Result},
    schema::{
        completion::Completion,
        subscription::{RequestedSource, SourceEvent, SourceRequest},
    },
    state::Server,
};

/// A subscription in progress, and the source of its events.
pub struct ActiveSubscription {
    server: Data<Server>,
    document: ExecutableDocument,
    variables: Variables,
    plan: Arc<Completion>,
    source: Source,
}

enum Source {
    Changes(Changes),
    OnNow(OnNow),
}

impl Source {
    async fn open(request: &SourceRequest, server: &Data<Server>) -> Result<Self> {
        Ok(match request.clone() {
            SourceRequest::Changes { since, edition } => {
                Self::Changes(Changes::open(since, edition, server.clone()).await?)
            }
            SourceRequest::OnNow { edition } => Self::OnNow(OnNow::open(edition, server.clone()).await?),
        })
    }

    async fn next(&mut self) -> Result<SourceEvent> {
        match self {
            Self::Changes(changes) => changes.next().await.map(SourceEvent::Change),
            Self::OnNow(on_now) => on_now.next().await.map(SourceEvent::OnNow),
        }
    }
}

impl ActiveSubscription {
    /// Begins a subscription, or answers why it is refused.
    pub(in crate::graphql) async fn open(checked: Checked, server: Data<Server>) -> Result<Self, Box<Answer>> {
        let refuse = |error: Error| Box::new(Answer::from(error));
        let Checked { mut request, completion: plan, named, .. } = checked;
        let whole = request.parsed_query().map_err(|error: ServerError| Box::new(Answer::from(error)))?.clone();
        let (name, variables) = (request.operation_name.clone(), request.variables.clone());
        // Without an event nothing is executed, so that a response has the errors of the validation.
        if let Some(response) = server.schema.execute_stream(request).next().await {
            return Err(Box::new(Answer::of(response, plan)));
        }
        if let Some((sha256, document)) = named {
            server.persisted.keep(&sha256, &document);
        }
        let document = single(whole, name.as_deref()).map_err(refuse)?;
        let requested = RequestedSource::default();
        let request = event_of(&document, &variables).data(requested.clone());
        server.schema.execute_stream(request).for_each(async |_| ()).await;
        let requested = requested
            .get()
            .ok_or_else(|| Error::Internal("a subscription asked for nothing".to_owned()))
            .map_err(refuse)?;
        let source = Source::open(requested, &server).await.map_err(refuse)?;
        Ok(Self { server, document, variables, plan: plan.into(), source })
    }

    /// Waits for the next event and answers it. An answer that is a refusal is the last.
    pub async fn next(&mut self) -> Answer {
        match self.source.next().await {
            Ok(event) => self.answer(event).await.unwrap_or_else(Answer::from),
            Err(error) => error.into(),
        }
    }

    /// Executes the request for an event, with batches of its own: rows that were loaded for other events may have
    /// changed.
    async fn answer(&self, event: SourceEvent) -> Result<Answer> {
        let schema = &self.server.schema;
        loop {
            let request = event_of(&self.document, &self.variables).data(event.clone());
            let execute = |batches| async { Ok(schema.execute_stream(request.data(batches)).next().await) };
            let response = self
                .server
                .read(execute)
                .await?
                .ok_or_else(|| Error::Internal("an event was not answered".to_owned()))?;
            // An event is sent only once. If the database is unavailable, the event waits for it, rather than being
            // sent without its content.
            let mut errors = response.errors.iter().filter_map(|error| error.source::<Error>());
            match errors.find(|error| matches!(error, Error::Database(_))) {
                Some(error) => wait_out(error.clone()).await?,
                None => return Ok(Answer::of(response, self.plan.clone())),
            }
        }
    }
}

fn event_of(document: &ExecutableDocument, variables: &Variables) -> Request {
    let mut request = Request::new("").variables(variables.clone());
    request.set_parsed_query(document.clone());
    request
}
