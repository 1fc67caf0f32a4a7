//! Reading the log as it grows, in pages. The follower only announces that there is more. A slow reader therefore
//! misses nothing, and no changes are kept in memory for it.

use std::time::Duration;

use tokio::{sync::watch, time::sleep};

use super::follow::Follower;
use crate::{
    archive::Archive,
    error::{Error, Result},
};

/// The number of changes that are read at once.
pub const PAGE: usize = 100;

/// The pause before the log is read again after the database did not answer.
const PAUSE: Duration = Duration::from_secs(2);

/// A page of the log, with the changes in the form that the reader needs.
pub struct LogPage<T> {
    pub changes: Vec<T>,
    /// The revision that the next page begins after.
    pub next_since: i64,
    /// Whether there are more changes already.
    pub has_more: bool,
}

/// A place in the log.
pub struct LogReader {
    /// The archive's revision, as it goes up.
    present: watch::Receiver<i64>,
    /// Everything up to this revision was read.
    position: i64,
    /// Whether there may be more.
    is_behind: bool,
}

impl LogReader {
    /// Begins after a revision, or from now on.
    pub async fn open(since: Option<i64>, follower: &Follower, archive: &Archive) -> Result<Self> {
        // The follower is watched before the revision is read, so that a write in between is noticed.
        let mut present = follower.watch();
        present.mark_unchanged();
        let position = match since {
            Some(since) => since,
            None => archive.revision().await?,
        };
        Ok(Self { present, position, is_behind: false })
    }

    /// The revision up to which everything was read.
    pub fn position(&self) -> i64 {
        self.position
    }

    /// Waits until there may be more to read. Answers none when the server stops, even if changes are unread. It may be
    /// cancelled and called again at any time.
    pub async fn more(&mut self) -> Option<()> {
        loop {
            if self.present.has_changed().ok()? {
                self.is_behind |= *self.present.borrow_and_update() != self.position;
            }
            if self.is_behind {
                return Some(());
            }
            self.present.changed().await.ok()?;
            self.is_behind = *self.present.borrow() != self.position;
        }
    }

    /// Reads the next page with `read`, which gets the revision that it begins after.
    pub async fn page<T, F>(&mut self, read: impl FnOnce(i64) -> F) -> Result<Vec<T>>
    where
        F: Future<Output = Result<LogPage<T>>>,
    {
        let page = read(self.position).await?;
        self.position = page.next_since;
        self.is_behind = page.has_more;
        Ok(page.changes)
    }
}

/// Waits a while if the database did not answer. Passes any other error on.
pub async fn wait_out(error: Error) -> Result<()> {
    match error {
        Error::Database(_) | Error::Unwritable(..) | Error::Timeout(_) => {
            error.log();
            sleep(PAUSE).await;
            Ok(())
        }
        error => Err(error),
    }
}
