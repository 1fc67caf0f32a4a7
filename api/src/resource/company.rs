//! Companies, foundations, projects: whom people spoke for, and who sponsored.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use sea_orm::{ColumnTrait, Condition, DerivePartialModel, IntoSimpleExpr, sea_query::Query};
use uuid::Uuid;

use super::{
    edition::Edition,
    link::{Link, Subject},
    speaker::{Speaker, SpeakerFilter, SpeakerOrder},
    sponsor::{Sponsorship, SponsorshipsOfCompany},
    talk::{Talk, TalkFilter, TalkOrder, held_at},
};
use crate::{
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Row,
        connection::{Arguments, Connection, order_input},
        list::{Parent, slug_ids},
        names::{NamesOf, names_like},
        page::{Key, KeyValue},
    },
    scalars::{DateTime, Id, Revision, Url},
    vocabulary::{CompanyKind, LinkKind},
};

/// A company, foundation, project or university that somebody spoke for, or that sponsored.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::company::Entity")]
#[graphql(complex)]
pub struct Company {
    /// Its id.
    pub id: Id,
    /// Its name in addresses, unique among companies.
    pub slug: String,
    /// What it is called.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// What sort of body it is.
    pub kind: CompanyKind,
    /// Its own website; `url` is its page here.
    pub website_url: Option<Url>,
    /// Its logo.
    pub logo_url: Option<Url>,
    #[graphql(skip)]
    pub successor_id: Option<Uuid>,
    #[graphql(skip)]
    pub talk_count: i32,
    /// Its page here.
    #[sea_orm(skip)]
    pub url: Url,
    /// When its own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of its own fields: what `ifRevision` compares.
    pub revision: Revision,
}

impl Row for Company {
    type Entity = entity::company::Entity;

    fn complete(&mut self, reads: &Reads) {
        self.url = reads.url(format_args!("/companies/{}", self.slug));
    }
}

/// Which companies. Values of one field mean any of them, the fields together all of them; a slug that names nothing
/// matches nothing. Withdrawn talks do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct CompanyFilter {
    /// Spoken for at editions of conferences of these slugs.
    pub conference: Option<Vec<String>>,
    /// Spoken for at editions of these slugs.
    pub edition: Option<Vec<String>>,
    /// Spoken for at editions of these years.
    pub year: Option<Vec<i32>>,
    /// The name, or another spelling of it, contains this, without regard to case and accents.
    pub name_contains: Option<String>,
    /// Sponsored editions of these slugs.
    pub sponsor_of: Option<Vec<String>>,
}

/// By what companies are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum CompanyOrderField {
    /// The name, without regard to case and accents.
    Name,
    /// How many talks it was spoken for in; withdrawn ones do not count.
    TalkCount,
}

order_input! {
    /// How companies are sorted; ties by id.
    CompanyOrder, CompanyOrderField, CompanyOrderField::Name
}

impl Listed for Company {
    type Filter = CompanyFilter;
    type Order = CompanyOrder;
    type OrderField = CompanyOrderField;

    fn condition(filter: &CompanyFilter, reads: &Reads) -> Condition {
        use entity::{appearance_company, company::Column, sponsorship};
        let backend = reads.backend();
        let held = held_at(filter.conference.as_ref(), filter.edition.as_ref(), filter.year.as_ref(), backend);
        let spoken_for = held.map(|talks| {
            let mut spoken_for = Query::select()
                .column(appearance_company::Column::CompanyId)
                .from(appearance_company::Entity)
                .to_owned();
            spoken_for.and_where(appearance_company::Column::TalkId.in_subquery(talks));
            Column::Id.in_subquery(spoken_for)
        });
        let sponsors = |slugs: &Vec<String>| {
            let mut sponsors =
                Query::select().column(sponsorship::Column::CompanyId).from(sponsorship::Entity).to_owned();
            sponsors.and_where(sponsorship::Column::EditionId.in_subquery(slug_ids::<Edition>(slugs, backend)));
            Column::Id.in_subquery(sponsors)
        };
        Condition::all()
            .add_option(spoken_for)
            .add_option(filter.name_contains.as_ref().map(|text| names_like(Column::NameKey, Column::Id, text)))
            .add_option(filter.sponsor_of.as_ref().map(sponsors))
    }

    fn keys(order: CompanyOrderField) -> &'static [Key<Self>] {
        match order {
            CompanyOrderField::Name => {
                &[Key { sql: "\"company\".\"name_key\"", value: |row| KeyValue::Text(row.name_key.clone()) }]
            }
            CompanyOrderField::TalkCount => {
                &[Key { sql: "\"company\".\"talk_count\"", value: |row| KeyValue::Int(row.talk_count) }]
            }
        }
    }
}

#[ComplexObject]
impl Company {
    /// Other spellings of its name.
    #[graphql(directive = list_size::apply(2))]
    async fn aliases(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        ctx.load(NamesOf(self.id.0)).await
    }

    /// What it links to, of these kinds or of all.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Company(self.id.0).links(ctx, kinds).await
    }

    /// The company that this one became (renamed, bought).
    async fn successor(&self, ctx: &Context<'_>) -> Result<Option<Arc<Company>>> {
        ctx.maybe(self.successor_id).await
    }

    /// The companies that became this one, by slug.
    #[graphql(directive = list_size::apply(2))]
    async fn predecessors(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Company>>> {
        ctx.load(PredecessorsOfCompany(self.id.0)).await
    }

    /// Everyone who spoke for it; without an order by name.
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
        Arguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Company, self.id).await
    }

    /// Talks that somebody gave for it; without an order by time.
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
        Arguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Company, self.id).await
    }

    /// What it sponsored, the latest edition first.
    #[graphql(directive = list_size::apply(5))]
    async fn sponsorships(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Sponsorship>>> {
        ctx.load(SponsorshipsOfCompany(self.id.0)).await
    }
}

crate::read::children! {
    /// The companies that became one.
    PredecessorsOfCompany => Company, by |row| row.successor_id.unwrap_or_default(),
        at entity::company::Column::SuccessorId, ordered vec![entity::company::Column::Slug.into_simple_expr()];
}
