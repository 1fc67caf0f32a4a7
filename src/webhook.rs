//! `lectern webhook`: webhooks and their deliveries.

use std::{fmt::Display, process::ExitCode, sync::Arc};

use chrono::{DateTime, Utc};
use clap::Subcommand;
use lectern_api::{
    server,
    webhook::{self, Delivery, NewWebhook, WebhookSummary},
};

use crate::{DatabaseArguments, Failure, clock, stdout::outln};

#[derive(Subcommand)]
pub enum WebhookCommand {
    /// Add a webhook and print the secret that signs its messages; it cannot be printed again
    Add {
        /// The URL to which messages are posted: https://HOST/PATH
        #[arg(value_name = "URL")]
        to: String,
        /// The slugs of the only editions whose changes are sent [default: all editions]
        #[arg(long, value_name = "SLUG")]
        edition: Vec<String>,
        /// The only types of items whose changes are sent: Talk, Slot, … [default: all types]
        #[arg(long, value_name = "KIND")]
        kind: Vec<String>,
        /// The revision after which the changes begin; 0 for all changes [default: the archive's last revision]
        #[arg(long, value_name = "REVISION")]
        since: Option<i64>,
        /// Allow a private address (10.0.0.1, localhost) and http://
        #[arg(long)]
        allow_private: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// List all webhooks and their states, without their secrets
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// List the last attempts to deliver messages to a webhook, the oldest first
    Log {
        /// The URL or the id of the webhook
        #[arg(value_name = "URL|ID")]
        webhook: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// Enable a webhook that was disabled, from the last delivered change on; one that fails is tried at once
    Enable {
        /// The URL or the id of the webhook
        #[arg(value_name = "URL|ID")]
        webhook: String,
        #[command(flatten)]
        database: DatabaseArguments,
    },
    /// Remove a webhook and the log of its deliveries
    Remove {
        /// The URL or the id of the webhook
        #[arg(value_name = "URL|ID")]
        webhook: String,
        #[command(flatten)]
        database: DatabaseArguments,
    },
}

/// Runs a command.
pub async fn run(command: WebhookCommand, now: DateTime<Utc>) -> Result<ExitCode, Failure> {
    match command {
        WebhookCommand::Add { to, edition, kind, since, allow_private, json, database } => {
            let new = NewWebhook { url: to, editions: edition, kinds: kind, since, is_private_allowed: allow_private };
            let added = webhook::add(&server::open(&database.url, Arc::default(), &clock()).await?, new, now).await?;
            let shown = if json { serde_json::to_string(&added)? } else { added.secret };
            outln!("{shown}");
        }
        WebhookCommand::List { json, database } => {
            let all = webhook::list(&server::open(&database.url, Arc::default(), &clock()).await?).await?;
            if json {
                outln!("{}", serde_json::to_string(&all)?);
            } else {
                outln!("ID\tURL\tEDITIONS\tKINDS\tDELIVERED REVISION\tSTATE");
                all.iter().for_each(|webhook| outln!("{}", row(webhook)));
            }
        }
        WebhookCommand::Log { webhook, json, database } => {
            let log = webhook::log(&server::open(&database.url, Arc::default(), &clock()).await?, &webhook).await?;
            if json {
                outln!("{}", serde_json::to_string(&log)?);
            } else {
                outln!("TIME\tMESSAGE\tREVISIONS\tCHANGES\tATTEMPT\tSTATUS\tMS\tERROR");
                log.iter().for_each(|delivery| outln!("{}", line(delivery)));
            }
        }
        WebhookCommand::Enable { webhook, database } => {
            webhook::enable(&server::open(&database.url, Arc::default(), &clock()).await?, &webhook).await?;
            outln!("{webhook} is enabled");
        }
        WebhookCommand::Remove { webhook, database } => {
            webhook::remove(&server::open(&database.url, Arc::default(), &clock()).await?, &webhook).await?;
            outln!("{webhook} is removed");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The line of a webhook.
fn row(webhook: &WebhookSummary) -> String {
    let list = |names: &[String]| if names.is_empty() { "all".to_owned() } else { names.join(",") };
    let state = match (&webhook.disabled_at, &webhook.failing_since, &webhook.next_attempt_at) {
        (Some(at), ..) => format!("disabled at {}: {}", time(at), or_nothing(webhook.disabled_because.as_ref())),
        (_, Some(since), Some(next)) => {
            let error = or_nothing(webhook.last_error.as_ref());
            format!("failing since {}, attempt {} at {}: {error}", time(since), webhook.failures + 1, time(next))
        }
        _ => "ok".to_owned(),
    };
    format!(
        "{}\t{}\t{}\t{}\t{}\t{state}",
        webhook.id,
        webhook.url,
        list(&webhook.editions),
        list(&webhook.kinds),
        webhook.delivered
    )
}

/// The line of an attempt.
fn line(delivery: &Delivery) -> String {
    let revisions = format!("{}-{}", delivery.since + 1, delivery.next_since);
    let (status, error) = (or_nothing(delivery.status), or_nothing(delivery.error.as_ref()));
    let (at, message) = (time(&delivery.at), &delivery.message_id);
    format!(
        "{at}\t{message}\t{revisions}\t{}\t{}\t{status}\t{}\t{error}",
        delivery.changes, delivery.attempt, delivery.milliseconds
    )
}

fn time(time: &DateTime<Utc>) -> impl Display {
    time.format("%FT%TZ")
}

fn or_nothing(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
