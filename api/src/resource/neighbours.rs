//! The previous and the next edition of a conference.

use std::{collections::HashMap, sync::Arc};

use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    database::among,
    error::Result,
    read::{Reads, batch::Relation},
    vocabulary::EditionStatus,
};

/// The editions before and after an edition.
#[derive(Clone, Copy, Debug, Default)]
pub struct Neighbours {
    pub previous: Option<Uuid>,
    pub next: Option<Uuid>,
}

/// The key of [`Neighbours`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NeighboursOfEdition {
    pub conference: Uuid,
    pub edition: Uuid,
}

impl Relation for NeighboursOfEdition {
    type Value = Neighbours;
    type Source = Reads;

    async fn load(keys: Vec<Self>, reads: Arc<Reads>) -> Result<HashMap<Self, Neighbours>> {
        use entity::edition::{Column, Entity};
        let conferences: Vec<Uuid> = keys.iter().map(|key| key.conference).collect();
        let editions: Vec<(Uuid, Uuid)> = Entity::find()
            .select_only()
            .columns([Column::ConferenceId, Column::Id])
            .filter(among(reads.backend(), Column::ConferenceId, &conferences))
            .filter(Column::StartsOn.is_not_null())
            .filter(Column::Status.is_null().or(Column::Status.ne(EditionStatus::Cancelled.to_value())))
            .order_by_asc(Column::ConferenceId)
            .order_by_asc(Column::StartsOn)
            .order_by_asc(Column::Id)
            .into_tuple()
            .all(&reads.database)
            .await?;
        let beside = |conference: Uuid, place: Option<usize>| {
            place.and_then(|place| editions.get(place)).filter(|(other, _)| *other == conference).map(|(_, id)| *id)
        };
        let neighbours = |key: &Self| {
            let place = editions.iter().position(|(_, id)| *id == key.edition)?;
            Some(Neighbours {
                previous: beside(key.conference, place.checked_sub(1)),
                next: beside(key.conference, place.checked_add(1)),
            })
        };
        Ok(keys.iter().map(|key| (*key, neighbours(key).unwrap_or_default())).collect())
    }

    fn weight(&self, value: &Self::Value) -> Option<usize> {
        Some(size_of_val(value))
    }
}
