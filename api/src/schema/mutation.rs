//! The root of all writes: a table of contents.

use async_graphql::{Context, MaybeUndefined, Object};

use super::payload::{
    CompanyPayload, ConferencePayload, DeletePayload, EditionPayload, LinkPayload, Payload, PlaylistPayload,
    RecordingPayload, RoomPayload, SlotPayload, SpeakerPayload, TalkPayload, TrackPayload, begin,
};
use crate::{
    archive::edit::{
        AppearanceInput, CompanyInput, CompanyPatch, ConferenceInput, ConferencePatch, EditionInput, EditionPatch,
        InvolvementInput, LinkInput, LinkPatch, PlaylistInput, PlaylistPatch, RecordingInput, RecordingPatch,
        RoomInput, RoomPatch, SlotInput, SlotPatch, SpeakerInput, SpeakerPatch, SponsorTierInput, SponsorshipInput,
        TalkInput, TalkPatch, TrackInput, TrackPatch,
    },
    error::Result,
    scalars::{Id, Revision},
};

/// The root of all writes.
pub struct Mutation;

/// Writing to the archive, for who has a token (`lectern token create`), sent as `Authorization: Bearer …`. Each
/// mutation is written whole or not at all, and told in the log; those of one request are written one after the other.
/// What the caller can mend comes as `userErrors`, all of it at once, and then nothing was written. `ifRevision` is the
/// `revision` of the thing as the caller saw it: if it was changed since, that is the user error CONFLICT, with the
/// thing as it is now.
#[Object]
impl Mutation {
    /// Makes a conference.
    async fn create_conference(&self, ctx: &Context<'_>, input: ConferenceInput) -> Result<ConferencePayload> {
        let mut edit = begin(ctx).await?;
        edit.create_conference(input).await?;
        ConferencePayload::finish(ctx, edit).await
    }

    /// Changes a conference.
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

    /// Makes an edition of a conference.
    async fn create_edition(&self, ctx: &Context<'_>, input: EditionInput) -> Result<EditionPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_edition(input).await?;
        EditionPayload::finish(ctx, edit).await
    }

