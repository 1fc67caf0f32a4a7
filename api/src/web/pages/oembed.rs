//! oEmbed (oembed.com) for the pages of editions and talks. Only addresses of this server are understood, and none is
//! fetched.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use quick_xml::{
    Writer,
    escape::escape,
    events::{BytesDecl, BytesText, Event},
};
use serde_json::{Map, Value, json};
use url::Url;

use super::address::Site;
use crate::{
    error::{Error, Result, WrongParameter},
    format::text::xml_text,
    http::{
        cache::{self, Representation, RevisionScope},
        problem,
        query::parameters,
    },
    ready::ReadyBody,
    scalars::Id,
    schema::shape::Shape,
    state::Server,
};

/// The size of a frame that nobody limits.
const SIZE: [u32; 2] = [800, 600];
/// The size of YouTube's pictures.
const THUMBNAIL: [u32; 2] = [480, 360];

/// The parameters that it takes.
pub fn names(_: &Shape) -> Vec<String> {
    ["url", "maxwidth", "maxheight", "format"].map(str::to_owned).to_vec()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Xml,
}

/// What is asked for.
struct Asked {
    url: String,
    size: [u32; 2],
}

/// What the URL of a page is about.
#[derive(Debug, PartialEq, Eq)]
enum Subject {
    Edition(String),
    Talk(String, String),
    TalkOfId(String),
}

/// `/oembed`.
pub async fn oembed(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let parameters: Vec<(String, Option<String>)> = parameters(request.query_string()).collect();
    let text = |name: &str| {
        let found = parameters.iter().find(|(other, _)| other == name);
        found.and_then(|(_, value)| value.as_deref()).filter(|value| !value.is_empty())
    };
    let format = match text("format") {
        None => Format::Json,
        Some(name) if name.eq_ignore_ascii_case("json") => Format::Json,
        Some(name) if name.eq_ignore_ascii_case("xml") => Format::Xml,
        Some(other) => {
            let detail = format!("the format \"{other}\" is not offered: json and xml are");
            return Ok(problem::problem(StatusCode::NOT_IMPLEMENTED, "BAD_USER_INPUT", &detail));
        }
    };
    let asked = read(text)?;
    let media = match format {
        Format::Json => "application/json",
        Format::Xml => "text/xml; charset=utf-8",
    };
    let selected = Representation { request: &request, scope: RevisionScope::Archive, reads_clock: false, media };
    let make = || async {
        let answer = answer(&server, &asked).await?;
        Ok(ReadyBody::from(match format {
            Format::Json => Value::Object(answer).to_string().into_bytes(),
            Format::Xml => xml(&answer).map_err(|error| Error::Internal(error.to_string()))?,
        }))
    };
    cache::answer(&server, selected, make).await
}

fn read<'t>(text: impl Fn(&str) -> Option<&'t str>) -> Result<Asked> {
    let mut wrong = Vec::new();
    let mut size = SIZE;
    for (place, name) in ["maxwidth", "maxheight"].into_iter().enumerate() {
        let Some(given) = text(name) else { continue };
        match given.parse::<u32>() {
            Ok(most) if most > 0 => size[place] = size[place].min(most),
            _ => wrong.push(WrongParameter {
                parameter: name.to_owned(),
                message: format!("\"{given}\" is not a number of pixels"),
            }),
        }
    }
    let url = text("url").map(str::to_owned).unwrap_or_else(|| {
        let message = "it is missing: the URL of the page of an edition or a talk".to_owned();
        wrong.insert(0, WrongParameter { parameter: "url".to_owned(), message });
        String::new()
    });
    if wrong.is_empty() { Ok(Asked { url, size }) } else { Err(Error::Parameters(wrong)) }
}

/// What a URL of this server is about, whatever it was decorated with.
fn subject(url: &str, base_url: &str) -> Option<Subject> {
    let (url, base) = (Url::parse(url).ok()?, Url::parse(base_url).ok()?);
    let is_ours = matches!(url.scheme(), "http" | "https")
        && url.host_str() == base.host_str()
        && (url.port_or_known_default() == base.port_or_known_default() || (url.port(), base.port()) == (None, None));
    let path = url.path().strip_prefix(base.path().trim_end_matches('/')).filter(|_| is_ours)?;
    let path = path.strip_prefix("/embed").unwrap_or(path);
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            // A slug that is written in percent-encoding is the same slug.
            let pair = segment.replace('+', "%2B");
            url::form_urlencoded::parse(pair.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
        })
        .collect();
    match segments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["editions", slug] | ["editions", slug, "days", _] => Some(Subject::Edition((*slug).to_owned())),
        ["editions", slug, "talks", talk] => Some(Subject::Talk((*slug).to_owned(), (*talk).to_owned())),
        ["talks", id] => Some(Subject::TalkOfId((*id).to_owned())),
        _ => None,
    }
}

const TALK: &str = "slug title edition { slug name url } \
    recordings { recording { embedUrl thumbnailUrl provider } } \
    appearances { creditedAs speaker { url } }";

