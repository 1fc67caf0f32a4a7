//! The description of the REST API for programs: OpenAPI 3.1, made from the same tables and the same schema as the
//! answers.
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

use parameters::OperationParameters;
use schemas::Schemas;

use super::{
    BASE,
    bodies::Bodies,
    changes,
    formats::{FORMATS, FormatRoute},
    list::{LISTS, ListFormat, ListRoute},
    one::{ItemKey, ItemRoute, ONES},
    schedule,
};
use crate::{
    error::Result,
    http::cache::{self, About, Representation},
    read::page::DEFAULT_SIZE,
    schema::shape::Shape,
    state::Server,
};

mod parameters;
mod schemas;

/// `/api/openapi.json`, as it is checked in.
pub async fn openapi(request: HttpRequest, server: Data<Server>) -> Result<HttpResponse> {
    let asked =
        Representation { request: &request, about: About::Program, reads_clock: false, media: "application/json" };
    cache::answer(&server, asked, || async { Ok(text(&server.shape).into_bytes().into()) }).await
}

/// The document as text.
pub fn text(shape: &Shape) -> String {
    document(shape).to_pretty_json().unwrap_or_default() + "\n"
}

/// What is described together.
const TAGS: [(&str, &str); 8] = [
    ("conferences", "Series of editions."),
    ("editions", "Editions of conferences, and their programmes."),
    ("talks", "What was said."),
    ("speakers", "Who was on stage or helped."),
    ("companies", "Whom they spoke for, and who sponsored."),
    ("recordings", "Videos."),
    ("formats", "The schedule and the archive in the formats that other programs read."),
    ("archive", "The archive as a whole."),
];

const ABOUT: &str = "The archive of a conference's schedule and talks. Reading is open to all, from any origin.\n\n\
    **Lists** take filters (values of one parameter mean any of them, the parameters together all of them; a slug that names nothing \
    gives an empty list), `sort`, and keyset pages by `limit` and `cursor`: follow `page.next`, or the `Link` header. The same list \
    comes as JSON, CSV or NDJSON, by `Accept` or by suffix.\n\n\
    **Caching**: every answer has a strong `ETag` made of the archive's revision and of what was asked, and honours `If-None-Match` \
    and `If-Modified-Since`. The same revision gives the same bytes.\n\n\
    **Errors** are problem documents (RFC 9457); an unknown parameter is one. What was renamed or merged is found at its former \
    address by a redirect (301).\n\n\
    **Times** of an edition carry the offset that its zone has at that moment; others are UTC.";

