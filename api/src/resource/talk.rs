//! Talks at editions.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, ExprTrait, IntoSimpleExpr, JoinType, Order, QuerySelect, RelationTrait,
    Select,
    sea_query::{Expr, Query, SelectStatement, SimpleExpr, UnionType},
};
use uuid::Uuid;

use super::{
    appearance::{Appearance, AppearancesOfTalk},
    company::Company,
    conference::Conference,
    edition::{Edition, Texts},
    link::{Link, Subject},
    recording::{TalkRecording, TalkRecordingsOfTalk},
    room::Room,
    slot::{Slot, SlotsOfTalk},
    speaker::Speaker,
    track::Track,
};
use crate::{
    collation::{fold, sort_key},
    database::{among, among_found, among_numbers, among_texts, among_words, contains, name},
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Resource, Row,
        batch::Relation,
        columns::{Columns, LongText},
        connection::order_input,
        facet::{Facet, Values, any_row, ids_of, unindexed},
        key::{Key, KeyValue, Range, time_key},
        list::{slug_ids, tidy_slugs},
        page::page_size,
        parent::Parent,
        slug::BySlug,
    },
    scalars::{DateTime, Id, Language, Revision, TimeZone, Url},
    vocabulary::{LinkKind, TalkKind, TalkStatus},
    weight::Weigh,
};

/// A talk at an edition, in any form: a keynote, a panel, a workshop. Its slots have the times and the rooms.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::talk)]
#[graphql(complex)]
pub struct Talk {
    /// The id of the talk: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    #[graphql(skip)]
    #[columns(expr = entity::edition::Column::Slug.into_simple_expr())]
    pub edition_slug: String,
    #[graphql(skip)]
    #[columns(expr = entity::edition::Column::Timezone.into_simple_expr())]
    pub timezone: TimeZone,
    /// The slug of the talk, unique in its edition: `prometheus-design-and-philosophy`.
    pub slug: String,
    /// The title of the talk: `Prometheus Design and Philosophy`.
    pub title: String,
    /// The subtitle of the talk. It is null if there is none.
    pub subtitle: Option<String>,
    #[graphql(skip)]
    #[columns(column = aliases)]
    pub other_titles: Texts,
    /// The form of the talk.
    pub kind: TalkKind,
    /// Whether the talk is given, cancelled or withdrawn.
    pub status: TalkStatus,
    /// The abstract of the talk, in Markdown. It is null if there is none.
    #[columns(long)]
    pub r#abstract: LongText,
    /// The language of the talk as a BCP 47 tag: `en`. It is null if it is not known.
    pub language: Option<Language>,
    #[graphql(skip)]
    pub track_id: Option<Uuid>,
    /// Whether the speakers asked for the talk not to be recorded.
    pub do_not_record: bool,
    #[graphql(skip)]
    pub block_id: Option<Uuid>,
    /// The position of the talk in its block, from 1. It is null if the talk is not in a block or has no position
    /// there.
    pub block_position: Option<i32>,
    #[graphql(skip)]
    pub replaces_id: Option<Uuid>,
    /// The start of the talk's first slot, or of its block's, with the offset of the edition's time zone:
    /// `2016-08-25T09:30:00+02:00`. It is null if there is no slot.
    pub starts_at: Option<DateTime>,
    /// The end of the talk's first slot, or of its block's, with the offset of the edition's time zone. It is null if
    /// there is no slot.
    pub ends_at: Option<DateTime>,
    #[graphql(skip)]
    pub room_id: Option<Uuid>,
    /// The web address of the talk, made of this server's base URL and the slugs:
    /// `https://example.org/editions/promcon-2016-berlin/talks/prometheus-design-and-philosophy`.
    #[columns(skip)]
    pub url: Url,
    /// The time of the last change to the talk's own data, in UTC. Slots and links do not count.
    pub updated_at: DateTime,
    /// The revision of the last change to the talk's own data. A GraphQL mutation compares it with its argument
    /// `ifRevision`.
    pub revision: Revision,
}

impl Row for Talk {
    type Entity = entity::talk::Entity;

