//! The record of an attempt: the state of the webhook, and a row in the log of deliveries.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::{webhook, webhook_delivery};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::{
    delivery::AttemptResult,
    message::Message,
    row::{fresh, give_up, update},
};
use crate::error::Result;

/// The pauses after failed attempts. The last one repeats.
const PAUSES: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// The longest pause that a receiver can ask for.
const LONGEST_WISH: TimeDelta = TimeDelta::hours(24);

/// The time of failures after which a webhook is disabled.
const PATIENCE: TimeDelta = TimeDelta::hours(5 * 24);

/// The number of attempts in the log of each webhook.
const KEPT: i64 = 1000;

/// Records an attempt in one transaction. The result is the reason why the webhook was disabled, if it was.
pub async fn record(
    database: &DatabaseConnection,
    webhook: &webhook::Model,
    message: &Message,
    answer: &AttemptResult,
    times: AttemptTimes,
) -> Result<Option<String>> {
    let now = times.ended_at.trunc_subsecs(0);
    let mut row = after(webhook, message, answer, now, chance());
    row.deliveries = Set(webhook.deliveries + 1);
    let because = row.disabled_because.clone().take().flatten();
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = database.begin_with_options(immediate).await?;
    if !update(&transaction, webhook, row).await? {
        // The webhook was removed, or another server leased it because this one was slower than its lease.
        transaction.rollback().await?;
        return Ok(None);
    }
    webhook_delivery::Entity::insert(line(webhook, message, answer, times).into_active_model())
        .exec_without_returning(&transaction)
        .await?;
    let old = webhook_delivery::Entity::delete_many().filter(webhook_delivery::Column::WebhookId.eq(webhook.id));
    old.filter(webhook_delivery::Column::Number.lte(webhook.deliveries + 1 - KEPT)).exec(&transaction).await?;
    transaction.commit().await?;
    Ok(because)
}

/// The times of an attempt.
#[derive(Clone, Copy, Debug)]
pub struct AttemptTimes {
    pub began_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub milliseconds: i64,
}

/// The row of an attempt in the log.
fn line(
    webhook: &webhook::Model,
    message: &Message,
    answer: &AttemptResult,
    times: AttemptTimes,
) -> webhook_delivery::Model {
    webhook_delivery::Model {
        webhook_id: webhook.id,
        number: webhook.deliveries + 1,
        message_id: message.id.clone(),
        at: times.began_at.trunc_subsecs(0),
        since: webhook.delivered,
        next_since: message.to,
        changes: message.changes,
        attempt: webhook.failures + 1,
        status: answer.status.map(|status| status.as_u16().into()),
        error: answer.failure.clone(),
        milliseconds: times.milliseconds,
    }
}

/// The state of a webhook after an attempt.
fn after(
    webhook: &webhook::Model,
    message: &Message,
    answer: &AttemptResult,
    now: DateTime<Utc>,
    chance: u8,
) -> webhook::ActiveModel {
    let Some(failure) = &answer.failure else {
        return webhook::ActiveModel {
            delivered: Set(message.to),
            leased_until: Set(None),
            message_id: Set(None),
            message: Set(None),
            message_to: Set(None),
            message_changes: Set(None),
            ..fresh()
        };
    };
    let since = webhook.failing_since.unwrap_or(now);
    let pause = pause(webhook.failures, answer.retry_after, chance);
    let mut row = webhook::ActiveModel {
        leased_until: Set(None),
        failures: Set(webhook.failures + 1),
        failing_since: Set(Some(since)),
        next_attempt_at: Set(Some((now + pause).trunc_subsecs(0))),
        last_error: Set(Some(failure.clone())),
        ..Default::default()
    };
    if answer.status.is_some_and(|status| status == 410) {
        give_up(&mut row, "it answered 410 Gone".to_owned(), now);
    } else if now - since >= PATIENCE {
        give_up(&mut row, format!("it failed for {} days: {failure}", PATIENCE.num_days()), now);
    }
    row
}

/// The pause after a number of failures. A random tenth at most is added, so that receivers that fail together are not
/// tried together.
fn pause(failures: i32, wish: Option<TimeDelta>, chance: u8) -> TimeDelta {
    let index = usize::try_from(failures).unwrap_or_default().min(PAUSES.len() - 1);
    let pause = PAUSES[index].max(wish.unwrap_or_default().min(LONGEST_WISH));
    pause + pause / 10 * i32::from(chance) / 255
}

/// A random number.
fn chance() -> u8 {
    getrandom::u32().unwrap_or_default().to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_heed_wishes() {
        let minutes: Vec<i64> = (0..11).map(|failures| pause(failures, None, 0).num_minutes()).collect();
        assert_eq!(minutes, [0, 5, 30, 120, 300, 600, 840, 1200, 1440, 1440, 1440]);
        assert_eq!((pause(0, None, 0).num_seconds(), pause(1, None, 255).num_seconds()), (5, 330));
        let wish = |hours| pause(1, Some(TimeDelta::hours(hours)), 0);
        assert_eq!((wish(1), wish(-1), wish(1000)), (TimeDelta::hours(1), TimeDelta::minutes(5), TimeDelta::hours(24)));
    }
}
