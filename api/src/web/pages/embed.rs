//! What other sites embed: the data of the element `<lectern-schedule>`, and the same as a frame for sites that take no
//! script.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    address::Site,
    data::{
        Listed, dates,
        schedule::{DayOfSlots, MaybeTimed, Outline, Programme, Slot},
        talk::Talk,
    },
    html::{FRAMED, Head, Version, answer_page, subject},
    markdown,
    talk::read,
};
use crate::{
    error::{Error, Result},
    http::{
        cache::{self, Representation, RevisionScope},
        query::parameters,
        route::moved,
    },
    ready::ReadyBody,
    schema::shape::Shape,
    state::Server,
};

const PROGRAMME: &str = include_str!("data/programme.graphql");
const FRAME: &str = concat!(include_str!("data/frame.graphql"), include_str!("data/slot.graphql"));
const JSON: &str = "application/json";

/// The parameters of a frame.
pub fn names(_: &Shape) -> Vec<String> {
    vec!["theme".to_owned()]
}

/// The day in the address.
fn asked(request: &HttpRequest) -> Result<Option<NaiveDate>> {
    let Some(date) = request.match_info().get("date") else { return Ok(None) };
    let date = date.parse();
    date.map(Some).map_err(|_| Error::NotFound("the address has no date, such as 2019-11-07".to_owned()))
}

/// The schedule of one day for the element, with what all days have in common: that of an address, or the one to show
/// first. It has no abstracts.
pub async fn schedule(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let slug = request.match_info().get("slug").unwrap_or_default();
    let scope = RevisionScope::Edition(slug.to_owned());
    // `status` and the day to show first depend on the time.
    let selected = Representation { request: &request, scope, reads_clock: true, media: JSON };
    let make = || async {
        let outline = Outline::of(&server, slug).await?;
        let day = asked(&request)?.or(outline.first());
        // An edition without days has no schedule on any day.
        let date = day.unwrap_or_default().to_string();
        let variables = json!({ "slug": slug, "day": date });
        let Value::Object(variables) = variables else { return Err(Error::Internal("no variables".to_owned()).into()) };
        let mut data = server.query(PROGRAMME, variables).await?;
        let Value::Object(edition) = &mut data["edition"] else {
            return Err(Error::NotFound(format!("there is no edition of the slug \"{slug}\"")).into());
        };
        let present = edition.get("slug").and_then(Value::as_str).unwrap_or_default();
        if present != slug {
            let path = request.match_pattern().unwrap_or_default().replace("{slug}", present);
            return Err(moved(&request, &server, &path.replace("{date}", &date)).into());
        }
        let slots = edition.shift_remove("schedule").unwrap_or_default();
        edition.insert("isStatic".to_owned(), server.is_static.into());
        let body = json!({ "edition": edition, "day": day, "slots": slots });
        Ok(ReadyBody::from(body.to_string().into_bytes()))
    };
    cache::answer(&server, selected, make).await
}

/// What the element shows of a talk that was opened: its abstract as a tree of elements, its links, its companies.
pub async fn talk(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default().to_owned();
    let scope = RevisionScope::EditionWithTalk(part("slug"), part("talk"));
    let selected = Representation { request: &request, scope, reads_clock: false, media: JSON };
    let make = || async {
        let talk = read(&request, &server).await?;
        let links =
            talk.links.iter().filter_map(|link| Some(json!({ "text": link.text(), "url": link.url.as_ref()? })));
        let body = json!({
            "id": talk.id,
            "subtitle": talk.subtitle,
            "abstract": talk.about.as_deref().map(markdown::tree),
            "tags": talk.tags,
            "links": links.collect::<Vec<_>>(),
        });
        Ok(ReadyBody::from(body.to_string().into_bytes()))
    };
    cache::answer(&server, selected, make).await
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FramedEdition {
    slug: String,
    name: String,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    timezone: String,
    url: String,
    days: Vec<DayOfSlots>,
    schedule: Vec<Slot>,
    timeless: Listed<MaybeTimed>,
}

#[derive(Template)]
#[template(path = "frame.html")]
struct Frame {
    site: Site,
    head: Head,
    theme: &'static str,
    edition: FramedEdition,
    dates: String,
    programme: Programme,
}

/// The theme that a frame is asked to have.
fn theme(request: &HttpRequest) -> &'static str {
    let theme = parameters(request.query_string()).find(|(name, _)| name == "theme").and_then(|(_, value)| value);
    match theme.as_deref() {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "",
    }
}

/// The schedule of an edition as a frame.
pub async fn frame(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let slug = request.match_info().get("slug").unwrap_or_default();
    let version = Version { scope: RevisionScope::Edition(slug.to_owned()), reads_clock: true };
    let make = || async {
        let outline = Outline::of(&server, slug).await?;
        let asked = asked(&request)?;
        let shown = outline.shown(asked)?;
        let mut edition: FramedEdition = subject(&request, &server, "edition", FRAME, shown.variables()).await?;
        let site = Site::of(&server);
        let programme = Programme::new(
            shown,
            &edition.days,
            std::mem::take(&mut edition.schedule),
            std::mem::take(&mut edition.timeless.nodes),
            &site.at(&format!("/embed/editions/{}", edition.slug)),
        );
        let path = format!("/editions/{}", edition.slug);
        let head = Head { title: edition.name.clone(), path, ..Head::default() };
        let dates = dates(edition.starts_on, edition.ends_on);
        Ok(Frame { site, head, theme: theme(&request), edition, dates, programme })
    };
    answer_page(&request, &server, version, FRAMED, make).await
}

#[derive(Template)]
#[template(path = "frame-talk.html")]
struct TalkFrame {
    site: Site,
    head: Head,
    theme: &'static str,
    talk: Talk,
}

/// A talk as a frame: its title, its people, and its recording.
pub async fn frame_of_talk(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default().to_owned();
    let version = Version { scope: RevisionScope::EditionWithTalk(part("slug"), part("talk")), reads_clock: false };
    let make = || async {
        let talk = read(&request, &server).await?;
        let path = format!("/editions/{}/talks/{}", talk.edition.slug, talk.slug);
        let head = Head { title: talk.title.clone(), path, ..Head::default() };
        Ok(TalkFrame { site: Site::of(&server), head, theme: theme(&request), talk })
    };
    answer_page(&request, &server, version, FRAMED, make).await
}
