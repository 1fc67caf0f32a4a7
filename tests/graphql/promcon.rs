//! The archive that ships: what everybody should find in it.

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::app::{Backend, promcon};

const README: &str = include_str!("../../README.md");

#[on_both_databases]
#[actix_web::test]
async fn promcon_2016_is_as_it_was(backend: Backend) {
    let app = promcon().start(backend).await;
    let data = app
        .query(
            r#"{
                edition(slug: "promcon-2016-berlin") {
                    attendance attendanceIsEstimate capacity soldOut
                    talks(filter: { kind: TALK }) { totalCount } schedule { kind }
                    sponsorships { company { slug } }
                    sponsorTiers { name sponsorships { company { name } } }
                    rounds: talks(filter: { kind: LIGHTNING_BLOCK }) {
                        nodes { recordings { recording { externalId } } }
                    }
                }
            }"#,
        )
        .await;
    let edition = &data["edition"];
    assert_eq!(
        (&edition["attendance"], &edition["capacity"], &edition["soldOut"]),
        (&json!(80), &json!(80), &json!(true))
    );
    assert_eq!(edition["talks"]["totalCount"], 18);
    let pauses = edition["schedule"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|slot| ["BREAK", "MEAL", "REGISTRATION"].contains(&slot["kind"].as_str().unwrap()));
    assert_eq!(pauses.count(), 11);
    assert_eq!(
        (edition["sponsorships"].as_array().unwrap().len(), edition["sponsorTiers"].as_array().unwrap().len()),
        (12, 5)
    );
    assert_eq!(
        edition["sponsorTiers"][0],
        json!({
            "name": "Diamond",
            "sponsorships": [
                { "company": { "name": "Robust Perception" } },
                { "company": { "name": "Weaveworks" } },
            ],
        })
    );
    let rounds = edition["rounds"]["nodes"].as_array().unwrap();
    assert_eq!(rounds.iter().map(|round| round["recordings"].as_array().unwrap().len()).collect::<Vec<_>>(), [7, 7]);
}

#[on_both_databases]
#[actix_web::test]
async fn people_speak_for_whom_they_spoke_then(backend: Backend) {
    let app = promcon().start(backend).await;
    let data = app
        .query(
            r#"{
                talk(edition: "promcon-2016-berlin", slug: "multitenant-scale-out-prometheus") {
                    title
                    appearances { speaker { name } company { name } }
                    recordings { recording { externalId } }
                }
                speaker(slug: "tom-wilkie") {
                    appearances { talk { edition { year } } company { name } }
                    companies { name }
                }
                raintank: company(slug: "raintank") { successor { name } talks { nodes { title } } }
            }"#,
        )
        .await;
    assert_eq!(
        data["talk"],
        json!({
            "title": "Multitenant, Scale-Out Prometheus",
            "appearances": [{ "speaker": { "name": "Tom Wilkie" }, "company": { "name": "Weaveworks" } }],
            "recordings": [{ "recording": { "externalId": "3Tb4Wc0kfCM" } }],
        })
    );
    let mut later_appearances = data["speaker"]["appearances"].as_array().unwrap().clone();
    later_appearances.retain(|appearance| appearance["talk"]["edition"]["year"].as_i64().unwrap() >= 2018);
    assert!(later_appearances.len() > 1, "{data:#}");
    assert!(later_appearances.iter().all(|later| later["company"]["name"] == "Grafana Labs"), "{data:#}");
    assert_eq!(data["speaker"]["companies"][0]["name"], "Grafana Labs");
    assert_eq!(data["raintank"]["successor"]["name"], "Grafana Labs");
}

#[on_both_databases]
#[actix_web::test]
async fn the_whole_archive_counts_up(backend: Backend) {
    let app = promcon().start(backend).await;
    let data = app
        .query(
            r#"{
                archive { talks recordings editions }
                withdrawn: talks(filter: { status: WITHDRAWN }) { totalCount }
                people: speakers(filter: { conference: "promcon", isGroup: false }) { totalCount }
                groups: speakers(filter: { conference: "promcon", isGroup: true }) { nodes { name } }
                talk: recordings(filter: { kind: TALK }) { totalCount }
                stream: recordings(filter: { kind: LIVE_STREAM }) { totalCount }
                recap: recordings(filter: { kind: RECAP }) { totalCount }
                other: recordings(filter: { kind: OTHER }) { totalCount }
                editions { nodes { slug status sponsorships { company { slug } } } }
            }"#,
        )
        .await;
    assert_eq!(data["archive"], json!({ "talks": 231, "recordings": 178, "editions": 12 }));
    assert_eq!((&data["withdrawn"]["totalCount"], &data["people"]["totalCount"]), (&json!(6), &json!(149)));
    assert_eq!(data["groups"]["nodes"], json!([{ "name": "The Prometheus maintainers" }]));
    let counts = ["talk", "stream", "recap", "other"].map(|kind| data[kind]["totalCount"].as_i64().unwrap());
    assert_eq!(counts, [165, 9, 3, 1]);

    // Cancelled editions had no sponsors after all.
    let editions = data["editions"]["nodes"].as_array().unwrap().iter();
    let sponsors: Vec<&str> = editions
        .filter(|edition| edition["status"] != "CANCELLED")
        .flat_map(|edition| edition["sponsorships"].as_array().unwrap())
        .map(|sponsorship| sponsorship["company"]["slug"].as_str().unwrap())
        .collect();
    let companies: BTreeSet<_> = sponsors.iter().collect();
    assert_eq!((sponsors.len(), companies.len()), (81, 35));
}

