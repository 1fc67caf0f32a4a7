//! Two records of one person or company become one.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, without_point},
    editor::{Editor, codes},
    seed,
};

/// Makes Ada and Bob alike; answers their ids. Both are in "twice", and each alone in others. Bob has links, offices, a
/// biography and a former slug, and Ada has some of these, too.
async fn two_people(editor: &Editor<'_>) -> (String, String) {
    let app = editor.app;
    let (ada, bob) = (app.id(r#"speaker(slug: "ada")"#).await, app.id(r#"speaker(slug: "bob")"#).await);
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    editor
        .edit(&format!(
            r#"updateSpeaker(id: "{bob}", input: {{ slug: "robert", biography: "Who he is" }}) {{ speaker {{ id }} }}"#
        ))
        .await;
    for person in [&bob, &ada] {
        editor
            .edit(&format!(
                r#"addLink(to: "{person}", input: {{ kind: WEBSITE, url: "https://example.org/" }}) {{
                    link {{ id }}
                }}"#
            ))
            .await;
    }
    editor
        .edit(&format!(
            r#"addLink(to: "{bob}", input: {{ kind: REPOSITORY, url: "https://example.org/bob" }}) {{ link {{ id }} }}"#
        ))
        .await;
    editor
        .edit(&format!(
            r#"setInvolvements(edition: "{edition}", involvements: [
                {{ person: "robert", role: HOST, note: "Bar" }},
                {{ person: "ada", role: HOST }},
                {{ person: "robert", role: VOLUNTEER }}
            ]) {{ edition {{ id }} }}"#
        ))
        .await;
    (ada, bob)
}

/// The weekend in Lectern's own format.
/// The edition's document, without the point in the log.
async fn yaml(app: &App) -> String {
    without_point(&app.get("/editions/conf-2025/archive.yaml", &[]).await.body).to_owned()
}

