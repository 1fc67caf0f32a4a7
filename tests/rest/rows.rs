//! Whole lists: CSV and NDJSON.

use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, promcon},
    seed,
};

async fn table(app: &App, path: &str) -> Vec<Vec<String>> {
    let body = app.get(path, &[]).await.body;
    let text = body.strip_prefix('\u{feff}').expect("a byte order mark, for Excel");
    assert!(!text.replace("\r\n", "").contains('\r') && text.ends_with("\r\n"), "lines end with CRLF");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn column(table: &[Vec<String>], name: &str) -> Vec<String> {
    let place = table[0].iter().position(|column| column == name).unwrap_or_else(|| panic!("no column {name}"));
    table[1..].iter().map(|row| row[place].clone()).collect()
}

#[on_both_databases]
#[actix_web::test]
async fn csv_is_a_row_a_talk(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let talks = table(&app, "/api/v1/talks.csv?sort=title&title_contains=birnen").await;
    assert_eq!(
        talks[0].join(","),
        "id,edition,slug,title,subtitle,kind,status,language,starts_at,ends_at,room,track,speakers,companies,tags,\
         recording,url,abstract,speaker_slugs"
    );
    assert_eq!(
        talks[1][1..].join("|"),
        "conf-2025|twice|Äpfel & 100% _Birnen_||TALK|CONFIRMED|de|\
         2025-10-25T10:30:00+02:00|2025-10-25T11:00:00+02:00|Hall|Ops|\
         Ada A.; Bob|Old Co; |Größe; scale|https://www.youtube.com/watch?v=aaaaaaaaaaa&t=65s|\
         https://lectern.example/editions/conf-2025/talks/twice||ada; bob"
    );
}

/// Who spoke for whom is found in a cell by its place, and in the appearances by its row.
#[on_both_databases]
#[actix_web::test]
async fn each_speaker_has_their_company(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let lost = app.talk_id("lost").await;
    editor
        .edit(&format!(
            r#"setAppearances(talk: "{lost}", appearances: [
                {{ speaker: "bob" }}, {{ speaker: "crew", companies: ["acme", "old-co"], creditedAs: "=Crew" }},
                {{ speaker: "ada", companies: ["acme"], role: MODERATOR, represents: "CNCF" }}
            ]) {{ talk {{ id }} }}"#
        ))
        .await;
    let talks = table(&app, "/api/v1/talks.csv?title_contains=whose").await;
    assert_eq!(column(&talks, "speakers"), ["Bob; =Crew; Ada Ångström"]);
    assert_eq!(column(&talks, "speaker_slugs"), ["bob; crew; ada"]);
    assert_eq!(column(&talks, "companies"), ["; ACME, Old Co; ACME"]);
    // A talk without a company has no separators either.
    let round = table(&app, "/api/v1/talks.csv?title_contains=flash&sort=title").await;
    assert_eq!(column(&round, "companies"), ["", ""]);

    let appearances = table(&app, "/api/v1/appearances.csv?edition=conf-2025&title_contains=whose").await;
    assert_eq!(
        appearances[0].join(","),
        "talk_id,edition,talk_slug,talk_title,talk_kind,starts_at,speaker_slug,speaker,credited_as,role,companies,\
         company_slugs,represents,talk_url"
    );
    let rows: Vec<String> = appearances[1..].iter().map(|row| row[6..13].join("|")).collect();
    assert_eq!(
        rows,
        [
            "bob|Bob|Bob|SPEAKER|||",
            "crew|The crew|'=Crew|SPEAKER|ACME; Old Co|acme; old-co|",
            "ada|Ada Ångström|Ada Ångström|MODERATOR|ACME|acme|CNCF",
        ]
    );
    let all = table(&app, "/api/v1/appearances.csv").await;
    let appearances = app.query("{ talks(first: 500) { nodes { appearances { role } } } }").await;
    let talks = appearances["talks"]["nodes"].as_array().unwrap();
    let count: usize = talks.iter().map(|talk| talk["appearances"].as_array().unwrap().len()).sum();
    assert_eq!(all.len(), count + 1);
    assert_eq!(app.get("/api/v1/appearances.csv?talk=x", &[]).await.status, 400);
}

#[on_both_databases]
#[actix_web::test]
async fn no_cell_is_a_formula(backend: Backend) {
    let app = archive(seed::nasty).start(backend).await;
    let talks = table(&app, "/api/v1/talks.csv").await;
    let total = app.query("{ talks { totalCount } }").await["talks"]["totalCount"].as_u64().unwrap();
    assert_eq!(talks.len() as u64, total + 1, "a row a talk, line breaks in cells and all");
    let titles = column(&talks, "title");
    assert!(titles.iter().any(|title| title.starts_with("'=cmd")), "{titles:?}");
    for row in &talks[1..] {
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{cell:?}");
            assert!(!cell.contains(|c: char| c.is_control() && c != '\n'), "{cell:?}");
        }
    }
}

