//! The OpenAPI 3.1 description of the REST API, made from the same tables and the same schema as the responses.
//! <https://spec.openapis.org/oas/v3.1.0>

use actix_web::{HttpRequest, HttpResponse, web::Data};
use utoipa::openapi::{
    Components, Content, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder, Schema, ServerBuilder,
    header::Header,
    path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
    request_body::RequestBodyBuilder,
    schema::{AnyOfBuilder, Array, ObjectBuilder, SchemaType, Type},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    tag::TagBuilder,
};

mod parameters;
mod schemas;

use parameters::OperationParameters;
use schemas::Schemas;

use super::{
    BASE,
    bodies::Bodies,
    changes,
    formats::{FORMATS, FormatRoute},
    item::{ITEMS, ItemKey, ItemRoute},
    list::{APPEARANCES, LISTS, ListFormat, ListRoute},
    schedule, search,
};
use crate::{
    error::Result,
    http::cache::{self, Representation, RevisionScope},
    read::page::DEFAULT_SIZE,
    schema::shape::Shape,
    state::Server,
};

/// `/api/openapi.json`, as it is checked in.
pub async fn openapi(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let selected = Representation {
        request: &request,
        scope: RevisionScope::Program,
        reads_clock: false,
        media: "application/json",
    };
    cache::answer(&server, selected, || async { Ok(text(&server.shape).into_bytes().into()) }).await
}

/// The document as text.
pub fn text(shape: &Shape) -> String {
    document(shape).to_pretty_json().unwrap_or_default() + "\n"
}

/// The tags of operations.
const TAGS: [(&str, &str); 8] = [
    ("conferences", "Conferences: series of editions."),
    ("editions", "Editions of conferences, and their schedules."),
    ("talks", "Talks at editions."),
    ("speakers", "Speakers: people who appear in talks or help an edition, and groups that are credited as one."),
    ("companies", "Companies and other organisations that speakers represent or that sponsor editions."),
    ("recordings", "Recordings of talks and editions."),
    ("formats", "The schedule and the archive in the formats that other programs read."),
    ("archive", "The archive as a whole: its state, its change log, and imports."),
];

const ABOUT: &str = "\
    The archive of a conference's schedule and talks. Reading needs no token and is allowed from any origin.\n\n\
    **Lists** take filters, `sort`, `limit` and `cursor`. An item matches a filter parameter if it matches any of \
    the parameter's values, and is in the list if it matches all parameters; an unknown slug gives an empty list. \
    `page.next` and the `Link` header lead to the next page. The same list is available as JSON, CSV and NDJSON, by \
    the `Accept` header or by a suffix of the address.\n\n\
    **Caching**: every answer to a GET has a strong `ETag`, made of the archive's revision and the request, and \
    honours `If-None-Match` and `If-Modified-Since`. The same request at the same revision gives the same bytes, \
    except where the answer depends on the clock.\n\n\
    **Errors** are problem documents (RFC 9457). An unknown parameter of an address under \
    `/api/v1` is an error; other addresses answer as if it were not there, because links get decorated (`utm_source`). \
    A slash at the end of an address leads to the address without it (308). The former address of an item \
    that was renamed or merged redirects to the present one (301).\n\n\
    **Times** of an edition have the offset that its time zone has at that time; other times are in UTC.";

/// The common responses other than 200: status, name and description.
const RESPONSES: [(&str, &str, &str); 14] = [
    ("301", "Moved", "The item has another slug or id now; `Location` has its address."),
    ("304", "NotModified", "The copy of the client is current: the tag or the time that it sent still holds."),
    (
        "400",
        "BadRequest",
        "A parameter is unknown or has a value that is not possible, or an imported document has mistakes. Each \
         mistake is listed, with what would be right.",
    ),
    ("401", "Unauthenticated", "The token is missing, unknown, expired or revoked."),
    ("403", "Forbidden", "The token does not allow this write."),
    ("404", "NotFound", "No item has this slug or id."),
    ("405", "MethodNotAllowed", "The method is not available at this address; `Allow` lists those that are."),
    ("406", "NotAcceptable", "The answer is available in none of the media types that `Accept` names."),
    ("408", "TooSlow", "The body came too slowly, and the connection is closed."),
    (
        "409",
        "Conflict",
        "The given revision is after the archive's last one: it belongs to another copy of the archive. Begin again \
         from 0. Or an imported document and the archive both changed something since the export; `errors` lists it.",
    ),
    ("413", "TooLarge", "The body is larger than the server's limit."),
    ("415", "UnsupportedMediaType", "The body is of a media type that is not accepted."),
    (
        "503",
        "Unavailable",
        "The archive's database does not answer, or not in time, or takes no writes; `Retry-After` says when to try again.",
    ),
    ("507", "DiskFull", "The disk of the archive's database is full, and nothing was written."),
];

