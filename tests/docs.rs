//! The page that describes the REST API, as it is served.

use actix_web::http::Method;
use serde_json::Value;

use crate::support::{
    app::{Backend, archive, empty, promcon},
    seed,
};

fn document() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).unwrap()
}

/// The texts between each pair of marks.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).map(|rest| rest.split(after).next().unwrap()).collect()
}

#[actix_web::test]
async fn the_page_shows_all_of_the_description() {
    let app = promcon().start(Backend::Sqlite).await;
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
            .unwrap_or_else(|| panic!("{path} is not on the page"));
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
            assert!(command.contains("Bearer"), "{command}");
            assert!(command.contains(&format!("https://lectern.example{path}?")), "{command}");
            continue;
        }

        // The request to try is on the page twice, and it is answered.
        let example = between(article, "class=\"address\" href=\"", "\"")[0].replace("&amp;", "&");
        let command = between(article, "<pre class=\"curl\"><code>", "</code>")[0].replace("&amp;", "&");
        assert!(command.ends_with(&format!(" 'https://lectern.example/{example}'")), "{command}");
        let answer = app.get(&format!("/{example}"), &[]).await;
        assert_eq!(answer.status, 200, "{example}: {}", answer.body);
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.body.contains(&format!("id=\"schema-{name}\"")), "{name} is not on the page");
    }
    let ids = between(&page.body, " id=\"", "\"");
    for target in between(&page.body, "href=\"#", "\"") {
        assert_eq!(ids.iter().filter(|id| **id == target).count(), 1, "#{target} leads nowhere, or to several places");
    }
}

/// The examples on pages are about the archive that is served.
#[actix_web::test]
async fn the_examples_are_of_this_archive() {
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let page = app.get("/docs", &[]).await;
    let examples: Vec<String> = between(&page.body, "class=\"address\" href=\"", "\"")
        .into_iter()
        .map(|address| address.replace("&amp;", "&"))
        .collect();
    for example in &examples {
        assert!(!example.contains("promcon"), "{example}");
        assert_eq!(app.get(&format!("/{example}"), &[]).await.status, 200, "{example}");
    }
    for expected in [
        "api/v1/editions/conf-2025/schedule?day=2025-10-26",
        "editions/conf-2025/schedule.xml",
        "speakers/bob.ics",
        "api/v1/speakers/bob/talks?sort=-starts_at&limit=3&fields=title&fields=url",
    ] {
        assert!(examples.contains(&expected.to_owned()), "{expected}: {examples:#?}");
    }
    let html = [("Accept", "text/html")];
    let graphiql = app.get("/graphql", &html).await;
    assert!(graphiql.body.contains(r#"<div id="graphiql" data-edition="conf-2025" data-speaker="bob">"#));

    // A new thing is in the examples at once, and an empty archive has none.
    let editor = app.editor("write").await;
    let bob = app.id(r#"speaker(slug: "bob")"#).await;
    editor.edit(&format!(r#"updateSpeaker(id: "{bob}", input: {{ slug: "robert" }}) {{ speaker {{ id }} }}"#)).await;
    let renamed = app.get("/graphql", &html).await;
    assert!(renamed.body.contains(r#"data-speaker="robert""#) && renamed.header("etag") != graphiql.header("etag"));
    let app = empty().start(Backend::Sqlite).await;
    assert!(app.get("/graphql", &html).await.body.contains(r#"data-edition="" data-speaker="""#));
    assert_eq!(app.get("/docs", &[]).await.status, 200);
}

#[actix_web::test]
async fn nothing_is_loaded_from_elsewhere() {
    let app = promcon().start(Backend::Sqlite).await;
    let page = app.get("/docs", &[]).await;
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let addresses: Vec<&str> =
        between(&page.body, " href=\"", "\"").into_iter().chain(between(&page.body, " src=\"", "\"")).collect();
    for address in &addresses {
        assert!(!address.contains("//") || address.starts_with("data:"), "{address} is elsewhere");
    }
    for inline in ["<style", " style=\"", "<script>"] {
        assert!(!page.body.contains(inline), "{inline} is not in a file");
    }

    let mut media_types = Vec::new();
    for asset in addresses.iter().filter(|address| address.starts_with("docs/")) {
        let answer = app.get(&format!("/{asset}"), &[]).await;
        assert_eq!(answer.status, 200, "{asset}");
        assert!(!answer.body.contains("http://") && !answer.body.contains("https://"), "{asset} asks elsewhere");
        media_types.push(answer.header("content-type").to_owned());
    }
    assert_eq!(media_types, ["text/css; charset=utf-8", "text/javascript; charset=utf-8"]);
}

#[actix_web::test]
async fn the_page_is_cached_and_read_only() {
    let app = promcon().start(Backend::Sqlite).await;
    for path in ["/docs", "/docs/style.css", "/docs/script.js"] {
        let answer = app.get(path, &[]).await;
        let tag = answer.header("etag");
        assert!(tag.starts_with('"'), "{path}: {tag} is not strong");
        let again = app.get(path, &[("If-None-Match", tag)]).await;
        assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0), "{path}");
        let compressed = app.send(Method::GET, path, &[("Accept-Encoding", "br")], Vec::new()).await;
        assert_eq!(compressed.header("content-encoding"), "br", "{path}");
        assert_ne!(compressed.header("etag"), tag, "{path}");
        let head = app.send(Method::HEAD, path, &[], Vec::new()).await;
        assert_eq!((head.status.as_u16(), head.header("etag"), head.bytes.len()), (200, tag, 0), "{path}");
        let refused = app.send(Method::POST, path, &[], Vec::new()).await;
        assert_eq!((refused.status.as_u16(), refused.header("allow")), (405, "GET, HEAD, OPTIONS"), "{path}");
    }
}
