//! The archive as rows, one list for each table. Things have an id; parts belong to a thing.

use std::{collections::HashMap, ops::RangeInclusive};

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};
use entity::{
    alias, appearance, appearance_company, company, conference, edition, involvement, link, playlist,
    playlist_recording, recording, room, slot, slot_sponsor, speaker, sponsor_tier, sponsorship, talk, talk_recording,
    talk_tag, track,
};
use sea_orm::{EntityTrait, IntoActiveModel, ModelTrait};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    collation::{fold, sort_key},
    resource::day::Day,
    scalars::TimeZone,
    zone::Offsets,
};

/// The tables of things: the field of [`Rows`], the table, and the kind as GraphQL names its type. Tables that others
/// refer to come first. The macro calls `$visit!` with the other tokens and then the list; all code that visits the
/// tables one by one uses it.
macro_rules! nodes {
    ($visit:ident $($before:tt)*) => {
        $visit! {
            $($before)*
            conferences: conference "Conference",
            companies: company "Company",
            speakers: speaker "Speaker",
            editions: edition "Edition",
            rooms: room "Room",
            tracks: track "Track",
            recordings: recording "Recording",
            talks: talk "Talk",
            slots: slot "Slot",
            playlists: playlist "Playlist",
            links: link "Link",
        }
    };
}
pub(in crate::archive) use nodes;

/// The tables of parts, listed as [`nodes`] are: the field of [`Rows`], the table, and its column with the id of the
/// thing that a row is part of.
macro_rules! parts {
    ($visit:ident $($before:tt)*) => {
        $visit! {
            $($before)*
            aliases: alias owner_id,
            involvements: involvement edition_id,
            sponsor_tiers: sponsor_tier edition_id,
            sponsorships: sponsorship edition_id,
            appearances: appearance talk_id,
            appearance_companies: appearance_company talk_id,
            talk_recordings: talk_recording talk_id,
            talk_tags: talk_tag talk_id,
            slot_sponsors: slot_sponsor slot_id,
            playlist_recordings: playlist_recording playlist_id,
        }
    };
}
pub(in crate::archive) use parts;

/// Calls a macro with a list from [`nodes`] or [`parts`], the last table first: `nodes!(reversed remove:)`.
macro_rules! reversed {
    ($visit:ident: $($list:tt)*) => {
        reversed! { @ $visit [] $($list)* }
    };
    (@ $visit:ident [$($done:tt)*]) => {
        $visit! { $($done)* }
    };
    (@ $visit:ident [$($done:tt)*] $rows:ident: $table:ident $word:tt, $($rest:tt)*) => {
        reversed! { @ $visit [$rows: $table $word, $($done)*] $($rest)* }
    };
}
pub(in crate::archive) use reversed;

macro_rules! define_rows {
    ($($rows:ident: $table:ident $word:tt,)+) => {
        /// Rows of every table: the stored ones, or the desired ones. Parts are in their order.
        #[derive(Clone, Debug, Default)]
        pub(crate) struct Rows {
            $(pub $rows: Vec<$table::Model>,)+
        }

        impl Rows {
            /// Adds rows that are not among these.
            pub(crate) fn append(&mut self, mut other: Self) {
                $(self.$rows.append(&mut other.$rows);)+
            }
        }
    };
}

macro_rules! with_parts {
    ($($nodes:tt)*) => {
        parts!(define_rows $($nodes)*);
    };
}
nodes!(with_parts);

/// A row of any table.
pub(crate) trait TableRow:
    ModelTrait
    + IntoActiveModel<<<Self as ModelTrait>::Entity as EntityTrait>::ActiveModel>
    + PartialEq
    + Serialize
    + Send
    + Sync
{
}

impl<M> TableRow for M where
    M: ModelTrait
        + IntoActiveModel<<<Self as ModelTrait>::Entity as EntityTrait>::ActiveModel>
        + PartialEq
        + Serialize
        + Send
        + Sync
{
}

/// A row of a thing with an id. Each of its changes is logged.
pub(crate) trait NodeRow: TableRow + NodeRules {
    /// The kind of thing, as GraphQL names its type.
    const KIND: &'static str;

    fn id(&self) -> Uuid;

    /// All rows of its table.
    fn rows(all: &Rows) -> &Vec<Self>;

    /// All rows of its table, to be changed.
    fn rows_mut(all: &mut Rows) -> &mut Vec<Self>;

    /// The revision of its last change.
    fn revision(&self) -> i64;

    /// The time of its last change.
    fn updated_at(&self) -> DateTime<Utc>;

