//! The archive as one value: what every import makes and every export starts from.
//!
//! The structs are Lectern's own format, file by file (`docs/archive-format.md`); their doc comments are the
//! descriptions in the JSON Schemas that editors use. Lists whose order is data (billing, tiers, rooms, links) keep it;
//! the others are sorted by [`Document::sort`], so that equal archives are equal values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    resource::{
        admission::{CallForPapers, Ticket},
        venue::Venue,
    },
    scalars::{Acronym, Color, Country, Date, Id, Language, LocalTime, RecordingKey, Slug, TimeZone, Url},
    vocabulary::{
        AppearanceRole, CompanyKind, EditionFormat, EditionStatus, InvolvementRole, LinkKind, RecordingKind, SlotKind,
        TalkKind, TalkStatus,
    },
};

/// A whole archive, or the part of one that a source knows: as `archive.yaml` has it in one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Document {
    pub conferences: Vec<Conference>,
    pub companies: Vec<Company>,
    pub speakers: Vec<Speaker>,
    /// Recordings that belong to no edition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<Recording>,
    /// Playlists that belong to no edition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub playlists: Vec<Playlist>,
    pub editions: Vec<Edition>,
}

impl Document {
    /// Keeps only these editions, and everyone; all of them if none is named. Answers those that are not there.
    pub fn keep_editions(&mut self, slugs: &[String]) -> Vec<String> {
        let is_there = |slug: &&String| self.editions.iter().any(|edition| edition.slug.as_str() == slug.as_str());
        let missing = slugs.iter().filter(|slug| !is_there(slug)).cloned().collect();
        if !slugs.is_empty() {
            self.editions.retain(|edition| slugs.iter().any(|slug| slug == edition.slug.as_str()));
        }
        missing
    }
}

/// `conferences.yaml`: the series that the editions are held in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ConferencesFile {
    pub conferences: Vec<Conference>,
}

/// `companies.yaml`: everyone that people spoke for, and who sponsored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CompaniesFile {
    pub companies: Vec<Company>,
}

/// `speakers.yaml`: everyone on stage, and people who organised.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SpeakersFile {
    pub speakers: Vec<Speaker>,
}

/// `recordings.yaml`: recordings and playlists that belong to no edition. The file may be missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RecordingsFile {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<Recording>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub playlists: Vec<Playlist>,
}

/// What leads to a record besides its slug: its id where that is not the derived one, its former slugs, and what was
/// merged into it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// Its id, where that is not the one derived from its oldest slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// Slugs it had before, the oldest first. They keep leading to it, and its id is derived from the oldest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_slugs: Vec<Slug>,
    /// Ids of records that were merged into this one. They keep leading to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_ids: Vec<Id>,
}

/// A series of editions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Conference {
    /// Unique among conferences: lower-case letters, digits and hyphens.
    pub slug: Slug,
    pub name: String,
    /// Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website_url: Option<Url>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(flatten)]
    pub identity: Identity,
}

/// A company, foundation, project or university that somebody spoke for, or that sponsored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Company {
    /// Unique among companies.
    pub slug: Slug,
    pub name: String,
    /// Other spellings of its name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: CompanyKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website_url: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<Url>,
    /// The slug of the company that it became: a new name, or a buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Slug>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(flatten)]
    pub identity: Identity,
}

/// A person, or a group that is billed as one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Speaker {
    /// Unique among speakers.
    pub slug: Slug,
    pub name: String,
    /// Other names and spellings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pronouns: Option<String>,
    /// Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub biography: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<Url>,
    /// Not one person but a group billed as one ("The maintainers").
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_group: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(flatten)]
    pub identity: Identity,
}

/// `editions/<slug>.yaml`: one edition with its programme, talks, sponsors and recordings. Times are local times of the
/// edition's zone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Edition {
    /// Unique over the whole archive; the file's name.
    pub slug: Slug,
    /// The slug of the conference that it is an edition of.
    pub conference: Slug,
    pub name: String,
    pub year: i32,
    /// The name that schedule formats know it by; left out, it is the slug with underscores.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acronym: Option<Acronym>,
    /// Its first day. Left out where it was never told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_on: Option<Date>,
    pub timezone: TimeZone,
    /// Only where it was set by hand: otherwise the clock and the programme tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<EditionStatus>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub format: EditionFormat,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<Venue>,
    /// How many people could attend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub capacity: Option<i32>,
    /// How many people attended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub attendance: Option<i32>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub attendance_is_estimate: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_out: Option<bool>,
    /// Which edition of its conference it was called: 1 for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub ordinal: Option<i32>,
    /// Without the `#`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hashtags: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website_url: Option<Url>,
    /// The slug of the edition that this one was held in place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_for_papers: Option<CallForPapers>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tickets: Vec<Ticket>,
    /// Who organised or hosted it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub involvements: Vec<Involvement>,
    /// The highest tier first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sponsor_tiers: Vec<SponsorTier>,
    /// Sponsors without a tier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sponsors: Vec<Sponsorship>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<Room>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<Track>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The programme: when and where each talk, break and social event is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub talks: Vec<Talk>,
    /// Recordings of which more is known than that they are of a talk: streams, recaps, titles, durations. A recording
    /// that a talk names and that stands nowhere here is of kind TALK, with nothing else known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<Recording>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub playlists: Vec<Playlist>,
    #[serde(flatten)]
    pub identity: Identity,
}

