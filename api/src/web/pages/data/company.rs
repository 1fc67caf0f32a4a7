//! A company as its page shows it.

use serde::Deserialize;

use super::{Link, Listed, ListedTalk, Named};

/// The query of the page.
pub const DOCUMENT: &str = include_str!("company.graphql");

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Company {
    pub slug: String,
    pub name: String,
    pub website_url: Option<String>,
    pub logo_url: Option<String>,
    pub url: String,
    pub successor: Option<Named>,
    pub predecessors: Vec<Named>,
    pub links: Vec<Link>,
    pub sponsorships: Vec<Sponsored>,
    pub speakers: Listed<Named>,
    pub talks: Listed<ListedTalk>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Sponsored {
    pub edition: Named,
    pub tier: Option<Tier>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Tier {
    pub name: String,
}
