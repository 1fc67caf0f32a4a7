//! Moving several slots at once: two that swap their places, or many that move together.

use std::collections::HashSet;

use chrono::Duration;
use entity::{edition, slot};
use sea_orm::{EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Edit, UserErrorCode, placement::Placement, problems::Path, schedule::EditedSchedule};
use crate::{
    archive::store::rows::NodeRow,
    database::{among, backend},
    error::Result,
    resource::day::Day,
    rules,
    scalars::{Date, DateTime, Id, Instant, check_instant},
};

/// The largest distance of a move in minutes, some ten years: a larger one is taken for a mistake.
const FARTHEST: i32 = 10 * 366 * 24 * 60;

/// A move of several slots of one edition: those of some ids, or those that match an edition, a day, a start and a
/// room.
#[derive(Clone, Debug, async_graphql::InputObject)]
#[graphql(name = "MoveSlotsEdit")]
pub struct SlotMove {
    pub ids: Option<Vec<Id>>,
    pub edition: Option<String>,
    pub day: Option<Date>,
    pub from: Option<DateTime>,
    pub in_room: Option<String>,
    pub by_minutes: Option<i32>,
    pub room: Option<String>,
}

impl Edit {
    /// Swaps the times, the rooms and the places of two slots.
    pub async fn swap_slots(&mut self, a: Id, b: Id) -> Result<()> {
        let Some(mut schedule) = self.schedule_of(&[(a, Path::of("a")), (b, Path::of("b"))]).await? else {
            return Ok(());
        };
        let (Some(first), Some(second)) = (schedule.slot(a.0).cloned(), schedule.slot(b.0).cloned()) else {
            return Ok(());
        };
        let in_place_of = |row: &slot::Model, other: &slot::Model| slot::Model {
            starts_at: other.starts_at,
            ends_at: other.ends_at,
            end_is_estimated: other.end_is_estimated,
            is_open_ended: other.is_open_ended,
            room_id: other.room_id,
            place: other.place.clone(),
            ..row.clone()
        };
        schedule.swap_estimates(a.0, b.0);
        let place = |row: slot::Model, argument: &str| (row.clone(), placement(&row, &Path::of(argument), None));
        self.listed = vec![a.0, b.0];
        let rows = vec![place(in_place_of(&first, &second), "a"), place(in_place_of(&second, &first), "b")];
        self.place(rows, schedule).await
    }

    /// Moves slots together: by a number of minutes, to another room, or both.
    pub async fn move_slots(&mut self, given: SlotMove) -> Result<()> {
        if given.by_minutes.is_none() && given.room.is_none() {
            let message = "byMinutes, room or both say where the slots move";
            self.problems.add(UserErrorCode::Required, &Path::of("byMinutes"), message);
        }
        let minutes = given.by_minutes.unwrap_or_default();
        if given.by_minutes == Some(0) && given.room.is_none() {
            self.problems.invalid(&Path::of("byMinutes"), "0 minutes move nothing");
        }
        if !(-FARTHEST..=FARTHEST).contains(&minutes) {
            let message = format!("{minutes} minutes are too many: {FARTHEST} are the most");
            self.problems.invalid(&Path::of("byMinutes"), message);
            return Ok(());
        }
        let Some((schedule, ids)) = self.slots_to_move(&given).await? else { return Ok(()) };
        let room = match (&given.room, ids.first().and_then(|id| schedule.slot(*id))) {
            (Some(name), Some(row)) => self.room_named(row.edition_id, name, None, &Path::of("room")).await?,
            _ => None,
        };
        let argument = if given.by_minutes.is_some() { "byMinutes" } else { "room" };
        let room_argument = if given.room.is_some() { "room" } else { argument };
        let chosen: HashSet<Uuid> = ids.iter().copied().collect();
        let rows = schedule.slots.iter().filter(|row| chosen.contains(&row.id)).cloned().map(|mut row| {
            let started_at = row.starts_at;
            let moved = row.starts_at.checked_add_signed(Duration::minutes(minutes.into()));
            row.starts_at = moved.unwrap_or(row.starts_at);
            schedule.keep_length(&mut row, started_at);
            row.room_id = room.or(row.room_id);
            let placement = placement(&row, &Path::of(argument), Some(&Path::of(room_argument)));
            (row, placement)
        });
        let rows: Vec<(slot::Model, Placement)> = rows.collect();
        for (row, _) in &rows {
            self.problems.check(&Path::of("byMinutes"), check_instant(row.ends_at, Instant(row.ends_at)));
            self.problems.check(&Path::of("byMinutes"), check_instant(row.starts_at, Instant(row.starts_at)));
        }
        self.listed = ids;
        self.place(rows, schedule).await
    }

