//! The page of a speaker: all their talks over the years, and the companies that they spoke for.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde_json::{Map, json};

use super::{
    address::Site,
    data::{
        ListedTalk,
        speaker::{DOCUMENT, Speaker},
    },
    html::{Alternate, Head, Version, answer, subject},
    structured,
};
use crate::{error::Result, state::Server};

#[derive(Template)]
#[template(path = "speaker.html")]
struct SpeakerPage {
    site: Site,
    head: Head,
    speaker: Speaker,
    /// The talks for the list.
    talks: Vec<ListedTalk>,
}

/// `/speakers/{slug}`.
pub async fn page(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let version = Version::of_item("speaker", request.match_info().get("slug").unwrap_or_default());
    let make = || async {
        let speaker: Speaker = subject(&request, &server, "speaker", DOCUMENT, Map::new()).await?;
        let site = Site::of(&server);
        let path = format!("/speakers/{}", speaker.slug);
        let alternate = |media, title: &str, path: &str| Alternate {
            media,
            title: format!("{}: {title}", speaker.name),
            path: site.at(path),
        };
        let head = Head {
            title: speaker.name.clone(),
            description: speaker.sentence(),
            kind: "profile",
            json_ld: structured::speaker(&speaker),
            alternates: [
                Some(alternate("text/calendar", "calendar", &format!("{path}.ics"))),
                // A file has no parameters.
                (!site.is_static).then(|| {
                    let path = format!("/feeds/recordings.atom?speaker={}", speaker.slug);
                    alternate("application/atom+xml", "recordings", &path)
                }),
            ]
            .into_iter()
            .flatten()
            .collect(),
            rest: format!("/api/v1{path}"),
            graphql: site.graphql(DOCUMENT, &json!({ "slug": speaker.slug })),
            path,
            ..Head::default()
        };
        let talks = speaker.talks.nodes.clone();
        Ok(SpeakerPage { site, head, speaker, talks })
    };
    answer(&request, &server, version, make).await
}
