//! The payloads of mutations.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, SimpleObject};
use futures_util::future::try_join_all;

use crate::{
    archive::{
        Archive,
        edit::{Edit, Outcome, UserError, UserErrorCode},
    },
    directive::list_size,
    error::{Error, Result},
    read::{ById, Loading, Resource},
    resource::{
        company::Company, conference::Conference, edition::Edition, link::Link, node::Node, playlist::Playlist,
        recording::Recording, room::Room, slot::Slot, speaker::Speaker, talk::Talk, track::Track,
    },
    scalars::{Id, Revision},
    token::Grant,
};

/// Opens the edit of a mutation, which needs a token.
pub(super) async fn begin(ctx: &Context<'_>) -> Result<Edit> {
    let archive = ctx.data::<Archive>().map_err(|error| Error::Internal(error.message))?;
    Edit::begin(&archive.for_bearer(grant(ctx)?.clone())).await
}

fn grant<'a>(ctx: &Context<'a>) -> Result<&'a Grant> {
    ctx.data::<Grant>().map_err(|error| Error::Internal(error.message))
}

/// Finishes the edit, and clears the batches, which may have loaded older values.
async fn end(ctx: &Context<'_>, edit: Edit) -> Result<Outcome> {
    let done = edit.finish().await?;
    if let (Some(Id(id)), Some(Revision(revision))) = (done.id, done.revision) {
        tracing::info!(token = grant(ctx)?.name, %id, revision, "a mutation was written");
    }
    for note in done.notes.iter().filter(|_| done.problems.is_empty()) {
        tracing::info!(token = grant(ctx)?.name, note, "a mutation was written with a note");
    }
    ctx.batches()?.forget();
    Ok(done)
}

/// The payload of mutations of one kind of thing.
pub(super) trait Payload: Sized {
    type Written: Resource;

    fn of(written: Option<Arc<Self::Written>>, done: Outcome) -> Self;

    /// Finishes the edit and reads the thing: as it was written, or as it is stored if the caller's revision was
    /// outdated.
    async fn finish(ctx: &Context<'_>, edit: Edit) -> Result<Self> {
        let done = end(ctx, edit).await?;
        let is_stale = done.problems.iter().any(|problem| problem.code == UserErrorCode::Conflict);
        let id = done.id.filter(|_| is_stale || done.problems.is_empty());
        let written = match id {
            Some(Id(id)) => ctx.load(ById::new(id)).await?,
            None => None,
        };
        Ok(Self::of(written, done))
    }
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $payload:ident { $field:ident: $written:ty })+) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $payload {
            #[doc = concat!("The ", stringify!($field), " in its present state.")]
            /// It is null if the mutation wrote nothing, unless it was refused with CONFLICT: then it is the stored
            /// state, or null if there is none.
            pub $field: Option<Arc<$written>>,
            #[doc = concat!("The revision of the ", stringify!($field), " after the mutation.")]
            /// It is null if the mutation wrote nothing because of user errors.
            pub revision: Option<Revision>,
            /// Remarks on what was written, in words: overlaps that were forced, a new tag that is nearly a known one.
            #[graphql(directive = list_size::apply(5))]
            pub notes: Vec<String>,
            /// The mistakes in the arguments, all at once. If there is one, the mutation wrote nothing; if the list is
            /// empty, the mutation succeeded.
            #[graphql(directive = list_size::apply(5))]
            pub user_errors: Vec<UserError>,
        }

        impl Payload for $payload {
            type Written = $written;

            fn of($field: Option<Arc<$written>>, done: Outcome) -> Self {
                Self { $field, revision: done.revision, notes: done.notes, user_errors: done.problems }
            }
        }
    )+};
}

payloads! {
    /// The result of a mutation of a conference.
    ConferencePayload { conference: Conference }
    /// The result of a mutation of an edition.
    EditionPayload { edition: Edition }
    /// The result of a mutation of a talk.
    TalkPayload { talk: Talk }
    /// The result of a mutation of a slot.
    SlotPayload { slot: Slot }
    /// The result of a mutation of a company.
    CompanyPayload { company: Company }
    /// The result of a mutation of a recording.
    RecordingPayload { recording: Recording }
    /// The result of a mutation of a room.
    RoomPayload { room: Room }
    /// The result of a mutation of a track.
    TrackPayload { track: Track }
    /// The result of a mutation of a playlist.
    PlaylistPayload { playlist: Playlist }
    /// The result of a mutation of a link.
    LinkPayload { link: Link }
}

/// The result of a mutation of a speaker.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SpeakerPayload {
    /// The speaker in the present state. It is null if the mutation wrote nothing, unless it was refused with CONFLICT:
    /// then it is the stored state, or null if there is none.
    pub speaker: Option<Arc<Speaker>>,
    /// The revision of the speaker after the mutation. It is null if the mutation wrote nothing because of user errors.
    pub revision: Option<Revision>,
    /// Remarks on what was written, in words.
    #[graphql(directive = list_size::apply(5))]
    pub notes: Vec<String>,
    /// The mistakes in the arguments, all at once. If there is one, the mutation wrote nothing; if the list is empty,
    /// the mutation succeeded.
    #[graphql(directive = list_size::apply(5))]
    pub user_errors: Vec<UserError>,
    #[graphql(skip)]
    credited: Vec<Id>,
}

