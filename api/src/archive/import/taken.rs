//! What a document takes and something else in the archive has: ids, acronyms, places of editions, keys of videos. The
//! tables would refuse it too, without saying which things these are.

use std::collections::{HashMap, HashSet};

use entity::{alias, edition, link, playlist, recording};
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{MOST_PROBLEMS, identified::Identified};
use crate::{
    archive::store::rows::{NodeRow, Rows, nodes},
    collation::fold,
    database::{among, among_texts, among_videos, backend, name},
    error::Result,
    format::document::{Document, Whereabouts},
    resource::node::KindOf,
    scalars::Slug,
};

/// Looks for what the rows of a document take and something else in the archive has.
pub(super) async fn check(
    document: &Document,
    stored: &Rows,
    desired: &Rows,
    database: &impl ConnectionTrait,
    problems: &mut Vec<String>,
) -> Result<()> {
    let mut check = Check { places: &document.places, stored, desired, database, problems };
    check.ids().await?;
    check.merged_ids().await?;
    check.editions().await?;
    check.videos().await
}

/// Refuses a thing with the id of another one: neither its name nor one of its slugs is that one's. To write it would
/// rename the other one, in all editions.
pub(super) fn check_given_ids(
    document: &Document,
    identified: &Identified<'_>,
    stored: &Rows,
    problems: &mut Vec<String>,
) {
    let former: HashSet<(Uuid, &str)> =
        stored.aliases.iter().filter(|row| row.kind == "SLUG").map(|row| (row.owner_id, row.value.as_str())).collect();
    macro_rules! check {
        ($($things:ident $what:literal,)+) => {$(
            let rows: HashMap<Uuid, _> = stored.$things.iter().map(|row| (row.id, row)).collect();
            for (given, id) in document.$things.iter().zip(&identified.$things.ids) {
                let Some(other) = given.identity.id.and_then(|_| rows.get(id)) else { continue };
                let slugs = [&given.slug].into_iter().chain(&given.identity.former_slugs);
                let is_one = slugs.map(Slug::as_str).any(|slug| slug == other.slug || former.contains(&(*id, slug)));
                if !is_one && fold(&given.name) != fold(&other.name) {
                    let place = document.places.of(&id.hyphenated().to_string());
                    problems.push(format!(
                        "the {} \"{}\" has the id {id}{place}, which is that of the {0} \"{}\" ({}) in the archive: \
                         if it was renamed, add that slug to former_slugs, else leave the id out",
                        $what, given.slug, other.slug, other.name
                    ));
                }
            }
        )+};
    }
    check!(conferences "conference", companies "company", speakers "speaker", editions "edition",);
}

struct Check<'a, C> {
    places: &'a Whereabouts,
    stored: &'a Rows,
    desired: &'a Rows,
    database: &'a C,
    problems: &'a mut Vec<String>,
}

