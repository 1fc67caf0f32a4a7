//! The examples of docs/embedding.md, as they stand there.

use serde_json::json;
use test_attributes::needs_chromium;

use super::check_console;
use crate::support::{
    app::{App, Backend, promcon},
    host::Host,
    webdriver::Browser,
};

const EMBEDDING: &str = include_str!("../../docs/embedding.md");

/// The examples in a language, for this server.
fn examples(language: &str, app: &App) -> Vec<String> {
    let blocks = EMBEDDING.split("```").skip(1).step_by(2);
    let found = blocks.filter_map(|block| block.strip_prefix(&format!("{language}\n")));
    found.map(|text| text.replace("https://schedule.example.org", &app.base)).collect()
}

/// A page with an example on it.
async fn page(example: &str, policy: &str) -> Host {
    let head = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A page</title>\
        <link rel=\"icon\" href=\"data:,\">";
    Host::page(&format!("{head}{example}"), policy).await
}

#[needs_chromium]
#[actix_web::test]
async fn the_documented_examples_work() {
    let browser = Browser::start().await;
    let app = promcon().start(Backend::Sqlite).await;
    let (html, css, js) = (examples("html", &app), examples("css", &app), examples("js", &app));
    let root = "document.querySelector('lectern-schedule').shadowRoot";
    let [element, with_content, frame, own] = html.as_slice() else { panic!("{html:#?}") };

    // The element, under the policy that is documented, with the properties that are.
    let policy = examples("", &app).into_iter().find(|text| text.contains("script-src")).unwrap();
    let policy = format!("default-src 'none'; img-src data:; {}", policy.trim());
    let host = page(element, &policy).await;
    browser.goto(&host.base).await;
    browser.wait_until(&format!("{root}?.querySelector('table')")).await;
    check_console(&browser).await;
    let host = page(&format!("<style>{}</style>{element}", css.concat()), "").await;
    browser.goto(&host.base).await;
    browser.wait_until(&format!("{root}?.querySelector('table')")).await;
    let style = format!(
        "const style = css => getComputedStyle({root}.querySelector(css)); \
         return [style('[aria-pressed=true]').backgroundColor, style('a.title').fontWeight, style('.days').top]"
    );
    assert_eq!(browser.script(&style).await, json!(["rgb(91, 42, 134)", "500", "64px"]));

    // The content stays if no script comes.
    let host = page(with_content, "").await;
    browser.goto(&host.base).await;
    let link = browser.script("return document.querySelector('lectern-schedule a').checkVisibility()").await;
    assert_eq!(link, true);

    // The frame, with the script that reads its height.
    let host = page(&format!("{frame}<script>{}</script>", js[0]), "").await;
    browser.goto(&host.base).await;
    browser.wait_until("document.querySelector('iframe').offsetHeight > 1500").await;
    check_console(&browser).await;

    // A page of one's own.
    let host = page(own, "").await;
    browser.goto(&host.base).await;
    browser.wait_until("document.querySelectorAll('#talks li').length === 37").await;
    let text = browser.script("return document.getElementById('talks').textContent").await;
    assert!(text.as_str().unwrap().contains("11:15 PromQL for Mere Mortals Ian Billett"), "{text}");
    check_console(&browser).await;

    // The calendars.
    for path in ["/editions/promcon-2019-munich/schedule.ics?talk=promql-for-mere-mortals", "/speakers/julius-volz.ics"]
    {
        assert!(EMBEDDING.contains(path.split('?').next().unwrap()));
        assert!(app.get(path, &[]).await.body.contains("BEGIN:VEVENT"), "{path}");
    }
}
