//! The archive as one value: what every import makes and every export starts from.
//!
//! The structs are Lectern's own format, file by file (`docs/archive-format.md`); their doc comments are the
//! descriptions in the JSON Schemas that editors use. Lists whose order is data (billing, tiers, rooms, links) keep it;
//! the others are sorted by [`Document::sort`], so that equal archives are equal values.

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    sync::{Arc, OnceLock},
};

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::packed::PackedList;
use crate::{
    column::Column,
    resource::{
        admission::{CallForPapers, Ticket},
        venue::Venue,
    },
    scalars::{
        Acronym, Color, Country, Date, Id, Instant, Language, LocalTime, PlaylistKey, RecordingKey, Slug, TimeZone, Url,
    },
    vocabulary::{
        AppearanceRole, CompanyKind, EditionFormat, EditionStatus, InvolvementRole, LinkKind, RecordingKind, SlotKind,
        TalkKind, TalkStatus,
    },
};

/// A record of the format, and which of its fields are columns of its table: `field: Type => column`. What stands
/// elsewhere (references, parts, an id that is not derived) is `field: Type = field`, and is given when a row is read.
/// A new column needs its line here, and no other in imports and exports.
macro_rules! record {
    (
        $(#[$doc:meta])*
        pub struct $record:ident, of $table:ident and $given:ident {
            $($(#[$field_doc:meta])* pub $field:ident: $type:ty $(=> $column:ident)? $(= $elsewhere:ident)?,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $record {
            $($(#[$field_doc])* pub $field: $type,)+
        }

        #[doc = concat!("What a [`", stringify!($record), "`] has besides the columns of its row.")]
        pub(crate) struct $given {
            $($(pub $elsewhere: $type,)?)+
        }

        impl $record {
            /// Sets the columns of a row.
            pub(crate) fn put_columns(&self, row: &mut entity::$table::Model) {
                $($(row.$column = self.$field.to_column();)?)+
            }

            /// A row as a record; why it can't be one, where the program did not write it.
            pub(crate) fn of_row(row: &entity::$table::Model, given: $given) -> Result<Self, String> {
                Ok(Self {
                    $($field: $(stored(Column::from_column(&row.$column), stringify!($field))?)? $(given.$elsewhere)?,)+
                })
            }
        }
    };
}

/// The value of a column; why it is none, with the name of the field.
fn stored<T>(value: Result<T, String>, field: &str) -> Result<T, String> {
    value.map_err(|wrong| format!("{field}: {wrong}"))
}

/// A whole archive, or a part of one: the content of an `archive.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Document {
    /// The point in the change log at which the document was exported. It is left out in a document that was written by
    /// hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported: Option<ExportPoint>,
    /// The conferences of the archive.
    pub conferences: Vec<Conference>,
    /// The companies of the archive.
    pub companies: Vec<Company>,
    /// The speakers of the archive.
    pub speakers: Vec<Speaker>,
    /// The recordings that belong to no edition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<Recording>,
    /// The playlists that belong to no edition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub playlists: Vec<Playlist>,
    /// The editions of the archive.
    pub editions: Vec<Edition>,
    /// Where ids, keys and editions are in the files that the document was read from.
    #[serde(skip)]
    pub places: Whereabouts,
}

/// Where things are in the files of a document: ids and keys of videos, and editions by their slugs. Only mistakes that
/// show late ask for it, so the files are read for it then. Documents are equal wherever they were read from.
#[derive(Clone, Default)]
pub struct Whereabouts(Option<Arc<FoundPlaces>>);

/// Finds the places of things.
type FindPlaces = dyn Fn() -> HashMap<String, String> + Send + Sync;

struct FoundPlaces {
    find: Box<FindPlaces>,
    found: OnceLock<HashMap<String, String>>,
}

impl Whereabouts {
    /// The places that are found by this, once.
    pub(super) fn found_by(find: impl Fn() -> HashMap<String, String> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(FoundPlaces { find: Box::new(find), found: OnceLock::new() })))
    }

    /// The place of something in brackets, after a blank; nothing if it is not known.
    pub fn of(&self, what: &str) -> String {
        let places = self.0.as_ref().map(|places| places.found.get_or_init(|| (places.find)()));
        places.and_then(|places| places.get(what)).map(|place| format!(" ({place})")).unwrap_or_default()
    }
}

impl fmt::Debug for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Whereabouts").finish_non_exhaustive()
    }
}

