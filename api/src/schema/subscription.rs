//! Subscriptions: what there is to follow. How one runs is in [`crate::graphql::subscription`]: each event is found by a source of ours, and
//! then executed on its own by the schema, whose resolvers here answer the event that the request brings with it
//! (GraphQL specification, 6.2.3.2: MapSourceToResponseEvent).

use std::sync::{Arc, OnceLock};

use async_graphql::Context;
use futures_util::{Stream, stream};

use crate::{
    directive::list_size,
    resource::{change::Change, slot::Slot},
    scalars::Revision,
};

/// What is followed.
#[derive(Clone, Debug)]
pub enum SourceRequest {
    /// The log.
    Changes { since: Option<Revision>, edition: Option<String> },
    /// What runs at an edition.
    OnNow { edition: String },
}

/// What there is to tell.
#[derive(Clone, Debug)]
pub enum SourceEvent {
    /// A change of one thing.
    Change(Arc<Change>),
    /// The slots that run.
    OnNow(Vec<Arc<Slot>>),
}

/// Where a request without an event learns what is followed.
pub type RequestedSource = Arc<OnceLock<SourceRequest>>;

/// The event that a request brings with it; if it brings none, what it asks for is noted, and nothing is told.
fn told<T: Send>(
    ctx: &Context<'_>,
    asked: SourceRequest,
    of: fn(&SourceEvent) -> Option<T>,
) -> impl Stream<Item = T> + use<T> {
    if let Some(wanted) = ctx.data_opt::<RequestedSource>() {
        let _ = wanted.set(asked);
    }
    stream::iter(ctx.data_opt::<SourceEvent>().and_then(of))
}

/// The root of all that can be followed.
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
        told(ctx, SourceRequest::Changes { since, edition }, |event| match event {
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
        told(ctx, SourceRequest::OnNow { edition }, |event| match event {
            SourceEvent::OnNow(slots) => Some(slots.clone()),
            SourceEvent::Change(_) => None,
        })
    }
}
