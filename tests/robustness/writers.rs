//! Eight writers at once on two servers, and who follows them. `LECTERN_TEST_EDITS` says how many edits there are in
//! all.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::{
    graphql::mutations::{done, id},
    support::{
        app::{App, archive, on_both},
        seed,
        websocket::Socket,
    },
};

const WRITERS: usize = 8;

fn edits() -> usize {
    std::env::var("LECTERN_TEST_EDITS").map_or(320, |edits| edits.parse().expect("a number"))
}

/// Adds one to a number that everyone adds to, as often as it takes until nobody was faster; answers how often that
/// was.
async fn count(app: &App, token: &str, room: &str) -> usize {
    for refused in 0.. {
        let seen =
            app.query(&format!(r#"{{ node(id: "{room}") {{ ... on Room {{ capacity revision }} }} }}"#)).await["node"]
                .clone();
        let next = seen["capacity"].as_i64().unwrap_or(0) + 1;
        let update = format!(
            r#"mutation {{ it: updateRoom(id: "{room}", input: {{ capacity: {next} }}, ifRevision: {}) {{ room {{ capacity }} userErrors {{ code }} }} }}"#,
            seen["revision"]
        );
        let answer = app.mutate(token, &update, json!({})).await.json();
        match &answer["data"]["it"] {
            done if done["userErrors"] == json!([]) => return refused,
            stale if stale["userErrors"] == json!([{ "code": "CONFLICT" }]) => {
                assert!(stale["room"]["capacity"].is_i64(), "{stale}")
            }
            _ => panic!("{answer}"),
        }
    }
    unreachable!("a loop without an end")
}

/// One writer's edits: a talk of its own again and again, a room with everyone, people of one name, places in the
/// programme.
async fn write(writer: usize, app: &App, token: &str, room: &str, edits: usize) -> (usize, usize) {
    let talk = id(app, &format!(r#"talk(edition: "conf-2025", slug: "talk-{writer}")"#)).await;
    let (mut counted, mut refused) = (0, 0);
    for n in 0..edits {
        match n % 4 {
            0 => {
                let at = format!("2026-{:02}-{:02}T{:02}:{:02}:00Z", writer + 1, n / 960 % 28 + 1, n / 40 % 24, n % 40);
                let slot = format!(
                    r#"scheduleSlot(input: {{ edition: "conf-2025", kind: BREAK, title: "{writer}/{n}", startsAt: "{at}", room: "room-0" }}, force: true) {{ slot {{ number }} TOLD }}"#
                );
                done(app, token, &slot).await;
            }
            1 => _ = done(app, token, r#"createSpeaker(input: { name: "Same Name" }) { speaker { slug } TOLD }"#).await,
            2 => {
                counted += 1;
                refused += count(app, token, room).await;
            }
            _ => {
                _ = done(
                    app,
                    token,
                    &format!(r#"updateTalk(id: "{talk}", input: {{ title: "{writer}/{n}", tags: ["{n}"] }}) {{ talk {{ id }} TOLD }}"#),
                )
                .await
            }
        }
    }
    (counted, refused)
}

/// Follows the log of a server from a revision on until the conference is renamed, which is the end; answers the
/// revisions and what they are of.
async fn follow(app: &App, since: i64) -> Vec<(i64, String)> {
    let mut socket = Socket::open(app).await;
    let query = "subscription($since: Revision) { changes(since: $since) { revision nodeId kind operation } }";
    socket.subscribe("log", query, json!({ "since": since })).await;
    let mut told = Vec::new();
    loop {
        let change = socket.next("log").await["changes"].clone();
        told.push((change["revision"].as_i64().unwrap(), change["nodeId"].to_string()));
        if (&change["kind"], &change["operation"]) == (&json!("Conference"), &json!("UPDATED")) {
            return told;
        }
    }
}

on_both! {
    async fn eight_writers_lose_nothing(app: archive(seed::twenty)) {
        let other = app.another().await;
        let token = app.token("write").await;
        let room = app.query(r#"{ edition(slug: "conf-2025") { rooms { id slug capacity } } }"#).await["edition"]["rooms"][3]["id"].as_str().unwrap().to_owned();
        let start = crate::graphql::mutations::revision(&app).await;
        let servers = [&app, &other];
        let edits = edits() / WRITERS;
        let writing = async {
            let writers = (0..WRITERS).map(|writer| write(writer, servers[writer % 2], &token, &room, edits));
            let counts = join_all(writers).await;
            let counted: usize = counts.iter().map(|(counted, _)| counted).sum();
            let found = app.query(&format!(r#"{{ node(id: "{room}") {{ ... on Room {{ capacity }} }} }}"#)).await;
            assert_eq!(found["node"]["capacity"], json!(counted), "no update is lost");
            let conference = id(&app, r#"conference(slug: "conf")"#).await;
            let end = done(&app, &token, &format!(r#"updateConference(id: "{conference}", input: {{ name: "The end" }}) {{ conference {{ id }} TOLD }}"#)).await;
            (counts.iter().map(|(_, refused)| refused).sum::<usize>(), end["revision"].as_i64().unwrap())
        };
        let followers = join_all([(&app, 0), (&other, 0), (&app, start), (&other, start / 2)].map(|(server, since)| follow(server, since)));
        let ((refused, last), told) = join(writing, followers).await;
        assert!(refused > 0, "they got in each other's way");
        let all = &told[0];
        assert_eq!(all.iter().map(|(revision, _)| *revision).collect::<Vec<_>>(), (1..=last).collect::<Vec<_>>(), "none is missing, doubled or out of order");
        for (told, since) in told.iter().zip([0, 0, start, start / 2]) {
            assert_eq!(told, &all[usize::try_from(since).unwrap()..], "the same on both servers, from wherever one begins");
        }
        let archive = other.query(r#"{ archive { revision } edition(slug: "conf-2025") { schedule { number title } talks(first: 20) { nodes { slug title } } } speakers(first: 500, filter: { nameContains: "same name" }) { nodes { slug } } }"#).await;
        assert_eq!(archive["archive"]["revision"], json!(last), "and so do reads");
        let texts = |list: &Value, field: &str| list.as_array().unwrap().iter().map(|one| one[field].to_string()).collect::<Vec<_>>();
        let distinct = |mut list: Vec<String>| { let all = list.len(); list.sort(); list.dedup(); assert_eq!(list.len(), all); all };
        assert_eq!(distinct(texts(&archive["edition"]["schedule"], "number")), 20 + WRITERS * edits.div_ceil(4));
        assert_eq!(distinct(texts(&archive["speakers"]["nodes"], "slug")).min(500), (WRITERS * ((edits + 2) / 4)).min(500));
        for writer in 0..WRITERS {
            let talks = archive["edition"]["talks"]["nodes"].as_array().unwrap();
            let talk = talks.iter().find(|talk| talk["slug"] == format!("talk-{writer}")).unwrap();
            assert_eq!(talk["title"], format!("{writer}/{}", edits / 4 * 4 - 1));
        }
        app.audit().await;
    }
}
