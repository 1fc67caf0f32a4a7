//! How many SQL statements queries and mutations take: as many for 1,400 talks as for 20.

use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    queries::{TALK, schedule},
    seed,
};

/// The statements of a query about what the server has not read yet.
async fn statements(app: &App, query: &str) -> u64 {
    app.outdate().await;
    let before = app.statements();
    app.query(query).await;
    app.statements() - before
}

#[on_both_databases]
#[actix_web::test]
async fn queries_do_not_grow(backend: Backend) {
    let small = archive(seed::twenty).start(backend).await;
    let large = archive(seed::fourteen_hundred).start(backend).await;
    let schedule = format!(r#"{{ edition(slug: "conf-2025") {{ {} }} }}"#, schedule());
    let queries = [
        (schedule.as_str(), 8),
        (&format!("{{ talks(first: 500) {{ totalCount nodes {{ {TALK} }} }} }}"), 10),
        (
            "{
                speakers(first: 500) {
                    nodes { companies { name } editions { name } talks(first: 3) { totalCount nodes { title } } }
                }
            }",
            8,
        ),
        (
            "{
                companies(first: 500) {
                    nodes {
                        speakers(first: 2, orderBy: { field: TALK_COUNT, direction: DESC }) { nodes { name } }
                        aliases
                    }
                }
            }",
            4,
        ),
        ("{ talks(first: 100) { nodes { related { title } } } }", 4),
        ("{ changes(since: 5, first: 20) { changes { revision node { id } edition { slug } } } }", 9),
        (r#"{ edition(slug: "conf-2025") { scheduleChanges(since: 0) { kind talk { title } slot { number } } } }"#, 6),
    ];
    for (query, at_most) in queries {
        let (few, many) = (statements(&small, query).await, statements(&large, query).await);
        assert_eq!(few, many, "statements: {query}");
        // On PostgreSQL one more shows that no write overtook the answer.
        let at_most = at_most + u64::from(backend == Backend::Postgres);
        assert!(many <= at_most, "{many} statements: {query}");
    }
}