impl<C: ConnectionTrait> Check<'_, C> {
    /// Notes something of the document that takes the id of something in the archive.
    async fn note(&mut self, taken: Vec<(String, Uuid, String, Uuid)>) -> Result<()> {
        let names = names(self.desired);
        for (role, id, kind, other) in taken.into_iter().take(MOST_PROBLEMS) {
            let place = self.places.of(&id.hyphenated().to_string());
            let there = in_archive(self.database, &kind, other).await?;
            let leads = if other == id { "is that of" } else { "was merged into" };
            self.problems.push(match role.as_str() {
                "" => {
                    let thing = names.get(&id).map_or("something", String::as_str);
                    format!(
                        "{thing} has the id {id}{place}, which {leads} {there} in the archive: give it another id, \
                         or leave the id out"
                    )
                }
                owner => {
                    format!("{owner} has the merged id {id}{place}, which {leads} {there} in the archive: take it out")
                }
            });
        }
        Ok(())
    }

    /// The ids of new things.
    async fn ids(&mut self) -> Result<()> {
        let mut new: Vec<(&str, Uuid)> = Vec::new();
        macro_rules! add {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(
                    let there: HashSet<Uuid> = self.stored.$rows.iter().map(|row| row.id).collect();
                    let rows = self.desired.$rows.iter().filter(|row| !there.contains(&row.id));
                    new.extend(rows.map(|row| ($kind, row.id)));
                )+
            };
        }
        nodes!(add);
        let ids: Vec<Uuid> = new.iter().map(|(_, id)| *id).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let found = KindOf::find(self.database, &ids).await?;
        // A person or company that was merged is looked for elsewhere: the document may have the one it became.
        let is_taken = |kind: &str, id: Uuid, other: Uuid| other == id || !matches!(kind, "Speaker" | "Company");
        let taken = new.into_iter().filter_map(|(kind, id)| {
            let (of, other) = found.get(&id)?;
            is_taken(kind, id, *other).then(|| (String::new(), id, of.clone(), *other))
        });
        self.note(taken.collect()).await
    }

    /// The ids that were merged into something.
    async fn merged_ids(&mut self) -> Result<()> {
        let own: HashSet<(Uuid, &str)> =
            self.stored.aliases.iter().map(|row| (row.owner_id, row.value.as_str())).collect();
        let is_new = |row: &&alias::Model| row.kind == "ID" && !own.contains(&(row.owner_id, row.value.as_str()));
        let new: Vec<(&alias::Model, Uuid)> =
            self.desired.aliases.iter().filter(is_new).filter_map(|row| Some((row, row.value.parse().ok()?))).collect();
        if new.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = new.iter().map(|(_, id)| *id).collect();
        let found = KindOf::find(self.database, &ids).await?;
        let names = names(self.desired);
        let owners: HashSet<Uuid> = self.stored.aliases.iter().map(|row| row.owner_id).collect();
        let leaving: HashSet<Uuid> = leaving(&self.stored.speakers, &self.desired.speakers)
            .chain(leaving(&self.stored.companies, &self.desired.companies))
            .collect();
        let mut taken = Vec::new();
        for (row, id) in new {
            let Some((kind, other)) = found.get(&id) else { continue };
            // A record that is there and is merged now goes with this write. The aliases of what is in the document are
            // replaced by its own.
            let is_other = if *other == id { !leaving.contains(&id) } else { !owners.contains(other) };
            if is_other && *other != row.owner_id {
                let owner = names.get(&row.owner_id).cloned().unwrap_or_default();
                taken.push((owner, id, kind.clone(), *other));
            }
        }
        self.note(taken).await
    }

    /// The acronyms of editions, and the editions that they take the place of.
    async fn editions(&mut self) -> Result<()> {
        let rows = &self.desired.editions;
        let on = backend(self.database);
        let acronyms = rows.iter().map(|row| row.acronym.clone());
        let replaced: Vec<Uuid> = rows.iter().filter_map(|row| row.replaces_id).collect();
        if rows.is_empty() {
            return Ok(());
        }
        let either =
            among_texts(on, edition::Column::Acronym, acronyms).or(among(on, edition::Column::ReplacesId, &replaced));
        let own: HashSet<Uuid> = rows.iter().map(|row| row.id).collect();
        let others = edition::Entity::find().filter(either).all(self.database).await?;
        let others: Vec<edition::Model> = others.into_iter().filter(|other| !own.contains(&other.id)).collect();
        let by_acronym: HashMap<&str, &edition::Model> = others.iter().map(|row| (row.acronym.as_str(), row)).collect();
        let by_replaced: HashMap<Uuid, &edition::Model> =
            others.iter().filter_map(|row| Some((row.replaces_id?, row))).collect();
        for row in rows {
            let place = self.places.of(&row.slug);
            if let Some(other) = by_acronym.get(row.acronym.as_str()) {
                self.problems.push(format!(
                    "the edition {}{place} has the acronym \"{}\", which is that of the edition {} in the archive: give \
                     one of the two another",
                    row.slug, row.acronym, other.slug
                ));
            }
            if let Some(other) = row.replaces_id.and_then(|id| by_replaced.get(&id)) {
                self.problems.push(format!(
                    "the edition {}{place} replaces one that the edition {} replaces already in the archive",
                    row.slug, other.slug
                ));
            }
        }
        Ok(())
    }

    /// The keys of recordings and playlists, which may have been given other ids.
    async fn videos(&mut self) -> Result<()> {
        let key = |provider: &str, id: &str| format!("{}:{id}", provider.to_ascii_lowercase());
        macro_rules! check {
            ($rows:ident, $table:ident, $what:literal) => {
                let own: HashSet<Uuid> =
                    self.stored.$rows.iter().chain(&self.desired.$rows).map(|row| row.id).collect();
                let mut by_key: HashMap<String, Uuid> = HashMap::new();
                for row in &self.desired.$rows {
                    let key = key(&row.provider, &row.external_id);
                    if let Some(other) = by_key.insert(key.clone(), row.id) {
                        let place = self.places.of(&key);
                        self.problems.push(format!(
                            concat!(
                                "the ",
                                $what,
                                " {}{} has the id {}, and in the archive it has the id {} and is used by \
                             other editions: leave the id out"
                            ),
                            key, place, other, row.id
                        ));
                    }
                }
                let there: HashSet<Uuid> = self.stored.$rows.iter().map(|row| row.id).collect();
                let is_new = |row: &&$table::Model| !there.contains(&row.id);
                let new: Vec<&$table::Model> = self.desired.$rows.iter().filter(is_new).collect();
                if !new.is_empty() {
                    let providers = new.iter().map(|row| row.provider.clone());
                    let ids = new.iter().map(|row| row.external_id.clone());
                    let these = among_videos(backend(self.database), providers, ids);
                    for other in $table::Entity::find().filter(these).all(self.database).await? {
                        let key = key(&other.provider, &other.external_id);
                        if let Some(id) = by_key.get(&key).filter(|_| !own.contains(&other.id)) {
                            let place = self.places.of(&key);
                            self.problems.push(format!(
                                concat!(
                                    "the ",
                                    $what,
                                    " {}{} has the id {}, and in the archive it has the id {}: leave the id \
                                 out, or give that one"
                                ),
                                key, place, id, other.id
                            ));
                        }
                    }
                }
            };
        }
        check!(recordings, recording, "recording");
        check!(playlists, playlist, "playlist");
        Ok(())
    }
}

