//! The bodies of requests, read up to a limit.

use actix_web::{HttpRequest, http::header, web::Payload};
use futures_util::StreamExt;

use crate::error::{Error, Result};

/// Reads a body. A body over the limit of this name is refused early: at once, if its length is declared.
pub async fn read_body(
    request: &HttpRequest,
    mut payload: Payload,
    name: &'static str,
    limit: usize,
) -> Result<Vec<u8>> {
    let over = |value: u64| Error::TooLarge { name, value, limit: limit as u64 };
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let Some(announced) = announced.filter(|announced| *announced > limit as u64) {
        return Err(over(announced));
    }
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Error::bad_input("body", format!("it did not come whole: {error}")))?;
        if body.len() + chunk.len() > limit {
            return Err(over((body.len() + chunk.len()) as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
