//! GraphQL over HTTP, after its specification (draft of 2025): requests, their execution and their responses.
//! <https://graphql.github.io/graphql-over-http/draft/>

use std::{cell::Cell, collections::HashSet};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{Method, StatusCode, header},
    web,
};
use async_graphql::parser::types::OperationType;
use serde_json::{Map, Value};

use super::{
    request::{Checked, Request},
    response::Answer,
    socket,
};
use crate::{
    error::Error,
    http::{
        accept::preferred,
        body::read_body,
        cache::{self, RevisionScope},
        problem::CHALLENGE,
    },
    ready::{ReadyBody, Uncacheable},
    schema::shape::Shape,
    state::Server,
    token,
    web::graphiql,
};

/// The media type of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ResponseMedia {
    /// `application/graphql-response+json`: the status shows whether the request was executed.
    GraphQl,
    /// `application/json`: the status shows only whether the request was well-formed.
    Json,
    /// A page for people.
    Html,
}

impl ResponseMedia {
    fn content_type(self) -> &'static str {
        match self {
            Self::GraphQl => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    /// The media type that the client prefers; `application/json` without a preference.
    fn accepted(request: &HttpRequest, may_be_html: bool) -> Option<Self> {
        const OFFERS: [(&str, ResponseMedia); 4] = [
            ("application/json", ResponseMedia::Json),
            ("application/graphql-response+json", ResponseMedia::GraphQl),
            ("text/html", ResponseMedia::Html),
            ("application/xhtml+xml", ResponseMedia::Html),
        ];
        preferred(request, if may_be_html { &OFFERS } else { &OFFERS[..2] })
    }
}

/// The parameters of `/graphql`.
pub fn names(_: &Shape) -> Vec<String> {
    ["query", "variables", "operationName", "extensions"].map(str::to_owned).to_vec()
}

/// `/graphql`, for all methods.
pub async fn graphql(request: HttpRequest, payload: web::Payload, server: web::Data<Server>) -> HttpResponse {
    match *request.method() {
        Method::GET if socket::is_upgrade(&request) => socket::open(&request, payload, server),
        // The execution is boxed: the future of each request would be as large as its, and would be moved as often.
        Method::GET | Method::HEAD => Box::pin(get(&request, &server)).await,
        Method::POST => post(&request, payload, &server).await,
        _ => HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET, HEAD, POST")).finish(),
    }
}

/// `/schema.graphql`: the SDL.
pub async fn schema(request: HttpRequest, server: web::Data<Server>) -> HttpResponse {
    let representation = cache::Representation {
        request: &request,
        scope: RevisionScope::Program,
        reads_clock: false,
        media: "text/plain; charset=utf-8",
    };
    let response = cache::answer(&server, representation, || async { Ok(server.sdl.clone().into_bytes().into()) });
    response.await.unwrap_or_else(|error| malformed(error, ResponseMedia::Json))
}

async fn get(request: &HttpRequest, server: &Server) -> HttpResponse {
    let media = match ResponseMedia::accepted(request, true) {
        None => return not_acceptable(),
        Some(ResponseMedia::Html) => {
            return graphiql::page(request, server).await.unwrap_or_else(|error| malformed(error, ResponseMedia::Json));
        }
        Some(media) => media,
    };
    let operation = match Request::from_url(request.query_string()) {
        Ok(operation) => operation,
        Err(error) => return malformed(error, media),
    };
    // A document that is given only by its hash may read the clock too.
    let reads_clock =
        operation.query.as_deref().is_none_or(|query| reads_clock(query, &operation.variables, &server.shape));
    let representation =
        cache::Representation { request, scope: RevisionScope::Archive, reads_clock, media: media.content_type() };
    let response = cache::answer(server, representation, || async {
        storable(&run(operation.clone(), server, Caller::Getting).await, media)
    });
    let mut response = response.await.unwrap_or_else(|error| malformed(error, media));
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("POST"));
    }
    response
}

/// Whether a response may depend on the time of the request: the document selects such a field, or filters by one.
fn reads_clock(document: &str, variables: &Map<String, Value>, shape: &Shape) -> bool {
    let words: HashSet<&str> = document.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let variables = Value::Object(variables.clone()).to_string();
    shape.clock_fields().any(|field| words.contains(field) || variables.contains(&format!("\"{field}\"")))
}

async fn post(request: &HttpRequest, payload: web::Payload, server: &Server) -> HttpResponse {
    let Some(media) = ResponseMedia::accepted(request, false) else { return not_acceptable() };
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let caller = Caller::Posting { authorization };
    if !is_json(request) {
        let error = Error::bad_input("Content-Type", "send the request as application/json, in UTF-8");
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, &error.into(), media);
    }
    let body = match read_body(request, payload, server.limits.of_body(), server.limits.pace).await {
        Ok(body) => body,
        Err(error) => return refusal(error.status(), &error.into(), media),
    };
    if let Some(response) = cache::known(server, request, Some(&body)).await {
        return response;
    }
    match serde_json::from_slice::<Value>(&body) {
        Ok(Value::Array(batch)) => Box::pin(run_batch(batch, server, caller, media)).await,
        Ok(json) => match Request::from_json(json) {
            Ok(operation) => Box::pin(run_one(operation, server, caller, (request, &body, media))).await,
            Err(error) => malformed(error, media),
        },
        Err(error) => malformed(Error::bad_input("body", format!("it is not JSON: {error}")), media),
    }
}

