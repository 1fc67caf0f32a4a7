//! Tracks of editions.

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

/// A track of an edition: a series of talks on one subject.
#[derive(Clone, Debug, Columns, SimpleObject)]
#[columns(entity::track)]
#[graphql(complex)]
pub struct Track {
    /// The id of the track: a UUID that never changes.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    /// The slug of the track, unique in its edition: `observability`.
    pub slug: String,
    /// The name of the track: `Observability`.
    pub name: String,
    /// The color of the track in the form `#rrggbb`: `#e6522c`. It is null if there is none.
    pub color: Option<String>,
    /// The position of the track among the edition's tracks, from 1.
    pub position: i32,
    /// The time of the last change to the track, in UTC.
    pub updated_at: DateTime,
    /// The revision of the last change to the track. A GraphQL mutation compares it with its argument `ifRevision`.
    pub revision: Revision,
}

impl Row for Track {
    type Entity = entity::track::Entity;
}

#[ComplexObject]
impl Track {
    /// The edition that the track belongs to.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }
}

crate::read::children! {
    /// The tracks of an edition, in their order.
    TracksOfEdition => Track, by |row| row.edition_id,
        at entity::track::Column::EditionId,
        ordered vec![
            entity::track::Column::Position.into_simple_expr(),
            Track::id_column(),
        ];
}
