//! Plain dates in filters that take instants.

use serde_json::{Map, Value, json};

use super::ListRequest;
use crate::{
    error::{Error, Result},
    resource::day::Day,
    scalars::{Date, Instant, TimeZone},
    schema::shape::{Input, base_name},
    state::Server,
};

impl ListRequest {
    /// Replaces each date in a filter that takes instants by the start of that day: in the time zone of the edition, if
    /// the filter names a single one, and in UTC otherwise.
    pub(super) async fn with_days_as_instants(mut self, server: &Server) -> Result<Self> {
        let Some(Input::Object(fields)) = server.shape.input_type(&format!("{}Filter", self.route.of)) else {
            return Ok(self);
        };
        let takes_instants = |name: &str| fields.get(name).is_some_and(|field| base_name(&field.ty) == "DateTime");
        let day = |name: &str, value: &Value| {
            value.as_str().filter(|_| takes_instants(name)).and_then(|text| text.parse::<Date>().ok())
        };
        let days: Vec<(String, Date)> =
            self.filter.iter().filter_map(|(name, value)| Some((name.clone(), day(name, value)?))).collect();
        if days.is_empty() {
            return Ok(self);
        }
        let zone = self.time_zone(server).await?;
        for (name, day) in days {
            self.filter.insert(name, Instant(Day::midnight(day.0, &zone)).to_string().into());
        }
        Ok(self)
    }

    async fn time_zone(&self, server: &Server) -> Result<TimeZone> {
        let utc = || "UTC".parse().map_err(Error::Internal);
        let [edition] = self.filter.get("edition").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
        else {
            return utc();
        };
        let variables = Map::from_iter([("slug".to_owned(), json!(edition))]);
        let found = server.query("query($slug: String!) { edition(slug: $slug) { timezone } }", variables).await?;
        found["edition"]["timezone"].as_str().map_or_else(utc, |zone| zone.parse().map_err(Error::Internal))
    }
}
