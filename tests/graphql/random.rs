//! Random edits: whatever is asked for, in whatever order, the answer is a right one, and the archive stays one that
//! every format can write. `LECTERN_TEST_SEED` makes another sequence; `LECTERN_TEST_RANDOM` is the number of edits.

use std::{collections::HashMap, sync::Mutex};

use lectern_api::{archive::export, format::native::bundle};
use sea_orm::Database;
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    editor::Editor,
    seed,
};
use values::World;

mod known;
mod steps;
mod values;

/// After how many edits everything is read.
const CHECK_EVERY: usize = 25;

/// The answers to the sequence of a seed, on the database on which it ran first.
static ANSWERS: Mutex<Option<HashMap<u64, Vec<String>>>> = Mutex::new(None);

/// A request, for whoever reads a failure, and its answer, as far as it is the same on both databases.
struct Exchange {
    request: String,
    answer: String,
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[on_both_databases]
#[actix_web::test]
async fn random_edits_leave_a_right_archive(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let (seed, steps) = (number("LECTERN_TEST_SEED", 1), number("LECTERN_TEST_RANDOM", 150) as usize);
    let mut world = start(&editor, seed).await;

    let mut answers = Vec::new();
    let mut exchanges_since_check = Vec::new();
    let mut backups = vec![backup(&app).await];
    for number in 1..=steps {
        let exchange = match number % 40 {
            0 | 20 => unmerge(&app, &mut world).await,
            30 => restore(&editor, &mut world, &mut backups).await,
            _ => edit(&editor, &mut world).await,
        };
        exchanges_since_check.push(format!("{number}: {}\n    {}", exchange.request, exchange.answer));
        answers.push(world.without_ids(&exchange.answer));
        let is_due = number % CHECK_EVERY == 0 || number == steps;
        let mut checked = match number % 10 {
            0 => known::check(&app, &mut world, number == steps).await,
            _ => Ok(()),
        };
        if is_due && checked.is_ok() {
            checked = check(&editor).await;
        }
        if is_due || checked.is_err() {
            if let Err(problem) = checked {
                let exchanges = exchanges_since_check.join("\n");
                panic!("{exchanges}\nseed {seed}, {backend:?}, after edit {number}: {problem}");
            }
            exchanges_since_check.clear();
        }
    }

    answers.push(world.without_ids(&backup(&app).await));
    check_same_on_both(seed, answers);
}

/// Adds a second conference, and answers all that there is to edit.
async fn start(editor: &Editor<'_>, seed: u64) -> World {
    for mutation in [
        r#"createConference(input: { name: "Other" }) { revision }"#,
        r#"createEdition(input: {
            conference: "other", name: "Other 1", timezone: "America/New_York", year: 2025
        }) { revision }"#,
    ] {
        editor.edit(mutation).await;
    }

    let mut world = World::new(seed);
    let data = editor
        .app
        .query(
            "{
                conferences { nodes { id slug revision } } speakers { nodes { id slug revision } }
                companies { nodes { id slug revision } } recordings { nodes { id revision } }
                editions {
                    nodes {
                        id slug revision rooms { id slug revision } tracks { id slug revision }
                        talks { nodes { id slug revision links { id revision } } }
                        schedule { id revision } playlists { id revision }
                    }
                }
            }",
        )
        .await;
    let mut remember = |kind: &str, list: &Value| {
        list.as_array().unwrap().iter().for_each(|thing| world.remember(kind, thing));
    };
    for (kind, list) in [
        ("Conference", "conferences"),
        ("Speaker", "speakers"),
        ("Company", "companies"),
        ("Recording", "recordings"),
        ("Edition", "editions"),
    ] {
        remember(kind, &data[list]["nodes"]);
    }
    for edition in data["editions"]["nodes"].as_array().unwrap() {
        remember("Talk", &edition["talks"]["nodes"]);
        for talk in edition["talks"]["nodes"].as_array().unwrap() {
            remember("Link", &talk["links"]);
        }
        for (kind, list) in [("Room", "rooms"), ("Track", "tracks"), ("Slot", "schedule"), ("Playlist", "playlists")] {
            remember(kind, &edition[list]);
        }
    }
    world
}

