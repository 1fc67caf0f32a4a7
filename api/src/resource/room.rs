//! Rooms of editions.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::{DerivePartialModel, IntoSimpleExpr};
use uuid::Uuid;

use super::edition::Edition;
use crate::{
    error::Result,
    read::{Loading, Resource, Row},
    scalars::{DateTime, Id, Revision},
};

/// A room that an edition was held in.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::room::Entity")]
#[graphql(complex)]
pub struct Room {
    /// Its id.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    /// Unique in the edition.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Seats.
    pub capacity: Option<i32>,
    /// Its place among the edition's rooms, from 1.
    pub position: i32,
    /// When its own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of its own fields: what `ifRevision` compares.
    pub revision: Revision,
}

impl Row for Room {
    type Entity = entity::room::Entity;
}

#[ComplexObject]
impl Room {
    /// The edition that it is a room of.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }
}

crate::read::children! {
    /// The rooms of an edition, in their order.
    RoomsOfEdition => Room, by |row| row.edition_id,
        at entity::room::Column::EditionId, ordered vec![entity::room::Column::Position.into_simple_expr(), Room::id_column()];
}
