//! The aliases and links of things.

use std::collections::HashSet;

use entity::{alias, company, conference, edition, link, speaker, talk};
use sea_orm::ActiveEnum;
use uuid::Uuid;

use super::Desired;
use crate::{
    archive::{
        import::{
            identified::keyed,
            identity::{Identities, NameIndex},
        },
        links::link_names,
        store::rows::NodeRow,
    },
    collation::fold,
    format::document::{Identity, Link},
    read::slug::BySlug,
    rules,
    scalars::{Slug, Url},
};

/// Adds the values that the list lacks, each once.
fn distinct(values: impl Iterator<Item = String>, mut list: Vec<String>) -> Vec<String> {
    let mut seen: HashSet<String> = list.iter().cloned().collect();
    list.extend(values.filter(|value| seen.insert(value.clone())));
    list
}

impl Desired<'_> {
    /// The aliases of a thing. Other spellings are those of the document. Former slugs and merged ids that are stored
    /// are kept, so that old addresses still work, unless another thing of the document has the slug or the id.
    pub(super) fn aliases(
        &mut self,
        (kind, edition): (&'static str, Option<Uuid>),
        identities: &Identities,
        (id, slug): (Uuid, &Slug),
        identity: &Identity,
        spellings: &[String],
    ) {
        let stored = self.stored.aliases.get(&id).map_or(&[][..], Vec::as_slice);
        let kept =
            |kind: &'static str| stored.iter().filter(move |alias| alias.kind == kind).map(|alias| alias.value.clone());
        let until_now = self.stored.slugs.get(&id).map(|slug| (*slug).to_owned());
        let is_anothers = |value: &String| identities.given.find(value).is_some_and(|other| other != id);
        let mut slugs = distinct(identity.former_slugs.iter().map(ToString::to_string), Vec::new());
        slugs = distinct(kept("SLUG").chain(until_now).filter(|value| !is_anothers(value)), slugs);
        slugs.retain(|value| value != slug.as_str());
        // An id that a thing of the document has is not a merged one.
        let is_given = |value: &String| value.parse().is_ok_and(|id| identities.ids.contains(&id));
        let ids =
            identity.merged_ids.iter().map(ToString::to_string).chain(kept("ID").filter(|value| !is_given(value)));
        let ids = distinct(ids, Vec::new());
        let scope = BySlug::scope(kind, edition);
        let general = BySlug::scope(kind, None);
        let mut push = |kind: &str, scope: &str, values: &[String], key: fn(&str) -> String| {
            self.rows.aliases.extend((1..).zip(values).map(|(position, value)| alias::Model {
                owner_id: id,
                kind: kind.to_owned(),
                position,
                scope: scope.to_owned(),
                value: value.clone(),
                value_key: key(value),
            }));
        };
        push("ID", &general, &ids, str::to_owned);
        push("NAME", &general, spellings, fold);
        push("SLUG", &scope, &slugs, str::to_owned);
    }

    /// The links of one thing, in their order.
    pub(super) fn links(&mut self, kind: &'static str, of: Uuid, links: &[Link], place: impl Fn() -> String) {
        let given =
            links.iter().map(|link| (link.kind.to_value(), link.url.as_ref().map(Url::as_str), link.title.as_deref()));
        let claims: Vec<_> =
            link_names(given).into_iter().zip(links).map(|(name, link)| keyed(name, link.id)).collect();
        let rows = self.stored.links.get(&of).map_or(&[][..], Vec::as_slice);
        let names = link_names(rows.iter().map(|row| (row.kind.clone(), row.url.as_deref(), row.title.as_deref())));
        let mut stored = NameIndex::default();
        stored.present.extend(names.into_iter().zip(rows).map(|(name, row)| (name, row.id)));
        let identities = Identities::of(&format!("{}: link", place()), &claims, stored, (of, "link"), self.problems);
        for (position, (link, id)) in (1..).zip(links.iter().zip(identities.ids)) {
            if !rules::link_has_target(link.url.is_some(), link.title.is_some()) {
                self.problems.push(format!("{}: a link has neither url nor title", place()));
            }
            let subject = |of_kind: &str| (kind == of_kind).then_some(of);
            let mut row = link::Model {
                id,
                conference_id: subject(conference::Model::KIND),
                edition_id: subject(edition::Model::KIND),
                talk_id: subject(talk::Model::KIND),
                speaker_id: subject(speaker::Model::KIND),
                company_id: subject(company::Model::KIND),
                position,
                ..Default::default()
            };
            link.put_columns(&mut row);
            self.rows.links.push(row);
        }
    }
}
