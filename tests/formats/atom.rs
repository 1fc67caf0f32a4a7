//! The feeds of recordings and of a schedule's changes: they follow RFC 4287, and a reader sees what is new once.

use std::collections::HashSet;

use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, promcon},
    seed,
};

const FEED: &str = "/feeds/recordings.atom";
const CHANGES: &str = "/editions/conf-2025/feed.atom";

async fn feed(app: &App, path: &str) -> String {
    let answer = app.get(path, &[]).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
    answer.body
}

/// The part before the first entry, and each entry.
fn parts(feed: &str) -> (&str, Vec<&str>) {
    let mut parts = feed.split("<entry>");
    (parts.next().unwrap(), parts.collect())
}

/// The texts of all elements of a name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&begin).skip(1).map(|text| unescaped(text.split(&end).next().unwrap())).collect()
}

fn unescaped(xml: &str) -> String {
    assert!(!xml.contains('<'), "{xml}");
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    names.into_iter().fold(xml.to_owned(), |text, (name, character)| text.replace(name, character))
}

/// The text of the one element of a name.
fn text(xml: &str, name: &str) -> String {
    let mut texts = texts(xml, name);
    assert_eq!(texts.len(), 1, "one {name}: {xml}");
    texts.remove(0)
}

/// The addresses of the links of a relation.
fn links(xml: &str, relation: &str) -> Vec<String> {
    let links = xml.split("<link href=\"").skip(1).map(|link| link.split('>').next().unwrap());
    let of_relation = links.filter(|link| link.contains(&format!("\" rel=\"{relation}\"")));
    of_relation.map(|link| unescaped(link.split('"').next().unwrap())).collect()
}