impl PartialEq for Whereabouts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// `export.yaml`: the point in the change log at which the folder was exported. An import compares with it, to keep
/// what was changed in the archive since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExportPoint {
    /// The revision of the last change that the export has.
    #[schemars(range(min = 1, max = 9_007_199_254_740_991_i64))]
    pub revision: i64,
    /// The time of that change, in UTC: `2026-09-21T14:13:19Z`. It tells this archive from another one.
    pub at: Instant,
}

impl Document {
    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        let Self { exported: _, conferences, companies, speakers, recordings, playlists, editions, places: _ } = self;
        conferences.is_empty()
            && companies.is_empty()
            && speakers.is_empty()
            && recordings.is_empty()
            && playlists.is_empty()
            && editions.is_empty()
    }

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

/// `conferences.yaml`: the conferences that editions belong to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ConferencesFile {
    /// The conferences of the archive.
    pub conferences: Vec<Conference>,
}

/// `companies.yaml`: the companies that speakers represent or that sponsor editions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CompaniesFile {
    /// The companies of the archive.
    pub companies: Vec<Company>,
}

/// `speakers.yaml`: the speakers of all talks, and the people who organise editions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SpeakersFile {
    /// The speakers of the archive.
    pub speakers: Vec<Speaker>,
}

/// `recordings.yaml`: the recordings and playlists that belong to no edition. The file can be left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RecordingsFile {
    /// The recordings that belong to no edition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<Recording>,
    /// The playlists that belong to no edition.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub playlists: Vec<Playlist>,
}

/// The former identities of a record: its id if it is not the derived one, its former slugs, and the ids of records
/// merged into it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// The id of the record, a UUID. It is left out if it is the one that is derived from the oldest slug.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The former slugs of the record, oldest first. They keep leading to the record, whose id is derived from the
    /// oldest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former_slugs: Vec<Slug>,
    /// The ids of the records that were merged into this one. They keep leading to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_ids: Vec<Id>,
}

record! {
    /// A conference: a series of editions.
    pub struct Conference, of conference and ConferenceGiven {
        /// The slug of the conference, unique among conferences: lower-case letters and digits with single hyphens
        /// between them, such as `promcon`.
        pub slug: Slug => slug,
        /// The name of the conference: `PromCon`.
        pub name: String => name,
        /// The description of the conference, in Markdown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String> => description,
        /// The address of the conference's own website.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub website_url: Option<Url> => website_url,
        /// The links of the conference, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub links: Vec<Link> = links,
        #[serde(flatten)]
        pub identity: Identity = identity,
    }
}

record! {
    /// A company, foundation, project, university or other organisation that speakers represented or that sponsored an
    /// edition.
    pub struct Company, of company and CompanyGiven {
        /// The slug of the company, unique among companies: `grafana-labs`.
        pub slug: Slug => slug,
        /// The name of the company: `Grafana Labs`.
        pub name: String => name,
        /// Other names and spellings of the company: `CNCF`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub aliases: Vec<String> = aliases,
        /// The kind of organisation. If it is left out, it is COMPANY.
        #[serde(default, skip_serializing_if = "is_default")]
        pub kind: CompanyKind => kind,
        /// The address of the company's own website.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub website_url: Option<Url> => website_url,
        /// The address of an image of the company's logo.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub logo_url: Option<Url> => logo_url,
        /// The slug of the company that this one became, by a new name or a takeover.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub successor: Option<Slug> = successor,
        /// The links of the company, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub links: Vec<Link> = links,
        #[serde(flatten)]
        pub identity: Identity = identity,
    }
}