/// Answers a request that was posted. The response to a query is stored.
async fn run_one(
    operation: Request,
    server: &Server,
    caller: Caller<'_>,
    (request, body, media): (&HttpRequest, &[u8], ResponseMedia),
) -> HttpResponse {
    let checked = match Checked::of(operation.clone(), server, false) {
        Ok(checked) if checked.operation == OperationType::Query => Cell::new(Some(checked)),
        Ok(checked) => return respond(&run_checked(checked, server, caller).await, media),
        Err(answer) => return respond(&answer, media),
    };
    let selected = cache::Representation {
        request,
        scope: RevisionScope::Archive,
        reads_clock: true,
        media: media.content_type(),
    };
    let response = cache::answer_posted(server, selected, body, || async {
        let answer = match checked.take() {
            Some(checked) => checked.run(server).await,
            None => run(operation.clone(), server, caller).await,
        };
        storable(&answer, media)
    });
    response.await.unwrap_or_else(|error| malformed(error, media))
}

/// The body of an answer, if it is one to be stored.
fn storable(answer: &Answer, media: ResponseMedia) -> Result<ReadyBody, Uncacheable> {
    let body = ReadyBody::of_relations(answer.body());
    match status(answer, media) {
        StatusCode::OK if answer.is_whole() => Ok(body),
        status => Err(Uncacheable::Response(status, body)),
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let Some(value) = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
    let charset = |part: String| {
        part.strip_prefix("charset=").is_none_or(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
    };
    parts.next().as_deref() == Some("application/json") && parts.all(charset)
}

async fn run_batch(batch: Vec<Value>, server: &Server, caller: Caller<'_>, media: ResponseMedia) -> HttpResponse {
    if batch.is_empty() || batch.len() > server.limits.batch {
        let limit = server.limits.batch as u64;
        return malformed(
            Error::Limit {
                what: "the number of requests in the batch",
                name: "batch",
                value: batch.len() as u64,
                limit,
            },
            media,
        );
    }
    let mut answers: Vec<Value> = Vec::new();
    for operation in batch {
        let answer = match Request::from_json(operation) {
            Ok(operation) => match Checked::of(operation.clone(), server, false) {
                Ok(checked) if checked.operation == OperationType::Query => {
                    checked.run_unstored(&operation, server).await
                }
                Ok(checked) => run_checked(checked, server, caller).await,
                Err(refused) => *refused,
            },
            Err(error) => error.into(),
        };
        answers.push(serde_json::from_slice(&answer.body()).unwrap_or_default());
    }
    HttpResponse::Ok().content_type(media.content_type()).body(Value::Array(answers).to_string())
}

/// The method of a request, which decides what the request may do.
#[derive(Clone, Copy, Debug)]
enum Caller<'a> {
    /// GET or HEAD: the request may only read.
    Getting,
    /// POST: the request may write, if its token allows it.
    Posting { authorization: Option<&'a str> },
}

/// Checks a request and executes it.
async fn run(operation: Request, server: &Server, caller: Caller<'_>) -> Answer {
    match Checked::of(operation, server, matches!(caller, Caller::Getting)) {
        Ok(checked) => run_checked(checked, server, caller).await,
        Err(answer) => *answer,
    }
}

async fn run_checked(mut checked: Checked, server: &Server, caller: Caller<'_>) -> Answer {
    if let (OperationType::Mutation, Caller::Posting { authorization }) = (checked.operation, caller) {
        match token::grant(&server.database, authorization, (server.clock)()).await {
            Ok(grant) => checked.request = checked.request.data(grant).data(server.archive.clone()),
            Err(error) => return error.into(),
        }
    }
    checked.run(server).await
}

/// The response with an answer. In GraphQL's own media type the status shows whether the request was executed.
fn respond(answer: &Answer, media: ResponseMedia) -> HttpResponse {
    refusal(status(answer, media), answer, media)
}

/// The statuses of mistakes in the use of HTTP. They are the same in both media types.
const HTTP_MISTAKES: [StatusCode; 2] = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::UNAUTHORIZED];

fn status(answer: &Answer, media: ResponseMedia) -> StatusCode {
    match answer {
        answer if answer.is_forbidden() => StatusCode::FORBIDDEN,
        Answer::Executed(..) => StatusCode::OK,
        Answer::Refused { status, .. } if media == ResponseMedia::GraphQl || HTTP_MISTAKES.contains(status) => *status,
        Answer::Refused { .. } => StatusCode::OK,
    }
}

/// The response to a malformed request. Its status is the same in both media types.
fn malformed(error: Error, media: ResponseMedia) -> HttpResponse {
    refusal(error.status(), &error.into(), media)
}

fn refusal(status: StatusCode, answer: &Answer, media: ResponseMedia) -> HttpResponse {
    let mut response = HttpResponseBuilder::new(status);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        response.insert_header((header::ALLOW, "POST"));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, CHALLENGE));
    }
    response.content_type(media.content_type()).insert_header((header::VARY, "Accept")).body(answer.body())
}

fn not_acceptable() -> HttpResponse {
    let error = Error::bad_input("Accept", "the answer is application/graphql-response+json or application/json");
    refusal(StatusCode::NOT_ACCEPTABLE, &error.into(), ResponseMedia::Json)
}
