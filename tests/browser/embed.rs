//! `<lectern-schedule>` on a page of another origin, as visitors use it.

use lectern_api::format::document::Document;
use serde_json::{Value, json};
use test_attributes::needs_chromium;

use super::{check_accessibility, check_console, check_width};
use crate::support::{
    app::{App, Backend, archive, promcon},
    host::Host,
    seed,
    webdriver::Browser,
};

/// The shadow root of the element.
const ROOT: &str = "document.querySelector('lectern-schedule').shadowRoot";

/// A page of a conference that embeds a schedule, with more attributes and with content in the element.
fn page(app: &App, edition: &str, attributes: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>A conference</title>\
         <link rel=\"icon\" href=\"data:,\">\
         <script src=\"{0}/embed.js\" async></script></head><body><main><h1>A conference</h1>\
         <lectern-schedule edition=\"{edition}\" {attributes}>{content}</lectern-schedule><p id=\"after\">After it</p>\
         </main></body></html>",
        app.base
    )
}

/// A policy under which only the server's script runs.
fn strict(app: &App) -> String {
    format!(
        "default-src 'none'; img-src data:; script-src {0}; connect-src {0}; \
         frame-src https://www.youtube-nocookie.com",
        app.base
    )
}

async fn texts(browser: &Browser, css: &str) -> Vec<String> {
    let script = format!("return [...{ROOT}.querySelectorAll({css:?})].map(element => element.textContent)");
    browser.script(&script).await.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

async fn wait_for(browser: &Browser, css: &str) {
    browser.wait_until(&format!("{ROOT}?.querySelector({css:?})")).await;
}

/// Chooses an option of a select in the element.
async fn choose(browser: &Browser, key: &str, value: &str) {
    let script = format!(
        "const select = {ROOT}.querySelector('[data-key={key}]'); select.value = {value:?}; \
         select.dispatchEvent(new Event('change'))"
    );
    browser.script(&script).await;
}

async fn click(browser: &Browser, css: &str) {
    wait_for(browser, css).await;
    browser.script(&format!("{ROOT}.querySelector({css:?}).click()")).await;
}

/// The hosts that the page has asked for something.
async fn asked(browser: &Browser) -> Vec<String> {
    let script = "return performance.getEntriesByType('resource').map(entry => entry.name)";
    browser.script(script).await.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[needs_chromium]
#[actix_web::test]
async fn one_line_shows_the_schedule_under_a_strict_policy() {
    let browser = Browser::start().await;
    let app = promcon().start(Backend::Sqlite).await;
    let host = Host::page(&page(&app, "promcon-2019-munich", "", ""), &strict(&app)).await;
    browser.goto(&host.base).await;
    wait_for(&browser, "table").await;

    // The day comes with the first request after the script, and nothing is asked of anybody else.
    let requests = asked(&browser).await;
    let expected =
        [format!("{}/embed.js", app.base), format!("{}/embed/editions/promcon-2019-munich/schedule.json", app.base)];
    assert_eq!(requests, expected);
    assert_eq!(texts(&browser, "thead th").await, ["Time", "Main room"]);
    let titles = texts(&browser, "a.title").await;
    assert!(titles.contains(&"PromQL for Mere Mortals".to_owned()), "{titles:?}");
    assert_eq!(texts(&browser, ".days button").await, ["Day 1 · Thu, Nov 7", "Day 2 · Fri, Nov 8"]);
    check_console(&browser).await;

    // By keyboard: to the talk, into it, to its recording, and back to where one was.
    browser
        .script(&format!(
            "[...{ROOT}.querySelectorAll('a.title')].find(a => a.textContent.startsWith('PromQL')).focus()"
        ))
        .await;
    browser.press("Enter").await;
    browser.wait_until(&format!("{ROOT}.querySelector('dialog').open")).await;
    assert_eq!(texts(&browser, "dialog h2").await, ["PromQL for Mere Mortals"]);
    browser.wait_until(&format!("{ROOT}.querySelector('dialog .links a').textContent.startsWith('Slides')")).await;
    let others = asked(&browser).await;
    assert!(others.iter().all(|url| url.starts_with(&app.base)), "{others:?}");
    check_console(&browser).await;
    browser.press("Tab").await;
    let focused = format!("return {ROOT}.activeElement.className");
    assert_eq!(browser.script(&focused).await, "play");
    browser.press("Enter").await;
    let source = format!("return {ROOT}.querySelector('dialog iframe').src");
    let source = browser.script(&source).await;
    assert!(source.as_str().unwrap().starts_with("https://www.youtube-nocookie.com/embed/"), "{source}");
    browser.script(&format!("{ROOT}.querySelector('.close').focus()")).await;
    browser.press("Escape").await;
    browser.wait_until(&format!("!{ROOT}.querySelector('dialog').open")).await;
    let focused = format!("return {ROOT}.activeElement.textContent");
    assert_eq!(browser.script(&focused).await, "PromQL for Mere Mortals");

    // The other views.
    for (view, css) in
        [("list", "ol.slots"), ("speakers", "ul.columns"), ("recordings", "ul.cards"), ("talks", "ul.cards")]
    {
        click(&browser, &format!("[data-key=view-{view}]")).await;
        wait_for(&browser, css).await;
    }
    browser.wait_until(&format!("{ROOT}.querySelectorAll('a.title').length > 40")).await;
}

#[needs_chromium]
#[actix_web::test]
async fn the_recording_begins_at_the_second() {
    let browser = Browser::start().await;
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let host = Host::page(&page(&app, "conf-2025", "view=\"list\"", ""), "").await;
    browser.goto(&host.base).await;
    wait_for(&browser, "a.title").await;
    browser
        .script(&format!(
            "[...{ROOT}.querySelectorAll('a.title')].find(a => a.textContent.startsWith('Äpfel')).click()"
        ))
        .await;
    click(&browser, "dialog .play").await;
    let source = browser.script(&format!("return {ROOT}.querySelector('dialog iframe').src")).await;
    assert_eq!(source, "https://www.youtube-nocookie.com/embed/aaaaaaaaaaa?autoplay=1&start=65");
}

#[needs_chromium]
#[actix_web::test]
async fn a_talk_that_moves_moves_on_the_page() {
    let browser = Browser::start().await;
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    // The day before.
    app.set_now("2025-10-24T12:00:00Z");
    let host = Host::page(&page(&app, "conf-2025", "", ""), &strict(&app)).await;
    browser.goto(&host.base).await;
    wait_for(&browser, "table").await;
    let row = |time: &str| {
        format!("[...{ROOT}.querySelectorAll('tbody tr')].find(row => row.textContent.startsWith('{time}'))")
    };
    browser.wait_until(&format!("{}?.textContent.includes('Opening')", row("10:00"))).await;
    browser.script("window.untouched = true").await;

    let opening = app.query(r#"{ talk(edition: "conf-2025", slug: "opening") { slots { id } } }"#).await;
    let id = opening["talk"]["slots"][0]["id"].as_str().unwrap();
    let edit = format!(
        r#"updateSlot(id: "{id}", input: {{ startsAt: "2025-10-25T12:00:00+02:00",
            endsAt: "2025-10-25T12:30:00+02:00" }})
            {{ slot {{ id }} }}"#
    );
    app.editor("write").await.edit(&edit).await;
    browser.wait_until(&format!("{}?.textContent.includes('Opening')", row("12:00"))).await;
    browser
        .wait_until(&format!("{ROOT}.querySelector('[role=status]').textContent.includes('Opening: moved from 10:00')"))
        .await;
    assert_eq!(texts(&browser, ".fresh").await, ["Moved (moved from 10:00, Hall)"]);
    assert_eq!(browser.script("return window.untouched").await, true, "nothing was loaded anew");
    check_console(&browser).await;
}

