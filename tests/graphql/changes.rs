//! The log: pages of it, and what an attendee is told of it.

use std::sync::Arc;

use lectern_api::format::document::{Document, Edition, Talk};
use serde_json::{Value, json};

use crate::support::{
    app::{self, App, archive, on_both},
    seed,
};

/// Makes the archive become another at a time; answers the revision before.
async fn write(app: &App, document: &Document, at: &'static str) -> i64 {
    let before = revision(app).await;
    app::load(&app.database_url, document, Arc::new(|| at.parse().unwrap())).await;
    before
}

async fn revision(app: &App) -> i64 {
    app.query("{ archive { revision } }").await["archive"]["revision"].as_i64().unwrap()
}

fn talk<'d>(document: &'d mut Document, slug: &str) -> &'d mut Talk {
    document.editions[0].talks.iter_mut().find(|talk| talk.slug.as_str() == slug).unwrap()
}

/// Changes the edition of the weekend.
fn weekend(change: impl FnOnce(&mut Document)) -> Document {
    let mut document = seed::weekend();
    change(&mut document);
    document
}

async fn page(app: &App, arguments: &str) -> Value {
    let fields = "changes { revision at operation kind nodeId node { __typename id } mergedInto edition { slug } fields } nextSince hasMore";
    app.query(&format!("{{ changes({arguments}) {{ {fields} }} }}")).await["changes"].clone()
}

/// What is told since a revision, in short.
async fn told(app: &App, since: i64) -> Vec<String> {
    let times = "{ startsAt endsAt room }";
    let fields =
        format!("revision at kind title formerTitle talk {{ slug }} slot {{ number }} before {times} after {times}");
    let data = app
        .query(&format!("{{ edition(slug: \"conf-2025\") {{ scheduleChanges(since: {since}) {{ {fields} }} }} }}"))
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
    let short = |change: &Value| {
        let [kind, title, former] = ["kind", "title", "formerTitle"].map(|name| text(&change[name]));
        let former = if former == "null" { String::new() } else { format!(" (was {former})") };
        let [talk, slot] = [text(&change["talk"]["slug"]), text(&change["slot"]["number"])];
        format!("{kind} {title}{former} [{talk} {slot}] {} > {}", place(&change["before"]), place(&change["after"]))
    };
    changes.iter().map(short).collect()
}

