//! The programme of an edition: days, what is on, times over a change of the clocks, people and what they were then.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    seed,
};

const EDITION: &str = "edition(slug: \"conf-2025\")";

async fn titles(app: &App, field: &str) -> Vec<String> {
    let data = app.query(&format!("{{ {EDITION} {{ slots: {field} {{ title }} }} }}")).await;
    data["edition"]["slots"].as_array().unwrap().iter().map(|slot| slot["title"].as_str().unwrap().to_owned()).collect()
}

#[on_both_databases]
#[actix_web::test]
async fn days_begin_at_five(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let data = app
        .query(&format!(
            "{{
                {EDITION} {{
                    startsOn endsOn timezone
                    days {{
                        date index startsAt endsAt
                        slots {{
                            number kind title startsAt endsAt durationMinutes endIsEstimated isOpenEnded
                            room {{ slug }} place {{ name address }} sponsors {{ slug }}
                            talk {{ slug status }}
                        }}
                    }}
                }}
            }}"
        ))
        .await;
    insta::assert_snapshot!("days_begin_at_five", format!("{data:#}"));
}

#[on_both_databases]
#[actix_web::test]
async fn present_and_next_slots_are_known_at_any_time(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    assert_eq!(
        titles(&app, r#"onNow(at: "2025-10-25T10:45:00+02:00")"#).await,
        ["Äpfel & 100% _Birnen_"],
        "the cancelled talk is not on"
    );
    assert_eq!(titles(&app, r#"onNow(at: "2025-10-26T02:00:00+01:00")"#).await, ["Night talk"]);
    assert_eq!(
        titles(&app, r#"onNow(at: "2025-10-25T11:00:00+02:00")"#).await,
        Vec::<String>::new(),
        "an end is not in it"
    );
    assert_eq!(titles(&app, "onNow").await, Vec::<String>::new());
    app.set_now("2025-10-25T08:00:00Z");
    assert_eq!(titles(&app, "onNow").await, ["Opening"]);
    assert_eq!(
        titles(&app, "upNext").await,
        ["Äpfel & 100% _Birnen_", "Party", "Night talk"],
        "the next of each room on that day"
    );
    assert_eq!(
        titles(&app, r#"upNext(at: "2025-10-26T08:00:00Z")"#).await,
        ["Äpfel & 100% _Birnen_", "Lightning round"]
    );
    assert_eq!(titles(&app, r#"upNext(at: "2025-10-28T08:00:00Z")"#).await, Vec::<String>::new());
    let today = async |at: &str| {
        app.query(&format!(r#"{{ {EDITION} {{ today(at: "{at}") {{ date index slots {{ number }} }} }} }}"#)).await
                ["edition"]["today"]
                .clone()
    };
    assert_eq!(today("2025-10-26T04:59:00+01:00").await["date"], "2025-10-25");
    assert_eq!(today("2025-10-26T05:00:00+01:00").await["date"], "2025-10-26");
    assert_eq!(today("2025-10-27T12:00:00+01:00").await, json!({ "date": "2025-10-27", "index": 3, "slots": [] }));
    assert_eq!(today("2025-10-28T05:00:00+01:00").await, Value::Null);
}

#[on_both_databases]
#[actix_web::test]
async fn the_status_follows_the_clock(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for (now, status) in [
        ("2025-01-01T00:00:00Z", "SCHEDULED"),
        ("2025-10-25T02:59:59Z", "SCHEDULED"),
        ("2025-10-25T03:00:00Z", "LIVE"),
        ("2025-10-28T03:59:59Z", "LIVE"),
        ("2025-10-28T04:00:00Z", "CONCLUDED"),
    ] {
        app.set_now(now);
        let data = app
            .query(&format!("{{ {EDITION} {{ status }} editions(filter: {{ status: {status} }}) {{ totalCount }} }}"))
            .await;
        assert_eq!(data, json!({ "edition": { "status": status }, "editions": { "totalCount": 1 } }), "{now}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_schedule_is_filtered(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let party = ["Registration", "Opening", "Äpfel & 100% _Birnen_", "Called off", "Party", "Night talk"];
    assert_eq!(titles(&app, r#"schedule(day: "2025-10-25")"#).await, party);
    assert_eq!(titles(&app, r#"schedule(room: "attic")"#).await, ["Called off", "Night talk", "Äpfel & 100% _Birnen_"]);
    assert_eq!(titles(&app, r#"schedule(track: "ops", day: "2025-10-26")"#).await, ["Äpfel & 100% _Birnen_"]);
    assert_eq!(titles(&app, r#"schedule(room: "nothing")"#).await, Vec::<String>::new());
    assert_eq!(titles(&app, r#"schedule(track: "nothing")"#).await, Vec::<String>::new());
    assert_eq!(titles(&app, r#"schedule(day: "2025-10-28")"#).await, Vec::<String>::new());
    assert_eq!(titles(&app, "schedule").await.len(), 8);
}

#[on_both_databases]
#[actix_web::test]
async fn talks_have_all_their_fields(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let selection = "
        slug title aliases kind status language track { slug name color position } tags startsAt endsAt
        room { name capacity } url slots { number startsAt }
        appearances {
            creditedAs role represents company { slug } companies { slug }
            speaker { slug name isGroup } talk { slug }
        }
        speakers { slug } block { slug } blockPosition talks { slug startsAt room { slug } }
        replaces { slug status } replacedBy { slug }
        recordings {
            startSeconds endSeconds url
            recording {
                externalId url embedUrl thumbnailUrl talks { startSeconds url talk { slug } }
                playlists { title }
            }
        }
        links { kind url title author subject { __typename ... on Talk { slug } } }
        slides: links(kinds: [SLIDES]) { kind } related { slug }";
    for slug in ["twice", "flash-a", "round", "night", "taken-back", "lost"] {
        let data = app.query(&format!(r#"{{ talk(edition: "conf-25", slug: "{slug}") {{ {selection} }} }}"#)).await;
        insta::assert_snapshot!(format!("talk_{slug}"), format!("{:#}", data["talk"]));
    }
}

#[on_both_databases]
#[actix_web::test]
async fn people_and_companies_have_a_history(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let data = app
        .query(
            r#"{
                speaker(slug: "ada-a") {
                    slug name aliases isGroup url talks { totalCount nodes { slug } }
                    appearances { creditedAs talk { slug } company { slug } }
                    companies { slug } editions { slug } involvements { role } links { url }
                }
                company(slug: "acme") {
                    name aliases kind url successor { slug } predecessors { slug }
                    speakers { totalCount nodes { slug } } talks { nodes { slug } }
                    sponsorships { edition { slug } tier { name rank slug } url }
                }
                edition(slug: "conf-2025") {
                    name acronym year status format city url websiteUrl
                    conference { slug name editions { totalCount nodes { slug } } }
                    speakers { totalCount nodes { slug } } companies { totalCount nodes { slug } }
                    stats { talks speakers companies recordedTalks recordedSeconds }
                    sponsorTiers { name slug rank sponsorships { company { slug } } }
                    sponsorships { company { slug } tier { slug } }
                    recordings { nodes { kind title externalId publishedAt durationSeconds } }
                    playlists { title url recordings { externalId } }
                    rooms { slug name capacity position edition { slug } }
                    tracks { slug } previous { slug } next { slug }
                    exports { icalendar frabXml c3vocJson csv atom page }
                }
                archive {
                    revision updatedAt conferences editions talks speakers companies recordings
                    recordedSeconds
                }
            }"#,
        )
        .await;
    insta::assert_snapshot!("people_and_companies", format!("{data:#}"));
}
