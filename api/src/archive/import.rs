//! Applying a document to the archive.

mod desired;
mod identified;
pub(in crate::archive) mod identity;
mod merge;
mod options;
mod outline;
mod pieces;
mod repeated;
mod set_back;
mod since;
mod stored;
mod taken;

use std::collections::HashSet;

use entity::{alias, change, company, conference, edition, playlist, recording, speaker};
use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use identified::{DocumentPart, Identified};
use merge::{merge, outcome::MergeOutcome};
use outline::EditionOutline;
use pieces::{FirstImport, differing};
use repeated::ImportDigest;
use since::{ArchiveSide, is_known};
use stored::StoredNames;

pub use options::{ImportOptions, Side};

use super::{
    Archive, Report, Write, export,
    log::difference::Difference,
    store::{
        load::RowScope,
        rows::{NodeRow, Rows},
    },
};
use crate::{
    database::{among, among_texts, backend, is_alias, name, snapshot},
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
        self.apply_with(document, ImportOptions { dry_run, ..ImportOptions::default() })
    }

    /// Applies a document. If the document notes the point in the log at which it was exported, what changed in the
    /// archive since then is kept. Where both sides changed something, a preference decides, or the document is
    /// refused.
    pub fn apply_with<'a>(&'a self, document: &'a Document, options: ImportOptions) -> BoxFuture<'a, Result<Report>> {
        self.import(document, options, false).boxed()
    }

    /// Makes the whole archive what a document says. What is not in the document is deleted, and all of it is logged.
    pub fn become_document<'a>(&'a self, document: &'a Document) -> BoxFuture<'a, Result<Report>> {
        self.import(document, ImportOptions::default(), true).boxed()
    }

    async fn import(&self, document: &Document, options: ImportOptions, is_whole: bool) -> Result<Report> {
        let mut write = self.begin("document").await?;
        let mut problems = Vec::new();
        // Nothing is to be found in an archive that was never written to.
        let is_new = write.revision == 0;
        let since = match document.exported.as_ref().filter(|_| !is_whole && write.revision > 0) {
            None => None,
            Some(point) => {
                let since = is_known(&write.transaction, point).await?.then_some(point.revision);
                write.report.compared(since);
                since
            }
        };
        let outlines = EditionOutline::all(document)?;
        let digest = ImportDigest::of(document, outlines.iter().map(|one| one.digest).collect(), options, is_whole)?;
        let has_limits = write.grant.as_ref().is_some_and(|grant| !grant.is_unlimited());
        // What changed in the archive since the export may be anywhere in the document, and is reported.
        let has_changed = since.is_some_and(|since| since != write.revision);
        if !has_limits && !has_changed && digest.is_repeated(write.revision, &write.transaction).await? {
            return write.finish(options.dry_run).await;
        }
        let mut stored_names = match is_new {
            true => StoredNames::default(),
            false => StoredNames::look_up(document, &write.transaction).await?,
        };
        if let Some(since) = since.filter(|_| !options.force) {
            stored_names.set_back(&write.transaction, since).await?;
        }
        let identified = Identified::of(document, &outlines, stored_names, &mut problems);
        if is_new
            && !has_limits
            && problems.is_empty()
            && let Some(first) = FirstImport::of(document, &identified)
        {
            let write = first.write(write).await?;
            return digest.finish(write, options.dry_run).await;
        }
        let comparison = Comparison { document, identified: &identified, since, options, is_new, is_whole };
        let editions = match is_new || is_whole || has_changed || !problems.is_empty() {
            true => None,
            false => differing(document, &identified, &write.transaction, &write.progress).await?,
        };
        let part = editions.as_ref().map(|editions| DocumentPart { has_others: true, editions: Some(editions) });
        let compared = match part {
            None => None,
            Some(part) => match comparison.of(part, &mut write, Vec::new()).await {
                // It is told with all that is wrong in the document.
                Err(Error::BadInput { .. }) => None,
                compared => Some(compared?),
            },
        };
        let (stored, desired) = match compared {
            Some(compared) => compared,
            None => comparison.of(DocumentPart::WHOLE, &mut write, problems).await?,
        };
        let difference = write.change(&stored, desired).await?;
        if let Some(since) = since.filter(|_| has_changed) {
            let scope = identified.scope(DocumentPart::WHOLE);
            let scope = concerned(scope, &difference, since, &write.transaction).await?;
            self.is_readable(scope, &write.transaction, since).await?;
        }
        digest.finish(write, options.dry_run).await
    }

    /// Refuses a write after which an export would have mistakes that it did not have before. What the archive and a
    /// document changed may be right by itself, and wrong together.
    async fn is_readable(&self, scope: RowScope, transaction: &DatabaseTransaction, since: i64) -> Result<()> {
        let mut found = export::mistakes(scope.clone(), transaction).await?;
        if found.is_empty() {
            return Ok(());
        }
        let before = snapshot(&self.database).await?;
        let known = export::mistakes(scope, &before).await?;
        before.rollback().await?;
        found.retain(|one| !known.iter().any(|known| (&known.file, &known.message) == (&one.file, &one.message)));
        let wrong: Vec<String> = found
            .iter()
            .map(|mistake| format!("{} would be wrong: {}", mistake.file.display(), mistake.message))
            .collect();
        match wrong.is_empty() {
            true => Ok(()),
            false => Err(refused(since, wrong, false)),
        }
    }
}

