//! Importing over HTTP: who may import, what is accepted, and that a document is imported as a whole or not at all.

use std::{path::Path, pin::pin, time::Duration};

use actix_web::http::Method;
use futures_util::future::{Either, select};
use lectern_api::{
    config::Limits,
    format::{
        document::Document,
        native::{self, bundle},
    },
    token::{self, TokenScope},
};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{Answer, App, Backend, archive, empty},
    seed,
};

const PATH: &str = "/api/v1/imports?format=native";

/// A token of a scope, which may expire.
async fn token(app: &App, name: &str, scope: &str, expires_at: Option<&str>) -> String {
    let database = Database::connect(&app.database_url).await.unwrap();
    let now = "2026-11-21T11:00:00Z".parse().unwrap();
    let scope: TokenScope = scope.parse().unwrap();
    let expires_at = expires_at.map(|time| time.parse().unwrap());
    let token = token::create(&database, name, &[scope], expires_at, now).await.unwrap();
    database.close().await.unwrap();
    token
}

async fn post(app: &App, path: &str, token: &str, media_type: &str, body: Vec<u8>) -> Answer {
    let bearer = format!("Bearer {token}");
    app.send(Method::POST, path, &[("Authorization", &bearer), ("Content-Type", media_type)], body).await
}

async fn import(app: &App, token: &str, document: &Document) -> Answer {
    post(app, PATH, token, "application/yaml", yaml(document)).await
}

/// The status and the code of an import that is refused.
fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.json()["code"].as_str().unwrap().to_owned())
}

fn yaml(document: &Document) -> Vec<u8> {
    bundle::yaml(document).unwrap()
}

async fn talks(app: &App) -> i64 {
    app.query("{ archive { talks } }").await["archive"]["talks"].as_i64().unwrap()
}

#[on_both_databases]
#[actix_web::test]
async fn a_document_is_imported_as_a_whole(backend: Backend) {
    let app = empty().start(backend).await;
    let token = token(&app, "ci", "write", None).await;

    let dry_run = post(&app, &format!("{PATH}&dry_run=true"), &token, "application/yaml", yaml(&seed::weekend())).await;
    assert_eq!(
        (dry_run.status.as_u16(), &dry_run.json()["dry_run"], talks(&app).await),
        (200, &json!(true), 0),
        "{}",
        dry_run.body
    );

    let answer = post(&app, PATH, &token, "application/yaml; charset=utf-8", yaml(&seed::weekend())).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
    let report = answer.json();
    assert_eq!((&report["created"], &report["dry_run"]), (&dry_run.json()["created"], &json!(false)));
    assert!(report["revision"].as_i64().unwrap() > 20 && report["created"]["Talk"] == 9, "{report}");
    assert_eq!(talks(&app).await, 8);

    // The same document as a tar archive changes nothing.
    let answer = post(&app, PATH, &token, "application/zstd", bundle::tar_zst(&seed::weekend()).unwrap()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["revision"]), (200, &Value::Null), "{}", answer.body);

    let answer =
        post(&app, &format!("{PATH}&edition=conf-2031"), &token, "application/yaml", yaml(&seed::weekend())).await;
    assert!(answer.status == 400 && answer.body.contains("conf-2031"), "{}", answer.body);
}