/// The whole description.
pub fn document(shape: &Shape) -> OpenApi {
    let mut schemas = Schemas::new(shape);
    let mut paths = PathsBuilder::new();
    for (path, operation) in operations(&mut schemas) {
        paths = paths.path(path, PathItem::new(HttpMethod::Get, operation));
    }
    paths = paths.path(format!("{BASE}/imports"), PathItem::new(HttpMethod::Post, import(&schemas)));
    let info = InfoBuilder::new()
        .title("Lectern")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()))
        .build();
    let mut components = Components::new();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A token that was made with `lectern token create`."))
        .build();
    components.security_schemes.insert("token".to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
    components.schemas = schemas.done();
    for (status, name, description) in RESPONSES {
        components.responses.insert(name.to_owned(), common_response(status, description).build().into());
    }
    let tags =
        TAGS.iter().map(|(name, description)| TagBuilder::new().name(*name).description(Some(*description)).build());
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/").description(Some("The server of this document")).build()]))
        .tags(Some(tags))
        .paths(paths)
        .components(Some(components))
        .security(Some(Vec::new()))
        .build()
}

/// One of [`RESPONSES`], with its headers and its body.
fn common_response(status: &str, description: &str) -> ResponseBuilder {
    let response = ResponseBuilder::new().description(description);
    let response = match status {
        "301" => response.header("Location", header("The present address of the item.")),
        "304" => response.header("ETag", header("The tag of the present answer.")),
        "401" => response.header("WWW-Authenticate", header("The scheme to authenticate with: `Bearer`.")),
        "405" => response.header("Allow", header("The methods that are available at this address.")),
        "503" => response.header("Retry-After", header("The number of seconds after which to try again.")),
        _ => response,
    };
    match status {
        "304" => response,
        _ => response.content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem")))),
    }
}

fn operations(schemas: &mut Schemas<'_>) -> Vec<(String, Operation)> {
    let mut operations = Vec::new();
    for route in &LISTS {
        for (suffix, writing) in [("", ListFormat::Json), (".csv", ListFormat::Csv), (".ndjson", ListFormat::Ndjson)] {
            operations.push((format!("{BASE}{}{suffix}", route.path), list(route, suffix, writing, schemas)));
        }
    }
    let appearances = format!("{BASE}{}.csv", APPEARANCES.path);
    operations.push((appearances, list(&APPEARANCES, ".csv", ListFormat::Csv, schemas)));
    operations.extend(ITEMS.iter().map(|route| (format!("{BASE}{}", route.path), item(route, schemas))));
    operations.push((format!("{BASE}/editions/{{slug}}/schedule"), schedule_of_edition(schemas)));
    operations.push((format!("{BASE}/editions/{{slug}}/changes"), changes_of_edition(schemas)));
    operations.push((format!("{BASE}/changes"), log(schemas)));
    operations.push((format!("{BASE}/archive"), archive(schemas)));
    operations.push((format!("{BASE}/search"), search_items(schemas)));
    operations.push((format!("{BASE}/suggest"), suggest_items(schemas)));
    operations.extend(FORMATS.iter().map(|route| (route.path.to_owned(), format(route, schemas))));
    operations
}