    fn joined(select: Select<Self::Entity>) -> Select<Self::Entity> {
        select.join(JoinType::InnerJoin, entity::talk::Relation::Edition.def())
    }

    fn complete(&mut self, reads: &Reads) {
        self.starts_at = self.starts_at.map(|time| time.in_zone(&self.timezone));
        self.ends_at = self.ends_at.map(|time| time.in_zone(&self.timezone));
        self.url = reads.url(format_args!("/editions/{}/talks/{}", self.edition_slug, self.slug));
    }

    fn more_weight(&self) -> usize {
        self.r#abstract.weight() + self.title.len()
    }
}

/// A filter for talks. A talk matches a field if it matches any of the field's values, and matches the filter if it
/// matches all fields. A slug may be a former one, except of a track or a room; an unknown slug matches nothing.
/// Without a status, withdrawn talks do not match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct TalkFilter {
    /// The slugs of conferences, such as `promcon`: the talk is given at one of their editions.
    pub conference: Option<Vec<String>>,
    /// The slugs of editions, such as `promcon-2016-berlin`: the talk is given at one of them.
    pub edition: Option<Vec<String>>,
    /// The years of editions, such as 2016: the talk is given at an edition of one of them.
    pub year: Option<Vec<i32>>,
    /// The slugs of speakers, such as `julius-volz`: one of them appears in the talk.
    pub speaker: Option<Vec<String>>,
    /// The slugs of companies, such as `grafana-labs`: a speaker represents one of them in the talk.
    pub company: Option<Vec<String>>,
    /// The forms of talks.
    pub kind: Option<Vec<TalkKind>>,
    /// The states of talks. If it is left out, confirmed and cancelled talks match.
    pub status: Option<Vec<TalkStatus>>,
    /// The languages of talks as BCP 47 tags: `en`. A tag matches only the same tag, not a longer one.
    pub language: Option<Vec<Language>>,
    /// The slugs of tracks, such as `observability`, at any edition: the talk is in one of them.
    pub track: Option<Vec<String>>,
    /// The slugs of rooms, such as `main-room`, at any edition: a slot of the talk, or the first slot of its block, is
    /// in one of them.
    pub room: Option<Vec<String>>,
    /// The tags of talks. Case and accents are ignored.
    pub tag: Option<Vec<String>>,
    /// True for talks that have a recording, false for talks that have none.
    pub has_recording: Option<bool>,
    /// True for talks that have a link of the kind SLIDES, false for talks that have none.
    pub has_slides: Option<bool>,
    /// A time: the talk's first slot, or its block's, begins at this time or later. Talks without a slot do not match.
    pub starts_at_or_after: Option<DateTime>,
    /// A time: the talk's first slot, or its block's, begins before this time. Talks without a slot do not match.
    pub starts_before: Option<DateTime>,
    /// A text that the talk's title contains. Case, accents and blanks at its ends are ignored.
    pub title_contains: Option<String>,
}

/// The value by which talks are ordered. Without an order, talks are listed by start. Talks without a slot come last in
/// ascending order and first in descending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum TalkOrderField {
    /// The start of the talk's first slot, or of its block's, and then the position in the block.
    StartsAt,
    /// The title of the talk. Case and accents decide only between titles that are else equal.
    Title,
    /// The time of the last change to the talk's own data.
    UpdatedAt,
}

order_input! {
    /// The order of a list of talks. Talks with equal values are ordered by id.
    TalkOrder, TalkOrderField, TalkOrderField::StartsAt
}

impl Listed for Talk {
    type Filter = TalkFilter;
    type Order = TalkOrder;
    type OrderField = TalkOrderField;

    const TOTAL: &'static str = "talks";

    fn within(filter: &TalkFilter) -> Option<(Parent, BySlug, TalkFilter)> {
        let [slug] = filter.edition.as_deref()? else { return None };
        let rest = TalkFilter { edition: None, ..filter.clone() };
        Some((Parent::Edition, BySlug::of::<Edition>(slug.clone()), rest))
    }

