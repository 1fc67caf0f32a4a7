//! The tables as the door sees them: rows of things that have an id, and rows that are parts of a thing.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{
    alias, appearance, appearance_company, company, conference, edition, involvement, link, playlist,
    playlist_recording, recording, room, slot, slot_sponsor, speaker, sponsor_tier, sponsorship, talk, talk_recording,
    talk_tag, track,
};
use sea_orm::{EntityTrait, IntoActiveModel, ModelTrait};
use serde::Serialize;
use uuid::Uuid;

/// Rows of every table: what the archive holds, or what it shall hold. Parts stand in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    pub conferences: Vec<conference::Model>,
    pub companies: Vec<company::Model>,
    pub speakers: Vec<speaker::Model>,
    pub editions: Vec<edition::Model>,
    pub rooms: Vec<room::Model>,
    pub tracks: Vec<track::Model>,
    pub talks: Vec<talk::Model>,
    pub slots: Vec<slot::Model>,
    pub recordings: Vec<recording::Model>,
    pub playlists: Vec<playlist::Model>,
    pub links: Vec<link::Model>,
    pub aliases: Vec<alias::Model>,
    pub involvements: Vec<involvement::Model>,
    pub sponsor_tiers: Vec<sponsor_tier::Model>,
    pub sponsorships: Vec<sponsorship::Model>,
    pub appearances: Vec<appearance::Model>,
    pub appearance_companies: Vec<appearance_company::Model>,
    pub talk_recordings: Vec<talk_recording::Model>,
    pub talk_tags: Vec<talk_tag::Model>,
    pub slot_sponsors: Vec<slot_sponsor::Model>,
    pub playlist_recordings: Vec<playlist_recording::Model>,
}

impl Rows {
    /// How many things there are.
    pub(crate) fn count(&self) -> usize {
        let within = self.rooms.len() + self.tracks.len() + self.talks.len() + self.slots.len() + self.recordings.len();
        let others = self.conferences.len() + self.companies.len() + self.speakers.len() + self.editions.len();
        within + others + self.playlists.len() + self.links.len()
    }

    /// Adds other rows, which these have not.
    pub(crate) fn append(&mut self, mut other: Self) {
        macro_rules! append {
            ($($table:ident),+) => { $(self.$table.append(&mut other.$table);)+ };
        }
        append!(
            conferences,
            companies,
            speakers,
            editions,
            rooms,
            tracks,
            talks,
            slots,
            recordings,
            playlists,
            links,
            aliases
        );
        append!(
            involvements,
            sponsor_tiers,
            sponsorships,
            appearances,
            appearance_companies,
            talk_recordings,
            talk_tags
        );
        append!(slot_sponsors, playlist_recordings);
    }
}

/// A row of any table.
pub(crate) trait Row:
    ModelTrait + IntoActiveModel<<<Self as ModelTrait>::Entity as EntityTrait>::ActiveModel> + Serialize + Send + Sync
{
}

impl<M> Row for M where
    M: ModelTrait
        + IntoActiveModel<<<Self as ModelTrait>::Entity as EntityTrait>::ActiveModel>
        + Serialize
        + Send
        + Sync
{
}

/// A row of a thing with an id: each of its changes is one in the log.
pub(crate) trait Node: Row {
    /// The kind of thing, as GraphQL names its type.
    const KIND: &'static str;
    /// Columns that the door keeps by itself, besides the revision: they are neither compared nor told.
    const DERIVED: &'static [&'static str] = &[];

    fn id(&self) -> Uuid;

    /// All rows of its table.
    fn rows(all: &Rows) -> &Vec<Self>;

    /// All rows of its table, to be changed.
    fn rows_mut(all: &mut Rows) -> &mut Vec<Self>;

    /// Its last change.
    fn revision(&self) -> i64;

    /// When that was.
    fn updated_at(&self) -> DateTime<Utc>;

    /// The edition that it belongs to, given the editions of talks; an edition belongs to itself.
    fn edition(&self, talks: &HashMap<Uuid, Uuid>) -> Option<Uuid>;

    /// Notes its last change.
    fn stamp(&mut self, revision: i64, at: DateTime<Utc>);

    /// Takes over what the door keeps by itself, but for what it knows at once.
    fn keep_derived(&mut self, _stored: &Self) {}

    /// The values that no two rows may share, together.
    fn unique(&self) -> String {
        String::new()
    }

    /// Its number, where that is one of them.
    fn number(&self) -> Option<i32> {
        None
    }

    /// Gives those values up for ones that nothing else has, until the real ones are free.
    fn step_aside(&mut self, _spare_number: i32) {}
}

/// A row that is part of a thing.
pub(crate) trait Part: Row {
    /// The column with the thing's id.
    const OWNER: &'static str;

    fn owner(&self) -> Uuid;
}

/// `~` begins no slug, acronym or key.
fn aside(text: &mut String) {
    text.insert(0, '~');
}

