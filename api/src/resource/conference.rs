//! Conferences: series of editions.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, SimpleObject};

use super::{
    edition::{Edition, EditionFilter, EditionOrder},
    link::{Link, Subject},
};
use crate::{
    directive::list_size,
    error::Result,
    read::{
        Listed, Reads, Row,
        columns::{Columns, LongText},
        connection::{Connection, ConnectionArguments, OrderInput},
        facet::Facet,
        key::{Key, KeyValue},
        parent::Parent,
    },
    scalars::{DateTime, Id, Revision, Url},
    vocabulary::LinkKind,
    weight::Weigh,
};

/// A conference: a series of editions, such as PromCon.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::conference)]
#[graphql(complex)]
pub struct Conference {
    /// The id of the conference: a UUID that never changes.
    pub id: Id,
    /// The slug of the conference, unique among conferences: `promcon`.
    pub slug: String,
    /// The name of the conference: `PromCon`.
    pub name: String,
    /// The description of the conference, in Markdown. It is null if there is none.
    #[columns(long)]
    pub description: LongText,
    /// The address of the conference's own website. It is null if it is not known.
    pub website_url: Option<Url>,
    /// The web address of the conference, made of this server's base URL and the slug:
    /// `https://example.org/conferences/promcon`.
    #[columns(skip)]
    pub url: Url,
    /// The time of the last change to the conference's own data, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the conference's own data. A GraphQL mutation compares it with its argument
    /// `ifRevision`.
    pub revision: Revision,
}

impl Row for Conference {
    type Entity = entity::conference::Entity;

    fn complete(&mut self, reads: &Reads) {
        self.url = reads.url(format_args!("/conferences/{}", self.slug));
    }

    fn more_weight(&self) -> usize {
        self.description.weight()
    }
}

/// The value by which conferences are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConferenceOrderField {
    Slug,
}

/// The only order of conferences.
#[derive(Clone, Copy, Debug, Default)]
pub struct BySlugOnly;

impl OrderInput for BySlugOnly {
    type Field = ConferenceOrderField;

    fn parts(self) -> (ConferenceOrderField, bool) {
        (ConferenceOrderField::Slug, false)
    }
}

impl Listed for Conference {
    type Filter = ();
    type Order = BySlugOnly;
    type OrderField = ConferenceOrderField;

    const TOTAL: &'static str = "conferences";

    fn facets(_: &Self::Filter, _: &Reads) -> Vec<Facet<Self>> {
        Vec::new()
    }

    fn depends_on_texts(_: &Self::Filter, _: Option<Self::OrderField>) -> bool {
        false
    }

    fn keys(_: Self::OrderField) -> &'static [Key<Self>] {
        &[Key { sql: "\"conference\".\"slug\"", value: |row| KeyValue::Text(row.slug.clone()) }]
    }
}

#[ComplexObject]
impl Conference {
    /// The editions of the conference, by first day unless an order is given.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments, as GraphQL names them")]
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
        ConnectionArguments { filter, order_by, first, after, last, before }
            .within(ctx, Parent::Conference, self.id)
            .await
    }

    /// The links of the conference, in the order in which they are listed.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Conference(self.id.0).links(ctx, kinds).await
    }
}
