//! The search: what people type finds the item, ranked, marked and counted.

use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use test_attributes::{needs_postgres, on_both_databases};

use crate::support::{
    app::{App, Backend, archive, promcon},
    seed,
};

/// The labels of the hits of a query, and the number of all hits.
async fn found(app: &App, query: &str, arguments: &str) -> (Vec<String>, i64) {
    app.be_indexed().await;
    let query = format!(
        "{{ search(query: {}{arguments}) {{ totalCount isComplete nodes {{ node {{ \
         ... on Talk {{ label: title }} ... on Speaker {{ label: name }} ... on Company {{ label: name }} \
         ... on Edition {{ label: name }} }} }} }} }}",
        json!(query)
    );
    let search = app.query(&query).await["search"].clone();
    assert_eq!(search["isComplete"], true, "{query}");
    let label = |hit: &Value| hit["node"]["label"].as_str().unwrap().to_owned();
    (search["nodes"].as_array().unwrap().iter().map(label).collect(), search["totalCount"].as_i64().unwrap())
}

async fn labels(app: &App, query: &str) -> Vec<String> {
    found(app, query, ", first: 10").await.0
}

#[on_both_databases]
#[actix_web::test]
async fn what_people_type_finds_the_item(backend: Backend) {
    let app = promcon().start(backend).await;
    let table = [
        ("promethus histgram", "Native Histograms in Prometheus"),
        ("Native HISTOGRAMS", "Native Histograms in Prometheus"),
        ("histograms native", "PromQL for Native Histograms"),
        ("native hist", "Native Histograms in Prometheus"),
        ("plotka thanos", "Thanos - Prometheus at Scale"),
        ("alert manager testing", "Property and Model Based Testing of Alertmanager"),
        ("prom ql native", "PromQL for Native Histograms"),
        ("prometheus v2.0 staleness", "Staleness in Prometheus 2.0"),
        ("J. Volz", "Julius Volz"),
        ("https://x.org/editions/promcon-2017-munich/talks/staleness-in-prometheus-2-0", "Staleness in Prometheus 2.0"),
        ("weaveworks scale 2016", "Multitenant, Scale-Out Prometheus"),
        ("multitenant", "Implementing a Cooperative Multi-Tenant Capable Prometheus"),
        ("k8s autoscaling", "Autoscaling All Things Kubernetes with Prometheus"),
        ("julius vol", "Julius Volz"),
        ("grafna labs", "Grafana Labs"),
        ("promcon 2019", "PromCon EU 2019"),
        ("\"native histograms\" promql", "PromQL for Native Histograms"),
        ("staleness prometheus zzzzqqq", "Staleness in Prometheus 2.0"),
        ("talks about thanos", "Thanos - Prometheus at Scale"),
        ("what is thanos ", "Thanos - Prometheus at Scale"),
        ("introduction to staleness", "Staleness in Prometheus 2.0"),
        ("talk by volz about staleness", "Staleness in Prometheus 2.0"),
        ("promcon in munich ", "PromCon 2017"),
    ];
    for (query, label) in table {
        let labels = labels(&app, query).await;
        assert!(labels.iter().take(5).any(|found| found == label), "{query}: {labels:?}");
    }
    assert_eq!(labels(&app, "julius volz").await[0], "Julius Volz", "the speaker before the talks");
    // All words before most of them, and the rare word before the common one.
    let labels = labels(&app, "prometheus staleness").await;
    assert_eq!(labels[0], "Staleness in Prometheus 2.0", "{labels:?}");
}