/// The text with an upper-case first letter.
fn title(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

fn list(route: &ListRoute, suffix: &str, writing: ListFormat, schemas: &mut Schemas<'_>) -> Operation {
    let what = title(route.rows.unwrap_or(route.connection));
    let (name, summary) = match route.within {
        Some(parent) => (format!("list{what}Of{}", title(parent)), format!("{what} of a {parent}")),
        None => (format!("list{what}"), what.clone()),
    };
    let mut parameters = OperationParameters::new(schemas.shape);
    if let Some(parent) = route.within {
        parameters.slug("slug", parent);
    }
    if route.is_filtered {
        parameters.filter(&format!("{}Filter", route.of), &[]);
        parameters.sort(&format!("{}OrderField", route.of));
    }
    parameters.page(writing == ListFormat::Json);
    if writing != ListFormat::Csv {
        parameters.extent(route.of);
    }
    let ok = list_response(route, writing, schemas);
    let (summary, description) = list_description(route, writing, summary);
    let operation = operation(
        &format!("{name}{}", title(suffix.trim_start_matches('.'))),
        &summary,
        &description,
        tag_of(route.of),
    );
    finish(operation, parameters.done(route.example), ok, &["400", "404", "406"], route.within.is_some())
}

fn list_response(route: &ListRoute, writing: ListFormat, schemas: &Schemas<'_>) -> ResponseBuilder {
    match writing {
        ListFormat::Json => {
            let page = page_schema(schemas.item(route.of));
            ResponseBuilder::new()
                .description("A page of the list.")
                .content("application/json", Content::new(Some(page)))
                .header(
                    "Link",
                    header("The addresses of the previous and the next page, as `prev` and `next` (RFC 8288)."),
                )
        }
        ListFormat::Csv => text_of(
            "text/csv",
            "The whole list as CSV (RFC 4180) in UTF-8 with a byte order mark: a header row, then one row for each \
             item.",
        ),
        ListFormat::Ndjson => text_of(
            "application/x-ndjson",
            "The whole list as NDJSON: one item on each line, as in the `data` of a page.",
        ),
    }
}

/// The summary and the description of a list in a format.
fn list_description(route: &ListRoute, writing: ListFormat, summary: String) -> (String, String) {
    match writing {
        ListFormat::Json => (
            summary.clone(),
            format!(
                "{summary}, one page at a time. The whole list is available as CSV at `{0}.csv` and as NDJSON at \
                 `{0}.ndjson`, and at this address if `Accept` asks for `text/csv` or `application/x-ndjson`.",
                format_args!("{BASE}{}", route.path)
            ),
        ),
        ListFormat::Csv => {
            let columns: Vec<&str> = route.columns.iter().map(|(name, _)| *name).collect();
            let in_step: Vec<&str> =
                route.columns.iter().filter(|(_, path)| path.contains("[]")).map(|(name, _)| *name).collect();
            let in_step = match in_step.is_empty() {
                true => String::new(),
                false => format!(
                    " The columns {} have one value for each appearance, in billing order, with several companies of \
                     one separated by commas.",
                    in_step.join(", ")
                ),
            };
            let rows = match route.rows {
                Some(rows) => format!(
                    " It has one row for each of the {rows} of the {0}; the filters, the order and the limit are those \
                     of the {0}.",
                    route.connection
                ),
                None => String::new(),
            };
            let description = format!(
                "{summary}: the whole list as CSV, without pages.{rows} The columns are {}. Several values in one cell \
                 are separated by `; `; a semicolon in a value is a comma there.{in_step} A text that a spreadsheet \
                 would take for a formula begins with an apostrophe.",
                columns.join(", ")
            );
            (format!("{summary} as CSV"), description)
        }
        ListFormat::Ndjson => (
            format!("{summary} as NDJSON"),
            format!("{summary}: the whole list as NDJSON, with one item on each line and without pages."),
        ),
    }
}

fn item(route: &ItemRoute, schemas: &mut Schemas<'_>) -> Operation {
    let noun = route.type_name.to_lowercase();
    let mut parameters = OperationParameters::new(schemas.shape);
    let (name, summary) = match route.by {
        ItemKey::Slug(_) => {
            parameters.slug("slug", &noun);
            (format!("get{}", route.type_name), format!("One {noun}"))
        }
        ItemKey::TalkSlug => {
            parameters.slug("slug", "edition");
            parameters.slug("talk", "talk");
            ("getTalkOfEdition".to_owned(), "One talk, by its slug".to_owned())
        }
        ItemKey::Id => {
            parameters.id(&noun);
            (format!("get{}", route.type_name), format!("One {noun}, by its id"))
        }
    };
    parameters.extent(route.type_name);
    let ok = ResponseBuilder::new()
        .description(format!("The {noun}."))
        .content("application/json", Content::new(Some(schemas.item(route.type_name))));
    let operation = operation(&name, &summary, schemas.shape.description(route.type_name), tag_of(route.type_name));
    finish(operation, parameters.done(route.example), ok, &["400", "404", "406"], true)
}

fn schedule_of_edition(schemas: &mut Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    parameters.slug("slug", "edition");
    parameters.part();
    let members = schedule::members_of_talk(Bodies(schemas.shape), &[]);
    parameters.include(&members);
    let talk = schemas.nullable(schemas.object("Talk", &members));
    let slot = schemas.slot_with(talk);
    let schedule = schemas.schedule(slot);
    let ok = ResponseBuilder::new()
        .description("The schedule: the edition and its conference days.")
        .content("application/json", Content::new(Some(schedule)));
    let description = "The schedule of an edition by conference day, with breaks and social events, ordered by start: \
        all of it, or only the slots of one day, room or track. A conference day begins at 05:00 in the edition's time \
        zone, so that a party at 01:00 belongs to the day before. Days without slots are listed too. The parameter \
        `include` embeds what the talks of the slots lead to.";
    let operation = operation("getSchedule", "The schedule of an edition", description, "editions");
    finish(operation, parameters.done("slug=promcon-2017-munich&day=2017-08-17"), ok, &["400", "404", "406"], true)
}

fn changes_of_edition(schemas: &mut Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    parameters.slug("slug", "edition");
    let mut parameters = parameters.done("slug=promcon-2017-munich");
    parameters.push(since("The archive's revision at the time when the attendee last looked."));
    let change = schemas.object("ScheduleChange", &changes::members(Bodies(schemas.shape), "ScheduleChange"));
    let body = Schema::from(
        ObjectBuilder::new()
            .property("changes", list_of(change, "The changes, ordered by revision."))
            .required("changes")
            .build(),
    );
    let ok = ResponseBuilder::new()
        .description("The changes of the schedule since that revision.")
        .content("application/json", Content::new(Some(body)));
    let description = "The changes of an edition's schedule that an attendee who last looked at the revision `since` \
        has to know, ordered by revision: talks, breaks and social events that were added, moved, renamed, cancelled \
        or removed. They are the net effect of everything that changed since then.";
    let operation = operation("listChangesOfEdition", "Changes of an edition's schedule", description, "editions");
    finish(operation, parameters, ok, &["400", "404", "406", "409"], true)
}

fn log(schemas: &mut Schemas<'_>) -> Operation {
    let since =
        since("The revision after which the changes begin: 0 for all changes, or the `next_since` of the page before.");
    let change = schemas.object("Change", &changes::members(Bodies(schemas.shape), "Change"));
    let page = log_page(change);
    let ok = ResponseBuilder::new()
        .description("A page of the change log.")
        .content("application/json", Content::new(Some(page)));
    let description = "The change log of the archive, the oldest change first, for clients with a copy of the archive: \
        what was created, updated, deleted and merged. The `next_since` of a page is the `since` of the next one. A \
        part without an id of its own, such as an appearance, is listed as a field of the item that it belongs to. \
        `/api/v1/changes/stream` sends the same changes as server-sent events when they happen: those after `since` or \
        after the header `Last-Event-ID`, or from now on if neither is given. It takes `edition` too.";
    let operation = operation("listChanges", "Changes of the archive", description, "archive");
    let [edition, limit] = log_parameters();
    finish(operation, vec![since, edition, limit], ok, &["400", "406", "409"], false)
}

/// `edition` and `limit`.
fn log_parameters() -> [Parameter; 2] {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[^\\u0000]*$")).build();
    let edition = ParameterBuilder::new()
        .name("edition")
        .parameter_in(ParameterIn::Query)
        .description(Some(
            "The slug of an edition, or one that it had before: only changes in this edition are returned. If it is \
             left out, changes in the whole archive are returned.",
        ))
        .schema(Some(Schema::from(text)));
    let size = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(500))
        .default(Some(DEFAULT_SIZE.into()));
    let limit = ParameterBuilder::new()
        .name("limit")
        .parameter_in(ParameterIn::Query)
        .description(Some(format!(
            "The number of changes on the page. If it is left out, it is {DEFAULT_SIZE}. The server may be configured \
             to allow fewer than 500."
        )))
        .schema(Some(Schema::from(size.build())))
        .example(Some(3.into()));
    [edition.build(), limit.build()]
}

