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

/// Following the archive, over WebSocket on `/graphql` by the subprotocol `graphql-transport-ws`. A subscription goes
/// on until its client ends it. A client that takes no message for half a minute is cut off.
#[async_graphql::Subscription]
impl Subscription {
    /// Every change after the revision `since` (from now on, if left out), in the order of the revisions, each at least
    /// once; of the whole archive, or of what belongs to the edition of a slug. Who was cut off goes on with `since`,
    /// the last revision that it saw. One after this archive's last revision is refused (CONFLICT): it is of another
    /// copy of the archive.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        since: Option<Revision>,
        edition: Option<String>,
    ) -> impl Stream<Item = Arc<Change>> {
        told(ctx, SourceRequest::Changes { since, edition }, |event| match event {
            SourceEvent::Change(change) => Some(change.clone()),
            SourceEvent::OnNow(_) => None,
        })
    }

    /// The slots of an edition running now, those of cancelled talks left out: at once, and again each time that one
    /// begins or ends or the edition's schedule changes. The edition is named by its slug or a former one; without one
    /// it is refused (NOT_FOUND).
    #[graphql(directive = list_size::apply(10))]
    async fn on_now(&self, ctx: &Context<'_>, edition: String) -> impl Stream<Item = Vec<Arc<Slot>>> {
        told(ctx, SourceRequest::OnNow { edition }, |event| match event {
            SourceEvent::OnNow(slots) => Some(slots.clone()),
            SourceEvent::Change(_) => None,
        })
    }
}
