//! Talks at editions.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DerivePartialModel, ExprTrait, IntoSimpleExpr, JoinType,
    QuerySelect, RelationTrait, Select,
    sea_query::{Expr, Query, SelectStatement, SimpleExpr},
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
    collation::fold,
    database::{among, among_numbers, among_texts, among_words, contains, name},
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Resource, Row,
        batch::Relation,
        cache::Weigh,
        connection::order_input,
        list::{slug_ids, tidy_slugs},
        page::{Key, KeyValue, Range, page_size, time_key},
    },
    scalars::{DateTime, Id, Language, Revision, TimeZone, Url},
    vocabulary::{LinkKind, TalkKind, TalkStatus},
};

/// A talk at an edition, in any form: a keynote, a panel, a workshop. Its slots have the times and the rooms.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::talk::Entity")]
#[graphql(complex)]
pub struct Talk {
    /// The id of the talk: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    #[graphql(skip)]
    #[sea_orm(from_expr = "entity::edition::Column::Slug.into_simple_expr()")]
    pub edition_slug: String,
    #[graphql(skip)]
    #[sea_orm(from_expr = "entity::edition::Column::Timezone.into_simple_expr()")]
    pub timezone: TimeZone,
    /// The slug of the talk, unique in its edition: `prometheus-design-and-philosophy`.
    pub slug: String,
    /// The title of the talk: `Prometheus Design and Philosophy`.
    pub title: String,
    #[graphql(skip)]
    pub title_sort: String,
    /// The subtitle of the talk. It is null if there is none.
    pub subtitle: Option<String>,
    #[graphql(skip)]
    #[sea_orm(from_col = "aliases")]
    pub other_titles: Texts,
    /// The form of the talk.
    pub kind: TalkKind,
    /// Whether the talk is given, cancelled or withdrawn.
    pub status: TalkStatus,
    /// The abstract of the talk, in Markdown. It is null if there is none.
    #[sea_orm(from_col = "abstract")]
    pub r#abstract: Option<String>,
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
    #[sea_orm(skip)]
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

    fn long_texts(&self) -> [Option<&str>; 2] {
        [self.r#abstract.as_deref(), Some(&self.title)]
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
    /// A text that the talk's title contains. Case and accents are ignored.
    pub title_contains: Option<String>,
}

/// The value by which talks are ordered. Without an order, talks are listed by start. Talks without a slot come last in
/// ascending order and first in descending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum TalkOrderField {
    /// The start of the talk's first slot, or of its block's, and then the position in the block.
    StartsAt,
    /// The title of the talk. Case and accents are ignored.
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

    fn condition(filter: &TalkFilter, reads: &Reads) -> Condition {
        use entity::{link, talk::Column, talk_recording};
        let backend = reads.backend();
        let status = match &filter.status {
            Some(words) => among_words(backend, Column::Status, words),
            // As a value, PostgreSQL would plan for no rows at all where nearly all talks have one status.
            None => Expr::cust("\"talk\".\"status\" <> 'WITHDRAWN'"),
        };
        Condition::all()
            .add(status)
            .add_option(filter.conference.as_ref().map(|slugs| at_conference(slugs, backend)))
            .add_option(
                filter.edition.as_ref().map(|slugs| Column::EditionId.in_subquery(slug_ids::<Edition>(slugs, backend))),
            )
            .add_option(filter.year.as_ref().map(|years| among_numbers(backend, Column::Year, years)))
            .add_option(filter.speaker.as_ref().map(|slugs| by_speaker(slugs, backend)))
            .add_option(filter.company.as_ref().map(|slugs| for_company(slugs, backend)))
            .add_option(filter.kind.as_ref().map(|words| among_words(backend, Column::Kind, words)))
            .add_option(
                filter
                    .language
                    .as_ref()
                    .map(|tags| among_texts(backend, Column::Language, tags.iter().map(ToString::to_string))),
            )
            .add_option(filter.track.as_ref().map(|slugs| in_track(slugs, backend)))
            .add_option(filter.room.as_ref().map(|slugs| in_room(slugs, backend)))
            .add_option(filter.tag.as_ref().map(|tags| tagged(tags, backend)))
            .add_option(filter.has_recording.map(|has| {
                let recorded = talk_ids(talk_recording::Entity, Expr::cust("talk_recording.talk_id = talk.id"));
                if has { Expr::exists(recorded) } else { Expr::exists(recorded).not() }
            }))
            .add_option(filter.has_slides.map(|has| {
                let slides = Expr::cust("link.talk_id = talk.id").and(link::Column::Kind.eq("SLIDES"));
                let slides = talk_ids(link::Entity, slides);
                if has { Expr::exists(slides) } else { Expr::exists(slides).not() }
            }))
            .add_option(filter.starts_at_or_after.map(|time| Column::StartsAt.gte(time)))
            .add_option(filter.starts_before.map(|time| Column::StartsAt.lt(time)))
            .add_option(filter.title_contains.as_ref().map(|text| contains(Column::TitleKey, text)))
    }

    fn range(filter: &TalkFilter) -> Option<Range<TalkOrderField>> {
        let key = |time: DateTime| KeyValue::Time(time.utc());
        let (from, until) = (filter.starts_at_or_after.map(key), filter.starts_before.map(key));
        (from.is_some() || until.is_some()).then_some(Range { order: TalkOrderField::StartsAt, from, until })
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
                &[Key { sql: "\"talk\".\"title_sort\"", value: |row| KeyValue::SortKey(row.title_sort.clone()) }]
            }
            TalkOrderField::UpdatedAt => {
                &[Key { sql: "\"talk\".\"updated_at\"", value: |row| KeyValue::Time(row.updated_at.utc()) }]
            }
        }
    }
}