fn log_page(change: Schema) -> Schema {
    let revision = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some("The revision to ask the next page with, as `since`."))
        .build();
    let flag = ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .description(Some("Whether the log has more changes after this page."))
        .build();
    let body = ObjectBuilder::new()
        .property("changes", list_of(change, "The changes of the page, oldest first."))
        .property("next_since", revision)
        .property("has_more", flag);
    Schema::from(body.required("changes").required("next_since").required("has_more").build())
}

/// `since`, which is required.
fn since(description: &str) -> Parameter {
    let revision = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)).build();
    ParameterBuilder::new()
        .name("since")
        .parameter_in(ParameterIn::Query)
        .required(Required::True)
        .description(Some(description))
        .schema(Some(Schema::from(revision)))
        .example(Some(0.into()))
        .build()
}

fn archive(schemas: &mut Schemas<'_>) -> Operation {
    let body =
        schemas.object("Archive", &Bodies(schemas.shape).of("Archive", super::bodies::Extent::Embedded, &[], &[]));
    let ok = ResponseBuilder::new()
        .description("The state of the archive.")
        .content("application/json", Content::new(Some(body)));
    let operation = operation("getArchive", "The archive as a whole", schemas.shape.description("Archive"), "archive");
    finish(operation, Vec::new(), ok, &["400", "406"], false)
}

