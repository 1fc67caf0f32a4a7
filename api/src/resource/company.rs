//! Companies and other organisations that speakers represented or that sponsored an edition.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use sea_orm::{
    ExprTrait, IntoSimpleExpr,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{
    edition::Edition,
    link::{Link, Subject},
    speaker::{Speaker, SpeakerFilter, SpeakerOrder},
    sponsor::{Sponsorship, SponsorshipsOfCompany},
    talk::{AtEditions, Talk, TalkFilter, TalkOrder},
};
use crate::{
    collation::sort_key,
    database::among_found,
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Resource, Row,
        columns::Columns,
        connection::{Connection, ConnectionArguments, order_input},
        facet::{Facet, unindexed},
        key::{Key, KeyValue},
        list::slug_ids,
        names::{NamesOf, names_like},
        parent::Parent,
    },
    scalars::{DateTime, Id, Revision, Url},
    vocabulary::{CompanyKind, LinkKind},
};

/// A company, foundation, project, university or other organisation that speakers represented or that sponsored an
/// edition.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::company)]
#[graphql(complex)]
pub struct Company {
    /// The id of the company: a UUID that never changes.
    pub id: Id,
    /// The slug of the company, unique among companies: `grafana-labs`.
    pub slug: String,
    /// The name of the company: `Grafana Labs`.
    pub name: String,
    /// The kind of organisation.
    pub kind: CompanyKind,
    /// The address of the company's own website. It is null if it is not known.
    pub website_url: Option<Url>,
    /// The address of an image of the company's logo. It is null if it is not known.
    pub logo_url: Option<Url>,
    #[graphql(skip)]
    pub successor_id: Option<Uuid>,
    #[graphql(skip)]
    pub talk_count: i32,
    /// The web address of the company, made of this server's base URL and the slug:
    /// `https://example.org/companies/grafana-labs`.
    #[columns(skip)]
    pub url: Url,
    /// The time of the last change to the company's own data, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the company's own data. A GraphQL mutation compares it with its argument
    /// `ifRevision`.
    pub revision: Revision,
}

impl Row for Company {
    type Entity = entity::company::Entity;

    fn complete(&mut self, reads: &Reads) {
        self.url = reads.url(format_args!("/companies/{}", self.slug));
    }
}

/// A filter for companies. A company matches a field if it matches any of the field's values, and matches the filter if
/// it matches all fields; `conference`, `edition` and `year` are those of one talk. A slug may be a former one; an
/// unknown slug matches nothing. Withdrawn talks are not considered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct CompanyFilter {
    /// The slugs of conferences, such as `promcon`: speakers represented the company in a talk at one of their
    /// editions.
    pub conference: Option<Vec<String>>,
    /// The slugs of editions, such as `promcon-2016-berlin`: speakers represented the company in a talk at one of them.
    pub edition: Option<Vec<String>>,
    /// The years of editions, such as 2016: speakers represented the company in a talk at an edition of one of them.
    pub year: Option<Vec<i32>>,
    /// A text that the company's name or one of its other names contains. Case, accents and blanks at its
    /// ends are ignored.
    pub name_contains: Option<String>,
    /// The slugs of editions, such as `promcon-2016-berlin`: the company sponsored one of them.
    pub sponsor_of: Option<Vec<String>>,
}

/// The value by which companies are ordered. Without an order, companies are listed by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum CompanyOrderField {
    /// The name of the company. Case and accents decide only between names that are else equal.
    Name,
    /// The number of talks in which speakers represented the company, without withdrawn ones.
    TalkCount,
}

order_input! {
    /// The order of a list of companies. Companies with equal values are ordered by id.
    CompanyOrder, CompanyOrderField, CompanyOrderField::Name
}

impl Listed for Company {
    type Filter = CompanyFilter;
    type Order = CompanyOrder;
    type OrderField = CompanyOrderField;

    const TOTAL: &'static str = "companies";

    fn facets(filter: &CompanyFilter, reads: &Reads) -> Vec<Facet<Self>> {
        use entity::company::Column;
        let backend = reads.backend();
        let CompanyFilter { conference, edition, year, .. } = filter;
        let at = AtEditions { conference: conference.as_ref(), edition: edition.as_ref(), year: year.as_ref() };
        let sponsors = |slugs: &Vec<String>| {
            let editions = slug_ids::<Edition>(slugs, backend);
            let sponsors = Query::select()
                .expr(Expr::cust("sponsorship.company_id"))
                .from(entity::sponsorship::Entity)
                .and_where(among_found(backend, Expr::cust("sponsorship.edition_id"), editions))
                .to_owned();
            Facet::ids(unindexed(Self::id_column().in_subquery(sponsors.clone())), sponsors).few()
        };
        let mut facets: Vec<Facet<Self>> = Vec::new();
        facets.extend(filter.sponsor_of.as_ref().map(sponsors));
        facets.extend(at.facet("appearance_company", "company_id", "company.id", backend));
        let named = filter.name_contains.as_ref().map(|text| names_like(Column::NameKey, Column::Id, text));
        facets.extend(named.map(Facet::check));
        facets
    }

    fn is_counted(order: CompanyOrderField) -> bool {
        matches!(order, CompanyOrderField::TalkCount)
    }

    fn depends_on_texts(_: &Self::Filter, _: Option<Self::OrderField>) -> bool {
        false
    }

    fn keys(order: CompanyOrderField) -> &'static [Key<Self>] {
        match order {
            CompanyOrderField::Name => {
                &[Key { sql: "\"company\".\"name_sort\"", value: |row| KeyValue::SortKey(sort_key(&row.name)) }]
            }
            CompanyOrderField::TalkCount => {
                &[Key { sql: "\"company\".\"talk_count\"", value: |row| KeyValue::Int(row.talk_count) }]
            }
        }
    }
}

#[ComplexObject]
impl Company {
    /// Other names and spellings of the company: `CNCF`.
    #[graphql(directive = list_size::apply(2))]
    async fn aliases(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        ctx.load(NamesOf(self.id.0)).await
    }

    /// The links of the company, in the order in which they are listed.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Company(self.id.0).links(ctx, kinds).await
    }

    /// The company that this one became, by a new name or a takeover. It is null if there is none.
    async fn successor(&self, ctx: &Context<'_>) -> Result<Option<Arc<Company>>> {
        ctx.maybe(self.successor_id).await
    }

    /// The companies that became this one, ordered by slug.
    #[graphql(directive = list_size::apply(2))]
    async fn predecessors(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Company>>> {
        ctx.load(PredecessorsOfCompany(self.id.0)).await
    }

    /// The speakers who represented the company in a talk, by name unless an order is given. Withdrawn talks are not
    /// considered.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments, as GraphQL names them")]
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
        ConnectionArguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Company, self.id).await
    }

    /// The talks in which a speaker represented the company, by start unless an order is given.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments, as GraphQL names them")]
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
        ConnectionArguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Company, self.id).await
    }

    /// The sponsorships of the company, those of the latest edition first.
    #[graphql(directive = list_size::apply(5))]
    async fn sponsorships(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Sponsorship>>> {
        ctx.load(SponsorshipsOfCompany(self.id.0)).await
    }
}

crate::read::children! {
    /// The companies that became this one.
    PredecessorsOfCompany => Company, by |row| row.successor_id.unwrap_or_default(),
        at entity::company::Column::SuccessorId, ordered vec![entity::company::Column::Slug.into_simple_expr()];
}