#[needs_chromium]
#[actix_web::test]
async fn the_conferences_days_stay_in_every_zone() {
    let browser = Browser::start().await;
    browser.command("Emulation.setTimezoneOverride", json!({ "timezoneId": "Asia/Tokyo" })).await;
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let host = Host::page(&page(&app, "conf-2025", "view=\"list\"", ""), "").await;
    browser.goto(&host.base).await;
    wait_for(&browser, ".slots").await;
    let days = texts(&browser, ".days button").await;
    // The night talk is of the first day, and its time says that it is on the next date.
    let times = texts(&browser, ".slots .at").await;
    assert_eq!(times, ["09:00", "10:00", "10:30", "20:00", "02:30 +1 days"]);

    choose(&browser, "zone", "Asia/Tokyo").await;
    assert_eq!(texts(&browser, ".days button").await, days);
    let times = texts(&browser, ".slots .at").await;
    assert_eq!(times, ["16:00", "17:00", "17:30", "03:00 +1 days", "09:30 +1 days"]);
    let within = texts(&browser, ".slot .time").await;
    assert_eq!(within[..2], ["16:00", "17:00"], "the boxes tell the same zone");

    // West of the conference a morning is still the evening before.
    choose(&browser, "zone", "Asia/Tokyo").await;
    let host = Host::page(&page(&app, "conf-2025", "view=\"list\" timezone=\"Pacific/Honolulu\"", ""), "").await;
    browser.goto(&host.base).await;
    wait_for(&browser, ".slots").await;
    assert_eq!(texts(&browser, ".slots .at").await[0], "21:00 −1 days");
    assert_eq!(texts(&browser, ".days button").await, days);
}

