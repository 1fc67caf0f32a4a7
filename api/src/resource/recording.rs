//! Recordings, and the talks in them.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, Enum, InputObject, SimpleObject};
use sea_orm::{
    ActiveEnum, ColumnTrait, DbBackend, IntoSimpleExpr, JoinType, QuerySelect, RelationTrait, Select,
    sea_query::{Expr, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use super::{
    company::Company,
    edition::Edition,
    playlist::{Playlist, PlaylistsOfRecording},
    speaker::Speaker,
    talk::{Talk, editions_of},
};
use crate::{
    collation::sort_key,
    database::{among, among_found, among_numbers, among_videos, name},
    directive::list_size,
    error::Result,
    read::{
        Listed, Loading, Reads, Row,
        batch::Relation,
        columns::{Columns, LongTexts},
        connection::order_input,
        dependencies::Dependencies,
        facet::{Facet, Values, any_row, unindexed},
        key::{Key, KeyValue, Range, time_key},
        list::slug_ids,
        parent::Parent,
        slug::BySlug,
    },
    scalars::{Date, DateTime, Id, Language, Revision, Url},
    vocabulary::{RecordingKind, RecordingProvider},
    weight::Weigh,
};

/// A video at a provider such as YouTube: of one talk, of several, of a whole day, or about an edition.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::recording)]
#[graphql(complex)]
pub struct Recording {
    /// The id of the recording: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Option<Uuid>,
    /// The kind of content that the recording shows.
    pub kind: RecordingKind,
    /// The provider that hosts the recording.
    pub provider: RecordingProvider,
    /// The id of the recording at the provider: `3Tb4Wc0kfCM`.
    pub external_id: String,
    /// The title of the recording at the provider. It is null if it is not known.
    pub title: Option<String>,
    /// The address at which the recording is watched.
    pub url: Url,
    #[graphql(skip)]
    #[columns(column = thumbnail_url)]
    pub own_thumbnail_url: Option<Url>,
    /// The length of the recording in seconds. It is null if it is not known.
    pub duration_seconds: Option<i32>,
    /// The time at which the recording was published, in UTC. It is null if it is not known.
    pub published_at: Option<DateTime>,
    #[graphql(skip)]
    pub talks_end_at: Option<DateTime>,
    /// The language spoken in the recording as a BCP 47 tag: `en`. It is null if it is not known.
    pub language: Option<Language>,
    /// The time of the last change to the recording's own data, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the recording's own data. A GraphQL mutation compares it with its argument
    /// `ifRevision`.
    pub revision: Revision,
}

impl Row for Recording {
    type Entity = entity::recording::Entity;
}

/// A filter for recordings. A recording matches a field if it matches any of the field's values, and matches the filter
/// if it matches all fields. A slug may be a former one; an unknown slug matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct RecordingFilter {
    /// The slugs of conferences, such as `promcon`: the recording belongs to one of their editions.
    pub conference: Option<Vec<String>>,
    /// The slugs of editions, such as `promcon-2016-berlin`: the recording belongs to one of them.
    pub edition: Option<Vec<String>>,
    /// The years of editions, such as 2016: the recording belongs to an edition of one of them.
    pub year: Option<Vec<i32>>,
    /// The slugs of speakers, such as `julius-volz`: one of them appears in a talk in the recording.
    pub speaker: Option<Vec<String>>,
    /// The slugs of companies, such as `grafana-labs`: a speaker represents one of them in a talk in the recording.
    pub company: Option<Vec<String>>,
    /// The kinds of content that recordings show.
    pub kind: Option<Vec<RecordingKind>>,
    /// The providers that host recordings.
    pub provider: Option<Vec<RecordingProvider>>,
    /// True for recordings that have a talk in them, false for recordings that have none.
    pub has_talk: Option<bool>,
    /// A day in UTC: the recording was published on this day or a later one. Recordings without a time of publication
    /// do not match.
    pub published_on_or_after: Option<Date>,
}

/// The value by which recordings are ordered. Without an order, recordings are listed by PUBLISHED_AT.
/// Recordings without the value come last in ascending order and first in descending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum RecordingOrderField {
    /// The time at which the recording was published; of a recording without one, the end of the last talk in it.
    PublishedAt,
    /// The title of the recording. Case and accents decide only between titles that are else equal.
    Title,
    /// The length of the recording.
    Duration,
    /// The time of the last change to the recording's own data.
    UpdatedAt,
}

order_input! {
    /// The order of a list of recordings. Recordings with equal values are ordered by id.
    RecordingOrder, RecordingOrderField, RecordingOrderField::PublishedAt
}

/// The start of a day in UTC.
fn start_of(day: Date) -> chrono::DateTime<chrono::Utc> {
    day.0.and_time(chrono::NaiveTime::MIN).and_utc()
}

