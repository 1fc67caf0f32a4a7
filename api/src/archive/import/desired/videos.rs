//! Recordings and playlists.

use entity::{playlist, playlist_recording, recording};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::Desired;
use crate::{
    archive::import::identified::IdentifiedRecording,
    format::document::Playlist,
    resource::{playlist::playlist_url, recording::watch_url},
    scalars::Url,
    vocabulary::RecordingKind,
};

impl Desired<'_> {
    pub(in crate::archive::import) fn recording(&mut self, recording: IdentifiedRecording<'_>, id: Uuid) {
        let key = recording.key;
        let url = recording.given.and_then(|given| given.url.as_ref());
        let mut row = recording::Model {
            id,
            edition_id: recording.edition,
            provider: key.0.to_value(),
            external_id: key.1.clone(),
            // The kind of a recording that only talks name.
            kind: RecordingKind::default().to_value(),
            url: self.address(url, watch_url(key.0, &key.1), || format!("recording {key}")),
            ..Default::default()
        };
        if let Some(given) = recording.given {
            given.put_columns(&mut row);
        }
        self.rows.recordings.push(row);
    }

    pub(in crate::archive::import) fn playlist(&mut self, edition_id: Option<Uuid>, given: &Playlist, id: Uuid) {
        let identified = self.identified;
        let (key, place) = (&given.key, || format!("playlist {}", given.key));
        let mut row = playlist::Model {
            id,
            edition_id,
            provider: key.0.to_value(),
            external_id: key.1.clone(),
            url: self.address(given.url.as_ref(), playlist_url(key.0, &key.1), place),
            ..Default::default()
        };
        given.put_columns(&mut row);
        self.rows.playlists.push(row);
        for (position, key) in (1..).zip(&given.recordings) {
            let recording_id = self.reference(&identified.recordings, "recording", key, place);
            let row = playlist_recording::Model { playlist_id: id, position, recording_id };
            self.rows.playlist_recordings.push(row);
        }
    }

    /// The address that is given, else the one that is derived from the key.
    fn address(&mut self, given: Option<&Url>, derived: Option<String>, place: impl Fn() -> String) -> String {
        given.map(ToString::to_string).or(derived).unwrap_or_else(|| {
            self.problems.push(format!("{}: its provider has no one address; give it a url", place()));
            String::new()
        })
    }
}
