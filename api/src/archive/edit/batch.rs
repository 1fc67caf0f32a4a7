//! Several edits as one write. They run one after the other, each on what those before it left. What the schedule must
//! be is checked once, over the end result. The log gets the difference between the beginning and the end.

use std::collections::{BTreeMap, HashMap};

use async_graphql::{InputObject, MaybeUndefined, OneofObject};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    AppearanceInput, CompanyInput, CompanyPatch, ConferenceInput, ConferencePatch, Edit, EditionInput, EditionPatch,
    InvolvementInput, LinkInput, LinkPatch, PlaylistInput, PlaylistPatch, RecordingInput, RecordingPatch, RoomInput,
    RoomPatch, SlotInput, SlotMove, SlotPatch, SpeakerInput, SpeakerPatch, SponsorTierInput, SponsorshipInput,
    TalkInput, TalkPatch, TrackInput, TrackPatch, placement::Placement,
};
use crate::{
    archive::store::{
        load::RowScope,
        rows::{NodeRow, Rows, nodes},
    },
    error::Result,
    scalars::{Id, Revision},
};

/// Defines the input of the mutation `edit`: a member for each mutation, of its name and with its arguments. The
/// descriptions are those of the mutation (`schema/descriptions.rs`).
macro_rules! edits {
    ($($variant:ident($edit:ident) = $method:ident { $($argument:ident: $type:ty),+ })+) => {
        /// One edit among several: the arguments of exactly one mutation.
        #[derive(Clone, Debug, OneofObject)]
        pub enum EditInput {
            $($variant($edit),)+
            MoveSlots(SlotMove),
        }

        $(
            #[derive(Clone, Debug, InputObject)]
            pub struct $edit {
                $($argument: $type,)+
            }
        )+

        impl Edit {
            /// Calls the mutation of an edit.
            async fn run(&mut self, edit: EditInput) -> Result<()> {
                match edit {
                    $(EditInput::$variant($edit { $($argument),+ }) => {
                        Box::pin(self.$method($($argument),+)).await
                    })+
                    EditInput::MoveSlots(given) => Box::pin(self.move_slots(given)).await,
                }
            }
        }
    };
}

edits! {
    CreateConference(CreateConferenceEdit) = create_conference { input: ConferenceInput }
    UpdateConference(UpdateConferenceEdit) =
        update_conference { id: Id, input: ConferencePatch, if_revision: Option<Revision> }
    CreateEdition(CreateEditionEdit) = create_edition { input: EditionInput }
    UpdateEdition(UpdateEditionEdit) = update_edition {
        id: Id, input: EditionPatch, move_slots: Option<bool>, if_revision: Option<Revision>
    }
    CreateTalk(CreateTalkEdit) = create_talk { input: TalkInput }
    UpdateTalk(UpdateTalkEdit) = update_talk { id: Id, input: TalkPatch, if_revision: Option<Revision> }
    ScheduleSlot(ScheduleSlotEdit) = schedule_slot { input: SlotInput }
    UpdateSlot(UpdateSlotEdit) = update_slot { id: Id, input: SlotPatch, if_revision: Option<Revision> }
    SwapSlots(SwapSlotsEdit) = swap_slots { a: Id, b: Id }
    CreateSpeaker(CreateSpeakerEdit) = create_speaker { input: SpeakerInput }
    UpdateSpeaker(UpdateSpeakerEdit) = update_speaker { id: Id, input: SpeakerPatch, if_revision: Option<Revision> }
    CreateCompany(CreateCompanyEdit) = create_company { input: CompanyInput }
    UpdateCompany(UpdateCompanyEdit) = update_company { id: Id, input: CompanyPatch, if_revision: Option<Revision> }
    SetAppearances(SetAppearancesEdit) =
        set_appearances { talk: Id, appearances: Vec<AppearanceInput>, if_revision: Option<Revision> }
    SetSponsors(SetSponsorsEdit) = set_sponsors {
        edition: Id,
        tiers: Vec<SponsorTierInput>,
        untiered: MaybeUndefined<Vec<SponsorshipInput>>,
        if_revision: Option<Revision>
    }
    AddRecording(AddRecordingEdit) = add_recording { input: RecordingInput }
    UpdateRecording(UpdateRecordingEdit) =
        update_recording { id: Id, input: RecordingPatch, if_revision: Option<Revision> }
    AttachRecording(AttachRecordingEdit) =
        attach_recording { talk: Id, recording: Id, start_seconds: Option<i32>, end_seconds: Option<i32> }
    DetachRecording(DetachRecordingEdit) = detach_recording { talk: Id, recording: Id }
    AddLink(AddLinkEdit) = add_link { to: Id, input: LinkInput }
    UpdateLink(UpdateLinkEdit) = update_link { id: Id, input: LinkPatch, if_revision: Option<Revision> }
    CreateRoom(CreateRoomEdit) = create_room { input: RoomInput }
    UpdateRoom(UpdateRoomEdit) = update_room { id: Id, input: RoomPatch, if_revision: Option<Revision> }
    CreateTrack(CreateTrackEdit) = create_track { input: TrackInput }
    UpdateTrack(UpdateTrackEdit) = update_track { id: Id, input: TrackPatch, if_revision: Option<Revision> }
    AddPlaylist(AddPlaylistEdit) = add_playlist { input: PlaylistInput }
    UpdatePlaylist(UpdatePlaylistEdit) = update_playlist { id: Id, input: PlaylistPatch, if_revision: Option<Revision> }
    SetInvolvements(SetInvolvementsEdit) =
        set_involvements { edition: Id, involvements: Vec<InvolvementInput>, if_revision: Option<Revision> }
    Delete(DeleteEdit) = delete { id: Id, if_revision: Option<Revision> }
}