fn search_items(schemas: &mut Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    parameters.searched(
        "The query, as people type it: words, `\"exact phrases\"`, conditions such as `speaker:volz`, `year:2016-2018`, \
         `has:recording` and `tag:alerting`, and `-words` that must not be there; at most 60 words.",
    );
    parameters.filter("TalkFilter", &search::RENAMED);
    parameters.found(DEFAULT_SIZE, true);
    let text = |description: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(description));
    let node = search::FOUND.into_iter().fold(AnyOfBuilder::new(), |any, of| any.item(schemas.item(of)));
    let highlights = schemas.object("SearchHighlight", &search::members(Bodies(schemas.shape), "SearchHighlight"));
    let kind = text("The kind of the item.").enum_values(Some(search::kind_words()));
    let score = ObjectBuilder::new()
        .schema_type(Type::Number)
        .description(Some("How well the item matches. The scores of one search can be compared with each other."));
    let hit = ObjectBuilder::new()
        .property("kind", kind)
        .property("score", score)
        .property("highlights", list_of(highlights, "The texts in which words of the query were found."))
        .property("node", node);
    let hit = ["kind", "score", "highlights", "node"].into_iter().fold(hit, ObjectBuilder::required).build();
    let value = schemas.object("SearchFacetValue", &search::members(Bodies(schemas.shape), "SearchFacetValue"));
    let facet = ObjectBuilder::new()
        .property("name", text("The property: KIND, YEAR, CONFERENCE, EDITION, COMPANY, TAG or LANGUAGE."))
        .property("values", list_of(value, "The values that the hits have, the most frequent first, ten at most."))
        .required("name")
        .required("values")
        .build();
    let flag = ObjectBuilder::new().schema_type(Type::Boolean).description(Some(
        "Whether the index has all that the archive has. It is false while the index is being built: hits may be \
         missing then.",
    ));
    let suggestion = null_or(Schema::from(
        text("A better spelling of the query: more items have all of its words as they are written.").build(),
    ));
    let body = ObjectBuilder::new()
        .property("data", list_of(RefOr::T(Schema::from(hit)), "The hits of the page, the best first."))
        .property("page", Ref::from_schema_name("Page"))
        .property(
            "facets",
            list_of(RefOr::T(Schema::from(facet)), "What the hits have in common, counted over all hits."),
        )
        .property("suggestion", suggestion)
        .property("is_complete", flag);
    let body = ["data", "page", "facets", "suggestion", "is_complete"].into_iter().fold(body, ObjectBuilder::required);
    let ok = ResponseBuilder::new()
        .description("A page of hits.")
        .content("application/json", Content::new(Some(Schema::from(body.build()))))
        .header("Link", header("The address of the next page, as `next` (RFC 8288)."));
    let description = "A full-text search over talks, speakers, companies and editions: ranked, tolerant of typing \
        errors, and matching while the last word is still being typed. Items that have all words come first. The filters \
        are those of talks; with one of them, only talks are found.";
    let operation = operation("search", "Search", description, "archive");
    finish(operation, parameters.done("q=native histograms&limit=2"), ok, &["400", "406"], false)
}

