//! The log as a source of events.

use std::{future::pending, sync::Arc, vec};

use actix_web::web::Data;

use crate::{
    archive::log::reader::{LogPage, LogReader, PAGE, wait_out},
    error::Result,
    resource::change::{Change, ChangePage},
    scalars::Revision,
    state::Server,
};

/// The changes after a place in the log.
pub struct Changes {
    server: Data<Server>,
    log: LogReader,
    edition: Option<String>,
    /// Changes that were read and not sent yet.
    ready: vec::IntoIter<Arc<Change>>,
}

impl Changes {
    /// Begins after a revision, or with the next change. The first page is read at once, so that a wrong revision or
    /// edition is refused.
    pub async fn open(since: Option<Revision>, edition: Option<String>, server: Data<Server>) -> Result<Self> {
        let log = LogReader::open(since.map(|since| since.0), &server.follower, &server.archive).await?;
        let mut changes = Self { server, log, edition, ready: Vec::new().into_iter() };
        if since.is_some() {
            changes.page().await?;
        }
        Ok(changes)
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
        let (server, edition) = (&self.server, self.edition.clone());
        let size = PAGE.min(server.limits.page_size) as i32;
        let read = |since| {
            server.read(move |batches| async move {
                let page = ChangePage::of(&batches, Revision(since), edition, Some(size)).await?;
                Ok(LogPage { changes: page.changes, next_since: page.next_since.0, has_more: page.has_more })
            })
        };
        self.ready = self.log.page(read).await?.into_iter();
        Ok(())
    }
}
