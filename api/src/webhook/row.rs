//! The row of a webhook: the state of its delivery.

use chrono::{DateTime, SubsecRound, Utc};
use entity::webhook;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::error::Result;

/// Changes the row of a webhook, unless it has changed since it was read. False: it has.
pub async fn update(
    database: &impl ConnectionTrait,
    webhook: &webhook::Model,
    row: webhook::ActiveModel,
) -> Result<bool> {
    use webhook::Column::{Delivered, Deliveries, Id, LeasedUntil};
    let update =
        webhook::Entity::update_many().set(row).filter(Id.eq(webhook.id)).filter(LeasedUntil.eq(webhook.leased_until));
    let update = update.filter(Delivered.eq(webhook.delivered)).filter(Deliveries.eq(webhook.deliveries));
    Ok(update.exec(database).await?.rows_affected > 0)
}

/// Disables a webhook.
pub fn give_up(row: &mut webhook::ActiveModel, because: String, now: DateTime<Utc>) {
    row.disabled_at = Set(Some(now.trunc_subsecs(0)));
    row.disabled_because = Set(Some(because));
    row.next_attempt_at = Set(None);
}

/// The state without failures.
pub fn fresh() -> webhook::ActiveModel {
    webhook::ActiveModel {
        failures: Set(0),
        failing_since: Set(None),
        next_attempt_at: Set(None),
        last_error: Set(None),
        disabled_at: Set(None),
        disabled_because: Set(None),
        ..Default::default()
    }
}
