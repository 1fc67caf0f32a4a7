//! Webhooks: signed messages with the changes of the log (<https://www.standardwebhooks.com>). The log is the queue: a
//! webhook has the last revision that was delivered, and the next message is the page of the log after it.

use entity::webhook;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};

use crate::{
    error::{Error, Result},
    scalars::Id,
};

mod add;
mod address;
pub(crate) mod courier;
mod delivery;
mod list;
mod message;
mod record;
mod row;
mod signature;

pub use add::{AddedWebhook, NewWebhook, add};
pub use list::{Delivery, WebhookSummary, list, log};

/// Removes a webhook and the log of its deliveries.
pub async fn remove(database: &DatabaseConnection, which: &str) -> Result<()> {
    let id = find(database, which).await?.id;
    webhook::Entity::delete_by_id(id).exec(database).await?;
    Ok(())
}

/// Enables a webhook that was disabled, from the last delivered change on. A webhook that fails is tried at once.
pub async fn enable(database: &DatabaseConnection, which: &str) -> Result<()> {
    let id = find(database, which).await?.id;
    webhook::Entity::update_many().set(row::fresh()).filter(webhook::Column::Id.eq(id)).exec(database).await?;
    Ok(())
}

/// The webhook with a URL or an id.
async fn find(database: &DatabaseConnection, which: &str) -> Result<webhook::Model> {
    // URLs are stored in their normal form: `https://example.org/` for `https://example.org`.
    let url = url::Url::parse(which).map_or_else(|_| which.to_owned(), |url| url.to_string());
    let select = match which.parse() {
        Ok(Id(id)) => webhook::Entity::find_by_id(id),
        Err(_) => webhook::Entity::find().filter(webhook::Column::Url.eq(url)),
    };
    select.one(database).await?.ok_or_else(|| Error::bad_input("webhook", format!("there is no webhook \"{which}\"")))
}