    fn facets(filter: &TalkFilter, reads: &Reads) -> Vec<Facet<Self>> {
        use TalkOrderField::StartsAt;
        use entity::talk::Column;
        let backend = reads.backend();
        let by = |column: Column, values: Values| Facet::column(column, values, backend);
        let shared = |column: Column, values: Values| by(column, values).in_order(StartsAt).in_shared_index();
        let has = |column: Column, has: bool| shared(column, Values::One(has.into()));
        let mut facets = vec![with_status(filter.status.as_deref(), backend).in_shared_index()];
        facets.extend(filter.edition.as_ref().map(|slugs| {
            by(Column::EditionId, Values::Ids(slug_ids::<Edition>(slugs, backend))).in_order(StartsAt).few()
        }));
        facets.extend(filter.speaker.as_ref().map(|slugs| by_speaker(slugs, backend)));
        facets.extend(filter.company.as_ref().map(|slugs| for_company(slugs, backend)));
        facets.extend(filter.tag.as_ref().map(|tags| tagged(tags, backend)));
        facets.extend(
            filter.track.as_ref().map(|slugs| by(Column::TrackId, Values::Ids(of_slug("track", slugs, backend)))),
        );
        facets.extend(filter.room.as_ref().map(|slugs| in_room(slugs, backend)));
        facets.extend(
            filter
                .conference
                .as_ref()
                .map(|slugs| by(Column::EditionId, Values::Ids(editions_of(slugs, backend))).in_order(StartsAt)),
        );
        facets.extend(Self::range(filter).map(|range| {
            let from = filter.starts_at_or_after.map(|time| Column::StartsAt.gte(time));
            let until = filter.starts_before.map(|time| Column::StartsAt.lt(time));
            let check = from.into_iter().chain(until).fold(Expr::val(true), ExprTrait::and);
            Facet::range(check, range).in_shared_index()
        }));
        facets.extend(
            filter.year.as_ref().map(|years| {
                by(Column::Year, Values::numbers(years, backend)).in_order(StartsAt).first_in_shared_index()
            }),
        );
        facets.extend(filter.kind.as_ref().map(|words| shared(Column::Kind, Values::words(words, backend))));
        facets.extend(
            filter
                .language
                .as_ref()
                .map(|tags| shared(Column::Language, Values::texts(tags.iter().map(ToString::to_string), backend))),
        );
        facets.extend(filter.has_slides.map(|slides| has(Column::HasSlides, slides)));
        facets.extend(filter.has_recording.map(|recording| has(Column::HasRecording, recording)));
        if let Some(text) = &filter.title_contains {
            facets.push(Facet::looked_through(contains(Column::TitleKey, text), &facets, backend));
        }
        facets
    }

    fn range(filter: &TalkFilter) -> Option<Range<TalkOrderField>> {
        let key = |time: DateTime| KeyValue::Time(time.utc());
        let (from, until) = (filter.starts_at_or_after.map(key), filter.starts_before.map(key));
        (from.is_some() || until.is_some()).then_some(Range { order: TalkOrderField::StartsAt, from, until })
    }

    fn depends_on_texts(filter: &TalkFilter, order: Option<TalkOrderField>) -> bool {
        filter.title_contains.is_some() || order.is_some_and(|order| order != TalkOrderField::StartsAt)
    }

    fn keys(order: TalkOrderField) -> &'static [Key<Self>] {
        match order {
            TalkOrderField::StartsAt => &[
                Key {
                    sql: "COALESCE(\"talk\".\"starts_at\", '9999-12-31T23:59:59+00:00')",
                    value: |row| time_key(row.starts_at.map(DateTime::utc)),
                },
                Key {
                    sql: "COALESCE(\"talk\".\"block_position\", 2147483647)",
                    value: |row| KeyValue::Int(row.block_position.unwrap_or(i32::MAX)),
                },
            ],
            TalkOrderField::Title => {
                &[Key { sql: "\"talk\".\"title_sort\"", value: |row| KeyValue::SortKey(sort_key(&row.title)) }]
            }
            TalkOrderField::UpdatedAt => {
                &[Key { sql: "\"talk\".\"updated_at\"", value: |row| KeyValue::Time(row.updated_at.utc()) }]
            }
        }
    }
}

