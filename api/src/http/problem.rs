//! Errors as problem documents (RFC 9457).

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;

use crate::{
    error::{Error, WrongParameter},
    mistake::Mistake,
};

/// How whoever is not known may say who it is (RFC 6750, 3).
pub const CHALLENGE: &str = "Bearer realm=\"lectern\"";

/// What is wrong, as the caller is told.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Wrong<'a>>,
}

/// One thing of several that are wrong: a parameter, or a place in a document (line and column from 1).
#[derive(Default, Serialize)]
struct Wrong<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
    message: &'a str,
    code: &'a str,
}

impl<'a> Wrong<'a> {
    fn parameter(one: &'a WrongParameter, code: &'a str) -> Self {
        Self { parameter: Some(&one.parameter), message: &one.message, code, ..Self::default() }
    }

    fn place(one: &'a Mistake, code: &'a str) -> Self {
        let file = Some(one.file.display().to_string());
        Self { file, line: Some(one.line), column: Some(one.column), message: &one.message, code, ..Self::default() }
    }
}

/// A problem document.
pub fn problem(status: StatusCode, code: &str, detail: &str) -> HttpResponse {
    told(status, code, detail, Vec::new())
}

fn told(status: StatusCode, code: &str, detail: &str, errors: Vec<Wrong<'_>>) -> HttpResponse {
    let title = status.canonical_reason().unwrap_or_default();
    let problem = Problem { r#type: "about:blank", title, status: status.as_u16(), detail, code, errors };
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, "application/problem+json; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(serde_json::to_vec(&problem).unwrap_or_default())
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let code = self.code();
        let errors = match self {
            Self::Parameters(wrong) => wrong.iter().map(|one| Wrong::parameter(one, code)).collect(),
            Self::Conflict(wrong) => vec![Wrong::parameter(wrong, code)],
            Self::Document(problems) => problems.0.iter().map(|one| Wrong::place(one, code)).collect(),
            _ => Vec::new(),
        };
        let mut response = told(self.status(), code, &self.to_string(), errors);
        match self {
            Self::Unauthenticated(_) => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static(CHALLENGE));
            }
            Self::Moved(address) => {
                if let Ok(address) = header::HeaderValue::from_str(address) {
                    response.headers_mut().insert(header::LOCATION, address);
                }
            }
            Self::Timeout(_) | Self::Database(_) => {
                response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}
