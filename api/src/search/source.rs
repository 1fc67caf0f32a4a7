//! The entries of the index, read from the tables some thousand at a time.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, QueryResult,
    sea_query::{Expr, ExprTrait, Order, Query, SelectStatement, SimpleExpr},
};
use serde_json::Value;
use uuid::Uuid;

use super::{
    SearchKind,
    entry::Entry,
    fields::{ABSTRACT, COMPANIES, CONFERENCE, EDITION, OTHER_TITLES, SPEAKERS, TAGS, TITLE},
};
use crate::{
    database::{among, backend, name, values::Values},
    error::Result,
};

/// The year from which recency counts.
const FIRST_YEAR: i32 = 1990;

/// A name, and all slugs that lead to it.
#[derive(Clone, Debug, Default)]
struct Named {
    name: String,
    /// The present slug first.
    slugs: Vec<String>,
    /// Other spellings of the name.
    others: Vec<String>,
}

impl Named {
    /// The present slug.
    fn slug(&self) -> String {
        self.slugs.first().cloned().unwrap_or_default()
    }

    /// The entry of a person or a company with this name. `field` is where talks have the name.
    fn entry(self, kind: SearchKind, field: usize, id: Uuid, talks: i32) -> Entry {
        let mut entry = Entry::new(kind, id);
        entry.term(kind.name(), self.slugs);
        entry.text(field, [self.name.clone()].into_iter().chain(self.others.iter().cloned()));
        entry.text(TITLE, [self.name]);
        entry.text(OTHER_TITLES, self.others);
        entry.boost = prominence(talks);
        entry
    }
}

/// An edition, as far as its talks are found by it.
#[derive(Clone, Debug, Default)]
struct EditionNames {
    own: Named,
    conference: Arc<Named>,
    conference_id: Uuid,
    city: Option<String>,
    year: i32,
    is_cancelled: bool,
}

/// A table, its column with the id of a talk, and the one with the id of what the talk shows.
pub(super) type ShownBy = (&'static str, &'static str, &'static str);

/// Where talks have what they show: first the talk itself and its block.
pub(super) const SHOWN_BY_TALKS: [ShownBy; 7] = [
    ("talk", "id", "id"),
    ("talk", "id", "block_id"),
    ("talk", "id", "track_id"),
    ("talk", "id", "room_id"),
    ("slot", "talk_id", "room_id"),
    ("appearance", "talk_id", "speaker_id"),
    ("appearance_company", "talk_id", "company_id"),
];

/// What belongs to a talk, and has no entry.
pub(super) const OF_TALKS: [ShownBy; 2] = [("slot", "talk_id", "id"), ("link", "talk_id", "id")];

/// Reads what the index keeps.
pub(super) struct Source<'a> {
    database: &'a DatabaseConnection,
    editions: HashMap<Uuid, EditionNames>,
}

impl<'a> Source<'a> {
    /// A source with the names of all editions.
    pub(super) async fn of(database: &'a DatabaseConnection) -> Result<Self> {
        let mut source = Self { database, editions: HashMap::new() };
        let mut aliases = source.aliases("kind <> 'ID' AND scope IN ('conference', 'edition')", None).await?;
        let mut conferences = HashMap::new();
        for row in source.rows(&select("conference", &["id", "slug", "name"])).await? {
            let mut values = Values::of(&row);
            let id: Uuid = values.value()?;
            conferences.insert(id, Arc::new(named(&mut values, aliases.remove(&id))?));
        }
        let columns = ["id", "slug", "name", "conference_id", "city", "year", "status"];
        for row in source.rows(&select("edition", &columns)).await? {
            let mut values = Values::of(&row);
            let id: Uuid = values.value()?;
            let own = named(&mut values, aliases.remove(&id))?;
            let conference_id: Uuid = values.value()?;
            let edition = EditionNames {
                own,
                conference: conferences.get(&conference_id).cloned().unwrap_or_default(),
                conference_id,
                city: values.maybe()?,
                year: values.value()?,
                is_cancelled: values.maybe::<String>()?.as_deref() == Some("CANCELLED"),
            };
            source.editions.insert(id, edition);
        }
        Ok(source)
    }