/// The talks with a status. Confirmed ones are nearly all, so only the others have an index.
fn with_status(words: Option<&[TalkStatus]>, backend: DbBackend) -> Facet<Talk> {
    use entity::talk::Column;
    let Some(words) = words else {
        // As a value, PostgreSQL would plan for no rows at all where nearly all talks have one status.
        return Facet::check(Expr::cust(NOT_WITHDRAWN));
    };
    let check = among_words(backend, Column::Status, words);
    if words.contains(&TalkStatus::Confirmed) {
        return Facet::check(unindexed(check));
    }
    let mut others = ids_of::<Talk>();
    others.and_where(check.clone()).and_where(Expr::cust("\"talk\".\"status\" <> 'CONFIRMED'"));
    Facet::ids(unindexed(check), others)
}

const NOT_WITHDRAWN: &str = "\"talk\".\"status\" <> 'WITHDRAWN'";

/// The editions of conferences.
pub(crate) fn editions_of(conferences: &[String], backend: DbBackend) -> SelectStatement {
    let of_these =
        among_found(backend, Expr::cust("edition.conference_id"), slug_ids::<Conference>(conferences, backend));
    Query::select()
        .expr_as(Expr::cust("edition.id"), name("value"))
        .from(entity::edition::Entity)
        .and_where(of_these)
        .to_owned()
}

fn by_speaker(slugs: &[String], backend: DbBackend) -> Facet<Talk> {
    let speakers = among_found(backend, Expr::cust("appearance.speaker_id"), slug_ids::<Speaker>(slugs, backend));
    listed_in("appearance", speakers).few()
}

fn for_company(slugs: &[String], backend: DbBackend) -> Facet<Talk> {
    let company = Expr::cust("appearance_company.company_id");
    listed_in("appearance_company", among_found(backend, company, slug_ids::<Company>(slugs, backend)))
}

fn tagged(tags: &[String], backend: DbBackend) -> Facet<Talk> {
    let named = among_texts(backend, Expr::cust("talk_tag.name_key"), tags.iter().map(|tag| fold(tag)));
    listed_in("talk_tag", named).ordered_by(Expr::cust("talk_tag.name_key"), backend)
}

/// The talks that the rows of a table belong to.
fn listed_in(table: &'static str, only: SimpleExpr) -> Facet<Talk> {
    let rows = Query::select().from(name(table)).and_where(only).to_owned();
    let ids = rows.clone().expr(Expr::cust(format!("{table}.talk_id"))).to_owned();
    let of_talk = rows.clone().and_where(Expr::cust(format!("{table}.talk_id = talk.id"))).to_owned();
    Facet::ids(any_row(of_talk), ids)
}

/// A talk has the room of its first slot, or of its block's; its other slots may be in other rooms.
fn in_room(slugs: &[String], backend: DbBackend) -> Facet<Talk> {
    let named = || among_texts(backend, Expr::cust("room.slug"), tidy_slugs(slugs));
    let rooms = || of_slug("room", slugs, backend);
    let select = |id: &'static str, table: &'static str, room: &'static str| {
        let mut select = Query::select();
        select.expr(Expr::cust(id)).from(name(table)).and_where(among_found(backend, Expr::cust(room), rooms()));
        select
    };
    let mut others = select("slot.talk_id", "slot", "slot.room_id");
    others.and_where(Expr::cust("slot.talk_id IS NOT NULL"));
    let ids = select("talk.id", "talk", "talk.room_id").union(UnionType::All, others).to_owned();
    let first = Query::select()
        .from(entity::room::Entity)
        .and_where(Expr::cust("room.id = talk.room_id"))
        .and_where(named())
        .to_owned();
    let any = Query::select()
        .from(entity::slot::Entity)
        .join(JoinType::InnerJoin, entity::room::Entity, Expr::cust("room.id = slot.room_id"))
        .and_where(Expr::cust("slot.talk_id = talk.id"))
        .and_where(named())
        .to_owned();
    Facet::ids(any_row(first).or(any_row(any)), ids)
}