/// The recordings of the talks that the rows of a table belong to.
fn of_talks_in(table: &'static str, only: SimpleExpr, backend: DbBackend) -> Facet<Recording> {
    let talks = Query::select()
        .expr(Expr::cust(format!("{table}.talk_id")))
        .from(name(table))
        .and_where(only.clone())
        .to_owned();
    let ids = Query::select()
        .expr(Expr::cust("talk_recording.recording_id"))
        .from(entity::talk_recording::Entity)
        .and_where(among_found(backend, Expr::cust("talk_recording.talk_id"), talks.clone()))
        .to_owned();
    let of_recording = Query::select()
        .from(entity::talk_recording::Entity)
        .join(JoinType::InnerJoin, name(table), Expr::cust(format!("{table}.talk_id = talk_recording.talk_id")))
        .and_where(Expr::cust("talk_recording.recording_id = recording.id"))
        .and_where(unindexed(only))
        .to_owned();
    Facet::ids(any_row(of_recording), ids).as_many_as(talks)
}

impl Listed for Recording {
    type Filter = RecordingFilter;
    type Order = RecordingOrder;
    type OrderField = RecordingOrderField;

    const TOTAL: &'static str = "recordings";

    fn within(filter: &RecordingFilter) -> Option<(Parent, BySlug, RecordingFilter)> {
        let [slug] = filter.edition.as_deref()? else { return None };
        let rest = RecordingFilter { edition: None, ..filter.clone() };
        Some((Parent::Edition, BySlug::of::<Edition>(slug.clone()), rest))
    }

    fn facets(filter: &RecordingFilter, reads: &Reads) -> Vec<Facet<Self>> {
        use RecordingOrderField::PublishedAt;
        use entity::recording::Column;
        let backend = reads.backend();
        let by = |column: Column, values: Values| Facet::column(column, values, backend).in_order(PublishedAt);
        let shared = |column: Column, values: Values| by(column, values).in_shared_index();
        let of_editions = |ids: SelectStatement| by(Column::EditionId, Values::Ids(ids)).first_in_shared_index();
        let mut facets: Vec<Facet<Self>> = Vec::new();
        facets.extend(
            filter
                .edition
                .as_ref()
                .map(|slugs| by(Column::EditionId, Values::Ids(slug_ids::<Edition>(slugs, backend))).few()),
        );
        facets.extend(filter.speaker.as_ref().map(|slugs| {
            let speakers = slug_ids::<Speaker>(slugs, backend);
            of_talks_in("appearance", among_found(backend, Expr::cust("appearance.speaker_id"), speakers), backend)
                .few()
        }));
        facets.extend(filter.company.as_ref().map(|slugs| {
            let (company, companies) = ("appearance_company.company_id", slug_ids::<Company>(slugs, backend));
            of_talks_in("appearance_company", among_found(backend, Expr::cust(company), companies), backend)
        }));
        let conference = filter.conference.as_ref();
        facets.extend(conference.map(|slugs| of_editions(editions_of(slugs, backend))));
        facets.extend(filter.year.as_ref().map(|years| {
            let editions = Query::select()
                .expr_as(Expr::cust("edition.id"), name("value"))
                .from(entity::edition::Entity)
                .and_where(among_numbers(backend, Expr::cust("edition.year"), years))
                .to_owned();
            of_editions(editions)
        }));
        let since = filter.published_on_or_after.map(|day| Column::PublishedAt.gte(start_of(day)));
        facets
            .extend(since.zip(Self::range(filter)).map(|(check, range)| Facet::range(check, range).in_shared_index()));
        facets.extend(filter.provider.as_ref().map(|words| shared(Column::Provider, Values::words(words, backend))));
        facets.extend(filter.kind.as_ref().map(|words| shared(Column::Kind, Values::words(words, backend))));
        facets.extend(filter.has_talk.map(|has| shared(Column::HasTalk, Values::One(has.into()))));
        facets
    }

    fn range(filter: &RecordingFilter) -> Option<Range<RecordingOrderField>> {
        let from = filter.published_on_or_after.map(|day| KeyValue::Time(start_of(day)))?;
        Some(Range { order: RecordingOrderField::PublishedAt, from: Some(from), until: None })
    }

    fn depends_on_texts(_: &RecordingFilter, order: Option<RecordingOrderField>) -> bool {
        order.is_some_and(|order| matches!(order, RecordingOrderField::Title | RecordingOrderField::UpdatedAt))
    }