on_both! {
    async fn pages_tell_each_change_once_and_in_order(app: archive(seed::weekend)) {
        let last = revision(&app).await;
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
        assert_eq!(page(&app, &format!("since: {last}")).await, json!({ "changes": [], "nextSince": last, "hasMore": false }));
        let whole = page(&app, "since: 0, first: 500").await;
        for change in whole["changes"].as_array().unwrap() {
            assert_eq!((&change["operation"], &change["at"]), (&json!("CREATED"), &json!("2026-11-21T12:00:00+00:00")));
            assert_eq!(change["node"], json!({ "__typename": change["kind"], "id": change["nodeId"] }));
        }
    }

    async fn an_edition_has_its_own_changes(app: archive(seed::weekend)) {
        let first = write(&app, &weekend(|document| document.speakers[1].name = "Robert".to_owned()), "2026-11-22T00:00:00Z").await;
        let of_edition = page(&app, "since: 0, edition: \"conf-2025\", first: 500").await;
        let changes = of_edition["changes"].as_array().unwrap();
        assert!(!changes.is_empty() && changes.iter().all(|change| change["edition"]["slug"] == "conf-2025"));
        assert!(changes.len() < page(&app, "since: 0, first: 500").await["changes"].as_array().unwrap().len());
        // The person is of no edition, and what was read need not be read again.
        assert_eq!(of_edition["nextSince"], first + 1);
        assert_eq!(page(&app, "since: 0, edition: \"conf-25\", first: 500").await, of_edition, "by a former slug");
        assert_eq!(page(&app, "since: 0, edition: \"nothing\"").await, json!({ "changes": [], "nextSince": first + 1, "hasMore": false }));
        let two = page(&app, "since: 0, edition: \"conf-2025\", first: 2").await;
        assert_eq!((two["changes"].as_array().unwrap().as_slice(), &two["hasMore"]), (&changes[..2], &json!(true)));
        assert_eq!(two["nextSince"], changes[1]["revision"]);
    }

    async fn what_is_gone_and_what_is_other_is_told(app: archive(seed::weekend)) {
        let document = weekend(|document| {
            talk(document, "twice").title = "Twice".to_owned();
            document.editions[0].talks.retain(|talk| talk.slug.as_str() != "lost");
        });
        let first = write(&app, &document, "2026-11-22T08:00:00Z").await;
        let page = page(&app, &format!("since: {first}")).await;
        let [renamed, gone] = page["changes"].as_array().unwrap().as_slice() else { panic!("{page:#}") };
        assert_eq!((&renamed["operation"], &renamed["kind"], &renamed["fields"]), (&json!("UPDATED"), &json!("Talk"), &json!(["title"])));
        assert_eq!((&gone["operation"], &gone["node"], &gone["edition"]["slug"]), (&json!("DELETED"), &Value::Null, &json!("conf-2025")));
        assert_eq!(gone["at"], "2026-11-22T08:00:00+00:00");
    }

    async fn what_can_t_be_is_refused(app: archive(seed::weekend)) {
        let next = revision(&app).await + 1;
        for ahead in [
            format!("{{ changes(since: {next}) {{ hasMore }} }}"),
            format!("{{ edition(slug: \"conf-2025\") {{ scheduleChanges(since: {next}) {{ kind }} }} }}"),
        ] {
            let (code, message) = app.error(&ahead).await;
            assert!(code == "CONFLICT" && message.starts_with("since: "), "{ahead}: {code} {message}");
        }
        for (query, argument) in [
            ("{ changes(since: -1) { hasMore } }".to_owned(), "since: "),
            ("{ changes(since: 0, first: 0) { hasMore } }".to_owned(), "first: "),
            ("{ changes(since: 0, first: 501) { hasMore } }".to_owned(), "first: "),
        ] {
            let (code, message) = app.error(&query).await;
            assert!(code == "BAD_USER_INPUT" && message.starts_with(argument), "{query}: {code} {message}");
        }
        assert!(app.error(&format!("{{ changes(since: {next}) {{ hasMore }} }}")).await.1.contains(&(next - 1).to_string()), "the revision that there is");
    }

    async fn an_attendee_is_told_what_is_other(app: archive(seed::weekend)) {
        let document = weekend(|document| {
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
        let mut told = told(&app, first).await;
        told.sort();
        assert_eq!(told, [
            "ADDED Called off [called-off 5] - > 25T10:30/25T11:00 Loft",
            "ADDED Lunch [null 20] - > 25T12:00/25T13:00 nowhere",
            "CANCELLED Night talk [night 6] 26T02:30/26T02:15 Attic > 26T02:30/26T02:15 Loft",
            "MOVED Opening [opening 2] 25T10:00/25T10:30 Hall > 25T09:45/25T12:00 Hall",
            "MOVED Äpfel & 100% _Birnen_ [twice 3] 25T10:30/25T11:00 Hall > 25T10:30/25T11:00 Loft",
            // Its slot is a talk's now.
            "REMOVED Party [null null] 25T20:00/26T02:30 nowhere > -",
            // An end that nobody told may change untold.
            "RETITLED Desk (was Registration) [null 1] 25T09:00/25T10:00 nowhere > 25T09:00/25T09:45 nowhere",
            "RETITLED Quick ones (was Lightning round) [round 8] 26T11:00/26T12:00 Hall > 26T11:00/26T12:00 Hall",
        ]);
    }

    async fn what_is_taken_out_is_told(app: archive(seed::weekend)) {
        let document = weekend(|document| {
            talk(document, "twice").status = serde_json::from_value(json!("WITHDRAWN")).unwrap();
            document.editions[0].slots.retain(|slot| slot.talk.as_ref().is_none_or(|talk| talk.as_str() != "twice") && slot.number != 5);
            document.editions[0].talks.retain(|talk| talk.slug.as_str() != "lost");
        });
        let first = write(&app, &document, "2026-11-22T08:00:00Z").await;
        let mut told = told(&app, first).await;
        told.sort();
        assert_eq!(told, [
            "REMOVED Party [null null] 25T20:00/26T02:30 nowhere > -",
            "REMOVED Whose time is lost [null null] - > -",
            "REMOVED Äpfel & 100% _Birnen_ [twice null] 25T10:30/25T11:00 Hall > -",
            "REMOVED Äpfel & 100% _Birnen_ [twice null] 26T10:00/26T10:30 Attic > -",
        ]);
    }

    async fn changes_of_one_thing_are_folded(app: archive(seed::weekend)) {
        let first = revision(&app).await;
        let at = |time: &str| {
            let time = time.parse().unwrap();
            weekend(move |document| document.editions[0].slots[7].starts_at = time)
        };
        write(&app, &at("2025-10-26T11:10"), "2026-11-22T08:00:00Z").await;
        let second = revision(&app).await;
        write(&app, &at("2025-10-26T11:20"), "2026-11-22T09:00:00Z").await;
        assert_eq!(told(&app, first).await, ["MOVED Lightning round [round 8] 26T11:00/26T12:00 Hall > 26T11:20/26T12:00 Hall"]);
        assert_eq!(told(&app, second).await, ["MOVED Lightning round [round 8] 26T11:10/26T12:00 Hall > 26T11:20/26T12:00 Hall"]);
        write(&app, &seed::weekend(), "2026-11-22T10:00:00Z").await;
        assert_eq!(told(&app, first).await, Vec::<String>::new(), "there and back");
        let document = weekend(|document| {
            let mut slot = document.editions[0].slots[0].clone();
            slot.number = 30;
            document.editions[0].slots.push(slot);
        });
        let before = write(&app, &document, "2026-11-22T11:00:00Z").await;
        assert_eq!(told(&app, before).await.len(), 1);
        write(&app, &seed::weekend(), "2026-11-22T12:00:00Z").await;
        assert_eq!(told(&app, before).await, Vec::<String>::new(), "added and removed");
        let named = |title: &str| {
            let title = title.to_owned();
            weekend(move |document| talk(document, "twice").title = title)
        };
        write(&app, &named("One"), "2026-11-22T13:00:00Z").await;
        write(&app, &named("Two"), "2026-11-22T14:00:00Z").await;
        let expected = "RETITLED Two (was Äpfel & 100% _Birnen_) [twice 3] 25T10:30/25T11:00 Hall > 25T10:30/25T11:00 Hall";
        assert_eq!(told(&app, before).await, [expected], "once, though it is held twice");
    }

    async fn talks_that_change_places_have_moved(app: archive(seed::weekend)) {
        let document = weekend(|document| {
            let slots = &mut document.editions[0].slots;
            let talk = slots[5].talk.take();
            slots[5].talk = slots[7].talk.take();
            slots[7].talk = talk;
        });
        let first = write(&app, &document, "2026-11-22T08:00:00Z").await;
        assert_eq!(told(&app, first).await, [
            "MOVED Lightning round [round 6] 26T11:00/26T12:00 Hall > 26T02:30/26T02:15 Attic",
            "MOVED Night talk [night 8] 26T02:30/26T02:15 Attic > 26T11:00/26T12:00 Hall",
        ]);
    }
}
