//! Talks: what is said.

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
    database::{among, among_numbers, among_texts, among_words, contains, fold, name},
    directive::list_size,
    error::{Error, Result},
    read::{
        Listed, Loading, Reads, Resource, Row,
        batch::Relation,
        connection::order_input,
        list::slug_ids,
        page::{Key, KeyValue, time_key},
    },
    scalars::{DateTime, Id, Language, Revision, TimeZone, Url},
    vocabulary::{LinkKind, TalkKind, TalkStatus},
};

/// What somebody said, or is going to say, at an edition. When and where is told by its slots.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::talk::Entity")]
#[graphql(complex)]
pub struct Talk {
    /// Its id.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    #[graphql(skip)]
    #[sea_orm(from_expr = "entity::edition::Column::Slug.into_simple_expr()")]
    pub edition_slug: String,
    #[graphql(skip)]
    #[sea_orm(from_expr = "entity::edition::Column::Timezone.into_simple_expr()")]
    pub timezone: TimeZone,
    /// Its name in addresses, unique in its edition.
    pub slug: String,
    /// What it is called.
    pub title: String,
    #[graphql(skip)]
    pub title_key: String,
    /// A second line under the title.
    pub subtitle: Option<String>,
    #[graphql(skip)]
    #[sea_orm(from_col = "aliases")]
    pub other_titles: Texts,
    /// Its form.
    pub kind: TalkKind,
    /// Whether it is given.
    pub status: TalkStatus,
    /// What it is about, in Markdown.
    #[sea_orm(from_col = "abstract")]
    pub r#abstract: Option<String>,
    /// The language that it is given in.
    pub language: Option<Language>,
    #[graphql(skip)]
    pub track_id: Option<Uuid>,
    /// Its speakers asked not to be recorded.
    pub do_not_record: bool,
    #[graphql(skip)]
    pub block_id: Option<Uuid>,
    /// Its place in its block, from 1.
    pub block_position: Option<i32>,
    #[graphql(skip)]
    pub replaces_id: Option<Uuid>,
    /// When its first slot begins, or its block's; null where that is not known.
    pub starts_at: Option<DateTime>,
    /// When its first slot ends, or its block's.
    pub ends_at: Option<DateTime>,
    #[graphql(skip)]
    pub room_id: Option<Uuid>,
    /// The talk's own page here.
    #[sea_orm(skip)]
    pub url: Url,
    /// When its own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of its own fields: what `ifRevision` compares.
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
}

/// Which talks. Values of one field mean any of them, the fields together all of them; a slug that names nothing
/// matches nothing. Without `status`, withdrawn talks are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct TalkFilter {
    /// Slugs of conferences.
    pub conference: Option<Vec<String>>,
    /// Slugs of editions.
    pub edition: Option<Vec<String>>,
    /// Years of editions.
    pub year: Option<Vec<i32>>,
    /// Slugs of speakers.
    pub speaker: Option<Vec<String>>,
    /// Slugs of companies that somebody on stage spoke for.
    pub company: Option<Vec<String>>,
    /// Forms.
    pub kind: Option<Vec<TalkKind>>,
    /// Whether they are given.
    pub status: Option<Vec<TalkStatus>>,
    /// Languages, as they are told.
    pub language: Option<Vec<Language>>,
    /// Slugs of tracks.
    pub track: Option<Vec<String>>,
    /// Slugs of rooms.
    pub room: Option<Vec<String>>,
    /// Tags, without regard to case and accents.
    pub tag: Option<Vec<String>>,
    /// With a recording, or without one.
    pub has_recording: Option<bool>,
    /// With slides, or without.
    pub has_slides: Option<bool>,
    /// The first slot begins then or later.
    pub starts_at_or_after: Option<DateTime>,
    /// The first slot begins before.
    pub starts_before: Option<DateTime>,
    /// The title contains it, without regard to case and accents.
    pub title_contains: Option<String>,
}

/// By what talks are sorted. Talks whose time is not known come last in ASC and first in DESC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum TalkOrderField {
    /// The start, then the place in the block.
    StartsAt,
    /// The title, without regard to case and accents.
    Title,
    /// The last change.
    UpdatedAt,
}

order_input! {
    /// How talks are sorted; ties by id.
    TalkOrder, TalkOrderField, TalkOrderField::StartsAt
}

impl Listed for Talk {
    type Filter = TalkFilter;
    type Order = TalkOrder;
    type OrderField = TalkOrderField;

