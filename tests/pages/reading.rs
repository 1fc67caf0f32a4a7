//! Pages as a browser asks for them.

use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{Answer, App, Backend, archive, empty, promcon},
    seed,
};

/// What a browser accepts.
const BROWSER: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

async fn page(app: &App, path: &str) -> Answer {
    app.get(path, &[BROWSER]).await
}

#[on_both_databases]
#[actix_web::test]
async fn every_url_of_the_api_leads_to_a_page(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let data = app
        .query(
            r#"{
                conferences { nodes { url } }
                editions { nodes { url exports { page } } }
                talks(first: 100) { nodes { url } }
                speakers { nodes { url } }
                companies { nodes { url } }
            }"#,
        )
        .await;
    let mut count = 0;
    for list in data.as_object().unwrap().values() {
        for node in list["nodes"].as_array().unwrap() {
            for url in [&node["url"], &node["exports"]["page"]].into_iter().filter_map(|url| url.as_str()) {
                let path = url.strip_prefix("https://lectern.example").unwrap();
                let page = page(&app, path).await;
                assert_eq!(page.status, 200, "{path}");
                assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
                let canonical = format!("<link rel=\"canonical\" href=\"{url}\">");
                assert!(page.body.contains(&canonical), "{path}");
                count += 1;
            }
        }
    }
    assert!(count > 15, "{count}");
    assert_eq!(page(&app, "/").await.status, 200);
}

#[on_both_databases]
#[actix_web::test]
async fn a_page_is_cached_like_every_response(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for path in ["/", "/editions/conf-2025", "/editions/conf-2025/talks/twice", "/speakers/ada", "/companies/acme"] {
        let first = page(&app, path).await;
        let tag = first.header("etag").to_owned();
        assert!(first.header("cache-control").starts_with("public, max-age="), "{path}");
        let again = app.get(path, &[BROWSER, ("If-None-Match", &tag)]).await;
        assert_eq!(again.status, 304, "{path}");
        let decorated = page(&app, &format!("{path}?utm_source=news&fbclid=x")).await;
        assert_eq!((decorated.header("etag"), &decorated.bytes), (tag.as_str(), &first.bytes), "{path}");
    }
    let before = page(&app, "/speakers/ada").await;
    let id = app.id(r#"speaker(slug: "ada")"#).await;
    let rename = format!(r#"updateSpeaker(id: "{id}", input: {{ name: "Ada & Co" }}) {{ speaker {{ name }} }}"#);
    app.editor("write").await.edit(&rename).await;
    let after = page(&app, "/speakers/ada").await;
    assert_ne!(before.header("etag"), after.header("etag"));
    assert!(after.body.contains("<h1><bdi>Ada &#38; Co</bdi>"), "{}", after.body);
}

#[on_both_databases]
#[actix_web::test]
async fn former_slugs_and_merged_ids_lead_to_the_page(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let (ada, bob) = (app.id(r#"speaker(slug: "ada")"#).await, app.id(r#"speaker(slug: "bob")"#).await);
    let talk = app.talk_id("twice").await;
    let merge = format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ slug }} }}"#);
    app.editor("write").await.edit(&merge).await;
    for (former, present) in [
        ("/editions/conf-25", "/editions/conf-2025"),
        ("/editions/conf-25/days/2025-10-26", "/editions/conf-2025/days/2025-10-26"),
        ("/editions/conf-25/talks/twice", "/editions/conf-2025/talks/twice"),
        ("/embed/editions/conf-25", "/embed/editions/conf-2025"),
        ("/embed/editions/conf-25/schedule.json", "/embed/editions/conf-2025/schedule.json"),
        ("/embed/editions/conf-25/days/2025-10-26.json", "/embed/editions/conf-2025/days/2025-10-26.json"),
        ("/speakers/ada-a", "/speakers/ada"),
        ("/speakers/bob", "/speakers/ada"),
        (&format!("/speakers/{bob}"), "/speakers/ada"),
        (&format!("/speakers/{ada}"), "/speakers/ada"),
        (&format!("/talks/{talk}"), "/editions/conf-2025/talks/twice"),
    ] {
        let moved = page(&app, former).await;
        assert_eq!(moved.status, 301, "{former}");
        assert_eq!(moved.header("location"), format!("https://lectern.example{present}"), "{former}");
    }
    assert_eq!(page(&app, "/speakers/ada/").await.status, 308);
}

