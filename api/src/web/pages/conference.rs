//! The page of a conference: its editions.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde_json::{Map, json};

use super::{
    address::Site,
    data::conference::{Conference, DOCUMENT},
    html::{Head, Version, answer, subject},
    structured,
};
use crate::{error::Result, state::Server};

#[derive(Template)]
#[template(path = "conference.html")]
struct ConferencePage {
    site: Site,
    head: Head,
    conference: Conference,
}

/// `/conferences/{slug}`.
pub async fn page(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let version = Version {
        reads_clock: true,
        ..Version::of_item("conference", request.match_info().get("slug").unwrap_or_default())
    };
    let make = || async {
        let conference: Conference = subject(&request, &server, "conference", DOCUMENT, Map::new()).await?;
        let site = Site::of(&server);
        let path = format!("/conferences/{}", conference.slug);
        let head = Head {
            title: conference.name.clone(),
            description: conference
                .description
                .clone()
                .unwrap_or_else(|| format!("{}: {} editions.", conference.name, conference.editions.nodes.len())),
            kind: "website",
            json_ld: structured::conference(&conference),
            rest: format!("/api/v1{path}"),
            graphql: site.graphql(DOCUMENT, &json!({ "slug": conference.slug })),
            path,
            ..Head::default()
        };
        Ok(ConferencePage { site, head, conference })
    };
    answer(&request, &server, version, make).await
}