/// What several edits leave to be checked or answered after the last of them.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The id of what each edit is about.
    pub results: Vec<Option<Uuid>>,
    /// The revisions of things before the first edit of them.
    pub former_revisions: HashMap<Uuid, i64>,
    /// The slots that are placed, by edition.
    pub placements: BTreeMap<Uuid, Vec<Placement>>,
    /// The editions with other days, each with the index of the edit.
    pub redated: BTreeMap<Uuid, usize>,
}

impl Edit {
    /// Makes several edits. Each is written at first by itself, so that the next one sees it. Then the tables go back
    /// to the beginning, and the difference to the end result is what is written and logged.
    pub async fn edit(&mut self, edits: Vec<EditInput>) -> Result<()> {
        let beginning = (self.write.revision, self.write.totals, self.write.report.clone());
        self.write.transaction.execute_unprepared("SAVEPOINT edits").await?;
        let mut touched = RowScope::default();
        for (index, edit) in edits.into_iter().enumerate() {
            self.problems.edit = Some(index);
            self.step(edit, &mut touched).await?;
        }
        self.check_end_result().await?;
        self.problems.edit = None;
        self.problems.found.sort_by_key(|mistake| mistake.path.first().and_then(|edit| edit.parse::<usize>().ok()));
        if !self.problems.found.is_empty() {
            return Ok(());
        }
        self.desired = Rows::load(&self.write.transaction, Some(&touched)).await?;
        self.write.transaction.execute_unprepared("ROLLBACK TO SAVEPOINT edits").await?;
        (self.write.revision, self.write.totals, self.write.report) = beginning;
        self.stored = Rows::load(&self.write.transaction, Some(&touched)).await?;
        Ok(())
    }

    /// Makes one edit and writes it, unless it has a mistake. Adds the things that changed to a scope.
    async fn step(&mut self, edit: EditInput, touched: &mut RowScope) -> Result<()> {
        let mistakes = self.problems.count();
        self.run(edit).await?;
        let id = self.subject.take().map(|(_, id)| id);
        self.batch.results.push(id);
        self.remember_revisions();
        let (stored, desired) = (std::mem::take(&mut self.stored), std::mem::take(&mut self.desired));
        if self.problems.count() == mistakes {
            let difference = self.write.change(&stored, desired).await?;
            difference.changes.iter().for_each(|change| touched.add(change.kind, change.id));
        }
        Ok(())
    }

    /// Notes the revisions that things had before the first edit of them, which are those that callers have seen.
    fn remember_revisions(&mut self) {
        macro_rules! remember {
            ($($rows:ident: $table:ident $kind:literal,)+) => {
                $(for row in &self.stored.$rows {
                    self.batch.former_revisions.entry(row.id).or_insert(row.revision());
                })+
            };
        }
        nodes!(remember);
    }

    /// Checks the schedules that the edits left.
    async fn check_end_result(&mut self) -> Result<()> {
        for (edition, edit) in std::mem::take(&mut self.batch.redated) {
            self.problems.edit = Some(edit);
            let schedule = self.edited_schedule(edition).await?;
            self.check_days(&schedule);
        }
        for (edition, placements) in std::mem::take(&mut self.batch.placements) {
            let schedule = self.edited_schedule(edition).await?;
            self.check_placements(&schedule, &placements).await?;
        }
        Ok(())
    }
}
