//! Lists: pages in both directions, orders, filters, counts.

use lectern_api::format::document::Document;
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, empty, promcon},
    seed,
};

fn slugs(nodes: &Value) -> Vec<String> {
    nodes.as_array().unwrap().iter().map(|node| node["slug"].as_str().unwrap().to_owned()).collect()
}

/// The slugs of all pages of `talks`, read forward by `first` or backward by `last`.
async fn walk(app: &App, order: &str, size: usize, forward: bool) -> Vec<String> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = if forward { format!("first: {size} {cursor}") } else { format!("last: {size} {cursor}") };
        let query = format!(
            "{{
                talks({page}, orderBy: {{ {order} }}) {{
                    nodes {{ slug }}
                    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
                }}
            }}"
        );
        let talks = &app.query(&query).await["talks"];
        let info = &talks["pageInfo"];
        let (has_next, has_previous) = (info["hasNextPage"] == true, info["hasPreviousPage"] == true);
        if forward {
            assert_eq!(has_previous, !all.is_empty());
            all.extend(slugs(&talks["nodes"]));
            cursor = format!(", after: {}", info["endCursor"]);
        } else {
            assert_eq!(has_next, !all.is_empty());
            all.splice(0..0, slugs(&talks["nodes"]));
            cursor = format!(", before: {}", info["startCursor"]);
        }
        if !(if forward { has_next } else { has_previous }) {
            return all;
        }
    }
}

/// The slugs of the talks that a filter lets through.
async fn matching(app: &App, filter: &str) -> Vec<String> {
    let data = app.query(&format!("{{ talks(filter: {{ {filter} }}) {{ totalCount nodes {{ slug }} }} }}")).await;
    let slugs = slugs(&data["talks"]["nodes"]);
    assert_eq!(data["talks"]["totalCount"], slugs.len(), "{filter}");
    slugs
}

/// Adds all ids that are anywhere in a value.
fn collect_ids(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
            Value::String(id) if name == "id" => ids.push(id.clone()),
            value => collect_ids(value, ids),
        }),
        Value::Array(items) => items.iter().for_each(|item| collect_ids(item, ids)),
        _ => {}
    }
}

fn sorted(mut slugs: Vec<String>) -> Vec<String> {
    slugs.sort();
    slugs
}

#[on_both_databases]
#[actix_web::test]
async fn every_walk_is_the_whole_list(backend: Backend) {
    let app = archive(seed::ties).start(backend).await;
    for order in [
        "field: STARTS_AT",
        "field: STARTS_AT, direction: DESC",
        "field: TITLE",
        "field: TITLE, direction: DESC",
        "field: UPDATED_AT",
    ] {
        let query = format!("{{ talks(first: 500, orderBy: {{ {order} }}) {{ nodes {{ slug }} }} }}");
        let all = slugs(&app.query(&query).await["talks"]["nodes"]);
        assert_eq!(all.len(), 40);
        for size in [1, 7, 40] {
            assert_eq!(walk(&app, order, size, true).await, all, "{order}, {size} forward");
            assert_eq!(walk(&app, order, size, false).await, all, "{order}, {size} backward");
        }
    }
    let ascending = walk(&app, "field: STARTS_AT", 9, true).await;
    let mut descending = walk(&app, "field: STARTS_AT, direction: DESC", 9, true).await;
    descending.reverse();
    assert_eq!(ascending, descending, "descending is the mirror image");

    // Talks without a time come last.
    let data = app.query("{ talks(first: 20) { nodes { startsAt } } }").await;
    let mut first = data["talks"]["nodes"].as_array().unwrap().iter();
    assert!(first.all(|talk| talk["startsAt"].is_string()), "{data}");
}

#[on_both_databases]
#[actix_web::test]
async fn nested_pages_go_on_from_their_cursors(backend: Backend) {
    let app = archive(seed::ties).start(backend).await;
    let first = app
        .query(
            r#"{
                edition(slug: "conf-2025") {
                    talks(first: 25) { nodes { slug } totalCount pageInfo { endCursor hasNextPage } }
                }
            }"#,
        )
        .await;
    let first = &first["edition"]["talks"];
    assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(40), &json!(true)));
    let rest = app
        .query(&format!(
            r#"{{ edition(slug: "conf-2025") {{ talks(first: 25, after: {}) {{ nodes {{ slug }} }} }} }}"#,
            first["pageInfo"]["endCursor"]
        ))
        .await;
    let mut all = slugs(&first["nodes"]);
    all.extend(slugs(&rest["edition"]["talks"]["nodes"]));
    assert_eq!(all, walk(&app, "field: STARTS_AT", 500, true).await);
}