    async fn rows(&self, select: &SelectStatement) -> Result<Vec<QueryResult>> {
        Ok(self.database.query_all(select).await?)
    }

    /// The rows that belong to some things.
    async fn rows_of(
        &self,
        mut select: SelectStatement,
        column: &'static str,
        ids: &[Uuid],
    ) -> Result<Vec<QueryResult>> {
        select.and_where(among(backend(self.database), Expr::cust(column), ids));
        self.rows(&select).await
    }

    /// The ids of a table after an id, in their order.
    pub(super) async fn ids_after(&self, kind: SearchKind, after: Option<Uuid>, most: u64) -> Result<Vec<Uuid>> {
        let mut page = select(kind.name(), &["id"]);
        if let Some(after) = after {
            page.and_where(Expr::cust("id").gt(after));
        }
        page.order_by_expr(Expr::cust("id"), Order::Asc).limit(most);
        self.rows(&page).await?.iter().map(|row| Ok(Values::of(row).value()?)).collect()
    }

    /// The entries of the things of a kind that have these ids. There are none of ids that are not there.
    pub(super) async fn entries(&self, kind: SearchKind, ids: &[Uuid]) -> Result<Vec<Entry>> {
        match kind {
            SearchKind::Talk => self.talks(ids).await,
            SearchKind::Speaker => self.speakers(ids).await,
            SearchKind::Company => self.companies(ids).await,
            SearchKind::Edition => Ok(ids.iter().filter_map(|id| self.edition(*id)).collect()),
        }
    }

    /// The talks of editions, and the editions of conferences.
    pub(super) async fn talks_of_editions(&self, editions: &[Uuid]) -> Result<Vec<Uuid>> {
        self.ids(select("talk", &["id"]), "edition_id", editions).await
    }

    pub(super) fn editions_of(&self, conference: Uuid) -> impl Iterator<Item = Uuid> {
        self.editions.iter().filter(move |(_, edition)| edition.conference_id == conference).map(|(id, _)| *id)
    }

    /// The talks that have one of these ids in some columns.
    pub(super) async fn talks_with(&self, ids: &[Uuid], columns: &[ShownBy]) -> Result<Vec<Uuid>> {
        let mut talks = Vec::new();
        for (table, talk, column) in columns.iter().copied() {
            let mut select = Query::select();
            select.expr_as(Expr::cust(talk), name("id")).from(name(table));
            select.and_where(Expr::cust(talk).is_not_null());
            talks.extend(self.ids(select, column, ids).await?);
        }
        Ok(talks)
    }

    /// The speakers of talks, or the companies that they represent there: their number of talks may differ now.
    pub(super) async fn people_of(&self, talks: &[Uuid], table: &str, column: &'static str) -> Result<Vec<Uuid>> {
        let mut select = Query::select();
        select.distinct().expr_as(Expr::cust(column), name("id")).from(name(table));
        self.ids(select, "talk_id", talks).await
    }

    /// The speakers who represent these companies.
    pub(super) async fn speakers_of(&self, companies: &[Uuid]) -> Result<Vec<Uuid>> {
        let mut select = Query::select();
        select.distinct().expr_as(Expr::cust("speaker_id"), name("id")).from(name("appearance_company"));
        self.ids(select, "company_id", companies).await
    }

    async fn ids(&self, select: SelectStatement, column: &'static str, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        self.rows_of(select, column, ids).await?.iter().map(|row| Ok(Values::of(row).value()?)).collect()
    }

    /// The former slugs and the other names of things.
    async fn aliases(&self, which: &'static str, owners: Option<&[Uuid]>) -> Result<HashMap<Uuid, Aliases>> {
        let mut select = select("alias", &["owner_id", "kind", "value"]);
        select.and_where(Expr::cust(which)).order_by_expr(Expr::cust("position"), Order::Asc);
        let rows = match owners {
            Some(owners) => self.rows_of(select, "owner_id", owners).await?,
            None => self.rows(&select).await?,
        };
        let mut aliases: HashMap<Uuid, Aliases> = HashMap::new();
        for row in rows {
            let mut values = Values::of(&row);
            let of = aliases.entry(values.value()?).or_default();
            let kind: String = values.value()?;
            let list = if kind == "SLUG" { &mut of.slugs } else { &mut of.names };
            list.push(values.value()?);
        }
        Ok(aliases)
    }