/// A thing of the only kind that is asked for is found by its id in one statement.
#[on_both_databases]
#[actix_web::test]
async fn a_node_of_one_kind_takes_one_statement(backend: Backend) {
    let app = archive(seed::twenty).start(backend).await;
    let talk = app.talk_id("talk-3").await;
    let other = app.talk_id("talk-4").await;
    let node = |selection: &str| format!(r#"{{ node(id: "{talk}") {{ {selection} }} }}"#);
    let by_id = statements(&app, &format!(r#"{{ talk(id: "{talk}") {{ title }} }}"#)).await;
    for (selection, more) in [
        ("... on Talk { title }", 0),
        ("id __typename ... on Talk { title } ... on Talk { slug }", 0),
        ("id", 1),
        ("... on Talk { title } ... on Speaker { name }", 1),
        ("... on Speaker { name }", 2),
    ] {
        assert_eq!(statements(&app, &node(selection)).await, by_id + more, "{selection}");
    }
    let both = format!(r#"{{ nodes(ids: ["{talk}", "{other}"]) {{ ... on Talk {{ title }} }} }}"#);
    assert_eq!(statements(&app, &both).await, by_id);
    let fragment = format!("fragment T on Talk {{ slug }} {}", node("...T"));
    assert_eq!(app.query(&fragment).await["node"], json!({ "slug": "talk-3" }));
    assert_eq!(app.query(&node("... on Speaker { name }")).await["node"], json!({}));
}

/// Long texts are read along with a single row, and of many rows in one statement where a query asks for them.
#[on_both_databases]
#[actix_web::test]
async fn long_texts_of_many_rows_are_read_where_they_are_asked_for(backend: Backend) {
    let app = archive(seed::twenty).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("talk-3").await;
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ abstract: "Long" }}) {{ talk {{ id }} }}"#)).await;
    for (query, text, more) in [
        ("{ talks(first: 50) { nodes { title TEXT } } }", "abstract", 1),
        ("{ speakers(first: 50) { nodes { name TEXT } } }", "biography", 1),
        ("{ talks(first: 50) { nodes { appearances { speaker { name TEXT } company { name } } } } }", "biography", 1),
        (r#"{ talk(edition: "conf-2025", slug: "talk-3") { title TEXT } }"#, "abstract", 0),
        (r#"{ speaker(slug: "speaker-3") { name TEXT } }"#, "biography", 0),
        (r#"{ conference(slug: "conf") { name TEXT } }"#, "description", 0),
    ] {
        let without = statements(&app, &query.replace("TEXT", "")).await;
        assert_eq!(statements(&app, &query.replace("TEXT", text)).await, without + more, "{query}");
    }
    // What is known without the text is not what is asked for with it.
    app.query("{ talks(first: 50) { nodes { slug } } }").await;
    let talks = app.query("{ talks(first: 50) { nodes { slug abstract } } }").await["talks"]["nodes"].clone();
    let with_text = |talk: &&Value| talk["abstract"] == "Long";
    let texts: Vec<&Value> = talks.as_array().unwrap().iter().filter(with_text).collect();
    assert_eq!(texts, [&json!({ "slug": "talk-3", "abstract": "Long" })]);
    let one = app.query(&format!(r#"{{ talk(id: "{talk}") {{ abstract }} }}"#)).await;
    assert_eq!(one["talk"]["abstract"], "Long");
}

/// The mutation with the ids of what it names: `TALK-3` is a talk, `SLOT-1` a slot, `SPEAKER-8` a speaker.
async fn with_ids(app: &App, mutation: &str) -> String {
    let mut mutation = mutation.to_owned();
    while let Some((kind, rest)) = ["TALK", "SLOT", "SPEAKER"]
        .into_iter()
        .find_map(|kind| Some((kind, mutation.split_once(&format!("{kind}-"))?.1)))
    {
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let id = match kind {
            "TALK" => app.talk_id(&format!("talk-{number}")).await,
            "SPEAKER" => app.id(&format!(r#"speaker(slug: "speaker-{number}")"#)).await,
            _ => slot_id(app, number.parse().unwrap()).await,
        };
        mutation = mutation.replace(&format!("{kind}-{number}"), &format!("\"{id}\""));
    }
    mutation
}

async fn slot_id(app: &App, number: i64) -> String {
    let data = app.query(r#"{ edition(slug: "conf-2025") { schedule { id number } } }"#).await;
    let slots = data["edition"]["schedule"].as_array().unwrap();
    slots.iter().find(|slot| slot["number"] == number).unwrap()["id"].as_str().unwrap().to_owned()
}

/// What a write costs depends on what it writes, and neither on the archive nor on the edition.
#[on_both_databases]
#[actix_web::test]
async fn writes_do_not_grow(backend: Backend) {
    let small = archive(seed::twenty).start(backend).await;
    let large = archive(seed::fourteen_hundred).start(backend).await;
    let editors = [small.editor("write").await, large.editor("write:conf").await];

    // The use of a token is noted once a minute, which is over with this.
    for editor in &editors {
        editor.edit(r#"createCompany(input: { name: "First" }) { company { id } }"#).await;
    }

    for (mutation, at_most) in [
        (r#"updateTalk(id: TALK-3, input: { title: "Other", tags: ["a", "b"] }) { talk { id } }"#, 26),
        (
            r#"setAppearances(talk: TALK-4, appearances: [
                { speaker: "speaker-7", companies: ["company-1"] }
            ]) { talk { id } }"#,
            29,
        ),
        (
            r#"scheduleSlot(input: {
                edition: "conf-2025", kind: BREAK, title: "Break", startsAt: "2025-10-10T10:00:00Z",
                room: "room-1"
            }) { slot { id } }"#,
            14,
        ),
        (
            r#"updateSlot(
                id: SLOT-1,
                input: { startsAt: "2025-10-10T10:00:00Z", endsAt: "2025-10-10T10:30:00Z", room: "room-2" },
                force: true
            ) { slot { id } }"#,
            18,
        ),
        ("swapSlots(a: SLOT-3, b: SLOT-4, force: true) { slots { id } }", 20),
        (r#"moveSlots(ids: [SLOT-1, SLOT-2, SLOT-5], byMinutes: 3, force: true) { slots { id } }"#, 20),
        (r#"createSpeaker(input: { name: "Somebody" }) { speaker { id } }"#, 10),
        (r#"addLink(to: TALK-5, input: { kind: POST, title: "Somewhere" }) { link { id } }"#, 12),
        ("mergeSpeakers(from: SPEAKER-8, into: SPEAKER-9) { speaker { id } }", 37),
        ("delete(id: SLOT-2) { deletedId }", 16),
    ] {
        let mut counts = Vec::new();
        for editor in &editors {
            let mutation = with_ids(editor.app, mutation).await;
            let before = editor.app.statements();
            editor.edit(&mutation).await;
            counts.push(editor.app.statements() - before);
        }

        // A token for one conference costs one statement more, which checks that the edit is of that conference.
        assert_eq!(counts[0] + 1, counts[1], "{mutation}");
        assert!(counts[1] <= at_most, "{} statements: {mutation}", counts[1]);
    }
}
