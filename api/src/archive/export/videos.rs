//! Recordings and playlists.

use entity::recording;
use uuid::Uuid;

use super::{Export, group, maybe, read, things::own_id, word};
use crate::{
    archive::import::identity::LECTERN,
    error::Result,
    format::document::{Playlist, Recording},
    resource::{playlist::playlist_url, recording::watch_url},
    scalars::{Instant, PlaylistKey, Url},
};

/// An address that has to be told, because it does not follow from the key.
fn own_url(url: &str, derived: Option<String>) -> Result<Option<Url>> {
    match derived {
        Some(derived) if derived == url => Ok(None),
        _ => read(url).map(Some),
    }
}

impl Export<'_> {
    /// The recordings of an edition, or of none, that its talks don't tell already by naming them.
    pub(super) fn recordings(&self, edition: Option<Uuid>) -> Result<Vec<Recording>> {
        let rows = self.rows.recordings.iter().filter(|row| row.edition_id == edition);
        let told = rows.map(|row| Ok((row, self.recording(row)?))).collect::<Result<Vec<_>>>()?;
        Ok(told.into_iter().filter(|(row, told)| !self.is_told_by_talks(row, told)).map(|(_, told)| told).collect())
    }

    fn recording(&self, row: &recording::Model) -> Result<Recording> {
        let key = self.key(row.id)?;
        Ok(Recording {
            kind: word(&row.kind)?,
            title: row.title.clone(),
            url: own_url(&row.url, watch_url(key.0, &key.1))?,
            thumbnail_url: maybe(row.thumbnail_url.as_ref())?,
            duration_seconds: row.duration_seconds,
            published_at: row.published_at.map(Instant),
            language: maybe(row.language.as_ref())?,
            id: own_id(row.id, LECTERN, "recording", &key.to_string()),
            key,
        })
    }

    /// Nothing is known of it but that talks of its edition, and of no other, are in it.
    fn is_told_by_talks(&self, row: &recording::Model, told: &Recording) -> bool {
        let plain = Recording {
            key: told.key.clone(),
            kind: Default::default(),
            title: None,
            url: None,
            thumbnail_url: None,
            duration_seconds: None,
            published_at: None,
            language: None,
            id: None,
        };
        let editions = self.naming.get(&row.id);
        *told == plain && editions.is_some_and(|editions| editions.iter().copied().eq(row.edition_id))
    }

    /// The playlists of an edition, or of none.
    pub(super) fn playlists(&self, edition: Option<Uuid>) -> Result<Vec<Playlist>> {
        let contents = group(&self.rows.playlist_recordings, |row| row.playlist_id);
        let rows = self.rows.playlists.iter().filter(|row| row.edition_id == edition);
        rows.map(|row| {
            let key = PlaylistKey(word(&row.provider)?, row.external_id.clone());
            let recordings = contents.get(&row.id).into_iter().flatten();
            Ok(Playlist {
                title: row.title.clone(),
                url: own_url(&row.url, playlist_url(key.0, &key.1))?,
                recordings: recordings.map(|part| self.key(part.recording_id)).collect::<Result<_>>()?,
                id: own_id(row.id, LECTERN, "playlist", &key.to_string()),
                key,
            })
        })
        .collect()
    }
}
