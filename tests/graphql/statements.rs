//! How many SQL statements queries take: as many for 1,400 talks as for 20.

use crate::{
    app::{App, Backend, archive},
    graphql::limits::{TALK, schedule},
    seed,
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
        ("{ speakers(first: 500) { nodes { companies { name } editions { name } talks(first: 3) { totalCount nodes { title } } } } }", 7),
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

#[actix_web::test]
async fn they_do_not_grow_on_sqlite() {
    does_not_grow(Backend::Sqlite).await;
}

#[actix_web::test]
async fn they_do_not_grow_on_postgres() {
    does_not_grow(Backend::Postgres).await;
}
