//! Errors as problem documents (RFC 9457).

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;

use crate::error::{Error, WrongParameter};

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

/// One thing of several that are wrong.
#[derive(Serialize)]
struct Wrong<'a> {
    parameter: &'a str,
    message: &'a str,
    code: &'a str,
}

/// A problem document.
pub fn problem(status: StatusCode, code: &str, detail: &str, wrong: &[WrongParameter]) -> HttpResponse {
    let title = status.canonical_reason().unwrap_or_default();
    let errors = wrong.iter().map(|one| Wrong { parameter: &one.parameter, message: &one.message, code }).collect();
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
        let wrong: &[WrongParameter] = if let Self::Parameters(wrong) = self { wrong } else { &[] };
        let mut response = problem(self.status(), self.code(), &self.to_string(), wrong);
        match self {
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
