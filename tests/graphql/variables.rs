//! Variables by the specification: one without a value is as if its argument or field were not there.

use actix_web::http::Method;
use serde_json::{Map, Value, json};
use test_attributes::on_both_databases;

use crate::support::{
    app::{App, Backend, archive, promcon},
    seed,
};

/// A document that is known is as it was sent, whatever earlier requests left out or gave to it.
#[on_both_databases]
#[actix_web::test]
async fn a_document_that_was_asked_before_takes_other_variables(backend: Backend) {
    let app = archive(seed::twenty).start(backend).await;
    let document =
        "query Few($n: Int, $with: Boolean = false) { talks(first: $n) { nodes { slug title @include(if: $with) } } }
        query Other($n: Int!) { talks(first: $n) { nodes { id } } }";
    let ask = async |name: &str, variables: Value| {
        let body = json!({ "query": document, "operationName": name, "variables": variables });
        app.send(Method::POST, "/graphql", &[("Content-Type", "application/json")], body.to_string()).await.json()
    };
    for _ in 0..2 {
        for (variables, number, fields) in [
            (json!({}), 20, 1),
            (json!({ "n": 3 }), 3, 1),
            (json!({ "n": null, "with": true }), 20, 2),
            (json!({ "n": 2, "with": true }), 2, 2),
        ] {
            let answer = ask("Few", variables.clone()).await;
            let nodes = answer["data"]["talks"]["nodes"].as_array().unwrap_or_else(|| panic!("{variables}: {answer}"));
            assert_eq!(nodes.len(), number, "{variables}: {answer}");
            assert_eq!(nodes[0].as_object().unwrap().len(), fields, "{variables}: {answer}");
        }
        assert_eq!(ask("Other", json!({ "n": 1 })).await["data"]["talks"]["nodes"].as_array().unwrap().len(), 1);
        let missing = ask("Other", json!({})).await;
        assert!(missing["errors"][0]["message"].as_str().unwrap().starts_with("$n: "), "{missing}");
        let wrong = ask("Few", json!({ "n": "x" })).await;
        assert!(wrong["errors"][0]["message"].as_str().unwrap().starts_with("$n: "), "{wrong}");
    }
}

/// The schema, as introspection describes it.
struct Described(Value);

/// The name of a type without lists and nulls, and the type as it is written.
fn written(ty: &Value) -> (String, String) {
    let of = || written(&ty["ofType"]);
    match ty["kind"].as_str().unwrap() {
        "NON_NULL" => (of().0, format!("{}!", of().1)),
        "LIST" => (of().0, format!("[{}]", of().1)),
        _ => (ty["name"].as_str().unwrap().to_owned(), ty["name"].as_str().unwrap().to_owned()),
    }
}

fn items<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value[key].as_array().into_iter().flatten()
}

fn name(value: &Value) -> &str {
    value["name"].as_str().unwrap()
}

impl Described {
    fn of(&self, name: &str) -> &Value {
        self.types().find(|ty| ty["name"] == name).unwrap()
    }

    fn types(&self) -> impl Iterator<Item = &Value> {
        items(&self.0["__schema"], "types").filter(|ty| !name(ty).starts_with("__"))
    }

    fn required(&self, of: &[Value]) -> String {
        let is_required = |field: &&Value| field["type"]["kind"] == "NON_NULL" && field["defaultValue"].is_null();
        of.iter().filter(is_required).map(|field| format!("{}: {} ", name(field), self.value(&field["type"]))).collect()
    }

    /// A literal of a type.
    fn value(&self, ty: &Value) -> String {
        let (base, written) = written(ty);
        let of = self.of(&base);
        let one = match (of["kind"].as_str().unwrap(), base.as_str()) {
            ("ENUM", _) => name(&of["enumValues"][0]).to_owned(),
            // Exactly one field of it is given.
            ("INPUT_OBJECT", "EditInput") => {
                let first = &of["inputFields"][0];
                format!("{{ {}: {} }}", name(first), self.value(&first["type"]))
            }
            ("INPUT_OBJECT", _) => format!("{{ {} }}", self.required(of["inputFields"].as_array().unwrap())),
            (_, "ID") => "\"0f8fad5b-d9cb-469f-a165-70867728950e\"".to_owned(),
            (_, "Int" | "Revision") => "3".to_owned(),
            (_, "Boolean") => "true".to_owned(),
            (_, "DateTime") => "\"2025-10-25T10:00:00Z\"".to_owned(),
            (_, "Date") => "\"2025-10-25\"".to_owned(),
            (_, "TimeZone") => "\"Europe/Berlin\"".to_owned(),
            _ => "\"text\"".to_owned(),
        };
        if written.starts_with('[') { format!("[{one}]") } else { one }
    }

