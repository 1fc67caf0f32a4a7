//! Conferences, companies and speakers, and the links and identities of all things.

use entity::{company, conference, link, speaker};
use uuid::Uuid;

use super::{Export, corrupt, own_id, read};
use crate::{
    archive::{import::identity::LECTERN, links::link_names},
    error::Result,
    format::document::{
        Company, CompanyGiven, Conference, ConferenceGiven, Identity, Link, LinkGiven, Speaker, SpeakerGiven,
    },
};

impl Export<'_> {
    pub(super) fn conference(&self, row: &conference::Model) -> Result<Conference> {
        let (links, identity) = (self.links(row.id)?, self.identity(row.id, LECTERN, "conference", &row.slug)?);
        Conference::of_row(row, ConferenceGiven { links, identity }).map_err(corrupt)
    }

    pub(super) fn company(&self, row: &company::Model) -> Result<Company> {
        let given = CompanyGiven {
            aliases: self.names(row.id, "NAME").cloned().collect(),
            successor: row.successor_id.map(|id| self.slug(id)).transpose()?,
            links: self.links(row.id)?,
            identity: self.identity(row.id, LECTERN, "company", &row.slug)?,
        };
        Company::of_row(row, given).map_err(corrupt)
    }

    pub(super) fn speaker(&self, row: &speaker::Model) -> Result<Speaker> {
        let given = SpeakerGiven {
            aliases: self.names(row.id, "NAME").cloned().collect(),
            links: self.links(row.id)?,
            identity: self.identity(row.id, LECTERN, "speaker", &row.slug)?,
        };
        Speaker::of_row(row, given).map_err(corrupt)
    }

    fn names(&self, id: Uuid, kind: &'static str) -> impl Iterator<Item = &String> {
        let aliases = self.aliases.get(&id).into_iter().flatten();
        aliases.filter(move |alias| alias.kind == kind).map(|alias| &alias.value)
    }

    pub(super) fn identity(&self, id: Uuid, owner: Uuid, kind: &str, slug: &str) -> Result<Identity> {
        let oldest = self.names(id, "SLUG").next().map_or(slug, String::as_str);
        Ok(Identity {
            id: own_id(id, owner, kind, oldest),
            former_slugs: self.names(id, "SLUG").map(|slug| read(slug)).collect::<Result<_>>()?,
            merged_ids: self.names(id, "ID").map(|id| read(id)).collect::<Result<_>>()?,
        })
    }

    /// The links of a thing, in their order.
    pub(super) fn links(&self, of: Uuid) -> Result<Vec<Link>> {
        let rows = self.links.get(&of).map_or(&[][..], Vec::as_slice);
        let names = link_names(rows.iter().map(|row| (row.kind.clone(), row.url.as_deref(), row.title.as_deref())));
        let link = |(row, name): (&&link::Model, String)| {
            Link::of_row(row, LinkGiven { id: own_id(row.id, of, "link", &name) }).map_err(corrupt)
        };
        rows.iter().zip(names).map(link).collect()
    }
}
