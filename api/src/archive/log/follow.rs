//! Following the log: watchers learn of each change at once, whichever process made it. On PostgreSQL every write sends
//! its revision to all servers (LISTEN, NOTIFY). SQLite has no notifications, so the revision is polled while there are
//! watchers. Only the revision is announced, and watchers read the changes from the log. A lost notification therefore
//! delays changes but never loses them.

use std::{fmt, sync::Arc, time::Duration};

use sea_orm::{
    DatabaseConnection, DbBackend,
    sqlx::{
        self,
        postgres::{PgListener, PgPoolOptions},
    },
};
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
    time::{Instant, sleep, timeout, timeout_at},
};

use crate::{
    archive::Archive,
    database::{
        backend,
        commits::{Commits, Mark},
    },
    error::Result,
};

/// The channel for revisions in the PostgreSQL database of the archive.
pub(crate) const CHANNEL: &str = "lectern";

/// The interval at which the revision is polled.
const POLL: Duration = Duration::from_millis(250);

/// The longest pause before the next attempt to listen.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The time without a notification after which the listening connection is checked.
const SILENCE: Duration = Duration::from_secs(5);

/// The least time between two announcements of notified revisions. Several writes in it are announced together, so that
/// those who follow read once.
const GAP: Duration = Duration::from_millis(50);

/// Follows the log of one database until it is dropped.
pub struct Follower {
    revision: watch::Receiver<i64>,
    ended: watch::Receiver<()>,
    watched: Arc<Notify>,
    commits: Arc<Commits>,
    task: AbortHandle,
}

impl Follower {
    /// Begins to follow the log of the archive in this database.
    pub async fn start(archive: Archive, database: DatabaseConnection) -> Result<Self> {
        let commits = archive.commits.clone();
        commits.begin(&database);
        let (announced, revision) = watch::channel(archive.revision().await?);
        let (end, ended) = watch::channel(());
        let watched = Arc::new(Notify::new());
        let task = Task { archive, database, announced, watched: watched.clone(), _end: end };
        // If it can't listen at first, it tries again later.
        let listener = match backend(&task.database) {
            DbBackend::Postgres => task.connect().await.ok(),
            _ => None,
        };
        Ok(Self { revision, ended, watched, commits, task: tokio::spawn(task.run(listener)).abort_handle() })
    }

    /// The mark of the database's present state; none if it takes a statement to know of commits. After a write of this
    /// process it is another one at once. After a write of another process it is another one at once on SQLite, and on
    /// PostgreSQL when the notification arrives. A connection that is dead and does not say so is found within ten
    /// seconds.
    pub fn mark(&self) -> Option<Mark> {
        self.commits.mark()
    }

    /// The last revision of the archive, and those that follow. They may be late, and of several revisions only the
    /// last may come. The channel closes when the server stops.
    pub fn watch(&self) -> watch::Receiver<i64> {
        let revision = self.revision.clone();
        self.watched.notify_one();
        revision
    }

    /// Notes that a revision of the archive was read. PostgreSQL's notification of it may be late, and of a database that
    /// was replaced by an older one there is none.
    pub fn saw(&self, revision: i64) {
        self.commits.read(revision);
    }

    /// Resolves when the server stops. Waiting for it causes no statements.
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

/// The task that follows the log.
struct Task {
    archive: Archive,
    database: DatabaseConnection,
    announced: watch::Sender<i64>,
    watched: Arc<Notify>,
    /// Closes when the task ends.
    _end: watch::Sender<()>,
}

impl Task {
    /// Follows the log until the process is asked to terminate, so that no watcher waits any longer.
    async fn run(self, listener: Option<PgListener>) {
        let follow = async {
            match backend(&self.database) {
                DbBackend::Postgres => self.listen(listener).await,
                _ => self.poll().await,
            }
        };
        tokio::select! {
            () = follow => {}
            () = terminated() => {}
        }
        self.archive.commits.listening(false);
    }

