//! Writing by GraphQL: what each mutation does, and what it refuses.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, empty},
    editor::codes,
    seed,
};

/// The id of a slot of the weekend.
async fn slot_id(app: &App, number: i64) -> String {
    let slots = app.query(r#"{ edition(slug: "conf-2025") { schedule { id number } } }"#).await;
    let slots = slots["edition"]["schedule"].as_array().unwrap().clone();
    slots.iter().find(|slot| slot["number"] == number).unwrap()["id"].as_str().unwrap().to_owned()
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_is_made_from_nothing(backend: Backend) {
    let app = empty().start(backend).await;
    let editor = app.editor("write").await;
    let conference = editor
        .edit(
            r#"createConference(input: { name: "Röst Conf", description: "One\r\ntwo" }) {
                conference { slug description revision }
            }"#,
        )
        .await;
    assert_eq!(
        conference,
        json!({
            "conference": { "slug": "rost-conf", "description": "One\ntwo", "revision": 1 },
            "revision": 1, "userErrors": [],
        })
    );

    let edition = editor
        .edit(
            r#"createEdition(input: {
                conference: "rost-conf", name: "Röst 2027", timezone: "Europe/Berlin",
                startsOn: "2027-03-01", endsOn: "2027-03-02", city: "Köln", country: "DE", capacity: 90,
                hashtags: ["roest"], venue: { name: "Halle", latitude: 50.9 },
                callForPapers: { closesOn: "2026-12-01" },
                tickets: [{ name: "Early", price: 80, currency: "EUR" }, { name: "Student", price: 0 }]
            }) {
                edition {
                    slug acronym year status city hashtags venue { name latitude }
                    callForPapers { closesOn } tickets { name price currency }
                }
            }"#,
        )
        .await;
    assert_eq!(
        edition["edition"],
        json!({
            "slug": "rost-2027", "acronym": "rost_2027", "year": 2027, "status": "ANNOUNCED", "city": "Köln",
            "hashtags": ["roest"], "venue": { "name": "Halle", "latitude": 50.9 },
            "callForPapers": { "closesOn": "2026-12-01" },
            "tickets": [
                { "name": "Early", "price": 80.0, "currency": "EUR" },
                { "name": "Student", "price": 0.0, "currency": null },
            ],
        })
    );
    editor
        .edit(
            r#"createCompany(input: { name: "ACME", kind: FOUNDATION, aliases: ["Acme Corp"] }) {
                company { slug kind aliases }
            }"#,
        )
        .await;
    editor.edit(r#"createCompany(input: { name: "Old", successor: "acme" }) { company { successor { slug } } }"#).await;
    for expected in ["ada", "ada-2"] {
        let created = editor
            .edit(r#"createSpeaker(input: { name: "Ada", biography: "Who *she* is" }) { speaker { slug } }"#)
            .await;
        assert_eq!(created["speaker"]["slug"], expected, "a second speaker of a name gets a number");
    }
    editor
        .edit(
            r##"createTrack(input: { edition: "rost-2027", name: "Ops", color: "#E6522C" }) {
                track { slug color position }
            }"##,
        )
        .await;
    for (name, position) in [("Hall", "null"), ("Attic", "null"), ("Foyer", "1")] {
        editor
            .edit(&format!(
                r#"createRoom(input: {{
                    edition: "rost-2027", name: "{name}", position: {position}
                }}) {{ room {{ slug }} }}"#
            ))
            .await;
    }

    let talk = editor
        .edit(
            r#"createTalk(input: {
                edition: "rost-2027", title: "Why?", abstract: "Because.", language: "EN", track: "ops",
                tags: ["scale", "Größe"],
                appearances: [
                    { speaker: "ada", companies: ["acme", "old"], creditedAs: "A." },
                    { speaker: "ada-2", role: MODERATOR }
                ]
            }) {
                talk {
                    id slug kind status language track { slug } tags
                    appearances { creditedAs role companies { slug } }
                }
            }"#,
        )
        .await["talk"]
        .clone();
    assert_eq!(
        talk["appearances"],
        json!([
            { "creditedAs": "A.", "role": "SPEAKER", "companies": [{ "slug": "acme" }, { "slug": "old" }] },
            { "creditedAs": "Ada", "role": "MODERATOR", "companies": [] },
        ])
    );
    assert_eq!(
        (&talk["slug"], &talk["language"], &talk["tags"]),
        (&json!("why"), &json!("en"), &json!(["scale", "Größe"]))
    );
    let talk_id = talk["id"].as_str().unwrap();
    let slot = editor
        .edit(&format!(
            r#"scheduleSlot(input: {{
                edition: "rost-2027", talk: "{talk_id}", startsAt: "2027-03-01T10:00:00+01:00",
                room: "hall"
            }}) {{
                slot {{
                    number title startsAt endsAt endIsEstimated room {{ slug }}
                    talk {{ startsAt room {{ slug }} }}
                }}
            }}"#
        ))
        .await;
    assert_eq!(
        slot["slot"],
        json!({
            "number": 1, "title": "Why?", "startsAt": "2027-03-01T10:00:00+01:00",
            "endsAt": "2027-03-01T10:30:00+01:00", "endIsEstimated": true, "room": { "slug": "hall" },
            "talk": { "startsAt": "2027-03-01T10:00:00+01:00", "room": { "slug": "hall" } },
        })
    );
    let lunch = editor
        .edit(
            r#"scheduleSlot(input: {
                edition: "rost-2027", kind: MEAL, title: "Lunch", startsAt: "2027-03-01T10:20:00+01:00",
                endsAt: "2027-03-01T11:00:00+01:00", room: "The Garden", createRoom: true,
                place: { name: "Outside" }, sponsors: ["acme"], isOpenEnded: true
            }) {
                slot { number room { slug name position } place { name } sponsors { slug } isOpenEnded }
            }"#,
        )
        .await;
    assert_eq!(
        lunch["slot"]["room"],
        json!({ "slug": "the-garden", "name": "The Garden", "position": 4 }),
        "createRoom creates a room that the edition lacks"
    );

    let edition_id = app.id(r#"edition(slug: "rost-2027")"#).await;
    editor
        .edit(&format!(
            r#"setSponsors(
                edition: "{edition_id}",
                tiers: [
                    {{ name: "Gold", sponsorships: [{{ company: "acme", url: "https://acme.example/" }}] }}
                ],
                untiered: [{{ company: "acme" }}]
            ) {{
                edition {{
                    sponsorTiers {{ slug rank sponsorships {{ company {{ slug }} url }} }}
                    sponsorships {{ tier {{ slug }} }}
                }}
            }}"#
        ))
        .await;
    editor
        .edit(&format!(
            r#"setInvolvements(edition: "{edition_id}", involvements: [
                {{ person: "ada", role: ORGANIZER, note: "Everything" }},
                {{ company: "acme", role: HOST }}
            ]) {{ edition {{ involvements {{ person {{ slug }} company {{ slug }} role note }} }} }}"#
        ))
        .await;

    let recording = editor
        .edit(
            r#"addRecording(input: {
                provider: YOUTUBE, externalId: "aaaaaaaaaaa", title: "Why?", edition: "rost-2027",
                durationSeconds: 1800
            }) { recording { id url kind } }"#,
        )
        .await;
    assert_eq!(recording["recording"]["url"], "https://www.youtube.com/watch?v=aaaaaaaaaaa");
    let recording = recording["recording"]["id"].as_str().unwrap();
    let attach = format!(
        r#"attachRecording(
            talk: "{talk_id}", recording: "{recording}", startSeconds: 5, endSeconds: 60
        ) {{ talk {{ recordings {{ startSeconds endSeconds }} }} }}"#
    );
    assert_eq!(editor.edit(&attach).await["talk"]["recordings"], json!([{ "startSeconds": 5, "endSeconds": 60 }]));
    assert_eq!(
        editor.edit(&attach.replace("endSeconds: 60", "endSeconds: null")).await["talk"]["recordings"],
        json!([{ "startSeconds": 5, "endSeconds": null }])
    );
    let list = editor
        .edit(&format!(
            r#"addPlaylist(input: {{
                provider: YOUTUBE, externalId: "PLxxxxxxxxxxxx", title: "All", edition: "rost-2027",
                recordings: ["{recording}"]
            }}) {{ playlist {{ url recordings {{ externalId }} }} }}"#
        ))
        .await;
    assert_eq!(list["playlist"]["recordings"], json!([{ "externalId": "aaaaaaaaaaa" }]));
    let link = editor
        .edit(&format!(
            r#"addLink(to: "{talk_id}", input: {{ kind: SLIDES, url: "https://example.org/s" }}) {{
                link {{ id kind subject {{ __typename }} }}
            }}"#
        ))
        .await;
    assert_eq!(link["link"]["subject"]["__typename"], "Talk");
    app.audit().await;

    let edition = app
        .query(
            r#"{
                edition(slug: "rost-2027") {
                    rooms { slug position } sponsorTiers { slug rank } sponsorships { tier { slug } }
                    involvements { person { slug } company { slug } role note }
                    schedule { number endsAt endIsEstimated }
                    stats { talks speakers companies recordedTalks }
                }
            }"#,
        )
        .await["edition"]
        .clone();
    assert_eq!(
        edition["rooms"],
        json!([
            { "slug": "foyer", "position": 1 },
            { "slug": "hall", "position": 2 },
            { "slug": "attic", "position": 3 },
            { "slug": "the-garden", "position": 4 },
        ])
    );
    assert_eq!(edition["sponsorships"], json!([{ "tier": { "slug": "gold" } }, { "tier": null }]));
    assert_eq!(
        edition["involvements"][0],
        json!({ "person": { "slug": "ada" }, "company": null, "role": "ORGANIZER", "note": "Everything" })
    );
    assert_eq!(edition["stats"], json!({ "talks": 1, "speakers": 2, "companies": 2, "recordedTalks": 1 }));

    // Positions, numbers and ids are all in the format: what is exported changes nothing when it is imported.
    let yaml = app.get("/editions/rost-2027/archive.yaml", &[]).await;
    let import = app.import(&editor.token, "application/yaml", yaml.body).await;
    assert_eq!((import.status.as_u16(), &import.json()["revision"]), (200, &Value::Null), "{}", import.body);
}

