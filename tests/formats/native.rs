//! An edition in Lectern's own format: everything, and back without loss.

use std::path::Path;

use lectern_api::{
    archive::export,
    format::native::{
        self,
        bundle::{self, TarArchive},
    },
};
use serde_json::Value;
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, empty, promcon, without_point},
    seed,
};

/// Checks that an edition's document goes into an empty archive, and comes out of that as it was.
async fn check_round_trip(app: &App, edition: &str) {
    let other = empty().start(app.backend).await;
    let yaml = app.get(&format!("/editions/{edition}/archive.yaml"), &[]).await;
    assert_eq!((yaml.status.as_u16(), yaml.header("content-type")), (200, "application/yaml"));
    let tar = app.get(&format!("/editions/{edition}/archive.tar.zst"), &[]).await;
    assert_eq!((tar.status.as_u16(), tar.header("content-type")), (200, "application/zstd"));
    let document =
        native::read_file(Path::new("archive.yaml"), &yaml.bytes).unwrap_or_else(|problems| panic!("{problems}"));
    assert!(
        native::read(&TarArchive::from_tar_zst(&tar.bytes, 1 << 20).unwrap()).unwrap() == document,
        "both files hold the same document"
    );
    assert_eq!(document.editions.len(), 1);

    other.apply_at(&document, "2026-11-21T12:00:00Z").await;
    let yaml_of_other = other.get(&format!("/editions/{edition}/archive.yaml"), &[]).await;
    assert_eq!(without_point(&yaml_of_other.body), without_point(&yaml.body));
    let ids = format!(
        r#"{{
            edition(slug: "{edition}") {{
                id
                days {{ slots {{ id number talk {{ id speakers {{ id }} recordings {{ recording {{ id }} }} }} }} }}
            }}
        }}"#
    );
    assert_eq!(other.query(&ids).await, app.query(&ids).await);
}

#[on_both_databases]
#[actix_web::test]
async fn every_edition_comes_back(backend: Backend) {
    let app = promcon().start(backend).await;
    for edition in ["promcon-2016-berlin", "promcon-2017-munich", "promcon-2020-vancouver", "promcon-2025-munich"] {
        check_round_trip(&app, edition).await;
    }
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_with_everything_comes_back(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    check_round_trip(&app, "conf-2025").await;
}

#[on_both_databases]
#[actix_web::test]
async fn an_edition_names_what_others_have(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    editor
        .edit(&format!(
            r#"createEdition(input: {{
                conference: "conf", name: "Online", slug: "online", timezone: "UTC", year: 2026,
                replaces: "{}"
            }}) {{ edition {{ id }} }}"#,
            app.id(r#"edition(slug: "conf-2025")"#).await
        ))
        .await;
    let recordings =
        ["aaaaaaaaaaa", "ccccccccccc"].map(|key| format!(r#"recording(provider: YOUTUBE, externalId: "{key}")"#));
    let recordings = [app.id(&recordings[0]).await, app.id(&recordings[1]).await];
    editor
        .edit(&format!(
            r#"addPlaylist(input: {{
                provider: YOUTUBE, externalId: "PLonline", title: "Best of", edition: "online",
                recordings: {recordings:?}
            }}) {{ playlist {{ id }} }}"#
        ))
        .await;
    let recording = editor
        .edit(
            r#"addRecording(input: {
                provider: OTHER, externalId: "x", url: "https://example.org/x", edition: "conf-2025"
            }) { recording { id } }"#,
        )
        .await["recording"]["id"]
        .clone();
    let talk =
        editor.edit(r#"createTalk(input: { edition: "online", title: "T" }) { talk { id } }"#).await["talk"]["id"]
            .clone();
    editor.edit(&format!("attachRecording(talk: {talk}, recording: {recording}) {{ talk {{ id }} }}")).await;

    // Where the others are, its document changes nothing.
    for (file, media_type) in [("archive.yaml", "application/yaml"), ("archive.tar.zst", "application/zstd")] {
        let document = app.get(&format!("/editions/online/{file}"), &[]).await.bytes;
        let import = app.import(&editor.token, media_type, document).await;
        assert_eq!((import.status.as_u16(), &import.json()["revision"]), (200, &Value::Null), "{}", import.body);
    }

    // Where they are not, it is rejected.
    let other = empty().start(backend).await;
    let token = other.token("write").await;
    let document = app.get("/editions/online/archive.yaml", &[]).await.bytes;
    let import = other.import(&token, "application/yaml", document).await;
    assert!(import.status == 400 && import.body.contains("there is no edition conf-2025"), "{}", import.body);
    app.audit().await;
}

#[actix_web::test]
async fn errors_in_one_file_have_line_numbers() {
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
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
    assert!(TarArchive::from_tar_zst(b"no archive", 1 << 20).is_err());
}
