//! The log as a source of events.

use std::{future::pending, sync::Arc, vec};

use crate::{
    archive::log::reader::{LogPage, LogReader, PAGE, wait_out},
    audience::Place,
    error::Result,
    resource::change::{Change, ChangePage},
    scalars::Revision,
    state::Server,
    weight::Weigh,
};

impl Weigh for Arc<Change> {
    fn weight(&self) -> usize {
        let texts = self.kind.len() + self.changed.0.iter().map(String::len).sum::<usize>();
        size_of::<Change>() + 2 * texts
    }
}

/// The changes after a place in the log.
pub struct Changes {
    server: Arc<Server>,
    log: LogReader<Vec<Arc<Change>>>,
    edition: Option<String>,
    /// Changes that were read and not sent yet.
    ready: vec::IntoIter<Arc<Change>>,
}

impl Changes {
    /// Begins after a revision, or with the next change. The first page is read at once, so that a wrong revision or
    /// edition is refused.
    pub async fn open(since: Option<Revision>, edition: Option<String>, server: Arc<Server>) -> Result<Self> {
        let followed = (&server.follower, &server.archive, &server.audiences);
        let log = LogReader::open(since.map(|since| since.0), edition.as_deref(), followed).await?;
        let mut changes = Self { server, log, edition, ready: Vec::new().into_iter() };
        if since.is_some() {
            changes.page().await?;
        }
        Ok(changes)
    }

    /// The place of the next change, or one before it.
    pub fn place(&self) -> Place {
        let next = self.ready.as_slice().first().map(|change| change.revision.0);
        (next.unwrap_or_else(|| self.log.position()), 0)
    }

    /// Waits for the next change. When the server stops, it waits for ever: clients reconnect after the server has
    /// closed their connections, but not after a subscription that has ended by itself.
    pub async fn next(&mut self) -> Result<Arc<Change>> {
        loop {
            if let Some(change) = self.ready.next() {
                return Ok(change);
            }
            if self.log.more().await.is_none() {
                pending::<()>().await;
            }
            if let Err(error) = self.page().await {
                wait_out(error).await?;
            }
        }
    }

    async fn page(&mut self) -> Result<()> {
        let (server, edition) = (&self.server, &self.edition);
        let page = self.log.page(|since| read(server.clone(), since, edition.clone())).await?;
        self.ready = page.changes.clone().into_iter();
        Ok(())
    }
}

/// The page of the log after a revision.
async fn read(server: Arc<Server>, since: i64, edition: Option<String>) -> Result<LogPage<Vec<Arc<Change>>>> {
    let size = PAGE.min(server.limits.page_size) as i32;
    server
        .read(|batches| async move {
            let page = ChangePage::of(&batches, Revision(since), edition, Some(size)).await?;
            Ok(LogPage { changes: page.changes, next_since: page.next_since.0, has_more: page.has_more })
        })
        .await
}
