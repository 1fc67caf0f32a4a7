//! The search page: hits, what they have in common as links, and another spelling. It works without JavaScript; with
//! it, the box completes while somebody types.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{
    address::Site,
    data::{
        from, isolated,
        search::{DOCUMENT, Facet, FacetValue, Found, Hits},
        word,
    },
    html::{Head, Version, answer},
};
use crate::{
    error::{Error, Result},
    http::{cache::RevisionScope, query::parameters},
    rest::{
        parameters::Parameters,
        search::{RENAMED, kinds},
    },
    schema::shape::Shape,
    state::Server,
};

/// The facets that narrow a search: their parameters are those of the REST API.
const FACETS: [(&str, &str); 7] = [
    ("KIND", "talk_kind"),
    ("YEAR", "year"),
    ("CONFERENCE", "conference"),
    ("EDITION", "edition"),
    ("COMPANY", "company"),
    ("TAG", "tag"),
    ("LANGUAGE", "language"),
];

/// The parameters of the page.
pub fn names(_: &Shape) -> Vec<String> {
    let facets = FACETS.iter().map(|(_, name)| *name);
    ["q", "kind", "cursor"].into_iter().chain(facets).map(str::to_owned).collect()
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    site: Site,
    head: Head,
    asked: Asked,
    hits: Option<Hits>,
    /// What is wrong with the query.
    mistake: String,
}

/// What is searched for.
#[derive(Clone, Debug, Default)]
struct Asked {
    q: String,
    /// The other parameters.
    chosen: Vec<(String, String)>,
}

impl Asked {
    fn of(request: &HttpRequest) -> Self {
        let mut asked = Self::default();
        for (name, value) in parameters(request.query_string()) {
            match (name.as_str(), value) {
                ("q", Some(value)) => asked.q = value.trim().to_owned(),
                (_, Some(value)) if !value.is_empty() => asked.chosen.push((name, value)),
                _ => {}
            }
        }
        asked
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.chosen.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The address of the search with other parameters.
    fn path(&self, q: &str, chosen: &[(&str, &str)]) -> String {
        let pairs = [("q", q)].into_iter().chain(chosen.iter().copied());
        format!("/search?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    }

    /// What was chosen, but for a parameter and the place in the list.
    fn without(&self, name: &str) -> Vec<(&str, &str)> {
        let kept = self.chosen.iter().filter(|(other, _)| other != name && other != "cursor");
        kept.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// The address of the search narrowed to a value of a facet.
    fn narrowed(&self, facet: &Facet, value: &FacetValue) -> String {
        let name = parameter(facet);
        let mut chosen = self.without(name);
        chosen.push((name, &value.value));
        self.path(&self.q, &chosen)
    }

    /// Whether the search is narrowed to a value.
    fn is_chosen(&self, facet: &Facet, value: &FacetValue) -> bool {
        self.value(parameter(facet)).is_some_and(|chosen| chosen.eq_ignore_ascii_case(&value.value))
    }

    /// What the search is narrowed to: the name, the value, and the address without it.
    fn narrowings(&self) -> Vec<(String, String, String)> {
        let chosen = self.chosen.iter().filter(|(name, _)| name != "cursor");
        chosen.map(|(name, value)| (word(name), value.clone(), self.path(&self.q, &self.without(name)))).collect()
    }

    fn next(&self, cursor: &str) -> String {
        let mut chosen = self.without("cursor");
        chosen.push(("cursor", cursor));
        self.path(&self.q, &chosen)
    }

    fn respelled(&self, q: &str) -> String {
        self.path(q, &self.without("cursor"))
    }
}

/// The parameter of a facet.
fn parameter(facet: &Facet) -> &'static str {
    FACETS.iter().find(|(name, _)| *name == facet.name).map_or("kind", |(_, name)| name)
}

/// `/search`.
pub async fn page(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let version = Version { scope: RevisionScope::Archive, reads_clock: true };
    let make = || async {
        let asked = Asked::of(&request);
        let variables = variables(&request, &server);
        let graphql = Value::Object(variables.clone().unwrap_or_default());
        // A page answers people who mistype.
        let (hits, mistake) = match found(&asked, variables, &server).await {
            Ok(hits) => (hits, String::new()),
            Err(Error::BadInput { message, .. }) => (None, message),
            Err(error @ Error::Parameters(_)) => (None, error.to_string()),
            Err(error) => return Err(error),
        };
        let site = Site::of(&server);
        let rest = asked.path(&asked.q, &asked.without("")).replacen("/search", "/api/v1/search", 1);
        let head = Head {
            title: if asked.q.is_empty() { "Search".to_owned() } else { format!("{} – search", isolated(&asked.q)) },
            is_unlisted: true,
            query: asked.q.clone(),
            rest: if hits.is_some() { rest } else { String::new() },
            graphql: site.graphql(DOCUMENT, &graphql),
            ..Head::default()
        };
        Ok(SearchPage { site, head, asked, hits, mistake })
    };
    answer(&request, &server, version, make).await
}

/// The variables of the query, of the parameters as the REST API reads them.
fn variables(request: &HttpRequest, server: &Server) -> Result<Map<String, Value>> {
    let mut parameters = Parameters::of(request);
    let q = parameters.text("q").unwrap_or_default();
    let kinds = kinds(&mut parameters);
    let filter = parameters.filter(&server.shape, "TalkFilter", &RENAMED);
    let cursor = parameters.text("cursor");
    parameters.done()?;
    let filter = if filter.is_empty() { Value::Null } else { filter.into() };
    let variables = [("q", json!(q)), ("kinds", json!(kinds)), ("filter", filter), ("after", json!(cursor))];
    Ok(variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

async fn found(asked: &Asked, variables: Result<Map<String, Value>>, server: &Server) -> Result<Option<Hits>> {
    let variables = variables?;
    if asked.q.is_empty() {
        return Ok(None);
    }
    let mut data = server.query(DOCUMENT, variables).await?;
    from(data["search"].take()).map(Some)
}