record! {
    /// A person who appeared in a talk or helped an edition, or a group that is credited as one.
    pub struct Speaker, of speaker and SpeakerGiven {
        /// The slug of the speaker, unique among speakers: `julius-volz`.
        pub slug: Slug => slug,
        /// The name of the speaker: `Julius Volz`.
        pub name: String => name,
        /// Other names and spellings of the speaker.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub aliases: Vec<String> = aliases,
        /// The pronouns that the speaker asks for: `she/her`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub pronouns: Option<String> => pronouns,
        /// The biography of the speaker, in Markdown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub biography: Option<String> => biography,
        /// The address of a picture of the speaker.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub avatar_url: Option<Url> => avatar_url,
        /// Whether the speaker is a group that is credited as one ("The Prometheus maintainers") and not a person. If
        /// it is left out, it is false.
        #[serde(default, skip_serializing_if = "is_default")]
        pub is_group: bool => is_group,
        /// The links of the speaker, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub links: Vec<Link> = links,
        #[serde(flatten)]
        pub identity: Identity = identity,
    }
}

record! {
    /// `editions/<slug>.yaml`: one edition with its schedule, talks, sponsors and recordings. Times of slots are local
    /// times in the edition's time zone.
    pub struct Edition, of edition and EditionGiven {
        /// The slug of the edition, unique in the whole archive: `promcon-2016-berlin`. The file has the same name.
        pub slug: Slug => slug,
        /// The slug of the conference that the edition belongs to.
        pub conference: Slug = conference,
        /// The name of the edition: `PromCon 2016`.
        pub name: String => name,
        /// The year of the edition: 2016.
        #[schemars(range(min = 1, max = 9998))]
        pub year: i32 => year,
        /// The acronym of the edition in schedule formats: `promcon_2016_berlin`. If it is left out, it is the slug
        /// with underscores.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub acronym: Option<Acronym> = acronym,
        /// The first day of the edition, in its time zone: `2016-08-25`. It is left out with the last day if the days
        /// are not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub starts_on: Option<Date> => starts_on,
        /// The last day of the edition, in its time zone: `2016-08-26`. It is left out with the first day if the days
        /// are not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ends_on: Option<Date> => ends_on,
        /// The time zone of the edition: `Europe/Berlin`.
        pub timezone: TimeZone => timezone,
        /// The state of the edition, where an editor has to set it. If it is left out, it follows from the clock, the
        /// days and the schedule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status: Option<EditionStatus> => status,
        /// The way of attending the edition. If it is left out, it is IN_PERSON.
        #[serde(default, skip_serializing_if = "is_default")]
        pub format: EditionFormat => format,
        /// The city in which the edition takes place. It is left out for an edition that is online only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub city: Option<String> => city,
        /// The country of the city as an ISO 3166-1 code: `DE`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub country: Option<Country> => country,
        /// The venue of the edition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub venue: Option<Venue> => venue,
        /// The number of people who could attend.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0, max = 2_147_483_647))]
        pub capacity: Option<i32> => capacity,
        /// The number of people who attended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0, max = 2_147_483_647))]
        pub attendance: Option<i32> => attendance,
        /// Whether the number of people who attended is an estimate. If it is left out, it is false.
        #[serde(default, skip_serializing_if = "is_default")]
        pub attendance_is_estimate: bool => attendance_is_estimate,
        /// Whether the edition was sold out. It is left out if it is not known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sold_out: Option<bool> => sold_out,
        /// The number of the edition in the conference's own count: 1 for the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 1, max = 2_147_483_647))]
        pub ordinal: Option<i32> => ordinal,
        /// The hashtags of the edition, without the `#`: `promcon2016`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub hashtags: Vec<String> => hashtags,
        /// The address of the edition's own website.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub website_url: Option<Url> => website_url,
        /// The slug of the edition that this one took the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaces: Option<Slug> = replaces,
        /// The call for papers of the edition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub call_for_papers: Option<CallForPapers> => call_for_papers,
        /// The kinds of tickets that were sold for the edition, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub tickets: Vec<Ticket> => tickets,
        /// The people and companies that organised, hosted or helped the edition, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub involvements: Vec<Involvement> = involvements,
        /// The tiers of the edition's sponsors, the highest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub sponsor_tiers: Vec<SponsorTier> = sponsor_tiers,
        /// The sponsorships without a tier, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub sponsors: Vec<Sponsorship> = sponsors,
        /// The rooms of the edition, in the order in which the schedule shows them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub rooms: Vec<Room> = rooms,
        /// The tracks of the edition, in the order in which the schedule shows them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub tracks: Vec<Track> = tracks,
        /// The links of the edition, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub links: Vec<Link> = links,
        /// The slots of the schedule: when and where each talk, break and social event takes place.
        #[serde(default, skip_serializing_if = "PackedList::is_empty")]
        #[schemars(with = "Vec<Slot>")]
        pub slots: PackedList<Slot> = slots,
        /// The talks of the edition.
        #[serde(default, skip_serializing_if = "PackedList::is_empty")]
        #[schemars(with = "Vec<Talk>")]
        pub talks: PackedList<Talk> = talks,
        /// The recordings of which more is known than the talk that they show: live streams, recaps, titles, lengths. A
        /// recording that a talk names and that is not listed here is of the kind TALK, with nothing else known.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub recordings: Vec<Recording> = recordings,
        /// The playlists of the edition.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub playlists: Vec<Playlist> = playlists,
        #[serde(flatten)]
        pub identity: Identity = identity,
    }
}

