//! Conferences, companies and speakers, and what belongs to any thing.

use entity::{company, conference, link, speaker};
use uuid::Uuid;

use super::{Export, maybe, read, word};
use crate::{
    archive::import::{
        desired::link_names,
        identity::{LECTERN, derived},
    },
    error::Result,
    format::document::{Company, Conference, Identity, Link, Speaker},
    scalars::{Date, Id, Instant},
};

/// An id that has to be told, because it is not the derived one.
pub(super) fn own_id(id: Uuid, owner: Uuid, kind: &str, key: &str) -> Option<Id> {
    (id != derived(owner, kind, key)).then_some(Id(id))
}

impl Export<'_> {
    pub(super) fn conference(&self, row: &conference::Model) -> Result<Conference> {
        Ok(Conference {
            slug: self.slug(row.id)?,
            name: row.name.clone(),
            description: row.description.clone(),
            website_url: maybe(row.website_url.as_ref())?,
            links: self.links(row.id)?,
            identity: self.identity(row.id, LECTERN, "conference", &row.slug)?,
        })
    }

    pub(super) fn company(&self, row: &company::Model) -> Result<Company> {
        Ok(Company {
            slug: self.slug(row.id)?,
            name: row.name.clone(),
            aliases: self.names(row.id, "NAME").cloned().collect(),
            kind: word(&row.kind)?,
            website_url: maybe(row.website_url.as_ref())?,
            logo_url: maybe(row.logo_url.as_ref())?,
            successor: row.successor_id.map(|id| self.slug(id)).transpose()?,
            links: self.links(row.id)?,
            identity: self.identity(row.id, LECTERN, "company", &row.slug)?,
        })
    }

    pub(super) fn speaker(&self, row: &speaker::Model) -> Result<Speaker> {
        Ok(Speaker {
            slug: self.slug(row.id)?,
            name: row.name.clone(),
            aliases: self.names(row.id, "NAME").cloned().collect(),
            pronouns: row.pronouns.clone(),
            biography: row.biography.clone(),
            avatar_url: maybe(row.avatar_url.as_ref())?,
            is_group: row.is_group,
            links: self.links(row.id)?,
            identity: self.identity(row.id, LECTERN, "speaker", &row.slug)?,
        })
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
        rows.iter().zip(names).map(|(row, name)| link(row, own_id(row.id, of, "link", &name))).collect()
    }
}

fn link(row: &link::Model, id: Option<Id>) -> Result<Link> {
    Ok(Link {
        kind: word(&row.kind)?,
        url: maybe(row.url.as_ref())?,
        title: row.title.clone(),
        author: row.author.clone(),
        note: row.note.clone(),
        published_on: row.published_on.map(Date),
        published_at: row.published_at.map(Instant),
        language: maybe(row.language.as_ref())?,
        id,
    })
}
