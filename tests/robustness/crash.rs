//! The process is killed in the middle of edits and of imports, again and again. What was answered is there afterwards,
//! each write whole or not at all, and who follows goes on. `LECTERN_TEST_CRASHES` says how often.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use actix_web::rt::time::sleep;
use futures_util::future::{join, join_all};
use lectern_api::{archive, format::native};
use sea_orm::Database;
use serde_json::{Value, json};

use crate::support::{
    app::{Backend, archive as with, new_database},
    seed,
};

fn crashes() -> u32 {
    std::env::var("LECTERN_TEST_CRASHES").map_or(4, |crashes| crashes.parse().expect("a number"))
}

/// A server in a process of its own.
struct Process {
    child: Child,
    base: String,
}

fn lectern(database: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lectern"));
    command.args(arguments).env("LECTERN_DATABASE", database).env("LECTERN_LOG", "error").stdin(Stdio::null());
    command
}

impl Process {
    fn start(database: &str) -> Self {
        let mut child = lectern(database, &["serve", "--bind", "127.0.0.1:0", "--no-archive"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.find_map(|line| line.ok().filter(|line| line.contains("answers"))).expect("it serves");
        let base = line.split_whitespace().find_map(|word| word.strip_suffix("/graphql")).unwrap().to_owned();
        Self { child, base }
    }

    /// Ends it as a power cut would.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What a request is answered; none if it isn't.
    async fn ask(&self, token: &str, query: &str) -> Option<Value> {
        let client = awc::Client::builder().timeout(Duration::from_secs(20)).finish();
        let request = client.post(format!("{}/graphql", self.base)).bearer_auth(token);
        let mut answer = request.send_json(&json!({ "query": query })).await.ok()?;
        let answer: Value = answer.json().limit(16 << 20).await.ok()?;
        assert!(answer.get("errors").is_none(), "{query}: {answer:#}");
        Some(answer["data"].clone())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Edits a talk again and again until the server is gone; answers the last number that was answered, and the last that
/// was sent.
async fn edit(process: &Process, token: &str, talk: &str, from: u64) -> (u64, u64) {
    let mut answered = from;
    loop {
        let next = answered + 1;
        let people = if next.is_multiple_of(2) {
            r#"[{ speaker: "speaker-1", companies: ["company-1", "company-2"] }, { speaker: "speaker-2" }]"#
        } else {
            "[]"
        };
        let mutation = format!(
            r#"mutation {{ a: updateTalk(id: "{talk}", input: {{ title: "{next}", tags: ["{next}"] }}) {{ revision }} b: setAppearances(talk: "{talk}", appearances: {people}) {{ revision }} }}"#
        );
        match process.ask(token, &mutation).await {
            Some(_) => answered = next,
            None => return (answered, next),
        }
    }
}

/// Reads the whole log after a revision; answers its revisions.
async fn log(process: &Process, mut since: i64) -> Vec<i64> {
    let mut told = Vec::new();
    loop {
        let query = format!("{{ changes(since: {since}, first: 500) {{ changes {{ revision }} nextSince hasMore }} }}");
        let page = process.ask("", &query).await.expect("an answer")["changes"].clone();
        told.extend(page["changes"].as_array().unwrap().iter().map(|change| change["revision"].as_i64().unwrap()));
        since = page["nextSince"].as_i64().unwrap();
        if page["hasMore"] == false {
            return told;
        }
    }
}

fn check(database: &str) {
    let checked = lectern(database, &["check", "--database"]).output().unwrap();
    let told = String::from_utf8_lossy(&checked.stdout);
    assert!(
        checked.status.success() && told.starts_with("the log and the tables agree"),
        "{told}{}",
        String::from_utf8_lossy(&checked.stderr)
    );
}

async fn edits_survive(backend: Backend) {
    let Some(app) = with(seed::twenty).start(backend).await else { return };
    let token = app.token("write").await;
    let mut talks = Vec::new();
    for n in 0..4 {
        talks.push(
            crate::graphql::mutations::id(&app, &format!(r#"talk(edition: "conf-2025", slug: "talk-{n}")"#)).await,
        );
    }
    let (mut seen, mut numbers) = (0, [0; 4]);
    for round in 0..crashes() {
        let mut process = Process::start(&app.database_url);
        let told = log(&process, seen).await;
        assert_eq!(told, (seen + 1..=seen + told.len() as i64).collect::<Vec<_>>(), "a follower goes on where it was");
        seen += told.len() as i64;
        let pid = process.child.id().to_string();
        let killer = async {
            sleep(Duration::from_millis(u64::from(150 + round * 37 % 400))).await;
            Command::new("kill").args(["-9", &pid]).status().unwrap();
        };
        let writers = join_all(talks.iter().zip(numbers).map(|(talk, from)| edit(&process, &token, talk, from)));
        let ((), ends) = join(killer, writers).await;
        process.kill();
        check(&app.database_url);
        for ((talk, number), (answered, sent)) in talks.iter().zip(&mut numbers).zip(ends) {
            let title =
                app.query(&format!(r#"{{ node(id: "{talk}") {{ ... on Talk {{ title tags }} }} }}"#)).await["node"]
                    .clone();
            let kept = title["title"].as_str().unwrap().parse().unwrap_or(0);
            assert!((answered..=sent).contains(&kept), "answered {answered}, sent {sent}, kept {kept}");
            assert!(kept == 0 || title["tags"] == json!([kept.to_string()]), "one write, whole: {title}");
            *number = kept;
        }
    }
    assert!(numbers.iter().sum::<u64>() > 0, "something was written");
}

async fn imports_survive(backend: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let database = match backend {
        Backend::Sqlite => format!("sqlite://{}", folder.path().join("lectern.db").display()),
        Backend::Postgres => match new_database(None).await {
            Some(url) => url,
            None => return,
        },
    };
    let document = seed::large(400);
    native::write(&folder.path().join("archive"), &document).unwrap();
    let path = folder.path().join("archive").display().to_string();
    let import = |round: u32| {
        // Each is another archive, so that each writes.
        let mut changed = document.clone();
        changed.editions[0].talks.iter_mut().for_each(|talk| talk.title = format!("{} {round}", talk.slug));
        native::write(&folder.path().join("archive"), &changed).unwrap();
        lectern(&database, &["import", "native", &path]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    assert!(import(0).wait().unwrap().success());
    let opened = Database::connect(&database).await.unwrap();
    let whole = archive::export::document(&opened, None).await.unwrap();
    let (mut killed, mut kept) = (0, 0);
    for round in 1..=crashes() {
        let mut running = import(round);
        sleep(Duration::from_millis(u64::from(120 + round * 53 % 500))).await;
        running.kill().unwrap();
        killed += u32::from(!running.wait().unwrap().success());
        check(&database);
        let stored = archive::export::document(&opened, None).await.unwrap();
        let titles: std::collections::HashSet<&str> =
            stored.editions[0].talks.iter().map(|talk| talk.title.rsplit(' ').next().unwrap()).collect();
        assert_eq!(
            (stored.editions[0].talks.len(), titles.len()),
            (whole.editions[0].talks.len(), 1),
            "whole, or not at all: {titles:?}"
        );
        kept += u32::from(titles.contains(round.to_string().as_str()));
    }
    assert!(killed > 0, "none of {} was in time ({kept} were kept)", crashes());
    assert!(import(crashes() + 1).wait().unwrap().success(), "and after it all it goes on");
    check(&database);
}

#[actix_web::test]
async fn edits_survive_on_sqlite() {
    edits_survive(Backend::Sqlite).await;
}

#[actix_web::test]
async fn edits_survive_on_postgres() {
    edits_survive(Backend::Postgres).await;
}

#[actix_web::test]
async fn imports_survive_on_sqlite() {
    imports_survive(Backend::Sqlite).await;
}

#[actix_web::test]
async fn imports_survive_on_postgres() {
    imports_survive(Backend::Postgres).await;
}
