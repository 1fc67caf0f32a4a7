//! GraphiQL as a person uses it: a real browser opens it and runs its examples.

use crate::{
    app::{Backend, promcon},
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
