//! Places: venues of editions, and places of slots.

use async_graphql::{InputObject, SimpleObject};
use schemars::JsonSchema;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::{
    column::json_columns,
    scalars::{Country, Url},
};

/// A place: the venue of an edition, or the place of a single slot such as a party. What is not known has no value.
#[derive(
    Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, SimpleObject, InputObject, FromJsonQueryResult,
)]
#[graphql(input_name = "VenueInput")]
#[schemars(deny_unknown_fields)]
pub struct Venue {
    /// The name of the place: `Google Berlin`. It is one line of up to 500 characters.
    pub name: String,
    /// The postal address of the place as the edition gave it, if it is known. It may have several lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The city of the place, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// The country of the city as an ISO 3166-1 code, if it is known: `DE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The latitude of the place in degrees, from -90 to 90, if it is known. North is positive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -90.0, max = 90.0))]
    pub latitude: Option<f64>,
    /// The longitude of the place in degrees, from -180 to 180, if it is known. East is positive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -180.0, max = 180.0))]
    pub longitude: Option<f64>,
    /// The address of the place's own website, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website_url: Option<Url>,
    /// The address of a map that shows the place, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub map_url: Option<Url>,
}

json_columns!(Venue);
