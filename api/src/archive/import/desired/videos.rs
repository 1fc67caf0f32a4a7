//! Recordings and playlists.

use entity::{playlist, playlist_recording, recording};
use sea_orm::ActiveEnum;

use super::{Desired, UNWRITTEN};
use crate::{
    database::fold,
    resource::{playlist::playlist_url, recording::watch_url},
};

impl Desired<'_> {
    pub(super) fn recordings(&mut self) {
        for (video, id) in self.things.videos.iter().zip(&self.things.recordings.ids) {
            let told = video.told;
            let url = told.and_then(|told| told.url.as_ref()).map(ToString::to_string);
            let url = url.or_else(|| watch_url(video.key.0, &video.key.1)).unwrap_or_else(|| {
                self.problems.push(format!("recording {}: its provider has no one address; give it a url", video.key));
                String::new()
            });
            self.rows.recordings.push(recording::Model {
                id: *id,
                edition_id: video.edition,
                provider: video.key.0.to_value(),
                external_id: video.key.1.clone(),
                kind: told.map(|told| told.kind).unwrap_or_default().to_value(),
                title: told.and_then(|told| told.title.clone()),
                title_key: told.and_then(|told| told.title.as_deref()).map(fold),
                url,
                thumbnail_url: told.and_then(|told| told.thumbnail_url.as_ref()).map(ToString::to_string),
                duration_seconds: told.and_then(|told| told.duration_seconds),
                published_at: told.and_then(|told| told.published_at).map(|at| at.0),
                language: told.and_then(|told| told.language.as_ref()).map(ToString::to_string),
                revision: UNWRITTEN.0,
                updated_at: UNWRITTEN.1,
            });
        }
    }

    pub(super) fn playlists(&mut self) {
        let things = self.things;
        for ((edition_id, told), id) in things.lists.iter().zip(&things.playlists.ids) {
            let url = told.url.as_ref().map(ToString::to_string).or_else(|| playlist_url(told.key.0, &told.key.1));
            let url = url.unwrap_or_else(|| {
                self.problems.push(format!("playlist {}: its provider has no one address; give it a url", told.key));
                String::new()
            });
            self.rows.playlists.push(playlist::Model {
                id: *id,
                edition_id: *edition_id,
                provider: told.key.0.to_value(),
                external_id: told.key.1.clone(),
                title: told.title.clone(),
                url,
                revision: UNWRITTEN.0,
                updated_at: UNWRITTEN.1,
            });
            for (position, key) in (1..).zip(&told.recordings) {
                let recording_id =
                    self.reference(&things.recordings, "recording", key, || format!("playlist {}", told.key));
                self.rows.playlist_recordings.push(playlist_recording::Model {
                    playlist_id: *id,
                    position,
                    recording_id,
                });
            }
        }
    }
}