    /// The former slugs and the other names of the people or companies whose ids are the second values of rows.
    async fn aliases_of(&self, rows: &[QueryResult]) -> Result<HashMap<Uuid, Aliases>> {
        let owners: HashSet<Uuid> = rows.iter().map(|row| row.try_get_by_index(1)).collect::<Result<_, _>>()?;
        let owners: Vec<Uuid> = owners.into_iter().collect();
        self.aliases("kind <> 'ID'", Some(&owners)).await
    }

    fn edition(&self, id: Uuid) -> Option<Entry> {
        let edition = self.editions.get(&id)?;
        let mut entry = Entry::new(SearchKind::Edition, id);
        entry.text(TITLE, [edition.own.name.clone()]);
        entry.text(OTHER_TITLES, edition.own.others.iter().cloned().chain(edition.city.clone()));
        edition.show_in(&mut entry);
        entry.boost = recency(edition.year) + if edition.is_cancelled { 0 } else { 120 };
        Some(entry)
    }

    async fn people(&self, ids: &[Uuid], table: &'static str) -> Result<Vec<(Uuid, i32, Named)>> {
        let mut aliases = self.aliases("kind <> 'ID'", Some(ids)).await?;
        let rows = self.rows_of(select(table, &["id", "slug", "name", "talk_count"]), "id", ids).await?;
        let mut people = Vec::with_capacity(rows.len());
        for row in rows {
            let mut values = Values::of(&row);
            let id = values.value()?;
            let named = named(&mut values, aliases.remove(&id))?;
            people.push((id, values.value()?, named));
        }
        Ok(people)
    }

    async fn speakers(&self, ids: &[Uuid]) -> Result<Vec<Entry>> {
        let mut represented: HashMap<Uuid, Vec<Named>> = HashMap::new();
        let mut select = Query::select();
        // What a speaker represents is found by the talks, because no index of it begins with the speaker.
        select.distinct().from(name("appearance"));
        for column in ["appearance.speaker_id", "company.id", "company.slug", "company.name"] {
            select.expr(Expr::cust(column));
        }
        let represents = "appearance_company.talk_id = appearance.talk_id \
            AND appearance_company.speaker_id = appearance.speaker_id";
        let of_company = Expr::cust("company.id = appearance_company.company_id");
        select.inner_join(name("appearance_company"), Expr::cust(represents)).inner_join(name("company"), of_company);
        let rows = self.rows_of(select, "appearance.speaker_id", ids).await?;
        let aliases = self.aliases_of(&rows).await?;
        for row in rows {
            let mut values = Values::of(&row);
            let of = represented.entry(values.value()?).or_default();
            let company: Uuid = values.value()?;
            of.push(named(&mut values, aliases.get(&company).cloned())?);
        }
        let entries = self.people(ids, "speaker").await?.into_iter().map(|(id, talks, speaker)| {
            let mut entry = speaker.entry(SearchKind::Speaker, SPEAKERS, id, talks);
            let mut companies = represented.remove(&id).unwrap_or_default();
            companies.sort_by(|one, other| one.slugs.cmp(&other.slugs));
            for company in companies {
                entry.term("company", company.slugs);
                entry.text(COMPANIES, [company.name].into_iter().chain(company.others));
            }
            entry
        });
        Ok(entries.collect())
    }

    async fn companies(&self, ids: &[Uuid]) -> Result<Vec<Entry>> {
        let companies = self.people(ids, "company").await?.into_iter();
        let entry = |(id, talks, company): (_, _, Named)| company.entry(SearchKind::Company, COMPANIES, id, talks);
        Ok(companies.map(entry).collect())
    }

