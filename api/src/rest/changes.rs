//! The changes in the log, for copies of the archive, and the changes of an edition's schedule, for attendees.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::{Map, Value, json};

use super::{
    BASE,
    bodies::{Bodies, Extent, Member, selection},
    item::accepts_json,
    parameters::Parameters,
};
use crate::{
    archive::log::reader::LogPage,
    error::{Error, Result},
    http::{
        cache::{self, Representation, RevisionScope},
        route::moved,
    },
    ready::ReadyBody,
    state::Server,
};

/// The members of the body of a change: [`Change`](crate::resource::change::Change) or
/// [`ScheduleChange`](crate::resource::schedule_change::ScheduleChange).
pub fn members<'s>(bodies: Bodies<'s>, of: &str) -> Vec<Member<'s>> {
    bodies.of(of, Extent::Whole, &[], &[])
}

/// The revision after which the changes begin. The parameter is required.
fn since(parameters: &mut Parameters) -> Option<i64> {
    let Some(text) = parameters.text("since") else {
        parameters
            .refuse("since", "it is missing: give the revision that is known already, 0 for all that ever changed");
        return None;
    };
    parameters.revision("since", &text)
}

/// `/changes`: the log, a page at a time.
pub async fn changes(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    accepts_json(&request)?;
    let mut parameters = Parameters::of(&request);
    let since = since(&mut parameters);
    let edition = parameters.text("edition");
    let limit = parameters.limit(Some(server.limits.page_size));
    parameters.done()?;
    let representation = Representation {
        request: &request,
        scope: RevisionScope::Archive,
        reads_clock: false,
        media: "application/json",
    };
    let body = || async { Ok(page(&server, since, edition.as_deref(), limit).await?.to_string().into_bytes().into()) };
    cache::answer(&server, representation, body).await
}

/// A page of the log after a revision: `changes`, `next_since` and `has_more`.
pub(crate) async fn page(
    server: &Server,
    since: Option<i64>,
    edition: Option<&str>,
    first: Option<usize>,
) -> Result<Value> {
    let document = format!(
        "query($since: Revision!, $edition: String, $first: Int) {{ \
         page: changes(since: $since, edition: $edition, first: $first) \
         {{ changes {{ {}}} next_since: nextSince has_more: hasMore }} }}",
        selection(&members(Bodies(&server.shape), "Change"))
    );
    let variables = [("since", json!(since)), ("edition", json!(edition)), ("first", json!(first))];
    let variables = Map::from_iter(variables.map(|(name, value)| (name.to_owned(), value)));
    let mut data = server.query(&document, variables).await?;
    Ok(data["page"].take())
}

/// A page of the log after a revision, for a [`LogReader`](crate::archive::log::reader::LogReader).
pub(crate) async fn log_page(
    server: &Server,
    since: i64,
    edition: Option<&str>,
    first: usize,
) -> Result<LogPage<Value>> {
    let mut page = page(server, Some(since), edition, Some(first)).await?;
    let next_since = page["next_since"].as_i64();
    let next_since = next_since.ok_or_else(|| Error::Internal("a page of the log has no end".to_owned()))?;
    let has_more = page["has_more"] == true;
    let changes = if let Value::Array(changes) = page["changes"].take() { changes } else { Vec::new() };
    Ok(LogPage { changes, next_since, has_more })
}

/// `/editions/{slug}/changes`: the changes of the schedule.
pub async fn changes_of_edition(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    accepts_json(&request)?;
    let mut parameters = Parameters::of(&request);
    let since = since(&mut parameters);
    parameters.done()?;
    let slug = request.match_info().get("slug").unwrap_or_default();
    let representation = Representation {
        request: &request,
        scope: RevisionScope::Edition(slug.to_owned()),
        reads_clock: false,
        media: "application/json",
    };
    cache::answer(&server, representation, || async { Ok(of_edition(slug, since, &request, &server).await?) }).await
}

async fn of_edition(slug: &str, since: Option<i64>, request: &HttpRequest, server: &Server) -> Result<ReadyBody> {
    let missing = || Error::NotFound(format!("there is no edition of the slug \"{slug}\""));
    let document = format!(
        "query($slug: String!, $since: Revision!) {{ edition(slug: $slug) {{ \
         slug changes: scheduleChanges(since: $since) {{ {}}} }} }}",
        selection(&members(Bodies(&server.shape), "ScheduleChange"))
    );
    let variables = Map::from_iter([("slug".to_owned(), json!(slug)), ("since".to_owned(), json!(since))]);
    let mut data = server.query(&document, variables).await?;
    let Value::Object(edition) = &mut data["edition"] else { return Err(missing()) };
    let present = edition.get("slug").and_then(Value::as_str).unwrap_or_default();
    if present != slug {
        return Err(moved(request, server, &format!("{BASE}/editions/{present}/changes")));
    }
    let changes = edition.shift_remove("changes").unwrap_or_default();
    Ok(json!({ "changes": changes }).to_string().into_bytes().into())
}
