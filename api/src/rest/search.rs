//! The search, and suggestions for a box that completes.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::{Map, Value, json};

use super::{
    bodies::{Bodies, Extent, Member, selection},
    item::accepts_json,
    list::{days::days_as_instants, next_page},
    parameters::Parameters,
};
use crate::{
    error::{Error, Result, WrongParameter},
    http::cache::{self, Representation, RevisionScope},
    ready::ReadyBody,
    schema::shape::Shape,
    search::SearchKind,
    state::Server,
};

/// The types of the items that a search finds.
pub const FOUND: [&str; 4] = ["Talk", "Speaker", "Company", "Edition"];

/// The fields of the filter of talks that have another name here: `kind` is the kind of what is found.
pub const RENAMED: [(&str, &str); 1] = [("kind", "talk_kind")];

/// The number of suggestions, if `limit` is left out.
pub const SUGGESTIONS: usize = 10;

/// The members of a part of an answer.
pub fn members<'s>(bodies: Bodies<'s>, of: &str) -> Vec<Member<'s>> {
    bodies.of(of, Extent::Embedded, &[], &[])
}

/// The kinds of items, as the parameter `kind` and the answer have them.
pub fn kind_words() -> Vec<String> {
    SearchKind::ALL.map(|kind| kind.name().to_ascii_uppercase()).to_vec()
}

/// The kinds that the parameter `kind` names.
pub fn kinds(parameters: &mut Parameters) -> Option<Vec<String>> {
    let words = kind_words();
    let mut kinds = Vec::new();
    for text in parameters.texts("kind")? {
        match words.iter().find(|word| word.eq_ignore_ascii_case(&text)) {
            Some(word) => kinds.push(word.clone()),
            None => parameters.refuse("kind", format!("\"{text}\" is not one of {}", words.join(", "))),
        }
    }
    Some(kinds)
}

/// The text of `q`, which is required.
fn text(parameters: &mut Parameters) -> String {
    parameters.required("q", "give the words to look for")
}

/// An error about an argument of GraphQL, turned into one about the parameter.
fn in_words_of_rest(error: Error) -> Error {
    let named = [("query", "q"), ("prefix", "q"), ("after", "cursor"), ("first", "limit")];
    match error {
        Error::BadInput { argument, message } => {
            let name = named.iter().find(|(graphql, _)| *graphql == argument).map_or(&*argument, |(_, rest)| rest);
            let message = message.strip_prefix(&format!("{argument}: ")).unwrap_or(&message).to_owned();
            Error::Parameters(vec![WrongParameter { parameter: name.to_owned(), message }])
        }
        other => other,
    }
}

fn selected(request: &HttpRequest) -> Representation<'_> {
    Representation { request, scope: RevisionScope::Archive, reads_clock: true, media: "application/json" }
}

/// The selection of a page of hits.
fn selection_of_hits(shape: &Shape) -> String {
    let bodies = FOUND.map(|of| format!("... on {of} {{ {}}} ", selection(&Bodies(shape).picked(of, &[], None))));
    format!(
        "nodes {{ node {{ kind_of_node: __typename {} }} score highlights {{ field html }} }} \
         pageInfo {{ hasNextPage endCursor }} facets {{ name values {{ value label count }} }} suggestion isComplete",
        bodies.concat()
    )
}

/// `/search`: a page of hits.
pub async fn search(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    accepts_json(&request)?;
    let mut parameters = Parameters::of(&request);
    let q = text(&mut parameters);
    let kinds = kinds(&mut parameters);
    let mut filter = parameters.filter(&server.shape, "TalkFilter", &RENAMED);
    let limit = parameters.limit(Some(server.limits.page_size));
    let cursor = parameters.text("cursor");
    let total = parameters.flag("total").unwrap_or(true);
    parameters.done()?;
    days_as_instants(&mut filter, "TalkFilter", &server).await?;
    let count = if total { "totalCount " } else { "" };
    let document = format!(
        "query($q: String!, $kinds: [SearchKind!], $filter: TalkFilter, $first: Int, $after: String) {{ \
         search(query: $q, kinds: $kinds, filter: $filter, first: $first, after: $after) {{ {count}{} }} }}",
        selection_of_hits(&server.shape)
    );
    let variables = [
        ("q", json!(q)),
        ("kinds", json!(kinds)),
        ("filter", filter.into()),
        ("first", json!(limit)),
        ("after", json!(cursor)),
    ];
    let variables = Map::from_iter(variables.map(|(name, value)| (name.to_owned(), value)));
    let body = || async {
        let mut data = server.query(&document, variables.clone()).await.map_err(in_words_of_rest)?;
        let found = &mut data["search"];
        let hits = match found["nodes"].take() {
            Value::Array(hits) => hits.into_iter().map(hit).collect(),
            _ => Vec::new(),
        };
        let info = &found["pageInfo"];
        let cursor = info["endCursor"].as_str().filter(|_| info["hasNextPage"] == true);
        let (next, link) = next_page(cursor, &request, &server);
        let body = json!({
            "data": hits,
            "page": { "next": next, "previous": null, "total": found["totalCount"] },
            "facets": found["facets"],
            "suggestion": found["suggestion"],
            "is_complete": found["isComplete"],
        });
        Ok(ReadyBody { link, ..body.to_string().into_bytes().into() })
    };
    cache::answer(&server, selected(&request), body).await
}

/// A hit as it is in a body: its kind beside it.
fn hit(mut hit: Value) -> Value {
    let mut node = hit["node"].take();
    let name = node.as_object_mut().and_then(|node| node.shift_remove("kind_of_node")).unwrap_or_default();
    let kind = name.as_str().unwrap_or_default().to_ascii_uppercase();
    json!({ "kind": kind, "score": hit["score"], "highlights": hit["highlights"], "node": node })
}

/// `/suggest`: what a box that completes shows.
pub async fn suggest(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    accepts_json(&request)?;
    let mut parameters = Parameters::of(&request);
    let q = text(&mut parameters);
    let kinds = kinds(&mut parameters);
    let limit = parameters.limit_or(Some(server.limits.page_size), SUGGESTIONS);
    parameters.done()?;
    let members = members(Bodies(&server.shape), "Suggestion");
    let document = format!(
        "query($q: String!, $kinds: [SearchKind!], $first: Int) {{ \
         suggest(prefix: $q, kinds: $kinds, first: $first) {{ {}}} }}",
        selection(&members)
    );
    let variables = [("q", json!(q)), ("kinds", json!(kinds)), ("first", json!(limit))];
    let variables = Map::from_iter(variables.map(|(name, value)| (name.to_owned(), value)));
    let body = || async {
        let data = server.query(&document, variables.clone()).await.map_err(in_words_of_rest)?;
        Ok(json!({ "data": data["suggest"] }).to_string().into_bytes().into())
    };
    cache::answer(&server, selected(&request), body).await
}
