//! Recordings, and which talks are in them.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use sea_orm::{
    ColumnTrait, Condition, DerivePartialModel, ExprTrait, IntoSimpleExpr, JoinType, QuerySelect, RelationTrait,
    Select,
    sea_query::{Expr, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use super::{
    company::Company,
    conference::Conference,
    edition::Edition,
    playlist::{Playlist, PlaylistsOfRecording},
    speaker::Speaker,
    talk::Talk,
};
use crate::{
    database::{among, among_numbers, among_texts, among_words},
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Row,
        batch::Relation,
        connection::order_input,
        list::slug_ids,
        page::{Key, KeyValue, time_key},
    },
    scalars::{Date, DateTime, Id, Language, Revision, Url},
    vocabulary::{RecordingKind, RecordingProvider},
};

/// A video at YouTube or elsewhere: of a talk, of several, of a whole day, or about an edition.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::recording::Entity")]
#[graphql(complex)]
pub struct Recording {
    /// Its id.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Option<Uuid>,
    /// What it shows.
    pub kind: RecordingKind,
    /// Who hosts it.
    pub provider: RecordingProvider,
    /// The provider's id of it.
    pub external_id: String,
    /// The title at the provider; null where it is not known.
    pub title: Option<String>,
    #[graphql(skip)]
    pub title_key: Option<String>,
    /// Where it is to be seen.
    pub url: Url,
    #[graphql(skip)]
    #[sea_orm(from_col = "thumbnail_url")]
    pub own_thumbnail_url: Option<Url>,
    /// How long it is.
    pub duration_seconds: Option<i32>,
    /// When it was published, in UTC.
    pub published_at: Option<DateTime>,
    /// The language that is spoken in it.
    pub language: Option<Language>,
    /// When its own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of its own fields: what `ifRevision` compares.
    pub revision: Revision,
}

impl Row for Recording {
    type Entity = entity::recording::Entity;
}

/// Which recordings. Values of one field mean any of them, the fields together all of them; a slug that names nothing
/// matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct RecordingFilter {
    /// Of editions of conferences of these slugs.
    pub conference: Option<Vec<String>>,
    /// Of editions of these slugs.
    pub edition: Option<Vec<String>>,
    /// Of editions of these years.
    pub year: Option<Vec<i32>>,
    /// Of talks by speakers of these slugs.
    pub speaker: Option<Vec<String>>,
    /// Of talks for companies of these slugs.
    pub company: Option<Vec<String>>,
    /// What they show.
    pub kind: Option<Vec<RecordingKind>>,
    /// Who hosts them.
    pub provider: Option<Vec<RecordingProvider>>,
    /// With a talk, or still waiting for one.
    pub has_talk: Option<bool>,
    /// Published on this day (UTC) or later.
    pub published_on_or_after: Option<Date>,
}

/// By what recordings are sorted. Those without the value come last in ASC and first in DESC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum RecordingOrderField {
    /// When it was published.
    PublishedAt,
    /// The title, without regard to case and accents.
    Title,
    /// How long it is.
    Duration,
    /// The last change.
    UpdatedAt,
}

order_input! {
    /// How recordings are sorted; ties by id.
    RecordingOrder, RecordingOrderField, RecordingOrderField::PublishedAt
}

fn recorded_talks(
    link: impl sea_orm::EntityName + sea_orm::sea_query::IntoTableRef,
    join: &'static str,
    only: SimpleExpr,
) -> SelectStatement {
    Query::select()
        .expr(Expr::cust("talk_recording.recording_id"))
        .from(entity::talk_recording::Entity)
        .join(JoinType::InnerJoin, link, Expr::cust(join))
        .and_where(only)
        .to_owned()
}

impl Listed for Recording {
    type Filter = RecordingFilter;
    type Order = RecordingOrder;
    type OrderField = RecordingOrderField;

