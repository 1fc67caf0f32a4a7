//! The slots of an edition whose first day moves.

use chrono::Duration;
use entity::edition;

use super::{Edit, problems::Path, schedule::EditedSchedule};
use crate::{rules, scalars::LocalTime};

impl Edit {
    /// Moves all slots as the first day of their edition moves, or notes that they stay.
    pub(super) fn follow_first_day(
        &mut self,
        was: &edition::Model,
        row: &edition::Model,
        schedule: &mut EditedSchedule,
        moves: bool,
    ) {
        let path = Path::of("moveSlots");
        let count = schedule.slots.len();
        let days = match (was.starts_on, row.starts_on) {
            _ if count == 0 => return,
            (Some(from), Some(to)) if from != to => to - from,
            (None, _) | (_, None) if moves => {
                let message = "the first day must be known before and after, to tell how far the slots move";
                return self.problems.invalid(&path, message);
            }
            _ => return,
        };
        if !moves {
            let (day, slot) = (counted(days.num_days().abs(), "day"), counted(count, "slot"));
            let direction = if days > Duration::zero() { "later" } else { "earlier" };
            self.problems.notes.push(format!(
                "the first day is {day} {direction} now, and {slot} stayed at their times: moveSlots: true moves them, too"
            ));
            return;
        }
        for slot in &mut schedule.slots {
            let length = slot.ends_at - slot.starts_at;
            let later = |instant| LocalTime::days_later(instant, days, &schedule.zone);
            match (later(slot.starts_at), later(slot.ends_at)) {
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

/// `1 slot`, `2 slots`.
fn counted(count: impl ToString, what: &str) -> String {
    let count = count.to_string();
    format!("{count} {what}{}", if count == "1" { "" } else { "s" })
}
