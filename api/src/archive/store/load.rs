//! Reading rows: of some editions, people and companies, or of the whole archive, in a constant number of statements.

use std::collections::HashSet;

use entity::{
    alias, appearance, appearance_company, company, conference, edition, involvement, link, playlist,
    playlist_recording, recording, room, slot, slot_sponsor, speaker, sponsor_tier, sponsorship, talk, talk_recording,
    talk_tag, track,
};
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, ExprTrait, IntoSimpleExpr, ModelTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, Query, SimpleExpr},
};
use uuid::Uuid;

use super::rows::{NodeRow, Rows, TableRow, nodes};
use crate::{
    database::{among, backend, name},
    error::Result,
};

/// RowFilter things: editions with all that is in them; others by themselves, with their parts, links and aliases, and
/// besides those of the editions.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowScope {
    pub editions: Vec<Uuid>,
    /// Editions by themselves.
    pub bare_editions: Vec<Uuid>,
    pub conferences: Vec<Uuid>,
    pub companies: Vec<Uuid>,
    pub speakers: Vec<Uuid>,
    pub rooms: Vec<Uuid>,
    pub tracks: Vec<Uuid>,
    pub talks: Vec<Uuid>,
    pub slots: Vec<Uuid>,
    pub recordings: Vec<Uuid>,
    pub playlists: Vec<Uuid>,
    pub links: Vec<Uuid>,
}

impl RowScope {
    /// One thing by itself.
    pub(crate) fn of<N: NodeRow>(id: Uuid) -> Self {
        let mut scope = Self::default();
        scope.add(N::KIND, id);
        scope
    }

    /// Adds one thing by itself.
    pub(crate) fn add(&mut self, kind: &str, id: Uuid) {
        macro_rules! push {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                match kind {
                    $($kind => self.$rows.push(id),)+
                    _ => {}
                }
            };
        }
        // The list of editions is of those with all that is in them.
        if kind == edition::Model::KIND {
            self.bare_editions.push(id);
        } else {
            nodes!(push);
        }
    }
}

/// Rows of one table.
#[derive(Clone, Debug)]
pub(crate) enum RowFilter {
    All,
    None,
    Those(SimpleExpr),
}

impl RowFilter {
    /// Those that any of the columns leads to.
    fn any<const N: usize>(backend: DbBackend, columns: [(&str, &[Uuid]); N]) -> Self {
        columns
            .into_iter()
            .filter(|(_, ids)| !ids.is_empty())
            .fold(Self::None, |which, (column, ids)| which.or(among(backend, Expr::col(name(column)), ids)))
    }

    fn or(self, condition: SimpleExpr) -> Self {
        match self {
            Self::All => Self::All,
            Self::None => Self::Those(condition),
            Self::Those(others) => Self::Those(others.or(condition)),
        }
    }

    /// Those whose `column` leads to one of these rows of a table.
    fn of(self, column: &str, table: &str) -> Self {
        match self {
            Self::Those(condition) => {
                let ids = Query::select().column(name("id")).from(name(table)).and_where(condition).to_owned();
                Self::Those(Expr::col(name(column)).in_subquery(ids))
            }
            other => other,
        }
    }
}

async fn fetch<R>(database: &impl ConnectionTrait, which: RowFilter, order: &[&str]) -> Result<Vec<R>>
where
    R: TableRow,
    R::Entity: EntityTrait<Model = R>,
{
    let select = <R as ModelTrait>::Entity::find();
    let select = match which {
        RowFilter::None => return Ok(Vec::new()),
        RowFilter::All => select,
        RowFilter::Those(condition) => select.filter(condition),
    };
    let select =
        order.iter().fold(select, |select, column| select.order_by_asc(Expr::col(name(column)).into_simple_expr()));
    Ok(select.all(database).await?)
}

impl Rows {
    /// The rows of a scope; of the whole archive without one.
    pub(crate) async fn load(database: &impl ConnectionTrait, scope: Option<&RowScope>) -> Result<Self> {
        let mut rows = Self::default();
        rows.load_editions(database, scope).await?;
        rows.load_others(database, scope).await?;
        Ok(rows)
    }

