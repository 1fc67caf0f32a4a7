//! Lists: pages in JSON, whole lists as CSV and NDJSON.

pub(super) mod days;
mod routes;
mod rows;

pub use routes::{APPEARANCES, LISTS, ListRoute};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, ServiceConfig},
};
use sea_orm::sea_query::Value as SqlValue;
use serde_json::{Map, Value, json};

use super::{
    BASE,
    bodies::{Bodies, reads_clock, selection},
    parameters::Parameters,
};
use crate::{
    error::{Error, Result},
    http::{
        accept::preferred,
        cache::{self, Representation, RevisionScope},
        route::{address, get},
    },
    read::page::{DEFAULT_SIZE, PageArguments},
    ready::{ReadyBody, Uncacheable},
    state::Server,
};

/// The format of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    Json,
    Csv,
    Ndjson,
}

/// The formats with the suffix of the address and the media type that select them.
pub const FORMATS: [(&str, &str, ListFormat); 3] = [
    (".json", "application/json", ListFormat::Json),
    (".csv", "text/csv", ListFormat::Csv),
    (".ndjson", "application/x-ndjson", ListFormat::Ndjson),
];

impl ListFormat {
    fn accepted(request: &HttpRequest) -> Result<Self> {
        let offers = FORMATS.map(|(_, media, format)| (media, format));
        preferred(request, &offers)
            .ok_or_else(|| Error::NotAcceptable("application/json, text/csv or application/x-ndjson".to_owned()))
    }

    fn media(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
        }
    }
}

/// Serves the appearances, which are CSV alone.
pub fn configure_appearances(config: &mut ServiceConfig) {
    let handler = |request: HttpRequest, server: Data<Server>| async move {
        list(&APPEARANCES, ListFormat::Csv, &request, &server).await
    };
    get(config, &format!("{BASE}{}.csv", APPEARANCES.path), handler);
}

/// Serves a list at its address without a suffix and with each suffix.
pub fn configure(config: &mut ServiceConfig, route: &'static ListRoute) {
    let suffixes = FORMATS.iter().map(|(suffix, _, format)| (*suffix, Some(*format)));
    for (suffix, format) in [("", None)].into_iter().chain(suffixes) {
        let handler = move |request: HttpRequest, server: Data<Server>| async move {
            let format = format.map_or_else(|| ListFormat::accepted(&request), Ok)?;
            list(route, format, &request, &server).await
        };
        get(config, &format!("{BASE}{}{suffix}", route.path), handler);
    }
}

async fn list(
    route: &'static ListRoute,
    format: ListFormat,
    request: &HttpRequest,
    server: &Data<Server>,
) -> Result<HttpResponse> {
    let mut list = ListRequest::read(route, format, request, server)?;
    days::days_as_instants(&mut list.filter, &format!("{}Filter", route.of), server).await?;
    let representation =
        Representation { request, scope: list.scope(), reads_clock: list.reads_clock, media: format.media() };
    match format {
        ListFormat::Json => {
            let page = || async {
                let page = list
                    .page(
                        server,
                        list.limit.unwrap_or(DEFAULT_SIZE.min(server.limits.page_size)),
                        list.cursor.as_deref(),
                    )
                    .await?;
                list.body(page, request, server).map_err(Uncacheable::from)
            };
            cache::answer(server, representation, page).await
        }
        ListFormat::Csv | ListFormat::Ndjson => {
            cache::stream(server, representation, || rows::open(list.clone(), format, server.clone())).await
        }
    }
}

/// The request of a list.
#[derive(Clone, Debug)]
pub struct ListRequest {
    pub route: &'static ListRoute,
    slug: Option<String>,
    filter: Map<String, Value>,
    order: Option<Value>,
    /// The GraphQL selection of the members of an item.
    selection: String,
    pub limit: Option<usize>,
    pub cursor: Option<String>,
    total: bool,
    /// Whether the filter or a member of an item depends on the clock.
    reads_clock: bool,
    /// The address of the request, with `{slug}` for the slug.
    pattern: String,
}

