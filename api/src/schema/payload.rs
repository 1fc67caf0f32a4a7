//! What mutations answer.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};

use crate::{
    archive::{
        Archive,
        edit::{Edit, Outcome, UserError, UserErrorCode},
    },
    directive::list_size,
    error::{Error, Result},
    read::{ById, Loading, Resource},
    resource::{
        company::Company, conference::Conference, edition::Edition, link::Link, playlist::Playlist,
        recording::Recording, room::Room, slot::Slot, speaker::Speaker, talk::Talk, track::Track,
    },
    scalars::{Id, Revision},
    token::Grant,
};

/// Opens the write of a mutation, for who has a token.
pub(super) async fn begin(ctx: &Context<'_>) -> Result<Edit> {
    let archive = ctx.data::<Archive>().map_err(|error| Error::Internal(error.message))?;
    Edit::begin(&archive.for_bearer(grant(ctx)?.clone())).await
}

fn grant<'a>(ctx: &Context<'a>) -> Result<&'a Grant> {
    ctx.data::<Grant>().map_err(|error| Error::Internal(error.message))
}

/// Ends the write. What this request read before is not so any more.
async fn end(ctx: &Context<'_>, edit: Edit) -> Result<Outcome> {
    let done = edit.finish().await?;
    if let (Some(Id(id)), Some(Revision(revision))) = (done.id, done.revision) {
        tracing::info!(token = grant(ctx)?.name, %id, revision, "edited");
    }
    ctx.batches()?.forget();
    Ok(done)
}

/// What a mutation of one kind of thing answers.
pub(super) trait Payload: Sized {
    type Written: Resource;

    fn of(written: Option<Arc<Self::Written>>, done: Outcome) -> Self;

    /// Ends the write, and reads what it wrote; or what is there now, where the caller had seen something older.
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
            /// As it is now; null if nothing was written, but for a CONFLICT: then it is what is there.
            pub $field: Option<Arc<$written>>,
            /// The revision that it is of now; null if something is wrong.
            pub revision: Option<Revision>,
            /// What is wrong. Where there is anything, nothing was written.
            #[graphql(directive = list_size::apply(5))]
            pub user_errors: Vec<UserError>,
        }

        impl Payload for $payload {
            type Written = $written;

            fn of($field: Option<Arc<$written>>, done: Outcome) -> Self {
                Self { $field, revision: done.revision, user_errors: done.problems }
            }
        }
    )+};
}

payloads! {
    /// What became of a conference.
    ConferencePayload { conference: Conference }
    /// What became of an edition.
    EditionPayload { edition: Edition }
    /// What became of a talk.
    TalkPayload { talk: Talk }
    /// What became of a slot.
    SlotPayload { slot: Slot }
    /// What became of a speaker.
    SpeakerPayload { speaker: Speaker }
    /// What became of a company.
    CompanyPayload { company: Company }
    /// What became of a recording.
    RecordingPayload { recording: Recording }
    /// What became of a room.
    RoomPayload { room: Room }
    /// What became of a track.
    TrackPayload { track: Track }
    /// What became of a playlist.
    PlaylistPayload { playlist: Playlist }
    /// What became of a link.
    LinkPayload { link: Link }
}

/// What was deleted.
#[derive(SimpleObject)]
pub struct DeletePayload {
    /// The id of what is gone; null if nothing is.
    pub deleted_id: Option<Id>,
    /// The revision of the change that deleted it; null if something is wrong.
    pub revision: Option<Revision>,
    /// What is wrong. Where there is anything, nothing was deleted.
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