#[on_both_databases]
#[actix_web::test]
async fn what_is_written_otherwise_finds_the_item(backend: Backend) {
    let app = promcon().start(backend).await;
    let editor = app.editor("write").await;
    for title in [
        "入門 自作検索エンジン",
        "機械学習 再現性",
        "데이터 분석 입문",
        "Data Classes, in Python 3.8",
        "Quokkas in C++11",
        "A Numbat Database",
        "Bilby talk 3, day 1",
        "Bilby talk 1, day 1",
        "Year 2031",
        "Kangaroos: Kubernetes by k-something-s",
        "Internationalization of a Wombat",
        "Dunnart C++入門講座",
        "Goで作るv3.7の新機能",
        "HTML5 Games of a Quoll",
        "Svelte 5 of a Potoroo",
        "Bettongs, Thylacines",
        "A Pademelon on PyPI",
        "Quenda 2031",
        "Taming Kultarr Dens",
    ] {
        let title = json!(title);
        let input = format!(r#"input: {{ edition: "promcon-2017-munich", title: {title} }}"#);
        editor.edit(&format!("createTalk({input}) {{ talk {{ id }} }}")).await;
    }
    let talk = r#"{ search(query: "staleness brian", first: 1) { nodes { node { ... on Talk { id } } } } }"#;
    app.be_indexed().await;
    let talk = app.query(talk).await["search"]["nodes"][0]["node"]["id"].as_str().unwrap().to_owned();
    let exact = r#"abstract: "An echidna, exactly once.""#;
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ {exact} }}) {{ talk {{ id }} }}"#)).await;
    let like = r#"createTalk(input: { edition: "promcon-2017-munich", title: "Echidma and Echidne" }) { talk { id } }"#;
    editor.edit(like).await;
    for (query, label) in [
        ("\"入門 自作検索エンジン\"", "入門 自作検索エンジン"),
        ("機械学習の再現性", "機械学習 再現性"),
        ("데이터분석", "데이터 분석 입문"),
        ("python3.8", "Data Classes, in Python 3.8"),
        ("python 3.8", "Data Classes, in Python 3.8"),
        ("c++ quokkas", "Quokkas in C++11"),
        ("c++11", "Quokkas in C++11"),
        ("numbat data base", "A Numbat Database"),
        ("numbatdatabase", "A Numbat Database"),
        ("bilby talk 1, day 1", "Bilby talk 1, day 1"),
        ("i18n wombat", "Internationalization of a Wombat"),
        ("c++ dunnart", "Dunnart C++入門講座"),
        ("c++入門", "Dunnart C++入門講座"),
        ("v3.7", "Goで作るv3.7の新機能"),
        ("3.7の新機能", "Goで作るv3.7の新機能"),
        ("html 5 quoll", "HTML5 Games of a Quoll"),
        ("html quoll", "HTML5 Games of a Quoll"),
        ("svelte5", "Svelte 5 of a Potoroo"),
        ("thylacines/bettongs", "Bettongs, Thylacines"),
        ("thylacines_bettongs", "Bettongs, Thylacines"),
        ("bettong-thylacne", "Bettongs, Thylacines"),
        ("c++/dunnart", "Dunnart C++入門講座"),
        ("py pi ", "A Pademelon on PyPI"),
        ("quenda31", "Quenda 2031"),
        ("Quenda'31", "Quenda 2031"),
        ("quenda ’31", "Quenda 2031"),
        ("#TamingKultarrDens", "Taming Kultarr Dens"),
        ("echidna ", "Staleness in Prometheus 2.0"),
    ] {
        let labels = labels(&app, query).await;
        assert_eq!(labels.first().map(String::as_str), Some(label), "{query}: {labels:?}");
    }
    // Later pages of words that are not next to each other go on.
    let page = r#"{ search(query: "kubernetes_prometheus", first: 3) { totalCount pageInfo { endCursor } } }"#;
    let page = app.query(page).await["search"].clone();
    assert!(page["totalCount"].as_i64().unwrap() > 6, "{page}");
    let after = page["pageInfo"]["endCursor"].clone();
    let all = found(&app, "kubernetes_prometheus", "").await;
    let second = found(&app, "kubernetes_prometheus", &format!(", first: 3, after: {after}")).await;
    assert_eq!((&second.0[..], second.1), (&all.0[3..6], all.1));
    // A number is not misspelt, and a number between letters stands for known words alone.
    assert_eq!(found(&app, "2033", "").await.1, 0);
    let numeronym = labels(&app, "k3s").await;
    assert!(!numeronym.iter().any(|label| label.starts_with("Kangaroos")), "{numeronym:?}");
}

