//! The order of rooms and of tracks, in positions from 1.

use async_graphql::MaybeUndefined;
use sea_orm::{
    EntityTrait, IntoSimpleExpr, ModelTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{Edit, problems::Path};
use crate::{archive::store::rows::NodeRow, database::name, error::Result};

impl Edit {
    /// Loads all rooms, or all tracks, of an edition, in their order.
    pub(super) async fn load_all<N: NodeRow>(&mut self, edition: Uuid) -> Result<()>
    where
        N::Entity: EntityTrait<Model = N>,
    {
        let column = |of: &str| Expr::col(name(of)).into_simple_expr();
        let rows = <N as ModelTrait>::Entity::find().filter(column("edition_id").eq(edition));
        let rows =
            rows.order_by_asc(column("position")).order_by_asc(column("id")).all(&self.write.transaction).await?;
        N::rows_mut(&mut self.stored).clone_from(&rows);
        *N::rows_mut(&mut self.desired) = rows;
        Ok(())
    }

    /// The position after all rooms, or all tracks, that were loaded.
    pub(super) fn next_place<N: NodeRow>(&self) -> i32 {
        i32::try_from(N::rows(&self.desired).len()).unwrap_or(i32::MAX).saturating_add(1)
    }

    /// Puts a room or track at the given position, if there is one. The others move.
    pub(super) fn put_at<N: NodeRow>(&mut self, row: N, given: MaybeUndefined<i32>, position: fn(&mut N) -> &mut i32) {
        let id = row.id();
        self.put(row);
        if !given.is_undefined() {
            let place = given.take();
            place.into_iter().for_each(|place| self.problems.check_least(1, &Path::input().at("position"), place));
            reorder(N::rows_mut(&mut self.desired), id, place, position);
        }
    }
}

/// Moves the row of an id to a place, or to the end if none is given, and closes gaps.
pub(super) fn reorder<N: NodeRow>(rows: &mut Vec<N>, id: Uuid, place: Option<i32>, position: fn(&mut N) -> &mut i32) {
    if let Some(index) = rows.iter().position(|row| row.id() == id) {
        let row = rows.remove(index);
        let place = place.and_then(|place| usize::try_from(place.saturating_sub(1)).ok()).unwrap_or(usize::MAX);
        rows.insert(place.min(rows.len()), row);
    }
    for (number, row) in (1..).zip(rows) {
        *position(row) = number;
    }
}
