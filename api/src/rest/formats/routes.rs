//! The table of formats.

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
    pub type_name: &'static str,
    /// The group of other parameters: `schedule`, `recordings` or none.
    pub parameters: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    /// The parameters of an example on the archive that ships.
    pub example: &'static str,
}

/// Every format.
pub const FORMATS: [FormatRoute; 10] = [
    FormatRoute {
        path: "/editions/{slug}/schedule.ics",
        name: "getScheduleIcs",
        media: CALENDAR,
        type_name: "Edition",
        parameters: "schedule",
        title: "The schedule as iCalendar",
        description: "The schedule of an edition as iCalendar (RFC 5545): all of it, or only the slots of one day, \
            room or track. The UID of an event is the id of its slot and never changes; its DTSTAMP and SEQUENCE are \
            those of the last change. A cancelled talk stays in the calendar, with STATUS:CANCELLED and \"Cancelled:\" \
            before its title.",
        example: "slug=promcon-2017-munich&day=2017-08-17",
    },
    FormatRoute {
        path: "/talks/{id}.ics",
        name: "getTalkIcs",
        media: CALENDAR,
        type_name: "Talk",
        parameters: "",
        title: "A talk as iCalendar",
        description: "A talk as iCalendar (RFC 5545), with one event for each of its slots. A talk in a lightning \
            round has the events of the round.",
        example: "id=491c63bf-4fe2-56dc-b62b-5be859b1554a",
    },
    FormatRoute {
        path: "/speakers/{slug}.ics",
        name: "getSpeakerIcs",
        media: CALENDAR,
        type_name: "Speaker",
        parameters: "",
        title: "The talks of a speaker as iCalendar",
        description: "The talks of a speaker at all editions as iCalendar (RFC 5545), with one event for each slot.",
        example: "slug=julius-volz",
    },
    FormatRoute {
        path: "/editions/{slug}/schedule.xml",
        name: "getScheduleXml",
        media: SCHEDULE_XML,
        type_name: "Edition",
        parameters: "",
        title: "The schedule as XML in the format of frab and c3voc",
        description: "The schedule of an edition as XML, valid by c3voc's schedule.xml.xsd. The format has neither \
            breaks nor cancelled talks: both are left out, and readers show a talk that is missing as cancelled. The \
            `guid` of an event is the id of its slot, and its `id` is the number of the slot; neither ever changes.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/editions/{slug}/schedule.json",
        name: "getScheduleJson",
        media: "application/json",
        type_name: "Edition",
        parameters: "",
        title: "The schedule as JSON in c3voc's format, version 1",
        description: "The schedule of an edition as JSON, valid by the schema of c3voc's schedule format, version 1. \
            It has the same events as the XML, under the same ids.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/editions/{slug}/schedule.v2.json",
        name: "getScheduleV2Json",
        media: "application/json",
        type_name: "Edition",
        parameters: "",
        title: "The schedule as JSON in c3voc's format, version 2 (preview)",
        description: "The schedule of an edition as JSON in version 2 of c3voc's schedule format, with breaks and \
            cancelled talks. The format is an alpha version, and this document changes as the format does.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/feeds/recordings.atom",
        name: "getRecordingsFeed",
        media: ATOM,
        type_name: "Recording",
        parameters: "recordings",
        title: "Recordings as an Atom feed",
        description: "The recordings as an Atom feed (RFC 4287) in pages (RFC 5005), those that changed last first. It \
            takes the same filters as the list of recordings.",
        example: "speaker=julius-volz&limit=5",
    },
    FormatRoute {
        path: "/editions/{slug}/feed.atom",
        name: "getChangesFeed",
        media: ATOM,
        type_name: "Edition",
        parameters: "",
        title: "Changes of an edition's schedule as an Atom feed",
        description: "The last 50 changes of an edition's schedule as an Atom feed (RFC 4287), the latest first: \
            talks, breaks and social events that were added, moved, renamed, cancelled or removed after the schedule \
            was first published. An entry never changes, nor does its id.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/editions/{slug}/archive.yaml",
        name: "getArchiveYaml",
        media: "application/yaml",
        type_name: "Edition",
        parameters: "",
        title: "An edition in Lectern's own format, in one file",
        description: "An edition in Lectern's own format as one YAML file, with the people and companies in it. \
            `lectern import native` reads it without loss.",
        example: "slug=promcon-2017-munich",
    },
    FormatRoute {
        path: "/editions/{slug}/archive.tar.zst",
        name: "getArchiveTar",
        media: "application/zstd",
        type_name: "Edition",
        parameters: "",
        title: "An edition in Lectern's own format, as a folder",
        description: "An edition in Lectern's own format as a folder of YAML files, in a tar archive compressed with \
            zstd. `lectern import native` reads it without loss.",
        example: "slug=promcon-2017-munich",
    },
];