async fn content_revision(app: &App) -> i64 {
    let data = app.query(r#"{ edition(slug: "conf-2025") { contentRevision } }"#).await;
    data["edition"]["contentRevision"].as_i64().unwrap()
}

#[on_both_databases]
#[actix_web::test]
async fn a_person_is_one(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let (ada, bob) = two_people(&editor).await;
    let last = app.revision().await;
    let content_before = content_revision(&app).await;

    let merged = editor
        .edit(&format!(
            r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{
                speaker {{
                    id slug name aliases biography links {{ url }} involvements {{ role note }}
                    talks {{ totalCount nodes {{ slug }} }}
                }}
            }}"#
        ))
        .await;
    assert_eq!(
        merged["speaker"],
        json!({
            "id": ada, "slug": "ada", "name": "Ada Ångström", "aliases": ["A. Angstrom", "Bob"],
            "biography": "Who he is",
            "links": [{ "url": "https://example.org/" }, { "url": "https://example.org/bob" }],
            "involvements": [{ "role": "HOST", "note": "Bar" }, { "role": "VOLUNTEER", "note": null }],
            "talks": {
                "totalCount": 4,
                "nodes": [{ "slug": "twice" }, { "slug": "night" }, { "slug": "flash-a" }, { "slug": "flash-b" }],
            },
        })
    );

    // Their appearances are as they were printed, and one where both were in a talk.
    let talks = app
        .query(
            r#"{
                twice: talk(edition: "conf-2025", slug: "twice") {
                    appearances { creditedAs role companies { slug } }
                }
                night: talk(edition: "conf-2025", slug: "night") { appearances { creditedAs companies { slug } } }
            }"#,
        )
        .await;
    assert_eq!(
        talks["twice"]["appearances"],
        json!([{ "creditedAs": "Ada A.", "role": "SPEAKER", "companies": [{ "slug": "old-co" }] }])
    );
    assert_eq!(talks["night"]["appearances"], json!([{ "creditedAs": "Bob", "companies": [{ "slug": "acme" }] }]));

    // Everything that led to Bob leads to Ada.
    for slug in ["bob", "robert"] {
        assert_eq!(app.id(&format!(r#"speaker(slug: "{slug}")"#)).await, ada);
        let moved = app.get(&format!("/api/v1/speakers/{slug}"), &[]).await;
        assert_eq!(
            (moved.status.as_u16(), moved.header("location")),
            (301, "https://lectern.example/api/v1/speakers/ada")
        );
    }
    assert_eq!(app.query(&format!(r#"{{ node(id: "{bob}") {{ id }} }}"#)).await["node"]["id"], json!(ada));
    assert_eq!(app.get(&format!("/api/v1/speakers/{bob}"), &[]).await.status, 301);
    assert_eq!(
        app.query(r#"{ speakers(filter: { nameContains: "bob" }) { nodes { slug } } }"#).await["speakers"]["nodes"],
        json!([{ "slug": "ada" }])
    );
    let log = app
        .query(&format!("{{ changes(since: {last}) {{ changes {{ operation kind nodeId mergedInto }} }} }}"))
        .await["changes"]["changes"]
        .clone();
    let log = log.as_array().unwrap();
    assert_eq!(
        log.last().unwrap(),
        &json!({ "operation": "MERGED", "kind": "Speaker", "nodeId": bob, "mergedInto": ada })
    );
    assert!(content_revision(&app).await > content_before);
    app.audit().await;

    // An edit by the old id is an edit of the one who is left.
    let edited = editor
        .edit(&format!(r#"updateSpeaker(id: "{bob}", input: {{ pronouns: "she" }}) {{ speaker {{ id pronouns }} }}"#))
        .await;
    assert_eq!(edited["speaker"], json!({ "id": ada, "pronouns": "she" }));
    assert_eq!(
        editor.rejection(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await[0]
            .code,
        "INVALID"
    );
    assert_eq!(editor.rejection(&format!(r#"delete(id: "{bob}") {{ deletedId }}"#)).await[0].code, "NOT_FOUND");

    // Merged ids and former slugs are in the format: what is exported changes nothing when it is imported.
    let import = app.import(&editor.token, "application/yaml", yaml(&app).await).await;
    assert_eq!(import.json()["revision"], Value::Null, "{}", import.body);
}

#[on_both_databases]
#[actix_web::test]
async fn a_company_is_one(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let (acme, old) = (app.id(r#"company(slug: "acme")"#).await, app.id(r#"company(slug: "old-co")"#).await);
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    editor
        .edit(
            r#"createCompany(input: {
                name: "Older", successor: "old-co", websiteUrl: "https://older.example/"
            }) { company { id } }"#,
        )
        .await;
    let twice = app.talk_id("twice").await;
    editor.edit(&format!(r#"updateTalk(id: "{twice}", input: {{ subtitle: "x" }}) {{ talk {{ id }} }}"#)).await;
    editor
        .edit(&format!(
            r#"setAppearances(talk: "{twice}", appearances: [
                {{ speaker: "ada", companies: ["old-co", "acme"] }}
            ]) {{ talk {{ id }} }}"#
        ))
        .await;
    editor
        .edit(&format!(
            r#"setSponsors(
        edition: "{edition}",
        tiers: [
            {{
                name: "Gold",
                sponsorships: [{{ company: "acme" }}, {{ company: "old-co", url: "https://old.example/" }}]
            }}
        ],
        untiered: [{{ company: "old-co" }}]
    ) {{ edition {{ id }} }}"#
        ))
        .await;
    let merged = editor
        .edit(&format!(
            r#"mergeCompanies(from: "{old}", into: "{acme}") {{
                company {{
                    slug aliases successor {{ slug }} predecessors {{ slug }} talks {{ totalCount }}
                    sponsorships {{ tier {{ slug }} url }}
                }}
            }}"#
        ))
        .await;
    assert_eq!(
        merged["company"],
        json!({
            "slug": "acme", "aliases": ["Acme Corp", "Old Co"], "successor": null,
            "predecessors": [{ "slug": "older" }], "talks": { "totalCount": 2 },
            "sponsorships": [
                { "tier": { "slug": "gold" }, "url": "https://old.example/" },
                { "tier": null, "url": null },
            ],
        })
    );
    let talk =
        app.query(r#"{ talk(edition: "conf-2025", slug: "twice") { appearances { companies { slug } } } }"#).await;
    assert_eq!(talk["talk"]["appearances"], json!([{ "companies": [{ "slug": "acme" }] }]), "named once");
    assert_eq!(app.get("/api/v1/companies/old-co", &[]).await.status, 301);
    assert_eq!(
        app.query(&format!(r#"{{ node(id: "{old}") {{ __typename id }} }}"#)).await["node"],
        json!({ "__typename": "Company", "id": acme })
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_token_for_one_conference_does_not_merge_over_others(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let (editor, conf_editor) = (app.editor("write").await, app.editor("write:conf").await);
    editor.edit(r#"createConference(input: { name: "Other" }) { conference { id } }"#).await;
    editor
        .edit(
            r#"createEdition(input: {
                conference: "other", name: "Other 1", timezone: "UTC", year: 2027
            }) { edition { id } }"#,
        )
        .await;
    editor.edit(
        r#"createTalk(input: { edition: "other-1", title: "T", appearances: [{ speaker: "crew" }] }) { talk { id } }"#,
    )
    .await;
    let (ada, crew, bob) = (
        app.id(r#"speaker(slug: "ada")"#).await,
        app.id(r#"speaker(slug: "crew")"#).await,
        app.id(r#"speaker(slug: "bob")"#).await,
    );
    let answer = conf_editor
        .send(&format!(r#"mutation {{ mergeSpeakers(from: "{crew}", into: "{ada}") {{ revision }} }}"#))
        .await
        .json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN", "{answer}");
    conf_editor.edit(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await;
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_wrong_merge_is_undone(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let (ada, bob) = two_people(&editor).await;
    let before = yaml(&app).await;
    let merge = format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#);
    editor.edit(&merge).await;
    assert_ne!(yaml(&app).await, before);

    let unmerged = app.unmerge("robert").await.unwrap();
    assert!(unmerged.left.is_empty(), "{unmerged:?}");
    assert_eq!((unmerged.report.created["Speaker"], unmerged.report.created["Link"]), (1, 1), "{unmerged:?}");
    assert_eq!(yaml(&app).await, before, "everything is as it was");
    assert_eq!(app.id(r#"speaker(slug: "bob")"#).await, bob);
    assert_eq!(
        app.get("/api/v1/speakers/bob", &[]).await.header("location"),
        "https://lectern.example/api/v1/speakers/robert"
    );
    app.audit().await;
    assert!(app.unmerge("robert").await.unwrap_err().contains("nothing of the id or slug \"robert\" was merged"));

    // What was changed since the merge is kept. It goes back where its owner is clear; else it stays and is named.
    editor.edit(&merge).await;
    let (night, twice) = (app.talk_id("night").await, app.talk_id("twice").await);
    editor
        .edit(&format!(
            r#"setAppearances(talk: "{night}", appearances: [{{ speaker: "ada", role: HOST }}]) {{ talk {{ id }} }}"#
        ))
        .await;
    editor
        .edit(&format!(
            r#"setAppearances(talk: "{twice}", appearances: [{{ speaker: "ada", role: HOST }}]) {{ talk {{ id }} }}"#
        ))
        .await;
    editor
        .edit(&format!(
            r#"updateSpeaker(id: "{ada}", input: {{
                biography: "Who she is", aliases: ["Bob", "A. Angstrom", "Augusta"]
            }}) {{ speaker {{ id }} }}"#
        ))
        .await;
    let left = app.unmerge(&bob).await.unwrap().left;
    assert_eq!(
        left,
        [
            format!("Speaker {ada}: biography was changed since, and stays as it is"),
            format!("Talk {twice}: appearances were changed since, and stay as they are")
        ]
    );
    let found = app
        .query(
            r#"{
                night: talk(edition: "conf-2025", slug: "night") { appearances { role speaker { slug } } }
                ada: speaker(slug: "ada") { biography aliases }
                bob: speaker(slug: "bob") { slug aliases biography }
            }"#,
        )
        .await;
    assert_eq!(
        found,
        json!({
            "night": { "appearances": [{ "role": "HOST", "speaker": { "slug": "robert" } }] },
            "ada": { "biography": "Who she is", "aliases": ["A. Angstrom", "Augusta"] },
            "bob": { "slug": "robert", "aliases": [], "biography": "Who he is" },
        })
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_wrong_merge_of_companies_is_undone(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let (acme, old) = (app.id(r#"company(slug: "acme")"#).await, app.id(r#"company(slug: "old-co")"#).await);
    editor.edit(r#"createCompany(input: { name: "Older", successor: "old-co" }) { company { id } }"#).await;
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    editor
        .edit(&format!(
            r#"setSponsors(
        edition: "{edition}",
        tiers: [
            {{
                name: "Gold",
                sponsorships: [{{ company: "acme" }}, {{ company: "old-co", url: "https://old.example/" }}]
            }}
        ],
        untiered: [{{ company: "old-co" }}]
    ) {{ edition {{ id }} }}"#
        ))
        .await;
    let before = yaml(&app).await;

    editor.edit(&format!(r#"mergeCompanies(from: "{old}", into: "{acme}") {{ company {{ id }} }}"#)).await;
    assert!(app.unmerge("old-co").await.unwrap().left.is_empty());
    assert_eq!(yaml(&app).await, before);
    let older = app.query(r#"{ company(slug: "older") { successor { slug successor { slug } } } }"#).await;
    assert_eq!(older["company"]["successor"], json!({ "slug": "old-co", "successor": { "slug": "acme" } }));
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn an_unmerge_changes_nothing_that_is_newer(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let (ada, bob) = two_people(&editor).await;
    editor.edit(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await;
    editor.edit(&format!(r#"updateSpeaker(id: "{ada}", input: {{ slug: "bob" }}) {{ speaker {{ id }} }}"#)).await;
    assert_eq!(
        app.unmerge("robert").await.unwrap().left,
        ["Speaker: the former slug bob leads to another one now, and is left out"]
    );
    assert_eq!(app.id(r#"speaker(slug: "bob")"#).await, ada);

    // While "one" is merged, the company that it became is merged itself.
    let acme = app.id(r#"company(slug: "acme")"#).await;
    let mut companies = Vec::new();
    for (name, successor) in [("Next", ""), ("After", ""), ("One", "next"), ("Two", "one")] {
        let successor = if successor.is_empty() { String::new() } else { format!(r#", successor: "{successor}""#) };
        let created = editor
            .edit(&format!(r#"createCompany(input: {{ name: "{name}"{successor} }}) {{ company {{ id }} }}"#))
            .await;
        companies.push(created["company"]["id"].as_str().unwrap().to_owned());
    }
    let merge = async |from: &str, into: &str| {
        _ = editor.edit(&format!(r#"mergeCompanies(from: "{from}", into: "{into}") {{ company {{ id }} }}"#)).await
    };
    let successor = async |slug: &str| {
        app.query(&format!(r#"{{ company(slug: "{slug}") {{ successor {{ slug }} }} }}"#)).await["company"]["successor"]
            ["slug"]
            .clone()
    };
    let [next, after, one, _] = &companies[..] else { panic!("four were created") };
    merge(one, &acme).await;
    merge(next, after).await;
    app.unmerge("one").await.unwrap();
    assert_eq!((successor("one").await, successor("two").await), (json!("after"), json!("one")));

    // While "one" is merged, the company that it became becomes, in the end, "one".
    merge(one, &acme).await;
    editor.edit(&format!(r#"updateCompany(id: "{acme}", input: {{ successor: null }}) {{ company {{ id }} }}"#)).await;
    editor
        .edit(&format!(r#"updateCompany(id: "{}", input: {{ successor: "two" }}) {{ company {{ id }} }}"#, after))
        .await;
    let left = app.unmerge("one").await.unwrap().left;
    assert!(left.iter().any(|left| left.contains("successor")), "{left:?}");
    assert_eq!(
        (successor("one").await, successor("two").await, successor("after").await),
        (Value::Null, json!("one"), json!("two"))
    );
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn links_have_no_gaps_after_an_unmerge(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let (ada, bob) = two_people(&editor).await;
    editor.edit(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await;
    let link = r#"input: { kind: SOCIAL, url: "https://social.example/ada" }"#;
    editor.edit(&format!(r#"addLink(to: "{ada}", {link}) {{ link {{ id }} }}"#)).await;
    app.unmerge("robert").await.unwrap();
    // An import numbers links anew.
    let answer = app.import(&editor.token, "application/yaml", yaml(&app).await).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["revision"]), (200, &Value::Null), "{}", answer.body);
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_merged_speaker_comes_back_with_an_older_document(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let (ada, bob) = two_people(&editor).await;
    let import = async |yaml: String| app.import(&editor.token, "application/yaml", yaml).await;
    let before = yaml(&app).await;
    editor.edit(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await;

    // A document in which the other one is missing does not undo the merge.
    let one_speaker = format!(
        "conferences: []\n\
         companies: []\n\
         editions: []\n\
         speakers:\n  \
           - slug: someone\n    \
             name: Someone\n    \
             id: {bob}\n"
    );
    let answer = import(one_speaker).await;
    assert!(answer.status == 400 && answer.body.contains("which it was merged into"), "{}", answer.body);

    // An older document in which both are present does.
    let answer = import(before).await;
    assert!(answer.status == 200 && answer.json()["created"]["Speaker"] == 1, "{}", answer.body);
    assert_eq!(
        app.query(&format!(r#"{{ node(id: "{bob}") {{ ... on Speaker {{ id slug }} }} }}"#)).await["node"],
        json!({ "id": bob, "slug": "robert" })
    );
    assert_eq!(import(yaml(&app).await).await.json()["revision"], Value::Null);
    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn no_company_becomes_itself_by_a_merge(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let mut companies = Vec::new();
    for (name, successor) in [("Last", "acme"), ("Middle", "last"), ("First", "middle")] {
        let company = editor
            .edit(&format!(
                r#"createCompany(input: {{ name: "{name}", successor: "{successor}" }}) {{ company {{ id }} }}"#
            ))
            .await;
        companies.push(company["company"]["id"].clone());
    }
    let merged = editor
        .edit(&format!(
            "mergeCompanies(from: {}, into: {}) {{ company {{ slug successor {{ slug }} predecessors {{ slug }} }} }}",
            companies[0], companies[2]
        ))
        .await;
    assert_eq!(
        merged["company"],
        json!({ "slug": "first", "successor": { "slug": "acme" }, "predecessors": [{ "slug": "middle" }] })
    );
    app.unmerge("last").await.unwrap();
    let first = app
        .query(r#"{ company(slug: "first") { successor { slug successor { slug successor { slug } } } } }"#)
        .await["company"]["successor"]
        .clone();
    assert_eq!(first, json!({ "slug": "middle", "successor": { "slug": "last", "successor": { "slug": "acme" } } }));
    app.audit().await;
}

/// A credited name is history; a typing error is not.
#[on_both_databases]
#[actix_web::test]
async fn credited_names_stay_as_the_caller_chooses(backend: Backend) {
    for (name, keep, credited) in [
        ("ada angstrom", "", json!(null)),
        ("Ada Ångstrøm", "", json!(null)),
        ("A. Ångström", "", json!("A. Ångström")),
        ("ada angstrom", ", keepCredits: true", json!("ada angstrom")),
        ("A. Ångström", ", keepCredits: false", json!(null)),
        ("A. Ångström", ", keepCredits: null", json!("A. Ångström")),
    ] {
        let app = archive(seed::weekend).start(backend).await;
        let editor = app.editor("write").await;
        let lost = app.talk_id("lost").await;
        let other = format!(r#"createSpeaker(input: {{ name: "{name}", slug: "other" }}) {{ speaker {{ id }} }}"#);
        let other = editor.edit(&other).await["speaker"]["id"].clone();
        editor
            .edit(&format!(
                r#"setAppearances(talk: "{lost}", appearances: [{{ speaker: "other" }}]) {{ talk {{ id }} }}"#
            ))
            .await;
        let ada = app.id(r#"speaker(slug: "ada")"#).await;
        let merge = format!(r#"mergeSpeakers(from: {other}, into: "{ada}"{keep}) {{ creditedTalks {{ slug }} }}"#);
        let merged = editor.edit(&merge).await;
        let kept = if credited.is_null() { json!([]) } else { json!([{ "slug": "lost" }]) };
        assert_eq!(merged["creditedTalks"], kept, "{name}{keep}");
        let appearances = app
            .query(r#"{ talk(edition: "conf-2025", slug: "lost") { appearances { creditedAs speaker { slug } } } }"#)
            .await;
        let shown = if credited.is_null() { json!("Ada Ångström") } else { credited };
        assert_eq!(
            appearances["talk"]["appearances"],
            json!([{ "creditedAs": shown, "speaker": { "slug": "ada" } }]),
            "{name}{keep}"
        );
        app.audit().await;
    }
}

/// A merged id leads to the record that is left, which is not merged away by it.
#[on_both_databases]
#[actix_web::test]
async fn what_was_merged_is_not_merged_again(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let [ada, bob, crew] = {
        let mut ids = Vec::new();
        for slug in ["ada", "bob", "crew"] {
            ids.push(app.id(&format!(r#"speaker(slug: "{slug}")"#)).await);
        }
        <[String; 3]>::try_from(ids).unwrap()
    };
    let merge =
        |from: &str, into: &str| format!(r#"mergeSpeakers(from: "{from}", into: "{into}") {{ speaker {{ slug }} }}"#);
    editor.edit(&merge(&bob, &ada)).await;
    let errors = editor.rejection(&merge(&bob, &crew)).await;
    assert_eq!(codes(&errors), ["INVALID from"]);
    assert_eq!(
        errors[0].message,
        format!(
            "that was merged already, and leads to the speaker \"ada\" (Ada Ångström), whose id is {ada}: if that speaker \
             is to be merged, name it by its id"
        )
    );
    let in_batch =
        format!(r#"edit(edits: [{{ updateSpeaker: {{ id: "{bob}", input: {{ name: "A" }} }} }}]) {{ revision }}"#);
    editor.edit(&in_batch).await;
    let merged = editor.edit(&merge(&ada, &crew)).await;
    assert_eq!(merged["speaker"]["slug"], "crew", "by her own id she is meant");

    let [acme, old] = [app.id(r#"company(slug: "acme")"#).await, app.id(r#"company(slug: "old-co")"#).await];
    let third =
        editor.edit(r#"createCompany(input: { name: "Third" }) { company { id } }"#).await["company"]["id"].clone();
    let merge =
        |from: &str, into: &str| format!(r#"mergeCompanies(from: "{from}", into: "{into}") {{ company {{ slug }} }}"#);
    editor.edit(&merge(&old, &acme)).await;
    let errors = editor.rejection(&merge(&old, third.as_str().unwrap())).await;
    assert!(errors[0].message.contains("the company \"acme\" (ACME)"), "{errors:?}");
    app.audit().await;
}