/// Makes one random edit.
async fn edit(editor: &Editor<'_>, world: &mut World) -> Exchange {
    let step = world.step();
    let (document, variables) = step.request();
    let request: String = format!("{} {variables}", step.field).chars().take(1500).collect();
    let before = editor.app.revision().await;
    let answer = editor.app.mutate(&editor.token, &document, variables).await;
    let after = editor.app.revision().await;
    let body = answer.json();

    // The request as a whole may be refused, for reasons that are its own.
    if let Some(errors) = body["errors"].as_array() {
        let codes = errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or_default());
        let codes: Vec<&str> = codes.collect();
        let allowed = ["BAD_USER_INPUT", "FORBIDDEN", "NOT_FOUND"];
        assert!(codes.iter().all(|code| allowed.contains(code)), "{request}\n{body:#}");
        assert!(!body.to_string().contains("the archive can't hold it"), "{request}\n{body:#}");
        assert!(answer.status.as_u16() < 500 && before == after, "{request}\n{body:#}");
        return Exchange { request, answer: format!("{} {codes:?}", step.field) };
    }

    // Either the edit is made, or nothing is changed.
    let payload = &body["data"]["it"];
    let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("{request}\n{body:#}"));
    assert_eq!(errors.is_empty(), payload["revision"].is_i64(), "{request}\n{body:#}");
    assert!(errors.is_empty() || before == after, "{request}\n{body:#}");
    assert!(payload["revision"].as_i64() <= Some(after), "{request}\n{body:#}");
    if errors.is_empty() {
        let thing = &payload[step.kind.to_lowercase()];
        world.remember(step.kind, thing);
        world.remember("Room", &thing["room"]);
        if step.field.starts_with("merge") {
            world.merged.extend(step.arguments[0].2.as_str().map(str::to_owned));
        }
    }
    let errors: Vec<String> = errors.iter().map(|error| format!("{} {}", error["code"], error["path"])).collect();
    Exchange { request, answer: format!("{} {} {errors:?}", step.field, after - before) }
}

/// Undoes one of the merges, if it can be undone.
async fn unmerge(app: &App, world: &mut World) -> Exchange {
    if world.merged.is_empty() {
        return Exchange { request: "no merge".to_owned(), answer: String::new() };
    }
    let name = world.chance.pick(&world.merged.clone());
    let request = format!("unmerge {name}");
    let before = app.revision().await;
    let answer = match app.unmerge(&name).await {
        Ok(mut unmerged) => {
            // PostgreSQL has the fields of a change in another order.
            unmerged.left.sort();
            format!("{} {:?}", app.revision().await - before, unmerged.left)
        }
        Err(error) => {
            for fault_of_ours in ["went wrong", "does not answer", "can't hold"] {
                assert!(!error.contains(fault_of_ours), "{request}: {error}");
            }
            "refused".to_owned()
        }
    };
    Exchange { request, answer }
}

/// Makes a backup, and imports one of all backups so far: without force it changes nothing, because what was changed
/// since is kept; with force it takes that back.
async fn restore(editor: &Editor<'_>, world: &mut World, backups: &mut Vec<String>) -> Exchange {
    backups.push(backup(editor.app).await);
    let place = world.chance.below(backups.len());
    let before = editor.app.revision().await;
    let problem = check_import(editor, backups[place].clone()).await;
    assert_eq!(problem, Ok(()), "backup {place}");
    let (status, body) = import(editor, backups[place].clone(), "&force=true").await;
    assert!([200, 400].contains(&status), "{place}: {status} {body}");
    let answer = format!("import {status} {}", editor.app.revision().await - before);
    Exchange { request: format!("import {place}: {body}"), answer }
}

async fn import(editor: &Editor<'_>, yaml: String, options: &str) -> (u16, String) {
    let answer = editor.app.import_with(&editor.token, "application/yaml", yaml, options).await;
    (answer.status.as_u16(), answer.body)
}

/// The whole archive in its own format.
async fn backup(app: &App) -> String {
    let database = Database::connect(&app.database_url).await.unwrap();
    let document = export::document(&database, None).await;
    database.close().await.unwrap();
    String::from_utf8(bundle::yaml(&document.unwrap()).unwrap()).unwrap()
}

