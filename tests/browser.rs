//! The pages that people open, in a real browser.

use serde_json::json;

use crate::support::webdriver::Browser;

mod docs;
mod documented;
mod embed;
mod graphiql;
mod pages;
mod site;

/// axe-core, which finds what makes a page hard to use for some people.
const AXE: &str = include_str!("vendor/axe-core/axe.min.js");

/// Checks the accessibility of what a page shows, in light and in dark.
async fn check_accessibility(browser: &Browser, what: &str) {
    browser.script(AXE).await;
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        let script = "return axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
            violations.map(({ id, nodes }) => [id, nodes.length, nodes[0].target, nodes[0].failureSummary]))";
        assert_eq!(browser.script(script).await, json!([]), "{what}, {scheme}");
    }
    browser.prefer("light").await;
}

/// Checks that a page does not scroll sideways.
async fn check_width(browser: &Browser, what: &str) {
    let script = "return [document.documentElement.scrollWidth, innerWidth]";
    let widths = browser.script(script).await;
    assert!(widths[0].as_u64() <= widths[1].as_u64(), "{what} is wider than the window: {widths}");
}

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
