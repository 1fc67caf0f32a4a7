//! A subscription under way.

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

/// A subscription, and where its events come from.
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
    async fn open(asked: &SourceRequest, server: &Data<Server>) -> Result<Self> {
        Ok(match asked.clone() {
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
    /// Begins a subscription, or tells why it can't be.
    pub(in crate::graphql) async fn open(checked: Checked, server: Data<Server>) -> Result<Self, Box<Answer>> {
        let refuse = |error: Error| Box::new(Answer::from(error));
        let Checked { mut request, completion: plan, named, .. } = checked;
        let whole = request.parsed_query().map_err(|error: ServerError| Box::new(Answer::from(error)))?.clone();
        let (name, variables) = (request.operation_name.clone(), request.variables.clone());
        // Without an event there is nothing to execute: what is answered is what the validation refuses.
        if let Some(response) = server.schema.execute_stream(request).next().await {
            return Err(Box::new(Answer::of(response, plan)));
        }
        if let Some((sha256, document)) = named {
            server.persisted.keep(&sha256, &document);
        }
        let document = single(whole, name.as_deref()).map_err(refuse)?;
        let wanted = RequestedSource::default();
        let request = event_of(&document, &variables).data(wanted.clone());
        server.schema.execute_stream(request).for_each(async |_| ()).await;
        let asked = wanted
            .get()
            .ok_or_else(|| Error::Internal("a subscription asked for nothing".to_owned()))
            .map_err(refuse)?;
        let source = Source::open(asked, &server).await.map_err(refuse)?;
        Ok(Self { server, document, variables, plan: plan.into(), source })
    }

    /// What is told next, once there is something. One that is refused is the last.
    pub async fn next(&mut self) -> Answer {
        match self.source.next().await {
            Ok(event) => self.answer(event).await.unwrap_or_else(Answer::from),
            Err(error) => error.into(),
        }
    }

    /// Executes an event: with batches of its own, for what others have read may have changed.
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
            // An event is told once. So it waits for a database that is away, rather than being told without what is in
            // it.
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