/// A document that is imported again is compared with nothing, as long as the archive is as the import left it.
#[on_both_databases]
#[actix_web::test]
async fn a_document_that_comes_again_takes_few_statements(backend: Backend) {
    let app = empty().start(backend).await;
    let token = token(&app, "ci", "write", None).await;
    let editor = app.editor("write").await;
    let document = yaml(&seed::weekend());
    let import = async |options: &str| {
        let before = app.statements();
        let answer = post(&app, &format!("{PATH}{options}"), &token, "application/yaml", document.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        (answer.json()["revision"].as_i64(), app.statements() - before)
    };
    let (first, _) = import("").await;
    for options in ["", "&dry_run=true", ""] {
        let (again, few) = import(options).await;
        assert!(again.is_none() && few <= 6, "{options}: {again:?}, {few} statements");
    }
    // Other options may have another result.
    let (forced, many) = import("&force=true").await;
    assert!(forced.is_none() && many > 6, "{forced:?}, {many} statements");

    // What was edited since is set back.
    let talk = app.talk_id("twice").await;
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "Edited" }}) {{ revision }}"#)).await;
    assert_eq!(import("&dry_run=true").await.0, None);
    assert_eq!(app.query(&format!(r#"{{ talk(id: "{talk}") {{ title }} }}"#)).await["talk"]["title"], "Edited");
    let (set_back, _) = import("").await;
    assert!(set_back > first, "{set_back:?}");
    assert_eq!(
        app.query(&format!(r#"{{ talk(id: "{talk}") {{ title }} }}"#)).await["talk"]["title"],
        "Äpfel & 100% _Birnen_"
    );
    let (again, few) = import("").await;
    assert!(again.is_none() && few <= 6, "{again:?}, {few} statements");

    app.audit().await;
}

#[on_both_databases]
#[actix_web::test]
async fn a_wrong_document_changes_nothing(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let token = token(&app, "ci", "write", None).await;
    let text = String::from_utf8(yaml(&seed::weekend())).unwrap();
    let wrong =
        text.replacen("timezone: Europe/Berlin", "timezone: Berlin", 1).replacen("    name: ACME", "    nmae: ACME", 1);
    let answer = post(&app, PATH, &token, "application/yaml", wrong.into_bytes()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type")),
        (400, "application/problem+json; charset=utf-8")
    );
    let line = text.lines().position(|line| line == "    name: ACME").unwrap() + 1;
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    let says = |error: &Value, words: &str| error["message"].as_str().unwrap().contains(words);
    assert!(errors.iter().any(|error| error["line"] == line && says(error, "nmae")), "{errors:?}");
    assert!(errors.iter().any(|error| says(error, "\"Berlin\" is not an IANA time zone")), "{errors:?}");

    for (path, media_type, body, status) in [
        (PATH, "application/zstd", b"no archive".to_vec(), 400),
        (PATH, "application/yaml", b"\xff".to_vec(), 400),
        (PATH, "application/yaml", Vec::new(), 400),
        (PATH, "text/plain", yaml(&seed::weekend()), 415),
        ("/api/v1/imports?format=frab", "application/yaml", yaml(&seed::weekend()), 400),
        ("/api/v1/imports", "application/yaml", yaml(&seed::weekend()), 400),
        ("/api/v1/imports?format=native&dryrun=true", "application/yaml", yaml(&seed::weekend()), 400),
    ] {
        let answer = post(&app, path, &token, media_type, body).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {media_type}: {}", answer.body);
    }

    // Nothing of all that was kept.
    assert_eq!(import(&app, &token, &seed::weekend()).await.json()["revision"], Value::Null);
    let get = app.get(PATH, &[]).await;
    assert_eq!((get.status.as_u16(), get.header("allow")), (405, "POST, OPTIONS"));
}

#[on_both_databases]
#[actix_web::test]
async fn only_an_authorised_client_imports(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let mut other = seed::weekend();
    other.conferences[0].slug = "other".parse().unwrap();
    other.editions[0].conference = "other".parse().unwrap();
    other.editions[0].slug = "other-2025".parse().unwrap();
    other.editions[0].identity = Default::default();

    // Without a token.
    let unauthenticated = (401, "UNAUTHENTICATED".to_owned());
    let answer = app.send(Method::POST, PATH, &[("Content-Type", "application/yaml")], yaml(&other)).await;
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    assert_eq!(refusal(&answer), unauthenticated);

    // With a wrong one. A secret may have underscores of its own.
    let good = token(&app, "good", "write", None).await;
    let (prefix, secret) = good.split_at("lectern_".len() + 32);
    for wrong in [
        "",
        "nonsense",
        "lectern_x_y",
        &format!("{prefix}{}", secret.to_lowercase()),
        &good.replace(prefix, "lectern_00000000000000000000000000000000"),
    ] {
        assert_eq!(refusal(&import(&app, wrong, &other).await), unauthenticated, "{wrong}");
    }

    // With one that expires.
    let short = token(&app, "short", "write", Some("2026-11-21T12:00:30Z")).await;
    assert_eq!(import(&app, &short, &seed::weekend()).await.status, 200);
    app.set_now("2026-11-21T12:00:30Z");
    assert_eq!(refusal(&import(&app, &short, &other).await), unauthenticated);

    // With one for another conference, and with the same after it is revoked.
    let narrow = token(&app, "narrow", "write:conf", None).await;
    assert_eq!(refusal(&import(&app, &narrow, &other).await), (403, "FORBIDDEN".to_owned()));
    assert_eq!(import(&app, &narrow, &seed::weekend()).await.status, 200);
    let database = Database::connect(&app.database_url).await.unwrap();
    token::revoke(&database, "narrow", "2026-11-21T12:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(refusal(&import(&app, &narrow, &seed::weekend()).await), unauthenticated);
    assert_eq!(talks(&app).await, 8, "nothing of the other conference was written");

    // The database has the hash of a secret, and the last use of a token.
    let rows = database
        .query_all_raw(Statement::from_string(database.get_database_backend(), "SELECT name, hash FROM api_token"))
        .await
        .unwrap();
    assert!(rows.iter().all(|row| {
        let hash: String = row.try_get("", "hash").unwrap();
        hash.len() == 64 && !good.contains(&hash)
    }));
    let listed = token::list(&database).await.unwrap();
    let uses = listed.iter().map(|token| (token.name.as_str(), token.used_at.is_some(), token.revoked_at.is_some()));
    let uses: Vec<(&str, bool, bool)> = uses.collect();
    assert_eq!(uses, [("good", false, false), ("narrow", true, true), ("short", true, false)]);
    assert_eq!(listed[1].scopes[0].to_string(), "write:conf");
}

#[on_both_databases]
#[actix_web::test]
async fn warnings_are_in_the_report_or_refuse_the_import(backend: Backend) {
    let app = empty().start(backend).await;
    let token = token(&app, "ci", "write", None).await;
    let mut document = seed::weekend();
    let edition = document.editions.first_mut().unwrap();
    let slot = edition.slots.iter_mut().find(|slot| slot.number == 3).unwrap();
    slot.ends_at = Some("2025-10-27T11:00".parse().unwrap());

    let long = "the slot is longer than a day: it starts at 2025-10-25T10:30";
    let strict = post(&app, &format!("{PATH}&strict=true"), &token, "application/yaml", yaml(&document)).await;
    let problem = strict.json();
    assert_eq!(refusal(&strict), (400, "BAD_USER_INPUT".to_owned()));
    assert!(problem["errors"].as_array().unwrap().iter().any(|error| error["message"] == long), "{problem}");
    assert_eq!(talks(&app).await, 0);

    let report = import(&app, &token, &document).await.json();
    let warnings = report["warnings"].as_array().unwrap();
    let warning = warnings.iter().find(|warning| warning["message"] == long).unwrap();
    assert_eq!((&warning["file"], &warning["severity"]), (&json!("body"), &json!("warning")), "{report}");
    assert!(warning["line"].as_i64().unwrap() > 1 && warning["column"].as_i64().unwrap() > 1, "{report}");
    assert_eq!(talks(&app).await, 8);

    // What is surely wrong is refused.
    let slot = document.editions.first_mut().unwrap().slots.first_mut().unwrap();
    slot.starts_at = "2026-10-25T09:00".parse().unwrap();
    let answer = import(&app, &token, &document).await;
    assert!(answer.status == 400 && answer.body.contains("outside the edition's days"), "{}", answer.body);
}

#[on_both_databases]
#[actix_web::test]
async fn what_changed_since_the_export_is_merged(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let exported = app.get("/editions/conf-2025/archive.yaml", &[]).await.body;
    let at = app.revision().await;
    assert!(exported.starts_with(&format!("exported:\n  revision: {at}\n  at: ")), "{exported}");
    let talk = app.talk_id("night").await;
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "By the API" }}) {{ revision }}"#)).await;

    // A field of another thing is taken, and what the API did is kept.
    let one = exported.replace("title: Opening\n", "title: The opening\n");
    let answer = app.import(&editor.token, "application/yaml", one).await;
    let report = answer.json();
    assert_eq!((answer.status.as_u16(), &report["updated"]), (200, &json!({ "Talk": 1 })), "{report:#}");
    assert_eq!((&report["compared_since"], &report["taken_back"]), (&json!(at), &json!([])));
    let kept = &report["kept"][0];
    assert_eq!((&kept["kind"], &kept["name"]), (&json!("Talk"), &json!("conf-2025/night")), "{report:#}");

    // The same field is a conflict.
    let both = exported.replace("title: Night talk\n", "title: By hand\n");
    let answer = app.import(&editor.token, "application/yaml", both.clone()).await;
    assert_eq!(refusal(&answer), (409, "CONFLICT".to_owned()));
    let message = answer.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("Talk conf-2025/night: title changed by the token"), "{message}");
    let title = || async {
        app.query(&format!(r#"{{ node(id: "{talk}") {{ ... on Talk {{ title }} }} }}"#)).await["node"]["title"].clone()
    };
    assert_eq!(title().await, "By the API");
    for (options, expected) in
        [("&prefer=archive", "By the API"), ("&prefer=source", "By hand"), ("&force=true", "By hand")]
    {
        let answer = app.import_with(&editor.token, "application/yaml", both.clone(), options).await;
        assert_eq!((answer.status.as_u16(), title().await), (200, json!(expected)), "{options}: {}", answer.body);
    }
    let answer = app.import_with(&editor.token, "application/yaml", both.clone(), "&prefer=archive&force=true").await;
    assert_eq!((answer.status.as_u16(), &answer.json()["errors"][0]["parameter"]), (400, &json!("force")));
    let answer = app.import_with(&editor.token, "application/yaml", both, "&prefer=mine").await;
    assert!(answer.status == 400 && answer.body.contains("source, archive"), "{}", answer.body);
    app.audit().await;
}

/// What the archive and a document changed may be right by itself, and wrong together.
#[on_both_databases]
#[actix_web::test]
async fn what_both_sides_make_wrong_together_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let exported = async || {
        let text = app.get("/editions/conf-2025/archive.yaml", &[]).await.body;
        serde_json::to_value(native::read_file(Path::new("archive.yaml"), text.as_bytes()).unwrap()).unwrap()
    };
    let id = async |of: &str, slug: &str| app.id(&format!("{of}(slug: \"{slug}\")")).await;
    let (acme, old_co) = (id("company", "acme").await, id("company", "old-co").await);
    let (edition, bob) = (id("edition", "conf-2025").await, id("speaker", "bob").await);
    let (lost, round) = (app.talk_id("lost").await, app.talk_id("round").await);
    let twice = app.talk_id("twice").await;
    let talk = app.query(&format!(r#"{{ node(id: "{twice}") {{ ... on Talk {{ links {{ id }} }} }} }}"#)).await;
    let slides = talk["node"]["links"][0]["id"].as_str().unwrap().to_owned();
    editor.edit(&format!(r#"updateCompany(id: "{old_co}", input: {{ successor: null }}) {{ revision }}"#)).await;
    let place = |list: &Value, slug: &str| list.as_array().unwrap().iter().position(|one| one["slug"] == slug).unwrap();
    type Change = fn(&mut Value, fn(&Value, &str) -> usize);
    let cases: [(String, Change, &str); 5] = [
        (
            format!(r#"updateCompany(id: "{acme}", input: {{ successor: "old-co" }}) {{ revision }}"#),
            |document, place| {
                let old_co = place(&document["companies"], "old-co");
                document["companies"][old_co]["successor"] = json!("acme");
            },
            "companies.yaml would be wrong: the successors go round in a circle",
        ),
        (
            format!(r#"updateLink(id: "{slides}", input: {{ url: "https://example.org/same" }}) {{ revision }}"#),
            |document, place| {
                let twice = place(&document["editions"][0]["talks"], "twice");
                let links = document["editions"][0]["talks"][twice]["links"].as_array_mut().unwrap();
                links.push(json!({ "kind": "SLIDES", "url": "https://example.org/same" }));
            },
            "this link is there already",
        ),
        (
            format!(r#"updateTalk(id: "{lost}", input: {{ block: "{round}", blockPosition: 3 }}) {{ revision }}"#),
            |document, place| {
                let talks = &mut document["editions"][0]["talks"];
                let round = place(talks, "round");
                talks[round]["kind"] = json!("TALK");
                talks.as_array_mut().unwrap().retain(|talk| talk.get("block").is_none_or(Value::is_null));
            },
            "is no block",
        ),
        (
            format!(
                r#"updateEdition(id: "{edition}", input: {{ startsOn: "2025-11-15", endsOn: "2025-11-17" }},
                    moveSlots: true) {{ revision }}"#
            ),
            |document, _| {
                let slots = document["editions"][0]["slots"].as_array_mut().unwrap();
                slots.push(json!({ "number": 20, "kind": "BREAK", "title": "Tea", "starts_at": "2025-10-27T09:00" }));
            },
            "is outside the edition's days",
        ),
        (
            format!(r#"updateSpeaker(id: "{bob}", input: {{ slug: "nn" }}) {{ revision }}"#),
            |document, _| {
                document["speakers"].as_array_mut().unwrap().push(json!({ "slug": "nn", "name": "N. N." }));
            },
            "would both have the slug nn",
        ),
    ];
    for (mutation, change, message) in cases {
        let mut document = exported().await;
        editor.edit(&mutation).await;
        let at = app.revision().await;
        change(&mut document, place);
        for options in ["", "&prefer=archive", "&prefer=source"] {
            let answer = app.import_with(&editor.token, "application/yaml", document.to_string(), options).await;
            assert_eq!(answer.status, 409, "{message}: {}", answer.body);
            assert!(answer.json()["detail"].as_str().unwrap().contains(message), "{message}: {}", answer.body);
        }
        assert_eq!(app.revision().await, at, "nothing is written");
        // What the archive has now is imported as it is.
        let answer = app.import(&editor.token, "application/yaml", exported().await.to_string()).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["revision"]), (200, &Value::Null), "{}", answer.body);
    }
    app.audit().await;
}

/// The errors of a document that is refused.
async fn mistakes(app: &App, token: &str, text: String) -> Vec<Value> {
    let answer = post(app, PATH, token, "application/yaml", text.into_bytes()).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.body.len() < 500_000, "{} bytes", answer.body.len());
    answer.json()["errors"].as_array().unwrap().clone()
}

#[on_both_databases]
#[actix_web::test]
async fn what_yaml_takes_from_a_text_is_refused(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let token = token(&app, "ci", "write", None).await;
    let text = String::from_utf8(yaml(&seed::weekend())).unwrap();
    let line = text.lines().position(|line| line == "        title: Night talk").unwrap() + 1;
    let errors = mistakes(&app, &token, text.replace("title: Night talk", "title: Night talk #2")).await;
    assert_eq!((errors.len(), &errors[0]["line"]), (1, &json!(line)), "{errors:?}");
    assert!(errors[0]["message"].as_str().unwrap().contains("'Night talk #2'"), "{errors:?}");
    let quoted = text.replace("title: Night talk", "title: '\u{a0} Night \ttalk  #2 ' # in quotes");
    assert_eq!(post(&app, PATH, &token, "application/yaml", quoted.into_bytes()).await.status, 200);
    let talk = app.query(r#"{ talk(edition: "conf-2025", slug: "night") { title } }"#).await;
    assert_eq!(talk["talk"]["title"], "Night talk #2", "without superfluous blanks");
}

/// However many mistakes there are, some are listed, and the others counted.
#[actix_web::test]
async fn mistakes_are_bounded() {
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let token = token(&app, "ci", "write", None).await;
    let named =
        |n: usize| (0..n).map(|n| format!("  - {{slug: person-{n}-of-many, name: Person {n}}}\n")).collect::<String>();
    let talks: String = (0..4_000)
        .map(|n| format!("      - {{slug: t-{n}, title: T, appearances: [{{speaker: persan-{n}-of-many}}]}}\n"))
        .collect();
    let edition = "  - slug: x-2030\n    conference: x\n    name: X\n    year: 2030\n    timezone: UTC\n    talks:\n";
    let dangling = format!(
        "conferences: [{{slug: x, name: X}}]\ncompanies: []\nspeakers:\n{}editions:\n{edition}{talks}",
        named(4_000)
    );
    let errors = mistakes(&app, &token, dangling).await;
    assert_eq!(errors.len(), 101);
    assert!(errors[0]["message"].as_str().unwrap().contains("did you mean \"person-0-of-many\"?"), "{errors:?}");
    assert_eq!(errors[100]["message"], "and at least 3900 more");

    let unknown: String = (0..40_000).map(|n| format!("  - {{slug: p-{n}, name: P, nmae: Q}}\n")).collect();
    let errors = mistakes(&app, &token, format!("speakers:\n{unknown}")).await;
    assert_eq!(errors.len(), 101);
    assert_eq!((&errors[0]["line"], &errors[99]["line"]), (&json!(2), &json!(101)));

    let keys: String = (0..200_000).map(|n| format!("k{n}: 1\n")).collect();
    let errors = mistakes(&app, &token, keys).await;
    assert_eq!((errors.len(), &errors[0]["message"]), (1, &json!("more than 100 keys in one place")));
    let long = format!("speakers: [{{slug: {}, name: N}}]\n", "A".repeat(300_000));
    assert!(mistakes(&app, &token, long).await[0]["message"].as_str().unwrap().chars().count() <= 1_001);
    let anchors: String = (0..10_000).map(|n| format!("- &a{n} x\n")).collect();
    assert_eq!(mistakes(&app, &token, anchors).await.len(), 101);
}

/// A document that takes what another thing in the archive has says which, and where.
#[on_both_databases]
#[actix_web::test]
async fn what_is_taken_is_named(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let token = token(&app, "ci", "write", None).await;
    let talk = app.talk_id("night").await;
    let (ada, bob) = (app.id(r#"speaker(slug: "ada")"#).await, app.id(r#"speaker(slug: "bob")"#).await);
    let vimeo = editor
        .edit(r#"addRecording(input: { provider: VIMEO, externalId: "1", url: "https://v.example/" }) { recording { id } }"#)
        .await["recording"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let free = "11111111-1111-4111-8111-111111111111";
    let document = |speakers: &str, edition: &str| {
        format!(
            "conferences: [{{slug: conf, name: Conf}}]\ncompanies: []\nspeakers: [{speakers}]\neditions:\n  - \
             slug: conf-2026\n    conference: conf\n    name: Conf 2026\n    year: 2026\n    timezone: UTC\n    {edition}\n"
        )
    };
    let cases = [
        (
            document("", &format!("talks: [{{slug: t, title: T, id: {talk}}}]")),
            format!(
                "the talk \"t\" of the edition conf-2026 has the id {talk} (body:10:37), which is that of the talk \"night\" of the edition conf-2025"
            ),
        ),
        (
            document("", &format!("rooms: [{{slug: r, name: R, id: {ada}}}]")),
            format!(
                "the room \"r\" of the edition conf-2026 has the id {ada} (body:10:36), which is that of the speaker \"ada\""
            ),
        ),
        (
            document(
                "",
                &format!("slots: [{{number: 1, title: T, kind: BREAK, starts_at: 2026-01-01T10:00, id: {talk}}}]"),
            ),
            format!("the slot 1 of the edition conf-2026 has the id {talk}"),
        ),
        (
            document("", "acronym: conf_2025"),
            "the edition conf-2026 (body:5:11) has the acronym \"conf_2025\", which is that of the edition conf-2025"
                .to_owned(),
        ),
        (
            document("", &format!("recordings: [{{key: 'vimeo:1', url: 'https://v.example/', id: {free}}}]")),
            format!("the recording vimeo:1 (body:10:24) has the id {free}, and in the archive it has the id {vimeo}"),
        ),
        (
            document(&format!("{{slug: new, name: N, merged_ids: [{talk}]}}"), "city: C"),
            format!("the speaker \"new\" has the merged id {talk}"),
        ),
        (
            document(&format!("{{slug: new, name: N, merged_ids: [{bob}]}}"), "city: C"),
            format!("the speaker \"new\" has the merged id {bob} (body:3:46), which is that of the speaker \"bob\""),
        ),
        (
            document(&format!("{{slug: new, name: N, id: {bob}}}"), "city: C"),
            format!("the speaker \"new\" has the id {bob} (body:3:37), which is that of the speaker \"bob\" (Bob"),
        ),
        (
            document("", &format!("id: {}", app.id(r#"edition(slug: "conf-2025")"#).await)),
            "which is that of the edition \"conf-2025\"".to_owned(),
        ),
    ];
    for (text, message) in cases {
        let answer = post(&app, PATH, &token, "application/yaml", text.clone().into_bytes()).await;
        assert_eq!(answer.status, 400, "{text}\n{}", answer.body);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(&message), "{detail}\n{message}");
    }
    editor.edit(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await;
    let text = document(&format!("{{slug: new, name: N, merged_ids: [{bob}]}}"), "city: C");
    let answer = post(&app, PATH, &token, "application/yaml", text.into_bytes()).await;
    assert!(answer.body.contains("which was merged into the speaker \\\"ada\\\""), "{}", answer.body);
}

/// Imports take turns. One that does not get its turn is told to come back.
#[actix_web::test]
async fn imports_take_turns() {
    let limits = Limits { time: Duration::from_millis(100), ..Limits::default() };
    let app = archive(seed::weekend).limits(limits).start(Backend::Sqlite).await;
    let token = token(&app, "ci", "write", None).await;
    let large = (0..300_000).map(|n| format!("  - {{slug: p-{n}, name: P}}\n")).collect::<String>();
    let large = format!("conferences: []\ncompanies: []\neditions: []\nspeakers:\n{large}");
    let path = format!("{PATH}&dry_run=true");
    let first = pin!(post(&app, &path, &token, "application/yaml", large.into_bytes()));
    let others = pin!(async {
        loop {
            let answer = post(&app, &path, &token, "application/yaml", yaml(&seed::weekend())).await;
            if answer.status == 503 {
                return answer;
            }
        }
    });
    let Either::Right((answer, _)) = select(first, others).await else { panic!("all imports had a turn at once") };
    assert_eq!((answer.header("retry-after"), &answer.json()["code"]), ("5", &json!("TIMEOUT")));
}

/// A body is read as what its headers say, and a compressed one may not grow over the limit.
#[actix_web::test]
async fn a_body_is_what_its_headers_say() {
    let limits = Limits { import: 100_000, ..Limits::default() };
    let app = archive(seed::weekend).limits(limits).start(Backend::Sqlite).await;
    let token = token(&app, "ci", "write", None).await;
    let authorization = format!("Bearer {token}");
    for (name, value) in [("Content-Encoding", "gzip"), ("Content-Type", "application/yaml; charset=latin1")] {
        let mut headers = vec![("Authorization", authorization.as_str()), (name, value)];
        if name != "Content-Type" {
            headers.push(("Content-Type", "application/yaml"));
        }
        let answer = app.send(Method::POST, PATH, &headers, b"conferences: []".to_vec()).await;
        assert_eq!(answer.status, 415, "{value}: {}", answer.body);
    }
    let tar = |files: &[(&str, usize)]| {
        let mut tar = tar::Builder::new(zstd::Encoder::new(Vec::new(), 1).unwrap());
        for (name, size) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(*size as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, vec![b'#'; *size].as_slice()).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    };
    for (files, message) in [
        (&[("README.md", 200_000)][..], "it holds files of more than 100000 bytes in all"),
        (&[("speakers.yaml", 60_000), ("companies.yaml", 60_000)], "it holds files of more than 100000 bytes in all"),
        (&[("speakers.yaml", 5), ("speakers.yaml", 5)], "it holds speakers.yaml twice"),
    ] {
        let answer = post(&app, PATH, &token, "application/zstd", tar(files)).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(answer.body.contains(message), "{}", answer.body);
    }
}
