//! Random edits: each of the mutations, with random values.

use serde_json::{Value, json};

use super::values::World;

/// One mutation to be sent.
pub struct Step {
    pub field: String,
    /// The arguments, each with its type.
    pub arguments: Vec<(&'static str, String, Value)>,
    /// The kind of thing in its payload.
    pub kind: &'static str,
}

/// Each kind of thing, the mutation that creates it, and the mutation that changes it.
const THINGS: [(&str, &str, &str); 11] = [
    ("Conference", "createConference", "updateConference"),
    ("Edition", "createEdition", "updateEdition"),
    ("Talk", "createTalk", "updateTalk"),
    ("Slot", "scheduleSlot", "updateSlot"),
    ("Speaker", "createSpeaker", "updateSpeaker"),
    ("Company", "createCompany", "updateCompany"),
    ("Recording", "addRecording", "updateRecording"),
    ("Link", "addLink", "updateLink"),
    ("Room", "createRoom", "updateRoom"),
    ("Track", "createTrack", "updateTrack"),
    ("Playlist", "addPlaylist", "updatePlaylist"),
];
const PROVIDERS: [&str; 5] = ["YOUTUBE", "VIMEO", "PEERTUBE", "MEDIA_CCC", "OTHER"];
const LANGUAGES: [&str; 4] = ["en", "DE", "zh-hant-tw", "x"];
const COUNTRIES: [&str; 3] = ["DE", "CH", "XX"];

impl Step {
    /// The document of a request for it, and its variables.
    pub fn request(&self) -> (String, Value) {
        let types: Vec<String> = self.arguments.iter().map(|(name, ty, _)| format!("${name}: {ty}")).collect();
        let arguments: Vec<String> = self.arguments.iter().map(|(name, ..)| format!("{name}: ${name}")).collect();
        let thing = match self.kind {
            "" => "deletedId".to_owned(),
            "Slot" => "slot { id revision room { id slug } }".to_owned(),
            "Recording" | "Link" | "Playlist" => format!("{} {{ id revision }}", self.kind.to_lowercase()),
            kind => format!("{} {{ id slug revision }}", kind.to_lowercase()),
        };
        let document = format!(
            "mutation({}) {{ it: {}({}) {{ {thing} revision userErrors {{ code path message }} }} }}",
            types.join(", "),
            self.field,
            arguments.join(", ")
        );
        let variables = self.arguments.iter().map(|(name, _, value)| ((*name).to_owned(), value.clone())).collect();
        (document, Value::Object(variables))
    }
}

impl World {
    /// What is done next.
    pub fn step(&mut self) -> Step {
        let (kind, make, change) = self.chance.pick(&THINGS);
        match self.chance.below(100) {
            0..38 => self.make(kind, make),
            38..72 => self.change(kind, change),
            72..80 => self.on("setAppearances", "Talk", "talk", |world| {
                vec![("appearances", "[AppearanceInput!]!", world.list(Self::appearance))]
            }),
            80..83 => self.on("setInvolvements", "Edition", "edition", |world| {
                vec![("involvements", "[InvolvementInput!]!", world.list(Self::involvement))]
            }),
            83..86 => self.on("setSponsors", "Edition", "edition", |world| {
                let tiers = world.list(Self::tier);
                let untiered = if world.chance.percent(50) { Value::Null } else { world.list(Self::sponsorship) };
                vec![("tiers", "[SponsorTierInput!]!", tiers), ("untiered", "[SponsorshipInput!]", untiered)]
            }),
            86..89 => self.part("attachRecording"),
            89..90 => self.part("detachRecording"),
            90..95 => self.merge(),
            _ => self.on("delete", kind, "id", |_| Vec::new()),
        }
    }

    fn make(&mut self, kind: &'static str, field: &str) -> Step {
        let mut required = self.required_fields(kind);
        let of_creation = self.fields_of_creation(kind);
        required.extend(of_creation);
        let optional = self.optional_fields(kind);
        let mut arguments = vec![("input", format!("{kind}Input!"), self.object(required, optional))];
        match kind {
            "Link" => {
                let subject = self.chance.pick(&[
                    "Conference",
                    "Edition",
                    "Talk",
                    "Speaker",
                    "Company",
                    "Talk",
                    "Speaker",
                    "Room",
                ]);
                arguments.push(("to", "ID!".to_owned(), self.id(subject)));
            }
            "Slot" => arguments.push(("force", "Boolean!".to_owned(), self.flag())),
            _ => {}
        }
        Step { field: field.to_owned(), arguments, kind }
    }

    fn change(&mut self, kind: &'static str, field: &str) -> Step {
        let fields = self.required_fields(kind).into_iter().chain(self.optional_fields(kind)).collect();
        let patch = self.object(Vec::new(), fields);
        self.on(field, kind, "id", |world| {
            let mut arguments = vec![("input", "", patch)];
            if kind == "Slot" {
                arguments.push(("force", "Boolean!", world.flag()));
            }
            arguments
        })
    }

