//! The changes in the log, for copies of the archive, and the changes of an edition's schedule, for attendees.

use std::{fmt::Write, mem::size_of_val, ops::Range, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Bytes, Data},
};
use serde_json::{Map, Value, json};

use super::{
    BASE,
    bodies::{Bodies, Extent, Member, selection},
    item::accepts_json,
    parameters::Parameters,
};
use crate::{
    archive::log::reader::{LogPage, PAGE},
    error::{Error, Result},
    http::{
        cache::{self, Representation, RevisionScope},
        route::moved,
    },
    ready::ReadyBody,
    state::Server,
    weight::Weigh,
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
    let mut data = server.of_one_state(|| server.query(&document, variables.clone())).await?;
    Ok(data["page"].take())
}

/// The changes of a page of the log, told once for all who follow it.
pub(crate) struct ToldChanges {
    /// The changes as server-sent events.
    pub events: Bytes,
    /// The revision of each change, and the place of its JSON in the events.
    changes: Vec<(i64, Range<usize>)>,
}

impl ToldChanges {
    fn of(changes: &[Value]) -> Self {
        let (mut events, mut told) = (String::new(), Vec::with_capacity(changes.len()));
        for change in changes {
            let revision = change["revision"].as_i64().unwrap_or_default();
            let _ = write!(events, "id: {revision}\nevent: change\ndata: ");
            let begin = events.len();
            // The JSON has no line ends.
            let _ = write!(events, "{change}");
            told.push((revision, begin..events.len()));
            events.push_str("\n\n");
        }
        Self { events: events.into(), changes: told }
    }

    /// The revision and the JSON of each change.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &str)> {
        self.changes.iter().filter_map(|(revision, place)| {
            let json = self.events.get(place.clone()).and_then(|json| str::from_utf8(json).ok());
            Some((*revision, json?))
        })
    }
}

impl Weigh for ToldChanges {
    fn weight(&self) -> usize {
        self.events.len() + size_of_val(self.changes.as_slice())
    }
}

/// A page of the log after a revision, as those who follow an edition or the archive are told of it.
pub(crate) async fn told_page(
    server: Arc<Server>,
    since: i64,
    edition: Option<String>,
) -> Result<LogPage<ToldChanges>> {
    let first = PAGE.min(server.limits.page_size);
    let page = page(&server, Some(since), edition.as_deref(), Some(first)).await?;
    let next_since = page["next_since"].as_i64();
    let next_since = next_since.ok_or_else(|| Error::Internal("a page of the log has no end".to_owned()))?;
    let changes = page["changes"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(LogPage { changes: ToldChanges::of(changes), next_since, has_more: page["has_more"] == true })
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
