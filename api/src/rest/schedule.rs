//! The schedule of an edition by conference day.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::{Map, Value};

use super::{
    BASE,
    bodies::{Bodies, Extent, Member, selection},
    item::accepts_json,
    parameters::Parameters,
};
use crate::{
    error::{Error, Result},
    http::{
        cache::{self, Representation, RevisionScope},
        route::moved,
    },
    ready::ReadyBody,
    scalars::Date,
    state::Server,
};

/// The selected part of a schedule.
#[derive(Clone, Debug, Default)]
pub struct ScheduleSelection {
    pub day: Option<Date>,
    /// A slug.
    pub room: Option<String>,
    /// A slug.
    pub track: Option<String>,
}

impl ScheduleSelection {
    /// The parameters `day`, `room` and `track`.
    pub fn read(parameters: &mut Parameters) -> Self {
        Self { day: parameters.read("day"), room: parameters.text("room"), track: parameters.text("track") }
    }
}

/// `/editions/{slug}/schedule`: the conference days with their slots.
pub async fn schedule(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    accepts_json(&request)?;
    let mut parameters = Parameters::of(&request);
    let part = ScheduleSelection::read(&mut parameters);
    let bodies = Bodies(&server.shape);
    let includes = parameters.include(&members_of_talk(bodies, &[]));
    parameters.done()?;
    let slug = request.match_info().get("slug").unwrap_or_default();
    let selected = Representation {
        request: &request,
        scope: RevisionScope::Edition(slug.to_owned()),
        reads_clock: false,
        media: "application/json",
    };
    let includes: Vec<&str> = includes.iter().map(String::as_str).collect();
    let document = document(bodies, &includes);
    cache::answer(&server, selected, || async { Ok(body(&document, slug, &part, &request, &server).await?) }).await
}

/// The query of a schedule: days with their slots, and talks as in their own bodies, with what is included.
fn document(bodies: Bodies<'_>, includes: &[&str]) -> String {
    let within = ["Edition", "Day", "Slot"];
    let edition = selection(&bodies.of("Edition", Extent::Reference, &[], &[]));
    let day = selection(&bodies.of("Day", Extent::Embedded, &[], &within));
    let slot = selection(&bodies.of("Slot", Extent::Embedded, &[], &["Edition", "Talk"]));
    let mut talk = members_of_talk(bodies, includes);
    talk.retain(|member| !member.on_request || includes.contains(&member.field_name));
    let talk = selection(&talk);
    format!(
        "query($slug: String!) {{ edition(slug: $slug) {{ {edition}days {{ {day}slots {{ {slot}talk {{ {talk}}} }} }} \
         }} }}"
    )
}

/// The members of a slot's talk: those of its body that the slot does not have.
pub fn members_of_talk<'s>(bodies: Bodies<'s>, includes: &[&str]) -> Vec<Member<'s>> {
    let mut members = bodies.members("Talk", includes);
    members.retain(|member| !matches!(member.field_name, "edition" | "room" | "block" | "replaces" | "replacedBy"));
    members
}

async fn body(
    document: &str,
    slug: &str,
    part: &ScheduleSelection,
    request: &HttpRequest,
    server: &Server,
) -> Result<ReadyBody> {
    let missing = || Error::NotFound(format!("there is no edition of the slug \"{slug}\""));
    let mut data = server.query(document, Map::from_iter([("slug".to_owned(), slug.into())])).await?;
    let Value::Object(edition) = &mut data["edition"] else { return Err(missing()) };
    let days = edition.shift_remove("days").unwrap_or_default();
    if edition.get("slug").and_then(Value::as_str) != Some(slug) {
        let present = edition.get("slug").and_then(Value::as_str).unwrap_or_default();
        return Err(moved(request, server, &format!("{BASE}/editions/{present}/schedule")));
    }
    let mut schedule = serde_json::json!({ "edition": edition, "days": days });
    if let Some(days) = schedule["days"].as_array_mut() {
        days.iter_mut().for_each(|day| keep(day, part));
    }
    Ok(schedule.to_string().into_bytes().into())
}

/// Keeps the selected slots of a day.
fn keep(day: &mut Value, part: &ScheduleSelection) {
    let is_day = part.day.is_none_or(|date| day["date"] == date.to_string());
    let is = |value: &Value, slug: &Option<String>| slug.as_ref().is_none_or(|slug| value["slug"] == slug.as_str());
    if let Some(slots) = day["slots"].as_array_mut() {
        slots.retain(|slot| is_day && is(&slot["room"], &part.room) && is(&slot["talk"]["track"], &part.track));
    }
}
