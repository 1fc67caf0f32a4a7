//! The root of all mutations, one method each.

use async_graphql::{Context, MaybeUndefined, Object};

use super::payload::{
    CompanyPayload, ConferencePayload, DeletePayload, EditPayload, EditionPayload, LinkPayload, Payload,
    PlaylistPayload, RecordingPayload, RoomPayload, SlotPayload, SlotsPayload, SpeakerPayload, TalkPayload,
    TrackPayload, begin,
};
use crate::{
    archive::edit::{
        AppearanceInput, CompanyInput, CompanyPatch, ConferenceInput, ConferencePatch, EditInput, EditionInput,
        EditionPatch, InvolvementInput, LinkInput, LinkPatch, PlaylistInput, PlaylistPatch, RecordingInput,
        RecordingPatch, RoomInput, RoomPatch, SlotInput, SlotMove, SlotPatch, SpeakerInput, SpeakerPatch,
        SponsorTierInput, SponsorshipInput, TalkInput, TalkPatch, TrackInput, TrackPatch,
    },
    error::Result,
    scalars::{Date, DateTime, Id, Revision},
};

/// The root of all writes.
pub struct Mutation;

/// The root of all mutations. They need a token (`lectern token create`) in the header `Authorization: Bearer …`;
/// without a valid one, the request fails with the error code UNAUTHENTICATED, and with one for another conference,
/// with FORBIDDEN. Each mutation is written as a whole or not at all, and is recorded in the change log. The mutations
/// of one request run one after the other. Mistakes that the caller can correct are returned as `userErrors`, all at
/// once, and nothing is written: among them, for every mutation, INVALID for a value that is not possible and REQUIRED
/// for one that is missing.
#[Object]
impl Mutation {
    /// Creates a conference. A slug that another conference has or had is refused (TAKEN).
    async fn create_conference(&self, ctx: &Context<'_>, input: ConferenceInput) -> Result<ConferencePayload> {
        let mut edit = begin(ctx).await?;
        edit.create_conference(input).await?;
        ConferencePayload::finish(ctx, edit).await
    }

    /// Changes the fields of a conference. It is refused if there is no such conference (NOT_FOUND), if it has changed
    /// since `ifRevision` (CONFLICT), or if its new slug is another one's (TAKEN).
    async fn update_conference(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: ConferencePatch,
        if_revision: Option<Revision>,
    ) -> Result<ConferencePayload> {
        let mut edit = begin(ctx).await?;
        edit.update_conference(id, input, if_revision).await?;
        ConferencePayload::finish(ctx, edit).await
    }

    /// Creates an edition of a conference. It is refused if there is no such conference (NOT_FOUND), or if another
    /// edition has or had the slug or has the acronym (TAKEN).
    async fn create_edition(&self, ctx: &Context<'_>, input: EditionInput) -> Result<EditionPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_edition(input).await?;
        EditionPayload::finish(ctx, edit).await
    }