    /// Changes an edition's own fields.
    async fn update_edition(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: EditionPatch,
        if_revision: Option<Revision>,
    ) -> Result<EditionPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_edition(id, input, if_revision).await?;
        EditionPayload::finish(ctx, edit).await
    }

    /// Makes a talk, with who is on stage in it. It has no time yet: `scheduleSlot` gives it one.
    async fn create_talk(&self, ctx: &Context<'_>, input: TalkInput) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_talk(input).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Changes a talk. One that becomes WITHDRAWN loses its slots; one that becomes CANCELLED keeps them.
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

    /// Puts a talk, a break or a social event into the programme. What overlaps with it in its room, or by who is on
    /// stage, is a CONFLICT that names it, unless `force` allows it; a cancelled talk is in nobody's way.
    async fn schedule_slot(
        &self,
        ctx: &Context<'_>,
        input: SlotInput,
        #[graphql(default)] force: bool,
    ) -> Result<SlotPayload> {
        let mut edit = begin(ctx).await?;
        edit.schedule_slot(input, force).await?;
        SlotPayload::finish(ctx, edit).await
    }

    /// Changes what is in the programme: moves a talk, renames a break. `force` allows an overlap in its room or of its
    /// speakers.
    async fn update_slot(
        &self,
        ctx: &Context<'_>,
        id: Id,
        input: SlotPatch,
        #[graphql(default)] force: bool,
        if_revision: Option<Revision>,
    ) -> Result<SlotPayload> {
        let mut edit = begin(ctx).await?;
        edit.update_slot(id, input, force, if_revision).await?;
        SlotPayload::finish(ctx, edit).await
    }

    /// Makes a speaker.
    async fn create_speaker(&self, ctx: &Context<'_>, input: SpeakerInput) -> Result<SpeakerPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_speaker(input).await?;
        SpeakerPayload::finish(ctx, edit).await
    }

    /// Changes a speaker.
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

    /// Two records of one person become one: `from` becomes `into`. Its talks, offices and links move; its id, slugs
    /// and names keep leading to the one that stays, which gets what it lacked. Where both are on stage in one talk
    /// they are one there, for the companies of both. `lectern unmerge` undoes it.
    async fn merge_speakers(&self, ctx: &Context<'_>, from: Id, into: Id) -> Result<SpeakerPayload> {
        let mut edit = begin(ctx).await?;
        edit.merge_speakers(from, into).await?;
        SpeakerPayload::finish(ctx, edit).await
    }

    /// Makes a company.
    async fn create_company(&self, ctx: &Context<'_>, input: CompanyInput) -> Result<CompanyPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_company(input).await?;
        CompanyPayload::finish(ctx, edit).await
    }

    /// Changes a company.
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

    /// Two records of one company become one: `from` becomes `into`, as with `mergeSpeakers`. Who was spoken for, who
    /// sponsored and what became of it moves.
    async fn merge_companies(&self, ctx: &Context<'_>, from: Id, into: Id) -> Result<CompanyPayload> {
        let mut edit = begin(ctx).await?;
        edit.merge_companies(from, into).await?;
        CompanyPayload::finish(ctx, edit).await
    }

    /// Says who is on stage in a talk, in billing order: these, and nobody else.
    async fn set_appearances(
        &self,
        ctx: &Context<'_>,
        talk: Id,
        appearances: Vec<AppearanceInput>,
        if_revision: Option<Revision>,
    ) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.set_appearances(talk, appearances, if_revision).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Says who sponsors an edition: these tiers, the highest first, and these without a tier. Those without a tier
    /// stay if `untiered` is left out.
    async fn set_sponsors(
        &self,
        ctx: &Context<'_>,
        edition: Id,
        tiers: Vec<SponsorTierInput>,
        untiered: MaybeUndefined<Vec<SponsorshipInput>>,
        if_revision: Option<Revision>,
    ) -> Result<EditionPayload> {
        let mut edit = begin(ctx).await?;
        edit.set_sponsors(edition, tiers, untiered, if_revision).await?;
        EditionPayload::finish(ctx, edit).await
    }

    /// Adds a recording. `attachRecording` says which talks are in it.
    async fn add_recording(&self, ctx: &Context<'_>, input: RecordingInput) -> Result<RecordingPayload> {
        let mut edit = begin(ctx).await?;
        edit.add_recording(input).await?;
        RecordingPayload::finish(ctx, edit).await
    }

    /// Changes a recording.
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

    /// Says that a talk is in a recording: all of it, or from `startSeconds` on, to `endSeconds`. Said again, it is
    /// corrected.
    async fn attach_recording(
        &self,
        ctx: &Context<'_>,
        talk: Id,
        recording: Id,
        start_seconds: Option<i32>,
        end_seconds: Option<i32>,
    ) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.attach_recording(talk, recording, start_seconds, end_seconds).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Says that a talk is not in a recording.
    async fn detach_recording(&self, ctx: &Context<'_>, talk: Id, recording: Id) -> Result<TalkPayload> {
        let mut edit = begin(ctx).await?;
        edit.detach_recording(talk, recording).await?;
        TalkPayload::finish(ctx, edit).await
    }

    /// Adds a link to a conference, an edition, a talk, a speaker or a company, behind those that it has.
    async fn add_link(&self, ctx: &Context<'_>, to: Id, input: LinkInput) -> Result<LinkPayload> {
        let mut edit = begin(ctx).await?;
        edit.add_link(to, input).await?;
        LinkPayload::finish(ctx, edit).await
    }

    /// Changes a link.
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

    /// Makes a room.
    async fn create_room(&self, ctx: &Context<'_>, input: RoomInput) -> Result<RoomPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_room(input).await?;
        RoomPayload::finish(ctx, edit).await
    }

    /// Changes a room.
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

    /// Makes a track.
    async fn create_track(&self, ctx: &Context<'_>, input: TrackInput) -> Result<TrackPayload> {
        let mut edit = begin(ctx).await?;
        edit.create_track(input).await?;
        TrackPayload::finish(ctx, edit).await
    }

    /// Changes a track.
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

    /// Adds a playlist.
    async fn add_playlist(&self, ctx: &Context<'_>, input: PlaylistInput) -> Result<PlaylistPayload> {
        let mut edit = begin(ctx).await?;
        edit.add_playlist(input).await?;
        PlaylistPayload::finish(ctx, edit).await
    }

    /// Changes a playlist.
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

    /// Says who helped an edition to be: these, and nobody else.
    async fn set_involvements(
        &self,
        ctx: &Context<'_>,
        edition: Id,
        involvements: Vec<InvolvementInput>,
        if_revision: Option<Revision>,
    ) -> Result<EditionPayload> {
        let mut edit = begin(ctx).await?;
        edit.set_involvements(edition, involvements, if_revision).await?;
        EditionPayload::finish(ctx, edit).await
    }

    /// Takes anything with an id out of the archive, with its own links, and a conference with the tokens that are for
    /// it alone. What something else still stands on is IN_USE, and says by what.
    async fn delete(&self, ctx: &Context<'_>, id: Id, if_revision: Option<Revision>) -> Result<DeletePayload> {
        let mut edit = begin(ctx).await?;
        edit.delete(id, if_revision).await?;
        DeletePayload::finish(ctx, edit).await
    }
}
