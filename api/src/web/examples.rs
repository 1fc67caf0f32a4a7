//! What the examples on pages are about: the newest edition with a schedule, the speaker and the company with the most
//! talks, a recording. So an example works on the archive that is served.

use serde_json::{Map, Value, json};

use crate::{error::Result, state::Server};

/// The slugs and ids that examples have. A value is null if the archive has no such thing.
#[derive(Clone, Debug, Default)]
pub struct Examples(Value);

impl Examples {
    /// Reads them from the archive.
    pub async fn read(server: &Server) -> Result<Self> {
        // The last talk with a time is of the newest edition with a schedule.
        let document = "{ \
            talks(filter: { startsBefore: \"9998-01-01T00:00:00Z\" }, orderBy: { field: STARTS_AT, direction: DESC }, \
                first: 1) { nodes { id slug startsAt edition { slug year country conference { slug } } } } \
            speakers(orderBy: { field: TALK_COUNT, direction: DESC }, first: 1) { nodes { slug } } \
            companies(orderBy: { field: TALK_COUNT, direction: DESC }, first: 1) { nodes { slug name } } \
            recordings(filter: { hasTalk: true }, first: 1) { nodes { id } } }";
        let data = server.query(document, Map::new()).await?;
        let first = |list: &str| data[list]["nodes"][0].clone();
        let (talk, company) = (first("talks"), first("companies"));
        let edition = &talk["edition"];
        Ok(Self(json!({
            "conference": edition["conference"]["slug"],
            "edition": edition["slug"],
            "year": edition["year"],
            "country": edition["country"],
            "day": talk["startsAt"].as_str().and_then(|at| at.get(..10)),
            "talk": talk["slug"],
            "talk_id": talk["id"],
            "speaker": first("speakers")["slug"],
            "company": company["slug"],
            "name": company["name"],
            "recording_id": first("recordings")["id"],
        })))
    }

    /// One of the slugs.
    pub fn slug(&self, of: &str) -> Option<&str> {
        self.0[of].as_str()
    }

    /// Replaces the examples of the parameters in an OpenAPI document, as far as the archive has such things.
    pub fn put_into(&self, document: &mut Value) {
        let paths = document["paths"].as_object_mut().into_iter().flatten();
        for (path, operations) in paths {
            for operation in operations.as_object_mut().into_iter().flatten().map(|(_, operation)| operation) {
                let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
                for parameter in parameters.filter(|parameter| !parameter["example"].is_null()) {
                    let value = self.value(path, parameter);
                    if !value.is_null() {
                        let is_list = parameter["example"].is_array();
                        parameter["example"] = if is_list { json!([value]) } else { value.clone() };
                    }
                }
            }
        }
    }

    fn value(&self, path: &str, parameter: &Value) -> &Value {
        let name = parameter["name"].as_str().unwrap_or_default();
        let of = |thing: &str| path.trim_start_matches("/api/v1").starts_with(thing);
        let key = match name {
            "slug" if of("/editions/") => "edition",
            "slug" if of("/speakers/") => "speaker",
            "slug" if of("/companies/") => "company",
            "slug" if of("/conferences/") => "conference",
            "id" if of("/talks/") => "talk_id",
            "id" if of("/recordings/") => "recording_id",
            "name_contains" if of("/companies") => "name",
            "conference" | "edition" | "year" | "country" | "day" | "talk" | "speaker" | "company" => name,
            _ => return &Value::Null,
        };
        &self.0[key]
    }
}
