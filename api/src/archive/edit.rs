//! The mutations. Each is one write: it reads the rows that it concerns, changes a copy of them, collects all mistakes,
//! and writes the difference only if there is no mistake.

use std::{collections::HashMap, fmt::Display};

use async_graphql::MaybeUndefined;
use entity::alias;
use sea_orm::{
    ColumnTrait, ConnectionTrait,
    sea_query::{Expr, ExprTrait, Query, UnionType},
};
use uuid::Uuid;

use batch::Batch;
use problems::{Path, UserErrors};

use super::{
    Archive, Report, Write,
    store::{
        load::RowScope,
        rows::{NodeRow, Rows},
    },
};
use crate::{
    database::{is_alias, name},
    error::{Error, Result},
    read::{list::tidy_slugs, slug::BySlug},
    scalars::{Id, Revision, Slug},
    text,
};

mod batch;
mod company;
mod conference;
mod delete;
mod edition;
mod first_day;
mod inputs;
mod link;
mod merge;
mod moves;
mod order;
mod overlap;
mod placement;
mod playlist;
mod problems;
mod recording;
mod room;
mod schedule;
mod slot;
mod speaker;
mod sponsor;
mod talk;
mod track;
mod unmerge;

pub use batch::EditInput;
pub use company::{CompanyInput, CompanyPatch};
pub use conference::{ConferenceInput, ConferencePatch};
pub use edition::{EditionInput, EditionPatch, InvolvementInput, TicketInput};
pub use link::{LinkInput, LinkPatch};
pub use moves::SlotMove;
pub use playlist::{PlaylistInput, PlaylistPatch};
pub use problems::{UserError, UserErrorCode};
pub use recording::{RecordingInput, RecordingPatch};
pub use room::{RoomInput, RoomPatch};
pub use slot::{SlotInput, SlotPatch};
pub use speaker::{SpeakerInput, SpeakerPatch};
pub use sponsor::{SponsorTierInput, SponsorshipInput};
pub use talk::{AppearanceInput, TalkInput, TalkPatch};
pub use track::{TrackInput, TrackPatch};
pub use unmerge::UnmergeReport;

/// A mutation in progress. If it is dropped before it is finished, nothing is written.
#[derive(Debug)]
pub struct Edit {
    write: Write,
    stored: Rows,
    desired: Rows,
    problems: UserErrors,
    /// The kind and id of the thing that the mutation is about, once it is known.
    subject: Option<(&'static str, Uuid)>,
    /// The revision of that thing when it was read.
    revision: Option<i64>,
    /// Whether overlaps are no mistakes.
    force: bool,
    /// The things that the payload lists: the slots that moved, the talks that keep a credited name.
    listed: Vec<Uuid>,
    /// The slots of editions as they were before the mutation.
    former_slots: HashMap<Uuid, Vec<entity::slot::Model>>,
    batch: Batch,
}

/// The outcome of a mutation.
#[derive(Debug)]
pub struct Outcome {
    /// The id of the thing that the mutation is about; none if there is no such thing, or it was not created.
    pub id: Option<Id>,
    /// The present revision of the thing; none if a mistake kept the mutation from writing.
    pub revision: Option<Revision>,
    /// The things that the payload lists: the slots that moved, the talks that keep a credited name.
    pub listed: Vec<Id>,
    /// The ids of the things that several edits are about.
    pub results: Vec<Option<Id>>,
    /// The mistakes in the arguments.
    pub problems: Vec<UserError>,
    /// Remarks on what was written.
    pub notes: Vec<String>,
    /// The numbers of changes.
    pub report: Report,
}

impl Edit {
    /// Begins the write of a mutation.
    pub async fn begin(archive: &Archive) -> Result<Self> {
        let write = archive.begin("input").await?;
        Ok(Self {
            write,
            stored: Rows::default(),
            desired: Rows::default(),
            problems: UserErrors::default(),
            subject: None,
            revision: None,
            force: false,
            listed: Vec::new(),
            former_slots: HashMap::new(),
            batch: Batch::default(),
        })
    }

    /// The same edit, in which overlaps are no mistakes if `force` is true.
    pub fn forced(self, force: bool) -> Self {
        Self { force, ..self }
    }

