//! A request and its checks before it runs, the same over HTTP and over WebSocket.

use std::{cell::Cell, sync::Arc};

use actix_web::http::StatusCode;
use async_graphql::{
    ServerError,
    parser::{
        parse_query,
        types::{ExecutableDocument, OperationDefinition, OperationType},
    },
};
use serde_json::{Map, Value};

use super::{cost::cost, inputs, literals::with_plain_strings, objects, response::Answer, tokens::tokens, variables};
use crate::{
    config::Limits,
    error::Error,
    http::query,
    read::shared::Selections,
    schema::{completion::Completion, documents::Document, persisted},
    state::Server,
};

/// A request as it was sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub query: Option<String>,
    operation_name: Option<String>,
    pub variables: Map<String, Value>,
    extensions: Map<String, Value>,
}

impl Request {
    pub(super) fn from_url(query: &str) -> Result<Self, Error> {
        let mut request = Self::default();
        let object = |name: &str, text: &str| match serde_json::from_str(text) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(Value::Null) => Ok(Map::new()),
            _ => Err(Error::bad_input(name, "it is not a JSON object")),
        };
        for (name, value) in query::parameters(query) {
            let value = value.ok_or_else(|| Error::bad_input(&name, query::NOT_UTF8))?;
            match name.as_str() {
                "query" => request.query = Some(value),
                "operationName" if !value.is_empty() => request.operation_name = Some(value),
                "variables" if !value.is_empty() => request.variables = object("variables", &value)?,
                "extensions" if !value.is_empty() => request.extensions = object("extensions", &value)?,
                // The specification leaves other parameters to extensions.
                _ => {}
            }
        }
        request.with_document()
    }

    pub(super) fn from_json(body: Value) -> Result<Self, Error> {
        let Value::Object(mut body) = body else {
            return Err(Error::bad_input("body", "it is not a JSON object with a query"));
        };
        let text = |name: &str, value: Option<Value>| match value {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Error::bad_input(name, "it is not a string")),
        };
        let object = |name: &str, value: Option<Value>| match value {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(Error::bad_input(name, "it is not a JSON object")),
        };
        let request = Self {
            query: text("query", body.remove("query"))?,
            operation_name: text("operationName", body.remove("operationName"))?,
            variables: object("variables", body.remove("variables"))?,
            extensions: object("extensions", body.remove("extensions"))?,
        };
        request.with_document()
    }

    /// Refuses a request without a document or a hash of one.
    fn with_document(self) -> Result<Self, Error> {
        match self.query.is_some() || self.sha256().is_some() {
            true => Ok(self),
            false => Err(persisted::missing()),
        }
    }

    /// The hash of the document.
    fn sha256(&self) -> Option<String> {
        let hash = self.extensions.get("persistedQuery")?.get("sha256Hash")?.as_str()?;
        Some(hash.to_ascii_lowercase())
    }
}

/// A request that passed all checks before it runs.
pub(super) struct Checked {
    pub request: async_graphql::Request,
    pub operation: OperationType,
    pub completion: Arc<Completion>,
    /// The hash and the document, to be stored if the validation accepts it.
    pub named: Option<(String, String)>,
}

impl Checked {
    /// Checks a request.
    pub(super) fn of(asked: Request, server: &Server, by_get: bool) -> Result<Self, Box<Answer>> {
        let refuse = |error: Error| Box::new(Answer::from(error));
        let sha256 = asked.sha256();
        let document = server.persisted.document(asked.query, sha256.as_deref()).map_err(refuse)?;
        let read = match server.documents.known(&document) {
            Some(known) => known,
            None => {
                let new = Arc::new(parse(&document, &server.limits)?);
                variables::check_places(&new.parsed, &server.shape).map_err(refuse)?;
                server.documents.keep(&document, new.clone());
                new
            }
        };
        let mut parsed = read.parsed.clone();
        let (operation, completion, variables) =
            check(&mut parsed, asked.operation_name.as_deref(), &asked.variables, server, by_get)?;
        objects::keep(&mut parsed);
        let completion = Arc::new(completion);
        let mut request = async_graphql::Request::new(&read.text);
        request.set_parsed_query(parsed);
        let named = sha256.map(|sha256| (sha256, document));
        request = request.variables(async_graphql::Variables::from_json(Value::Object(variables)));
        request.operation_name = asked.operation_name;
        if operation == OperationType::Query {
            request = request.data(Selections::new(completion.clone()));
        }
        Ok(Self { request, operation, completion, named })
    }

