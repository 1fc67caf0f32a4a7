//! A schedule that is replayed from the log, and its items at a moment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime as Instant, Utc};
use sea_orm::ActiveEnum;
use serde_json::Value;
use uuid::Uuid;

use super::{ScheduleChange, ScheduleChangeKind, ScheduleLogEntry, SlotTimes};
use crate::{
    read::Resource,
    resource::{room::Room, slot::Slot, talk::Talk},
    scalars::{DateTime, Revision, TimeZone},
    vocabulary::{ChangeOperation, TalkStatus},
};

/// The last change of something: its revision and its time.
type LastChange = (i64, Instant<Utc>);

/// The schedule at a moment. Deleted things stay, marked as gone.
#[derive(Default)]
pub(super) struct PlayedSchedule {
    slots: HashMap<Uuid, PlayedSlot>,
    talks: HashMap<Uuid, PlayedTalk>,
    /// The names of the rooms.
    rooms: HashMap<Uuid, String>,
}

#[derive(Default)]
struct PlayedSlot {
    gone: bool,
    title: Option<String>,
    starts_at: Instant<Utc>,
    ends_at: Instant<Utc>,
    end_is_estimated: bool,
    room: Option<Uuid>,
    talk: Option<Uuid>,
    placed: LastChange,
    titled: LastChange,
}

#[derive(Default)]
struct PlayedTalk {
    gone: bool,
    title: String,
    status: Option<TalkStatus>,
    titled: LastChange,
    decided: LastChange,
}

/// An item of the schedule, whose changes an attendee has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ScheduleItem {
    Talk(Uuid),
    /// A slot without a talk.
    Slot(Uuid),
}

/// An item at a moment.
struct Snapshot {
    /// The present title, or the last one.
    title: String,
    /// Whether it is a cancelled talk.
    cancelled: bool,
    /// Whether it is neither gone nor cancelled nor withdrawn.
    takes_place: bool,
    /// The slots, in time order.
    places: Vec<Occurrence>,
}

/// An item in a slot at a moment.
struct Occurrence {
    slot: Uuid,
    title: String,
    room: Option<Uuid>,
    end_is_estimated: bool,
    times: SlotTimes,
}

impl Occurrence {
    /// Whether the times or the room differ. Estimated ends are not compared.
    fn differs(&self, other: &Self) -> bool {
        let ends_differ =
            self.times.ends_at != other.times.ends_at && !(self.end_is_estimated && other.end_is_estimated);
        self.times.starts_at != other.times.starts_at || self.room != other.room || ends_differ
    }
}

impl PlayedSchedule {
    /// Whether the schedule never had a slot.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Replays entries. The result is their net effect, in the order of the revisions.
    pub(super) fn net_changes(&mut self, entries: &[ScheduleLogEntry], zone: &TimeZone) -> Vec<ScheduleChange> {
        let mut touched = BTreeSet::new();
        for entry in entries {
            match entry.kind.as_str() {
                Talk::KIND => _ = touched.insert(ScheduleItem::Talk(entry.node_id)),
                Slot::KIND => {
                    let before = self.slots.get(&entry.node_id).and_then(|slot| slot.talk);
                    let after = entry.after.as_ref().and_then(|fields| id(fields.0.get("talk")?));
                    touched.insert(ScheduleItem::Slot(entry.node_id));
                    touched.extend(before.into_iter().chain(after).map(ScheduleItem::Talk));
                }
                _ => {}
            }
        }
        let before = self.snapshots(&touched, zone);
        entries.iter().for_each(|entry| self.play(entry));
        let after = self.snapshots(&touched, zone);
        let mut changes = Vec::new();
        for ((item, before), after) in before.iter().zip(after.values()) {
            let talk = if let ScheduleItem::Talk(id) = item { Some(*id) } else { None };
            ItemComparison { schedule: self, talk, before, after, changes: &mut changes }.run();
        }
        changes.sort_by_key(|change| change.revision);
        changes
    }