    async fn talks(&self, ids: &[Uuid]) -> Result<Vec<Entry>> {
        let columns = [
            "talk.id",
            "talk.edition_id",
            "talk.title",
            "talk.subtitle",
            "talk.aliases",
            "talk.abstract",
            "talk.kind",
            "talk.status",
            "talk.language",
            "track.slug",
            "room.slug",
            "talk.starts_at",
            "talk.has_recording",
            "talk.has_slides",
        ];
        let mut page = Query::select();
        page.from(name("talk")).left_join(name("track"), Expr::cust("track.id = talk.track_id"));
        page.left_join(name("room"), Expr::cust("room.id = talk.room_id"));
        page.exprs(columns.map(Expr::cust));
        let mut entries = Vec::with_capacity(ids.len());
        let mut places = HashMap::with_capacity(ids.len());
        for row in self.rows_of(page, "talk.id", ids).await? {
            let entry = self.talk(&row)?;
            places.insert(entry.id, entries.len());
            entries.push(entry);
        }
        self.add_people(&mut entries, &places, ids).await?;
        let tags = ordered("talk_tag", &["talk_id", "name", "name_key"]);
        for row in self.rows_of(tags, "talk_id", ids).await? {
            let mut values = Values::of(&row);
            if let Some(entry) = entry_of(&mut values, &places, &mut entries)? {
                let tag: String = values.value()?;
                entry.term("tag", [values.value()?]);
                entry.facet("tag", tag.clone());
                entry.text(TAGS, [tag]);
            }
        }
        let mut rooms = Query::select();
        rooms.distinct().from(name("slot")).inner_join(name("room"), Expr::cust("room.id = slot.room_id"));
        rooms.expr(Expr::cust("slot.talk_id")).expr(Expr::cust("room.slug"));
        for row in self.rows_of(rooms, "slot.talk_id", ids).await? {
            let mut values = Values::of(&row);
            if let Some(entry) = entry_of(&mut values, &places, &mut entries)? {
                entry.term("room", [values.value()?]);
            }
        }
        Ok(entries)
    }

    /// The entry of a talk's own row.
    fn talk(&self, row: &QueryResult) -> Result<Entry> {
        let mut values = Values::of(row);
        let mut entry = Entry::new(SearchKind::Talk, values.value()?);
        let edition: Uuid = values.value()?;
        entry.text(TITLE, values.maybe::<String>()?);
        entry.text(OTHER_TITLES, values.maybe::<String>()?);
        let others: Value = values.value()?;
        let others = others.as_array().into_iter().flatten().filter_map(Value::as_str);
        entry.text(OTHER_TITLES, others.map(str::to_owned));
        entry.text(ABSTRACT, values.maybe::<String>()?);
        let mut text = || values.maybe::<String>();
        let (kind, status, language, track, room) = (text()?, text()?, text()?, text()?, text()?);
        let is_confirmed = status.as_deref() == Some("CONFIRMED");
        entry.language.clone_from(&language);
        for (name, value) in [("kind", &kind), ("language", &language)] {
            value.iter().for_each(|value| entry.facet(name, value.clone()));
        }
        // People ask for keynotes and workshops, which few titles say.
        let label = kind.as_deref().filter(|kind| !matches!(*kind, "TALK" | "OTHER"));
        entry.text(ABSTRACT, label.map(|kind| kind.replace('_', " ")));
        for (name, value) in
            [("kind", kind), ("status", status), ("language", language), ("track", track), ("room", room)]
        {
            entry.term(name, value);
        }
        entry.starts_at = values.maybe()?;
        let (has_recording, has_slides): (bool, bool) = (values.value()?, values.value()?);
        entry.term("recording", [has_recording.to_string()]);
        entry.term("slides", [has_slides.to_string()]);
        if let Some(edition) = self.editions.get(&edition) {
            edition.show_in(&mut entry);
            edition.count_in(&mut entry);
            let is_given = is_confirmed && !edition.is_cancelled;
            entry.boost = recency(edition.year) + if has_recording { 120 } else { 0 } + if is_given { 60 } else { 0 };
        }
        Ok(entry)
    }