impl Edition {
    /// The first and the last day, if they are known and in order.
    pub(crate) fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((self.starts_on?.0, self.ends_on?.0)).filter(|(first, last)| first <= last)
    }

    /// The edition, to look into its talks and slots. If they are packed, they stay so here.
    pub(crate) fn unpacked(&self) -> Cow<'_, Self> {
        match self.talks.is_packed() || self.slots.is_packed() {
            true => Cow::Owned(self.clone()),
            false => Cow::Borrowed(self),
        }
    }
}

record! {
    /// The involvement of one person or one company, exactly one of them, in an edition.
    pub struct Involvement, of involvement and InvolvementGiven {
        /// The slug of the person, as a speaker. It is left out for a company.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub person: Option<Slug> = person,
        /// The slug of the company. It is left out for a person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub company: Option<Slug> = company,
        /// The role of the person or company.
        pub role: InvolvementRole => role,
        /// A remark about the involvement.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String> => note,
    }
}

record! {
    /// A tier of an edition's sponsors.
    pub struct SponsorTier, of sponsor_tier and SponsorTierGiven {
        /// The slug of the tier, unique in its edition: `diamond`.
        pub slug: Slug => slug,
        /// The name of the tier: `Diamond`.
        pub name: String => name,
        /// The sponsorships in the tier, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub sponsors: Vec<Sponsorship> = sponsors,
    }
}

record! {
    /// The sponsorship of an edition by a company.
    pub struct Sponsorship, of sponsorship and SponsorshipGiven {
        /// The slug of the company.
        pub company: Slug = company,
        /// The address that the edition's website linked the sponsor to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<Url> => url,
    }
}

record! {
    /// A room of the edition.
    pub struct Room, of room and RoomGiven {
        /// The slug of the room, unique in its edition: `main-room`.
        pub slug: Slug => slug,
        /// The name of the room: `Main room`.
        pub name: String => name,
        /// The number of people who fit in the room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0, max = 2_147_483_647))]
        pub capacity: Option<i32> => capacity,
        /// The id of the room, a UUID. It is left out if it is the one that is derived from the slug.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<Id> = id,
    }
}

record! {
    /// A track of the edition: a series of talks on one subject.
    pub struct Track, of track and TrackGiven {
        /// The slug of the track, unique in its edition: `observability`.
        pub slug: Slug => slug,
        /// The name of the track: `Observability`.
        pub name: String => name,
        /// The color of the track in the form `#rrggbb`: `#e6522c`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub color: Option<Color> => color,
        /// The id of the track, a UUID. It is left out if it is the one that is derived from the slug.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<Id> = id,
    }
}

