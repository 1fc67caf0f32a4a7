//! Following the log: whoever waits for a change learns at once that there is one, whichever process made it. On
//! PostgreSQL every write tells its revision to all servers (LISTEN, NOTIFY); SQLite has no such thing, so there the
//! revision is read again and again, while somebody waits. What is told is a revision and no more: who wants the
//! changes reads them from the log, so that a message that got lost costs time and never a change.

use std::{fmt, sync::Arc, time::Duration};

use sea_orm::{
    DatabaseConnection, DbBackend,
    sqlx::{
        self,
        postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    },
};
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
    time::{sleep, timeout},
};

use crate::{archive::Archive, database::backend, error::Result};

/// Where PostgreSQL carries revisions: a channel of the archive's database.
pub(crate) const CHANNEL: &str = "lectern";

/// How often the revision is read where nobody tells it.
const POLL: Duration = Duration::from_millis(250);

/// The longest pause before the next attempt to listen.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// After how long a silence the listening connection is asked whether it still hears, while somebody waits.
const SILENCE: Duration = Duration::from_secs(5);

/// Follows the log of one database for as long as it lives.
pub struct Follower {
    revision: watch::Receiver<i64>,
    ended: watch::Receiver<()>,
    watched: Arc<Notify>,
    task: AbortHandle,
}

impl Follower {
    /// Begins to follow the log of an archive, which is in this database.
    pub async fn start(archive: Archive, database: DatabaseConnection) -> Result<Self> {
        let (announced, revision) = watch::channel(archive.revision().await?);
        let (end, ended) = watch::channel(());
        let watched = Arc::new(Notify::new());
        let task = Task { archive, database, announced, watched: watched.clone(), _end: end };
        Ok(Self { revision, ended, watched, task: tokio::spawn(task.run()).abort_handle() })
    }

    /// The archive's last revision as it is known here, and each that follows. It may be late, and two in a row may
    /// come as one. It ends when the server does.
    pub fn watch(&self) -> watch::Receiver<i64> {
        let revision = self.revision.clone();
        self.watched.notify_one();
        revision
    }

    /// Resolves when the server ends. Who waits for that alone costs no statement.
    pub fn ended(&self) -> impl Future<Output = ()> + use<> {
        let mut ended = self.ended.clone();
        async move { while ended.changed().await.is_ok() {} }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// What follows.
struct Task {
    archive: Archive,
    database: DatabaseConnection,
    announced: watch::Sender<i64>,
    watched: Arc<Notify>,
    /// Ends with the task.
    _end: watch::Sender<()>,
}

impl Task {
    /// Follows until the process is told to end: then nobody is kept waiting any longer.
    async fn run(self) {
        let follow = async {
            match backend(&self.database) {
                DbBackend::Postgres => self.listen().await,
                _ => self.poll().await,
            }
        };
        tokio::select! {
            () = follow => {}
            () = terminated() => {}
        }
    }

    /// Whether anybody waits, besides the follower that others begin from.
    fn is_watched(&self) -> bool {
        self.announced.receiver_count() > 1
    }

    /// Tells a revision that was read. It is before the known one only where the database was replaced.
    fn announce(&self, revision: i64) {
        self.announced.send_if_modified(|last| std::mem::replace(last, revision) != revision);
    }

    /// Reads the revision again and again, while somebody waits.
    async fn poll(&self) {
        loop {
            if !self.is_watched() {
                self.watched.notified().await;
                continue;
            }
            match self.archive.revision().await {
                Ok(revision) => self.announce(revision),
                Err(error) => tracing::debug!(%error, "the revision can't be read"),
            }
            sleep(POLL).await;
        }
    }

    /// Listens, on a connection of its own; while there is none, the revision is read.
    async fn listen(&self) {
        let options = self.database.get_postgres_connection_pool().connect_options();
        let options = (*options).clone().application_name("lectern follow");
        let mut pause = Duration::ZERO;
        loop {
            let connect = async {
                sleep(pause).await;
                self.connect(&options).await
            };
            let connected = tokio::select! {
                connected = connect => connected,
                () = self.poll() => continue,
            };
            let lost = match connected {
                Ok(mut listener) => {
                    pause = Duration::ZERO;
                    self.hear(&mut listener).await
                }
                Err(error) => error,
            };
            pause = (pause * 2).clamp(POLL, LONGEST_PAUSE);
            tracing::warn!(error = %lost, pause = ?pause, "PostgreSQL's notifications are not heard; the revision is read instead");
        }
    }

    /// Begins to listen, and then reads the revision: what came before is not told to who listens later.
    async fn connect(&self, options: &PgConnectOptions) -> Result<PgListener, sqlx::Error> {
        let pool =
            PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).acquire_timeout(SILENCE);
        let pool = pool.connect_with(options.clone()).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.ignore_pool_close_event(true);
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        self.announce(read(&mut listener).await?);
        Ok(listener)
    }

    /// Tells what it hears until the connection is lost; answers why.
    async fn hear(&self, listener: &mut PgListener) -> sqlx::Error {
        loop {
            match timeout(SILENCE, listener.try_recv()).await {
                Ok(Ok(Some(notification))) => {
                    // One that was on its way when the revision was read is known already.
                    if let Some(revision) =
                        notification.payload().parse().ok().filter(|heard| *heard > *self.announced.borrow())
                    {
                        self.announce(revision);
                    }
                }
                Ok(Ok(None)) => return sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into()),
                Ok(Err(error)) => return error,
                Err(_) if self.is_watched() => match read(listener).await {
                    Ok(revision) => self.announce(revision),
                    Err(error) => return error,
                },
                Err(_) => {}
            }
        }
    }
}

/// The revision, read on the connection that listens: so it is known to live.
async fn read(listener: &mut PgListener) -> Result<i64, sqlx::Error> {
    let select = sqlx::query_scalar("SELECT revision FROM archive_state").fetch_optional(listener);
    let revision = timeout(SILENCE, select).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
    Ok(revision.unwrap_or_default())
}

/// The process is told to end in its own time. (actix hears the same signal, and waits for answers under way.)
async fn terminated() {
    #[cfg(unix)]
    if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        signal.recv().await;
        return;
    }
    std::future::pending().await
}
