//! Series of editions.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{Condition, DerivePartialModel};

use super::{
    edition::{Edition, EditionFilter, EditionOrder},
    link::{Link, Subject},
};
use crate::{
    directive::list_size,
    error::Result,
    read::{
        Listed, Reads, Row,
        connection::{Arguments, Connection, OrderInput},
        list::Parent,
        page::{Key, KeyValue},
    },
    scalars::{DateTime, Id, Revision, Url},
    vocabulary::LinkKind,
};

/// A series, held as one edition after another.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::conference::Entity")]
#[graphql(complex)]
pub struct Conference {
    /// Its id.
    pub id: Id,
    /// Its name in addresses, unique among conferences.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// What it is, in Markdown.
    pub description: Option<String>,
    /// Its own website; `url` is its page here.
    pub website_url: Option<Url>,
    /// Its page here.
    #[sea_orm(skip)]
    pub url: Url,
    /// When its own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of its own fields: what `ifRevision` compares.
    pub revision: Revision,
}

impl Row for Conference {
    type Entity = entity::conference::Entity;

    fn complete(&mut self, reads: &Reads) {
        self.url = reads.url(format_args!("/conferences/{}", self.slug));
    }
}

/// By what conferences are sorted: their slug.
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

    fn condition(_: &Self::Filter, _: &Reads) -> Condition {
        Condition::all()
    }

    fn keys(_: Self::OrderField) -> &'static [Key<Self>] {
        &[Key { sql: "\"conference\".\"slug\"", value: |row| KeyValue::Text(row.slug.clone()) }]
    }
}

#[ComplexObject]
impl Conference {
    /// Its editions; without an order the first held comes first.
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
        Arguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Conference, self.id).await
    }

    /// What it links to, of these kinds or of all.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Conference(self.id.0).links(ctx, kinds).await
    }
}
