//! Random edits: whatever is asked for, in whatever order, the answer is a right one, and the archive stays one that
//! every format can tell. `LECTERN_TEST_SEED` and `LECTERN_TEST_RANDOM` (how many edits) make other sequences, and
//! longer ones.

use std::{collections::HashMap, sync::Mutex};

use lectern_api::{archive::export, format::native::bundle};
use sea_orm::Database;
use serde_json::{Value, json};

use super::mutations::revision;
use crate::support::{
    app::{App, archive, on_both},
    seed,
};
use values::World;

mod steps;
mod values;

/// After how many edits everything is read.
const EACH: usize = 25;

/// What edits of one sequence were answered on the database that was done first.
static ANSWERED: Mutex<Option<HashMap<u64, Vec<String>>>> = Mutex::new(None);

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

on_both! {
    async fn random_edits_leave_a_right_archive(app: archive(seed::weekend)) {
        let (seed, steps) = (number("LECTERN_TEST_SEED", 1), number("LECTERN_TEST_RANDOM", 150));
        let token = app.token("write").await;
        let mut world = start(&app, &token, seed).await;
        let (mut answers, mut sent, mut known) = (Vec::new(), Vec::new(), vec![whole(&app).await]);
        for number in 1..=steps as usize {
            let (request, answer) = match number % 40 {
                0 | 20 => undo(&app, &mut world).await,
                30 => put_back(&app, &token, &mut world, &mut known).await,
                _ => edit(&app, &token, &mut world).await,
            };
            sent.push(format!("{number}: {request}\n    {answer}"));
            answers.push(world.without_ids(&answer));
            if number % EACH == 0 || number == steps as usize {
                if let Err(wrong) = check(&app, &token).await {
                    panic!("{}\nseed {seed}, {:?}, after edit {number}: {wrong}", sent.join("\n"), app.backend);
                }
                sent.clear();
            }
        }
        answers.push(world.without_ids(&whole(&app).await));
        same_on_both(seed, answers);
    }
}

/// The seed of an archive, with a second conference.
async fn start(app: &App, token: &str, seed: u64) -> World {
    let mut world = World::of(seed);
    for mutation in [
        r#"createConference(input: { name: "Other" }) { revision }"#,
        r#"createEdition(input: { conference: "other", name: "Other 1", timezone: "America/New_York", year: 2025 }) { revision }"#,
    ] {
        super::mutations::write(app, token, mutation).await;
    }
    let all = app.query("{ conferences { nodes { id slug revision } } speakers { nodes { id slug revision } } companies { nodes { id slug revision } } recordings { nodes { id revision } } \
        editions { nodes { id slug revision rooms { id slug revision } tracks { id slug revision } talks { nodes { id slug revision links { id revision } } } schedule { id revision } playlists { id revision } } } }").await;
    let see = |world: &mut World, kind: &str, list: &Value| {
        list.as_array().unwrap().iter().for_each(|thing| world.see(kind, thing))
    };
    for (kind, list) in [
        ("Conference", "conferences"),
        ("Speaker", "speakers"),
        ("Company", "companies"),
        ("Recording", "recordings"),
        ("Edition", "editions"),
    ] {
        see(&mut world, kind, &all[list]["nodes"]);
    }
    for edition in all["editions"]["nodes"].as_array().unwrap() {
        see(&mut world, "Talk", &edition["talks"]["nodes"]);
        for talk in edition["talks"]["nodes"].as_array().unwrap() {
            see(&mut world, "Link", &talk["links"]);
        }
        for (kind, list) in [("Room", "rooms"), ("Track", "tracks"), ("Slot", "schedule"), ("Playlist", "playlists")] {
            see(&mut world, kind, &edition[list]);
        }
    }
    world
}

/// Makes one edit; answers what was asked for, and the answer without what is random in it.
async fn edit(app: &App, token: &str, world: &mut World) -> (String, String) {
    let step = world.step();
    let (document, variables) = step.request();
    let mut request = format!("{} {variables}", step.field);
    request = request.chars().take(1500).collect();
    let before = revision(app).await;
    let answer = app.mutate(token, &document, variables).await;
    let after = revision(app).await;
    let body = answer.json();
    if let Some(errors) = body["errors"].as_array() {
        let codes: Vec<&str> =
            errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or_default()).collect();
        assert!(
            codes.iter().all(|code| ["BAD_USER_INPUT", "FORBIDDEN", "NOT_FOUND"].contains(code)),
            "{request}\n{body:#}"
        );
        assert!(!body.to_string().contains("the archive can't hold it"), "{request}\n{body:#}");
        assert!(answer.status.as_u16() < 500 && before == after, "{request}\n{body:#}");
        return (request, format!("{} {codes:?}", step.field));
    }
    let payload = &body["data"]["it"];
    let problems = payload["userErrors"].as_array().unwrap_or_else(|| panic!("{request}\n{body:#}"));
    assert_eq!(problems.is_empty(), payload["revision"].is_i64(), "{request}\n{body:#}");
    assert!(problems.is_empty() || before == after, "{request}\n{body:#}");
    assert!(payload["revision"].as_i64() <= Some(after), "{request}\n{body:#}");
    let told: Vec<String> = problems.iter().map(|problem| format!("{} {}", problem["code"], problem["path"])).collect();
    if problems.is_empty() {
        let thing = &payload[step.kind.to_lowercase()];
        world.see(step.kind, thing);
        world.see("Room", &thing["room"]);
        if step.field.starts_with("merge") {
            world.merged.extend(step.arguments[0].2.as_str().map(str::to_owned));
        }
    }
    (request, format!("{} {} {told:?}", step.field, after - before))
}

