//! GraphiQL, as a person uses it.

use std::time::Duration;

use actix_web::rt::time::sleep;
use serde_json::{Value, json};
use test_attributes::needs_chromium;

use super::{check_console, check_origins};
use crate::support::{
    app::{App, Backend, promcon},
    seed,
    webdriver::Browser,
};

const EDITOR: &str = "document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror";
const RESULT: &str = "document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue()";
const EXECUTE: &str = ".graphiql-execute-button";

/// Opens GraphiQL and waits until it has read the schema.
async fn open(app: &App) -> Browser {
    let browser = Browser::start().await;
    browser.goto(&format!("{}/graphql", app.base)).await;
    browser.wait_until(&format!("{EDITOR}.options.lint?.schema")).await;
    browser
}

/// Opens the tab of an example.
async fn open_example(browser: &Browser, tab: usize, operation: &str) {
    browser.script(&format!("document.querySelectorAll('.graphiql-tab-button')[{tab}].click()")).await;
    browser.wait_until(&format!("{EDITOR}.operationName === '{operation}'")).await;
}

/// Waits until the button that executes has a label: it stops an operation that goes on.
async fn wait_for_label(browser: &Browser, label: &str) {
    let has_label = format!("document.querySelector('{EXECUTE}').getAttribute('aria-label').startsWith('{label}')");
    browser.wait_until(&has_label).await;
}

/// The text of the result.
async fn result(browser: &Browser) -> String {
    let result = browser.script(&format!("return {RESULT}")).await;
    result.as_str().unwrap_or_default().to_owned()
}

#[needs_chromium]
#[actix_web::test]
async fn the_examples_answer_with_real_talks() {
    let app = promcon().start(Backend::Sqlite).await;
    let browser = open(&app).await;
    for (tab, (operation, expected)) in [
        ("Programme", "Perses: The CNCF candidate"),
        ("SpeakerTalks", "Grafana Labs"),
        ("RecordedTalks", "youtube"),
        ("ArchiveTotals", "231"),
    ]
    .into_iter()
    .enumerate()
    {
        open_example(&browser, tab, operation).await;
        browser.click(EXECUTE).await;
        let is_answered = format!("{RESULT}?.includes('\"data\"') && {RESULT}.includes('{expected}')");
        browser.wait_until(&is_answered).await;
    }
    check_console(&browser).await;
    check_origins(&browser).await;
}

#[needs_chromium]
#[actix_web::test]
async fn a_search_has_highlights_and_facets() {
    let app = promcon().start(Backend::Sqlite).await;
    app.be_indexed().await;
    let browser = open(&app).await;
    let query = "query Histograms { search(query: \"promethus histgram\", first: 2) {
        nodes { highlights { field html } node { ... on Talk { title } } } facets(first: 3) { name values { label count } }
    } }";
    browser.script(&format!("{EDITOR}.setValue({})", json!(query))).await;
    // GraphiQL reads what is typed a little later.
    browser.wait_until(&format!("{EDITOR}.operationName === 'Histograms'")).await;
    browser.click(EXECUTE).await;
    browser.wait_until(&format!("{RESULT}?.includes('\"facets\"')")).await;
    let shown: Value = serde_json::from_str(&result(&browser).await).unwrap();
    let search = &shown["data"]["search"];
    let html = search["nodes"][0]["highlights"][0]["html"].as_str().unwrap();
    assert!(html.contains("<mark>Prometheus</mark> <mark>Histograms</mark>"), "{shown:#}");
    assert_eq!(search["facets"][0]["name"], "KIND", "{shown:#}");
    check_console(&browser).await;
}

#[needs_chromium]
#[actix_web::test]
async fn a_subscription_follows_changes() {
    let app = promcon().start(Backend::Sqlite).await;
    let browser = open(&app).await;
    open_example(&browser, 4, "ChangesAsTheyCome").await;

    browser.click(EXECUTE).await;
    wait_for_label(&browser, "Stop").await;

    // The page does not say when the subscription has begun, so the archive changes until one change is shown.
    let mut shown = String::new();
    for round in 0..20 {
        app.apply(&seed::weekend_titled(&format!("Round {round}"))).await;
        sleep(Duration::from_millis(500)).await;
        shown = result(&browser).await;
        if shown.contains("conf-2025") {
            break;
        }
    }
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["data"]["changes"]["edition"]["slug"], "conf-2025", "{shown}");

    browser.click(EXECUTE).await;
    wait_for_label(&browser, "Execute").await;
    check_console(&browser).await;
}

/// As the README shows it.
#[needs_chromium]
#[actix_web::test]
async fn a_mutation_moves_a_talk() {
    let app = promcon().start(Backend::Sqlite).await;
    let token = app.token("write:promcon").await;
    let readme = include_str!("../../README.md");
    let mutation = readme.split("```graphql\n").find(|part| part.starts_with("mutation")).unwrap();
    let mutation = mutation.split("```").next().unwrap();

    // The token is put into the headers, and the mutation into the editor.
    let browser = open(&app).await;
    browser.script("document.querySelectorAll('.graphiql-editor-tools button')[1].click()").await;
    let headers = "document.querySelectorAll('.graphiql-editor-tool .CodeMirror')[1]?.CodeMirror";
    browser.wait_until(&format!("{headers} != null")).await;
    let bearer = json!({ "Authorization": format!("Bearer {token}") }).to_string();
    browser.script(&format!("{headers}.setValue({})", json!(bearer))).await;
    browser.script(&format!("{EDITOR}.setValue({})", json!(mutation))).await;
    browser.wait_until(&format!("{EDITOR}.getValue().startsWith('mutation')")).await;
    sleep(Duration::from_millis(500)).await;

    browser.click(EXECUTE).await;
    browser.wait_until(&format!("{RESULT}?.includes('PromQL for Native Histograms')")).await;

    let shown: Value = serde_json::from_str(&result(&browser).await).unwrap();
    assert_eq!(shown["data"]["updateSlot"]["userErrors"], json!([]), "{shown}");
    assert_eq!(shown["data"]["updateSlot"]["slot"]["startsAt"], "2022-11-08T18:30:00+01:00");
}
