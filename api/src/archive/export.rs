//! The archive, or some of its editions, as a document. Applying it to the same archive changes nothing. Values that
//! are the default or derived from others are left out.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
    hash::Hash,
    str::FromStr,
};

use entity::{alias, archive_state, edition, link, recording};
use futures_util::{FutureExt, future::BoxFuture};
use sea_orm::{ActiveEnum, DatabaseConnection, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::{
    import::identity::derived,
    links::subject,
    store::{
        load::RowScope,
        rows::{NodeRow, Rows},
    },
};
use crate::{
    database::snapshot,
    error::{Error, Result},
    format::{
        document::{Document, ExportPoint, Whereabouts},
        native::{Mistake, bundle},
    },
    read::slug::BySlug,
    scalars::{Id, Instant, RecordingKey, Slug},
};

mod editions;
mod people;
mod talks;
mod videos;

/// Reads the archive, or the editions of these slugs with everything that they name, in canonical order. The archive is
/// read as of one moment, in a constant number of statements.
pub fn document<'a>(
    database: &'a DatabaseConnection,
    editions: Option<&'a [String]>,
) -> BoxFuture<'a, Result<Document>> {
    read_document(database, editions).boxed()
}

async fn read_document(database: &DatabaseConnection, editions: Option<&[String]>) -> Result<Document> {
    let transaction = snapshot(database).await?;
    let (rows, elsewhere) = match editions {
        None => (Rows::load(&transaction, None).await?, Rows::default()),
        Some(slugs) => {
            let editions = ids_of_editions(slugs, &transaction).await?;
            with_named(RowScope { editions, ..RowScope::default() }, &transaction).await?
        }
    };
    let state = archive_state::Entity::find().one(&transaction).await?.filter(|state| state.revision > 0);
    transaction.rollback().await?;
    let mut document = Export::of(&rows, &elsewhere)?.document()?;
    document.exported = state.map(|state| ExportPoint { revision: state.revision, at: Instant(state.updated_at) });
    document.sort();
    Ok(document)
}

/// The mistakes that an export of some editions, people and companies would have. There are none if it can't be made,
/// because of a value that an earlier version took.
pub(super) async fn mistakes(scope: RowScope, transaction: &DatabaseTransaction) -> Result<Vec<Mistake>> {
    let (rows, elsewhere) = with_named(scope, transaction).await?;
    let document = match Export::of(&rows, &elsewhere).and_then(|export| export.document()) {
        Err(Error::Unreadable(_)) => return Ok(Vec::new()),
        document => document?,
    };
    let found = bundle::mistakes(&document).map_err(|error| Error::Internal(format!("an export: {error}")))?;
    Ok(found.map(|found| found.list).unwrap_or_default())
}

/// The rows of some editions, people and companies, and of the things that they name; and apart from them, the named
/// rows of other editions.
async fn with_named(mut scope: RowScope, transaction: &DatabaseTransaction) -> Result<(Rows, Rows)> {
    let mut rows = Rows::default();
    rows.load_editions(transaction, Some(&scope)).await?;
    let named = rows.talk_recordings.iter().map(|row| row.recording_id);
    let named = named.chain(rows.playlist_recordings.iter().map(|row| row.recording_id));
    let own: HashSet<Uuid> = rows.recordings.iter().map(|row| row.id).collect();
    let mut elsewhere = Rows::default();
    elsewhere
        .load_named(
            transaction,
            distinct(rows.editions.iter().filter_map(|row| row.replaces_id).filter(|id| !scope.editions.contains(id))),
            distinct(named.filter(|id| !own.contains(id))),
        )
        .await?;
    let loose: Vec<recording::Model> = elsewhere.recordings.extract_if(.., |row| row.edition_id.is_none()).collect();
    rows.recordings.extend(loose);
    scope.conferences =
        distinct(scope.conferences.into_iter().chain(rows.editions.iter().map(|row| row.conference_id)));
    let people = rows.appearances.iter().map(|row| row.speaker_id);
    let people = people.chain(rows.involvements.iter().filter_map(|row| row.speaker_id));
    scope.speakers = distinct(people.chain(scope.speakers));
    let companies = rows.appearance_companies.iter().map(|row| row.company_id);
    let companies = companies.chain(rows.involvements.iter().filter_map(|row| row.company_id));
    let companies = companies.chain(rows.sponsorships.iter().map(|row| row.company_id));
    let companies = companies.chain(rows.slot_sponsors.iter().map(|row| row.company_id));
    scope.companies = distinct(companies.chain(scope.companies));
    scope.companies = Rows::with_successors(transaction, &scope.companies).await?;
    rows.load_others(transaction, Some(&scope)).await?;
    Ok((rows, elsewhere))
}

/// The editions that the slugs lead to, former ones included.
async fn ids_of_editions(slugs: &[String], transaction: &DatabaseTransaction) -> Result<Vec<Uuid>> {
    let found = BySlug::find(transaction, edition::Model::KIND, None, slugs.to_vec()).await?;
    let missing: Vec<&str> = slugs.iter().filter(|slug| !found.contains_key(*slug)).map(String::as_str).collect();
    if !missing.is_empty() {
        return Err(Error::bad_input("editions", format!("there is no {}", missing.join(", "))));
    }
    Ok(distinct(found.into_values()))
}

fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    ids.collect::<HashSet<_>>().into_iter().collect()
}

/// Rows by a key, in their order.
fn group<K: Eq + Hash, R>(rows: &[R], key: impl Fn(&R) -> K) -> HashMap<K, Vec<&R>> {
    let mut groups: HashMap<K, Vec<&R>> = HashMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups
}

/// The error for a value that neither an import nor an edit writes.
fn corrupt(wrong: impl Display) -> Error {
    Error::Internal(format!("in the database: {wrong}"))
}

/// The error for a value of a thing that an earlier version took, with the thing in words and the mutation that corrects
/// it.
fn outdated(thing: impl Display, wrong: String, mutation: &str, id: Uuid) -> Error {
    Error::Unreadable(format!("{thing}: {wrong}; `{mutation}(id: \"{id}\", …)` corrects it"))
}

/// Parses a text from the database.
fn read<T: FromStr<Err = impl Display>>(text: &str) -> Result<T> {
    text.parse().map_err(corrupt)
}

fn word<W: ActiveEnum<Value = String>>(text: &str) -> Result<W> {
    Ok(W::try_from_value(&text.to_owned())?)
}

/// An id, if it is not the one that is derived from the name.
fn own_id(id: Uuid, owner: Uuid, kind: &str, key: &str) -> Option<Id> {
    (id != derived(owner, kind, key)).then_some(Id(id))
}

/// The rows of an export, and what their documents need of each.
struct Export<'a> {
    rows: &'a Rows,
    slugs: HashMap<Uuid, Slug>,
    keys: HashMap<Uuid, RecordingKey>,
    aliases: HashMap<Uuid, Vec<&'a alias::Model>>,
    /// By the things that they are about.
    links: HashMap<Uuid, Vec<&'a link::Model>>,
    /// The editions whose talks name a recording.
    naming: HashMap<Uuid, HashSet<Uuid>>,
}

impl<'a> Export<'a> {
    fn of(rows: &'a Rows, elsewhere: &Rows) -> Result<Self> {
        let mut slugs: HashMap<Uuid, Slug> = HashMap::new();
        let mut slug = |id: Uuid, slug: &str| read(slug).map(|slug| slugs.insert(id, slug)).map(drop);
        rows.conferences.iter().try_for_each(|row| slug(row.id, &row.slug))?;
        rows.companies.iter().try_for_each(|row| slug(row.id, &row.slug))?;
        rows.speakers.iter().try_for_each(|row| slug(row.id, &row.slug))?;
        rows.editions.iter().chain(&elsewhere.editions).try_for_each(|row| slug(row.id, &row.slug))?;
        rows.rooms.iter().try_for_each(|row| slug(row.id, &row.slug))?;
        rows.tracks.iter().try_for_each(|row| slug(row.id, &row.slug))?;
        rows.talks.iter().try_for_each(|row| slug(row.id, &row.slug))?;
        let recordings = rows.recordings.iter().chain(&elsewhere.recordings);
        let keys = recordings.map(|row| Ok((row.id, RecordingKey(word(&row.provider)?, row.external_id.clone()))));
        let editions: HashMap<Uuid, Uuid> = rows.talks.iter().map(|row| (row.id, row.edition_id)).collect();
        let mut naming: HashMap<Uuid, HashSet<Uuid>> = HashMap::new();
        for row in &rows.talk_recordings {
            naming.entry(row.recording_id).or_default().extend(editions.get(&row.talk_id));
        }
        Ok(Self {
            rows,
            keys: keys.collect::<Result<_>>()?,
            slugs,
            aliases: group(&rows.aliases, |row| row.owner_id),
            links: group(&rows.links, subject),
            naming,
        })
    }

    fn document(&self) -> Result<Document> {
        Ok(Document {
            places: Whereabouts::default(),
            exported: None,
            conferences: self.rows.conferences.iter().map(|row| self.conference(row)).collect::<Result<_>>()?,
            companies: self.rows.companies.iter().map(|row| self.company(row)).collect::<Result<_>>()?,
            speakers: self.rows.speakers.iter().map(|row| self.speaker(row)).collect::<Result<_>>()?,
            editions: self.editions()?,
            recordings: self.recordings(None)?,
            playlists: self.playlists(None)?,
        })
    }

    /// The slug of a thing that another one names.
    fn slug(&self, id: Uuid) -> Result<Slug> {
        self.slugs.get(&id).cloned().ok_or_else(|| Error::Internal(format!("{id} is named, and was not read")))
    }

    fn key(&self, recording: Uuid) -> Result<RecordingKey> {
        let missing = || Error::Internal(format!("the recording {recording} is named, and was not read"));
        self.keys.get(&recording).cloned().ok_or_else(missing)
    }
}