/// What answers other than the asked have in common: status, name and what it means.
const RESPONSES: [(&str, &str, &str); 12] = [
    ("301", "Moved", "It has another slug or id now; `Location` says where it is."),
    ("304", "NotModified", "The client has it already: the tag or the time that it sent still holds."),
    (
        "400",
        "BadRequest",
        "A parameter that is unknown, or has a value that can't be right; each is named, with what would be right.",
    ),
    ("401", "Unauthenticated", "There is no token, or none that is known, or one that has expired or was revoked."),
    ("403", "Forbidden", "The token is not for this."),
    ("404", "NotFound", "There is no such thing."),
    ("405", "MethodNotAllowed", "The method is not offered here."),
    ("406", "NotAcceptable", "The answer is in none of the media types that the client accepts."),
    ("409", "Conflict", "What the caller knows is not of this archive: begin again."),
    ("413", "TooLarge", "The body is larger than the server takes."),
    ("415", "UnsupportedMediaType", "The body is of a type that is not taken here."),
    ("503", "Unavailable", "The archive's database does not answer, or not in time."),
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
        .description(Some("A token of `lectern token create`."))
        .build();
    components.security_schemes.insert("token".to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
    components.schemas = schemas.done();
    for (status, name, description) in RESPONSES {
        let response = ResponseBuilder::new().description(description);
        let response = match status {
            "301" => response.header("Location", header("Where it is now.")),
            "304" => response.header("ETag", header("The tag that holds.")),
            "401" => response.header("WWW-Authenticate", header("`Bearer`.")),
            "405" => response.header("Allow", header("What is offered.")),
            "503" => response.header("Retry-After", header("After how many seconds to ask again.")),
            _ => response,
        };
        let response = match status {
            "304" => response,
            _ => response.content("application/problem+json", Content::new(Some(Ref::from_schema_name("Problem")))),
        };
        components.responses.insert(name.to_owned(), response.build().into());
    }
    let tags =
        TAGS.iter().map(|(name, description)| TagBuilder::new().name(*name).description(Some(*description)).build());
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/").description(Some("Where this document is served")).build()]))
        .tags(Some(tags))
        .paths(paths)
        .components(Some(components))
        .security(Some(Vec::new()))
        .build()
}

fn operations(schemas: &mut Schemas<'_>) -> Vec<(String, Operation)> {
    let mut operations = Vec::new();
    for route in &LISTS {
        for (suffix, writing) in [("", ListFormat::Json), (".csv", ListFormat::Csv), (".ndjson", ListFormat::Ndjson)] {
            operations.push((format!("{BASE}{}{suffix}", route.path), list(route, suffix, writing, schemas)));
        }
    }
    operations.extend(ONES.iter().map(|route| (format!("{BASE}{}", route.path), one(route, schemas))));
    operations.push((format!("{BASE}/editions/{{slug}}/schedule"), programme(schemas)));
    operations.push((format!("{BASE}/editions/{{slug}}/changes"), changes_of_edition(schemas)));
    operations.push((format!("{BASE}/changes"), log(schemas)));
    operations.push((format!("{BASE}/archive"), archive(schemas)));
    operations.extend(FORMATS.iter().map(|route| (route.path.to_owned(), format(route, schemas))));
    operations
}

/// `talks` as `Talks`, `speakers/{slug}/talks` as `TalksOfSpeaker`.
fn title(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

fn list(route: &ListRoute, suffix: &str, writing: ListFormat, schemas: &mut Schemas<'_>) -> Operation {
    let what = title(route.connection);
    let (name, summary) = match route.within {
        Some(parent) => (format!("list{what}Of{}", title(parent)), format!("{what} of a {parent}")),
        None => (format!("list{what}"), what.clone()),
    };
    let mut parameters = OperationParameters::new(schemas.shape);
    if let Some(parent) = route.within {
        parameters.slug("slug", parent);
    }
    if route.is_filtered {
        parameters.filter(&format!("{}Filter", route.of));
        parameters.sort(&format!("{}OrderField", route.of));
    }
    parameters.page(writing == ListFormat::Json);
    if writing != ListFormat::Csv {
        parameters.extent(route.of);
    }
    let ok = match writing {
        ListFormat::Json => {
            let page = page_schema(schemas.item(route.of));
            ResponseBuilder::new()
                .description("A page of the list.")
                .content("application/json", Content::new(Some(page)))
                .header("Link", header("The pages before and after this one, as `prev` and `next` (RFC 8288)."))
        }
        ListFormat::Csv => text_of(
            "text/csv",
            "The whole list, a row an item after a header row; RFC 4180, UTF-8 with a byte order mark.",
        ),
        ListFormat::Ndjson => {
            text_of("application/x-ndjson", "The whole list, an item a line, as a page's `data` has it.")
        }
    };
    let way = match writing {
        ListFormat::Json => format!(
            " The whole list comes as CSV and as NDJSON too: at `{0}.csv` and `{0}.ndjson`, or here where `Accept` asks for `text/csv` or \
             `application/x-ndjson`.",
            route.path
        ),
        ListFormat::Csv => {
            let columns: Vec<&str> = route.columns.iter().map(|(name, _)| *name).collect();
            format!(
                " As CSV: the whole list, without pages. The columns are {}. Several values stand in one cell with `; ` between them. A text that a \
                 spreadsheet would take for a formula is led by an apostrophe.",
                columns.join(", ")
            )
        }
        ListFormat::Ndjson => " As NDJSON: the whole list, without pages.".to_owned(),
    };
    let description = format!("{}{way}", schemas.shape.description(route.of));
    let operation = operation(
        &format!("{name}{}", title(suffix.trim_start_matches('.'))),
        &summary,
        &description,
        tag_of(route.of),
    );
    finish(operation, parameters.done(route.example), ok, &["400", "404", "406"], route.within.is_some())
}

fn one(route: &ItemRoute, schemas: &mut Schemas<'_>) -> Operation {
    let of = route.of.to_lowercase();
    let mut parameters = OperationParameters::new(schemas.shape);
    let (name, summary) = match route.by {
        ItemKey::Slug(_) => {
            parameters.slug("slug", &of);
            (format!("get{}", route.of), format!("One {of}"))
        }
        ItemKey::TalkSlug => {
            parameters.slug("slug", "edition");
            parameters.slug("talk", "talk");
            ("getTalkOfEdition".to_owned(), "One talk, by its slug".to_owned())
        }
        ItemKey::Id => {
            parameters.id(&of);
            (format!("get{}", route.of), format!("One {of}, by its id"))
        }
    };
    parameters.extent(route.of);
    let ok = ResponseBuilder::new()
        .description("It.")
        .content("application/json", Content::new(Some(schemas.item(route.of))));
    let operation = operation(&name, &summary, schemas.shape.description(route.of), tag_of(route.of));
    finish(operation, parameters.done(route.example), ok, &["400", "404", "406"], true)
}

fn programme(schemas: &mut Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    parameters.slug("slug", "edition");
    parameters.part();
    let bodies = Bodies(schemas.shape);
    let talk = schemas.nullable(schemas.object("Talk", &schedule::talk_of_slot(bodies)));
    let slot = schemas.slot_with(talk);
    let schedule = schemas.schedule(slot);
    let ok = ResponseBuilder::new().description("Its days.").content("application/json", Content::new(Some(schedule)));
    let description = "The programme by conference day, breaks and social events included, in time order; of one day, room or track, or all of \
        it. A conference day begins at 05:00, so that a party at 01:00 belongs to the evening before. Days without slots are told too.";
    let operation = operation("getSchedule", "The programme of an edition", description, "editions");
    finish(operation, parameters.done("slug=promcon-2017-munich&day=2017-08-17"), ok, &["400", "404", "406"], true)
}

fn changes_of_edition(schemas: &mut Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    parameters.slug("slug", "edition");
    let mut parameters = parameters.done("slug=promcon-2017-munich");
    parameters.push(since("What the attendee knows: the archive's revision when they last looked."));
    let change = schemas.object("ScheduleChange", &changes::members(Bodies(schemas.shape), "ScheduleChange"));
    let body = Schema::from(ObjectBuilder::new().property("changes", Array::new(change)).required("changes").build());
    let ok =
        ResponseBuilder::new().description("What is to be told.").content("application/json", Content::new(Some(body)));
    let description = "What an attendee who last looked at `since` must be told, in the order of the revisions: talks and breaks that are new, \
        moved, renamed, called off or gone. It is the net effect of all that was changed since then.";
    let operation = operation("listChangesOfEdition", "Changes of an edition's schedule", description, "editions");
    finish(operation, parameters, ok, &["400", "404", "406", "409"], true)
}

fn log(schemas: &mut Schemas<'_>) -> Operation {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[^\\u0000]*$")).build();
    let edition = ParameterBuilder::new()
        .name("edition")
        .parameter_in(ParameterIn::Query)
        .description(Some("Only what belongs to the edition of this slug, or of this former one."))
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
            "How many changes at most: {DEFAULT_SIZE} if left out. The server may be set up to allow fewer."
        )))
        .schema(Some(Schema::from(size.build())))
        .example(Some(3.into()));
    let since = since("The `next_since` of the page before; 0 for all that ever changed.");
    let change = schemas.object("Change", &changes::members(Bodies(schemas.shape), "Change"));
    let revision = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .description(Some(schemas.shape.description("Revision")))
        .build();
    let flag = ObjectBuilder::new()
        .schema_type(Type::Boolean)
        .description(Some("Whether there are more changes already."))
        .build();
    let body = ObjectBuilder::new()
        .property("changes", Array::new(change))
        .property("next_since", revision)
        .property("has_more", flag);
    let body = body.required("changes").required("next_since").required("has_more").build();
    let ok = ResponseBuilder::new()
        .description("What changed.")
        .content("application/json", Content::new(Some(Schema::from(body))));
    let description = "The log, oldest first, for copies of the archive: deletions and merges are in it. Ask again with `next_since` as `since`. \
        What has no id of its own is told as an update of its owner, in `fields`. `/api/v1/changes/stream` sends the same changes as they come, as \
        server-sent events: those after `since` or the `Last-Event-ID` header, or from now on; `edition` is as here.";
    let operation = operation("listChanges", "Changes of the archive", description, "archive");
    finish(operation, vec![since, edition.build(), limit.build()], ok, &["400", "406", "409"], false)
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
    let ok =
        ResponseBuilder::new().description("Where it stands.").content("application/json", Content::new(Some(body)));
    let operation = operation("getArchive", "The archive as a whole", schemas.shape.description("Archive"), "archive");
    finish(operation, Vec::new(), ok, &["400", "406"], false)
}

