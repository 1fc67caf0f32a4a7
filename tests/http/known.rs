//! Responses that are known: they take no statement, and none is older than what its server wrote.

use std::{cell::Cell, time::Duration};

use actix_web::{http::Method, rt::time::sleep};
use futures_util::future::{join, join_all};
use serde_json::json;
use test_attributes::on_both_databases;

use crate::support::{
    app::{Answer, App, Backend, archive},
    seed,
};

const QUERY: &str = "query($n: Int) { talks(first: $n) { totalCount nodes { title } } archive { revision } }";

async fn post(app: &App, headers: &[(&str, &str)], body: &str) -> Answer {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    app.send(Method::POST, "/graphql", &headers, body).await
}

fn body(n: i32) -> String {
    json!({ "query": QUERY, "variables": { "n": n } }).to_string()
}

/// Waits until a server knows of commits without a statement: on PostgreSQL it listens first.
async fn until_it_listens(app: &App) {
    for _ in 0..200 {
        let before = app.statements();
        post(app, &[], &body(1)).await;
        if app.statements() == before {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("a response that was sent two hundred times is not known");
}

#[on_both_databases]
#[actix_web::test]
async fn what_was_asked_for_is_sent_again_without_a_statement(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    until_it_listens(&app).await;
    for path in [
        "/api/v1/talks",
        "/api/v1/editions?status=CONCLUDED",
        "/api/v1/editions/conf-2025/schedule",
        "/editions/conf-2025/schedule.ics",
        "/editions/conf-2025/schedule.xml?utm_source=x",
        "/graphql?query={talks{nodes{title}}}",
    ] {
        let first = app.get(path, &[]).await;
        assert_eq!(first.status, 200, "{path}: {}", first.body);
        let before = app.statements();
        let again = app.get(path, &[]).await;
        assert_eq!((&again.body, again.header("etag")), (&first.body, first.header("etag")), "{path}");
        let tag = first.header("etag");
        assert_eq!(app.get(path, &[("If-None-Match", tag)]).await.status, 304, "{path}");
        assert_eq!(app.send(Method::HEAD, path, &[], "").await.header("etag"), tag, "{path}");
        assert_eq!(app.statements(), before, "{path}");
        // Another coding has another tag, and the same path in other words is another request.
        let packed = app.get(path, &[("Accept-Encoding", "gzip")]).await;
        assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
        assert_ne!(packed.header("etag"), tag, "{path}");
    }
    let first = post(&app, &[], &body(3)).await;
    let before = app.statements();
    let again = post(&app, &[], &body(3)).await;
    assert_eq!((app.statements(), &again.body), (before, &first.body));
    assert_eq!(again.header("content-type"), first.header("content-type"));
    for absent in ["etag", "last-modified", "cache-control"] {
        assert_eq!((first.header(absent), again.header(absent)), ("", ""), "{absent}");
    }
    let packed = post(&app, &[("Accept-Encoding", "gzip")], &body(3)).await;
    assert_eq!((packed.header("content-encoding"), packed.header("vary")), ("gzip", "Accept, Accept-Encoding"));
    let media = "application/graphql-response+json";
    let other = post(&app, &[("Accept", media)], &body(3)).await;
    assert!(other.header("content-type").starts_with(media) && other.body == first.body);
    assert_ne!(post(&app, &[], &body(2)).await.body, first.body);
}

#[on_both_databases]
#[actix_web::test]
async fn a_new_question_about_known_things_takes_no_statement(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    until_it_listens(&app).await;
    let ask = async |query: &str| {
        let before = app.statements();
        let answer = app.query(query).await;
        (answer, app.statements() - before)
    };
    const TALKS: &str =
        "talks(first: 50) { totalCount nodes { title speakers { name companies { name } } slots { number } } }";
    let (all, statements) = ask(&format!(r#"{{ edition(slug: "conf-2025") {{ {TALKS} }} }}"#)).await;
    assert!(statements > 3, "{statements}");
    let (same, statements) = ask(&format!(r#"{{ other: edition(slug: "conf-2025") {{ name {TALKS} }} }}"#)).await;
    assert_eq!((statements, &same["other"]["talks"]), (0, &all["edition"]["talks"]));
    // Another page is another list, of which nothing is known.
    let fewer = r#"{ edition(slug: "conf-2025") { talks(first: 1) { nodes { title speakers { name } } } } }"#;
    let (one, statements) = ask(fewer).await;
    assert!(statements > 0 && one["edition"]["talks"]["nodes"][0] != all, "{one}");

    // What depends on the clock is not known.
    app.set_now("2025-10-25T07:30:00Z");
    let live = "editions(filter: { status: [LIVE] }) { totalCount nodes { slug } }";
    let (now, _) = ask(&format!("{{ {live} }}")).await;
    assert_eq!(now["editions"]["totalCount"], 1, "{now}");
    app.set_now("2026-10-25T07:30:00Z");
    let (later, _) = ask(&format!("{{ __typename {live} }}")).await;
    assert_eq!(later["editions"]["totalCount"], 0, "{later}");
}

/// After a write a server reads once what it changed. All else is known still, as rows and as responses.
#[on_both_databases]
#[actix_web::test]
async fn a_write_drops_what_it_changed_and_no_more(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for mutation in [
        r#"createConference(input: { name: "Other" }) { revision }"#,
        r#"createEdition(input: { conference: "other", name: "Other 1", timezone: "Europe/Berlin", year: 2025 }) { revision }"#,
        r#"createTalk(input: { edition: "other-1", title: "Elsewhere", appearances: [{ speaker: "ada" }] }) { revision }"#,
    ] {
        editor.edit(mutation).await;
    }
    until_it_listens(&app).await;
    let elsewhere = app.query(r#"{ edition(slug: "other-1") { talks { nodes { id } } } }"#).await;
    let elsewhere = elsewhere["edition"]["talks"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    let twice = app.talk_id("twice").await;
    let ask = async |query: &str| {
        let before = app.statements();
        let answer = app.query(query).await;
        (answer, app.statements() - before)
    };
    const EDITION: &str = r#"edition(slug: "conf-2025") { talks { totalCount nodes { title startsAt room { name }
        appearances { speaker { name } companies { name } } recordings { startSeconds } } } }"#;
    let edition = format!("{{ {EDITION} }}");
    let get = format!("/graphql?query={}", edition.replace([' ', '\n'], "%20").replace('"', "%22"));
    let of_ada = r#"{ speaker(slug: "ada") { talks { nodes { title edition { name } } } } }"#;
    let (first, _) = ask(&edition).await;
    let mut tags = Vec::new();
    for path in [
        &get,
        "/api/v1/speakers/bob/talks",
        "/api/v1/editions/conf-2025/talks/twice?include=appearances",
        "/api/v1/talks?edition=conf-2025&total=true",
        "/graphql?query={talks(filter:{edition:[%22conf-2025%22]}){totalCount%20nodes{title}}}",
    ] {
        tags.push((path, app.get(path, &[]).await.header("etag").to_owned()));
    }
    ask(of_ada).await;

    // A write elsewhere, in a talk of a speaker who is here, too.
    let retitle = format!(r#"updateTalk(id: "{elsewhere}", input: {{ title: "New" }}) {{ revision }}"#);
    editor.edit(&retitle).await;
    let (again, statements) = ask(&edition).await;
    assert_eq!(again, first);
    assert!((1..=10).contains(&statements), "{statements} statements to learn of a write");
    let before = app.statements();
    for (path, tag) in &tags {
        assert_eq!(app.get(path, &[("If-None-Match", tag)]).await.status, 304, "{path}");
    }
    assert_eq!(app.statements(), before, "a response that no write concerns is known");
    let (renamed, statements) = ask(&format!("{{ again: {EDITION} }}")).await;
    // One statement reads the revision.
    assert!(
        statements <= 1 && renamed["again"] == first["edition"],
        "{statements}: rows that no write concerns are known"
    );
    let (ada, statements) = ask(of_ada).await;
    assert!(statements > 0 && ada.to_string().contains("\"New\""), "{statements}: {ada}");

    // A write to one talk here.
    let retitle = format!(r#"updateTalk(id: "{twice}", input: {{ title: "Thrice" }}) {{ revision }}"#);
    editor.edit(&retitle).await;
    let (changed, statements) = ask(&edition).await;
    assert!(statements > 0 && changed.to_string().contains("Thrice"), "{statements}: {changed}");
    for (path, tag) in &tags {
        let changed = app.get(path, &[("If-None-Match", tag)]).await;
        assert!(changed.status == 200 && changed.body.contains("Thrice"), "{path}: {}", changed.body);
    }

    // A commit of the same database that is no write to the archive.
    app.token("write").await;
    let (_, statements) = ask(&edition).await;
    assert!(statements <= 1, "{statements}");
}

/// A title decides of few lists what these have. The others are known after a write of titles, unless they show it.
#[on_both_databases]
#[actix_web::test]
async fn whole_lists_are_known_after_a_write_of_texts(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let edition = r#"createEdition(input: {
        conference: "conf", name: "Later", timezone: "Europe/Berlin", year: 2030
    }) { revision edition { slug } }"#;
    let edition = editor.edit(edition).await["edition"]["slug"].as_str().unwrap().to_owned();
    let create =
        format!(r#"createTalk(input: {{ edition: "{edition}", title: "Zuletzt" }}) {{ revision talk {{ id }} }}"#);
    let talk = editor.edit(&create).await["talk"]["id"].as_str().unwrap().to_owned();
    until_it_listens(&app).await;
    let update = async |input: &str| {
        editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ {input} }}) {{ revision }}"#)).await
    };
    let known = [
        "/api/v1/talks?year=2025&total=true",
        "/api/v1/talks?limit=2&total=true",
        "/api/v1/recordings?total=true",
        "/api/v1/speakers?total=true",
        "/api/v1/editions?limit=1&total=true",
        "/graphql?query={talks(filter:{status:[CONFIRMED]},first:2){totalCount%20nodes{title%20speakers{name}}}}",
        "/graphql?query={edition(slug:%22conf-2025%22){talks(filter:{hasRecording:true}){totalCount%20nodes{title}}}}",
    ];
    let tags = async || {
        let mut tags = Vec::new();
        for path in known {
            let answer = app.get(path, &[]).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            tags.push(answer.header("etag").to_owned());
        }
        tags
    };
    let read = tags().await;
    update(r#"title: "Am Ende", subtitle: "Schluss", abstract: "Text""#).await;
    assert_eq!(app.get(known[0], &[]).await.header("etag"), read[0]);
    let before = app.statements();
    assert_eq!(tags().await, read);
    assert_eq!(app.statements(), before, "a list that no text decides of is known");

    // These decide by the title, or by the time of the change.
    app.set_now("2031-01-01T00:00:00Z");
    for (list, title, is_first) in [
        ("orderBy: { field: TITLE }", "AAA", true),
        ("orderBy: { field: TITLE }", "ZZZ", false),
        (r#"filter: { titleContains: "Ganz" }"#, "Ganz neu", true),
        ("orderBy: { field: UPDATED_AT, direction: DESC }", "ZZZ", true),
    ] {
        let first = format!("{{ talks({list}, first: 1) {{ nodes {{ id title }} }} }}");
        app.query(&first).await;
        update(&format!(r#"title: "{title}""#)).await;
        let answer = app.query(&first).await;
        let found = &answer["talks"]["nodes"][0];
        assert_eq!(found["id"] == talk, is_first, "{list}: {answer}");
        assert!(!is_first || found["title"] == title, "{list}: {answer}");
    }

    // What decides of lists makes them anew: another status, another talk, another start.
    let total = async || app.get("/api/v1/talks?limit=2&total=true", &[]).await.json()["page"]["total"].clone();
    let all = total().await.as_i64().unwrap();
    update("status: WITHDRAWN").await;
    assert_eq!(total().await, all - 1);
    editor.edit(&create).await;
    assert_eq!(total().await, all);
    let first = "{ talks(first: 1) { nodes { title } } }";
    let before = app.query(first).await;
    let slot = format!(
        r#"scheduleSlot(input: {{
            edition: "{edition}", talk: "{talk}", startsAt: "2010-01-01T09:00:00Z", endsAt: "2010-01-01T10:00:00Z"
        }}) {{ revision }}"#
    );
    update("status: CONFIRMED").await;
    editor.edit(&slot).await;
    let after = app.query(first).await;
    assert!(before != after && after["talks"]["nodes"][0]["title"] == "ZZZ", "{before} {after}");
}

/// A list of what is within one edition follows the slug to another edition.
#[on_both_databases]
#[actix_web::test]
async fn a_list_within_an_edition_goes_where_its_slug_leads(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    until_it_listens(&app).await;
    let lists = async |slug: &str| {
        let talks = app.get(&format!("/api/v1/talks?edition={slug}&fields=title"), &[]).await.json();
        let number = talks["data"].as_array().unwrap().len();
        let same = format!(r#"{{ talks(filter: {{ edition: ["{slug}", "no-other"] }}) {{ totalCount }} }}"#);
        let same = app.query(&same).await["talks"]["totalCount"].clone();
        assert_eq!((json!(number), &talks["page"]["total"]), (same.clone(), &same), "{slug}: {talks}");
        number
    };
    let all = lists("conf-2025").await;
    assert!(all > 0 && lists("later").await == 0);
    let rename = async |from: &str, to: &str| {
        let id = app.query(&format!(r#"{{ edition(slug: "{from}") {{ id }} }}"#)).await["edition"]["id"].clone();
        editor.edit(&format!(r#"updateEdition(id: {id}, input: {{ slug: "{to}" }}) {{ revision }}"#)).await;
    };
    rename("conf-2025", "later").await;
    // A former slug leads there, too.
    assert_eq!((lists("later").await, lists("conf-2025").await), (all, all));
    let created = r#"createEdition(input: { conference: "conf", name: "Next", timezone: "Europe/Berlin", year: 2026 }) {
        revision edition { slug }
    }"#;
    let next = editor.edit(created).await["edition"]["slug"].as_str().unwrap().to_owned();
    assert_eq!(lists(&next).await, 0);
    for (n, edition) in [&next, "later"].into_iter().enumerate() {
        editor
            .edit(&format!(r#"createTalk(input: {{ edition: "{edition}", title: "One more" }}) {{ revision }}"#))
            .await;
        assert_eq!((lists(&next).await, lists("conf-2025").await), (1, all + n));
    }
}

/// A read is of one revision, however much of it is known: the titles of all talks were written together.
#[on_both_databases]
#[actix_web::test]
async fn no_read_mixes_two_revisions(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let ids = app.query("{ talks { nodes { id } } }").await["talks"]["nodes"].clone();
    let ids: Vec<&str> = ids.as_array().unwrap().iter().map(|talk| talk["id"].as_str().unwrap()).collect();
    let one = ids[0];
    let read = async |app: &App, n: usize, last: usize| {
        // Each is a new question, and knows some of the talks from earlier ones.
        let query =
            format!(r#"{{ a{n}: talk(id: "{one}") {{ title }} talks {{ nodes {{ title related {{ title }} }} }} }}"#);
        let answer = app.query(&query).await;
        let first = answer[format!("a{n}")]["title"].as_str().unwrap();
        let written: usize = first.trim_start_matches("T ").parse().unwrap();
        assert!(written >= last, "{first} is older than T {last}");
        for talk in answer["talks"]["nodes"].as_array().unwrap() {
            assert_eq!(talk["title"], first, "{answer:#}");
        }
        written
    };
    let write = async |round: usize| {
        let updates =
            ids.iter().map(|id| format!(r#"{{ updateTalk: {{ id: "{id}", input: {{ title: "T {round}" }} }} }}"#));
        editor.edit(&format!("edit(edits: [{}]) {{ revision }}", updates.collect::<Vec<_>>().join(", "))).await;
    };
    write(0).await;
    let other = app.another().await;
    until_it_listens(&app).await;
    until_it_listens(&other).await;
    let (mut seen, mut n) = (0, 0);
    for round in 1..30 {
        write(round).await;
        for _ in 0..3 {
            n += 1;
            assert_eq!(read(&app, n, round).await, round);
            seen = read(&other, n, seen).await;
        }
    }
}

/// Another process writes at each moment at which the server reads its clock while it makes a response. Whatever is
/// answered then, what is stored is not of the state before under the tag of the state after.
#[on_both_databases]
#[actix_web::test]
async fn a_response_that_a_write_overtakes_is_not_stored_as_the_later_one(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    until_it_listens(&app).await;
    let talk = seed::weekend().editions[0].talks[0].slug.clone();
    let page = format!("/editions/conf-2025/talks/{talk}");
    // Other addresses of the same rows.
    let mut fields = ["title", "id,title", "title,id", "slug,title", "title,slug", "kind,title", "title,kind"].iter();
    for reading in 1..=6 {
        let fields = fields.next().unwrap();
        let rest = |name: &str| format!("/api/v1/editions/conf-2025/talks/{talk}?fields={name},{fields}");
        let graphql = |name: &str| format!("/graphql?query=query%20{name}{reading}{{talks{{nodes{{title}}}}}}");
        let addresses = [[page.clone(), page.clone()], ["status", "language"].map(rest), ["W", "A"].map(graphql)];
        for (n, [warm, asked]) in addresses.into_iter().enumerate() {
            assert_eq!(app.get(&warm, &[]).await.status, 200, "{warm}");
            let title = format!("Title {reading}-{n}");
            app.write_at_reading(reading, seed::weekend_titled(&title));
            let during = app.get(&asked, &[]).await;
            // The event may be due later than the response is made.
            while app.is_write_awaited() {
                app.get("/api/v1/archive", &[]).await;
            }
            for round in 0.. {
                let question = format!("query Q{reading}x{n}x{round} {{ talks {{ nodes {{ title }} }} }}");
                if app.query(&question).await.to_string().contains(&title) {
                    break;
                }
                assert!(backend == Backend::Postgres && round < 500, "the write is not noticed");
                sleep(Duration::from_millis(10)).await;
            }
            let after = app.get(&asked, &[]).await;
            assert!(after.body.contains(&title), "{asked}, written at reading {reading}: {}", after.body);
            let is_same = after.body == during.body;
            assert!(is_same || after.header("etag") != during.header("etag"), "{asked}: one tag for two bodies");
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn no_read_is_older_than_what_its_server_wrote(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let other = app.another().await;
    let editor = app.editor("write").await;
    until_it_listens(&app).await;
    until_it_listens(&other).await;
    let talk = app.talk_id("twice").await;
    let path = "/api/v1/editions/conf-2025/talks/twice?fields=title";
    for n in 0..100 {
        let update = format!(r#"updateTalk(id: "{talk}", input: {{ title: "T {n}" }}) {{ revision }}"#);
        let written = editor.edit(&update).await["revision"].as_i64().unwrap();
        let read = post(&app, &[], &body(50)).await.json();
        assert_eq!(read["data"]["archive"]["revision"], written);
        assert_eq!(app.get(path, &[]).await.json()["title"], format!("T {n}"));
        // Another server knows at once on SQLite, and by a notification on PostgreSQL.
        for round in 0.. {
            let read = post(&other, &[], &body(50)).await.json();
            if read["data"]["archive"]["revision"] == written {
                break;
            }
            assert!(backend == Backend::Postgres && round < 500, "round {round}: {read}");
            sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(other.get(path, &[]).await.json()["title"], format!("T {n}"));
    }
}

/// Many read the same while it is written. No reader sees a title that is older than one before, and none that is older
/// than what the server's own writer was answered when the read began.
#[on_both_databases]
#[actix_web::test]
async fn under_load_no_read_is_older_than_what_its_server_wrote(backend: Backend) {
    const WRITES: usize = 60;
    let app = archive(|| seed::weekend_titled("T 0;")).start(backend).await;
    let editor = app.editor("write").await;
    until_it_listens(&app).await;
    let slug = seed::weekend().editions[0].talks[0].slug.clone();
    let talk = app.talk_id(slug.as_str()).await;
    let (page, rest) =
        (format!("/editions/conf-2025/talks/{slug}"), format!("/api/v1/editions/conf-2025/talks/{slug}"));
    let (written, questions) = (Cell::new(0), Cell::new(0));
    let read = async |kind: usize| {
        let n = questions.replace(questions.get() + 1);
        let body = match kind % 4 {
            0 => app.get(&page, &[]).await.body,
            1 => app.get(&rest, &[]).await.body,
            // Each is a new question about known things.
            2 => app.get(&format!("/graphql?query=query%20Q{n}{{talks{{nodes{{title}}}}}}"), &[]).await.body,
            _ => app.query(&format!("query Q{n} {{ talks {{ nodes {{ title }} }} }}")).await.to_string(),
        };
        let title = body.split("T ").find_map(|rest| rest.split_once(';')?.0.parse::<usize>().ok());
        title.unwrap_or_else(|| panic!("no title: {body}"))
    };
    let reader = async |kind: usize| {
        let mut last = 0;
        while written.get() < WRITES {
            last = last.max(written.get());
            let title = read(kind).await;
            assert!(title >= last, "kind {kind}: T {title} after T {last}");
            last = title;
        }
    };
    let writer = async {
        for n in 1..=WRITES {
            let update = format!(r#"updateTalk(id: "{talk}", input: {{ title: "T {n};" }}) {{ revision }}"#);
            editor.edit(&update).await;
            written.set(n);
            sleep(Duration::from_millis(3)).await;
        }
    };
    join(writer, join_all((0..16).map(reader))).await;
    for kind in 0..4 {
        assert_eq!(read(kind).await, WRITES, "kind {kind}");
    }
}

/// Each write gives an edition and its talks the same number. No answer has two of them: with mistakes, in a batch, or as
/// a row of a stream.
#[on_both_databases]
#[actix_web::test]
async fn no_answer_that_is_not_stored_mixes_two_states(backend: Backend) {
    const WRITES: usize = 40;
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let edition = app.id(r#"edition(slug: "conf-2025")"#).await;
    let ids = app.query("{ talks { nodes { id } } }").await["talks"]["nodes"].clone();
    let ids: Vec<&str> = ids.as_array().unwrap().iter().map(|talk| talk["id"].as_str().unwrap()).collect();
    let write = async |n: usize| {
        let talks = ids.iter().map(|id| format!(r#"{{ updateTalk: {{ id: "{id}", input: {{ title: "T {n};" }} }} }}"#));
        let own = format!(r#"{{ updateEdition: {{ id: "{edition}", input: {{ name: "T {n};" }} }} }}"#);
        let edits = [own].into_iter().chain(talks).collect::<Vec<_>>().join(", ");
        editor.edit(&format!("edit(edits: [{edits}]) {{ revision }}")).await;
    };
    write(0).await;
    let written = Cell::new(0);
    let shown = "talks { nodes { title edition { name } } }";
    let reader = async |kind: usize| {
        while written.get() < WRITES {
            let body = match kind % 4 {
                0 => app
                    .ask(
                        &format!(
                            "{{ {shown} wrong: edition(slug: \"conf-2025\") {{ talks(first: -1) {{ totalCount }} }} }}"
                        ),
                        json!({}),
                    )
                    .await
                    .to_string(),
                1 => post(&app, &[], &json!([{ "query": format!("{{ {shown} }}") }]).to_string()).await.body,
                2 => app.get("/api/v1/talks.ndjson?fields=title&include=edition", &[]).await.body,
                _ => app.get("/api/v1/talks.csv", &[]).await.body,
            };
            let mut numbers = body.split("T ").filter_map(|rest| rest.split_once(';')?.0.parse::<usize>().ok());
            let first = numbers.next().unwrap_or_else(|| panic!("no number: {body}"));
            assert!(numbers.all(|number| number == first), "kind {kind}: {body}");
        }
    };
    let writer = async {
        for n in 1..=WRITES {
            write(n).await;
            written.set(n);
            sleep(Duration::from_millis(20)).await;
        }
    };
    join(writer, join_all((0..4).map(reader))).await;
}

/// A checkpoint changes where SQLite's log stands, and nothing that a read shows: what is known stays so. After it, and
/// after the log begins anew, each commit of another process is noticed.
#[actix_web::test]
async fn a_checkpoint_is_no_commit() {
    let app = archive(seed::weekend).start(Backend::Sqlite).await;
    let other = app.another().await;
    let editor = other.editor("write").await;
    let talk = other.talk_id("twice").await;
    let path = "/api/v1/editions/conf-2025/talks/twice?fields=title";
    for n in 0..4 {
        let update = format!(r#"updateTalk(id: "{talk}", input: {{ title: "T {n}" }}) {{ revision }}"#);
        editor.edit(&update).await;
        assert_eq!(app.get(path, &[]).await.json()["title"], format!("T {n}"));
        // The first leaves nothing in the log, and the second one begins it anew.
        for _ in 0..2 {
            assert!(app.checkpoint().await, "somebody reads or writes");
            let before = app.statements();
            assert_eq!(app.get(path, &[]).await.json()["title"], format!("T {n}"));
            assert_eq!(app.statements(), before);
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn what_writes_or_fails_is_executed_each_time(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let token = app.token("write").await;
    until_it_listens(&app).await;
    let create = r#"mutation { createSpeaker(input: { name: "Same" }) { speaker { slug } userErrors { message } } }"#;
    let twice = join_all([(); 3].map(|()| app.mutate(&token, create, json!({})))).await;
    let mut slugs: Vec<String> =
        twice.iter().map(|one| one.json()["data"]["createSpeaker"]["speaker"]["slug"].to_string()).collect();
    slugs.sort();
    assert_eq!(slugs, [r#""same""#, r#""same-2""#, r#""same-3""#]);
    for wrong in [r#"{"query":"{ talks(after: \"x\") { nodes { id } } }"}"#, r#"{"query":"{ nothing }"}"#, "[]", "{"] {
        let (first, again) = (post(&app, &[], wrong).await, post(&app, &[], wrong).await);
        assert_eq!((first.status, &first.body), (again.status, &again.body), "{wrong}");
        assert!(first.json().get("errors").is_some(), "{wrong}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn what_reads_the_clock_is_known_until_something_begins_or_ends(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    until_it_listens(&app).await;
    let now = json!({ "query": r#"{ edition(slug: "conf-2025") { status } }"# }).to_string();
    app.set_now("2025-10-25T07:30:00Z");
    let before = post(&app, &[], &now).await.body;
    for (time, is_other) in
        [("2025-10-25T07:30:01Z", false), ("2025-12-01T00:00:00Z", true), ("2025-10-25T07:30:00Z", false)]
    {
        app.set_now(time);
        assert_eq!(post(&app, &[], &now).await.body != before, is_other, "{time}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn many_who_ask_at_once_cause_one_computation(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    until_it_listens(&app).await;
    let before = app.statements();
    post(&app, &[], &body(7)).await;
    let one = app.statements() - before;
    let before = app.statements();
    let same = body(8);
    let answers = join_all((0..50).map(|_| post(&app, &[], &same))).await;
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(app.statements() - before, one);
}