    fn condition(filter: &RecordingFilter, reads: &Reads) -> Condition {
        use entity::{appearance, appearance_company, edition, recording::Column};
        let backend = reads.backend();
        let editions = |only: SimpleExpr| {
            let editions = Query::select().column(edition::Column::Id).from(edition::Entity).and_where(only).to_owned();
            Column::EditionId.in_subquery(editions)
        };
        let of_speakers = |slugs: &Vec<String>| {
            let only = appearance::Column::SpeakerId.in_subquery(slug_ids::<Speaker>(slugs, backend));
            let of = recorded_talks(appearance::Entity, "appearance.talk_id = talk_recording.talk_id", only);
            Column::Id.in_subquery(of)
        };
        let of_companies = |slugs: &Vec<String>| {
            let only = appearance_company::Column::CompanyId.in_subquery(slug_ids::<Company>(slugs, backend));
            let of =
                recorded_talks(appearance_company::Entity, "appearance_company.talk_id = talk_recording.talk_id", only);
            Column::Id.in_subquery(of)
        };
        Condition::all()
            .add_option(filter.conference.as_ref().map(|slugs| {
                editions(edition::Column::ConferenceId.in_subquery(slug_ids::<Conference>(slugs, backend)))
            }))
            .add_option(
                filter.edition.as_ref().map(|slugs| Column::EditionId.in_subquery(slug_ids::<Edition>(slugs, backend))),
            )
            .add_option(
                filter.year.as_ref().map(|years| editions(among_numbers(backend, edition::Column::Year, years))),
            )
            .add_option(filter.speaker.as_ref().map(of_speakers))
            .add_option(filter.company.as_ref().map(of_companies))
            .add_option(filter.kind.as_ref().map(|words| among_words(backend, Column::Kind, words)))
            .add_option(filter.provider.as_ref().map(|words| among_words(backend, Column::Provider, words)))
            .add_option(filter.has_talk.map(|has| {
                let talks = Query::select()
                    .expr(Expr::cust("1"))
                    .from(entity::talk_recording::Entity)
                    .and_where(Expr::cust("talk_recording.recording_id = recording.id"))
                    .to_owned();
                if has { Expr::exists(talks) } else { Expr::exists(talks).not() }
            }))
            .add_option(
                filter
                    .published_on_or_after
                    .map(|date| Column::PublishedAt.gte(date.0.and_time(chrono::NaiveTime::MIN).and_utc())),
            )
    }

    fn keys(order: RecordingOrderField) -> &'static [Key<Self>] {
        match order {
            RecordingOrderField::PublishedAt => &[Key {
                sql: "COALESCE(\"recording\".\"published_at\", '9999-12-31T23:59:59+00:00')",
                value: |row| time_key(row.published_at.map(DateTime::utc)),
            }],
            RecordingOrderField::Title => &[Key {
                sql: "COALESCE(\"recording\".\"title_key\", '\u{10FFFF}')",
                value: |row| KeyValue::Text(row.title_key.clone().unwrap_or_else(|| "\u{10FFFF}".to_owned())),
            }],
            RecordingOrderField::Duration => &[Key {
                sql: "COALESCE(\"recording\".\"duration_seconds\", 2147483647)",
                value: |row| KeyValue::Int(row.duration_seconds.unwrap_or(i32::MAX)),
            }],
            RecordingOrderField::UpdatedAt => {
                &[Key { sql: "\"recording\".\"updated_at\"", value: |row| KeyValue::Time(row.updated_at.utc()) }]
            }
        }
    }
}

/// Where a provider shows a recording; none for the providers that have many hosts.
pub(crate) fn watch_url(provider: RecordingProvider, id: &str) -> Option<String> {
    match provider {
        RecordingProvider::Youtube => Some(format!("https://www.youtube.com/watch?v={id}")),
        RecordingProvider::Vimeo => Some(format!("https://vimeo.com/{id}")),
        RecordingProvider::MediaCcc => Some(format!("https://media.ccc.de/v/{id}")),
        RecordingProvider::Peertube | RecordingProvider::Other => None,
    }
}

impl Recording {
    /// Its address, at a moment.
    fn url_at(&self, seconds: Option<i32>) -> Url {
        let url = self.url.to_string();
        let mark = |separator: &str| seconds.map(|s| format!("{separator}{s}")).unwrap_or_default();
        Url::built(match self.provider {
            RecordingProvider::Youtube => {
                let separator = if url.contains('?') { "&t=" } else { "?t=" };
                let mark = mark(separator);
                format!("{url}{mark}{}", if mark.is_empty() { "" } else { "s" })
            }
            RecordingProvider::Peertube => url.clone() + &mark(if url.contains('?') { "&start=" } else { "?start=" }),
            // Media fragments (W3C): seconds from the beginning.
            _ => url.clone() + &mark("#t="),
        })
    }
}

#[ComplexObject]
impl Recording {
    /// A player to embed; of YouTube the one without cookies.
    async fn embed_url(&self) -> Option<Url> {
        let id = &self.external_id;
        match self.provider {
            RecordingProvider::Youtube => Some(format!("https://www.youtube-nocookie.com/embed/{id}")),
            RecordingProvider::Vimeo => Some(format!("https://player.vimeo.com/video/{id}")),
            RecordingProvider::MediaCcc => Some(format!("https://media.ccc.de/v/{id}/oembed")),
            RecordingProvider::Peertube | RecordingProvider::Other => None,
        }
        .map(Url::built)
    }

