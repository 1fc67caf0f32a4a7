//! The stored things under the names that a document uses.

use std::collections::{HashMap, HashSet};

use entity::alias;
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::identity::NameIndex;
use crate::{
    database::{among_texts, among_videos, backend, is_alias, name},
    error::Result,
    format::document::Document,
    read::slug::BySlug,
    scalars::Slug,
};

/// The stored things under the names that a document uses, by kind.
#[derive(Debug, Default)]
pub(crate) struct StoredNames {
    pub conferences: NameIndex,
    pub companies: NameIndex,
    pub speakers: NameIndex,
    pub editions: NameIndex,
    pub recordings: NameIndex,
    pub playlists: NameIndex,
    /// The editions of the recordings that have one.
    pub edition_of_recording: HashMap<Uuid, Uuid>,
}

/// The names that a document uses, by kind.
#[derive(Default)]
struct UsedNames {
    conferences: HashSet<String>,
    companies: HashSet<String>,
    speakers: HashSet<String>,
    editions: HashSet<String>,
    recordings: HashSet<String>,
    playlists: HashSet<String>,
}

impl StoredNames {
    /// Looks up the names of a document.
    pub(crate) async fn look_up(document: &Document, database: &impl ConnectionTrait) -> Result<Self> {
        let used = UsedNames::by(document);
        let mut names = Self {
            conferences: present("conference", &used.conferences, database).await?,
            companies: present("company", &used.companies, database).await?,
            speakers: present("speaker", &used.speakers, database).await?,
            editions: present("edition", &used.editions, database).await?,
            ..Self::default()
        };
        names.recordings = names.videos("recording", &used.recordings, database).await?;
        names.playlists = names.videos("playlist", &used.playlists, database).await?;
        names.former(&used, database).await?;
        Ok(names)
    }

    async fn former(&mut self, used: &UsedNames, database: &impl ConnectionTrait) -> Result<()> {
        let scopes = [
            (BySlug::scope("Conference", None), &mut self.conferences, &used.conferences),
            (BySlug::scope("Company", None), &mut self.companies, &used.companies),
            (BySlug::scope("Speaker", None), &mut self.speakers, &used.speakers),
            (BySlug::scope("Edition", None), &mut self.editions, &used.editions),
        ];
        let all: HashSet<String> = scopes.iter().flat_map(|(_, _, used)| used.iter().cloned()).collect();
        if all.is_empty() {
            return Ok(());
        }
        let rows = alias::Entity::find()
            .filter(is_alias("SLUG"))
            .filter(among_texts(
                backend(database),
                alias::Column::Scope,
                scopes.iter().map(|(scope, ..)| scope.clone()),
            ))
            .filter(among_texts(backend(database), alias::Column::Value, all))
            .all(database)
            .await?;
        for (scope, names, used) in scopes {
            let own = rows.iter().filter(|row| row.scope == scope && used.contains(&row.value));
            names.former.extend(own.map(|row| (row.value.clone(), row.owner_id)));
        }
        Ok(())
    }

    /// Recordings or playlists by their keys.
    async fn videos(
        &mut self,
        table: &str,
        keys: &HashSet<String>,
        database: &impl ConnectionTrait,
    ) -> Result<NameIndex> {
        let mut names = NameIndex::default();
        if keys.is_empty() {
            return Ok(names);
        }
        let parts = || keys.iter().filter_map(|key| key.split_once(':'));
        let providers = parts().map(|(provider, _)| provider.to_ascii_uppercase());
        let ids = parts().map(|(_, id)| id.to_owned());
        let columns = ["id", "provider", "external_id", "edition_id"].map(name);
        let select = Query::select()
            .columns(columns)
            .from(name(table))
            .and_where(among_videos(backend(database), providers, ids))
            .to_owned();
        for row in database.query_all(&select).await? {
            let (provider, external): (String, String) =
                (row.try_get("", "provider")?, row.try_get("", "external_id")?);
            let key = format!("{}:{external}", provider.to_ascii_lowercase());
            let (id, edition): (Uuid, Option<Uuid>) = (row.try_get("", "id")?, row.try_get("", "edition_id")?);
            if keys.contains(&key) {
                names.present.insert(key, id);
                self.edition_of_recording.extend(edition.map(|edition| (id, edition)));
            }
        }
        Ok(names)
    }
}

async fn present(table: &str, slugs: &HashSet<String>, database: &impl ConnectionTrait) -> Result<NameIndex> {
    let mut names = NameIndex::default();
    if slugs.is_empty() {
        return Ok(names);
    }
    let select = Query::select()
        .columns(["id", "slug"].map(name))
        .from(name(table))
        .and_where(among_texts(backend(database), Expr::col(name("slug")), slugs.iter().cloned()))
        .to_owned();
    for row in database.query_all(&select).await? {
        names.present.insert(row.try_get("", "slug")?, row.try_get("", "id")?);
    }
    Ok(names)
}

impl UsedNames {
    fn by(document: &Document) -> Self {
        let mut used = Self::default();
        let add = |names: &mut HashSet<String>, slug: &Slug, former: &[Slug]| {
            names.extend([slug].into_iter().chain(former).map(ToString::to_string));
        };
        for conference in &document.conferences {
            add(&mut used.conferences, &conference.slug, &conference.identity.former_slugs);
        }
        for company in &document.companies {
            add(&mut used.companies, &company.slug, &company.identity.former_slugs);
            used.companies.extend(company.successor.iter().map(ToString::to_string));
        }
        for speaker in &document.speakers {
            add(&mut used.speakers, &speaker.slug, &speaker.identity.former_slugs);
        }
        for edition in &document.editions {
            add(&mut used.editions, &edition.slug, &edition.identity.former_slugs);
            used.editions.extend(edition.replaces.iter().map(ToString::to_string));
            used.conferences.insert(edition.conference.to_string());
            used.in_edition(&edition.unpacked());
        }
        used.recordings.extend(document.recordings.iter().map(|recording| recording.key.to_string()));
        for playlist in document.playlists.iter().chain(document.editions.iter().flat_map(|edition| &edition.playlists))
        {
            used.playlists.insert(playlist.key.to_string());
            used.recordings.extend(playlist.recordings.iter().map(ToString::to_string));
        }
        used
    }

    fn in_edition(&mut self, edition: &crate::format::document::Edition) {
        for involvement in &edition.involvements {
            self.speakers.extend(involvement.person.iter().map(ToString::to_string));
            self.companies.extend(involvement.company.iter().map(ToString::to_string));
        }
        let tiers = edition.sponsor_tiers.iter().flat_map(|tier| &tier.sponsors);
        self.companies.extend(tiers.chain(&edition.sponsors).map(|sponsorship| sponsorship.company.to_string()));
        self.companies.extend(edition.slots.iter().flat_map(|slot| &slot.sponsors).map(ToString::to_string));
        for talk in &edition.talks {
            self.speakers.extend(talk.appearances.iter().map(|appearance| appearance.speaker.to_string()));
            self.companies.extend(talk.appearances.iter().flat_map(|one| &one.companies).map(ToString::to_string));
            self.recordings.extend(talk.recordings.iter().map(|part| part.recording.to_string()));
        }
        self.recordings.extend(edition.recordings.iter().map(|recording| recording.key.to_string()));
    }
}
