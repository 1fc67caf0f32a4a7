//! Importing over HTTP: who may, what is taken, and that it is whole or not at all.

use lectern_api::{
    format::{document::Document, native::bundle},
    token::{self, TokenScope},
};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

use crate::support::{
    app::{Answer, App, archive, empty, on_both},
    seed,
};

const PATH: &str = "/api/v1/imports?format=native";

/// A token of a scope, valid until then.
async fn token(app: &App, name: &str, scope: &str, until: Option<&str>) -> String {
    let database = Database::connect(&app.database_url).await.unwrap();
    let now = "2026-11-21T11:00:00Z".parse().unwrap();
    let scope: TokenScope = scope.parse().unwrap();
    let made = token::create(&database, name, &scope, until.map(|until| until.parse().unwrap()), now).await.unwrap();
    database.close().await.unwrap();
    made
}

async fn post(app: &App, path: &str, token: &str, media: &str, body: Vec<u8>) -> Answer {
    let bearer = format!("Bearer {token}");
    app.send("POST".parse().unwrap(), path, &[("Authorization", &bearer), ("Content-Type", media)], body).await
}

fn yaml(document: &Document) -> Vec<u8> {
    bundle::yaml(document).unwrap()
}

async fn talks(app: &App) -> i64 {
    app.query("{ archive { talks } }").await["archive"]["talks"].as_i64().unwrap()
}

