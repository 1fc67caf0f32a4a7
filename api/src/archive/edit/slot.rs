//! Slots: the time and the place of a talk, a break or a social event.

use std::collections::HashSet;

use async_graphql::MaybeUndefined;
use entity::{change, edition, room, slot, slot_sponsor, talk};
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    Edit,
    inputs::inputs,
    placement::Placement,
    problems::{Path, each, listed},
    schedule::EditedSchedule,
};
use crate::{
    archive::store::rows::NodeRow,
    error::Result,
    resource::venue::Venue,
    rules::{self, NoSlot},
    scalars::{DateTime, Id, Revision},
    vocabulary::{SlotKind, TalkStatus},
};

inputs! {
    /// A slot to add to the schedule: of a talk, or of a break or a social event, which has a kind and a title instead.
    input SlotInput,
    /// The fields of a slot to change. A field that is left out is unchanged. The talk of a slot cannot change.
    patch SlotPatch of slot,
    only {
        /// The slug of the edition to whose schedule the slot is added.
        edition: String,
        /// The id of the talk that is given in the slot. A talk of another edition, a withdrawn talk and a talk in a
        /// block are refused (INVALID). If it is left out or null, the slot has no talk and needs a kind and a title.
        talk: Option<Id>,
    }
    needs {
        /// The start of the slot, with any offset: `2016-08-25T09:30:00+02:00`. It is on a conference day of the
        /// edition, or at most one day before or after (INVALID). A start that is given without an end moves a recorded
        /// end with it: the slot keeps its length.
        starts_at: DateTime [required_value],
    }
    makes {}
    may {
        /// The end of the slot, with any offset, at most 31 days after its start. An estimated end is the start of the
        /// next slot on the same conference day in the same room or without a room, and if there is none, 4 hours after
        /// the start if the kind is SOCIAL and 30 minutes after it otherwise.
        ends_at: DateTime => "it is estimated",
        /// Whether the slot is announced as open-ended ("until late").
        is_open_ended: bool [value_or_default] => "it is false",
        /// The slug or the name of a room of the edition. A room that the edition does not have is refused (NOT_FOUND),
        /// unless `createRoom` is true.
        room: String => "there is none",
        /// The kind of a slot without a talk: BREAK, MEAL, REGISTRATION, SOCIAL or OTHER. A slot with a talk is always
        /// of the kind TALK.
        kind: SlotKind => "a slot without a talk is refused",
        /// The title of a slot without a talk. It is one line of up to 500 characters. A slot with a talk has the title
        /// of the talk and takes no other (INVALID).
        title: String => "a slot without a talk is refused",
        /// The place of the slot, if it is not at the edition's venue. It replaces a recorded place as a whole.
        place: Venue [place] => "it is the edition's venue",
        /// The slugs of the companies that pay for the break or the social event, each once.
        sponsors: Vec<String> => "there are none",
    }
    flags {
        /// Whether a room that the edition does not have is created, with the name that `room` gives.
        create_room,
    }
}

impl Edit {
    /// Adds a slot to the schedule.
    pub async fn schedule_slot(&mut self, input: SlotInput) -> Result<()> {
        let path = Path::input();
        let Some(edition_id) = self.by_slug(edition::Model::KIND, None, &input.edition, &path.at("edition")).await?
        else {
            return Ok(());
        };
        let mut schedule = self.edited_schedule(edition_id).await?;
        let number = self.next_number(edition_id, &schedule).await?;
        let talk_id = match input.talk {
            Some(talk) => self.talk_to_schedule(talk, edition_id).await?,
            None => None,
        };
        let mut row = slot::Model {
            id: self.new_subject::<slot::Model>(),
            edition_id,
            number,
            kind: SlotKind::Talk.to_value(),
            end_is_estimated: true,
            talk_id,
            ..Default::default()
        };
        schedule.estimated.insert(row.id);
        let patch = input.patch();
        if input.talk.is_none() {
            for (name, missing) in [("kind", patch.kind.is_undefined()), ("title", patch.title.is_undefined())] {
                if missing {
                    let message = format!("a slot has a talk, or a kind and a title: {name} is missing");
                    self.problems.add(super::UserErrorCode::Required, &path.at(name), message);
                }
            }
        }
        self.slot_fields(patch, &mut row, input.talk.is_some(), &mut schedule).await?;
        self.place_slot(row, schedule).await
    }

    /// Changes a slot.
    pub async fn update_slot(&mut self, id: Id, patch: SlotPatch, seen: Option<Revision>) -> Result<()> {
        let Some(mut row) = self.subject::<slot::Model>(id, "id", seen).await? else { return Ok(()) };
        let mut schedule = self.edited_schedule(row.edition_id).await?;
        let (started_at, is_talks, has_end) = (row.starts_at, row.talk_id.is_some(), !patch.ends_at.is_undefined());
        self.slot_fields(patch, &mut row, is_talks, &mut schedule).await?;
        if !has_end {
            schedule.keep_length(&mut row, started_at);
        }
        self.place_slot(row, schedule).await
    }

