//! Playlists at providers.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder, RelationTrait};
use uuid::Uuid;

use super::{edition::Edition, recording::Recording};
use crate::{
    database::among,
    error::Result,
    read::{Loading, Reads, Resource, Row, batch::Relation, columns::Columns},
    scalars::{DateTime, Id, Revision, Url},
    vocabulary::RecordingProvider,
};

/// A playlist of recordings at a provider.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::playlist)]
#[graphql(complex)]
pub struct Playlist {
    /// The id of the playlist: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Option<Uuid>,
    /// The provider that hosts the playlist.
    pub provider: RecordingProvider,
    /// The id of the playlist at the provider: `PLoz-W_CUquUlCq-Q0hy53TolAhaED9vmU`.
    pub external_id: String,
    /// The title of the playlist at the provider.
    pub title: String,
    /// The address of the playlist at the provider.
    pub url: Url,
    /// The time of the last change to the playlist, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the playlist. A GraphQL mutation compares it with its argument `ifRevision`.
    pub revision: Revision,
}

impl Row for Playlist {
    type Entity = entity::playlist::Entity;
}

/// The address of a playlist at its provider.
pub(crate) fn playlist_url(provider: RecordingProvider, id: &str) -> Option<String> {
    match provider {
        RecordingProvider::Youtube => Some(format!("https://www.youtube.com/playlist?list={id}")),
        RecordingProvider::Vimeo => Some(format!("https://vimeo.com/showcase/{id}")),
        RecordingProvider::MediaCcc => Some(format!("https://media.ccc.de/c/{id}")),
        RecordingProvider::Peertube | RecordingProvider::Other => None,
    }
}

#[ComplexObject]
impl Playlist {
    /// The edition that the playlist is about. It is null if there is none.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<Arc<Edition>>> {
        ctx.maybe(self.edition_id).await
    }

    /// The recordings of the playlist, in its order, as far as the archive has them.
    #[graphql(directive = crate::directive::list_size::apply(50))]
    async fn recordings(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Recording>>> {
        ctx.many(ctx.load(RecordingsOfPlaylist(self.id.0)).await?).await
    }
}

crate::read::children! {
    /// The playlists of an edition, by their id at the provider.
    PlaylistsOfEdition => Playlist, by |row| row.edition_id.unwrap_or_default(), at entity::playlist::Column::EditionId,
        ordered vec![entity::playlist::Column::ExternalId.into_simple_expr(), Playlist::id_column()];
}

/// The recordings in a playlist, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct RecordingsOfPlaylist(Uuid);

/// The playlists that contain a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PlaylistsOfRecording(pub Uuid);

impl Relation for RecordingsOfPlaylist {
    type Value = Vec<Uuid>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Vec<Uuid>>> {
        use entity::playlist_recording::{Column, Entity};
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = Entity::find()
            .filter(among(reads.backend(), Column::PlaylistId, &ids))
            .order_by_asc(Column::PlaylistId)
            .order_by_asc(Column::Position)
            .all(&reads.database)
            .await?;
        let mut recordings: HashMap<Self, Vec<Uuid>> = HashMap::new();
        for row in rows {
            recordings.entry(Self(row.playlist_id)).or_default().push(row.recording_id);
        }
        Ok(recordings)
    }

    crate::read::batch::shared!(relation of key => key.0);
}

impl Relation for PlaylistsOfRecording {
    type Value = Vec<Uuid>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Vec<Uuid>>> {
        use entity::playlist_recording::{Column, Entity, Relation as ToTable};
        use sea_orm::QuerySelect;
        let ids: Vec<Uuid> = keys.iter().map(|key| key.0).collect();
        let rows = Entity::find()
            .join(sea_orm::JoinType::InnerJoin, ToTable::Playlist.def())
            .filter(among(reads.backend(), Column::RecordingId, &ids))
            .order_by_asc(entity::playlist::Column::ExternalId)
            .order_by_asc(Column::PlaylistId)
            .all(&reads.database)
            .await?;
        let mut playlists: HashMap<Self, Vec<Uuid>> = HashMap::new();
        for row in rows {
            playlists.entry(Self(row.recording_id)).or_default().push(row.playlist_id);
        }
        Ok(playlists)
    }

    crate::read::batch::shared!(relation of key => key.0);
}
