//! The log: its pages, and what an attendee sees of it.

use lectern_api::format::document::{Document, Edition, Talk};
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    seed,
};

/// Makes the archive what a document says, at a time; answers the revision before.
async fn write(app: &App, document: &Document, time: &str) -> i64 {
    let before = app.revision().await;
    app.apply_at(document, time).await;
    before
}

fn talk<'d>(document: &'d mut Document, slug: &str) -> &'d mut Talk {
    document.editions[0].talks.iter_mut().find(|talk| talk.slug.as_str() == slug).unwrap()
}

/// The weekend with changes.
fn changed_weekend(change: impl FnOnce(&mut Document)) -> Document {
    let mut document = seed::weekend();
    change(&mut document);
    document
}

async fn page(app: &App, arguments: &str) -> Value {
    let fields = "changes {
        revision at operation kind nodeId node { __typename id } mergedInto edition { slug } fields
    }
    nextSince hasMore";
    app.query(&format!("{{ changes({arguments}) {{ {fields} }} }}")).await["changes"].clone()
}

/// What an attendee sees since a revision, a line for each change.
async fn schedule_changes(app: &App, since: i64) -> Vec<String> {
    let times = "{ startsAt endsAt room }";
    let fields =
        format!("revision at kind title formerTitle talk {{ slug }} slot {{ number }} before {times} after {times}");
    let data = app
        .query(&format!(r#"{{ edition(slug: "conf-2025") {{ scheduleChanges(since: {since}) {{ {fields} }} }} }}"#))
        .await;
    let changes = data["edition"]["scheduleChanges"].as_array().unwrap().clone();
    let revisions: Vec<i64> = changes.iter().map(|change| change["revision"].as_i64().unwrap()).collect();
    assert!(revisions.is_sorted() && revisions.iter().all(|revision| *revision > since), "{changes:#?}");
    let place = |times: &Value| match times.as_object() {
        None => "-".to_owned(),
        Some(_) => {
            let time = |name: &str| times[name].as_str().unwrap()[8..16].to_owned();
            format!("{}/{} {}", time("startsAt"), time("endsAt"), times["room"].as_str().unwrap_or("nowhere"))
        }
    };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let line = |change: &Value| {
        let [kind, title, former] = ["kind", "title", "formerTitle"].map(|name| text(&change[name]));
        let former = if former == "null" { String::new() } else { format!(" (was {former})") };
        let [talk, slot] = [text(&change["talk"]["slug"]), text(&change["slot"]["number"])];
        format!("{kind} {title}{former} [{talk} {slot}] {} > {}", place(&change["before"]), place(&change["after"]))
    };
    changes.iter().map(line).collect()
}

#[on_both_databases]
#[actix_web::test]
async fn pages_list_each_change_once_and_in_order(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let last = app.revision().await;
    let (mut since, mut revisions) = (0, Vec::new());
    loop {
        let page = page(&app, &format!("since: {since}, first: 7")).await;
        let changes = page["changes"].as_array().unwrap();
        assert!(!changes.is_empty() && changes.len() <= 7);
        revisions.extend(changes.iter().map(|change| change["revision"].as_i64().unwrap()));
        since = page["nextSince"].as_i64().unwrap();
        assert_eq!(revisions.last(), Some(&since));
        if page["hasMore"] == false {
            break;
        }
    }
    assert_eq!(revisions, (1..=last).collect::<Vec<i64>>());
    assert_eq!(
        page(&app, &format!("since: {last}")).await,
        json!({ "changes": [], "nextSince": last, "hasMore": false })
    );
    let whole = page(&app, "since: 0, first: 500").await;
    for change in whole["changes"].as_array().unwrap() {
        assert_eq!((&change["operation"], &change["at"]), (&json!("CREATED"), &json!("2026-11-21T12:00:00+00:00")));
        assert_eq!(change["node"], json!({ "__typename": change["kind"], "id": change["nodeId"] }));
    }
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_has_its_own_changes(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let document = changed_weekend(|document| document.speakers[1].name = "Robert".to_owned());
    let first = write(&app, &document, "2026-11-22T00:00:00Z").await;

    let of_edition = page(&app, "since: 0, edition: \"conf-2025\", first: 500").await;
    let changes = of_edition["changes"].as_array().unwrap();
    assert!(!changes.is_empty() && changes.iter().all(|change| change["edition"]["slug"] == "conf-2025"));
    assert!(changes.len() < page(&app, "since: 0, first: 500").await["changes"].as_array().unwrap().len());

    // The speaker is of no edition. What was read need not be read again.
    assert_eq!(of_edition["nextSince"], first + 1);
    assert_eq!(page(&app, "since: 0, edition: \"conf-25\", first: 500").await, of_edition, "by a former slug");
    assert_eq!(
        page(&app, "since: 0, edition: \"nothing\"").await,
        json!({ "changes": [], "nextSince": first + 1, "hasMore": false })
    );

    let two = page(&app, "since: 0, edition: \"conf-2025\", first: 2").await;
    assert_eq!((two["changes"].as_array().unwrap().as_slice(), &two["hasMore"]), (&changes[..2], &json!(true)));
    assert_eq!(two["nextSince"], changes[1]["revision"]);
}

#[on_both_databases]
#[actix_web::test]
async fn deletions_and_updates_are_logged(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let document = changed_weekend(|document| {
        talk(document, "twice").title = "Twice".to_owned();
        document.editions[0].talks.retain(|talk| talk.slug.as_str() != "lost");
    });
    let first = write(&app, &document, "2026-11-22T08:00:00Z").await;
    let page = page(&app, &format!("since: {first}")).await;
    let [updated, deleted] = page["changes"].as_array().unwrap().as_slice() else { panic!("{page:#}") };
    assert_eq!(
        (&updated["operation"], &updated["kind"], &updated["fields"]),
        (&json!("UPDATED"), &json!("Talk"), &json!(["title"]))
    );
    assert_eq!(
        (&deleted["operation"], &deleted["node"], &deleted["edition"]["slug"]),
        (&json!("DELETED"), &Value::Null, &json!("conf-2025"))
    );
    assert_eq!(deleted["at"], "2026-11-22T08:00:00+00:00");
}

#[on_both_databases]
#[actix_web::test]
async fn an_impossible_request_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let next = app.revision().await + 1;
    for ahead in [
        format!("{{ changes(since: {next}) {{ hasMore }} }}"),
        format!(r#"{{ edition(slug: "conf-2025") {{ scheduleChanges(since: {next}) {{ kind }} }} }}"#),
    ] {
        let (code, message) = app.error(&ahead).await;
        assert!(code == "CONFLICT" && message.starts_with("since: "), "{ahead}: {code} {message}");
    }
    for (query, argument) in [
        ("{ changes(since: -1) { hasMore } }".to_owned(), "since: "),
        ("{ changes(since: 0, first: -1) { hasMore } }".to_owned(), "first: "),
        ("{ changes(since: 0, first: 501) { hasMore } }".to_owned(), "first: "),
    ] {
        let (code, message) = app.error(&query).await;
        assert!(code == "BAD_USER_INPUT" && message.starts_with(argument), "{query}: {code} {message}");
    }
    assert!(
        app.error(&format!("{{ changes(since: {next}) {{ hasMore }} }}")).await.1.contains(&(next - 1).to_string()),
        "the revision that there is"
    );
}

#[on_both_databases]
#[actix_web::test]
async fn an_attendee_sees_what_differs(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let document = changed_weekend(|document| {
        let Edition { slots, rooms, .. } = &mut document.editions[0];
        slots[1].starts_at = "2025-10-25T09:45".parse().unwrap();
        slots[2].room = Some("attic".parse().unwrap());
        rooms[1].name = "Loft".to_owned();
        slots[0].title = Some("Desk".to_owned());
        slots.retain(|slot| slot.number != 5);
        slots[3].number = 5;
        talk(document, "round").title = "Quick ones".to_owned();
        talk(document, "night").status = serde_json::from_value(json!("CANCELLED")).unwrap();
        talk(document, "called-off").status = serde_json::from_value(json!("CONFIRMED")).unwrap();
        let mut slot = document.editions[0].slots[0].clone();
        (slot.number, slot.title, slot.starts_at) = (20, Some("Lunch".to_owned()), "2025-10-25T12:00".parse().unwrap());
        slot.ends_at = Some("2025-10-25T13:00".parse().unwrap());
        document.editions[0].slots.push(slot);
        talk(document, "opening").tags = vec!["seen by nobody".to_owned()];
    });
    let first = write(&app, &document, "2026-11-22T08:00:00Z").await;
    let mut changes = schedule_changes(&app, first).await;
    changes.sort();
    assert_eq!(
        changes,
        [
            "ADDED Called off [called-off 5] - > 25T10:30/25T11:00 Loft",
            "ADDED Lunch [null 20] - > 25T12:00/25T13:00 nowhere",
            "CANCELLED Night talk [night 6] 26T02:30/26T02:15 Attic > 26T02:30/26T02:15 Loft",
            "MOVED Opening [opening 2] 25T10:00/25T10:30 Hall > 25T09:45/25T12:00 Hall",
            "MOVED Äpfel & 100% _Birnen_ [twice 3] 25T10:30/25T11:00 Hall > 25T10:30/25T11:00 Loft",
            // Another talk has its slot now.
            "REMOVED Party [null null] 25T20:00/26T02:30 nowhere > -",
            // Its end was and is an estimate, so that it is not one that moved.
            "RETITLED Desk (was Registration) [null 1] 25T09:00/25T10:00 nowhere > 25T09:00/25T09:45 nowhere",
            "RETITLED Quick ones (was Lightning round) [round 8] 26T11:00/26T12:00 Hall > 26T11:00/26T12:00 Hall",
        ]
    );
}

#[on_both_databases]
#[actix_web::test]
async fn a_removal_is_listed(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let document = changed_weekend(|document| {
        talk(document, "twice").status = serde_json::from_value(json!("WITHDRAWN")).unwrap();
        document.editions[0]
            .slots
            .retain(|slot| slot.talk.as_ref().is_none_or(|talk| talk.as_str() != "twice") && slot.number != 5);
        document.editions[0].talks.retain(|talk| talk.slug.as_str() != "lost");
    });
    let first = write(&app, &document, "2026-11-22T08:00:00Z").await;
    let mut changes = schedule_changes(&app, first).await;
    changes.sort();
    assert_eq!(
        changes,
        [
            "REMOVED Party [null null] 25T20:00/26T02:30 nowhere > -",
            "REMOVED Whose time is lost [null null] - > -",
            "REMOVED Äpfel & 100% _Birnen_ [twice null] 25T10:30/25T11:00 Hall > -",
            "REMOVED Äpfel & 100% _Birnen_ [twice null] 26T10:00/26T10:30 Attic > -",
        ]
    );
}

#[on_both_databases]
#[actix_web::test]
async fn changes_of_one_thing_are_folded(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let first = app.revision().await;
    let at = |time: &str| {
        let time = time.parse().unwrap();
        changed_weekend(move |document| document.editions[0].slots[7].starts_at = time)
    };
    write(&app, &at("2025-10-26T11:10"), "2026-11-22T08:00:00Z").await;
    let second = app.revision().await;
    write(&app, &at("2025-10-26T11:20"), "2026-11-22T09:00:00Z").await;
    assert_eq!(
        schedule_changes(&app, first).await,
        ["MOVED Lightning round [round 8] 26T11:00/26T12:00 Hall > 26T11:20/26T12:00 Hall"]
    );
    assert_eq!(
        schedule_changes(&app, second).await,
        ["MOVED Lightning round [round 8] 26T11:10/26T12:00 Hall > 26T11:20/26T12:00 Hall"]
    );
    write(&app, &seed::weekend(), "2026-11-22T10:00:00Z").await;
    assert_eq!(schedule_changes(&app, first).await, Vec::<String>::new(), "it moved there and back");
    let document = changed_weekend(|document| {
        let mut slot = document.editions[0].slots[0].clone();
        slot.number = 30;
        document.editions[0].slots.push(slot);
    });
    let before = write(&app, &document, "2026-11-22T11:00:00Z").await;
    assert_eq!(schedule_changes(&app, before).await.len(), 1);
    write(&app, &seed::weekend(), "2026-11-22T12:00:00Z").await;
    assert_eq!(schedule_changes(&app, before).await, Vec::<String>::new(), "it was added and removed");
    let named = |title: &str| {
        let title = title.to_owned();
        changed_weekend(move |document| talk(document, "twice").title = title)
    };
    write(&app, &named("One"), "2026-11-22T13:00:00Z").await;
    write(&app, &named("Two"), "2026-11-22T14:00:00Z").await;
    let expected = "RETITLED Two (was Äpfel & 100% _Birnen_) [twice 3] 25T10:30/25T11:00 Hall > 25T10:30/25T11:00 Hall";
    assert_eq!(schedule_changes(&app, before).await, [expected], "one change, though the talk has two slots");
}

#[on_both_databases]
#[actix_web::test]
async fn talks_that_change_places_have_moved(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let document = changed_weekend(|document| {
        let slots = &mut document.editions[0].slots;
        let talk = slots[5].talk.take();
        slots[5].talk = slots[7].talk.take();
        slots[7].talk = talk;
    });
    let first = write(&app, &document, "2026-11-22T08:00:00Z").await;
    assert_eq!(
        schedule_changes(&app, first).await,
        [
            "MOVED Lightning round [round 6] 26T11:00/26T12:00 Hall > 26T02:30/26T02:15 Attic",
            "MOVED Night talk [night 8] 26T02:30/26T02:15 Attic > 26T11:00/26T12:00 Hall",
        ]
    );
}

/// A client can show a change without asking what it is about, even when that is gone.
#[on_both_databases]
#[actix_web::test]
async fn a_change_carries_what_it_is_about(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let labels = async |since: i64| {
        let log = app
            .query(&format!(
                "{{ changes(since: {since}, first: 500) {{ changes {{ kind operation title slug url }} }} }}"
            ))
            .await;
        log["changes"]["changes"].as_array().unwrap().clone()
    };
    let all = labels(0).await;
    let label = |kind: &str, title: &str| {
        let found = all.iter().find(|change| change["kind"] == kind && change["title"] == title);
        let found = found.unwrap_or_else(|| panic!("no {kind} {title}: {all:#?}"));
        (found["slug"].clone(), found["url"].clone())
    };
    let base = "https://lectern.example";
    for (kind, title, slug, url) in [
        ("Conference", "Conf", json!("conf"), json!(format!("{base}/conferences/conf"))),
        ("Edition", "Conf 2025", json!("conf-2025"), json!(format!("{base}/editions/conf-2025"))),
        ("Room", "Attic", json!("attic"), json!(null)),
        ("Track", "Ops", json!("ops"), json!(null)),
        ("Talk", "Night talk", json!("night"), json!(format!("{base}/editions/conf-2025/talks/night"))),
        ("Slot", "Night talk", json!(null), json!(format!("{base}/editions/conf-2025/talks/night"))),
        ("Slot", "Party", json!(null), json!(null)),
        ("Speaker", "Ada Ångström", json!("ada"), json!(format!("{base}/speakers/ada"))),
        ("Company", "ACME", json!("acme"), json!(format!("{base}/companies/acme"))),
        ("Recording", "Día uno", json!(null), json!("https://www.youtube.com/watch?v=ccccccccccc")),
        ("Link", "A recap", json!(null), json!(null)),
    ] {
        assert_eq!(label(kind, title), (slug, url), "{kind} {title}");
    }

    // What is gone has its last title, and no address.
    let [lost, ada, bob] =
        [app.talk_id("lost").await, app.id(r#"speaker(slug: "ada")"#).await, app.id(r#"speaker(slug: "bob")"#).await];
    let last = app.revision().await;
    editor.edit(&format!(r#"updateTalk(id: "{lost}", input: {{ title: "Found" }}) {{ talk {{ id }} }}"#)).await;
    editor.edit(&format!(r#"delete(id: "{lost}") {{ deletedId }}"#)).await;
    editor.edit(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await;
    let gone: Vec<Value> = labels(last)
        .await
        .into_iter()
        .filter(|change| change["title"] == "Found" || change["title"] == "Bob")
        .collect();
    assert_eq!(
        gone,
        [
            json!({ "kind": "Talk", "operation": "UPDATED", "title": "Found", "slug": "lost", "url": null }),
            json!({ "kind": "Talk", "operation": "DELETED", "title": "Found", "slug": "lost", "url": null }),
            json!({ "kind": "Speaker", "operation": "MERGED", "title": "Bob", "slug": "bob", "url": null }),
        ]
    );
}