    fn condition(filter: &TalkFilter, reads: &Reads) -> Condition {
        use entity::{
            appearance, appearance_company, edition, link, room, slot, talk::Column, talk_recording, talk_tag, track,
        };
        let backend = reads.backend();
        let held = |slugs: &Vec<String>| {
            let editions = Query::select().column(edition::Column::Id).from(edition::Entity).to_owned();
            let mut editions = editions;
            editions.and_where(edition::Column::ConferenceId.in_subquery(slug_ids::<Conference>(slugs, backend)));
            Column::EditionId.in_subquery(editions)
        };
        let by_speaker = |slugs: &Vec<String>| {
            let column = appearance::Column::SpeakerId;
            Column::Id
                .in_subquery(talk_ids(appearance::Entity, column.in_subquery(slug_ids::<Speaker>(slugs, backend))))
        };
        let for_company = |slugs: &Vec<String>| {
            let column = appearance_company::Column::CompanyId;
            Column::Id.in_subquery(talk_ids(
                appearance_company::Entity,
                column.in_subquery(slug_ids::<Company>(slugs, backend)),
            ))
        };
        let in_room = |slugs: &Vec<String>| {
            let rooms =
                ids_where(room::Entity, room::Column::Id, among_texts(backend, room::Column::Slug, slugs.clone()));
            let slots = talk_ids(
                slot::Entity,
                slot::Column::RoomId.in_subquery(rooms.clone()).and(slot::Column::TalkId.is_not_null()),
            );
            Column::RoomId.in_subquery(rooms).or(Column::Id.in_subquery(slots))
        };
        let in_track = |slugs: &Vec<String>| {
            let tracks =
                ids_where(track::Entity, track::Column::Id, among_texts(backend, track::Column::Slug, slugs.clone()));
            Column::TrackId.in_subquery(tracks)
        };
        let tagged = |tags: &Vec<String>| {
            let among = among_texts(backend, talk_tag::Column::NameKey, tags.iter().map(|tag| fold(tag)));
            Column::Id.in_subquery(talk_ids(talk_tag::Entity, among))
        };
        let given = match &filter.status {
            Some(words) => among_words(backend, Column::Status, words),
            None => Column::Status.ne("WITHDRAWN"),
        };
        Condition::all()
            .add(given)
            .add_option(filter.conference.as_ref().map(held))
            .add_option(
                filter.edition.as_ref().map(|slugs| Column::EditionId.in_subquery(slug_ids::<Edition>(slugs, backend))),
            )
            .add_option(filter.year.as_ref().map(|years| among_numbers(backend, Column::Year, years)))
            .add_option(filter.speaker.as_ref().map(by_speaker))
            .add_option(filter.company.as_ref().map(for_company))
            .add_option(filter.kind.as_ref().map(|words| among_words(backend, Column::Kind, words)))
            .add_option(
                filter
                    .language
                    .as_ref()
                    .map(|tags| among_texts(backend, Column::Language, tags.iter().map(ToString::to_string))),
            )
            .add_option(filter.track.as_ref().map(in_track))
            .add_option(filter.room.as_ref().map(in_room))
            .add_option(filter.tag.as_ref().map(tagged))
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
                &[Key { sql: "\"talk\".\"title_key\"", value: |row| KeyValue::Text(row.title_key.clone()) }]
            }
            TalkOrderField::UpdatedAt => {
                &[Key { sql: "\"talk\".\"updated_at\"", value: |row| KeyValue::Time(row.updated_at.utc()) }]
            }
        }
    }
}

