//! A speaker as their page shows them.

use serde::Deserialize;

use super::{Link, Listed, ListedTalk, Named, word};
use crate::web::pages::markdown;

/// The query of the page.
pub const DOCUMENT: &str = include_str!("speaker.graphql");

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Speaker {
    pub slug: String,
    pub name: String,
    pub pronouns: Option<String>,
    pub biography: Option<String>,
    pub avatar_url: Option<String>,
    pub is_group: bool,
    pub url: String,
    pub companies: Vec<Named>,
    pub links: Vec<Link>,
    pub involvements: Vec<Involvement>,
    pub talks: Listed<ListedTalk>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Involvement {
    pub role: String,
    pub edition: Named,
}

impl Involvement {
    pub fn role(&self) -> String {
        word(&self.role)
    }
}

impl Speaker {
    /// The biography as HTML.
    pub fn biography(&self) -> String {
        self.biography.as_deref().map(markdown::html).unwrap_or_default()
    }

    pub fn sentence(&self) -> String {
        let companies: Vec<&str> = self.companies.iter().map(|company| company.name.as_str()).collect();
        let of = if companies.is_empty() { String::new() } else { format!(" ({})", companies.join(", ")) };
        match self.talks.total_count.unwrap_or_default() {
            0 => format!("{}{of}.", self.name),
            1 => format!("{}{of}: one talk.", self.name),
            count => format!("{}{of}: {count} talks.", self.name),
        }
    }
}
