//! Rooms of editions.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, SimpleObject};
use sea_orm::IntoSimpleExpr;
use uuid::Uuid;

use super::edition::Edition;
use crate::{
    error::Result,
    read::{Loading, Resource, Row, columns::Columns},
    scalars::{DateTime, Id, Revision},
};

/// A room of an edition.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::room)]
#[graphql(complex)]
pub struct Room {
    /// The id of the room: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    /// The slug of the room, unique in its edition: `main-room`.
    pub slug: String,
    /// The name of the room: `Main room`.
    pub name: String,
    /// The number of people who fit in the room. It is null if it is not known.
    pub capacity: Option<i32>,
    /// The position of the room among the edition's rooms, from 1.
    pub position: i32,
    /// The time of the last change to the room, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the room. A GraphQL mutation compares it with its argument `ifRevision`.
    pub revision: Revision,
}

impl Row for Room {
    type Entity = entity::room::Entity;
}

#[ComplexObject]
impl Room {
    /// The edition that the room belongs to.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }
}

crate::read::children! {
    /// The rooms of an edition, in their order.
    RoomsOfEdition => Room, by |row| row.edition_id,
        at entity::room::Column::EditionId,
        ordered vec![
            entity::room::Column::Position.into_simple_expr(),
            Room::id_column(),
        ];
}