    /// Every argument with a default, and every argument that takes an input object with a default in it. Each as the
    /// type of its field, the field, the argument with a variable in it, and the type of the variable.
    fn defaults(&self) -> Vec<(&Value, &Value, String, String)> {
        let mut found = Vec::new();
        for ty in self.types().filter(|ty| ty["kind"] == "OBJECT") {
            for field in items(ty, "fields") {
                for argument in items(field, "args") {
                    if !argument["defaultValue"].is_null() {
                        let nullable = written(&argument["type"]).1.trim_end_matches('!').to_owned();
                        found.push((ty, field, format!("{}: $v", name(argument)), nullable));
                    }
                    let (base, shape) = written(&argument["type"]);
                    for inner in items(self.of(&base), "inputFields").filter(|inner| !inner["defaultValue"].is_null()) {
                        let others = self.required(self.of(&base)["inputFields"].as_array().unwrap());
                        let object = format!("{{ {others} {}: $v }}", name(inner));
                        let object = if shape.starts_with('[') { format!("[{object}]") } else { object };
                        let nullable = written(&inner["type"]).1.trim_end_matches('!').to_owned();
                        found.push((ty, field, format!("{}: {object}", name(argument)), nullable));
                    }
                }
            }
        }
        found
    }

    /// A document with a variable in an argument.
    fn document(&self, (ty, field, argument, variable): &(&Value, &Value, String, String)) -> String {
        let given = argument.split(':').next().unwrap();
        let others: Vec<Value> = items(field, "args").filter(|other| name(other) != given).cloned().collect();
        let (base, _) = written(&field["type"]);
        let selection = if items(self.of(&base), "fields").next().is_some() { "{ __typename }" } else { "" };
        let selected = format!("it: {}({} {argument}) {selection}", name(field), self.required(&others));
        let (operation, body) = match name(ty) {
            "Query" => ("query", selected),
            "Mutation" => ("mutation", selected),
            node => (
                "query",
                format!(
                    "node(id: {}) {{ ... on {node} {{ {selected} }} }}",
                    self.value(&json!({ "kind": "SCALAR", "name": "ID" }))
                ),
            ),
        };
        let root = if operation == "query" { "Query" } else { "Mutation" };
        format!("{operation}($v: {variable}) {{ ...F }} fragment F on {root} {{ {body} }}")
    }
}

async fn send(app: &App, token: &str, document: &str, variables: Value) -> Value {
    app.mutate(token, document, variables).await.json()
}

