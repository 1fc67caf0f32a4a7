//! The feed of the changes of an edition's schedule.

use std::sync::Arc;

use atom_syndication::{Category, Entry as AtomEntry, Text};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{FeedEntry, LECTERN, PAGE, link, person};
use crate::{
    error::Result,
    format::text::one_line,
    read::{Loading, Reads, batch::Batches},
    resource::{
        edition::Edition,
        schedule_change::{ScheduleChange, ScheduleChangeKind, SlotTimes},
        talk::Talk,
    },
};

/// A change of an edition's schedule.
#[derive(Clone, Debug)]
pub struct ChangeEntry {
    pub change: ScheduleChange,
    pub edition: Arc<Edition>,
    /// The talk, if it still exists.
    pub talk: Option<Arc<Talk>>,
}

impl ChangeEntry {
    /// Loads a change and its talk. One statement loads the talks of all changes. Works only within
    /// [`crate::read::batch::drive`].
    pub async fn of(change: ScheduleChange, edition: Arc<Edition>, batches: &Arc<Batches<Reads>>) -> Result<Self> {
        let talk = batches.maybe(change.talk_id).await?;
        Ok(Self { change, edition, talk })
    }

    /// The id of the entry. It is made of parts that never change, so every copy of the feed has the same one.
    fn id(&self) -> Uuid {
        let ScheduleChange { revision, kind, talk_id, slot_id, former_slot_id, .. } = &self.change;
        let thing = talk_id.unwrap_or_default().simple();
        let place = slot_id.or(*former_slot_id).unwrap_or_default().simple();
        Uuid::new_v5(&self.edition.id.0, format!("change/{}/{kind:?}/{thing}/{place}", revision.0).as_bytes())
    }

    /// `Moved: Life of a Label`
    fn title(&self) -> String {
        format!("{:?}: {}", self.change.kind, one_line(&self.change.title).unwrap_or_default())
    }

    /// The state before the change, and the state after it.
    fn summary(&self) -> String {
        let place = |times: &Option<SlotTimes>| times.as_ref().map(|times| self.place(times));
        let (was, is) = (place(&self.change.before), place(&self.change.after));
        let formerly = self.change.former_title.as_deref().and_then(one_line);
        let sentences = match (self.change.kind, was, is) {
            (ScheduleChangeKind::Retitled, _, is) => {
                [formerly.map(|title| format!("Formerly: {title}.")), is.map(|is| format!("{is}."))]
            }
            (ScheduleChangeKind::Cancelled, was, is) => {
                [Some("It is not held.".to_owned()), is.or(was).map(|is| format!("It was to be on {is}."))]
            }
            (_, was, is) => [was.map(|was| format!("Before: {was}.")), is.map(|is| format!("Now: {is}."))],
        };
        sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// `Saturday, 25 October 2025, 10:30–11:00, Hall`
    fn place(&self, times: &SlotTimes) -> String {
        let zone = self.edition.timezone.0;
        let [starts, ends] = [times.starts_at, times.ends_at].map(|time| time.utc().with_timezone(&zone));
        let room = times.room.as_deref().and_then(one_line).map(|room| format!(", {room}")).unwrap_or_default();
        format!("{}–{}{room}", starts.format("%A, %-d %B %Y, %H:%M"), ends.format("%H:%M"))
    }
}

impl FeedEntry for ChangeEntry {
    fn updated(&self) -> DateTime<Utc> {
        self.change.at.utc()
    }

    fn write(&self) -> AtomEntry {
        let at = self.updated().fixed_offset();
        let page = self.talk.as_ref().map_or(&self.edition.url, |talk| &talk.url);
        let label = format!("{:?}", self.change.kind);
        AtomEntry {
            title: Text::plain(self.title()),
            id: format!("urn:uuid:{}", self.id()),
            updated: at,
            published: Some(at),
            authors: vec![person(one_line(&self.edition.name).unwrap_or_else(|| LECTERN.to_owned()))],
            categories: vec![Category {
                term: label.to_ascii_uppercase(),
                label: Some(label.to_ascii_lowercase()),
                scheme: None,
            }],
            links: vec![link("alternate", page.as_str(), PAGE)],
            summary: Some(self.summary()).filter(|summary| !summary.is_empty()).map(Text::plain),
            ..AtomEntry::default()
        }
    }
}