    /// Whether there are watchers besides the receiver of the follower itself.
    fn is_watched(&self) -> bool {
        self.announced.receiver_count() > 1
    }

    /// Announces a revision that was read. It is lower than the last one only if the database was replaced.
    fn announce(&self, revision: i64) {
        self.announced.send_if_modified(|last| std::mem::replace(last, revision) != revision);
    }

    /// Polls the revision while there are watchers.
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

    /// Listens on a connection of its own. While there is none, the revision is polled.
    async fn listen(&self, mut listener: Option<PgListener>) {
        let mut pause = Duration::ZERO;
        loop {
            let connect = async {
                match listener.take() {
                    Some(listener) => Ok(listener),
                    None => {
                        sleep(pause).await;
                        self.connect().await
                    }
                }
            };
            let connected = tokio::select! {
                biased;
                connected = connect => connected,
                () = self.poll() => continue,
            };
            let lost = match connected {
                Ok(mut listener) => {
                    pause = Duration::ZERO;
                    let lost = self.hear(&mut listener).await;
                    self.archive.commits.listening(false);
                    lost
                }
                Err(error) => error,
            };
            pause = (pause * 2).clamp(POLL, LONGEST_PAUSE);
            tracing::warn!(
                error = %lost,
                pause = ?pause,
                "PostgreSQL's notifications are unavailable; the revision is polled instead"
            );
        }
    }

    /// Begins to listen, and then reads the revision, since earlier notifications are not delivered.
    async fn connect(&self) -> Result<PgListener, sqlx::Error> {
        let options = self.database.get_postgres_connection_pool().connect_options();
        let options = (*options).clone().application_name("lectern follow");
        let pool =
            PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None).acquire_timeout(SILENCE);
        let pool = pool.connect_with(options).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.ignore_pool_close_event(true);
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        self.read(&mut listener).await?;
        Ok(listener)
    }

    /// Announces the revisions of notifications until the connection is lost. Answers why it was lost.
    async fn hear(&self, listener: &mut PgListener) -> sqlx::Error {
        let mut quiet_until = Instant::now();
        let mut unannounced = None;
        loop {
            let until = if unannounced.is_some() { quiet_until } else { Instant::now() + SILENCE };
            match timeout_at(until, listener.try_recv()).await {
                Ok(Ok(Some(notification))) => {
                    let Ok(revision) = notification.payload().parse::<i64>() else { continue };
                    self.archive.commits.committed(revision);
                    unannounced = unannounced.max(Some(revision));
                }
                Ok(Ok(None)) => return sqlx::Error::Io(std::io::ErrorKind::ConnectionAborted.into()),
                Ok(Err(error)) => return error,
                Err(_) if unannounced.is_some() => {}
                Err(_) => {
                    if let Err(error) = self.read(listener).await {
                        return error;
                    }
                }
            }
            if Instant::now() >= quiet_until
                && let Some(revision) = unannounced.take()
            {
                quiet_until = Instant::now() + GAP;
                // A notification that was sent before the revision was read may have an older revision.
                if revision > *self.announced.borrow() {
                    self.announce(revision);
                }
            }
        }
    }

    /// Reads the revision on the listening connection, which shows that it is alive.
    async fn read(&self, listener: &mut PgListener) -> Result<(), sqlx::Error> {
        let select = sqlx::query_scalar("SELECT revision FROM archive_state").fetch_optional(listener);
        let revision = timeout(SILENCE, select).await.map_err(|_| sqlx::Error::PoolTimedOut)??.unwrap_or_default();
        self.archive.commits.read(revision);
        self.archive.commits.listening(true);
        self.announce(revision);
        Ok(())
    }
}

/// Resolves when the process is asked to terminate. (actix receives the same signal, and waits for its responses.)
async fn terminated() {
    #[cfg(unix)]
    if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        signal.recv().await;
        return;
    }
    std::future::pending().await
}
