//! Running subscriptions.

mod log;
mod on_now;
mod single;

use std::{collections::HashSet, sync::Arc};

use actix_web::web::Data;
use async_graphql::{
    Request, ServerError, Variables,
    parser::types::{ExecutableDocument, Selection},
};
use futures_util::StreamExt;
use serde_json::json;

use log::Changes;
use on_now::OnNow;
use single::single;

use super::{
    request::Checked,
    response::{Answer, RenderedAnswer},
    uses::uses,
};
use crate::{
    archive::log::reader::wait_out,
    audience::{Member, Place},
    error::{Error, Result},
    schema::{
        completion::Completion,
        shape::Shape,
        subscription::{RequestedSource, SourceEvent, SourceRequest},
    },
    state::Server,
};

/// A subscription in progress, and the source of its events.
pub struct ActiveSubscription {
    request: Arc<EventRequest>,
    source: Source,
    /// Those who get the same answer to an event.
    answered: Member<RenderedAnswer>,
}

/// The request that is executed for each event.
struct EventRequest {
    server: Arc<Server>,
    document: ExecutableDocument,
    variables: Variables,
    plan: Arc<Completion>,
}

enum Source {
    Changes(Changes),
    OnNow(OnNow),
}

impl Source {
    async fn open(request: &SourceRequest, server: &Arc<Server>) -> Result<Self> {
        Ok(match request.clone() {
            SourceRequest::Changes { since, edition } => {
                Self::Changes(Changes::open(since, edition, server.clone()).await?)
            }
            SourceRequest::OnNow { edition } => Self::OnNow(OnNow::open(edition, server.clone()).await?),
        })
    }

    /// A place before its next event.
    fn place(&self) -> Place {
        match self {
            Self::Changes(changes) => changes.place(),
            Self::OnNow(on_now) => on_now.place(),
        }
    }

    /// The next event, and its place among all events of the source.
    async fn next(&mut self) -> Result<(Place, SourceEvent)> {
        match self {
            Self::Changes(changes) => {
                changes.next().await.map(|change| ((change.revision.0, 0), SourceEvent::Change(change)))
            }
            Self::OnNow(on_now) => on_now.next().await.map(|(at, slots)| (at, SourceEvent::OnNow(slots))),
        }
    }
}

impl ActiveSubscription {
    /// Begins a subscription, or answers why it is refused.
    pub(in crate::graphql) async fn open(checked: Checked, server: Data<Server>) -> Result<Self, Box<Answer>> {
        let server = server.into_inner();
        let refuse = |error: Error| Box::new(Answer::from(error));
        let Checked { mut request, completion: plan, named, .. } = checked;
        let whole = request.parsed_query().map_err(|error: ServerError| Box::new(Answer::from(error)))?.clone();
        let (name, variables) = (request.operation_name.clone(), request.variables.clone());
        let text = request.query.clone();
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
        let deciding = deciding(&document, &variables, &server.shape);
        let edition = match requested {
            // A revision is that of one change in the archive, whatever the changes are that are followed.
            SourceRequest::Changes { .. } => None,
            SourceRequest::OnNow { edition } => Some(edition),
        };
        let subject = json!([text, name, deciding, edition]).to_string();
        let answered = server.audiences.join(&subject, source.place());
        let request = EventRequest { server, document, variables, plan };
        Ok(Self { request: request.into(), source, answered })
    }

    /// Waits for the next event and answers it. An answer that is a refusal is the last.
    pub async fn next(&mut self) -> Arc<RenderedAnswer> {
        let answer = match self.source.next().await {
            Ok((at, event)) => self.answered.take(at, || self.request.clone().rendered(event.clone())).await,
            Err(error) => Err(error),
        };
        answer.unwrap_or_else(|error| Answer::from(error).rendered().into())
    }
}

impl EventRequest {
    async fn rendered(self: Arc<Self>, event: SourceEvent) -> Result<RenderedAnswer> {
        Ok(self.answer(event).await.unwrap_or_else(Answer::from).rendered())
    }

    /// Executes the request for an event, with batches of its own: rows that were loaded for other events may have
    /// changed.
    async fn answer(&self, event: SourceEvent) -> Result<Answer> {
        let schema = &self.server.schema;
        loop {
            let execute = || {
                let request = event_of(&self.document, &self.variables).data(event.clone());
                self.server.read(|batches| async { Ok(schema.execute_stream(request.data(batches)).next().await) })
            };
            let response = match self.server.relations_of_one_state(execute).await {
                Ok(response) => response,
                Err(error @ Error::Database(_)) => {
                    wait_out(error).await?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let response = response.ok_or_else(|| Error::Internal("an event was not answered".to_owned()))?;
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

/// The variables that decide the answer to an event: all but those that only choose the events, as arguments of the
/// root field.
fn deciding(document: &ExecutableDocument, variables: &Variables, shape: &Shape) -> serde_json::Value {
    let mut used = HashSet::new();
    for (_, operation) in document.operations.iter() {
        let mut operation = operation.node.clone();
        for selection in &mut operation.selection_set.node.items {
            if let Selection::Field(root) = &mut selection.node {
                root.node.arguments.clear();
            }
        }
        used.extend(uses(document, &operation, shape).into_iter().map(|found| found.variable.to_owned()));
    }
    let deciding = variables.iter().filter(|(name, _)| used.contains(name.as_str()));
    deciding.map(|(name, value)| (name.to_string(), json!(value))).collect::<serde_json::Map<_, _>>().into()
}

fn event_of(document: &ExecutableDocument, variables: &Variables) -> Request {
    let mut request = Request::new("").variables(variables.clone());
    request.set_parsed_query(document.clone());
    request
}
