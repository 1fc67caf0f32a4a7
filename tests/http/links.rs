//! Links as they arrive: decorated by sites and clients, with a slash too many, or not in UTF-8.

use actix_web::http::Method;
use test_attributes::on_both_databases;

use crate::support::{
    app::{Backend, archive, empty},
    seed,
};

/// What sites and clients append.
const DECORATIONS: [&str; 8] = [
    "fbclid=IwAR0",
    "utm_source=news&utm_medium=email&utm_campaign=a%20b",
    "gclid=x",
    "_=1732000000",
    "mc_eid=1&mc_cid=2",
    "ref",
    "x=%ff",
    "=&&",
];

#[on_both_databases]
#[actix_web::test]
async fn a_decorated_link_is_the_same_link(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let talk = app.talk_id("twice").await;
    let talk = format!("/talks/{talk}.ics");
    for path in [
        "/editions/conf-2025/schedule.ics",
        "/editions/conf-2025/schedule.ics?room=hall&cancelled=false",
        "/editions/conf-2025/schedule.xml",
        "/editions/conf-2025/schedule.json",
        "/editions/conf-2025/schedule.v2.json",
        "/editions/conf-2025/feed.atom",
        "/editions/conf-2025/archive.yaml",
        "/editions/conf-2025/archive.tar.zst",
        "/feeds/recordings.atom",
        "/feeds/recordings.atom?speaker=ada&limit=1",
        "/speakers/ada.ics",
        &talk,
        "/",
        "/editions/conf-2025",
        "/editions/conf-2025/talks/twice",
        "/speakers/ada",
        "/embed.js",
        "/embed/editions/conf-2025?theme=dark",
        "/oembed?url=https%3A%2F%2Flectern.example%2Feditions%2Fconf-2025&maxwidth=300",
        "/sitemap.xml",
        "/docs",
        "/docs/style.css",
        "/api/openapi.json",
        "/schema.graphql",
        "/graphql?query=%7B__typename%7D",
        "/graphql/assets/start.js",
    ] {
        let plain = app.get(path, &[]).await;
        assert_eq!(plain.status, 200, "{path}");
        for decoration in DECORATIONS {
            let joint = if path.contains('?') { "&" } else { "?" };
            let decorated = app.get(&format!("{path}{joint}{decoration}"), &[]).await;
            assert_eq!(decorated.status, 200, "{path} {decoration}");
            assert_eq!(decorated.bytes, plain.bytes, "{path} {decoration}");
            assert_eq!(decorated.header("etag"), plain.header("etag"), "{path} {decoration}");
        }
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.get(&format!("{path}?_=1"), &[]).await.status, 200, "{path}");
    }

    // What an address takes is still checked, and a redirect has no decoration.
    let wrong = app.get("/editions/conf-2025/schedule.ics?day=soon&fbclid=x", &[]).await;
    assert!(wrong.status == 400 && wrong.body.contains("soon"), "{}", wrong.body);
    let moved = app.get("/editions/conf-25/schedule.ics?fbclid=x&room=hall", &[]).await;
    assert_eq!(
        (moved.status.as_u16(), moved.header("location")),
        (301, "https://lectern.example/editions/conf-2025/schedule.ics?room=hall")
    );
    for path in
        ["/api/v1/talks", "/api/v1/editions/conf-2025", "/api/v1/archive", "/api/v1/editions/conf-2025/schedule"]
    {
        let refused = app.get(&format!("{path}?fbclid=x"), &[]).await;
        assert!(refused.status == 400 && refused.body.contains("fbclid"), "{path}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_slash_at_the_end_leads_to_the_address(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    for (path, target) in [
        ("/graphql/", "/graphql"),
        ("/graphql/?query=%7B__typename%7D&x=1", "/graphql?query=%7B__typename%7D&x=1"),
        ("/api/v1/talks/", "/api/v1/talks"),
        ("/api/v1/talks/?year=2025&limit=2", "/api/v1/talks?year=2025&limit=2"),
        ("/api/v1/talks.csv/", "/api/v1/talks.csv"),
        ("/api/v1/editions/conf-2025/", "/api/v1/editions/conf-2025"),
        ("/api/v1/editions/conf-2025/talks/twice/", "/api/v1/editions/conf-2025/talks/twice"),
        ("/api/v1/imports/", "/api/v1/imports"),
        ("/api/v1/changes/stream/", "/api/v1/changes/stream"),
        ("/api/openapi.json/", "/api/openapi.json"),
        ("/editions/conf-2025/schedule.ics/", "/editions/conf-2025/schedule.ics"),
        ("/editions/a%2Fb/schedule.ics//", "/editions/a%2Fb/schedule.ics"),
        ("/feeds/recordings.atom/", "/feeds/recordings.atom"),
        ("/docs/", "/docs"),
        ("/healthz/", "/healthz"),
        ("/schema.graphql/", "/schema.graphql"),
    ] {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let answer = app.send(method.clone(), path, &[], "").await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("location")),
                (308, format!("https://lectern.example{target}").as_str()),
                "{method} {path}"
            );
        }
    }
    for nowhere in [
        "//evil.example/",
        "//evil.example//",
        "/nothing/",
        "//",
        "/%2F/",
        "/graphql%2F",
        "/\\evil.example/",
        "/.//evil.example/",
    ] {
        let answer = app.get(nowhere, &[]).await;
        assert!(answer.status.is_client_error() && answer.header("location").is_empty(), "{nowhere} {}", answer.status);
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_query_string_is_utf8(backend: Backend) {
    let app = empty().start(backend).await;
    for (path, parameter) in [
        ("/api/v1/talks?title_contains=%ff", "title_contains"),
        ("/api/v1/talks?title_contains=a%EF%BF%BD%ff", "title_contains"),
        ("/api/v1/talks?speaker=%c3", "speaker"),
        ("/api/v1/talks?cursor=%ff", "cursor"),
        ("/api/v1/changes?since=0&edition=%ed%a0%80", "edition"),
        ("/feeds/recordings.atom?speaker=%ff&x=%ff", "speaker"),
        ("/graphql?query=%7B__typename%7D&variables=%ff", "variables"),
        ("/graphql?query=%ff", "query"),
    ] {
        let answer = app.get(path, &[]).await;
        let text = format!("{parameter}: it is not UTF-8");
        assert!(answer.status == 400 && answer.body.contains(&text), "{path} {}", answer.body);
    }
    assert_eq!(app.get("/api/v1/talks?title_contains=%EF%BF%BD%C3%BC", &[]).await.status, 200);
    assert_eq!(app.get("/api/v1/talks/%ff", &[]).await.status, 404);
    assert_eq!(app.get("/editions/%ff/schedule.ics", &[]).await.status, 404);
}
