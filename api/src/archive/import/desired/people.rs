//! Conferences, companies and speakers.

use entity::{company, conference, speaker};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::{Desired, UNWRITTEN};
use crate::{
    archive::store::rows::NodeRow,
    database::fold,
    format::document::{Company, Conference, Speaker},
};

impl Desired<'_> {
    pub(super) fn conference(&mut self, told: &Conference, id: Uuid) {
        let place = || format!("conference {}", told.slug);
        self.rows.conferences.push(conference::Model {
            id,
            slug: told.slug.to_string(),
            name: told.name.clone(),
            description: told.description.clone(),
            website_url: told.website_url.as_ref().map(ToString::to_string),
            revision: UNWRITTEN.0,
            updated_at: UNWRITTEN.1,
        });
        self.links(conference::Model::KIND, id, &told.links, place);
        self.aliases((conference::Model::KIND, None), &self.things.conferences, (id, &told.slug), &told.identity, &[]);
    }

    pub(super) fn company(&mut self, told: &Company, id: Uuid) {
        let place = || format!("company {}", told.slug);
        let things = self.things;
        let successor = told.successor.as_ref().map(|slug| self.reference(&things.companies, "company", slug, place));
        self.rows.companies.push(company::Model {
            id,
            slug: told.slug.to_string(),
            name: told.name.clone(),
            name_key: fold(&told.name),
            kind: told.kind.to_value(),
            website_url: told.website_url.as_ref().map(ToString::to_string),
            logo_url: told.logo_url.as_ref().map(ToString::to_string),
            successor_id: successor,
            talk_count: 0,
            revision: UNWRITTEN.0,
            updated_at: UNWRITTEN.1,
        });
        self.links(company::Model::KIND, id, &told.links, place);
        self.aliases(
            (company::Model::KIND, None),
            &self.things.companies,
            (id, &told.slug),
            &told.identity,
            &told.aliases,
        );
    }

    pub(super) fn speaker(&mut self, told: &Speaker, id: Uuid) {
        let place = || format!("speaker {}", told.slug);
        self.rows.speakers.push(speaker::Model {
            id,
            slug: told.slug.to_string(),
            name: told.name.clone(),
            name_key: fold(&told.name),
            pronouns: told.pronouns.clone(),
            biography: told.biography.clone(),
            avatar_url: told.avatar_url.as_ref().map(ToString::to_string),
            is_group: told.is_group,
            talk_count: 0,
            revision: UNWRITTEN.0,
            updated_at: UNWRITTEN.1,
        });
        self.links(speaker::Model::KIND, id, &told.links, place);
        self.aliases(
            (speaker::Model::KIND, None),
            &self.things.speakers,
            (id, &told.slug),
            &told.identity,
            &told.aliases,
        );
    }
}