    /// A mutation of a thing that is there, now and then by a client that saw it at another revision.
    fn on(
        &mut self,
        field: &str,
        kind: &'static str,
        argument: &'static str,
        rest: impl FnOnce(&mut Self) -> Vec<(&'static str, &'static str, Value)>,
    ) -> Step {
        let id = self.id(kind);
        let mut arguments = vec![(argument, "ID!".to_owned(), id.clone())];
        let rest = rest(self).into_iter().map(|(name, ty, value)| {
            (name, if ty.is_empty() { format!("{kind}Patch!") } else { ty.to_owned() }, value)
        });
        arguments.extend(rest);
        let last_seen = id.as_str().and_then(|id| self.revisions.get(id)).copied().unwrap_or_default();
        let if_revision = match self.chance.below(10) {
            0..3 => json!(last_seen),
            3 => json!(self.chance.pick(&[0, 1, 17, i64::MAX])),
            _ => Value::Null,
        };
        arguments.push(("ifRevision", "Revision".to_owned(), if_revision));
        Step { field: field.to_owned(), arguments, kind: if field == "delete" { "" } else { kind } }
    }

    fn part(&mut self, field: &str) -> Step {
        let mut arguments =
            vec![("talk", "ID!".to_owned(), self.id("Talk")), ("recording", "ID!".to_owned(), self.id("Recording"))];
        if field == "attachRecording" {
            for name in ["startSeconds", "endSeconds"] {
                let value = if self.chance.percent(50) { Value::Null } else { self.number() };
                arguments.push((name, "Int".to_owned(), value));
            }
        }
        Step { field: field.to_owned(), arguments, kind: "Talk" }
    }

    fn merge(&mut self) -> Step {
        let (field, kind) = self.chance.pick(&[("mergeSpeakers", "Speaker"), ("mergeCompanies", "Company")]);
        let arguments = vec![("from", "ID!".to_owned(), self.id(kind)), ("into", "ID!".to_owned(), self.id(kind))];
        Step { field: field.to_owned(), arguments, kind }
    }

    /// The fields that a thing of a kind always has.
    fn required_fields(&mut self, kind: &str) -> Vec<(&'static str, Value)> {
        match kind {
            "Edition" => vec![("name", self.line()), ("timezone", self.zone())],
            "Talk" | "Playlist" => vec![("title", self.line())],
            "Slot" => vec![("startsAt", self.time())],
            "Link" => vec![("kind", self.word(&["SLIDES", "ARTICLE"]))],
            "Recording" => Vec::new(),
            _ => vec![("name", self.line())],
        }
    }

    /// The fields of a thing of a kind that are set when it is created, and never changed.
    fn fields_of_creation(&mut self, kind: &str) -> Vec<(&'static str, Value)> {
        match kind {
            "Edition" => vec![("conference", self.named("Conference"))],
            "Talk" => vec![("edition", self.named("Edition")), ("appearances", self.list(Self::appearance))],
            "Slot" if self.chance.percent(70) => vec![("edition", self.named("Edition")), ("talk", self.id("Talk"))],
            "Slot" => vec![("edition", self.named("Edition")), ("kind", self.slot_kind()), ("title", self.line())],
            "Room" | "Track" => vec![("edition", self.named("Edition"))],
            "Recording" | "Playlist" => vec![("provider", self.word(&PROVIDERS)), ("externalId", self.key())],
            _ => Vec::new(),
        }
    }

    fn slot_kind(&mut self) -> Value {
        self.word(&["BREAK", "SOCIAL", "OTHER", "TALK"])
    }

    /// The fields that a thing of a kind may have.
    fn optional_fields(&mut self, kind: &str) -> Vec<(&'static str, Value)> {
        match kind {
            "Conference" => vec![("slug", self.slug()), ("description", self.text()), ("websiteUrl", self.url())],
            "Edition" => self.of_edition(),
            "Talk" => self.of_talk(),
            "Slot" => {
                let room = if self.chance.percent(70) { self.named("Room") } else { self.line() };
                let mut fields = vec![
                    ("endsAt", self.time()),
                    ("isOpenEnded", self.flag()),
                    ("room", room),
                    ("place", self.venue()),
                    ("sponsors", self.list(|world| world.named("Company"))),
                ];
                if self.chance.percent(30) {
                    fields.extend([("kind", self.slot_kind()), ("title", self.line())]);
                }
                fields
            }
            "Speaker" => vec![
                ("slug", self.slug()),
                ("aliases", self.list(Self::line)),
                ("pronouns", self.line()),
                ("biography", self.text()),
                ("avatarUrl", self.url()),
                ("isGroup", self.flag()),
            ],
            "Company" => vec![
                ("slug", self.slug()),
                ("aliases", self.list(Self::line)),
                ("kind", self.word(&["COMPANY", "FOUNDATION"])),
                ("websiteUrl", self.url()),
                ("logoUrl", self.url()),
                ("successor", self.named("Company")),
            ],
            "Recording" => vec![
                ("title", self.line()),
                ("kind", self.word(&["TALK", "RECAP"])),
                ("edition", self.named("Edition")),
                ("url", self.url()),
                ("thumbnailUrl", self.url()),
                ("durationSeconds", self.number()),
                ("publishedAt", self.time()),
                ("language", self.word(&LANGUAGES)),
            ],
            "Link" => vec![
                ("url", self.url()),
                ("title", self.line()),
                ("author", self.line()),
                ("note", self.text()),
                ("publishedOn", self.date()),
                ("publishedAt", self.time()),
                ("language", self.word(&LANGUAGES)),
            ],
            "Room" => vec![("slug", self.slug()), ("capacity", self.number()), ("position", self.number())],
            "Track" => vec![
                ("slug", self.slug()),
                ("color", self.word(&["#e6522c", "#FFFFFF", "red"])),
                ("position", self.number()),
            ],
            _ => vec![("edition", self.named("Edition")), ("recordings", self.list(|world| world.id("Recording")))],
        }
    }