    /// The schedule of an edition, and the ids of its slots to move.
    async fn slots_to_move(&mut self, given: &SlotMove) -> Result<Option<(EditedSchedule, Vec<Uuid>)>> {
        let selects = given.day.is_some() || given.from.is_some() || given.in_room.is_some();
        match (&given.ids, &given.edition) {
            (Some(ids), None) if !selects && !ids.is_empty() => {
                let path = Path::of("ids");
                let ids: Vec<(Id, Path)> = ids.iter().enumerate().map(|(index, id)| (*id, path.at(index))).collect();
                let schedule = self.schedule_of(&ids).await?;
                Ok(schedule.map(|schedule| (schedule, ids.into_iter().map(|(id, _)| id.0).collect())))
            }
            (None, Some(slug)) => self.slots_that_match(slug, given).await,
            _ => {
                let message = "the slots are named by ids, or by an edition with day, from and inRoom as needed";
                self.problems.invalid(&Path::of("ids"), message);
                Ok(None)
            }
        }
    }

    /// The schedule of an edition, and the ids of its slots on a day, from a time on, in a room.
    async fn slots_that_match(&mut self, slug: &str, given: &SlotMove) -> Result<Option<(EditedSchedule, Vec<Uuid>)>> {
        let path = Path::of("edition");
        let Some(edition) = self.by_slug(edition::Model::KIND, None, slug, &path).await? else { return Ok(None) };
        let room = match &given.in_room {
            None => None,
            Some(name) => match self.room_named(edition, name, None, &Path::of("inRoom")).await? {
                Some(room) => Some(room),
                None => return Ok(None),
            },
        };
        let schedule = self.edited_schedule(edition).await?;
        let matches = |row: &&slot::Model| {
            given.day.is_none_or(|day| Day::date_of(row.starts_at, &schedule.zone) == day)
                && given.from.is_none_or(|from| row.starts_at >= from.utc())
                && room.is_none_or(|room| row.room_id == Some(room))
        };
        let mut rows: Vec<&slot::Model> = schedule.slots.iter().filter(matches).collect();
        rows.sort_by_key(|row| (row.starts_at, row.id));
        let ids: Vec<Uuid> = rows.into_iter().map(|row| row.id).collect();
        if ids.is_empty() {
            let days = schedule.days.map(|days| format!(", which {}", rules::days_in_words(days))).unwrap_or_default();
            let message = format!("no slot of the edition \"{slug}\"{days}, matches day, from and inRoom");
            self.problems.not_found(&path, message);
            return Ok(None);
        }
        Ok(Some((schedule, ids)))
    }

    /// The schedule that slots are in. It is a mistake if one does not exist, is there twice, or is in another
    /// edition than the first.
    async fn schedule_of(&mut self, ids: &[(Id, Path)]) -> Result<Option<EditedSchedule>> {
        let database = &self.write.transaction;
        let wanted: Vec<Uuid> = ids.iter().map(|(id, _)| id.0).collect();
        let rows =
            slot::Entity::find().filter(among(backend(database), slot::Column::Id, &wanted)).all(database).await?;
        let found = self.problems.count();
        let mut edition = None;
        for (index, (id, path)) in ids.iter().enumerate() {
            let Some(row) = rows.iter().find(|row| row.id == id.0) else {
                self.problems.not_found(path, format!("there is no slot of the id {id}"));
                continue;
            };
            if wanted[..index].contains(&id.0) {
                self.problems.invalid(path, "that slot is there twice");
            }
            if *edition.get_or_insert(row.edition_id) != row.edition_id {
                self.problems.invalid(path, "that is a slot of another edition: slots of one edition move together");
            }
        }
        match edition.filter(|_| self.problems.count() == found) {
            Some(edition) => Ok(Some(self.edited_schedule(edition).await?)),
            None => Ok(None),
        }
    }
}

/// The placement of one of several slots, by one argument, and by another one of its room.
fn placement(row: &slot::Model, argument: &Path, room: Option<&Path>) -> Placement {
    Placement {
        slot: row.id,
        start: argument.clone(),
        end: argument.clone(),
        room: room.unwrap_or(argument).clone(),
        is_one_of_several: true,
        edit: None,
    }
}