#[on_both_databases]
#[actix_web::test]
async fn given_fields_are_changed_and_the_others_stay(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("twice").await;
    let all_but_the_title = format!(
        r#"{{
            node(id: "{talk}") {{
                ... on Talk {{
                    subtitle language tags track {{ slug }} appearances {{ creditedAs }}
                    recordings {{ startSeconds }} links {{ kind }}
                }}
            }}
        }}"#
    );
    let before = app.query(&all_but_the_title).await;

    let updated = editor
        .edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "Pears" }}) {{ talk {{ title slug revision }} }}"#))
        .await;
    assert_eq!(updated["talk"], json!({ "title": "Pears", "slug": "twice", "revision": updated["revision"] }));
    assert_eq!(app.query(&all_but_the_title).await, before);

    // What is given as null is cleared.
    let cleared = editor
        .edit(&format!(
            r#"updateTalk(id: "{talk}", input: {{
                language: null, tags: null, track: null, kind: null
            }}) {{ talk {{ language tags track {{ slug }} kind }} }}"#
        ))
        .await;
    assert_eq!(cleared["talk"], json!({ "language": null, "tags": [], "track": null, "kind": "TALK" }));

    // An edit that changes nothing takes no revision.
    let last = app.revision().await;
    let same =
        editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "Pears" }}) {{ talk {{ title }} }}"#)).await;
    assert_eq!((&same["revision"], app.revision().await), (&cleared["revision"], last));
    let log = app
        .query(&format!(
            r#"{{ changes(since: {}) {{ changes {{ operation kind fields edition {{ slug }} }} }} }}"#,
            last - 2
        ))
        .await;
    assert_eq!(
        log["changes"]["changes"],
        json!([
            { "operation": "UPDATED", "kind": "Talk", "fields": ["title"], "edition": { "slug": "conf-2025" } },
            {
                "operation": "UPDATED", "kind": "Talk", "fields": ["language", "track", "tags"],
                "edition": { "slug": "conf-2025" },
            },
        ])
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn an_old_slug_keeps_leading(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let ada = app.id(r#"speaker(slug: "ada")"#).await;
    editor
        .edit(&format!(
            r#"updateSpeaker(id: "{ada}", input: {{
                slug: "ada-lovelace", name: "Ada L.", aliases: ["Augusta"]
            }}) {{ speaker {{ slug aliases }} }}"#
        ))
        .await;
    for slug in ["ada", "ada-a", "ada-lovelace"] {
        assert_eq!(app.id(&format!(r#"speaker(slug: "{slug}")"#)).await, ada);
    }
    let moved = app.get("/api/v1/speakers/ada", &[]).await;
    assert_eq!(
        (moved.status.as_u16(), moved.header("location")),
        (301, "https://lectern.example/api/v1/speakers/ada-lovelace")
    );
    let taken = editor.rejection(r#"createSpeaker(input: { name: "Ada", slug: "ada" }) { speaker { slug } }"#).await;
    assert_eq!((taken[0].code.as_str(), taken[0].path.as_str()), ("TAKEN", "input.slug"), "{taken:?}");
    assert_eq!(
        editor.edit(r#"createSpeaker(input: { name: "Ada" }) { speaker { slug } }"#).await["speaker"]["slug"],
        "ada-2"
    );

    // The speaker gets the former slug back, and the other address leads to it.
    editor.edit(&format!(r#"updateSpeaker(id: "{ada}", input: {{ slug: "ada" }}) {{ speaker {{ slug }} }}"#)).await;
    assert_eq!(app.get("/api/v1/speakers/ada-lovelace", &[]).await.status, 301);
    assert_eq!(app.get("/api/v1/speakers/ada", &[]).await.status, 200);

    // Other things keep their former slugs, too.
    for (field, kind, slug) in [
        (r#"talk(edition: "conf-2025", slug: "twice")"#, "Talk", "pears"),
        (r#"edition(slug: "conf-2025")"#, "Edition", "conf-2525"),
        (r#"company(slug: "acme")"#, "Company", "acme-inc"),
        (r#"conference(slug: "conf")"#, "Conference", "konf"),
    ] {
        let id = app.id(field).await;
        let selection = format!("{{ {} {{ slug }} }}", kind.to_lowercase());
        editor.edit(&format!(r#"update{kind}(id: "{id}", input: {{ slug: "{slug}" }}) {selection}"#)).await;
        assert_eq!(app.id(field).await, id, "{field}");
    }
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn all_errors_are_reported_at_once(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let errors = editor
        .rejection(
            r#"createTalk(input: {
                edition: "conf-2025", title: " ", slug: "Not A Slug", track: "none",
                tags: ["a", "a", "A", "b\nc"], blockPosition: 0,
                replaces: "00000000-0000-0000-0000-000000000000",
                block: "00000000-0000-0000-0000-000000000000",
                appearances: [
                    { speaker: "nobody" },
                    { speaker: "bob", companies: ["acme", "none", "acme"] },
                    { speaker: "bob", creditedAs: "" }
                ]
            }) { talk { id } }"#,
        )
        .await;
    assert_eq!(
        codes(&errors),
        [
            "INVALID input.slug",
            "NOT_FOUND input.track",
            "INVALID input.title",
            "INVALID input.blockPosition",
            "INVALID input.tags.1",
            "INVALID input.tags.3",
            "INVALID input.tags.2",
            "NOT_FOUND input.block",
            "NOT_FOUND input.replaces",
            "NOT_FOUND input.appearances.0.speaker",
            "NOT_FOUND input.appearances.1.companies.1",
            "INVALID input.appearances.1.companies.2",
            "INVALID input.appearances.2.speaker",
            "INVALID input.appearances.2.creditedAs",
        ],
        "{errors:#?}"
    );
    assert!(errors[0].message.contains("not-a-slug"), "it says what would be right: {errors:?}");

    assert_eq!(
        editor
            .rejection_codes(
                r#"createEdition(input: {
                    conference: "none", name: "E", timezone: "UTC", slug: "conf-2025", acronym: "no",
                    endsOn: "2027-01-01", capacity: -1, ordinal: 0,
                    venue: { name: "", latitude: 91, longitude: -181 },
                    tickets: [{ name: "T", price: -1, currency: "EURO" }, { name: "F", price: 5 }]
                }) { edition { id } }"#
            )
            .await,
        [
            "NOT_FOUND input.conference",
            "TAKEN input.slug",
            "REQUIRED input.year",
            "INVALID input.acronym",
            "INVALID input.endsOn",
            "INVALID input.capacity",
            "INVALID input.ordinal",
            "INVALID input.venue.name",
            "INVALID input.venue.latitude",
            "INVALID input.venue.longitude",
            "INVALID input.tickets.0.price",
            "INVALID input.tickets.0.currency",
            "INVALID input.tickets.0.currency",
            "INVALID input.tickets.1.currency",
        ]
    );

    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"updateEdition(id: "{edition}", input: {{
                    name: null, slug: null, timezone: null, year: null, startsOn: null,
                    replaces: "{edition}"
                }}) {{ edition {{ id }} }}"#
            ))
            .await,
        [
            "REQUIRED input.slug",
            "INVALID input.replaces",
            "REQUIRED input.name",
            "REQUIRED input.year",
            "REQUIRED input.timezone",
            "INVALID input.endsOn"
        ]
    );
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"setSponsors(edition: "{edition}", tiers: [
                    {{ name: "Gold", sponsorships: [{{ company: "acme" }}, {{ company: "acme" }}] }},
                    {{ name: "gold", sponsorships: [{{ company: "none" }}] }}
                ]) {{ edition {{ id }} }}"#
            ))
            .await,
        ["INVALID tiers.0.sponsorships.1.company", "TAKEN tiers.1.slug", "NOT_FOUND tiers.1.sponsorships.0.company"]
    );
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"setInvolvements(edition: "{edition}", involvements: [
                    {{ role: HOST }},
                    {{ person: "none", role: HOST }}
                ]) {{ edition {{ id }} }}"#
            ))
            .await,
        ["INVALID involvements.0", "NOT_FOUND involvements.1.person"]
    );
    assert_eq!(
        editor
            .rejection_codes(
                r#"addRecording(input: {
                    provider: YOUTUBE, externalId: "short", durationSeconds: -1
                }) { recording { id } }"#
            )
            .await,
        ["INVALID input.externalId", "INVALID input.durationSeconds"]
    );
    assert_eq!(
        editor
            .rejection_codes(r#"addRecording(input: { provider: OTHER, externalId: "x" }) { recording { id } }"#)
            .await,
        ["REQUIRED input.url"]
    );
    assert_eq!(
        editor
            .rejection_codes(
                r#"addRecording(input: { provider: YOUTUBE, externalId: "aaaaaaaaaaa" }) { recording { id } }"#
            )
            .await,
        ["TAKEN input.externalId"]
    );
    let acme = app.id(r#"company(slug: "acme")"#).await;
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"updateCompany(id: "{acme}", input: {{ successor: "old-co" }}) {{ company {{ id }} }}"#
            ))
            .await,
        ["INVALID input.successor"]
    );
    let room = app.query(r#"{ edition(slug: "conf-2025") { rooms { id } tracks { id } } }"#).await["edition"].clone();
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"updateRoom(id: {}, input: {{ slug: "attic", position: 0 }}) {{ room {{ id }} }}"#,
                room["rooms"][0]["id"]
            ))
            .await,
        ["TAKEN input.slug", "INVALID input.position"]
    );
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"updateTrack(id: {}, input: {{ color: "red" }}) {{ track {{ id }} }}"#,
                room["tracks"][0]["id"]
            ))
            .await,
        ["INVALID input.color"]
    );
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"addLink(to: {}, input: {{ kind: POST }}) {{ link {{ id }} }}"#,
                room["rooms"][0]["id"]
            ))
            .await,
        ["INVALID to"]
    );
    assert_eq!(
        editor
            .rejection_codes(&format!(
                r#"addLink(to: "{acme}", input: {{ kind: POST, note: "x" }}) {{ link {{ id }} }}"#
            ))
            .await,
        ["REQUIRED input.url"]
    );
    assert_eq!(
        editor.rejection_codes(&format!(r#"updateTalk(id: "{acme}", input: {{}}) {{ talk {{ id }} }}"#)).await,
        ["NOT_FOUND id"],
        "the id of something else"
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_stale_revision_is_a_conflict(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let bob = app.id(r#"speaker(slug: "bob")"#).await;
    let seen = app.query(r#"{ speaker(slug: "bob") { revision } }"#).await["speaker"]["revision"].as_i64().unwrap();
    let first = editor
        .edit(&format!(
            r#"updateSpeaker(id: "{bob}", ifRevision: {seen}, input: {{ name: "Robert" }}) {{ speaker {{ name }} }}"#
        ))
        .await;
    let stale = editor
        .payload(&format!(
            r#"updateSpeaker(id: "{bob}", ifRevision: {seen}, input: {{
                name: "Bobby", slug: "no slug"
            }}) {{ speaker {{ name revision }} }}"#
        ))
        .await;
    assert_eq!(
        stale["speaker"],
        json!({ "name": "Robert", "revision": first["revision"] }),
        "the payload has what is there now"
    );
    let errors = stale["userErrors"].as_array().unwrap().iter().map(|error| (&error["code"], &error["path"]));
    assert_eq!(
        errors.collect::<Vec<_>>(),
        [(&json!("CONFLICT"), &json!(["ifRevision"])), (&json!("INVALID"), &json!(["input", "slug"]))]
    );

    for mutation in [
        format!(r#"delete(id: "{bob}", ifRevision: {seen}) {{ deletedId }}"#),
        format!(
            r#"setAppearances(talk: "{}", appearances: [], ifRevision: 1) {{ talk {{ id }} }}"#,
            app.talk_id("night").await
        ),
        format!(r#"updateSlot(id: "{}", input: {{}}, ifRevision: 1) {{ slot {{ id }} }}"#, slot_id(&app, 1).await),
    ] {
        assert!(editor.rejection_codes(&mutation).await.contains(&"CONFLICT ifRevision".to_owned()), "{mutation}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn the_mutations_of_one_request_follow_each_other(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let bob = app.id(r#"speaker(slug: "bob")"#).await;
    let mutation = format!(
        r#"mutation {{
            a: updateSpeaker(id: "{bob}", input: {{ name: "One" }}) {{ speaker {{ name }} revision }}
            b: updateSpeaker(id: "{bob}", input: {{ slug: "no slug" }}) {{
                speaker {{ name }} userErrors {{ code }}
            }}
            c: updateSpeaker(id: "{bob}", input: {{ name: "Two" }}) {{
                speaker {{ name talks {{ nodes {{ appearances {{ creditedAs }} }} }} }}
                revision
            }}
        }}"#
    );
    let data = editor.send(&mutation).await.json()["data"].clone();
    assert_eq!((&data["a"]["speaker"]["name"], &data["c"]["speaker"]["name"]), (&json!("One"), &json!("Two")));
    assert_eq!(data["b"], json!({ "speaker": null, "userErrors": [{ "code": "INVALID" }] }));
    assert_eq!(data["c"]["revision"].as_i64().unwrap(), data["a"]["revision"].as_i64().unwrap() + 1);
    assert!(
        data["c"]["speaker"]["talks"]["nodes"][0]["appearances"].to_string().contains("Two"),
        "nothing is kept from the reads before: {data}"
    );
}

#[on_both_databases]
#[actix_web::test]
async fn an_unauthorised_client_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let mutation = r#"mutation { createConference(input: { name: "Other" }) { conference { id } } }"#;
    let anonymous = app.ask(mutation, json!({})).await;
    assert!(
        anonymous["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" && anonymous.get("data").is_none(),
        "{anonymous}"
    );
    for accept in ["application/json", "application/graphql-response+json"] {
        let answer = app.post(&json!({ "query": mutation }), accept).await;
        assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer realm=\"lectern\""));
    }
    let wrong = app.mutate("lectern_nothing_nothing", mutation, json!({})).await;
    assert_eq!(
        (wrong.status.as_u16(), &wrong.json()["errors"][0]["extensions"]["code"]),
        (401, &json!("UNAUTHENTICATED"))
    );

    // A token for one conference is not one for others.
    let conf_editor = app.editor("write:conf").await;
    let answer = conf_editor.send(mutation).await;
    assert_eq!(answer.status, 403);
    let answer = answer.json();
    assert_eq!(answer["data"], Value::Null, "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");

    // Where something was written before, the request as a whole is not refused.
    let answer = conf_editor
        .send(
            r#"mutation {
                a: createSpeaker(input: { name: "A" }) { revision }
                b: createConference(input: { name: "Other" }) { revision }
            }"#,
        )
        .await;
    assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["path"]), (200, &json!(["b"])), "{}", answer.body);

    // It may write its own conference, and speakers who appear in no other.
    let talk = app.talk_id("twice").await;
    conf_editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "Pears" }}) {{ talk {{ id }} }}"#)).await;
    conf_editor
        .edit(&format!(
            r#"updateSpeaker(id: "{}", input: {{ name: "Robert" }}) {{ speaker {{ id }} }}"#,
            app.id(r#"speaker(slug: "bob")"#).await
        ))
        .await;

    // Nothing of another conference may it write.
    let editor = app.editor("write").await;
    editor.edit(r#"createConference(input: { name: "Other" }) { conference { id } }"#).await;
    let create_edition = r#"createEdition(input: {
        conference: "other", name: "Other 1", timezone: "UTC", year: 2027
    }) {
        edition { id }
    }"#;
    assert_eq!(conf_editor.error_code(create_edition).await, "FORBIDDEN");
    editor.edit(create_edition).await;
    let edition = app.id(r#"edition(slug: "other-1")"#).await;
    let conference = app.id(r#"conference(slug: "other")"#).await;
    let last = app.revision().await;
    for foreign in [
        r#"createTalk(input: { edition: "other-1", title: "X" }) { talk { id } }"#.to_owned(),
        r#"scheduleSlot(input: {
            edition: "other-1", kind: BREAK, title: "X", startsAt: "2027-01-01T10:00:00Z"
        }) { slot { id } }"#
            .to_owned(),
        format!(r#"addLink(to: "{edition}", input: {{ kind: POST, title: "x" }}) {{ link {{ id }} }}"#),
        format!(r#"delete(id: "{edition}") {{ deletedId }}"#),
        format!(r#"updateConference(id: "{conference}", input: {{ name: "Mine" }}) {{ conference {{ id }} }}"#),
    ] {
        assert_eq!(conf_editor.error_code(&foreign).await, "FORBIDDEN", "{foreign}");
    }
    assert_eq!(app.revision().await, last);
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_thing_in_use_is_not_deleted(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let edition = app
        .query(
            r#"{
                edition(slug: "conf-2025") {
                    id conference { id } rooms { id slug } tracks { id } playlists { id }
                    recordings { nodes { id externalId } }
                }
            }"#,
        )
        .await["edition"]
        .clone();
    let recordings = edition["recordings"]["nodes"].as_array().unwrap();
    let recording = recordings.iter().find(|recording| recording["externalId"] == "aaaaaaaaaaa").unwrap();

    for (thing, uses) in [
        (edition["conference"]["id"].clone(), "editions: 1"),
        (edition["id"].clone(), "talks: 9, slots: 8, rooms: 2, tracks: 1"),
        (edition["rooms"][0]["id"].clone(), "slots: 3"),
        (edition["tracks"][0]["id"].clone(), "talks: 1"),
        (json!(app.id(r#"speaker(slug: "ada")"#).await), "appearances: 3"),
        (
            json!(app.id(r#"company(slug: "acme")"#).await),
            "appearances: 2, sponsorships: 1, sponsored slots: 1, predecessors: 1",
        ),
        (json!(app.talk_id("round").await), "slots: 1, talks given in it: 2"),
        (json!(app.talk_id("taken-back").await), "talks in its place: 1"),
        (recording["id"].clone(), "talks: 1, playlists: 1"),
    ] {
        let errors = editor.rejection(&format!("delete(id: {thing}) {{ deletedId }}")).await;
        assert_eq!((errors[0].code.as_str(), errors[0].path.as_str()), ("IN_USE", "id"));
        assert!(errors[0].message.contains(uses), "{errors:?}");
    }
    assert_eq!(
        editor.rejection_codes(r#"delete(id: "00000000-0000-0000-0000-000000000000") { deletedId }"#).await,
        ["NOT_FOUND id"]
    );

    // A conference is deleted with the tokens that are for it alone. A deletion that is refused deletes no token.
    let created = editor.edit(r#"createConference(input: { name: "Other" }) { conference { id } }"#).await;
    let (other_editor, conf_editor) = (app.editor("write:other").await, app.editor("write:conf").await);
    other_editor.edit(&format!("delete(id: {}) {{ deletedId }}", created["conference"]["id"])).await;
    let answer = other_editor.send(r#"mutation { createSpeaker(input: { name: "X" }) { revision } }"#).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        conf_editor.rejection_codes(&format!("delete(id: {}) {{ deletedId }}", edition["conference"]["id"])).await,
        ["IN_USE id"]
    );
    conf_editor.edit(r#"createSpeaker(input: { name: "Y" }) { speaker { id } }"#).await;

    // What is not in use is deleted, with its own links, and the log says so.
    for thing in [
        slot_id(&app, 7).await,
        slot_id(&app, 3).await,
        edition["playlists"][0]["id"].as_str().unwrap().to_owned(),
        app.talk_id("twice").await,
    ] {
        let deleted = editor.edit(&format!(r#"delete(id: "{thing}") {{ deletedId }}"#)).await;
        assert_eq!(deleted["deletedId"], json!(thing));
        assert_eq!(app.query(&format!(r#"{{ node(id: "{thing}") {{ id }} }}"#)).await["node"], Value::Null);
        let log = app
            .query(&format!(
                "{{ changes(since: {}) {{ changes {{ operation nodeId revision }} }} }}",
                deleted["revision"].as_i64().unwrap() - 1
            ))
            .await;
        assert_eq!(
            log["changes"]["changes"][0],
            json!({ "operation": "DELETED", "nodeId": thing, "revision": deleted["revision"] })
        );
    }
    editor.edit(&format!("delete(id: {}) {{ deletedId }}", recording["id"])).await;
    let created =
        editor.edit(r#"createRoom(input: { edition: "conf-2025", name: "New", position: 1 }) { room { id } }"#).await;
    editor.edit(&format!("delete(id: {}) {{ deletedId }}", created["room"]["id"])).await;
    let rooms = app.query(r#"{ edition(slug: "conf-2025") { rooms { slug position } } }"#).await;
    assert_eq!(
        rooms["edition"]["rooms"],
        json!([{ "slug": "hall", "position": 1 }, { "slug": "attic", "position": 2 }]),
        "no gap is left"
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn links_keep_their_order(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("twice").await;
    let links = async || {
        let query = format!(r#"{{ node(id: "{talk}") {{ ... on Talk {{ links {{ id kind }} }} }} }}"#);
        app.query(&query).await["node"]["links"].clone()
    };

    let added = editor
        .edit(&format!(
            r#"addLink(to: "{talk}", input: {{
                kind: VIDEO, url: "https://example.org/v", note: "Two\nlines", publishedOn: "2025-11-01"
            }}) {{ link {{ id }} }}"#
        ))
        .await;
    editor.edit(&format!("delete(id: {}) {{ deletedId }}", links().await[0]["id"])).await;
    let updated = editor
        .edit(&format!(
            r#"updateLink(id: {}, input: {{
                title: "Seen", note: null, publishedAt: "2025-11-01T10:00:00+01:00"
            }}) {{ link {{ kind url title note publishedOn publishedAt }} }}"#,
            added["link"]["id"]
        ))
        .await;
    assert_eq!(
        updated["link"],
        json!({
            "kind": "VIDEO", "url": "https://example.org/v", "title": "Seen", "note": null,
            "publishedOn": "2025-11-01", "publishedAt": "2025-11-01T09:00:00+00:00",
        })
    );
    let links = links().await;
    assert_eq!((&links[0]["kind"], &links[1]["kind"]), (&json!("ARTICLE"), &json!("VIDEO")));
    assert_eq!(links.as_array().unwrap().len(), 2);
    assert_eq!(
        editor
            .rejection_codes(&format!(
                "updateLink(id: {}, input: {{ url: null, title: null, kind: null }}) {{ link {{ id }} }}",
                added["link"]["id"]
            ))
            .await,
        ["REQUIRED input.kind", "REQUIRED input.url"]
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_tag_that_is_nearly_a_known_one_is_noted(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let lost = app.talk_id("lost").await;
    for (tags, notes) in [
        // "scale" is known; what is far from both, or short, is simply new.
        (r#"["scale", "größe", "storage", "sc"]"#, json!([])),
        (
            r#"["scal", "scales", "storages"]"#,
            json!([
                "the tag \"scal\" is new: is it \"scale\"?",
                "the tag \"scales\" is new: is it \"scale\"?",
                "the tag \"storages\" is new: is it \"storage\"?",
            ]),
        ),
        // They are no longer new.
        (r#"["scal", "scales", "storages"]"#, json!([])),
        ("[]", json!([])),
    ] {
        let update = format!(r#"updateTalk(id: "{lost}", input: {{ tags: {tags} }}) {{ notes }}"#);
        assert_eq!(editor.edit(&update).await["notes"], notes, "{tags}");
    }
    app.audit().await;
}