/// The ids of rows that a write deletes.
fn leaving<N: NodeRow>(stored: &[N], desired: &[N]) -> impl Iterator<Item = Uuid> {
    let stay: HashSet<Uuid> = desired.iter().map(NodeRow::id).collect();
    stored.iter().map(NodeRow::id).filter(move |id| !stay.contains(id))
}

/// The things of rows in words, by their ids.
fn names(rows: &Rows) -> HashMap<Uuid, String> {
    let mut names = HashMap::new();
    each_name(rows, |id, name| _ = names.insert(id, name));
    names
}

/// Tells each thing of rows in words: `the talk "lost" of the edition conf-2025`.
pub(super) fn each_name(rows: &Rows, mut tell: impl FnMut(Uuid, String)) {
    let editions: HashMap<Uuid, &str> = rows.editions.iter().map(|row| (row.id, row.slug.as_str())).collect();
    let of = |edition: Uuid| editions.get(&edition).map(|slug| format!(" of the edition {slug}")).unwrap_or_default();
    let video = |what: &str, provider: &str, id: &str| format!("the {what} {}:{id}", provider.to_ascii_lowercase());
    let target = |row: &link::Model| row.url.clone().or(row.title.clone()).unwrap_or_default();
    rows.conferences.iter().for_each(|row| tell(row.id, format!("the conference \"{}\"", row.slug)));
    rows.companies.iter().for_each(|row| tell(row.id, format!("the company \"{}\"", row.slug)));
    rows.speakers.iter().for_each(|row| tell(row.id, format!("the speaker \"{}\"", row.slug)));
    rows.editions.iter().for_each(|row| tell(row.id, format!("the edition {}", row.slug)));
    rows.rooms.iter().for_each(|row| tell(row.id, format!("the room \"{}\"{}", row.slug, of(row.edition_id))));
    rows.tracks.iter().for_each(|row| tell(row.id, format!("the track \"{}\"{}", row.slug, of(row.edition_id))));
    rows.talks.iter().for_each(|row| tell(row.id, format!("the talk \"{}\"{}", row.slug, of(row.edition_id))));
    rows.slots.iter().for_each(|row| tell(row.id, format!("the slot {}{}", row.number, of(row.edition_id))));
    rows.recordings.iter().for_each(|row| tell(row.id, video("recording", &row.provider, &row.external_id)));
    rows.playlists.iter().for_each(|row| tell(row.id, video("playlist", &row.provider, &row.external_id)));
    rows.links.iter().for_each(|row| tell(row.id, format!("the link {}", target(row))));
}

/// A thing in the archive, in words.
async fn in_archive(database: &impl ConnectionTrait, kind: &str, id: Uuid) -> Result<String> {
    let (own, has_edition) = match kind {
        "Conference" | "Company" | "Speaker" | "Edition" => ("slug", false),
        "Slot" => ("CAST(number AS TEXT)", true),
        "Recording" | "Playlist" => ("external_id", false),
        "Link" => ("COALESCE(url, title)", false),
        _ => ("slug", true),
    };
    let edition = if has_edition { "(SELECT slug FROM edition WHERE edition.id = edition_id)" } else { "''" };
    let select = Query::select()
        .expr_as(Expr::cust(own), name("own"))
        .expr_as(Expr::cust(edition), name("of"))
        .from(name(&kind.to_lowercase()))
        .and_where(Expr::cust("id").eq(id))
        .to_owned();
    let Some(row) = database.query_one(&select).await? else { return Ok(format!("another {}", kind.to_lowercase())) };
    let (own, of): (String, String) = (row.try_get("", "own")?, row.try_get("", "of")?);
    let of = if of.is_empty() { of } else { format!(" of the edition {of}") };
    Ok(format!("the {} \"{own}\"{of}", kind.to_lowercase()))
}
