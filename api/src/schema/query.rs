//! The root of all queries.

use std::sync::Arc;

use async_graphql::{Context, Object};

use crate::{
    directive::list_size,
    error::{Error, Result},
    read::{
        Loading, Resource, Slugged,
        connection::{Connection, ConnectionArguments},
        shared::Shared,
        slug::{BySlug, PresentSlug},
    },
    resource::{
        archive::{ArchiveTotals, TotalsOfArchive},
        change::ChangePage,
        company::{Company, CompanyFilter, CompanyOrder},
        conference::Conference,
        edition::{Edition, EditionFilter, EditionOrder},
        node::{KindOf, Node},
        recording::{ByKey, Recording, RecordingFilter, RecordingOrder},
        search::{self, SearchConnection, Suggestion},
        speaker::{Speaker, SpeakerFilter, SpeakerOrder},
        talk::{Talk, TalkFilter, TalkOrder},
    },
    scalars::{Id, Revision},
    search::SearchKind,
    vocabulary::RecordingProvider,
};

/// The root of all reads.
pub struct Query;

/// The error of a lookup that does not name its thing in exactly one way.
fn one_way(message: &str) -> Error {
    Error::bad_input("id", message)
}

/// A thing by its slug or by its id, of which exactly one is given.
async fn by_one<T: Resource + Slugged>(
    ctx: &Context<'_>,
    slug: Option<String>,
    id: Option<Id>,
) -> Result<Option<Shared<Arc<T>>>> {
    match (slug, id) {
        (Some(slug), None) => by_slug(ctx, slug).await,
        (None, Some(id)) => by_id(ctx, id).await,
        _ => Err(one_way("give either slug or id, and not both")),
    }
}

/// A thing by its id, in one statement. Only an id that is not found is looked up among merged records.
async fn by_id<T: Resource>(ctx: &Context<'_>, id: Id) -> Result<Option<Shared<Arc<T>>>> {
    let found = match ctx.maybe(Some(id.0)).await? {
        Some(row) => Some(row),
        None => match ctx.load(KindOf(id.0)).await? {
            Some((kind, present)) if kind == T::KIND => ctx.maybe(Some(present)).await?,
            _ => None,
        },
    };
    Ok(found.map(Shared))
}

/// A thing by its slug, in one statement. Only a slug that is not found is looked up among former slugs.
async fn by_slug<T: Resource + Slugged>(ctx: &Context<'_>, slug: String) -> Result<Option<Shared<Arc<T>>>> {
    let found = match ctx.load(PresentSlug::<T>::new(slug.clone())).await? {
        Some(row) => Some(row),
        None => ctx.maybe(ctx.load(BySlug::of::<T>(slug)).await?).await?,
    };
    Ok(found.map(Shared))
}

