//! The page of an edition: its schedule, whole or by day, its sponsors, its links and its files.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{
    address::Site,
    data::{
        edition::{DOCUMENT, Edition},
        isolated, long,
        schedule::{Outline, Programme, Shown},
    },
    html::{Alternate, Head, Version, answer, subject},
    structured,
};
use crate::{
    error::{Error, Result},
    state::Server,
};

#[derive(Template)]
#[template(path = "edition.html")]
struct EditionPage {
    site: Site,
    head: Head,
    edition: Edition,
    programme: Programme,
    /// The day that the page is about.
    day: String,
}

/// `/editions/{slug}`.
pub async fn page(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    answer(&request, &server, version(&request), || make(&request, &server, None)).await
}

/// `/editions/{slug}/days/{date}`.
pub async fn day(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let date = request.match_info().get("date").unwrap_or_default();
    let make = || async {
        let day = date.parse().map_err(|_| Error::NotFound(format!("\"{date}\" is not a date, such as 2019-11-07")))?;
        make(&request, &server, Some(day)).await
    };
    answer(&request, &server, version(&request), make).await
}

fn version(request: &HttpRequest) -> Version {
    // The page names the editions before and after it.
    Version { reads_clock: true, ..Version::of_item("edition", request.match_info().get("slug").unwrap_or_default()) }
}

async fn make(request: &HttpRequest, server: &Server, asked: Option<NaiveDate>) -> Result<EditionPage> {
    let outline = Outline::of(server, request.match_info().get("slug").unwrap_or_default()).await?;
    // An edition that is not there, or was renamed, is found out below.
    let shown = outline.shown(asked).or_else(|error| if outline.is_empty() { Ok(Shown::All) } else { Err(error) })?;
    let mut edition: Edition = subject(request, server, "edition", DOCUMENT, shown.variables()).await?;
    if let Some(date) = asked.filter(|date| edition.days.iter().all(|day| day.date != *date)) {
        return Err(Error::NotFound(format!("the edition has no day {date}")));
    }
    let site = Site::of(server);
    let path = format!("/editions/{}", edition.slug);
    let programme = Programme::new(
        shown,
        &edition.days,
        std::mem::take(&mut edition.schedule),
        std::mem::take(&mut edition.timeless.nodes),
        &site.at(&path),
    );
    let day = asked.as_ref().map(long).unwrap_or_default();
    let head = head(&edition, &programme, shown, asked, &site);
    Ok(EditionPage { site, head, edition, programme, day })
}

fn head(edition: &Edition, programme: &Programme, shown: Shown, asked: Option<NaiveDate>, site: &Site) -> Head {
    let path = format!("/editions/{}", edition.slug);
    let variables = shown.variables().into_iter().chain([("slug".to_owned(), edition.slug.as_str().into())]);
    let variables = Value::Object(Map::from_iter(variables));
    let alternate = |media, title: &str, url: &str| Alternate {
        media,
        title: format!("{}: {title}", edition.name),
        path: site.href(url),
    };
    Head {
        title: match asked {
            Some(day) => format!("{} – {}", isolated(&edition.name), long(&day)),
            None => edition.name.clone(),
        },
        description: edition.sentence(),
        path: asked.map_or_else(|| path.clone(), |day| format!("{path}/days/{day}")),
        kind: "website",
        image: edition.image().map(str::to_owned),
        json_ld: structured::edition(edition, programme, site),
        alternates: vec![
            alternate("application/atom+xml", "changes of the schedule", &edition.exports.atom),
            alternate("text/calendar", "calendar", &edition.exports.icalendar),
            alternate("application/vnd.c3voc.schedule+xml", "schedule", &edition.exports.frab_xml),
            alternate("application/json", "schedule", &edition.exports.c3voc_json),
        ],
        has_oembed: true,
        rest: format!("/api/v1/editions/{}/schedule", edition.slug),
        graphql: site.graphql(DOCUMENT, &variables),
        ..Head::default()
    }
}