    /// The editions and what is in them; links and aliases are not.
    pub(crate) async fn load_editions(
        &mut self,
        database: &impl ConnectionTrait,
        scope: Option<&RowScope>,
    ) -> Result<()> {
        let on = backend(database);
        let within = |more: fn(&RowScope) -> &Vec<Uuid>| match scope {
            None => RowFilter::All,
            Some(scope) => RowFilter::any(on, [("edition_id", &scope.editions), ("id", more(scope))]),
        };
        let of_edition = |column: &str| match scope {
            None => RowFilter::All,
            Some(scope) => RowFilter::any(on, [(column, &scope.editions), (column, &scope.bare_editions)]),
        };
        self.editions = fetch::<edition::Model>(database, of_edition("id"), &["slug"]).await?;
        self.rooms = fetch::<room::Model>(database, within(|scope| &scope.rooms), &["edition_id", "position"]).await?;
        self.tracks =
            fetch::<track::Model>(database, within(|scope| &scope.tracks), &["edition_id", "position"]).await?;
        let talks = within(|scope| &scope.talks);
        self.talks = fetch::<talk::Model>(database, talks.clone(), &["edition_id", "slug"]).await?;
        let slots = within(|scope| &scope.slots);
        self.slots = fetch::<slot::Model>(database, slots.clone(), &["edition_id", "number"]).await?;
        self.involvements =
            fetch::<involvement::Model>(database, of_edition("edition_id"), &["edition_id", "position"]).await?;
        self.sponsor_tiers =
            fetch::<sponsor_tier::Model>(database, of_edition("edition_id"), &["edition_id", "rank"]).await?;
        self.sponsorships =
            fetch::<sponsorship::Model>(database, of_edition("edition_id"), &["edition_id", "position"]).await?;
        let of_talks = || talks.clone().of("talk_id", "talk");
        self.appearances = fetch::<appearance::Model>(database, of_talks(), &["talk_id", "position"]).await?;
        self.appearance_companies =
            fetch::<appearance_company::Model>(database, of_talks(), &["talk_id", "speaker_id", "position"]).await?;
        self.talk_recordings = fetch::<talk_recording::Model>(database, of_talks(), &["talk_id", "position"]).await?;
        self.talk_tags = fetch::<talk_tag::Model>(database, of_talks(), &["talk_id", "position"]).await?;
        self.slot_sponsors =
            fetch::<slot_sponsor::Model>(database, slots.of("slot_id", "slot"), &["slot_id", "position"]).await?;
        let recordings = within(|scope| &scope.recordings);
        self.recordings = fetch::<recording::Model>(database, recordings, &["provider", "external_id"]).await?;
        let playlists = within(|scope| &scope.playlists);
        self.playlists = fetch::<playlist::Model>(database, playlists.clone(), &["provider", "external_id"]).await?;
        let of_playlists = playlists.of("playlist_id", "playlist");
        self.playlist_recordings =
            fetch::<playlist_recording::Model>(database, of_playlists, &["playlist_id", "position"]).await?;
        Ok(())
    }

    /// Conferences, companies and speakers, and the links and aliases of everything.
    pub(crate) async fn load_others(
        &mut self,
        database: &impl ConnectionTrait,
        scope: Option<&RowScope>,
    ) -> Result<()> {
        let on = backend(database);
        let by_id = |ids: fn(&RowScope) -> &Vec<Uuid>| {
            scope.map_or(RowFilter::All, |scope| RowFilter::any(on, [("id", ids(scope))]))
        };
        self.conferences = fetch::<conference::Model>(database, by_id(|scope| &scope.conferences), &["slug"]).await?;
        self.companies = fetch::<company::Model>(database, by_id(|scope| &scope.companies), &["slug"]).await?;
        self.speakers = fetch::<speaker::Model>(database, by_id(|scope| &scope.speakers), &["slug"]).await?;
        let talks: Vec<Uuid> = self.talks.iter().map(|row| row.id).collect();
        let links = scope.map_or(RowFilter::All, |scope| {
            RowFilter::any(
                on,
                [
                    ("conference_id", &scope.conferences),
                    ("id", &scope.links),
                    ("edition_id", &scope.editions),
                    ("edition_id", &scope.bare_editions),
                    ("talk_id", &talks),
                    ("speaker_id", &scope.speakers),
                    ("company_id", &scope.companies),
                ],
            )
        });
        self.links = fetch::<link::Model>(database, links, &["position", "id"]).await?;
        let aliases = scope.map_or(RowFilter::All, |scope| {
            let others = [&scope.conferences, &scope.editions, &scope.bare_editions, &scope.companies, &scope.speakers];
            let owners: HashSet<Uuid> = others.into_iter().flatten().chain(&talks).copied().collect();
            RowFilter::any(on, [("owner_id", &owners.into_iter().collect::<Vec<_>>())])
        });
        self.aliases = fetch::<alias::Model>(database, aliases, &["owner_id", "kind", "position"]).await?;
        Ok(())
    }

    /// Editions and recordings that are only named, without what is in them.
    pub(crate) async fn load_named(
        &mut self,
        database: &impl ConnectionTrait,
        editions: Vec<Uuid>,
        recordings: Vec<Uuid>,
    ) -> Result<()> {
        let on = backend(database);
        self.editions = fetch::<edition::Model>(database, RowFilter::any(on, [("id", &editions)]), &["slug"]).await?;
        self.recordings =
            fetch::<recording::Model>(database, RowFilter::any(on, [("id", &recordings)]), &["external_id"]).await?;
        Ok(())
    }

    /// The companies, and all that they became, one after the other.
    pub(crate) async fn with_successors(database: &impl ConnectionTrait, companies: &[Uuid]) -> Result<Vec<Uuid>> {
        let these = among(backend(database), Expr::cust("company.id"), companies);
        let marker = if backend(database) == DbBackend::Postgres { "$1" } else { "?" };
        let chain = format!(
            "id IN (WITH RECURSIVE chain (id, successor_id) AS (\
            SELECT company.id, company.successor_id FROM company WHERE {marker} \
            UNION SELECT company.id, company.successor_id FROM company JOIN chain ON company.id = chain.successor_id) \
            SELECT id FROM chain)"
        );
        let select = Query::select()
            .column(name("id"))
            .from(name("company"))
            .and_where(Expr::cust_with_exprs(chain, [these]))
            .to_owned();
        let rows = database.query_all(&select).await?;
        Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<std::result::Result<_, _>>()?)
    }
}
