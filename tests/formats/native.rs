//! An edition in Lectern's own format: everything, and back without loss.

use std::{path::Path, sync::Arc};

use lectern_api::{
    archive::export,
    format::native::{
        self,
        bundle::{self, Folded},
    },
};

use crate::{
    graphql::mutations::{done, id},
    support::{
        app::{self, App, Backend, archive, on_both, promcon},
        seed,
    },
};

/// What an edition's archive says, and what it says after it went into an empty archive and out of that again.
async fn comes_back(app: &App, edition: &str) {
    let empty = app::empty().start(app.backend).await.expect("the other one started");
    let yaml = app.get(&format!("/editions/{edition}/archive.yaml"), &[]).await;
    assert_eq!((yaml.status.as_u16(), yaml.header("content-type")), (200, "application/yaml"));
    let tar = app.get(&format!("/editions/{edition}/archive.tar.zst"), &[]).await;
    assert_eq!((tar.status.as_u16(), tar.header("content-type")), (200, "application/zstd"));
    let document =
        native::read_file(Path::new("archive.yaml"), &yaml.bytes).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(native::read(&Folded::from_tar_zst(&tar.bytes).unwrap()).unwrap() == document, "both say the same");
    assert_eq!(document.editions.len(), 1);
    app::load(&empty.database_url, &document, Arc::new(|| "2026-11-21T12:00:00Z".parse().unwrap())).await;
    assert_eq!(
        empty.get(&format!("/editions/{edition}/archive.yaml"), &[]).await.body,
        yaml.body,
        "the same bytes after a round trip"
    );
    let ids = format!(
        "{{ edition(slug: \"{edition}\") {{ id days {{ slots {{ id number talk {{ id speakers {{ id }} recordings {{ recording {{ id }} }} }} }} }} }} }}"
    );
    assert_eq!(empty.query(&ids).await, app.query(&ids).await, "and the same ids");
}

on_both! {
    async fn every_edition_comes_back(app: promcon()) {
        for edition in ["promcon-2016-berlin", "promcon-2017-munich", "promcon-2020-vancouver", "promcon-2025-munich"] {
            comes_back(&app, edition).await;
        }
    }

    async fn an_edition_with_everything_comes_back(app: archive(seed::weekend)) {
        comes_back(&app, "conf-2025").await;
    }

    async fn an_edition_names_what_others_have(app: archive(seed::weekend)) {
        let token = app.token("write").await;
        done(&app, &token, &format!(r#"createEdition(input: {{ conference: "conf", name: "Online", slug: "online", timezone: "UTC", year: 2026, replaces: "{}" }}) {{ edition {{ id }} TOLD }}"#, id(&app, r#"edition(slug: "conf-2025")"#).await)).await;
        let recordings = ["aaaaaaaaaaa", "ccccccccccc"].map(|key| format!(r#"recording(provider: YOUTUBE, externalId: "{key}")"#));
        let recordings = [id(&app, &recordings[0]).await, id(&app, &recordings[1]).await];
        done(&app, &token, &format!(r#"addPlaylist(input: {{ provider: YOUTUBE, externalId: "PLonline", title: "Best of", edition: "online", recordings: {recordings:?} }}) {{ playlist {{ id }} TOLD }}"#)).await;
        let other = done(&app, &token, r#"addRecording(input: { provider: OTHER, externalId: "x", url: "https://example.org/x", edition: "conf-2025" }) { recording { id } TOLD }"#).await["recording"]["id"].clone();
        let talk = done(&app, &token, r#"createTalk(input: { edition: "online", title: "T" }) { talk { id } TOLD }"#).await["talk"]["id"].clone();
        done(&app, &token, &format!("attachRecording(talk: {talk}, recording: {other}) {{ talk {{ id }} TOLD }}")).await;
        for (file, media) in [("archive.yaml", "application/yaml"), ("archive.tar.zst", "application/zstd")] {
            let told = app.get(&format!("/editions/online/{file}"), &[]).await.bytes;
            let headers = [("Authorization", format!("Bearer {token}")), ("Content-Type", media.to_owned())];
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let again = app.send("POST".parse().unwrap(), "/api/v1/imports?format=native", &headers, told).await;
            assert_eq!((again.status.as_u16(), &again.json()["revision"]), (200, &serde_json::Value::Null), "{}", again.body);
        }
        // By itself it lacks them.
        let alone = app::empty().start(app.backend).await.unwrap();
        let headers = [("Authorization", format!("Bearer {}", alone.token("write").await)), ("Content-Type", "application/yaml".to_owned())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let wrong = alone.send("POST".parse().unwrap(), "/api/v1/imports?format=native", &headers, app.get("/editions/online/archive.yaml", &[]).await.bytes).await;
        assert!(wrong.status == 400 && wrong.body.contains("there is no edition conf-2025"), "{}", wrong.body);
        app.audit().await;
    }
}

#[actix_web::test]
async fn what_is_wrong_in_one_file_is_told_at_its_line() {
    let app = archive(seed::weekend).start(Backend::Sqlite).await.unwrap();
    let database = sea_orm::Database::connect(&app.database_url).await.unwrap();
    let document = export::document(&database, None).await.unwrap();
    let text = String::from_utf8(bundle::yaml(&document).unwrap()).unwrap();
    for (right, wrong) in [
        ("    name: ACME", "    nmae: ACME"),
        ("    timezone: Europe/Berlin", "    timezone: Berlin"),
        ("          - speaker: crew", "          - speaker: screw"),
    ] {
        let line = text.lines().position(|line| line == right).unwrap_or_else(|| panic!("no {right} in {text}")) + 1;
        let problems =
            native::read_file(Path::new("here.yaml"), text.replacen(right, wrong, 1).as_bytes()).unwrap_err();
        assert!(problems.to_string().contains(&format!("here.yaml:{line}:")), "{line}: {problems}");
    }
    assert!(native::read_file(Path::new("here.yaml"), b"\xff").unwrap_err().to_string().contains("not UTF-8"));
    assert!(Folded::from_tar_zst(b"no archive").is_err());
}
