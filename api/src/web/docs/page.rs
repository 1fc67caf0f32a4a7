//! The page: the API, its contents, the operations and the schemas.

use serde_json::Value;

use super::{
    html::{at, line, paragraphs, text},
    operation::DocumentedOperation,
    schema,
};

/// The icon, as a data URL.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect \
    width='16' height='16' rx='3' \
    fill='%231f5f8b'/%3E%3Cpath d='M4 4h8M4 8h8M4 12h5' stroke='white' stroke-width='1.5'/%3E%3C/svg%3E";

/// The whole page. Its addresses are relative, so it works under a path of a reverse proxy too.
pub fn page(document: &Value, base_url: &str, style: &str, script: &str) -> String {
    let info = &document["info"];
    let (title, version) = (at(info, "title"), at(info, "version"));
    let base = text(base_url);
    let operations: Vec<DocumentedOperation> = operations(document, base_url);
    let tags: Vec<&Value> = document["tags"].as_array().into_iter().flatten().collect();
    let tagged = |tag: &Value| {
        operations.iter().filter(|operation| operation.operation["tags"][0] == tag["name"]).collect::<Vec<_>>()
    };
    let contents: String = tags.iter().map(|tag| listed(tag, &tagged(tag))).collect();
    let sections: String = tags.iter().map(|tag| section(tag, &tagged(tag))).collect();
    let about = paragraphs(info["description"].as_str().unwrap_or_default());
    let license = at(&info["license"], "name");
    let schemas = schemas(document);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} REST API</title>\n<link rel=\"icon\" href=\"{ICON}\">\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n\
         <script defer src=\"{script}\"></script>\n</head>\n<body data-base=\"{base}\">\n\
         <a class=\"skip\" href=\"#main\">Skip to the description</a>\n\
         <nav aria-label=\"Contents\">\n<details class=\"contents\" open><summary>Contents</summary>\n<ul>\n{contents}\
         <li><a href=\"#schemas\">schemas</a></li>\n</ul>\n</details>\n</nav>\n<main id=\"main\" tabindex=\"-1\">\n\
         <header>\n<h1>{title} <span class=\"version\">REST API, {version}</span></h1>\n\
         <p class=\"doors\"><a href=\"api/openapi.json\">openapi.json</a> <a href=\"graphql\">GraphiQL</a> \
         <a href=\"schema.graphql\">schema.graphql</a></p>\n{about}</header>\n{sections}{schemas}\
         <footer><p>{title} is free software ({license}). \
         This page is made from its <a href=\"api/openapi.json\">OpenAPI description</a>.</p>\
         </footer>\n</main>\n</body>\n</html>\n"
    )
}

fn operations<'a>(document: &'a Value, base_url: &'a str) -> Vec<DocumentedOperation<'a>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let methods = |(path, item): (&'a String, &'a Value)| {
        let documented = |method: &'static str| {
            Some(DocumentedOperation { path, method, operation: item.get(method.to_lowercase())?, document, base_url })
        };
        ["GET", "POST"].into_iter().filter_map(documented).collect::<Vec<_>>()
    };
    paths.flat_map(methods).collect()
}

/// A tag and its operations in the contents. An operation that differs by a suffix is listed beside the other one.
fn listed(tag: &Value, operations: &[&DocumentedOperation]) -> String {
    let mut entries: Vec<(&str, String)> = Vec::new();
    for operation in operations {
        let id = at(operation.operation, "operationId");
        match entries
            .iter_mut()
            .find(|(path, _)| operation.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.')))
        {
            Some((path, entry)) => {
                let suffix = operation.path.strip_prefix(*path).unwrap_or_default();
                *entry += &format!(" <a class=\"suffix\" href=\"#{id}\">{}</a>", text(suffix));
            }
            None => {
                entries.push((operation.path, format!("<a href=\"#{id}\">{}</a>", at(operation.operation, "summary"))))
            }
        }
    }
    let entries: String = entries.iter().map(|(_, entry)| format!("<li>{entry}</li>\n")).collect();
    let name = at(tag, "name");
    format!("<li><a href=\"#{}\">{name}</a>\n<ul>\n{entries}</ul>\n</li>\n", id(&name))
}

/// The section of a tag, with its operations.
fn section(tag: &Value, operations: &[&DocumentedOperation]) -> String {
    let name = at(tag, "name");
    let about = line(tag["description"].as_str().unwrap_or_default());
    let articles: String = operations.iter().map(|operation| operation.article()).collect();
    format!("<section id=\"{}\">\n<h2>{name}</h2>\n<p class=\"about\">{about}</p>\n{articles}</section>\n", id(&name))
}

/// The section of named schemas.
fn schemas(document: &Value) -> String {
    let schemas: Vec<(&String, &Value)> = document["components"]["schemas"].as_object().into_iter().flatten().collect();
    let names: String = schemas
        .iter()
        .map(|(name, _)| format!("<li><a href=\"#{}\">{}</a></li>\n", schema::id(name), text(name)))
        .collect();
    let sections: String = schemas.iter().map(|(name, schema)| schema::section(name, schema)).collect();
    format!(
        "<section id=\"schemas\">\n<h2>schemas</h2>\n<p class=\"about\">What the answers are made of. \
         A field that is optional may be missing; the others are always told, as null where nothing is known.</p>\n\
         <ul class=\"names\">\n{names}</ul>\n{sections}</section>\n"
    )
}

/// The anchor of a tag.
fn id(tag: &str) -> String {
    format!("tag-{tag}")
}
