//! GraphiQL as a person uses it: a real browser opens it and runs its examples.

use std::sync::Arc;

use crate::support::{
    app::{self, Backend, promcon},
    seed,
    webdriver::Browser,
};

const EDITOR: &str = "document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror";
const RESULT: &str = "document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue()";

#[actix_web::test]
async fn its_examples_answer_with_real_talks() {
    let Some(browser) = Browser::start().await else { return };
    let app = promcon().start(Backend::Sqlite).await.unwrap();
    browser.goto(&format!("{}/graphql", app.base)).await;
    browser.wait_until(&format!("{EDITOR}.options.lint?.schema")).await;
    for (tab, (operation, expected)) in [
        ("Programme", "Multitenant, Scale-Out Prometheus"),
        ("SpeakerTalks", "Grafana Labs"),
        ("RecordedTalks", "youtube"),
        ("ArchiveTotals", "231"),
    ]
    .into_iter()
    .enumerate()
    {
        browser.script(&format!("document.querySelectorAll('.graphiql-tab-button')[{tab}].click()")).await;
        browser.wait_until(&format!("{EDITOR}.operationName === '{operation}'")).await;
        browser.click(".graphiql-execute-button").await;
        browser.wait_until(&format!("{RESULT}?.includes('\"data\"') && {RESULT}.includes('{expected}')")).await;
    }
    assert!(browser.console("SEVERE").await.is_empty(), "nothing is wrong on the console");
    let elsewhere = browser
        .script(
            "return performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith(location.origin))",
        )
        .await;
    assert_eq!(elsewhere, serde_json::json!([]), "nothing comes from elsewhere");
}

#[actix_web::test]
async fn it_follows_what_changes() {
    let Some(browser) = Browser::start().await else { return };
    let app = promcon().start(Backend::Sqlite).await.unwrap();
    browser.goto(&format!("{}/graphql", app.base)).await;
    browser.wait_until(&format!("{EDITOR}.options.lint?.schema")).await;
    browser.script("document.querySelectorAll('.graphiql-tab-button')[4].click()").await;
    browser.wait_until(&format!("{EDITOR}.operationName === 'ChangesAsTheyCome'")).await;
    browser.click(".graphiql-execute-button").await;
    // It shows an icon to stop it by as long as it is followed.
    browser
        .wait_until("document.querySelector('.graphiql-execute-button').getAttribute('aria-label').startsWith('Stop')")
        .await;
    let mut told = serde_json::Value::Null;
    for round in 0..20 {
        // The page does not say when the server has begun to tell.
        let mut document = seed::weekend();
        document.editions[0].talks[0].title = format!("Round {round}");
        app::load(&app.database_url, &document, Arc::new(|| "2026-11-22T08:00:00Z".parse().unwrap())).await;
        actix_web::rt::time::sleep(std::time::Duration::from_millis(500)).await;
        told = browser.script(&format!("return {RESULT}")).await;
        if told.as_str().is_some_and(|told| told.contains("conf-2025")) {
            break;
        }
    }
    let told: serde_json::Value = serde_json::from_str(told.as_str().unwrap()).unwrap();
    assert_eq!(told["data"]["changes"]["edition"]["slug"], "conf-2025", "{told}");
    browser.click(".graphiql-execute-button").await;
    browser
        .wait_until(
            "document.querySelector('.graphiql-execute-button').getAttribute('aria-label').startsWith('Execute')",
        )
        .await;
    assert!(browser.console("SEVERE").await.is_empty(), "nothing is wrong on the console");
}

/// As the README shows it.
#[actix_web::test]
async fn it_moves_a_talk() {
    let Some(browser) = Browser::start().await else { return };
    let app = promcon().start(Backend::Sqlite).await.unwrap();
    let token = app.token("write:promcon").await;
    let readme = include_str!("../../README.md");
    let mutation =
        readme.split("```graphql\n").find(|part| part.starts_with("mutation")).unwrap().split("```").next().unwrap();
    browser.goto(&format!("{}/graphql", app.base)).await;
    browser.wait_until(&format!("{EDITOR}.options.lint?.schema")).await;
    browser.script("document.querySelectorAll('.graphiql-editor-tools button')[1].click()").await;
    let headers = "document.querySelectorAll('.graphiql-editor-tool .CodeMirror')[1]?.CodeMirror";
    browser.wait_until(&format!("{headers} != null")).await;
    let bearer = serde_json::json!({ "Authorization": format!("Bearer {token}") }).to_string();
    browser.script(&format!("{headers}.setValue({})", serde_json::json!(bearer))).await;
    browser.script(&format!("{EDITOR}.setValue({})", serde_json::json!(mutation))).await;
    browser.wait_until(&format!("{EDITOR}.getValue().startsWith('mutation')")).await;
    actix_web::rt::time::sleep(std::time::Duration::from_millis(500)).await;
    browser.click(".graphiql-execute-button").await;
    browser.wait_until(&format!("{RESULT}?.includes('PromQL for Native Histograms')")).await;
    let told = browser.script(&format!("return {RESULT}")).await;
    let told: serde_json::Value = serde_json::from_str(told.as_str().unwrap()).unwrap();
    assert_eq!(told["data"]["updateSlot"]["userErrors"], serde_json::json!([]), "{told}");
    assert_eq!(told["data"]["updateSlot"]["slot"]["startsAt"], "2022-11-08T18:30:00+01:00");
}