#[on_both_databases]
#[actix_web::test]
async fn talks_are_filtered(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let all = ["opening", "called-off", "twice", "night", "flash-a", "flash-b", "round", "lost"];
    assert_eq!(sorted(matching(&app, "").await), sorted(all.map(str::to_owned).to_vec()));
    for (filter, slugs) in [
        (r#"conference: "conf", edition: ["conf-2025", "nothing"]"#, &all[..]),
        (r#"edition: "conf-25""#, &all[..]),
        (r#"edition: "nothing""#, &[]),
        ("edition: []", &[]),
        ("year: 2025", &all[..]),
        ("year: [2024]", &[]),
        (r#"speaker: "ada""#, &["twice", "flash-a"]),
        (r#"speaker: "ada-a""#, &["twice", "flash-a"]),
        (r#"speaker: "ada", status: [CONFIRMED, WITHDRAWN]"#, &["twice", "flash-a", "taken-back"]),
        (r#"company: ["acme", "old-co"]"#, &["twice", "night"]),
        ("kind: [OPENING, LIGHTNING_BLOCK]", &["opening", "round"]),
        ("status: WITHDRAWN", &["taken-back"]),
        ("status: CANCELLED", &["called-off"]),
        (r#"language: "de""#, &["twice"]),
        (r#"language: "DE""#, &["twice"]),
        (r#"track: "ops""#, &["twice"]),
        (r#"room: "attic""#, &["called-off", "twice", "night"]),
        (r#"room: "hall""#, &["opening", "twice", "round", "flash-a", "flash-b"]),
        (r#"tag: "GROSSE""#, &["twice"]),
        (r#"tag: "größe""#, &["twice"]),
        (r#"tag: "GRÖẞE""#, &["twice"]),
        (r#"tag: "SCALE""#, &["called-off", "twice"]),
        ("hasRecording: true", &["twice", "round", "flash-a", "flash-b"]),
        ("hasRecording: false, kind: TALK", &["called-off", "night", "lost"]),
        ("hasSlides: true", &["twice"]),
        (r#"startsAtOrAfter: "2025-10-26T00:30:00Z""#, &["night", "round", "flash-a", "flash-b"]),
        (r#"startsAtOrAfter: "2025-10-26T02:30:00+02:00", startsBefore: "2025-10-26T11:00:00+01:00""#, &["night"]),
        (r#"titleContains: "APFEL""#, &["twice"]),
        (r#"titleContains: "100%""#, &["twice"]),
        (r#"titleContains: "_birnen_""#, &["twice"]),
        (r#"titleContains: "%""#, &["twice"]),
        (r#"titleContains: "f_ash""#, &[]),
        (r#"speaker: "bob", room: "attic""#, &["twice", "night"]),
    ] {
        assert_eq!(
            sorted(matching(&app, filter).await),
            sorted(slugs.iter().map(|slug| (*slug).to_owned()).collect()),
            "{filter}"
        );
    }
}

#[on_both_databases]
#[actix_web::test]
async fn people_companies_recordings_and_editions_are_filtered(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let names = async |query: &str| {
        let data = app.query(query).await;
        let list = data.as_object().unwrap().values().next().unwrap().clone();
        assert_eq!(list["totalCount"], list["nodes"].as_array().unwrap().len(), "{query}");
        list["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let speakers = async |filter: &str| {
        names(&format!("{{ speakers(filter: {{ {filter} }}) {{ totalCount nodes {{ slug }} }} }}")).await
    };
    assert_eq!(speakers("").await, ["ada", "bob", "crew"]);
    assert_eq!(speakers("isGroup: true").await, ["crew"]);
    assert_eq!(speakers(r#"edition: "conf-2025", isGroup: false"#).await, ["ada", "bob"]);
    assert_eq!(speakers(r#"company: "acme""#).await, ["bob"]);
    assert_eq!(speakers(r#"nameContains: "angstrom""#).await, ["ada"]);
    assert_eq!(speakers(r#"nameContains: "a. ang""#).await, ["ada"]);
    assert_eq!(speakers("year: 1999").await, Vec::<String>::new());
    let companies = async |filter: &str| {
        names(&format!("{{ companies(filter: {{ {filter} }}) {{ totalCount nodes {{ slug }} }} }}")).await
    };
    assert_eq!(companies(r#"edition: "conf-2025""#).await, ["acme", "old-co"]);
    assert_eq!(companies(r#"sponsorOf: "conf-2025""#).await, ["acme"]);
    assert_eq!(companies(r#"nameContains: "CORP""#).await, ["acme"]);
    let recordings = async |filter: &str| {
        names(&format!("{{ recordings(filter: {{ {filter} }}) {{ totalCount nodes {{ externalId }} }} }}")).await
    };
    assert_eq!(recordings("kind: LIVE_STREAM").await, ["ccccccccccc"]);
    assert_eq!(recordings("hasTalk: false").await, ["ccccccccccc"]);
    assert_eq!(recordings(r#"publishedOnOrAfter: "2025-10-26""#).await, ["ccccccccccc"]);
    assert_eq!(recordings(r#"publishedOnOrAfter: "2025-10-27""#).await, Vec::<String>::new());
    assert_eq!(recordings(r#"company: "old-co""#).await, ["aaaaaaaaaaa"]);
    assert_eq!(recordings(r#"speaker: "bob", hasTalk: true"#).await.len(), 2);
    assert_eq!(recordings("provider: VIMEO").await, Vec::<String>::new());
    let editions = async |filter: &str| {
        names(&format!("{{ editions(filter: {{ {filter} }}) {{ totalCount nodes {{ slug }} }} }}")).await
    };
    assert_eq!(editions(r#"city: "zurich", country: "CH""#).await, ["conf-2025"]);
    assert_eq!(editions("status: CONCLUDED").await, ["conf-2025"]);
    assert_eq!(editions("status: [LIVE, SCHEDULED]").await, Vec::<String>::new());
    assert_eq!(editions(r#"startsOnOrAfter: "2025-10-25", startsOnOrBefore: "2025-10-25""#).await, ["conf-2025"]);
    assert_eq!(editions(r#"startsOnOrAfter: "2025-10-26""#).await, Vec::<String>::new());
}

#[on_both_databases]
#[actix_web::test]
async fn bad_arguments_are_named(backend: Backend) {
    let app = empty().start(backend).await;

    // A cursor of the order by title, with U+0000 in it.
    let cursor = "eyJvIjoiVGl0bGUiLCJrIjpbeyJzIjoiXHUwMDAwIn1dLCJu\
                  IjoiMzNmNTFiNGEtOTQzMC01MDEzLThhZTUtY2U1YmU3OWFkM2UwIn0";
    for (query, argument) in [
        ("{ talks(last: -1) { totalCount } }", "last"),
        ("{ talks(first: -1) { totalCount } }", "first"),
        ("{ talks(first: 501) { totalCount } }", "first"),
        ("{ talks(last: 501) { totalCount } }", "last"),
        ("{ talks(first: 1, last: 1) { totalCount } }", "last"),
        (r#"{ talks(after: "x") { totalCount } }"#, "after"),
        (r#"{ talks(before: "eyJvIjoiVGl0bGUiLCJrIjpbXSwibiI6IngifQ") { totalCount } }"#, "before"),
        (r#"{ node(id: "x") { id } }"#, "id"),
        (r#"{ nodes(ids: ["x"]) { id } }"#, "ids.0"),
        (r#"{ talks(filter: { startsBefore: "yesterday" }) { totalCount } }"#, "filter.startsBefore"),
        ("{ talks(filter: { kind: [TLAK] }) { totalCount } }", "filter.kind.0"),
        ("{ talks(filter: { colour: 1 }) { totalCount } }", "filter.colour"),
        (r#"{ talks(filter: { year: "x" }) { totalCount } }"#, "filter.year"),
        (r#"{ editions(filter: { startsOnOrAfter: "2016-02-30" }) { totalCount } }"#, "filter.startsOnOrAfter"),
        (r#"{ editions(filter: { country: "Germany" }) { totalCount } }"#, "filter.country"),
        ("{ edition(slug: \"a\\u0000\") { id } }", "slug"),
        ("{ talks(filter: { titleContains: \"\\u0000\" }) { totalCount } }", "filter.titleContains"),
        (&format!(r#"{{ talks(orderBy: {{ field: TITLE }}, after: "{cursor}") {{ nodes {{ id }} }} }}"#), "after"),
        ("{ edition(slug: 1) { id } }", "slug"),
    ] {
        let answer = app.ask(query, json!({})).await;
        let error = &answer["errors"][0];
        assert_eq!(
            (&error["extensions"]["code"], &error["extensions"]["argument"]),
            (&json!("BAD_USER_INPUT"), &json!(argument)),
            "{query}\n{answer:#}"
        );
        assert!(error["message"].as_str().unwrap().starts_with(argument), "{answer}");
    }

    // A cursor of another order.
    let app = archive(seed::ties).start(backend).await;
    let data = app.query("{ talks(first: 1) { pageInfo { endCursor } } }").await;
    let cursor = &data["talks"]["pageInfo"]["endCursor"];
    let query = format!("{{ talks(first: 1, after: {cursor}, orderBy: {{ field: TITLE }}) {{ totalCount }} }}");
    assert_eq!(app.error(&query).await.0, "BAD_USER_INPUT");
}

#[on_both_databases]
#[actix_web::test]
async fn nodes_keep_the_order_of_their_ids(backend: Backend) {
    let app = promcon().start(backend).await;
    let ids = app
        .query(
            r#"{ a: speaker(slug: "tom-wilkie") { id } b: edition(slug: "promcon-2016-berlin") { id rooms { id } } }"#,
        )
        .await;
    let (speaker, edition) = (&ids["a"]["id"], &ids["b"]["id"]);
    let nothing = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let data = app
        .query(&format!(
            r#"{{
                nodes(ids: [{edition}, "{nothing}", {speaker}, {edition}]) {{
                    __typename id ... on Speaker {{ name }}
                }}
            }}"#
        ))
        .await;
    assert_eq!(
        data["nodes"],
        json!([
            { "__typename": "Edition", "id": edition },
            null,
            { "__typename": "Speaker", "id": speaker, "name": "Tom Wilkie" },
            { "__typename": "Edition", "id": edition },
        ])
    );
    let ids = app
        .query(
            "{
                recordings(first: 1) {
                    nodes {
                        id
                        talks { talk { id slots { id room { id } } links { id } track { id } } }
                        playlists { id } edition { conference { id } }
                    }
                }
            }",
        )
        .await;
    let mut all = Vec::new();
    collect_ids(&ids, &mut all);
    for id in all {
        assert_eq!(app.query(&format!(r#"{{ node(id: "{id}") {{ id }} }}"#)).await["node"]["id"], id);
    }
    assert_eq!(
        app.query(
            r#"{
                talk(edition: "promcon-2016-berlin", slug: "nothing") { id }
                edition(slug: "x") { id } speaker(slug: "") { id }
            }"#
        )
        .await,
        json!({ "talk": null, "edition": null, "speaker": null })
    );
}

#[on_both_databases]
#[actix_web::test]
async fn fields_come_in_the_order_of_the_selection_and_nulls_where_they_may_stand(backend: Backend) {
    let app = promcon().start(backend).await;
    let query = r#"{
        edition(slug: "promcon-2016-berlin") {
            venue { name } ...Later year
            talks(first: 1) { totalCount nodes { room { name } title slug } }
            name
        }
        archive { talks }
    }
    fragment Later on Edition {
        conference { name } city venue { city }
    }"#;
    let body = app.post(&json!({ "query": query }), "application/json").await.body;
    let keys = "venue name city conference city year talks totalCount nodes room title slug name archive";
    let mut rest = body.as_str();
    for key in keys.split(' ') {
        rest = rest.split_once(&format!("\"{key}\":")).unwrap_or_else(|| panic!("{key} in its place: {body}")).1;
    }
    for (query, data) in [
        (
            r#"{ edition(slug: "promcon-2016-berlin") { name talks(first: -1) { totalCount } } archive { talks } }"#,
            json!({ "edition": null, "archive": { "talks": 231 } }),
        ),
        (
            r#"{ edition(slug: "promcon-2016-berlin") { talks(first: -1) { totalCount } } archive { talks } }"#,
            json!({ "edition": null, "archive": { "talks": 231 } }),
        ),
        ("{ archive { talks } talks(first: -1) { totalCount } }", Value::Null),
        ("{ editions(first: 2) { nodes { talks(first: -1) { totalCount } } } }", Value::Null),
    ] {
        let answer = app.ask(query, json!({})).await;
        assert_eq!(answer["data"], data, "{query}\n{answer:#}");
        assert!(!answer["errors"].as_array().unwrap().is_empty());
    }
}

/// A recording whose time of publication is not known is as new as the last talk in it.
#[on_both_databases]
#[actix_web::test]
async fn a_recording_without_a_time_is_ordered_by_its_talk(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    let order = async |direction: &str| -> Vec<String> {
        let list = format!("recordings(orderBy: {{ field: PUBLISHED_AT, direction: {direction} }})");
        let found = app.query(&format!("{{ {list} {{ nodes {{ externalId }} }} }}")).await;
        let nodes = found["recordings"]["nodes"].as_array().unwrap();
        nodes.iter().map(|node| node["externalId"].as_str().unwrap()[..1].to_owned()).collect()
    };
    // a is of a talk of the first morning, c was published at midnight, b is of the lightning round afterwards.
    assert_eq!(order("ASC").await, ["a", "c", "b"]);
    assert_eq!(order("DESC").await, ["b", "c", "a"]);

    // One without a talk is the last, until it has one; and a talk takes its recording along.
    let add = r#"addRecording(input: { provider: YOUTUBE, externalId: "ddddddddddd" }) { recording { id } }"#;
    let added = editor.edit(add).await["recording"]["id"].clone();
    assert_eq!(order("ASC").await, ["a", "c", "b", "d"]);
    let night = app.talk_id("night").await;
    editor.edit(&format!(r#"attachRecording(talk: "{night}", recording: {added}) {{ talk {{ id }} }}"#)).await;
    assert_eq!(order("ASC").await, ["a", "c", "d", "b"]);
    let slots = app.query(r#"{ edition(slug: "conf-2025") { schedule { id number } } }"#).await;
    let slot = |number: i64| {
        let all = slots["edition"]["schedule"].as_array().unwrap();
        all.iter().find(|slot| slot["number"] == number).unwrap()["id"].clone()
    };
    let to_the_evening = r#"startsAt: "2025-10-24T20:00:00+02:00", endsAt: "2025-10-24T21:00:00+02:00""#;
    editor.edit(&format!("updateSlot(id: {}, input: {{ {to_the_evening} }}) {{ slot {{ id }} }}", slot(8))).await;
    assert_eq!(order("ASC").await, ["b", "a", "c", "d"], "the talks of a block end with it");
    editor.edit(&format!(r#"detachRecording(talk: "{night}", recording: {added}) {{ talk {{ id }} }}"#)).await;
    editor
        .edit(&format!(
            r#"updateTalk(id: "{}", input: {{ status: WITHDRAWN }}) {{ talk {{ id }} }}"#,
            app.talk_id("twice").await
        ))
        .await;
    assert_eq!(order("ASC").await[..2], ["b", "c"]);
    app.audit().await;
}

/// A page of no items has the count, and says whether there are items on each side of it.
#[on_both_databases]
#[actix_web::test]
async fn a_page_may_be_empty(backend: Backend) {
    let app = promcon().start(backend).await;
    let fields =
        "totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    let page = |total: i64, next: bool, previous: bool| {
        let info = json!({
            "hasNextPage": next, "hasPreviousPage": previous, "startCursor": null, "endCursor": null,
        });
        json!({ "totalCount": total, "nodes": [], "edges": [], "pageInfo": info })
    };
    let all = app.query(&format!("{{ talks(first: 0) {{ {fields} }} }}")).await["talks"].clone();
    assert_eq!(all, page(231, true, false));
    assert_eq!(app.query(&format!("{{ talks(last: 0) {{ {fields} }} }}")).await["talks"], page(231, false, true));
    let first = app.query("{ talks(first: 1) { pageInfo { endCursor } } }").await["talks"]["pageInfo"].clone();
    let after = format!("{{ talks(first: 0, after: {}) {{ {fields} }} }}", first["endCursor"]);
    assert_eq!(app.query(&after).await["talks"], page(231, true, true));
    let none = format!(r#"{{ talks(first: 0, filter: {{ speaker: ["nobody"] }}) {{ {fields} }} }}"#);
    assert_eq!(app.query(&none).await["talks"], page(0, false, false));

    for list in ["conferences", "editions", "speakers", "companies", "recordings"] {
        let found = app.query(&format!("{{ it: {list}(first: 0) {{ {fields} }} }}")).await["it"].clone();
        assert_eq!((&found["nodes"], &found["pageInfo"]["hasNextPage"]), (&json!([]), &json!(true)), "{list}");
        assert!(found["totalCount"].as_i64().unwrap() > 0);
    }
    let within = format!(
        r#"{{
            edition(slug: "promcon-2016-berlin") {{
                talks(first: 0) {{ {fields} }} speakers(last: 0) {{ {fields} }} companies(first: 0) {{ {fields} }}
                recordings(first: 0) {{ {fields} }} conference {{ editions(first: 0) {{ {fields} }} }}
            }}
            speaker(slug: "julius-volz") {{ talks(first: 0) {{ {fields} }} }}
            talk(edition: "promcon-2016-berlin", slug: "prometheus-design-and-philosophy") {{ related(first: 0) {{ id }} }}
        }}"#
    );
    let within = app.query(&within).await;
    for list in ["talks", "companies", "recordings"] {
        let found = &within["edition"][list];
        assert_eq!((&found["nodes"], &found["pageInfo"]["hasNextPage"]), (&json!([]), &json!(true)), "{list}");
        assert!(found["totalCount"].as_i64().unwrap() > 0);
    }
    assert_eq!(within["edition"]["speakers"]["pageInfo"]["hasPreviousPage"], true);
    assert_eq!(within["edition"]["conference"]["editions"]["nodes"], json!([]));
    assert_eq!(within["speaker"]["talks"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(within["talk"]["related"], json!([]));

    // After the last item of all, within one parent and within several ones.
    let last = app.query("{ talks(last: 1) { pageInfo { endCursor } } }").await["talks"]["pageInfo"].clone();
    let after =
        format!("talks(after: {}) {{ nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage }} }}", last["endCursor"]);
    let beyond = json!({ "nodes": [], "pageInfo": { "hasNextPage": false, "hasPreviousPage": true } });
    let one = app.query(&format!(r#"{{ edition(slug: "promcon-2016-berlin") {{ {after} }} }}"#)).await;
    assert_eq!(one["edition"]["talks"], beyond);
    let several = app.query(&format!("{{ editions(first: 3) {{ nodes {{ {after} }} }} }}")).await;
    assert_eq!(several["editions"]["nodes"], json!([{ "talks": beyond }, { "talks": beyond }, { "talks": beyond }]));

    let changes = app.query("{ changes(since: 0, first: 0) { changes { revision } nextSince hasMore } }").await;
    assert_eq!(changes["changes"], json!({ "changes": [], "nextSince": 0, "hasMore": true }), "no change is skipped");
}

/// A thing is found by its id as by its slug, also by the id of a record that was merged into it.
#[on_both_databases]
#[actix_web::test]
async fn a_thing_is_found_by_its_id(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let twice = app.talk_id("twice").await;
    let recordings = app.query("{ recordings(first: 1) { nodes { id provider externalId } } }").await;
    let recording = &recordings["recordings"]["nodes"][0];
    let key = format!(
        "recording(provider: {}, externalId: {})",
        recording["provider"].as_str().unwrap(),
        recording["externalId"]
    );
    for by_name in [
        r#"conference(slug: "conf")"#,
        r#"edition(slug: "conf-2025")"#,
        r#"speaker(slug: "ada")"#,
        r#"company(slug: "acme")"#,
        r#"talk(edition: "conf-2025", slug: "twice")"#,
        &key,
    ] {
        let id = app.id(by_name).await;
        let root = by_name.split('(').next().unwrap();
        assert_eq!(app.id(&format!("{root}(id: \"{id}\")")).await, id);
        let both = by_name.replace(')', &format!(", id: \"{id}\")"));
        let other = if root == "talk" { app.id(r#"edition(slug: "conf-2025")"#).await } else { twice.clone() };
        assert_eq!(app.query(&format!("{{ it: {root}(id: \"{other}\") {{ id }} }}")).await["it"], Value::Null);
        for wrong in [both, root.to_owned()] {
            let (code, message) = app.error(&format!("{{ {wrong} {{ id }} }}")).await;
            assert!(code == "BAD_USER_INPUT" && message.starts_with("id: give either "), "{wrong}: {message}");
        }
    }
    for half in [r#"talk(edition: "conf-2025")"#, r#"talk(slug: "twice")"#, r#"recording(externalId: "x")"#] {
        assert_eq!(app.error(&format!("{{ {half} {{ id }} }}")).await.0, "BAD_USER_INPUT", "{half}");
    }

    let (ada, bob) = (app.id(r#"speaker(slug: "ada")"#).await, app.id(r#"speaker(slug: "bob")"#).await);
    let editor = app.editor("write").await;
    editor.edit(&format!(r#"mergeSpeakers(from: "{bob}", into: "{ada}") {{ speaker {{ id }} }}"#)).await;
    assert_eq!(app.id(&format!("speaker(id: \"{bob}\")")).await, ada);
}

/// A thousand and two talks of which all but one have a tag, and two another one.
fn tagged() -> Document {
    let tags = |n: usize| match n {
        0..2 => json!(["common", "rare"]),
        2..1002 => json!(["common"]),
        _ => json!([]),
    };
    let talk = |n: usize| json!({ "slug": format!("talk-{n:04}"), "title": format!("Talk {n}"), "tags": tags(n) });
    let edition = json!([{
        "slug": "conf-2025", "conference": "conf", "name": "Conf 2025", "year": 2025, "timezone": "Europe/Berlin",
        "talks": (0..1003).map(talk).collect::<Vec<_>>(),
    }]);
    seed::document(json!([]), json!([]), edition)
}

/// To rank all talks with a tag that nearly all have would take as long as to read them.
#[on_both_databases]
#[actix_web::test]
async fn a_tag_of_more_than_a_thousand_talks_makes_none_related(backend: Backend) {
    let app = archive(tagged).start(backend).await;
    let related = async || {
        let query = r#"{ talk(edition: "conf-2025", slug: "talk-0001") { related(first: 3) { slug } } }"#;
        app.query(query).await["talk"]["related"].clone()
    };
    assert_eq!(related().await, json!([{ "slug": "talk-0000" }]));
    // With two talks fewer the tag tells something.
    let editor = app.editor("write").await;
    for slug in ["talk-0900", "talk-0901"] {
        editor
            .edit(&format!(r#"updateTalk(id: "{}", input: {{ tags: [] }}) {{ revision }}"#, app.talk_id(slug).await))
            .await;
    }
    let near = related().await;
    assert_eq!((near.as_array().unwrap().len(), &near[0]["slug"]), (3, &json!("talk-0000")), "{near}");
}

/// The talks of a block begin together, and are given in their order.
#[on_both_databases]
#[actix_web::test]
async fn appearances_in_a_block_are_in_its_order(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let editor = app.editor("write").await;
    for slug in ["flash-a", "flash-b"] {
        let set = r#"setAppearances(talk: "TALK", appearances: [{ speaker: "crew" }]) { revision }"#;
        editor.edit(&set.replace("TALK", &app.talk_id(slug).await)).await;
    }
    let query = r#"{ speaker(slug: "crew") { talks { nodes { slug } } appearances { talk { slug } } } }"#;
    let crew = app.query(query).await["speaker"].clone();
    let in_talks: Vec<&Value> = crew["talks"]["nodes"].as_array().unwrap().iter().map(|talk| &talk["slug"]).collect();
    let in_appearances: Vec<&Value> =
        crew["appearances"].as_array().unwrap().iter().map(|appearance| &appearance["talk"]["slug"]).collect();
    assert_eq!(in_talks, ["opening", "flash-a", "flash-b"]);
    assert_eq!(in_appearances, in_talks);
}
