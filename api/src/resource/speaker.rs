//! Speakers: people, and groups that are credited as one.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use sea_orm::{
    ConnectionTrait, DbBackend, JoinType,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{
    appearance::{Appearance, AppearancesOfSpeaker},
    company::Company,
    edition::Edition,
    involvement::{Involvement, InvolvementsOfSpeaker},
    link::{Link, Subject},
    talk::{AtEditions, Talk, TalkFilter, TalkOrder},
};
use crate::{
    collation::sort_key,
    database::{among, among_found, name},
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Row,
        batch::Relation,
        columns::{Columns, LongText},
        connection::{Connection, ConnectionArguments, order_input},
        facet::{Facet, Values, any_row, unindexed},
        key::{Key, KeyValue},
        list::slug_ids,
        names::{NamesOf, names_like},
        parent::Parent,
    },
    scalars::{DateTime, Id, Revision, Url},
    vocabulary::LinkKind,
    weight::Weigh,
};

/// A person who appeared in a talk or helped an edition, or a group that is credited as one.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::speaker)]
#[graphql(complex)]
pub struct Speaker {
    /// The id of the speaker: a UUID that never changes.
    pub id: Id,
    /// The slug of the speaker, unique among speakers: `julius-volz`.
    pub slug: String,
    /// The name of the speaker: `Julius Volz`.
    pub name: String,
    /// The pronouns that the speaker asks for: `she/her`, or null if none are known.
    pub pronouns: Option<String>,
    /// The biography of the speaker, in Markdown. It is null if there is none.
    #[columns(long)]
    pub biography: LongText,
    /// The address of a picture of the speaker. It is null if there is none.
    pub avatar_url: Option<Url>,
    /// Whether the speaker is a group that is credited as one ("The Prometheus maintainers") and not a person.
    pub is_group: bool,
    #[graphql(skip)]
    pub talk_count: i32,
    /// The web address of the speaker, made of this server's base URL and the slug:
    /// `https://example.org/speakers/julius-volz`.
    #[columns(skip)]
    pub url: Url,
    /// The time of the last change to the speaker's own data, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the speaker's own data. A GraphQL mutation compares it with its argument
    /// `ifRevision`.
    pub revision: Revision,
}

impl Row for Speaker {
    type Entity = entity::speaker::Entity;

    fn complete(&mut self, reads: &Reads) {
        self.url = reads.url(format_args!("/speakers/{}", self.slug));
    }

    fn more_weight(&self) -> usize {
        self.biography.weight()
    }
}

/// A filter for speakers. A speaker matches a field if it matches any of the field's values, and matches the filter if
/// it matches all fields; `conference`, `edition` and `year` are those of one talk. A slug may be a former one; an
/// unknown slug matches nothing. Withdrawn talks are not considered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct SpeakerFilter {
    /// The slugs of conferences, such as `promcon`: the speaker appears in a talk at one of their editions.
    pub conference: Option<Vec<String>>,
    /// The slugs of editions, such as `promcon-2016-berlin`: the speaker appears in a talk at one of them.
    pub edition: Option<Vec<String>>,
    /// The years of editions, such as 2016: the speaker appears in a talk at an edition of one of them.
    pub year: Option<Vec<i32>>,
    /// True for groups that are credited as one, false for people.
    pub is_group: Option<bool>,
    /// The slugs of companies, such as `grafana-labs`: the speaker represents one of them in a talk, at any edition.
    pub company: Option<Vec<String>>,
    /// A text that the speaker's name or one of the other names contains. Case, accents and blanks at its
    /// ends are ignored.
    pub name_contains: Option<String>,
}

/// The value by which speakers are ordered. Without an order, speakers are listed by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum SpeakerOrderField {
    /// The name of the speaker. Case and accents decide only between names that are else equal.
    Name,
    /// The number of talks in which the speaker appears, without withdrawn ones.
    TalkCount,
}

order_input! {
    /// The order of a list of speakers. Speakers with equal values are ordered by id.
    SpeakerOrder, SpeakerOrderField, SpeakerOrderField::Name
}

impl Listed for Speaker {
    type Filter = SpeakerFilter;
    type Order = SpeakerOrder;
    type OrderField = SpeakerOrderField;

    const TOTAL: &'static str = "speakers";

    fn facets(filter: &SpeakerFilter, reads: &Reads) -> Vec<Facet<Self>> {
        use entity::speaker::Column;
        let backend = reads.backend();
        let SpeakerFilter { conference, edition, year, .. } = filter;
        let at = AtEditions { conference: conference.as_ref(), edition: edition.as_ref(), year: year.as_ref() };
        let mut facets: Vec<Facet<Self>> = Vec::new();
        facets.extend(at.facet("appearance", "speaker_id", "speaker.id", backend));
        facets.extend(filter.company.as_ref().map(|slugs| for_company(slugs, backend)));
        facets.extend(filter.is_group.map(|is_group| {
            Facet::column(Column::IsGroup, Values::One(is_group.into()), backend).in_order(SpeakerOrderField::Name)
        }));
        let named = filter.name_contains.as_ref().map(|text| names_like(Column::NameKey, Column::Id, text));
        facets.extend(named.map(Facet::check));
        facets
    }

    fn is_counted(order: SpeakerOrderField) -> bool {
        matches!(order, SpeakerOrderField::TalkCount)
    }

    fn depends_on_texts(_: &Self::Filter, _: Option<Self::OrderField>) -> bool {
        false
    }