    /// Adds the speakers of talks and the companies that they represent.
    async fn add_people(&self, entries: &mut [Entry], places: &HashMap<Uuid, usize>, ids: &[Uuid]) -> Result<()> {
        let mut appearances = ordered("appearance", &["talk_id", "speaker_id"]);
        appearances.exprs(["speaker.slug", "speaker.name", "appearance.credited_as"].map(Expr::cust));
        appearances.inner_join(name("speaker"), Expr::cust("speaker.id = appearance.speaker_id"));
        let mut companies = ordered("appearance_company", &["talk_id", "company_id"]);
        companies.exprs(["company.slug", "company.name", "NULL"].map(Expr::cust));
        companies.inner_join(name("company"), Expr::cust("company.id = appearance_company.company_id"));
        for (select, field, term, talk_id) in [
            (appearances, SPEAKERS, "speaker", "appearance.talk_id"),
            (companies, COMPANIES, "company", "appearance_company.talk_id"),
        ] {
            let rows = self.rows_of(select, talk_id, ids).await?;
            let aliases = self.aliases_of(&rows).await?;
            for row in rows {
                let mut values = Values::of(&row);
                let Some(entry) = entry_of(&mut values, places, entries)? else { continue };
                let owner: Uuid = values.value()?;
                let named = named(&mut values, aliases.get(&owner).cloned())?;
                let credited: Option<String> = values.maybe()?;
                if term == "company" {
                    entry.facet(term, named.slug());
                }
                entry.term(term, named.slugs);
                for value in [named.name].into_iter().chain(credited).chain(named.others) {
                    if !entry.texts[field].contains(&value) {
                        entry.text(field, [value]);
                    }
                }
            }
        }
        Ok(())
    }
}

impl EditionNames {
    /// Adds the values that are counted: of talks, as filters are of talks.
    fn count_in(&self, entry: &mut Entry) {
        entry.facet("edition", self.own.slug());
        entry.facet("conference", self.conference.slug());
        entry.facet("year", self.year.to_string());
    }

    /// Adds what things of the edition are found by.
    fn show_in(&self, entry: &mut Entry) {
        entry.text(EDITION, [self.own.name.clone(), self.own.slug()]);
        entry.text(EDITION, self.own.others.iter().cloned().chain(self.city.clone()).chain([self.year.to_string()]));
        entry.text(CONFERENCE, [self.conference.name.clone(), self.conference.slug()]);
        entry.text(CONFERENCE, self.conference.others.iter().cloned());
        entry.term("edition", self.own.slugs.iter().cloned());
        entry.term("conference", self.conference.slugs.iter().cloned());
        entry.term("year", [self.year.to_string()]);
    }
}

/// What a year counts: later ones a little more.
fn recency(year: i32) -> u32 {
    u32::try_from((year - FIRST_YEAR).clamp(0, 60) * 2).unwrap_or_default()
}

/// What the number of talks counts.
fn prominence(talks: i32) -> u32 {
    std::cmp::min(40 * (talks.unsigned_abs() + 1).ilog2(), 300)
}

/// The former slugs and the other names of a thing.
#[derive(Clone, Debug, Default)]
struct Aliases {
    slugs: Vec<String>,
    names: Vec<String>,
}

/// The next two values of a row are the slug and the name.
fn named(values: &mut Values<'_>, aliases: Option<Aliases>) -> Result<Named> {
    let aliases = aliases.unwrap_or_default();
    let slugs = [values.value()?].into_iter().chain(aliases.slugs).collect();
    Ok(Named { name: values.value()?, slugs, others: aliases.names })
}

/// The next value of a row is the id of the talk.
fn entry_of<'e>(
    values: &mut Values<'_>,
    places: &HashMap<Uuid, usize>,
    entries: &'e mut [Entry],
) -> Result<Option<&'e mut Entry>> {
    let talk: Uuid = values.value()?;
    Ok(places.get(&talk).and_then(|place| entries.get_mut(*place)))
}

fn column(table: &str, column: &str) -> SimpleExpr {
    Expr::cust(format!("{table}.{column}"))
}

fn select(table: &str, columns: &[&str]) -> SelectStatement {
    Query::select().exprs(columns.iter().map(|name| column(table, name))).from(name(table)).to_owned()
}

/// Rows of talks, in the order of the talks and in their own.
fn ordered(table: &str, columns: &[&str]) -> SelectStatement {
    let mut select = select(table, columns);
    select.order_by_expr(column(table, "talk_id"), Order::Asc).order_by_expr(column(table, "position"), Order::Asc);
    select
}