    /// Replays an entry.
    pub(super) fn play(&mut self, entry: &ScheduleLogEntry) {
        let mark = (entry.revision, entry.at);
        let fields = entry.after.as_ref().map(|fields| &fields.0);
        let value = |name: &str| fields.and_then(|fields| fields.get(name));
        let text = |name: &str| value(name).map(|value| value.as_str().map(str::to_owned));
        let time = |name: &str| value(name).and_then(Value::as_str).and_then(|time| time.parse::<Instant<Utc>>().ok());
        let gone = matches!(entry.operation, ChangeOperation::Deleted | ChangeOperation::Merged);
        match entry.kind.as_str() {
            Room::KIND => {
                if let Some(Some(name)) = text("name") {
                    self.rooms.insert(entry.node_id, name);
                }
            }
            Talk::KIND => {
                let talk = self.talks.entry(entry.node_id).or_default();
                if let Some(Some(title)) = text("title") {
                    (talk.title, talk.titled) = (title, mark);
                }
                if let Some(Some(status)) = text("status") {
                    (talk.status, talk.decided) = (TalkStatus::try_from_value(&status).ok(), mark);
                }
                if talk.gone != gone {
                    (talk.gone, talk.decided) = (gone, mark);
                }
            }
            Slot::KIND => {
                let slot = self.slots.entry(entry.node_id).or_default();
                if let Some(title) = text("title") {
                    (slot.title, slot.titled) = (title, mark);
                }
                let is_placed = ["startsAt", "endsAt", "room", "talk"].iter().any(|name| value(name).is_some())
                    || slot.gone != gone;
                slot.starts_at = time("startsAt").unwrap_or(slot.starts_at);
                slot.ends_at = time("endsAt").unwrap_or(slot.ends_at);
                slot.end_is_estimated =
                    value("endIsEstimated").and_then(Value::as_bool).unwrap_or(slot.end_is_estimated);
                slot.room = value("room").map_or(slot.room, id);
                slot.talk = value("talk").map_or(slot.talk, id);
                slot.gone = gone;
                if is_placed {
                    slot.placed = mark;
                }
            }
            _ => {}
        }
    }

    /// The items as they are now.
    fn snapshots(&self, items: &BTreeSet<ScheduleItem>, zone: &TimeZone) -> BTreeMap<ScheduleItem, Snapshot> {
        let mut seen: BTreeMap<ScheduleItem, Snapshot> =
            items.iter().map(|item| (*item, self.without_places(*item))).collect();
        for (id, slot) in self.slots.iter().filter(|(_, slot)| !slot.gone) {
            let Some(item) = seen.get_mut(&slot.talk.map_or(ScheduleItem::Slot(*id), ScheduleItem::Talk)) else {
                continue;
            };
            let local = |time: Instant<Utc>| DateTime::from(time).in_zone(zone);
            let room = slot.room.and_then(|room| self.rooms.get(&room).cloned());
            item.places.push(Occurrence {
                slot: *id,
                title: slot.title.clone().unwrap_or_else(|| item.title.clone()),
                room: slot.room,
                end_is_estimated: slot.end_is_estimated,
                times: SlotTimes { starts_at: local(slot.starts_at), ends_at: local(slot.ends_at), room },
            });
        }
        seen.values_mut().for_each(|item| item.places.sort_by_key(|place| (place.times.starts_at, place.slot)));
        seen
    }

    fn without_places(&self, item: ScheduleItem) -> Snapshot {
        let (title, status, is_there) = match item {
            ScheduleItem::Talk(id) => match self.talks.get(&id) {
                Some(talk) => (talk.title.clone(), talk.status, !talk.gone),
                None => (String::new(), None, false),
            },
            ScheduleItem::Slot(id) => {
                (self.slots.get(&id).and_then(|slot| slot.title.clone()).unwrap_or_default(), None, true)
            }
        };
        let is = |which: TalkStatus| is_there && status == Some(which);
        let (cancelled, withdrawn) = (is(TalkStatus::Cancelled), is(TalkStatus::Withdrawn));
        Snapshot { title, cancelled, takes_place: is_there && !cancelled && !withdrawn, places: Vec::new() }
    }
}

/// What became of an item between two moments. The schedule stands at the later one.
struct ItemComparison<'a> {
    schedule: &'a PlayedSchedule,
    talk: Option<Uuid>,
    before: &'a Snapshot,
    after: &'a Snapshot,
    changes: &'a mut Vec<ScheduleChange>,
}

/// The same place at both moments; none where the item was or is not there.
type PlacePair<'a> = [Option<&'a Occurrence>; 2];

