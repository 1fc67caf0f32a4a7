//! Two records of one person or company become one.

use serde_json::{Value, json};

use super::mutations::{TOLD, done, id, revision, write};
use crate::support::{
    app::{App, archive, on_both},
    seed,
};

async fn refused(app: &App, token: &str, mutation: &str) -> Value {
    write(app, token, &mutation.replace("TOLD", TOLD)).await["userErrors"].clone()
}

/// Ada and Bob are both in "twice", and each alone in others. Bob has a link, an office, a biography and a former slug,
/// and some of that Ada has too.
async fn two_people(app: &App, token: &str) -> (String, String) {
    let (ada, bob) = (id(app, r#"speaker(slug: "ada")"#).await, id(app, r#"speaker(slug: "bob")"#).await);
    let edition = id(app, r#"edition(slug: "conf-2025")"#).await;
    done(
        app,
        token,
        &format!(r#"updateSpeaker(id: "{bob}", input: {{ slug: "robert", biography: "Who he is" }}) {{ speaker {{ id }} TOLD }}"#),
    )
    .await;
    for person in [&bob, &ada] {
        done(
            app,
            token,
            &format!(r#"addLink(to: "{person}", input: {{ kind: WEBSITE, url: "https://example.org/" }}) {{ link {{ id }} TOLD }}"#),
        )
        .await;
    }
    done(
        app,
        token,
        &format!(r#"addLink(to: "{bob}", input: {{ kind: REPOSITORY, url: "https://example.org/bob" }}) {{ link {{ id }} TOLD }}"#),
    )
    .await;
    done(app, token, &format!(r#"setInvolvements(edition: "{edition}", involvements: [{{ person: "robert", role: HOST, note: "Bar" }}, {{ person: "ada", role: HOST }}, {{ person: "robert", role: VOLUNTEER }}]) {{ edition {{ id }} TOLD }}"#)).await;
    (ada, bob)
}

on_both! {
    async fn a_person_is_one(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let (ada, bob) = two_people(&app, &token).await;
        let last = revision(&app).await;
        let content = app.query(r#"{ edition(slug: "conf-2025") { contentRevision } }"#).await["edition"]["contentRevision"].as_i64().unwrap();
        let merged = done(&app, &token, &format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id slug name aliases biography links {{ url }} involvements {{ role note }} talks {{ totalCount nodes {{ slug }} }} }} TOLD }}"#)).await;
        assert_eq!(merged["speaker"], json!({
            "id": ada, "slug": "ada", "name": "Ada Ångström", "aliases": ["A. Angstrom", "Bob"], "biography": "Who he is",
            "links": [{ "url": "https://example.org/" }, { "url": "https://example.org/bob" }],
            "involvements": [{ "role": "HOST", "note": "Bar" }, { "role": "VOLUNTEER", "note": null }],
            "talks": { "totalCount": 4, "nodes": [{ "slug": "twice" }, { "slug": "night" }, { "slug": "flash-a" }, { "slug": "flash-b" }] },
        }));
        let stages = app.query(r#"{ twice: talk(edition: "conf-2025", slug: "twice") { appearances { creditedAs role companies { slug } } } night: talk(edition: "conf-2025", slug: "night") { appearances { creditedAs companies { slug } } } }"#).await;
        assert_eq!(stages["twice"]["appearances"], json!([{ "creditedAs": "Ada A.", "role": "SPEAKER", "companies": [{ "slug": "old-co" }] }]));
        assert_eq!(stages["night"]["appearances"], json!([{ "creditedAs": "Bob", "companies": [{ "slug": "acme" }] }]), "as it was printed");
        // Everything that led to Bob leads to Ada.
        for slug in ["bob", "robert"] {
            assert_eq!(id(&app, &format!(r#"speaker(slug: "{slug}")"#)).await, ada);
            let moved = app.get(&format!("/api/v1/speakers/{slug}"), &[]).await;
            assert_eq!((moved.status.as_u16(), moved.header("location")), (301, "https://lectern.example/api/v1/speakers/ada"));
        }
        assert_eq!(app.query(&format!(r#"{{ node(id: "{bob}") {{ id }} }}"#)).await["node"]["id"], json!(ada));
        assert_eq!(app.get(&format!("/api/v1/speakers/{bob}"), &[]).await.status, 301);
        assert_eq!(app.query(r#"{ speakers(filter: { nameContains: "bob" }) { nodes { slug } } }"#).await["speakers"]["nodes"], json!([{ "slug": "ada" }]));
        let log = app.query(&format!("{{ changes(since: {last}) {{ changes {{ operation kind nodeId mergedInto }} }} }}")).await["changes"]["changes"].clone();
        let log = log.as_array().unwrap();
        assert_eq!(log.last().unwrap(), &json!({ "operation": "MERGED", "kind": "Speaker", "nodeId": bob, "mergedInto": ada }));
        assert!(app.query(r#"{ edition(slug: "conf-2025") { contentRevision } }"#).await["edition"]["contentRevision"].as_i64().unwrap() > content);
        app.audit().await;
        // An edit by the old id is one of the person.
        let edited = done(&app, &token, &format!(r#"updateSpeaker(id: "{bob}", input: {{ pronouns: "she" }}) {{ speaker {{ id pronouns }} TOLD }}"#)).await;
        assert_eq!(edited["speaker"], json!({ "id": ada, "pronouns": "she" }));
        assert_eq!(refused(&app, &token, &format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} TOLD }}"#)).await[0]["code"], "INVALID");
        assert_eq!(refused(&app, &token, &format!(r#"delete(id: "{bob}") {{ deletedId TOLD }}"#)).await[0]["code"], "NOT_FOUND");
        let yaml = app.get("/editions/conf-2025/archive.yaml", &[]).await.body;
        let bearer = format!("Bearer {token}");
        let again = app.send("POST".parse().unwrap(), "/api/v1/imports?format=native", &[("Authorization", &bearer), ("Content-Type", "application/yaml")], yaml).await;
        assert_eq!(again.json()["revision"], Value::Null, "merged ids and former slugs are in the format: {}", again.body);
    }

    async fn a_company_is_one(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let (acme, old) = (id(&app, r#"company(slug: "acme")"#).await, id(&app, r#"company(slug: "old-co")"#).await);
        let edition = id(&app, r#"edition(slug: "conf-2025")"#).await;
        done(&app, &token, r#"createCompany(input: { name: "Older", successor: "old-co", websiteUrl: "https://older.example/" }) { company { id } TOLD }"#).await;
        done(&app, &token, &format!(r#"updateTalk(id: "{}", input: {{ subtitle: "x" }}) {{ talk {{ id }} TOLD }}"#, id(&app, r#"talk(edition: "conf-2025", slug: "twice")"#).await)).await;
        done(&app, &token, &format!(r#"setAppearances(talk: "{}", appearances: [{{ speaker: "ada", companies: ["old-co", "acme"] }}]) {{ talk {{ id }} TOLD }}"#, id(&app, r#"talk(edition: "conf-2025", slug: "twice")"#).await)).await;
        done(&app, &token, &format!(r#"setSponsors(edition: "{edition}", tiers: [{{ name: "Gold", sponsorships: [{{ company: "acme" }}, {{ company: "old-co", url: "https://old.example/" }}] }}], untiered: [{{ company: "old-co" }}]) {{ edition {{ id }} TOLD }}"#)).await;
        let merged = done(&app, &token, &format!(r#"mergeCompanies(from: "{old}", into: "{acme}") {{ company {{ slug aliases successor {{ slug }} predecessors {{ slug }} talks {{ totalCount }} sponsorships {{ tier {{ slug }} url }} }} TOLD }}"#)).await;
        assert_eq!(merged["company"], json!({
            "slug": "acme", "aliases": ["Acme Corp", "Old Co"], "successor": null, "predecessors": [{ "slug": "older" }], "talks": { "totalCount": 2 },
            "sponsorships": [{ "tier": { "slug": "gold" }, "url": "https://old.example/" }, { "tier": null, "url": null }],
        }));
        let stage = app.query(r#"{ talk(edition: "conf-2025", slug: "twice") { appearances { companies { slug } } } }"#).await;
        assert_eq!(stage["talk"]["appearances"], json!([{ "companies": [{ "slug": "acme" }] }]), "said once");
        assert_eq!(app.get("/api/v1/companies/old-co", &[]).await.status, 301);
        assert_eq!(app.query(&format!(r#"{{ node(id: "{old}") {{ __typename id }} }}"#)).await["node"], json!({ "__typename": "Company", "id": acme }));
        app.audit().await;
    }

    async fn a_token_for_one_conference_does_not_merge_over_others(app: archive(seed::weekend)) {
        let (all, only) = (app.token("write").await, app.token("write:conf").await);
        done(&app, &all, r#"createConference(input: { name: "Other" }) { conference { id } TOLD }"#).await;
        done(&app, &all, r#"createEdition(input: { conference: "other", name: "Other 1", timezone: "UTC", year: 2027 }) { edition { id } TOLD }"#).await;
        done(&app, &all, r#"createTalk(input: { edition: "other-1", title: "T", appearances: [{ speaker: "crew" }] }) { talk { id } TOLD }"#).await;
        let (ada, crew, bob) = (id(&app, r#"speaker(slug: "ada")"#).await, id(&app, r#"speaker(slug: "crew")"#).await, id(&app, r#"speaker(slug: "bob")"#).await);
        let answer = app.mutate(&only, &format!(r#"mutation {{ mergeSpeakers(from: "{crew}", into: "{ada}") {{ revision }} }}"#), json!({})).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
        done(&app, &only, &format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} TOLD }}"#)).await;
        app.audit().await;
    }

    async fn a_wrong_merge_is_undone(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let (ada, bob) = two_people(&app, &token).await;
        let yaml = async || app.get("/editions/conf-2025/archive.yaml", &[]).await.body;
        let before = yaml().await;
        let merge = format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} TOLD }}"#);
        done(&app, &token, &merge).await;
        assert_ne!(yaml().await, before);
        let undone = app.unmerge("robert").await.unwrap();
        assert!(undone.left.is_empty() && undone.report.created["Speaker"] == 1 && undone.report.created["Link"] == 1, "{undone:?}");
        assert_eq!(yaml().await, before, "everything is as it was");
        assert_eq!(id(&app, r#"speaker(slug: "bob")"#).await, bob);
        assert_eq!(app.get("/api/v1/speakers/bob", &[]).await.header("location"), "https://lectern.example/api/v1/speakers/robert");
        app.audit().await;
        assert!(app.unmerge("robert").await.unwrap_err().contains("nothing of the id or slug \"robert\" was merged"));

        // What was changed since the merge is kept: moved back where that can be told, else left and named.
        done(&app, &token, &merge).await;
        let talk = async |slug: &str| id(&app, &format!(r#"talk(edition: "conf-2025", slug: "{slug}")"#)).await;
        let (night, twice) = (talk("night").await, talk("twice").await);
        done(&app, &token, &format!(r#"setAppearances(talk: "{night}", appearances: [{{ speaker: "ada", role: HOST }}]) {{ talk {{ id }} TOLD }}"#)).await;
        done(&app, &token, &format!(r#"setAppearances(talk: "{twice}", appearances: [{{ speaker: "ada", role: HOST }}]) {{ talk {{ id }} TOLD }}"#)).await;
        done(&app, &token, &format!(r#"updateSpeaker(id: "{ada}", input: {{ biography: "Who she is", aliases: ["Bob", "A. Angstrom", "Augusta"] }}) {{ speaker {{ id }} TOLD }}"#)).await;
        let left = app.unmerge(&bob).await.unwrap().left;
        assert_eq!(left, [format!("Speaker {ada}: biography was changed since, and stays as it is"), format!("Talk {twice}: appearances were changed since, and stay as they are")]);
        let found = app.query(r#"{ night: talk(edition: "conf-2025", slug: "night") { appearances { role speaker { slug } } } ada: speaker(slug: "ada") { biography aliases } bob: speaker(slug: "bob") { slug aliases biography } }"#).await;
        assert_eq!(found, json!({
            "night": { "appearances": [{ "role": "HOST", "speaker": { "slug": "robert" } }] },
            "ada": { "biography": "Who she is", "aliases": ["A. Angstrom", "Augusta"] },
            "bob": { "slug": "robert", "aliases": [], "biography": "Who he is" },
        }));
        app.audit().await;
    }

    async fn a_wrong_merge_of_companies_is_undone(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let (acme, old) = (id(&app, r#"company(slug: "acme")"#).await, id(&app, r#"company(slug: "old-co")"#).await);
        done(&app, &token, r#"createCompany(input: { name: "Older", successor: "old-co" }) { company { id } TOLD }"#).await;
        let edition = id(&app, r#"edition(slug: "conf-2025")"#).await;
        done(&app, &token, &format!(r#"setSponsors(edition: "{edition}", tiers: [{{ name: "Gold", sponsorships: [{{ company: "acme" }}, {{ company: "old-co", url: "https://old.example/" }}] }}], untiered: [{{ company: "old-co" }}]) {{ edition {{ id }} TOLD }}"#)).await;
        let before = app.get("/editions/conf-2025/archive.yaml", &[]).await.body;
        done(&app, &token, &format!(r#"mergeCompanies(from: "{old}", into: "{acme}") {{ company {{ id }} TOLD }}"#)).await;
        assert!(app.unmerge("old-co").await.unwrap().left.is_empty());
        assert_eq!(app.get("/editions/conf-2025/archive.yaml", &[]).await.body, before);
        let older = app.query(r#"{ company(slug: "older") { successor { slug successor { slug } } } }"#).await;
        assert_eq!(older["company"]["successor"], json!({ "slug": "old-co", "successor": { "slug": "acme" } }));
        app.audit().await;
    }

    async fn what_was_named_since_stays_what_it_is(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let (ada, bob) = two_people(&app, &token).await;
        done(&app, &token, &format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} TOLD }}"#)).await;
        done(&app, &token, &format!(r#"updateSpeaker(id: "{ada}", input: {{ slug: "bob" }}) {{ speaker {{ id }} TOLD }}"#)).await;
        assert_eq!(app.unmerge("robert").await.unwrap().left, ["Speaker: the former slug bob leads to another one now, and is left out"]);
        assert_eq!(id(&app, r#"speaker(slug: "bob")"#).await, ada);
        // What a company became was merged, or deleted, or became that company.
        let acme = id(&app, r#"company(slug: "acme")"#).await;
        let mut others = Vec::new();
        for (name, successor) in [("Next", ""), ("After", ""), ("One", "next"), ("Two", "one")] {
            let successor = if successor.is_empty() { String::new() } else { format!(r#", successor: "{successor}""#) };
            let made = done(&app, &token, &format!(r#"createCompany(input: {{ name: "{name}"{successor} }}) {{ company {{ id }} TOLD }}"#)).await;
            others.push(made["company"]["id"].as_str().unwrap().to_owned());
        }
        let merge = async |from: &str, into: &str| _ = done(&app, &token, &format!(r#"mergeCompanies(from: "{from}", into: "{into}") {{ company {{ id }} TOLD }}"#)).await;
        let became = async |slug: &str| app.query(&format!(r#"{{ company(slug: "{slug}") {{ successor {{ slug }} }} }}"#)).await["company"]["successor"]["slug"].clone();
        merge(&others[2], &acme).await;
        merge(&others[0], &others[1]).await;
        app.unmerge("one").await.unwrap();
        assert_eq!((became("one").await, became("two").await), (json!("after"), json!("one")));
        merge(&others[2], &acme).await;
        done(&app, &token, &format!(r#"updateCompany(id: "{acme}", input: {{ successor: null }}) {{ company {{ id }} TOLD }}"#)).await;
        done(&app, &token, &format!(r#"updateCompany(id: "{}", input: {{ successor: "two" }}) {{ company {{ id }} TOLD }}"#, others[1])).await;
        let left = app.unmerge("one").await.unwrap().left;
        assert!(left.iter().any(|left| left.contains("successor")), "{left:?}");
        assert_eq!((became("one").await, became("two").await, became("after").await), (Value::Null, json!("one"), json!("two")));
        app.audit().await;
    }

    async fn what_was_merged_comes_back_with_an_older_document(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let (ada, bob) = two_people(&app, &token).await;
        let bearer = format!("Bearer {token}");
        let import = async |yaml: String| {
            let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/yaml")];
            app.send("POST".parse().unwrap(), "/api/v1/imports?format=native", &headers, yaml).await
        };
        let yaml = async || app.get("/editions/conf-2025/archive.yaml", &[]).await.body;
        let before = yaml().await;
        done(&app, &token, &format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} TOLD }}"#)).await;
        // Who it became is not told, so it goes on leading there.
        let alone = format!("conferences: []\ncompanies: []\neditions: []\nspeakers:\n  - slug: someone\n    name: Someone\n    id: {bob}\n");
        let refused = import(alone).await;
        assert!(refused.status == 400 && refused.body.contains("which it was merged into"), "{}", refused.body);
        let back = import(before).await;
        assert!(back.status == 200 && back.json()["created"]["Speaker"] == 1, "{}", back.body);
        assert_eq!(app.query(&format!(r#"{{ node(id: "{bob}") {{ ... on Speaker {{ id slug }} }} }}"#)).await["node"], json!({ "id": bob, "slug": "robert" }));
        assert_eq!(import(yaml().await).await.json()["revision"], Value::Null);
        app.audit().await;
    }

    async fn no_company_becomes_itself_by_a_merge(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        let mut made = Vec::new();
        for (name, successor) in [("Last", "acme"), ("Middle", "last"), ("First", "middle")] {
            let company = done(&app, &token, &format!(r#"createCompany(input: {{ name: "{name}", successor: "{successor}" }}) {{ company {{ id }} TOLD }}"#)).await;
            made.push(company["company"]["id"].clone());
        }
        let merged = done(&app, &token, &format!("mergeCompanies(from: {}, into: {}) {{ company {{ slug successor {{ slug }} predecessors {{ slug }} }} TOLD }}", made[0], made[2])).await;
        assert_eq!(merged["company"], json!({ "slug": "first", "successor": { "slug": "acme" }, "predecessors": [{ "slug": "middle" }] }));
        app.unmerge("last").await.unwrap();
        let first = app.query(r#"{ company(slug: "first") { successor { slug successor { slug successor { slug } } } } }"#).await["company"]["successor"].clone();
        assert_eq!(first, json!({ "slug": "middle", "successor": { "slug": "last", "successor": { "slug": "acme" } } }));
        app.audit().await;
    }
}
