//! How to get into an edition: the call for papers, and tickets.

use async_graphql::{ComplexObject, InputObject, SimpleObject};
use schemars::JsonSchema;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::scalars::{Currency, Date, Url};

/// Days of the edition's zone.
#[derive(
    Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, SimpleObject, InputObject, FromJsonQueryResult,
)]
#[graphql(input_name = "CallForPapersInput")]
#[schemars(deny_unknown_fields)]
pub struct CallForPapers {
    /// The first day to submit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_on: Option<Date>,
    /// The last day to submit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_on: Option<Date>,
    /// The last day as first announced, where it was put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_from: Option<Date>,
    /// The day that submitters are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_on: Option<Date>,
    /// Where to submit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
}

/// A kind of ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, SimpleObject)]
#[graphql(complex)]
#[schemars(deny_unknown_fields)]
pub struct Ticket {
    /// What it is called.
    pub name: String,
    /// In the currency's unit: 80 for 80 EUR, 0 for free.
    #[schemars(range(min = 0.0))]
    pub price: f64,
    /// ISO 4217; left out where the price is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[graphql(skip)]
    pub currency: Option<Currency>,
    /// The first day that it is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_sale_from: Option<Date>,
    /// The last day that it is sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_sale_until: Option<Date>,
}

#[ComplexObject]
impl Ticket {
    /// ISO 4217; null where the price is 0.
    async fn currency(&self) -> Option<&str> {
        self.currency.as_ref().map(Currency::as_str)
    }
}

/// Tickets in one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Tickets(pub Vec<Ticket>);