    fn of_edition(&mut self) -> Vec<(&'static str, Value)> {
        vec![
            ("slug", self.slug()),
            ("acronym", self.word(&["conf_2025", "conf_25", "x___", "ab", "A"])),
            ("year", self.number()),
            ("year", json!(2025)),
            ("startsOn", self.date()),
            ("endsOn", self.date()),
            ("format", self.word(&["ONLINE", "HYBRID"])),
            ("status", self.word(&["ANNOUNCED", "LIVE", "CANCELLED"])),
            ("city", self.line()),
            ("country", self.word(&COUNTRIES)),
            ("capacity", self.number()),
            ("attendance", self.number()),
            ("attendanceIsEstimate", self.flag()),
            ("soldOut", self.flag()),
            ("ordinal", self.number()),
            ("hashtags", self.list(Self::line)),
            ("websiteUrl", self.url()),
            ("venue", self.venue()),
            ("replaces", self.id("Edition")),
            ("callForPapers", self.call()),
            ("tickets", self.list(Self::ticket)),
        ]
    }

    fn of_talk(&mut self) -> Vec<(&'static str, Value)> {
        vec![
            ("slug", self.slug()),
            ("subtitle", self.line()),
            ("aliases", self.list(Self::line)),
            ("kind", self.word(&["TALK", "LIGHTNING_BLOCK", "LIGHTNING_BLOCK", "KEYNOTE"])),
            ("status", self.word(&["CONFIRMED", "CANCELLED", "WITHDRAWN"])),
            ("abstract", self.text()),
            ("language", self.word(&LANGUAGES)),
            ("track", self.named("Track")),
            ("tags", self.list(Self::line)),
            ("doNotRecord", self.flag()),
            ("block", self.id("Talk")),
            ("blockPosition", self.number()),
            ("replaces", self.id("Talk")),
        ]
    }

    fn venue(&mut self) -> Value {
        let optional = vec![
            ("address", self.text()),
            ("city", self.line()),
            ("country", self.word(&COUNTRIES)),
            ("latitude", self.float()),
            ("longitude", self.float()),
            ("websiteUrl", self.url()),
            ("mapUrl", self.url()),
        ];
        let required = vec![("name", self.line())];
        self.object(required, optional)
    }

    fn call(&mut self) -> Value {
        let optional = vec![
            ("opensOn", self.date()),
            ("closesOn", self.date()),
            ("extendedFrom", self.date()),
            ("notificationOn", self.date()),
            ("url", self.url()),
        ];
        self.object(Vec::new(), optional)
    }

    fn ticket(&mut self) -> Value {
        let price = self.float();
        let mut required = vec![("name", self.line()), ("price", price.clone())];
        if price.as_f64() > Some(0.0) {
            required.push(("currency", self.word(&["EUR", "EUR", "EUR", "eur"])));
        }
        let optional = vec![("onSaleFrom", self.date()), ("onSaleUntil", self.date())];
        self.object(required, optional)
    }

    fn appearance(&mut self) -> Value {
        let optional = vec![
            ("companies", self.list(|world| world.named("Company"))),
            ("role", self.word(&["HOST", "PANELIST"])),
            ("creditedAs", self.line()),
            ("represents", self.line()),
        ];
        let required = vec![("speaker", self.named("Speaker"))];
        self.object(required, optional)
    }

    fn involvement(&mut self) -> Value {
        let who = if self.chance.percent(50) {
            ("person", self.named("Speaker"))
        } else {
            ("company", self.named("Company"))
        };
        let required = vec![who, ("role", self.word(&["HOST", "ORGANIZER"]))];
        let optional = vec![("note", self.text())];
        self.object(required, optional)
    }

    fn tier(&mut self) -> Value {
        let required = vec![("name", self.line()), ("sponsorships", self.list(Self::sponsorship))];
        let optional = vec![("slug", self.slug())];
        self.object(required, optional)
    }

    fn sponsorship(&mut self) -> Value {
        let required = vec![("company", self.named("Company"))];
        let optional = vec![("url", self.url())];
        self.object(required, optional)
    }
}