/// The ids of the rooms or the tracks with these slugs, at any edition.
fn of_slug(table: &'static str, slugs: &[String], backend: DbBackend) -> SelectStatement {
    Query::select()
        .expr_as(Expr::cust(format!("{table}.id")), name("value"))
        .from(name(table))
        .and_where(among_texts(backend, Expr::cust(format!("{table}.slug")), tidy_slugs(slugs)))
        .to_owned()
}

#[ComplexObject]
impl Talk {
    /// Former titles of the talk, and other titles under which it was listed.
    #[graphql(directive = list_size::apply(2))]
    async fn aliases(&self) -> &[String] {
        &self.other_titles.0
    }

    /// The track of the talk. It is null if there is none.
    async fn track(&self, ctx: &Context<'_>) -> Result<Option<Arc<Track>>> {
        ctx.maybe(self.track_id).await
    }

    /// The tags of the talk: `alerting`.
    #[graphql(directive = list_size::apply(5))]
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        ctx.load(TagsOfTalk(self.id.0)).await
    }

    /// The edition at which the talk is given.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }

    /// The slots of the talk, ordered by start: usually one. There is none if the time of the talk is not known, if it
    /// is withdrawn or if it is given in a block; there are several if it is repeated.
    #[graphql(directive = list_size::apply(2))]
    async fn slots(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Slot>>> {
        ctx.load(SlotsOfTalk(self.id.0)).await
    }

    /// The room of the talk's first slot, or of its block's. It is null if it is not known.
    async fn room(&self, ctx: &Context<'_>) -> Result<Option<Arc<Room>>> {
        ctx.maybe(self.room_id).await
    }

    /// The appearances of speakers in the talk, in billing order, each with the companies at the time.
    #[graphql(directive = list_size::apply(3))]
    async fn appearances(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Appearance>>> {
        Appearance::of_talk(ctx, self.id.0).await
    }

    /// The speakers of the talk, in billing order.
    #[graphql(directive = list_size::apply(3))]
    async fn speakers(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Speaker>>> {
        let appearances = ctx.load(AppearancesOfTalk(self.id.0)).await?;
        Ok(appearances.iter().map(|appearance| appearance.speaker.clone()).collect())
    }

    /// The block in which the talk is given, such as a lightning round. A talk in a block has no slot of its own: its
    /// start, its end and its room are those of the block. It is null if the talk is not in a block.
    async fn block(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        ctx.maybe(self.block_id).await
    }

    /// The talks in this block, by position. Withdrawn talks are left out. The list is empty for a talk that is not a
    /// block.
    #[graphql(directive = list_size::apply(2))]
    async fn talks(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Talk>>> {
        if self.kind != TalkKind::LightningBlock {
            return Ok(Vec::new());
        }
        let mut talks = ctx.load(TalksOfBlock(self.id.0)).await?;
        talks.retain(|talk| talk.status != TalkStatus::Withdrawn);
        Ok(talks)
    }

    /// The places of the talk in recordings: which recordings show it, and from when to when.
    #[graphql(directive = list_size::apply(2))]
    async fn recordings(&self, ctx: &Context<'_>) -> Result<Vec<Arc<TalkRecording>>> {
        ctx.load(TalkRecordingsOfTalk(self.id.0)).await
    }

    /// The talk that this one took the place of. It is null if there is none.
    async fn replaces(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        ctx.maybe(self.replaces_id).await
    }

    /// The talk that took the place of this one. It is null if there is none.
    async fn replaced_by(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        Ok(ctx.load(ReplacementsOfTalk(self.id.0)).await?.first().cloned())
    }

    /// The links of the talk, in the order in which they are listed.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Talk(self.id.0).links(ctx, kinds).await
    }

    /// Talks that share speakers, tags or the track with this one, the most closely related first, and then the latest
    /// first. A tag of more than a thousand talks does not count. Withdrawn talks are left out.
    #[graphql(directive = list_size::apply(5))]
    async fn related(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            default = 5,
            desc = "The number of talks to return at most: from 0 to the server's limit, which is 500 by default."
        )]
        first: i32,
    ) -> Result<Vec<Arc<Talk>>> {
        let size = page_size("first", first, ctx.reads()?.max_page_size)?;
        ctx.many(ctx.load(RelatedTalks { talk: self.id.0, size }).await?).await
    }
}

