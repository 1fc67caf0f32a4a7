//! The search page.

use std::time::Duration;

use actix_web::rt::time::sleep;
use test_attributes::on_both_databases;

use crate::support::{
    app::{Answer, App, Backend, archive, promcon},
    seed,
};

/// The page of a search, once the index has the archive.
async fn search(app: &App, query: &str) -> Answer {
    for _ in 0..200 {
        let page = app.get(&format!("/search?{query}"), &[("Accept", "text/html")]).await;
        if !page.body.contains("The index is being made") {
            return page;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("the index is never complete");
}

/// The addresses of links with a text.
fn links<'b>(body: &'b str, before: &str) -> Vec<&'b str> {
    body.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[on_both_databases]
#[actix_web::test]
async fn a_search_is_a_page_with_links(backend: Backend) {
    let app = promcon().start(backend).await;
    let page = search(&app, "q=alertmanager&utm_source=x").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<mark>Alertmanager</mark>"), "{}", page.body);
    assert!(page.body.contains("value=\"alertmanager\""), "the box has what was searched for");
    assert!(page.body.contains("<meta name=\"robots\" content=\"noindex\">"));

    // A facet narrows it, and the page says so.
    let years = links(&page.body, "<a rel=\"nofollow\" href=\"");
    let year = years.iter().find(|link| link.contains("year=2019")).expect("a year to narrow to");
    let narrowed = search(&app, year.strip_prefix("/search?").unwrap().replace("&#38;", "&").as_str()).await;
    assert!(narrowed.body.contains("year: <bdi>2019</bdi>"), "{}", narrowed.body);
    assert!(narrowed.body.contains("href=\"/editions/promcon-2019-munich/"));
    assert!(!narrowed.body.contains("href=\"/editions/promcon-2018-munich/"));

    // Its data is that of the REST API.
    let rest = links(&narrowed.body, "This page as data: <a href=\"")[0].replace("&#38;", "&");
    assert_eq!(app.get(&rest, &[]).await.status, 200, "{rest}");

    // The next page has others.
    let all = search(&app, "q=prometheus").await;
    let next = links(&all.body, "rel=\"next\" href=\"")[0].replace("&#38;", "&");
    let more = search(&app, next.strip_prefix("/search?").unwrap()).await;
    assert_eq!(more.status, 200);
    assert_ne!(more.body, all.body);
}

#[on_both_databases]
#[actix_web::test]
async fn what_is_typed_is_text_and_a_slip_is_no_error(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    for query in [
        "",
        "q=",
        "q=%3Cscript%3Ealert(1)%3C/script%3E",
        "q=%22",
        "q='",
        "q=*",
        "q=-",
        "q=x&year=soon",
        "q=x&kind=thing",
        "q=x&talk_kind=speech",
        "q=x&language=%3Cb%3E",
        "q=x&cursor=forged",
        "q=x%ff",
        "q=year:soon",
    ] {
        let page = search(&app, query).await;
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        for mark in ["<script>", "<b>"] {
            assert!(!page.body.contains(mark), "{query} has {mark}");
        }
    }
    let long = format!("q={}", "x".repeat(5000));
    assert_eq!(search(&app, &long).await.status, 200);
    assert!(search(&app, "q=x&year=soon").await.body.contains("<p class=\"notice\"><bdi>year: "));
    let found = search(&app, "q=friends+alert").await;
    assert!(!found.body.contains("<script>alert"), "{}", found.body);
    let missing = app.get("/nothing", &[("Accept", "text/html")]).await;
    assert!(missing.body.contains("role=\"search\" action=\"/search\""), "a page that is not there has a search");
}
