//! The example request of an operation: its address with the examples of its parameters.

use serde_json::Value;
use url::form_urlencoded::{Serializer, byte_serialize};

use super::html::plain;

/// The path and the query of an example.
pub fn address(path: &str, operation: &Value) -> String {
    let mut address = path.to_owned();
    let mut query = Serializer::new(String::new());
    for parameter in parameters(operation) {
        let name = parameter["name"].as_str().unwrap_or_default();
        match &parameter["example"] {
            Value::Null => {}
            value if parameter["in"] == "path" => {
                address = address.replace(&format!("{{{name}}}"), &segment(&plain(value)))
            }
            Value::Array(values) => {
                query.extend_pairs(values.iter().map(|value| (name, plain(value))));
            }
            value => {
                query.append_pair(name, &plain(value));
            }
        }
    }
    match query.finish() {
        query if query.is_empty() => address,
        query => format!("{address}?{query}"),
    }
}

/// The parameters of an operation.
pub fn parameters(operation: &Value) -> &[Value] {
    operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The command that requests an address. What is not a text goes to a file.
pub fn command(media: &str) -> &'static str {
    match is_text(media) {
        true => "curl",
        false => "curl --remote-name",
    }
}

/// Whether a media type is readable text.
fn is_text(media: &str) -> bool {
    media.starts_with("text/") || ["json", "xml", "yaml"].iter().any(|ending| media.ends_with(ending))
}

/// A text as a segment of a path.
fn segment(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn examples_fill_path_and_query() {
        let operation = json!({ "parameters": [
            { "name": "slug", "in": "path", "example": "a b/c+d" },
            { "name": "kind", "in": "query", "example": ["keynote", "talk"] },
            { "name": "year", "in": "query", "example": 2019 },
            { "name": "sort", "in": "query" },
        ] });
        assert_eq!(
            address("/talks/{slug}.ics", &operation),
            "/talks/a%20b%2Fc%2Bd.ics?kind=keynote&kind=talk&year=2019"
        );
        assert_eq!(address("/archive", &json!({})), "/archive");
    }
}
