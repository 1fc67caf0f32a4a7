//! Applying a document to the archive.

mod desired;
mod identified;
pub(in crate::archive) mod identity;
mod stored;

use std::collections::HashSet;

use entity::alias;
use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use identified::Identified;
use stored::StoredNames;

use super::{Archive, Report, store::rows::Rows};
use crate::{
    database::{among, among_texts, backend, name},
    error::{Error, Result},
    format::document::Document,
};

/// The most problems that are reported at once.
const MOST_PROBLEMS: usize = 50;

impl Archive {
    /// Applies a document.
    ///
    /// The content of each edition in the document replaces the stored content of that edition. What is not in the
    /// document is deleted, except recordings that are used elsewhere: they lose their edition. Conferences, companies,
    /// speakers, and recordings and playlists without an edition are created or updated. Everything else stays. A dry
    /// run does the same and is then rolled back.
    pub fn apply<'a>(&'a self, document: &'a Document, dry_run: bool) -> BoxFuture<'a, Result<Report>> {
        self.import(document, dry_run, false).boxed()
    }

    /// Makes the whole archive what a document says. What is not in the document is deleted, and all of it is logged.
    pub fn become_document<'a>(&'a self, document: &'a Document) -> BoxFuture<'a, Result<Report>> {
        self.import(document, false, true).boxed()
    }

    async fn import(&self, document: &Document, dry_run: bool, is_whole: bool) -> Result<Report> {
        let mut write = self.begin("document").await?;
        let mut problems = Vec::new();
        let stored_names = StoredNames::look_up(document, &write.transaction).await?;
        let identified = Identified::of(document, stored_names, &mut problems);
        let scope = (!is_whole).then(|| identified.scope());
        let stored = Rows::load(&write.transaction, scope.as_ref()).await?;
        let mut desired = desired::rows(document, &identified, &stored, &mut problems);
        is_nowhere_else(&stored, &desired, &write.transaction, &mut problems).await?;
        check(problems)?;
        keep_what_others_use(&stored, &mut desired, &write.transaction).await?;
        write.change(&stored, desired).await?;
        write.finish(dry_run).await
    }
}

fn check(mut problems: Vec<String>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let more = problems.len().saturating_sub(MOST_PROBLEMS);
    problems.truncate(MOST_PROBLEMS);
    if more > 0 {
        problems.push(format!("and {more} more"));
    }
    Err(Error::bad_input("document", problems.join("; ")))
}

/// Refuses a new speaker or company whose id was merged into another one in the archive, unless the document has that
/// other one.
async fn is_nowhere_else(
    stored: &Rows,
    desired: &Rows,
    transaction: &DatabaseTransaction,
    problems: &mut Vec<String>,
) -> Result<()> {
    let there: HashSet<Uuid> =
        stored.companies.iter().map(|row| row.id).chain(stored.speakers.iter().map(|row| row.id)).collect();
    let all = desired.companies.iter().map(|row| row.id).chain(desired.speakers.iter().map(|row| row.id));
    let (loaded, new): (HashSet<Uuid>, HashSet<Uuid>) = all.partition(|id| there.contains(id));
    if new.is_empty() {
        return Ok(());
    }
    let ids = new.iter().map(|id| id.hyphenated().to_string());
    let merged = alias::Entity::find()
        .filter(alias::Column::Kind.eq("ID"))
        .filter(among_texts(backend(transaction), alias::Column::Value, ids))
        .all(transaction)
        .await?;
    for alias in merged.iter().filter(|alias| !loaded.contains(&alias.owner_id)) {
        problems.push(format!(
            "in the archive, the id {} leads to another one, {}, which it was merged into",
            alias.value, alias.owner_id
        ));
    }
    Ok(())
}

/// Keeps recordings that would be deleted but that a talk or playlist elsewhere names. They lose their edition.
async fn keep_what_others_use(stored: &Rows, desired: &mut Rows, transaction: &DatabaseTransaction) -> Result<()> {
    let stay: HashSet<Uuid> = desired.recordings.iter().map(|row| row.id).collect();
    let going: Vec<Uuid> = stored.recordings.iter().map(|row| row.id).filter(|id| !stay.contains(id)).collect();
    if going.is_empty() {
        return Ok(());
    }
    let talks = stored.talks.iter().map(|row| row.id).collect();
    let mut used = users("talk_recording", "talk_id", talks, &going, transaction).await?;
    let playlists = stored.playlists.iter().map(|row| row.id).collect();
    used.extend(users("playlist_recording", "playlist_id", playlists, &going, transaction).await?);
    let kept = stored.recordings.iter().filter(|row| used.contains(&row.id) && !stay.contains(&row.id));
    desired.recordings.extend(kept.cloned().map(|row| entity::recording::Model { edition_id: None, ..row }));
    Ok(())
}

/// Those of the recordings that a table names in rows of other owners.
async fn users(
    table: &str,
    owner: &str,
    own: HashSet<Uuid>,
    recordings: &[Uuid],
    transaction: &DatabaseTransaction,
) -> Result<HashSet<Uuid>> {
    let these = among(backend(transaction), Expr::col(name("recording_id")), recordings);
    let select =
        Query::select().columns(["recording_id", owner].map(name)).from(name(table)).and_where(these).to_owned();
    let mut used = HashSet::new();
    for row in transaction.query_all(&select).await? {
        if !own.contains(&row.try_get::<Uuid>("", owner)?) {
            used.insert(row.try_get("", "recording_id")?);
        }
    }
    Ok(used)
}
