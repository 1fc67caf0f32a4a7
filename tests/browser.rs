//! The pages that people open, in a real browser.

use serde_json::json;

use crate::support::webdriver::Browser;

mod docs;
mod graphiql;

/// Checks that nothing went wrong in a page.
async fn check_console(browser: &Browser) {
    let errors = browser.console("SEVERE").await;
    assert!(errors.is_empty(), "{errors:?}");
}

/// Checks that everything a page loaded came from its own server.
async fn check_origins(browser: &Browser) {
    let script = "return performance.getEntriesByType('resource')
        .map(entry => entry.name)
        .filter(name => !name.startsWith(location.origin))";
    assert_eq!(browser.script(script).await, json!([]), "nothing comes from elsewhere");
}
