//! Conferences, companies and speakers.

use entity::{company, conference, speaker};
use uuid::Uuid;

use super::Desired;
use crate::{
    archive::store::rows::NodeRow,
    format::document::{Company, Conference, Speaker},
};

impl Desired<'_> {
    pub(in crate::archive::import) fn conference(&mut self, given: &Conference, id: Uuid) {
        let mut row = conference::Model { id, ..Default::default() };
        given.put_columns(&mut row);
        self.rows.conferences.push(row);
        self.links(conference::Model::KIND, id, &given.links, || format!("conference {}", given.slug));
        let names = &self.identified.conferences;
        self.aliases((conference::Model::KIND, None), names, (id, &given.slug), &given.identity, &[]);
    }

    pub(in crate::archive::import) fn company(&mut self, given: &Company, id: Uuid) {
        let place = || format!("company {}", given.slug);
        let names = &self.identified.companies;
        let successor_id = given.successor.as_ref().map(|slug| self.reference(names, "company", slug, place));
        let mut row = company::Model { id, successor_id, ..Default::default() };
        given.put_columns(&mut row);
        self.rows.companies.push(row);
        self.links(company::Model::KIND, id, &given.links, place);
        self.aliases((company::Model::KIND, None), names, (id, &given.slug), &given.identity, &given.aliases);
    }

    pub(in crate::archive::import) fn speaker(&mut self, given: &Speaker, id: Uuid) {
        let mut row = speaker::Model { id, ..Default::default() };
        given.put_columns(&mut row);
        self.rows.speakers.push(row);
        self.links(speaker::Model::KIND, id, &given.links, || format!("speaker {}", given.slug));
        let names = &self.identified.speakers;
        self.aliases((speaker::Model::KIND, None), names, (id, &given.slug), &given.identity, &given.aliases);
    }
}