/// Checks what holds for each page of each feed.
fn check_page(body: &str, path: &str) {
    assert!(
        !body.chars().any(|c| matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')),
        "XML 1.0 forbids it: {body:?}"
    );
    let (head, entries) = parts(body);
    assert_eq!(links(head, "self"), [format!("https://lectern.example{path}")]);
    assert!(text(head, "id").starts_with("https://lectern.example/feeds/recordings.atom"));
    assert!(!text(head, "title").is_empty() && !text(head, "name").is_empty());
    let times: Vec<String> = entries.iter().map(|entry| text(entry, "updated")).collect();
    if let Some(last) = times.iter().max() {
        assert_eq!(text(head, "updated"), *last);
    }
    let mut ids = HashSet::new();
    for entry in entries {
        assert!(text(entry, "id").strip_prefix("urn:uuid:").is_some_and(|id| id.len() == 36), "{entry}");
        assert!(ids.insert(text(entry, "id")), "it is there twice: {entry}");
        assert!(!text(entry, "title").is_empty() && links(entry, "alternate").len() == 1, "{entry}");
        let names = texts(entry, "name");
        assert!(!names.is_empty() && names.iter().all(|name| !name.trim().is_empty()), "{entry}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_feed_lists_recordings(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let body = feed(&app, FEED).await;
    check_page(&body, FEED);
    insta::assert_snapshot!("recordings", body.replace("><", ">\n<"));
}

#[on_both_databases]
#[actix_web::test]
async fn odd_texts_are_written_as_they_are(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    let body = feed(&app, FEED).await;
    check_page(&body, FEED);
    let names = texts(&body, "name");
    for name in ["Bobby; \"Tables\", PhD", "<script>alert(\"name\")</script> & ]]>"] {
        assert!(names.iter().any(|written| written == name), "{name}: {names:#?}");
    }
    for address in links(&body, "alternate").iter().chain(&links(&body, "related")) {
        assert!(address.chars().all(|c| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c)), "by RFC 3986: {address}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn pages_lead_on_to_each_other(backend: Backend) {
    let app = promcon().start(backend).await;
    let ids = |feed: &str| -> Vec<String> { parts(feed).1.iter().map(|entry| text(entry, "id")).collect() };
    let whole = ids(&feed(&app, &format!("{FEED}?limit=500")).await);

    let mut path = format!("{FEED}?limit=50");
    let mut all = Vec::new();
    let mut feeds = HashSet::new();
    let mut previous_page: Option<Vec<String>> = None;
    loop {
        let body = feed(&app, &path).await;
        check_page(&body, &path);
        let (head, _) = parts(&body);
        feeds.insert(text(head, "id"));
        assert_eq!(links(head, "previous").len(), usize::from(previous_page.is_some()));
        if let (Some(previous_page), [previous]) = (&previous_page, links(head, "previous").as_slice()) {
            let body = feed(&app, previous.strip_prefix("https://lectern.example").unwrap()).await;
            assert_eq!(ids(&body), *previous_page);
        }
        all.extend(ids(&body));
        previous_page = Some(ids(&body));
        match links(head, "next").as_slice() {
            [] => break,
            [next] => path = next.strip_prefix("https://lectern.example").unwrap().to_owned(),
            several => panic!("{several:?}"),
        }
    }
    assert_eq!(all, whole, "each once, in the same order");
    assert_eq!(feeds.len(), 1, "all pages are of one feed: {feeds:?}");
}

#[on_both_databases]
#[actix_web::test]
async fn a_longer_page_takes_no_more_statements(backend: Backend) {
    let app = promcon().start(backend).await;
    let statements = async |path: &str| {
        let before = app.statements();
        feed(&app, path).await;
        app.statements() - before
    };
    assert_eq!(statements(&format!("{FEED}?limit=10")).await, statements(&format!("{FEED}?limit=500")).await);
}

#[on_both_databases]
#[actix_web::test]
async fn a_feed_may_be_of_a_part(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let titles = async |query: &str| {
        let body = feed(&app, &format!("{FEED}?{query}")).await;
        let mut titles: Vec<String> = parts(&body).1.iter().map(|entry| text(entry, "title")).collect();
        titles.sort();
        titles
    };
    assert_eq!(titles("speaker=ada").await, ["Lightning round", "Äpfel & 100% _Birnen_"]);
    assert_eq!(titles("kind=live_stream").await, ["Día uno"]);
    assert_eq!(titles("speaker=nobody").await, Vec::<String>::new());
    check_page(&feed(&app, &format!("{FEED}?speaker=nobody")).await, &format!("{FEED}?speaker=nobody"));
    assert_eq!(app.get(&format!("{FEED}?has_talk=perhaps"), &[]).await.status.as_u16(), 400);
}

#[on_both_databases]
#[actix_web::test]
async fn an_entry_is_updated_when_its_content_changes(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let before = feed(&app, FEED).await;
    app.set_now("2026-11-24T09:00:00Z");
    assert_eq!(feed(&app, FEED).await, before, "time alone changes nothing");

    let mut document = seed::weekend();
    let talk = document.editions[0].talks.iter_mut().find(|talk| talk.slug.as_str() == "twice").unwrap();
    talk.title = "Twice".to_owned();
    app.apply_at(&document, "2026-11-23T08:00:00Z").await;
    let after = feed(&app, FEED).await;

    // One entry is another, under the same id.
    let entries = |feed: &str| -> HashSet<[String; 3]> {
        parts(feed).1.iter().map(|entry| ["id", "title", "updated"].map(|name| text(entry, name))).collect()
    };
    let (before, after) = (entries(&before), entries(&after));
    let old: Vec<&[String; 3]> = before.difference(&after).collect();
    let new: Vec<&[String; 3]> = after.difference(&before).collect();
    let ([[old_id, _, old_time]], [[new_id, title, new_time]]) = (old.as_slice(), new.as_slice()) else {
        panic!("{old:#?} {new:#?}")
    };
    assert_eq!((new_id, title.as_str()), (old_id, "Twice"));
    assert_eq!([old_time, new_time], ["2026-11-21T12:00:00+00:00", "2026-11-23T08:00:00+00:00"]);
}

#[on_both_databases]
#[actix_web::test]
async fn a_feed_lists_changes_of_a_schedule_as_they_happen(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;

    // An entry as a line: its id, its title, its summary, and its times.
    let lines = |feed: &str| -> Vec<String> {
        let names = ["id", "title", "summary", "updated", "published"];
        parts(feed).1.iter().map(|entry| names.map(|name| text(entry, name)).join(" | ")).collect()
    };

    // What was there from the beginning is no change.
    let empty = feed(&app, CHANGES).await;
    let (head, entries) = parts(&empty);
    assert!(entries.is_empty());
    assert_eq!([text(head, "updated"), text(head, "name")], ["2026-11-21T12:00:00+00:00", "Conf 2025"]);
    assert_eq!(
        (text(head, "id"), links(head, "self")),
        (format!("https://lectern.example{CHANGES}"), vec![format!("https://lectern.example{CHANGES}")])
    );

    // A talk is moved.
    let mut document = seed::weekend();
    document.editions[0].slots[7].starts_at = "2025-10-26T11:10".parse().unwrap();
    app.apply(&document).await;
    let first = lines(&feed(&app, CHANGES).await);
    let [moved] = first.as_slice() else { panic!("{first:#?}") };
    assert!(moved.starts_with("urn:uuid:"), "{moved}");
    assert!(moved.ends_with(" | 2026-11-22T08:00:00+00:00 | 2026-11-22T08:00:00+00:00"), "{moved}");
    let title_and_summary = " | Moved: Lightning round \
        | Before: Sunday, 26 October 2025, 11:00–12:00, Hall. Now: Sunday, 26 October 2025, 11:10–12:00, Hall. | ";
    assert!(moved.contains(title_and_summary), "{moved}");

    // It is moved back, which is a second change, though the schedule is what it was. Another talk is cancelled.
    let talk = document.editions[0].talks.iter_mut().find(|talk| talk.slug.as_str() == "night").unwrap();
    talk.status = serde_json::from_value(serde_json::json!("CANCELLED")).unwrap();
    talk.title = "Night & day".to_owned();
    document.editions[0].slots[7].starts_at = "2025-10-26T11:00".parse().unwrap();
    app.apply_at(&document, "2026-11-23T08:00:00Z").await;
    let body = feed(&app, CHANGES).await;
    let second = lines(&body);
    let [moved_back, cancelled, unchanged] = second.as_slice() else { panic!("{second:#?}") };
    assert_eq!(unchanged, moved);
    let title_and_summary = " | Moved: Lightning round | Before: Sunday, 26 October 2025, 11:10–12:00, Hall. Now:";
    assert!(moved_back.contains(title_and_summary), "{moved_back}");
    let title_and_summary = " | Cancelled: Night & day \
        | It is not held. It was to be on Sunday, 26 October 2025, 02:30–02:15, Attic. | ";
    assert!(cancelled.contains(title_and_summary), "{cancelled}");
    let (head, entries) = parts(&body);
    assert_eq!(text(head, "updated"), "2026-11-23T08:00:00+00:00");
    assert_eq!(links(entries[1], "alternate"), ["https://lectern.example/editions/conf-2025/talks/night"]);
    assert_eq!(texts(entries[1], "name"), ["Conf 2025"]);
    let ids: HashSet<String> = entries.iter().map(|entry| text(entry, "id")).collect();
    assert_eq!(ids.len(), 3);

    assert_eq!(app.get("/editions/nothing/feed.atom", &[]).await.status, 404);
    let former = app.get("/editions/conf-25/feed.atom", &[]).await;
    assert_eq!(
        (former.status.as_u16(), former.header("location")),
        (301, format!("https://lectern.example{CHANGES}").as_str())
    );
    assert_eq!(app.get(&format!("{CHANGES}?limit=3"), &[]).await.body, app.get(CHANGES, &[]).await.body);
}