/// The talks that rows of a table are of.
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
    /// Former titles and other printed ones.
    #[graphql(directive = list_size::apply(2))]
    async fn aliases(&self) -> &[String] {
        &self.other_titles.0
    }

    /// The strand of the programme that it belongs to.
    async fn track(&self, ctx: &Context<'_>) -> Result<Option<Arc<Track>>> {
        ctx.maybe(self.track_id).await
    }

    /// What it is about, in single words.
    #[graphql(directive = list_size::apply(5))]
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        ctx.load(TagsOfTalk(self.id.0)).await
    }

    /// The edition that it was given at.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }

    /// Usually one; none for an archived talk whose time is not known, or that was withdrawn; several for one that is
    /// held again.
    #[graphql(directive = list_size::apply(2))]
    async fn slots(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Slot>>> {
        ctx.load(SlotsOfTalk(self.id.0)).await
    }

    /// The room of its first slot, or of its block's.
    async fn room(&self, ctx: &Context<'_>) -> Result<Option<Arc<Room>>> {
        ctx.maybe(self.room_id).await
    }

    /// Who is on stage, in billing order, with the company they spoke for at the time.
    #[graphql(directive = list_size::apply(3))]
    async fn appearances(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Appearance>>> {
        Appearance::of_talk(ctx, self.id.0).await
    }

    /// Who is on stage, in billing order.
    #[graphql(directive = list_size::apply(3))]
    async fn speakers(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Speaker>>> {
        let appearances = ctx.load(AppearancesOfTalk(self.id.0)).await?;
        Ok(appearances.iter().map(|appearance| appearance.shared_speaker()).collect())
    }

    /// The block that it is given in (a lightning round). A talk given in a block has no slot of its own: its
    /// `startsAt`, `endsAt` and `room` are its block's.
    async fn block(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        ctx.maybe(self.block_id).await
    }

    /// The talks given in this block, in their order; withdrawn ones left out.
    #[graphql(directive = list_size::apply(2))]
    async fn talks(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Talk>>> {
        if self.kind != TalkKind::LightningBlock {
            return Ok(Vec::new());
        }
        let mut talks = ctx.load(TalksOfBlock(self.id.0)).await?;
        talks.retain(|talk| talk.status != TalkStatus::Withdrawn);
        Ok(talks)
    }

    /// Where it is to be seen.
    #[graphql(directive = list_size::apply(2))]
    async fn recordings(&self, ctx: &Context<'_>) -> Result<Vec<Arc<TalkRecording>>> {
        ctx.load(TalkRecordingsOfTalk(self.id.0)).await
    }

    /// The talk that this one stepped in for.
    async fn replaces(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        ctx.maybe(self.replaces_id).await
    }

    /// The talk that stepped in for this one.
    async fn replaced_by(&self, ctx: &Context<'_>) -> Result<Option<Arc<Talk>>> {
        Ok(ctx.load(ReplacementsOfTalk(self.id.0)).await?.first().cloned())
    }

    /// What it links to, of these kinds or of all.
    #[graphql(directive = list_size::apply(5))]
    async fn links(&self, ctx: &Context<'_>, kinds: Option<Vec<LinkKind>>) -> Result<Vec<Arc<Link>>> {
        Subject::Talk(self.id.0).links(ctx, kinds).await
    }

    /// Talks that share speakers, tags or the track with this one, the nearest first, then the latest. `first` is from
    /// 1 to the page size limit.
    #[graphql(directive = list_size::apply(5))]
    async fn related(&self, ctx: &Context<'_>, #[graphql(default = 5)] first: i32) -> Result<Vec<Arc<Talk>>> {
        let limit = ctx.reads()?.max_page_size;
        let size = usize::try_from(first).ok().filter(|size| (1..=limit).contains(size));
        let size =
            size.ok_or_else(|| Error::bad_input("first", format!("{first} is not a page size: from 1 to {limit}")))?;
        ctx.many(ctx.load(RelatedTalks { talk: self.id.0, size }).await?).await
    }
}

crate::read::children! {
    /// The talks of a block, in their order.
    TalksOfBlock => Talk, by |row| row.block_id.unwrap_or_default(), at entity::talk::Column::BlockId,
        ordered vec![Expr::cust("COALESCE(\"talk\".\"block_position\", 2147483647)"), Talk::id_column()];
    /// The talks that stepped in for one: at most one.
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
}

/// The talks nearest to one: a shared speaker counts four, a shared tag two, the same track one.
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
                .and_where(among(reads.backend(), Expr::cust(format!("mine.{talk}")), &ids))
                .to_owned()
        };
        let mut pairs = shared(4, "appearance", "speaker_id", "talk_id");
        pairs.union(sea_orm::sea_query::UnionType::All, shared(2, "talk_tag", "name_key", "talk_id"));
        pairs.union(sea_orm::sea_query::UnionType::All, shared(1, "talk", "track_id", "id"));
        let ranked = Query::select()
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
            .to_owned();
        let most = keys.iter().map(|key| key.size).max().unwrap_or_default();
        let select = Query::select()
            .expr(Expr::cust("*"))
            .from_subquery(ranked, name("ranked"))
            .and_where(Expr::cust("place").lte(most as i64))
            .order_by_expr(Expr::cust("talk_id"), sea_orm::Order::Asc)
            .order_by_expr(Expr::cust("place"), sea_orm::Order::Asc)
            .to_owned();
        let mut nearest: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for row in reads.database.query_all(&select).await? {
            nearest.entry(row.try_get("", "talk_id")?).or_default().push(row.try_get("", "other_id")?);
        }
        let of = |key: &Self| nearest.get(&key.talk).into_iter().flatten().take(key.size).copied().collect();
        Ok(keys.iter().map(|key| (*key, of(key))).collect())
    }
}

/// The talks, withdrawn ones left out, of the editions that filters name; none if they name no edition at all.
pub(crate) fn held_at(
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
        let mut of = Query::select().column(edition::Column::Id).from(edition::Entity).to_owned();
        of.and_where(edition::Column::ConferenceId.in_subquery(slug_ids::<Conference>(slugs, backend)));
        talks.and_where(talk::Column::EditionId.in_subquery(of));
    }
    if let Some(slugs) = editions {
        talks.and_where(talk::Column::EditionId.in_subquery(slug_ids::<Edition>(slugs, backend)));
    }
    if let Some(years) = years {
        talks.and_where(among_numbers(backend, talk::Column::Year, years));
    }
    Some(talks)
}
