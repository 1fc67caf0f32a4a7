//! The process is killed in the middle of edits and of imports, again and again. What was answered is there afterwards,
//! each write is there as a whole or not at all, and followers go on. `LECTERN_TEST_CRASHES` is the number of kills.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use actix_web::rt::time::sleep;
use futures_util::future::{join, join_all};
use lectern_api::{archive, format::native};
use sea_orm::Database;
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{Backend, archive as archive_of, new_database},
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

    /// The data that a request is answered with. None if the server is gone.
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

/// Edits a talk with one number after the other until the server is gone. Answers the last number whose edit was
/// answered, and the last that was sent.
async fn edit_until_the_end(process: &Process, token: &str, talk: &str, from: u64) -> (u64, u64) {
    let mut answered = from;
    loop {
        let next = answered + 1;
        let appearances = if next.is_multiple_of(2) {
            r#"[{ speaker: "speaker-1", companies: ["company-1", "company-2"] }, { speaker: "speaker-2" }]"#
        } else {
            "[]"
        };
        let mutation = format!(
            r#"mutation {{
                a: updateTalk(id: "{talk}", input: {{ title: "{next}", tags: ["{next}"] }}) {{ revision }}
                b: setAppearances(talk: "{talk}", appearances: {appearances}) {{ revision }}
            }}"#
        );
        match process.ask(token, &mutation).await {
            Some(_) => answered = next,
            None => return (answered, next),
        }
    }
}

/// The revisions of the log after a revision.
async fn revisions(process: &Process, mut since: i64) -> Vec<i64> {
    let mut revisions = Vec::new();
    loop {
        let query = format!("{{ changes(since: {since}, first: 500) {{ changes {{ revision }} nextSince hasMore }} }}");
        let page = process.ask("", &query).await.expect("an answer")["changes"].clone();
        let changes = page["changes"].as_array().unwrap();
        revisions.extend(changes.iter().map(|change| change["revision"].as_i64().unwrap()));
        since = page["nextSince"].as_i64().unwrap();
        if page["hasMore"] == false {
            return revisions;
        }
    }
}

/// Checks that a database's log and tables agree.
fn check(database: &str) {
    let output = lectern(database, &["check", "--database"]).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && stdout.starts_with("the log and the tables agree"), "{output:?}");
}

#[on_both_databases]
#[actix_web::test]
async fn edits_survive(backend: Backend) {
    let app = archive_of(seed::twenty).start(backend).await;
    let editor = app.editor("write").await;
    let mut talks = Vec::new();
    for n in 0..4 {
        talks.push(app.talk_id(&format!("talk-{n}")).await);
    }

    let mut seen = 0;
    let mut numbers = [0; 4];
    for round in 0..crashes() {
        let mut process = Process::start(&app.database_url);

        // A follower goes on where it was.
        let new = revisions(&process, seen).await;
        let last = seen + new.len() as i64;
        assert_eq!(new, (seen + 1..=last).collect::<Vec<_>>());
        seen = last;

        // Four writers edit a talk each until the process is killed.
        let pid = process.child.id().to_string();
        let killer = async {
            sleep(Duration::from_millis(u64::from(150 + round * 37 % 400))).await;
            Command::new("kill").args(["-9", &pid]).status().unwrap();
        };
        let writers = talks.iter().zip(numbers);
        let writers = writers.map(|(talk, from)| edit_until_the_end(&process, &editor.token, talk, from));
        let ((), ends) = join(killer, join_all(writers)).await;
        process.kill();
        check(&app.database_url);

        // Each answered edit is there, and each edit is there as a whole.
        for ((talk, number), (answered, sent)) in talks.iter().zip(&mut numbers).zip(ends) {
            let query = format!(r#"{{ node(id: "{talk}") {{ ... on Talk {{ title tags }} }} }}"#);
            let stored = app.query(&query).await["node"].clone();
            *number = stored["title"].as_str().unwrap().parse().unwrap_or(0);
            assert!((answered..=sent).contains(number), "answered {answered}, sent {sent}, stored {number}");
            assert!(*number == 0 || stored["tags"] == json!([number.to_string()]), "{stored}");
        }
    }
    assert!(numbers.iter().sum::<u64>() > 0, "something was written");
}

#[on_both_databases]
#[actix_web::test]
async fn imports_survive(backend: Backend) {
    let folder = tempfile::tempdir().unwrap();
    let database = match backend {
        Backend::Sqlite => format!("sqlite://{}", folder.path().join("lectern.db").display()),
        Backend::Postgres => new_database(None).await,
    };
    let document = seed::large(400);
    let archive_folder = folder.path().join("archive");
    native::write(&archive_folder, &document).unwrap();

    // The titles of an archive end with the round, so that each import writes.
    let import = |round: u32| {
        let mut changed = document.clone();
        changed.editions[0].talks.iter_mut().for_each(|talk| talk.title = format!("{} {round}", talk.slug));
        native::write(&archive_folder, &changed).unwrap();
        let mut command = lectern(&database, &["import", "native", archive_folder.to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    assert!(import(0).wait().unwrap().success());
    let connection = Database::connect(&database).await.unwrap();
    let talks = archive::export::document(&connection, None).await.unwrap().editions[0].talks.len();

    let (mut killed, mut completed) = (0, 0);
    for round in 1..=crashes() {
        let mut process = import(round);
        sleep(Duration::from_millis(u64::from(120 + round * 53 % 500))).await;
        process.kill().unwrap();
        killed += u32::from(!process.wait().unwrap().success());
        check(&database);

        // The archive is of one round.
        let stored = archive::export::document(&connection, None).await.unwrap();
        let stored = &stored.editions[0].talks;
        let rounds: HashSet<&str> = stored.iter().map(|talk| talk.title.rsplit(' ').next().unwrap()).collect();
        assert_eq!((stored.len(), rounds.len()), (talks, 1), "{rounds:?}");
        completed += u32::from(rounds.contains(round.to_string().as_str()));
    }
    assert!(killed > 0, "no kill of {} was in time; {completed} imports were completed", crashes());
    assert!(import(crashes() + 1).wait().unwrap().success(), "after all that an import succeeds");
    check(&database);
}