#[on_both_databases]
#[actix_web::test]
async fn a_pasted_address_or_id_finds_the_item(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let talk = first_talk(&app, "staleness brian").await;
    let of_talk = format!(
        r#"{{ talk(id: {}) {{ title recordings {{ recording {{ id externalId }} }} speakers {{ id name }} }} }}"#,
        talk
    );
    let of_talk = app.query(&of_talk).await["talk"].clone();
    let title = of_talk["title"].as_str().unwrap().to_owned();
    let (id, video) = (talk.as_str().unwrap(), &of_talk["recordings"][0]["recording"]);
    let key = video["externalId"].as_str().unwrap().to_owned();
    let recording = video["id"].as_str().unwrap().to_owned();
    for query in [
        id.to_owned(),
        id.to_uppercase(),
        recording.clone(),
        format!("http://localhost:8080/api/v1/talks/{id}"),
        format!("youtube:{key}"),
        format!("https://www.youtube.com/watch?v={key}&list=PLx&t=754s"),
        format!("youtu.be/{key}?t=20"),
        format!(" https://www.youtube.com/embed/{key} "),
        format!("<https://www.youtube.com/watch?v={key}>."),
        format!("urn:uuid:{id}"),
    ] {
        assert_eq!(found(&app, &query, ", first: 10").await, (vec![title.clone()], 1), "{query}");
    }
    let speaker = &of_talk["speakers"][0];
    assert_eq!(labels(&app, speaker["id"].as_str().unwrap()).await, [speaker["name"].as_str().unwrap()]);
    // Kinds and filters narrow it as they narrow words.
    assert_eq!(found(&app, id, ", kinds: [SPEAKER]").await.1, 0);
    assert_eq!(found(&app, id, ", filter: { year: 2016 }").await.1, 0);
    assert_eq!(found(&app, id, ", filter: { year: 2017 }").await.1, 1);
    let suggested = app.query(&format!(r#"{{ suggest(prefix: "https://youtu.be/{key}") {{ label }} }}"#)).await;
    assert_eq!(suggested["suggest"], json!([{ "label": title }]));

    // Of a recording of several talks, a time means the one that is on.
    let editor = app.editor("write").await;
    let attach = async |talk: &str, start: i32| {
        let to = format!(r#"talk: "{talk}", recording: "{recording}", startSeconds: {start}"#);
        editor.edit(&format!("attachRecording({to}) {{ talk {{ id }} }}")).await;
    };
    attach(id, 60).await;
    let later =
        r#"createTalk(input: { edition: "promcon-2017-munich", title: "Later on the stream" }) { talk { id } }"#;
    let later = editor.edit(later).await["talk"]["id"].as_str().unwrap().to_owned();
    attach(&later, 600).await;
    for (time, titles) in [
        ("?t=599", vec![title.as_str()]),
        ("?t=10m", vec!["Later on the stream"]),
        ("?t=5", vec![title.as_str(), "Later on the stream"]),
        ("", vec![title.as_str(), "Later on the stream"]),
    ] {
        let mut labels = labels(&app, &format!("https://youtu.be/{key}{time}")).await;
        labels.sort_by_key(|label| label != &title);
        assert_eq!(labels, titles, "{time}");
    }
    // A recording without a talk is found by its edition.
    let streams = "{ recordings(first: 1, filter: { hasTalk: false }) { nodes { url edition { name } } } }";
    let stream = app.query(streams).await["recordings"]["nodes"][0].clone();
    assert_eq!(labels(&app, stream["url"].as_str().unwrap()).await, [stream["edition"]["name"].as_str().unwrap()]);
    // The words around the id of another one say nothing.
    for unknown in ["https://www.youtube.com/watch?v=AAAAAAAAAAA", "https://vimeo.com/76979871", "youtube:AAAAAAAAAAA"]
    {
        assert_eq!(found(&app, unknown, "").await.1, 0, "{unknown}");
        let suggested = app.query(&format!(r#"{{ suggest(prefix: "{unknown}") {{ label }} }}"#)).await;
        assert_eq!(suggested["suggest"], json!([]), "{unknown}");
    }
    // What names nothing is words.
    assert_eq!(labels(&app, "https://x.org/0d7e6a3c-53f1-5f0e-8a5b-2f3c4d5e6f70").await, Vec::<String>::new());
    // A withdrawn talk is not found, as by its words.
    editor.edit(&format!(r#"updateTalk(id: "{id}", input: {{ status: WITHDRAWN }}) {{ talk {{ id }} }}"#)).await;
    assert_eq!(found(&app, id, "").await.1, 0);
    assert_eq!(found(&app, id, ", filter: { status: WITHDRAWN }").await.1, 1);
}

#[on_both_databases]
#[actix_web::test]
async fn a_facet_counts_what_its_filter_leaves(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let mut counted = 0;
    for query in ["promcon", "prometheus 2018", "alerting kubernetes", "grafana scale monitoring", "promethus"] {
        let facets = format!("{{ search(query: {}) {{ facets {{ name values {{ value count }} }} }} }}", json!(query));
        let facets = app.query(&facets).await["search"]["facets"].clone();
        for facet in facets.as_array().unwrap() {
            for value in facet["values"].as_array().unwrap() {
                let name = facet["name"].as_str().unwrap().to_lowercase();
                let value_ = value["value"].as_str().unwrap();
                let value_ = match &*name {
                    "year" | "kind" => value_.to_owned(),
                    _ => json!(value_).to_string(),
                };
                let filter = format!(", filter: {{ {name}: [{value_}] }}");
                assert_eq!(json!(found(&app, query, &filter).await.1), value["count"], "{query} {filter}");
                counted += 1;
            }
        }
    }
    assert!(counted > 50, "{counted}");
}

#[on_both_databases]
#[actix_web::test]
async fn a_suggestion_is_for_words_that_nothing_has(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    for (query, suggestion) in [
        ("promethus histgrams ", json!("prometheus histograms ")),
        ("vloz", json!("volz")),
        ("kind:", Value::Null),
        ("staleness volz", Value::Null),
        ("rust", Value::Null),
        ("prometheu", Value::Null),
        ("2033", Value::Null),
    ] {
        let answer = app.query(&format!("{{ search(query: {}) {{ suggestion }} }}", json!(query))).await;
        assert_eq!(answer["search"]["suggestion"], suggestion, "{query}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn conditions_and_filters_narrow_the_hits(backend: Backend) {
    let app = promcon().start(backend).await;
    let talks = |filter: &'static str| {
        let app = &app;
        async move {
            let query = format!("{{ talks(filter: {{ {filter} }}) {{ totalCount }} }}");
            app.query(&query).await["talks"]["totalCount"].as_i64().unwrap()
        }
    };
    // A condition in the query, a filter of the search and the filter of the list mean the same.
    for (condition, filter) in [
        ("speaker:julius-volz has:recording", r#"speaker: ["julius-volz"], hasRecording: true"#),
        ("speaker:\"Julius Volz\" kind:talk", r#"speaker: ["julius-volz"], kind: [TALK]"#),
        ("company:grafana-labs kind:talk", r#"company: ["grafana-labs"], kind: [TALK]"#),
        (
            "edition:promcon-2019-munich kind:talk,lightning_talk",
            r#"edition: ["promcon-2019-munich"], kind: [TALK, LIGHTNING_TALK]"#,
        ),
        ("year:2016-2017 kind:talk", "year: [2016, 2017], kind: [TALK]"),
        ("conference:promcon kind:panel", r#"conference: ["promcon"], kind: [PANEL]"#),
        ("has:slides kind:talk", "hasSlides: true, kind: [TALK]"),
        (
            "-kind:talk conference:promcon -kind:edition",
            "kind: [KEYNOTE, LIGHTNING_TALK, LIGHTNING_BLOCK, PANEL, WORKSHOP, OPENING, CLOSING, DEMO, OTHER]",
        ),
    ] {
        let expected = talks(filter).await;
        assert!(expected > 0, "{filter}");
        assert_eq!(found(&app, condition, "").await.1, expected, "{condition}");
        let filtered = format!(", filter: {{ {filter} }}");
        assert_eq!(found(&app, "-zzzzqqq", &filtered).await.1, expected, "{filter}");
    }
    for filter in [
        r#"room: ["main-room"]"#,
        r#"track: ["observability"]"#,
        r#"tag: ["Alerting"]"#,
        r#"language: ["en"]"#,
        r#"titleContains: "HISTO""#,
        r#"startsAtOrAfter: "2017-01-01T00:00:00Z", startsBefore: "2018-01-01T00:00:00Z""#,
        "status: [WITHDRAWN]",
        "status: [CANCELLED, CONFIRMED]",
        "hasRecording: false",
        r#"speaker: ["nobody"]"#,
    ] {
        let filtered = format!(", filter: {{ {filter} }}");
        assert_eq!(found(&app, "-zzzzqqq", &filtered).await.1, talks(filter).await, "{filter}");
    }
    let (speakers, _) = found(&app, "grafana", ", kinds: [COMPANY]").await;
    assert_eq!(speakers, ["Grafana Labs"]);
    let both = found(&app, "has:recording has:slides", "").await.1;
    assert_eq!(both, talks("hasRecording: true, hasSlides: true").await, "both are asked for");
    assert_eq!(found(&app, "speaker:volz,rabenstein kind:talk", "").await.1, {
        talks(r#"speaker: ["julius-volz", "bjorn-rabenstein"], kind: [TALK]"#).await
    });
    let without = labels(&app, "histograms -native").await;
    assert!(!without.is_empty() && without.iter().all(|label| !label.contains("Native")), "{without:?}");
}

/// What is typed last may go on, but what it excludes and the kinds of hits are as they are.
#[on_both_databases]
#[actix_web::test]
async fn exclusions_and_kinds_do_not_widen_a_search(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let total = async |query: &str, arguments: &str| found(&app, query, arguments).await.1;
    for (one, other) in [
        ("breakout -tag:c", "breakout"),
        ("prometheus -company:go", "-company:go prometheus"),
        ("prometheus -speaker:to", "-speaker:to prometheus"),
        ("company:grafana-labs", "company:grafanalabs"),
        ("Work kind:talk", "kind:talk Work"),
        // What may still be typed is all that begins so.
        ("prometheus kind:key", "prometheus kind:keynote "),
        ("prometheus has:v", "prometheus has:recording "),
        ("prometheus year:2016-", "prometheus year:2016-2026 "),
        ("prometheus year:201", "prometheus year:2010-2019 "),
        ("kubernets conference:promcon", "conference:promcon kubernets"),
    ] {
        assert_eq!(total(one, "").await, total(other, "").await, "{one}, {other}");
    }
    // A filter that fits all talks leaves all of them, withdrawn ones beside.
    for query in ["kubernets", "Work", "prometheus"] {
        let talks = total(query, ", kinds: [TALK]").await;
        assert_eq!(total(query, r#", filter: { conference: ["promcon"] }"#).await, talks, "{query}");
    }
    // What is in quotes is never lacking.
    for (query, phrase) in [("thanos \"native histograms\"", "\"native histograms\""), ("x \"zzz qqq\"", "\"zzz qqq\"")]
    {
        assert!(total(query, "").await <= total(phrase, "").await, "{query}");
    }
    for query in ["grafana labs", "munich 2019", "volz", "promethus", "julius prometheus berlin"] {
        let all = r#"search(query: "$", first: 500) { nodes { node { __typename } } }"#.replace('$', query);
        let all = app.query(&format!("{{ {all} }}")).await["search"]["nodes"].clone();
        for (kind, name) in [("TALK", "Talk"), ("SPEAKER", "Speaker"), ("COMPANY", "Company"), ("EDITION", "Edition")] {
            let hits = all.as_array().unwrap().iter().filter(|hit| hit["node"]["__typename"] == name).count();
            let found = total(query, &format!(", kinds: [{kind}]")).await;
            assert!(hits == 0 || found == hits as i64, "{query}, {kind}: {found} and {hits}");
        }
    }
    let labels = labels(&app, "munich").await;
    assert!(labels[0].starts_with("PromCon"), "the editions of a city come first: {labels:?}");
}

#[on_both_databases]
#[actix_web::test]
async fn hits_are_marked_and_counted(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let search = app
        .query(
            r#"{ search(query: "speaker:brazil staleness", first: 3) {
                nodes { score highlights { field html } node { __typename } }
                edges { cursor node { score } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
                facets(first: 2) { name values { value label count } } suggestion totalCount } }"#,
        )
        .await["search"]
        .clone();
    let highlights = &search["nodes"][0]["highlights"];
    assert!(highlights.to_string().contains("<mark>Staleness</mark>"), "{search:#}");
    assert!(highlights.to_string().contains("Brian <mark>Brazil</mark>"), "{search:#}");
    assert_eq!(search["pageInfo"]["startCursor"], search["edges"][0]["cursor"]);
    let facets = search["facets"].as_array().unwrap();
    let facet = |name: &str| facets.iter().find(|facet| facet["name"] == name).unwrap_or(&Value::Null).clone();
    assert_eq!(
        facet("CONFERENCE")["values"],
        json!([{ "value": "promcon", "label": "PromCon", "count": search["totalCount"] }]),
        "{search:#}"
    );
    assert!(matches!(facet("YEAR")["values"].as_array().map(Vec::len), Some(1 | 2)), "{search:#}");
    let misspelt = app.query(r#"{ search(query: "promethus histgrams") { suggestion } }"#).await;
    assert_eq!(misspelt["search"]["suggestion"], "prometheus histograms");
    let right = app.query(r#"{ search(query: "prometheus histograms") { suggestion } }"#).await;
    assert_eq!(right["search"]["suggestion"], Value::Null);
}

/// The id of the first hit, if it is a talk.
async fn first_talk(app: &App, query: &str) -> Value {
    let document = format!("{{ search(query: {}) {{ nodes {{ node {{ ... on Talk {{ id }} }} }} }} }}", json!(query));
    app.query(&document).await["search"]["nodes"][0]["node"]["id"].clone()
}

#[on_both_databases]
#[actix_web::test]
async fn a_pasted_title_excludes_nothing(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("lost").await;
    let title = "-day or night: gardens \u{2212}and both?";
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "{title}" }}) {{ revision }}"#)).await;
    for (query, is_found) in [
        (title, true),
        ("-DAY or night: Gardens \u{2212}and both? ", true),
        ("-Day or night: gar", true),
        ("night gardens", true),
        ("night gardens -day", false),
    ] {
        let first = first_talk(&app, query).await;
        assert_eq!(first == json!(talk), is_found, "{query}: {first}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn each_of_several_versions_is_a_word(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let talk = app.talk_id("lost").await;
    let title = "Django 1.8/1.9 and Go-v1.2";
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "{title}" }}) {{ revision }}"#)).await;
    for query in [title, "django 1.8/1.9 and ", "django 1.8 ", "1.9 django ", "1.9/1.8 ", "go 1.2 ", "v1.2 "] {
        let first = first_talk(&app, query).await;
        assert_eq!(first, json!(talk), "{query}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_box_that_completes_gets_names(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let suggest = |prefix: &'static str| {
        let app = &app;
        async move {
            let query = format!("{{ suggest(prefix: {}, first: 5) {{ kind id label detail url }} }}", json!(prefix));
            app.query(&query).await["suggest"].as_array().unwrap().clone()
        }
    };
    let julius = suggest("juli").await;
    assert_eq!((&julius[0]["label"], &julius[0]["kind"]), (&json!("Julius Volz"), &json!("SPEAKER")), "{julius:#?}");
    assert!(julius[0]["url"].as_str().unwrap().ends_with("/speakers/julius-volz"));
    assert_eq!(suggest("jul vol").await[0]["label"], "Julius Volz");
    assert_eq!(suggest("grafana l").await[0]["label"], "Grafana Labs");
    let talk = &suggest("stalen").await[0];
    assert_eq!(
        (&talk["label"], &talk["detail"]),
        (&json!("Staleness in Prometheus 2.0"), &json!("Brian Brazil · PromCon 2017"))
    );
    assert_eq!(suggest("plotka").await[0]["label"], "Bartłomiej Płotka");
    // No name has both. The talk does, by its speaker.
    assert_eq!(suggest("braz stalen").await[0], *talk);
    assert!(suggest("").await.is_empty() && suggest("  ?! ").await.is_empty());
}

#[on_both_databases]
#[actix_web::test]
async fn a_write_is_found_at_once(backend: Backend) {
    let app = promcon().start(backend).await;
    let editor = app.editor("write").await;
    assert_eq!(found(&app, "quokka", "").await.1, 0);
    let talk =
        app.query(r#"{ talk(edition: "promcon-2017-munich", slug: "staleness-in-prometheus-2-0") { id } }"#).await;
    let talk = talk["talk"]["id"].as_str().unwrap().to_owned();
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "Quokka & <b>" }}) {{ talk {{ id }} }}"#)).await;
    assert_eq!(labels(&app, "quokka").await, ["Quokka & <b>"]);
    app.be_indexed().await;
    let marked = app.query(r#"{ search(query: "quokka b") { nodes { highlights { field html } } } }"#).await;
    let title = &marked["search"]["nodes"][0]["highlights"][0];
    assert_eq!(title, &json!({ "field": "title", "html": "<mark>Quokka</mark> &amp; &lt;<mark>b</mark>&gt;" }));
    // The talks of a speaker, of a company and of an edition are found by their new names.
    let speaker = app.id(r#"speaker(slug: "brian-brazil")"#).await;
    editor
        .edit(&format!(r#"updateSpeaker(id: "{speaker}", input: {{ name: "Bilby Bazaar" }}) {{ speaker {{ id }} }}"#))
        .await;
    assert_eq!(labels(&app, "bazaar quokka").await[0], "Quokka & <b>");
    let edition = app.id(r#"edition(slug: "promcon-2017-munich")"#).await;
    editor
        .edit(&format!(r#"updateEdition(id: "{edition}", input: {{ name: "Numbat 2017" }}) {{ edition {{ id }} }}"#))
        .await;
    assert_eq!(labels(&app, "numbat quokka").await[0], "Quokka & <b>");
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ status: WITHDRAWN }}) {{ talk {{ id }} }}"#)).await;
    assert_eq!(found(&app, "quokka", "").await.1, 0, "withdrawn");
}

#[on_both_databases]
#[actix_web::test]
async fn a_search_follows_what_belongs_to_a_talk(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let edition = app
        .query(r#"{ edition(slug: "conf-2025") { schedule { id number } talks { nodes { links { id kind } } } } }"#)
        .await;
    let slot = |number: i64| {
        let all = edition["edition"]["schedule"].as_array().unwrap();
        all.iter().find(|slot| slot["number"] == number).unwrap()["id"].clone()
    };
    let talks = edition["edition"]["talks"]["nodes"].as_array().unwrap().iter();
    let mut links = talks.flat_map(|talk| talk["links"].as_array().unwrap());
    let slides = links.find(|link| link["kind"] == "SLIDES").unwrap()["id"].clone();
    let one =
        |mutation: &str, id: &Value, input: &str| format!("{mutation}(id: {id}, input: {{ {input} }}) {{ revision }}");
    let late = r#"startsAtOrAfter: "2025-10-25T19:00:00Z", startsBefore: "2025-10-25T23:00:00Z""#;
    let on_sunday = r#"startsAtOrAfter: "2025-10-26T06:00:00Z", startsBefore: "2025-10-26T23:00:00Z""#;
    let on_monday = r#"startsAtOrAfter: "2025-10-27T00:00:00+01:00""#;
    for (mutation, filter) in [
        (one("updateSlot", &slot(2), r#"startsAt: "2025-10-25T22:00:00+02:00""#), late),
        (one("updateSlot", &slot(6), r#"room: "hall""#), r#"room: ["attic"]"#),
        // The talks of a lightning round begin with it.
        (one("updateSlot", &slot(8), r#"startsAt: "2025-10-27T11:00:00+01:00""#), on_monday),
        (
            r#"moveSlots(edition: "conf-2025", day: "2025-10-25", byMinutes: 1440, force: true) { revision }"#
                .to_owned(),
            on_sunday,
        ),
        (format!("moveSlots(ids: [{}], room: \"Attic\", force: true) {{ revision }}", slot(2)), r#"room: ["attic"]"#),
        (format!("swapSlots(a: {}, b: {}, force: true) {{ revision }}", slot(2), slot(6)), r#"room: ["attic"]"#),
        (one("updateLink", &slides, "kind: WEBSITE"), "hasSlides: true"),
        (one("updateLink", &slides, "kind: SLIDES"), "hasSlides: true"),
    ] {
        let (before, _) = app.listed_and_found(filter).await;
        editor.edit(&mutation).await;
        let (listed, found) = app.listed_and_found(filter).await;
        assert_ne!(listed, before, "{mutation}");
        assert_eq!(found, listed, "{mutation}");
    }
}

/// Nothing notifies a server of a backup that is restored in place. The first read that asks the database finds it out.
#[needs_postgres]
#[actix_web::test]
async fn a_restored_database_is_found_out_by_whoever_reads_it() {
    let app = archive(seed::weekend).start(Backend::Postgres).await;
    let before = app.revision().await;
    let find = "/api/v1/search?q=quokka";
    let edition = "/editions/conf-2025/schedule.ics";
    let editor = app.editor("write").await;
    let night = app.talk_id("night").await;
    editor.edit(&format!(r#"updateTalk(id: "{night}", input: {{ title: "Quokka" }}) {{ revision }}"#)).await;
    app.be_indexed().await;
    assert_eq!(app.get(find, &[]).await.json()["page"]["total"], 1);
    assert!(app.get(edition, &[]).await.body.contains("Quokka"));

    let database = Database::connect(&app.database_url).await.unwrap();
    let restore = format!(
        "UPDATE talk SET title = 'Night talk', title_key = 'night talk', revision = {before};
        UPDATE edition SET content_revision = {before};
        DELETE FROM change WHERE revision > {before};
        UPDATE archive_state SET revision = {before};"
    );
    database.execute_unprepared(&restore).await.unwrap();
    database.close().await.unwrap();
    for path in
        ["/api/v1/search?q=quokka+night", find, edition, "/api/v1/talks", "/graphql?query={talks{nodes{title}}}"]
    {
        let answer = app.get(path, &[]).await;
        assert!(!answer.body.contains("Quokka"), "{path}: {}", answer.body);
    }
    app.be_indexed().await;
    let found = app.get(find, &[]).await.json();
    assert_eq!((&found["page"]["total"], &found["is_complete"]), (&json!(0), &json!(true)), "{found}");
}

#[on_both_databases]
#[actix_web::test]
async fn a_speaker_without_talks_counts_less(backend: Backend) {
    let app = promcon().start(backend).await;
    let editor = app.editor("write").await;
    let score = || async {
        app.be_indexed().await;
        let query = r#"{ search(query: "speaker:ignacio", kinds: [SPEAKER]) { nodes { score } } }"#;
        app.query(query).await["search"]["nodes"][0]["score"].as_f64().unwrap()
    };
    let before = score().await;
    let talks = r#"{ talks(filter: { speaker: ["ignacio-carretero"] }) { totalCount nodes { id } } }"#;
    let talks = app.query(talks).await["talks"].clone();
    assert_eq!(talks["totalCount"], 1, "{talks}");
    let id = talks["nodes"][0]["id"].as_str().unwrap();
    editor.edit(&format!(r#"updateTalk(id: "{id}", input: {{ status: WITHDRAWN }}) {{ talk {{ id }} }}"#)).await;
    assert!(score().await < before);
}

#[on_both_databases]
#[actix_web::test]
async fn pages_neither_lose_nor_repeat_a_hit_while_the_index_grows(backend: Backend) {
    let app = promcon().start(backend).await;
    let editor = app.editor("write").await;
    let (all, total) = found(&app, "prometheus monitoring", ", first: 500").await;
    assert_eq!(all.len() as i64, total);
    let mut pages = Vec::new();
    let mut after = Value::Null;
    loop {
        let query = "query($after: String) { search(query: \"prometheus monitoring\", first: 7, after: $after) { \
            pageInfo { hasNextPage endCursor } \
            nodes { node { ... on Talk { label: title } ... on Speaker { label: name } ... on Company { label: name } \
            ... on Edition { label: name } } } } }";
        let page = app.ask(query, json!({ "after": after })).await["data"]["search"].clone();
        let nodes = page["nodes"].as_array().unwrap();
        pages.extend(nodes.iter().map(|hit| hit["node"]["label"].as_str().unwrap().to_owned()));
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
        // Each new talk is found before all others, and makes the words more frequent.
        editor
            .edit(
                r#"createTalk(input: { edition: "promcon-2017-munich", title: "Prometheus Monitoring" }) { talk { id } }"#
            )
            .await;
    }
    assert_eq!(pages, all);
}

#[on_both_databases]
#[actix_web::test]
async fn bad_queries_are_refused_with_what_is_wrong(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let words = "word ".repeat(99);
    let distinct: String = (0..99).map(|n| format!("w{n} ")).collect();
    for (query, what) in [
        ("", "there is no word to look for"),
        (" \u{200f}\u{202e}*?! ", "there is no word to look for"),
        ("\"\"", "there is no word to look for"),
        ("year:soon", "year:soon is not a year"),
        ("kind:key prometheus", "is not one of talk, keynote"),
        ("kind:speech", "kind:speech is not one of talk"),
        ("has:fun", "has:recording or has:slides"),
        ("speaker:\"\"", "has no word or number"),
        ("tag:go,", "has no word or number"),
        ("year:,2016", "is not a year"),
        ("year:+2016", "is not a year"),
        (&*format!("\"{}\"", "a ".repeat(99)), "99 words, and 60 are the most"),
        (&*format!("-{}a", "a-".repeat(98)), "99 words, and 60 are the most"),
        ("language:english", "BCP 47"),
        (&*distinct, "99 words, and 60 are the most"),
        (&"x".repeat(501), "500 are the most"),
    ] {
        let answer = app.ask("query($q: String!) { search(query: $q) { totalCount } }", json!({ "q": query })).await;
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{query}: {answer}");
        assert!(error["message"].as_str().unwrap().contains(what), "{query}: {answer}");
    }
    // All of these are answered.
    for query in [
        &*words,
        "the of and",
        "\"unbalanced prometheus",
        ".* ^a$ [b-c]+ prom*theus ???",
        "a\u{1}b\u{7f}\u{85}",
        "\u{202e}prometheus\u{202c}",
        "-prometheus",
        "AND OR NOT (prometheus) title:x ~2 ^3 \\",
        "speaker: company: year:",
        "🦀 prometheus",
        "'; DROP TABLE talk; --",
    ] {
        let answer = app.ask("query($q: String!) { search(query: $q) { totalCount } }", json!({ "q": query })).await;
        assert!(answer["errors"].is_null(), "{query}: {answer}");
    }
    let cursor = app.query(r#"{ search(query: "prometheus", first: 1) { pageInfo { endCursor } } }"#).await;
    let cursor = cursor["search"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
    let (cut, longer) = (&cursor[..cursor.len() - 3], format!("{cursor}AAAA"));
    for (query, after, what) in [
        ("thanos", &*cursor, "it comes from another query"),
        ("thanos", "nonsense!", "it can't be read"),
        ("prometheus", cut, "it can't be read"),
        ("prometheus", &*longer, "it can't be read"),
    ] {
        let variables = json!({ "q": query, "after": after });
        let document = "query($q: String!, $after: String) { search(query: $q, after: $after) { totalCount } }";
        let answer = app.ask(document, variables).await;
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains(what), "{answer}");
    }
    let answer = app.ask(r#"{ search(query: "x", first: 501) { totalCount } }"#, json!({})).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}

#[needs_postgres]
#[actix_web::test]
async fn both_databases_order_alike() {
    let (sqlite, postgres) = (promcon().start(Backend::Sqlite).await, promcon().start(Backend::Postgres).await);
    for query in ["prometheus", "grafana monitoring", "promethus alertting", "talk", "2018 -prometheus"] {
        let on_sqlite = found(&sqlite, query, ", first: 500").await;
        assert!(on_sqlite.1 > 10, "{query}");
        assert_eq!(on_sqlite, found(&postgres, query, ", first: 500").await, "{query}");
    }
}

#[needs_postgres]
#[actix_web::test]
async fn a_talk_that_another_server_retitled_is_found() {
    let app = promcon().start(Backend::Postgres).await;
    let another = app.another().await;
    assert_eq!(found(&another, "quokka", "").await.1, 0);
    let editor = app.editor("write").await;
    let talk =
        app.query(r#"{ talk(edition: "promcon-2017-munich", slug: "staleness-in-prometheus-2-0") { id } }"#).await;
    let talk = talk["talk"]["id"].as_str().unwrap().to_owned();
    editor.edit(&format!(r#"updateTalk(id: "{talk}", input: {{ title: "Quokka" }}) {{ talk {{ id }} }}"#)).await;
    // The notification of the write takes a moment.
    for _ in 0..40 {
        if found(&another, "quokka", "").await.1 == 1 {
            return;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the other server does not find it");
}

#[on_both_databases]
#[actix_web::test]
async fn a_search_takes_as_many_statements_for_many_hits_as_for_few(backend: Backend) {
    let app = promcon().start(backend).await;
    let cost = |first: usize| {
        let app = &app;
        async move {
            app.outdate().await;
            app.be_indexed().await;
            let before = app.statements();
            let query = format!(
                "{{ search(query: \"prometheus\", kinds: [TALK], first: {first}) {{ nodes {{ highlights {{ html }} \
                 node {{ ... on Talk {{ title edition {{ name }} speakers {{ name }} }} }} }} facets {{ name }} }} }}"
            );
            app.query(&query).await;
            app.statements() - before
        }
    };
    cost(2).await;
    let (few, many) = (cost(2).await, cost(60).await);
    assert_eq!(few, many);
}