#[needs_chromium]
#[actix_web::test]
async fn texts_are_texts_in_the_element() {
    let browser = Browser::start().await;
    let app = archive(seed::nasty).start(Backend::Sqlite).await;
    // Scripts may run here, if any text became one.
    let host = Host::page(&page(&app, "nasty-2025", "", ""), "").await;
    browser.goto(&host.base).await;
    wait_for(&browser, ".slot").await;
    let titles = texts(&browser, "a.title bdi").await;
    assert!(titles.iter().any(|title| title.starts_with("<script>alert('1')</script> ]]> &amp;")), "{titles:?}");
    for view in ["list", "talks", "speakers", "recordings"] {
        click(&browser, &format!("[data-key=view-{view}]")).await;
        browser.wait_until(&format!("!{ROOT}.querySelector('.empty')")).await;
        assert_eq!(browser.script(&format!("return {ROOT}.querySelectorAll('script, b, em, i, img').length")).await, 0);
    }
    browser
        .script(&format!(
            "[...{ROOT}.querySelectorAll('a.title')].find(a => a.textContent.startsWith('<script>')).click()"
        ))
        .await;
    wait_for(&browser, "dialog .prose").await;
    let prose = texts(&browser, "dialog .prose").await.concat();
    assert!(prose.contains("<script>alert('1')</script>"), "{prose}");
    let script = format!(
        "return [...{ROOT}.querySelectorAll('a[href]')].map(a => a.protocol).filter(it => !/^https?:$/.test(it))"
    );
    assert_eq!(browser.script(&script).await, json!([]));
    check_console(&browser).await;

    // So are they on pages.
    for path in
        ["/editions/nasty-2025/talks/markup", "/editions/nasty-2025", "/speakers/tag", "/embed/editions/nasty-2025"]
    {
        browser.goto(&format!("{}{path}", app.base)).await;
        check_console(&browser).await;
    }
    browser.goto(&format!("{}/editions/nasty-2025/talks/markup", app.base)).await;
    let title = browser.script("return document.querySelector('h1').textContent").await;
    assert!(title.as_str().unwrap().starts_with("<script>alert('1')</script>"), "{title}");
}

