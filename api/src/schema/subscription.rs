//! The subscriptions of the schema. [`crate::graphql::subscription`] runs them: it waits for the events of a source,
//! and executes a request for each event (GraphQL specification, 6.2.3.2: MapSourceToResponseEvent). The resolvers here
//! answer the event that is in the data of the request.

use std::sync::{Arc, OnceLock};

use async_graphql::Context;
use futures_util::{Stream, stream};

use crate::{
    directive::list_size,
    resource::{change::Change, slot::Slot},
    scalars::Revision,
};

/// The source of events that a subscription asks for.
#[derive(Clone, Debug)]
pub enum SourceRequest {
    /// The log.
    Changes { since: Option<Revision>, edition: Option<String> },
    /// The slots in progress at an edition.
    OnNow { edition: String },
}

/// An event of a source.
#[derive(Clone, Debug)]
pub enum SourceEvent {
    /// A change of one thing.
    Change(Arc<Change>),
    /// The slots in progress.
    OnNow(Vec<Arc<Slot>>),
}

/// The place where a request without an event leaves the source that it asks for.
pub type RequestedSource = Arc<OnceLock<SourceRequest>>;

/// The event in the data of a request. If there is none, the stream is empty, and the source that the request asks for
/// is recorded.
fn event<T: Send>(
    ctx: &Context<'_>,
    source: SourceRequest,
    of: fn(&SourceEvent) -> Option<T>,
) -> impl Stream<Item = T> + use<T> {
    if let Some(requested) = ctx.data_opt::<RequestedSource>() {
        let _ = requested.set(source);
    }
    stream::iter(ctx.data_opt::<SourceEvent>().and_then(of))
}

/// The root type of subscriptions.
pub struct Subscription;

/// The root of all subscriptions. They run over WebSocket at `/graphql` with the subprotocol `graphql-transport-ws`,
/// and each goes on until its client ends it. A client that takes no message for 30 seconds is disconnected.
#[async_graphql::Subscription]
impl Subscription {
    /// The changes in the archive's log, ordered by revision, each at least once. A client that was disconnected
    /// continues with the last revision it received as `since`.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The revision after which the changes begin: 0 for all changes. If it is left out or null, only \
                changes from now on are sent. One after the archive's last revision is refused (CONFLICT): it belongs \
                to another copy of the archive."
        )]
        since: Option<Revision>,
        #[graphql(
            desc = "The slug of an edition, or one that it had before: only changes in this edition are sent. If it is \
                left out or null, changes in the whole archive are sent."
        )]
        edition: Option<String>,
    ) -> impl Stream<Item = Arc<Change>> {
        event(ctx, SourceRequest::Changes { since, edition }, |event| match event {
            SourceEvent::Change(change) => Some(change.clone()),
            SourceEvent::OnNow(_) => None,
        })
    }

    /// The slots of an edition that are in progress: at once, and again each time a slot begins or ends or the
    /// edition's schedule changes. Slots of cancelled talks are left out.
    #[graphql(directive = list_size::apply(10))]
    async fn on_now(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slug of the edition, or one that it had before. An unknown one is refused (NOT_FOUND).")]
        edition: String,
    ) -> impl Stream<Item = Vec<Arc<Slot>>> {
        event(ctx, SourceRequest::OnNow { edition }, |event| match event {
            SourceEvent::OnNow(slots) => Some(slots.clone()),
            SourceEvent::Change(_) => None,
        })
    }
}
