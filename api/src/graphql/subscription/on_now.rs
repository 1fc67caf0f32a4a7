//! The slots in progress at an edition as a source of events. The clock is read once a second at least, since it may be
//! set. The database is asked only when a slot has begun or ended, or something was written, once for all who follow
//! the edition.

use std::{future::pending, mem::size_of, ops::Range, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use tokio::{sync::watch, time::timeout};

use crate::{
    archive::log::reader::wait_out,
    audience::{Member, Place},
    error::{Error, Result},
    read::{Loading, slug::BySlug},
    resource::{
        day,
        edition::Edition,
        slot::{Slot, SlotsOfEdition},
    },
    scalars::Revision,
    state::Server,
    weight::Weigh,
};

/// How often the clock is read.
const TICK: Duration = Duration::from_secs(1);

/// The slots in progress at an edition, as time goes by.
pub struct OnNow {
    server: Arc<Server>,
    /// The archive's revision, as it goes up.
    present: watch::Receiver<i64>,
    /// A slug of the edition.
    edition: String,
    /// What was read and not sent yet.
    ready: Option<OnNowEvent>,
    version: Version,
    member: Member<Reading>,
}

/// The slots in progress, and the place at which they were read.
pub type OnNowEvent = (Place, Vec<Arc<Slot>>);

/// The slots in progress, as they were read.
struct Reading {
    slots: Vec<Arc<Slot>>,
    version: Version,
}

impl Weigh for Reading {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.slots.weight()
    }
}

/// What decides whether the slots are to be sent again.
#[derive(Clone, PartialEq)]
struct Version {
    /// The edition's content revision.
    revision: Revision,
    /// The time in which the same slots are in progress.
    during: Range<DateTime<Utc>>,
}

impl OnNow {
    /// Begins with the slots in progress now.
    pub async fn open(edition: String, server: Arc<Server>) -> Result<Self> {
        // The follower is watched before the edition is read, so that a write in between is noticed.
        let mut present = server.follower.watch();
        let at = (*present.borrow_and_update(), (server.clock)().timestamp());
        let mut member = server.audiences.join(&edition, at);
        let reading = member.take(at, || read(edition.clone(), server.clone())).await?;
        let (ready, version) = (Some((at, reading.slots.clone())), reading.version.clone());
        Ok(Self { server, present, edition, ready, version, member })
    }

    /// The place of the next event, or one before it.
    pub fn place(&self) -> Place {
        self.ready.as_ref().map_or((0, 0), |(at, _)| *at)
    }

    /// Waits until other slots are in progress or the edition has changed, and answers the slots in progress.
    pub async fn next(&mut self) -> Result<OnNowEvent> {
        loop {
            if let Some(event) = self.ready.take() {
                return Ok(event);
            }
            let at = self.wait().await;
            let (edition, server) = (&self.edition, &self.server);
            let reading = loop {
                match self.member.take(at, || read(edition.clone(), server.clone())).await {
                    Ok(reading) => break reading,
                    Err(error) => wait_out(error).await?,
                }
            };
            // If the slots are others by now, they are read again at once.
            let is_present = reading.version.during.contains(&(self.server.clock)());
            self.ready = (reading.version != self.version && is_present).then(|| (at, reading.slots.clone()));
            self.version = reading.version.clone();
        }
    }

    /// Waits until something was written, or other slots are in progress. The result is the place of the next reading:
    /// the revision that is announced, and the last start or end of a slot. It is the same for all who wait.
    async fn wait(&mut self) -> Place {
        let Range { start, end } = self.version.during;
        let boundary = loop {
            let now = (self.server.clock)();
            if now < start {
                break now;
            }
            let left = (end - now).to_std().unwrap_or_default();
            if left.is_zero() {
                break end;
            }
            if timeout(left.min(TICK), another(&mut self.present)).await.is_ok() {
                break start;
            }
        };
        (*self.present.borrow_and_update(), boundary.timestamp())
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
async fn read(slug: String, server: Arc<Server>) -> Result<Reading> {
    server
        .read(|batches| async move {
            let missing = || Error::NotFound(format!("there is no edition of the slug \"{slug}\""));
            let id = batches.load(BySlug::of::<Edition>(slug.clone())).await?;
            let edition = Loading::maybe::<Edition>(&batches, id).await?.ok_or_else(missing)?;
            let schedule = batches.load(SlotsOfEdition(edition.id.0)).await?;
            let now = batches.source().now;
            let during = day::unchanged(&schedule, now);
            let version = Version { revision: edition.content_revision, during };
            Ok(Reading { slots: day::on_now(schedule, now), version })
        })
        .await
}