async fn answer(server: &Server, asked: &Asked) -> Result<Map<String, Value>> {
    let missing = || Error::NotFound(format!("{} is not the page of an edition or a talk of this server", asked.url));
    let is_id = |text: &str| text.parse::<Id>().is_ok();
    let (document, variables) = match subject(&asked.url, &server.base_url).ok_or_else(missing)? {
        Subject::Edition(slug) => {
            let key = if is_id(&slug) { "id" } else { "slug" };
            let kind = if is_id(&slug) { "ID" } else { "String" };
            let document = format!(
                "query($edition: {kind}!) {{ edition({key}: $edition) {{ slug name conference {{ name url }} \
                 recordings(first: 1) {{ nodes {{ thumbnailUrl provider }} }} }} }}"
            );
            (document, json!({ "edition": slug }))
        }
        Subject::Talk(edition, talk) => (
            format!("query($edition: String!, $talk: String!) {{ talk(edition: $edition, slug: $talk) {{ {TALK} }} }}"),
            json!({ "edition": edition, "talk": talk }),
        ),
        Subject::TalkOfId(id) if !is_id(&id) => return Err(missing()),
        Subject::TalkOfId(id) => (format!("query($id: ID!) {{ talk(id: $id) {{ {TALK} }} }}"), json!({ "id": id })),
    };
    let Value::Object(variables) = variables else { return Err(missing()) };
    let data = server.query(&document, variables).await?;
    let site = Site::of(server);
    if let Some(slug) = data["edition"]["slug"].as_str() {
        Ok(of_edition(&data["edition"], slug, &site, asked))
    } else if let Some(slug) = data["talk"]["slug"].as_str() {
        Ok(of_talk(&data["talk"], slug, &site, asked))
    } else {
        Err(missing())
    }
}

fn of_edition(edition: &Value, slug: &str, site: &Site, asked: &Asked) -> Map<String, Value> {
    let mut answer = common(&edition["name"], asked, &site.url(&format!("/embed/editions/{slug}")));
    answer.insert("type".to_owned(), "rich".into());
    answer.insert("author_name".to_owned(), edition["conference"]["name"].clone());
    answer.insert("author_url".to_owned(), edition["conference"]["url"].clone());
    finish(answer, &edition["recordings"]["nodes"][0], site, asked)
}

fn of_talk(talk: &Value, slug: &str, site: &Site, asked: &Asked) -> Map<String, Value> {
    let edition = talk["edition"]["slug"].as_str().unwrap_or_default();
    let mut answer = common(&talk["title"], asked, &site.url(&format!("/embed/editions/{edition}/talks/{slug}")));
    let recording = &talk["recordings"][0]["recording"];
    let kind = if recording["embedUrl"].is_string() { "video" } else { "rich" };
    answer.insert("type".to_owned(), kind.into());
    let people = talk["appearances"].as_array().into_iter().flatten();
    let names: Vec<&str> = people.filter_map(|person| person["creditedAs"].as_str()).collect();
    if !names.is_empty() {
        answer.insert("author_name".to_owned(), names.join(", ").into());
        answer.insert("author_url".to_owned(), talk["appearances"][0]["speaker"]["url"].clone());
    }
    finish(answer, recording, site, asked)
}

/// What every answer has: the frame and its size.
fn common(title: &Value, asked: &Asked, frame: &str) -> Map<String, Value> {
    let [width, height] = asked.size;
    let html = format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"{width}\" height=\"{height}\" style=\"border:0;max-width:100%\" \
         loading=\"lazy\" allow=\"fullscreen\" allowfullscreen></iframe>",
        escape(frame),
        escape(title.as_str().unwrap_or_default()),
    );
    let answer = [
        ("version", "1.0".into()),
        ("title", title.clone()),
        ("html", html.into()),
        ("width", width.into()),
        ("height", height.into()),
    ];
    answer.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect()
}

/// Adds the provider, and a picture if it is small enough.
fn finish(mut answer: Map<String, Value>, recording: &Value, site: &Site, asked: &Asked) -> Map<String, Value> {
    answer.insert("provider_name".to_owned(), "Lectern".into());
    answer.insert("provider_url".to_owned(), site.url("/").into());
    answer.insert("cache_age".to_owned(), 3600.into());
    let fits = THUMBNAIL[0] <= asked.size[0] && THUMBNAIL[1] <= asked.size[1];
    if recording["provider"] == "YOUTUBE" && recording["thumbnailUrl"].is_string() && fits {
        answer.insert("thumbnail_url".to_owned(), recording["thumbnailUrl"].clone());
        answer.insert("thumbnail_width".to_owned(), THUMBNAIL[0].into());
        answer.insert("thumbnail_height".to_owned(), THUMBNAIL[1].into());
    }
    answer
}

fn xml(answer: &Map<String, Value>) -> std::io::Result<Vec<u8>> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), Some("yes"))))?;
    writer.create_element("oembed").write_inner_content(|writer| {
        for (name, value) in answer {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            writer.create_element(name.as_str()).write_text_content(BytesText::new(&xml_text(&text)))?;
        }
        Ok(())
    })?;
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_understood_however_it_was_decorated() {
        let talk = || Some(Subject::Talk("a-2025".to_owned(), "b".to_owned()));
        let base = "https://example.org/archive";
        for url in [
            "https://example.org/archive/editions/a-2025/talks/b",
            "https://EXAMPLE.org:443/archive/editions/a-2025/talks/b/?utm_source=x#t",
            "http://example.org/archive/editions/a%2D2025/talks/b",
            "https://example.org/archive/embed/editions/a-2025/talks/b",
        ] {
            assert_eq!(subject(url, base), talk(), "{url}");
        }
        for url in [
            "https://example.org/editions/a-2025/talks/b",
            "https://example.org.evil.net/archive/editions/a-2025",
            "https://example.org@evil.net/archive/editions/a-2025",
            "ftp://example.org/archive/editions/a-2025",
            "https://example.org/archive/speakers/ada",
            "editions/a-2025",
            "",
        ] {
            assert_eq!(subject(url, base), None, "{url}");
        }
    }
}
