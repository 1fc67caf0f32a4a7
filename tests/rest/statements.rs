//! How many SQL statements REST takes: as many for 1,400 talks as for 20.

use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive},
    seed,
};

async fn statements(app: &App, path: &str, headers: &[(&str, &str)]) -> u64 {
    let before = app.statements();
    let answer = app.get(path, headers).await;
    assert!(answer.status.as_u16() < 400, "{path}: {}", answer.body);
    app.statements() - before
}

/// The statements of a request for what the server has not read yet.
async fn cold_statements(app: &App, path: &str) -> u64 {
    app.outdate().await;
    statements(app, path, &[]).await
}

#[on_both_databases]
#[actix_web::test]
async fn requests_do_not_grow(backend: Backend) {
    let small = archive(seed::twenty).start(backend).await;
    let large = archive(seed::fourteen_hundred).start(backend).await;
    for (path, at_most) in [
        ("/api/v1/talks?limit=500&include=appearances,slots,links,recordings", 14),
        ("/api/v1/speakers?limit=500", 9),
        ("/api/v1/editions/conf-2025/schedule", 10),
        ("/editions/conf-2025/schedule.ics", 15),
        ("/editions/conf-2025/schedule.xml", 15),
        ("/editions/conf-2025/schedule.json", 15),
        ("/editions/conf-2025/schedule.v2.json", 15),
        ("/feeds/recordings.atom?limit=500", 8),
    ] {
        let (few, many) = (cold_statements(&small, path).await, cold_statements(&large, path).await);
        assert_eq!(few, many, "statements: {path}");
        // On PostgreSQL one more shows that no write overtook the answer.
        let at_most = at_most + u64::from(backend == Backend::Postgres);
        assert!(many <= at_most, "{many} statements: {path}");

        // Once more: its bytes are ready, and where the log stands is known.
        assert_eq!(statements(&large, path, &[]).await, 0, "{path}");
        let tag = large.get(path, &[]).await.header("etag").to_owned();
        assert_eq!(statements(&large, path, &[("If-None-Match", &tag)]).await, 0, "{path}: a 304");
    }
}