/// A page of a list, as answered by the schema.
pub struct ListPage {
    pub items: Vec<Value>,
    next: Option<String>,
    previous: Option<String>,
    total: Value,
}

impl ListPage {
    /// The cursor after the last item, if there are more items.
    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

impl ListRequest {
    fn read(route: &'static ListRoute, format: ListFormat, request: &HttpRequest, server: &Server) -> Result<Self> {
        let mut parameters = Parameters::of(request);
        let shape = &server.shape;
        let (filter, order) = match route.is_filtered {
            true => (
                parameters.filter(shape, &format!("{}Filter", route.of), &[]),
                parameters.sort(shape, &format!("{}OrderField", route.of)),
            ),
            false => (Map::new(), None),
        };
        let limit = parameters.limit((format == ListFormat::Json).then_some(server.limits.page_size));
        let cursor = parameters.text("cursor");
        let (selection, shows_time) = match format {
            ListFormat::Csv => (rows::columns_selection(route.columns), rows::columns_read_clock(route, shape)),
            ListFormat::Json | ListFormat::Ndjson => {
                let (members, _) = parameters.extent(Bodies(shape), route.of);
                (selection(&members), reads_clock(&members))
            }
        };
        let total = if format == ListFormat::Json { parameters.flag("total").unwrap_or(true) } else { false };
        parameters.done()?;
        let slug = route.within.and_then(|_| request.match_info().get("slug")).map(str::to_owned);
        let pattern = address(request, server, request.match_pattern().as_deref().unwrap_or_default());
        let filters_by_time =
            shape.clock_inputs(&format!("{}Filter", route.of)).any(|field| filter.contains_key(field));
        let reads_clock = shows_time || filters_by_time;
        Ok(Self { route, slug, filter, order, selection, limit, cursor, total, reads_clock, pattern })
    }

    fn scope(&self) -> RevisionScope {
        match (self.route.within, &self.slug) {
            (Some(table), Some(slug)) => RevisionScope::Item(table, "slug", SqlValue::from(slug.as_str())),
            _ => RevisionScope::Archive,
        }
    }

    /// The page at a cursor.
    pub async fn page(&self, server: &Server, size: usize, cursor: Option<&str>) -> Result<ListPage> {
        let page = page_arguments(cursor, size);
        let mut variables = Map::new();
        let arguments = match self.route.is_filtered {
            true => {
                variables.insert("filter".to_owned(), self.filter.clone().into());
                variables.insert("orderBy".to_owned(), self.order.clone().unwrap_or_default());
                "filter: $filter, orderBy: $orderBy, "
            }
            false => "",
        };
        let declared = match self.route.is_filtered {
            true => format!("$filter: {0}Filter, $orderBy: {0}Order, ", self.route.of),
            false => String::new(),
        };
        for (name, value) in [
            ("first", json!(page.first)),
            ("after", json!(page.after)),
            ("last", json!(page.last)),
            ("before", json!(page.before)),
        ] {
            variables.insert(name.to_owned(), value);
        }
        let total = if self.total { "totalCount" } else { "" };
        let list = format!(
            "list: {}({arguments}first: $first, after: $after, last: $last, before: $before) {{ \
             nodes {{ {}}} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} {total} }}",
            self.route.connection, self.selection
        );
        let list = match (self.route.within, &self.slug) {
            (Some(parent), Some(slug)) => {
                variables.insert("slug".to_owned(), slug.as_str().into());
                format!("parent: {parent}(slug: $slug) {{ slug {list} }}")
            }
            _ => list,
        };
        let slug = if self.slug.is_some() { "$slug: String!, " } else { "" };
        let document =
            format!("query({slug}{declared}$first: Int, $after: String, $last: Int, $before: String) {{ {list} }}");
        let mut data = server.query(&document, variables).await.map_err(in_words_of_rest)?;
        if let (Some(parent), Some(slug)) = (self.route.within, &self.slug) {
            data = data["parent"].take();
            match data["slug"].as_str() {
                None => return Err(Error::NotFound(format!("there is no {parent} of the slug \"{slug}\""))),
                Some(present) if present != slug => {
                    return Err(Error::Moved(self.pattern.replace("{slug}", present)));
                }
                Some(_) => {}
            }
        }
        let list = &mut data["list"];
        let info = &list["pageInfo"];
        let cursor = |there: &str, place: &str| {
            info[there].as_bool().unwrap_or_default().then(|| info[place].as_str()).flatten().map(str::to_owned)
        };
        Ok(ListPage {
            next: cursor("hasNextPage", "endCursor"),
            previous: cursor("hasPreviousPage", "startCursor"),
            total: list["totalCount"].clone(),
            items: match list["nodes"].take() {
                Value::Array(items) => items,
                _ => Vec::new(),
            },
        })
    }