#[on_both_databases]
#[actix_web::test]
async fn whole_lists_are_what_their_pages_are(backend: Backend) {
    let app = promcon().start(backend).await;
    let pages = app.get("/api/v1/talks?limit=500&sort=-title&year=2017,2019", &[]).await.json();
    let lines = app.get("/api/v1/talks.ndjson?sort=-title&year=2017,2019", &[]).await.body;
    let items: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(&items, pages["data"].as_array().unwrap());
    let all = app.get("/api/v1/talks.ndjson?fields=id", &[]).await.body;
    assert_eq!(all.lines().count(), 231);
    assert_eq!(column(&table(&app, "/api/v1/talks.csv").await, "id").len(), 231);

    // Each list has its table.
    for list in [
        "conferences",
        "editions",
        "speakers",
        "companies",
        "recordings",
        "speakers/julius-volz/talks",
        "companies/soundcloud/talks",
    ] {
        let total = app.get(&format!("/api/v1/{list}?limit=1"), &[]).await.json()["page"]["total"].as_u64().unwrap();
        let table = table(&app, &format!("/api/v1/{list}.csv")).await;
        assert_eq!(table.len() as u64, total + 1, "{list}");
        assert!(table[1..].iter().all(|row| !row[0].is_empty()), "{list}");
        assert_eq!(
            app.get(&format!("/api/v1/{list}.ndjson?limit=3"), &[]).await.body.lines().count() as u64,
            total.min(3),
            "{list}"
        );
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_stream_is_of_many_pages(backend: Backend) {
    let app = archive(seed::fourteen_hundred).start(backend).await;
    let lines = app.get("/api/v1/talks.ndjson?fields=slug&sort=-title", &[]).await.body;
    let mut slugs: Vec<&str> = lines.lines().collect();
    assert_eq!(slugs.len(), 1400);
    slugs.sort_unstable();
    slugs.dedup();
    assert_eq!(slugs.len(), 1400, "none twice");
    assert_eq!(app.get("/api/v1/talks.csv?limit=333", &[]).await.body.lines().count(), 334);
}

/// Two people of one name are two, and one person in two talks of a recording is one.
#[on_both_databases]
#[actix_web::test]
async fn namesakes_are_not_one(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for slug in ["smith-a", "smith-b"] {
        editor
            .edit(&format!(r#"createSpeaker(input: {{ name: "John Smith", slug: "{slug}" }}) {{ speaker {{ id }} }}"#))
            .await;
        editor
            .edit(&format!(r#"createCompany(input: {{ name: "Same", slug: "{slug}" }}) {{ company {{ id }} }}"#))
            .await;
    }
    let recording = editor
        .edit(r#"addRecording(input: { provider: YOUTUBE, externalId: "-aaaaaaaaaa", title: "-1" }) { recording { id } }"#)
        .await["recording"]["id"]
        .clone();
    for talk in ["opening", "round"] {
        let id = app.talk_id(talk).await;
        let people = r#"[
            { speaker: "smith-a", companies: ["smith-a", "smith-b"] }, { speaker: "smith-b" }, { speaker: "bob" }
        ]"#;
        editor.edit(&format!(r#"setAppearances(talk: "{id}", appearances: {people}) {{ talk {{ id }} }}"#)).await;
        editor.edit(&format!(r#"attachRecording(recording: {recording}, talk: "{id}") {{ talk {{ id }} }}"#)).await;
    }
    let talks = table(&app, "/api/v1/talks.csv?title_contains=opening").await;
    assert_eq!(column(&talks, "speakers"), ["John Smith; John Smith; Bob"]);
    let appearances = table(&app, "/api/v1/appearances.csv?title_contains=opening").await;
    assert_eq!(column(&appearances, "companies"), ["Same; Same", "", ""]);
    let recordings = table(&app, "/api/v1/recordings.csv").await;
    let row = column(&recordings, "external_id").iter().position(|id| id == "-aaaaaaaaaa").expect("the id as it is");
    assert_eq!(column(&recordings, "speakers")[row], "John Smith; John Smith; Bob");
    assert_eq!(column(&recordings, "title")[row], "'-1", "a text that a person wrote is guarded");
    assert_eq!(column(&recordings, "url")[row], "https://www.youtube.com/watch?v=-aaaaaaaaaa");
}