fn at_conference(slugs: &[String], backend: DbBackend) -> SimpleExpr {
    use entity::{edition, talk::Column};
    let mut editions = Query::select().column(edition::Column::Id).from(edition::Entity).to_owned();
    editions.and_where(edition::Column::ConferenceId.in_subquery(slug_ids::<Conference>(slugs, backend)));
    Column::EditionId.in_subquery(editions)
}

fn by_speaker(slugs: &[String], backend: DbBackend) -> SimpleExpr {
    use entity::{appearance, talk::Column};
    let speakers = slug_ids::<Speaker>(slugs, backend);
    Column::Id.in_subquery(talk_ids(appearance::Entity, appearance::Column::SpeakerId.in_subquery(speakers)))
}

fn for_company(slugs: &[String], backend: DbBackend) -> SimpleExpr {
    use entity::{appearance_company, talk::Column};
    let companies = slug_ids::<Company>(slugs, backend);
    let of_companies = appearance_company::Column::CompanyId.in_subquery(companies);
    Column::Id.in_subquery(talk_ids(appearance_company::Entity, of_companies))
}

/// A talk has the room of its first slot, or of its block's; its other slots may be in other rooms.
fn in_room(slugs: &[String], backend: DbBackend) -> SimpleExpr {
    use entity::{room, slot, talk::Column};
    let rooms = ids_where(room::Entity, room::Column::Id, among_texts(backend, room::Column::Slug, tidy_slugs(slugs)));
    let slots = slot::Column::RoomId.in_subquery(rooms.clone()).and(slot::Column::TalkId.is_not_null());
    Column::RoomId.in_subquery(rooms).or(Column::Id.in_subquery(talk_ids(slot::Entity, slots)))
}

fn in_track(slugs: &[String], backend: DbBackend) -> SimpleExpr {
    use entity::{talk::Column, track};
    let named = among_texts(backend, track::Column::Slug, tidy_slugs(slugs));
    Column::TrackId.in_subquery(ids_where(track::Entity, track::Column::Id, named))
}

fn tagged(tags: &[String], backend: DbBackend) -> SimpleExpr {
    use entity::{talk::Column, talk_tag};
    let named = among_texts(backend, talk_tag::Column::NameKey, tags.iter().map(|tag| fold(tag)));
    Column::Id.in_subquery(talk_ids(talk_tag::Entity, named))
}

/// The talks that the rows of a table belong to.
fn talk_ids<E: sea_orm::EntityTrait>(table: E, only: SimpleExpr) -> sea_orm::sea_query::SelectStatement {
    let table_name = sea_orm::EntityName::table_name(&table).to_owned();
    Query::select().column((name(&table_name), name("talk_id"))).from(table).and_where(only).to_owned()
}

fn ids_where<E: sea_orm::EntityTrait>(
    table: E,
    id: impl IntoSimpleExpr,
    only: SimpleExpr,
) -> sea_orm::sea_query::SelectStatement {
    Query::select().expr(id.into_simple_expr()).from(table).and_where(only).to_owned()
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
        Ok(appearances.iter().map(|appearance| appearance.shared_speaker()).collect())
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
    /// first. Withdrawn talks are left out.
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

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(value.weight())
    }
}

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

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(value.weight())
    }
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
    let mut pairs = shared(4, "appearance", "speaker_id", "talk_id");
    pairs.union(sea_orm::sea_query::UnionType::All, shared(2, "talk_tag", "name_key", "talk_id"));
    pairs.union(sea_orm::sea_query::UnionType::All, shared(1, "talk", "track_id", "id"));
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

/// The talks of the editions that a filter names, without withdrawn ones. None if it names no editions.
pub(crate) fn talks_at(
    conferences: Option<&Vec<String>>,
    editions: Option<&Vec<String>>,
    years: Option<&Vec<i32>>,
    backend: DbBackend,
) -> Option<SelectStatement> {
    use entity::{edition, talk};
    if conferences.is_none() && editions.is_none() && years.is_none() {
        return None;
    }
    let mut talks = Query::select();
    talks.column(talk::Column::Id).from(talk::Entity).and_where(talk::Column::Status.ne("WITHDRAWN"));
    if let Some(slugs) = conferences {
        let mut editions_of = Query::select().column(edition::Column::Id).from(edition::Entity).to_owned();
        editions_of.and_where(edition::Column::ConferenceId.in_subquery(slug_ids::<Conference>(slugs, backend)));
        talks.and_where(talk::Column::EditionId.in_subquery(editions_of));
    }
    if let Some(slugs) = editions {
        talks.and_where(talk::Column::EditionId.in_subquery(slug_ids::<Edition>(slugs, backend)));
    }
    if let Some(years) = years {
        talks.and_where(among_numbers(backend, talk::Column::Year, years));
    }
    Some(talks)
}
