//! What search engines and chats read of pages.

use lectern_api::config::Limits;
use serde_json::Value;
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, promcon},
    seed,
};

async fn json_ld(app: &App, path: &str) -> Value {
    let body = app.get(path, &[]).await.body;
    let text =
        body.split("<script type=\"application/ld+json\">").nth(1).and_then(|rest| rest.split("</script>").next());
    serde_json::from_str(text.unwrap_or_else(|| panic!("{path} has no JSON-LD"))).expect("it is JSON")
}

/// The content of an element `meta`.
fn meta<'b>(body: &'b str, name: &str) -> Option<&'b str> {
    body.split(&format!("\"{name}\" content=\"")).nth(1)?.split('"').next()
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_is_an_event_with_its_talks(backend: Backend) {
    let app = promcon().start(backend).await;
    let edition = json_ld(&app, "/editions/promcon-2019-munich").await;
    assert_eq!((&edition["@context"], &edition["@type"]), (&"https://schema.org".into(), &"Event".into()));
    // What Google requires and recommends for an event, but for offers, which a past edition has none of.
    for field in [
        "name",
        "startDate",
        "location",
        "description",
        "endDate",
        "eventStatus",
        "image",
        "organizer",
        "performer",
        "eventAttendanceMode",
    ] {
        assert!(!edition[field].is_null(), "{field}: {edition:#}");
    }
    assert_eq!(edition["location"]["@type"], "Place");
    assert_eq!(edition["location"]["address"]["addressCountry"], "DE");
    assert!(edition["organizer"][0]["name"].is_string() && edition["organizer"][0]["url"].is_string());
    let talks = edition["subEvent"].as_array().unwrap();
    assert_eq!(talks.len(), 25, "every talk that has a slot of its own");
    for talk in talks {
        assert!(talk["startDate"].as_str().unwrap().ends_with("+01:00"), "{talk}");
        assert!(talk["location"]["address"].is_object(), "{talk}");
    }
    let cancelled = json_ld(&app, "/editions/promcon-2020-vancouver").await;
    assert_eq!(cancelled["eventStatus"], "https://schema.org/EventCancelled");
    let online = json_ld(&app, "/editions/promcon-2020-online").await;
    assert_eq!(online["eventAttendanceMode"], "https://schema.org/OnlineEventAttendanceMode");
    assert_eq!(online["location"]["@type"], "VirtualLocation");
}

#[on_both_databases]
#[actix_web::test]
async fn a_talk_has_its_video_and_its_clip(backend: Backend) {
    let with_clip = || {
        let mut document = seed::weekend();
        let recording = serde_json::json!({
            "key": "youtube:aaaaaaaaaaa", "title": "Day one", "duration_seconds": 4000,
            "published_at": "2025-11-01T00:00:00Z",
        });
        document.editions[0].recordings.push(serde_json::from_value(recording).unwrap());
        document
    };
    let app = archive(with_clip).start(backend).await;
    let graph = json_ld(&app, "/editions/conf-2025/talks/twice").await;
    let (event, video) = (&graph["@graph"][0], &graph["@graph"][1]);
    assert_eq!((&event["@type"], &video["@type"]), (&"Event".into(), &"VideoObject".into()));
    assert_eq!(event["startDate"], "2025-10-25T10:30:00+02:00");
    assert_eq!(event["performer"][0]["name"], "Ada A.");
    assert_eq!(event["recordedIn"]["@id"], video["@id"]);
    // What Google requires and recommends for a video.
    for field in ["name", "thumbnailUrl", "uploadDate", "description", "duration", "embedUrl"] {
        assert!(!video[field].is_null(), "{field}: {video:#}");
    }
    let clip = &video["hasPart"][0];
    assert_eq!((clip["startOffset"].as_i64(), clip["endOffset"].as_i64()), (Some(65), Some(100)));
    assert_eq!(clip["url"], "https://lectern.example/editions/conf-2025/talks/twice?t=65");
    let cancelled = json_ld(&app, "/editions/conf-2025/talks/called-off").await;
    assert_eq!(cancelled["eventStatus"], "https://schema.org/EventCancelled");
    assert_eq!(json_ld(&app, "/speakers/ada").await["@type"], "Person");
    assert_eq!(json_ld(&app, "/speakers/crew").await["@type"], "PerformingGroup");
    assert_eq!(json_ld(&app, "/companies/acme").await["@type"], "Organization");
}