record! {
    /// A slot in the schedule: of a talk, or of a break or a social event, which has a kind and a title instead.
    pub struct Slot, of slot and SlotGiven {
        /// The number of the slot, unique in its edition. It never changes, because schedule apps use it as a key.
        #[schemars(range(min = 1, max = 2_147_483_647))]
        pub number: i32 => number,
        /// The start of the slot as a local time in the edition's time zone: `2016-08-25T09:30`.
        pub starts_at: LocalTime = starts_at,
        /// The end of the slot as a local time in the edition's time zone. If it is left out, it is estimated: the
        /// start of the next slot on the same conference day in the same room or without a room; if there is none, 4
        /// hours after the start if the kind is SOCIAL and 30 minutes after it otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ends_at: Option<LocalTime> = ends_at,
        /// Whether the end that is given is only an estimate. If it is left out, it is false.
        #[serde(default, skip_serializing_if = "is_default")]
        pub end_is_estimated: bool = end_is_estimated,
        /// Whether the slot was announced as open-ended ("until late"). If it is left out, it is false.
        #[serde(default, skip_serializing_if = "is_default")]
        pub is_open_ended: bool => is_open_ended,
        /// The slug of the talk that is given in the slot. It is left out for a break or a social event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub talk: Option<Slug> = talk,
        /// The kind of a slot without a talk. It is left out, or TALK, for a slot with a talk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<SlotKind> = kind,
        /// The title of a slot without a talk. It is left out for a slot with a talk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String> => title,
        /// The slug of the room of the slot.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub room: Option<Slug> = room,
        /// The place of the slot, if it is not at the edition's venue.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub place: Option<Venue> => place,
        /// The slugs of the companies that paid for the break or the social event, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub sponsors: Vec<Slug> = sponsors,
        /// The id of the slot, a UUID. It is left out if it is the one that is derived from the number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<Id> = id,
    }
}

record! {
    /// A talk at an edition, in any form: a keynote, a panel, a workshop.
    pub struct Talk, of talk and TalkGiven {
        /// The slug of the talk, unique in its edition: `prometheus-design-and-philosophy`.
        pub slug: Slug => slug,
        /// The title of the talk: `Prometheus Design and Philosophy`.
        pub title: String => title,
        /// The subtitle of the talk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub subtitle: Option<String> => subtitle,
        /// Former titles of the talk, and other titles under which it was listed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub aliases: Vec<String> => aliases,
        /// The form of the talk. If it is left out, it is TALK.
        #[serde(default, skip_serializing_if = "is_default")]
        pub kind: TalkKind => kind,
        /// The state of the talk. If it is left out, it is CONFIRMED.
        #[serde(default, skip_serializing_if = "is_default")]
        pub status: TalkStatus => status,
        /// The abstract of the talk, in Markdown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub r#abstract: Option<String> => r#abstract,
        /// The language of the talk as a BCP 47 tag: `en`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub language: Option<Language> => language,
        /// The slug of the track of the talk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub track: Option<Slug> = track,
        /// The tags of the talk: `alerting`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub tags: Vec<String> = tags,
        /// Whether the speakers asked for the talk not to be recorded. If it is left out, it is false.
        #[serde(default, skip_serializing_if = "is_default")]
        pub do_not_record: bool => do_not_record,
        /// The slug of the block in which the talk is given, such as a lightning round: a talk of the kind
        /// LIGHTNING_BLOCK. A talk in a block has no slot of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub block: Option<Slug> = block,
        /// The position of the talk in its block, from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 1, max = 2_147_483_647))]
        pub block_position: Option<i32> => block_position,
        /// The slug of the talk of this edition that this one took the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub replaces: Option<Slug> = replaces,
        /// The appearances of speakers in the talk, in billing order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub appearances: Vec<Appearance> = appearances,
        /// The places of the talk in recordings, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub recordings: Vec<TalkRecording> = recordings,
        /// The links of the talk, in their order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub links: Vec<Link> = links,
        #[serde(flatten)]
        pub identity: Identity = identity,
    }
}