/// Undoes one of the merges there were, if it can be undone.
async fn undo(app: &App, world: &mut World) -> (String, String) {
    if world.merged.is_empty() {
        return ("no merge".to_owned(), String::new());
    }
    let name = world.chance.pick(&world.merged.clone());
    let before = revision(app).await;
    let done = app.unmerge(&name).await;
    let request = format!("unmerge {name}");
    let answer = match done {
        Ok(mut done) => {
            // PostgreSQL has the fields of a change in an order of its own.
            done.left.sort();
            format!("{} {:?}", revision(app).await - before, done.left)
        }
        Err(wrong) => {
            let ours = ["went wrong", "does not answer", "can't hold"];
            assert!(!ours.iter().any(|ours| wrong.contains(ours)), "{request}: {wrong}");
            "refused".to_owned()
        }
    };
    (request, answer)
}

/// Imports what the archive was at some time before, and notes what it is.
async fn put_back(app: &App, token: &str, world: &mut World, known: &mut Vec<String>) -> (String, String) {
    known.push(whole(app).await);
    let at = world.chance.below(known.len());
    let before = revision(app).await;
    let (status, body) = import(app, token, known[at].clone()).await;
    assert!([200, 400].contains(&status), "{at}: {status} {body}");
    (format!("import {at}: {body}"), format!("import {status} {}", revision(app).await - before))
}

async fn import(app: &App, token: &str, yaml: String) -> (u16, String) {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/yaml")];
    let answer = app.send("POST".parse().unwrap(), "/api/v1/imports?format=native", &headers, yaml).await;
    (answer.status.as_u16(), answer.body)
}

/// The whole archive in its own format.
async fn whole(app: &App) -> String {
    let database = Database::connect(&app.database_url).await.unwrap();
    let document = export::document(&database, None).await;
    database.close().await.unwrap();
    String::from_utf8(bundle::yaml(&document.unwrap()).unwrap()).unwrap()
}

/// Reads everything in every format; an import of what the archive tells of itself changes nothing.
async fn check(app: &App, token: &str) -> Result<(), String> {
    app.audit().await;
    imported(app, token, whole(app).await).await?;
    let editions = app.query("{ editions(first: 500) { nodes { slug } } }").await;
    let read = async |path: String| {
        let answer = app.get(&path, &[]).await;
        (answer.status == 200)
            .then_some(answer.body.clone())
            .ok_or_else(|| format!("{path}: {} {}", answer.status, answer.body))
    };
    for edition in editions["editions"]["nodes"].as_array().unwrap() {
        let slug = edition["slug"].as_str().unwrap();
        imported(app, token, read(format!("/editions/{slug}/archive.yaml")).await?)
            .await
            .map_err(|wrong| format!("{slug}: {wrong}"))?;
        for format in ["schedule.ics", "schedule.xml", "schedule.json", "feed.atom"] {
            read(format!("/editions/{slug}/{format}")).await?;
        }
        read(format!("/api/v1/editions/{slug}/schedule")).await?;
        for part in PARTS {
            let answer = app.ask(&format!(r#"{{ edition(slug: "{slug}") {{ {part} }} }}"#), json!({})).await;
            if answer.get("errors").is_some() {
                return Err(format!("{slug}: {part}: {}", answer["errors"]));
            }
        }
    }
    read("/api/v1/changes?since=0".to_owned()).await.map(drop)
}

async fn imported(app: &App, token: &str, yaml: String) -> Result<(), String> {
    let (status, body) = import(app, token, yaml).await;
    let changes = serde_json::from_str::<Value>(&body).is_ok_and(|report| !report["revision"].is_null());
    (status == 200 && !changes).then_some(()).ok_or_else(|| format!("what was exported is {status} to import: {body}"))
}

/// Everything of an edition, as far as one request may ask for it.
const PARTS: [&str; 4] = [
    "id acronym status conference { name } venue { name latitude } hashtags callForPapers { opensOn } tickets { name price currency } replaces { slug } replacedBy { slug } previous { slug } next { slug } \
     involvements { role note person { name } company { name } } rooms { name position } tracks { name color } sponsorTiers { name rank sponsorships { company { name } url } } sponsorships { tier { rank } } \
     links { title url } stats { talks speakers companies recordedSeconds } contentRevision",
    "days { date index startsAt endsAt slots { number title startsAt endsAt durationMinutes room { name } place { name } sponsors { slug } talk { title } } }",
    "talks(first: 100, filter: { status: [CONFIRMED, CANCELLED, WITHDRAWN] }) { totalCount nodes { title aliases tags startsAt endsAt room { slug } track { slug } block { slug } replaces { slug } replacedBy { slug } \
     appearances { creditedAs represents speaker { name slug } companies { name successor { slug } } } recordings { startSeconds url } links { kind } related { slug } } }",
    "recordings { nodes { url embedUrl durationSeconds } } playlists { title recordings { externalId } } speakers { nodes { name aliases } } companies { nodes { name aliases predecessors { slug } } } scheduleChanges(since: 0) { kind title }",
];

/// Both databases answer the same, ids aside.
fn same_on_both(seed: u64, answers: Vec<String>) {
    let mut answered = ANSWERED.lock().unwrap();
    let known = answered.get_or_insert_default();
    match known.remove(&seed) {
        None => _ = known.insert(seed, answers),
        Some(others) => {
            let differs = answers.iter().zip(&others).position(|(one, other)| one != other);
            assert!(
                differs.is_none(),
                "edit {}: {:?} or {:?}",
                differs.unwrap() + 1,
                answers[differs.unwrap()],
                others[differs.unwrap()]
            );
        }
    }
}
