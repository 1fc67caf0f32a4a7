//! The log as a source of events: read in pages, as fast as the client takes them; the follower only tells that there
//! is more.

use std::{future::pending, sync::Arc, time::Duration, vec};

use actix_web::web::Data;
use tokio::{sync::watch, time::sleep};

use crate::{
    error::{Error, Result},
    resource::change::{Change, ChangePage},
    scalars::Revision,
    state::Server,
};

/// How many changes are read at once.
const PAGE: usize = 100;

/// How soon it is read again where the database did not answer.
const PAUSE: Duration = Duration::from_secs(2);

/// Waits a while where the database did not answer; any other error is passed on.
pub(super) async fn wait_out(error: Error) -> Result<()> {
    match error {
        Error::Database(_) | Error::Timeout(_) => {
            error.log();
            sleep(PAUSE).await;
            Ok(())
        }
        error => Err(error),
    }
}

/// Waits until there is another revision. Nothing comes of it when the server ends: its clients are told as it closes
/// their connections, so that they come back; a subscription that ended by itself would be over for them.
pub(super) async fn another(present: &mut watch::Receiver<i64>) {
    if present.changed().await.is_err() {
        pending().await
    }
}

/// A place in the log.
pub struct Log {
    server: Data<Server>,
    /// The archive's revision, as it goes up.
    present: watch::Receiver<i64>,
    edition: Option<String>,
    /// All up to this revision is told, or ready.
    read: Revision,
    /// Whether there may be more.
    behind: bool,
    /// What was read, and is not told yet.
    ready: vec::IntoIter<Arc<Change>>,
}

impl Log {
    /// Begins after a revision, or from now on. The first page is read at once, so that what can't be is refused.
    pub async fn open(since: Option<Revision>, edition: Option<String>, server: Data<Server>) -> Result<Self> {
        // Watched before it is read: what is written meanwhile is told.
        let mut present = server.follower.watch();
        present.mark_unchanged();
        let read = match since {
            Some(since) => since,
            None => Revision(server.archive.revision().await?),
        };
        let mut log = Self { server, present, edition, read, behind: false, ready: Vec::new().into_iter() };
        if since.is_some() {
            log.page().await?;
        }
        Ok(log)
    }

    /// The next change, once there is one.
    pub async fn next(&mut self) -> Result<Arc<Change>> {
        loop {
            if let Some(change) = self.ready.next() {
                return Ok(change);
            }
            if self.present.has_changed().unwrap_or_default() {
                self.behind |= *self.present.borrow_and_update() != self.read.0;
            }
            if !self.behind {
                another(&mut self.present).await;
                self.behind = *self.present.borrow() != self.read.0;
            } else if let Err(error) = self.page().await {
                wait_out(error).await?;
            }
        }
    }

    async fn page(&mut self) -> Result<()> {
        let (since, edition, size) = (self.read, self.edition.clone(), PAGE.min(self.server.limits.page_size) as i32);
        let page = self
            .server
            .read(|batches| async move { ChangePage::of(&batches, since, edition, Some(size)).await })
            .await?;
        self.read = page.next_since;
        self.behind = page.has_more;
        self.ready = page.changes.into_iter();
        Ok(())
    }
}