on_both! {
    async fn a_document_goes_in_whole(app: empty()) {
        let token = token(&app, "ci", "write", None).await;
        let dry = post(&app, &format!("{PATH}&dry_run=true"), &token, "application/yaml", yaml(&seed::weekend())).await;
        assert_eq!((dry.status.as_u16(), &dry.json()["dry_run"], talks(&app).await), (200, &json!(true), 0), "{}", dry.body);
        let done = post(&app, PATH, &token, "application/yaml; charset=utf-8", yaml(&seed::weekend())).await;
        assert_eq!((done.status.as_u16(), done.header("cache-control")), (200, "no-store"), "{}", done.body);
        let report = done.json();
        assert_eq!((&report["created"], &report["dry_run"]), (&dry.json()["created"], &json!(false)));
        assert!(report["revision"].as_i64().unwrap() > 20 && report["created"]["Talk"] == 9, "{report}");
        assert_eq!(talks(&app).await, 8);
        // The same again, as a tar archive, changes nothing.
        let again = post(&app, PATH, &token, "application/zstd", bundle::tar_zst(&seed::weekend()).unwrap()).await;
        assert_eq!((again.status.as_u16(), &again.json()["revision"]), (200, &Value::Null), "{}", again.body);
        let missing = post(&app, &format!("{PATH}&edition=conf-2031"), &token, "application/yaml", yaml(&seed::weekend())).await;
        assert!(missing.status == 400 && missing.body.contains("conf-2031"), "{}", missing.body);
    }

    async fn a_wrong_document_changes_nothing(app: archive(seed::weekend)) {
        let token = token(&app, "ci", "write", None).await;
        let text = String::from_utf8(yaml(&seed::weekend())).unwrap();
        let wrong = text.replacen("timezone: Europe/Berlin", "timezone: Berlin", 1).replacen("    name: ACME", "    nmae: ACME", 1);
        let answer = post(&app, PATH, &token, "application/yaml", wrong.into_bytes()).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (400, "application/problem+json; charset=utf-8"));
        let line = text.lines().position(|line| line == "    name: ACME").unwrap() + 1;
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        assert!(errors.iter().any(|error| error["line"] == line && error["message"].as_str().unwrap().contains("nmae")), "{errors:?}");
        assert!(errors.iter().any(|error| error["message"].as_str().unwrap().contains("\"Berlin\" is not an IANA time zone")), "{errors:?}");
        for (path, media, body, status) in [
            (PATH, "application/zstd", b"no archive".to_vec(), 400),
            (PATH, "application/yaml", b"\xff".to_vec(), 400),
            (PATH, "application/yaml", Vec::new(), 400),
            (PATH, "text/plain", yaml(&seed::weekend()), 415),
            ("/api/v1/imports?format=frab", "application/yaml", yaml(&seed::weekend()), 400),
            ("/api/v1/imports", "application/yaml", yaml(&seed::weekend()), 400),
            ("/api/v1/imports?format=native&dryrun=true", "application/yaml", yaml(&seed::weekend()), 400),
        ] {
            let answer = post(&app, path, &token, media, body).await;
            assert_eq!(answer.status.as_u16(), status, "{path} {media}: {}", answer.body);
        }
        assert_eq!(post(&app, PATH, &token, "application/yaml", yaml(&seed::weekend())).await.json()["revision"], Value::Null, "nothing was kept");
        let get = app.get(PATH, &[]).await;
        assert_eq!((get.status.as_u16(), get.header("allow")), (405, "POST, OPTIONS"));
    }

    async fn only_who_may_writes(app: archive(seed::weekend)) {
        let other = || {
            let mut document = seed::weekend();
            document.conferences[0].slug = "other".parse().unwrap();
            document.editions[0].conference = "other".parse().unwrap();
            document.editions[0].slug = "other-2025".parse().unwrap();
            document.editions[0].identity = Default::default();
            document
        };
        let refused = |answer: Answer| (answer.status.as_u16(), answer.json()["code"].as_str().unwrap().to_owned());
        let unauthenticated = (401, "UNAUTHENTICATED".to_owned());
        let without = app.send("POST".parse().unwrap(), PATH, &[("Content-Type", "application/yaml")], yaml(&other())).await;
        assert!(without.header("www-authenticate").starts_with("Bearer"));
        assert_eq!(refused(without), unauthenticated);
        let good = token(&app, "good", "write", None).await;
        // A secret may have underscores of its own.
        let (known, secret) = good.split_at("lectern_".len() + 32);
        for wrong in ["", "nonsense", "lectern_x_y", &format!("{known}{}", secret.to_lowercase()), &good.replace(known, "lectern_00000000000000000000000000000000")] {
            assert_eq!(refused(post(&app, PATH, wrong, "application/yaml", yaml(&other())).await), unauthenticated, "{wrong}");
        }
        let short = token(&app, "short", "write", Some("2026-11-21T12:00:30Z")).await;
        assert_eq!(post(&app, PATH, &short, "application/yaml", yaml(&seed::weekend())).await.status, 200);
        app.set_now("2026-11-21T12:00:30Z");
        assert_eq!(refused(post(&app, PATH, &short, "application/yaml", yaml(&other())).await), unauthenticated, "expired");
        // A token for one conference.
        let narrow = token(&app, "narrow", "write:conf", None).await;
        assert_eq!(refused(post(&app, PATH, &narrow, "application/yaml", yaml(&other())).await), (403, "FORBIDDEN".to_owned()));
        assert_eq!(post(&app, PATH, &narrow, "application/yaml", yaml(&seed::weekend())).await.status, 200);
        let database = Database::connect(&app.database_url).await.unwrap();
        token::revoke(&database, "narrow", "2026-11-21T12:00:00Z".parse().unwrap()).await.unwrap();
        assert_eq!(refused(post(&app, PATH, &narrow, "application/yaml", yaml(&seed::weekend())).await), unauthenticated, "revoked");
        assert_eq!(talks(&app).await, 8, "nothing of it was written");
        // The secret is nowhere, the last use is.
        let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), "SELECT name, hash FROM api_token")).await.unwrap();
        assert!(rows.iter().all(|row| { let hash: String = row.try_get("", "hash").unwrap(); hash.len() == 64 && !good.contains(&hash) }));
        let listed = token::list(&database).await.unwrap();
        let used: Vec<(&str, bool, bool)> = listed.iter().map(|one| (one.name.as_str(), one.used_at.is_some(), one.revoked_at.is_some())).collect();
        assert_eq!(used, [("good", false, false), ("narrow", true, true), ("short", true, false)]);
        assert_eq!(listed[1].scope.to_string(), "write:conf");
    }
}
