//! The feeds of recordings and of what changes in a schedule: RFC 4287, and that readers see what is new once.

use std::{collections::HashSet, sync::Arc};

use crate::support::{
    app::{self, App, archive, on_both, promcon},
    seed,
};

const FEED: &str = "/feeds/recordings.atom";
const CHANGES: &str = "/editions/conf-2025/feed.atom";

async fn feed(app: &App, path: &str) -> String {
    let answer = app.get(path, &[]).await;
    let told = (answer.status.as_u16(), answer.header("content-type"));
    assert_eq!(told, (200, "application/atom+xml; charset=utf-8"), "{path}: {}", answer.body);
    answer.body
}

/// What stands before the first entry, and each entry.
fn parts(feed: &str) -> (&str, Vec<&str>) {
    let mut parts = feed.split("<entry>");
    (parts.next().unwrap(), parts.collect())
}

/// What stands in the elements of a name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&begin).skip(1).map(|text| unescaped(text.split(&end).next().unwrap())).collect()
}

fn unescaped(xml: &str) -> String {
    assert!(!xml.contains('<'), "{xml}");
    let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    names.into_iter().fold(xml.to_owned(), |text, (name, character)| text.replace(name, character))
}

fn only(xml: &str, name: &str) -> String {
    let mut texts = texts(xml, name);
    assert_eq!(texts.len(), 1, "one {name}: {xml}");
    texts.remove(0)
}

/// Where the links of a relation lead.
fn links(xml: &str, relation: &str) -> Vec<String> {
    let links = xml.split("<link href=\"").skip(1).map(|link| link.split('>').next().unwrap());
    let of_relation = links.filter(|link| link.contains(&format!("\" rel=\"{relation}\"")));
    of_relation.map(|link| unescaped(link.split('"').next().unwrap())).collect()
}

