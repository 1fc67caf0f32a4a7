//! Slots at the same time in one room, or with one speaker.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use entity::{appearance, room, slot, speaker, talk};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{Edit, UserErrorCode, placement::Placement, problems::Path, schedule::EditedSchedule};
use crate::{
    archive::store::rows::NodeRow,
    database::{among, backend, name},
    error::Result,
    scalars::TimeZone,
    vocabulary::TalkStatus,
};

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
    /// Reports each slot that one of the placed slots overlaps with and did not before.
    pub(super) async fn overlaps(
        &mut self,
        placed: &[(&Placement, &slot::Model)],
        schedule: &EditedSchedule,
    ) -> Result<()> {
        let former = placed.first().and_then(|(_, row)| self.former_slots.remove(&row.edition_id)).unwrap_or_default();
        let meetings = meetings(placed, schedule, &former);
        if meetings.is_empty() {
            return Ok(());
        }
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
        self.same_room(&meetings, &titles, &schedule.zone).await?;
        self.same_people(&meetings, &titles, &schedule.zone).await
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
            let (what, advice) = match meeting.row.room_id.map(|id| names.get(&id)) {
                Some(room) => {
                    let room = room.map_or("its room", String::as_str);
                    (format!("\"{title}\" is in {room} then ({span})"), "take another time or room")
                }
                None => (
                    format!("\"{title}\" is on then ({span}), and neither has a room"),
                    "take another time, give it a room",
                ),
            };
            self.overlap(meeting, titles, &meeting.placement.room, &what, advice);
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
                    let what = format!("{} is in \"{title}\" then ({})", one.name, span(meeting.other, zone));
                    self.overlap(meeting, titles, &meeting.placement.start, &what, "take another time");
                }
            }
        }
        Ok(())
    }

    /// Reports an overlap: a mistake, or a note if it is forced.
    fn overlap(&mut self, meeting: &Meeting<'_>, titles: &Titles, path: &Path, what: &str, advice: &str) {
        self.problems.edit = meeting.placement.edit;
        let slot = meeting.placement.prefix(meeting.row, titles.of(meeting.row));
        if self.force {
            self.problems.notes.push(format!("forced: {slot}{what}"));
        } else {
            self.problems.add(UserErrorCode::Conflict, path, format!("{slot}{what}: {advice}, or force it"));
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

/// The time of a slot in the time zone of the edition.
fn span(slot: &slot::Model, zone: &TimeZone) -> String {
    let local = |at: DateTime<Utc>| at.with_timezone(&zone.0);
    format!("{}\u{2013}{}", local(slot.starts_at).format("%Y-%m-%d %H:%M"), local(slot.ends_at).format("%H:%M"))
}
