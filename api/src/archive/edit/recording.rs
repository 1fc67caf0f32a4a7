//! Recordings, and the talks in them.

use async_graphql::MaybeUndefined;
use entity::{edition, recording, talk, talk_recording};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};

use super::{Edit, inputs::inputs, problems::Path};
use crate::{
    archive::store::rows::NodeRow,
    error::Result,
    resource::recording::watch_url,
    scalars::{DateTime, Id, Language, RecordingKey, Revision, Url},
    text,
    vocabulary::{RecordingKind, RecordingProvider},
};

inputs! {
    /// A recording to add. The talks in it are attached with `attachRecording`.
    input RecordingInput,
    /// The fields of a recording to change. A field that is left out is unchanged. The provider and the id at the
    /// provider cannot change.
    patch RecordingPatch of recording,
    only {
        /// The provider that hosts the recording.
        provider: RecordingProvider,
        /// The id of the recording at the provider: `3Tb4Wc0kfCM`. It is unique at the provider (TAKEN) and has up to
        /// 500 characters without white space; at YOUTUBE, 11 letters, digits, `-` and `_`.
        external_id: String,
    }
    needs {}
    makes {}
    may {
        /// The title of the recording at the provider. It is one line of up to 500 characters.
        title: String [maybe_line] => "it is not known",
        /// The kind of content that the recording shows.
        kind: RecordingKind [value_or_default] => "it is TALK",
        /// The slug of the edition that the recording belongs to.
        edition: String => "there is none",
        /// The address at which the recording is watched.
        url: Url => "it is made from the id at the provider; for PEERTUBE and OTHER it is required",
        /// The address of a still image of the recording.
        thumbnail_url: Url [value] => "YouTube's own is used for a recording at YOUTUBE, and none for another",
        /// The length of the recording in seconds, from 0.
        duration_seconds: i32 [at_least 0] => "it is not known",
        /// The time at which the recording was published, with any offset: `2016-08-29T07:03:19Z`.
        published_at: DateTime [value] => "it is not known",
        /// The language spoken in the recording as a BCP 47 tag: `en`.
        language: Language [value] => "it is not known",
    }
}

impl Edit {
    /// Adds a recording.
    pub async fn add_recording(&mut self, mut input: RecordingInput) -> Result<()> {
        input.external_id = text::tidied(&input.external_id, false);
        let path = Path::input();
        let id = self.new_subject::<recording::Model>();
        let external = path.at("externalId");
        self.problems.check(&external, RecordingKey::new(input.provider, &input.external_id));
        let same = recording::Entity::find()
            .filter(recording::Column::Provider.eq(input.provider.to_value()))
            .filter(recording::Column::ExternalId.eq(&input.external_id));
        if let Some(same) = same.one(&self.write.transaction).await? {
            let message = format!("the recording {} is that one already", same.id);
            self.problems.add(super::UserErrorCode::Taken, &external, message);
        }
        let mut row = recording::Model {
            id,
            provider: input.provider.to_value(),
            external_id: input.external_id.clone(),
            ..Default::default()
        };
        self.recording_fields(input.patch(), input.provider, &mut row).await?;
        self.put(row);
        Ok(())
    }

    /// Changes a recording.
    pub async fn update_recording(&mut self, id: Id, patch: RecordingPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<recording::Model>(id, "id", seen).await? else { return Ok(()) };
        let provider = RecordingProvider::try_from_value(&row.provider)?;
        self.recording_fields(patch, provider, &mut row).await?;
        self.put(row);
        Ok(())
    }

    async fn recording_fields(
        &mut self,
        patch: RecordingPatch,
        provider: RecordingProvider,
        row: &mut recording::Model,
    ) -> Result<()> {
        self.of_edition(&patch.edition, &mut row.edition_id).await?;
        patch.put_columns(&mut self.problems, row);
        self.address(patch.url, watch_url(provider, &row.external_id), &mut row.url);
        Ok(())
    }

    /// Sets the edition of a recording or playlist, or none.
    pub(super) async fn of_edition(
        &mut self,
        given: &MaybeUndefined<String>,
        into: &mut Option<uuid::Uuid>,
    ) -> Result<()> {
        match given {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => *into = None,
            MaybeUndefined::Value(slug) => {
                *into = self.by_slug(edition::Model::KIND, None, slug, &Path::input().at("edition")).await?;
            }
        }
        Ok(())
    }

    /// Sets the address of a recording or playlist: the given one, else the one made from the id at the provider.
    pub(super) fn address(&mut self, given: MaybeUndefined<Url>, derived: Option<String>, into: &mut String) {
        match (given, derived) {
            (MaybeUndefined::Undefined, _) if !into.is_empty() => {}
            (MaybeUndefined::Value(url), _) => *into = url.to_string(),
            (_, Some(derived)) => *into = derived,
            (_, None) => {
                let message = "the provider has no one way of addressing: give the url";
                self.problems.add(super::UserErrorCode::Required, &Path::input().at("url"), message);
            }
        }
    }

    /// Attaches a talk to a recording, with its part of it. If it is attached already, its part is replaced.
    pub async fn attach_recording(
        &mut self,
        talk: Id,
        recording: Id,
        start: Option<i32>,
        end: Option<i32>,
    ) -> Result<()> {
        let found = self.subject::<talk::Model>(talk, "talk", None).await?;
        let recording = self.find::<recording::Model>(recording, &Path::of("recording")).await?;
        for (name, value) in [("startSeconds", start), ("endSeconds", end)] {
            value.into_iter().for_each(|value| self.problems.check_least(0, &Path::of(name), value));
        }
        if end.is_some_and(|end| end <= start.unwrap_or(0)) {
            self.problems.invalid(&Path::of("endSeconds"), "it ends before it starts");
        }
        let (Some(talk), Some(recording_id)) = (found, recording) else { return Ok(()) };
        let parts = &mut self.desired.talk_recordings;
        let position = i32::try_from(parts.len()).unwrap_or(i32::MAX).saturating_add(1);
        let part =
            talk_recording::Model { talk_id: talk.id, recording_id, position, start_seconds: start, end_seconds: end };
        match parts.iter_mut().find(|part| part.recording_id == recording_id) {
            Some(there) => *there = talk_recording::Model { position: there.position, ..part },
            None => parts.push(part),
        }
        Ok(())
    }

    /// Detaches a talk from a recording.
    pub async fn detach_recording(&mut self, talk: Id, recording: Id) -> Result<()> {
        let found = self.subject::<talk::Model>(talk, "talk", None).await?;
        let path = Path::of("recording");
        let (Some(_), Some(recording)) = (found, self.find::<recording::Model>(recording, &path).await?) else {
            return Ok(());
        };
        let parts = &mut self.desired.talk_recordings;
        let before = parts.len();
        parts.retain(|part| part.recording_id != recording);
        if parts.len() == before {
            self.problems.not_found(&path, "the talk is not in that recording");
        }
        for (number, part) in (1..).zip(parts) {
            part.position = number;
        }
        Ok(())
    }
}