fn import(schemas: &Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    parameters.required_word("format", "What the document is written in.", &["native"]);
    parameters.texts("edition", "Only these editions of it, by slug, with all people and companies.");
    parameters.flag("dry_run", "Tell what would change, and change nothing.");
    let bytes = || ObjectBuilder::new().schema_type(Type::String).build();
    let body = RequestBodyBuilder::new()
        .description(Some(
            "An archive in Lectern's own format: one YAML file (or the same as JSON), or a folder in a .tar.zst.",
        ))
        .required(Some(Required::True))
        .content("application/yaml", Content::new(Some(Schema::from(bytes()))))
        .content("application/zstd", Content::new(Some(Schema::from(bytes()))));
    let ok = ResponseBuilder::new()
        .description("What it did.")
        .content("application/json", Content::new(Some(schemas.report())));
    let description = "What the document describes becomes so, as a whole or not at all: an edition that it has is the whole truth of that edition; \
        conferences, people and companies that it lacks stay untouched. A second time changes nothing. A token for one conference takes editions of \
        that conference alone; people and companies belong to all.";
    let operation =
        operation("importDocument", "Import a document", description, "archive").request_body(Some(body.build()));
    let operation = answers(operation.response("200", ok), ["400", "401", "403", "405", "413", "415", "503"]);
    let token = SecurityRequirement::new("token", Vec::<String>::new());
    operation.parameters(Some(parameters.done("format=native"))).security(token).build()
}

