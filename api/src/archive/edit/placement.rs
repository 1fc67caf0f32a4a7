//! The slots that an edit places in a schedule, and the checks of their times.

use chrono::Duration;
use entity::slot;
use uuid::Uuid;

use super::{Edit, problems::Path, schedule::EditedSchedule};
use crate::{error::Result, resource::day::Day, rules};

/// The longest slot: a longer one is taken for a mistake.
const LONGEST: Duration = Duration::days(31);

/// A slot that an edit places in the schedule of an edition, with the paths of the arguments that place it.
#[derive(Clone, Debug)]
pub(super) struct Placement {
    pub slot: Uuid,
    pub start: Path,
    pub end: Path,
    pub room: Path,
    /// Whether the edit places several slots, so that a mistake has to name the slot.
    pub is_one_of_several: bool,
    /// The index of the edit, if there are several.
    pub edit: Option<usize>,
}

impl Placement {
    /// What names the slot before a mistake, if the edit places several: its title, or its number.
    pub fn prefix(&self, row: &slot::Model, title: Option<&str>) -> String {
        match title {
            _ if !self.is_one_of_several => String::new(),
            Some(title) => format!("\"{title}\": "),
            None => format!("slot {}: ", row.number),
        }
    }
}

impl Edit {
    /// Puts changed slots into the schedule of their edition, and checks them; of several edits after the last of them.
    pub(super) async fn place(
        &mut self,
        rows: Vec<(slot::Model, Placement)>,
        mut schedule: EditedSchedule,
    ) -> Result<()> {
        let mut placements = Vec::new();
        let edition = rows.first().map(|(row, _)| row.edition_id).unwrap_or_default();
        for (row, mut placement) in rows {
            placement.edit = self.problems.edit;
            placements.push(placement);
            schedule.put(row);
        }
        self.apply_schedule(&mut schedule);
        if self.problems.edit.is_some() {
            self.batch.placements.entry(edition).or_default().extend(placements);
            return Ok(());
        }
        self.check_placements(&schedule, &placements).await
    }

    /// Reports slots with impossible times, slots outside the edition's days, and every slot that one of them overlaps
    /// with, in its room or by a speaker.
    pub(super) async fn check_placements(&mut self, schedule: &EditedSchedule, placements: &[Placement]) -> Result<()> {
        let placed = placements.iter().filter_map(|placement| Some((placement, schedule.slot(placement.slot)?)));
        let placed: Vec<(&Placement, &slot::Model)> = placed.collect();
        let mut sound = Vec::new();
        for (placement, row) in &placed {
            self.problems.edit = placement.edit;
            if self.has_sound_times(placement, row, schedule) {
                sound.push((*placement, *row));
            }
        }
        self.overlaps(&sound, schedule).await
    }

    /// Checks the slots of an edition with other days or another time zone; of several edits after the last of them.
    pub(super) fn redate(&mut self, edition: Uuid, schedule: &EditedSchedule) {
        match self.problems.edit {
            Some(edit) => _ = self.batch.redated.insert(edition, edit),
            None => self.check_days(schedule),
        }
    }

    /// Reports the slots that are outside the days of their edition.
    pub(super) fn check_days(&mut self, schedule: &EditedSchedule) {
        let Some(days) = schedule.days else { return };
        let day = |row: &slot::Model| Day::date_of(row.starts_at, &schedule.zone).0;
        let outside = schedule.slots.iter().filter(|row| !rules::is_near_days(day(row), days));
        let outside: Vec<String> = outside.map(|row| format!("{} on {}", row.number, day(row))).collect();
        if !outside.is_empty() {
            let more = if outside.len() > 3 { ", …" } else { "" };
            let message = format!(
                "slots are more than one day outside these days, by their numbers: {}{more}: moveSlots: true \
                 moves all slots with the first day, and edit moves some in the same write",
                outside.iter().take(3).cloned().collect::<Vec<_>>().join(", ")
            );
            self.problems.invalid(&Path::input().at("startsOn"), message);
        }
    }

    fn has_sound_times(&mut self, placement: &Placement, row: &slot::Model, schedule: &EditedSchedule) -> bool {
        let problems = self.problems.count();
        // A slot that stays where it is may be edited in other ways.
        let former = self.former_slots.get(&row.edition_id).into_iter().flatten().find(|former| former.id == row.id);
        if let Some(days) = schedule.days.filter(|_| former.is_none_or(|former| former.starts_at != row.starts_at))
            && let day = Day::date_of(row.starts_at, &schedule.zone).0
            && !rules::is_near_days(day, days)
        {
            self.problems.invalid(
                &placement.start,
                format!(
                    "{}the slot is on {day}, and its edition {}: a slot is at most one day before or after it",
                    placement.prefix(row, row.title.as_deref()),
                    rules::days_in_words(days),
                ),
            );
        }
        if !rules::ends_after_start(row.starts_at, row.ends_at) {
            self.problems.invalid(
                &placement.end,
                "the slot ends before it starts: give both times, or null to estimate the end",
            );
        } else if row.ends_at - row.starts_at > LONGEST {
            self.problems.invalid(
                &placement.end,
                format!("the slot is longer than {} days: no schedule has such a slot", LONGEST.num_days()),
            );
        }
        self.problems.count() == problems
    }
}