/// Reads everything in every format. An import of what is exported changes nothing.
async fn check(editor: &Editor<'_>) -> Result<(), String> {
    let app = editor.app;
    app.audit().await;
    check_import(editor, backup(app).await).await?;
    let editions = app.query("{ editions(first: 500) { nodes { slug } } }").await;
    for edition in editions["editions"]["nodes"].as_array().unwrap() {
        let slug = edition["slug"].as_str().unwrap();
        let yaml = read(app, &format!("/editions/{slug}/archive.yaml")).await?;
        check_import(editor, yaml).await.map_err(|problem| format!("{slug}: {problem}"))?;
        for format in ["schedule.ics", "schedule.xml", "schedule.json", "feed.atom"] {
            read(app, &format!("/editions/{slug}/{format}")).await?;
        }
        read(app, &format!("/api/v1/editions/{slug}/schedule")).await?;
        for part in PARTS_OF_EDITION {
            let answer = app.ask(&format!(r#"{{ edition(slug: "{slug}") {{ {part} }} }}"#), json!({})).await;
            if answer.get("errors").is_some() {
                return Err(format!("{slug}: {part}: {}", answer["errors"]));
            }
        }
    }
    read(app, "/api/v1/changes?since=0").await.map(drop)
}

/// Gets a path, which must be answered.
async fn read(app: &App, path: &str) -> Result<String, String> {
    let answer = app.get(path, &[]).await;
    if answer.status == 200 {
        Ok(answer.body.clone())
    } else {
        Err(format!("{path}: {} {}", answer.status, answer.body))
    }
}

/// Imports what was exported, which must change nothing.
async fn check_import(editor: &Editor<'_>, yaml: String) -> Result<(), String> {
    let (status, body) = import(editor, yaml, "").await;
    let changes = serde_json::from_str::<Value>(&body).is_ok_and(|report| !report["revision"].is_null());
    if status == 200 && !changes { Ok(()) } else { Err(format!("the import of what was exported: {status} {body}")) }
}

/// Selections that together are everything of an edition. One request may not ask for all of it.
const PARTS_OF_EDITION: [&str; 4] = [
    "id acronym status conference { name } venue { name latitude } hashtags callForPapers { opensOn }
    tickets { name price currency }
    replaces { slug } replacedBy { slug } previous { slug } next { slug }
    involvements { role note person { name } company { name } }
    rooms { name position } tracks { name color }
    sponsorTiers { name rank sponsorships { company { name } url } } sponsorships { tier { rank } }
    links { title url } stats { talks speakers companies recordedSeconds } contentRevision",
    "days {
        date index startsAt endsAt
        slots {
            number title startsAt endsAt durationMinutes room { name } place { name } sponsors { slug }
            talk { title }
        }
    }",
    "talks(first: 100, filter: { status: [CONFIRMED, CANCELLED, WITHDRAWN] }) {
        totalCount
        nodes {
            title aliases tags startsAt endsAt room { slug } track { slug } block { slug }
            replaces { slug } replacedBy { slug }
            appearances { creditedAs represents speaker { name slug } companies { name successor { slug } } }
            recordings { startSeconds url } links { kind } related { slug }
        }
    }",
    "recordings {
        nodes { url embedUrl durationSeconds }
    }
    playlists {
        title recordings { externalId }
    }
    speakers {
        nodes { name aliases }
    }
    companies {
        nodes { name aliases predecessors { slug } }
    }
    scheduleChanges(since: 0) {
        kind title
    }",
];

/// Checks that the answers are those on the other database, ids aside, once both have run.
fn check_same_on_both(seed: u64, answers: Vec<String>) {
    let mut stored = ANSWERS.lock().unwrap();
    let stored = stored.get_or_insert_default();
    let Some(others) = stored.remove(&seed) else {
        stored.insert(seed, answers);
        return;
    };
    for (number, (answer, other)) in (1..).zip(answers.iter().zip(&others)) {
        assert_eq!(answer, other, "edit {number}");
    }
}