    /// Writes the difference, unless there is a mistake.
    pub async fn finish(mut self) -> Result<Outcome> {
        let mut outcome = Outcome {
            id: self.subject.map(|(_, id)| Id(id)),
            revision: None,
            listed: self.listed.into_iter().map(Id).collect(),
            results: self.batch.results.into_iter().map(|id| id.map(Id)).collect(),
            notes: if self.problems.found.is_empty() { self.problems.notes } else { Vec::new() },
            problems: self.problems.found,
            report: Report::default(),
        };
        if !outcome.problems.is_empty() {
            self.write.transaction.rollback().await?;
            return Ok(outcome);
        }
        let difference = self.write.change(&self.stored, self.desired).await?;
        outcome.revision = match self.subject {
            Some((kind, id)) => difference.of(kind, id).map(|change| change.revision).or(self.revision),
            None => Some(self.write.revision),
        }
        .map(Revision);
        outcome.report = self.write.finish(false).await?;
        Ok(outcome)
    }

    /// The desired row of a thing.
    fn row<N: NodeRow>(&self, id: Uuid) -> Result<N> {
        let row = N::rows(&self.desired).iter().find(|row| row.id() == id).cloned();
        row.ok_or_else(|| Error::Internal(format!("{} {id} is edited, and was not read", N::KIND)))
    }

    /// Sets the desired row of a new or an existing thing.
    fn put<N: NodeRow>(&mut self, mut row: N) {
        row.renew_derived();
        let rows = N::rows_mut(&mut self.desired);
        match rows.iter_mut().find(|other| other.id() == row.id()) {
            Some(there) => *there = row,
            None => rows.push(row),
        }
    }

    /// The id of a new thing, which the mutation is about.
    fn new_subject<N: NodeRow>(&mut self) -> Uuid {
        let id = Uuid::now_v7();
        self.subject = Some((N::KIND, id));
        id
    }

    /// Loads the rows of a scope as stored and as desired ones.
    async fn load(&mut self, scope: RowScope) -> Result<()> {
        let rows = Rows::load(&self.write.transaction, Some(&scope)).await?;
        self.stored.append(rows.clone());
        self.desired.append(rows);
        Ok(())
    }

    /// Loads the thing that the mutation is about, by its id or a merged one. It is a mistake if there is none, or if
    /// the caller saw it at another revision.
    async fn subject<N: NodeRow>(&mut self, id: Id, argument: &str, seen: Option<Revision>) -> Result<Option<N>> {
        let Some(id) = self.find::<N>(id, &Path::of(argument)).await? else { return Ok(None) };
        self.load(RowScope::of::<N>(id)).await?;
        self.subject = Some((N::KIND, id));
        let row: N = self.row(id)?;
        self.revision = Some(row.revision());
        let former = self.batch.former_revisions.get(&id).copied().unwrap_or(row.revision());
        self.problems.unchanged_since(seen, former);
        Ok(Some(row))
    }

    /// The present id of a thing, by its id or a merged one. It is a mistake if there is none.
    async fn find<N: NodeRow>(&mut self, id: Id, path: &Path) -> Result<Option<Uuid>> {
        let found = self.present::<N>(id).await?;
        if found.is_none() {
            self.problems.not_found(path, format!("there is no {} of the id {id}", N::KIND.to_lowercase()));
        }
        Ok(found)
    }

    async fn present<N: NodeRow>(&self, Id(id): Id) -> Result<Option<Uuid>> {
        let mut select = Query::select();
        select.column(name("id")).from(name(&N::KIND.to_lowercase())).and_where(Expr::col(name("id")).eq(id));
        let merged = Query::select()
            .column(alias::Column::OwnerId)
            .from(alias::Entity)
            .and_where(is_alias("ID"))
            .and_where(alias::Column::Value.eq(id.hyphenated().to_string()))
            .and_where(alias::Column::Scope.eq(BySlug::scope(N::KIND, None)))
            .to_owned();
        select.union(UnionType::All, merged);
        let row = self.write.transaction.query_one(&select).await?;
        Ok(row.map(|row| row.try_get("", "id")).transpose()?)
    }

    /// The ids of the things with these present or former slugs.
    async fn named(&self, kind: &str, edition: Option<Uuid>, slugs: Vec<String>) -> Result<HashMap<String, Uuid>> {
        BySlug::find(&self.write.transaction, kind, edition, tidy_slugs(&slugs)).await
    }

