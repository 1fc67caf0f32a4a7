//! Bodies: references, `include`, `fields`, and former addresses.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, promcon},
    seed,
};

/// The body that a path answers.
async fn body(app: &App, path: &str) -> Value {
    let answer = app.get(&format!("/api/v1{path}"), &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (200, "application/json"),
        "{path}: {}",
        answer.body
    );
    answer.json()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect()
}

#[on_both_databases]
#[actix_web::test]
async fn a_talk_refers_to_what_it_is_related_to(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let talk = body(&app, "/editions/conf-2025/talks/twice").await;
    assert_eq!(talk["title"], "Äpfel & 100% _Birnen_");
    assert_eq!((&talk["starts_at"], &talk["do_not_record"]), (&json!("2025-10-25T10:30:00+02:00"), &json!(false)));
    assert_eq!(keys(&talk["edition"]), ["id", "slug", "name", "url"]);
    assert_eq!(keys(&talk["room"]), ["id", "slug", "name"]);
    assert_eq!(
        talk["speakers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|speaker| speaker["slug"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["ada", "bob"]
    );
    assert_eq!(keys(&talk["speakers"][0]), ["id", "slug", "name", "url"]);
    assert_eq!(talk["recordings"][0]["url"], "https://www.youtube.com/watch?v=aaaaaaaaaaa&t=65s");
    assert_eq!(talk["tags"], json!(["Größe", "scale"]));
    assert!(
        talk.get("slots").is_none() && talk.get("appearances").is_none() && talk.get("links").is_none(),
        "they are there only if they are asked for"
    );
    assert_eq!(body(&app, &format!("/talks/{}", talk["id"].as_str().unwrap())).await, talk, "it is the same by its id");
}

#[on_both_databases]
#[actix_web::test]
async fn include_embeds_and_fields_selects(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let path = "/editions/conf-2025/talks/twice?include=speakers,recordings,appearances,slots,edition,links";
    let talk = body(&app, path).await;
    assert_eq!(talk["speakers"][0]["aliases"], json!(["A. Angstrom"]));
    assert_eq!(talk["recordings"][0]["recording"]["external_id"], "aaaaaaaaaaa");
    assert_eq!(
        (&talk["appearances"][0]["credited_as"], &talk["appearances"][0]["companies"][0]["slug"]),
        (&json!("Ada A."), &json!("old-co"))
    );
    assert_eq!(talk["appearances"][1]["role"], "MODERATOR");
    assert_eq!(talk["slots"][1]["starts_at"], "2025-10-26T10:00:00+01:00", "the offset after the clocks went back");
    assert_eq!(talk["slots"][1]["room"]["slug"], "attic");
    assert_eq!(talk["edition"]["city"], "Zürich");
    assert_eq!(talk["links"][1]["title"], "A recap");
    let selected = body(&app, "/editions/conf-2025/talks/twice?fields=title,starts_at,speakers").await;
    assert_eq!(keys(&selected), ["title", "starts_at", "speakers"]);
    assert_eq!(
        keys(&body(&app, "/editions/conf-2025/talks/twice?fields=title&include=slots").await),
        ["title", "slots"]
    );

    // Each name may be asked for alone, on each resource.
    for of in
        ["conferences/conf", "editions/conf-2025", "editions/conf-2025/talks/twice", "speakers/ada", "companies/acme"]
    {
        let wrong = app.get(&format!("/api/v1/{of}?include=x"), &[]).await.json();
        let names = wrong["errors"][0]["message"].as_str().unwrap().split("one of ").nth(1).unwrap().to_owned();
        for name in names.split(", ") {
            let included = body(&app, &format!("/{of}?include={name}")).await;
            assert!(included.get(name).is_some(), "{of} {name}");
            assert_eq!(keys(&body(&app, &format!("/{of}?fields={name}")).await), [name]);
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_schedule_is_grouped_by_days(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let whole = body(&app, "/editions/conf-2025/schedule").await;
    let days = whole["days"].as_array().unwrap();
    let dates: Vec<(&str, usize)> =
        days.iter().map(|day| (day["date"].as_str().unwrap(), day["slots"].as_array().unwrap().len())).collect();
    assert_eq!(
        dates,
        [("2025-10-25", 6), ("2025-10-26", 2), ("2025-10-27", 0)],
        "the night belongs to the evening before"
    );
    let party = &days[0]["slots"][4];
    assert_eq!(
        (&party["kind"], &party["talk"], &party["place"]["name"]),
        (&json!("SOCIAL"), &Value::Null, &json!("Bar"))
    );
    assert_eq!(party["sponsors"][0]["slug"], "acme");
    assert_eq!(days[0]["slots"][2]["talk"]["speakers"][0]["name"], "Ada Ångström");
    let numbers = |schedule: &Value| -> Vec<i64> {
        let slots = schedule["days"].as_array().unwrap().iter().flat_map(|day| day["slots"].as_array().unwrap());
        slots.map(|slot| slot["number"].as_i64().unwrap()).collect()
    };
    for (part, expected) in [
        ("", vec![1, 2, 3, 4, 5, 6, 7, 8]),
        ("?day=2025-10-26", vec![7, 8]),
        ("?room=attic", vec![4, 6, 7]),
        ("?track=ops", vec![3, 7]),
        ("?day=2025-10-25&room=hall", vec![2, 3]),
        ("?room=nothing", vec![]),
        ("?day=2024-01-01", vec![]),
    ] {
        assert_eq!(numbers(&body(&app, &format!("/editions/conf-2025/schedule{part}")).await), expected, "{part}");
    }

    // What talks lead to is embedded on request, as in their own bodies.
    let plain = &days[0]["slots"][2]["talk"];
    assert_eq!(plain.get("appearances"), None);
    let full = body(&app, "/editions/conf-2025/schedule?include=appearances,speakers&day=2025-10-25").await;
    let talk = &full["days"][0]["slots"][2]["talk"];
    let alone = body(&app, "/editions/conf-2025/talks/twice?include=appearances,speakers").await;
    assert_eq!((&talk["appearances"], &talk["speakers"]), (&alone["appearances"], &alone["speakers"]));
    assert_eq!(talk["appearances"][0]["companies"][0]["slug"], "old-co");
    assert_ne!(talk["speakers"], plain["speakers"]);
    let wrong = app.get("/api/v1/editions/conf-2025/schedule?include=room", &[]).await;
    assert_eq!((wrong.status.as_u16(), &wrong.json()["errors"][0]["parameter"]), (400, &json!("include")));
}

#[on_both_databases]
#[actix_web::test]
async fn former_addresses_lead_to_the_present_ones(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for (old, new) in [
        ("/api/v1/editions/conf-25?include=stats", "/api/v1/editions/conf-2025?include=stats"),
        ("/api/v1/editions/conf-25/schedule?day=2025-10-25", "/api/v1/editions/conf-2025/schedule?day=2025-10-25"),
        ("/api/v1/editions/conf-25/talks/twice", "/api/v1/editions/conf-2025/talks/twice"),
        ("/api/v1/speakers/ada-a", "/api/v1/speakers/ada"),
        ("/api/v1/speakers/ada-a/talks", "/api/v1/speakers/ada/talks"),
        ("/editions/conf-25/schedule.ics?room=hall", "/editions/conf-2025/schedule.ics?room=hall"),
        ("/editions/conf-25/archive.yaml", "/editions/conf-2025/archive.yaml"),
        ("/speakers/ada-a.ics", "/speakers/ada.ics"),
    ] {
        let answer = app.get(old, &[]).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (301, format!("https://lectern.example{new}").as_str()),
            "{old}"
        );
        assert_eq!(app.get(new, &[]).await.status, 200, "{new}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_has_a_status_statistics_and_exports(backend: Backend) {
    let app = promcon().start(backend).await;
    let edition = body(&app, "/editions/promcon-2016-berlin?include=stats,involvements,sponsor_tiers").await;
    assert_eq!((&edition["status"], &edition["stats"]["talks"]), (&json!("CONCLUDED"), &json!(22)));
    let involvement = &edition["involvements"][0];
    assert!(involvement["person"]["slug"].is_string() || involvement["company"]["slug"].is_string());
    assert_eq!(edition["exports"]["frab_xml"], "https://lectern.example/editions/promcon-2016-berlin/schedule.xml");
    let archive = body(&app, "/archive").await;
    assert_eq!(
        (&archive["talks"], &archive["editions"], &archive["conferences"]),
        (&json!(231), &json!(12), &json!(1))
    );

    // The address of each export is answered.
    for (format, url) in edition["exports"].as_object().unwrap() {
        if format != "page" {
            let path = url.as_str().unwrap().strip_prefix("https://lectern.example").unwrap();
            assert_eq!(app.get(path, &[]).await.status, 200, "{format}");
        }
    }
}
