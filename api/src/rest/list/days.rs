//! Plain dates in filters that take instants.

use serde_json::{Map, Value, json};

use crate::{
    error::{Error, Result},
    resource::day::Day,
    scalars::{Date, Instant, TimeZone},
    schema::shape::{Input, base_name},
    state::Server,
};

/// Replaces each date in a filter that takes instants by the start of that day: in the time zone of the edition, if the
/// filter names a single one, and in UTC otherwise.
pub async fn days_as_instants(filter: &mut Map<String, Value>, type_name: &str, server: &Server) -> Result<()> {
    let Some(Input::Object(fields)) = server.shape.input_type(type_name) else { return Ok(()) };
    let takes_instants = |name: &str| fields.get(name).is_some_and(|field| base_name(&field.ty) == "DateTime");
    let day = |name: &str, value: &Value| {
        value.as_str().filter(|_| takes_instants(name)).and_then(|text| text.parse::<Date>().ok())
    };
    let days: Vec<(String, Date)> =
        filter.iter().filter_map(|(name, value)| Some((name.clone(), day(name, value)?))).collect();
    if days.is_empty() {
        return Ok(());
    }
    let zone = time_zone(filter, server).await?;
    for (name, day) in days {
        filter.insert(name, Instant(Day::midnight(day.0, &zone)).to_string().into());
    }
    Ok(())
}

async fn time_zone(filter: &Map<String, Value>, server: &Server) -> Result<TimeZone> {
    let utc = || "UTC".parse().map_err(Error::Internal);
    let [edition] = filter.get("edition").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() else {
        return utc();
    };
    let variables = Map::from_iter([("slug".to_owned(), json!(edition))]);
    let found = server.query("query($slug: String!) { edition(slug: $slug) { timezone } }", variables).await?;
    found["edition"]["timezone"].as_str().map_or_else(utc, |zone| zone.parse().map_err(Error::Internal))
}
