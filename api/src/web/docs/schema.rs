//! JSON Schemas in words: types, and the fields of objects.

use serde_json::Value;

use super::html::{at, code, line, plain, text};

/// The type of a value in a few words, with links to named schemas.
pub fn words(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return format!("<a href=\"#{}\">{}</a>", id(name), text(name));
    }
    if let Some(choices) = choices(schema) {
        return choices.iter().map(words).collect::<Vec<_>>().join(" or ");
    }
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(plain).collect(),
        Value::String(name) => vec![name.clone()],
        _ => vec!["anything".to_owned()],
    };
    let name = |type_name: &String| match type_name.as_str() {
        "array" => format!("list of {}", words(&schema["items"])),
        type_name => format!("{}{}", text(type_name), bounds(schema, type_name)),
    };
    let types = types.iter().map(name).collect::<Vec<_>>().join(" or ");
    match schema["enum"].as_array() {
        Some(values) => {
            format!("{types}, one of {}", values.iter().map(|value| code(&plain(value))).collect::<Vec<_>>().join(" "))
        }
        None => types,
    }
}

/// The format and the bounds of a type.
fn bounds(schema: &Value, type_name: &str) -> String {
    let mut bounds = String::new();
    if let (Some(format), true) = (schema["format"].as_str(), type_name != "null") {
        bounds += &format!(" ({})", text(format));
    }
    match (schema["minimum"].as_i64(), schema["maximum"].as_i64()) {
        (Some(least), Some(most)) if (least, most) == (i32::MIN.into(), i32::MAX.into()) => bounds += " (int32)",
        (Some(least), Some(most)) => bounds += &format!(" from {least} to {most}"),
        (Some(least), None) => bounds += &format!(", at least {least}"),
        (None, Some(most)) => bounds += &format!(", at most {most}"),
        (None, None) => {}
    }
    // The pattern that excludes NUL is not worth a word.
    if let Some(pattern) = schema["pattern"].as_str().filter(|pattern| !pattern.contains("\\u0000")) {
        bounds += &format!(" like {}", code(pattern));
    }
    if !schema["default"].is_null() {
        bounds += &format!(", {} if left out", code(&plain(&schema["default"])));
    }
    bounds
}

/// The fields of an object, with those of inner objects folded. Empty if it has none of its own.
pub fn fields(schema: &Value) -> String {
    let Some(properties) = schema["properties"].as_object() else { return String::new() };
    let always: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let field = |(name, schema): (&String, &Value)| {
        let flag = if always.contains(&name.as_str()) { "" } else { " <span class=\"flag\">optional</span>" };
        let description = line(schema["description"].as_str().unwrap_or_default());
        let name = text(name);
        format!(
            "<dt><code>{name}</code> <span class=\"type\">{}</span>{flag}</dt>\n<dd>{description}{}</dd>\n",
            words(schema),
            within(schema, &name)
        )
    };
    format!("<dl class=\"fields\">\n{}</dl>\n", properties.iter().map(field).collect::<String>())
}

/// The fields of the objects within a value, folded under its name.
fn within(schema: &Value, name: &str) -> String {
    let folded = |object: &Value| {
        format!("<details><summary>Fields of <code>{name}</code></summary>\n{}</details>", fields(object))
    };
    objects(schema).into_iter().map(folded).collect()
}

/// The objects with fields of their own in a value, its items or its choices.
pub fn objects(schema: &Value) -> Vec<&Value> {
    if schema["properties"].is_object() {
        return vec![schema];
    }
    let items = schema.get("items").into_iter().flat_map(objects);
    items.chain(choices(schema).into_iter().flatten().flat_map(objects)).collect()
}

/// The section of a named schema.
pub fn section(name: &str, schema: &Value) -> String {
    let fields = match fields(schema) {
        fields if fields.is_empty() => format!("<p class=\"type\">{}</p>\n", words(schema)),
        fields => {
            let count = schema["properties"].as_object().map_or(0, serde_json::Map::len);
            format!(
                "<details><summary>{count} {}</summary>\n{fields}</details>\n",
                if count == 1 { "field" } else { "fields" }
            )
        }
    };
    let about = line(schema["description"].as_str().unwrap_or_default());
    let about = if about.is_empty() { about } else { format!("<p>{about}</p>\n") };
    format!("<section class=\"schema\" id=\"{}\">\n<h3>{}</h3>\n{about}{fields}</section>\n", id(name), text(name))
}

/// The anchor of a named schema.
pub fn id(name: &str) -> String {
    format!("schema-{}", text(name))
}

/// The media types of a response with their schemas.
pub fn contents(response: &Value) -> String {
    let content = |(media, content): (&String, &Value)| {
        let (head, schema) = (code(media), &content["schema"]);
        let about = at(schema, "description");
        let own: String = objects(schema).into_iter().map(fields).collect();
        match (own.is_empty(), schema["type"] == "string") {
            (false, _) => format!("<details><summary>{head} {}</summary>\n{own}</details>\n", words(schema)),
            (true, true) => format!("<p>{head}</p>\n"),
            (true, false) => format!("<p>{head} {} {about}</p>\n", words(schema)),
        }
    };
    response["content"].as_object().into_iter().flatten().map(content).collect()
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

fn choices(schema: &Value) -> Option<&Vec<Value>> {
    ["anyOf", "oneOf", "allOf"].iter().find_map(|key| schema[*key].as_array())
}
