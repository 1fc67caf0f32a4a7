//! Recordings and playlists.

use entity::recording;
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::{Export, corrupt, group, outdated, own_id, read, word};
use crate::{
    archive::import::identity::LECTERN,
    error::Result,
    format::document::{Playlist, PlaylistGiven, Recording, RecordingGiven},
    resource::{playlist::playlist_url, recording::watch_url},
    scalars::{PlaylistKey, Url},
    vocabulary::RecordingKind,
};

/// An address, if it is not the one that is derived from the key.
fn own_url(url: &str, derived: Option<String>) -> Result<Option<Url>> {
    match derived {
        Some(derived) if derived == url => Ok(None),
        _ => read(url).map(Some),
    }
}

impl Export<'_> {
    /// The recordings of an edition, or of none. Those that applying the talks of the edition makes anyway are left
    /// out.
    pub(super) fn recordings(&self, edition: Option<Uuid>) -> Result<Vec<Recording>> {
        let rows = self.rows.recordings.iter().filter(|row| row.edition_id == edition);
        let recordings = rows.map(|row| Ok((row, self.recording(row)?))).collect::<Result<Vec<_>>>()?;
        let listed = recordings.into_iter().filter(|(row, recording)| !self.follows_from_talks(row, recording));
        Ok(listed.map(|(_, recording)| recording).collect())
    }

    fn recording(&self, row: &recording::Model) -> Result<Recording> {
        let key = self.key(row.id)?;
        let given = RecordingGiven {
            url: own_url(&row.url, watch_url(key.0, &key.1))?,
            id: own_id(row.id, LECTERN, "recording", &key.to_string()),
            key,
        };
        let thing = format!("the recording {}", given.key);
        Recording::of_row(row, given).map_err(|wrong| outdated(thing, wrong, "updateRecording", row.id))
    }

    /// Whether a recording has only default values, and only talks of its own edition name it.
    fn follows_from_talks(&self, row: &recording::Model, recording: &Recording) -> bool {
        let plain = recording::Model { kind: RecordingKind::default().to_value(), ..Default::default() };
        let plain = Recording::of_row(&plain, RecordingGiven { key: recording.key.clone(), url: None, id: None });
        let editions = self.naming.get(&row.id);
        plain.is_ok_and(|plain| plain == *recording)
            && editions.is_some_and(|editions| editions.iter().copied().eq(row.edition_id))
    }

    /// The playlists of an edition, or of none.
    pub(super) fn playlists(&self, edition: Option<Uuid>) -> Result<Vec<Playlist>> {
        let contents = group(&self.rows.playlist_recordings, |row| row.playlist_id);
        let rows = self.rows.playlists.iter().filter(|row| row.edition_id == edition);
        rows.map(|row| {
            let key = PlaylistKey(word(&row.provider)?, row.external_id.clone());
            let recordings = contents.get(&row.id).into_iter().flatten();
            let given = PlaylistGiven {
                url: own_url(&row.url, playlist_url(key.0, &key.1))?,
                recordings: recordings.map(|part| self.key(part.recording_id)).collect::<Result<_>>()?,
                id: own_id(row.id, LECTERN, "playlist", &key.to_string()),
                key,
            };
            Playlist::of_row(row, given).map_err(corrupt)
        })
        .collect()
    }
}
