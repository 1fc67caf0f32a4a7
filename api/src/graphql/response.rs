//! Answers: the result of an execution, or why there was none; and the codes and messages of errors.

use std::{mem::size_of, sync::Arc};

use actix_web::http::StatusCode;
use async_graphql::{PathSegment, Response, ServerError, Value};
use serde_json::{Map, json};

use crate::{
    error::Error,
    mistake::{MOST, and_more},
    schema::completion::{Completion, Ordered},
    weight::Weigh,
};

/// The answer to one request.
pub enum Answer {
    /// The request was executed, perhaps with errors: there is `data`.
    Executed(Box<Response>, Arc<Completion>),
    /// The request was not executed: there is no `data`.
    Refused {
        /// The status of a response in GraphQL's own media type.
        status: StatusCode,
        /// The errors in the form of GraphQL.
        errors: Vec<serde_json::Value>,
    },
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        error.log();
        let status = error.status();
        let error = json!({ "message": error.to_string(), "extensions": extensions(&error) });
        Self::Refused { status, errors: vec![error] }
    }
}

impl Answer {
    /// The answer of a response of the library. If it refused the request, there is no data, and no error has a path.
    pub fn of(mut response: Response, plan: Arc<Completion>) -> Self {
        response.errors.iter_mut().for_each(set_code);
        if response.data == Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty())
        {
            let more = response.errors.len().saturating_sub(MOST);
            let first = response.errors.iter().take(MOST);
            let mut errors: Vec<_> = first.map(|error| serde_json::to_value(error).unwrap_or_default()).collect();
            let rest = || json!({ "message": and_more(more), "extensions": { "code": "BAD_USER_INPUT" } });
            errors.extend((more > 0).then(rest));
            return Self::Refused { status: StatusCode::BAD_REQUEST, errors };
        }
        plan.propagate_nulls(&mut response.data, &response.errors);
        Self::Executed(Box::new(response), plan)
    }
}

/// A document with a syntax error, or a request that is refused. The library's message for a syntax error shows an
/// excerpt of the document. Only its last line is kept, which says what was expected; `locations` has the place.
impl From<ServerError> for Answer {
    fn from(mut error: ServerError) -> Self {
        if let Some((excerpt, expected)) = error.message.rsplit_once("\n")
            && excerpt.trim_start().starts_with("-->")
        {
            error.message = format!("syntax error: {}", expected.trim().trim_start_matches("= "));
        }
        Self::of(Response::from_errors(vec![error]), Arc::default())
    }
}

impl Answer {
    /// Whether the request was executed without errors.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Executed(response, _) if response.errors.is_empty())
    }

    /// Whether the request wrote nothing because it is forbidden: its first field was refused, and nothing else was
    /// executed.
    pub fn is_forbidden(&self) -> bool {
        let Self::Executed(response, plan) = self else { return false };
        let [error] = response.errors.as_slice() else { return false };
        let is_first = matches!(error.path.as_slice(), [PathSegment::Field(key)] if Some(key.as_str()) == plan.first());
        response.data == Value::Null && is_first && matches!(error.source::<Error>(), Some(Error::Forbidden(_)))
    }

    /// The answer in JSON, to be sent more than once.
    pub fn rendered(&self) -> RenderedAnswer {
        let json = match self {
            Self::Executed(..) => self.body(),
            Self::Refused { errors, .. } => serde_json::to_vec(errors).unwrap_or_default(),
        };
        RenderedAnswer {
            json: String::from_utf8(json).unwrap_or_default(),
            is_executed: matches!(self, Self::Executed(..)),
        }
    }

    /// The body of the response in JSON.
    pub fn body(&self) -> Vec<u8> {
        match self {
            Self::Executed(response, plan) => {
                let mut body = br#"{"data":"#.to_vec();
                Ordered { value: &response.data, completion: Some(plan) }.write(&mut body);
                if !response.errors.is_empty() {
                    body.extend_from_slice(br#","errors":"#);
                    body.extend(serde_json::to_vec(&response.errors).unwrap_or_default());
                }
                body.push(b'}');
                body
            }
            Self::Refused { errors, .. } => serde_json::to_vec(&json!({ "errors": errors })).unwrap_or_default(),
        }
    }
}

/// An answer in JSON: the response of a request that was executed, or the errors of one that was refused.
pub struct RenderedAnswer {
    pub json: String,
    pub is_executed: bool,
}

impl Weigh for RenderedAnswer {
    fn weight(&self) -> usize {
        size_of::<Self>() + self.json.capacity()
    }
}

/// Sets the code of an error. All errors of the library are mistakes of the caller.
fn set_code(error: &mut ServerError) {
    let ours: Option<Error> = error.source::<Error>().cloned();
    let values = match &ours {
        Some(ours) => {
            ours.log();
            extensions(ours)
        }
        None => Map::from_iter([("code".to_owned(), "BAD_USER_INPUT".into())]),
    };
    let extensions = error.extensions.get_or_insert_default();
    for (name, value) in values {
        extensions.set(name, Value::from_json(value).unwrap_or_default());
    }
}

fn extensions(error: &Error) -> Map<String, serde_json::Value> {
    let mut extensions = Map::from_iter([("code".to_owned(), error.code().into())]);
    match error {
        Error::BadInput { argument, .. } => {
            extensions.insert("argument".to_owned(), argument.as_str().into());
        }
        Error::Limit { name, value, limit, .. } | Error::TooLarge { name, value, limit } => {
            extensions.insert("limitName".to_owned(), (*name).into());
            extensions.insert("limit".to_owned(), (*limit).into());
            extensions.insert("value".to_owned(), (*value).into());
        }
        _ => {}
    }
    extensions
}
