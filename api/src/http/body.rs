//! The bodies of requests, read up to a limit of their size and of their time.

use std::pin::pin;

use actix_web::{HttpMessage, HttpRequest, http::header, web::Payload};
use futures_util::StreamExt;
use tokio::time::{Instant, sleep, timeout};

use super::connection::BodyWasRead;
use crate::{
    config::{BodyLimit, Pace},
    error::{Error, Result},
};

/// Reads a body. A body over its limit is refused early: at once, if its length is declared. One that comes too slowly
/// is given up.
pub async fn read_body(request: &HttpRequest, payload: Payload, limit: BodyLimit, pace: Pace) -> Result<Vec<u8>> {
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let Some(announced) = announced.filter(|announced| *announced > limit.size as u64) {
        return Err(too_large(limit, announced));
    }
    let read = timeout(limit.time, read_at_pace(payload, limit, pace)).await;
    let body = read.map_err(|_| Error::SlowBody(format!("it took longer than {} s", limit.time.as_secs_f32())))??;
    request.extensions_mut().insert(BodyWasRead);
    Ok(body)
}

fn too_large(limit: BodyLimit, value: u64) -> Error {
    Error::TooLarge { name: limit.name, value, limit: limit.size as u64 }
}

/// Reads a body of which enough comes in each interval.
async fn read_at_pace(mut payload: Payload, limit: BodyLimit, pace: Pace) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut fresh = 0;
    let mut interval = pin!(sleep(pace.interval));
    loop {
        tokio::select! {
            // What has come is read first, so a body that is there needs no timer.
            biased;
            chunk = payload.next() => {
                let Some(chunk) = chunk else { return Ok(body) };
                let chunk = chunk.map_err(|error| Error::bad_input("body", format!("it did not come whole: {error}")))?;
                if body.len() + chunk.len() > limit.size {
                    return Err(too_large(limit, (body.len() + chunk.len()) as u64));
                }
                fresh += chunk.len();
                body.extend_from_slice(&chunk);
            }
            () = &mut interval => {
                if fresh < pace.bytes {
                    return Err(Error::SlowBody(format!(
                        "{fresh} bytes came in {} s, and {} are the least",
                        pace.interval.as_secs_f32(),
                        pace.bytes
                    )));
                }
                fresh = 0;
                interval.as_mut().reset(Instant::now() + pace.interval);
            }
        }
    }
}
