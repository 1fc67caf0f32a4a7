//! Answers: what was executed, or why nothing was; and the codes and words of errors.

use std::sync::Arc;

use actix_web::http::StatusCode;
use async_graphql::{PathSegment, Response, ServerError, Value};
use serde::Serialize;
use serde_json::{Map, json};

use crate::{
    error::Error,
    schema::completion::{Completion, Ordered},
};

/// The answer to one request.
pub enum Answer {
    /// It ran, perhaps in part: there is `data`.
    Executed(Box<Response>, Arc<Completion>),
    /// Nothing ran: there is no `data`.
    Refused {
        /// The status under the media type of its own.
        status: StatusCode,
        /// As GraphQL has errors.
        errors: Vec<serde_json::Value>,
    },
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        error.log();
        let told = json!({ "message": error.to_string(), "extensions": extensions(&error) });
        Self::Refused { status: error.status(), errors: vec![told] }
    }
}

impl Answer {
    /// What the library answered: a request that it refused has no data, and errors that lead to no field.
    pub fn of(mut response: Response, plan: impl Into<Arc<Completion>>) -> Self {
        response.errors.iter_mut().for_each(set_code);
        if response.data == Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty())
        {
            let errors = response.errors.iter().map(|error| serde_json::to_value(error).unwrap_or_default()).collect();
            return Self::Refused { status: StatusCode::BAD_REQUEST, errors };
        }
        let plan = plan.into();
        plan.propagate_nulls(&mut response.data, &response.errors);
        Self::Executed(Box::new(response), plan)
    }
}

/// A document that is no GraphQL, or a request that is refused. A syntax error of the library draws the place in the
/// document over several lines; its last one says what was expected, and `locations` where.
impl From<ServerError> for Answer {
    fn from(mut error: ServerError) -> Self {
        if let Some((drawing, expected)) = error.message.rsplit_once("\n")
            && drawing.trim_start().starts_with("-->")
        {
            error.message = format!("syntax error: {}", expected.trim().trim_start_matches("= "));
        }
        Self::of(Response::from_errors(vec![error]), Completion::default())
    }
}

impl Answer {
    /// Whether it ran without errors.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Executed(response, _) if response.errors.is_empty())
    }

    /// Whether it wrote nothing, because who asked may not: its first field was refused, and that was all.
    pub fn is_forbidden(&self) -> bool {
        let Self::Executed(response, plan) = self else { return false };
        let [error] = response.errors.as_slice() else { return false };
        let is_first = matches!(error.path.as_slice(), [PathSegment::Field(key)] if Some(key.as_str()) == plan.first());
        response.data == Value::Null && is_first && matches!(error.source::<Error>(), Some(Error::Forbidden(_)))
    }

    /// The JSON of it.
    pub fn body(&self) -> Vec<u8> {
        match self {
            Self::Executed(response, plan) => serde_json::to_vec(&ResponseBody {
                data: Ordered { value: &response.data, completion: Some(plan) },
                errors: &response.errors,
            }),
            Self::Refused { errors, .. } => serde_json::to_vec(&json!({ "errors": errors })),
        }
        .unwrap_or_default()
    }
}

/// An answer as JSON has it.
#[derive(Serialize)]
struct ResponseBody<'a> {
    data: Ordered<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
}

/// Sets the code of an error: our own know theirs; the library's are all of what callers send.
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
