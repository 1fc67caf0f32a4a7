//! A conference as its page shows it.

use serde::Deserialize;

use super::{Link, Listed, ListedEdition};
use crate::web::pages::markdown;

/// The query of the page.
pub const DOCUMENT: &str = include_str!("conference.graphql");

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conference {
    pub slug: String,
    pub name: String,
    pub description: Option<String>,
    pub website_url: Option<String>,
    pub url: String,
    pub links: Vec<Link>,
    pub editions: Listed<ListedEdition>,
}

impl Conference {
    /// The description as HTML.
    pub fn about(&self) -> String {
        self.description.as_deref().map(markdown::html).unwrap_or_default()
    }
}