crate::read::children! {
    /// The talks of a block, in their order.
    TalksOfBlock => Talk, by |row| row.block_id.unwrap_or_default(), at entity::talk::Column::BlockId,
        ordered vec![Expr::cust("COALESCE(\"talk\".\"block_position\", 2147483647)"), Talk::id_column()];
    /// The talk that took the place of this one: at most one.
    ReplacementsOfTalk => Talk, by |row| row.replaces_id.unwrap_or_default(), at entity::talk::Column::ReplacesId,
        ordered vec![Talk::id_column()];
}

/// The tags of a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TagsOfTalk(pub Uuid);

impl Relation for TagsOfTalk {
    type Value = Vec<String>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Vec<String>>> {
        use entity::talk_tag::{Column, Entity};
        use sea_orm::{EntityTrait, QueryFilter, QueryOrder};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = Entity::find()
            .filter(among(reads.backend(), Column::TalkId, &ids))
            .order_by_asc(Column::TalkId)
            .order_by_asc(Column::Position)
            .all(&reads.database)
            .await?;
        let mut tags: HashMap<Self, Vec<String>> = HashMap::new();
        for row in rows {
            tags.entry(Self(row.talk_id)).or_default().push(row.name);
        }
        Ok(tags)
    }

    crate::read::batch::shared!(relation of key => key.0);
}

/// The most talks that a tag has which tells what is near. All pairs of talks with a common tag are too many to rank.
const MOST_TAGGED: u64 = 1000;

/// The key of the talks related to one. A shared speaker counts four, a shared tag two, the same track one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct RelatedTalks {
    talk: Uuid,
    size: usize,
}

impl Relation for RelatedTalks {
    type Value = Vec<Uuid>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Vec<Uuid>>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.talk).collect::<HashSet<_>>().into_iter().collect();
        let largest = keys.iter().map(|key| key.size).max().unwrap_or_default();
        let select = Query::select()
            .expr(Expr::cust("*"))
            .from_subquery(ranked(related_pairs(&ids, reads.backend())), name("ranked"))
            .and_where(Expr::cust("place").lte(largest as i64))
            .order_by_expr(Expr::cust("talk_id"), sea_orm::Order::Asc)
            .order_by_expr(Expr::cust("place"), sea_orm::Order::Asc)
            .to_owned();
        let mut nearest: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for row in reads.database.query_all(&select).await? {
            nearest.entry(row.try_get("", "talk_id")?).or_default().push(row.try_get("", "other_id")?);
        }
        let related = |key: &Self| nearest.get(&key.talk).into_iter().flatten().take(key.size).copied().collect();
        Ok(keys.iter().map(|key| (*key, related(key))).collect())
    }

    crate::read::batch::shared!();
}

/// Pairs of these talks and related ones, each with its weight.
fn related_pairs(ids: &[Uuid], backend: DbBackend) -> SelectStatement {
    let shared = |weight: i32, table: &str, key: &str, talk: &str| {
        Query::select()
            .expr_as(Expr::cust(format!("mine.{talk}")), name("talk_id"))
            .expr_as(Expr::cust(format!("theirs.{talk}")), name("other_id"))
            .expr_as(Expr::cust(weight.to_string()), name("weight"))
            .from_as(name(table), name("mine"))
            .join_as(
                JoinType::InnerJoin,
                name(table),
                name("theirs"),
                Expr::cust(format!("theirs.{key} = mine.{key} AND theirs.{talk} <> mine.{talk}")),
            )
            .and_where(among(backend, Expr::cust(format!("mine.{talk}")), ids))
            .to_owned()
    };
    let tagged = Query::select()
        .expr(Expr::cust("1"))
        .from_as(name("talk_tag"), name("any"))
        .and_where(Expr::cust("\"any\".name_key = mine.name_key"))
        .limit(MOST_TAGGED + 1)
        .to_owned();
    let count = Query::select().expr(Expr::cust("COUNT(*)")).from_subquery(tagged, name("some")).to_owned();
    let is_rare = SimpleExpr::SubQuery(None, Box::new(count.into())).lte(MOST_TAGGED as i64);
    let mut pairs = shared(4, "appearance", "speaker_id", "talk_id");
    pairs.union(UnionType::All, shared(2, "talk_tag", "name_key", "talk_id").and_where(is_rare).to_owned());
    pairs.union(UnionType::All, shared(1, "talk", "track_id", "id"));
    pairs
}