/// The root of all queries. Reading needs no token.
#[Object]
#[expect(clippy::too_many_arguments, reason = "a connection's arguments, as GraphQL names them")]
impl Query {
    /// The item that has an id. An id of a record that was merged leads to the item it was merged into. It is null if
    /// no item has the id.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the item, or of a record that was merged into it.")] id: Id,
    ) -> Result<Option<Shared<Node>>> {
        Ok(Node::by_id(ctx, id).await?.map(Shared))
    }

    /// The items that have the given ids, in the order of the ids. It is null in place of an id that no item has.
    #[graphql(directive = list_size::apply(50))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The ids of the items: at most as many as the server's limit for a page, which is 500 by default."
        )]
        ids: Vec<Id>,
    ) -> Result<Vec<Option<Shared<Node>>>> {
        let limit = ctx.reads()?.max_page_size;
        if ids.len() > limit {
            return Err(Error::bad_input("ids", format!("{} ids are more than {limit}", ids.len())));
        }
        let found = futures_util::future::try_join_all(ids.into_iter().map(|id| Node::by_id(ctx, id))).await?;
        Ok(found.into_iter().map(|node| node.map(Shared)).collect())
    }

    /// The conference that has a slug, or had it before; or the one that has an id. Exactly one of the two is given
    /// (BAD_USER_INPUT). It is null if there is none.
    async fn conference(
        &self,
        ctx: &Context<'_>,
        slug: Option<String>,
        id: Option<Id>,
    ) -> Result<Option<Shared<Arc<Conference>>>> {
        by_one(ctx, slug, id).await
    }

    /// All conferences, ordered by slug.
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

    /// The edition that has a slug, or had it before; or the one that has an id. Exactly one of the two is given
    /// (BAD_USER_INPUT). It is null if there is none.
    async fn edition(
        &self,
        ctx: &Context<'_>,
        slug: Option<String>,
        id: Option<Id>,
    ) -> Result<Option<Shared<Arc<Edition>>>> {
        by_one(ctx, slug, id).await
    }

    /// The editions of all conferences, by first day unless an order is given.
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

    /// The talk that has a slug in its edition, or had it before; or the one that has an id. Either `edition` and `slug`
    /// or `id` alone are given (BAD_USER_INPUT). It is null if there is none.
    async fn talk(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The slug of the edition, or one that it had before: `promcon-2016-berlin`.")] edition: Option<
            String,
        >,
        slug: Option<String>,
        id: Option<Id>,
    ) -> Result<Option<Shared<Arc<Talk>>>> {
        match (edition, slug, id) {
            (None, None, Some(id)) => by_id(ctx, id).await,
            (Some(edition), Some(slug), None) => match ctx.load(BySlug::of::<Edition>(edition)).await? {
                Some(edition) => Ok(ctx.maybe(ctx.load(BySlug::of_talk(edition, slug)).await?).await?.map(Shared)),
                None => Ok(None),
            },
            _ => Err(one_way("give either edition and slug, or id alone")),
        }
    }

    /// The talks of all editions, by start unless an order is given.
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

    /// The speaker that has a slug, or had it before; or the one that has an id. Exactly one of the two is given
    /// (BAD_USER_INPUT). It is null if there is none.
    async fn speaker(
        &self,
        ctx: &Context<'_>,
        slug: Option<String>,
        id: Option<Id>,
    ) -> Result<Option<Shared<Arc<Speaker>>>> {
        by_one(ctx, slug, id).await
    }

    /// All speakers, including people who organised an edition and gave no talk, by name unless an order is given.
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

    /// The company that has a slug, or had it before; or the one that has an id. Exactly one of the two is given
    /// (BAD_USER_INPUT). It is null if there is none.
    async fn company(
        &self,
        ctx: &Context<'_>,
        slug: Option<String>,
        id: Option<Id>,
    ) -> Result<Option<Shared<Arc<Company>>>> {
        by_one(ctx, slug, id).await
    }

    /// All companies, by name unless an order is given.
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

    /// The recording that has an id at a provider; or the one that has an id here. Either `provider` and `externalId` or
    /// `id` alone are given (BAD_USER_INPUT). It is null if there is none.
    async fn recording(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The provider that hosts the recording.")] provider: Option<RecordingProvider>,
        #[graphql(desc = "The id of the recording at the provider: `3Tb4Wc0kfCM`.")] external_id: Option<String>,
        id: Option<Id>,
    ) -> Result<Option<Shared<Arc<Recording>>>> {
        match (provider, external_id, id) {
            (None, None, Some(id)) => by_id(ctx, id).await,
            (Some(provider), Some(external_id), None) => Ok(ctx.load(ByKey(provider, external_id)).await?.map(Shared)),
            _ => Err(one_way("give either provider and externalId, or id alone")),
        }
    }

    /// All recordings, by time of publication unless an order is given.
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

    /// A full-text search over talks, speakers, companies and editions: ranked, tolerant of typing errors, and matching
    /// while the last word is still being typed.
    ///
    /// Items that have all words of the query come first. If these are few (fewer than ten; of a query of three words,
    /// fewer than three; of a longer one, none), items with typing errors in rare words follow (one character from 4
    /// letters on, two from 8), and then items that have at least half of the words, and all that is in quotes. Words of
    /// little meaning (`the`, `about`) need not be there beside others. A word in a title counts more than one in the
    /// name of a speaker or a company, in a tag, in the name of the edition or in an abstract. Words are also found in
    /// another inflection, by the rules of the talk's language.
    ///
    /// `"exact phrase"` is in quotes. `speaker:`, `company:`, `edition:`, `conference:`, `tag:`, `year:2016` or
    /// `year:2016-2018`, `kind:keynote`, `language:de`, `has:recording` and `has:slides` are conditions. A value of
    /// several words is in quotes, and several values of one condition are alternatives, but for `has:`, whose
    /// conditions must all hold. A minus excludes: `-word`, `-kind:keynote`.
    ///
    /// A query that is an id, the key of a recording (`youtube:3Tb4Wc0kfCM`), or an address with one of both finds the
    /// item itself. A recording finds its talks, or its edition if it has none, and an address with a time the talk that
    /// is on then.
    ///
    /// A filter takes hits away and never brings others: whether few items have all words is decided without it, unless
    /// it leaves nothing.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The query, as people type it: at most 500 characters and 60 words. One without a word and a condition \
                is refused (BAD_USER_INPUT), and so is a condition with a value that it can't have, such as `year:soon` or \
                `speaker:\"\"`. A name with nothing behind its colon is a word: its value may still be typed."
        )]
        query: String,
        #[graphql(desc = "The kinds of items to find. If it is left out or null, items of all kinds are found.")]
        kinds: Option<Vec<SearchKind>>,
        #[graphql(
            desc = "The filter that talks must match. With a filter that is not empty, only talks are found. Without a \
                status, withdrawn talks are not found."
        )]
        filter: Option<TalkFilter>,
        #[graphql(
            desc = "The number of hits on the page: from 0 to the server's limit, which is 500 by default. If it is left \
                out or null, it is 50."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "A cursor of the same search: the page begins after it. A cursor of another query, filter or list of \
                kinds is refused (BAD_USER_INPUT)."
        )]
        after: Option<String>,
    ) -> Result<SearchConnection> {
        search::search(ctx, query, kinds, filter, first, after).await
    }

    /// The suggestions of a box that completes what is being typed: items whose name or title has words that begin so,
    /// the best first. If there are none, typing errors are allowed for. If there are still none, items are suggested
    /// that have the words in any text, as `search` finds them: `volz staleness`.
    #[graphql(directive = list_size::apply(10))]
    async fn suggest(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The text that was typed so far. Each of its words may be the beginning of one; the first ten \
            different ones count. Of an empty one nothing is suggested."
        )]
        prefix: String,
        #[graphql(
            desc = "The kinds of items to suggest. If it is left out or null, items of all kinds are suggested."
        )]
        kinds: Option<Vec<SearchKind>>,
        #[graphql(
            desc = "The number of suggestions at most: from 0 to the server's limit, which is 500 by default. If it is \
                left out or null, it is 10."
        )]
        first: Option<i32>,
    ) -> Result<Vec<Suggestion>> {
        search::suggest(ctx, prefix, kinds, first).await
    }

    /// The changes in the archive's log after a revision, oldest first, one page at a time. A client with a copy of the
    /// archive uses it to catch up.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The revision after which the changes begin: 0 for all changes, or the `nextSince` of the page \
                before. One after the archive's last revision is refused (CONFLICT): it belongs to another copy of the \
                archive."
        )]
        since: Revision,
        #[graphql(
            desc = "The slug of an edition, or one that it had before: only changes in this edition are returned. If \
                it is left out or null, changes in the whole archive are returned."
        )]
        edition: Option<String>,
        #[graphql(
            desc = "The number of changes on the page: from 0 to the server's limit, which is 500 by default. If it is \
                left out or null, it is 50."
        )]
        first: Option<i32>,
    ) -> Result<ChangePage> {
        ChangePage::of(ctx.batches()?, since, edition, first).await
    }

    /// The state of the archive: the position of its change log, and how many items it has.
    async fn archive(&self, ctx: &Context<'_>) -> Result<ArchiveTotals> {
        ctx.load(TotalsOfArchive).await?.ok_or_else(|| Error::Internal("archive_state has no row".to_owned()))
    }
}
