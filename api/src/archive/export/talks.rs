//! Talks with their parts.

use std::collections::HashMap;

use entity::{appearance, appearance_company, talk, talk_recording, talk_tag};
use uuid::Uuid;

use super::{Export, corrupt, group, outdated};
use crate::{
    archive::store::rows::Rows,
    error::Result,
    format::document::{Appearance, AppearanceGiven, Talk, TalkGiven, TalkRecording, TalkRecordingGiven},
};

/// Talks by edition, and their parts by talk.
pub(super) struct TalkParts<'a> {
    talks: HashMap<Uuid, Vec<&'a talk::Model>>,
    appearances: HashMap<Uuid, Vec<&'a appearance::Model>>,
    companies: HashMap<(Uuid, Uuid), Vec<&'a appearance_company::Model>>,
    recordings: HashMap<Uuid, Vec<&'a talk_recording::Model>>,
    tags: HashMap<Uuid, Vec<&'a talk_tag::Model>>,
}

impl<'a> TalkParts<'a> {
    pub(super) fn of(rows: &'a Rows) -> Self {
        Self {
            talks: group(&rows.talks, |row| row.edition_id),
            appearances: group(&rows.appearances, |row| row.talk_id),
            companies: group(&rows.appearance_companies, |row| (row.talk_id, row.speaker_id)),
            recordings: group(&rows.talk_recordings, |row| row.talk_id),
            tags: group(&rows.talk_tags, |row| row.talk_id),
        }
    }
}

impl Export<'_> {
    pub(super) fn talks(&self, edition: Uuid, parts: &TalkParts<'_>) -> Result<Vec<Talk>> {
        parts.talks.get(&edition).into_iter().flatten().map(|row| self.talk(row, parts)).collect()
    }

    fn talk(&self, row: &talk::Model, parts: &TalkParts<'_>) -> Result<Talk> {
        let appearances = parts.appearances.get(&row.id).into_iter().flatten();
        let recordings = parts.recordings.get(&row.id).into_iter().flatten();
        let given = TalkGiven {
            track: row.track_id.map(|id| self.slug(id)).transpose()?,
            tags: parts.tags.get(&row.id).into_iter().flatten().map(|tag| tag.name.clone()).collect(),
            block: row.block_id.map(|id| self.slug(id)).transpose()?,
            replaces: row.replaces_id.map(|id| self.slug(id)).transpose()?,
            appearances: appearances.map(|row| self.appearance(row, parts)).collect::<Result<_>>()?,
            recordings: recordings.map(|row| self.part_of_recording(row)).collect::<Result<_>>()?,
            links: self.links(row.id)?,
            identity: self.identity(row.id, row.edition_id, "talk", &row.slug)?,
        };
        let thing = || format!("the talk \"{}\" ({})", row.title, row.slug);
        Talk::of_row(row, given).map_err(|wrong| outdated(thing(), wrong, "updateTalk", row.id))
    }

    fn appearance(&self, row: &appearance::Model, parts: &TalkParts<'_>) -> Result<Appearance> {
        let companies = parts.companies.get(&(row.talk_id, row.speaker_id)).into_iter().flatten();
        let given = AppearanceGiven {
            speaker: self.slug(row.speaker_id)?,
            companies: companies.map(|row| self.slug(row.company_id)).collect::<Result<_>>()?,
        };
        Appearance::of_row(row, given).map_err(corrupt)
    }

    fn part_of_recording(&self, row: &talk_recording::Model) -> Result<TalkRecording> {
        TalkRecording::of_row(row, TalkRecordingGiven { recording: self.key(row.recording_id)? }).map_err(corrupt)
    }
}
