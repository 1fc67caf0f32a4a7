//! Which formats there are.

/// The media type of iCalendar.
pub const CALENDAR: &str = "text/calendar; charset=utf-8";
/// The media type of c3voc's schedule XML.
pub const SCHEDULE_XML: &str = "application/vnd.c3voc.schedule+xml; charset=utf-8";
/// The media type of Atom.
pub const ATOM: &str = "application/atom+xml; charset=utf-8";

/// A format and its address.
#[derive(Debug)]
pub struct FormatRoute {
    pub path: &'static str,
    /// The name of the operation.
    pub name: &'static str,
    pub media: &'static str,
    /// The type that the address leads to.
    pub of: &'static str,
    /// Which parameters it takes besides: `schedule`, `recordings` or none.
    pub parameters: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    /// Parameters that make an example on the archive that ships.
    pub example: &'static str,
}

/// Every format.
pub const FORMATS: [FormatRoute; 10] = [
    FormatRoute {
        path: "/editions/{slug}/schedule.ics",
        name: "getScheduleIcs",
        media: CALENDAR,
        of: "Edition",
        parameters: "schedule",
        title: "The schedule as iCalendar",
        description: "RFC 5545: the whole schedule, or a day's, a room's or a track's. An event's UID is its slot's id and never changes; DTSTAMP \
            and SEQUENCE are its last change's. A cancelled talk stays, with STATUS:CANCELLED and \"Cancelled:\" before its title.",
        example: "slug=promcon-2017-munich&day=2017-08-17",
    },
    FormatRoute {
        path: "/talks/{id}.ics",
        name: "getTalkIcs",
        media: CALENDAR,
        of: "Talk",
        parameters: "",
        title: "A talk as iCalendar",
        description: "RFC 5545: an event for each time that it is held; of a talk in a lightning round the round's.",
        example: "id=491c63bf-4fe2-56dc-b62b-5be859b1554a",
    },
    FormatRoute {
        path: "/speakers/{slug}.ics",
        name: "getSpeakerIcs",
        media: CALENDAR,
        of: "Speaker",
        parameters: "",
        title: "What a speaker says, as iCalendar",
        description: "RFC 5545: an event for each time on stage, over all editions.",
        example: "slug=julius-volz",
    },
    FormatRoute {
        path: "/editions/{slug}/schedule.xml",
        name: "getScheduleXml",
        media: SCHEDULE_XML,
        of: "Edition",
        parameters: "",
        title: "The schedule as the XML of the frab and c3voc world",
        description: "Valid by c3voc's schedule.xml.xsd. It knows neither breaks nor cancelled talks: both are left out, and readers tell a talk \
            that is gone as cancelled. `guid` is the slot's id and `id` its number; neither ever changes.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/editions/{slug}/schedule.json",
        name: "getScheduleJson",
        media: "application/json",
        of: "Edition",
        parameters: "",
        title: "The schedule as c3voc's JSON, version 1",
        description: "Valid by c3voc's schedule v1 schema; the same events as the XML, under the same ids.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/editions/{slug}/schedule.v2.json",
        name: "getScheduleV2Json",
        media: "application/json",
        of: "Edition",
        parameters: "",
        title: "The schedule as c3voc's JSON, version 2 (preview)",
        description: "A preview of a format that is not settled (alpha): breaks and cancelled talks are told too. It may change as the format does.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/feeds/recordings.atom",
        name: "getRecordingsFeed",
        media: ATOM,
        of: "Recording",
        parameters: "recordings",
        title: "Recordings as an Atom feed",
        description: "RFC 4287, in pages (RFC 5005): those that changed last come first; filtered like the list.",
        example: "speaker=julius-volz&limit=5",
    },
    FormatRoute {
        path: "/editions/{slug}/feed.atom",
        name: "getChangesFeed",
        media: ATOM,
        of: "Edition",
        parameters: "",
        title: "Changes of an edition's schedule as an Atom feed",
        description: "RFC 4287: what is new, moved, renamed, called off or gone since the programme was first known, the last change first, up to 50 of \
            them. Each stays as it happened, under the same id.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/editions/{slug}/archive.yaml",
        name: "getArchiveYaml",
        media: "application/yaml",
        of: "Edition",
        parameters: "",
        title: "An edition in Lectern's own format, in one file",
        description: "Everything, with the people and companies in it: `lectern import native` takes it without loss.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/editions/{slug}/archive.tar.zst",
        name: "getArchiveTar",
        media: "application/zstd",
        of: "Edition",
        parameters: "",
        title: "An edition in Lectern's own format, as a folder",
        description: "The files that people keep and edit, in a tar archive compressed by zstd: `lectern import native` takes it without loss.",
        example: "slug=promcon-2017-munich",
    },
];
