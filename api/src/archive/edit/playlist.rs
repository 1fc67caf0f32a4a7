//! Playlists.

use std::collections::HashSet;

use entity::{playlist, playlist_recording, recording};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    Edit, UserErrorCode,
    inputs::inputs,
    problems::{Path, each, listed},
};
use crate::{
    database::{among, backend},
    error::Result,
    resource::playlist::playlist_url,
    scalars::{Id, PlaylistKey, Revision, Url},
    text,
    vocabulary::RecordingProvider,
};

inputs! {
    /// A playlist to add.
    input PlaylistInput,
    /// The fields of a playlist to change. A field that is left out is unchanged. The provider and the id at the
    /// provider cannot change.
    patch PlaylistPatch of playlist,
    only {
        /// The provider that hosts the playlist.
        provider: RecordingProvider,
        /// The id of the playlist at the provider: `PLoz-W_CUquUlCq-Q0hy53TolAhaED9vmU`. It is unique at the provider
        /// (TAKEN) and has up to 500 characters without white space; at YOUTUBE, 2 to 64 letters, digits, `-` and `_`.
        external_id: String,
    }
    needs {
        /// The title of the playlist at the provider. It is one line of up to 500 characters.
        title: String [line],
    }
    makes {}
    may {
        /// The slug of the edition that the playlist is about.
        edition: String => "there is none",
        /// The ids of the recordings in the playlist, in its order, each once.
        recordings: Vec<Id> => "there are none",
        /// The address of the playlist at the provider.
        url: Url => "it is made from the id at the provider; for PEERTUBE and OTHER it is required",
    }
}

impl Edit {
    /// Adds a playlist.
    pub async fn add_playlist(&mut self, mut input: PlaylistInput) -> Result<()> {
        input.external_id = text::tidied(&input.external_id, false);
        let path = Path::input().at("externalId");
        let id = self.new_subject::<playlist::Model>();
        self.problems.check(&path, PlaylistKey::new(input.provider, &input.external_id));
        let same = playlist::Entity::find()
            .filter(playlist::Column::Provider.eq(input.provider.to_value()))
            .filter(playlist::Column::ExternalId.eq(&input.external_id));
        if let Some(same) = same.one(&self.write.transaction).await? {
            self.problems.add(UserErrorCode::Taken, &path, format!("the playlist {} is that one already", same.id));
        }
        let mut row = playlist::Model {
            id,
            provider: input.provider.to_value(),
            external_id: input.external_id.clone(),
            ..Default::default()
        };
        self.playlist_fields(input.patch(), input.provider, &mut row).await?;
        self.put(row);
        Ok(())
    }

    /// Changes a playlist.
    pub async fn update_playlist(&mut self, id: Id, patch: PlaylistPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<playlist::Model>(id, "id", seen).await? else { return Ok(()) };
        let provider = RecordingProvider::try_from_value(&row.provider)?;
        self.playlist_fields(patch, provider, &mut row).await?;
        self.put(row);
        Ok(())
    }

    async fn playlist_fields(
        &mut self,
        patch: PlaylistPatch,
        provider: RecordingProvider,
        row: &mut playlist::Model,
    ) -> Result<()> {
        self.of_edition(&patch.edition, &mut row.edition_id).await?;
        patch.put_columns(&mut self.problems, row);
        let derived = playlist_url(provider, &row.external_id);
        self.address(patch.url, derived, &mut row.url);
        match listed(patch.recordings) {
            Some(recordings) => self.playlist_recordings(row.id, recordings).await,
            None => Ok(()),
        }
    }

    async fn playlist_recordings(&mut self, playlist_id: Uuid, given: Vec<Id>) -> Result<()> {
        let path = Path::input().at("recordings");
        let ids: Vec<Uuid> = given.iter().map(|id| id.0).collect();
        let these = among(backend(&self.write.transaction), recording::Column::Id, &ids);
        let existing = recording::Entity::find().select_only().column(recording::Column::Id).filter(these);
        let existing: Vec<Uuid> = existing.into_tuple().all(&self.write.transaction).await?;
        let existing: HashSet<Uuid> = existing.into_iter().collect();
        let mut seen = HashSet::new();
        self.desired.playlist_recordings.clear();
        for (position, path, recording_id) in each(&path, ids) {
            if !existing.contains(&recording_id) {
                self.problems.not_found(&path, format!("there is no recording of the id {recording_id}"));
            } else if !seen.insert(recording_id) {
                self.problems.invalid(&path, format!("{recording_id} is there twice"));
            }
            self.desired.playlist_recordings.push(playlist_recording::Model { playlist_id, position, recording_id });
        }
        Ok(())
    }
}
