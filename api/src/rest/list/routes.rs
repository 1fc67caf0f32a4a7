//! The lists, and their columns in CSV.

/// A list and its address.
#[derive(Debug)]
pub struct ListRoute {
    /// The path below [`BASE`](crate::rest::BASE).
    pub path: &'static str,
    /// The root field of the thing that the list belongs to, if any. Its slug is in the path.
    pub within: Option<&'static str>,
    /// The connection in the schema.
    pub connection: &'static str,
    /// The type of its items.
    pub of: &'static str,
    /// Whether it takes filters and an order.
    pub is_filtered: bool,
    /// The list of an item with a row in CSV for each of its elements, if an item is not a row itself.
    pub rows: Option<&'static str>,
    /// The columns in CSV, each with the path to its value. `[]` after a name in the path keeps one value for each
    /// element of that list, so that two columns are in step. Behind a `|` is the path to what each value is of: each is
    /// there once for it.
    pub columns: &'static [(&'static str, &'static str)],
    /// The parameters of an example request, for the archive that ships.
    pub example: &'static str,
}

const TALK_COLUMNS: &[(&str, &str)] = &[
    ("id", "id"),
    ("edition", "edition.slug"),
    ("slug", "slug"),
    ("title", "title"),
    ("subtitle", "subtitle"),
    ("kind", "kind"),
    ("status", "status"),
    ("language", "language"),
    ("starts_at", "startsAt"),
    ("ends_at", "endsAt"),
    ("room", "room.name"),
    ("track", "track.name"),
    ("speakers", "appearances[].creditedAs"),
    ("companies", "appearances[].companies.name"),
    ("tags", "tags"),
    ("recording", "recordings.url"),
    ("url", "url"),
    ("abstract", "abstract"),
    ("speaker_slugs", "appearances[].speaker.slug"),
];

const APPEARANCE_COLUMNS: &[(&str, &str)] = &[
    ("talk_id", "id"),
    ("edition", "edition.slug"),
    ("talk_slug", "slug"),
    ("talk_title", "title"),
    ("talk_kind", "kind"),
    ("starts_at", "startsAt"),
    ("speaker_slug", "appearances.speaker.slug"),
    ("speaker", "appearances.speaker.name"),
    ("credited_as", "appearances.creditedAs"),
    ("role", "appearances.role"),
    ("companies", "appearances.companies.name"),
    ("company_slugs", "appearances.companies.slug"),
    ("represents", "appearances.represents"),
    ("talk_url", "url"),
];

const EDITION_COLUMNS: &[(&str, &str)] = &[
    ("id", "id"),
    ("conference", "conference.slug"),
    ("slug", "slug"),
    ("name", "name"),
    ("year", "year"),
    ("status", "status"),
    ("starts_on", "startsOn"),
    ("ends_on", "endsOn"),
    ("timezone", "timezone"),
    ("format", "format"),
    ("venue", "venue.name"),
    ("city", "city"),
    ("country", "country"),
    ("capacity", "capacity"),
    ("attendance", "attendance"),
    ("website", "websiteUrl"),
    ("url", "url"),
];

const SPEAKER_COLUMNS: &[(&str, &str)] = &[
    ("id", "id"),
    ("slug", "slug"),
    ("name", "name"),
    ("pronouns", "pronouns"),
    ("is_group", "isGroup"),
    ("companies", "companies.name"),
    ("editions", "editions.slug"),
    ("url", "url"),
    ("biography", "biography"),
];

const COMPANY_COLUMNS: &[(&str, &str)] = &[
    ("id", "id"),
    ("slug", "slug"),
    ("name", "name"),
    ("kind", "kind"),
    ("website", "websiteUrl"),
    ("successor", "successor.slug"),
    ("url", "url"),
];

const RECORDING_COLUMNS: &[(&str, &str)] = &[
    ("id", "id"),
    ("provider", "provider"),
    ("external_id", "externalId"),
    ("kind", "kind"),
    ("title", "title"),
    ("url", "url"),
    ("duration_seconds", "durationSeconds"),
    ("published_at", "publishedAt"),
    ("language", "language"),
    ("edition", "edition.slug"),
    ("talks", "talks.talk.title"),
    ("speakers", "talks.talk.appearances.creditedAs|talks.talk.appearances.speaker.slug"),
];

const CONFERENCE_COLUMNS: &[(&str, &str)] = &[
    ("id", "id"),
    ("slug", "slug"),
    ("name", "name"),
    ("website", "websiteUrl"),
    ("url", "url"),
    ("description", "description"),
];

/// Every list.
pub const LISTS: [ListRoute; 8] = [
    ListRoute {
        path: "/conferences",
        within: None,
        connection: "conferences",
        of: "Conference",
        is_filtered: false,
        rows: None,
        columns: CONFERENCE_COLUMNS,
        example: "limit=10",
    },
    ListRoute {
        path: "/editions",
        within: None,
        connection: "editions",
        of: "Edition",
        is_filtered: true,
        rows: None,
        columns: EDITION_COLUMNS,
        example: "conference=promcon&country=DE&sort=-starts_on&limit=3",
    },
    ListRoute {
        path: "/talks",
        within: None,
        connection: "talks",
        of: "Talk",
        is_filtered: true,
        rows: None,
        columns: TALK_COLUMNS,
        example: "edition=promcon-2016-berlin&kind=KEYNOTE,TALK&has_recording=true&include=recordings&limit=2",
    },
    ListRoute {
        path: "/speakers",
        within: None,
        connection: "speakers",
        of: "Speaker",
        is_filtered: true,
        rows: None,
        columns: SPEAKER_COLUMNS,
        example: "company=grafana-labs&sort=-talk_count&limit=3",
    },
    ListRoute {
        path: "/speakers/{slug}/talks",
        within: Some("speaker"),
        connection: "talks",
        of: "Talk",
        is_filtered: true,
        rows: None,
        columns: TALK_COLUMNS,
        example: "slug=julius-volz&sort=-starts_at&fields=title,url&limit=3",
    },
    ListRoute {
        path: "/companies",
        within: None,
        connection: "companies",
        of: "Company",
        is_filtered: true,
        rows: None,
        columns: COMPANY_COLUMNS,
        example: "name_contains=cloud&limit=3",
    },
    ListRoute {
        path: "/companies/{slug}/talks",
        within: Some("company"),
        connection: "talks",
        of: "Talk",
        is_filtered: true,
        rows: None,
        columns: TALK_COLUMNS,
        example: "slug=grafana-labs&year=2019&limit=3",
    },
    ListRoute {
        path: "/recordings",
        within: None,
        connection: "recordings",
        of: "Recording",
        is_filtered: true,
        rows: None,
        columns: RECORDING_COLUMNS,
        example: "edition=promcon-2017-munich&has_talk=true&sort=title&limit=2",
    },
];

/// The appearances of all talks, as CSV alone: one row for each appearance.
pub const APPEARANCES: ListRoute = ListRoute {
    path: "/appearances",
    within: None,
    connection: "talks",
    of: "Talk",
    is_filtered: true,
    rows: Some("appearances"),
    columns: APPEARANCE_COLUMNS,
    example: "edition=promcon-2016-berlin&limit=2",
};