/// A person or a company, exactly one of them, that helped an edition to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Involvement {
    /// The slug of a speaker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Slug>,
    /// The slug of a company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Slug>,
    pub role: InvolvementRole,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A tier of sponsors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SponsorTier {
    /// Unique in the edition.
    pub slug: Slug,
    pub name: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sponsors: Vec<Sponsorship>,
}

/// A company that sponsored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Sponsorship {
    /// The slug of a company.
    pub company: Slug,
    /// Where the edition's website led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
}

/// A room of the edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Room {
    /// Unique in the edition.
    pub slug: Slug,
    pub name: String,
    /// Seats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub capacity: Option<i32>,
    /// Its id, where that is not the one derived from its slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// A track of the edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Track {
    /// Unique in the edition.
    pub slug: Slug,
    pub name: String,
    /// `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Its id, where that is not the one derived from its slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// A place in the programme: a talk's (`talk`), or that of a break or a social event (`kind` and `title`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Slot {
    /// Unique in the edition, and never changed: schedule apps know the slot by it.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub number: i32,
    pub starts_at: LocalTime,
    /// Left out, it is estimated: the start of what follows on that day in the same room or in none, else four hours
    /// for SOCIAL and 30 minutes for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<LocalTime>,
    /// Told only roughly.
    #[serde(default, skip_serializing_if = "is_default")]
    pub end_is_estimated: bool,
    /// Announced as open-ended ("until late").
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_open_ended: bool,
    /// The slug of a talk of this edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talk: Option<Slug>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SlotKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The slug of a room of this edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Slug>,
    /// Where it is, if not at the edition's venue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Venue>,
    /// Slugs of the companies that paid for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sponsors: Vec<Slug>,
    /// Its id, where that is not the one derived from its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// What is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Talk {
    /// Unique in the edition.
    pub slug: Slug,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// Former titles and other printed ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: TalkKind,
    #[serde(default, skip_serializing_if = "is_default")]
    pub status: TalkStatus,
    /// Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#abstract: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The slug of a track of this edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<Slug>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub do_not_record: bool,
    /// The slug of the lightning round (a talk of kind LIGHTNING_BLOCK) that it was given in. Such a talk has no slot
    /// of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<Slug>,
    /// Its place in the block, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub block_position: Option<i32>,
    /// The slug of the talk of this edition that it stepped in for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Slug>,
    /// Who was on stage, in billing order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub appearances: Vec<Appearance>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<TalkRecording>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    #[serde(flatten)]
    pub identity: Identity,
}

/// One person on stage in one talk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Appearance {
    /// The slug of a speaker.
    pub speaker: Slug,
    /// Slugs of the companies they spoke for at the time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companies: Vec<Slug>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: AppearanceRole,
    /// The name as the programme printed it, where it is not the speaker's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited_as: Option<String>,
    /// The project that a panelist sat there for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub represents: Option<String>,
}

/// A talk's part of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct TalkRecording {
    pub recording: RecordingKey,
    /// Where the talk begins in it, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub start_seconds: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub end_seconds: Option<i32>,
}

/// A video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Recording {
    pub key: RecordingKey,
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: RecordingKind,
    /// The title at the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it is to be seen; left out, it is derived from the key (a must for provider `other`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 2_147_483_647))]
    pub duration_seconds: Option<i32>,
    /// RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<crate::scalars::Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Its id, where that is not the one derived from its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// A playlist at a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Playlist {
    /// `youtube:` and the playlist's id.
    pub key: crate::scalars::PlaylistKey,
    pub title: String,
    /// Where it is to be seen; left out, it is derived from the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    /// What is in it, in its order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<RecordingKey>,
    /// Its id, where that is not the one derived from its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// Slides, code, an article, a post, a photo, the minutes of a summit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Link {
    pub kind: LinkKind,
    /// Left out where no address is known; then it has a title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_on: Option<Date>,
    /// RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_at: Option<crate::scalars::Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Its id, where that is not the one derived from its subject, kind and url (or title).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
