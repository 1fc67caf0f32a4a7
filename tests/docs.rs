//! The page of the REST API's description: by HTTP as it stands, and as a person uses it in a real browser.

use actix_web::http::Method;
use serde_json::Value;

use crate::support::{
    app::{Backend, promcon},
    webdriver::Browser,
};

fn document() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).unwrap()
}

/// What stands between each pair of marks.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).map(|rest| rest.split(after).next().unwrap()).collect()
}

#[actix_web::test]
async fn the_page_tells_all_that_the_description_tells() {
    let app = promcon().start(Backend::Sqlite).await.unwrap();
    let page = app.get("/docs", &[]).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let document = document();
    let articles: Vec<&str> = between(&page.body, "<article ", "</article>");
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(articles.len(), paths.len());
    for (path, item) in paths {
        let reads = item["get"].is_object();
        let operation = if reads { &item["get"] } else { &item["post"] };
        let id = operation["operationId"].as_str().unwrap();
        let opening = format!("id=\"{id}\" data-path=\"{path}\"");
        let article = articles
            .iter()
            .find(|article| article.starts_with(&opening))
            .unwrap_or_else(|| panic!("{path} is not told"));
        assert!(page.body.contains(&format!("<a href=\"#{id}\">")), "{id} is not in the contents");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            assert!(article.contains(&format!("<th scope=\"row\"><code>{name}</code></th>")), "{path} lacks {name}");
        }
        for status in operation["responses"].as_object().unwrap().keys() {
            assert!(article.contains(&format!("<dt>{status}</dt>")), "{path} lacks {status}");
        }
        if !reads {
            let command = between(article, "<pre class=\"curl\"><code>", "</code>")[0];
            assert!(
                command.contains("Bearer") && command.contains(&format!("https://lectern.example{path}?")),
                "{command}"
            );
            continue;
        }
        // The request to try is told twice, and it answers.
        let example = between(article, "class=\"address\" href=\"", "\"")[0].replace("&amp;", "&");
        let command = between(article, "<pre class=\"curl\"><code>", "</code>")[0].replace("&amp;", "&");
        assert!(command.ends_with(&format!(" 'https://lectern.example/{example}'")), "{command}");
        let answer = app.get(&format!("/{example}"), &[]).await;
        assert_eq!(answer.status, 200, "{example}: {}", answer.body);
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.body.contains(&format!("id=\"schema-{name}\"")), "{name} is not told");
    }
    let ids = between(&page.body, " id=\"", "\"");
    for target in between(&page.body, "href=\"#", "\"") {
        assert_eq!(ids.iter().filter(|id| **id == target).count(), 1, "#{target} leads nowhere, or to several places");
    }
}

#[actix_web::test]
async fn nothing_is_loaded_from_elsewhere() {
    let app = promcon().start(Backend::Sqlite).await.unwrap();
    let page = app.get("/docs", &[]).await;
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    );
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let addresses: Vec<&str> =
        between(&page.body, " href=\"", "\"").into_iter().chain(between(&page.body, " src=\"", "\"")).collect();
    for address in &addresses {
        assert!(!address.contains("//") || address.starts_with("data:"), "{address} is elsewhere");
    }
    assert!(
        !page.body.contains("<style") && !page.body.contains(" style=\"") && !page.body.contains("<script>"),
        "all is in files"
    );
    let assets: Vec<&&str> = addresses.iter().filter(|address| address.starts_with("docs/")).collect();
    let mut media = Vec::new();
    for asset in assets {
        let answer = app.get(&format!("/{asset}"), &[]).await;
        assert_eq!(answer.status, 200, "{asset}");
        assert!(!answer.body.contains("http://") && !answer.body.contains("https://"), "{asset} asks elsewhere");
        media.push(answer.header("content-type").to_owned());
    }
    assert_eq!(media, ["text/css; charset=utf-8", "text/javascript; charset=utf-8"]);
}

#[actix_web::test]
async fn it_is_cached_and_only_read() {
    let app = promcon().start(Backend::Sqlite).await.unwrap();
    for path in ["/docs", "/docs/style.css", "/docs/script.js"] {
        let answer = app.get(path, &[]).await;
        let tag = answer.header("etag");
        assert!(tag.starts_with('"'), "{path}: {tag} is not strong");
        let again = app.get(path, &[("If-None-Match", tag)]).await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0), "{path}");
        let small = app.send(Method::GET, path, &[("Accept-Encoding", "br")], Vec::new()).await;
        assert_eq!(small.header("content-encoding"), "br", "{path}");
        assert_ne!(small.header("etag"), tag, "{path}");
        let head = app.send(Method::HEAD, path, &[], Vec::new()).await;
        assert_eq!((head.status.as_u16(), head.header("etag"), head.bytes.len()), (200, tag, 0), "{path}");
        let refused = app.send(Method::POST, path, &[], Vec::new()).await;
        assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, "GET, HEAD, OPTIONS"), "{path}");
    }
}

const TALKS: &str = "document.getElementById('listTalks')";

#[actix_web::test]
async fn a_person_can_try_a_request() {
    let Some(browser) = Browser::start().await else { return };
    let app = promcon().start(Backend::Sqlite).await.unwrap();
    browser.goto(&format!("{}/docs", app.base)).await;
    let shows = |status: &str, text: &str| {
        format!(
            "{TALKS}.querySelector('.status')?.textContent.startsWith('{status}') \
             && {TALKS}.querySelector('.body').textContent.includes('{text}')"
        )
    };
    let headers = format!("return [...{TALKS}.querySelectorAll('.headers dt')].map(name => name.textContent)");

    browser.click("#listTalks .parameters summary").await;
    browser.click("#listTalks button[type=submit]").await;
    browser.wait_until(&shows("200 OK", "\"title\": \"Prometheus Design and Philosophy")).await;
    assert_eq!(browser.script(&headers).await, serde_json::json!(["ETag", "Cache-Control", "Link"]));
    assert!(browser.console("SEVERE").await.is_empty(), "nothing is wrong on the console");

    browser
        .script(&format!(
            "const kind = {TALKS}.querySelector('[data-name=kind] input'); kind.value = 'speech'; kind.dispatchEvent(new Event('input'))"
        ))
        .await;
    let command = browser.script(&format!("return {TALKS}.querySelector('.curl').textContent")).await;
    assert!(
        command
            .as_str()
            .unwrap()
            .starts_with("curl 'https://lectern.example/api/v1/talks?edition=promcon-2016-berlin&kind=speech&"),
        "{command}"
    );
    browser.click("#listTalks button[type=submit]").await;
    browser.wait_until(&shows("400 Bad Request", "\"parameter\": \"kind\"")).await;
    browser.wait_until(&shows("400 Bad Request", "speech")).await;
    // A browser tells of every answer that is a refusal; of nothing else here.
    let wrong = browser.console("SEVERE").await;
    assert!(wrong.iter().all(|message| message.contains("kind=speech") && message.contains("400")), "{wrong:?}");

    browser.click("#listTalks button[type=reset]").await;
    browser
        .wait_until(&format!("{TALKS}.querySelector('.address').textContent.includes('kind=keynote&kind=talk')"))
        .await;
    let wide = browser.script("return document.documentElement.scrollWidth > innerWidth").await;
    assert_eq!(wide, false, "the page does not scroll sideways");
    let elsewhere = browser
        .script(
            "return performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith(location.origin))",
        )
        .await;
    assert_eq!(elsewhere, serde_json::json!([]), "nothing comes from elsewhere");
}
