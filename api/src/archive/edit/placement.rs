//! The checks of slots that an edit places in a schedule: their times, the days of the edition, and overlaps.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use entity::{appearance, room, slot, speaker, talk};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{Edit, UserErrorCode, problems::Path, schedule::EditedSchedule};
use crate::{
    archive::store::rows::NodeRow,
    database::{among, backend, name},
    error::Result,
    resource::day::Day,
    rules,
    scalars::TimeZone,
    vocabulary::TalkStatus,
};

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

/// A placed slot and another slot at the same time.
struct Meeting<'s> {
    placement: &'s Placement,
    row: &'s slot::Model,
    other: &'s slot::Model,
}

/// A speaker on stage in a talk, or in one of the talks of a block.
struct OnStage {
    speaker: Uuid,
    name: String,
    talk: Uuid,
}

/// The titles of the slots that take place. A cancelled talk does not.
struct Titles(HashMap<Uuid, String>);

impl Titles {
    fn of<'t>(&'t self, row: &'t slot::Model) -> Option<&'t str> {
        match row.talk_id {
            Some(talk) => self.0.get(&talk).map(String::as_str),
            None => row.title.as_deref(),
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
        for (row, mut placement) in rows {
            placement.edit = self.problems.edit;
            placements.push(placement);
            schedule.put(row);
        }
        self.apply_schedule(&mut schedule);
        if self.problems.edit.is_some() {
            let edition = schedule.slots.first().map(|row| row.edition_id).unwrap_or_default();
            self.placements.entry(edition).or_default().extend(placements);
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
        let former = sound.first().and_then(|(_, row)| self.former_slots.get(&row.edition_id)).cloned();
        let meetings = meetings(&sound, schedule, &former.unwrap_or_default());
        if !meetings.is_empty() {
            self.overlaps(&meetings, &schedule.zone).await?;
        }
        Ok(())
    }

    /// Checks the slots of an edition with other days or another time zone; of several edits after the last of them.
    pub(super) fn redate(&mut self, edition: Uuid, schedule: &EditedSchedule) {
        match self.problems.edit {
            Some(edit) => _ = self.redated.insert(edition, edit),
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
                "slots are more than one day outside these days, by their numbers: {}{more}: move them in the same \
                 write (edit)",
                outside.iter().take(3).cloned().collect::<Vec<_>>().join(", ")
            );
            self.problems.invalid(&Path::input().at("startsOn"), message);
        }
    }

    fn has_sound_times(&mut self, placement: &Placement, row: &slot::Model, schedule: &EditedSchedule) -> bool {
        let problems = self.problems.found.len();
        if let Some(days) = schedule.days
            && let day = Day::date_of(row.starts_at, &schedule.zone).0
            && !rules::is_near_days(day, days)
        {
            self.problems.invalid(
                &placement.start,
                format!(
                    "{}the slot is on {day}, and its edition is from {} to {}: a slot is at most one day before or \
                     after it",
                    named(placement, row.title.as_deref()),
                    days.0,
                    days.1
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
        self.problems.found.len() == problems
    }

    async fn overlaps(&mut self, meetings: &[Meeting<'_>], zone: &TimeZone) -> Result<()> {
        let database = &self.write.transaction;
        let talks: Vec<Uuid> =
            meetings.iter().flat_map(|meeting| [meeting.row.talk_id, meeting.other.talk_id]).flatten().collect();
        let confirmed = talk::Entity::find()
            .filter(among(backend(database), talk::Column::Id, &talks))
            .filter(talk::Column::Status.eq(TalkStatus::Confirmed.to_value()));
        let confirmed = confirmed.all(database).await?;
        let titles = Titles(confirmed.into_iter().map(|talk| (talk.id, talk.title)).collect());
        let meetings: Vec<&Meeting<'_>> = meetings
            .iter()
            .filter(|meeting| titles.of(meeting.row).is_some() && titles.of(meeting.other).is_some())
            .collect();
        self.same_room(&meetings, &titles, zone).await?;
        self.same_people(&meetings, &titles, zone).await
    }

    /// Reports slots in the same room. Talks without a room are taken to be in one room.
    async fn same_room(&mut self, meetings: &[&Meeting<'_>], titles: &Titles, zone: &TimeZone) -> Result<()> {
        let is_same = |meeting: &&&Meeting<'_>| {
            meeting.row.room_id == meeting.other.room_id
                && (meeting.row.room_id.is_some() || meeting.row.talk_id.and(meeting.other.talk_id).is_some())
        };
        let meetings: Vec<&&Meeting<'_>> = meetings.iter().filter(is_same).collect();
        let names = self.names_of_rooms(&meetings).await?;
        for meeting in meetings {
            let title = titles.of(meeting.other).unwrap_or_default();
            let span = span(meeting.other, zone);
            let message = match meeting.row.room_id.map(|id| names.get(&id)) {
                Some(room) => {
                    let room = room.map_or("its room", String::as_str);
                    format!("\"{title}\" is in {room} then ({span}): take another time or room, or force it")
                }
                None => format!(
                    "\"{title}\" is on then ({span}), and neither has a room: take another time, give it a room, or \
                     force it"
                ),
            };
            self.overlap(meeting, titles, &meeting.placement.room, &message);
        }
        Ok(())
    }

    async fn names_of_rooms(&self, meetings: &[&&Meeting<'_>]) -> Result<HashMap<Uuid, String>> {
        let ids: Vec<Uuid> = meetings.iter().filter_map(|meeting| meeting.row.room_id).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let database = &self.write.transaction;
        let stored =
            room::Entity::find().filter(among(backend(database), room::Column::Id, &ids)).all(database).await?;
        Ok(stored.into_iter().chain(self.desired.rooms.clone()).map(|row| (row.id(), row.name)).collect())
    }

    async fn same_people(&mut self, meetings: &[&Meeting<'_>], titles: &Titles, zone: &TimeZone) -> Result<()> {
        let of_talks = |meeting: &&Meeting<'_>| Some((meeting.row.talk_id?, meeting.other.talk_id?));
        let talks: Vec<Uuid> = meetings.iter().filter_map(of_talks).flat_map(|(own, other)| [own, other]).collect();
        if talks.is_empty() {
            return Ok(());
        }
        let mut busy: HashMap<Uuid, Vec<OnStage>> = HashMap::new();
        for one in self.on_stage(&talks).await? {
            busy.entry(one.talk).or_default().push(one);
        }
        let on_stage = |talk: Uuid| busy.get(&talk).map(Vec::as_slice).unwrap_or_default();
        for meeting in meetings {
            let Some((own, other)) = of_talks(meeting) else { continue };
            let title = titles.of(meeting.other).unwrap_or_default();
            for one in on_stage(other) {
                if on_stage(own).iter().any(|mine| mine.speaker == one.speaker) {
                    let message = format!(
                        "{} is in \"{title}\" then ({}): take another time, or force it",
                        one.name,
                        span(meeting.other, zone)
                    );
                    self.overlap(meeting, titles, &meeting.placement.start, &message);
                }
            }
        }
        Ok(())
    }

    /// Reports an overlap: a mistake, or a note if it is forced.
    fn overlap(&mut self, meeting: &Meeting<'_>, titles: &Titles, path: &Path, message: &str) {
        self.problems.edit = meeting.placement.edit;
        let message = format!("{}{message}", named(meeting.placement, titles.of(meeting.row)));
        if self.force {
            let what = message.rsplit_once(": take another").map_or(message.as_str(), |(what, _)| what);
            self.problems.notes.push(format!("forced: {what}"));
        } else {
            self.problems.add(UserErrorCode::Conflict, path, message);
        }
    }

    /// The speakers on stage in talks, and in the talks of blocks.
    async fn on_stage(&self, talks: &[Uuid]) -> Result<Vec<OnStage>> {
        let database = &self.write.transaction;
        let of_talk = |column: &str| among(backend(database), Expr::col((name("talk"), name(column))), talks);
        let mut select = Query::select();
        select
            .column((speaker::Entity, speaker::Column::Id))
            .column((speaker::Entity, speaker::Column::Name))
            .expr_as(Expr::cust("COALESCE(talk.block_id, talk.id)"), name("talk"))
            .from(appearance::Entity)
            .inner_join(
                talk::Entity,
                Expr::col((talk::Entity, talk::Column::Id))
                    .eq(Expr::col((appearance::Entity, appearance::Column::TalkId))),
            )
            .inner_join(
                speaker::Entity,
                Expr::col((speaker::Entity, speaker::Column::Id))
                    .eq(Expr::col((appearance::Entity, appearance::Column::SpeakerId))),
            )
            .and_where(talk::Column::Status.eq(TalkStatus::Confirmed.to_value()))
            .cond_where(sea_orm::Condition::any().add(of_talk("id")).add(of_talk("block_id")))
            .order_by((speaker::Entity, speaker::Column::Id), sea_orm::Order::Asc);
        let rows = database.query_all(&select).await?;
        let busy = |row: &sea_orm::QueryResult| {
            Ok(OnStage {
                speaker: row.try_get("", "id")?,
                name: row.try_get("", "name")?,
                talk: row.try_get("", "talk")?,
            })
        };
        rows.iter().map(busy).collect()
    }
}

/// The slots at the same time as a placed one. Two placed slots meet once. Two slots that met in the same way before
/// are left out: the edit did not bring them together.
fn meetings<'s>(
    placed: &[(&'s Placement, &'s slot::Model)],
    schedule: &'s EditedSchedule,
    former: &[slot::Model],
) -> Vec<Meeting<'s>> {
    let index: HashMap<Uuid, usize> = placed.iter().enumerate().map(|(index, (_, row))| (row.id, index)).collect();
    let former: HashMap<Uuid, &slot::Model> = former.iter().map(|row| (row.id, row)).collect();
    let mut meetings = Vec::new();
    for (own, (placement, row)) in placed.iter().enumerate() {
        let others = schedule.slots.iter().filter(|other| {
            other.id != row.id
                && other.starts_at < row.ends_at
                && row.starts_at < other.ends_at
                && index.get(&other.id).is_none_or(|other| *other > own)
        });
        let is_new = |other: &&slot::Model| match (former.get(&row.id), former.get(&other.id)) {
            (Some(was), Some(other_was)) => relation(was, other_was) != relation(row, other),
            _ => true,
        };
        meetings.extend(others.filter(is_new).map(|other| Meeting { placement, row, other }));
    }
    meetings
}

/// The position of a slot relative to another one.
fn relation(row: &slot::Model, other: &slot::Model) -> (Duration, Duration, Duration, bool) {
    (
        row.starts_at - other.starts_at,
        row.ends_at - row.starts_at,
        other.ends_at - other.starts_at,
        row.room_id == other.room_id,
    )
}

/// The title of a slot before a mistake, if the edit places several.
fn named(placement: &Placement, title: Option<&str>) -> String {
    let title = title.filter(|_| placement.is_one_of_several);
    title.map(|title| format!("\"{title}\": ")).unwrap_or_default()
}

/// The time of a slot in the time zone of the edition.
fn span(slot: &slot::Model, zone: &TimeZone) -> String {
    let local = |at: DateTime<Utc>| at.with_timezone(&zone.0);
    format!("{}\u{2013}{}", local(slot.starts_at).format("%Y-%m-%d %H:%M"), local(slot.ends_at).format("%H:%M"))
}