#[needs_chromium]
#[actix_web::test]
async fn what_can_not_be_shown_is_said_in_its_place() {
    let browser = Browser::start().await;
    let app = promcon().start(Backend::Sqlite).await;
    let inside = "<p id=\"inside\">Thursday: keynote</p>";
    let host = Host::page(&page(&app, "nothing", "", inside), "").await;
    browser.goto(&host.base).await;
    wait_for(&browser, ".note").await;
    assert_eq!(texts(&browser, ".note").await, ["There is no schedule of the name “nothing”. "]);
    let is_visible = "return document.getElementById('inside').checkVisibility()";
    assert_eq!(browser.script(is_visible).await, true, "what is in the element stays");

    // What was last seen stands in for a server out of reach.
    let host = Host::page(&page(&app, "promcon-2019-munich", "", inside), "").await;
    browser.goto(&host.base).await;
    wait_for(&browser, "table").await;
    assert_eq!(browser.script(is_visible).await, false);
    let blocked = json!({ "urls": ["*://*/embed/editions/*"] });
    browser.command("Network.enable", json!({})).await;
    browser.command("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await;
    browser.command("Network.setBlockedURLs", blocked).await;
    browser.goto(&host.base).await;
    wait_for(&browser, "table").await;
    let note = texts(&browser, ".note").await.concat();
    assert!(note.starts_with("This is the schedule as it was loaded on "), "{note}");
    let host = Host::page(&page(&app, "promcon-2018-munich", "", inside), "").await;
    browser.goto(&host.base).await;
    wait_for(&browser, ".note").await;
    assert_eq!(texts(&browser, ".note").await, ["The schedule can't be loaded at the moment. Try again"]);
    assert_eq!(browser.script(is_visible).await, true);
    browser.command("Network.setBlockedURLs", json!({ "urls": [] })).await;
    click(&browser, ".note button").await;
    wait_for(&browser, "table").await;
}

#[needs_chromium]
#[actix_web::test]
async fn favourites_are_kept_and_go_to_a_calendar() {
    let browser = Browser::start().await;
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let host = Host::page(&page(&app, "conf-2025", "", ""), &strict(&app)).await;
    browser.goto(&host.base).await;
    let (twice, off) = (app.talk_id("twice").await, app.talk_id("called-off").await);
    for talk in [&twice, &off] {
        click(&browser, &format!("[data-key=star-{talk}]")).await;
        wait_for(&browser, &format!("[data-key=star-{talk}][aria-pressed=true]")).await;
    }
    // The talk is retitled and moves meanwhile.
    let retitle = format!(r#"updateTalk(id: "{twice}", input: {{ title: "Apples" }}) {{ talk {{ title }} }}"#);
    app.editor("write").await.edit(&retitle).await;
    browser.goto(&host.base).await;
    click(&browser, "[data-key=mine]").await;
    browser.wait_until(&format!("{ROOT}.querySelectorAll('.content a.title').length === 3")).await;
    assert_eq!(texts(&browser, ".content a.title").await, ["Apples", "Called off", "Apples"]);
    let facts = texts(&browser, ".content .facts").await.concat();
    assert!(facts.contains("At the same time: Called off"), "{facts}");

    let calendar = browser.script("return document.querySelector('lectern-schedule').calendar()").await;
    let lines: Vec<&str> = calendar.as_str().unwrap().split("\r\n").collect();
    assert!(lines.contains(&"SUMMARY:Apples") && lines.contains(&"SUMMARY:Cancelled: Called off"), "{lines:?}");
    assert!(lines.contains(&"DTSTART:20251025T083000Z"), "{lines:?}");
    assert!(lines.iter().all(|line| line.len() <= 75), "{lines:?}");
    // The address to subscribe to has the same, with the same ids.
    let script = format!("return {ROOT}.querySelector('a[href^=webcal]').href");
    let address = browser.script(&script).await;
    let (_, path) = address.as_str().unwrap().split_once("/editions/").unwrap();
    let served = app.get(&format!("/editions/{path}"), &[]).await.body;
    for uid in lines.iter().filter(|line| line.starts_with("UID:")) {
        assert!(served.contains(uid), "{uid}");
    }
    assert_eq!(served.matches("BEGIN:VEVENT").count(), 3);

    // Another device takes them from the link.
    let link = browser.script(&format!("return {ROOT}.querySelector('[data-key=link]').value")).await;
    browser.script("localStorage.clear()").await;
    browser.goto("about:blank").await;
    browser.goto(link.as_str().unwrap()).await;
    browser.wait_until(&format!("{ROOT}?.querySelectorAll('.content a.title').length === 3")).await;
}

/// An edition of 20 rooms, with a talk of 90 minutes beside short ones and a registration that lasts all day.
fn twenty_rooms() -> Document {
    let rooms: Vec<Value> =
        (0..20).map(|n| json!({ "slug": format!("room-{n}"), "name": format!("Room {n} of the long name") })).collect();
    let talk = |n: usize| {
        json!({
            "slug": format!("talk-{n}"),
            "title": format!("A talk with a rather long title, number {n}, & its subtitle"),
            "appearances": [{ "speaker": "ada" }],
        })
    };
    let slot = |n: usize| {
        let minutes = if n.is_multiple_of(20) { 90 } else { 5 };
        json!({
            "number": n + 2, "talk": format!("talk-{n}"), "room": format!("room-{}", n % 20),
            "starts_at": format!("2025-10-06T{:02}:00", 9 + 2 * (n / 20)),
            "ends_at": format!("2025-10-06T{:02}:{:02}", 9 + 2 * (n / 20) + minutes / 60, minutes % 60),
        })
    };
    let registration = json!({
        "number": 1, "kind": "REGISTRATION", "title": "Registration", "starts_at": "2025-10-06T08:00",
        "ends_at": "2025-10-06T18:00",
    });
    let slots: Vec<Value> = [registration].into_iter().chain((0..60).map(slot)).collect();
    seed::document(
        json!([]),
        json!([{ "slug": "ada", "name": "Ada" }]),
        json!([{
            "slug": "conf-2025", "conference": "conf", "name": "Conf 2025", "year": 2025, "timezone": "Europe/Berlin",
            "starts_on": "2025-10-06", "ends_on": "2025-10-07", "rooms": rooms, "slots": slots,
            "talks": (0..60).map(talk).collect::<Vec<_>>(),
        }]),
    )
}

#[needs_chromium]
#[actix_web::test]
async fn many_rooms_fit_every_width() {
    let browser = Browser::start().await;
    let app = archive(twenty_rooms).start(Backend::Sqlite).await;
    let host = Host::page(&page(&app, "conf-2025", "", ""), "").await;
    browser.resize(360, 740).await;
    browser.goto(&host.base).await;
    wait_for(&browser, "ol.slots").await;
    check_width(&browser, "a phone").await;
    let is_inside = format!(
        "return [...{ROOT}.querySelectorAll('.slot')].every(slot => slot.getBoundingClientRect().right <= innerWidth)"
    );
    assert_eq!(browser.script(&is_inside).await, true, "nothing runs over");
    assert_eq!(
        texts(&browser, ".facts").await.concat().matches("Room 7 of the long name").count(),
        3,
        "a slot tells its room"
    );

    // Half way down the day is still there.
    browser.script("scrollTo(0, document.documentElement.scrollHeight / 2)").await;
    let day = format!("return {ROOT}.querySelector('.days').getBoundingClientRect().top");
    assert_eq!(browser.script(&day).await.as_f64(), Some(0.0));

    browser.resize(3800, 900).await;
    wait_for(&browser, "table").await;
    check_width(&browser, "a wide window").await;
    assert_eq!(texts(&browser, "thead th").await.len(), 21);
    let heights = format!("return [...{ROOT}.querySelectorAll('tbody tr')].map(row => row.offsetHeight)");
    let heights = browser.script(&heights).await;
    assert_eq!(heights.as_array().unwrap().len(), 3, "the registration is above the table");
    assert!(heights.as_array().unwrap().iter().all(|height| height.as_f64().unwrap() < 400.0), "{heights}");
    browser.script("scrollTo(0, document.documentElement.scrollHeight)").await;
    let room = format!(
        "const [day, room] = ['.days', 'thead th'].map(css => {ROOT}.querySelector(css).getBoundingClientRect()); \
         return room.top >= day.bottom - 6 && room.bottom > 0 && room.top < innerHeight"
    );
    assert_eq!(browser.script(&room).await, true, "one sees which day and which room");
}

#[needs_chromium]
#[actix_web::test]
async fn neither_page_changes_the_other() {
    let browser = Browser::start().await;
    let app = promcon().start(Backend::Sqlite).await;
    let style = "<style>* { color: lime !important; letter-spacing: 9px; text-transform: uppercase; line-height: 5 } \
        p, li, td, button { display: none } a { font-size: 90px } \
        lectern-schedule:not(:defined) { display: block; min-height: 100vh }</style>";
    let html = page(&app, "promcon-2019-munich", "", "").replace("</head>", &format!("{style}</head>"));
    let host = Host::page(&html, "").await;
    let shifts = "window.shifts = []; new PerformanceObserver(list => \
        window.shifts.push(...list.getEntries().map(it => it.value))) \
        .observe({ type: 'layout-shift', buffered: true })";
    browser.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": shifts })).await;
    browser.goto(&host.base).await;
    wait_for(&browser, "table").await;
    let styles = format!(
        "const style = getComputedStyle({ROOT}.querySelector('a.title')); \
         return [style.letterSpacing, style.textTransform, parseFloat(style.fontSize) < 30, \
         style.color === 'rgb(0, 255, 0)']"
    );
    assert_eq!(browser.script(&styles).await, json!(["normal", "none", true, false]));
    let outside = "return getComputedStyle(document.querySelector('h1')).color";
    assert_eq!(browser.script(outside).await, "rgb(0, 255, 0)");
    assert_eq!(browser.script("return window.shifts").await, json!([]), "nothing on the page jumped");
}

#[needs_chromium]
#[actix_web::test]
async fn every_view_is_accessible() {
    let browser = Browser::start().await;
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let dark = "color-scheme: light dark; background: Canvas; color: CanvasText";
    let html = page(&app, "conf-2025", "", "").replace("<html", &format!("<html style=\"{dark}\""));
    let host = Host::page(&html, "").await;
    browser.goto(&host.base).await;
    wait_for(&browser, "table").await;
    for view in ["grid", "list", "talks", "speakers", "recordings"] {
        click(&browser, &format!("[data-key=view-{view}]")).await;
        browser.wait_until(&format!("{ROOT}.querySelector('.title')")).await;
        check_accessibility(&browser, view).await;
    }
    click(&browser, "[data-key=view-grid]").await;
    click(&browser, ".star").await;
    click(&browser, "[data-key=mine]").await;
    wait_for(&browser, ".note").await;
    check_accessibility(&browser, "my schedule").await;
    click(&browser, "[data-key=mine]").await;
    click(&browser, "td a.title").await;
    wait_for(&browser, "dialog[open] h2").await;
    check_accessibility(&browser, "a talk").await;
}
