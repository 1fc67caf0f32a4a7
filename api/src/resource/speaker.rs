//! People on stage, and groups billed as one.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DerivePartialModel,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{
    appearance::{Appearance, AppearancesOfSpeaker},
    company::Company,
    edition::Edition,
    involvement::{Involvement, InvolvementsOfSpeaker},
    link::{Link, Subject},
    talk::{Talk, TalkFilter, TalkOrder, held_at},
};
use crate::{
    database::{among, name},
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Row,
        batch::Relation,
        connection::{Arguments, Connection, order_input},
        list::{Parent, slug_ids},
        names::{NamesOf, names_like},
        page::{Key, KeyValue},
    },
    scalars::{DateTime, Id, Revision, Url},
    vocabulary::LinkKind,
};

/// A person who was on stage or helped an edition to be, or a group billed as one.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::speaker::Entity")]
#[graphql(complex)]
pub struct Speaker {
    /// Its id.
    pub id: Id,
    /// Its name in addresses, unique among speakers.
    pub slug: String,
    /// What they are called.
    pub name: String,
    #[graphql(skip)]
    pub name_key: String,
    /// What to call them by, as they ask.
    pub pronouns: Option<String>,
    /// Who they are, in Markdown.
    pub biography: Option<String>,
    /// A picture.
    pub avatar_url: Option<Url>,
    /// Not one person but a group billed as one ("The maintainers").
    pub is_group: bool,
    #[graphql(skip)]
    pub talk_count: i32,
    /// Their page here.
    #[sea_orm(skip)]
    pub url: Url,
    /// When the speaker's own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of the speaker's own fields: what `ifRevision` compares.
    pub revision: Revision,
}

impl Row for Speaker {
    type Entity = entity::speaker::Entity;

    fn complete(&mut self, reads: &Reads) {
        self.url = reads.url(format_args!("/speakers/{}", self.slug));
    }
}

/// Which speakers. Values of one field mean any of them, the fields together all of them; a slug that names nothing
/// matches nothing. Withdrawn talks do not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct SpeakerFilter {
    /// On stage at editions of conferences of these slugs.
    pub conference: Option<Vec<String>>,
    /// On stage at editions of these slugs.
    pub edition: Option<Vec<String>>,
    /// On stage at editions of these years.
    pub year: Option<Vec<i32>>,
    /// Groups, or people.
    pub is_group: Option<bool>,
    /// Spoke for companies of these slugs.
    pub company: Option<Vec<String>>,
    /// The name, or another spelling of it, contains this, without regard to case and accents.
    pub name_contains: Option<String>,
}

/// By what speakers are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum SpeakerOrderField {
    /// The name, without regard to case and accents.
    Name,
    /// How many talks they were in; withdrawn ones do not count.
    TalkCount,
}

order_input! {
    /// How speakers are sorted; ties by id.
    SpeakerOrder, SpeakerOrderField, SpeakerOrderField::Name
}

impl Listed for Speaker {
    type Filter = SpeakerFilter;
    type Order = SpeakerOrder;
    type OrderField = SpeakerOrderField;

    fn condition(filter: &SpeakerFilter, reads: &Reads) -> Condition {
        use entity::{appearance, appearance_company, speaker::Column};
        let backend = reads.backend();
        let held = held_at(filter.conference.as_ref(), filter.edition.as_ref(), filter.year.as_ref(), backend);
        let spoke = held.map(|talks| {
            let mut spoke = Query::select().column(appearance::Column::SpeakerId).from(appearance::Entity).to_owned();
            spoke.and_where(appearance::Column::TalkId.in_subquery(talks));
            Column::Id.in_subquery(spoke)
        });
        let spoke_for = |slugs: &Vec<String>| {
            let mut spoke = Query::select();
            spoke
                .column((appearance_company::Entity, appearance_company::Column::SpeakerId))
                .from(appearance_company::Entity)
                .join(
                    sea_orm::JoinType::InnerJoin,
                    entity::talk::Entity,
                    Expr::cust("talk.id = appearance_company.talk_id AND talk.status <> 'WITHDRAWN'"),
                )
                .and_where(appearance_company::Column::CompanyId.in_subquery(slug_ids::<Company>(slugs, backend)));
            Column::Id.in_subquery(spoke)
        };
        Condition::all()
            .add_option(spoke)
            .add_option(filter.is_group.map(|is_group| Column::IsGroup.eq(is_group)))
            .add_option(filter.company.as_ref().map(spoke_for))
            .add_option(filter.name_contains.as_ref().map(|text| names_like(Column::NameKey, Column::Id, text)))
    }