    /// Sets the revision and the time of its last change.
    fn stamp(&mut self, revision: i64, at: DateTime<Utc>);
}

macro_rules! node_rows {
    ($($rows:ident: $table:ident $kind:literal,)+) => {
        $(impl NodeRow for $table::Model {
            const KIND: &'static str = $kind;

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

            fn stamp(&mut self, revision: i64, at: DateTime<Utc>) {
                self.revision = revision;
                self.updated_at = at;
            }
        })+

        impl Rows {
            /// The number of things.
            pub(crate) fn count(&self) -> usize {
                [$(self.$rows.len()),+].into_iter().sum()
            }

            /// Updates the columns of all things that are derived from others of the row.
            pub(crate) fn renew_derived(&mut self) {
                $(self.$rows.iter_mut().for_each(NodeRules::renew_derived);)+
            }
        }
    };
}
nodes!(node_rows);

/// A row that is part of a thing.
pub(crate) trait PartRow: TableRow {
    /// The column with the thing's id.
    const OWNER: &'static str;

    fn owner(&self) -> Uuid;
}

macro_rules! part_rows {
    ($($rows:ident: $table:ident $owner:ident,)+) => {$(
        impl PartRow for $table::Model {
            const OWNER: &'static str = stringify!($owner);

            fn owner(&self) -> Uuid {
                self.$owner
            }
        }
    )+};
}
parts!(part_rows);

/// A value that no two rows of a table may share, or no two of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Unique {
    pub field: &'static str,
    pub edition: Option<Uuid>,
    pub value: String,
}

impl Unique {
    fn new(field: &'static str, edition: Option<Uuid>, value: impl ToString) -> Self {
        Self { field, edition, value: value.to_string() }
    }
}

/// The rules that differ between the tables of things.
pub(crate) trait NodeRules: Sized {
    /// The derived columns besides the revision, which the archive updates itself. They are neither compared nor
    /// logged.
    const DERIVED: &'static [&'static str] = &[];

    /// The edition that it belongs to, given the editions of talks; an edition belongs to itself.
    fn edition(&self, talks: &HashMap<Uuid, Uuid>) -> Option<Uuid>;

    /// Updates the keys for sorting and searching.
    fn renew_keys(&mut self) {}

    /// Updates the columns that are derived from others of the row: its keys, and the bounds of an edition.
    fn renew_derived(&mut self) {
        self.renew_keys();
    }

    /// Copies the derived columns from the stored row, except those that are known already.
    fn keep_derived(&mut self, _stored: &Self) {}

    /// The values that no two rows may share.
    fn unique(&self) -> Vec<Unique> {
        Vec::new()
    }

    /// The number of the row, if it is one of these values.
    fn number(&self) -> Option<i32> {
        None
    }

    /// Replaces these values by temporary ones that no other row has.
    fn step_aside(&mut self, _spare_number: i32) {}
}

/// Makes a text that no other row has: no slug, acronym or key begins with `~`.
fn aside(text: &mut String) {
    text.insert(0, '~');
}

impl NodeRules for conference::Model {
    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        None
    }

    fn unique(&self) -> Vec<Unique> {
        vec![Unique::new("slug", None, &self.slug)]
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.slug);
    }
}

impl NodeRules for company::Model {
    const DERIVED: &'static [&'static str] = &["talk_count"];

    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        None
    }

    fn renew_keys(&mut self) {
        self.name_key = fold(&self.name);
        self.name_sort = sort_key(&self.name);
    }

    fn keep_derived(&mut self, stored: &Self) {
        self.talk_count = stored.talk_count;
    }

    fn unique(&self) -> Vec<Unique> {
        vec![Unique::new("slug", None, &self.slug)]
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.slug);
    }
}

impl NodeRules for speaker::Model {
    const DERIVED: &'static [&'static str] = &["talk_count"];

    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        None
    }

    fn renew_keys(&mut self) {
        self.name_key = fold(&self.name);
        self.name_sort = sort_key(&self.name);
    }

    fn keep_derived(&mut self, stored: &Self) {
        self.talk_count = stored.talk_count;
    }

    fn unique(&self) -> Vec<Unique> {
        vec![Unique::new("slug", None, &self.slug)]
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.slug);
    }
}

