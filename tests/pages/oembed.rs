//! oEmbed, as chats and content systems ask for it.

use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    seed,
};

const BASE: &str = "https://lectern.example";

async fn asked(app: &App, url: &str, more: &str) -> crate::support::app::Answer {
    let url: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
    app.get(&format!("/oembed?url={url}{more}"), &[]).await
}

#[on_both_databases]
#[actix_web::test]
async fn a_talk_is_a_video_and_an_edition_is_rich(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let talk = asked(&app, &format!("{BASE}/editions/conf-2025/talks/twice"), "").await.json();
    assert_eq!((&talk["version"], &talk["type"]), (&"1.0".into(), &"video".into()));
    assert_eq!(talk["title"], "Äpfel & 100% _Birnen_");
    assert_eq!(talk["author_name"], "Ada A., Bob");
    assert_eq!((talk["width"].as_u64(), talk["height"].as_u64()), (Some(800), Some(600)));
    assert_eq!(talk["thumbnail_url"], "https://i.ytimg.com/vi/aaaaaaaaaaa/hqdefault.jpg");
    let html = talk["html"].as_str().unwrap();
    assert!(html.starts_with(&format!("<iframe src=\"{BASE}/embed/editions/conf-2025/talks/twice\"")), "{html}");
    assert!(html.contains("title=\"Äpfel &amp; 100% _Birnen_\""), "{html}");

    let edition = asked(&app, &format!("{BASE}/editions/conf-2025"), "&format=json").await.json();
    assert_eq!(edition["type"], "rich");
    assert_eq!(edition["title"], "Conf 2025");
    assert!(edition["html"].as_str().unwrap().contains("/embed/editions/conf-2025\""));
}

#[on_both_databases]
#[actix_web::test]
async fn it_fits_where_it_is_put(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let url = format!("{BASE}/editions/conf-2025/talks/twice");
    let small = asked(&app, &url, "&maxwidth=300&maxheight=9999&_=17").await.json();
    assert_eq!((small["width"].as_u64(), small["height"].as_u64()), (Some(300), Some(600)));
    assert!(small["html"].as_str().unwrap().contains("width=\"300\" height=\"600\""));
    assert!(small.get("thumbnail_url").is_none(), "no picture is larger than allowed");
    for wrong in ["&maxwidth=0", "&maxwidth=-5", "&maxheight=tall", "&maxwidth=99999999999"] {
        assert_eq!(asked(&app, &url, wrong).await.status, 400, "{wrong}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn it_is_offered_as_xml(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    let xml = asked(&app, &format!("{BASE}/editions/nasty-2025/talks/markup"), "&format=xml").await;
    assert_eq!(xml.header("content-type"), "text/xml; charset=utf-8");
    let mut reader = quick_xml::Reader::from_str(&xml.body);
    let mut elements = 0;
    loop {
        match reader.read_event().expect("it is well-formed") {
            quick_xml::events::Event::Start(_) => elements += 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert!(elements > 8, "{}", xml.body);
    assert!(xml.body.contains("<title>&lt;script&gt;alert("), "{}", xml.body);
}

#[on_both_databases]
#[actix_web::test]
async fn a_url_is_understood_as_people_paste_it(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let talk = app.talk_id("twice").await;
    for url in [
        "/editions/conf-2025/talks/twice/",
        "/editions/conf-25/talks/twice?utm_source=x&fbclid=y#t=5",
        "/embed/editions/conf-2025/talks/twice",
        &format!("/talks/{talk}"),
    ] {
        let answer = asked(&app, &format!("{BASE}{url}"), "").await;
        assert_eq!(answer.status, 200, "{url}: {}", answer.body);
        assert!(answer.json()["html"].as_str().unwrap().contains("/conf-2025/talks/twice\""), "{url}");
    }
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    for url in ["/editions/conf-25", "/editions/conf-2025/days/2025-10-26", &format!("/editions/{edition}")] {
        assert_eq!(asked(&app, &format!("{BASE}{url}"), "").await.json()["title"], "Conf 2025", "{url}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn what_it_does_not_know_it_says(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let page = format!("{BASE}/editions/conf-2025");
    for (url, more, status) in [
        ("https://elsewhere.example/editions/conf-2025", "", 404),
        (&format!("{BASE}/editions/none"), "", 404),
        (&format!("{BASE}/editions/conf-2025/talks/none"), "", 404),
        (&format!("{BASE}/speakers/ada"), "", 404),
        (&format!("{BASE}/talks/none"), "", 404),
        ("conf-2025", "", 404),
        ("", "", 400),
        (&page, "&format=yaml", 501),
    ] {
        let answer = asked(&app, url, more).await;
        assert_eq!(answer.status, status, "{url} {more}: {}", answer.body);
    }
    assert_eq!(app.get("/oembed", &[]).await.status, 400);
}