#[ComplexObject]
impl SpeakerPayload {
    /// The talks that keep the credited name of a speaker that was merged, by start. It is empty for other mutations.
    #[graphql(directive = list_size::apply(10))]
    async fn credited_talks(&self, ctx: &Context<'_>) -> Result<Vec<Arc<Talk>>> {
        let mut talks: Vec<Arc<Talk>> = load_all(ctx, &self.credited).await?;
        talks.sort_by_key(|talk| (talk.starts_at.is_none(), talk.starts_at.map(|at| at.utc()), talk.id.0));
        Ok(talks)
    }
}

impl Payload for SpeakerPayload {
    type Written = Speaker;

    fn of(speaker: Option<Arc<Speaker>>, done: Outcome) -> Self {
        let credited = if done.problems.is_empty() { done.listed } else { Vec::new() };
        Self { speaker, revision: done.revision, notes: done.notes, user_errors: done.problems, credited }
    }
}

/// The things of some ids that exist, in their order.
async fn load_all<R: Resource>(ctx: &Context<'_>, ids: &[Id]) -> Result<Vec<Arc<R>>> {
    let found = try_join_all(ids.iter().map(|Id(id)| ctx.load(ById::new(*id)))).await?;
    Ok(found.into_iter().flatten().collect())
}

/// The result of a mutation of several slots.
#[derive(SimpleObject)]
pub struct SlotsPayload {
    /// The slots in their present state, in the order in which the arguments name them, or by start. It is empty if the
    /// mutation wrote nothing because of user errors.
    #[graphql(directive = list_size::apply(50))]
    pub slots: Vec<Arc<Slot>>,
    /// The revision of the archive after the mutation. It is null if the mutation wrote nothing because of user errors.
    pub revision: Option<Revision>,
    /// Remarks on what was written, in words: overlaps that were forced.
    #[graphql(directive = list_size::apply(5))]
    pub notes: Vec<String>,
    /// The mistakes in the arguments, all at once. If there is one, the mutation wrote nothing.
    #[graphql(directive = list_size::apply(5))]
    pub user_errors: Vec<UserError>,
}

impl SlotsPayload {
    pub(super) async fn finish(ctx: &Context<'_>, edit: Edit) -> Result<Self> {
        let done = end(ctx, edit).await?;
        let slots = if done.problems.is_empty() { load_all(ctx, &done.listed).await? } else { Vec::new() };
        Ok(Self { slots, revision: done.revision, notes: done.notes, user_errors: done.problems })
    }
}

/// The result of the mutation `edit`.
#[derive(SimpleObject)]
pub struct EditPayload {
    /// The item that each edit is about, in its present state and in the order of the edits. It is null for an item
    /// that was deleted, and for `swapSlots` and `moveSlots`. The list is empty if nothing was written because of user
    /// errors.
    #[graphql(directive = list_size::apply(20))]
    pub results: Vec<Option<Node>>,
    /// The revision of the archive after the mutation. It is null if nothing was written because of user errors.
    pub revision: Option<Revision>,
    /// Remarks on what was written, in words: overlaps that were forced, a new tag that is nearly a known one.
    #[graphql(directive = list_size::apply(5))]
    pub notes: Vec<String>,
    /// The mistakes in the arguments of all edits. The path of each begins with the index of its edit, from 0. If there
    /// is one, nothing was written.
    #[graphql(directive = list_size::apply(5))]
    pub user_errors: Vec<UserError>,
}

impl EditPayload {
    pub(super) async fn finish(ctx: &Context<'_>, edit: Edit) -> Result<Self> {
        let done = end(ctx, edit).await?;
        let ids = done.results.iter().filter(|_| done.problems.is_empty());
        let node = async |id: &Option<Id>| match id {
            Some(id) => Node::by_id(ctx, *id).await,
            None => Ok(None),
        };
        let results = try_join_all(ids.map(node)).await?;
        Ok(Self { results, revision: done.revision, notes: done.notes, user_errors: done.problems })
    }
}

/// The result of the mutation `delete`.
#[derive(SimpleObject)]
pub struct DeletePayload {
    /// The id of the deleted item. It is null if nothing was deleted.
    pub deleted_id: Option<Id>,
    /// The revision of the deletion in the log. It is null if nothing was deleted.
    pub revision: Option<Revision>,
    /// The mistakes in the arguments, all at once. If there is one, nothing was deleted.
    #[graphql(directive = list_size::apply(5))]
    pub user_errors: Vec<UserError>,
}

impl DeletePayload {
    pub(super) async fn finish(ctx: &Context<'_>, edit: Edit) -> Result<Self> {
        let done = end(ctx, edit).await?;
        let deleted_id = done.id.filter(|_| done.problems.is_empty());
        Ok(Self { deleted_id, revision: done.revision, user_errors: done.problems })
    }
}
