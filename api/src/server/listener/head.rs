//! The head of a response, as it is sent. The routes write the names of headers with capitals (`http/connection.rs`),
//! and some names have more capitals than one for each word. A response without capitals and without a body is one of
//! the HTTP library's, to a request that it can't read: a problem document takes its place.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use memchr::memmem::{self, Finder};

use crate::http::problem::document;

/// The names with more capitals than one for each word.
const NAMES: [&str; 6] = [
    "ETag",
    "WWW-Authenticate",
    "Sec-WebSocket-Accept",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Version",
];

/// The greatest length of an address that the HTTP library reads, in bytes.
const LONGEST_ADDRESS: usize = 65_534;

const END: &[u8] = b"\r\n\r\n";

/// What is looked for in each head. To make a finder takes longer than to search a head.
static END_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(END));
static LINE_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\r\n"));
static EMPTY_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\r\ncontent-length: 0\r\n"));

/// What is sent for bytes of the server.
pub enum Head {
    /// The bytes.
    AsItIs,
    /// The bytes with another head, which is as long as theirs.
    Renamed(Vec<u8>),
    /// Another response.
    Replaced(Vec<u8>),
}

/// What is sent for these bytes. The request's line had a length, in bytes.
pub fn rewritten(bytes: &[u8], line: usize) -> Head {
    let end = bytes.starts_with(b"HTTP/1.").then(|| END_FINDER.find(bytes)).flatten();
    let Some(head) = end.and_then(|end| bytes.get(..end + END.len())) else { return Head::AsItIs };
    if EMPTY_FINDER.find(head).is_some() {
        return problem_for(head, line).map_or(Head::AsItIs, Head::Replaced);
    }
    let mut renamed = head.to_vec();
    for end in LINE_FINDER.find_iter(head) {
        let Some(line) = renamed.get_mut(end + 2..) else { break };
        let is = |name: &&&str| line.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()));
        if let Some(name) = NAMES.iter().find(is) {
            line[..name.len()].copy_from_slice(name.as_bytes());
        }
    }
    Head::Renamed(renamed)
}

/// The response with a problem document to a request that could not be read.
fn problem_for(head: &[u8], line: usize) -> Option<Vec<u8>> {
    let status = StatusCode::from_bytes(head.get(9..12)?).ok()?;
    let is_too_long = line > LONGEST_ADDRESS && status.is_client_error();
    let (status, code, detail) = match status {
        _ if is_too_long => {
            let detail = format!("the address is longer than {LONGEST_ADDRESS} bytes: send a long query by POST");
            (StatusCode::URI_TOO_LONG, "LIMIT_EXCEEDED", detail)
        }
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            (status, "LIMIT_EXCEEDED", "the headers are longer than 131072 bytes in all, or more than 96".to_owned())
        }
        StatusCode::REQUEST_TIMEOUT => (status, "TIMEOUT", "the head of the request did not come in time".to_owned()),
        StatusCode::BAD_REQUEST => (
            status,
            "BAD_USER_INPUT",
            "the request is not one of HTTP/1.1 (RFC 9112), whose addresses have only ASCII: ü is %C3%BC".to_owned(),
        ),
        _ => return None,
    };
    let body = document(status, code, &detail);
    let date = line_of(head, b"\r\ndate: ").unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} {}\r\nContent-Length: {}\r\nContent-Type: application/problem+json; charset=utf-8\r\n\
         Cache-Control: no-cache\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n{date}\r\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default(),
        body.len(),
    );
    Some([head.into_bytes(), body].concat())
}

/// The line of a header, with its end and a capital.
fn line_of(head: &[u8], begin: &[u8]) -> Option<String> {
    let at = memmem::find(head, begin)?;
    let value = head.get(at + begin.len()..)?;
    let value = std::str::from_utf8(value.get(..memmem::find(value, b"\r\n")?)?).ok()?;
    Some(format!("Date: {value}\r\n"))
}