/// The related talks of each talk, numbered from the nearest; of equally near ones, the latest first.
fn ranked(pairs: SelectStatement) -> SelectStatement {
    Query::select()
        .expr_as(Expr::cust("pair.talk_id"), name("talk_id"))
        .expr_as(Expr::cust("pair.other_id"), name("other_id"))
        .expr_as(
            Expr::cust(
                "ROW_NUMBER() OVER (PARTITION BY pair.talk_id ORDER BY SUM(pair.weight) DESC, \
                 COALESCE(talk.starts_at, '0001-01-01T00:00:00+00:00') DESC, pair.other_id)",
            ),
            name("place"),
        )
        .from_subquery(pairs, name("pair"))
        .join(
            JoinType::InnerJoin,
            entity::talk::Entity,
            Expr::cust("talk.id = pair.other_id AND talk.status <> 'WITHDRAWN'"),
        )
        .add_group_by([Expr::cust("pair.talk_id"), Expr::cust("pair.other_id"), Expr::cust("talk.starts_at")])
        .to_owned()
}

/// The editions that a filter of speakers or companies names: by their conferences, their slugs and their years.
#[derive(Clone, Copy)]
pub(crate) struct AtEditions<'a> {
    pub conference: Option<&'a Vec<String>>,
    pub edition: Option<&'a Vec<String>>,
    pub year: Option<&'a Vec<i32>>,
}

impl AtEditions<'_> {
    /// The rows that a table has in talks at these editions, without withdrawn ones: `row` is the id of a row, and `column`
    /// the column of the table. None if no editions are named.
    pub(crate) fn facet<T: Listed>(
        self,
        table: &'static str,
        column: &str,
        row: &str,
        backend: DbBackend,
    ) -> Option<Facet<T>> {
        use entity::talk::Column;
        let of_editions = |editions: SelectStatement| among_found(backend, Column::EditionId, editions);
        let conditions: Vec<SimpleExpr> = [
            self.edition.map(|slugs| of_editions(slug_ids::<Edition>(slugs, backend))),
            self.conference.map(|slugs| of_editions(editions_of(slugs, backend))),
            self.year.map(|years| among_numbers(backend, Column::Year, years)),
        ]
        .into_iter()
        .flatten()
        .collect();
        let (first, others) = conditions.split_first()?;
        let index = if self.edition.or(self.conference).is_some() { Column::EditionId } else { Column::Year };
        let not_withdrawn = Expr::cust(NOT_WITHDRAWN);
        let mut talks = Query::select();
        talks
            .expr(Talk::id_column())
            .from(entity::talk::Entity)
            .and_where(not_withdrawn.clone())
            .and_where(first.clone());
        let mut ids = Query::select();
        let mut of_row = Query::select();
        of_row
            .from(name(table))
            .join(JoinType::InnerJoin, entity::talk::Entity, Expr::cust(format!("talk.id = {table}.talk_id")))
            .and_where(Expr::cust(format!("{table}.{column} = {row}")))
            .and_where(not_withdrawn)
            .and_where(unindexed(first.clone()));
        for other in others {
            talks.and_where(unindexed(other.clone()));
            of_row.and_where(unindexed(other.clone()));
        }
        ids.expr(Expr::cust(format!("{table}.{column}"))).from(name(table)).and_where(among_found(
            backend,
            Expr::cust(format!("{table}.talk_id")),
            talks.clone(),
        ));
        if backend == DbBackend::Postgres {
            talks.order_by_expr(index.into_simple_expr(), Order::Asc);
        }
        let facet = Facet::ids(any_row(of_row), ids).as_many_as(talks);
        Some(if self.edition.is_some() { facet.few() } else { facet })
    }
}