impl NodeRules for edition::Model {
    const DERIVED: &'static [&'static str] = &["content_revision", "content_updated_at"];

    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        Some(self.id)
    }

    fn renew_keys(&mut self) {
        self.name_key = fold(&self.name);
        self.name_sort = sort_key(&self.name);
        self.city_key = self.city.as_deref().map(fold);
    }

    /// There are no bounds without a valid time zone, which is refused anyway.
    fn renew_derived(&mut self) {
        self.renew_keys();
        let zone = self.timezone.parse::<TimeZone>().ok();
        let day_begins = |date: Option<NaiveDate>| Some(Day::begins(date?, zone.as_ref()?));
        self.begins_at = day_begins(self.starts_on);
        self.finishes_at = day_begins(self.ends_on.map(|last| last + Duration::days(1)));
        self.zone_offsets = zone.map(|zone| Offsets::of(zone.0, &years(self)).to_string());
    }

    fn keep_derived(&mut self, stored: &Self) {
        self.content_revision = stored.content_revision;
        self.content_updated_at = stored.content_updated_at;
    }

    fn unique(&self) -> Vec<Unique> {
        let replaced = self.replaces_id.map(|id| Unique::new("replaces", None, id));
        let own =
            [("slug", &self.slug), ("acronym", &self.acronym)].map(|(field, value)| Unique::new(field, None, value));
        own.into_iter().chain(replaced).collect()
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.slug);
        aside(&mut self.acronym);
        self.replaces_id = None;
    }
}

/// The years of an edition in which it may have slots, ten at most.
pub(in crate::archive) fn years(edition: &edition::Model) -> RangeInclusive<i32> {
    let first = edition.starts_on.map_or(edition.year, |date| date.year().min(edition.year));
    let last = edition.ends_on.map_or(edition.year, |date| date.year().max(edition.year));
    first..=last.min(first.saturating_add(9))
}

impl NodeRules for room::Model {
    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        Some(self.edition_id)
    }

    fn unique(&self) -> Vec<Unique> {
        vec![Unique::new("slug", Some(self.edition_id), &self.slug)]
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.slug);
    }
}

impl NodeRules for track::Model {
    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        Some(self.edition_id)
    }

    fn unique(&self) -> Vec<Unique> {
        vec![Unique::new("slug", Some(self.edition_id), &self.slug)]
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.slug);
    }
}

impl NodeRules for talk::Model {
    const DERIVED: &'static [&'static str] =
        &["starts_at", "ends_at", "room_id", "year", "has_recording", "has_slides"];

    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        Some(self.edition_id)
    }

    fn renew_keys(&mut self) {
        self.title_key = fold(&self.title);
        self.title_sort = sort_key(&self.title);
    }

    /// The year is known already: it is the edition's.
    fn keep_derived(&mut self, stored: &Self) {
        self.starts_at = stored.starts_at;
        self.ends_at = stored.ends_at;
        self.room_id = stored.room_id;
        self.has_recording = stored.has_recording;
        self.has_slides = stored.has_slides;
    }

    fn unique(&self) -> Vec<Unique> {
        let replaced = self.replaces_id.map(|id| Unique::new("replaces", None, id));
        [Unique::new("slug", Some(self.edition_id), &self.slug)].into_iter().chain(replaced).collect()
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.slug);
        self.replaces_id = None;
    }
}

impl NodeRules for slot::Model {
    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        Some(self.edition_id)
    }

    fn unique(&self) -> Vec<Unique> {
        vec![Unique::new("number", Some(self.edition_id), self.number)]
    }

    fn number(&self) -> Option<i32> {
        Some(self.number)
    }

    fn step_aside(&mut self, spare_number: i32) {
        self.number = spare_number;
    }
}

impl NodeRules for recording::Model {
    const DERIVED: &'static [&'static str] = &["talks_end_at", "has_talk"];

    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        self.edition_id
    }

    fn renew_keys(&mut self) {
        self.title_key = self.title.as_deref().map(fold);
        self.title_sort = self.title.as_deref().map(sort_key);
    }

    fn keep_derived(&mut self, stored: &Self) {
        self.talks_end_at = stored.talks_end_at;
        self.has_talk = stored.has_talk;
    }

    fn unique(&self) -> Vec<Unique> {
        vec![Unique::new("key", None, format!("{}:{}", self.provider, self.external_id))]
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.external_id);
    }
}

impl NodeRules for playlist::Model {
    fn edition(&self, _: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        self.edition_id
    }

    fn unique(&self) -> Vec<Unique> {
        vec![Unique::new("key", None, format!("{}:{}", self.provider, self.external_id))]
    }

    fn step_aside(&mut self, _: i32) {
        aside(&mut self.external_id);
    }
}

impl NodeRules for link::Model {
    fn edition(&self, talks: &HashMap<Uuid, Uuid>) -> Option<Uuid> {
        self.edition_id.or_else(|| talks.get(&self.talk_id?).copied())
    }
}
