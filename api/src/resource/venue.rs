//! Places.

use async_graphql::{InputObject, SimpleObject};
use schemars::JsonSchema;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::scalars::{Country, Url};

/// A place: the edition's venue, or where a party is.
#[derive(
    Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, SimpleObject, InputObject, FromJsonQueryResult,
)]
#[graphql(input_name = "VenueInput")]
#[schemars(deny_unknown_fields)]
pub struct Venue {
    /// What it is called.
    pub name: String,
    /// As the edition printed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The town's country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Degrees north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -90.0, max = 90.0))]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -180.0, max = 180.0))]
    pub longitude: Option<f64>,
    /// Its own website.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website_url: Option<Url>,
    /// Where it is on a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map_url: Option<Url>,
}
