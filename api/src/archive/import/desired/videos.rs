//! Recordings and playlists.

use entity::{playlist, playlist_recording, recording};
use sea_orm::ActiveEnum;

use super::Desired;
use crate::{
    resource::{playlist::playlist_url, recording::watch_url},
    scalars::Url,
    vocabulary::RecordingKind,
};

impl Desired<'_> {
    pub(super) fn recordings(&mut self) {
        for (recording, id) in self.identified.videos.iter().zip(&self.identified.recordings.ids) {
            let key = recording.key;
            let url = recording.given.and_then(|given| given.url.as_ref());
            let mut row = recording::Model {
                id: *id,
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
    }

    pub(super) fn playlists(&mut self) {
        let identified = self.identified;
        for ((edition_id, given), id) in identified.lists.iter().zip(&identified.playlists.ids) {
            let (key, place) = (&given.key, || format!("playlist {}", given.key));
            let mut row = playlist::Model {
                id: *id,
                edition_id: *edition_id,
                provider: key.0.to_value(),
                external_id: key.1.clone(),
                url: self.address(given.url.as_ref(), playlist_url(key.0, &key.1), place),
                ..Default::default()
            };
            given.put_columns(&mut row);
            self.rows.playlists.push(row);
            for (position, key) in (1..).zip(&given.recordings) {
                let recording_id = self.reference(&identified.recordings, "recording", key, place);
                let row = playlist_recording::Model { playlist_id: *id, position, recording_id };
                self.rows.playlist_recordings.push(row);
            }
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
