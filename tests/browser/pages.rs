//! The pages, as visitors use them.

use serde_json::json;
use test_attributes::needs_chromium;

use super::{check_accessibility, check_console, check_origins, check_width};
use crate::support::{
    app::{Backend, archive, promcon},
    host::Host,
    seed,
    webdriver::Browser,
};

#[needs_chromium]
#[actix_web::test]
async fn every_page_is_accessible_and_asks_nobody_else() {
    let browser = Browser::start().await;
    let app = promcon().start(Backend::Sqlite).await;
    for path in [
        "/",
        "/conferences/promcon",
        "/editions/promcon-2023-berlin",
        "/editions/promcon-2019-munich/talks/promql-for-mere-mortals",
        "/speakers/julius-volz",
        "/companies/soundcloud",
        "/embed/editions/promcon-2019-munich",
        "/embed/editions/promcon-2019-munich/talks/promql-for-mere-mortals",
    ] {
        browser.resize(1280, 900).await;
        browser.goto(&format!("{}{path}", app.base)).await;
        check_accessibility(&browser, path).await;
        check_origins(&browser).await;
        browser.resize(360, 740).await;
        check_width(&browser, path).await;
        check_console(&browser).await;
    }
    browser.goto(&format!("{}/nothing", app.base)).await;
    check_accessibility(&browser, "a page that is not there").await;
}

#[needs_chromium]
#[actix_web::test]
async fn the_search_completes_what_is_typed() {
    let browser = Browser::start().await;
    let app = promcon().start(Backend::Sqlite).await;
    browser.goto(&app.base).await;
    browser.wait_until("customElements.get('lectern-search')").await;
    // The index may not have all of the archive yet.
    let type_in = "const box = document.querySelector('input[type=search]');
        box.value = box.value === 'juli' ? 'julius' : 'juli';
        box.dispatchEvent(new Event('input'))";
    for _ in 0..40 {
        browser.script(type_in).await;
        actix_web::rt::time::sleep(std::time::Duration::from_millis(500)).await;
        if browser.script("return document.querySelectorAll('datalist option').length").await != json!(0) {
            break;
        }
    }
    browser
        .wait_until("[...document.querySelectorAll('datalist option')].some(it => it.value === 'Julius Volz')")
        .await;
    browser.script("document.querySelector('input[type=search]').focus()").await;
    browser.press("Enter").await;
    browser.wait_until("location.pathname === '/search' && document.querySelector('.talks mark')").await;
    check_accessibility(&browser, "search").await;
    check_origins(&browser).await;
    check_console(&browser).await;
}

#[needs_chromium]
#[actix_web::test]
async fn the_schedule_is_readable_without_a_script_and_enhanced_with_one() {
    let browser = Browser::start().await;
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let edition = format!("{}/editions/conf-2025", app.base);
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.goto(&edition).await;
    let title = browser.script("return document.querySelector('.slot h3 a')?.checkVisibility()").await;
    assert_eq!(title, true);
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": false })).await;
    browser.goto(&edition).await;
    browser.wait_until("document.querySelector('lectern-schedule').shadowRoot?.querySelector('table')").await;
    let title = browser.script("return document.querySelector('.slot h3 a').checkVisibility()").await;
    assert_eq!(title, false, "the element stands in its place");
    check_console(&browser).await;
}

#[needs_chromium]
#[actix_web::test]
async fn a_recording_is_loaded_when_it_is_asked_for() {
    let browser = Browser::start().await;
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    for (path, source) in [
        (
            "/editions/conf-2025/talks/twice",
            "https://www.youtube-nocookie.com/embed/aaaaaaaaaaa?autoplay=1&start=65&end=100",
        ),
        // The link of a clip begins where it says.
        (
            "/editions/conf-2025/talks/twice?t=70",
            "https://www.youtube-nocookie.com/embed/aaaaaaaaaaa?autoplay=1&start=70&end=100",
        ),
        (
            "/embed/editions/conf-2025/talks/twice",
            "https://www.youtube-nocookie.com/embed/aaaaaaaaaaa?autoplay=1&start=65&end=100",
        ),
    ] {
        browser.goto(&format!("{}{path}", app.base)).await;
        browser.wait_until("customElements.get('lectern-player')").await;
        check_origins(&browser).await;
        check_console(&browser).await;
        assert_eq!(browser.script("return document.querySelectorAll('iframe').length").await, 0);
        browser.click("lectern-player a").await;
        let shown = browser.script("return document.querySelector('lectern-player iframe').src").await;
        assert_eq!(shown, source);
    }
}

#[needs_chromium]
#[actix_web::test]
async fn a_frame_tells_its_height_and_only_it_can_be_framed() {
    let browser = Browser::start().await;
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let html = format!(
        "<!doctype html><title>A page</title><link rel=\"icon\" href=\"data:,\">\
         <iframe title=\"Schedule\" src=\"{}/embed/editions/conf-2025\"></iframe>
         <script>addEventListener('message', ({{ data, source }}) => {{
           for (const frame of document.querySelectorAll('iframe'))
             if (data.type === 'lectern-height' &&
               frame.contentWindow === source) frame.style.height = `${{data.height}}px`;
         }})</script>",
        app.base
    );
    let host = Host::page(&html, "").await;
    browser.goto(&host.base).await;
    browser.wait_until("document.querySelector('iframe').offsetHeight > 500").await;
    check_console(&browser).await;

    let html = format!("<!doctype html><iframe title=\"x\" src=\"{}/editions/conf-2025\"></iframe>", app.base);
    let host = Host::page(&html, "").await;
    browser.goto(&host.base).await;
    let mut errors = Vec::new();
    for _ in 0..100 {
        errors.extend(browser.console("SEVERE").await);
        if !errors.is_empty() {
            break;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(errors.iter().any(|error| error.contains("frame-ancestors")), "{errors:?}");
}
