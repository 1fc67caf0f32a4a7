//! Deleting things.

use entity::{company, conference, edition, link, playlist, recording, room, slot, speaker, talk, track};
use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Query, UnionType},
};
use uuid::Uuid;

use super::{Edit, UserErrorCode, link::of_the_same, order::reorder, problems::Path};
use crate::{
    archive::store::rows::{NodeRow, Rows},
    database::name,
    error::Result,
    resource::node::KindOf,
    scalars::{Id, Revision},
};

/// The uses that keep a thing of a kind from being deleted: a table, its column with the id of the thing, and a name
/// for its rows. The parts and links of the thing are deleted with it.
fn uses(kind: &str) -> &'static [(&'static str, &'static str, &'static str)] {
    match kind {
        conference::Model::KIND => &[("edition", "conference_id", "editions")],
        edition::Model::KIND => &[
            ("talk", "edition_id", "talks"),
            ("slot", "edition_id", "slots"),
            ("room", "edition_id", "rooms"),
            ("track", "edition_id", "tracks"),
            ("recording", "edition_id", "recordings"),
            ("playlist", "edition_id", "playlists"),
            ("edition", "replaces_id", "editions in its place"),
        ],
        room::Model::KIND => &[("slot", "room_id", "slots")],
        track::Model::KIND => &[("talk", "track_id", "talks")],
        talk::Model::KIND => &[
            ("slot", "talk_id", "slots"),
            ("talk", "block_id", "talks given in it"),
            ("talk", "replaces_id", "talks in its place"),
        ],
        speaker::Model::KIND => {
            &[("appearance", "speaker_id", "appearances"), ("involvement", "speaker_id", "involvements")]
        }
        company::Model::KIND => &[
            ("appearance_company", "company_id", "appearances"),
            ("involvement", "company_id", "involvements"),
            ("sponsorship", "company_id", "sponsorships"),
            ("slot_sponsor", "company_id", "sponsored slots"),
            ("company", "successor_id", "predecessors"),
        ],
        recording::Model::KIND => {
            &[("talk_recording", "recording_id", "talks"), ("playlist_recording", "recording_id", "playlists")]
        }
        _ => &[],
    }
}

impl Edit {
    /// Deletes the thing with an id.
    pub async fn delete(&mut self, id: Id, seen: Option<Revision>) -> Result<()> {
        let path = Path::of("id");
        let found = KindOf::find(&self.write.transaction, &[id.0]).await?.remove(&id.0);
        let Some((kind, present)) = found else {
            self.problems.not_found(&path, format!("there is nothing of the id {id}"));
            return Ok(());
        };
        if present != id.0 {
            let message = format!(
                "that was merged into the {} of the id {present}: if that is to go, name it",
                kind.to_lowercase()
            );
            self.problems.not_found(&path, message);
            return Ok(());
        }
        match kind.as_str() {
            conference::Model::KIND => self.remove::<conference::Model>(id, seen).await?,
            edition::Model::KIND => self.remove::<edition::Model>(id, seen).await?,
            room::Model::KIND => self.remove_room(id, seen).await?,
            track::Model::KIND => self.remove_track(id, seen).await?,
            talk::Model::KIND => self.remove::<talk::Model>(id, seen).await?,
            slot::Model::KIND => self.remove_slot(id, seen).await?,
            speaker::Model::KIND => self.remove::<speaker::Model>(id, seen).await?,
            company::Model::KIND => self.remove::<company::Model>(id, seen).await?,
            recording::Model::KIND => self.remove::<recording::Model>(id, seen).await?,
            playlist::Model::KIND => self.remove::<playlist::Model>(id, seen).await?,
            _ => self.remove_link(id, seen).await?,
        }
        self.is_unused(&kind, id.0, &path).await
    }

    /// Refuses to delete a thing that others use.
    async fn is_unused(&mut self, kind: &str, id: Uuid, path: &Path) -> Result<()> {
        let count = |(table, column, what): &(&str, &str, &str)| {
            Query::select()
                .expr_as(Expr::val(*what), name("what"))
                .expr_as(Expr::cust("COUNT(*)"), name("uses"))
                .from(name(table))
                .and_where(Expr::col(name(column)).eq(id))
                .to_owned()
        };
        let mut counts = uses(kind).iter().map(count);
        let Some(mut select) = counts.next() else { return Ok(()) };
        counts.for_each(|count| {
            select.union(UnionType::All, count);
        });
        let mut in_use = Vec::new();
        for row in self.write.transaction.query_all(&select).await? {
            let (what, uses): (String, i64) = (row.try_get("", "what")?, row.try_get("", "uses")?);
            if uses > 0 {
                in_use.push(format!("{what}: {uses}"));
            }
        }
        if !in_use.is_empty() {
            let message = format!("something still stands on it ({}): take that away first", in_use.join(", "));
            self.problems.add(UserErrorCode::InUse, path, message);
        }
        Ok(())
    }

    /// Removes a thing with its parts and links, which are all the rows that are loaded.
    async fn remove<N: NodeRow>(&mut self, id: Id, seen: Option<Revision>) -> Result<()> {
        self.subject::<N>(id, "id", seen).await?;
        self.desired = Rows::default();
        Ok(())
    }

    async fn remove_room(&mut self, id: Id, seen: Option<Revision>) -> Result<()> {
        let Some(row) = self.subject::<room::Model>(id, "id", seen).await? else { return Ok(()) };
        self.load_all::<room::Model>(row.edition_id).await?;
        self.without::<room::Model>(row.id, |row| &mut row.position);
        Ok(())
    }

    async fn remove_track(&mut self, id: Id, seen: Option<Revision>) -> Result<()> {
        let Some(row) = self.subject::<track::Model>(id, "id", seen).await? else { return Ok(()) };
        self.load_all::<track::Model>(row.edition_id).await?;
        self.without::<track::Model>(row.id, |row| &mut row.position);
        Ok(())
    }

    /// Removes a thing and closes the gap in the order.
    fn without<N: NodeRow>(&mut self, id: Uuid, position: fn(&mut N) -> &mut i32) {
        let rows = N::rows_mut(&mut self.desired);
        rows.retain(|row| row.id() != id);
        reorder(rows, id, None, position);
    }

    async fn remove_slot(&mut self, id: Id, seen: Option<Revision>) -> Result<()> {
        let Some(row) = self.subject::<slot::Model>(id, "id", seen).await? else { return Ok(()) };
        self.take_out(row.edition_id, &[row.id]).await
    }

    async fn remove_link(&mut self, id: Id, seen: Option<Revision>) -> Result<()> {
        let Some(row) = self.subject::<link::Model>(id, "id", seen).await? else { return Ok(()) };
        self.read_talk_of(&row).await?;
        let all = link::Entity::find()
            .filter(of_the_same(&row))
            .order_by_asc(link::Column::Position)
            .order_by_asc(link::Column::Id);
        let all = all.all(&self.write.transaction).await?;
        self.stored.links.clone_from(&all);
        self.desired.links = all;
        self.without::<link::Model>(row.id, |row| &mut row.position);
        Ok(())
    }
}
