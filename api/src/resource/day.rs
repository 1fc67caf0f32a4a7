//! The conference days of a schedule.

use std::{ops::Range, sync::Arc};

use async_graphql::SimpleObject;
use chrono::{DateTime as Instant, Duration, NaiveDate, NaiveTime, TimeZone as _, Utc};

use super::slot::Slot;
use crate::{
    scalars::{Date, DateTime, TimeZone},
    vocabulary::TalkStatus,
};

/// The hour at which a conference day begins, local time. A party at 01:00 belongs to the day before.
const DAY_BEGINS_AT: u32 = 5;

/// A conference day of an edition: from 05:00 on its date to 05:00 on the next, in the edition's time zone. A party at
/// 01:00 belongs to the day before.
#[derive(Clone, Debug, SimpleObject)]
pub struct Day {
    /// The date of the conference day, in the edition's time zone: `2016-08-25`.
    pub date: Date,
    /// The number of the conference day within the edition, from 1.
    pub index: i32,
    /// The start of the first slot of the day, with the offset of the edition's time zone. It is null if the day has no
    /// slots.
    pub starts_at: Option<DateTime>,
    /// The end of the last slot of the day, with the offset of the edition's time zone. It is null if the day has no
    /// slots.
    pub ends_at: Option<DateTime>,
    /// The slots of the day, ordered by start.
    #[graphql(directive = crate::directive::list_size::apply(400))]
    pub slots: Vec<Arc<Slot>>,
}

impl Day {
    /// The start of a conference day: 05:00 local time, or the first time after it that the clocks show.
    pub(crate) fn begins(date: NaiveDate, zone: &TimeZone) -> Instant<Utc> {
        Self::at_hour(date, DAY_BEGINS_AT, zone)
    }

    /// The start of a calendar day: midnight, or the first time after it that the clocks show.
    pub(crate) fn midnight(date: NaiveDate, zone: &TimeZone) -> Instant<Utc> {
        Self::at_hour(date, 0, zone)
    }

    fn at_hour(date: NaiveDate, hour: u32, zone: &TimeZone) -> Instant<Utc> {
        let local = date.and_time(NaiveTime::MIN) + Duration::hours(hour.into());
        // No zone ever skipped more than a day.
        let shown = (0..=24 * 60)
            .find_map(|minutes| zone.0.from_local_datetime(&(local + Duration::minutes(minutes))).earliest());
        shown.map_or_else(|| local.and_utc(), |time| time.to_utc())
    }

    /// The conference day of an instant.
    pub fn date_of(at: Instant<Utc>, zone: &TimeZone) -> Date {
        let local = at.with_timezone(&zone.0).naive_local();
        Date((local - Duration::hours(DAY_BEGINS_AT.into())).date())
    }

    /// The days from the first to the last, and other days with slots. The slots are in time order.
    pub fn of_schedule(first: Option<Date>, last: Option<Date>, zone: &TimeZone, schedule: &[Arc<Slot>]) -> Vec<Self> {
        let mut days: Vec<Self> = Vec::new();
        let mut dates: Vec<NaiveDate> = match (first, last) {
            (Some(first), Some(last)) => first.0.iter_days().take_while(|date| *date <= last.0).collect(),
            _ => Vec::new(),
        };
        dates.extend(schedule.iter().map(|slot| Self::date_of(slot.starts_at.utc(), zone).0));
        dates.sort_unstable();
        dates.dedup();
        let mut slots = schedule.iter().peekable();
        for (index, date) in (1..).zip(dates) {
            let mut slots_of_day = Vec::new();
            while let Some(slot) = slots.next_if(|slot| Self::date_of(slot.starts_at.utc(), zone).0 == date) {
                slots_of_day.push(slot.clone());
            }
            days.push(Self {
                date: Date(date),
                index,
                starts_at: slots_of_day.first().map(|slot| slot.starts_at),
                ends_at: slots_of_day.iter().map(|slot| slot.ends_at).max(),
                slots: slots_of_day,
            });
        }
        days
    }
}

fn takes_place(slot: &Slot) -> bool {
    slot.talk_status != Some(TalkStatus::Cancelled)
}

/// The slots of a schedule that are running at an instant.
pub fn on_now(mut schedule: Vec<Arc<Slot>>, at: Instant<Utc>) -> Vec<Arc<Slot>> {
    schedule.retain(|slot| slot.starts_at.utc() <= at && at < slot.ends_at.utc() && takes_place(slot));
    schedule
}

/// The range of time around an instant in which the same slots run.
pub fn unchanged(schedule: &[Arc<Slot>], at: Instant<Utc>) -> Range<Instant<Utc>> {
    let taking_place = schedule.iter().filter(|slot| takes_place(slot));
    let (past, to_come): (Vec<_>, Vec<_>) =
        taking_place.flat_map(|slot| [slot.starts_at.utc(), slot.ends_at.utc()]).partition(|time| *time <= at);
    let (first, last) = (Instant::<Utc>::MIN_UTC, Instant::<Utc>::MAX_UTC);
    past.into_iter().max().unwrap_or(first)..to_come.into_iter().min().unwrap_or(last)
}

/// The next slot of each room, on the conference day of the first of them. The slots are in time order.
pub fn up_next(mut schedule: Vec<Arc<Slot>>, at: Instant<Utc>, zone: &TimeZone) -> Vec<Arc<Slot>> {
    schedule.retain(|slot| slot.starts_at.utc() > at && takes_place(slot));
    let date = schedule.first().map(|slot| Day::date_of(slot.starts_at.utc(), zone));
    let mut rooms = Vec::new();
    schedule.retain(|slot| {
        let first_of_room = !rooms.contains(&slot.room_id);
        rooms.push(slot.room_id);
        first_of_room && Some(Day::date_of(slot.starts_at.utc(), zone)) == date
    });
    schedule
}
