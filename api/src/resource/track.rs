//! Tracks of editions.

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

/// A strand of the programme.
#[derive(Clone, Debug, DerivePartialModel, SimpleObject)]
#[sea_orm(entity = "entity::track::Entity")]
#[graphql(complex)]
pub struct Track {
    /// Its id.
    pub id: Id,
    #[graphql(skip)]
    pub edition_id: Uuid,
    /// Unique in the edition.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// `#rrggbb`.
    pub color: Option<String>,
    /// Its place among the edition's tracks, from 1.
    pub position: i32,
    /// When its own fields last changed.
    pub updated_at: DateTime,
    /// The last revision of its own fields: what `ifRevision` compares.
    pub revision: Revision,
}

impl Row for Track {
    type Entity = entity::track::Entity;
}

#[ComplexObject]
impl Track {
    /// The edition that it is a track of.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Arc<Edition>> {
        ctx.one(self.edition_id).await
    }
}

crate::read::children! {
    /// The tracks of an edition, in their order.
    TracksOfEdition => Track, by |row| row.edition_id,
        at entity::track::Column::EditionId, ordered vec![entity::track::Column::Position.into_simple_expr(), Track::id_column()];
}
