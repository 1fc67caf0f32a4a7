//! Reading the log as it grows, in pages. The follower only announces that there is more. A page is read once for all
//! who follow the same and are at the same place. A slow reader misses nothing: the page after its place is read again.

use std::{mem::size_of, sync::Arc, time::Duration};

use tokio::{sync::watch, time::sleep};

use super::follow::Follower;
use crate::{
    archive::Archive,
    audience::{Audiences, Member},
    database::commits::Commits,
    error::{Error, Result},
    weight::Weigh,
};

/// The number of changes that are read at once.
pub const PAGE: usize = 100;

/// The pause before the log is read again after the database did not answer.
const PAUSE: Duration = Duration::from_secs(2);

/// A page of the log, with the changes in the form that the reader needs.
pub struct LogPage<T> {
    pub changes: T,
    /// The revision that the next page begins after.
    pub next_since: i64,
    /// Whether there are more changes already.
    pub has_more: bool,
}

impl<T: Weigh> Weigh for LogPage<T> {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.changes.weight()
    }
}

/// A place in the log, of one of those who follow the same.
pub struct LogReader<T: Weigh + Send + Sync + 'static> {
    /// The archive's revision, as it goes up.
    present: watch::Receiver<i64>,
    /// Everything up to this revision was read.
    position: i64,
    /// Whether there may be more.
    is_behind: bool,
    member: Member<LogPage<T>>,
    commits: Arc<Commits>,
}

impl<T: Weigh + Send + Sync + 'static> LogReader<T> {
    /// Begins after a revision, or from now on. The pages are those of the edition with a slug, or of the archive.
    pub async fn open(
        since: Option<i64>,
        edition: Option<&str>,
        (follower, archive, audiences): (&Follower, &Archive, &Audiences),
    ) -> Result<Self> {
        // The follower is watched before the revision is read, so that a write in between is noticed.
        let mut present = follower.watch();
        present.mark_unchanged();
        let position = match since {
            Some(since) => since,
            None => archive.revision().await?,
        };
        let (member, commits) = (join(audiences, edition, position), archive.commits());
        Ok(Self { present, position, is_behind: false, member, commits })
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

    /// The next page, as it was read for others, or as `read` reads it. That gets the revision that the page begins
    /// after.
    pub async fn page<F>(&mut self, read: impl Fn(i64) -> F) -> Result<Arc<LogPage<T>>>
    where
        F: Future<Output = Result<LogPage<T>>> + Send + 'static,
    {
        let position = self.position;
        let page = self.member.take((position, 0), || read(position)).await?;
        self.position = page.next_since;
        // Nothing older is sent after these changes.
        self.commits.committed(self.position);
        // The page may have been read before the last revision was announced.
        self.is_behind = page.has_more || *self.present.borrow() > self.position;
        Ok(page)
    }
}

/// Joins those who read the changes in the edition with a slug, or in the archive, after a revision.
pub fn join<T: Weigh + Send + Sync + 'static>(
    audiences: &Audiences,
    edition: Option<&str>,
    since: i64,
) -> Member<LogPage<T>> {
    audiences.join(&edition.map_or_else(String::new, |slug| format!("/{slug}")), (since, 0))
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
