//! The page of a talk: who gave it, when and where, its recording and its slides.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde_json::{Map, Value, json};

use super::{
    address::Site,
    data::{
        from, isolated,
        talk::{DOCUMENT, Talk},
    },
    html::{Alternate, Head, Version, answer},
    structured,
};
use crate::{
    error::{Error, Result},
    http::{cache::RevisionScope, route::moved},
    scalars::Id,
    state::Server,
};

#[derive(Template)]
#[template(path = "talk.html")]
struct TalkPage {
    site: Site,
    head: Head,
    talk: Talk,
}

/// `/editions/{slug}/talks/{talk}`.
pub async fn page(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default().to_owned();
    let version = Version { scope: RevisionScope::Talk(part("slug"), part("talk")), reads_clock: false };
    let make = || async {
        let talk = read(&request, &server).await?;
        let site = Site::of(&server);
        let head = head(&talk, &site);
        Ok(TalkPage { site, head, talk })
    };
    answer(&request, &server, version, make).await
}

/// The talk of the address. A former slug leads to the present address.
pub async fn read(request: &HttpRequest, server: &Server) -> Result<Talk> {
    let part = |name: &str| request.match_info().get(name).unwrap_or_default();
    let (edition, slug) = (part("slug"), part("talk"));
    let variables = json!({ "slug": edition, "talk": slug });
    let Value::Object(variables) = variables else { return Err(Error::Internal("no variables".to_owned())) };
    let mut data = server.query(DOCUMENT, variables).await?;
    if data["talk"].is_null() {
        return Err(Error::NotFound(format!(
            "there is no talk of the slug \"{slug}\" in an edition of the slug \"{edition}\""
        )));
    }
    let talk: Talk = from(data["talk"].take())?;
    if (talk.edition.slug.as_str(), talk.slug.as_str()) != (edition, slug) {
        let pattern = request.match_pattern().unwrap_or_default();
        let path = pattern.replace("{slug}", &talk.edition.slug).replace("{talk}", &talk.slug);
        return Err(moved(request, server, &path));
    }
    Ok(talk)
}

/// `/talks/{id}`: leads to the talk's page.
pub async fn by_id(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let given = request.match_info().get("id").unwrap_or_default();
    let make = || async {
        let missing = || Error::NotFound(format!("there is no talk of the id \"{given}\""));
        let id: Id = given.parse().map_err(|_| missing())?;
        let variables = Map::from_iter([("id".to_owned(), id.to_string().into())]);
        let data = server.query("query($id: ID!) { talk(id: $id) { slug edition { slug } } }", variables).await?;
        let slugs = (data["talk"]["edition"]["slug"].as_str(), data["talk"]["slug"].as_str());
        let (Some(edition), Some(talk)) = slugs else { return Err(missing()) };
        Err::<TalkPage, _>(moved(&request, &server, &format!("/editions/{edition}/talks/{talk}")))
    };
    // It is nothing but a way to another page.
    let version = Version { scope: RevisionScope::Talk(String::new(), String::new()), reads_clock: false };
    answer(&request, &server, version, make).await
}

fn head(talk: &Talk, site: &Site) -> Head {
    let path = format!("/editions/{}/talks/{}", talk.edition.slug, talk.slug);
    let watched = talk.watched();
    Head {
        title: format!("{} – {}", isolated(&talk.title), isolated(&talk.edition.name)),
        description: talk.sentence(),
        kind: if watched.is_some() { "video.other" } else { "article" },
        image: watched.and_then(|part| part.recording.thumbnail_url.clone()),
        video: watched.and_then(|part| part.recording.embed_url.clone()),
        json_ld: structured::talk(talk, site),
        alternates: vec![Alternate {
            media: "text/calendar",
            title: format!("{}: calendar", talk.title),
            path: site.at(&format!("/talks/{}.ics", talk.id)),
        }],
        has_oembed: true,
        rest: format!("/api/v1{path}"),
        graphql: site.graphql(DOCUMENT, &json!({ "slug": talk.edition.slug, "talk": talk.slug })),
        path,
        ..Head::default()
    }
}