#[on_both_databases]
#[actix_web::test]
async fn every_default_stays_in_force_without_a_value(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let token = app.token("write").await;
    let schema = Described(app.query(include_str!("../support/introspection.graphql")).await);
    let defaults = schema.defaults();
    assert!(defaults.len() > 15, "{}", defaults.len());
    for place in &defaults {
        let document = schema.document(place);
        let without = send(&app, &token, &document, json!({})).await;
        assert!(without.get("data").is_some() && without.get("errors").is_none(), "{document}\n{without:#}");
        let null = send(&app, &token, &document, json!({ "v": null })).await;
        assert_eq!(null["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{document}\n{null:#}");
        assert!(null.get("data").is_none(), "{document}\n{null:#}");
        let value = match place.3.as_str() {
            "Int" => json!(0),
            "Boolean" => json!(true),
            of => schema.of(of)["enumValues"][1]["name"].clone(),
        };
        let with = send(&app, &token, &document, json!({ "v": value })).await;
        assert!(with.get("data").is_some() && with.get("errors").is_none(), "{document}\n{with:#}");
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_default_has_its_value(backend: Backend) {
    let app = promcon().start(backend).await;
    let talk = r#"talk(edition: "promcon-2016-berlin", slug: "prometheus-design-and-philosophy")"#;
    let given = |n: &str| format!("{{ {talk} {{ related({n}) {{ title }} }} }}").replace("()", "");
    let by_variable = format!("query($n: Int) {{ {talk} {{ related(first: $n) {{ title }} }} }}");
    for (variables, same) in [(json!({}), ""), (json!({ "n": 2 }), "first: 2"), (json!({ "n": 0 }), "first: 0")] {
        assert_eq!(app.ask(&by_variable, variables).await["data"], app.query(&given(same)).await);
    }
    let ordered = "query($d: OrderDirection) {
        talks(first: 3, orderBy: { field: TITLE, direction: $d }) { nodes { title } }
    }";
    for (variables, direction) in [(json!({}), "ASC"), (json!({ "d": "DESC" }), "DESC")] {
        let same = format!(
            "{{ talks(first: 3, orderBy: {{ field: TITLE, direction: {direction} }}) {{ nodes {{ title }} }} }}"
        );
        assert_eq!(app.ask(ordered, variables).await["data"], app.query(&same).await);
    }
}

#[on_both_databases]
#[actix_web::test]
async fn a_patch_changes_nothing_without_a_value(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let token = app.token("write").await;
    let talk = app.talk_id("twice").await;
    let update = "mutation($id: ID!, $title: String, $language: Language, $tags: [String!]) {
        updateTalk(id: $id, input: { title: $title, language: $language, tags: $tags }) {
            talk { title language tags } userErrors { message }
        }
    }";
    let mut variables = Map::from_iter([("id".to_owned(), talk.into()), ("title".to_owned(), "New".into())]);
    let updated = send(&app, &token, update, variables.clone().into()).await;
    let talk = &updated["data"]["updateTalk"]["talk"];
    assert_eq!(talk, &json!({ "title": "New", "language": "de", "tags": ["Größe", "scale"] }), "{updated:#}");
    variables.insert("language".to_owned(), Value::Null);
    let updated = send(&app, &token, update, variables.into()).await;
    let talk = &updated["data"]["updateTalk"]["talk"];
    assert_eq!(talk, &json!({ "title": "New", "language": null, "tags": ["Größe", "scale"] }), "{updated:#}");
}

#[on_both_databases]
#[actix_web::test]
async fn a_variable_fits_its_place(backend: Backend) {
    let app = archive(seed::weekend).start(backend).await;
    let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    for (query, variables, message) in [
        ("query($i: ID) { node(id: $i) { id } }", json!({ "i": id }), "$i: it is of type ID, and id takes ID!"),
        ("query($i: ID) { nodes(ids: [$i]) { id } }", json!({ "i": id }), "$i: it is of type ID, and ids takes ID!"),
        (
            "query($i: [ID]) { nodes(ids: $i) { id } }",
            json!({ "i": [id] }),
            "$i: it is of type [ID], and ids takes [ID!]!",
        ),
        (
            "query($i: Int) { talks(after: $i) { totalCount } }",
            json!({}),
            "$i: it is of type Int, and after takes String",
        ),
        ("query($b: Boolean) { a: __typename @include(if: $b) }", json!({ "b": true }), "$b: it is of type Boolean"),
        ("query($f: TalkFilter!) { talks(filter: $f) { totalCount } }", json!({}), "$f: a value of type TalkFilter!"),
        ("query($n: Int) { __typename }", json!({}), "Variable \"$n\" is not used"),
        ("query { talks(first: $n) { totalCount } }", json!({}), "Variable \"$n\" is not defined"),
        (
            "query($n: Int!) { talks(first: $n) { totalCount } }",
            json!({ "n": null }),
            "$n: null is not a value of type",
        ),
    ] {
        let answer = app.ask(query, variables).await;
        let found = answer["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(found.starts_with(message), "{query}\n{answer:#}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
    }
    for (query, variables) in [
        ("query($b: Boolean = true) { archive @include(if: $b) { revision } }", json!({})),
        ("query($n: Int) { talks(first: $n) { totalCount } }", json!({})),
        ("query($n: Int) { talks(first: $n) { totalCount } }", json!({ "n": null })),
        (
            "query($n: Int!, $s: [String!]) { talks(first: $n, filter: { speaker: $s }) { totalCount } }",
            json!({ "n": 1 }),
        ),
        ("query($s: String) { talks(filter: { titleContains: $s }) { totalCount } }", json!({})),
    ] {
        let answer = app.ask(query, variables).await;
        assert!(answer.get("errors").is_none(), "{query}\n{answer:#}");
    }

    // A document with one operation needs no name of it.
    let named = json!({ "query": "query Q($n: Int) { talks(first: $n) { totalCount } }", "variables": { "n": null } });
    let answer = app.post(&named, "application/json").await.json();
    assert_eq!(answer, json!({ "data": { "talks": { "totalCount": 8 } } }));

    // Another operation of the document has the variable, too, and does not run.
    let two = "query A($n: Int) { ...F } query B($n: Int) { ...F } query C { __typename }
        fragment F on Query { talks(first: $n, orderBy: { field: TITLE, direction: ASC }) { totalCount } }";
    let body = json!({ "query": two, "operationName": "A" });
    let answer = app.post(&body, "application/json").await.json();
    assert_eq!(answer, json!({ "data": { "talks": { "totalCount": 8 } } }));
}
