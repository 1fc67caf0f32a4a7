//! A talk and its parts.

use entity::{appearance, appearance_company, talk, talk_recording, talk_tag};
use uuid::Uuid;

use super::{Desired, editions::EditionNames};
use crate::{archive::store::rows::NodeRow, collation::fold, format::document::Talk, rules};

impl Desired<'_> {
    pub(super) fn talk(&mut self, given: &Talk, id: Uuid, within: &EditionNames) {
        let place = || format!("edition {}: talk {}", within.slug, given.slug);
        let track_id = given.track.as_ref().map(|slug| self.reference(&within.tracks, "track", slug, place));
        let block_id = given.block.as_ref().map(|slug| self.reference(&within.talks, "talk", slug, place));
        let replaces_id = given.replaces.as_ref().map(|slug| self.reference(&within.talks, "talk", slug, place));
        let mut row = talk::Model {
            id,
            edition_id: within.id,
            track_id,
            block_id,
            replaces_id,
            year: within.year,
            ..Default::default()
        };
        given.put_columns(&mut row);
        self.rows.talks.push(row);
        self.appearances(given, id, place);
        self.parts_of_recordings(given, id, place);
        self.rows.talk_tags.extend((1..).zip(&given.tags).map(|(position, name)| talk_tag::Model {
            talk_id: id,
            position,
            name: name.clone(),
            name_key: fold(name),
        }));
        self.links(talk::Model::KIND, id, &given.links, place);
        self.aliases((talk::Model::KIND, Some(within.id)), &within.talks, (id, &given.slug), &given.identity, &[]);
    }

    fn appearances(&mut self, given: &Talk, talk_id: Uuid, place: impl Fn() -> String + Copy) {
        let identified = self.identified;
        for (position, one) in (1..).zip(&given.appearances) {
            let speaker_id = self.reference(&identified.speakers, "speaker", &one.speaker, place);
            let mut row = appearance::Model { talk_id, position, speaker_id, ..Default::default() };
            one.put_columns(&mut row);
            self.rows.appearances.push(row);
            for (position, slug) in (1..).zip(&one.companies) {
                let company_id = self.reference(&identified.companies, "company", slug, place);
                let row = appearance_company::Model { talk_id, speaker_id, position, company_id };
                self.rows.appearance_companies.push(row);
            }
        }
    }

    fn parts_of_recordings(&mut self, given: &Talk, talk_id: Uuid, place: impl Fn() -> String + Copy) {
        let identified = self.identified;
        for (position, part) in (1..).zip(&given.recordings) {
            if part.end_seconds.is_some_and(|end| !rules::ends_after_start(part.start_seconds.unwrap_or(0), end)) {
                self.problems.push(format!("{}: its part of {} ends before it starts", place(), part.recording));
            }
            let recording_id = self.reference(&identified.recordings, "recording", &part.recording, place);
            let mut row = talk_recording::Model { talk_id, recording_id, position, ..Default::default() };
            part.put_columns(&mut row);
            self.rows.talk_recordings.push(row);
        }
    }
}