    async fn place_slot(&mut self, row: slot::Model, schedule: EditedSchedule) -> Result<()> {
        let path = Path::input();
        let placement = Placement {
            slot: row.id,
            start: path.at("startsAt"),
            end: path.at("endsAt"),
            room: path.at("room"),
            is_one_of_several: false,
            edit: None,
        };
        self.place(vec![(row, placement)], schedule).await
    }

    async fn slot_fields(
        &mut self,
        patch: SlotPatch,
        row: &mut slot::Model,
        is_talks: bool,
        schedule: &mut EditedSchedule,
    ) -> Result<()> {
        let path = Path::input();
        let problems = &mut self.problems;
        patch.put_columns(problems, row);
        match patch.ends_at {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Null => {
                row.end_is_estimated = true;
                schedule.estimated.insert(row.id);
            }
            MaybeUndefined::Value(at) => {
                (row.ends_at, row.end_is_estimated) = (at.utc(), false);
                schedule.estimated.remove(&row.id);
            }
        }
        problems.kind_and_title(patch.kind, patch.title, row, is_talks);
        match patch.room {
            MaybeUndefined::Undefined => self.load_all::<room::Model>(row.edition_id).await?,
            MaybeUndefined::Null => row.room_id = None,
            MaybeUndefined::Value(name) => {
                let may_create = Some(patch.create_room.unwrap_or_default());
                row.room_id = self.room_named(row.edition_id, &name, may_create, &path.at("room")).await?
            }
        }
        match listed(patch.sponsors) {
            Some(sponsors) => self.slot_sponsors(row.id, sponsors).await,
            None => Ok(()),
        }
    }

    async fn slot_sponsors(&mut self, slot_id: Uuid, slugs: Vec<String>) -> Result<()> {
        let path = Path::input().at("sponsors");
        let companies = self.named("Company", None, slugs.clone()).await?;
        self.desired.slot_sponsors.clear();
        let mut seen = HashSet::new();
        for (position, path, slug) in each(&path, slugs) {
            let Some(company_id) = self.reference(&companies, "Company", &slug, &path) else { continue };
            if !seen.insert(company_id) {
                self.problems.invalid(&path, format!("\"{slug}\" is there twice"));
            }
            self.desired.slot_sponsors.push(slot_sponsor::Model { slot_id, position, company_id });
        }
        Ok(())
    }

    /// The id of the talk of a new slot.
    async fn talk_to_schedule(&mut self, id: Id, edition: Uuid) -> Result<Option<Uuid>> {
        let path = Path::input().at("talk");
        let Some(id) = self.find::<talk::Model>(id, &path).await? else { return Ok(None) };
        let talk = talk::Entity::find_by_id(id).one(&self.write.transaction).await?;
        if let Some(talk) = talk {
            if talk.edition_id != edition {
                self.problems.invalid(&path, "that is a talk of another edition");
            }
            for why in rules::no_slot(TalkStatus::try_from_value(&talk.status)?, talk.block_id.is_some()) {
                let why = match why {
                    NoSlot::Withdrawn => "that talk was withdrawn, and so has no slot",
                    NoSlot::InBlock => "that talk is given in a block, and so has no slot of its own",
                };
                self.problems.invalid(&path, why);
            }
        }
        Ok(Some(id))
    }

    /// The number of a new slot. No slot of the edition ever had it, since apps identify slots by their numbers.
    async fn next_number(&self, edition: Uuid, schedule: &EditedSchedule) -> Result<i32> {
        let gone = change::Entity::find()
            .filter(change::Column::EditionId.eq(edition))
            .filter(change::Column::Kind.eq(slot::Model::KIND))
            .filter(change::Column::Operation.eq("DELETED"));
        let gone = gone.all(&self.write.transaction).await?;
        let gone =
            gone.iter().filter_map(|change| i32::try_from(change.before.as_ref()?.get("number")?.as_i64()?).ok());
        let used = schedule.numbers();
        let last = used.iter().copied().chain(gone).max().unwrap_or_default();
        // A document may have used the largest number. Then the first free one is taken.
        let free = || (1..=i32::MAX).find(|number| !used.contains(number)).unwrap_or(i32::MAX);
        Ok(last.checked_add(1).unwrap_or_else(free))
    }
}

impl super::UserErrors {
    fn kind_and_title(
        &mut self,
        kind: MaybeUndefined<SlotKind>,
        title: MaybeUndefined<String>,
        row: &mut slot::Model,
        is_talks: bool,
    ) {
        let path = Path::input();
        if is_talks {
            if !matches!(kind, MaybeUndefined::Undefined | MaybeUndefined::Value(SlotKind::Talk)) {
                self.invalid(&path.at("kind"), "the slot is a talk's, and so of kind TALK");
            }
            if !title.is_undefined() {
                self.invalid(&path.at("title"), "the slot is a talk's, and called as the talk is");
            }
            return;
        }
        match kind {
            MaybeUndefined::Undefined => {}
            MaybeUndefined::Value(kind) if kind != SlotKind::Talk => row.kind = kind.to_value(),
            _ => self.invalid(&path.at("kind"), "the slot is no talk's: BREAK, MEAL, REGISTRATION, SOCIAL or OTHER"),
        }
        let mut text = row.title.take().unwrap_or_default();
        self.line(&path.at("title"), title, &mut text);
        row.title = Some(text);
    }
}