/// What holds for each page of each feed.
fn is_right(body: &str, path: &str) {
    assert!(
        !body.chars().any(|c| matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')),
        "XML 1.0 forbids it: {body:?}"
    );
    let (head, entries) = parts(body);
    assert_eq!(links(head, "self"), [format!("https://lectern.example{path}")]);
    assert!(only(head, "id").starts_with("https://lectern.example/feeds/recordings.atom"));
    assert!(!only(head, "title").is_empty() && !only(head, "name").is_empty());
    let moments: Vec<String> = entries.iter().map(|entry| only(entry, "updated")).collect();
    if let Some(last) = moments.iter().max() {
        assert_eq!(only(head, "updated"), *last);
    }
    let mut ids = HashSet::new();
    for entry in entries {
        assert!(only(entry, "id").strip_prefix("urn:uuid:").is_some_and(|id| id.len() == 36), "{entry}");
        assert!(ids.insert(only(entry, "id")), "told twice: {entry}");
        assert!(!only(entry, "title").is_empty() && links(entry, "alternate").len() == 1, "{entry}");
        let names = texts(entry, "name");
        assert!(!names.is_empty() && names.iter().all(|name| !name.trim().is_empty()), "{entry}");
    }
}

on_both! {
    async fn a_feed_tells_recordings(app: archive(seed::weekend)) {
        let body = feed(&app, FEED).await;
        is_right(&body, FEED);
        insta::assert_snapshot!("a_feed_tells_recordings", body.replace("><", ">\n<"));
    }

    async fn odd_texts_are_told_as_they_are(app: archive(seed::nasty)) {
        let body = feed(&app, FEED).await;
        is_right(&body, FEED);
        let names = texts(&body, "name");
        for name in ["Bobby; \"Tables\", PhD", "<script>alert(\"name\")</script> & ]]>"] {
            assert!(names.iter().any(|told| told == name), "{name}: {names:#?}");
        }
        for address in links(&body, "alternate").iter().chain(&links(&body, "related")) {
            assert!(address.chars().all(|c| c.is_ascii_graphic() && !"<>\"{}|\\^`".contains(c)), "by RFC 3986: {address}");
        }
    }

    async fn pages_lead_on_to_each_other(app: promcon()) {
        let whole = feed(&app, &format!("{FEED}?limit=500")).await;
        let whole: Vec<String> = parts(&whole).1.iter().map(|entry| only(entry, "id")).collect();
        let mut path = format!("{FEED}?limit=50");
        let (mut told, mut feeds, mut before) = (Vec::new(), HashSet::new(), None);
        loop {
            let body = feed(&app, &path).await;
            is_right(&body, &path);
            let (head, entries) = parts(&body);
            let entries: Vec<String> = entries.iter().map(|entry| only(entry, "id")).collect();
            feeds.insert(only(head, "id"));
            assert_eq!(links(head, "previous").len(), usize::from(before.is_some()));
            if let (Some(before), [previous]) = (&before, links(head, "previous").as_slice()) {
                let body = feed(&app, previous.strip_prefix("https://lectern.example").unwrap()).await;
                assert_eq!(parts(&body).1.iter().map(|entry| only(entry, "id")).collect::<Vec<_>>(), *before);
            }
            told.extend(entries.clone());
            before = Some(entries);
            match links(head, "next").as_slice() {
                [] => break,
                [next] => path = next.strip_prefix("https://lectern.example").unwrap().to_owned(),
                several => panic!("{several:?}"),
            }
        }
        assert_eq!(told, whole, "each once, in one order");
        assert_eq!(feeds.len(), 1, "one feed, however many pages: {feeds:?}");
    }

    async fn a_longer_page_takes_no_more_statements(app: promcon()) {
        let statements = async |path: &str| {
            let before = app.statements();
            feed(&app, path).await;
            app.statements() - before
        };
        assert_eq!(statements(&format!("{FEED}?limit=10")).await, statements(&format!("{FEED}?limit=500")).await);
    }

    async fn a_feed_may_be_of_a_part(app: archive(seed::weekend)) {
        let titles = async |query: &str| {
            let mut titles: Vec<String> = parts(&feed(&app, &format!("{FEED}?{query}")).await).1.iter().map(|entry| only(entry, "title")).collect();
            titles.sort();
            titles
        };
        assert_eq!(titles("speaker=ada").await, ["Lightning round", "Äpfel & 100% _Birnen_"]);
        assert_eq!(titles("kind=live_stream").await, ["Día uno"]);
        assert_eq!(titles("speaker=nobody").await, Vec::<String>::new());
        is_right(&feed(&app, &format!("{FEED}?speaker=nobody")).await, &format!("{FEED}?speaker=nobody"));
        assert_eq!(app.get(&format!("{FEED}?speker=ada"), &[]).await.status.as_u16(), 400);
    }

    async fn an_entry_moves_when_what_it_tells_changes(app: archive(seed::weekend)) {
        let before = feed(&app, FEED).await;
        app.set_now("2026-11-24T09:00:00Z");
        assert_eq!(feed(&app, FEED).await, before, "time alone changes nothing");
        let mut document = seed::weekend();
        document.editions[0].talks.iter_mut().find(|talk| talk.slug.as_str() == "twice").unwrap().title = "Twice".to_owned();
        app::load(&app.database_url, &document, Arc::new(|| "2026-11-23T08:00:00Z".parse().unwrap())).await;
        let after = feed(&app, FEED).await;
        let told = |feed: &str| -> HashSet<[String; 3]> {
            parts(feed).1.iter().map(|entry| ["id", "title", "updated"].map(|name| only(entry, name))).collect()
        };
        let (before, after) = (told(&before), told(&after));
        let gone: Vec<&[String; 3]> = before.difference(&after).collect();
        let come: Vec<&[String; 3]> = after.difference(&before).collect();
        let ([[id, _, old]], [[same, title, new]]) = (gone.as_slice(), come.as_slice()) else { panic!("{gone:#?} {come:#?}") };
        assert_eq!((id, title.as_str()), (same, "Twice"));
        assert_eq!([old.as_str(), new.as_str()], ["2026-11-21T12:00:00+00:00", "2026-11-23T08:00:00+00:00"]);
    }

    async fn a_schedule_s_changes_are_told_as_they_happen(app: archive(seed::weekend)) {
        let empty = feed(&app, CHANGES).await;
        let (head, entries) = parts(&empty);
        assert!(entries.is_empty(), "what was there from the beginning is no change");
        assert_eq!([only(head, "updated"), only(head, "name")], ["2026-11-21T12:00:00+00:00", "Conf 2025"]);
        assert_eq!((only(head, "id"), links(head, "self")), (format!("https://lectern.example{CHANGES}"), vec![format!("https://lectern.example{CHANGES}")]));
        let mut document = seed::weekend();
        document.editions[0].slots[7].starts_at = "2025-10-26T11:10".parse().unwrap();
        app::load(&app.database_url, &document, Arc::new(|| "2026-11-22T08:00:00Z".parse().unwrap())).await;
        let told = |feed: &str| -> Vec<String> {
            let entry = |entry: &&str| ["id", "title", "summary", "updated", "published"].map(|name| only(entry, name)).join(" | ");
            parts(feed).1.iter().map(entry).collect()
        };
        let first = told(&feed(&app, CHANGES).await);
        let [moved] = first.as_slice() else { panic!("{first:#?}") };
        assert!(moved.starts_with("urn:uuid:") && moved.ends_with(" | 2026-11-22T08:00:00+00:00 | 2026-11-22T08:00:00+00:00"), "{moved}");
        let told_so = " | Moved: Lightning round | Before: Sunday, 26 October 2025, 11:00–12:00, Hall. Now: Sunday, 26 October 2025, 11:10–12:00, Hall. | ";
        assert!(moved.contains(told_so), "{moved}");
        // Back again: for who asks what is other now it is nothing, but it happened.
        let talk = document.editions[0].talks.iter_mut().find(|talk| talk.slug.as_str() == "night").unwrap();
        talk.status = serde_json::from_value(serde_json::json!("CANCELLED")).unwrap();
        talk.title = "Night & day".to_owned();
        document.editions[0].slots[7].starts_at = "2025-10-26T11:00".parse().unwrap();
        app::load(&app.database_url, &document, Arc::new(|| "2026-11-23T08:00:00Z".parse().unwrap())).await;
        let body = feed(&app, CHANGES).await;
        let second = told(&body);
        let [back, cancelled, same] = second.as_slice() else { panic!("{second:#?}") };
        assert_eq!(same, moved, "it stays as it was, under its id");
        assert!(back.contains(" | Moved: Lightning round | Before: Sunday, 26 October 2025, 11:10–12:00, Hall. Now:"), "{back}");
        assert!(cancelled.contains(" | Cancelled: Night & day | It is not held. It was to be on Sunday, 26 October 2025, 02:30–02:15, Attic. | "), "{cancelled}");
        let (head, entries) = parts(&body);
        assert_eq!(only(head, "updated"), "2026-11-23T08:00:00+00:00");
        assert_eq!(links(entries[1], "alternate"), ["https://lectern.example/editions/conf-2025/talks/night"]);
        assert_eq!(texts(entries[1], "name"), ["Conf 2025"]);
        let ids: HashSet<String> = entries.iter().map(|entry| only(entry, "id")).collect();
        assert_eq!(ids.len(), 3);
        assert_eq!(app.get("/editions/nothing/feed.atom", &[]).await.status, 404);
        let former = app.get("/editions/conf-25/feed.atom", &[]).await;
        assert_eq!((former.status.as_u16(), former.header("location")), (301, format!("https://lectern.example{CHANGES}").as_str()));
        assert_eq!(app.get(&format!("{CHANGES}?limit=3"), &[]).await.status, 400);
    }
}