    fn keys(order: SpeakerOrderField) -> &'static [Key<Self>] {
        match order {
            SpeakerOrderField::Name => {
                &[Key { sql: "\"speaker\".\"name_key\"", value: |row| KeyValue::Text(row.name_key.clone()) }]
            }
            SpeakerOrderField::TalkCount => {
                &[Key { sql: "\"speaker\".\"talk_count\"", value: |row| KeyValue::Int(row.talk_count) }]
            }
        }
    }
}

#[ComplexObject]
impl Speaker {
    /// Other names and spellings.
    #[graphql(directive = list_size::apply(2))]
    async fn aliases(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        ctx.load(NamesOf(self.id.0)).await
    }

    /// What they said, over all editions; without an order by time.
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
        Arguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Speaker, self.id).await
    }

    /// Each time on stage, in time order, with the companies of that time; withdrawn talks left out.
    #[graphql(directive = list_size::apply(10))]
    async fn appearances(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Appearance>>> {
        ctx.load(AppearancesOfSpeaker(self.id.0)).await
    }

    /// Companies spoken for, the latest first.
    #[graphql(directive = list_size::apply(3))]
    async fn companies(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Company>>> {
        ctx.many(ctx.load(CompaniesOfSpeaker(self.id.0)).await?).await
    }

    /// Editions that they were on stage at, the first held first.
    #[graphql(directive = list_size::apply(5))]
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Edition>>> {
        ctx.many(ctx.load(EditionsOfSpeaker(self.id.0)).await?).await
    }

    /// What they organised or hosted, the latest first.
    #[graphql(directive = list_size::apply(5))]
    async fn involvements(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Involvement>>> {
        ctx.load(InvolvementsOfSpeaker(self.id.0)).await
    }

    /// What they link to, of these kinds or of all.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Speaker(self.id.0).links(ctx, kinds).await
    }
}

/// The companies that a speaker spoke for, the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct CompaniesOfSpeaker(Uuid);

/// The editions that a speaker was on stage at, the first held first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct EditionsOfSpeaker(Uuid);

impl Relation for CompaniesOfSpeaker {
    type Value = Vec<Uuid>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Vec<Uuid>>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let latest = "MAX(COALESCE(edition.starts_on, '0001-01-01')) DESC, \
                      MAX(COALESCE(talk.starts_at, '0001-01-01T00:00:00+00:00')) DESC, MIN(a.position)";
        let companies = through_talks(&ids, "appearance_company", "a.company_id", latest, &reads).await?;
        Ok(companies.into_iter().map(|(id, companies)| (Self(id), companies)).collect())
    }
}

impl Relation for EditionsOfSpeaker {
    type Value = Vec<Uuid>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Vec<Uuid>>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let first = "MIN(COALESCE(edition.starts_on, '9999-12-31'))";
        let editions = through_talks(&ids, "appearance", "edition.id", first, &reads).await?;
        Ok(editions.into_iter().map(|(id, editions)| (Self(id), editions)).collect())
    }
}

/// What speakers have to do with through their talks that were not withdrawn: each thing once, in an order, ties by its
/// id.
async fn through_talks(
    ids: &[Uuid],
    table: &str,
    thing: &'static str,
    order: &str,
    reads: &Reads,
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    use sea_orm::{JoinType, Order};
    let speaker = || Expr::cust("a.speaker_id");
    let place = format!("ROW_NUMBER() OVER (PARTITION BY a.speaker_id ORDER BY {order}, {thing})");
    let select = Query::select()
        .expr_as(speaker(), name("speaker_id"))
        .expr_as(Expr::cust(thing), name("thing_id"))
        .expr_as(Expr::cust(place), name("place"))
        .from_as(name(table), name("a"))
        .join(
            JoinType::InnerJoin,
            entity::talk::Entity,
            Expr::cust("talk.id = a.talk_id AND talk.status <> 'WITHDRAWN'"),
        )
        .join(JoinType::InnerJoin, entity::edition::Entity, Expr::cust("edition.id = talk.edition_id"))
        .and_where(among(reads.backend(), speaker(), ids))
        .add_group_by([speaker(), Expr::cust(thing)])
        .order_by_expr(speaker(), Order::Asc)
        .order_by_expr(Expr::cust("place"), Order::Asc)
        .to_owned();
    let mut things: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in reads.database.query_all(&select).await? {
        things.entry(row.try_get("", "speaker_id")?).or_default().push(row.try_get("", "thing_id")?);
    }
    Ok(things)
}
