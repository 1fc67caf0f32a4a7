//! The page that describes the REST API, as a person uses it.

use serde_json::json;
use test_attributes::needs_chromium;

use super::{check_console, check_origins};
use crate::support::{
    app::{Backend, promcon},
    webdriver::Browser,
};

/// The part of the page on the list of talks.
const TALKS: &str = "document.getElementById('listTalks')";

/// Whether an answer is shown, with this status and this text in its body.
fn shows(status: &str, text: &str) -> String {
    format!(
        "{TALKS}.querySelector('.status')?.textContent.startsWith('{status}') \
         && {TALKS}.querySelector('.body').textContent.includes('{text}')"
    )
}

#[needs_chromium]
#[actix_web::test]
async fn a_person_can_try_a_request() {
    let browser = Browser::start().await;
    let app = promcon().start(Backend::Sqlite).await;
    browser.goto(&format!("{}/docs", app.base)).await;

    // The example is sent as it is.
    browser.click("#listTalks .parameters summary").await;
    browser.click("#listTalks button[type=submit]").await;
    browser.wait_until(&shows("200 OK", "\"title\": \"Perses: The CNCF candidate")).await;
    let headers = format!("return [...{TALKS}.querySelectorAll('.headers dt')].map(name => name.textContent)");
    assert_eq!(browser.script(&headers).await, json!(["ETag", "Cache-Control", "Link"]));
    check_console(&browser).await;

    // A parameter is given a wrong value.
    let set_kind = format!(
        "const kind = {TALKS}.querySelector('[data-name=kind] input');
         kind.value = 'speech';
         kind.dispatchEvent(new Event('input'))"
    );
    browser.script(&set_kind).await;
    let command = browser.script(&format!("return {TALKS}.querySelector('.curl').textContent")).await;
    let expected = "curl 'https://lectern.example/api/v1/talks?edition=promcon-2023-berlin&kind=speech&";
    assert!(command.as_str().unwrap().starts_with(expected), "{command}");
    browser.click("#listTalks button[type=submit]").await;
    browser.wait_until(&shows("400 Bad Request", "\"parameter\": \"kind\"")).await;
    browser.wait_until(&shows("400 Bad Request", "speech")).await;

    // A browser reports every answer that is an error. Nothing else is wrong.
    let errors = browser.console("SEVERE").await;
    assert!(errors.iter().all(|error| error.contains("kind=speech") && error.contains("400")), "{errors:?}");

    // The example is back.
    browser.click("#listTalks button[type=reset]").await;
    let is_reset = format!("{TALKS}.querySelector('.address').textContent.includes('kind=KEYNOTE&kind=TALK')");
    browser.wait_until(&is_reset).await;

    let is_too_wide = browser.script("return document.documentElement.scrollWidth > innerWidth").await;
    assert_eq!(is_too_wide, false, "the page does not scroll sideways");
    check_origins(&browser).await;
}