record! {
    /// The appearance of one speaker in one talk.
    pub struct Appearance, of appearance and AppearanceGiven {
        /// The slug of the speaker.
        pub speaker: Slug = speaker,
        /// The slugs of the companies that the speaker represented at the time of the talk, the main one first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub companies: Vec<Slug> = companies,
        /// The role of the speaker in the talk. If it is left out, it is SPEAKER.
        #[serde(default, skip_serializing_if = "is_default")]
        pub role: AppearanceRole => role,
        /// The name of the speaker as the schedule credited it. It is left out if it is the speaker's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub credited_as: Option<String> => credited_as,
        /// The project that the speaker represented in the talk, mostly on a panel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub represents: Option<String> => represents,
    }
}

record! {
    /// The place of a talk in a recording.
    pub struct TalkRecording, of talk_recording and TalkRecordingGiven {
        /// The key of the recording: `youtube:3Tb4Wc0kfCM`.
        pub recording: RecordingKey = recording,
        /// The start of the talk in the recording, in seconds. It is left out if it is not known or if the recording
        /// shows only the talk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0, max = 2_147_483_647))]
        pub start_seconds: Option<i32> => start_seconds,
        /// The end of the talk in the recording, in seconds. It is left out if it is not known or if the recording
        /// shows only the talk.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0, max = 2_147_483_647))]
        pub end_seconds: Option<i32> => end_seconds,
    }
}

record! {
    /// A recording: a video at a provider such as YouTube.
    pub struct Recording, of recording and RecordingGiven {
        /// The key of the recording: the provider and the id there, such as `youtube:3Tb4Wc0kfCM`.
        pub key: RecordingKey = key,
        /// The kind of content that the recording shows. If it is left out, it is TALK.
        #[serde(default, skip_serializing_if = "is_default")]
        pub kind: RecordingKind => kind,
        /// The title of the recording at the provider.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String> => title,
        /// The address at which the recording is watched. If it is left out, it is derived from the key; the providers
        /// `peertube` and `other` require it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<Url> = url,
        /// The address of a still image of the recording. If it is left out for a recording at YouTube, YouTube's own
        /// is used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub thumbnail_url: Option<Url> => thumbnail_url,
        /// The length of the recording in seconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0, max = 2_147_483_647))]
        pub duration_seconds: Option<i32> => duration_seconds,
        /// The time at which the recording was published, in UTC: `2016-08-29T07:03:19Z`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub published_at: Option<Instant> => published_at,
        /// The language spoken in the recording as a BCP 47 tag: `en`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub language: Option<Language> => language,
        /// The id of the recording, a UUID. It is left out if it is the one that is derived from the key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<Id> = id,
    }
}

record! {
    /// A playlist of recordings at a provider.
    pub struct Playlist, of playlist and PlaylistGiven {
        /// The key of the playlist: the provider and the id there, such as
        /// `youtube:PLoz-W_CUquUlCq-Q0hy53TolAhaED9vmU`.
        pub key: PlaylistKey = key,
        /// The title of the playlist at the provider.
        pub title: String => title,
        /// The address of the playlist at the provider. If it is left out, it is derived from the key; the providers
        /// `peertube` and `other` require it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<Url> = url,
        /// The keys of the recordings in the playlist, in its order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub recordings: Vec<RecordingKey> = recordings,
        /// The id of the playlist, a UUID. It is left out if it is the one that is derived from the key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<Id> = id,
    }
}

record! {
    /// A link: to slides, code, an article, a post, a photo.
    pub struct Link, of link and LinkGiven {
        /// The kind of target that the link leads to.
        pub kind: LinkKind => kind,
        /// The address of the target. It is left out if it is not known; the link then has a title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub url: Option<Url> => url,
        /// The title of the target.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub title: Option<String> => title,
        /// The author of the target.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub author: Option<String> => author,
        /// A remark about the target.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub note: Option<String> => note,
        /// The day on which the target was published, as the target gives it: `2016-08-29`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub published_on: Option<Date> => published_on,
        /// The time at which the target was published, in UTC: `2016-08-29T07:03:19Z`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub published_at: Option<Instant> => published_at,
        /// The language of the target as a BCP 47 tag: `de`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub language: Option<Language> => language,
        /// The id of the link, a UUID. It is left out if it is the one that is derived from the item it belongs to, its
        /// kind and its address or title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub id: Option<Id> = id,
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
