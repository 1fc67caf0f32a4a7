//! The description by OpenAPI: it is as checked in, and what it describes is so.

use lectern_api::{
    rest::openapi,
    schema::{self, shape::Shape},
};
use serde_json::{Value, json};
use test_attributes::on_both_databases;

use crate::support::app::{Backend, promcon};

#[test]
fn the_description_is_as_checked_in() {
    let shape = Shape::read(&schema::sdl(&schema::build())).unwrap();
    assert!(
        openapi::text(&shape) == include_str!("../../openapi.json"),
        "openapi.json is stale: `cargo run -- contracts` writes it"
    );
}

/// The address of an operation's example, from the examples of its parameters.
fn example(path: &str, operation: &Value) -> String {
    let mut address = path.to_owned();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match (&parameter["example"], parameter["in"] == "path") {
            (Value::Null, in_path) => assert!(!in_path, "{path}: {name} has no example"),
            (value, true) => address = address.replace(&format!("{{{name}}}"), &text(value)),
            (Value::Array(values), false) => values.iter().for_each(|value| {
                query.append_pair(name, &text(value));
            }),
            (value, false) => {
                query.append_pair(name, &text(value));
            }
        }
    }
    format!("{address}?{}", query.finish())
}

#[on_both_databases]
#[actix_web::test]
async fn every_example_answers_as_described(backend: Backend) {
    let app = promcon().start(backend).await;
    app.be_indexed().await;
    let document = app.get("/api/openapi.json", &[]).await;
    assert_eq!(document.body, include_str!("../../openapi.json"));
    let document = document.json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = if item["get"].is_object() { &item["get"] } else { &item["post"] };
        for name in ["operationId", "summary", "description"] {
            assert!(operation[name].as_str().is_some_and(|text| !text.is_empty()), "{path} has no {name}");
        }
        let address = example(path, operation);
        if item["post"].is_object() {
            let answer = app.send("POST".parse().unwrap(), &address, &[("Content-Type", "application/yaml")], "").await;
            assert_eq!(answer.status, 401, "{address}: without a token");
            continue;
        }
        let answer = app.get(&address, &[]).await;
        assert_eq!(answer.status, 200, "{address}: {}", answer.body);
        let media = answer.header("content-type").split(';').next().unwrap().to_owned();
        let described = &operation["responses"]["200"]["content"][&media]["schema"];
        assert!(described.is_object(), "{address}: {media} is not described");
        if media == "application/json" {
            let schema = json!({ "$ref": "#/schema", "schema": described, "components": document["components"] });
            let body = answer.json();
            let wrong: Vec<String> = jsonschema::options()
                .should_validate_formats(true)
                .build(&schema)
                .unwrap()
                .iter_errors(&body)
                .map(|error| error.to_string())
                .collect();
            assert!(wrong.is_empty(), "{address}: {wrong:?}");
            assert!(body["data"].as_array().is_none_or(|data| !data.is_empty()), "{address} shows nothing");
        }
        tried += 1;
    }
    assert!(tried >= 40, "{tried}");

    // A wrong body would be found.
    let schema = json!({ "$ref": "#/components/schemas/Talk", "components": document["components"] });
    assert!(!jsonschema::is_valid(&schema, &json!({ "id": 1 })));
}
