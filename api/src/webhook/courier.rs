//! The task of a server that delivers messages. It wakes when the log grows and when an attempt is due, and looks for
//! webhooks that another process added. The servers of one database take turns: the one that leases a webhook sends its
//! next message.

use std::{
    collections::HashMap,
    future::pending,
    rc::Rc,
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use entity::{archive_state, webhook};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, SimpleExpr},
};
use tokio::{
    sync::watch,
    task::{AbortHandle, JoinSet},
    time::sleep,
};
use url::Url;
use uuid::Uuid;

use super::{
    delivery::{self, AttemptResult},
    message::{Message, lease},
    record::{AttemptTimes, record},
};
use crate::{
    archive::{
        Clock,
        log::reader::{LogPage, join},
    },
    audience::{Audiences, Member},
    config::Webhooks,
    error::Result,
    rest::changes::ToldChanges,
    state::Server,
};

/// The greatest number of deliveries at once.
const AT_ONCE: usize = 32;

/// Starts to deliver, as long as the server lives.
pub fn start(server: &Arc<Server>, settings: Webhooks) {
    let (database, clock) = (server.database.clone(), server.clock.clone());
    let courier = Rc::new(Courier { server: Arc::downgrade(server), database, clock, settings });
    actix_web::rt::spawn(courier.run());
}

struct Courier {
    /// Weak, so that a server that has stopped is dropped.
    server: Weak<Server>,
    database: DatabaseConnection,
    clock: Clock,
    settings: Webhooks,
}

/// The state of a webhook that decides what is due.
#[derive(Clone, Debug, FromQueryResult)]
struct DueState {
    id: Uuid,
    delivered: i64,
    /// Whether the log has changes after the last delivery.
    is_behind: bool,
    leased_until: Option<DateTime<Utc>>,
    next_attempt_at: Option<DateTime<Utc>>,
}

impl DueState {
    /// The time of the next attempt.
    fn due_at(&self) -> DateTime<Utc> {
        Ord::max(self.leased_until, self.next_attempt_at).unwrap_or_default()
    }
}

/// The deliveries that this server is making.
#[derive(Default)]
struct RunningDeliveries {
    tasks: JoinSet<()>,
    webhooks: HashMap<Uuid, AbortHandle>,
}

impl Courier {
    /// Delivers until the server stops.
    async fn run(self: Rc<Self>) {
        let mut running = RunningDeliveries::default();
        let mut present = None;
        loop {
            let webhooks = self.webhooks().await.unwrap_or_else(|error| {
                error.log();
                Vec::new()
            });
            // The log is followed only while there are webhooks: on SQLite that costs statements.
            let Some(server) = self.server.upgrade() else { return };
            present = (!webhooks.is_empty()).then(|| present.take().unwrap_or_else(|| server.follower.watch()));
            let pause = self.begin(&webhooks, &server.audiences, &mut running);
            drop(server);
            tokio::select! {
                lives = changed(&mut present) => if !lives { return },
                Some(_) = running.tasks.join_next() => {}
                () = sleep(pause) => {}
            }
        }
    }

    /// Starts the deliveries that are due. The result is the pause until the next look. Those at one place of the log
    /// join before the first reads it, so that it reads for all.
    fn begin(
        self: &Rc<Self>,
        webhooks: &[DueState],
        audiences: &Audiences,
        running: &mut RunningDeliveries,
    ) -> Duration {
        running.webhooks.retain(|_, delivery| !delivery.is_finished());
        let now = (self.clock)();
        let mut pause = self.settings.look;
        for webhook in webhooks.iter().filter(|webhook| webhook.is_behind) {
            let wait = (webhook.due_at() - now).to_std().unwrap_or_default();
            if !wait.is_zero() {
                pause = pause.min(wait);
            } else if running.webhooks.len() < AT_ONCE && !running.webhooks.contains_key(&webhook.id) {
                let delivery = self.clone().deliver(webhook.id, join(audiences, None, webhook.delivered));
                running.webhooks.insert(webhook.id, running.tasks.spawn_local(delivery));
            }
        }
        pause
    }

    /// The webhooks that are enabled, in one small statement.
    async fn webhooks(&self) -> Result<Vec<DueState>> {
        use webhook::Column::{Delivered, DisabledAt, Id, LeasedUntil, NextAttemptAt};
        let present = archive_state::Entity::find().select_only().column(archive_state::Column::Revision).into_query();
        let is_behind: SimpleExpr = Expr::col(Delivered).lt(SimpleExpr::SubQuery(None, Box::new(present.into())));
        let select = webhook::Entity::find()
            .select_only()
            .columns([Id, Delivered, LeasedUntil, NextAttemptAt])
            .expr_as(is_behind, "is_behind");
        Ok(select.filter(DisabledAt.is_null()).into_model().all(&self.database).await?)
    }

    /// Delivers the next message of a webhook.
    async fn deliver(self: Rc<Self>, id: Uuid, member: Member<LogPage<ToldChanges>>) {
        if let Err(error) = self.try_deliver(id, member).await {
            error.log();
            tracing::warn!(webhook = %id, %error, "the next message of a webhook could not be made");
            // The lease expires by itself. The pause spares the database.
            sleep(self.settings.look.max(Duration::from_secs(2))).await;
        }
    }

    async fn try_deliver(&self, id: Uuid, mut member: Member<LogPage<ToldChanges>>) -> Result<()> {
        let began_at = (self.clock)();
        let Some(webhook) = lease(&self.database, id, began_at).await? else { return Ok(()) };
        let message = match (Message::of(&webhook), self.server.upgrade()) {
            (Some(message), _) => Some(message),
            (None, Some(server)) => Message::next(server, &mut member, &webhook, began_at).await?,
            (None, None) => None,
        };
        drop(member);
        let Some(message) = message else { return Ok(()) };
        let began = Instant::now();
        let answer = delivery::send(&webhook, &message, began_at, self.settings.timeout).await;
        let milliseconds = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        let times = AttemptTimes { began_at, ended_at: (self.clock)(), milliseconds };
        let given_up = record(&self.database, &webhook, &message, &answer, times).await?;
        log_attempt(&webhook, &message, &answer, given_up);
        Ok(())
    }
}

/// Waits until the log grows. False: the server has stopped.
async fn changed(present: &mut Option<watch::Receiver<i64>>) -> bool {
    match present {
        Some(present) => present.changed().await.is_ok(),
        None => pending().await,
    }
}

/// Logs an attempt. Of the URL it shows only the host, as the rest may be a secret.
fn log_attempt(webhook: &webhook::Model, message: &Message, answer: &AttemptResult, given_up: Option<String>) {
    let host = Url::parse(&webhook.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let (webhook_id, id, attempt) = (webhook.id, &message.id, webhook.failures + 1);
    match (&answer.failure, given_up) {
        (None, _) => tracing::debug!(webhook = %webhook_id, host, id, "a message was delivered"),
        (Some(_), Some(because)) => {
            tracing::error!(webhook = %webhook_id, host, id, because, "a webhook was disabled")
        }
        (Some(error), None) => {
            tracing::warn!(webhook = %webhook_id, host, id, attempt, error, "an attempt to deliver failed")
        }
    }
}