    /// Runs a query whose answer is not stored: it shows one state of the archive. `asked` is what was checked.
    pub(super) async fn run_unstored(self, asked: &Request, server: &Server) -> Answer {
        let checked = Cell::new(Some(self));
        let read = || async {
            let checked = checked.take().map_or_else(|| Self::of(asked.clone(), server, false), Ok);
            Ok(match checked {
                Ok(checked) => checked.run(server).await,
                Err(refused) => *refused,
            })
        };
        server.of_one_state(read).await.unwrap_or_else(Answer::from)
    }

    /// Runs the request.
    pub(super) async fn run(self, server: &Server) -> Answer {
        match server.read(|batches| async { Ok(server.schema.execute(self.request.data(batches)).await) }).await {
            Err(error) => error.into(),
            Ok(response) => {
                let answer = Answer::of(response, self.completion);
                if let (Some((sha256, document)), Answer::Executed(..)) = (self.named, &answer) {
                    server.persisted.keep(&sha256, &document);
                }
                answer
            }
        }
    }
}

/// Parses a document within the limits.
fn parse(text: &str, limits: &Limits) -> Result<Document, Box<Answer>> {
    let plain = with_plain_strings(text).map_err(|error| Box::new(Answer::from(error)))?;
    let size = tokens(&plain);
    let bounds = [
        ("the number of tokens in the document", "tokens", size.count, limits.tokens),
        ("the nesting of brackets in the document", "depth", size.nesting, limits.depth + 16),
    ];
    if let Some((what, name, value, limit)) = bounds.into_iter().find(|(.., value, limit)| value > limit) {
        return Err(Box::new(Answer::from(Error::Limit { what, name, value, limit })));
    }
    let parsed = parse_query(&*plain).map_err(|error| Box::new(Answer::from(ServerError::from(error))))?;
    Ok(Document { text: plain.into_owned(), parsed })
}

/// Runs the checks, and settles the variables that have no value. The result is the type of the operation, the
/// completion of its response, and the variables with their defaults.
fn check(
    document: &mut ExecutableDocument,
    operation_name: Option<&str>,
    given: &Map<String, Value>,
    server: &Server,
    by_get: bool,
) -> Result<(OperationType, Completion, Map<String, Value>), Box<Answer>> {
    let refuse = |error: Error| Box::new(Answer::from(error));
    let operation = operation(document, operation_name).map_err(refuse)?;
    if by_get && operation.ty == OperationType::Mutation {
        let errors =
            vec![serde_json::json!({ "message": MUTATION_BY_GET, "extensions": { "code": "BAD_USER_INPUT" } })];
        return Err(Box::new(Answer::Refused { status: StatusCode::METHOD_NOT_ALLOWED, errors }));
    }
    variables::settle(document, operation_name, given, &server.shape);
    let operation = self::operation(document, operation_name).map_err(refuse)?;
    let variables = with_defaults(operation, given);
    let cost = cost(document, operation, &variables, &server.shape);
    cost.check(&server.limits).map_err(refuse)?;
    inputs::check(document, operation, &variables, &server.shape).map_err(refuse)?;
    let completion =
        if cost.circular { Completion::default() } else { Completion::new(document, operation, &server.shape) };
    Ok((operation.ty, completion, variables))
}

/// The variables with the defaults of the operation. For `@skip` and `@include` the library does not look at those.
fn with_defaults(operation: &OperationDefinition, given: &Map<String, Value>) -> Map<String, Value> {
    let mut variables = given.clone();
    for definition in &operation.variable_definitions {
        if let Some(default) = &definition.node.default_value
            && let Ok(default) = default.node.clone().into_json()
        {
            variables.entry(definition.node.name.node.as_str()).or_insert(default);
        }
    }
    variables
}

/// The operation that a request selects.
fn operation<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Result<&'a OperationDefinition, Error> {
    let mut operations = document.operations.iter();
    match (name, operations.next(), operations.next()) {
        (Some(name), ..) => document
            .operations
            .iter()
            .find(|(declared, _)| declared.is_some_and(|declared| declared.as_str() == name))
            .map(|(_, operation)| &operation.node)
            .ok_or_else(|| Error::bad_input("operationName", format!("the document has no operation \"{name}\""))),
        (None, Some((_, only)), None) => Ok(&only.node),
        (None, Some(_), Some(_)) => {
            Err(Error::bad_input("operationName", "it is missing, and the document has more than one operation"))
        }
        (None, None, _) => Err(Error::bad_input("query", "it has no operation")),
    }
}

/// The error of a mutation by GET.
const MUTATION_BY_GET: &str = "a mutation changes things: send it by POST";
