//! What the search page shows.

use serde::Deserialize;

use super::{ListedTalk, Named};

/// The query of the page.
pub const DOCUMENT: &str = include_str!("search.graphql");

/// A page of hits.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hits {
    pub total_count: i64,
    pub suggestion: Option<String>,
    pub is_complete: bool,
    pub page_info: PageInfo,
    pub facets: Vec<Facet>,
    pub nodes: Vec<Hit>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

/// A property of the hits, with its values.
#[derive(Clone, Debug, Deserialize)]
pub struct Facet {
    pub name: String,
    pub values: Vec<FacetValue>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct FacetValue {
    pub value: String,
    pub label: String,
    pub count: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Hit {
    highlights: Vec<Highlight>,
    pub node: Found,
}

/// A text as HTML: escaped by the search, with `<mark>` around what matched.
#[derive(Clone, Debug, Deserialize)]
struct Highlight {
    field: String,
    html: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "__typename")]
pub enum Found {
    Talk(ListedTalk),
    Speaker(Named),
    Company(Named),
    Edition(Named),
}

impl Hit {
    fn highlight(&self, fields: &[&str]) -> Option<&str> {
        let found = self.highlights.iter().find(|highlight| fields.contains(&highlight.field.as_str()));
        found.map(|highlight| highlight.html.as_str())
    }

    /// The title or the name with what matched, as HTML.
    pub fn title(&self) -> Option<&str> {
        self.highlight(&["title", "name"])
    }

    /// The passage of the abstract that matched, as HTML.
    pub fn passage(&self) -> Option<&str> {
        self.highlight(&["abstract"])
    }
}