fn format(route: &FormatRoute, schemas: &mut Schemas<'_>) -> Operation {
    let mut parameters = OperationParameters::new(schemas.shape);
    match route.of {
        "Talk" => parameters.id("talk"),
        "Recording" => {}
        of => parameters.slug("slug", &of.to_lowercase()),
    }
    match route.parameters {
        "schedule" => {
            parameters.part();
            parameters.flag("cancelled", "Whether cancelled talks are told too, as cancelled; true if left out.");
        }
        "recordings" => {
            parameters.filter("RecordingFilter");
            parameters.page(true);
        }
        _ => {}
    }
    let media = route.media.split(';').next().unwrap_or_default();
    let ok = match media {
        "application/json" => {
            let anything = ObjectBuilder::new().description(Some("As the format's own schema says."));
            ResponseBuilder::new()
                .description(route.title)
                .content(media, Content::new(Some(Schema::from(anything.build()))))
        }
        "application/yaml" => {
            let lists = ["conferences", "companies", "speakers", "recordings", "playlists", "editions"];
            let things = || Array::new(ObjectBuilder::new().build());
            let archive =
                lists.into_iter().fold(ObjectBuilder::new(), |archive, list| archive.property(list, things()));
            let archive =
                ["conferences", "companies", "speakers", "editions"].into_iter().fold(archive, ObjectBuilder::required);
            ResponseBuilder::new()
                .description(route.title)
                .content(media, Content::new(Some(Schema::from(archive.build()))))
        }
        _ => text_of(media, route.title),
    };
    let operation = operation(route.name, route.title, route.description, "formats");
    finish(operation, parameters.done(route.example), ok, &["400", "404"], route.of != "Recording")
}

fn tag_of(of: &str) -> &'static str {
    let starts = |tag: &str| tag.get(..4) == of.to_lowercase().get(..4);
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
        .header("ETag", header("Names these bytes: strong, another one for each content coding."))
        .header("Last-Modified", header("When what is told here last changed."))
        .header("Cache-Control", header("For how long it may be shown unasked."));
    let others = problems.iter().copied().chain(["304", "405", "503"]).chain(moves.then_some("301"));
    answers(operation.response("200", ok), others).parameters(Some(parameters)).build()
}

/// Adds answers that operations have in common.
fn answers(operation: OperationBuilder, statuses: impl IntoIterator<Item = &'static str>) -> OperationBuilder {
    statuses.into_iter().fold(operation, |operation, status| {
        let (_, name, ..) = RESPONSES.iter().find(|(known, ..)| *known == status).copied().unwrap_or_default();
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
        .property("data", Array::new(item))
        .property("page", Ref::from_schema_name("Page"))
        .required("data")
        .required("page")
        .build()
        .into()
}

fn null_or(of: impl Into<RefOr<Schema>>) -> Schema {
    AnyOfBuilder::new()
        .item(of)
        .item(ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)).build())
        .build()
        .into()
}