    /// The id of the thing with a slug. It is a mistake if there is none.
    async fn by_slug(&mut self, kind: &str, edition: Option<Uuid>, slug: &str, path: &Path) -> Result<Option<Uuid>> {
        let found = self.named(kind, edition, vec![slug.to_owned()]).await?;
        Ok(self.reference(&found, kind, slug, path))
    }

    /// The id of the thing with a slug, among those that were looked up. It is a mistake if there is none.
    fn reference(&mut self, found: &HashMap<String, Uuid>, kind: &str, slug: &str, path: &Path) -> Option<Uuid> {
        let id = found.get(&text::tidied(slug, false)).copied();
        if id.is_none() {
            self.problems.not_found(path, format!("there is no {} of the slug \"{slug}\"", kind.to_lowercase()));
        }
        id
    }

    /// The slug of a new thing: the given one, which must be free, or else one made of its name.
    async fn new_slug(
        &mut self,
        (kind, edition): (&str, Option<Uuid>),
        given: &MaybeUndefined<String>,
        name: &str,
    ) -> Result<String> {
        let path = Path::input().at("slug");
        if let Some(slug) = self.problems.slug(&path, given) {
            if !self.named(kind, edition, vec![slug.to_string()]).await?.is_empty() {
                self.taken(&path, "slug", &slug, kind);
            }
            return Ok(slug.to_string());
        }
        let made = Slug::made_of(name, kind);
        let numbered = |n: usize| if n == 1 { made.to_string() } else { format!("{made}-{n}") };
        let mut tried = 0;
        // One statement is nearly always enough: few names are used a hundred times.
        loop {
            let candidates: Vec<String> = (tried + 1..=tried + 100).map(numbered).collect();
            let taken = self.named(kind, edition, candidates.clone()).await?;
            if let Some(free) = candidates.into_iter().find(|slug| !taken.contains_key(slug)) {
                return Ok(free);
            }
            tried += 100;
        }
    }

    /// Changes a slug to the given one. The old slug still leads to the thing, except for rooms and tracks, which no
    /// address names.
    async fn rename<N: NodeRow>(
        &mut self,
        id: Uuid,
        edition: Option<Uuid>,
        slug: &mut String,
        given: &MaybeUndefined<String>,
    ) -> Result<()> {
        let path = Path::input().at("slug");
        let given = self.problems.slug(&path, given);
        let Some(new) = given.filter(|given| given.as_str() != slug.as_str()) else { return Ok(()) };
        let leads_to = self.named(N::KIND, edition, vec![new.to_string()]).await?.get(new.as_str()).copied();
        if leads_to.is_some_and(|other| other != id) {
            self.taken(&path, "slug", &new, N::KIND);
            return Ok(());
        }
        let old = std::mem::replace(slug, new.to_string());
        if !matches!(N::KIND, "Room" | "Track") {
            let former =
                self.aliases(id, "SLUG").into_iter().filter(|former| *former != new.as_str()).chain([old]).collect();
            self.set_aliases(id, "SLUG", &BySlug::scope(N::KIND, edition), former, str::to_owned);
        }
        Ok(())
    }

    fn taken(&mut self, path: &Path, what: &str, value: impl Display, kind: &str) {
        let message =
            format!("the {what} \"{value}\" is, or was, another {}'s: choose another one", kind.to_lowercase());
        self.problems.add(UserErrorCode::Taken, path, message);
    }

    /// The aliases of a thing, of one kind.
    fn aliases(&self, owner: Uuid, kind: &str) -> Vec<String> {
        let own = self.desired.aliases.iter().filter(|row| row.owner_id == owner && row.kind == kind);
        own.map(|row| row.value.clone()).collect()
    }

    /// Sets the aliases of a thing, of one kind, in their order.
    fn set_aliases(&mut self, owner: Uuid, kind: &str, scope: &str, values: Vec<String>, key: impl Fn(&str) -> String) {
        self.desired.aliases.retain(|row| row.owner_id != owner || row.kind != kind);
        self.desired.aliases.extend((1..).zip(values).map(|(position, value)| alias::Model {
            owner_id: owner,
            kind: kind.to_owned(),
            position,
            scope: scope.to_owned(),
            value_key: key(&value),
            value,
        }));
    }
}
