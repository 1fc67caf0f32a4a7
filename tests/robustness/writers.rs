//! Eight writers at once on two servers, and followers of the log. `LECTERN_TEST_EDITS` is the number of all edits.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    editor::Editor,
    seed,
    websocket::Socket,
};

const WRITERS: usize = 8;

fn edits() -> usize {
    std::env::var("LECTERN_TEST_EDITS").map_or(320, |edits| edits.parse().expect("a number"))
}

/// Adds one to a room's capacity, which all writers do. Tries until no other writer was faster; answers how often one
/// was.
async fn increment(editor: &Editor<'_>, room: &str) -> usize {
    for conflicts in 0.. {
        let query = format!(r#"{{ node(id: "{room}") {{ ... on Room {{ capacity revision }} }} }}"#);
        let seen = editor.app.query(&query).await["node"].clone();
        let next = seen["capacity"].as_i64().unwrap_or(0) + 1;
        let update = format!(
            r#"mutation {{
                it: updateRoom(id: "{room}", input: {{ capacity: {next} }}, ifRevision: {}) {{
                    room {{ capacity }} userErrors {{ code }}
                }}
            }}"#,
            seen["revision"]
        );
        let answer = editor.send(&update).await.json();
        let payload = &answer["data"]["it"];
        if payload["userErrors"] == json!([]) {
            return conflicts;
        }
        assert_eq!(payload["userErrors"], json!([{ "code": "CONFLICT" }]), "{answer}");
        assert!(payload["room"]["capacity"].is_i64(), "{answer}");
    }
    unreachable!("a loop without an end")
}

/// Makes one writer's edits: of a talk of its own, of the room that all edit, of speakers of one name, and of slots.
/// Answers how often it incremented the capacity, and how often another writer was faster.
async fn write(writer: usize, editor: &Editor<'_>, room: &str, edits: usize) -> (usize, usize) {
    let talk = editor.app.talk_id(&format!("talk-{writer}")).await;
    let (mut increments, mut conflicts) = (0, 0);
    for n in 0..edits {
        match n % 4 {
            0 => {
                // Each writer has half a day of the edition, and a minute of it for each slot.
                let minute = writer / 4 * 720 + n / 4 % 720;
                let starts_at = format!("2025-10-{:02}T{:02}:{:02}:00Z", 6 + writer % 4, minute / 60, minute % 60);
                let schedule = format!(
                    r#"scheduleSlot(
                        input: {{
                            edition: "conf-2025", kind: BREAK, title: "{writer}/{n}", startsAt: "{starts_at}",
                            room: "room-0"
                        }},
                        force: true
                    ) {{ slot {{ number }} }}"#
                );
                editor.edit(&schedule).await;
            }
            1 => {
                editor.edit(r#"createSpeaker(input: { name: "Same Name" }) { speaker { slug } }"#).await;
            }
            2 => {
                increments += 1;
                conflicts += increment(editor, room).await;
            }
            _ => {
                let input = format!(r#"{{ title: "{writer}/{n}", tags: ["{n}"] }}"#);
                editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {input}) {{ talk {{ id }} }}"#)).await;
            }
        }
    }
    (increments, conflicts)
}

/// Follows the log from a revision on until the conference is renamed, which is the end. Answers each revision and the
/// id of what it is of.
async fn follow(app: &App, since: i64) -> Vec<(i64, String)> {
    let mut socket = Socket::open(app).await;
    let query = "subscription($since: Revision) { changes(since: $since) { revision nodeId kind operation } }";
    socket.subscribe("log", query, json!({ "since": since })).await;
    let mut changes = Vec::new();
    loop {
        let change = socket.next("log").await["changes"].clone();
        changes.push((change["revision"].as_i64().unwrap(), change["nodeId"].to_string()));
        if (&change["kind"], &change["operation"]) == (&json!("Conference"), &json!("UPDATED")) {
            return changes;
        }
    }
}

/// The number of values of a field in a list, which must all be different.
fn distinct(list: &Value, field: &str) -> usize {
    let mut values: Vec<String> = list.as_array().unwrap().iter().map(|item| item[field].to_string()).collect();
    let count = values.len();
    values.sort();
    values.dedup();
    assert_eq!(values.len(), count, "{field}: {list}");
    count
}

#[on_both_databases]
#[actix_web::test]
async fn eight_writers_lose_nothing(backend: Backend) {
    let app = archive(seed::twenty).start(backend).await;
    let other = app.another().await;
    let start = app.revision().await;
    let editor = app.editor("write").await;
    let editors = [&editor, &Editor { app: &other, token: editor.token.clone() }];
    let rooms = app.query(r#"{ edition(slug: "conf-2025") { rooms { id } } }"#).await["edition"]["rooms"].clone();
    let room = rooms[3]["id"].as_str().unwrap();

    // Four writers on each server, and four followers, of which some begin in the past.
    let edits = edits() / WRITERS;
    let writing = async {
        let writers = (0..WRITERS).map(|writer| write(writer, editors[writer % 2], room, edits));
        let counts = join_all(writers).await;
        let conference = app.id(r#"conference(slug: "conf")"#).await;
        let end =
            format!(r#"updateConference(id: "{conference}", input: {{ name: "The end" }}) {{ conference {{ id }} }}"#);
        (counts, editor.edit(&end).await["revision"].as_i64().unwrap())
    };
    let starts = [(&app, 0), (&other, 0), (&app, start), (&other, start / 2)];
    let followers = join_all(starts.map(|(server, since)| follow(server, since)));
    let ((counts, last), followed) = join(writing, followers).await;

    // No increment is lost, though the writers got in each other's way.
    let increments: usize = counts.iter().map(|(increments, _)| increments).sum();
    let conflicts: usize = counts.iter().map(|(_, conflicts)| conflicts).sum();
    let found = app.query(&format!(r#"{{ node(id: "{room}") {{ ... on Room {{ capacity }} }} }}"#)).await;
    assert_eq!(found["node"]["capacity"], json!(increments));
    assert!(conflicts > 0);

    // The log has each revision once and in order, on both servers, from wherever one begins.
    let all = &followed[0];
    let revisions: Vec<i64> = all.iter().map(|(revision, _)| *revision).collect();
    assert_eq!(revisions, (1..=last).collect::<Vec<_>>());
    for (changes, (_, since)) in followed.iter().zip(starts) {
        assert_eq!(changes, &all[usize::try_from(since).unwrap()..]);
    }

    // What was written is there.
    let data = other
        .query(
            r#"{
                archive { revision }
                edition(slug: "conf-2025") { schedule { number title } talks(first: 20) { nodes { slug title } } }
                speakers(first: 500, filter: { nameContains: "same name" }) { nodes { slug } }
            }"#,
        )
        .await;
    assert_eq!(data["archive"]["revision"], json!(last));
    assert_eq!(distinct(&data["edition"]["schedule"], "number"), 20 + WRITERS * edits.div_ceil(4));
    assert_eq!(distinct(&data["speakers"]["nodes"], "slug").min(500), (WRITERS * ((edits + 2) / 4)).min(500));
    for writer in 0..WRITERS {
        let talks = data["edition"]["talks"]["nodes"].as_array().unwrap();
        let talk = talks.iter().find(|talk| talk["slug"] == format!("talk-{writer}")).unwrap();
        assert_eq!(talk["title"], format!("{writer}/{}", edits / 4 * 4 - 1));
    }
    app.audit().await;
}
