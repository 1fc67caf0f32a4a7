//! Writing by GraphQL: what each mutation does, and what it refuses.

use serde_json::{Value, json};

use crate::support::{
    app::{App, archive, empty, on_both},
    seed,
};

/// What every mutation is asked for besides the thing.
pub const TOLD: &str = "revision userErrors { code path message }";

/// Runs one mutation, which must be answered without errors of the request; answers its payload.
pub async fn write(app: &App, token: &str, mutation: &str) -> Value {
    let answer = app.mutate(token, &format!("mutation {{ it: {mutation} }}"), json!({})).await;
    let json = answer.json();
    assert!(answer.status == 200 && json.get("errors").is_none(), "{mutation}\n{json:#}");
    json["data"]["it"].clone()
}

/// Runs one mutation that must write.
pub async fn done(app: &App, token: &str, mutation: &str) -> Value {
    let payload = write(app, token, &mutation.replace("TOLD", TOLD)).await;
    assert!(payload["userErrors"] == json!([]) && payload["revision"].is_i64(), "{mutation}\n{payload:#}");
    payload
}

/// Runs one mutation that must be refused, and change nothing; answers the codes and paths.
async fn refused(app: &App, token: &str, mutation: &str) -> Vec<(String, String, String)> {
    let before = revision(app).await;
    let payload = write(app, token, &mutation.replace("TOLD", TOLD)).await;
    assert!(payload["revision"].is_null(), "{mutation}\n{payload:#}");
    assert_eq!(revision(app).await, before, "{mutation}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = payload["userErrors"].as_array().unwrap().iter();
    let path = |error: &Value| error["path"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join(".");
    errors.map(|error| (text(&error["code"]), path(error), text(&error["message"]))).collect()
}

/// The same, without the messages.
pub async fn codes(app: &App, token: &str, mutation: &str) -> Vec<String> {
    refused(app, token, mutation).await.into_iter().map(|(code, path, _)| format!("{code} {path}")).collect()
}

pub async fn revision(app: &App) -> i64 {
    app.query("{ archive { revision } }").await["archive"]["revision"].as_i64().unwrap()
}

/// The id of what a query finds.
pub async fn id(app: &App, field: &str) -> String {
    let found = app.query(&format!("{{ it: {field} {{ id }} }}")).await;
    found["it"]["id"].as_str().unwrap_or_else(|| panic!("{field}: {found}")).to_owned()
}

async fn talk(app: &App, slug: &str) -> String {
    id(app, &format!(r#"talk(edition: "conf-2025", slug: "{slug}")"#)).await
}

async fn slot(app: &App, number: i64) -> String {
    let slots = app.query(r#"{ edition(slug: "conf-2025") { schedule { id number } } }"#).await;
    let slots = slots["edition"]["schedule"].as_array().unwrap().clone();
    slots.iter().find(|slot| slot["number"] == number).unwrap()["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn an_edition_is_made_from_nothing(app: empty()) {
        let token = app.token("write").await;
        let conference = done(&app, &token, r#"createConference(input: { name: "Röst Conf", description: "One\r\ntwo" }) { conference { slug description revision } TOLD }"#).await;
        assert_eq!(conference, json!({ "conference": { "slug": "rost-conf", "description": "One\ntwo", "revision": 1 }, "revision": 1, "userErrors": [] }));
        let edition = done(&app, &token, r#"createEdition(input: { conference: "rost-conf", name: "Röst 2027", timezone: "Europe/Berlin",
            startsOn: "2027-03-01", endsOn: "2027-03-02", city: "Köln", country: "DE", capacity: 90, hashtags: ["roest"], venue: { name: "Halle", latitude: 50.9 },
            callForPapers: { closesOn: "2026-12-01" }, tickets: [{ name: "Early", price: 80, currency: "EUR" }, { name: "Student", price: 0 }] })
            { edition { slug acronym year status city hashtags venue { name latitude } callForPapers { closesOn } tickets { name price currency } } TOLD }"#).await;
        assert_eq!(edition["edition"], json!({
            "slug": "rost-2027", "acronym": "rost_2027", "year": 2027, "status": "ANNOUNCED", "city": "Köln", "hashtags": ["roest"],
            "venue": { "name": "Halle", "latitude": 50.9 }, "callForPapers": { "closesOn": "2026-12-01" },
            "tickets": [{ "name": "Early", "price": 80.0, "currency": "EUR" }, { "name": "Student", "price": 0.0, "currency": null }],
        }));
        done(&app, &token, r#"createCompany(input: { name: "ACME", kind: FOUNDATION, aliases: ["Acme Corp"] }) { company { slug kind aliases } TOLD }"#).await;
        done(&app, &token, r#"createCompany(input: { name: "Old", successor: "acme" }) { company { successor { slug } } TOLD }"#).await;
        for expected in ["ada", "ada-2"] {
            let made = done(&app, &token, r#"createSpeaker(input: { name: "Ada", biography: "Who *she* is" }) { speaker { slug } TOLD }"#).await;
            assert_eq!(made["speaker"]["slug"], expected, "a second one of a name gets a number");
        }
        done(&app, &token, r##"createTrack(input: { edition: "rost-2027", name: "Ops", color: "#E6522C" }) { track { slug color position } TOLD }"##).await;
        for (name, position) in [("Hall", "null"), ("Attic", "null"), ("Foyer", "1")] {
            done(&app, &token, &format!(r#"createRoom(input: {{ edition: "rost-2027", name: "{name}", position: {position} }}) {{ room {{ slug }} TOLD }}"#)).await;
        }
        let talk = done(&app, &token, r#"createTalk(input: { edition: "rost-2027", title: "Why?", abstract: "Because.", language: "EN", track: "ops", tags: ["scale", "Größe"],
            appearances: [{ speaker: "ada", companies: ["acme", "old"], creditedAs: "A." }, { speaker: "ada-2", role: MODERATOR }] })
            { talk { id slug kind status language track { slug } tags appearances { creditedAs role companies { slug } } } TOLD }"#).await["talk"].clone();
        assert_eq!(talk["appearances"], json!([
            { "creditedAs": "A.", "role": "SPEAKER", "companies": [{ "slug": "acme" }, { "slug": "old" }] },
            { "creditedAs": "Ada", "role": "MODERATOR", "companies": [] },
        ]));
        assert_eq!((&talk["slug"], &talk["language"], &talk["tags"]), (&json!("why"), &json!("en"), &json!(["scale", "Größe"])));
        let talk_id = talk["id"].as_str().unwrap();
        let slot = done(&app, &token, &format!(r#"scheduleSlot(input: {{ edition: "rost-2027", talk: "{talk_id}", startsAt: "2027-03-01T10:00:00+01:00", room: "hall" }})
            {{ slot {{ number title startsAt endsAt endIsEstimated room {{ slug }} talk {{ startsAt room {{ slug }} }} }} TOLD }}"#)).await;
        assert_eq!(slot["slot"], json!({
            "number": 1, "title": "Why?", "startsAt": "2027-03-01T10:00:00+01:00", "endsAt": "2027-03-01T10:30:00+01:00", "endIsEstimated": true,
            "room": { "slug": "hall" }, "talk": { "startsAt": "2027-03-01T10:00:00+01:00", "room": { "slug": "hall" } },
        }));
        let lunch = done(&app, &token, r#"scheduleSlot(input: { edition: "rost-2027", kind: MEAL, title: "Lunch", startsAt: "2027-03-01T10:20:00+01:00",
            endsAt: "2027-03-01T11:00:00+01:00", room: "The Garden", place: { name: "Outside" }, sponsors: ["acme"], isOpenEnded: true })
            { slot { number room { slug name position } place { name } sponsors { slug } isOpenEnded } TOLD }"#).await;
        assert_eq!(lunch["slot"]["room"], json!({ "slug": "the-garden", "name": "The Garden", "position": 4 }), "a room that the edition lacks is made");
        done(&app, &token, r#"setSponsors(edition: "ID", tiers: [{ name: "Gold", sponsorships: [{ company: "acme", url: "https://acme.example/" }] }], untiered: [{ company: "acme" }])
            { edition { sponsorTiers { slug rank sponsorships { company { slug } url } } sponsorships { tier { slug } } } TOLD }"#.replace("ID", &id(&app, r#"edition(slug: "rost-2027")"#).await).as_str()).await;
        done(&app, &token, r#"setInvolvements(edition: "ID", involvements: [{ person: "ada", role: ORGANIZER, note: "Everything" }, { company: "acme", role: HOST }])
            { edition { involvements { person { slug } company { slug } role note } } TOLD }"#.replace("ID", &id(&app, r#"edition(slug: "rost-2027")"#).await).as_str()).await;
        let recording = done(&app, &token, r#"addRecording(input: { provider: YOUTUBE, externalId: "aaaaaaaaaaa", title: "Why?", edition: "rost-2027", durationSeconds: 1800 }) { recording { id url kind } TOLD }"#).await;
        assert_eq!(recording["recording"]["url"], "https://www.youtube.com/watch?v=aaaaaaaaaaa");
        let recording = recording["recording"]["id"].as_str().unwrap();
        let attach = format!(r#"attachRecording(talk: "{talk_id}", recording: "{recording}", startSeconds: 5, endSeconds: 60) {{ talk {{ recordings {{ startSeconds endSeconds }} }} TOLD }}"#);
        assert_eq!(done(&app, &token, &attach).await["talk"]["recordings"], json!([{ "startSeconds": 5, "endSeconds": 60 }]));
        assert_eq!(done(&app, &token, &attach.replace("endSeconds: 60", "endSeconds: null")).await["talk"]["recordings"], json!([{ "startSeconds": 5, "endSeconds": null }]));
        let list = done(&app, &token, &format!(r#"addPlaylist(input: {{ provider: YOUTUBE, externalId: "PLxxxxxxxxxxxx", title: "All", edition: "rost-2027", recordings: ["{recording}"] }})
            {{ playlist {{ url recordings {{ externalId }} }} TOLD }}"#)).await;
        assert_eq!(list["playlist"]["recordings"], json!([{ "externalId": "aaaaaaaaaaa" }]));
        let link = done(&app, &token, &format!(r#"addLink(to: "{talk_id}", input: {{ kind: SLIDES, url: "https://example.org/s" }}) {{ link {{ id kind subject {{ __typename }} }} TOLD }}"#)).await;
        assert_eq!(link["link"]["subject"]["__typename"], "Talk");
        app.audit().await;

        let edition = app.query(r#"{ edition(slug: "rost-2027") { rooms { slug position } sponsorTiers { slug rank } sponsorships { tier { slug } }
            involvements { person { slug } company { slug } role note } schedule { number endsAt endIsEstimated } stats { talks speakers companies recordedTalks } } }"#).await["edition"].clone();
        assert_eq!(edition["rooms"], json!([{ "slug": "foyer", "position": 1 }, { "slug": "hall", "position": 2 }, { "slug": "attic", "position": 3 }, { "slug": "the-garden", "position": 4 }]));
        assert_eq!(edition["sponsorships"], json!([{ "tier": { "slug": "gold" } }, { "tier": null }]));
        assert_eq!(edition["involvements"][0], json!({ "person": { "slug": "ada" }, "company": null, "role": "ORGANIZER", "note": "Everything" }));
        assert_eq!(edition["stats"], json!({ "talks": 1, "speakers": 2, "companies": 2, "recordedTalks": 1 }));
        // What leaves as a document comes back as what it was: positions, numbers and ids are all in the format.
        let yaml = app.get("/editions/rost-2027/archive.yaml", &[]).await;
        let bearer = format!("Bearer {token}");
        let again = app.send("POST".parse().unwrap(), "/api/v1/imports?format=native", &[("Authorization", &bearer), ("Content-Type", "application/yaml")], yaml.body).await;
        assert_eq!((again.status.as_u16(), &again.json()["revision"]), (200, &Value::Null), "{}", again.body);
    }

    async fn what_is_given_is_changed_and_the_rest_stays(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let talk = talk(&app, "twice").await;
        let before = app.query(&format!(r#"{{ node(id: "{talk}") {{ ... on Talk {{ subtitle language tags track {{ slug }} appearances {{ creditedAs }} recordings {{ startSeconds }} links {{ kind }} }} }} }}"#)).await;
        let done_ = done(&app, &token, &format!(r#"updateTalk(id: "{talk}", input: {{ title: "Pears" }}) {{ talk {{ title slug revision }} TOLD }}"#)).await;
        assert_eq!(done_["talk"], json!({ "title": "Pears", "slug": "twice", "revision": done_["revision"] }));
        let after = app.query(&format!(r#"{{ node(id: "{talk}") {{ ... on Talk {{ subtitle language tags track {{ slug }} appearances {{ creditedAs }} recordings {{ startSeconds }} links {{ kind }} }} }} }}"#)).await;
        assert_eq!(before, after);
        let cleared = done(&app, &token, &format!(r#"updateTalk(id: "{talk}", input: {{ language: null, tags: null, track: null, kind: null }}) {{ talk {{ language tags track {{ slug }} kind }} TOLD }}"#)).await;
        assert_eq!(cleared["talk"], json!({ "language": null, "tags": [], "track": null, "kind": "TALK" }));
        // Nothing new is no change, and no revision.
        let last = revision(&app).await;
        let same = done(&app, &token, &format!(r#"updateTalk(id: "{talk}", input: {{ title: "Pears" }}) {{ talk {{ title }} TOLD }}"#)).await;
        assert_eq!((&same["revision"], revision(&app).await), (&cleared["revision"], last));
        let log = app.query(&format!(r#"{{ changes(since: {}) {{ changes {{ operation kind fields edition {{ slug }} }} }} }}"#, last - 2)).await;
        assert_eq!(log["changes"]["changes"], json!([
            { "operation": "UPDATED", "kind": "Talk", "fields": ["title"], "edition": { "slug": "conf-2025" } },
            { "operation": "UPDATED", "kind": "Talk", "fields": ["language", "track", "tags"], "edition": { "slug": "conf-2025" } },
        ]));
        app.audit().await;
    }

    async fn an_old_slug_keeps_leading(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let ada = id(&app, r#"speaker(slug: "ada")"#).await;
        done(&app, &token, &format!(r#"updateSpeaker(id: "{ada}", input: {{ slug: "ada-lovelace", name: "Ada L.", aliases: ["Augusta"] }}) {{ speaker {{ slug aliases }} TOLD }}"#)).await;
        for slug in ["ada", "ada-a", "ada-lovelace"] {
            assert_eq!(id(&app, &format!(r#"speaker(slug: "{slug}")"#)).await, ada);
        }
        let moved = app.get("/api/v1/speakers/ada", &[]).await;
        assert_eq!((moved.status.as_u16(), moved.header("location")), (301, "https://lectern.example/api/v1/speakers/ada-lovelace"));
        let taken = refused(&app, &token, r#"createSpeaker(input: { name: "Ada", slug: "ada" }) { speaker { slug } TOLD }"#).await;
        assert_eq!((taken[0].0.as_str(), taken[0].1.as_str()), ("TAKEN", "input.slug"), "{taken:?}");
        assert_eq!(done(&app, &token, r#"createSpeaker(input: { name: "Ada" }) { speaker { slug } TOLD }"#).await["speaker"]["slug"], "ada-2");
        // Back to what it was: an address is either the present one or leads to it.
        done(&app, &token, &format!(r#"updateSpeaker(id: "{ada}", input: {{ slug: "ada" }}) {{ speaker {{ slug }} TOLD }}"#)).await;
        assert_eq!(app.get("/api/v1/speakers/ada-lovelace", &[]).await.status, 301);
        assert_eq!(app.get("/api/v1/speakers/ada", &[]).await.status, 200);
        for (update, field) in [
            (format!(r#"updateTalk(id: "{}", input: {{ slug: "pears" }}) {{ talk {{ slug }} TOLD }}"#, talk(&app, "twice").await), r#"talk(edition: "conf-2025", slug: "twice")"#),
            (format!(r#"updateEdition(id: "{}", input: {{ slug: "conf-2525" }}) {{ edition {{ slug }} TOLD }}"#, id(&app, r#"edition(slug: "conf-25")"#).await), r#"edition(slug: "conf-2025")"#),
            (format!(r#"updateCompany(id: "{}", input: {{ slug: "acme-inc" }}) {{ company {{ slug }} TOLD }}"#, id(&app, r#"company(slug: "acme")"#).await), r#"company(slug: "acme")"#),
            (format!(r#"updateConference(id: "{}", input: {{ slug: "konf" }}) {{ conference {{ slug }} TOLD }}"#, id(&app, r#"conference(slug: "conf")"#).await), r#"conference(slug: "conf")"#),
        ] {
            let before = id(&app, field).await;
            done(&app, &token, &update).await;
            assert_eq!(id(&app, field).await, before, "{field}");
        }
        app.audit().await;
    }

    async fn everything_wrong_is_told_at_once(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let wrong = refused(&app, &token, r#"createTalk(input: { edition: "conf-2025", title: " ", slug: "Not A Slug", track: "none", tags: ["a", "a", "A", "b\nc"], blockPosition: 0,
            replaces: "00000000-0000-0000-0000-000000000000", block: "00000000-0000-0000-0000-000000000000",
            appearances: [{ speaker: "nobody" }, { speaker: "bob", companies: ["acme", "none", "acme"] }, { speaker: "bob", creditedAs: "" }] }) { talk { id } TOLD }"#).await;
        let told: Vec<String> = wrong.iter().map(|(code, path, _)| format!("{code} {path}")).collect();
        assert_eq!(told, [
            "INVALID input.slug", "NOT_FOUND input.track", "INVALID input.title", "INVALID input.blockPosition", "INVALID input.tags.1",
            "INVALID input.tags.3", "INVALID input.tags.2", "NOT_FOUND input.block", "NOT_FOUND input.replaces",
            "NOT_FOUND input.appearances.0.speaker", "NOT_FOUND input.appearances.1.companies.1", "INVALID input.appearances.1.companies.2",
            "INVALID input.appearances.2.speaker", "INVALID input.appearances.2.creditedAs",
        ], "{wrong:#?}");
        assert!(wrong[0].2.contains("not-a-slug"), "it says what would be right: {}", wrong[0].2);
        assert_eq!(codes(&app, &token, r#"createEdition(input: { conference: "none", name: "E", timezone: "UTC", slug: "conf-2025", acronym: "no", endsOn: "2027-01-01", capacity: -1, ordinal: 0,
            venue: { name: "", latitude: 91, longitude: -181 }, tickets: [{ name: "T", price: -1, currency: "EURO" }, { name: "F", price: 5 }] }) { edition { id } TOLD }"#).await, [
            "NOT_FOUND input.conference", "TAKEN input.slug", "REQUIRED input.year", "INVALID input.acronym", "INVALID input.endsOn", "INVALID input.capacity", "INVALID input.ordinal",
            "INVALID input.venue.name", "INVALID input.venue.latitude", "INVALID input.venue.longitude", "INVALID input.tickets.0.price", "INVALID input.tickets.0.currency",
            "INVALID input.tickets.0.currency", "INVALID input.tickets.1.currency",
        ]);
        let edition = id(&app, r#"edition(slug: "conf-2025")"#).await;
        assert_eq!(codes(&app, &token, &format!(r#"updateEdition(id: "{edition}", input: {{ name: null, slug: null, timezone: null, year: null, startsOn: null, replaces: "{edition}" }}) {{ edition {{ id }} TOLD }}"#)).await,
            ["REQUIRED input.slug", "INVALID input.replaces", "REQUIRED input.name", "REQUIRED input.year", "REQUIRED input.timezone", "INVALID input.endsOn"]);
        assert_eq!(codes(&app, &token, &format!(r#"setSponsors(edition: "{edition}", tiers: [{{ name: "Gold", sponsorships: [{{ company: "acme" }}, {{ company: "acme" }}] }}, {{ name: "gold", sponsorships: [{{ company: "none" }}] }}]) {{ edition {{ id }} TOLD }}"#)).await,
            ["INVALID tiers.0.sponsorships.1.company", "TAKEN tiers.1.slug", "NOT_FOUND tiers.1.sponsorships.0.company"]);
        assert_eq!(codes(&app, &token, &format!(r#"setInvolvements(edition: "{edition}", involvements: [{{ role: HOST }}, {{ person: "none", role: HOST }}]) {{ edition {{ id }} TOLD }}"#)).await,
            ["INVALID involvements.0", "NOT_FOUND involvements.1.person"]);
        assert_eq!(codes(&app, &token, r#"addRecording(input: { provider: YOUTUBE, externalId: "short", durationSeconds: -1 }) { recording { id } TOLD }"#).await,
            ["INVALID input.externalId", "INVALID input.durationSeconds"]);
        assert_eq!(codes(&app, &token, r#"addRecording(input: { provider: OTHER, externalId: "x" }) { recording { id } TOLD }"#).await, ["REQUIRED input.url"]);
        assert_eq!(codes(&app, &token, r#"addRecording(input: { provider: YOUTUBE, externalId: "aaaaaaaaaaa" }) { recording { id } TOLD }"#).await, ["TAKEN input.externalId"]);
        let acme = id(&app, r#"company(slug: "acme")"#).await;
        assert_eq!(codes(&app, &token, &format!(r#"updateCompany(id: "{acme}", input: {{ successor: "old-co" }}) {{ company {{ id }} TOLD }}"#)).await, ["INVALID input.successor"]);
        let room = app.query(r#"{ edition(slug: "conf-2025") { rooms { id } tracks { id } } }"#).await["edition"].clone();
        assert_eq!(codes(&app, &token, &format!(r#"updateRoom(id: {}, input: {{ slug: "attic", position: 0 }}) {{ room {{ id }} TOLD }}"#, room["rooms"][0]["id"])).await, ["TAKEN input.slug", "INVALID input.position"]);
        assert_eq!(codes(&app, &token, &format!(r#"updateTrack(id: {}, input: {{ color: "red" }}) {{ track {{ id }} TOLD }}"#, room["tracks"][0]["id"])).await, ["INVALID input.color"]);
        assert_eq!(codes(&app, &token, &format!(r#"addLink(to: {}, input: {{ kind: POST }}) {{ link {{ id }} TOLD }}"#, room["rooms"][0]["id"])).await, ["INVALID to"]);
        assert_eq!(codes(&app, &token, &format!(r#"addLink(to: "{acme}", input: {{ kind: POST, note: "x" }}) {{ link {{ id }} TOLD }}"#)).await, ["REQUIRED input.url"]);
        assert_eq!(codes(&app, &token, &format!(r#"updateTalk(id: "{acme}", input: {{}}) {{ talk {{ id }} TOLD }}"#)).await, ["NOT_FOUND id"], "the id of something else");
        app.audit().await;
    }

    async fn a_stale_revision_is_a_conflict(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let bob = id(&app, r#"speaker(slug: "bob")"#).await;
        let seen = app.query(r#"{ speaker(slug: "bob") { revision } }"#).await["speaker"]["revision"].as_i64().unwrap();
        let first = done(&app, &token, &format!(r#"updateSpeaker(id: "{bob}", ifRevision: {seen}, input: {{ name: "Robert" }}) {{ speaker {{ name }} TOLD }}"#)).await;
        let stale = write(&app, &token, &format!(r#"updateSpeaker(id: "{bob}", ifRevision: {seen}, input: {{ name: "Bobby", slug: "no slug" }}) {{ speaker {{ name revision }} {TOLD} }}"#)).await;
        assert_eq!(stale["speaker"], json!({ "name": "Robert", "revision": first["revision"] }), "what is there now");
        let told: Vec<(&Value, &Value)> = stale["userErrors"].as_array().unwrap().iter().map(|error| (&error["code"], &error["path"])).collect();
        assert_eq!(told, [(&json!("CONFLICT"), &json!(["ifRevision"])), (&json!("INVALID"), &json!(["input", "slug"]))]);
        for mutation in [
            format!(r#"delete(id: "{bob}", ifRevision: {seen}) {{ deletedId TOLD }}"#),
            format!(r#"setAppearances(talk: "{}", appearances: [], ifRevision: 1) {{ talk {{ id }} TOLD }}"#, talk(&app, "night").await),
            format!(r#"updateSlot(id: "{}", input: {{}}, ifRevision: 1) {{ slot {{ id }} TOLD }}"#, slot(&app, 1).await),
        ] {
            assert!(codes(&app, &token, &mutation).await.contains(&"CONFLICT ifRevision".to_owned()), "{mutation}");
        }
    }

    async fn the_mutations_of_one_request_follow_each_other(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let bob = id(&app, r#"speaker(slug: "bob")"#).await;
        let mutation = format!(
            r#"mutation {{ a: updateSpeaker(id: "{bob}", input: {{ name: "One" }}) {{ speaker {{ name }} revision }}
            b: updateSpeaker(id: "{bob}", input: {{ slug: "no slug" }}) {{ speaker {{ name }} userErrors {{ code }} }}
            c: updateSpeaker(id: "{bob}", input: {{ name: "Two" }}) {{ speaker {{ name talks {{ nodes {{ appearances {{ creditedAs }} }} }} }} revision }} }}"#
        );
        let data = app.mutate(&token, &mutation, json!({})).await.json()["data"].clone();
        assert_eq!((&data["a"]["speaker"]["name"], &data["c"]["speaker"]["name"]), (&json!("One"), &json!("Two")));
        assert_eq!(data["b"], json!({ "speaker": null, "userErrors": [{ "code": "INVALID" }] }));
        assert_eq!(data["c"]["revision"].as_i64().unwrap(), data["a"]["revision"].as_i64().unwrap() + 1);
        assert!(data["c"]["speaker"]["talks"]["nodes"][0]["appearances"].to_string().contains("Two"), "nothing read before is told again: {data}");
    }

    async fn who_may_not_is_refused(app: archive(seed::weekend)) {
        let mutation = r#"mutation { createConference(input: { name: "Other" }) { conference { id } } }"#;
        let anonymous = app.ask(mutation, json!({})).await;
        assert!(anonymous["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED" && anonymous.get("data").is_none(), "{anonymous}");
        for accept in ["application/json", "application/graphql-response+json"] {
            let answer = app.post(&json!({ "query": mutation }), accept).await;
            assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer realm=\"lectern\""));
        }
        let wrong = app.mutate("lectern_nothing_nothing", mutation, json!({})).await;
        assert_eq!((wrong.status.as_u16(), &wrong.json()["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
        let only = app.token("write:conf").await;
        let refused = app.mutate(&only, mutation, json!({})).await;
        assert_eq!(refused.status, 403);
        let refused = refused.json();
        assert_eq!((&refused["data"], &refused["errors"][0]["extensions"]["code"]), (&Value::Null, &json!("FORBIDDEN")), "{refused}");
        // Where something was written before, the request was not refused.
        let some = app.mutate(&only, r#"mutation { a: createSpeaker(input: { name: "A" }) { revision } b: createConference(input: { name: "Other" }) { revision } }"#, json!({})).await;
        assert_eq!((some.status.as_u16(), &some.json()["errors"][0]["path"]), (200, &json!(["b"])), "{}", some.body);
        // Its own conference, and people, who belong to all.
        done(&app, &only, &format!(r#"updateTalk(id: "{}", input: {{ title: "Pears" }}) {{ talk {{ id }} TOLD }}"#, talk(&app, "twice").await)).await;
        done(&app, &only, &format!(r#"updateSpeaker(id: "{}", input: {{ name: "Robert" }}) {{ speaker {{ id }} TOLD }}"#, id(&app, r#"speaker(slug: "bob")"#).await)).await;
        let all = app.token("write").await;
        done(&app, &all, r#"createConference(input: { name: "Other" }) { conference { id } TOLD }"#).await;
        let edition = r#"createEdition(input: { conference: "other", name: "Other 1", timezone: "UTC", year: 2027 }) { edition { id } TOLD }"#;
        let answer = app.mutate(&only, &format!("mutation {{ {} }}", edition.replace("TOLD", TOLD)), json!({})).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
        done(&app, &all, edition).await;
        let last = revision(&app).await;
        for foreign in [
            r#"createTalk(input: { edition: "other-1", title: "X" }) { talk { id } TOLD }"#.to_owned(),
            r#"scheduleSlot(input: { edition: "other-1", kind: BREAK, title: "X", startsAt: "2027-01-01T10:00:00Z" }) { slot { id } TOLD }"#.to_owned(),
            format!(r#"addLink(to: "{}", input: {{ kind: POST, title: "x" }}) {{ link {{ id }} TOLD }}"#, id(&app, r#"edition(slug: "other-1")"#).await),
            format!(r#"delete(id: "{}") {{ deletedId TOLD }}"#, id(&app, r#"edition(slug: "other-1")"#).await),
            format!(r#"updateConference(id: "{}", input: {{ name: "Mine" }}) {{ conference {{ id }} TOLD }}"#, id(&app, r#"conference(slug: "other")"#).await),
        ] {
            let answer = app.mutate(&only, &format!("mutation {{ {} }}", foreign.replace("TOLD", TOLD)), json!({})).await.json();
            assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{foreign}: {answer}");
        }
        assert_eq!(revision(&app).await, last);
        app.audit().await;
    }

    async fn what_is_in_use_stays(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let edition = app.query(r#"{ edition(slug: "conf-2025") { id conference { id } rooms { id slug } tracks { id } playlists { id } recordings { nodes { id externalId } } } }"#).await["edition"].clone();
        let rooms = edition["rooms"].as_array().unwrap();
        let recordings = edition["recordings"]["nodes"].as_array().unwrap();
        let recording = |external: &str| recordings.iter().find(|one| one["externalId"] == external).unwrap()["id"].clone();
        for (thing, why) in [
            (edition["conference"]["id"].clone(), "editions: 1"),
            (edition["id"].clone(), "talks: 9, slots: 8, rooms: 2, tracks: 1"),
            (rooms[0]["id"].clone(), "slots: 3"),
            (edition["tracks"][0]["id"].clone(), "talks: 1"),
            (json!(id(&app, r#"speaker(slug: "ada")"#).await), "appearances: 3"),
            (json!(id(&app, r#"company(slug: "acme")"#).await), "appearances: 2, sponsorships: 1, sponsored slots: 1, predecessors: 1"),
            (json!(talk(&app, "round").await), "slots: 1, talks given in it: 2"),
            (json!(talk(&app, "taken-back").await), "talks in its place: 1"),
            (recording("aaaaaaaaaaa"), "talks: 1, playlists: 1"),
        ] {
            let told = refused(&app, &token, &format!("delete(id: {thing}) {{ deletedId TOLD }}")).await;
            assert_eq!((told[0].0.as_str(), told[0].1.as_str()), ("IN_USE", "id"));
            assert!(told[0].2.contains(why), "{}", told[0].2);
        }
        assert_eq!(codes(&app, &token, r#"delete(id: "00000000-0000-0000-0000-000000000000") { deletedId TOLD }"#).await, ["NOT_FOUND id"]);
        // A conference goes with the tokens that are for it alone; what is refused costs none.
        let other = done(&app, &token, r#"createConference(input: { name: "Other" }) { conference { id } TOLD }"#).await["conference"]["id"].clone();
        let (theirs, ours) = (app.token("write:other").await, app.token("write:conf").await);
        done(&app, &theirs, &format!("delete(id: {other}) {{ deletedId TOLD }}")).await;
        let gone = app.mutate(&theirs, r#"mutation { createSpeaker(input: { name: "X" }) { revision } }"#, json!({})).await;
        assert_eq!(gone.status, 401);
        assert_eq!(codes(&app, &ours, &format!("delete(id: {}) {{ deletedId TOLD }}", edition["conference"]["id"])).await, ["IN_USE id"]);
        done(&app, &ours, r#"createSpeaker(input: { name: "Y" }) { speaker { id } TOLD }"#).await;
        // What nothing stands on goes, with its own links, and is told as gone.
        for thing in [slot(&app, 7).await, slot(&app, 3).await, edition["playlists"][0]["id"].as_str().unwrap().to_owned(), talk(&app, "twice").await] {
            let gone = done(&app, &token, &format!(r#"delete(id: "{thing}") {{ deletedId TOLD }}"#)).await;
            assert_eq!(gone["deletedId"], json!(thing));
            assert_eq!(app.query(&format!(r#"{{ node(id: "{thing}") {{ id }} }}"#)).await["node"], Value::Null);
            let log = app.query(&format!("{{ changes(since: {}) {{ changes {{ operation nodeId revision }} }} }}", gone["revision"].as_i64().unwrap() - 1)).await;
            assert_eq!(log["changes"]["changes"][0], json!({ "operation": "DELETED", "nodeId": thing, "revision": gone["revision"] }));
        }
        done(&app, &token, &format!("delete(id: {}) {{ deletedId TOLD }}", recording("aaaaaaaaaaa"))).await;
        let made = done(&app, &token, r#"createRoom(input: { edition: "conf-2025", name: "New", position: 1 }) { room { id } TOLD }"#).await;
        done(&app, &token, &format!("delete(id: {}) {{ deletedId TOLD }}", made["room"]["id"])).await;
        let rooms = app.query(r#"{ edition(slug: "conf-2025") { rooms { slug position } } }"#).await;
        assert_eq!(rooms["edition"]["rooms"], json!([{ "slug": "hall", "position": 1 }, { "slug": "attic", "position": 2 }]), "no gap is left");
        app.audit().await;
    }

    async fn links_keep_their_order(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let talk = talk(&app, "twice").await;
        let links = app.query(&format!(r#"{{ node(id: "{talk}") {{ ... on Talk {{ links {{ id kind }} }} }} }}"#)).await["node"]["links"].clone();
        let made = done(&app, &token, &format!(r#"addLink(to: "{talk}", input: {{ kind: VIDEO, url: "https://example.org/v", note: "Two\nlines", publishedOn: "2025-11-01" }}) {{ link {{ id }} TOLD }}"#)).await;
        done(&app, &token, &format!("delete(id: {}) {{ deletedId TOLD }}", links[0]["id"])).await;
        let updated = done(&app, &token, &format!(r#"updateLink(id: {}, input: {{ title: "Seen", note: null, publishedAt: "2025-11-01T10:00:00+01:00" }}) {{ link {{ kind url title note publishedOn publishedAt }} TOLD }}"#, made["link"]["id"])).await;
        assert_eq!(updated["link"], json!({ "kind": "VIDEO", "url": "https://example.org/v", "title": "Seen", "note": null, "publishedOn": "2025-11-01", "publishedAt": "2025-11-01T09:00:00+00:00" }));
        let kinds = app.query(&format!(r#"{{ node(id: "{talk}") {{ ... on Talk {{ links {{ kind }} }} }} }}"#)).await["node"]["links"].clone();
        assert_eq!(kinds, json!([{ "kind": "ARTICLE" }, { "kind": "VIDEO" }]));
        assert_eq!(codes(&app, &token, &format!("updateLink(id: {}, input: {{ url: null, title: null, kind: null }}) {{ link {{ id }} TOLD }}", made["link"]["id"])).await, ["REQUIRED input.kind", "REQUIRED input.url"]);
        app.audit().await;
    }
}
