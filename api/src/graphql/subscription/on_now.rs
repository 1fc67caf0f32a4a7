//! What runs at an edition as a source of events. The clock is looked at once a second at least, since it may be set;
//! the database is asked only when a slot has begun or ended, or something was written.

use std::{ops::Range, sync::Arc, time::Duration};

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use tokio::{sync::watch, time::timeout};

use super::log::{another, wait_out};
use crate::{
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

/// How long the clock is not looked at.
const LOOK: Duration = Duration::from_secs(1);

/// What runs at an edition, as long as somebody follows it.
pub struct OnNow {
    server: Data<Server>,
    present: watch::Receiver<i64>,
    /// A slug of it.
    edition: String,
    /// What is read, and not told yet.
    ready: Option<Vec<Arc<Slot>>>,
    told: LastEvent,
}

/// What the last event was told of.
struct LastEvent {
    /// The edition's.
    revision: Revision,
    /// While this lasts, the same slots run.
    during: Range<DateTime<Utc>>,
}

impl OnNow {
    /// Begins with what runs now.
    pub async fn open(edition: String, server: Data<Server>) -> Result<Self> {
        // Watched before it is read: what is written meanwhile is told.
        let mut present = server.follower.watch();
        present.mark_unchanged();
        let (slots, told) = read(&edition, &server).await?;
        Ok(Self { server, present, edition, ready: Some(slots), told })
    }

    /// The slots that run, once they are told anew.
    pub async fn next(&mut self) -> Result<Vec<Arc<Slot>>> {
        loop {
            if let Some(slots) = self.ready.take() {
                return Ok(slots);
            }
            self.wait().await;
            match read(&self.edition, &self.server).await {
                Ok((slots, told)) => {
                    let same = told.revision == self.told.revision && told.during == self.told.during;
                    self.ready = Some(slots).filter(|_| !same);
                    self.told = told;
                }
                Err(error) => {
                    self.present.mark_changed();
                    wait_out(error).await?;
                }
            }
        }
    }

    /// Waits until something was written, or other slots run.
    async fn wait(&mut self) {
        while let Ok(left) = (self.told.during.end - (self.server.clock)()).to_std()
            && (self.server.clock)() >= self.told.during.start
            && !left.is_zero()
        {
            if timeout(left.min(LOOK), another(&mut self.present)).await.is_ok() {
                return;
            }
        }
    }
}

/// What runs at an edition, and until when.
async fn read(slug: &str, server: &Server) -> Result<(Vec<Arc<Slot>>, LastEvent)> {
    server
        .read(|batches| async move {
            let missing = || Error::NotFound(format!("there is no edition of the slug \"{slug}\""));
            let id = batches.load(BySlug::of::<Edition>(slug.to_owned())).await?;
            let edition = Loading::maybe::<Edition>(&batches, id).await?.ok_or_else(missing)?;
            let programme = batches.load(SlotsOfEdition(edition.id.0)).await?;
            let now = batches.source().now;
            let during = day::unchanged(&programme, now);
            Ok((day::on_now(programme, now), LastEvent { revision: edition.content_revision, during }))
        })
        .await
}
