//! The page of a company: the talks that were given for it over the years, and the editions that it sponsored.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde_json::{Map, json};

use super::{
    address::Site,
    data::{
        ListedTalk,
        company::{Company, DOCUMENT},
    },
    html::{Head, Version, answer, subject},
    structured,
};
use crate::{error::Result, state::Server};

#[derive(Template)]
#[template(path = "company.html")]
struct CompanyPage {
    site: Site,
    head: Head,
    company: Company,
    /// The talks for the list.
    talks: Vec<ListedTalk>,
}

/// `/companies/{slug}`.
pub async fn page(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let version = Version::of_item("company", request.match_info().get("slug").unwrap_or_default());
    let make = || async {
        let company: Company = subject(&request, &server, "company", DOCUMENT, Map::new()).await?;
        let site = Site::of(&server);
        let path = format!("/companies/{}", company.slug);
        let count = company.talks.total_count.unwrap_or_default();
        let head = Head {
            title: company.name.clone(),
            description: match count {
                1 => format!("{}: one talk.", company.name),
                _ => format!("{}: {count} talks.", company.name),
            },
            kind: "website",
            json_ld: structured::company(&company),
            rest: format!("/api/v1{path}"),
            graphql: site.graphql(DOCUMENT, &json!({ "slug": company.slug })),
            path,
            ..Head::default()
        };
        let talks = company.talks.nodes.clone();
        Ok(CompanyPage { site, head, company, talks })
    };
    answer(&request, &server, version, make).await
}
