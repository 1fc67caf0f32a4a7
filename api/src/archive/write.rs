//! Writing the difference between rows: in batches, in an order that no constraint minds.

use std::collections::HashSet;

use entity::{alias, archive_state, company, conference, edition, playlist, slot, speaker, talk};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, Statement};
use uuid::Uuid;

use super::{
    Report, Write,
    log::{
        difference::{Difference, Operation},
        follow,
    },
    store::{
        rows::{Node, Part, Rows},
        statements::{delete, insert, replace},
        violation::refusal,
    },
};
use crate::{
    database::{among, backend},
    error::{Error, Result},
    token::Grant,
};

impl Write {
    /// Makes the stored rows the wanted ones, and tells the log.
    pub(super) async fn change(&mut self, stored: &Rows, mut wanted: Rows) -> Result<Difference> {
        let difference = Difference::between(stored, &mut wanted, self.merged, self.revision, self.now)?;
        if difference.changes.is_empty() {
            return Ok(difference);
        }
        self.stay_within(&difference, &wanted).await?;
        let step = Step { transaction: &self.transaction, difference: &difference };
        step.remove_parts(stored).await?;
        step.make_room(stored, &wanted).await?;
        step.put_things(&wanted).await?;
        step.put_parts(&wanted).await?;
        step.remove_things(stored).await?;
        let log: Vec<_> = difference.changes.iter().map(|change| change.row(self.now)).collect();
        insert(&self.transaction, log).await?;
        self.revision += i64::try_from(difference.changes.len()).unwrap_or_default();
        self.report.count(&difference.changes);
        self.refresh(&difference, stored, &wanted).await?;
        Ok(difference)
    }

    /// Keeps what was written, unless there is nothing to keep.
    pub(super) async fn finish(mut self, dry_run: bool) -> Result<Report> {
        self.report.dry_run = dry_run;
        if dry_run || self.report.is_empty() {
            self.transaction.rollback().await?;
            return Ok(self.report);
        }
        let state = archive_state::Model { id: 1, revision: self.revision, updated_at: self.now };
        replace(&self.transaction, vec![state]).await?;
        notify(&self.transaction, self.revision).await?;
        self.transaction.commit().await.map_err(refusal)?;
        self.report.revision = Some(self.revision);
        Ok(self.report)
    }
}

impl Write {
    /// Refuses what would change another conference than the one that may be written to. People and companies belong to
    /// all.
    async fn stay_within(&self, difference: &Difference, wanted: &Rows) -> Result<()> {
        let Some(Grant { name: token, conference: Some(only) }) = &self.grant else { return Ok(()) };
        let refuse = |other: &str| {
            Error::Forbidden(format!(
                "the token \"{token}\" is for the conference {}, and this is of {other}",
                only.slug
            ))
        };
        if difference.ids(conference::Model::KIND).iter().any(|id| *id != only.id) {
            return Err(refuse("another"));
        }
        if wanted
            .editions
            .iter()
            .any(|row| row.conference_id != only.id && difference.of(edition::Model::KIND, row.id).is_some())
        {
            return Err(refuse("another"));
        }
        let editions: HashSet<Uuid> = difference.changes.iter().flat_map(|change| change.editions).flatten().collect();
        let others = edition::Entity::find()
            .filter(among(backend(&self.transaction), edition::Column::Id, &editions.into_iter().collect::<Vec<_>>()))
            .filter(edition::Column::ConferenceId.ne(only.id))
            .find_also_related(conference::Entity);
        match others.one(&self.transaction).await? {
            Some((_, other)) => Err(refuse(other.as_ref().map_or("another", |other| &other.slug))),
            None => Ok(()),
        }
    }
}

