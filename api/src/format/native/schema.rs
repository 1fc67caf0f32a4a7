//! The JSON Schemas of the files: strict ones for the check in `shape`, and published ones for editors.

mod patterns;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::format::document::{CompaniesFile, ConferencesFile, Edition, ExportPoint, RecordingsFile, SpeakersFile};

/// The format of a text of one line without another format.
pub(super) const LINE: &str = "line";
/// The format of a text of several lines.
pub(super) const TEXT: &str = "text";

/// The keys of texts that may have several lines. Every other text is one line.
const MULTI_LINE: [&str; 5] = ["abstract", "address", "biography", "description", "note"];

const KEYWORDS: [&str; 16] = [
    "$schema",
    "title",
    "description",
    "$ref",
    "type",
    "const",
    "format",
    "pattern",
    "maxLength",
    "minimum",
    "maximum",
    "items",
    "properties",
    "required",
    "additionalProperties",
    "oneOf",
];

/// The JSON Schemas (draft 2020-12) for editors, each with its file name in `docs/schema/`.
pub fn schemas() -> Vec<(&'static str, String)> {
    vec![
        ("conferences.schema.json", for_editors::<ConferencesFile>("Lectern: conferences.yaml")),
        ("companies.schema.json", for_editors::<CompaniesFile>("Lectern: companies.yaml")),
        ("speakers.schema.json", for_editors::<SpeakersFile>("Lectern: speakers.yaml")),
        ("edition.schema.json", for_editors::<Edition>("Lectern: an edition")),
        ("export.schema.json", for_editors::<ExportPoint>("Lectern: export.yaml")),
        ("recordings.schema.json", for_editors::<RecordingsFile>("Lectern: recordings.yaml")),
    ]
}

fn for_editors<T: JsonSchema>(title: &str) -> String {
    let mut schema = schema_of::<T>();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), title.into());
    }
    each_schema(&mut schema, &mut adapt_to_editors);
    format!("{schema:#}\n")
}

/// The schema of a file, as strict as the format. A key that is there has a value, and a text without a format is one
/// line or several.
pub(super) fn schema_of<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value();
    each_schema(&mut schema, &mut tighten);
    schema
}

/// Changes each schema within a schema, the outer ones first, and sorts its keywords as people read them.
fn each_schema(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(schema) => {
            change(schema);
            for (keyword, inner) in schema.iter_mut() {
                match inner.as_object_mut() {
                    Some(named) if keyword == "properties" || keyword == "$defs" => {
                        named.values_mut().for_each(|schema| each_schema(schema, change))
                    }
                    _ => each_schema(inner, change),
                }
            }
            let order =
                |keyword: &String| KEYWORDS.iter().position(|ordered| ordered == keyword).unwrap_or(KEYWORDS.len());
            let mut keywords: Vec<_> = std::mem::take(schema).into_iter().collect();
            keywords.sort_by_key(|(keyword, _)| order(keyword));
            schema.extend(keywords);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_schema(item, change)),
        _ => {}
    }
}

fn tighten(schema: &mut Map<String, Value>) {
    without_null(schema);
    if schema.get("format").is_some_and(|format| format == "int32") {
        schema.shift_remove("format");
        schema.entry("minimum").or_insert(i32::MIN.into());
        schema.entry("maximum").or_insert(i32::MAX.into());
    }
    if schema.get("format").is_some_and(|format| format == "double" || format == "int64") {
        schema.shift_remove("format");
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ").replace("  ", "\n\n");
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (key, property) in properties {
            let format = if MULTI_LINE.contains(&key.as_str()) { TEXT } else { LINE };
            set_text_format(property, format);
            property.get_mut("items").into_iter().for_each(|items| set_text_format(items, LINE));
        }
    }
}

/// A key that may be left out does not take `null`.
fn without_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(branches)) = schema.get_mut("anyOf") else { return };
    branches.retain(|branch| *branch != json!({ "type": "null" }));
    if let [Value::Object(only)] = branches.as_slice() {
        let only = only.clone();
        schema.shift_remove("anyOf");
        schema.extend(only);
    }
}

fn set_text_format(schema: &mut Value, format: &str) {
    let Some(schema) = schema.as_object_mut() else { return };
    without_null(schema);
    if schema.get("type").is_some_and(|name| name == "string") && !schema.contains_key("format") {
        schema.insert("format".to_owned(), format.into());
    }
}

/// Editors know patterns, and not our formats. The format `uri` would refuse letters that addresses may have, and
/// `uuid` ids without hyphens.
fn adapt_to_editors(schema: &mut Map<String, Value>) {
    let Some(Value::String(format)) = schema.get("format").cloned() else { return };
    if [LINE, TEXT, "uri", "uuid"].contains(&format.as_str()) {
        schema.shift_remove("format");
    }
    if let Some((pattern, longest)) = patterns::pattern(&format) {
        schema.insert("pattern".to_owned(), pattern.into());
        schema.extend(longest.map(|longest| ("maxLength".to_owned(), longest.into())));
    }
}

/// The schema of a text of a format, as editors have it.
#[cfg(test)]
pub(super) fn text_for_editors(format: &str) -> Value {
    let mut schema = json!({ "type": "string", "format": format });
    each_schema(&mut schema, &mut adapt_to_editors);
    schema
}
