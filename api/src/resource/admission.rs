//! Admission to an edition: the call for papers, and tickets.

use async_graphql::{ComplexObject, InputObject, SimpleObject};
use schemars::JsonSchema;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::{
    column::json_columns,
    scalars::{Currency, Date, Url},
};

/// The call for papers of an edition. Its days are days in the edition's time zone. What is not known has no value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[derive(SimpleObject, InputObject, FromJsonQueryResult)]
#[graphql(input_name = "CallForPapersInput")]
pub struct CallForPapers {
    /// The first day on which a talk can be submitted, if it is known: `2016-03-01`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_on: Option<Date>,
    /// The last day on which a talk can be submitted, if it is known. It is not before the first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes_on: Option<Date>,
    /// The last day that was announced first, if the deadline was extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_from: Option<Date>,
    /// The day on which submitters are notified, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_on: Option<Date>,
    /// The address at which talks are submitted, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
}

/// A kind of ticket that was sold for an edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, SimpleObject)]
#[graphql(complex)]
#[schemars(deny_unknown_fields)]
pub struct Ticket {
    /// The name of the ticket: `Early bird`. It is one line of up to 500 characters.
    pub name: String,
    /// The price of the ticket in the unit of its currency, not in cents: 80 for 80 EUR, and 0 for a free ticket.
    #[schemars(range(min = 0.0))]
    pub price: f64,
    /// The currency of the price as an ISO 4217 code: `EUR`. It is left out if the price is 0, and only then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[graphql(skip)]
    pub currency: Option<Currency>,
    /// The first day on which the ticket is sold, in the edition's time zone, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_sale_from: Option<Date>,
    /// The last day on which the ticket is sold, in the edition's time zone, if it is known. It is not before the first
    /// day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_sale_until: Option<Date>,
}

#[ComplexObject]
impl Ticket {
    /// The currency of the price as an ISO 4217 code: `EUR`. It is null if the price is 0.
    async fn currency(&self) -> Option<&str> {
        self.currency.as_ref().map(Currency::as_str)
    }
}

/// Tickets in one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Tickets(pub Vec<Ticket>);

json_columns!(CallForPapers);