    /// A still image of it: as told, or the provider's.
    async fn thumbnail_url(&self) -> Option<Url> {
        let youtube = || {
            (self.provider == RecordingProvider::Youtube)
                .then(|| format!("https://i.ytimg.com/vi/{}/hqdefault.jpg", self.external_id))
        };
        self.own_thumbnail_url.clone().or_else(|| youtube().map(Url::built))
    }

    /// The edition that it is of.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.edition_id).await
    }

    /// The playlists that it is in, by the provider's id.
    #[graphql(directive = list_size::apply(2))]
    async fn playlists(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Playlist>>> {
        ctx.many(ctx.load(PlaylistsOfRecording(self.id.0)).await?).await
    }

    /// The talks in it: one, or several at their offsets (a lightning round, a day's live stream), in their order.
    #[graphql(directive = list_size::apply(3))]
    async fn talks(&self, ctx: &Context<'_>) -> Result<Vec<Arc<TalkRecording>>> {
        ctx.load(TalkRecordingsOfRecording(self.id.0)).await
    }
}

/// A talk's part of a recording. `url` opens the recording at `startSeconds`.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::talk_recording::Entity")]
#[graphql(complex)]
pub struct TalkRecording {
    #[graphql(skip)]
    pub talk_id: Uuid,
    #[graphql(skip)]
    #[sea_orm(nested)]
    pub recording: Recording,
    /// Where the talk begins in it; null where that is not known.
    pub start_seconds: Option<i32>,
    /// Where the talk ends in it; null where that is not known.
    pub end_seconds: Option<i32>,
}

impl Row for TalkRecording {
    type Entity = entity::talk_recording::Entity;

    fn joined(select: Select<Self::Entity>) -> Select<Self::Entity> {
        select.join(JoinType::InnerJoin, entity::talk_recording::Relation::Recording.def())
    }

    fn complete(&mut self, reads: &Reads) {
        self.recording.complete(reads);
    }
}

impl TalkRecording {
    /// The address that opens the recording where the talk begins.
    pub(crate) fn opens_at(&self) -> Url {
        self.recording.url_at(self.start_seconds)
    }
}

#[ComplexObject]
impl TalkRecording {
    /// What is said.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Arc<Talk>> {
        ctx.one(self.talk_id).await
    }

    /// Where it is seen.
    async fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Opens the recording where the talk begins.
    async fn url(&self) -> Url {
        self.opens_at()
    }
}

crate::read::children! {
    /// The recordings of a talk, the first first.
    TalkRecordingsOfTalk => TalkRecording, by |row| row.talk_id, at entity::talk_recording::Column::TalkId,
        ordered vec![entity::talk_recording::Column::TalkId.into_simple_expr(), entity::talk_recording::Column::Position.into_simple_expr()];
}

/// The talks of a recording: by their offset, else by their time and place in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TalkRecordingsOfRecording(pub Uuid);

impl Relation for TalkRecordingsOfRecording {
    type Value = Vec<Arc<TalkRecording>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut select = TalkRecording::projection();
        select
            .join(JoinType::InnerJoin, entity::talk::Entity, Expr::cust("talk.id = talk_recording.talk_id"))
            .and_where(among(reads.backend(), entity::talk_recording::Column::RecordingId, &ids));
        for key in [
            "COALESCE(\"talk_recording\".\"start_seconds\", 0)",
            "COALESCE(\"talk\".\"starts_at\", '9999-12-31T23:59:59+00:00')",
            "COALESCE(\"talk\".\"block_position\", 0)",
            "\"talk\".\"id\"",
        ] {
            select.order_by_expr(Expr::cust(key), sea_orm::Order::Asc);
        }
        let mut talks: HashMap<Self, Self::Value> = HashMap::new();
        for row in TalkRecording::fetch(select, &reads).await? {
            talks.entry(Self(row.recording.id.0)).or_default().push(row);
        }
        Ok(talks)
    }
}

/// A recording by its provider and the provider's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ByKey(pub RecordingProvider, pub String);

impl Relation for ByKey {
    type Value = Option<Arc<Recording>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let mut select = Recording::projection();
        let ids = keys.iter().map(|key| key.1.clone());
        select.and_where(among_texts(reads.backend(), entity::recording::Column::ExternalId, ids));
        let rows = Recording::fetch(select, &reads).await?;
        Ok(rows.into_iter().map(|row| (Self(row.provider, row.external_id.clone()), Some(row))).collect())
    }
}