fn suggest_items(schemas: &mut Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    parameters.searched(
        "What was typed so far. Each of its words may be the beginning of one; the first ten different ones count.",
    );
    parameters.found(search::SUGGESTIONS, false);
    let suggestion = schemas.object("Suggestion", &search::members(Bodies(schemas.shape), "Suggestion"));
    let body = ObjectBuilder::new().property("data", list_of(suggestion, "The suggestions, the best first."));
    let ok = ResponseBuilder::new()
        .description("The suggestions.")
        .content("application/json", Content::new(Some(Schema::from(body.required("data").build()))));
    let description = "What a box that completes shows while somebody types: items whose name or title has words that \
        begin so; if there are none, those that have the words in any text, as the search finds them.";
    let operation = operation("suggest", "Suggestions for a box that completes", description, "archive");
    finish(operation, parameters.done("q=juli&limit=3"), ok, &["400", "406"], false)
}

fn import(schemas: &Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    parameters.required_word("format", "The format of the document.", &["native"]);
    parameters.texts(
        "edition",
        "The slugs of editions: only these editions of the document are imported, with all its conferences, people and \
         companies. If it is left out, all editions are imported.",
    );
    parameters.flag(
        "dry_run",
        "Whether the import is a dry run, which reports what would change and changes nothing. If it is left out, it \
         is false.",
    );
    parameters.flag(
        "strict",
        "Whether a warning is a mistake, so that nothing is imported. If it is left out, it is false: the warnings are \
         in the report.",
    );
    parameters.one_word(
        "prefer",
        "The side whose value is taken where both the document and the archive changed something since the document was \
         exported: `source` is the document. If it is left out, such a document is refused (409).",
        &["source", "archive"],
    );
    parameters.flag(
        "force",
        "Whether the document is taken as it stands, and what was changed in the archive since the export is taken \
         back. If it is left out, it is false.",
    );
    let bytes = || ObjectBuilder::new().schema_type(Type::String).build();
    let body = RequestBodyBuilder::new()
        .description(Some(
            "An archive in Lectern's own format: one YAML or JSON file, or a folder as a tar archive compressed with \
             zstd.",
        ))
        .required(Some(Required::True))
        .content("application/yaml", Content::new(Some(Schema::from(bytes()))))
        .content("application/zstd", Content::new(Some(Schema::from(bytes()))));
    let ok = ResponseBuilder::new()
        .description("The report of the import.")
        .content("application/json", Content::new(Some(schemas.report())));
    let description = "Imports a document into the archive, as a whole or not at all. An edition in the document \
        replaces the one in the archive completely; conferences, people and companies that the document lacks are \
        unchanged. Importing the same document again changes nothing. If the document notes the point in the log at \
        which it was exported (`exported`, or `export.yaml` in a tar archive), what only the archive changed since is \
        kept, and what both changed is refused (409) unless `prefer` or `force` decides. One document is imported at a \
        time: a request that waits too long for its turn is refused (503), with `Retry-After`. A token for one conference allows changes to \
        editions of that conference only; people and companies belong to all conferences.";
    let operation =
        operation("importDocument", "Import a document", description, "archive").request_body(Some(body.build()));
    let operation =
        answers(operation.response("200", ok), ["400", "401", "403", "405", "408", "409", "413", "415", "503", "507"]);
    let token = SecurityRequirement::new("token", Vec::<String>::new());
    operation.parameters(Some(parameters.done("format=native"))).security(token).build()
}