#[on_both_databases]
#[actix_web::test]
async fn editions_follow_each_other(backend: Backend) {
    let app = promcon().start(backend).await;
    let data = app
        .query(
            "{
                editions(first: 500) {
                    nodes {
                        slug startsOn status previous { slug } next { slug } replaces { slug }
                        replacedBy { slug }
                    }
                }
            }",
        )
        .await;
    insta::assert_snapshot!("editions_follow_each_other", format!("{data:#}"));
}

#[on_both_databases]
#[actix_web::test]
async fn one_recording_serves_a_whole_round(backend: Backend) {
    let app = promcon().start(backend).await;
    let data = app
        .query(
            r#"{
                talks(filter: { edition: "promcon-2018-munich", kind: LIGHTNING_BLOCK }) {
                    nodes {
                        recordings { recording { externalId talks { talk { kind } } } }
                        talks { recordings { startSeconds recording { externalId } } }
                    }
                }
            }"#,
        )
        .await;
    for round in data["talks"]["nodes"].as_array().unwrap() {
        let recording = &round["recordings"][0]["recording"];
        let talks = round["talks"].as_array().unwrap();
        let recordings = json!([{ "startSeconds": null, "recording": { "externalId": recording["externalId"] } }]);
        assert!(!talks.is_empty());
        assert!(talks.iter().all(|talk| talk["recordings"] == recordings), "{talks:#?}");
        assert_eq!(recording["talks"].as_array().unwrap().len(), talks.len() + 1);
    }
}

/// Both databases have the same snapshot.
#[on_both_databases]
#[actix_web::test]
async fn the_same_queries_give_the_same_bytes(backend: Backend) {
    let app = promcon().start(backend).await;
    let everything = r#"{
        edition(slug: "promcon-2017-munich") {
            id name updatedAt revision contentRevision
            days {
                date index
                slots {
                    id number kind title startsAt endsAt endIsEstimated isOpenEnded room { id name }
                    place { name latitude longitude websiteUrl mapUrl }
                    sponsors { name }
                    talk {
                        id slug title subtitle aliases kind status tags doNotRecord startsAt endsAt url
                        appearances {
                            creditedAs role speaker { id name aliases url }
                            companies { id name kind websiteUrl }
                        }
                        links { id kind url title author note publishedOn publishedAt }
                        talks { id title blockPosition startsAt appearances { speaker { name } company { name } } }
                        recordings { url recording { id url embedUrl thumbnailUrl } }
                    }
                }
            }
            involvements { role note person { name } company { name } }
            tickets { name price currency } callForPapers { closesOn }
            venue { name address city country latitude longitude mapUrl }
            links { kind url title author note publishedOn language }
            speakers(first: 500) { nodes { slug name talks { totalCount } } }
            companies(first: 500) { nodes { slug } }
            related: talks(first: 100) { nodes { slug related { slug } } }
        }
    }"#;
    let answer = app.post(&json!({ "query": everything }), "application/json").await;
    assert!(answer.json().get("errors").is_none(), "{}", answer.body);
    insta::assert_snapshot!("promcon_2017_bytes", answer.body.replace("},{", "},\n{"));
}

#[on_both_databases]
#[actix_web::test]
async fn the_readme_query_answers(backend: Backend) {
    let app = promcon().start(backend).await;
    let query =
        README.split("```graphql\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a query in the README");
    let data = app.query(query).await;
    assert!(data.to_string().contains("Tom Wilkie"), "{data:#}");
    let request = README.split("query=").nth(1).and_then(|rest| rest.split(['\'', '"', ' ', '\n']).next());
    if let Some(query) = request {
        assert_eq!(app.send(Method::GET, &format!("/graphql?query={query}"), &[], "").await.status, 200);
    }
}