#[on_both_databases]
#[actix_web::test]
async fn a_chat_shows_a_title_a_picture_and_a_player(backend: Backend) {
    let app = promcon().start(backend).await;
    let body = app.get("/editions/promcon-2019-munich/talks/promql-for-mere-mortals", &[]).await.body;
    assert_eq!(meta(&body, "og:title"), Some("PromQL for Mere Mortals – PromCon EU 2019"));
    assert_eq!(meta(&body, "og:type"), Some("video.other"));
    assert_eq!(meta(&body, "twitter:card"), Some("player"));
    assert!(meta(&body, "og:image").unwrap().starts_with("https://i.ytimg.com/vi/"));
    assert!(meta(&body, "og:video").unwrap().starts_with("https://www.youtube-nocookie.com/embed/"));
    assert!(!meta(&body, "og:description").unwrap().is_empty());
    let discovered = body.split("application/json+oembed").nth(1).unwrap().split("href=\"").nth(1).unwrap();
    let discovered = discovered.split('"').next().unwrap().replace("&#38;", "&");
    let path = discovered.strip_prefix("https://lectern.example").expect("it is absolute");
    assert_eq!(app.get(path, &[]).await.json()["title"], "PromQL for Mere Mortals");
    let edition = app.get("/editions/promcon-2019-munich", &[]).await.body;
    assert!(edition.contains("type=\"application/atom+xml\""));
    assert!(edition.contains("type=\"application/vnd.c3voc.schedule+xml\""));
}

#[on_both_databases]
#[actix_web::test]
async fn marks_and_quotes_stay_what_they_are(backend: Backend) {
    let title = "Vec<Option<T>> & \"friends\"";
    let titled = || seed::weekend_titled("Vec<Option<T>> & \"friends\"");
    let app = archive(titled).start(backend).await;
    let body = app.get("/editions/conf-2025/talks/opening", &[]).await.body;
    let escaped = "Vec&#60;Option&#60;T&#62;&#62; &#38; &#34;friends&#34;";
    assert!(body.contains(&format!("<h1><bdi>{escaped}</bdi></h1>")), "{body}");
    assert!(body.contains(&format!("<title>{escaped} – Conf 2025</title>")));
    assert_eq!(meta(&body, "og:title"), Some(format!("{escaped} – Conf 2025").as_str()));
    assert_eq!(json_ld(&app, "/editions/conf-2025/talks/opening").await["name"], title);
    let oembed = app.get("/oembed?url=https://lectern.example/editions/conf-2025/talks/opening", &[]).await.json();
    assert_eq!(oembed["title"], title);
    let data = app.get("/embed/editions/conf-2025/schedule.json", &[]).await.json();
    assert_eq!(data["slots"][1]["talk"]["title"], title);
}

#[on_both_databases]
#[actix_web::test]
async fn the_sitemap_has_every_page(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let sitemap = app.get("/sitemap.xml", &[]).await;
    assert_eq!(sitemap.header("content-type"), "application/xml; charset=utf-8");
    let paths = addresses(&sitemap.body);
    for path in ["/", "/conferences/conf", "/editions/conf-2025", "/editions/conf-2025/talks/twice", "/speakers/ada"] {
        assert!(paths.iter().any(|listed| listed == path), "{path}: {paths:?}");
    }
    assert!(!sitemap.body.contains("taken-back"), "a talk that was withdrawn is not listed");
    for path in &paths {
        assert_eq!(app.get(path, &[]).await.status, 200, "{path}");
    }
    let robots = app.get("/robots.txt", &[]).await.body;
    assert!(robots.contains("Sitemap: https://lectern.example/sitemap.xml"), "{robots}");

    // With more addresses than a sitemap has, there is an index of several.
    let small = app.another_with(Limits { sitemap: 4, ..Limits::default() }).await;
    let index = small.get("/sitemap.xml", &[]).await.body;
    assert!(index.contains("<sitemapindex"), "{index}");
    let mut all = Vec::new();
    for part in addresses(&index) {
        let part = small.get(&part, &[]).await;
        assert_eq!(part.status, 200);
        let listed = addresses(&part.body);
        assert!(listed.len() <= 4, "{listed:?}");
        all.extend(listed);
    }
    all.sort();
    let mut paths = paths;
    paths.sort();
    assert_eq!(all, paths);
    assert_eq!(small.get("/sitemaps/talks-99.xml", &[]).await.status, 404);
    assert_eq!(small.get("/sitemaps/alias-1.xml", &[]).await.status, 404);
}

fn addresses(sitemap: &str) -> Vec<String> {
    let places = sitemap.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next());
    places.map(|url| url.strip_prefix("https://lectern.example").expect("ours").to_owned()).collect()
}
