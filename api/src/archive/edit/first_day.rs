//! The slots of an edition whose first day or time zone changes.

use chrono::Duration;
use entity::edition;

use super::{Edit, problems::Path, schedule::EditedSchedule};
use crate::{
    rules,
    scalars::{LocalTime, TimeZone},
};

impl Edit {
    /// Moves all slots as the first day of their edition moves, at their local times, or notes that they stay.
    pub(super) fn follow_first_day(
        &mut self,
        was: &edition::Model,
        row: &edition::Model,
        schedule: &mut EditedSchedule,
        moves: bool,
    ) {
        let path = Path::of("moveSlots");
        let count = schedule.slots.len();
        let has_other_zone = was.timezone != row.timezone;
        let days = match (was.starts_on, row.starts_on) {
            _ if count == 0 => return,
            (Some(from), Some(to)) => to - from,
            (None, None) if has_other_zone => Duration::zero(),
            _ if moves => {
                let message = "the first day must be known before and after, to tell how far the slots move";
                return self.problems.invalid(&path, message);
            }
            _ => Duration::zero(),
        };
        if !moves {
            return self.note_what_stayed(days, count, has_other_zone.then_some(row.timezone.as_str()));
        }
        let Ok(former_zone) = was.timezone.parse::<TimeZone>() else { return };
        for slot in &mut schedule.slots {
            let length = slot.ends_at - slot.starts_at;
            let later = |instant| LocalTime::days_later(instant, days, &former_zone, &schedule.zone);
            let starts_at = later(slot.starts_at);
            // Nobody wrote an end that is estimated, and it is estimated anew.
            let ends_at = match &starts_at {
                Ok(starts_at) if schedule.estimated.contains(&slot.id) => Ok(*starts_at + length),
                _ => later(slot.ends_at),
            };
            match (starts_at, ends_at) {
                (Ok(starts_at), Ok(ends_at)) => {
                    slot.starts_at = starts_at;
                    // Over the end of summer time, a slot may end at an earlier local time than it starts.
                    let is_sound = rules::ends_after_start(starts_at, ends_at);
                    slot.ends_at = if is_sound { ends_at } else { starts_at + length };
                }
                (Err(wrong), _) | (_, Err(wrong)) => {
                    self.problems.invalid(&path, format!("slot {}: {wrong}", slot.number));
                }
            }
        }
    }
}

impl Edit {
    /// Notes that slots stayed where they were.
    fn note_what_stayed(&mut self, days: Duration, count: usize, other_zone: Option<&str>) {
        let slots = counted(count, "slot");
        if let Some(zone) = other_zone {
            self.problems.notes.push(format!(
                "the time zone is {zone} now, and {slots} stayed at their instants, so that their local times are \
                 others: moveSlots: true in the same edit keeps the local times"
            ));
        }
        if days != Duration::zero() {
            let day = counted(days.num_days().abs(), "day");
            let direction = if days > Duration::zero() { "later" } else { "earlier" };
            self.problems.notes.push(format!(
                "the first day is {day} {direction} now, and {slots} stayed at their times: moveSlots: true in the same \
                 edit moves them, too; the mutation moveSlots(edition:, byMinutes: {}) moves them now",
                days.num_minutes()
            ));
        }
    }
}

/// `1 slot`, `2 slots`.
fn counted(count: impl ToString, what: &str) -> String {
    let count = count.to_string();
    format!("{count} {what}{}", if count == "1" { "" } else { "s" })
}