impl<'a> ItemComparison<'a> {
    fn run(mut self) {
        let (before, after) = (self.before, self.after);
        let decided = self.talk_change(|talk| talk.decided);
        match (before.takes_place, after.takes_place) {
            (false, false) => {}
            (true, false) if after.cancelled => {
                self.push(ScheduleChangeKind::Cancelled, decided, self.first_places(), None)
            }
            (true, false) if before.places.is_empty() => {
                self.push(ScheduleChangeKind::Removed, decided, [None; 2], None)
            }
            (true, false) => before.places.iter().for_each(|was| {
                let places = [Some(was), None];
                self.push(ScheduleChangeKind::Removed, self.placed(places).max(decided), places, None);
            }),
            (false, true) => after.places.iter().for_each(|is| {
                let places = [None, Some(is)];
                self.push(ScheduleChangeKind::Added, self.placed(places).max(decided), places, None);
            }),
            (true, true) => {
                let pairs = pairs(&before.places, &after.places);
                pairs.iter().for_each(|places| self.compare_places(*places));
                self.compare_titles(&pairs);
            }
        }
    }

    fn compare_places(&mut self, places: PlacePair<'a>) {
        let kind = match places {
            [None, _] => ScheduleChangeKind::Added,
            [_, None] => ScheduleChangeKind::Removed,
            [Some(was), Some(is)] if was.differs(is) => ScheduleChangeKind::Moved,
            _ => return,
        };
        self.push(kind, self.placed(places), places, None);
    }

    /// An item has one change of its title, in however many slots it is. So has a talk without a slot.
    fn compare_titles(&mut self, pairs: &[PlacePair<'a>]) {
        let (before, after) = (self.before, self.after);
        let kept = pairs.iter().filter_map(|[was, is]| Some(((*was)?, (*is)?)));
        let titled = |comparison: &Self, places| {
            comparison.slot_change(|slot| slot.titled, places).max(comparison.talk_change(|talk| talk.titled))
        };
        match kept.clone().find(|(was, is)| was.title != is.title) {
            Some((was, is)) => {
                let places = [Some(was), Some(is)];
                let change = titled(self, places);
                self.push(ScheduleChangeKind::Retitled, change, places, Some(was.title.clone()));
            }
            None if self.talk.is_some() && kept.count() == 0 && before.title != after.title => {
                let change = titled(self, [None; 2]);
                self.push(ScheduleChangeKind::Retitled, change, self.first_places(), Some(before.title.clone()));
            }
            None => {}
        }
    }

    fn first_places(&self) -> PlacePair<'a> {
        [self.before.places.first(), self.after.places.first()]
    }

    fn placed(&self, places: PlacePair<'a>) -> LastChange {
        self.slot_change(|slot| slot.placed, places)
    }

    /// The last change of the slots.
    fn slot_change(&self, change: fn(&PlayedSlot) -> LastChange, places: PlacePair<'a>) -> LastChange {
        let slots = places.into_iter().flatten().filter_map(|place| self.schedule.slots.get(&place.slot));
        slots.map(change).max().unwrap_or_default()
    }

    /// The last change of the talk, if the item is one.
    fn talk_change(&self, change: fn(&PlayedTalk) -> LastChange) -> LastChange {
        let talk = self.talk.and_then(|id| self.schedule.talks.get(&id));
        talk.map(change).unwrap_or_default()
    }

    fn push(
        &mut self,
        kind: ScheduleChangeKind,
        (revision, at): LastChange,
        [was, is]: PlacePair<'a>,
        former_title: Option<String>,
    ) {
        // A slot that got a talk has no title of its own any more.
        let last_title = if self.after.title.is_empty() { &self.before.title } else { &self.after.title };
        self.changes.push(ScheduleChange {
            revision: Revision(revision),
            at: at.into(),
            kind,
            title: is.map_or(last_title, |is| &is.title).clone(),
            former_title,
            before: was.map(|was| was.times.clone()),
            after: is.map(|is| is.times.clone()),
            talk_id: self.talk,
            slot_id: is.map(|place| place.slot),
            former_slot_id: was.map(|place| place.slot),
        });
    }
}

/// Pairs the places before and after: the same slot, else the next one in time that is left.
fn pairs<'a>(before: &'a [Occurrence], after: &'a [Occurrence]) -> Vec<[Option<&'a Occurrence>; 2]> {
    let same = |places: &'a [Occurrence], slot: Uuid| places.iter().find(move |place| place.slot == slot);
    let kept = before.iter().filter_map(|was| Some([Some(was), Some(same(after, was.slot)?)]));
    let mut left = before.iter().filter(|was| same(after, was.slot).is_none());
    let mut come = after.iter().filter(|is| same(before, is.slot).is_none());
    let others =
        std::iter::from_fn(|| Some([left.next(), come.next()]).filter(|pair| pair.iter().any(Option::is_some)));
    kept.chain(others).collect()
}

fn id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}
