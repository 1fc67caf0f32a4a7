//! Things by their present and former slugs.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use derive_where::derive_where;
use sea_orm::{
    ConnectionTrait, ExprTrait,
    sea_query::{Expr, Query, UnionType},
};
use uuid::Uuid;

use super::{Reads, Resource, Slugged, batch::Relation, columns::LongTexts, dependencies::Dependencies};
use crate::{
    database::{among_texts, backend, is_alias, name},
    error::Result,
    text::tidied,
    weight::Weigh,
};

/// A thing by its present slug.
#[derive_where(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PresentSlug<T>(String, PhantomData<fn() -> T>);

impl<T> PresentSlug<T> {
    /// The key of a slug.
    pub fn new(slug: String) -> Self {
        Self(slug, PhantomData)
    }
}

impl<T: Resource + Slugged> Relation for PresentSlug<T> {
    type Value = Option<Arc<T>>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let column = Expr::cust(format!("{}.slug", T::KIND.to_lowercase()));
        let long = LongTexts::of(&keys);
        let mut select = T::projection(long);
        select.and_where(among_texts(reads.backend(), column, keys.iter().map(|key| key.0.clone())));
        let rows = T::fetch(select, long, &reads).await?;
        Ok(rows.into_iter().map(|row| (Self::new(row.slug().to_owned()), Some(row))).collect())
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(self.0.len() + value.weight())
    }

    fn dependencies(&self, value: &Self::Value) -> Dependencies {
        Dependencies::of_slug(&self.0, value.as_ref().map(|found| found.id().0))
    }
}

/// The id of a thing by its present or a former slug; of a talk within an edition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BySlug {
    kind: &'static str,
    edition: Option<Uuid>,
    slug: String,
}

impl BySlug {
    /// The key of a slug that is unique in the archive.
    pub fn of<T: Resource>(slug: String) -> Self {
        Self { kind: T::KIND, edition: None, slug: tidied(&slug, false) }
    }

    /// The key of a talk's slug.
    pub fn of_talk(edition: Uuid, slug: String) -> Self {
        Self { kind: "Talk", edition: Some(edition), slug: tidied(&slug, false) }
    }

    /// The scope of a slug in the table of aliases.
    pub fn scope(kind: &str, edition: Option<Uuid>) -> String {
        let kind = kind.to_lowercase();
        edition.map_or_else(|| kind.clone(), |edition| format!("{kind}/{edition}"))
    }

    /// The ids of things of one kind by their slugs, in one statement. A present slug takes precedence over a former
    /// one.
    pub(crate) async fn find(
        database: &impl ConnectionTrait,
        kind: &str,
        edition: Option<Uuid>,
        slugs: Vec<String>,
    ) -> Result<HashMap<String, Uuid>> {
        let mut found = HashMap::new();
        if slugs.is_empty() {
            return Ok(found);
        }
        let backend = backend(database);
        let mut present = Query::select();
        present
            .expr_as(Expr::cust("slug"), name("slug"))
            .expr_as(Expr::cust("id"), name("id"))
            .from(name(&kind.to_lowercase()))
            .and_where(among_texts(backend, Expr::cust("slug"), slugs.clone()));
        if let Some(edition) = edition {
            present.and_where(Expr::cust("edition_id").eq(edition));
        }
        let former = Query::select()
            .expr_as(Expr::cust("value"), name("slug"))
            .expr_as(Expr::cust("owner_id"), name("id"))
            .from(entity::alias::Entity)
            .and_where(is_alias("SLUG"))
            .and_where(Expr::cust("scope").eq(Self::scope(kind, edition)))
            .and_where(among_texts(backend, Expr::cust("value"), slugs))
            .to_owned();
        present.union(UnionType::All, former);
        for row in database.query_all(&present).await? {
            found.entry(row.try_get("", "slug")?).or_insert(row.try_get("", "id")?);
        }
        Ok(found)
    }
}

impl Relation for BySlug {
    type Value = Option<Uuid>;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Self::Value>> {
        let mut scopes: HashMap<(&'static str, Option<Uuid>), Vec<String>> = HashMap::new();
        for key in &keys {
            scopes.entry((key.kind, key.edition)).or_default().push(key.slug.clone());
        }
        let mut found = HashMap::new();
        for ((kind, edition), slugs) in scopes {
            let ids = Self::find(&reads.database, kind, edition, slugs).await?;
            found.extend(ids.into_iter().map(|(slug, id)| (Self { kind, edition, slug }, Some(id))));
        }
        Ok(found)
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(self.slug.len() + value.weight())
    }

    fn dependencies(&self, value: &Self::Value) -> Dependencies {
        Dependencies::of_slug(&self.slug, *value)
    }
}
