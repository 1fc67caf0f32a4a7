//! The page at `/`: the conferences with their editions, and what was recorded last.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde::Deserialize;
use serde_json::{Map, json};

use super::{
    address::Site,
    data::{Listed, ListedEdition, ListedTalk, from},
    html::{Alternate, Head, Version, answer},
    structured,
};
use crate::{error::Result, http::cache::RevisionScope, state::Server};

const DOCUMENT: &str = include_str!("data/home.graphql");

#[derive(Clone, Debug, Deserialize)]
struct Home {
    archive: Totals,
    conferences: Listed<Conference>,
    talks: Listed<ListedTalk>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    editions: i64,
    talks: i64,
    speakers: i64,
    companies: i64,
    recordings: i64,
    recorded_seconds: f64,
}

impl Totals {
    fn hours(&self) -> i64 {
        (self.recorded_seconds / 3600.0).round() as i64
    }
}

#[derive(Clone, Debug, Deserialize)]
struct Conference {
    name: String,
    url: String,
    description: Option<String>,
    editions: Listed<ListedEdition>,
}

impl Conference {
    /// How many editions are not listed.
    fn more(&self) -> i64 {
        self.editions.total_count.unwrap_or_default() - self.editions.nodes.len() as i64
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    site: Site,
    head: Head,
    title: String,
    archive: Totals,
    conferences: Vec<Conference>,
    talks: Vec<ListedTalk>,
}

/// `/`.
pub async fn page(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let version = Version { scope: RevisionScope::Archive, reads_clock: true };
    let make = || async {
        let Home { archive, conferences, talks } = from(server.query(DOCUMENT, Map::new()).await?)?;
        let site = Site::of(&server);
        // An archive of one conference is known by its name.
        let title = match conferences.nodes.as_slice() {
            [only] => only.name.clone(),
            _ => "Conference archive".to_owned(),
        };
        let head = Head {
            description: format!(
                "{title}: {} talks by {} speakers, and {} recordings.",
                archive.talks, archive.speakers, archive.recordings
            ),
            path: "/".to_owned(),
            kind: "website",
            json_ld: structured::home(&title, &site),
            alternates: vec![Alternate {
                media: "application/atom+xml",
                title: "Recordings".to_owned(),
                path: site.at("/feeds/recordings.atom"),
            }],
            rest: "/api/v1/editions".to_owned(),
            graphql: site.graphql(DOCUMENT, &json!({})),
            title: title.clone(),
            ..Head::default()
        };
        Ok(HomePage { site, head, title, archive, conferences: conferences.nodes, talks: talks.nodes })
    };
    answer(&request, &server, version, make).await
}