    fn keys(order: RecordingOrderField) -> &'static [Key<Self>] {
        match order {
            RecordingOrderField::PublishedAt => &[Key {
                sql: "COALESCE(\"recording\".\"published_at\", \"recording\".\"talks_end_at\", \
                    '9999-12-31T23:59:59+00:00')",
                value: |row| time_key(row.published_at.or(row.talks_end_at).map(DateTime::utc)),
            }],
            RecordingOrderField::Title => &[Key {
                sql: "COALESCE(\"recording\".\"title_sort\", '~')",
                value: |row| KeyValue::SortKey(row.title.as_deref().map_or_else(|| "~".to_owned(), sort_key)),
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

/// The address of a recording at its provider; none for a provider with many hosts.
pub(crate) fn watch_url(provider: RecordingProvider, id: &str) -> Option<String> {
    match provider {
        RecordingProvider::Youtube => Some(format!("https://www.youtube.com/watch?v={id}")),
        RecordingProvider::Vimeo => Some(format!("https://vimeo.com/{id}")),
        RecordingProvider::MediaCcc => Some(format!("https://media.ccc.de/v/{id}")),
        RecordingProvider::Peertube | RecordingProvider::Other => None,
    }
}

impl Recording {
    /// The address that opens the recording at a second.
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
    /// The address of a player that can be embedded in a page; for YouTube, the one without cookies. It is null for
    /// PEERTUBE and OTHER.
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

    /// The address of a still image of the recording: the one that an editor gave, or YouTube's own. It is null if
    /// there is none.
    async fn thumbnail_url(&self) -> Option<Url> {
        let youtube = || {
            (self.provider == RecordingProvider::Youtube)
                .then(|| format!("https://i.ytimg.com/vi/{}/hqdefault.jpg", self.external_id))
        };
        self.own_thumbnail_url.clone().or_else(|| youtube().map(Url::built))
    }

    /// The edition that the recording belongs to. It is null if there is none.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.edition_id).await
    }

    /// The playlists that contain the recording, ordered by their id at the provider.
    #[graphql(directive = list_size::apply(2))]
    async fn playlists(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Playlist>>> {
        ctx.many(ctx.load(PlaylistsOfRecording(self.id.0)).await?).await
    }

    /// The talks in the recording, in order of their start in it. A recording of a lightning round or of a whole day
    /// has several.
    #[graphql(directive = list_size::apply(3))]
    async fn talks(&self, ctx: &Context<'_>) -> Result<Vec<Arc<TalkRecording>>> {
        ctx.load(TalkRecordingsOfRecording(self.id.0)).await
    }
}

/// The place of one talk in one recording.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::talk_recording)]
#[graphql(complex)]
pub struct TalkRecording {
    #[graphql(skip)]
    pub talk_id: Uuid,
    #[graphql(skip)]
    #[columns(nested)]
    pub recording: Recording,
    /// The start of the talk in the recording, in seconds. It is null if it is not known or if the recording shows only
    /// the talk.
    pub start_seconds: Option<i32>,
    /// The end of the talk in the recording, in seconds. It is null if it is not known or if the recording shows only
    /// the talk.
    pub end_seconds: Option<i32>,
}

impl Row for TalkRecording {
    type Entity = entity::talk_recording::Entity;

    fn joined(select: Select<Self::Entity>) -> Select<Self::Entity> {
        select.join(JoinType::InnerJoin, entity::talk_recording::Relation::Recording.def())
    }
}

impl TalkRecording {
    /// The address that opens the recording at the start of the talk.
    pub(crate) fn opens_at(&self) -> Url {
        self.recording.url_at(self.start_seconds)
    }
}

#[ComplexObject]
impl TalkRecording {
    /// The talk that the recording shows.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Arc<Talk>> {
        ctx.one(self.talk_id).await
    }

    /// The recording that shows the talk.
    async fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The address that opens the recording at the start of the talk, or at its own start if that of the talk is not
    /// known.
    async fn url(&self) -> Url {
        self.opens_at()
    }
}

crate::read::children! {
    /// The recordings of a talk, in their order.
    TalkRecordingsOfTalk => TalkRecording, by |row| row.talk_id, at entity::talk_recording::Column::TalkId,
        ordered vec![
            entity::talk_recording::Column::TalkId.into_simple_expr(),
            entity::talk_recording::Column::Position.into_simple_expr(),
        ];
}

/// The talks of a recording, by their start in it, else by their start and their position in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TalkRecordingsOfRecording(pub Uuid);

impl Relation for TalkRecordingsOfRecording {
    type Value = Vec<Arc<TalkRecording>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let mut select = TalkRecording::projection(LongTexts::Left);
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
        for row in TalkRecording::fetch(select, LongTexts::Left, &reads).await? {
            talks.entry(Self(row.recording.id.0)).or_default().push(row);
        }
        Ok(talks)
    }

    crate::read::batch::shared!(relation of key => key.0);
}

/// A recording by its provider and the provider's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ByKey(pub RecordingProvider, pub String);

impl Relation for ByKey {
    type Value = Option<Arc<Recording>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let mut select = Recording::projection(LongTexts::Left);
        let providers = keys.iter().map(|key| key.0.to_value());
        select.and_where(among_videos(reads.backend(), providers, keys.iter().map(|key| key.1.clone())));
        let rows = Recording::fetch(select, LongTexts::Left, &reads).await?;
        Ok(rows.into_iter().map(|row| (Self(row.provider, row.external_id.clone()), Some(row))).collect())
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(self.1.len() + value.weight())
    }

    fn dependencies(&self, value: &Self::Value) -> Dependencies {
        Dependencies::of_one(value)
    }
}
