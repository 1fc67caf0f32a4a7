//! How many SQL statements queries and mutations take: as many for 1,400 talks as for 20.

use crate::{
    graphql::{
        limits::{TALK, schedule},
        mutations::{done, id},
    },
    support::{
        app::{App, Backend, archive},
        seed,
    },
};

async fn statements(app: &App, query: &str) -> u64 {
    let before = app.statements();
    app.query(query).await;
    app.statements() - before
}

async fn does_not_grow(backend: Backend) {
    let Some(small) = archive(seed::twenty).start(backend).await else { return };
    let large = archive(seed::fourteen_hundred).start(backend).await.unwrap();
    let schedule = format!("{{ edition(slug: \"conf-2025\") {{ {} }} }}", schedule());
    let queries = [
        (schedule.as_str(), 8),
        (&format!("{{ talks(first: 500) {{ totalCount nodes {{ {TALK} }} }} }}"), 10),
        (
            "{ speakers(first: 500) { nodes { companies { name } editions { name } talks(first: 3) { totalCount nodes { title } } } } }",
            7,
        ),
        (
            "{ companies(first: 500) { nodes { speakers(first: 2, orderBy: { field: TALK_COUNT, direction: DESC }) { nodes { name } } aliases } } }",
            3,
        ),
        ("{ talks(first: 100) { nodes { related { title } } } }", 3),
        ("{ changes(since: 5, first: 20) { changes { revision node { id } edition { slug } } } }", 8),
        ("{ edition(slug: \"conf-2025\") { scheduleChanges(since: 0) { kind talk { title } slot { number } } } }", 5),
    ];
    for (query, at_most) in queries {
        let (few, many) = (statements(&small, query).await, statements(&large, query).await);
        assert_eq!(few, many, "{query}");
        assert!(many <= at_most, "{many} statements: {query}");
    }
}

/// What a write costs depends on what it writes: not on the archive, and not on the edition.
async fn writes_do_not_grow(backend: Backend) {
    let Some(small) = archive(seed::twenty).start(backend).await else { return };
    let large = archive(seed::fourteen_hundred).start(backend).await.unwrap();
    let tokens = [small.token("write").await, large.token("write:conf").await];
    let mutations = [
        ("updateTalk(id: TALK-3, input: { title: \"Other\", tags: [\"a\", \"b\"] }) { talk { id } TOLD }", 25),
        (
            "setAppearances(talk: TALK-4, appearances: [{ speaker: \"speaker-7\", companies: [\"company-1\"] }]) { talk { id } TOLD }",
            29,
        ),
        (
            "scheduleSlot(input: { edition: \"conf-2025\", kind: BREAK, title: \"Break\", startsAt: \"2025-10-10T10:00:00Z\", room: \"room-1\" }) { slot { id } TOLD }",
            14,
        ),
        (
            "updateSlot(id: SLOT-1, input: { startsAt: \"2025-10-11T10:00:00Z\", endsAt: \"2025-10-11T10:30:00Z\", room: \"room-2\" }, force: true) { slot { id } TOLD }",
            16,
        ),
        ("createSpeaker(input: { name: \"Somebody\" }) { speaker { id } TOLD }", 10),
        ("addLink(to: TALK-5, input: { kind: POST, title: \"Somewhere\" }) { link { id } TOLD }", 12),
        ("mergeSpeakers(from: SPEAKER-8, into: SPEAKER-9) { speaker { id } TOLD }", 37),
        ("delete(id: SLOT-2) { deletedId TOLD }", 15),
    ];
    for app in [&small, &large].iter().zip(&tokens) {
        // That a token was used is noted once a minute.
        done(app.0, app.1, "createCompany(input: { name: \"First\" }) { company { id } TOLD }").await;
    }
    for (mutation, at_most) in mutations {
        let mut counts = Vec::new();
        for (app, token) in [&small, &large].into_iter().zip(&tokens) {
            let mut mutation = mutation.to_owned();
            while let Some((kind, rest)) =
                ["TALK-", "SLOT-", "SPEAKER-"].into_iter().find_map(|kind| Some((kind, mutation.split_once(kind)?.1)))
            {
                let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let id = match kind {
                    "TALK-" => id(app, &format!("talk(edition: \"conf-2025\", slug: \"talk-{number}\")")).await,
                    "SPEAKER-" => id(app, &format!("speaker(slug: \"speaker-{number}\")")).await,
                    _ => {
                        let slots =
                            app.query("{ edition(slug: \"conf-2025\") { schedule { id number } } }").await["edition"]["schedule"].clone();
                        let slots = slots.as_array().unwrap();
                        slots.iter().find(|slot| slot["number"] == number.parse::<i64>().unwrap()).unwrap()["id"]
                            .as_str()
                            .unwrap()
                            .to_owned()
                    }
                };
                mutation = mutation.replace(&format!("{kind}{number}"), &format!("\"{id}\""));
            }
            let before = app.statements();
            done(app, token, &mutation).await;
            counts.push(app.statements() - before);
        }
        // The token of one conference is looked up with it, and that it stays within it takes one more.
        assert_eq!(counts[0] + 1, counts[1], "{mutation}");
        assert!(counts[1] <= at_most, "{} statements: {mutation}", counts[1]);
    }
}

#[actix_web::test]
async fn writes_do_not_grow_on_sqlite() {
    writes_do_not_grow(Backend::Sqlite).await;
}

#[actix_web::test]
async fn writes_do_not_grow_on_postgres() {
    writes_do_not_grow(Backend::Postgres).await;
}

#[actix_web::test]
async fn they_do_not_grow_on_sqlite() {
    does_not_grow(Backend::Sqlite).await;
}

#[actix_web::test]
async fn they_do_not_grow_on_postgres() {
    does_not_grow(Backend::Postgres).await;
}
