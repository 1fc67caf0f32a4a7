//! A talk and its parts.

use entity::{appearance, appearance_company, talk, talk_recording, talk_tag};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::{
    Desired, UNWRITTEN,
    editions::{EditionNames, json},
};
use crate::{archive::store::rows::NodeRow, database::fold, format::document::Talk};

impl Desired<'_> {
    pub(super) fn talk(&mut self, told: &Talk, id: Uuid, within: &EditionNames) {
        let place = || format!("edition {}: talk {}", within.slug, told.slug);
        let track_id = told.track.as_ref().map(|slug| self.reference(&within.tracks, "track", slug, place));
        let block_id = told.block.as_ref().map(|slug| self.reference(&within.talks, "talk", slug, place));
        let replaces_id = told.replaces.as_ref().map(|slug| self.reference(&within.talks, "talk", slug, place));
        self.rows.talks.push(talk::Model {
            id,
            edition_id: within.id,
            slug: told.slug.to_string(),
            title: told.title.clone(),
            title_key: fold(&told.title),
            subtitle: told.subtitle.clone(),
            aliases: json(&told.aliases),
            kind: told.kind.to_value(),
            status: told.status.to_value(),
            r#abstract: told.r#abstract.clone(),
            language: told.language.as_ref().map(ToString::to_string),
            track_id,
            do_not_record: told.do_not_record,
            block_id,
            block_position: told.block_position,
            replaces_id,
            year: within.year,
            starts_at: None,
            ends_at: None,
            room_id: None,
            revision: UNWRITTEN.0,
            updated_at: UNWRITTEN.1,
        });
        self.appearances(told, id, place);
        self.parts_of_recordings(told, id, place);
        self.rows.talk_tags.extend((1..).zip(&told.tags).map(|(position, name)| talk_tag::Model {
            talk_id: id,
            position,
            name: name.clone(),
            name_key: fold(name),
        }));
        self.links(talk::Model::KIND, id, &told.links, place);
        self.aliases((talk::Model::KIND, Some(within.id)), &within.talks, (id, &told.slug), &told.identity, &[]);
    }

    fn appearances(&mut self, told: &Talk, talk_id: Uuid, place: impl Fn() -> String + Copy) {
        let things = self.things;
        for (position, one) in (1..).zip(&told.appearances) {
            let speaker_id = self.reference(&things.speakers, "speaker", &one.speaker, place);
            self.rows.appearances.push(appearance::Model {
                talk_id,
                position,
                speaker_id,
                role: one.role.to_value(),
                credited_as: one.credited_as.clone(),
                represents: one.represents.clone(),
            });
            for (position, slug) in (1..).zip(&one.companies) {
                let company_id = self.reference(&things.companies, "company", slug, place);
                let row = appearance_company::Model { talk_id, speaker_id, position, company_id };
                self.rows.appearance_companies.push(row);
            }
        }
    }

    fn parts_of_recordings(&mut self, told: &Talk, talk_id: Uuid, place: impl Fn() -> String + Copy) {
        let things = self.things;
        for (position, part) in (1..).zip(&told.recordings) {
            if part.end_seconds.is_some_and(|end| end <= part.start_seconds.unwrap_or(0)) {
                self.problems.push(format!("{}: its part of {} ends before it starts", place(), part.recording));
            }
            let recording_id = self.reference(&things.recordings, "recording", &part.recording, place);
            self.rows.talk_recordings.push(talk_recording::Model {
                talk_id,
                recording_id,
                position,
                start_seconds: part.start_seconds,
                end_seconds: part.end_seconds,
            });
        }
    }
}
