//! The addresses on pages.

use std::sync::{Arc, LazyLock};

use serde_json::Value;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use super::assets::{SCRIPT, STYLE};
use crate::{state::Server, text::hex};

/// The addresses of the assets, with hashes of their content: a page never loads those of another version.
static VERSIONED: LazyLock<[String; 2]> = LazyLock::new(|| {
    [("style.css", STYLE), ("embed.js", SCRIPT)].map(|(path, text)| {
        let hash = hex(&Sha256::digest(text)[..6]);
        format!("/{path}?v={hash}")
    })
});

/// The site that a page is of. Links within it have no host, so a page works wherever it is reached, and below a path
/// of a reverse proxy too.
#[derive(Clone, Debug)]
pub struct Site {
    base_url: Arc<str>,
    /// The path of the base URL: empty, or `/schedule`.
    root: String,
    /// Whether the pages become files, which no server answers behind.
    pub is_static: bool,
}

impl Site {
    /// The site of a server.
    pub fn of(server: &Server) -> Self {
        Self {
            base_url: server.base_url.clone(),
            root: path_in(&server.base_url).to_owned(),
            is_static: server.is_static,
        }
    }

    /// The address of a path for a link.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }

    /// A URL for a link. Those of this site lose their host.
    pub fn href(&self, url: &str) -> String {
        match url.strip_prefix(&*self.base_url) {
            Some(path) if path.starts_with('/') => self.at(path),
            _ => url.to_owned(),
        }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    pub fn style(&self) -> String {
        self.asset(&VERSIONED[0])
    }

    pub fn script(&self) -> String {
        self.asset(&VERSIONED[1])
    }

    fn asset(&self, versioned: &str) -> String {
        let path = versioned.split('?').next().unwrap_or_default();
        self.at(if self.is_static { path } else { versioned })
    }

    /// The address of a page's data.
    pub fn data(&self, path: &str) -> String {
        self.at(&format!("{path}{}", if self.is_static { ".json" } else { "" }))
    }

    /// Where a query can be tried.
    pub fn graphql(&self, document: &str, variables: &Value) -> String {
        let pairs = [("query", document.trim()), ("variables", &variables.to_string())];
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.at(&format!("/graphql?{query}"))
    }
}

/// The path of a URL without a query: empty for that of a host alone.
pub fn path_in(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or("", |place| rest[place..].trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_within_the_site_has_no_host() {
        let base_url: Arc<str> = "https://example.org/schedule".into();
        let root = path_in(&base_url).to_owned();
        let site = Site { base_url, root, is_static: false };
        assert_eq!(site.href("https://example.org/schedule/speakers/ada"), "/schedule/speakers/ada");
        assert_eq!(site.href("https://example.org/scheduled/ada"), "https://example.org/scheduled/ada");
        assert_eq!(site.href("https://elsewhere.org/"), "https://elsewhere.org/");
        assert_eq!(path_in("https://example.org"), "");
        assert_eq!(path_in("https://example.org/"), "");
    }
}
