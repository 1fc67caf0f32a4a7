//! The root of all reads: a table of contents.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::{
    directive::list_size,
    error::{Error, Result},
    read::{
        Loading, Resource, Slugged,
        connection::{Connection, ConnectionArguments},
        slug::{BySlug, PresentSlug},
    },
    resource::{
        archive::{Archive, ArchiveTotals},
        change::ChangePage,
        company::{Company, CompanyFilter, CompanyOrder},
        conference::Conference,
        edition::{Edition, EditionFilter, EditionOrder},
        node::Node,
        recording::{ByKey, Recording, RecordingFilter, RecordingOrder},
        speaker::{Speaker, SpeakerFilter, SpeakerOrder},
        talk::{Talk, TalkFilter, TalkOrder},
    },
    scalars::{Id, Revision},
    vocabulary::RecordingProvider,
};

/// The root of all reads.
pub struct Query;

/// A thing by its slug, in one statement; only one that is not there is looked for among former slugs.
async fn by_slug<T: Resource + Slugged>(ctx: &Context<'_>, slug: String) -> Result<Option<Arc<T>>> {
    match ctx.load(PresentSlug::<T>::new(slug.clone())).await? {
        Some(row) => Ok(Some(row)),
        None => ctx.maybe(ctx.load(BySlug::of::<T>(slug)).await?).await,
    }
}

/// Reading the archive. Everything is open to all.
#[Object]
#[expect(clippy::too_many_arguments, reason = "a connection's arguments, as GraphQL names them")]
impl Query {
    /// Anything by its id, or by one that it had before it was merged.
    async fn node(&self, ctx: &Context<'_>, id: Id) -> Result<Option<Node>> {
        Node::by_id(ctx, id).await
    }

    /// Things by their ids, in that order; null where an id names nothing. As many as a page holds.
    #[graphql(directive = list_size::apply(50))]
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<Id>) -> Result<Vec<Option<Node>>> {
        let limit = ctx.reads()?.max_page_size;
        if ids.len() > limit {
            return Err(Error::bad_input("ids", format!("{} ids are more than {limit}", ids.len())));
        }
        futures_util::future::try_join_all(ids.into_iter().map(|id| Node::by_id(ctx, id))).await
    }

    /// A conference by its slug, or by a former one.
    async fn conference(&self, ctx: &Context<'_>, slug: String) -> Result<Option<Arc<Conference>>> {
        by_slug(ctx, slug).await
    }

    /// All conferences, by slug.
    async fn conferences(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Conference>> {
        ConnectionArguments { filter: None, order_by: None, first, after, last, before }.all(ctx).await
    }

    /// An edition by its slug (`promcon-2016-berlin`), unique over the whole archive, or by a former one.
    async fn edition(&self, ctx: &Context<'_>, slug: String) -> Result<Option<Arc<Edition>>> {
        by_slug(ctx, slug).await
    }

    /// Editions of all conferences; without an order the first held comes first.
    async fn editions(
        &self,
        ctx: &Context<'_>,
        filter: Option<EditionFilter>,
        order_by: Option<EditionOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Edition>> {
        ConnectionArguments { filter, order_by, first, after, last, before }.all(ctx).await
    }

    /// A talk by the slugs of its edition and its own, which is unique within it; former ones lead to it too.
    async fn talk(&self, ctx: &Context<'_>, edition: String, slug: String) -> Result<Option<Arc<Talk>>> {
        match ctx.load(BySlug::of::<Edition>(edition)).await? {
            Some(edition) => ctx.maybe(ctx.load(BySlug::of_talk(edition, slug)).await?).await,
            None => Ok(None),
        }
    }

    /// Talks of all editions; without an order by time.
    async fn talks(
        &self,
        ctx: &Context<'_>,
        filter: Option<TalkFilter>,
        order_by: Option<TalkOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Talk>> {
        ConnectionArguments { filter, order_by, first, after, last, before }.all(ctx).await
    }

    /// A speaker by slug, or by a former one.
    async fn speaker(&self, ctx: &Context<'_>, slug: String) -> Result<Option<Arc<Speaker>>> {
        by_slug(ctx, slug).await
    }

    /// Everyone on stage at any edition, and who only organised; without an order by name.
    async fn speakers(
        &self,
        ctx: &Context<'_>,
        filter: Option<SpeakerFilter>,
        order_by: Option<SpeakerOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Speaker>> {
        ConnectionArguments { filter, order_by, first, after, last, before }.all(ctx).await
    }

    /// A company by its slug, or by a former one.
    async fn company(&self, ctx: &Context<'_>, slug: String) -> Result<Option<Arc<Company>>> {
        by_slug(ctx, slug).await
    }

    /// All companies; without an order by name.
    async fn companies(
        &self,
        ctx: &Context<'_>,
        filter: Option<CompanyFilter>,
        order_by: Option<CompanyOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Company>> {
        ConnectionArguments { filter, order_by, first, after, last, before }.all(ctx).await
    }

    /// A recording by its provider and the provider's id.
    async fn recording(
        &self,
        ctx: &Context<'_>,
        provider: RecordingProvider,
        external_id: String,
    ) -> Result<Option<Arc<Recording>>> {
        ctx.load(ByKey(provider, external_id)).await
    }

    /// All recordings; without an order by publication.
    async fn recordings(
        &self,
        ctx: &Context<'_>,
        filter: Option<RecordingFilter>,
        order_by: Option<RecordingOrder>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Recording>> {
        ConnectionArguments { filter, order_by, first, after, last, before }.all(ctx).await
    }

    /// What changed after a revision, oldest first, so that a client with a copy can catch up: from 0 all that ever
    /// happened. Of the whole archive, or of what belongs to the edition of a slug. `first` is the size of the page, 50
    /// if left out.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        since: Revision,
        edition: Option<String>,
        first: Option<i32>,
    ) -> Result<ChangePage> {
        ChangePage::of(ctx.batches()?, since, edition, first).await
    }

    /// Where the archive stands, and how much is in it.
    async fn archive(&self, ctx: &Context<'_>) -> Result<Archive> {
        ctx.load(ArchiveTotals).await?.ok_or_else(|| Error::Internal("archive_state has no row".to_owned()))
    }
}