    /// The body of a page. The addresses of its neighbours are in the body and in the `Link` header.
    fn body(&self, page: ListPage, request: &HttpRequest, server: &Server) -> Result<ReadyBody> {
        let (next, link) = next_page(page.next.as_deref(), request, server);
        let previous = page.previous.map(|cursor| previous_page(request, server, &cursor));
        let links: Vec<String> =
            link.into_iter().chain(previous.as_deref().map(|url| page_link(url, "prev"))).collect();
        let body = json!({ "data": page.items, "page": { "next": next, "previous": previous, "total": page.total } });
        let bytes = serde_json::to_vec(&body).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(ReadyBody { link: (!links.is_empty()).then(|| links.join(", ")), ..ReadyBody::of_relations(bytes) })
    }
}

/// The arguments of a page at a cursor of REST: the page after it, or before it if the cursor begins with `-`.
pub fn page_arguments(cursor: Option<&str>, size: usize) -> PageArguments {
    let size = i32::try_from(size).ok();
    match cursor.map(|cursor| cursor.strip_prefix('-').ok_or(cursor)) {
        Some(Ok(before)) => PageArguments { last: size, before: Some(before.to_owned()), ..PageArguments::default() },
        Some(Err(after)) => PageArguments { first: size, after: Some(after.to_owned()), ..PageArguments::default() },
        None => PageArguments { first: size, ..PageArguments::default() },
    }
}

/// The address of the page after a cursor, and its part of the `Link` header.
pub fn next_page(cursor: Option<&str>, request: &HttpRequest, server: &Server) -> (Option<String>, Option<String>) {
    let next = cursor.map(|cursor| other_page(request, server, cursor));
    let link = next.as_deref().map(|url| page_link(url, "next"));
    (next, link)
}

fn page_link(url: &str, rel: &str) -> String {
    format!("<{url}>; rel=\"{rel}\"")
}

/// The address of the page before a cursor.
pub fn previous_page(request: &HttpRequest, server: &Server, cursor: &str) -> String {
    other_page(request, server, &format!("-{cursor}"))
}

/// The address of another page: that of the request with another cursor and without a count.
pub fn other_page(request: &HttpRequest, server: &Server, cursor: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if name != "cursor" && name != "total" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("cursor", cursor).append_pair("total", "false");
    format!("{}{}?{}", server.base_url, request.path(), query.finish())
}

/// An error about a GraphQL argument, turned into one about the parameter of REST.
pub fn in_words_of_rest(error: Error) -> Error {
    match error {
        Error::BadInput { argument, message } if argument == "after" || argument == "before" => {
            let message = message.strip_prefix(&format!("{argument}: ")).unwrap_or(&message).replace("order", "sort");
            Error::Parameters(vec![crate::error::WrongParameter { parameter: "cursor".to_owned(), message }])
        }
        other => other,
    }
}