fn format(route: &FormatRoute, schemas: &mut Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    match route.type_name {
        "Talk" => parameters.id("talk"),
        "Recording" => {}
        type_name => parameters.slug("slug", &type_name.to_lowercase()),
    }
    match route.parameters {
        "schedule" => {
            parameters.part();
            parameters.texts(
                "talk",
                "The id or the slug of a talk: only the slots of these talks are returned, and those of the rounds \
                 that they are in.",
            );
            parameters.flag(
                "cancelled",
                "Whether cancelled talks are included, marked as cancelled. If it is left out, it is true.",
            );
        }
        "recordings" => {
            parameters.filter("RecordingFilter", &[]);
            parameters.page(true);
        }
        _ => {}
    }
    let media = route.media.split(';').next().unwrap_or_default();
    let ok = match media {
        "application/json" => {
            let anything =
                ObjectBuilder::new().description(Some("The document, as the format's own schema describes it."));
            ResponseBuilder::new()
                .description(route.title)
                .content(media, Content::new(Some(Schema::from(anything.build()))))
        }
        "application/yaml" => {
            let lists = ["conferences", "companies", "speakers", "recordings", "playlists", "editions"];
            let things = |list: &str| list_of(ObjectBuilder::new().build(), &format!("The {list} of the archive."));
            let archive =
                lists.into_iter().fold(ObjectBuilder::new(), |archive, list| archive.property(list, things(list)));
            let archive =
                ["conferences", "companies", "speakers", "editions"].into_iter().fold(archive, ObjectBuilder::required);
            ResponseBuilder::new()
                .description(route.title)
                .content(media, Content::new(Some(Schema::from(archive.build()))))
        }
        _ => text_of(media, route.title),
    };
    let operation = operation(route.name, route.title, route.description, "formats");
    finish(operation, parameters.done(route.example), ok, &["400", "404"], route.type_name != "Recording")
}

fn tag_of(type_name: &str) -> &'static str {
    let starts = |tag: &str| tag.get(..4) == type_name.to_lowercase().get(..4);
    TAGS.iter().map(|(tag, _)| *tag).find(|tag| starts(tag)).unwrap_or("archive")
}

fn operation(id: &str, summary: &str, description: &str, tag: &str) -> OperationBuilder {
    OperationBuilder::new().operation_id(Some(id)).summary(Some(summary)).description(Some(description)).tag(tag)
}

fn finish(
    operation: OperationBuilder,
    parameters: Vec<Parameter>,
    ok: ResponseBuilder,
    problems: &[&'static str],
    moves: bool,
) -> Operation {
    let ok = ok
        .header("ETag", header("The strong tag of this answer, another one for each content coding."))
        .header("Last-Modified", header("The time of the last change to what the answer shows."))
        .header("Cache-Control", header("The time for which the answer can be used again without a new request."));
    let others = problems.iter().copied().chain(["304", "405", "503"]).chain(moves.then_some("301"));
    answers(operation.response("200", ok), others).parameters(Some(parameters)).build()
}

/// Adds common responses to an operation.
fn answers(operation: OperationBuilder, statuses: impl IntoIterator<Item = &'static str>) -> OperationBuilder {
    statuses.into_iter().fold(operation, |operation, status| {
        let (_, name, ..) = RESPONSES.iter().find(|(listed, ..)| *listed == status).copied().unwrap_or_default();
        operation.response(status, Ref::from_response_name(name))
    })
}

fn header(description: &str) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(Type::String).build());
    header.description = Some(description.to_owned());
    header
}

fn text_of(media: &str, description: &str) -> ResponseBuilder {
    let text = ObjectBuilder::new().schema_type(Type::String).build();
    ResponseBuilder::new().description(description).content(media, Content::new(Some(Schema::from(text))))
}

fn page_schema(item: RefOr<Schema>) -> Schema {
    ObjectBuilder::new()
        .property("data", list_of(item, "The items of the page, in the order of the list."))
        .property("page", Ref::from_schema_name("Page"))
        .required("data")
        .required("page")
        .build()
        .into()
}

fn list_of(item: impl Into<RefOr<Schema>>, description: &str) -> Array {
    Array::builder().items(item.into()).description(Some(description)).build()
}

fn null_or(schema: impl Into<RefOr<Schema>>) -> Schema {
    AnyOfBuilder::new()
        .item(schema)
        .item(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)).build())
        .build()
        .into()
}