    fn keys(order: SpeakerOrderField) -> &'static [Key<Self>] {
        match order {
            SpeakerOrderField::Name => {
                &[Key { sql: "\"speaker\".\"name_sort\"", value: |row| KeyValue::SortKey(sort_key(&row.name)) }]
            }
            SpeakerOrderField::TalkCount => {
                &[Key { sql: "\"speaker\".\"talk_count\"", value: |row| KeyValue::Int(row.talk_count) }]
            }
        }
    }
}

/// The speakers who represent companies in talks.
fn for_company(slugs: &[String], backend: DbBackend) -> Facet<Speaker> {
    let company = Expr::cust("appearance_company.company_id");
    let of_these = among_found(backend, company, slug_ids::<Company>(slugs, backend));
    let mut speakers = Query::select();
    speakers
        .expr(Expr::cust("appearance_company.speaker_id"))
        .from(entity::appearance_company::Entity)
        .and_where(of_these.clone());
    let given = Query::select()
        .from(entity::talk::Entity)
        .and_where(Expr::cust("talk.id = appearance_company.talk_id AND talk.status <> 'WITHDRAWN'"))
        .to_owned();
    let ids = speakers.clone().and_where(any_row(given)).to_owned();
    let pair =
        "appearance_company.talk_id = appearance.talk_id AND appearance_company.speaker_id = appearance.speaker_id";
    let of_speaker = Query::select()
        .from(entity::appearance::Entity)
        .join(JoinType::InnerJoin, entity::appearance_company::Entity, Expr::cust(pair))
        .join(
            JoinType::InnerJoin,
            entity::talk::Entity,
            Expr::cust("talk.id = appearance.talk_id AND talk.status <> 'WITHDRAWN'"),
        )
        .and_where(Expr::cust("appearance.speaker_id = speaker.id"))
        .and_where(unindexed(of_these))
        .to_owned();
    // Few people may represent a company in many talks.
    Facet::ids(any_row(of_speaker), ids).as_many_as(speakers.distinct().to_owned())
}

#[ComplexObject]
impl Speaker {
    /// Other names and spellings of the speaker.
    #[graphql(directive = list_size::apply(2))]
    async fn aliases(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        ctx.load(NamesOf(self.id.0)).await
    }

    /// The talks in which the speaker appears, at all editions, by start unless an order is given.
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
        ConnectionArguments { filter, order_by, first, after, last, before }.within(ctx, Parent::Speaker, self.id).await
    }

    /// The appearances of the speaker, by start of the talk, each with the companies at the time. Withdrawn talks are
    /// left out.
    #[graphql(directive = list_size::apply(10))]
    async fn appearances(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Appearance>>> {
        ctx.load(AppearancesOfSpeaker(self.id.0)).await
    }

    /// The companies that the speaker represented in talks, the latest first. Withdrawn talks are not considered.
    #[graphql(directive = list_size::apply(3))]
    async fn companies(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Company>>> {
        ctx.many(ctx.load(CompaniesOfSpeaker(self.id.0)).await?).await
    }

    /// The editions at which the speaker appears in a talk, by first day. Withdrawn talks are not considered.
    #[graphql(directive = list_size::apply(5))]
    async fn editions(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Edition>>> {
        ctx.many(ctx.load(EditionsOfSpeaker(self.id.0)).await?).await
    }

    /// The editions that the speaker organised, hosted or helped, the latest first, each with the role.
    #[graphql(directive = list_size::apply(5))]
    async fn involvements(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Involvement>>> {
        ctx.load(InvolvementsOfSpeaker(self.id.0)).await
    }

    /// The links of the speaker, in the order in which they are listed.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Speaker(self.id.0).links(ctx, kinds).await
    }
}

/// The companies that a speaker represented, the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct CompaniesOfSpeaker(pub Uuid);

/// The editions at which a speaker appeared, by first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct EditionsOfSpeaker(pub Uuid);

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

    crate::read::batch::shared!(relation of key => key.0);
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

    crate::read::batch::shared!(relation of key => key.0);
}

/// The things that speakers are related to through talks that were not withdrawn, each once, in an order and then by
/// id. The rows `a` of a table are found by the appearances, because not each table has an index by speaker.
async fn through_talks(
    ids: &[Uuid],
    table: &str,
    thing: &'static str,
    order: &str,
    reads: &Reads,
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    use sea_orm::Order;
    let speaker = || Expr::cust("a.speaker_id");
    let place = format!("ROW_NUMBER() OVER (PARTITION BY a.speaker_id ORDER BY {order}, {thing})");
    let select = Query::select()
        .expr_as(speaker(), name("speaker_id"))
        .expr_as(Expr::cust(thing), name("thing_id"))
        .expr_as(Expr::cust(place), name("place"))
        .from(entity::appearance::Entity)
        .join_as(
            JoinType::InnerJoin,
            name(table),
            name("a"),
            Expr::cust("a.talk_id = appearance.talk_id AND a.speaker_id = appearance.speaker_id"),
        )
        .join(
            JoinType::InnerJoin,
            entity::talk::Entity,
            Expr::cust("talk.id = a.talk_id AND talk.status <> 'WITHDRAWN'"),
        )
        .join(JoinType::InnerJoin, entity::edition::Entity, Expr::cust("edition.id = talk.edition_id"))
        .and_where(among(reads.backend(), Expr::cust("appearance.speaker_id"), ids))
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
