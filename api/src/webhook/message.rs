//! Messages: pages of the log. A message is stored with its webhook until it is delivered, so every attempt sends the
//! same bytes under the same id, whatever is written meanwhile.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::{change, edition, webhook};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseConnection, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, IntoCondition},
};
use serde_json::json;
use uuid::Uuid;

use super::row;
use crate::{
    archive::log::reader::LogPage,
    audience::Member,
    database::{among, among_texts, backend},
    error::Result,
    rest::changes::{ToldChanges, told_page},
    scalars::Instant,
    state::Server,
};

/// The time for which a server leases a webhook: longer than it takes to read a page and to make an attempt. The lease
/// of a crashed server expires.
pub const LEASE: TimeDelta = TimeDelta::minutes(1);

/// A message to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id, the same in all attempts.
    pub id: String,
    /// The JSON body, the same in all attempts.
    pub body: String,
    /// The last revision of the message.
    pub to: i64,
    /// The number of changes in the message.
    pub changes: i32,
}

impl Message {
    /// The stored message of a webhook.
    pub fn of(webhook: &webhook::Model) -> Option<Self> {
        let (id, body) = (webhook.message_id.clone()?, webhook.message.clone()?);
        Some(Self { id, body, to: webhook.message_to?, changes: webhook.message_changes? })
    }

    /// Makes the next message: the page of the log after the last delivery. None if the page has no change for this
    /// webhook, which then skips the page.
    pub async fn next(
        server: Arc<Server>,
        member: &mut Member<LogPage<ToldChanges>>,
        webhook: &webhook::Model,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>> {
        let since = webhook.delivered;
        let page = member.take((since, 0), || told_page(server.clone(), since, None)).await?;
        let to = page.next_since;
        let wanted = wanted(&server.database, webhook, to).await?;
        let is_wanted = |revision: i64| wanted.as_ref().is_none_or(|wanted| wanted.contains(&revision));
        let changes = page.changes.iter().filter(|(revision, _)| is_wanted(*revision));
        let changes: Vec<&str> = changes.map(|(_, json)| json).collect();
        if changes.is_empty() {
            pass(&server.database, webhook, to, now).await?;
            return Ok(None);
        }
        let count = i32::try_from(changes.len()).unwrap_or(i32::MAX);
        let timestamp = Instant(now.trunc_subsecs(0)).to_string();
        let body = format!(
            r#"{{"type":"changes","timestamp":{},"data":{{"changes":[{}],"since":{since},"next_since":{to}}}}}"#,
            json!(timestamp),
            changes.join(","),
        );
        let message = Self { id: format!("msg_{}", Uuid::now_v7().simple()), body, to, changes: count };
        Ok(message.keep(&server.database, webhook).await?.then_some(message))
    }

    /// Stores the message with its webhook. False: the webhook has changed.
    async fn keep(&self, database: &DatabaseConnection, webhook: &webhook::Model) -> Result<bool> {
        let row = webhook::ActiveModel {
            message_id: Set(Some(self.id.clone())),
            message: Set(Some(self.body.clone())),
            message_to: Set(Some(self.to)),
            message_changes: Set(Some(self.changes)),
            ..Default::default()
        };
        row::update(database, webhook, row).await
    }
}

/// Leases a webhook, if an attempt is due and no other server has leased it.
pub async fn lease(database: &DatabaseConnection, id: Uuid, now: DateTime<Utc>) -> Result<Option<webhook::Model>> {
    use webhook::Column::{DisabledAt, Id, LeasedUntil, NextAttemptAt};
    let now = now.trunc_subsecs(0);
    let mut leased = webhook::Entity::update_many()
        .col_expr(LeasedUntil, Expr::val(now + LEASE))
        .filter(Id.eq(id))
        .filter(DisabledAt.is_null())
        .filter(LeasedUntil.is_null().or(LeasedUntil.lte(now)))
        .filter(NextAttemptAt.is_null().or(NextAttemptAt.lte(now)))
        .exec_with_returning(database)
        .await?;
    Ok(leased.pop())
}

/// The revisions of a page that a webhook wants; none for all. They come from the log, which has deleted editions too.
async fn wanted(database: &DatabaseConnection, webhook: &webhook::Model, to: i64) -> Result<Option<HashSet<i64>>> {
    use change::Column::{EditionId, Kind, Revision};
    let (editions, kinds) = (&webhook.editions.0, &webhook.kinds.0);
    if editions.is_empty() && kinds.is_empty() {
        return Ok(None);
    }
    let mut select = change::Entity::find()
        .select_only()
        .column(Revision)
        .filter(Revision.gt(webhook.delivered))
        .filter(Revision.lte(to));
    if !editions.is_empty() {
        select = select.filter(among(backend(database), Expr::col(EditionId), editions).into_condition());
    }
    if !kinds.is_empty() {
        select = select.filter(among_texts(backend(database), Expr::col(Kind), kinds.iter().cloned()).into_condition());
    }
    Ok(Some(select.into_tuple().all(database).await?.into_iter().collect()))
}

/// Skips a page without changes for a webhook. The webhook is disabled if all its editions were deleted.
async fn pass(database: &DatabaseConnection, webhook: &webhook::Model, to: i64, now: DateTime<Utc>) -> Result<()> {
    let mut row = webhook::ActiveModel { delivered: Set(to), leased_until: Set(None), ..Default::default() };
    let editions = &webhook.editions.0;
    if !editions.is_empty() {
        let these = among(backend(database), Expr::col(edition::Column::Id), editions);
        if edition::Entity::find().filter(these).count(database).await? == 0 {
            row::give_up(&mut row, "its editions are gone".to_owned(), now);
        }
    }
    row::update(database, webhook, row).await?;
    Ok(())
}