macro_rules! node {
    ($table:ident in $rows:ident, $kind:literal, edition $edition:expr $(, derived [$($derived:ident),+] $(and [$other:ident])?)? $(, unique $unique:expr, aside $aside:expr)? $(, numbered $number:ident)?) => {
        impl Node for $table::Model {
            const KIND: &'static str = $kind;
            $(const DERIVED: &'static [&'static str] = &[$(stringify!($derived)),+ $(, stringify!($other))?];)?

            fn id(&self) -> Uuid {
                self.id
            }

            fn rows(all: &Rows) -> &Vec<Self> {
                &all.$rows
            }

            fn rows_mut(all: &mut Rows) -> &mut Vec<Self> {
                &mut all.$rows
            }

            fn revision(&self) -> i64 {
                self.revision
            }

            fn updated_at(&self) -> DateTime<Utc> {
                self.updated_at
            }

            fn edition(&self, talks: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
                let edition: fn(&Self, &HashMap<Uuid, Uuid>) -> Option<Uuid> = $edition;
                edition(self, talks)
            }

            fn stamp(&mut self, revision: i64, at: DateTime<Utc>) {
                self.revision = revision;
                self.updated_at = at;
            }

            $(fn keep_derived(&mut self, stored: &Self) {
                $(self.$derived = stored.$derived;)+
            })?

            $(fn unique(&self) -> String {
                let unique: fn(&Self) -> String = $unique;
                unique(self)
            }

            fn step_aside(&mut self, spare_number: i32) {
                let step: fn(&mut Self, i32) = $aside;
                step(self, spare_number);
            })?

            $(fn number(&self) -> Option<i32> {
                Some(self.$number)
            })?
        }
    };
}

node!(conference in conferences, "Conference", edition | _, _ | None, unique | row | row.slug.clone(), aside | row, _ | aside(&mut row.slug));
node!(
    company in companies,
    "Company",
    edition | _,
    _ | None,
    derived[talk_count],
    unique | row | row.slug.clone(),
    aside | row,
    _ | aside(&mut row.slug)
);
node!(
    speaker in speakers,
    "Speaker",
    edition | _,
    _ | None,
    derived[talk_count],
    unique | row | row.slug.clone(),
    aside | row,
    _ | aside(&mut row.slug)
);
node!(
    edition in editions, "Edition", edition |row, _| Some(row.id), derived [content_revision, content_updated_at],
    unique |row| format!("{} {} {:?}", row.slug, row.acronym, row.replaces_id),
    aside |row, _| {
        aside(&mut row.slug);
        aside(&mut row.acronym);
        row.replaces_id = None;
    }
);
node!(
    room in rooms,
    "Room",
    edition | row,
    _ | Some(row.edition_id),
    unique | row | format!("{} {}", row.edition_id, row.slug),
    aside | row,
    _ | aside(&mut row.slug)
);
node!(
    track in tracks,
    "Track",
    edition | row,
    _ | Some(row.edition_id),
    unique | row | format!("{} {}", row.edition_id, row.slug),
    aside | row,
    _ | aside(&mut row.slug)
);
node!(
    talk in talks, "Talk", edition |row, _| Some(row.edition_id), derived [starts_at, ends_at, room_id] and [year],
    unique |row| format!("{} {} {:?}", row.edition_id, row.slug, row.replaces_id),
    aside |row, _| {
        aside(&mut row.slug);
        row.replaces_id = None;
    }
);
node!(
    slot in slots, "Slot", edition |row, _| Some(row.edition_id),
    unique |row| format!("{} {}", row.edition_id, row.number), aside |row, spare| row.number = spare,
    numbered number
);
node!(
    recording in recordings,
    "Recording",
    edition | row,
    _ | row.edition_id,
    unique | row | format!("{} {}", row.provider, row.external_id),
    aside | row,
    _ | aside(&mut row.external_id)
);
node!(
    playlist in playlists,
    "Playlist",
    edition | row,
    _ | row.edition_id,
    unique | row | format!("{} {}", row.provider, row.external_id),
    aside | row,
    _ | aside(&mut row.external_id)
);
node!(link in links, "Link", edition | row, talks | row.edition_id.or_else(|| talks.get(&row.talk_id?).copied()));

macro_rules! part {
    ($($table:ident of $owner:ident),+ $(,)?) => {
        $(impl Part for $table::Model {
            const OWNER: &'static str = stringify!($owner);

            fn owner(&self) -> Uuid {
                self.$owner
            }
        })+
    };
}

part! {
    alias of owner_id,
    involvement of edition_id,
    sponsor_tier of edition_id,
    sponsorship of edition_id,
    appearance of talk_id,
    appearance_company of talk_id,
    talk_recording of talk_id,
    talk_tag of talk_id,
    slot_sponsor of slot_id,
    playlist_recording of playlist_id,
}
