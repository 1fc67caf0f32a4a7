//! The bodies of resources in REST. A body has the values of the resource, and references to related resources, which
//! `include` embeds. The fields and their types come from the schema. Only the relations of each body are defined here.

use std::fmt::Write;

use crate::schema::shape::{OutputField, Shape};

/// The relations of a type: those that its body always shows, and those that it shows on request.
struct Relations {
    of: &'static str,
    shown: &'static [&'static str],
    on_request: &'static [&'static str],
}

const RELATIONS: [Relations; 15] = [
    Relations { of: "Conference", shown: &[], on_request: &["links"] },
    Relations {
        of: "Edition",
        shown: &["conference", "rooms", "tracks"],
        on_request: &[
            "replaces",
            "replacedBy",
            "previous",
            "next",
            "links",
            "involvements",
            "sponsorTiers",
            "sponsorships",
            "playlists",
            "stats",
            "onNow",
            "upNext",
        ],
    },
    Relations {
        of: "Talk",
        shown: &["edition", "track", "room", "speakers", "block", "talks", "recordings", "replaces", "replacedBy"],
        on_request: &["appearances", "slots", "links", "related"],
    },
    Relations {
        of: "Speaker",
        shown: &["companies", "editions"],
        on_request: &["appearances", "involvements", "links"],
    },
    Relations { of: "Company", shown: &["successor", "predecessors"], on_request: &["sponsorships", "links"] },
    Relations { of: "Recording", shown: &["edition", "talks"], on_request: &["playlists"] },
    Relations { of: "Slot", shown: &["room", "talk", "sponsors"], on_request: &[] },
    Relations { of: "Appearance", shown: &["speaker", "companies", "talk"], on_request: &[] },
    Relations { of: "TalkRecording", shown: &["recording", "talk"], on_request: &[] },
    Relations { of: "Involvement", shown: &["person", "company", "edition"], on_request: &[] },
    Relations { of: "SponsorTier", shown: &["sponsorships"], on_request: &[] },
    Relations { of: "Sponsorship", shown: &["company", "tier", "edition"], on_request: &[] },
    Relations { of: "Playlist", shown: &["edition"], on_request: &[] },
    Relations { of: "Change", shown: &["edition"], on_request: &[] },
    Relations { of: "ScheduleChange", shown: &["talk", "slot"], on_request: &[] },
];

/// The types of values without an id, which are always shown.
const VALUES: [&str; 5] = ["Venue", "CallForPapers", "Ticket", "EditionExports", "SlotTimes"];

/// The types with an address of their own. They are embedded without their relations.
const ADDRESSED: [&str; 6] = ["Conference", "Edition", "Talk", "Speaker", "Company", "Recording"];

/// The fields of a reference, as far as its type has them.
const REFERENCE: [&str; 5] = ["id", "slug", "name", "title", "url"];

/// The extent to which a thing is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A reference to it.
    Reference,
    /// Its values, and references to its relations if it has no address of its own.
    Embedded,
    /// Its values, and references to its relations: a body.
    Whole,
}

/// A member of a body.
#[derive(Clone, Debug)]
pub struct Member<'s> {
    /// The field's name in GraphQL.
    pub field_name: &'s str,
    pub field: &'s OutputField,
    /// Whether it is shown only on request.
    pub on_request: bool,
    /// The extent and the members of the thing that it leads to; none for a value.
    pub leads_to: Option<(Extent, Vec<Member<'s>>)>,
}

impl Member<'_> {
    /// Its name in REST.
    pub fn name(&self) -> String {
        snake_case(self.field_name)
    }
}

/// `startsAt` as `starts_at`.
pub fn snake_case(name: &str) -> String {
    name.chars().fold(String::new(), |mut snake, c| {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
        snake
    })
}

/// The bodies of a schema's types.
#[derive(Clone, Copy)]
pub struct Bodies<'s>(pub &'s Shape);

impl<'s> Bodies<'s> {
    /// All members that the body of a type can have. Those in `includes` are embedded instead of referenced.
    pub fn members(self, of: &str, includes: &[&str]) -> Vec<Member<'s>> {
        self.of(of, Extent::Whole, includes, &[])
    }

    /// The members that a body shows: `fields`, or all members that are not on request if there are no `fields`; and
    /// `includes`.
    pub fn picked(self, of: &str, includes: &[&str], fields: Option<&[&str]>) -> Vec<Member<'s>> {
        let mut members = self.members(of, includes);
        members.retain(|member| {
            let named = |names: &[&str]| names.contains(&member.field_name);
            named(includes) || fields.map_or(!member.on_request, named)
        });
        members
    }

    /// The members of a type within others.
    pub fn of(self, of: &str, extent: Extent, includes: &[&str], within: &[&str]) -> Vec<Member<'s>> {
        let relations = RELATIONS.iter().find(|relations| relations.of == of);
        let has_id = self.0.field(of, "id").is_some();
        let within: Vec<&str> = within.iter().copied().chain([of]).collect();
        let member = |(field_name, field): (&'s str, &'s OutputField)| {
            let is_in = |names: fn(&Relations) -> &'static [&'static str]| {
                relations.is_some_and(|all| names(all).contains(&field_name))
            };
            let is_relation = is_in(|all| all.shown) || is_in(|all| all.on_request);
            let value = !self.0.is_output(&field.type_name);
            let leads_to = match extent {
                Extent::Reference if has_id => {
                    return (REFERENCE.contains(&field_name) && value).then(|| leaf(field_name, field));
                }
                _ if value => return field.arguments.is_empty().then(|| leaf(field_name, field)),
                _ if VALUES.contains(&field.type_name.as_str()) => {
                    (Extent::Embedded, self.of(&field.type_name, Extent::Embedded, &[], &within))
                }
                Extent::Embedded if ADDRESSED.contains(&of) => return None,
                _ if !is_relation || (extent != Extent::Whole && within.contains(&field.type_name.as_str())) => {
                    return None;
                }
                _ if includes.contains(&field_name) => {
                    // An embedded part of a recording embeds its recording and its talk, too.
                    let whole: &[&str] = if field.type_name == "TalkRecording" { &["recording", "talk"] } else { &[] };
                    (Extent::Embedded, self.of(&field.type_name, Extent::Embedded, whole, &within))
                }
                _ => (Extent::Reference, self.of(&field.type_name, Extent::Reference, &[], &within)),
            };
            Some(Member { field_name, field, on_request: is_in(|all| all.on_request), leads_to: Some(leads_to) })
        };
        self.0.fields(of).filter_map(member).collect()
    }
}

fn leaf<'s>(field_name: &'s str, field: &'s OutputField) -> Member<'s> {
    Member { field_name, field, on_request: false, leads_to: None }
}

/// Whether one of the members depends on the time of the request.
pub fn reads_clock(members: &[Member<'_>]) -> bool {
    let leads_to_one = |member: &Member<'_>| member.leads_to.as_ref().is_some_and(|(_, inner)| reads_clock(inner));
    members.iter().any(|member| member.field.reads_clock || leads_to_one(member))
}

/// The GraphQL selection of members, under their names in REST.
pub fn selection(members: &[Member<'_>]) -> String {
    members.iter().fold(String::new(), |mut text, member| {
        let _ = write!(text, "{}: {} ", member.name(), member.field_name);
        if let Some((_, inner)) = &member.leads_to {
            let _ = write!(text, "{{ {}}} ", selection(inner));
        }
        text
    })
}