/// The part of a scope that a difference may have made wrong: the editions that it changed, and all things of the kinds
/// that it changed, because no two of these may have the same names. The people, companies, conferences and editions
/// that changed since a revision are added, because the document may lack them.
async fn concerned(
    mut scope: RowScope,
    difference: &Difference,
    since: i64,
    transaction: &DatabaseTransaction,
) -> Result<RowScope> {
    let kinds: HashSet<&str> = difference.changes.iter().map(|change| change.kind).collect();
    let editions: HashSet<Uuid> = difference.changes.iter().flat_map(|change| change.editions).flatten().collect();
    (scope.editions, scope.bare_editions) = scope.editions.into_iter().partition(|id| editions.contains(id));
    for (kind, ids) in [
        (edition::Model::KIND, &mut scope.bare_editions),
        (conference::Model::KIND, &mut scope.conferences),
        (company::Model::KIND, &mut scope.companies),
        (speaker::Model::KIND, &mut scope.speakers),
        (recording::Model::KIND, &mut scope.recordings),
        (playlist::Model::KIND, &mut scope.playlists),
    ] {
        if !kinds.contains(kind) {
            ids.clear();
        }
    }
    let kinds = [speaker::Model::KIND, company::Model::KIND, conference::Model::KIND, edition::Model::KIND];
    let changed = change::Entity::find()
        .select_only()
        .columns([change::Column::Kind, change::Column::NodeId])
        .distinct()
        .filter(change::Column::Revision.gt(since))
        .filter(change::Column::Kind.is_in(kinds));
    let whole: HashSet<Uuid> = scope.editions.iter().copied().collect();
    for (kind, id) in changed.into_tuple::<(String, Uuid)>().all(transaction).await? {
        if !whole.contains(&id) {
            scope.add(&kind, id);
        }
    }
    Ok(scope)
}

/// What an import compares.
struct Comparison<'a> {
    document: &'a Document,
    identified: &'a Identified<'a>,
    /// The revision of the export, if the log knows it.
    since: Option<i64>,
    options: ImportOptions,
    /// Whether the archive was never written to.
    is_new: bool,
    /// Whether the document is the whole archive.
    is_whole: bool,
}

impl Comparison<'_> {
    /// The rows that are stored of a part of the document, and those that take their place. Only the whole document is
    /// merged with what changed in the archive since the export.
    async fn of(&self, part: DocumentPart<'_>, write: &mut Write, mut problems: Vec<String>) -> Result<(Rows, Rows)> {
        let Self { document, identified, since, options, is_new, is_whole } = *self;
        let scope = identified.scope(part);
        let stored = match is_new {
            true => Rows::default(),
            false => Rows::load(&write.transaction, (!is_whole).then_some(&scope)).await?,
        };
        let side = match since.filter(|_| part.editions.is_none()) {
            Some(since) => Some(ArchiveSide::read(&write.transaction, since, &scope, &stored).await?),
            None => None,
        };
        let at_export =
            side.as_ref().filter(|_| !options.force).map(|side| side.rows_at_export(&stored)).transpose()?;
        let base = at_export.as_ref().unwrap_or(&stored);
        taken::check_given_ids(document, identified, &stored, &mut problems);
        let mut desired = desired::rows(document, identified, part, base, &mut problems);
        check(std::mem::take(&mut problems))?;
        if let Some(side) = side.filter(|side| !side.things.is_empty()) {
            // A document that is forced is merged too, to report what it takes back.
            let mut merged = desired.clone();
            let prefer = if options.force { Some(Side::Source) } else { options.prefer };
            let outcome = merge(&side, &stored, &mut merged, prefer)?;
            write.report.note(outcome, side.since, options.force)?;
            if !options.force {
                desired = merged;
            }
        }
        if !is_new {
            is_nowhere_else(&stored, &desired, &write.transaction, &mut problems).await?;
            check(std::mem::take(&mut problems))?;
            keep_what_others_use(&stored, &mut desired, &write.transaction).await?;
            taken::check(document, &stored, &desired, &write.transaction, &mut problems).await?;
            check(problems)?;
        }
        Ok((stored, desired))
    }
}

impl Report {
    /// Notes the outcome of a merge. Conflicts are an error.
    fn note(&mut self, outcome: MergeOutcome, since: i64, force: bool) -> Result<()> {
        let MergeOutcome { kept, taken_back, conflicts, broken, .. } = outcome;
        if force {
            self.taken_back = kept.into_iter().chain(taken_back).collect();
            return Ok(());
        }
        let (can_prefer, mut wrong) = (broken.is_empty(), conflicts);
        wrong.extend(broken);
        if !wrong.is_empty() {
            return Err(refused(since, wrong, can_prefer));
        }
        (self.kept, self.taken_back) = (kept, taken_back);
        Ok(())
    }
}

/// The error for conflicts, of which the first ones are listed.
fn refused(since: i64, mut conflicts: Vec<String>, can_prefer: bool) -> Error {
    let more = conflicts.len().saturating_sub(MOST_PROBLEMS);
    conflicts.truncate(MOST_PROBLEMS);
    conflicts.extend((more > 0).then(|| format!("and {more} more")));
    Error::Conflicts { since, conflicts, can_prefer }
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
        .filter(is_alias("ID"))
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
