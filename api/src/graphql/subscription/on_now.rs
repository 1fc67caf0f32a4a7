//! The slots in progress at an edition as a source of events. The clock is read once a second at least, since it may be
//! set. The database is asked only when a slot has begun or ended, or something was written.

use std::{future::pending, ops::Range, sync::Arc, time::Duration};

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use tokio::{sync::watch, time::timeout};

use crate::{
    archive::log::reader::wait_out,
    error::{Error, Result},
    read::{Loading, slug::BySlug},
    resource::{
        day,
        edition::Edition,
        slot::{Slot, SlotsOfEdition},
    },
    scalars::Revision,
    state::Server,
};

/// How often the clock is read.
const TICK: Duration = Duration::from_secs(1);

/// The slots in progress at an edition, as time goes by.
pub struct OnNow {
    server: Data<Server>,
    /// The archive's revision, as it goes up.
    present: watch::Receiver<i64>,
    /// A slug of the edition.
    edition: String,
    /// Slots that were read and not sent yet.
    ready: Option<Vec<Arc<Slot>>>,
    version: Version,
}

/// What decides whether the slots are to be sent again.
#[derive(PartialEq)]
struct Version {
    /// The edition's content revision.
    revision: Revision,
    /// The time in which the same slots are in progress.
    during: Range<DateTime<Utc>>,
}

impl OnNow {
    /// Begins with the slots in progress now.
    pub async fn open(edition: String, server: Data<Server>) -> Result<Self> {
        // The follower is watched before the edition is read, so that a write in between is noticed.
        let mut present = server.follower.watch();
        present.mark_unchanged();
        let (slots, version) = read(&edition, &server).await?;
        Ok(Self { server, present, edition, ready: Some(slots), version })
    }

    /// Waits until other slots are in progress or the edition has changed, and answers the slots in progress.
    pub async fn next(&mut self) -> Result<Vec<Arc<Slot>>> {
        loop {
            if let Some(slots) = self.ready.take() {
                return Ok(slots);
            }
            self.wait().await;
            match read(&self.edition, &self.server).await {
                Ok((slots, version)) => {
                    self.ready = (version != self.version).then_some(slots);
                    self.version = version;
                }
                Err(error) => {
                    self.present.mark_changed();
                    wait_out(error).await?;
                }
            }
        }
    }

    /// Waits until something was written, or other slots are in progress.
    async fn wait(&mut self) {
        while let Ok(left) = (self.version.during.end - (self.server.clock)()).to_std()
            && (self.server.clock)() >= self.version.during.start
            && !left.is_zero()
        {
            if timeout(left.min(TICK), another(&mut self.present)).await.is_ok() {
                return;
            }
        }
    }
}

/// Waits until there is another revision. When the server stops, it waits for ever: clients notice that the server
/// closes their connections.
async fn another(present: &mut watch::Receiver<i64>) {
    if present.changed().await.is_err() {
        pending().await
    }
}

/// The slots in progress at an edition, and their version.
async fn read(slug: &str, server: &Server) -> Result<(Vec<Arc<Slot>>, Version)> {
    server
        .read(|batches| async move {
            let missing = || Error::NotFound(format!("there is no edition of the slug \"{slug}\""));
            let id = batches.load(BySlug::of::<Edition>(slug.to_owned())).await?;
            let edition = Loading::maybe::<Edition>(&batches, id).await?.ok_or_else(missing)?;
            let schedule = batches.load(SlotsOfEdition(edition.id.0)).await?;
            let now = batches.source().now;
            let during = day::unchanged(&schedule, now);
            Ok((day::on_now(schedule, now), Version { revision: edition.content_revision, during }))
        })
        .await
}