#[on_both_databases]
#[actix_web::test]
async fn what_is_not_there_has_a_page_for_browsers(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for path in [
        "/nothing",
        "/editions/none",
        "/editions/conf-2025/days/2025-01-01",
        "/editions/conf-2025/days/tomorrow",
        "/editions/conf-2025/talks/none",
        "/speakers/none",
        "/companies/%3Cscript%3E",
        "/talks/none",
        "/embed/editions/none",
    ] {
        let missing = page(&app, path).await;
        assert_eq!(missing.status, 404, "{path}");
        assert_eq!(missing.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(missing.body.contains("<a href=\"/\">"), "{path}: it leads on");
        assert!(!missing.body.contains("<script>"), "{path}");
        let problem = app.get(path, &[]).await;
        assert_eq!(problem.status, 404, "{path}");
        assert_eq!(problem.header("content-type"), "application/problem+json; charset=utf-8", "{path}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn only_what_is_embedded_can_be_framed(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for (path, may_be_framed) in [
        ("/", false),
        ("/editions/conf-2025", false),
        ("/editions/conf-2025/talks/twice", false),
        ("/nothing", false),
        ("/embed/editions/conf-2025", true),
        ("/embed/editions/conf-2025/days/2025-10-25", true),
        ("/embed/editions/conf-2025/talks/twice", true),
    ] {
        let policy = page(&app, path).await.header("content-security-policy").to_owned();
        assert!(policy.starts_with("default-src 'none'; ") && policy.contains("script-src 'self'"), "{path}: {policy}");
        assert_eq!(!policy.contains("frame-ancestors 'none'"), may_be_framed, "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn texts_are_texts(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    for path in [
        "/",
        "/editions/nasty-2025",
        "/editions/nasty-2025/talks/markup",
        "/editions/nasty-2025/talks/formula",
        "/editions/nasty-2025/talks/world",
        "/speakers/tag",
        "/speakers/bobby",
        "/companies/evil",
        "/embed/editions/nasty-2025",
        "/embed/editions/nasty-2025/talks/markup",
    ] {
        let page = page(&app, path).await;
        assert_eq!(page.status, 200, "{path}");
        for mark in ["<script>alert", "<b>", "<em>&amp;", "href=\"javascript:", "<i>"] {
            assert!(!page.body.contains(mark), "{path} has {mark}");
        }
        let scripts = page.body.matches("<script").count();
        let ours = page.body.matches("<script defer src=\"/embed.js?v=").count()
            + page.body.matches("<script type=\"application/ld+json\">").count();
        assert_eq!(scripts, ours, "{path}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_page_of_many_talks_has_one_day(backend: Backend) {
    let app = archive(seed::fourteen_hundred).start(backend).await;
    let first = page(&app, "/editions/conf-2025").await;
    let last = page(&app, "/editions/conf-2025/days/2025-10-09").await;
    for (page, slots) in [(&first, 352), (&last, 348)] {
        assert_eq!(page.body.matches("<li class=\"slot talk\"").count(), slots);
    }
    assert!(first.body.contains("href=\"/editions/conf-2025/days/2025-10-09\""));
    assert_ne!(first.bytes, last.bytes);
    let sent = app.get("/editions/conf-2025", &[BROWSER, ("Accept-Encoding", "gzip")]).await;
    assert_eq!(sent.header("content-encoding"), "gzip");
    assert!(sent.bytes.len() < 100_000, "{} bytes", sent.bytes.len());

    // What the element loads first: a day, without abstracts.
    let data = app.get("/embed/editions/conf-2025/schedule.json", &[("Accept-Encoding", "gzip")]).await;
    assert!(data.bytes.len() < 60_000, "{} bytes", data.bytes.len());
}

#[on_both_databases]
#[actix_web::test]
async fn a_page_takes_as_many_statements_for_many_talks_as_for_few(backend: Backend) {
    let small = archive(seed::twenty).start(backend).await;
    let large = archive(seed::fourteen_hundred).start(backend).await;
    for (path, most) in [("/", 12), ("/editions/conf-2025/days/2025-10-06", 34), ("/speakers/speaker-1", 14)] {
        let mut taken = [0, 0];
        for (place, app) in [&small, &large].into_iter().enumerate() {
            app.outdate().await;
            let before = app.statements();
            assert_eq!(page(app, path).await.status, 200);
            taken[place] = app.statements() - before;
        }
        assert!(taken[0].abs_diff(taken[1]) <= 2, "{path}: {taken:?}");
        assert!(taken[1] <= most, "{path}: {taken:?}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_page_says_what_is_on_by_the_clock(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    app.set_now("2025-10-25T08:15:00Z");
    assert!(page(&app, "/editions/conf-2025").await.body.contains("<strong class=\"live\">On now</strong>"));
    app.set_now("2025-11-25T08:15:00Z");
    assert!(!page(&app, "/editions/conf-2025").await.body.contains("On now"));
}

#[on_both_databases]
#[actix_web::test]
async fn each_page_tells_its_query(backend: Backend) {
    let app = promcon().start(backend).await;
    for path in [
        "/",
        "/conferences/promcon",
        "/editions/promcon-2019-munich",
        "/editions/promcon-2019-munich/talks/promql-for-mere-mortals",
        "/speakers/julius-volz",
        "/companies/soundcloud",
    ] {
        let body = page(&app, path).await.body;
        let link = body.split("href=\"/graphql?").nth(1).and_then(|rest| rest.split('"').next()).expect(path);
        // The page's own query passes the limits of everybody's.
        let answer = app.get(&format!("/graphql?{}", link.replace("&#38;", "&").replace("&amp;", "&")), &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        assert!(answer.json().get("errors").is_none(), "{path}: {}", answer.body);
        let rest = body.split("This page as data: <a href=\"").nth(1).and_then(|rest| rest.split('"').next());
        let rest = app.get(rest.expect(path), &[]).await;
        assert_eq!((rest.status.as_u16(), rest.header("content-type")), (200, "application/json"), "{path}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn an_empty_archive_has_a_page(backend: Backend) {
    let app = empty().start(backend).await;
    let home = page(&app, "/").await;
    assert_eq!(home.status, 200);
    assert!(home.body.contains("The archive is empty."));
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_without_days_has_a_page(backend: Backend) {
    let app = promcon().start(backend).await;
    for slug in ["promcon-2021-vancouver", "promcon-2025-munich", "promcon-2020-vancouver"] {
        assert_eq!(page(&app, &format!("/editions/{slug}")).await.status, 200, "{slug}");
        let data = app.get(&format!("/embed/editions/{slug}/schedule.json"), &[]).await;
        assert_eq!(data.status, 200, "{slug}");
        assert_eq!(data.json()["slots"], json!([]), "{slug}");
    }
}