    /// Changes the fields of an edition. It is refused if there is no such edition (NOT_FOUND), if it has changed since
    /// `ifRevision` (CONFLICT), or if its new slug or acronym is another one's (TAKEN). Sponsors and involvements have
    /// mutations of their own. If `moveSlots` is true, all slots move by as many days as the first day does, and keep
    /// their local times. Otherwise they stay at their instants, and a note says so if the first day or the time zone changed.
    async fn update_edition(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: EditionPatch,
        move_slots: Option<bool>,
        if_revision: Option<Revision>,
    ) -> Result<EditionPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_edition(id, input, move_slots, if_revision).await?;
        EditionPayload::finish(ctx, edit).await
    }

    /// Creates a talk, with its appearances. It has no time until `scheduleSlot` adds a slot. It is refused if there is
    /// no such edition, track, speaker or company (NOT_FOUND), or if another talk of the edition has or had the slug
    /// (TAKEN).
    async fn create_talk(&self, ctx: &Context<'_>, input: TalkInput) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_talk(input).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a talk. A talk that becomes WITHDRAWN loses its slots; one that becomes CANCELLED keeps
    /// them. It is refused if there is no such talk (NOT_FOUND), if it has changed since `ifRevision` (CONFLICT), or if
    /// its new slug is another one's (TAKEN). Appearances have a mutation of their own.
    async fn update_talk(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: TalkPatch,
        if_revision: Option<Revision>,
    ) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_talk(id, input, if_revision).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Adds a slot to the schedule of an edition: of a talk, or of a break or a social event. It is refused if it
    /// overlaps another slot in its room or by its speakers (CONFLICT), unless `force` allows it. Cancelled talks do
    /// not count.
    async fn schedule_slot(
        &self,
        ctx: &Context<'_>,
        input: SlotInput,
        #[graphql(default)] force: bool,
    ) -> Result<SlotPayload> {
        let mut edit = begin(ctx).await?.forced(force);
        edit.schedule_slot(input).await?;
        SlotPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a slot: moves a talk, renames a break. A new time or room that overlaps another slot in
    /// the room or by the speakers is refused (CONFLICT), unless `force` allows it; so is a slot that has changed since
    /// `ifRevision`.
    async fn update_slot(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: SlotPatch,
        #[graphql(default)] force: bool,
        if_revision: Option<Revision>,
    ) -> Result<SlotPayload> {
        let mut edit = begin(ctx).await?.forced(force);
        edit.update_slot(id, input, if_revision).await?;
        SlotPayload::finish(ctx, edit).await
    }

    /// Swaps the times, the rooms and the places of two slots of one edition. It is refused if one of them does not
    /// exist (NOT_FOUND), if they are the same slot or of two editions (INVALID), or if one then overlaps a third slot
    /// in its room or by its speakers (CONFLICT), unless `force` allows it.
    async fn swap_slots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the first slot.")] a: Id,
        #[graphql(desc = "The id of the second slot.")] b: Id,
        #[graphql(default)] force: bool,
    ) -> Result<SlotsPayload> {
        let mut edit = begin(ctx).await?.forced(force);
        edit.swap_slots(a, b).await?;
        SlotsPayload::finish(ctx, edit).await
    }

    /// Moves slots of one edition together: by minutes, to another room, or both. The slots are named by their `ids`,
    /// or by their `edition` and any of `day`, `from` and `inRoom`. Each keeps its length. It is refused if no slot or
    /// no room is found (NOT_FOUND), if the slots are of several editions or then are outside the days of their edition
    /// (INVALID), or if one then overlaps a slot that it did not overlap in the same way before (CONFLICT), unless
    /// `force` allows it.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the mutation")]
    async fn move_slots(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids of the slots. If it is left out or null, `edition` is required.")] ids: Option<
            Vec<Id>,
        >,
        #[graphql(
            desc = "The slug of the edition whose slots move. It is refused together with `ids` (INVALID). If it is \
                left out or null, `ids` is required."
        )]
        edition: Option<String>,
        #[graphql(
            desc = "The conference day of the slots, from 05:00 to 05:00 in the edition's time zone. If it is left \
                out or null, slots of all days move."
        )]
        day: Option<Date>,
        #[graphql(
            desc = "The earliest start of the slots, with any offset. If it is left out or null, there is none."
        )]
        from: Option<DateTime>,
        #[graphql(
            desc = "The slug or the name of the room that the slots are in. If it is left out or null, slots in all \
                rooms move."
        )]
        in_room: Option<String>,
        #[graphql(
            desc = "The number of minutes by which the slots move, negative to an earlier time. If it is left out or \
                null, they keep their times."
        )]
        by_minutes: Option<i32>,
        #[graphql(
            desc = "The slug or the name of the room to which the slots move. If it is left out or null, they stay in \
                their rooms."
        )]
        room: Option<String>,
        #[graphql(default)] force: bool,
    ) -> Result<SlotsPayload> {
        let mut edit = begin(ctx).await?.forced(force);
        edit.move_slots(SlotMove { ids, edition, day, from, in_room, by_minutes, room }).await?;
        SlotsPayload::finish(ctx, edit).await
    }

    /// Makes several edits as one write, as a whole or not at all. They run in their order, each on the result of those
    /// before it. Overlaps and the days of an edition are checked over the end result, and the log gets one change for
    /// each changed item. The mutations that merge are not among the edits, because `lectern unmerge` undoes a write as
    /// a whole.
    async fn edit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edits in their order.")] edits: Vec<EditInput>,
        #[graphql(default)] force: bool,
    ) -> Result<EditPayload> {
        let mut edit = begin(ctx).await?.forced(force);
        edit.edit(edits).await?;
        EditPayload::finish(ctx, edit).await
    }

    /// Creates a speaker. A slug that another speaker has or had is refused (TAKEN).
    async fn create_speaker(&self, ctx: &Context<'_>, input: SpeakerInput) -> Result<SpeakerPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_speaker(input).await?;
        SpeakerPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a speaker. It is refused if there is no such speaker (NOT_FOUND), if it has changed since
    /// `ifRevision` (CONFLICT), or if its new slug is another one's (TAKEN).
    async fn update_speaker(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: SpeakerPatch,
        if_revision: Option<Revision>,
    ) -> Result<SpeakerPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_speaker(id, input, if_revision).await?;
        SpeakerPayload::finish(ctx, edit).await
    }

    /// Merges two records of one person into one. The appearances, involvements and links of `from` move to `into`; its
    /// id, slugs and names lead there. Pronouns, biography and picture that `into` lacks are taken over. Where both
    /// appear in one talk, they become one appearance with the companies of both. It is refused if one of them does not
    /// exist (NOT_FOUND) or if they are the same (INVALID). The command `lectern unmerge` undoes it.
    async fn merge_speakers(
        &self,
        ctx: &Context<'_>,
        from: Id,
        into: Id,
        #[graphql(
            desc = "Whether the talks of `from` keep crediting the name that they credit now (`creditedAs`). If it is \
                left out or null, they keep a name that differs from the name of `into` by more than a typing error: \
                by case, accents and punctuation, or in each word by one character from 4 letters on and two from 8."
        )]
        keep_credits: Option<bool>,
    ) -> Result<SpeakerPayload> {
        let mut edit = begin(ctx).await?;
        edit.merge_speakers(from, into, keep_credits).await?;
        SpeakerPayload::finish(ctx, edit).await
    }

    /// Creates a company. A slug that another company has or had is refused (TAKEN).
    async fn create_company(&self, ctx: &Context<'_>, input: CompanyInput) -> Result<CompanyPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_company(input).await?;
        CompanyPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a company. It is refused if there is no such company (NOT_FOUND), if it has changed since
    /// `ifRevision` (CONFLICT), or if its new slug is another one's (TAKEN).
    async fn update_company(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: CompanyPatch,
        if_revision: Option<Revision>,
    ) -> Result<CompanyPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_company(id, input, if_revision).await?;
        CompanyPayload::finish(ctx, edit).await
    }

    /// Merges two records of one company into one. The appearances, involvements, sponsorships, predecessors and links
    /// of `from` move to `into`; its id, slugs and names lead there. Website, logo and successor that `into` lacks are
    /// taken over. It is refused if one of them does not exist (NOT_FOUND) or if they are the same (INVALID). The
    /// command `lectern unmerge` undoes it.
    async fn merge_companies(&self, ctx: &Context<'_>, from: Id, into: Id) -> Result<CompanyPayload> {
        let mut edit = begin(ctx).await?;
        edit.merge_companies(from, into).await?;
        CompanyPayload::finish(ctx, edit).await
    }

    /// Replaces all appearances of a talk. It is refused if there is no such talk, speaker or company (NOT_FOUND), if a
    /// speaker is listed twice (INVALID), or if the talk has changed since `ifRevision` (CONFLICT).
    async fn set_appearances(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the talk.")] talk: Id,
        #[graphql(desc = "All appearances in the talk, in billing order.")] appearances: Vec<AppearanceInput>,
        if_revision: Option<Revision>,
    ) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.set_appearances(talk, appearances, if_revision).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Replaces the sponsor tiers of an edition, and its sponsorships without a tier if they are given. It is refused
    /// if there is no such edition or company (NOT_FOUND), if two tiers have one slug (TAKEN), if a company is listed
    /// twice in a tier (INVALID), or if the edition has changed since `ifRevision` (CONFLICT).
    async fn set_sponsors(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the edition.")] edition: Id,
        #[graphql(desc = "All sponsor tiers of the edition, the highest first.")] tiers: Vec<SponsorTierInput>,
        #[graphql(
            desc = "All sponsorships of the edition without a tier, in their order. If it is left out, they are \
                unchanged. If it is null, there are none."
        )]
        untiered: MaybeUndefined<Vec<SponsorshipInput>>,
        if_revision: Option<Revision>,
    ) -> Result<EditionPayload> {
        let mut edit = begin(ctx).await?;
        edit.set_sponsors(edition, tiers, untiered, if_revision).await?;
        EditionPayload::finish(ctx, edit).await
    }

    /// Adds a recording. The talks in it are attached with `attachRecording`. It is refused if the archive has a
    /// recording of that id at the provider (TAKEN), or if there is no such edition (NOT_FOUND).
    async fn add_recording(&self, ctx: &Context<'_>, input: RecordingInput) -> Result<RecordingPayload> {
        let mut edit = begin(ctx).await?;
        edit.add_recording(input).await?;
        RecordingPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a recording. It is refused if there is no such recording (NOT_FOUND), or if it has changed
    /// since `ifRevision` (CONFLICT).
    async fn update_recording(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: RecordingPatch,
        if_revision: Option<Revision>,
    ) -> Result<RecordingPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_recording(id, input, if_revision).await?;
        RecordingPayload::finish(ctx, edit).await
    }

    /// Records that a recording shows a talk: as a whole, or from `startSeconds` to `endSeconds`. If the talk is
    /// attached already, its place in the recording is replaced. It is refused if there is no such talk or recording
    /// (NOT_FOUND).
    async fn attach_recording(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the talk.")] talk: Id,
        #[graphql(desc = "The id of the recording.")] recording: Id,
        #[graphql(
            desc = "The start of the talk in the recording, in seconds from 0. If it is left out or null, it is not \
                known, or the recording shows only the talk."
        )]
        start_seconds: Option<i32>,
        #[graphql(
            desc = "The end of the talk in the recording, in seconds, after its start. If it is left out or null, it \
                is not known, or the recording shows only the talk."
        )]
        end_seconds: Option<i32>,
    ) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.attach_recording(talk, recording, start_seconds, end_seconds).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Removes a talk from a recording. Both stay in the archive. It is refused if there is no such talk or recording,
    /// or if the talk is not in the recording (NOT_FOUND).
    async fn detach_recording(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the talk.")] talk: Id,
        #[graphql(desc = "The id of the recording.")] recording: Id,
    ) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.detach_recording(talk, recording).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Adds a link to a conference, an edition, a talk, a speaker or a company, after the links that it has. It is
    /// refused if there is no such item (NOT_FOUND), if it is of another type (INVALID), or if it has a link of that
    /// kind to the same address (TAKEN).
    async fn add_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the conference, edition, talk, speaker or company that gets the link.")] to: Id,
        input: LinkInput,
    ) -> Result<LinkPayload> {
        let mut edit = begin(ctx).await?;
        edit.add_link(to, input).await?;
        LinkPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a link. It is refused if there is no such link (NOT_FOUND), if it has changed since
    /// `ifRevision` (CONFLICT), or if the item has another link of that kind to the same address (TAKEN).
    async fn update_link(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: LinkPatch,
        if_revision: Option<Revision>,
    ) -> Result<LinkPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_link(id, input, if_revision).await?;
        LinkPayload::finish(ctx, edit).await
    }

    /// Creates a room of an edition. It is refused if there is no such edition (NOT_FOUND), or if another room of the
    /// edition has the slug (TAKEN).
    async fn create_room(&self, ctx: &Context<'_>, input: RoomInput) -> Result<RoomPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_room(input).await?;
        RoomPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a room. It is refused if there is no such room (NOT_FOUND), if it has changed since
    /// `ifRevision` (CONFLICT), or if its new slug is another one's (TAKEN).
    async fn update_room(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: RoomPatch,
        if_revision: Option<Revision>,
    ) -> Result<RoomPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_room(id, input, if_revision).await?;
        RoomPayload::finish(ctx, edit).await
    }

    /// Creates a track of an edition. It is refused if there is no such edition (NOT_FOUND), or if another track of the
    /// edition has the slug (TAKEN).
    async fn create_track(&self, ctx: &Context<'_>, input: TrackInput) -> Result<TrackPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_track(input).await?;
        TrackPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a track. It is refused if there is no such track (NOT_FOUND), if it has changed since
    /// `ifRevision` (CONFLICT), or if its new slug is another one's (TAKEN).
    async fn update_track(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: TrackPatch,
        if_revision: Option<Revision>,
    ) -> Result<TrackPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_track(id, input, if_revision).await?;
        TrackPayload::finish(ctx, edit).await
    }

    /// Adds a playlist. It is refused if the archive has a playlist of that id at the provider (TAKEN), or if there is
    /// no such edition or recording (NOT_FOUND).
    async fn add_playlist(&self, ctx: &Context<'_>, input: PlaylistInput) -> Result<PlaylistPayload> {
        let mut edit = begin(ctx).await?;
        edit.add_playlist(input).await?;
        PlaylistPayload::finish(ctx, edit).await
    }

    /// Changes the fields of a playlist. It is refused if there is no such playlist (NOT_FOUND), or if it has changed
    /// since `ifRevision` (CONFLICT).
    async fn update_playlist(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: PlaylistPatch,
        if_revision: Option<Revision>,
    ) -> Result<PlaylistPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_playlist(id, input, if_revision).await?;
        PlaylistPayload::finish(ctx, edit).await
    }

    /// Replaces all involvements in an edition. It is refused if there is no such edition, person or company
    /// (NOT_FOUND), if an involvement has both a person and a company or neither (INVALID), or if the edition has
    /// changed since `ifRevision` (CONFLICT).
    async fn set_involvements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the edition.")] edition: Id,
        #[graphql(desc = "All involvements in the edition, in their order.")] involvements: Vec<InvolvementInput>,
        if_revision: Option<Revision>,
    ) -> Result<EditionPayload> {
        let mut edit = begin(ctx).await?;
        edit.set_involvements(edition, involvements, if_revision).await?;
        EditionPayload::finish(ctx, edit).await
    }

    /// Deletes an item of any type, with its own links; a conference, with the tokens that are valid for it alone. It
    /// is refused if there is no such item (NOT_FOUND), if it has changed since `ifRevision` (CONFLICT), or if other
    /// items still refer to it (IN_USE); the message names them. The id of a record that was merged is refused too
    /// (NOT_FOUND).
    async fn delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the item to delete.")] id: Id,
        #[graphql(
            desc = "The `revision` of the item that the caller has read. If it is another one by now, nothing is \
                deleted (CONFLICT). If it is left out or null, the item is deleted whatever its revision is."
        )]
        if_revision: Option<Revision>,
    ) -> Result<DeletePayload> {
        let mut edit = begin(ctx).await?;
        edit.delete(id, if_revision).await?;
        DeletePayload::finish(ctx, edit).await
    }
}
