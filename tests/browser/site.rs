//! The archive as files, served by a server that knows nothing of it.

use std::collections::BTreeSet;

use serde_json::json;
use test_attributes::needs_chromium;

use super::{check_console, check_origins};
use crate::support::{
    app::Backend,
    command::{PROMCON, Terminal},
    host::Host,
    webdriver::Browser,
};

/// The addresses that a page loads or links to on its own site.
fn links(page: &str) -> BTreeSet<String> {
    let quoted = ["href=\"/", "src=\"/"].into_iter().flat_map(|name| page.split(name).skip(1));
    let paths = quoted.filter_map(|rest| rest.split('"').next()).map(|path| path.split(['#', '?']).next().unwrap());
    paths.map(|path| format!("/{path}")).collect()
}

#[needs_chromium]
#[test]
fn a_site_of_files_works_by_itself() {
    let terminal = Terminal::with_database(Backend::Sqlite);
    terminal.stdout(&["import", "native", PROMCON]);
    let report = terminal.stdout(&["export", "site", "site"]);
    assert!(report.starts_with("site: "), "{report}");
    let again = terminal.stdout(&["export", "site", "site"]);
    assert!(again.contains(" 0 of them new or changed"), "{again}");
    let site = terminal.folder().join("site");
    for file in [
        "index.html",
        "404.html",
        "sitemap.xml",
        "robots.txt",
        "embed.js",
        "style.css",
        "feeds/recordings.atom",
        "editions/promcon-2019-munich/index.html",
        "editions/promcon-2019-munich/schedule.ics",
        "editions/promcon-2019-munich/schedule.xml",
        "editions/promcon-2019-munich/schedule.json",
        "editions/promcon-2019-munich/archive.yaml",
        "speakers/julius-volz/index.html",
        "speakers/julius-volz.ics",
        "api/v1/speakers/julius-volz.json",
        "api/v1/editions/promcon-2019-munich/schedule.json",
        "embed/editions/promcon-2019-munich/index.html",
        "embed/editions/promcon-2019-munich/days/2019-11-08.json",
    ] {
        assert!(site.join(file).is_file(), "{file}");
    }
    let (code, message) = terminal.failure(&["export", "site", "."]);
    assert!(code == 1 && message.contains("has other files"), "{message}");

    actix_web::rt::System::new().block_on(async move {
        let host = Host::folder(site.clone()).await;
        // Every link within the site leads somewhere.
        let (mut known, mut waiting) = (BTreeSet::new(), vec!["/".to_owned()]);
        while let Some(path) = waiting.pop() {
            if !known.insert(path.clone()) {
                continue;
            }
            let file = site.join(path.trim_start_matches('/'));
            let page = if file.is_dir() { file.join("index.html") } else { file };
            assert!(page.is_file(), "{path} leads nowhere");
            if page.extension().is_some_and(|extension| extension == "html") {
                waiting.extend(links(&std::fs::read_to_string(page).unwrap()));
            }
        }
        assert!(known.len() > 700, "{}", known.len());

        let browser = Browser::start().await;
        browser.goto(&format!("{}/editions/promcon-2019-munich", host.base)).await;
        let root = "document.querySelector('lectern-schedule').shadowRoot";
        browser.wait_until(&format!("{root}?.querySelector('table')")).await;
        browser.script(&format!("{root}.querySelectorAll('.days button')[1].click()")).await;
        browser
            .wait_until(&format!("{root}.querySelector('table').textContent.includes('Containing Your Cardinality')"))
            .await;
        browser.script(&format!("{root}.querySelector('td a.title').click()")).await;
        browser.wait_until(&format!("{root}.querySelector('dialog .links a').textContent.startsWith('Slides')")).await;
        let outside =
            format!("return [...{root}.querySelectorAll('dialog .links a')].some(a => a.href.includes('localhost'))");
        assert_eq!(browser.script(&outside).await, json!(false), "links stay on the site, wherever it is");
        check_origins(&browser).await;
        check_console(&browser).await;
    });
}