/// Tells whoever follows the log, on any server, that it stands at a revision: as soon as that is committed, and only
/// then. On SQLite followers look for themselves.
async fn notify(transaction: &DatabaseTransaction, revision: i64) -> Result<()> {
    if backend(transaction) == DbBackend::Postgres {
        let values = [follow::CHANNEL.into(), revision.to_string().into()];
        let tell = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", values);
        transaction.execute_raw(tell).await?;
    }
    Ok(())
}

/// The steps of one write.
struct Step<'a> {
    transaction: &'a DatabaseTransaction,
    difference: &'a Difference,
}

impl Step<'_> {
    /// Takes the parts of what changed away, so that they never meet their successors.
    async fn remove_parts(&self, stored: &Rows) -> Result<()> {
        self.remove_parts_of(talk::Model::KIND, &stored.appearance_companies).await?;
        self.remove_parts_of(talk::Model::KIND, &stored.appearances).await?;
        self.remove_parts_of(talk::Model::KIND, &stored.talk_recordings).await?;
        self.remove_parts_of(talk::Model::KIND, &stored.talk_tags).await?;
        self.remove_parts_of(slot::Model::KIND, &stored.slot_sponsors).await?;
        self.remove_parts_of(playlist::Model::KIND, &stored.playlist_recordings).await?;
        self.remove_parts_of(edition::Model::KIND, &stored.involvements).await?;
        self.remove_parts_of(edition::Model::KIND, &stored.sponsorships).await?;
        self.remove_parts_of(edition::Model::KIND, &stored.sponsor_tiers).await?;
        self.remove(alias::Model::OWNER, &stored.aliases, |row| self.has_new_names(row.owner_id)).await
    }

    async fn put_parts(&self, wanted: &Rows) -> Result<()> {
        self.put_parts_of(talk::Model::KIND, &wanted.appearances).await?;
        self.put_parts_of(talk::Model::KIND, &wanted.appearance_companies).await?;
        self.put_parts_of(talk::Model::KIND, &wanted.talk_recordings).await?;
        self.put_parts_of(talk::Model::KIND, &wanted.talk_tags).await?;
        self.put_parts_of(slot::Model::KIND, &wanted.slot_sponsors).await?;
        self.put_parts_of(playlist::Model::KIND, &wanted.playlist_recordings).await?;
        self.put_parts_of(edition::Model::KIND, &wanted.involvements).await?;
        self.put_parts_of(edition::Model::KIND, &wanted.sponsor_tiers).await?;
        self.put_parts_of(edition::Model::KIND, &wanted.sponsorships).await?;
        let aliases = wanted.aliases.iter().filter(|row| self.has_new_names(row.owner_id));
        insert(self.transaction, aliases.cloned().collect()).await
    }

    /// Moves rows out of the way of those that take over their slugs, numbers or keys.
    async fn make_room(&self, stored: &Rows, wanted: &Rows) -> Result<()> {
        self.make_room_among(&stored.conferences, &wanted.conferences).await?;
        self.make_room_among(&stored.companies, &wanted.companies).await?;
        self.make_room_among(&stored.speakers, &wanted.speakers).await?;
        self.make_room_among(&stored.editions, &wanted.editions).await?;
        self.make_room_among(&stored.rooms, &wanted.rooms).await?;
        self.make_room_among(&stored.tracks, &wanted.tracks).await?;
        self.make_room_among(&stored.talks, &wanted.talks).await?;
        self.make_room_among(&stored.slots, &wanted.slots).await?;
        self.make_room_among(&stored.recordings, &wanted.recordings).await?;
        self.make_room_among(&stored.playlists, &wanted.playlists).await
    }

    /// Writes what is new or changed, what others need first.
    async fn put_things(&self, wanted: &Rows) -> Result<()> {
        self.put(&wanted.conferences).await?;
        self.put(&wanted.companies).await?;
        self.put(&wanted.speakers).await?;
        self.put(&wanted.editions).await?;
        self.put(&wanted.rooms).await?;
        self.put(&wanted.tracks).await?;
        self.put(&wanted.recordings).await?;
        self.put(&wanted.talks).await?;
        self.put(&wanted.slots).await?;
        self.put(&wanted.playlists).await?;
        self.put(&wanted.links).await
    }

    /// Deletes what is gone, what needs others first.
    async fn remove_things(&self, stored: &Rows) -> Result<()> {
        self.remove_gone(&stored.links).await?;
        self.remove_gone(&stored.playlists).await?;
        self.remove_gone(&stored.slots).await?;
        self.remove_gone(&stored.talks).await?;
        self.remove_gone(&stored.recordings).await?;
        self.remove_gone(&stored.tracks).await?;
        self.remove_gone(&stored.rooms).await?;
        self.remove_gone(&stored.editions).await?;
        self.remove_gone(&stored.speakers).await?;
        self.remove_gone(&stored.companies).await?;
        self.remove_gone(&stored.conferences).await
    }

    fn has_new_names(&self, owner: Uuid) -> bool {
        let kinds = [
            talk::Model::KIND,
            speaker::Model::KIND,
            company::Model::KIND,
            edition::Model::KIND,
            conference::Model::KIND,
        ];
        kinds.into_iter().any(|kind| self.difference.rewrites(kind, owner))
    }

    async fn remove_parts_of<P: Part>(&self, kind: &'static str, rows: &[P]) -> Result<()> {
        self.remove(P::OWNER, rows, |row| self.difference.rewrites(kind, row.owner())).await
    }

    async fn remove<P: Part>(&self, column: &str, rows: &[P], which: impl Fn(&P) -> bool) -> Result<()> {
        let owners: HashSet<Uuid> = rows.iter().filter(|row| which(row)).map(Part::owner).collect();
        delete::<P>(self.transaction, column, owners.into_iter().collect()).await
    }

    async fn put_parts_of<P: Part>(&self, kind: &'static str, rows: &[P]) -> Result<()> {
        let rows = rows.iter().filter(|row| self.difference.rewrites(kind, row.owner()));
        insert(self.transaction, rows.cloned().collect()).await
    }

    fn became<N: Node>(&self, row: &N) -> Option<Operation> {
        self.difference.of(N::KIND, row.id()).map(|change| change.operation)
    }

    async fn make_room_among<N: Node>(&self, stored: &[N], wanted: &[N]) -> Result<()> {
        let by_id: std::collections::HashMap<Uuid, &N> = wanted.iter().map(|row| (row.id(), row)).collect();
        let moves = |row: &&N| by_id.get(&row.id()).is_some_and(|wanted| wanted.unique() != row.unique());
        let comes = |row: &N| self.became(row) == Some(Operation::Created);
        if !wanted.iter().any(comes) && !stored.iter().any(|row| moves(&row)) {
            return Ok(());
        }
        let mut leaving: Vec<N> =
            stored.iter().filter(|row| moves(row) || !by_id.contains_key(&row.id())).cloned().collect();
        let used: HashSet<i32> = stored.iter().chain(wanted).filter_map(Node::number).collect();
        let spare = (1..=i32::MAX).rev().filter(|number| !used.contains(number));
        for (row, spare) in leaving.iter_mut().zip(spare) {
            row.step_aside(spare);
        }
        replace(self.transaction, leaving).await
    }

    async fn put<N: Node>(&self, wanted: &[N]) -> Result<()> {
        let now = |operation| wanted.iter().filter(move |row| self.became(*row) == Some(operation)).cloned().collect();
        replace(self.transaction, now(Operation::Updated)).await?;
        insert(self.transaction, now(Operation::Created)).await
    }

    async fn remove_gone<N: Node>(&self, stored: &[N]) -> Result<()> {
        let gone =
            stored.iter().filter(|row| matches!(self.became(*row), Some(Operation::Deleted | Operation::Merged)));
        delete::<N>(self.transaction, "id", gone.map(Node::id).collect()).await
    }
}
