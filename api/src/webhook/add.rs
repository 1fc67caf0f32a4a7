//! Adding a webhook. All its settings are checked first.

use chrono::{DateTime, SubsecRound, Utc};
use entity::{alias, archive_state, edition, webhook};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter, SqlErr};
use serde::Serialize;
use uuid::Uuid;

use super::{address, signature};
use crate::{
    database::is_alias,
    error::{Error, Result},
    resource::node::KINDS,
};

/// The settings of a new webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewWebhook {
    /// The URL to which messages are posted.
    pub url: String,
    /// The slugs of the editions whose changes are sent; empty for the whole archive.
    pub editions: Vec<String>,
    /// The kinds of things whose changes are sent; empty for all.
    pub kinds: Vec<String>,
    /// The revision after which the changes begin; none for the archive's last one.
    pub since: Option<i64>,
    /// Whether a private address and `http` are allowed.
    pub is_private_allowed: bool,
}

/// A new webhook.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AddedWebhook {
    pub id: Uuid,
    pub url: String,
    /// The revision after which the changes begin.
    pub since: i64,
    /// The secret that signs messages. It can't be shown again.
    pub secret: String,
}

/// Adds a webhook. Its secret can't be shown again.
pub async fn add(database: &DatabaseConnection, new: NewWebhook, now: DateTime<Utc>) -> Result<AddedWebhook> {
    let url = address::parse(&new.url, new.is_private_allowed).map_err(|why| Error::bad_input("url", why))?.to_string();
    if let Some(kind) = new.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
        return Err(Error::bad_input("kind", format!("\"{kind}\" is not a kind of the log: {}", KINDS.join(", "))));
    }
    let mut editions = Vec::new();
    for slug in &new.editions {
        editions.push(edition_id(database, slug).await?);
    }
    let since = beginning(database, new.since).await?;
    let secret = signature::new_secret()?;
    let id = Uuid::now_v7();
    let row = webhook::Model {
        id,
        url: url.clone(),
        secret: webhook::Secret(secret.clone()),
        editions: webhook::Ids(editions),
        kinds: webhook::Kinds(new.kinds),
        is_private_allowed: new.is_private_allowed,
        created_at: now.trunc_subsecs(0),
        delivered: since,
        leased_until: None,
        message_id: None,
        message: None,
        message_to: None,
        message_changes: None,
        failures: 0,
        failing_since: None,
        next_attempt_at: None,
        last_error: None,
        disabled_at: None,
        disabled_because: None,
        deliveries: 0,
    };
    let inserted = webhook::Entity::insert(row.into_active_model()).exec_without_returning(database).await;
    inserted.map_err(|error| match error.sql_err() {
        // A second webhook with the same URL would get every change twice, most likely by mistake.
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Error::bad_input("url", format!("there is a webhook to {url} already"))
        }
        _ => error.into(),
    })?;
    Ok(AddedWebhook { id, url, since, secret })
}

/// The revision after which the changes begin. The archive must have had it.
async fn beginning(database: &DatabaseConnection, since: Option<i64>) -> Result<i64> {
    let present = archive_state::Entity::find().one(database).await?.map(|state| state.revision).unwrap_or_default();
    let since = since.unwrap_or(present);
    let wrong = || Error::bad_input("since", format!("{since} is not a revision of this archive: from 0 to {present}"));
    (0..=present).contains(&since).then_some(since).ok_or_else(wrong)
}

/// The id of the edition with a present or former slug.
async fn edition_id(database: &DatabaseConnection, slug: &str) -> Result<Uuid> {
    if let Some(found) = edition::Entity::find().filter(edition::Column::Slug.eq(slug)).one(database).await? {
        return Ok(found.id);
    }
    let former = alias::Entity::find().filter(is_alias("SLUG")).filter(alias::Column::Scope.eq("edition"));
    let former = former.filter(alias::Column::Value.eq(slug)).one(database).await?;
    former
        .map(|alias| alias.owner_id)
        .ok_or_else(|| Error::bad_input("edition", format!("there is no edition of the slug \"{slug}\"")))
}
