//! Errors as problem documents (RFC 9457).

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;

use crate::{
    error::{Error, WrongParameter},
    mistake::{Mistake, and_more},
};

/// The challenge for a request without a valid token (RFC 6750, 3).
pub const CHALLENGE: &str = "Bearer realm=\"lectern\"";

/// A problem document.
#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ErrorEntry<'a>>,
}

/// One of several mistakes: in a parameter, or at a place in a document (line and column from 1).
#[derive(Default, Serialize)]
struct ErrorEntry<'a> {
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

impl<'a> ErrorEntry<'a> {
    fn parameter(wrong: &'a WrongParameter, code: &'a str) -> Self {
        Self { parameter: Some(&wrong.parameter), message: &wrong.message, code, ..Self::default() }
    }

    fn mistake(mistake: &'a Mistake, code: &'a str) -> Self {
        let file = Some(mistake.file.display().to_string());
        Self {
            file,
            line: Some(mistake.line),
            column: Some(mistake.column),
            message: &mistake.message,
            code,
            ..Self::default()
        }
    }
}

/// The response with a problem document.
pub fn problem(status: StatusCode, code: &str, detail: &str) -> HttpResponse {
    with_errors(status, code, detail, Vec::new())
}

/// A problem document.
pub fn document(status: StatusCode, code: &str, detail: &str) -> Vec<u8> {
    bytes(status, code, detail, Vec::new())
}

fn bytes(status: StatusCode, code: &str, detail: &str, errors: Vec<ErrorEntry<'_>>) -> Vec<u8> {
    let title = status.canonical_reason().unwrap_or_default();
    let problem = Problem { r#type: "about:blank", title, status: status.as_u16(), detail, code, errors };
    serde_json::to_vec(&problem).unwrap_or_default()
}

fn with_errors(status: StatusCode, code: &str, detail: &str, errors: Vec<ErrorEntry<'_>>) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .insert_header((header::CONTENT_TYPE, "application/problem+json; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(bytes(status, code, detail, errors))
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.log();
        let code = self.code();
        let more;
        let errors = match self {
            Self::Parameters(wrong) => wrong.iter().map(|wrong| ErrorEntry::parameter(wrong, code)).collect(),
            Self::Conflict(wrong) => vec![ErrorEntry::parameter(wrong, code)],
            Self::Conflicts { conflicts, .. } => {
                conflicts.iter().map(|message| ErrorEntry { message, code, ..ErrorEntry::default() }).collect()
            }
            Self::Document(mistakes) => {
                let mut entries: Vec<_> =
                    mistakes.list.iter().map(|mistake| ErrorEntry::mistake(mistake, code)).collect();
                if mistakes.more > 0 {
                    more = and_more(mistakes.more);
                    entries.push(ErrorEntry { message: &more, code, ..ErrorEntry::default() });
                }
                entries
            }
            _ => Vec::new(),
        };
        let mut response = with_errors(self.status(), code, &self.to_string(), errors);
        match self {
            Self::Unauthenticated(_) => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static(CHALLENGE));
            }
            Self::Moved(address) => {
                if let Ok(address) = header::HeaderValue::from_str(address) {
                    response.headers_mut().insert(header::LOCATION, address);
                }
            }
            Self::Timeout(_) | Self::Busy(_) | Self::Database(_) | Self::Unwritable(..) => {
                response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}
