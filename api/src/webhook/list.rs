//! Lists of webhooks and their deliveries.

use chrono::{DateTime, Utc};
use entity::{edition, webhook, webhook_delivery};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use serde::Serialize;
use uuid::Uuid;

use super::find;
use crate::{
    database::{among, backend},
    error::Result,
};

/// A webhook in a list, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WebhookSummary {
    pub id: Uuid,
    pub url: String,
    /// The slugs of the editions; the id of one that was deleted.
    pub editions: Vec<String>,
    pub kinds: Vec<String>,
    pub allow_private: bool,
    pub created_at: DateTime<Utc>,
    /// The last delivered revision.
    #[serde(rename = "delivered_revision")]
    pub delivered: i64,
    /// The number of failed attempts in a row.
    pub failures: i32,
    pub failing_since: Option<DateTime<Utc>>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub last_error: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub disabled_because: Option<String>,
}

/// An attempt in the log of deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The id of the message, the same in all attempts.
    pub message_id: String,
    pub at: DateTime<Utc>,
    /// The revision before the changes of the message.
    pub since: i64,
    /// The last revision of the message.
    pub next_since: i64,
    /// The number of changes in the message.
    pub changes: i32,
    /// The number of the attempt to deliver the message.
    pub attempt: i32,
    /// The status of the response, if there was one.
    pub status: Option<i32>,
    /// The reason of the failure, if it failed.
    pub error: Option<String>,
    pub milliseconds: i64,
}

/// All webhooks, the oldest first.
pub async fn list(database: &DatabaseConnection) -> Result<Vec<WebhookSummary>> {
    let rows = webhook::Entity::find().order_by_asc(webhook::Column::Id).all(database).await?;
    let ids: Vec<Uuid> = rows.iter().flat_map(|row| row.editions.0.iter().copied()).collect();
    let these = among(backend(database), Expr::col(edition::Column::Id), &ids);
    let editions = edition::Entity::find().filter(these).all(database).await?;
    let slug = |id: &Uuid| {
        editions.iter().find(|edition| edition.id == *id).map_or_else(|| id.to_string(), |edition| edition.slug.clone())
    };
    let listed = |row: webhook::Model| WebhookSummary {
        id: row.id,
        url: row.url,
        editions: row.editions.0.iter().map(slug).collect(),
        kinds: row.kinds.0,
        allow_private: row.is_private_allowed,
        created_at: row.created_at,
        delivered: row.delivered,
        failures: row.failures,
        failing_since: row.failing_since,
        next_attempt_at: row.next_attempt_at,
        last_error: row.last_error,
        disabled_at: row.disabled_at,
        disabled_because: row.disabled_because,
    };
    Ok(rows.into_iter().map(listed).collect())
}

/// The last attempts to deliver to a webhook, the oldest first.
pub async fn log(database: &DatabaseConnection, which: &str) -> Result<Vec<Delivery>> {
    let id = find(database, which).await?.id;
    let select = webhook_delivery::Entity::find().filter(webhook_delivery::Column::WebhookId.eq(id));
    let rows = select.order_by_asc(webhook_delivery::Column::Number).all(database).await?;
    let delivery = |row: webhook_delivery::Model| Delivery {
        message_id: row.message_id,
        at: row.at,
        since: row.since,
        next_since: row.next_since,
        changes: row.changes,
        attempt: row.attempt,
        status: row.status,
        error: row.error,
        milliseconds: row.milliseconds,
    };
    Ok(rows.into_iter().map(delivery).collect())
}
